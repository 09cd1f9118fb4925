import { describeAdapter } from "./adapter.suite.ts";
import { describeAlike } from "./alike.suite.ts";
import { describeDatabase } from "./database.suite.ts";
import { describeProvider } from "./provider.suite.ts";
import { describeSingleUse } from "./single-use.suite.ts";
import { describeTogether } from "./together.suite.ts";

describeDatabase("postgres");
describeAdapter("postgres");
describeSingleUse("postgres");
describeProvider("postgres");
describeTogether("postgres");
describeAlike("postgres");
