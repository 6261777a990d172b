// Makes a browser's journeys a file of tests.
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { Page, Unanswered } from "./driver.mjs";
import { HOSTS, JOURNEYS } from "./journeys.mjs";
import * as site from "./site.mjs";

/** The journeys in one browser; `lacks` says why it has not what some need. */
export function journeysIn({ launch, lacks = new Map() }) {
  let browser;
  let host;
  before(async () => {
    host = await site.open(HOSTS);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await host?.close();
  });
  test("the browser is told by its name and version", async (t) => {
    assert.match(browser.version, /^\d+\.\d+/);
    t.diagnostic(`${browser.name} ${browser.version}`);
  });
  for (const journey of JOURNEYS) {
    const skip = lacks.get(journey.needs) ?? false;
    test(journey.name, { timeout: 300_000, skip }, async (t) => {
      try {
        await make(journey, browser, host, t);
      } catch (error) {
        // Drivers lose a browser now and then. A page that hangs does so again.
        if (!(error instanceof Unanswered)) throw error;
        t.diagnostic(`${error.message}; once more`);
        await make(journey, browser, host, t);
      }
    });
  }
}

async function make(journey, browser, host, t) {
  const tabs = [];
  const at = (address) => `${host.url}${address}`;
  const open = async (address, { width = 1280, height = 860, shows, ...options } = {}) => {
    const page = new Page(await browser.open(width, height, options));
    tabs.push(page.tab);
    await page.goto(at(address), { shows });
    return page;
  };
  try {
    const page = await journey.go({ open, at });
    await page.assertQuiet();
  } catch (error) {
    if (!(error instanceof Unanswered)) await keep(`${browser.name} ${journey.name}`, tabs.at(-1), t);
    throw error;
  } finally {
    // One that cannot be closed any more has told its fault already.
    for (const tab of tabs) await tab.close().catch((error) => t.diagnostic(error.message));
  }
}

/** What was to be seen where a journey ended. */
async function keep(name, tab, t) {
  const folder = new URL("./output/", import.meta.url);
  const file = `${name.replace(/\W+/g, "-")}.png`.toLowerCase();
  await mkdir(folder, { recursive: true });
  const said = await tab?.complaints();
  if (said?.length) t.diagnostic(`the browser said: ${said.join("; ")}`);
  await tab?.picture().then((png) => writeFile(new URL(file, folder), png)).then(
    () => t.diagnostic(`what was to be seen: tests/journeys/output/${file}`),
    (error) => t.diagnostic(`no picture: ${error.message}`),
  );
}
