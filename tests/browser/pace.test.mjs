// The calm pace: what is decisive is held and can be read, in real time; the choice is kept.
import assert from "node:assert/strict";
import { at, inBrowser, now, pageTest, poll, speed } from "./page.mjs";

inBrowser();

const said = async (page) => (await page.locator(".say").textContent()).trim();
const shown = (page) =>
  page.getByRole("combobox", { name: "Speed" }).evaluate((select) => select.selectedOptions[0].textContent);

/** What is on the screen, looked at often: how long each line stays and time stands still, in ms. */
async function watch(page, milliseconds) {
  return page.evaluate(async (milliseconds) => {
    const root = document.querySelector("#playground").shadowRoot;
    const lines = [];
    const stands = [];
    let [line, since, time, stoodSince] = ["", performance.now(), "", performance.now()];
    const end = performance.now() + milliseconds;
    while (performance.now() < end) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const at = performance.now();
      const [nowLine, nowTime] = [root.querySelector(".say").textContent, root.querySelector("[data-time]").dataset.time];
      if (nowLine !== line) {
        if (line) lines.push({ line, stayed: at - since });
        [line, since] = [nowLine, at];
      }
      if (nowTime !== time) {
        if (at - stoodSince > 300) stands.push({ time: Number(time), stood: at - stoodSince });
        [time, stoodSince] = [nowTime, at];
      }
    }
    return { lines, stands };
  }, milliseconds);
}

pageTest("a first visit is calm: each line can be read, and what is decided is held", "", async (page) => {
  assert.equal(await shown(page), "calm");
  await poll("an election", () => said(page), (line) => /asks for votes/.test(line));
  const { lines, stands } = await watch(page, 16_000);
  // The first one had begun before.
  assert.ok(lines.length >= 2, JSON.stringify(lines));
  for (const { line, stayed } of lines.slice(1)) assert.ok(stayed > 2_400, `${stayed} ms: ${line}`);
  assert.ok(stands.length >= 5, `an election, four votes: ${JSON.stringify(stands)}`);
  for (const { time, stood } of stands.slice(1)) assert.ok(stood > 700, `${stood} ms at ${time}`);
}, { calm: true });

pageTest("a steady speed stays one choice away, and is kept", "", async (page) => {
  await speed(page, "1/50×");
  await page.reload();
  await page.locator("[data-server]").first().waitFor({ state: "attached" });
  assert.equal(await shown(page), "1/50×");
  await speed(page, "calm");
  await page.goto(at("?pace=1/2"));
  assert.equal(await shown(page), "1/2×");
  await page.goto(at(""));
  assert.equal(await shown(page), "calm");
  await page.keyboard.press("+");
  assert.equal(await shown(page), "1/10×");
}, { calm: true });

pageTest("whoever acts while it plays is told so at once", "?paused", async (page) => {
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await poll("an election", () => said(page), (line) => /asks for votes/.test(line));
  await page.locator('[data-server="1"]').press("Enter");
  await page.getByRole("menuitem", { name: "Crash", exact: true }).click();
  await poll("it is said", () => said(page), (line) => line.startsWith("n1 crashes."), { within: 1_000 });
  const { lines } = await watch(page, 4_000);
  for (const { line, stayed } of lines) assert.ok(stayed > 2_000, `${stayed} ms: ${line}`);
}, { calm: true });

pageTest("a step says its sentence first, and again it moves at half the pace", "?lesson=election&step=3&paused", async (page) => {
  const card = page.getByRole("region", { name: "Lesson" });
  const rests = async () => {
    const begin = Date.now();
    const on = card.locator(".lesson-foot .primary");
    await poll("it rests", () => on.textContent(), (text) => text.trim() === "Continue", { within: 60_000 });
    return Date.now() - begin;
  };
  await card.waitFor();
  const begins = await now(page);
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.waitForTimeout(1_500);
  assert.equal(await now(page), begins, "the step's heading can be read before anything moves");
  const usual = 1_500 + (await rests());
  await card.getByRole("button", { name: "Once more" }).click();
  const slow = await rests();
  assert.ok(slow > usual + 500, `${usual} ms, again ${slow} ms`);
}, { calm: true });
