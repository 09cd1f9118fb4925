import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Served, served } from "./served.ts";

const STATIC = fileURLToPath(new URL("../../views/static/", import.meta.url));

/** Our mark, as a home screen wants it. */
export interface Icons {
  readonly svg: Served;
  readonly small: Served;
  readonly large: Served;
  /** With room around it, for systems that cut icons into a form of their own. */
  readonly maskable: Served;
  /** What iOS takes, which reads no manifest for it. */
  readonly touch: Served;
  readonly all: readonly Served[];
}

export function icons(): Icons {
  const png = (name: string) => served(name, "png", "image/png", readFileSync(`${STATIC}icons/${name}.png`));
  const svg = served("mark", "svg", "image/svg+xml", readFileSync(`${STATIC}mark.svg`));
  const [small, large, maskable, touch] = [png("icon-192"), png("icon-512"), png("maskable-512"), png("touch-180")];
  return { svg, small, large, maskable, touch, all: [svg, small, large, maskable, touch] };
}
