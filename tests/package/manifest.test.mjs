// What is in the package: what its manifest names, and nothing of the machine that built it.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { app, commandLine, inBrowser } from "./places.mjs";

inBrowser();

const REPOSITORY = new URL("../../", import.meta.url).pathname;

async function unpacked() {
  const home = join(await app({}), "node_modules/raft-playground");
  const all = await readdir(home, { recursive: true, withFileTypes: true });
  const files = all.filter((entry) => entry.isFile()).map(({ parentPath, path, name }) => join(parentPath ?? path, name));
  return { home, files, manifest: JSON.parse(await readFile(join(home, "package.json"), "utf8")) };
}

test("every file that the manifest names is there, with both licences", async () => {
  const { home, files, manifest } = await unpacked();
  const named = (value) => (typeof value === "string" ? [value] : Object.values(value).flatMap(named));
  const wanted = [...named(manifest.exports), ...manifest.sideEffects, manifest.main, manifest.types];
  assert.ok(wanted.length > 12, wanted.join());
  for (const file of [...wanted, "README.md", "LICENSE-MIT", "LICENSE-APACHE"]) {
    assert.ok(files.includes(join(home, file)), `${file} is missing`);
  }
});

test("whose code it has besides, and under which licences, is said", async () => {
  const { home } = await unpacked();
  const notices = await readFile(join(home, "licences.txt"), "utf8");
  for (const name of ["yew", "serde_json", "wasm-bindgen"]) assert.match(notices, new RegExp(`^${name} [\\d.]+: `, "m"));
});

test("its version is the command line's", async () => {
  const { manifest } = await unpacked();
  assert.equal(`raft-playground ${manifest.version}`, (await commandLine("--version")).stdout.trim());
});

test("no file names a folder of the machine that built it", async () => {
  const { files } = await unpacked();
  const folders = [REPOSITORY, homedir(), ".cargo/registry", "index.crates.io"].filter((folder) => folder.length > 1);
  const naming = [];
  for (const file of files) {
    const text = await readFile(file, "latin1");
    naming.push(...folders.filter((folder) => text.includes(folder)).map((folder) => `${file}: ${folder}`));
  }
  assert.deepEqual(naming, []);
});
