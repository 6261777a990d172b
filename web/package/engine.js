// The engine without a picture, where a module is fetched: browsers, workers, Deno.
import { entry } from "./engine.api.js";

export { RaftPlaygroundError } from "./engine.api.js";
export const { load, run, at } = entry(() => new URL("./engine.wasm", import.meta.url));
