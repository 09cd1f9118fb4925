import { Buffer } from "node:buffer";
import { parse } from "node-html-parser";
import { describe, expect, it } from "vitest";
import { confirmations } from "./confirmation.ts";
import { html } from "./server.ts";

function page(name: string, locale: "en" | "ru" = "en") {
  const sample = confirmations.find((one) => one.name === `confirmation-${name}`);
  if (sample === undefined) throw new Error(`no sample ${name}`);
  const markup = html(sample, locale);
  const root = parse(markup);
  const text = (selector: string) =>
    root.querySelectorAll(selector).map((one) => one.textContent.replace(/[^\S\u00a0]+/g, " ").trim());
  return { markup, root, text };
}

describe("what is asked", () => {
  it("stands whole on the page: amount, payee, and every other detail", () => {
    const { text, root } = page("payment-long");
    expect(text(".amount")).toEqual(["1\u00a0250\u00a0000 WMZ"]);
    expect(text(".account")).toEqual(["Purse Z 1234 5678 9012", "WMID 1234 5678 9012"]);
    expect(text(".operation dt")).toEqual(["Description", "From your purse", "Order or invoice", "Request number"]);
    expect(text(".operation dd")[1]).toBe("Z 9876 5432 1098");
    expect(root.querySelectorAll("details")).toHaveLength(0);
  });

  it("is seen before anybody says who they are", () => {
    const { markup, text } = page("identifier");
    expect(markup.indexOf("Z 1234 5678 9012")).toBeLessThan(markup.indexOf('name="identifier"'));
    expect(text("h1")).toEqual(["Pay 10.50 WMZ to Book shop?"]);
    expect(text("button")).toContain("Decline");
  });

  it("says what to look at again", () => {
    expect(page("payment-first-payee").text(".look b")).toEqual(["The first time for this purse"]);
    expect(page("trust-limit-first-payee").text(".look b")).toEqual(["The first time for this WMID"]);
    expect(page("payment").root.querySelector(".look")).toBeNull();
  });

  it.each(["payment-expired", "payment-exhausted", "trust-limit-expired"])(
    "is still there when the number is not (%s)",
    (name) => {
      const { root, text } = page(name);
      expect(text("h1")[0]).toMatch(/\?$/);
      expect(root.querySelector(".amount")).not.toBeNull();
      expect(root.querySelector("button[value=new-challenge]")).not.toBeNull();
      expect(root.querySelector("input[name=response]")).toBeNull();
      expect(root.querySelector("[data-enum-qr]")).toBeNull();
    },
  );
});

describe("what to do on the phone", () => {
  it("is said in the phone's own words, in every language", () => {
    expect(page("payment").text(".lead")[0]).toBe(
      "On the phone choose Payment and enter check number, amount and purse.",
    );
    expect(page("payment", "ru").text(".lead")[0]).toContain("«Платёж»");
    expect(page("correspondent-add").text(".lead")[0]).toContain("Confirm");
    expect(page("trust-limit").text(".lead")[0]).toContain("Only the response to the scanned code fits.");
  });

  it("is a scan first where a typed number fits nothing", () => {
    const { markup } = page("trust-limit");
    expect(markup.indexOf("data-enum-qr")).toBeLessThan(markup.indexOf("data-enum-challenge"));
    expect(markup).toContain('class="number compare"');
  });

  it("leaves a page with the longest QR code under 30 kB", () => {
    expect(page("trust-limit").root.querySelector("[data-enum-qr]")?.getAttribute("data-enum-qr")).toHaveLength(700);
    expect(Buffer.byteLength(page("trust-limit-stranger", "ru").markup)).toBeLessThan(30_000);
  });

  it("is said again by an error, with what a response of another screen is worth", () => {
    expect(page("payment-wrong").text("[role=alert]")[0]).toContain("2 tries left.");
    expect(page("payment-other-screen").text("[role=alert]")[0]).toContain("Here it must be Payment");
    expect(page("trust-limit-other-screen").text("[role=alert]")[0]).toContain("the code must be scanned");
  });
});

describe("declining", () => {
  const reasons = (name: string) =>
    page(name)
      .root.querySelectorAll("form input[name=reason]")
      .map((input) => input.getAttribute("value"));

  it("asks a signed-in person for a reason, and chooses none for them", () => {
    expect(reasons("payment")).toEqual(["not_me", "wrong_details", "changed_mind"]);
    expect(page("payment").markup).not.toContain(" checked");
  });

  it("asks nobody else, for whom it ends this request only", () => {
    expect(reasons("payment-stranger")).toEqual([]);
    expect(page("payment-stranger").root.querySelector("form button[value=decline]")).not.toBeNull();
  });

  it("says what has become of the other requests", () => {
    expect(page("declined-not-me").markup).toContain("All open requests of your account are closed");
    expect(page("declined").markup).not.toContain("All open requests");
  });
});

describe("a receipt", () => {
  it("that is genuine is told apart by whose word it is", () => {
    expect(page("receipt-genuine").markup).toContain("a key that we do not have");
    expect(page("receipt-unsigned").markup).toContain("Ours alone");
  });

  it("is dated by UTC, with its year", () => {
    expect(page("receipt-genuine").text("time")).toEqual(["23 November 2026, 14:20:07 UTC"]);
    expect(page("receipt-genuine", "ru").text("time")[0]).toMatch(/^23 ноября 2026 г\., 14:20:07 UTC$/);
  });

  it.each(["not-a-receipt", "other-issuer", "bad-signature", "wrong-type"])(
    "that is refused is kept (%s)",
    (reason) => {
      const { root } = page(`receipt-${reason}`);
      expect(root.querySelector("[role=alert]")).not.toBeNull();
      expect(root.querySelector("textarea[name=receipt]")?.textContent).toMatch(/^eyJ/);
    },
  );
});
