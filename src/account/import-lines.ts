/** A file of accounts as text: physical lines with their numbers, in memory one at a time, whatever is in them. */
export interface NumberedLine {
  /** As an editor counts, from 1. */
  number: number;
  /** Undefined for a line that is longer than any account can be. */
  text: string | undefined;
}

/** An e-mail, a phone and a hundred WMIDs are below 2,000 characters. */
const LONGEST = 10_000;

/** Ends lines at LF or CRLF, and gives blank ones as well; a byte order mark, which Excel writes, is dropped. As many at once as came. */
export async function* readLines(input: AsyncIterable<Uint8Array>): AsyncGenerator<NumberedLine[]> {
  const decoder = new TextDecoder();
  let number = 0;
  let rest = "";
  let tooLong = false;
  const ended = (text: string): NumberedLine => {
    number += 1;
    const isTooLong = tooLong || text.length > LONGEST;
    tooLong = false;
    return { number, text: isTooLong ? undefined : text.replace(/\r$/, "") };
  };
  for await (const chunk of input) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    if (parts.length > 0) yield parts.map(ended);
    if (rest.length > LONGEST) {
      tooLong = true;
      rest = "";
    }
  }
  rest += decoder.decode();
  if (rest !== "" || tooLong) yield [ended(rest)];
}
