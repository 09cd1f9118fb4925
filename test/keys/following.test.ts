import { describeFollowing } from "./following.suite.ts";

describeFollowing("sqlite");
