/** `npm run build`: bundles the web client, and the script of the certificates' pages, for production. */
import { gzipSync } from "node:zlib";
import { buildCertificateScript } from "../certificate/script.ts";
import { buildWebPhone } from "./bundle.ts";

const { folder, script } = await buildWebPhone();
const kilobytes = (text: string) => `${(gzipSync(text, { level: 9 }).length / 1000).toFixed(1)} kB compressed`;
console.log(`The web client is built in ${folder}: its script has ${kilobytes(script)}.`);
console.log(`The script of the certificates' pages has ${kilobytes(await buildCertificateScript())}.`);
