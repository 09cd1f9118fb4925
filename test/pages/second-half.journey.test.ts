import { samples } from "./list.ts";
import { lookAt } from "./pages.suite.ts";

lookAt(samples.slice(Math.ceil(samples.length / 2)));
