/** The shop's payments: an order is an operation of the type `payment`. Nobody has to be signed in for it, and nobody is after it. */
import type { IncomingMessage } from "node:http";
import { type Asked, createConfirmations, LOST, newOperationId } from "../site/confirmation.ts";
import { faultOf } from "../site/fault.ts";
import { formOf, guarded, type Routes } from "../site/http.ts";
import type { Provider } from "../site/provider.ts";
import { type Book, lostPage, notPaid, paidPage, type ShopLook } from "./pages.ts";

interface Order extends Asked {
  book: Book;
}

export function createPayments(provider: Provider, look: ShopLook): Routes {
  const confirmations = createConfirmations<Order>({
    provider,
    path: "paid",
    lost: (why) => ({ status: 400, body: lostPage(look, why) }),
    conclude(order, outcome) {
      const sold = { book: order.book, number: order.operation.operation_id };
      if (outcome.kind === "confirmed") return { status: 200, body: paidPage(look, sold, outcome.proof) };
      return notPaid(look, sold, outcome);
    },
  });

  const routes: Routes = {
    ...confirmations.routes,

    "POST /buy": async (request: IncomingMessage) => {
      const title = (await formOf(request)).get("book");
      const book = look.shelf.find((each) => each.title === title);
      if (book?.price === undefined || look.purse === undefined) throw new Error("That is not sold here.");
      const operation = {
        type: "payment",
        operation_id: newOperationId("order"),
        payee: { purse: look.purse, name: look.name },
        amount: book.price,
        description: book.title,
      };
      // Without `openid`: nobody is signed in by it.
      return confirmations.ask(request, { operation, book });
    },

    /** The same order once more: after a no, or when nobody knows what became of it. */
    "POST /order": async (request: IncomingMessage) => {
      const number = (await formOf(request)).get("number");
      const order = confirmations.begunHere(request).find(({ operation }) => operation.operation_id === number);
      if (order === undefined) throw new Error(LOST);
      return confirmations.ask(request, order);
    },
  };
  return guarded(routes, (error) => ({
    status: 400,
    body: lostPage(look, faultOf(error).words),
  }));
}
