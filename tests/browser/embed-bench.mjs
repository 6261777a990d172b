// What five playgrounds on somebody else's page cost: prints {"embed_five_kb": …, "embed_click_ms": …,
// "embed_five_frame_ms": …, "embed_five_paused_frame_ms": …, "embed_mounts_mb": …, "embed_mounts_listeners": …,
// "embed_mounts_nodes": …}.
//
// Definitions: kb is all that the page downloads before the first click (KB of 1,000 bytes, gzipped as hosts do it,
// posters included), without the page itself. Click: from the press on Play to the frame after the one in which
// the servers are in the document, everything in the browser's cache; median of 9. Frame: all that the main
// thread does (the browser's own count: script, style, layout, paint) while five play at 1/20 speed, divided by
// the animation frames meanwhile; paused: while all five stand still. Mounts: 200 elements put on the page, started
// and removed, one by one: how much more memory in use, how many more listeners and nodes there are than after the
// first ten.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { at, atBrowser, poll, start, stop } from "./page.mjs";

const SCENARIOS = ["first-light", "split-vote", "stranded-leader", "lossy-network", "leader-crash"];
const MOUNTS = 200;
const SETTLED = 10;

const element = (scenario, poster) => `<raft-playground scenario="${scenario}" speed="1/20" style="width: 460px; display: inline-block">${poster}</raft-playground>`;

/** A page with these elements, each with the poster that comes with its scenario. */
async function hostPage(context, scenarios) {
  const page = await context.newPage();
  const body = scenarios.map((name) => element(name, `<img src="${at(`pictures/${name}.svg`)}" alt="${name}">`)).join("");
  await page.route(/\/host\.html$/, (route) => route.fulfill({
    contentType: "text/html; charset=utf-8",
    body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title><link rel="icon" href="data:,"><script type="module" src="${at("embed.js")}"></script></head><body>${body}</body></html>`,
  }));
  return page;
}

const open = (page) => page.goto(at("host.html")).then(() => page.waitForFunction(() => document.querySelector("raft-playground")?.shadowRoot));
const median = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 2)];

/** Bytes that are downloaded before anybody has pressed anything. */
async function beforeClick(context) {
  const page = await hostPage(context, SCENARIOS);
  const files = new Set();
  page.on("response", (response) => files.add(response.url()));
  await open(page);
  await page.waitForLoadState("networkidle");
  let bytes = 0;
  for (const url of files) {
    if (!url.startsWith(at("")) || url.endsWith("host.html")) continue;
    bytes += gzipSync(await readFile(`${process.env.DIST}/${new URL(url).pathname.slice(new URL(at("")).pathname.length)}`), { level: 9 }).length;
  }
  assert.ok(bytes > 1_000, "nothing was downloaded");
  await page.close();
  return bytes / 1_000;
}

/** From the press on Play to its picture, in milliseconds. */
async function click(context) {
  const page = await hostPage(context, ["first-light"]);
  await open(page);
  const time = await page.evaluate(() => new Promise((resolve) => {
    const { shadowRoot } = document.querySelector("raft-playground");
    const begun = performance.now();
    const look = () => {
      const isThere = shadowRoot.querySelector(".live").shadowRoot?.querySelector("[data-server]") && shadowRoot.querySelector(".poster").hidden;
      if (isThere) requestAnimationFrame(() => resolve(performance.now() - begun));
      else setTimeout(look, 1);
    };
    shadowRoot.querySelector(".poster button").click();
    look();
  }));
  await page.close();
  return time;
}

/** What the main thread does in a frame, in milliseconds, over three seconds. */
async function frame(page, session) {
  const busy = async () => (await session.send("Performance.getMetrics")).metrics.find(({ name }) => name === "TaskDuration").value;
  await page.evaluate(() => {
    window.frames_ = 0;
    const count = () => {
      window.frames_ += 1;
      window.counting = requestAnimationFrame(count);
    };
    count();
  });
  const [before, first] = [await busy(), await page.evaluate(() => window.frames_)];
  await page.waitForTimeout(3_000);
  const [after, last] = [await busy(), await page.evaluate(() => window.frames_)];
  await page.evaluate(() => cancelAnimationFrame(window.counting));
  assert.ok(last - first > 30, "the browser draws no frames");
  return ((after - before) * 1_000) / (last - first);
}

async function five(context) {
  const page = await hostPage(context, SCENARIOS);
  await page.setViewportSize({ width: 1920, height: 1200 });
  await open(page);
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  await page.evaluate(() => Promise.all([...document.querySelectorAll("raft-playground")].map((it) => it.play())));
  await poll("all play", () => page.evaluate(async () => {
    const all = [...document.querySelectorAll("raft-playground")];
    return (await Promise.all(all.map((it) => it.state()))).every(({ playing, events }) => playing && events > 20);
  }), Boolean, { within: 60_000 });
  const plays = await frame(page, session);
  await page.evaluate(() => Promise.all([...document.querySelectorAll("raft-playground")].map((it) => it.pause())));
  const stands = await frame(page, session);
  await page.close();
  return { plays, stands };
}

/** What is left of elements that were put on the page, started and removed. */
async function mounts(context) {
  const page = await hostPage(context, ["first-light"]);
  await open(page);
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable");
  const mount = (times) => page.evaluate(async (times) => {
    for (let n = 0; n < times; n += 1) {
      const it = document.createElement("raft-playground");
      it.setAttribute("scenario", "split-vote");
      document.body.append(it);
      await it.play();
      it.remove();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }, times);
  const counts = async () => {
    await page.waitForTimeout(500);
    for (let n = 0; n < 3; n += 1) await session.send("HeapProfiler.collectGarbage");
    const { metrics } = await session.send("Performance.getMetrics");
    const of = (wanted) => metrics.find(({ name }) => name === wanted).value;
    return { heap: of("JSHeapUsedSize"), listeners: of("JSEventListeners"), nodes: of("Nodes") };
  };
  await mount(SETTLED);
  const before = await counts();
  await mount(MOUNTS);
  const after = await counts();
  await page.close();
  return { mb: (after.heap - before.heap) / 1e6, listeners: after.listeners - before.listeners, nodes: after.nodes - before.nodes };
}

const rounded = (value) => Math.round(value * 100) / 100;

await start({ cached: true });
try {
  const context = await atBrowser().newContext();
  context.setDefaultTimeout(120_000);
  const kb = await beforeClick(context);
  const clicks = [];
  for (let n = 0; n < 10; n += 1) clicks.push(await click(context));
  // The first fills the cache.
  const { plays, stands } = await five(context);
  const { mb, listeners, nodes } = await mounts(context);
  console.log(JSON.stringify({
    embed_five_kb: rounded(kb),
    embed_click_ms: rounded(median(clicks.slice(1))),
    embed_five_frame_ms: rounded(plays),
    embed_five_paused_frame_ms: rounded(stands),
    embed_mounts_mb: rounded(mb),
    embed_mounts_listeners: listeners,
    embed_mounts_nodes: nodes,
  }));
} finally {
  await stop();
}
