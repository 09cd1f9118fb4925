import { describeSealing } from "./sealing.suite.ts";

describeSealing("postgres");
