// Presenting: large and without controls, a remote's keys, notes in a second window. Larger text.
import assert from "node:assert/strict";
import { misfits } from "./made-up.mjs";
import { at, inBrowser, pageTest, poll, server } from "./page.mjs";

inBrowser();

// Not the still's, which hears no key yet.
const card = (page) => page.locator(".pg:not(.still) .lesson");
const place = async (page) => (await card(page).locator(".lesson-head span").first().textContent()).trim();
const rests = (page) => poll("it rests", () => card(page).getAttribute("data-rests"), (still) => still === "true", { within: 30_000 });
const size = (page, selector) => page.locator(selector).first().evaluate((element) => parseFloat(getComputedStyle(element).fontSize) * (element.currentCSSZoom ?? 1));

const LESSON = "?present&lesson=election&pace=1";

pageTest("who presents sees stage and words large, and no control", LESSON, async (page) => {
  // The still has a card too, which says nothing.
  await page.locator(".lesson-text h2").waitFor();
  for (const part of ["header", ".time", ".logs", "aside", ".lesson-foot", ".lesson-head"]) {
    assert.equal(await page.locator(part).isVisible(), false, part);
  }
  const large = async () => [await size(page, ".lesson-text h2"), await size(page, ".lesson-text")];
  await poll("heading and text are large", large, ([heading, text]) => heading >= 30 && text >= 22);
  assert.deepEqual(await misfits(page), []);
}, { viewport: { width: 1280, height: 720 } });

pageTest("a remote's keys: on, back, dark and light again, and out", LESSON, async (page) => {
  await card(page).waitFor();
  const step = (n) => poll(`step ${n}`, () => place(page), (at) => at.startsWith(`Step ${n} `));
  await step(1);
  await rests(page);
  // What just came to rest by itself takes no press for a moment.
  await page.waitForTimeout(450);
  await page.keyboard.press("PageDown");
  await step(2);
  await rests(page);
  await page.waitForTimeout(450);
  await page.keyboard.press("PageUp");
  await step(1);
  const dark = page.locator(".dark-screen");
  for (const key of ["b", "."]) {
    await page.keyboard.press(key);
    await dark.waitFor();
    await page.keyboard.press(key);
    await poll("light again", () => dark.count(), (count) => count === 0);
  }
  await page.keyboard.press("b");
  await dark.waitFor();
  await page.keyboard.press("PageDown");
  await poll("light again", () => dark.count(), (count) => count === 0);
  await step(1);
  await page.keyboard.press("Escape");
  await page.locator("header").waitFor();
  await card(page).locator(".lesson-foot").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("present"), null);
  assert.equal(new URL(page.url()).searchParams.get("lesson"), "election");
});

pageTest("the second window has notes, what comes next and a clock, and its keys work", LESSON, async (page, { context }) => {
  await card(page).waitFor();
  const [notes] = await Promise.all([context.waitForEvent("page"), page.keyboard.press("n")]);
  const written = () => notes.locator("body").textContent();
  await poll("the step", written, (text) => /Step 1 of \d+/.test(text));
  assert.match(await written(), /\d:\d\d · \d\d:\d\d/);
  assert.match(await written(), /Next: ./);
  const heading = await card(page).locator("h2").textContent();
  assert.equal(await notes.locator("h1").textContent(), heading);
  const begun = await notes.locator("p").first().textContent();
  await poll("the clock goes", () => notes.locator("p").first().textContent(), (text) => text !== begun);
  await rests(page);
  await page.waitForTimeout(450);
  await notes.keyboard.press("PageDown");
  await poll("step 2 on both", async () => (await place(page)).startsWith("Step 2 ") && /Step 2 of/.test(await written()));
  // It closes while the key is still down.
  await notes.keyboard.press("Escape").catch((error) => assert.match(error.message, /closed/));
  await poll("it is closed", () => notes.isClosed());
});

pageTest("notes of a step are in the second window and nowhere else", "?paused", async (page, { context }) => {
  const text = 'title "T"\nnodes 3\nstep "One"\nnote "Ask who knows this."\nrun until leader\nsay "They elect."\nstep "Two"\nrun 10ms\n';
  await page.route(/\/gallery\/tour\/election\.raft/, (route) => route.fulfill({ body: text, contentType: "text/plain" }));
  await page.goto(at(LESSON));
  await card(page).waitFor();
  const [notes] = await Promise.all([context.waitForEvent("page"), page.keyboard.press("n")]);
  await poll("the note", () => notes.locator("body").textContent(), (all) => /Ask who knows this\./.test(all) && /Next: Two/.test(all));
  assert.doesNotMatch(await page.locator(".pg").textContent(), /Ask who knows/);
});

pageTest("who presents and names nothing presents the tour", "?present", async (page) => {
  await card(page).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("lesson"), "one-server");
});

// ---- Larger text ----

const larger = (page) => page.getByRole("button", { name: "Larger text" });

