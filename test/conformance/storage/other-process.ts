import { openDatabase } from "../../../src/database/database.ts";

/** Another node, for the suites: `node other-process.ts hold|migrate <url>`. Says on its output what it has reached. */
const [verb, url] = process.argv.slice(2);
if (url === undefined) throw new Error("a database is needed");
const database = openDatabase({ url });
switch (verb) {
  case "hold":
    await database.alone(async () => {
      console.log("held");
      // Longer than any test waits; the test kills us.
      await new Promise((resolve) => setTimeout(resolve, 600_000));
    });
    break;
  case "migrate":
    await database.migrate("latest");
    console.log("migrated");
    break;
  default:
    throw new Error(`no verb ${verb}`);
}
await database.close();
