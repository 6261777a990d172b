// Links: the same run and moment for whoever opens one, and plain words for one that is wrong.
import assert from "node:assert/strict";
import {
  assertQuiet, closeDialog, dialog, events, framesGiven, hasLeader, inBrowser, leader, leaderId,
  now, open, pageTest, pause, picture, play, playUntil, poll, runText, speed, test, type,
} from "./page.mjs";

inBrowser();

/** The link that Share offers. */
async function shared(page) {
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const area = page.getByRole("textbox", { name: "Link" });
  await area.waitFor();
  const link = await area.inputValue();
  await closeDialog(page);
  return link;
}

const hashOf = (link) => new URL(link).hash;

/** A run with something to tell, paused. */
async function aRun(page) {
  await playUntil(page, "a leader", hasLeader(page));
  const id = await leaderId(page);
  await type(page, `put "a key" "50% <b>~_ü"`);
  await type(page, `partition n${id} | rest`);
  await playUntil(page, "a second leader", async () => (await leader(page).count()) > 1);
  await type(page, "crash leader");
  for (let steps = 0; steps < 3; steps += 1) {
    await page.getByRole("button", { name: "Step", exact: true }).click();
  }
}

async function sameElsewhere(page, link, options = {}) {
  const other = await open(hashOf(link), options);
  const here = await picture(page);
  await poll("the same moment", () => now(other.page), (time) => time === Number(here.time));
  await other.page.getByRole("button", { name: "Play", exact: true }).waitFor();
  assert.deepEqual(await picture(other.page), here);
  const text = (text) => text.replace(/^title .*\n/m, "");
  assert.equal(text(await runText(other.page)), text(await runText(page)));
  assert.equal(await events(other.page), await events(page));
  return other;
}

pageTest("a link brings back the run, the moment and every cell of it", "?paused", async (page) => {
  await aRun(page);
  const link = await shared(page);
  const url = new URL(link);
  assert.equal(url.origin + url.pathname, new URL(page.url()).origin + new URL(page.url()).pathname);
  assert.match(url.hash, /^#run=\d+\.[0-9a-f]{8}\./);
  const other = await sameElsewhere(page, link);
  const title = await page.locator("button.scenario").textContent();
  assert.equal(await other.page.locator("button.scenario").textContent(), title);
  // One can go on from there, and share again: the same link.
  assert.equal(hashOf(await shared(other.page)), hashOf(link));
  const time = await now(other.page);
  await play(other.page);
  await poll("it goes on", () => now(other.page), (later) => later > time);
  await assertQuiet(other);
  await other.context.close();
});

pageTest("what is shared goes on alike in both", "?paused", async (page) => {
  await aRun(page);
  const other = await sameElsewhere(page, await shared(page));
  for (const each of [page, other.page]) {
    await each.locator(".pg").focus();
    for (let steps = 0; steps < 40; steps += 1) await each.keyboard.press("n");
  }
  assert.deepEqual(await picture(other.page), await picture(page));
  await assertQuiet(other);
  await other.context.close();
});

for (const name of ["stranded-leader", "figure-8-off", "lossy-network", "slow-disk"]) {
  pageTest(`a link from the middle of ${name} brings it back`, `?scenario=${name}&paused`, async (page) => {
    await playUntil(page, "0.9 s", async () => (await now(page)) > 0.9e6);
    const other = await sameElsewhere(page, await shared(page));
    await assertQuiet(other);
    await other.context.close();
  });
}

pageTest("a link of a moment in the past, and of a branch", "?paused", async (page) => {
  await playUntil(page, "0.8 s", async () => (await now(page)) > 0.8e6);
  const slider = page.getByRole("slider", { name: "Simulated time" });
  await slider.focus();
  await page.keyboard.press("PageDown");
  await page.keyboard.press("PageDown");
  const first = await sameElsewhere(page, await shared(page));
  await first.context.close();
  await type(page, "crash leader");
  await playUntil(page, "1.2 s", async () => (await now(page)) > 1.2e6);
  const second = await sameElsewhere(page, await shared(page));
  await second.context.close();
});

pageTest("the link can be copied", "?paused", async (page, { context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator(".pg").focus();
  await page.keyboard.press("s");
  const link = await page.getByRole("textbox", { name: "Link" }).inputValue();
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), link);
  await page.keyboard.press("Escape");
  await poll("closed", () => dialog(page).count(), (count) => count === 0);
});

test("the address may be changed to a link in an open page", { timeout: 60_000 }, async () => {
  const first = await open("?paused");
  await aRun(first.page);
  const link = await shared(first.page);
  const second = await open("?paused");
  await second.page.evaluate((hash) => (location.hash = hash), hashOf(link));
  const time = await now(first.page);
  await poll("the linked moment", () => now(second.page), (found) => found === time, { within: 5_000 });
  await assertQuiet(second);
  await first.context.close();
  await second.context.close();
});

// ---- links that are wrong ----

