// What the tests of the integrations share: building a copy of an example with its own tool, and
// opening what came of it in a browser, beside the page that it loads.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { atBrowser, inBrowser, listen, poll } from "../browser/page.mjs";
import { serve } from "../browser/static-server.mjs";

const { DIST, INTEGRATIONS_WORK: WORK, RAFT_PLAYGROUND, SITES_PATH } = process.env;
assert.ok(DIST && WORK && RAFT_PLAYGROUND && SITES_PATH, "run `cargo xtask integrations`");

const HERE = dirname(fileURLToPath(import.meta.url));
export const EXAMPLES = join(HERE, "../../integrations");
export const MODULES = join(HERE, "node_modules");
/** How long a tool may take for an example. */
export const BUILD = 120_000;

/** What the copies of the examples find: the tools first, and the program. */
const tools = { ...process.env, PATH: [SITES_PATH, dirname(RAFT_PLAYGROUND), process.env.PATH].join(delimiter) };

/** Starts a tool; it ends with `kill()`. */
export function begin(command, args, { cwd, env = {} }) {
  return spawn(command, args, { cwd, env: { ...tools, ...env }, stdio: ["ignore", "pipe", "pipe"] });
}

/** What a tool says, and its exit code. */
export async function run(command, args, options) {
  const child = begin(command, args, options);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => (said += part));
  const late = setTimeout(() => child.kill("SIGKILL"), BUILD);
  const code = await new Promise((resolve, reject) => child.on("error", reject).on("close", resolve));
  clearTimeout(late);
  return { code, said };
}

/**
 * A tool's example: `build(folder, out, env)` makes the pages of a copy in `folder` below `out`, and gives what
 * `run` gives.
 */
export class Example {
  constructor(name, build) {
    Object.assign(this, { name, build, root: join(WORK, name) });
  }

  /** A fresh copy, with what it shares beside it, and what npm has installed. */
  async copy(as) {
    const root = join(this.root, as);
    await rm(root, { recursive: true, force: true });
    for (const folder of [this.name, "common"]) await cp(join(EXAMPLES, folder), join(root, folder), { recursive: true });
    await symlink(MODULES, join(root, "node_modules"), "dir");
    return join(root, this.name);
  }

  /** Builds the example as it is, and serves it below its name, with the page below `raft`. */
  serve() {
    inBrowser();
    before(async () => {
      const www = join(this.root, "www");
      await rm(www, { recursive: true, force: true });
      await cp(DIST, join(www, "raft"), { recursive: true });
      await mkdir(join(www, this.name));
      const { code, said } = await this.build(await this.copy("good"), join(www, this.name), {});
      assert.equal(code, 0, said);
      this.site = await serve(www, { cors: true });
    }, { timeout: BUILD });
    after(() => this.site?.close());
  }

  /** A test on a page of the site, which may not complain but of what `complains` fits. */
  test(name, path, work, { complains } = {}) {
    test(`${this.name}: ${name}`, { timeout: 60_000 }, async () => {
      const context = await atBrowser().newContext({ viewport: { width: 1000, height: 760 } });
      context.setDefaultTimeout(10_000);
      const page = await context.newPage();
      const complaints = listen(page);
      const requests = [];
      page.on("request", (request) => requests.push(request.url()));
      try {
        await page.goto(`${this.site.url}${this.name}/${path}`);
        await work(page, requests);
        // Browsers ask for an icon, whatever a page says.
        const known = complains ? [/favicon|status of 404/, complains] : [/favicon|status of 404/];
        assert.deepEqual(complaints.filter((line) => !known.some((one) => one.test(line))), []);
      } finally {
        await context.close();
      }
    });
  }

  /** A test that a page with this block does not build, and what the tool says of it. */
  fails(name, { file, text, env = {}, said: expected }) {
    test(`${this.name}: ${name}`, { timeout: BUILD }, async () => {
      const folder = await this.copy("broken");
      const path = join(folder, file);
      const before = await readFile(path, "utf8").catch(() => "");
      await writeFile(path, typeof text === "function" ? text(before) : text);
      const { code, said } = await this.build(folder, join(this.root, "broken", "out"), env);
      assert.notEqual(code, 0, said);
      assert.match(said, expected);
    });
  }
}

/** An element waits behind its poster, and Play brings a live cluster of so many servers. */
export async function playsLive(page, requests, { servers, alt, nth = 0 }) {
  const element = page.locator("raft-playground").nth(nth);
  await element.scrollIntoViewIfNeeded();
  const poster = element.locator("img");
  assert.match(await poster.getAttribute("alt"), alt);
  assert.ok(await poster.isVisible(), "its poster");
  await poll("the poster is drawn", () => poster.evaluate((it) => it.complete && it.naturalWidth), (width) => width > 100);
  // Sites have rules of their own for pictures.
  const places = () => element.evaluate((it) => [it, it.querySelector("img")].map((part) => part.getBoundingClientRect().toJSON()));
  await poll("the poster is where it belongs", places, ([around, inside]) => inside.top >= around.top && inside.bottom <= around.bottom);
  assert.deepEqual(requests.filter((url) => url.endsWith(".wasm")), [], "nothing of the engine yet");
  await element.getByRole("button", { name: "▶ Play" }).click();
  await poll(`${servers} servers`, () => element.locator("[data-server]").count(), (count) => count === servers);
  const time = () => element.evaluate(async (it) => (await it.state()).timeUs);
  const then = await time();
  await poll("its time passes", time, (now) => now > then);
}

/** A block whose claim does not hold, in the third line of its text. */
export const BROKEN = "nodes 3\nrun until leader\nexpect leaders 2\n";
/** A block with a word that nobody knows, in the second line of its text. */
export const WRONG = "nodes 3\ncrsh n1\n";
export const fenced = (text) => `# A page\n\n\`\`\`raft\n${text}\`\`\`\n`;

/** The faults that every tool's build has to end with, on a page of Markdown. */
export function failsOnPages(example, { folder, prepare = () => fenced, missing = /expected the program `raft-playground` on PATH/ }) {
  const file = join(folder, "broken.md");
  example.fails("a claim that does not hold ends the build, by its line", { file, text: fenced(BROKEN), said: /broken\.md:6: expect leaders 2: found n1 / });
  example.fails("a wrong text ends the build, by its line", { file, text: fenced(WRONG), said: /broken\.md:5: expected a command such as `crash n2`, found `crsh`/ });
  example.fails("it says where it looked for the program", { file, text: fenced(BROKEN), env: { RAFT_PLAYGROUND: "", PATH: SITES_PATH }, said: missing });
}
