/** RFC 6749 section 4.1.2 and RFC 9700, of an `auth_req_id`. */
import { describe, expect, test } from "vitest";
import { SECOND } from "../../src/clock.ts";
import type { ClientEntry } from "../../src/provider/clients.ts";
import { onlinePhone } from "../support/online-phone.ts";
import { askOnPhone, CIBA, pollTokens, post, TILL } from "../support/till.ts";
import { createWorld, type World } from "../support/world.ts";

const LASTING: ClientEntry = { ...TILL, grant_types: [CIBA, "refresh_token"], scope: "openid email offline_access" };
const OTHER = { ...TILL, client_id: "other", client_name: "Other" };
const WAIT = 5 * SECOND;

const refusal = (reason: string) => ({
  status: 400,
  body: { error: "invalid_grant", error_description: `the auth_req_id ${reason}` },
});
const USED = refusal("was used already, so all tokens that came of it are revoked: the person signs in again");
const UNKNOWN = refusal(
  "is none of this client's that still counts: it was mistyped, is another client's, or was ended with all else of its sign-in",
);

/** As far as the person's answer on the phone. */
async function answered(world: World) {
  const asked = await askOnPhone(world, { scope: "openid offline_access" }, LASTING);
  const phone = await onlinePhone(world);
  const [request] = (await phone.requests()).requests;
  expect((await phone.answer(request?.id ?? "", asked.body.enum_challenge)).status).toBe(200);
  return asked;
}

async function userinfo(world: World, token: unknown): Promise<number> {
  return (await fetch(`${world.issuer}/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status;
}

const refresh = (world: World, token: unknown) =>
  post(world, "/token", { grant_type: "refresh_token", refresh_token: String(token) }, LASTING);

async function grants(world: World): Promise<number> {
  return (await world.database.rows("SELECT id FROM oidc WHERE model IN ('Grant', 'AccessToken', 'RefreshToken')"))
    .length;
}

describe("a second use of an auth_req_id", () => {
  test("is invalid_grant, and ends all tokens of the first", async () => {
    await using world = await createWorld({ clients: [LASTING] });
    const asked = await answered(world);
    const { status, body } = await pollTokens(world, asked, LASTING);
    expect([status, await userinfo(world, body["access_token"])]).toEqual([200, 200]);
    world.pass(WAIT);
    expect(await pollTokens(world, asked, LASTING)).toEqual(USED);
    expect(await userinfo(world, body["access_token"])).toBe(401);
    expect((await refresh(world, body["refresh_token"])).body).toMatchObject({ error: "invalid_grant" });
    expect(await grants(world)).toBe(0);
    world.pass(WAIT);
    expect(await pollTokens(world, asked, LASTING)).toEqual(UNKNOWN);
  });

  test("ends what was refreshed meanwhile as well", async () => {
    await using world = await createWorld({ clients: [LASTING] });
    const asked = await answered(world);
    const { body: first } = await pollTokens(world, asked, LASTING);
    const { status, body } = await refresh(world, first["refresh_token"]);
    expect([status, await userinfo(world, body["access_token"])]).toEqual([200, 200]);
    world.pass(WAIT);
    expect(await pollTokens(world, asked, LASTING)).toEqual(USED);
    expect(await userinfo(world, body["access_token"])).toBe(401);
    expect(await grants(world)).toBe(0);
  });

  test("by another client changes nothing, takes no turn, and is told what nobody's is told", async () => {
    await using world = await createWorld({ clients: [LASTING, OTHER] });
    const asked = await answered(world);
    const nobodys = await post(world, "/token", { grant_type: CIBA, auth_req_id: "nobody" }, OTHER);
    expect(nobodys).toEqual(UNKNOWN);
    for (let count = 0; count < 2; count += 1) expect(await pollTokens(world, asked, OTHER)).toEqual(nobodys);
    const { status, body } = await pollTokens(world, asked, LASTING);
    expect(status).toBe(200);
    expect(await pollTokens(world, asked, OTHER)).toEqual(nobodys);
    expect(await userinfo(world, body["access_token"])).toBe(200);
    expect((await refresh(world, body["refresh_token"])).status).toBe(200);
  });

  test("where the person has declined gives nothing, and is said to be one", async () => {
    await using world = await createWorld({ clients: [LASTING] });
    const asked = await askOnPhone(world, {}, LASTING);
    const phone = await onlinePhone(world);
    const [request] = (await phone.requests()).requests;
    await phone.decline(request?.id ?? "", "changed_mind");
    expect((await pollTokens(world, asked, LASTING)).body).toMatchObject({ error: "access_denied" });
    world.pass(WAIT);
    expect(await pollTokens(world, asked, LASTING)).toEqual(USED);
  });

  test("too soon is slow_down, and leaves no grant of its own", async () => {
    await using world = await createWorld({ clients: [LASTING] });
    const asked = await answered(world);
    const came = await Promise.all(Array.from({ length: 16 }, () => pollTokens(world, asked, LASTING)));
    const told = came.map(({ body }) => body["error"]);
    expect([
      told.filter((error) => error === undefined).length,
      told.filter((error) => error === "slow_down").length,
    ]).toEqual([1, 15]);
    expect(await grants(world)).toBe(3);
  });

  test("ends nothing of another auth_req_id", async () => {
    await using world = await createWorld({ clients: [LASTING] });
    const { body: others } = await pollTokens(world, await answered(world), LASTING);
    const asked = await answered(world);
    await pollTokens(world, asked, LASTING);
    world.pass(WAIT);
    expect(await pollTokens(world, asked, LASTING)).toEqual(USED);
    expect(await userinfo(world, others["access_token"])).toBe(200);
    expect((await refresh(world, others["refresh_token"])).status).toBe(200);
  });
});
