/** `npm run build`: bundles the web client for production. */
import { gzipSync } from "node:zlib";
import { buildWebPhone } from "./bundle.ts";

const { folder, script } = await buildWebPhone();
const kilobytes = (gzipSync(script, { level: 9 }).length / 1000).toFixed(1);
console.log(`The web client is built in ${folder}: its script has ${kilobytes} kB compressed.`);
