import { describeRotation } from "./rotation.suite.ts";

describeRotation("sqlite");
