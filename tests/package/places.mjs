// What the package's tests share: the package as npm lays it out, a browser, and a live cluster.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { chromium } from "playwright-core";
import { serve } from "../browser/static-server.mjs";

const { CHROME, CHROME_ARGS = "", PACKAGE, RAFT_PLAYGROUND } = process.env;
assert.ok(
  CHROME && PACKAGE && RAFT_PLAYGROUND,
  "CHROME, PACKAGE and RAFT_PLAYGROUND are not set: run `cargo xtask test --only package`",
);

export { PACKAGE, RAFT_PLAYGROUND, serve };
export const SOON = 20_000;
const run = promisify(execFile);

/** Runs the command line; what it printed, and its exit code. */
export async function commandLine(...words) {
  try {
    const { stdout, stderr } = await run(RAFT_PLAYGROUND, words, { maxBuffer: 1 << 26 });
    return { stdout, stderr, code: 0 };
  } catch ({ stdout, stderr, code }) {
    return { stdout, stderr, code };
  }
}

let browser;
let scratch;
let packed;

/** Closes pages of which something may still be on its way through a route. */
async function close(context) {
  for (const page of context.pages()) await page.unrouteAll({ behavior: "ignoreErrors" });
  await context.close();
}

/** Starts the browser before a file's tests and makes a scratch folder; both end after them. */
export function inBrowser() {
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), "raft-playground-package-"));
    browser = await chromium.launch({ executablePath: CHROME, args: CHROME_ARGS.split(" ").filter(Boolean) });
  });
  after(async () => {
    await browser?.close();
    await rm(scratch, { recursive: true, force: true });
  });
}

/** The package as npm packs and unpacks it: what `files` or an ignore file leaves out is missing. */
async function installed(folder) {
  packed ??= (async () => {
    const out = join(scratch, "packed");
    await mkdir(out, { recursive: true });
    await run("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", out], { cwd: PACKAGE });
    const [archive] = (await readdir(out)).filter((name) => name.endsWith(".tgz"));
    await run("tar", ["-xzf", archive], { cwd: out });
    return join(out, "package");
  })();
  const home = join(folder, "node_modules", "raft-playground");
  await cp(await packed, home, { recursive: true });
  return home;
}

let apps = 0;

/** A folder with these files and the package in its `node_modules`. */
export async function app(files) {
  const folder = join(scratch, `app-${(apps += 1)}`);
  await mkdir(folder, { recursive: true });
  await installed(folder);
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

export const TEXT = `title "Three servers"
nodes 3
seed 1
run until leader
put x 1
run until reply 1 ok
expect value x = 1 on leader
`;

export const ELEMENT = `<raft-playground at="400ms" speed="1"><script type="text/raft">${TEXT}</script></raft-playground>`;

export const html = (body, head = "") =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>App</title><link rel="icon" href="data:,">${head}</head><body>${body}</body></html>`;

/** Opens an address in a profile of its own; `complaints` and `requests` fill up. */
export async function open(url, { prepare, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 900, height: 700 }, ...options });
  context.setDefaultTimeout(SOON);
  const page = await context.newPage();
  const [complaints, requests] = [[], []];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error}`));
  page.on("request", (request) => requests.push(request.url()));
  await prepare?.(page, context);
  await page.goto(url);
  return { page, context, complaints, requests };
}

/** A test in a page of its own, closed after it. */
export function pageTest(name, work) {
  test(name, { timeout: 120_000 }, async (t) => {
    const opened = [];
    await work(async (...given) => {
      const it = await open(...given);
      opened.push(it.context);
      return it;
    }, t).finally(() => Promise.all(opened.map(close)));
  });
}

/** Presses Play, and sees servers, a leader and time that passes; `where` is the page or a frame. */
export async function playsLive(where, servers = 3) {
  await where.getByRole("button", { name: "▶ Play" }).click();
  await where.locator("[data-server]").nth(servers - 1).waitFor({ state: "attached" });
  const until = Date.now() + 10_000;
  while ((await where.locator("[data-server]").count()) !== servers && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await where.locator("[data-server]").count(), servers);
  const element = where.locator("raft-playground");
  const { timeUs } = await element.evaluate((it) => it.state());
  assert.ok(timeUs > 0, "it has begun at its moment");
  const styled = await element.evaluate((it) => {
    const live = it.shadowRoot.querySelector(".live");
    return live.shadowRoot.adoptedStyleSheets[0].cssRules.length;
  });
  assert.ok(styled > 50, `its style is here: ${styled} rules`);
  await element.evaluate((it) => it.run("run 100ms").catch(() => it.step()));
  const after = await element.evaluate((it) => it.state({ full: true }));
  assert.equal(after.servers.length, servers);
  assert.ok(after.leader, "somebody leads");
}
