// `raft-playground html`: one file that needs no other.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { commandLine, inBrowser, PACKAGE, pageTest, playsLive, TEXT } from "./places.mjs";

inBrowser();

const INLINE = join(PACKAGE, "inline.js");
let folder;
before(async () => { folder = await mkdtemp(join(tmpdir(), "raft-playground-html-")); });
after(() => rm(folder, { recursive: true, force: true }));

/** Writes a page of a text; its path. */
async function written(name, text, ...more) {
  const [from, to] = [join(folder, `${name}.raft`), join(folder, `${name}.html`)];
  await writeFile(from, text);
  const { code, stderr } = await commandLine("html", from, "--inline", INLINE, "--out", to, ...more);
  assert.equal(code, 0, stderr);
  return to;
}

const quiet = ({ requests, complaints }, file) => {
  const own = pathToFileURL(file).href;
  assert.deepEqual(requests.filter((url) => url !== own && !/^(data|blob):/.test(url)), []);
  assert.deepEqual(complaints, []);
};

pageTest("opened from the disk it shows its still, and plays without a request", async (open) => {
  const file = await written("plain", TEXT, "--at", "400ms", "--caption", "Three <b>servers</b>");
  const opened = await open(pathToFileURL(file).href, { offline: true });
  const { page } = opened;
  assert.equal(await page.title(), "Three servers");
  await page.getByText("Three <b>servers</b>").waitFor();
  const still = page.getByRole("img", { name: /leads in term/ });
  assert.ok(await still.evaluate((image) => image.complete && image.naturalWidth > 100), "the still is a picture");
  await playsLive(page);
  assert.ok(await page.locator("raft-playground").evaluate((it) => it.state()).then(({ timeUs }) => timeUs >= 400_000));
  quiet(opened, file);
});

pageTest("a text may hold what would end a script, and none of it is markup", async (open) => {
  const text = 'title "</script><b id=bad>&amp;<!-- x"\nnodes 3\nseed 1\nrun until leader\n';
  const file = await written("marks", text, "--until", "leader");
  const opened = await open(pathToFileURL(file).href);
  assert.equal(await opened.page.title(), "</script><b id=bad>&amp;<!-- x");
  await playsLive(opened.page);
  assert.equal(await opened.page.locator("#bad").count(), 0);
  const back = await opened.page.locator("raft-playground").evaluate((it) => it.text());
  assert.ok(back.includes('title "</script><b id=bad>&amp;<!-- x"'), back);
  quiet(opened, file);
});

pageTest("a lesson is told step by step, in Chinese where that is preferred", async (open) => {
  const file = join(folder, "lesson.html");
  const { code, stderr } = await commandLine("html", "election", "--inline", INLINE, "-o", file);
  assert.equal(code, 0, stderr);
  const opened = await open(pathToFileURL(file).href, { locale: "zh-CN", offline: true });
  await opened.page.getByRole("button", { name: "▶ 播放" }).click();
  await opened.page.locator(".lesson, [data-server]").first().waitFor({ state: "attached" });
  await opened.page.getByText(/[\u4e00-\u9fff]{4}/).first().waitFor();
  quiet(opened, file);
});

test("where scripts are off, its still is there, and its size is about a megabyte", async () => {
  const page = await readFile(await written("size", TEXT), "utf8");
  assert.match(page, /<img src="data:image\/svg\+xml[^"]+" alt="[^"]*term/);
  assert.ok(page.length < 1_400_000, `${page.length} bytes`);
});

test("what is missing or wrong is named", async () => {
  const from = join(folder, "wrong.raft");
  await writeFile(from, "nodes 3\ncrush n1\n");
  const said = async (...words) => {
    const { code, stderr, stdout } = await commandLine("html", ...words);
    assert.equal(stdout, "");
    return `${code}: ${stderr}`;
  };
  assert.match(await said("split-vote"), /^2: .*--inline FILE: .*inline\.js.*npm package raft-playground.*cargo xtask dist/s);
  assert.match(await said("split-vote", "--inline", from), /^2: .*another script/);
  assert.match(await said("split-vote", "--inline", join(folder, "none.js")), /^2: .*none\.js.*cannot be read/s);
  assert.match(await said(from, "--inline", INLINE), /^2: .*line 2: expected/);
  assert.match(await said("split-vote", "--inline", INLINE, "--until", "leaders 5"), /^1: .*never holds/);
  assert.match(await said("split-vote", "--inline", INLINE, "--view", "moon"), /^2: .*found `moon`/);
});
