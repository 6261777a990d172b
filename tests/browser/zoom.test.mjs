// The timeline: marks join by rank and part, the window zooms and says where it is, branches are a tree.
import assert from "node:assert/strict";
import { hasLeader, inBrowser, now, pageTest, playUntil, poll, runThis, showTab, type } from "./page.mjs";

inBrowser();

const track = (page) => page.getByRole("slider", { name: "Simulated time" });
const range = async (page) => {
  const text = await page.locator(".now .range").textContent({ timeout: 300 }).catch(() => "");
  const times = text.match(/[\d.]+/g)?.map(Number);
  return times ? { from: times[0], to: times[1], length: times[1] - times[0] } : null;
};
const playTo = (page, seconds) =>
  playUntil(page, `${seconds} s`, async () => (await now(page)) >= seconds * 1e6, { at: "1×" });

pageTest("commits hide neither an election nor a fault", "?paused", async (page) => {
  await runThis(page, "nodes 3\nseed 5\n");
  await playUntil(page, "a leader", hasLeader(page));
  await type(page, "load 100/s");
  await playTo(page, 1.2);
  await type(page, "crash n3");
  await playTo(page, 1.6);
  assert.ok((await page.locator(".mark.committed").count()) > 15);
  for (const kind of ["elected", "fault"]) {
    assert.ok((await page.locator(`.mark.${kind}`).count()) >= 1, kind);
    const last = await page.locator(".mark").evaluateAll((marks, kind) => {
      const kinds = marks.map((mark) => mark.getAttribute("class"));
      return kinds.findLastIndex((it) => it.includes("committed")) < kinds.findIndex((it) => it.includes(kind));
    }, kind);
    assert.ok(last, `${kind} is drawn over commits`);
  }
  // A click on a mark goes to its very moment.
  const fault = page.locator(".mark.fault").last();
  const at = Number(await fault.getAttribute("data-at"));
  await fault.locator("path").click();
  await poll("its moment", () => now(page), (time) => time === at);
  assert.match(await track(page).getAttribute("aria-valuetext"), /fault/);
});

pageTest("the wheel zooms about the pointer, and a double click shows all again", "?paused", async (page) => {
  await runThis(page, "nodes 3\nseed 5\n");
  await playTo(page, 0.9);
  const box = await track(page).boundingBox();
  const span = Number(await track(page).getAttribute("aria-valuemax")) / 1000;
  assert.equal(await range(page), null, "all of it is shown");
  const part = 0.4;
  const time = await now(page);
  await page.mouse.move(box.x + box.width * part, box.y + 22);
  for (let n = 0; n < 4; n += 1) await page.mouse.wheel(0, -150);
  const closer = await poll("closer", () => range(page), (it) => it && it.length < span / 3.5);
  const under = closer.from + part * closer.length;
  assert.ok(Math.abs(under - part * span) < 0.06 * span, `${under} is where ${part * span} was`);
  assert.equal(await now(page), time, "the present stays where it is");
  assert.equal(await page.locator(".strip .part").count(), 1);
  await page.mouse.wheel(0, 150);
  await poll("farther", () => range(page), (it) => it.length > closer.length);
  await page.mouse.wheel(200, 0);
  const later = await range(page);
  await page.mouse.wheel(-400, 0);
  await poll("earlier", () => range(page), (it) => it.from < later.from);
  await page.getByRole("button", { name: "Show all of the run on the timeline" }).click();
  await poll("all of it", () => range(page), (it) => it === null);
  await page.mouse.move(box.x + box.width * 0.3, box.y + 22);
  await page.mouse.wheel(0, -300);
  await poll("closer", () => range(page), Boolean);
  await page.mouse.dblclick(box.x + box.width * 0.3, box.y + 22);
  await poll("all of it", () => range(page), (it) => it === null);
});

