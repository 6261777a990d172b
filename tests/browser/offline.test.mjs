// Without a network the page works as it did with one, and a new build takes the place of the old one as a
// whole: no page ever gets files of two builds, whatever happens meanwhile.
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { rebuilt } from "./builds.mjs";
import { leader, listen, poll, showTab, type } from "./page.mjs";
import { serve } from "./static-server.mjs";

const { CHROME, CHROME_ARGS = "", DIST } = process.env;
/** Keeping a build is hundreds of requests, on a slow computer too. */
const KEPT = { within: 120_000 };

let browser;
const builds = {};

before(async () => {
  for (const name of ["A", "B"]) builds[name] = await rebuilt(DIST, name);
  browser = await chromium.launch({ executablePath: CHROME, args: CHROME_ARGS.split(" ").filter(Boolean) });
});

after(async () => {
  await browser?.close();
  for (const folder of Object.values(builds)) await rm(folder, { recursive: true });
});

/** A host with one build after another. Each answer says of which build it is. */
class Host {
  shown = "A";
  requests = [];
  /** Told each request by its path; what it returns ends the connection. */
  dies = () => false;

  async start(port = 0) {
    const watch = (request, response) => {
      this.requests.push(request.url);
      if (this.dies(request.url)) return response.destroy();
      response.setHeader("x-build", this.shown);
    };
    this.site = await serve(builds[this.shown], { prefix: "/docs/raft/", port, watch });
    this.url = this.site.url;
    return this;
  }

  async show(name) {
    this.shown = name;
    this.requests = [];
    await this.site.show(builds[name]);
  }

  stop = () => this.site.close();
  again = () => this.start(Number(new URL(this.url).port));
}

/** Notes of which build each file is that a page gets, by page: one that is reloaded is another. */
async function record(page, answers) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  cdp.on("Network.responseReceived", ({ loaderId, response }) => {
    const build = response.headers["x-build"];
    // That a host no longer has a file of an older build is no file of the newer one.
    if (build && response.status === 200) answers.push({ document: loaderId, build, url: response.url, kept: response.fromServiceWorker });
  });
}

function assertWhole(answers) {
  const builds = new Map();
  for (const { document, build } of answers) builds.set(document, (builds.get(document) ?? new Set()).add(build));
  assert.ok(builds.size > 0, "pages were recorded");
  for (const [document, names] of builds) {
    const all = answers.filter((answer) => answer.document === document).map(({ build, url }) => `${build} ${url}`);
    assert.equal(names.size, 1, `a page got files of two builds:\n${all.join("\n")}`);
  }
}

function offlineTest(name, work) {
  test(name, { timeout: 400_000 }, async () => {
    const host = await new Host().start();
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
    context.setDefaultTimeout(20_000);
    const answers = [];
    const open = async () => {
      const page = await context.newPage();
      await page.addInitScript(() => localStorage.setItem("raft-playground-pace", "1/20"));
      await record(page, answers);
      await page.goto(host.url);
      await stands(page);
      return page;
    };
    try {
      await work({ host, context, open, answers });
      assertWhole(answers);
    } finally {
      await context.close();
      await host.stop();
    }
  });
}

const stands = (page) => page.locator("[data-server]").first().waitFor({ state: "attached", timeout: 40_000 });
const build = async (page) => (await page.title()).split(":")[0];

/** The state of the page's workers. A page between two builds is gone while it is asked. */
const workers = (page) =>
  page.evaluate(async () => {
    const of = await navigator.serviceWorker.getRegistration();
    return { active: of?.active?.state, waiting: of?.waiting?.state, installing: of?.installing?.state, controls: !!navigator.serviceWorker.controller };
  }).catch(() => ({}));

const kept = (page) => poll("a build is kept", () => workers(page), ({ active }) => active === "activated", KEPT);
const waits = (page) => poll("the next build stands ready", () => workers(page), ({ waiting }) => waiting === "installed", KEPT);

