// mdBook: the preprocessor, from its example's chapters to live clusters.
import assert from "node:assert/strict";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { Example, failsOnPages, playsLive, run } from "./sites.mjs";

const { MDBOOK } = process.env;
assert.ok(MDBOOK, "run `cargo xtask integrations`");

const example = new Example("mdbook", async (folder, out, env) => {
  if (folder.includes("broken")) await appendFile(join(folder, "src/SUMMARY.md"), "- [Broken](broken.md)\n");
  return run(MDBOOK, ["build", "--dest-dir", out], { cwd: folder, env });
});
example.serve();

example.test("a block becomes an element with its poster, and plays", "index.html", (page, requests) =>
  playsLive(page, requests, { servers: 4, alt: /^At 0\.204 s, nobody leads/ }));
example.test("in a list, below a folder, with a lesson's step as its poster", "deep/list.html", (page, requests) =>
  playsLive(page, requests, { servers: 5, alt: /^At 0\.168 s, nobody leads/ }));
example.test("printed, all of it is on one page", "print.html", async (page) => {
  assert.equal(await page.locator("raft-playground").count(), 2);
});

failsOnPages(example, { folder: "src", missing: /command.*raft-playground|raft-playground.*not found/is });
