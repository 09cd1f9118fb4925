/** Reads our own Markdown: tables, blocks, links. It knows as much of the format as our documents use. */

/** The rows under the header that begins with these cells, all tables of that kind together; code marks are taken off. */
export function tableRows(markdown: string, ...header: string[]): string[][] {
  const rows: string[][] = [];
  let inside = false;
  for (const line of markdown.split("\n")) {
    const cells = cellsOf(line);
    if (cells.length === 0) inside = false;
    else if (header.every((name, index) => cells[index] === name)) inside = true;
    else if (inside && !/^-+$/.test(cells[0] ?? "")) rows.push(cells);
  }
  return rows;
}

function cellsOf(line: string): string[] {
  if (!line.startsWith("|")) return [];
  const cells = line.replace(/^\|\s*|\s*\|\s*$/g, "").split(/\s*(?<!\\)\|\s*/);
  return cells.map((cell) => cell.replaceAll("`", "").replaceAll("\\|", "|"));
}

/** What stands in fences of this language, such as `ts` or `json`. */
export function codeBlocks(markdown: string, language: string): string[] {
  // All of them, since the end of one looks like the beginning of one without a language.
  return [...markdown.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)]
    .filter(([, own]) => own === language)
    .map(([, , block = ""]) => block);
}

/** Where links and images lead to, but for those outside this repository. */
export function relativeLinks(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

/** The anchors that GitHub gives to headings. */
export function anchors(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(" ", "-"),
  );
}
