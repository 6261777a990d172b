// reveal.js: a deck whose fragments step its clusters.
import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { poll } from "../browser/page.mjs";
import { BROKEN, Example, fenced, MODULES, run, WRONG } from "./sites.mjs";

const example = new Example("reveal", async (folder, out, env) => {
  for (const file of ["index.html", "raft.js"]) await cp(join(folder, file), join(out, file));
  await cp(join(MODULES, "reveal.js/dist"), join(out, "reveal"), { recursive: true });
  return run(process.env.RAFT_PLAYGROUND, ["embed", "slides.md", "--inline", "--out", out], { cwd: folder, env });
});
example.serve();

const present = (page) => page.locator("section.present raft-playground").last();
const state = (page) => present(page).evaluate((it) => it.state());
const turn = (page, key) => page.keyboard.press(key);
const slide = (page, heading) => page.locator("section.present h2", { hasText: heading }).waitFor();

/** What the deck's elements have told, by name. */
const listen = (page) => page.evaluate(() => {
  window.heard = [];
  for (const name of ["raft-step", "raft-ready"]) {
    addEventListener(name, ({ detail }) => window.heard.push([name, detail?.step, detail?.rests]));
  }
});
const heard = (page, ...event) => poll(`${event}`, () => page.evaluate(() => window.heard), (all) => all.some((one) => String(one) === String(event)));

example.test("fragments step a lesson's steps, and back; nothing is fetched before", "index.html", async (page, requests) => {
  await slide(page, "Split votes");
  await listen(page);
  await turn(page, "ArrowRight");
  await slide(page, "A leader, and none");
  assert.ok(await present(page).locator("img").isVisible(), "its poster");
  assert.deepEqual(requests.filter((url) => url.endsWith(".wasm")), []);
  await turn(page, "ArrowRight");
  await poll("three servers", () => present(page).locator("[data-server]").count(), (count) => count === 3);
  await poll("the first step plays", () => state(page), ({ playing, events }) => playing && events > 0);
  // Turned before the movement is over, it goes to its end and on.
  await turn(page, "ArrowRight");
  await heard(page, "raft-step", 2, false);
  await poll("the leader has crashed", () => state(page), ({ timeUs, leader }) => timeUs > 287_026 && !leader);
  await turn(page, "ArrowRight");
  await heard(page, "raft-step", 3, false);
  const third = await state(page);
  await turn(page, "ArrowLeft");
  await poll("back in the second step, which stands", () => state(page), ({ timeUs, playing }) => timeUs < third.timeUs && !playing);
  await turn(page, "ArrowLeft");
  await poll("back in the first", () => state(page), ({ timeUs }) => timeUs < 287_026);
  await turn(page, "ArrowLeft");
  await poll("back before it", () => state(page), ({ timeUs, playing }) => timeUs <= 1 && !playing);
  await slide(page, "A leader, and none");
});

example.test("fragments do as they say, and a slide that is left stands still", "index.html#/2", async (page) => {
  await slide(page, "What a person says");
  await turn(page, "ArrowRight");
  await present(page).getByRole("button", { name: /, crashed/ }).first().waitFor();
  await poll("it plays", () => state(page), ({ playing, timeUs }) => playing && timeUs >= 400_000);
  await turn(page, "ArrowRight");
  await poll("it is later", () => state(page), ({ timeUs }) => timeUs >= 900_000);
  const element = await present(page).elementHandle();
  await element.evaluate((it) => it.play());
  await page.evaluate(() => location.assign("#/0"));
  await slide(page, "Split votes");
  await poll("it is paused", () => element.evaluate(async (it) => (await it.state()).playing), (plays) => !plays);
  await page.evaluate(() => location.assign("#/2"));
  await slide(page, "What a person says");
  assert.equal((await state(page)).playing, false, "it does not go on by itself");
});

example.test("a key that the playground has used does not turn the slide", "index.html#/1", async (page) => {
  await slide(page, "A leader, and none");
  await present(page).getByRole("button", { name: "▶ Play" }).click();
  const server = present(page).locator("[data-server]").first();
  await server.waitFor();
  await server.focus();
  await page.keyboard.press("Enter");
  await present(page).getByRole("menu").waitFor();
  await page.keyboard.press("Escape");
  await poll("its menu is gone", () => present(page).getByRole("menu").count(), (count) => count === 0);
  assert.equal(await page.locator(".reveal.overview").count(), 0, "Escape is the deck's overview too");
  await slide(page, "A leader, and none");
});

const file = "slides.md";
example.fails("a claim that does not hold ends the build, by its line", { file, text: fenced(BROKEN), said: /slides\.md:6: expect leaders 2: found n1 / });
example.fails("a wrong text ends the build, by its line", { file, text: fenced(WRONG), said: /slides\.md:5: expected a command such as `crash n2`, found `crsh`/ });
