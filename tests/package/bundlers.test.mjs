// The package in an app, as each bundler makes it: built, served from plain files, and played.
import assert from "node:assert/strict";
import { readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { app, ELEMENT, html, inBrowser, pageTest, playsLive, serve } from "./places.mjs";

inBrowser();

const APP = `import "raft-playground";
import { run } from "raft-playground/engine";
window.report = (text) => run(text).then((report) => JSON.stringify({ ...report, held: report.held }));
`;
const TYPED = html(ELEMENT, '<script type="module" src="./app.js"></script>');

/** The app is served, plays, reads a lesson and runs the engine. */
async function works(open, folder, t, page = "index.html") {
  const site = await serve(folder, { prefix: "/any/path/" });
  t.after(() => site.close());
  const opened = await open(`${site.url}${page}`);
  const early = opened.requests.filter((url) => /\.wasm$/.test(url));
  assert.deepEqual(early, [], "nothing of the engine is fetched before somebody plays");
  await playsLive(opened.page);
  return opened;
}

async function runsTheEngine(page) {
  const report = JSON.parse(await page.evaluate(() => window.report("nodes 3\nseed 1\nrun until leader\nexpect leader any")
    .catch((error) => JSON.stringify({ error: `${error.name} ${error.line} ${error.message}` }))));
  const good = JSON.parse(await page.evaluate(() => window.report("nodes 3\nseed 1\nrun until leader\nexpect safe\n")));
  assert.equal(good.nodes?.length, 3);
  assert.equal(good.held, true);
  assert.match(report.error ?? "", /^RaftPlaygroundError 4 line 4: expected/);
}

/** A lesson in Chinese: both are texts that come when they are wanted. */
async function opensALesson(open, url) {
  const { page } = await open(url, { locale: "zh-CN" });
  await page.waitForFunction(() => customElements.get("raft-playground"));
  await page.evaluate(() => {
    const lesson = document.createElement("raft-playground");
    for (const [name, value] of [["lesson", "election"], ["view", "lesson"], ["play", "none"]]) lesson.setAttribute(name, value);
    document.body.replaceChildren(lesson);
  });
  await page.locator(".lesson").getByText(/[\u4e00-\u9fff]{4}/).first().waitFor();
}

pageTest("Vite builds it", async (open, t) => {
  const folder = await app({ "app.js": APP, "index.html": TYPED });
  const { build } = await import("vite");
  const warnings = [];
  await build({
    root: folder, base: "./", logLevel: "silent", configFile: false,
    build: { target: "esnext", rollupOptions: { onwarn: (warning) => warnings.push(warning.message) } },
  });
  assert.deepEqual(warnings, []);
  const { page, complaints } = await works(open, join(folder, "dist"), t);
  await runsTheEngine(page);
  await opensALesson(open, page.url());
  assert.deepEqual(complaints, []);
});

pageTest("Vite serves it while it is written", async (open, t) => {
  const folder = await app({ "app.js": APP, "index.html": TYPED });
  const { createServer } = await import("vite");
  const server = await createServer({
    root: folder, configFile: false, logLevel: "silent", cacheDir: join(folder, ".cache"),
    server: { host: "127.0.0.1", port: 0, hmr: false, ws: false },
  });
  await server.listen();
  t.after(() => server.close());
  const { page } = await open(server.resolvedUrls.local[0]);
  await playsLive(page);
  await runsTheEngine(page);
});

pageTest("webpack builds it", async (open, t) => {
  const folder = await app({ "app.js": APP, "dist/index.html": html(ELEMENT, '<script src="./main.js" defer></script>') });
  const webpack = createRequire(import.meta.url)("webpack");
  const stats = await new Promise((resolve, reject) => {
    webpack({ mode: "production", context: folder, entry: "./app.js", output: { path: join(folder, "dist") }, performance: false },
      (error, stats) => (error ? reject(error) : resolve(stats)));
  });
  const { errors, warnings } = stats.toJson({ errors: true, warnings: true });
  assert.deepEqual([...errors, ...warnings].map(({ message }) => message), []);
  const { page, complaints } = await works(open, join(folder, "dist"), t);
  await runsTheEngine(page);
  await opensALesson(open, page.url());
  assert.deepEqual(complaints, []);
});

const esbuild = async (folder, entry, more = {}) => {
  const { build } = await import("esbuild");
  return build({
    absWorkingDir: folder, entryPoints: [entry], bundle: true, format: "esm", splitting: true, minify: true,
    outdir: "dist", logLevel: "silent", ...more,
  });
};

pageTest("esbuild builds it, with the package's plugin", async (open, t) => {
  const folder = await app({ "app.js": APP, "dist/index.html": TYPED });
  const { default: plugin } = await import(pathToFileURL(join(folder, "node_modules/raft-playground/esbuild.js")));
  const { warnings } = await esbuild(folder, "app.js", { plugins: [plugin()] });
  assert.deepEqual(warnings, []);
  const { page, complaints } = await works(open, join(folder, "dist"), t);
  await runsTheEngine(page);
  await opensALesson(open, page.url());
  assert.deepEqual(complaints, []);
});

pageTest("esbuild without the plugin: the sentence names the module that is missing", async (open, t) => {
  const folder = await app({ "app.js": APP, "dist/index.html": TYPED });
  await esbuild(folder, "app.js");
  const site = await serve(join(folder, "dist"));
  t.after(() => site.close());
  const { page } = await open(site.url);
  await page.getByRole("button", { name: "▶ Play" }).click();
  await page.getByRole("alert").getByText(/playground\.wasm must be reachable/).waitFor();
});

pageTest("esbuild takes the one file without a plugin, in one script of the old kind", async (open, t) => {
  const folder = await app({ "app.js": 'import "raft-playground/inline";', "dist/index.html": html(ELEMENT, '<script src="./app.js" defer></script>') });
  await esbuild(folder, "app.js", { format: "iife", splitting: false });
  assert.deepEqual((await readdir(join(folder, "dist"))).sort(), ["app.js", "index.html"]);
  // Everything else is gone, so that nothing can be fetched from there.
  await rm(join(folder, "node_modules"), { recursive: true });
  const { page, requests, complaints } = await works(open, join(folder, "dist"), t);
  await opensALesson(open, page.url());
  assert.equal(requests.filter((url) => !url.startsWith("data:")).length, 2, requests.join("\n"));
  assert.deepEqual(complaints, []);
});
