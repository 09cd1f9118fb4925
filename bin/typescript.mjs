// Runs a TypeScript file of ours: `node bin/typescript.mjs examples/demo.ts …`. Plain JavaScript without anything new in it,
// so that every Node can say that it is too old.
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const needed = 24;

if (Number(process.versions.node.split(".")[0]) < needed) {
  console.error(
    `E-num ID needs Node ${needed}, and this is ${process.versions.node}: npm brings it to Linux and Windows; elsewhere install it from nodejs.org.`,
  );
  process.exit(1);
}

// The file finds its words where it would without us.
process.argv.splice(1, 1);
import(pathToFileURL(resolve(process.argv[1])).href);
