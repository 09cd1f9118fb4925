import { samples } from "./list.ts";
import { lookAt } from "./pages.suite.ts";

lookAt(samples.slice(0, Math.ceil(samples.length / 2)));
