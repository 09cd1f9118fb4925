import { largeRun } from "./large.ts";

largeRun(0);
