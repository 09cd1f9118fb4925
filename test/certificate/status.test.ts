/** RFC 6960: what sites are told of one certificate. */
import { verify, type X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  bitsIn,
  decode,
  embedded,
  encode,
  integer,
  membersOf,
  membersOfTag,
  nothing,
  octetsIn,
  received,
  sequence,
} from "../../src/certificate/der.ts";
import { createWorld, type World } from "../support/world.ts";
import { type Asking, requestFor } from "./ocsp-request.ts";
import { hasOpenssl, openssl } from "./openssl.ts";
import { aliceAt, authorityOf, issued } from "./support.ts";

const NONCE = Buffer.alloc(16, 7);

const post = (world: World, body: Uint8Array, type = "application/ocsp-request") =>
  fetch(`${world.issuer}/certificates/ocsp`, {
    method: "POST",
    headers: { "content-type": type },
    body: Buffer.from(body),
  });

/** What an answer says: `good`, `revoked` or `unknown`, once its signature holds. */
async function read(answer: Response, authority: X509Certificate) {
  const der = Buffer.from(await answer.arrayBuffer());
  const [status, response] = membersOf(embedded(der)) ?? [];
  if (response === undefined) return { status: encode(status ?? nothing()).at(-1) };
  const basic = membersOf(decode(octetsIn(membersOf(membersOfTag(response, 0)?.[0])?.[1]) ?? new Uint8Array())) ?? [];
  const [data, , signature] = basic;
  const signedBytes = received(data ?? nothing());
  expect(verify("sha256", signedBytes, authority.publicKey, bitsIn(signature) ?? new Uint8Array())).toBe(true);
  const answers = membersOf(membersOf(data)?.[2])?.map((one) => {
    const state = membersOf(one)?.[1];
    return ["good", "revoked", "unknown"][state?.idBlock.tagNumber ?? 3];
  });
  return { status: 0, answers, repeats: Buffer.from(signedBytes).includes(NONCE) };
}

describe("the status of a certificate", () => {
  test("is good until it is revoked, and from then on revoked, by either hash", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const { certificate, serial, page } = await issued(world, alice);
    expect(certificate.infoAccess).toContain(`OCSP - URI:${world.issuer}/certificates/ocsp`);
    const authority = await authorityOf(world);
    const ask = async (asking?: Asking) => {
      const answer = await post(world, requestFor(authority, serial, asking));
      expect(answer.headers.get("content-type")).toBe("application/ocsp-response");
      return (await read(answer, authority)).answers;
    };
    expect([await ask(), await ask({ hash: "sha256" })]).toEqual([["good"], ["good"]]);
    await alice.visitor.post(`${new URL(page.url).pathname}/revoke`, "action=revoke&reason=key-compromise");
    expect([await ask(), await ask({ hash: "sha256" })]).toEqual([["revoked"], ["revoked"]]);
    expect(await ask({ times: 2 })).toEqual(["revoked", "revoked"]);
  });

  test("is unknown of a number that was never given, and of another authority's", async () => {
    await using world = await createWorld();
    await using other = await createWorld();
    const { serial } = await issued(world, await aliceAt(world));
    const [authority, foreign] = [await authorityOf(world), await authorityOf(other)];
    const ask = async (request: Buffer) => (await read(await post(world, request), authority)).answers;
    expect(await ask(requestFor(authority, `01${"00".repeat(16)}`))).toEqual(["unknown"]);
    expect(await ask(requestFor(foreign, serial))).toEqual(["unknown"]);
  });

  test("comes by GET as well, and may then be kept for ten minutes", async () => {
    await using world = await createWorld();
    const { serial } = await issued(world, await aliceAt(world));
    const authority = await authorityOf(world);
    const get = (request: Buffer) =>
      fetch(`${world.issuer}/certificates/ocsp/${encodeURIComponent(request.toString("base64"))}`);
    const answer = await get(requestFor(authority, serial));
    expect(answer.headers.get("cache-control")).toBe("public, max-age=600");
    expect((await read(answer, authority)).answers).toEqual(["good"]);
    expect((await get(requestFor(authority, serial, { nonce: NONCE }))).headers.get("cache-control")).toBe("no-store");
  });

  test("repeats the nonce of who asks", async () => {
    await using world = await createWorld();
    const { serial } = await issued(world, await aliceAt(world));
    const authority = await authorityOf(world);
    const ask = async (asking: Asking) => read(await post(world, requestFor(authority, serial, asking)), authority);
    expect(await ask({ nonce: NONCE })).toMatchObject({ answers: ["good"], repeats: true });
    expect(await ask({})).toMatchObject({ repeats: false });
    for (const length of [0, 33]) expect(await ask({ nonce: Buffer.alloc(length) })).toEqual({ status: 1 });
  });

  test("is refused as malformed for what is no request, or one about more than ten", async () => {
    await using world = await createWorld();
    const authority = await authorityOf(world);
    const whole = requestFor(authority, "01");
    const many = requestFor(authority, "01", { times: 11 });
    const odd = [
      sequence(),
      sequence(sequence()),
      sequence(sequence(sequence())),
      sequence(sequence(sequence(integer(1)))),
    ];
    for (const body of [Buffer.from("x"), whole.subarray(0, -1), many, ...odd.map((one) => Buffer.from(encode(one)))])
      expect(await read(await post(world, body), authority)).toEqual({ status: 1 });
    expect((await post(world, whole, "text/plain")).status).toBe(400);
    expect((await read(await fetch(`${world.issuer}/certificates/ocsp/x`), authority)).status).toBe(1);
  });

  test.skipIf(!hasOpenssl)("is believed by OpenSSL", async () => {
    await using world = await createWorld();
    const alice = await aliceAt(world);
    const { certificate, page } = await issued(world, alice);
    const files = { "ca.pem": (await authorityOf(world)).toString(), "own.pem": certificate.toString() };
    const about = ["ocsp", "-issuer", "ca.pem", "-cert", "own.pem"];
    const url = `${world.issuer}/certificates/ocsp`;
    const ask = async () => {
      const { made } = openssl(files, [...about, "-reqout", "request.der"], "request.der", "latin1");
      const answer = await fetch(url, {
        method: "POST",
        headers: { "content-type": "application/ocsp-request" },
        body: Buffer.from(made, "latin1"),
      });
      const given = { ...files, "answer.der": Buffer.from(await answer.arrayBuffer()) };
      return openssl(given, [...about, "-respin", "answer.der", "-CAfile", "ca.pem", "-no_nonce"]).said;
    };
    const before = await ask();
    await alice.visitor.post(`${new URL(page.url).pathname}/revoke`, "action=revoke&reason=key-compromise");
    const after = await ask();
    for (const words of ["Response verify OK", "own.pem: good"]) expect(before).toContain(words);
    for (const words of ["Response verify OK", "own.pem: revoked", "Reason: keyCompromise"])
      expect(after).toContain(words);
  });
});
