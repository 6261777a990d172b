// Hugo: the render hook, from its example's pages to live clusters.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { BROKEN, BUILD, Example, fenced, playsLive, run, WRONG } from "./sites.mjs";

const elements = (folder, env) =>
  run(process.env.RAFT_PLAYGROUND, ["embed", "content", "--data", "data/raft.json", "--load", "/raft/"], { cwd: folder, env });
const pages = (folder, out, env) => run("hugo", ["--destination", out], { cwd: folder, env });
const example = new Example("hugo", async (folder, out, env) => {
  const made = await elements(folder, env);
  return made.code ? made : pages(folder, out, env);
});
example.serve();

example.test("a block becomes an element with its poster, and plays", "index.html", (page, requests) =>
  playsLive(page, requests, { servers: 4, alt: /^At 0\.204 s, nobody leads/ }));
example.test("in a list, below a folder; what says `ignore` stays", "deep/list/", async (page, requests) => {
  await playsLive(page, requests, { servers: 5, alt: /^At 0\.168 s, nobody leads/ });
  assert.equal(await page.locator("pre code").textContent(), "this stays as it is");
});

const file = "content/broken.md";
example.fails("a claim that does not hold ends the build, by its line", { file, text: fenced(BROKEN), said: /broken\.md:6: expect leaders 2: found n1 / });
example.fails("a wrong text ends the build, by its line", { file, text: fenced(WRONG), said: /broken\.md:5: expected a command such as `crash n2`, found `crsh`/ });

for (const [what, change, said] of [
  ["has changed", (text) => text.replace("seed 3", "seed 4"), /_index\.md:9:1": the block has changed: run raft-playground before hugo/],
  ["is new", (text) => `${text}\n${fenced(BROKEN)}`, /_index\.md:23:1": the block is new: run raft-playground before hugo/],
]) {
  test(`hugo: a block that ${what} since its element was made ends the build`, { timeout: BUILD }, async () => {
    const folder = await example.copy("stale");
    assert.equal((await elements(folder, {})).code, 0);
    const page = join(folder, "content/_index.md");
    await writeFile(page, change(await readFile(page, "utf8")));
    const made = await pages(folder, join(folder, "../out"), {});
    assert.notEqual(made.code, 0, made.said);
    assert.match(made.said, said);
  });
}
