import { describeAdapter } from "./adapter.suite.ts";
import { describeAlike } from "./alike.suite.ts";
import { describeDatabase } from "./database.suite.ts";
import { describeProvider } from "./provider.suite.ts";
import { describeSingleUse } from "./single-use.suite.ts";
import { describeTogether } from "./together.suite.ts";

describeDatabase("sqlite");
describeAdapter("sqlite");
describeSingleUse("sqlite");
describeProvider("sqlite");
describeTogether("sqlite");
describeAlike("sqlite");
