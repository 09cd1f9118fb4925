/** Whether this path is the client's page, which the server gives at an address that ends in a slash as well. */
export function isPage(pathname: string, page: string): boolean {
  return pathname === page || pathname === `${page}/`;
}