pageTest("the keyboard zooms, scrolls and shows all, and the present stays in sight", "?paused", async (page) => {
  await runThis(page, "nodes 3\nseed 5\n");
  await playTo(page, 0.9);
  await track(page).focus();
  const speed = () => page.getByRole("combobox", { name: "Speed" }).inputValue();
  const before = await speed();
  for (let n = 0; n < 3; n += 1) await page.keyboard.press("+");
  const closer = await poll("closer", () => range(page), (it) => it && it.length < 0.3);
  // The range is told in whole milliseconds.
  const present = Math.round((await now(page)) / 1e3) / 1e3;
  assert.ok(closer.from <= present && present <= closer.to, `${present} in ${JSON.stringify(closer)}`);
  await page.keyboard.press("Shift+ArrowLeft");
  await poll("earlier", () => range(page), (it) => it.from < closer.from);
  await page.keyboard.press("Home");
  await poll("the start is shown", () => range(page), (it) => it.from === 0);
  await page.keyboard.press("End");
  await poll("the end is shown", () => range(page), (it) => it.to >= present);
  await page.keyboard.press("-");
  await poll("farther", () => range(page), (it) => it.length > closer.length);
  await page.keyboard.press("0");
  await poll("all of it", () => range(page), (it) => it === null);
  assert.equal(await speed(), before, "its keys do not change the speed");
});

pageTest("two fingers zoom", "?paused", async (page) => {
  await runThis(page, "nodes 3\nseed 5\n");
  await playTo(page, 0.6);
  const time = await now(page);
  const box = await track(page).boundingBox();
  const session = await page.context().newCDPSession(page);
  const touch = (type, ...parts) => session.send("Input.dispatchTouchEvent", {
    type, touchPoints: parts.map((part, id) => ({ x: box.x + box.width * part, y: box.y + 22, id })),
  });
  await touch("touchStart", 0.45);
  const moved = await now(page);
  await touch("touchStart", 0.45, 0.55);
  for (const by of [0.02, 0.05, 0.1, 0.15, 0.2]) await touch("touchMove", 0.45 - by, 0.55 + by);
  await touch("touchEnd");
  const span = Number(await track(page).getAttribute("aria-valuemax")) / 1000;
  const closer = await poll("closer", () => range(page), (it) => it && it.length < span / 3);
  assert.ok(Math.abs((closer.from + closer.to) / 2 - span / 2) < 0.1 * span, JSON.stringify(closer));
  assert.ok((await now(page)) === moved || (await now(page)) === time, "the present is not dragged along");
}, { hasTouch: true });

pageTest("branches leave each other where they part, and a click goes to one", "?paused", async (page) => {
  await runThis(page, "nodes 3\nseed 5\n");
  await playTo(page, 0.9);
  const span = async () => Number(await track(page).getAttribute("aria-valuemax")) / 1000;
  const press = async (seconds) => {
    // It is shorter once there are branches to choose from.
    const box = await track(page).boundingBox();
    await page.mouse.click(box.x + (box.width * seconds) / (await span()), box.y + 22);
    return poll("there", () => now(page), (time) => Math.abs(time / 1e6 - seconds) < 0.02);
  };
  await press(0.3);
  await type(page, "crash n3");
  await playTo(page, 0.7);
  await press(0.45);
  await type(page, "crash n2");
  await poll("two other branches", () => page.locator(".twig").count(), (count) => count === 2);
  // The run leaves where the first branch began, and that one where the second did.
  const lines = await page.locator(".twig").evaluateAll((twigs) => twigs.map((twig) => {
    const [down] = twig.querySelectorAll("line");
    return { id: twig.dataset.branch, x: parseFloat(down.getAttribute("x1")), from: Number(down.getAttribute("y1")) };
  }));
  const of = (id) => lines.find((line) => line.id === id);
  const all = await span();
  const near = (id, seconds) => Math.abs(of(id).x - (100 * seconds) / all) < 2;
  assert.ok(near("0", 0.3) && near("1", 0.45), JSON.stringify(lines));
  assert.equal(of("0").from, of("1").from, "both leave the track");
  const branch = page.getByRole("combobox", { name: "Branch" });
  assert.equal(await branch.inputValue(), "2");
  await page.locator('.twig[data-branch="0"] .hit').click({ position: { x: 60, y: 0 }, force: true });
  await poll("the run", () => branch.inputValue(), (id) => id === "0");
  await showTab(page, "Inspect");
});
