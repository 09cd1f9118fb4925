import type { Middleware } from "koa";

interface Branch {
  /** As it is mounted. */
  readonly segment: string;
  /** By their segments in lower case. */
  readonly literals: Map<string, Branch>;
  /** Where any segment stands, such as an id: case counts in it. */
  any: Branch | undefined;
}

const branch = (segment: string): Branch => ({ segment, literals: new Map(), any: undefined });

/**
 * Neither case nor a slash at the end counts in a path of ours or oidc-provider's: both routers take `/Account/` for `/account`.
 * So a path is spelled as it is mounted before anything looks at it, or what is kept from `/account` would be let through to `/Account`.
 * `patterns`: what is mounted, with parameters as `:name`.
 */
export function spelledAsMounted(patterns: readonly string[]): Middleware {
  const root = branch("");
  for (const pattern of patterns) plant(root, pattern.split("/").slice(1));
  return async (context, next) => {
    const spelled = spell(root, context.path);
    if (spelled !== context.path) {
      context.path = spelled;
      context.originalUrl = context.request.originalUrl = context.url;
    }
    await next();
  };
}

function plant(root: Branch, segments: readonly string[]): void {
  let here = root;
  for (const segment of segments) {
    if (segment.startsWith(":")) {
      here = here.any ??= branch(segment);
      continue;
    }
    const key = segment.toLowerCase();
    const next = here.literals.get(key) ?? branch(segment);
    here.literals.set(key, next);
    here = next;
  }
}

/** A path that is not mounted stays as it is: there is nothing at it. */
function spell(root: Branch, path: string): string {
  const segments = path.split("/").slice(1);
  if (segments.length > 1 && segments.at(-1) === "") segments.pop();
  const spelled: string[] = [];
  let here = root;
  for (const segment of segments) {
    const literal = here.literals.get(segment.toLowerCase());
    // Two slashes in a row are no parameter: neither router takes them for one.
    const next = literal ?? (segment === "" ? undefined : here.any);
    if (next === undefined) return path;
    spelled.push(literal?.segment ?? segment);
    here = next;
  }
  return `/${spelled.join("/")}`;
}
