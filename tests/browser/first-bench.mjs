// When a visitor sees a picture: on 1.6 Mbit/s with 150 ms for each round trip and a processor four
// times slower, with nothing cached and files gzipped as hosts do it. Prints milliseconds from the
// click to the first contentful paint, the still included:
// {"first_picture_ms": …, "first_picture_lesson_ms": …, …, "first_alive_ms": …}.
//
// A lesson's picture is a file of its own: there the paint counts that has it. `first_alive_ms` is
// when the module has drawn the bare address itself.
import assert from "node:assert/strict";
import { at, atBrowser, start, stop } from "./page.mjs";

const ROUNDS = 3;
const SLOW = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };
const SLOWER = 4;
/** A run of this engine's version, as Share gives it; the moment lies far enough to be brought back. */
const LINK = "#v5~nodes%205~run%20until%20leader";

async function visit(address, { alive = false } = {}) {
  const context = await atBrowser().newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: true });
  await session.send("Network.emulateNetworkConditions", SLOW);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  await page.goto(at(address), { waitUntil: "commit", timeout: 60_000 });
  const paint = await page.waitForFunction(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime, null, { timeout: 60_000 });
  let picture = await paint.jsonValue();
  const wants = /lesson=/.test(address);
  if (wants) {
    const drawn = await page.waitForFunction(() => {
      const image = document.querySelector(".still img");
      const entry = image?.complete && performance.getEntriesByName(image.src)[0];
      return entry ? entry.responseEnd : undefined;
    }, null, { timeout: 60_000 });
    // One frame to decode and paint it.
    picture = Math.max(picture, (await drawn.jsonValue()) + 16.7);
  }
  let lives;
  if (alive) {
    const living = await page.waitForFunction(
      () => document.getElementById("playground").shadowRoot?.querySelector("[data-server]") && performance.now(),
      null, { timeout: 60_000, polling: 20 });
    lives = await living.jsonValue();
  }
  await context.close();
  return { picture, lives };
}

const median = (values) => Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]);

async function visits(address, options) {
  const all = [];
  for (let round = 0; round < ROUNDS; round += 1) all.push(await visit(address, options));
  console.error(`${address || "the bare address"}: ${all.map(({ picture }) => Math.round(picture)).join(", ")} ms`);
  return all;
}

await start({ gzip: true });
try {
  const bare = await visits("", { alive: true });
  const picture = async (address) => median((await visits(address)).map(({ picture }) => picture));
  const figures = {
    first_picture_ms: median(bare.map(({ picture }) => picture)),
    first_picture_lesson_ms: await picture("?lesson=election"),
    first_picture_embed_ms: await picture("?embed&scenario=split-vote"),
    first_picture_link_ms: await picture(LINK),
    first_alive_ms: median(bare.map(({ lives }) => lives)),
  };
  assert.ok(Object.values(figures).every(Number.isFinite), JSON.stringify(figures));
  console.log(JSON.stringify(figures));
} finally {
  await stop();
}
