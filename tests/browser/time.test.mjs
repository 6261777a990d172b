// Going back and forth in time, and branches: nothing is ever lost.
import assert from "node:assert/strict";
import {
  events, framesGiven, hasLeader, inBrowser, leaderId, notice, now, pageTest, pause, picture,
  play, playUntil, poll, runText, speed, type,
} from "./page.mjs";

inBrowser();

const track = (page) => page.getByRole("slider", { name: "Simulated time" });
const branches = (page) => page.getByRole("combobox", { name: "Branch" });
/** What is pressed shows with the next picture. */
const arrives = (page, time) => poll(`it is ${time}`, () => now(page), (at) => at === time);
const choose = async (page, label) => branches(page).selectOption({ label });

/** Plays until this time, in seconds. */
const playTo = (page, seconds) =>
  playUntil(page, `${seconds} s`, async () => (await now(page)) >= seconds * 1e6, { at: "1×" });

/** Without what is at another place for another moment: what is the same at the same moment. */
const state = async (page) => {
  const { servers, links, cells } = await picture(page);
  return { servers, links, cells };
};

pageTest("the pointer scrubs back, and the same moment looks the same again", "?paused", async (page) => {
  await playTo(page, 0.7);
  const [end, last] = [await now(page), await picture(page)];
  const box = await track(page).boundingBox();
  const span = Number(await track(page).getAttribute("aria-valuemax")) * 1000;
  const press = async (part) => page.mouse.click(box.x + box.width * part, box.y + box.height / 2);
  await press(0.3);
  await poll("300 ms", () => now(page), (time) => Math.abs(time - span * 0.3) < span * 0.01);
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  const then = await picture(page);
  await press(0.1);
  await poll("100 ms", () => now(page), (time) => Math.abs(time - span * 0.1) < span * 0.01);
  await press(0.3);
  assert.deepEqual(await picture(page), then);
  await track(page).focus();
  await page.keyboard.press("End");
  await arrives(page, end);
  assert.deepEqual(await picture(page), last);
});

pageTest("the pointer can be dragged along, also beyond the track", "?paused", async (page) => {
  await playTo(page, 0.7);
  const end = await now(page);
  const box = await track(page).boundingBox();
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.5, y);
  await page.mouse.down();
  const seen = new Set();
  for (const part of [0.4, 0.3, 0.2]) {
    await page.mouse.move(box.x + box.width * part, y - 60, { steps: 3 });
    seen.add(await now(page));
  }
  assert.equal(seen.size, 3);
  await page.mouse.move(box.x - 200, y - 60);
  await poll("the very start", () => now(page), (time) => time === 0);
  await page.mouse.move(box.x + box.width + 200, y - 60);
  await page.mouse.up();
  // The future is not there yet: what lies beyond the end is reached by going on, or not at all.
  const reached = await now(page);
  assert.ok(reached >= end, `${reached} is before the end, ${end}`);
  await page.mouse.move(box.x, y);
  await arrives(page, reached);
});

pageTest("the slider works by keyboard and says where it is", "?paused", async (page) => {
  await playTo(page, 0.6);
  const end = await now(page);
  await track(page).focus();
  const press = async (key, to) => {
    await page.keyboard.press(key);
    await poll(`${key} goes to ${to}`, () => now(page), (at) => at === to);
  };
  await press("Home", 0);
  await press("ArrowRight", 10_000);
  await press("ArrowUp", 20_000);
  await press("PageUp", 120_000);
  await press("ArrowLeft", 110_000);
  await press("PageDown", 10_000);
  await press("ArrowDown", 0);
  await press("ArrowDown", 0);
  await press("End", end);
  await press("ArrowRight", end);
  // A slow computer draws fewer pictures than keys repeat: every press counts all the same.
  await press("Home", 0);
  await track(page).evaluate((slider) => {
    for (const key of ["PageUp", "PageUp", "ArrowRight", "ArrowLeft", "PageUp"]) {
      slider.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, composed: true }));
    }
  });
  await arrives(page, 300_000);
  await press("End", end);
  assert.equal(await track(page).getAttribute("aria-valuenow"), String(Math.floor(end / 1000)));
  assert.equal(await track(page).getAttribute("aria-valuetext"), await page.locator("[data-time]").textContent());
});

pageTest("marks can be jumped to, by button and key", "?paused", async (page) => {
  await playUntil(page, "a leader", hasLeader(page));
  const id = await leaderId(page);
  await type(page, "crash n" + id);
  const crashed = await now(page);
  // Far enough for what comes of it, however late that was.
  await playTo(page, crashed / 1e6 + 0.6);
  // What is pressed shows with the next picture, not at once.
  const goes = async (what, act) => {
    const from = await now(page);
    await act();
    return poll(what, () => now(page), (at) => at !== from);
  };
  let at = await goes("back by button", () => page.getByRole("button", { name: "Previous mark" }).click());
  await page.locator(".pg").focus();
  for (let tries = 0; tries < 9 && at > crashed; tries += 1) at = await goes("back by key", () => page.keyboard.press("["));
  assert.equal(at, crashed);
  assert.ok((await goes("on by key", () => page.keyboard.press("]"))) > crashed);
});

