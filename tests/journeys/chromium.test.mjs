import * as chromium from "./chromium.mjs";
import { journeysIn } from "./visit.mjs";

journeysIn(chromium);
