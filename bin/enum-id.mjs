#!/usr/bin/env node
// Plain JavaScript without anything new in it, so that every Node can say that it is too old.
import module from "node:module";
import { fileURLToPath } from "node:url";

const needed = 24;

if (Number(process.versions.node.split(".")[0]) < needed) {
  console.error(
    `E-num ID needs Node ${needed}, and this is ${process.versions.node}: use \`npm start\`, or node_modules/.bin/node, which npm has brought.`,
  );
  process.exit(1);
}

// What is compiled once is there at the next start, which then takes half the time and a tenth less memory: unless NODE_COMPILE_CACHE names a
// folder, beside the packages, where whoever can write could write the program itself. Where we cannot write, all is as without it.
module.enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/compiled", import.meta.url)));

import("../src/cli/cli.ts").then(({ main }) => main(process.argv.slice(2)));