pageTest("acting in the past begins a branch, and no branch is lost", "?paused", async (page) => {
  await playTo(page, 0.8);
  const [end, last, text] = [await now(page), await state(page), await runText(page)];
  assert.equal(await branches(page).count(), 0);
  await track(page).focus();
  await page.keyboard.press("PageDown");
  await page.keyboard.press("PageDown");
  const at = await now(page);
  assert.ok(at < end);
  const id = await leaderId(page);
  await type(page, "crash n" + id);
  assert.match(await notice(page).textContent(), /new branch/i);
  assert.deepEqual(await branches(page).locator("option").allTextContents(), ["Run", "Branch 1"]);
  await playTo(page, at / 1e6 + 0.7);
  const [second, secondEnd] = [await state(page), await now(page)];
  assert.notDeepEqual(second, last);

  await choose(page, "Run");
  await track(page).focus();
  await page.keyboard.press("End");
  await arrives(page, end);
  assert.deepEqual(await state(page), last);
  assert.equal(await runText(page), text);

  await choose(page, "Branch 1");
  await track(page).focus();
  await page.keyboard.press("End");
  await arrives(page, secondEnd);
  assert.deepEqual(await state(page), second);
  assert.match(await runText(page), new RegExp(`crash n${id}`));

  // A third, from the second; the others stay.
  await track(page).focus();
  await page.keyboard.press("Home");
  await arrives(page, 0);
  for (let steps = 0; steps < 3; steps += 1) await page.keyboard.press("PageUp");
  await type(page, "partition n1 | rest");
  await poll("three branches", () => branches(page).locator("option").count(), (count) => count === 3);
  for (const [label, shown, time] of [["Run", last, end], ["Branch 1", second, secondEnd]]) {
    await choose(page, label);
    await track(page).focus();
    await page.keyboard.press("End");
    await arrives(page, time);
    assert.deepEqual(await state(page), shown, label);
  }
});

pageTest("f forks here; both go on by themselves", "?paused", async (page) => {
  await playTo(page, 0.4);
  await page.locator(".pg").focus();
  await page.keyboard.press("f");
  await poll("two branches", () => branches(page).locator("option").count(), (count) => count === 2);
  const time = await now(page);
  await playTo(page, 0.7);
  // The run that was forked still ends where it did.
  await choose(page, "Run");
  await arrives(page, time);
  await track(page).focus();
  await page.keyboard.press("End");
  await arrives(page, time);
});

pageTest("playing on from the past, with nothing done, is the same run", "?paused", async (page) => {
  await playTo(page, 0.8);
  const last = await picture(page);
  await track(page).focus();
  await page.keyboard.press("Home");
  await speed(page, "1×");
  await play(page);
  await poll("the end again", () => now(page), (time) => time >= 0.8e6);
  await pause(page);
  assert.equal(await branches(page).count(), 0);
  await track(page).focus();
  await page.keyboard.press("Home");
  const target = Number(last.time);
  // There by steps of 10 ms and single events: any way to a moment shows the same.
  await arrives(page, 0);
  for (let at = 10_000; at <= target; at += 10_000) {
    await page.keyboard.press("ArrowRight");
    await arrives(page, at);
  }
  await page.locator(".pg").focus();
  const count = async () => (await picture(page)).time;
  for (let steps = 0; steps < 200 && Number(await count()) < target; steps += 1) {
    const before = await picture(page);
    await page.keyboard.press("n");
    if (Number(await count()) > target) {
      assert.deepEqual(before.servers, last.servers);
      assert.deepEqual(before.cells, last.cells);
      return;
    }
  }
  assert.deepEqual((await picture(page)).servers, last.servers);
});

pageTest("Back to the start keeps the run", "?paused", async (page) => {
  await playTo(page, 0.5);
  const end = await now(page);
  await page.locator("button.scenario").click();
  await page.getByRole("button", { name: "Back to the start" }).click();
  await poll("the start", () => now(page), (time) => time === 0);
  await page.keyboard.press("Escape");
  await track(page).focus();
  await page.keyboard.press("End");
  await arrives(page, end);
});

pageTest("scrubbing while it plays pauses it", "", async (page) => {
  await speed(page, "1×");
  await poll("some time", () => now(page), (time) => time > 0.5e6);
  const box = await track(page).boundingBox();
  await page.mouse.click(box.x + box.width * 0.1, box.y + box.height / 2);
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  const frames = await framesGiven(page);
  await page.waitForTimeout(200);
  assert.equal(await framesGiven(page), frames);
});

pageTest("a long run can be sought at once", "?paused", async (page) => {
  await type(page, "load 50/s");
  await speed(page, "10×");
  await play(page);
  await poll("60 s of the run", () => now(page), (time) => time > 60e6, { within: 60_000 });
  await pause(page);
  const end = await now(page);
  await track(page).focus();
  for (const key of ["Home", "End", "PageDown", "Home", "End"]) {
    const begin = Date.now();
    await page.keyboard.press(key);
    await page.evaluate(() => 0);
    assert.ok(Date.now() - begin < 1_000, `${key} took ${Date.now() - begin} ms`);
  }
  await arrives(page, end);
  assert.ok((await events(page)) > 10_000);
});
