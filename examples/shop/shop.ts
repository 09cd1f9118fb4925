/** A shop that signs people in with E-num and is paid with it; with another look, a library, which sells nothing. */
import type { IncomingMessage, RequestListener } from "node:http";
import { failing } from "../site/fault.ts";
import { serve } from "../site/http.ts";
import { connect, type SiteOptions } from "../site/provider.ts";
import { createSignIn } from "../site/sign-in.ts";
import { BOOK_SHOP, type ShopLook, shelfPage } from "./pages.ts";
import { createPayments } from "./payment.ts";

/** For `createServer(await createShop(…)).listen(port)`, once the provider runs. */
export async function createShop(options: SiteOptions & { look?: ShopLook }): Promise<RequestListener> {
  const { look = BOOK_SHOP } = options;
  const provider = await connect(options);
  const { routes, personOf } = createSignIn(provider, look);
  const shelf = (request: IncomingMessage) => ({ status: 200, body: shelfPage(look, personOf(request)) });
  return serve(provider.home, { "GET /": shelf, ...routes, ...createPayments(provider, look) }, failing(look));
}
