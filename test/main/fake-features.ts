import { setTimeout as delay } from "node:timers/promises";
import { run } from "../../src/main.ts";

/** The process without the features: `/slow` answers after half a second, `/settled` when requests in flight have saved what they save, `/throw` brings the process down, all else answers at once. */
await run(process.env, {
  createApp: async ({ keys, settled }) => ({
    routes: [],
    async listener(request, response) {
      if (request.url === "/throw") setImmediate(() => Promise.reject(new Error("a mistake of ours")));
      if (request.url === "/slow") {
        console.log("slow began");
        await delay(500);
      }
      if (request.url === "/settled") await settled();
      response.end(keys.token[0]?.kid);
    },
    metrics: (_request, response) => response.end("figures"),
    closing: () => console.log("app closing"),
    start: () => console.log("app started"),
    drain: async () => undefined,
    sweep: async () => undefined,
    remind: async () => undefined,
    lookAtKeys: async () => undefined,
    close: async () => console.log("app closed"),
  }),
});
