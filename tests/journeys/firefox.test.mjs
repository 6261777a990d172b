import * as firefox from "./firefox.mjs";
import { journeysIn } from "./visit.mjs";

journeysIn(firefox);
