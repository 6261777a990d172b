// Lessons: the whole tour with the keyboard alone and by a screen reader's text alone, a way back,
// links to steps, trying things, puzzles, and what happens where a lesson cannot be fetched.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { inBrowser, leader, notice, now, pageTest, poll, selectNothing, server, showTab } from "./page.mjs";

inBrowser();

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const card = (page) => page.getByRole("region", { name: "Lesson" });
const told = (page) => card(page).getByRole("group", { name: "What the lesson says" });
const heading = (page) => told(page).getByRole("heading").first();
const onButton = (page) => card(page).locator(".lesson-foot .primary");
const onText = async (page) => (await onButton(page).textContent()).trim();
const place = async (page) => (await card(page).locator(".lesson-head span").first().textContent()).trim();

async function assertAccessible(page, where) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeSource);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const lines = found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].target.flat().join(" ")}: ${nodes[0].failureSummary}`);
  assert.equal(lines.join("\n"), "", `axe, ${where}`);
}

/** Until the movement of this step is over. */
const still = async (page) => {
  await poll("the step has come to rest", () => onText(page), (text) => text !== "To its end", { within: 60_000 });
  // A press at the same instant would be taken for one that was meant to hurry the movement.
  await page.waitForTimeout(450);
};

pageTest("the whole tour with the keyboard alone, without a violation in any step", "?paused", async (page, { t }) => {
  // Into the tour by keyboard.
  const take = page.getByRole("button", { name: "Take the tour" });
  for (let n = 0; n < 200 && !(await take.evaluate((b) => b === b.getRootNode().activeElement)); n += 1) {
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await card(page).waitFor();
  await page.locator(".pg").focus();
  const seen = [];
  let lessons = 0;
  for (let n = 0; n < 400; n += 1) {
    const text = await onText(page);
    const where = await place(page);
    if (text === "To its end" || text === "Just show me") {
      await page.keyboard.press("ArrowRight");
      await page.waitForTimeout(30);
      continue;
    }
    if (!seen.includes(where)) {
      seen.push(where);
      assert.ok((await told(page).locator("p").count()) > 0, `${where} says nothing`);
      await assertAccessible(page, where);
    }
    if (text.startsWith("Next:")) lessons += 1;
    else if (text === "Questions people ask") break;
    const here = async () => `${await place(page)} ${await onText(page)}`;
    await page.keyboard.press("ArrowRight");
    // A movement that has just ended by itself takes no press for 400 ms: who pressed then presses again.
    await page.waitForTimeout(60);
    if ((await here()) === `${where} ${text}`) {
      await page.waitForTimeout(400);
      if ((await here()) === `${where} ${text}`) await page.keyboard.press("ArrowRight");
    }
    await poll("the next step", here, (at) => at !== `${where} ${text}`);
  }
  t.diagnostic(`${seen.length} steps of ${lessons + 1} lessons`);
  assert.ok(lessons >= 5 && seen.length > 30, seen.join("\n"));
});

/** Whether something else than this text is there within half a second. */
async function comesSoon(page, read, text) {
  for (let looks = 0; looks < 10; looks += 1) {
    if ((await read()) !== text) return true;
    await page.waitForTimeout(50);
  }
  return false;
}

pageTest("the whole tour by what a screen reader is given, and nothing else", "?lesson=one-server", async (page, { t }) => {
  // Names, roles and text as they are announced; nothing is looked at.
  const lesson = page.getByRole("region", { name: "Lesson" });
  const read = async () => (await lesson.ariaSnapshot()).replaceAll("''", "'");
  await lesson.waitFor();
  assert.equal(await told(page).getAttribute("aria-live"), "polite");
  const heard = [];
  let lessons = 1;
  for (let n = 0; n < 400; n += 1) {
    const text = await read();
    const on = /button "(Continue|Just show me|To its end|Next: [^"]+|Questions people ask)"/.exec(text);
    assert.ok(on, `no way on:\n${text}`);
    if (on[1] !== "To its end" && heard.at(-1) !== text) {
      assert.match(text, /heading|paragraph/, "it says nothing");
      heard.push(text);
    }
    if (on[1] === "Questions people ask") break;
    if (on[1].startsWith("Next:")) lessons += 1;
    const button = lesson.getByRole("button", { name: on[1], exact: true });
    if (on[1] === "To its end") {
      // A movement may come to its end by itself between the reading and the key.
      await button.press("Enter", { timeout: 1_000 }).catch((error) => assert.match(error.message, /waiting for/));
    } else {
      // Nobody has read it sooner; a press at once is taken for one that was meant to hurry, and
      // who hears nothing new then presses again.
      for (let presses = 0; presses < 3; presses += 1) {
        await page.waitForTimeout(450);
        await button.press("Enter", { timeout: 5_000 });
        if (await comesSoon(page, read, text)) break;
      }
    }
    await poll("something new is said", read, (now) => now !== text);
  }
  t.diagnostic(`${heard.length} texts of ${lessons} lessons`);
  const whole = heard.join("\n");
  for (const idea of [
    /follower/i, /candidate/i, /election timeout/i, /RequestVote/, /majority/i, /heartbeat/i, /\bterm 2\b/, /two votes/i,
    /\b5\b/, /\b7\b/, /uncommitted|not committed/i, /\b3\b/, /\b8\b/, /steps? down/i, /quorum/i, /snapshot/i, /serializable/i,
  ]) assert.match(whole, idea);
  assert.equal(lessons, 12);
});

pageTest("back shows each step as it ended, and forward again", "?lesson=election", async (page) => {
  const ends = [];
  for (let n = 0; n < 3; n += 1) {
    await still(page);
    ends.push([await place(page), await heading(page).textContent(), await now(page)]);
    await onButton(page).click();
    await poll("the next step", () => place(page), (at) => at !== ends[n][0]);
  }
  for (const end of ends.reverse()) {
    await card(page).getByRole("button", { name: "Back", exact: true }).click();
    await poll("the step before", () => place(page), (at) => at === end[0]);
    assert.deepEqual([await place(page), await heading(page).textContent(), await now(page)], end);
  }
  await onButton(page).click();
  await still(page);
  assert.match(await place(page), /Step 2 of/);
  await card(page).getByRole("button", { name: "Once more" }).click();
  assert.match(await place(page), /Step 2 of/);
});

pageTest("any step by a link", "?lesson=election&step=4", async (page) => {
  await card(page).waitFor();
  await still(page);
  assert.match(await place(page), /Step 4 of/);
  await leader(page).first().waitFor();
});

pageTest("what is tried leaves the lesson, and it is found again as it was", "?lesson=leader-stops", async (page) => {
  await still(page);
  const before = [await place(page), await now(page), await told(page).textContent()];
  await server(page, 1).click();
  await page.keyboard.press("x");
  const back = card(page).getByRole("button", { name: "Back to the lesson" });
  await back.waitFor();
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await poll("time goes on", () => now(page), (at) => at > before[1]);
  await back.click();
  await poll("the lesson as it was", () => place(page), (at) => at === before[0]);
  assert.deepEqual([await place(page), await now(page), await told(page).textContent()], before);
});

pageTest("a guess is held against what happens", "?lesson=election&step=6&paused", async (page) => {
  await card(page).waitFor();
  for (let n = 0; n < 30 && (await onText(page)) !== "Just show me"; n += 1) {
    await onButton(page).click();
    await page.waitForTimeout(100);
  }
  await card(page).getByRole("button", { name: "yes", exact: true }).click();
  await poll("the verdict", () => card(page).locator(".asked [role=status]").count(), Boolean, { within: 60_000 });
  assert.match(await card(page).locator(".asked [role=status]").textContent(), /^(Right: yes|You said yes; it is no)\.$/);
});

pageTest("progress is kept, and the lesson goes on from there", "?lesson=election", async (page) => {
  await still(page);
  await onButton(page).click();
  await poll("step 2", () => place(page), (at) => /Step 2/.test(at));
  await card(page).getByRole("button", { name: "Leave the lesson" }).click();
  assert.equal(await card(page).count(), 0);
  await showTab(page, "Learn");
  await page.getByRole("button", { name: "Go on at step 2" }).click();
  await card(page).waitFor();
  await poll("step 2 again", () => place(page), (at) => /Step 2/.test(at));
});

pageTest("a lesson that cannot be fetched says so, and the page goes on", "?paused", async (page) => {
  await page.route(/\/gallery\//, (route) => route.abort());
  await page.getByRole("button", { name: "Take the tour" }).click();
  await notice(page).filter({ hasText: "could not be fetched" }).waitFor();
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await leader(page).first().waitFor();
}, { complains: /\/gallery\/|ERR_FAILED|Failed to fetch/ });

pageTest("a puzzle is solved when its goals are reached, with what it allows", "?lesson=two-of-five-down", async (page) => {
  await card(page).waitFor();
  assert.ok((await card(page).locator(".goals li").count()) > 0);
  assert.equal(await card(page).locator(".solved").count(), 0);
});

pageTest("the gallery lists pictures of what the engine did", "?paused", async (page) => {
  await showTab(page, "Learn");
  await page.locator(".gallery-list summary").first().waitFor();
  for (const summary of await page.locator(".gallery-list summary").all()) {
    if (!(await summary.evaluate((s) => s.parentElement.open))) await summary.click();
  }
  const pictures = page.locator(".gallery-list img");
  assert.ok((await pictures.count()) >= 60);
  await pictures.first().scrollIntoViewIfNeeded();
  await poll("a picture", () => pictures.first().evaluate((img) => img.complete && img.naturalWidth), Boolean);
  await assertAccessible(page, "the gallery");
});

pageTest("a lesson in Chinese", "?lang=zh&lesson=election", async (page) => {
  await card(page).or(page.getByRole("region", { name: "课程" })).waitFor();
  const said = page.locator(".lesson-text");
  await poll("it speaks", () => said.textContent(), (text) => /选举/.test(text));
  assert.match(await page.locator(".lesson-foot .primary").textContent(), /[一-鿿]/);
});

pageTest("a puzzle is solved by what its reader does, and by nothing else", "?lesson=two-of-five-down", async (page) => {
  await card(page).waitFor();
  await page.locator(".with-lesson").waitFor();
  await poll("a leader", () => leader(page).count());
  await showTab(page, "Console");
  const say = async (line) => {
    await page.getByRole("textbox", { name: "Command" }).fill(line);
    await page.getByRole("textbox", { name: "Command" }).press("Enter");
  };
  await say("set loss 10%");
  await notice(page).or(page.locator(".term .e")).filter({ hasText: "This puzzle allows" }).first().waitFor();
  const goals = await card(page).locator(".goals li").allTextContents();
  assert.ok(goals.length > 0 && (await card(page).locator(".solved").count()) === 0);
});

pageTest("why not: questions about what is selected, and what the answer speaks of on the stage", "?paused", async (page) => {
  await server(page, 2).click();
  const ask = page.getByRole("group", { name: "Questions" }).getByRole("button", { name: "Why does n2 not lead?" });
  await ask.waitFor();
  assert.match(await page.locator(".why-not .why").textContent(), /Why does n2 not lead\?.+Next:.+§/s);
  await ask.click();
  assert.equal(await ask.getAttribute("aria-pressed"), "true");
  await assertAccessible(page, "why not");
});

pageTest("the address names the lesson that is open, and no other", "?paused", async (page) => {
  const query = () => new URL(page.url()).searchParams;
  await page.getByRole("button", { name: "Take the tour" }).click();
  await card(page).waitFor();
  assert.equal(query().get("lesson"), "one-server");
  assert.ok(query().has("paused"));
  await card(page).getByRole("button", { name: "Leave the lesson" }).click();
  assert.equal(query().get("lesson"), null);
});

pageTest("the way back from a fork, and from the start", "?lesson=log-replication&step=2", async (page) => {
  await still(page);
  const before = [await place(page), await now(page)];
  await page.locator(".pg").focus();
  await page.keyboard.press("f");
  await card(page).getByRole("button", { name: "Back to the lesson" }).click();
  await poll("where it was", async () => [await place(page), await now(page)].join(), (at) => at === before.join());
});

pageTest("in a puzzle only what it allows can be chosen", "?lesson=two-leaders", async (page) => {
  await card(page).waitFor();
  await server(page, 1).click();
  const actions = page.getByRole("group", { name: "Actions" });
  await actions.getByRole("button", { name: /^Crash/ }).waitFor();
  assert.equal(await actions.getByRole("button", { name: /^Crash/ }).getAttribute("aria-disabled"), "true");
  await selectNothing(page);
  assert.equal(await page.getByRole("button", { name: "Start load" }).getAttribute("aria-disabled"), "true");
});
