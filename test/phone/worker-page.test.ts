import { expect, test } from "vitest";
import { isPage } from "../../src/phone/web/worker/page.ts";

test("the client's page is found with a slash at its end, and nothing else is taken for it", () => {
  expect(
    ["/phone", "/phone/", "/phone//", "/phone/clients", "/phones", "/"].filter((path) => isPage(path, "/phone")),
  ).toEqual(["/phone", "/phone/"]);
});
