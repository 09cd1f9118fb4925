import type { Context } from "koa";

/** 303: the next request is a GET, whatever this one was (RFC 9110 section 15.4.4). */
export function seeOther(context: Context, href: string): void {
  context.redirect(href);
  context.status = 303;
}
