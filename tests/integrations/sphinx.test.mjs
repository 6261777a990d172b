// Sphinx: the directive, from its example's pages to live clusters.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { BROKEN, BUILD, Example, playsLive, run, WRONG } from "./sites.mjs";

const build = (builder) => (folder, out, env) =>
  run("sphinx-build", ["-q", "-b", builder, "-d", join(out, "../doctrees"), folder, out], { cwd: folder, env });
const example = new Example("sphinx", build("html"));
example.serve();

example.test("a directive becomes an element with its poster, and plays", "index.html", (page, requests) =>
  playsLive(page, requests, { servers: 4, alt: /^At 0\.204 s, nobody leads/ }));
example.test("a lesson's step is its poster", "index.html", (page, requests) =>
  playsLive(page, requests, { servers: 5, nth: 1, alt: /^At 0\.168 s, nobody leads/ }));

const page = (text, options = "") =>
  (before) => `${before}\n.. raft::\n${options}\n${text.replace(/^/gm, "   ").trimEnd()}\n`;
const file = "index.rst";
// The example's page has 28 lines.
example.fails("a claim that does not hold ends the build, by its line", { file, text: page(BROKEN), said: /index\.rst:34: expect leaders 2: found n1 / });
example.fails("a wrong text ends the build, by its line", { file, text: page(WRONG), said: /index\.rst:33: expected a command such as `crash n2`, found `crsh`/ });
example.fails("an option that nobody knows is named with those that there are", { file, text: page(WRONG, "   :att: 5ms\n"), said: /expected one of scenario, lesson, .* found `att`/ });
example.fails("it says where it looked for the program", { file, text: page(BROKEN), env: { RAFT_PLAYGROUND: "", PATH: process.env.SITES_PATH }, said: /expected the program `raft-playground` on PATH/ });

example.test("what says `ignore` stays as it is", "index.html", async (page) => {
  assert.match(await page.locator("pre").last().textContent(), /^this stays as it is/);
});

test("sphinx: on paper the text stays as it is", { timeout: BUILD }, async () => {
  const folder = await example.copy("paper");
  const { code, said } = await build("text")(folder, join(folder, "../out"), {});
  assert.equal(code, 0, said);
  assert.match(await readFile(join(folder, "../out/index.txt"), "utf8"), /run until leader\n +expect leaders 1/);
});
