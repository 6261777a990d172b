// Parts of the page that are loaded when they are first wanted: nothing else waits for them, and where
// they cannot be fetched the page says so, goes on, and can try again.
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { atBrowser, dialog, inBrowser, leader, notice, pageTest, play, showTab, test, type } from "./page.mjs";

inBrowser();

const requested = (page) => page.evaluate(() =>
  performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname.split("/").pop()));
const parts = async (page) => (await requested(page)).filter((name) => name.startsWith("part-"));

pageTest("a first visit downloads what does things and no other part, and a part once", "?paused", async (page) => {
  await play(page);
  await leader(page).first().waitFor();
  const others = (await parts(page)).filter((name) => !/^part-(deeds|chunk_\d+)-/.test(name));
  assert.deepEqual(others, []);
  for (const tab of ["Rules", "Storage", "Rules"]) await showTab(page, tab);
  await page.getByRole("heading", { name: "Rules of Raft" }).waitFor();
  const loaded = await parts(page);
  assert.equal(loaded.filter((name) => name.startsWith("part-panels-")).length, 1, loaded.join());
  assert.ok(!loaded.some((name) => name.startsWith("part-etcdctl-")), loaded.join());
});

pageTest("a tab that cannot be fetched says so, and can be tried again", "?paused", async (page) => {
  await page.route(/part-/, (route) => route.abort());
  await page.getByRole("tab", { name: "Rules" }).click();
  const failed = page.getByRole("tabpanel").getByRole("alert");
  await failed.waitFor();
  assert.match(await failed.textContent(), /could not be loaded/);
  await play(page);
  await leader(page).first().waitFor();
  await page.unroute(/part-/);
  await failed.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "Rules of Raft" }).waitFor();
}, { complains: /part-|ERR_FAILED|Failed to fetch/ });

pageTest("a dialog that cannot be fetched says so, and closes", "?paused", async (page) => {
  await page.route(/part-/, (route) => route.abort());
  await page.getByRole("button", { name: "Help and keys" }).click();
  await dialog(page).getByRole("alert").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await dialog(page).count(), 0);
}, { complains: /part-|ERR_FAILED|Failed to fetch/ });

pageTest("a line of etcdctl waits for its commands, and is not lost", "?paused", async (page) => {
  await page.route(/part-etcdctl/, (route) => route.abort());
  await showTab(page, "Console");
  await page.getByRole("textbox", { name: "Command" }).fill("etcdctl version");
  await page.getByRole("textbox", { name: "Command" }).press("Enter");
  await notice(page).filter({ hasText: "could not be loaded" }).waitFor();
  await page.unroute(/part-etcdctl/);
  await type(page, "put a 1");
  await page.getByText("etcdctl version: 3.5.30").waitFor();
  await page.getByRole("log", { name: "Console" }).getByText("put a 1").waitFor();
}, { complains: /part-|ERR_FAILED|Failed to fetch/ });

pageTest("a run with lines of etcdctl begins when its commands are there", "?paused", async (page) => {
  await page.evaluate(async () => {
    const place = document.createElement("div");
    document.body.append(place);
    const text = "nodes 3\nrun until leader\netcdctl put a 1\nrun until console 1 ended\n";
    window.second = (await window.engine()).mount(place, { text });
  });
  await page.waitForFunction(() => window.second.state().committed > 1 && / etcdctl put a 1$/m.test(window.second.text()));
  await page.evaluate(() => window.second.destroy());
});

pageTest("a host that calls modules something else is no obstacle", "?paused", async (page) => {
  await play(page);
  await leader(page).first().waitFor();
  await showTab(page, "Rules");
  await page.getByRole("heading", { name: "Rules of Raft" }).waitFor();
  await type(page, "put a 1");
  const loaded = await parts(page);
  for (const part of ["deeds", "panels", "etcdctl"]) {
    assert.ok(loaded.some((name) => name.startsWith(`part-${part}-`)), `${part}: ${loaded.join()}`);
  }
}, {
  complains: /`WebAssembly\.instantiateStreaming` failed because your server does not serve Wasm/,
  before: (page) => page.route(/\.wasm$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "content-type": "text/plain" } });
  }),
});

test("opened as a file, it says which one may not be loaded, and how to open it", async () => {
  const page = await atBrowser().newPage();
  try {
    await page.goto(pathToFileURL(join(process.env.DIST, "index.html")).href);
    await page.getByRole("alert").getByText(/could not start: .*\.js could not be loaded: serve the page by HTTP/).waitFor();
  } finally {
    await page.close();
  }
});
