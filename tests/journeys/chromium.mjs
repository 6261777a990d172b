// Chromium or Chrome, by playwright-core as in tests/browser: the journeys are held against what
// those tests know.
import { chromium } from "playwright-core";
import { readFile } from "node:fs/promises";
import { listen, tab } from "./tab.mjs";

export async function launch() {
  const { CHROME, CHROME_ARGS = "" } = process.env;
  const browser = await chromium.launch({ executablePath: CHROME, args: CHROME_ARGS.split(" ").filter(Boolean) });
  return {
    name: "Chromium",
    version: browser.version(),
    open: (width, height, options) => open(browser, width, height, options),
    close: () => browser.close(),
  };
}

async function open(browser, width, height, { dark = false } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light" });
  const page = await context.newPage();
  const saved = [];
  const complaints = listen(page, { warning: "warning", leaves: "net::ERR_ABORTED" });
  page.on("download", (download) => saved.push(download.path().then((path) => readFile(path, "utf8"))));
  return { ...tab(page, context, complaints), downloads: () => Promise.all(saved) };
}
