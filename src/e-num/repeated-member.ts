const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s"{}[\]:,]+/g;

/**
 * The first name that an object of this JSON text gives to two members (RFC 7493 section 2.3, which RFC 8785 builds on). `JSON.parse` keeps
 * the last of them and tells nobody, so that another reader of the same text may see another amount. The text is JSON, or it throws.
 */
export function repeatedMember(text: string): string | undefined {
  const open: Set<string>[] = [];
  let before = "";
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") {
      const name = String(JSON.parse(before));
      const names = open.at(-1);
      if (names?.has(name)) return name;
      names?.add(name);
    }
    before = token;
  }
  return undefined;
}
