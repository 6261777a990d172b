// Every snippet of the documentation does what the documentation says: HTML is opened, JavaScript is
// carried out against a real element, shell lines are run, scenario text is checked.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { at, atBrowser, inBrowser, listen } from "../browser/page.mjs";
import { serve } from "../browser/static-server.mjs";
import { named, PROGRAM, snippets, snippetsIn, XTASK } from "./book.mjs";

const run = promisify(execFile);
inBrowser();

/** Languages that a test below takes, and `text` or none, which shows forms and what is printed. */
const TAKEN = ["raft", "html", "js", "sh", "yaml", "json", "text", ""];

test("no snippet is in a language that nothing here runs", () => {
  const wrong = snippets.filter(({ language }) => !TAKEN.includes(language));
  assert.deepEqual(wrong.map((it) => `${named(it)} ${it.language}`), []);
});

// ---- scenario text ----

test("every scenario text holds", async () => {
  const all = snippetsIn("raft", 15);
  assert.deepEqual(all.filter(({ words }) => words.includes("ignore")).map(named), [], "none is left alone");
  const files = [...new Set(all.map(({ page }) => page))];
  const { stdout } = await run(PROGRAM, ["check", "--require", "--format", "json", ...files]);
  const held = JSON.parse(stdout);
  assert.equal(held.length, all.length, "as many blocks as this reader finds");
  assert.deepEqual(held.filter(({ ok }) => !ok), []);
});

// ---- HTML and JavaScript ----

const SPLIT_VOTE = 'title "A split vote"\nnodes 4\nseed 6\npre-vote off\ntimeout n1\ntimeout n3\nrun until leader\n';

const VERSION = JSON.parse(await readFile(join(process.env.DIST, "files.json"), "utf8")).version;

/** The digest of the element in this version, as an author finds it. */
async function digest() {
  const { files } = JSON.parse(await readFile(join(process.env.DIST, "v", VERSION, "files.json"), "utf8"));
  return files["embed.js"].integrity;
}

/** A page of somebody's own, with this body; what it needs from `example.org` is the site at hand. */
async function opened(body, work) {
  const context = await atBrowser().newContext({ viewport: { width: 1000, height: 800 } });
  context.setDefaultTimeout(20_000);
  try {
    const page = await context.newPage();
    const complaints = listen(page);
    const logged = [];
    page.on("console", (message) => message.type() === "log" && logged.push(message.text()));
    await page.addInitScript(() => {
      window.wrong = [];
      addEventListener("raft-error", ({ detail }) => window.wrong.push(detail.message));
    });
    const html = body.replaceAll("https://example.org/raft/", at()).replaceAll("sha384-…", await digest());
    const script = html.includes("/embed.js") ? "" : `<script type="module" src="${at("embed.js")}"></script>`;
    await page.route(/\/somebody\.html$/, (route) => route.fulfill({
      contentType: "text/html; charset=utf-8",
      body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Somebody's page</title></head><body>${script}${html}</body></html>`,
    }));
    await page.route(/\/split-vote\.svg$/, async (route) => {
      const { stdout } = await run(PROGRAM, ["picture", join(await folder(), "split-vote.raft"), "--at", "40ms"]);
      await route.fulfill({ contentType: "image/svg+xml", body: stdout });
    });
    await page.goto(at("somebody.html"));
    await work(page, logged);
    assert.deepEqual(await page.evaluate(() => window.wrong), [], "raft-error");
    assert.deepEqual(complaints, [], "what the page complained about");
  } finally {
    await context.close();
  }
}

for (const snippet of snippetsIn("html", 6)) {
  test(`${named(snippet)}: the HTML shows a live cluster`, { timeout: 90_000 }, async () => {
    await opened(snippet.text, async (page) => {
      const [elements, frames] = [page.locator("raft-playground"), page.locator("iframe")];
      const [count, framed] = [await elements.count(), await frames.count()];
      await page.waitForFunction(() => customElements.get("raft-playground"));
      // One that only loads the script is whole with that.
      assert.ok(count + framed > 0 || snippet.text.includes("embed.js"), "an element, an iframe or the script");
      for (let nth = 0; nth < count; nth += 1) {
        const element = elements.nth(nth);
        for (const image of await element.locator("img").all()) {
          assert.ok(await image.evaluate((it) => it.decode().then(() => it.naturalWidth > 0)), "its poster");
        }
        await element.getByRole("button", { name: "▶ Play" }).click();
        await element.evaluate((it) => it.ready);
        const { servers } = await element.evaluate((it) => it.state({ full: true }));
        assert.ok(servers.length > 0);
        assert.equal(await element.locator("[data-server]").count(), servers.length);
      }
      for (let nth = 0; nth < framed; nth += 1) {
        await frames.nth(nth).scrollIntoViewIfNeeded();
        const inside = frames.nth(nth).contentFrame();
        await inside.locator("[data-server]").first().waitFor({ state: "attached" });
        assert.equal(await inside.getByRole("alert").filter({ hasText: /expected/i }).count(), 0);
      }
      for (const button of await page.locator("body > button").all()) await button.click();
    });
  });
}

