import { escapeHtml } from "../http/html.ts";

/** What a letter's HTML is made of: its own plain text, so that both always say the same. */
export interface Letter {
  subject: string;
  text: string;
  /** BCP 47. */
  language: string;
  /** Addresses on this origin are links. Others can only be in names that people have chosen, and stay text. */
  issuer: string;
}

/**
 * A plain letter: nothing is fetched, no colour is set (so that a dark mailbox stays dark), and it grows with the reader's type size.
 * Paragraphs stand as in the text; what is indented there, a code, stands large on a line of its own.
 */
export function htmlOf({ subject, text, language, issuer }: Letter): string {
  const blocks = text.trim().split(/\n{2,}/);
  return `<!doctype html>
<html lang="${escapeHtml(language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(subject)}</title>
</head>
<body style="font-family: system-ui, sans-serif; font-size: 1em; line-height: 1.5; margin: 0; padding: 1.5em">
<div style="max-width: 36em">
${blocks.map((block) => blockOf(block, issuer)).join("\n")}
</div>
</body>
</html>
`;
}

function blockOf(block: string, issuer: string): string {
  const lines = block.split("\n").map((line) => linked(line.trim(), issuer));
  return /^ {4}/.test(block) && lines.length === 1
    ? `<p style="font-family: ui-monospace, monospace; font-size: 1.75em; letter-spacing: 0.08em; margin: 1em 0"><strong>${lines[0]}</strong></p>`
    : `<p style="margin: 1em 0">${lines.join("<br>\n")}</p>`;
}

/** Each address of ours becomes a link that shows where it leads; a full stop after it is the sentence's. */
function linked(line: string, issuer: string): string {
  return line
    .split(/(\s+)/)
    .map((word) => {
      const address = word.replace(/[.,;:!?)»”"]+$/, "");
      if (address !== issuer && !address.startsWith(`${issuer}/`)) return escapeHtml(word);
      const shown = escapeHtml(address);
      return `<a href="${shown}">${shown}</a>${escapeHtml(word.slice(address.length))}`;
    })
    .join("");
}
