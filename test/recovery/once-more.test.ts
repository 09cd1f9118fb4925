import { expect, test } from "vitest";
import { DAY, HOUR } from "../../src/clock.ts";
import { eventsOf } from "../account/support.ts";
import { carol, NEW, waiting as waitingChange } from "../contact/support.ts";
import { stage } from "../device/own-support.ts";
import { activate } from "../support/phone.ts";
import { ALICE } from "../support/sign-in.ts";
import { createVisitor } from "../support/visitor.ts";
import { createWorld, type World } from "../support/world.ts";
import { looked, opened, operatorOf, shownOn, WORD } from "./deciding.ts";
import { atCode, atWait, made, statuses } from "./support.ts";

const WAIT = 48 * HOUR;

/** Taken up by e-mail and phone number: the page with the activation code. */
async function takenUp(world: World) {
  await atWait(world);
  world.pass(WAIT);
  const { visitor, page } = await atWait(world);
  return { visitor, page: await visitor.submit(page, "finish") };
}

test("a recovery that has led to a phone is not taken up once more, though that phone has ended", async () => {
  await using world = await createWorld();
  const { visitor, page } = await takenUp(world);
  const phone = await activate(world.issuer, ALICE, page.activation, "New phone");
  const first = await visitor.submit(page, "answered");
  await visitor.submit(first, "next", { response: phone.respond(first.challenge, { mode: "activate" }) });
  world.pass(DAY);
  const gone = await world.database.rows(
    "UPDATE device SET status = 'revoked' WHERE account_id = (SELECT id FROM account WHERE email = ?) RETURNING id",
    [ALICE],
  );
  expect(gone.length).toBeGreaterThan(0);
  expect((await atWait(world)).page.title).toContain("Your recovery waits");
  expect(await statuses(world)).toEqual(["done", "waiting"]);
});

test("one that was taken up is over when another way back comes after it, before any phone is connected", async () => {
  await using world = await createWorld();
  await takenUp(world);
  const owner = createVisitor(world.issuer);
  const typed = shownOn(await opened(owner, ALICE));
  await (await operatorOf(world)).allow(typed.reference, WORD);
  world.pass(WAIT);
  const open = await atWait(world);
  expect(open.page.title).toContain("Recover the account now?");
  expect((await looked(owner, typed)).activation).not.toBe("");
  const over = await open.visitor.submit(open.page, "finish");
  expect(over.text).toContain("It was stopped or was taken up, or its time is over. If it was not you");
  expect(await statuses(world)).toEqual(["replaced", "done"]);
  expect((await atWait(world)).page.title).toContain("Your recovery waits");
});

test("one that was taken up is over when a contact that it was proven by is another", async () => {
  await using world = await createWorld();
  await takenUp(world);
  await waitingChange(world, await carol(world, ALICE), "phone");
  world.pass(WAIT);
  await world.drain();
  expect(await statuses(world)).toEqual(["replaced"]);
  expect((await atWait(world, ALICE, NEW.phone)).page.title).toContain("Your recovery waits");
});

test("a code on paper says what it costs, and what waits has its end in the history when it was faster", async () => {
  await using on = await stage();
  const [code = ""] = await made(on.world, on.visitor, on.phone);
  await atWait(on.world);
  const paper = await atCode(on.world, ALICE);
  expect(paper.page.text).toContain("with passkeys and certificates");
  await paper.visitor.submit(paper.page, "next", { code });
  await on.world.drain();
  const told = (await on.world.messages()).find(({ subject }) =>
    subject?.includes("was recovered with a recovery code"),
  );
  expect(told?.text).toContain("with passkeys and certificates");
  const [asked] = await eventsOf(on.world, "recovery.asked");
  expect(await eventsOf(on.world, "recovery.replaced")).toMatchObject([{ recovery: asked?.recovery }]);
});
