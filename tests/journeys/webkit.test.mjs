import * as webkit from "./webkit.mjs";
import { journeysIn } from "./visit.mjs";

journeysIn(webkit);
