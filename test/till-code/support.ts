import { atAccount } from "../account/support.ts";
import { confirmBy } from "../device/own-support.ts";
import { type OnlinePhone, onlinePhone } from "../support/online-phone.ts";
import { TILL } from "../support/till.ts";
import type { Page, Visitor } from "../support/visitor.ts";
import type { World } from "../support/world.ts";

export const PAGE = "/account/till-code";
export const CODE = "blue 42";

/** A till that can send a code. */
export const CODED = { ...TILL, client_id: "coded", client_name: "Coded till", backchannel_user_code_parameter: true };

/** Alice with her phone, at her account page. */
export async function aliceAt(world: World) {
  const phone = await onlinePhone(world);
  const { visitor } = await atAccount(world);
  return { phone, visitor };
}

/** As far as the page on which the code is typed; or, for `remove`, where it is gone. */
export async function confirmed(
  world: World,
  { visitor, phone }: { visitor: Visitor; phone: OnlinePhone },
  what: "set" | "remove" = "set",
): Promise<Page> {
  return confirmBy(world, visitor, await visitor.submit(await visitor.open(PAGE), what), phone);
}

/** A code of alice's, by the pages and the phone. */
export async function set(world: World, alice: { visitor: Visitor; phone: OnlinePhone }, till_code = CODE) {
  return alice.visitor.submit(await confirmed(world, alice), "save", { till_code });
}
