import { describeAudit } from "./audit.suite.ts";

describeAudit("sqlite");
