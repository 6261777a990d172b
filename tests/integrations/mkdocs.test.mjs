// MkDocs: the hook, from its example's pages to live clusters.
import { Example, failsOnPages, playsLive, run } from "./sites.mjs";

const example = new Example("mkdocs", (folder, out, env) =>
  run("mkdocs", ["build", "--quiet", "--site-dir", out], { cwd: folder, env }));
example.serve();

example.test("a block becomes an element with its poster, and plays", "index.html", (page, requests) =>
  playsLive(page, requests, { servers: 4, alt: /^At 0\.204 s, nobody leads/ }));
example.test("in a note, below a folder, with a lesson's step as its poster", "deep/tab/", async (page, requests) => {
  await playsLive(page, requests, { servers: 5, alt: /^At 0\.168 s, nobody leads\..* n4 is a candidate/ });
});

failsOnPages(example, { folder: "docs" });
