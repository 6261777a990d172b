// How long the page's main thread is busy for one animation frame, with 5 and with 15 servers under
// a client load of 50/s, 1280x860: at 1/20 speed, in free play at the calm tempo of a first visit, and in
// a lesson: prints {"frame_ms_5": …, "frame_ms_15": …, "frame_calm_ms_5": …, "frame_lesson_ms_5": …, …}.
//
// Definition: all script of a frame, from the animation frame's callback to the end of the
// rendering that it causes. The callback only sends a message; Yew updates and draws in microtasks
// that run once the callback has returned, and effects may queue further ones. So a frame lasts
// from the begin of the callback to the last microtask that did anything: behind the callback's own
// microtasks, one of ours queues itself again and again, each turn notes the time, and it stops
// after eight turns with nothing in between. The browser's own style, layout and paint come after
// the last microtask and are not script.
//
// The browser's clock has steps of 0.1 ms for a page. Tracing from outside (devtools.timeline)
// would be finer, but recording costs more than such a frame.
import assert from "node:assert/strict";
import { leader, now, open, pause, play, playUntil, poll, runThis, speed, start, stop, type } from "./page.mjs";

const FRAMES = 400;
const WARM_UP = 60;

/** Wraps animation frames; runs in the page. */
function measure() {
  const spans = [];
  window.frameSpans = spans;
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (work) =>
    request((time) => {
      const begin = performance.now();
      work(time);
      let idle = 0;
      let last = performance.now();
      const place = spans.push(last - begin) - 1;
      const turn = () => {
        const at = performance.now();
        // Two turns with nothing in between are microseconds apart.
        if (at - last > 0.02) idle = 0;
        else idle += 1;
        last = at;
        spans[place] = at - begin;
        if (idle < 8) queueMicrotask(turn);
      };
      queueMicrotask(turn);
    });
}

const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];

/** A page that plays under load at a speed. */
async function freePlay(servers, tempo) {
  const opened = await open("?paused");
  const { page } = opened;
  await page.evaluate(measure);
  await runThis(page, `nodes ${servers}\nseed 3\n`);
  await playUntil(page, "a leader", async () => (await leader(page).count()) > 0);
  await type(page, "load 50/s");
  // Past the first second of the load: queues, logs and caches are as they stay.
  const begin = await now(page);
  await playUntil(page, "a second under load", async () => (await now(page)) > begin + 1_000_000);
  await speed(page, tempo);
  await play(page);
  return opened;
}

/** A page in the second step of a lesson, under load, at its own pace. */
async function inLesson(servers) {
  const text = `title "Busy"\nnodes ${servers}\nseed 3\nstep "A leader"\nrun until leader\nsay "A leader."\n`
    + `step "Load"\nload 50/s\nrun 1s\nsay "It works."\nrun 60s\nsay "It has worked."\n`;
  const opened = await open("?lesson=election&step=2", {
    calm: true,
    before: (page) => page.route(/election\.raft/, (route) => route.fulfill({ contentType: "text/plain", body: text })),
  });
  await opened.page.locator(".lesson h2", { hasText: "Load" }).waitFor();
  await opened.page.evaluate(measure);
  // The clock that runs has its next frame from before: another one is measured.
  await pause(opened.page);
  await play(opened.page);
  return opened;
}

async function frames(servers, what, { page, context, complaints }) {
  await page.evaluate(() => (window.frameSpans.length = 0));
  await poll("enough frames", () => page.evaluate(() => window.frameSpans.length), (count) => count >= WARM_UP + FRAMES, {
    within: 120_000,
  });
  const all = await page.evaluate(() => window.frameSpans);
  const moving = await page.locator("[data-message]").count();
  await pause(page);
  assert.deepEqual(complaints, []);
  assert.equal(await page.locator("[data-server]").count(), servers);
  await context.close();
  const sorted = all.slice(WARM_UP).sort((a, b) => a - b);
  const [median, p95] = [quantile(sorted, 0.5), quantile(sorted, 0.95)];
  console.error(
    `${servers} servers, ${what}: median ${median.toFixed(2)} ms, p95 ${p95.toFixed(2)} ms of ${sorted.length} frames; ${moving} messages in flight at the end`,
  );
  return Number(median.toFixed(3));
}

await start();
try {
  const figures = {};
  for (const servers of [5, 15]) {
    figures[`frame_ms_${servers}`] = await frames(servers, "1/20", await freePlay(servers, "1/20×"));
    figures[`frame_calm_ms_${servers}`] = await frames(servers, "calm", await freePlay(servers, "calm"));
    figures[`frame_lesson_ms_${servers}`] = await frames(servers, "lesson", await inLesson(servers));
  }
  console.log(JSON.stringify(figures));
} finally {
  await stop();
}
