import { describeDelivery } from "./delivery.suite.ts";

describeDelivery("postgres");
