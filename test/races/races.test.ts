import { races } from "./races.suite.ts";

races("sqlite");
