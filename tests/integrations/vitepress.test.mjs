// VitePress: the plugin, from its example's pages to live clusters.
import { join } from "node:path";
import { Example, failsOnPages, MODULES, playsLive, run } from "./sites.mjs";

const example = new Example("vitepress", (folder, out, env) =>
  run(process.execPath, [join(MODULES, "vitepress/bin/vitepress.js"), "build", "--outDir", out], { cwd: folder, env }));
example.serve();

example.test("a block becomes an element with its poster, and plays", "index.html", (page, requests) =>
  playsLive(page, requests, { servers: 4, alt: /^At 0\.204 s, nobody leads/ }));
example.test("it is there on a page that a link leads to", "index.html", async (page, requests) => {
  await page.getByRole("link", { name: "In a list" }).click();
  await page.getByRole("heading", { name: "In a list" }).waitFor();
  await playsLive(page, requests, { servers: 5, alt: /^At 0\.168 s, nobody leads/ });
});

failsOnPages(example, { folder: "deep" });