async function reload(page) {
  await page.reload();
  await stands(page);
}

/** A visit whose page is in hand of a worker. */
async function visited(open) {
  const page = await open();
  await kept(page);
  await reload(page);
  // One who is looking for a newer build is not told of one that comes meanwhile; and when a browser looks by
  // itself is its own affair.
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).update());
  assert.equal((await workers(page)).controls, true);
  return page;
}

/** Uses what a page loads later. */
async function usePage(page) {
  await showTab(page, "Rules");
  await page.getByRole("heading", { name: "Rules of Raft" }).waitFor();
}

offlineTest("after the first visit everything works without the server", async ({ host, open, answers }) => {
  const page = await open();
  await kept(page);
  await host.stop();
  const complaints = listen(page);
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
  });
  await reload(page);
  await page.getByRole("button", { name: "Play", exact: true }).or(page.getByRole("button", { name: "Pause", exact: true })).first().waitFor();
  await usePage(page);
  await page.goto(`${host.url}?paused`);
  await stands(page);
  await type(page, "put a 1");
  await page.goto(`${host.url}?scenario=split-vote`);
  await leader(page).first().waitFor({ timeout: 60_000 });
  await page.goto(`${host.url}?lesson=election&step=2`);
  await page.getByRole("button", { name: /Continue/ }).first().waitFor();
  await page.goto(`${host.url}index.html?lang=zh&paused`);
  await page.getByRole("button", { name: "播放" }).first().waitFor();
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.deepEqual(complaints, []);
  const later = answers.filter(({ kept }) => kept);
  assert.ok(later.some(({ url }) => url.endsWith("lang/zh.txt")), "what was kept is what was shown");
  await host.start();
});

offlineTest("a new build comes as a whole, within two visits", async ({ host, open, answers }) => {
  const page = await visited(open);
  await host.show("B");
  await reload(page);
  assert.equal(await build(page), "A");
  await waits(page);
  await usePage(page);
  assert.equal(await build(page), "A", "what is open stays what it is");
  await page.reload();
  await poll("the new build", () => build(page).catch(() => ""), (name) => name === "B", KEPT);
  await stands(page);
  await usePage(page);
  assert.equal((await workers(page)).controls, true);
  await host.stop();
  await reload(page);
  assert.equal(await build(page), "B");
  assert.deepEqual([...new Set(answers.map(({ build }) => build))], ["A", "B"]);
  const caches = await page.evaluate(() => window.caches.keys());
  assert.equal(caches.length, 1, `the old build is thrown away: ${caches}`);
  await host.again();
});

offlineTest("a link to a moment survives the change of builds", async ({ host, open }) => {
  const page = await visited(open);
  await host.show("B");
  await page.goto(`${host.url}?paused#x`);
  await reload(page);
  await waits(page);
  await page.goto(`${host.url}?scenario=figure-8&paused#part`);
  await poll("the new build", () => build(page).catch(() => ""), (name) => name === "B", KEPT);
  await stands(page);
  assert.equal(page.url(), `${host.url}?scenario=figure-8&paused#part`);
});

offlineTest("while another tab has the old build, nobody gets the new one", async ({ host, open }) => {
  const page = await visited(open);
  const other = await open();
  await host.show("B");
  await reload(page);
  await waits(page);
  for (const again of ["first", "second"]) {
    await reload(page);
    assert.equal(await build(page), "A", `the ${again} time`);
  }
  // And one that is opened now, beside a single other.
  await page.close();
  const third = await open();
  assert.equal(await build(third), "A");
  await usePage(other);
  await usePage(third);
  await other.close();
  await third.reload();
  await poll("the new build", () => build(third).catch(() => ""), (name) => name === "B", KEPT);
  await stands(third);
  await usePage(third);
});

