// Firefox, as a distribution has it, over WebDriver BiDi. puppeteer-core speaks that to the browser
// itself; selenium-webdriver would need geckodriver, which Debian does not have, and playwright-core
// asks for commands that the long-term Firefox does not know yet.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { savedIn } from "./driver.mjs";
import { listen, tab } from "./tab.mjs";

export async function launch() {
  const home = await mkdtemp(join(tmpdir(), "raft-firefox-"));
  const start = (dark) => puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FIREFOX,
    // Its own home: Firefox refuses one that belongs to somebody else, and leaves files there.
    env: { ...process.env, HOME: home },
    extraPrefsFirefox: {
      "browser.download.dir": join(home, "saved"),
      "browser.download.folderList": 2,
      "browser.download.always_ask_before_handling_new_types": false,
      // What the system is like is said when Firefox starts: 0 is dark, 1 light.
      "layout.css.prefers-color-scheme.content-override": dark ? 0 : 1,
    },
  });
  const browser = await start(false);
  return {
    name: "Firefox",
    version: (await browser.version()).replace(/^firefox\//i, ""),
    async open(width, height, { dark = false } = {}) {
      const own = dark ? await start(true) : browser;
      const tab = await open(own, width, height, join(home, "saved"));
      return dark ? { ...tab, close: () => own.close() } : tab;
    },
    async close() {
      await browser.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function open(browser, width, height, folder) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width, height });
  await rm(folder, { recursive: true, force: true });
  const complaints = listen(page, { warning: "warn", leaves: "NS_BINDING_ABORTED" });
  const press = async (keys) => {
    const all = keys.split("+").map((key) => (key === "Space" ? " " : key));
    for (const key of all) await page.keyboard.down(key);
    for (const key of all.reverse()) await page.keyboard.up(key);
  };
  return { ...tab(page, context, complaints), press, downloads: () => savedIn(folder) };
}
