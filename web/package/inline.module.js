// The module and its files, packed into a script that asks for nothing.
import files from "./files.json.gz";
import module from "./playground.wasm.gz";

const unpacked = (bytes) => new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));

/** The bytes of the module. */
export const wasm = () => unpacked(module).arrayBuffer();

let all;
/** Texts by folder and path. */
export const texts = () => (all ??= unpacked(files).json());
