import { describeAudit } from "./audit.suite.ts";

describeAudit("postgres");
