// The engine without a picture: what it reports is what the command line prints, to the letter.
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { app, commandLine, html, inBrowser, pageTest, serve, TEXT } from "./places.mjs";

inBrowser();

const SCENARIOS = new URL("../scenarios/", import.meta.url);

/** The engine as an app of Node's gets it. */
async function engine() {
  const folder = await app({ "app.mjs": 'export * from "raft-playground/engine";' });
  return { folder, ...(await import(pathToFileURL(join(folder, "app.mjs")))) };
}

test("it reports what the command line prints, for every scenario of the tests", { timeout: 240_000 }, async () => {
  const { run } = await engine();
  const files = (await readdir(SCENARIOS)).filter((name) => name.endsWith(".raft"));
  assert.ok(files.length > 50, `${files.length} scenarios`);
  for (const file of files) {
    const text = await readFile(new URL(file, SCENARIOS), "utf8");
    const [report, printed] = [await run(text), await commandLine("run", "--json", new URL(file, SCENARIOS).pathname)];
    assert.deepEqual(JSON.parse(JSON.stringify(report)), JSON.parse(printed.stdout), file);
    assert.equal(report.held, printed.code === 0, file);
  }
});

test("a wrong text names its line and what was expected", async () => {
  const { run, at, load, RaftPlaygroundError } = await engine();
  const error = await run("nodes 3\ncrush n2\n").catch((error) => error);
  assert.ok(error instanceof RaftPlaygroundError && error instanceof Error);
  assert.equal(error.name, "RaftPlaygroundError");
  assert.equal(error.code, "wrong-text");
  assert.equal(error.line, 2);
  assert.match(error.expected, /action|command/);
  assert.match(error.message, /^line 2: expected .*found .*crush/);
  await assert.rejects(run(), { name: "TypeError", message: /expected a string as the text, found undefined/ });
  await assert.rejects(at(TEXT, "soon"), { code: "wrong-text", message: /204ms.*found `soon`/ });
  await assert.rejects(at(TEXT, { until: "leaders 3" }), { code: "cannot-be-done", message: /never holds/ });
  await assert.rejects(at(TEXT, { width: 7 }), { code: "wrong-text", message: /from 50 to 4000, found `7`/ });
  await assert.rejects(at(TEXT, { at: "1ms", until: "leader any" }), TypeError);
  const { run: atOnce } = await load();
  assert.throws(() => atOnce("nodes 0\n"), { code: "wrong-text", line: 1 });
});

test("a moment has its state and its picture", async () => {
  const { at } = await engine();
  const early = await at(TEXT, "1ms");
  assert.deepEqual([early.state.timeUs, early.state.leader, early.state.servers.length], [1000, null, 3]);
  const elected = await at(TEXT, { until: "leader n1", logs: true, theme: "dark" }).catch(() => at(TEXT, { until: "leader n2" }))
    .catch(() => at(TEXT, { until: "leader n3" }));
  assert.match(elected.state.leader, /^n[1-3]$/);
  assert.match(elected.svg, /^<svg xmlns/);
  assert.ok(elected.alt.includes(elected.state.leader), elected.alt);
  assert.notEqual((await at(TEXT, "1ms")).svg, elected.svg);
});

test("a module that is not one is said, and the engine can be asked for again", async () => {
  const { load, run } = await engine();
  await assert.rejects(load({ module: new Uint8Array([1, 2, 3]) }), { code: "not-loaded", message: /could not be loaded/ });
  assert.equal((await run(TEXT)).held, true);
});

test("it runs in a worker of Node's", async () => {
  const { folder } = await engine();
  const script = join(folder, "worker.mjs");
  await writeFile(script, `import { parentPort } from "node:worker_threads";
import { run } from "raft-playground/engine";
parentPort.postMessage((await run(${JSON.stringify(TEXT)})).held);`);
  const worker = new Worker(script);
  const held = await new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  await worker.terminate();
  assert.equal(held, true);
});

pageTest("it runs in a browser's worker", async (open, t) => {
  const folder = await app({
    "index.html": html("<p>Host</p>"),
    "worker.js": `import { run } from "./node_modules/raft-playground/engine.js";
run(${JSON.stringify(TEXT)}).then(({ held, nodes }) => postMessage([held, nodes.length]), (error) => postMessage(String(error)));`,
  });
  const site = await serve(folder);
  t.after(() => site.close());
  const { page } = await open(site.url);
  const said = await page.evaluate(() => new Promise((resolve, reject) => {
    const worker = new Worker("./worker.js", { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  }));
  assert.deepEqual(said, [true, 3]);
});

test("the element can be imported where there is no browser, and defines nothing", async () => {
  const folder = await app({ "ssr.mjs": `export * from "raft-playground"; import "raft-playground/element"; import "raft-playground/inline";` });
  const { RaftPlayground, RaftPlaygroundError } = await import(pathToFileURL(join(folder, "ssr.mjs")));
  assert.equal(typeof RaftPlayground, "function");
  assert.equal(new RaftPlaygroundError({ message: "so" }).code, "cannot-be-done");
  assert.equal(globalThis.customElements, undefined);
});
