#!/usr/bin/env node
// Plain JavaScript without anything new in it, so that every Node can say that it is too old.
const needed = 24;

if (Number(process.versions.node.split(".")[0]) < needed) {
  console.error(
    `E-num ID needs Node ${needed}, and this is ${process.versions.node}: use \`npm start\`, or node_modules/.bin/node, which npm has brought.`,
  );
  process.exit(1);
}

import("../src/cli.ts").then(({ main }) => main(process.argv.slice(2)));
