import { describeOutbox } from "./outbox.suite.ts";
import { describeWorker } from "./worker.suite.ts";

describeOutbox("postgres");
describeWorker("postgres");