offlineTest("a network that dies in the middle leaves the old build whole, and the new one comes later", async ({ host, open, answers }) => {
  const page = await visited(open);
  await host.show("B");
  let left = 60;
  host.dies = (url) => !url.endsWith("sw.js") && (left -= 1) < 0;
  await reload(page);
  await poll("the network has died", () => left < 0, Boolean, KEPT);
  await poll("the install is given up", () => workers(page), ({ installing, waiting }) => !installing && !waiting, KEPT);
  assert.equal(await build(page), "A");
  await usePage(page);
  await host.stop();
  await page.goto(`${host.url}?lesson=election`);
  await page.getByRole("button", { name: /Continue/ }).first().waitFor();
  assert.equal(await build(page), "A");
  host.dies = () => false;
  await host.again();
  await page.goto(host.url);
  await waits(page);
  await page.reload();
  await poll("the new build", () => build(page).catch(() => ""), (name) => name === "B", KEPT);
  await stands(page);
  await usePage(page);
  assert.ok(answers.some(({ build, kept }) => build === "B" && kept));
});

offlineTest("a build that is replaced while it is fetched is not kept", async ({ host, open }) => {
  let left = 80;
  host.dies = (url) => {
    // From here on the host has the next build; its own page has been loaded long before.
    if (host.requests.some((it) => it.endsWith("sw.js")) && (left -= 1) === 0) host.show("B");
    return false;
  };
  const page = await open();
  await poll("the host has changed", () => host.shown, (name) => name === "B", KEPT);
  await poll("the install is given up", () => workers(page), ({ active, installing }) => !active && !installing, KEPT);
  // What the page has not loaded yet is gone from the host, and it says what to do.
  await page.getByRole("tab", { name: "Rules" }).click();
  const tab = page.getByRole("tabpanel");
  await tab.getByText("reload the page").or(tab.getByRole("heading", { name: "Rules of Raft" })).first().waitFor();
  await reload(page);
  await kept(page);
  await host.stop();
  await reload(page);
  assert.equal(await build(page), "B");
  await usePage(page);
  await host.again();
});

offlineTest("where nothing may be kept, or there is no room, the page is as it was", async ({ host, context, open }) => {
  const page = await open();
  const complaints = listen(page);
  const cdp = await context.newCDPSession(page);
  await cdp.send("Storage.overrideQuotaForOrigin", { origin: new URL(host.url).origin, quotaSize: 200_000 });
  await poll("the worker was asked for", () => host.requests.filter((url) => url.endsWith("sw.js")).length, Boolean, KEPT);
  await poll("it is given up", () => workers(page), ({ active, installing }) => !active && !installing, KEPT);
  await usePage(page);
  await reload(page);
  await page.addInitScript(() => {
    navigator.serviceWorker.register = () => {
      window.isRefused = true;
      return Promise.reject(new DOMException("not here", "SecurityError"));
    };
  });
  await reload(page);
  await poll("it is refused", () => page.evaluate(() => window.isRefused), Boolean);
  await usePage(page);
  assert.deepEqual(complaints, []);
});

test("a page in a frame of another site keeps nothing there", { timeout: 120_000 }, async () => {
  const host = await new Host().start();
  const other = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!doctype html><iframe src="${host.url}?view=stage" width="600" height="400"></iframe>`);
  });
  await new Promise((resolve) => other.listen(0, "127.0.0.1", resolve));
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${other.address().port}/`);
    const frame = page.frameLocator("iframe");
    await frame.locator("[data-server]").first().waitFor({ state: "attached" });
    const asked = () => host.requests.some((url) => url.endsWith("sw.js"));
    // Twice as long as a page of its own waits before it asks.
    await page.waitForTimeout(6000);
    assert.equal(asked(), false);
    // The same address as a page of its own does ask.
    await page.goto(`${host.url}?view=stage`);
    await poll("it asks", asked, Boolean, KEPT);
  } finally {
    await context.close();
    other.close();
    await host.stop();
  }
});
