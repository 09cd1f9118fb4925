import { describeKeys } from "./keys.suite.ts";

describeKeys("sqlite");
