// The engine without a picture, where a module is read from the disk.
import { readFile } from "node:fs/promises";
import { entry } from "./engine.api.js";

export { RaftPlaygroundError } from "./engine.api.js";
export const { load, run, at } = entry(() => readFile(new URL("./engine.wasm", import.meta.url)));