const scripts = snippetsIn("js", 5).filter(({ words }) => !words.includes("worker"));
for (const snippet of scripts) {
  test(`${named(snippet)}: the JavaScript prints what the page says`, { timeout: 90_000 }, async () => {
    assert.ok(snippet.prints !== undefined, "a snippet of JavaScript shows behind it what it prints");
    const about = snippets.find(({ page, language }) => page === snippet.page && language === "raft");
    assert.ok(about, "the page has an element that its examples are about");
    const moment = about.words.find((word) => word.startsWith("at=")) ?? "";
    const element = `<raft-playground ${moment}><script type="text/raft">${about.text}</script></raft-playground>`;
    await opened(element, async (page, logged) => {
      await page.waitForFunction(() => customElements.get("raft-playground"));
      await page.addScriptTag({ type: "module", content: `${snippet.text}\nwindow.isThrough = true;` });
      await page.waitForFunction(() => window.isThrough);
      assert.equal(logged.join("\n"), snippet.prints);
    });
  });
}

for (const snippet of snippetsIn("js", 5).filter(({ words }) => words.includes("worker"))) {
  test(`${named(snippet)}: the worker ends one that is there`, { timeout: 60_000 }, async () => {
    let worker = 'addEventListener("fetch", () => {});';
    const made = (name) => ({ "": "<!doctype html><title>Somebody's page</title>", "sw.js": worker })[name];
    const host = await serve(process.env.DIST, { made });
    const context = await atBrowser().newContext();
    try {
      const page = await context.newPage();
      await page.goto(host.url);
      await page.evaluate(async () => {
        await navigator.serviceWorker.register("sw.js");
        await navigator.serviceWorker.ready;
      });
      worker = snippet.text;
      await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
      await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistrations()).length === 0);
    } finally {
      await context.close();
      await host.close();
    }
  });
}

// ---- what a program reads ----

/** The members of an object, those of its members included; of `files` one stands for all. */
const members = (value, path = "") =>
  typeof value !== "object" || Array.isArray(value)
    ? [path]
    : Object.entries(value).flatMap(([name, member]) => members(member, path === ".files" ? ".files[]" : `${path}.${name}`));

for (const snippet of snippetsIn("json", 1)) {
  test(`${named(snippet)}: the file has these members and no others`, async () => {
    const shown = JSON.parse(snippet.text);
    const real = JSON.parse(await readFile(join(process.env.DIST, "files.json"), "utf8"));
    assert.deepEqual([...new Set(members(shown))].sort(), [...new Set(members(real))].sort());
    for (const name of ["format", "name", "version", "engine", "versions"]) assert.deepEqual(shown[name], real[name], name);
    for (const [role, name] of Object.entries(shown.entries)) {
      const [begin, end] = name.split("…");
      const is = end === undefined ? real.entries[role] === name : real.entries[role].startsWith(begin) && real.entries[role].endsWith(end);
      assert.ok(is, `${role}: ${real.entries[role]}`);
    }
  });
}

// ---- shell ----

let made;
/** A folder as an author has one: pages with a fence, a scenario, the page's build, and the programs. */
function folder() {
  made ??= (async () => {
    const dir = await mkdtemp(join(tmpdir(), "raft-docs-"));
    await mkdir(join(dir, "docs"));
    await writeFile(join(dir, "split-vote.raft"), SPLIT_VOTE);
    await writeFile(join(dir, "docs", "votes.md"), `# Votes\n\n\`\`\`raft at=40ms\n${SPLIT_VOTE}\`\`\`\n`);
    await cp(join(process.env.DIST, "inline.js"), join(dir, "inline.js"));
    await mkdir(join(dir, "bin"));
    // Building takes minutes and is tested elsewhere: here it is whether the command knows the words.
    const cargo = `#!/bin/sh\ncase "$1" in\nxtask) shift; exec "${XTASK}" "$@" --help ;;\n*) echo "expected cargo xtask, found cargo $*" >&2; exit 2 ;;\nesac\n`;
    await writeFile(join(dir, "bin", "cargo"), cargo);
    await chmod(join(dir, "bin", "cargo"), 0o755);
    await cp(PROGRAM, join(dir, "bin", "raft-playground"));
    return dir;
  })();
  return made;
}

async function shell(text) {
  const dir = await folder();
  const PATH = [join(dir, "bin"), process.env.PATH].join(delimiter);
  // Each line is somebody's command: the first that fails ends it.
  return run("sh", ["-ec", text], { cwd: dir, env: { ...process.env, PATH } });
}

for (const snippet of snippetsIn("sh", 8)) {
  test(`${named(snippet)}: the shell lines can be run`, { timeout: 60_000 }, async () => {
    const { stdout } = await shell(snippet.text);
    assert.ok(stdout !== "" || / -o | > |--out/.test(snippet.text), "it prints or writes something");
    if (snippet.prints !== undefined) assert.equal(stdout.trim(), snippet.prints.trim());
  });
}

for (const snippet of snippetsIn("yaml", 1)) {
  test(`${named(snippet)}: what CI is told to run can be run`, { timeout: 60_000 }, async () => {
    const commands = [...snippet.text.matchAll(/^\s*- run: (.*)$/gm)].map(([, command]) => command);
    assert.ok(commands.length > 0, "it runs something");
    for (const command of commands) await shell(command);
  });
}

test("a file that a snippet writes is what the page says", async () => {
  await shell("raft-playground picture split-vote.raft --at 40ms -o told.svg");
  const svg = await readFile(join(await folder(), "told.svg"), "utf8");
  assert.match(svg, /^<svg[^>]*xmlns/);
  assert.ok(svg.length < 16_000, `${svg.length} bytes`);
});

after(async () => made && rm(await made, { recursive: true }));
