// The picture: what stands in it, and that a person can come closer.
import assert from "node:assert/strict";
import {
  hasLeader, inBrowser, middle, pageTest, pause, playUntil, poll, runThis, server, type,
} from "./page.mjs";

inBrowser();

const svg = (page) => page.locator(".stage > svg");
const seen = async (page) => (await svg(page).getAttribute("viewBox")).split(" ").map(Number);
const whole = (page) => page.getByRole("button", { name: "Whole picture" });
const width = async (page) => (await seen(page))[2];

pageTest("the wheel zooms about the pointer, Shift moves the picture, a button shows it whole", "?paused", async (page) => {
  const all = await seen(page);
  assert.equal(await whole(page).count(), 0);
  const before = await middle(server(page, 2));
  await page.mouse.move(before.x, before.y);
  await page.mouse.wheel(0, -400);
  await poll("it is larger", () => width(page), (wide) => wide < all[2] * 0.7);
  const after = await middle(server(page, 2));
  assert.ok(Math.hypot(after.x - before.x, after.y - before.y) < 40, "what is under the pointer stays there");
  const from = await seen(page);
  await page.keyboard.down("Shift");
  await page.mouse.down();
  await page.mouse.move(before.x - 60, before.y + 40, { steps: 4 });
  await page.mouse.up();
  await page.keyboard.up("Shift");
  const to = await seen(page);
  assert.notDeepEqual(to.slice(0, 2), from.slice(0, 2), "it has moved");
  assert.deepEqual(to.slice(2), from.slice(2), "as large as it was");
  assert.equal(await page.locator(".wall").count(), 0, "nobody was cut off");
  await whole(page).click();
  assert.deepEqual(await seen(page), all);
  assert.equal(await whole(page).count(), 0);
});

pageTest("z shows the selected server larger, Z the whole picture", "?paused", async (page) => {
  const all = await seen(page);
  await server(page, 3).focus();
  await page.keyboard.press("3");
  await page.keyboard.press("z");
  await page.keyboard.press("z");
  await poll("it is larger", () => width(page), (wide) => wide < all[2] / 2);
  const at = await middle(server(page, 3));
  const box = await svg(page).boundingBox();
  assert.ok(at.x > box.x && at.x < box.x + box.width && at.y > box.y && at.y < box.y + box.height);
  await page.keyboard.press("Z");
  assert.deepEqual(await seen(page), all);
});

pageTest("two fingers zoom", "?paused", async (page) => {
  const all = await seen(page);
  const { x, y } = await middle(svg(page));
  const client = await page.context().newCDPSession(page);
  const touch = (kind, apart) =>
    client.send("Input.dispatchTouchEvent", {
      type: kind,
      touchPoints: apart === null ? [] : [{ x: x - apart, y, id: 1 }, { x: x + apart, y, id: 2 }],
    });
  await client.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [{ x: x - 30, y, id: 1 }] });
  await touch("touchStart", 30);
  for (const apart of [40, 60, 80, 100]) await touch("touchMove", apart);
  await touch("touchEnd", null);
  await poll("it is larger", () => width(page), (wide) => wide < all[2] * 0.6);
  assert.equal(await page.locator(".wall").count(), 0);
}, { hasTouch: true });

pageTest("servers say what they hold and messages what they say", "?paused", async (page) => {
  await runThis(page, "nodes 5\nseed 3\nrun 30s\n");
  await pause(page);
  await playUntil(page, "somebody asks for votes", async () => /vote for me, term 1/.test(await svg(page).textContent()), { at: "1/20×" });
  await playUntil(page, "somebody says yes", async () => (await page.locator(".msg.reply.said").allTextContents()).includes("yes"), { at: "1/20×" });
  await playUntil(page, "a leader", hasLeader(page));
  await type(page, "put x 5");
  await playUntil(page, "the leader tells the others to store it", async () => /store x=5/.test(await svg(page).textContent()), { at: "1/20×" });
  const holds = () => page.locator(".held").allTextContents();
  await playUntil(page, "all hold it", async () => (await holds()).filter((text) => text === "x = 5").length === 5);
  await type(page, "crash n1");
  assert.equal((await holds()).length, 4, "what a process held is gone with it");
});
