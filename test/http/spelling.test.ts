import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import Koa from "koa";
import { describe, expect, test } from "vitest";
import { sameOriginOnly } from "../../src/http/cross-origin.ts";
import { TELEVISION } from "../support/user-code.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld } from "../support/world.ts";

/** From another site; longer than Node would read. */
function posting(path: string) {
  const request = new IncomingMessage(new Socket());
  Object.assign(request, { method: "POST", url: path, headers: { "sec-fetch-site": "cross-site" } });
  return new Koa().createContext(request, new ServerResponse(request));
}

describe("a path in other letters, or with a slash at its end", () => {
  test.each(["/REGISTER", "/register/", "/Account", "/account/Sessions", "/Recovery/Start/", "/sign-out/Confirm"])(
    "%s takes no form of another site either",
    async (path) => {
      await using world = await createWorld();
      const page = await createVisitor(world.issuer).post(path, "action=next", { "sec-fetch-site": "same-site" });
      expect(page.status).toBe(403);
    },
  );

  test.each([
    ["/Device/V1/", 401],
    ["/Nothing/", 404],
  ])("%s is answered as it would be without", async (path, status) => {
    await using world = await createWorld();
    const answer = await fetch(`${world.issuer}${path}`);
    const plain = await fetch(`${world.issuer}${path.toLowerCase().replace(/\/$/, "")}`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([status, plain.headers.get("content-type")]);
  });

  test("two slashes at its end lead nowhere, past no gate: neither another site's form nor a guessed code gets to one", async () => {
    await using world = await createWorld({ clients: [TELEVISION] });
    const visitor = createVisitor(world.issuer);
    const body = "user_code=BBBB-BBBB";
    expect((await visitor.post("/device//", body, { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await visitor.open("/device")).status).toBe(200);
    expect((await visitor.open("/device//")).status).toBe(404);
    expect((await visitor.post("/device//", body)).status).toBe(404);
  });

  test("leads to the page, with its query; an id in it is left as it is", async () => {
    await using world = await createWorld();
    const visitor = createVisitor(world.issuer);
    expect((await visitor.open("/REGISTER/?lang=ru")).html.querySelector("html")?.getAttribute("lang")).toBe("ru");
    expect((await visitor.once("/Register/?lang=en")).url).toBe(`${world.issuer}/register`);
    expect((await visitor.once("/Interaction/AbCd/Challenge?lang=en")).url).toBe(
      `${world.issuer}/interaction/AbCd/challenge`,
    );
  });

  test("does not open what another host is for", async () => {
    await using world = await createWorld({ phoneOrigin: true });
    expect((await fetch(`http://127.0.0.1:${world.port}/Account`, { redirect: "manual" })).status).toBe(421);
    expect((await fetch(`http://127.0.0.1:${world.port}/Phone/`)).status).toBe(200);
  });

  test("costs its length however many slashes are in it, and not their square", async () => {
    const passed: string[] = [];
    const middleware = sameOriginOnly("https://id.example.com", ["/register", "/account/", "/device"]);
    const posted = (path: string) =>
      middleware(posting(path), async () => {
        passed.push(path);
      });
    // By its square this would take longer than a test may.
    const long = `/device${"/".repeat(500_000)}x`;
    await posted(long);
    expect(passed).toEqual([long]);
    await expect(posted("/device//")).rejects.toMatchObject({ code: "cross-site" });
  });
});