const parts = (hash) => hash.match(/^#run=(\d+)\.([0-9a-f]+)\.([^.]*(?:\.\d+)?[^.]*)\.(.*)$/s);

/** The page says it in plain words, shows a text that holds `text`, and works on. */
async function explained(hash, { says, text }) {
  const opened = await open(hash);
  const { page } = opened;
  const alert = page.getByRole("alert").filter({ hasText: says });
  await alert.first().waitFor({ timeout: 5_000 });
  if (text !== undefined) {
    const area = page.getByRole("textbox", { name: "Scenario text" });
    await area.waitFor();
    assert.ok((await area.inputValue()).includes(text), await area.inputValue());
    await closeDialog(page);
  }
  await pause(page);
  await type(page, "crash n1");
  await page.locator('[data-server="1"].down').waitFor();
  const time = await now(page);
  await speed(page, "1×");
  await play(page);
  await poll("it plays", () => now(page), (later) => later > time);
  await assertQuiet(opened);
  await opened.context.close();
}

let whole;
test("a link to damage", { timeout: 60_000 }, async () => {
  const opened = await open("?paused");
  await aRun(opened.page);
  whole = hashOf(await shared(opened.page));
  assert.match(whole, /crash_n\d/);
  await opened.context.close();
});

test("a damaged link whose text still reads says that it is damaged", { timeout: 60_000 }, async () => {
  const damaged = whole.replace(/crash_n(\d)/, (_, id) => `crash_n${(Number(id) % 5) + 1}`);
  assert.notEqual(damaged, whole);
  await explained(damaged, { says: /damaged/, text: "crash n" });
});

test("a damaged link whose text does not read says where", { timeout: 60_000 }, async () => {
  await explained(whole.replace("crash_n", "crqsh_n"), { says: /damaged[\s\S]*line \d+[\s\S]*crqsh/, text: "crqsh" });
});

test("a link cut short says that it is damaged", { timeout: 60_000 }, async () => {
  await explained(whole.slice(0, -4), { says: /damaged/, text: "put x 1" });
});

test("a link of another engine says so, and shows its text", { timeout: 60_000 }, async () => {
  await explained(whole.replace(/^#run=\d+/, "#run=99"), { says: /99/, text: "crash n" });
});

for (const [what, text, says] of [
  ["99 servers", "nodes_99~", /99/],
  ["no servers", "nodes_0~", /0/],
  ["a year", "run_9000h~", /9000h|time/i],
  ["a moment of a year", "@9000h_crash_n1~", /9000h|time/i],
  ["a server that is not there", "nodes_3~crash_n7~", /n7/],
  ["a loss of 200%", "loss_200%25~", /200/],
]) {
  test(`a link that asks for ${what} says so`, { timeout: 60_000 }, async () => {
    await explained(`#run=1.00000000.0ms+0.${text}`, { says, text: text.split(/[_~]/)[0] });
  });
}

for (const nonsense of ["#run=", "#run=1", "#run=x.y.z", "#run=1.00000000.0ms", "#hello", "#%E0%A4%A"]) {
  test(`nonsense says so: ${nonsense}`, { timeout: 60_000 }, async () => {
    await explained(nonsense, { says: /link/i });
  });
}

test("nonsense after a right beginning says so and shows what there is", { timeout: 60_000 }, async () => {
  await explained("#run=1.zz.1ms+0.%FF%FE", { says: /damaged|link/i, text: "\u{FFFD}" });
});

test("a link to a moment far beyond shows how far it is, and can be cancelled", { timeout: 90_000 }, async () => {
  // A load makes the way long; the moment is hours away.
  const opened = await open("#run=1.00000000.23h+0.load_1000/s~");
  const { page } = opened;
  // The text is read, and it is said that the sum is wrong.
  await page.getByRole("button", { name: "Close" }).click();
  const job = page.locator("[role=alert]", { hasText: /\d+ %/ });
  await job.waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await poll("it is over", () => job.count(), (count) => count === 0);
  await page.locator("[role=alert]", { hasText: /cancelled/i }).waitFor();
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await leader(page).first().waitFor();
  await assertQuiet(opened);
  await opened.context.close();
});

pageTest("pausing and stepping while a run is brought back leaves nothing stuck", "#run=1.00000000.23h+0.load_1000/s~", async (page) => {
  await page.getByRole("button", { name: "Close" }).click();
  await page.locator("[role=alert]", { hasText: /\d+ %/ }).waitFor();
  await page.getByRole("button", { name: "Step", exact: true }).click();
  // Either the work goes on, or it was given up: it is never shown and dead.
  const shown = () => page.locator(".job").allTextContents().then((texts) => texts.join());
  const [frames, before] = [await framesGiven(page), await shown()];
  await page.waitForTimeout(500);
  assert.ok(before === "" || (await framesGiven(page)) > frames, `it says “${before}”, and nothing happens`);
});

// ---- files ----

pageTest("a run too long for a link is offered as a file", "?paused", async (page) => {
  await playUntil(page, "a leader", hasLeader(page));
  await type(page, `put long "${"0123456789".repeat(900)}"`);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await dialog(page).getByText(/too long/).waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Link" }).count(), 0);
  const download = page.waitForEvent("download");
  await dialog(page).getByRole("button", { name: /save as a file/i }).click();
  assert.match((await download).suggestedFilename(), /\.raft$/);
});

pageTest("a run of many commands is too long for a link as well", "?paused", async (page) => {
  const lines = Array.from({ length: 600 }, (_, step) => `@${step + 1}ms+0 put k${step} v${step}`);
  await page.locator("button.scenario").click();
  await page.getByRole("button", { name: "Edit as text" }).click();
  await page.getByRole("textbox", { name: "Scenario text" }).fill(`nodes 3\n${lines.join("\n")}\nrun 1s\n`);
  await page.getByRole("button", { name: "Run it" }).click();
  await playUntil(page, "1 s", async () => (await now(page)) > 1e6);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await dialog(page).getByText(/too long/).waitFor();
});