for (const [width, height] of [[390, 844], [1280, 720]]) {
  for (const address of ["?lesson=log-replication&step=3", "?paused"]) {
    pageTest(`larger text in three steps, kept, nothing cut off: ${width} by ${height}, ${address}`, address, async (page) => {
      const what = address === "?paused" ? ".logs th, .logs" : ".lesson-text p";
      await page.locator(what).first().waitFor({ state: "attached" });
      if (address !== "?paused") await rests(page);
      const usual = await size(page, what);
      await larger(page).click();
      const large = await size(page, what);
      await larger(page).click();
      const largest = await size(page, what);
      assert.ok(usual < large && large < largest, [usual, large, largest].join());
      assert.deepEqual(await misfits(page), []);
      await page.reload();
      await page.locator(what).first().waitFor({ state: "attached" });
      // The still is as large as ever; then the page is there.
      await poll("as large as before", () => size(page, what), (is) => is === largest);
      await page.locator(".pg").focus();
      await page.keyboard.press("l");
      assert.equal(await size(page, what), usual);
    }, { viewport: { width, height } });
  }
}

// ---- A press that comes a moment too late ----

pageTest("a press meant to hurry a movement does not skip the step after its end", "?lesson=election&pace=1/10", async (page) => {
  await card(page).waitFor();
  await rests(page);
  // The page itself presses as soon as the word on the button has changed.
  const before = await place(page);
  const pressed = await page.evaluate(() => new Promise((resolve) => {
    const root = document.querySelector("#playground").shadowRoot;
    const foot = root.querySelector(".lesson-foot");
    const button = () => foot.querySelector(".primary");
    const moving = () => button().textContent.trim() === "To its end";
    const later = (work) => setTimeout(work, 450);
    const press = () => {
      button().click();
      resolve("pressed");
    };
    const watch = () => new MutationObserver((_, observer) => {
      if (moving()) return;
      observer.disconnect();
      press();
    }).observe(foot, { subtree: true, childList: true, characterData: true });
    // The step's movement once more, at a pace at which it takes a while.
    later(() => {
      foot.querySelectorAll("button")[1].click();
      setTimeout(() => (moving() ? watch() : resolve("it does not move")), 0);
    });
  }));
  assert.equal(pressed, "pressed");
  const stepped = await place(page);
  assert.equal(stepped, before);
  await page.waitForTimeout(250);
  assert.equal(await place(page), before);
  assert.equal(await card(page).getAttribute("data-rests"), "true");
  await page.waitForTimeout(250);
  await card(page).locator(".lesson-foot .primary").click();
  await poll("the next step", () => place(page), (now) => now !== before);
});

// ---- Where lessons lead, and what a puzzle allows ----

/** Presses Continue until a lesson is over. */
async function toTheEnd(page) {
  await page.locator(".pg").focus();
  await poll("its end", async () => {
    if (await page.locator(".leads-on").count()) return true;
    await page.keyboard.press("ArrowRight");
    return false;
  }, Boolean, { within: 60_000 });
}

pageTest("the tour's end leads to questions, a puzzle, and a cluster of one's own", "?lesson=etcd-reads", async (page) => {
  await card(page).waitFor();
  await toTheEnd(page);
  assert.equal((await card(page).locator(".lesson-foot .primary").textContent()).trim(), "Questions people ask");
  await card(page).getByRole("button", { name: "Your own cluster" }).click();
  await poll("the lesson is closed", () => card(page).count(), (count) => count === 0);
  await page.getByRole("group", { name: "Break something" }).waitFor();
  await page.goto(at("?lesson=etcd-reads"));
  await card(page).waitFor();
  await toTheEnd(page);
  await card(page).getByRole("button", { name: "Solve a puzzle" }).click();
  await card(page).locator(".goals").waitFor();
});

pageTest("a question's end leads to the next one, and back to the list", "?lesson=three-three-three", async (page) => {
  await card(page).waitFor();
  await toTheEnd(page);
  assert.match(await card(page).locator(".lesson-foot .primary").textContent(), /^\s*Next: /);
  await card(page).getByRole("button", { name: "Back to the list" }).click();
  const list = page.locator(".gallery-list[open]");
  await list.filter({ hasText: "Questions people ask" }).waitFor();
});

pageTest("a puzzle greys what it does not allow, and says why when it is pressed", "?lesson=two-leaders", async (page) => {
  await card(page).waitFor();
  await server(page, 1).click();
  const crash = page.getByRole("group", { name: "Actions" }).getByRole("button", { name: /^Crash/ });
  assert.equal(await crash.getAttribute("aria-disabled"), "true");
  const refusal = page.locator(".stage .notice").filter({ hasText: /This puzzle allows .*, not crash/ });
  await crash.click({ force: true });
  await refusal.waitFor();
  await page.locator(".notice button").click();
  // The same from the menu and by a key.
  await server(page, 1).click({ button: "right" });
  const entry = page.getByRole("menuitem", { name: "Crash" });
  assert.equal(await entry.getAttribute("aria-disabled"), "true");
  await entry.click({ force: true });
  await refusal.waitFor();
  await page.locator(".notice button").click();
  await page.locator(".pg").focus();
  await page.keyboard.press("x");
  await refusal.waitFor();
  await page.locator(".notice button").click();
  // And in the faults dialog, which tells it itself.
  await page.getByRole("button", { name: "Faults ▾" }).click();
  const timers = page.getByRole("dialog").getByRole("button", { name: "Spread timers" });
  assert.equal(await timers.getAttribute("aria-disabled"), "true");
  await timers.click({ force: true });
  await page.getByRole("dialog").getByRole("alert").filter({ hasText: "This puzzle allows" }).waitFor();
  assert.equal(await page.getByRole("dialog").getByRole("button", { name: "Heal" }).getAttribute("aria-disabled"), null);
});
