import { describeOutbox } from "./outbox.suite.ts";
import { describeRetries } from "./retries.suite.ts";
import { describeWorker } from "./worker.suite.ts";

describeOutbox("sqlite");
describeRetries("sqlite");
describeWorker("sqlite");
