/** Runs `enum-id` verb after verb in one process, each as if it had one of its own: folder, environment, what it says, exit code. */
import { format } from "node:util";
import { z } from "zod";
import { main } from "../../src/cli/cli.ts";

const call = z.object({
  args: z.array(z.string()),
  folder: z.string(),
  env: z.record(z.string(), z.string()),
});

const home = process.cwd();

process.on("message", async (message) => {
  const { args, folder, env } = call.parse(message);
  const said = { stdout: "", stderr: "" };
  const into =
    (channel: keyof typeof said) =>
    (template: unknown, ...words: unknown[]) => {
      said[channel] += `${format(template, ...words)}\n`;
    };
  console.log = into("stdout");
  console.error = into("stderr");
  process.chdir(folder);
  process.env = env;
  process.exitCode = 0;
  await main(args);
  // The other one may be gone soon.
  process.chdir(home);
  process.send?.({ code: process.exitCode, ...said });
});
