import { describeSealing } from "./sealing.suite.ts";

describeSealing("sqlite");
