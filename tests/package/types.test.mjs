// The package's types, by the compiler: right uses pass, and each wrong one in `uses.tsx` is an error.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { app, inBrowser } from "./places.mjs";

inBrowser();

const require = createRequire(import.meta.url);

test("the engine's types need no browser's", { timeout: 120_000 }, async () => {
  const uses = 'import { load, run } from "raft-playground/engine";\nexport const held: boolean = (await run("nodes 3")).held;\nvoid load({ module: "engine.wasm" });\n';
  const options = { module: "nodenext", target: "es2022", lib: ["es2022"] };
  assert.equal(await compiled(uses, options), "");
  assert.match(await compiled(uses.replace("boolean", "string"), options), /uses\.tsx\(2,14\): error/);
});

async function compiled(uses, options) {
  const config = { compilerOptions: { strict: true, noEmit: true, skipLibCheck: false, jsx: "react-jsx", lib: ["es2022", "dom"], types: [], ...options }, files: ["uses.tsx"] };
  const folder = await app({ "uses.tsx": uses, "tsconfig.json": JSON.stringify(config) });
  for (const name of ["@types/react", "csstype"]) {
    await cp(dirname(require.resolve(`${name}/package.json`)), join(folder, "node_modules", name), { recursive: true });
  }
  const tsc = join(dirname(require.resolve("typescript/package.json")), "bin/tsc");
  return promisify(execFile)(process.execPath, [tsc, "--pretty", "false", "--project", folder]).then(() => "", ({ stdout }) => stdout);
}

for (const options of [{ module: "nodenext", target: "es2022" }, { module: "esnext", moduleResolution: "bundler", target: "es2022" }]) {
  test(`uses are right and wrong as they should be (${options.module})`, { timeout: 120_000 }, async () => {
    const uses = await readFile(new URL("uses.tsx", import.meta.url), "utf8");
    assert.equal(await compiled(uses, options), "");
    const wrong = uses.split("// @ts-expect-error").length - 1;
    assert.ok(wrong >= 10, `${wrong} wrong uses`);
    // Each of them is an error by itself, where nothing expects it.
    const said = await compiled(uses.replaceAll("@ts-expect-error", "wrong"), options);
    assert.equal(said.split("\n").filter((line) => /^\S*uses\.tsx\(\d/.test(line)).length, wrong, said);
  });
}
