// What comes next, counted over many runs in workers, and when it was too late.
import assert from "node:assert/strict";
import {
  inBrowser, leader, notice, now, pageTest, pause, play, playUntil, poll, runText, runThis, showTab,
} from "./page.mjs";

inBrowser();

const panel = (page) => page.getByRole("tabpanel");
const answers = (page) => panel(page).locator(".shares button");
const ask = (page) => panel(page).getByRole("button", { name: /^Run 500 futures from / });
const own = (page) => panel(page).getByRole("textbox", { name: "A question of your own" });
const rows = async (page) => Object.fromEntries(await answers(page).evaluateAll((all) => all.map((row) =>
  [row.querySelector("span").textContent, Number.parseFloat(row.querySelector("b").textContent.replace(/[<>]/, ""))])));

/** Five servers of which nobody leads yet, paused. */
async function begin(page, text = "nodes 5\nseed 3\nrun 100ms\n") {
  await runThis(page, text);
  await pause(page);
  await showTab(page, "Futures");
}

/** Asks, and waits until all have come. */
async function asked(page, question) {
  if (question) await own(page).fill(question);
  await ask(page).click();
  await panel(page).getByText(/^500 futures from /).waitFor({ timeout: 30_000 });
  return rows(page);
}

pageTest("who leads next is counted over 500 futures, in workers", "?paused", async (page) => {
  const workers = [];
  page.on("worker", (worker) => workers.push(worker.url()));
  await begin(page);
  const shares = await asked(page);
  assert.ok(workers.length >= 1 && workers.every((url) => /\/worker-[0-9a-f]+\.js$/.test(url)), String(workers));
  assert.equal(await panel(page).getByText("No other thread could be started").count(), 0);
  const whole = Object.values(shares).reduce((sum, share) => sum + share, 0);
  assert.ok(Math.abs(whole - 100) <= 5, JSON.stringify(shares));
  assert.ok(Object.keys(shares).filter((name) => /^n[1-5]$/.test(name)).length >= 3, JSON.stringify(shares));
  await panel(page).getByText("Until there is a leader").waitFor();
  assert.match(await panel(page).locator("svg.graph").first().getAttribute("aria-label"), /^half by .+, 99 % by /);
});

pageTest("a row opens one of its futures as a branch, and that is what the row says", "?paused", async (page) => {
  await begin(page);
  await asked(page);
  const row = answers(page).first();
  const name = await row.locator("span").textContent();
  await row.click();
  await notice(page).getByText("one of the futures").waitFor();
  await leader(page).waitFor({ timeout: 20_000 });
  assert.match(await leader(page).getAttribute("aria-label"), new RegExp(`^${name},`));
  await pause(page);
  assert.match(await runText(page), /@\d+(us|ms)\+\d+ reseed \d+\n/);
});

pageTest("the stage plays on while futures are counted, and what is under way can be cancelled", "?paused", async (page) => {
  await begin(page, "nodes 5\nseed 3\nload 50/s\nrun 1s\n");
  await play(page);
  await own(page).fill("leaders 2 within 5s");
  await ask(page).click();
  await panel(page).getByText(/^\d+ futures from /).waitFor({ timeout: 30_000 });
  const before = await now(page);
  await poll("time passes", () => now(page), (time) => time > before);
  await panel(page).getByRole("button", { name: "Cancel" }).click();
  await poll("it is over", () => ask(page).isEnabled());
});

pageTest("a wrong question says what was expected", "?paused", async (page) => {
  await begin(page);
  await own(page).fill("leadrs 2");
  await ask(page).click();
  await panel(page).getByRole("alert").getByText(/expected .* found `leadrs`/).waitFor();
  await own(page).fill("leaders 2 within 3h");
  await ask(page).click();
  await panel(page).getByRole("alert").getByText("expected a question that ends: within 1us to 10m, found 3h").waitFor();
});

pageTest("where no worker can be had it is done on the page, which says so", "?paused", async (page) => {
  await begin(page);
  const shares = await asked(page, "leader within 1s");
  assert.deepEqual(Object.keys(shares), ["yes"]);
  await panel(page).getByText(/No other thread could be started \(.+\), so this is done in pieces/).waitFor();
}, { before: (page) => page.route("**/runs.js", (route) => route.abort()), complains: /runs\.js|ERR_FAILED|Failed to/ });

pageTest("when it was too late is found, and named by what happened there", "?paused", async (page) => {
  await runThis(page, "nodes 5\nseed 3\nrun until leader\ncrash leader\nrun until leader\nrun 100ms\n");
  await showTab(page, "Futures");
  const leads = panel(page).getByRole("button", { name: /^n\d leads term \d$/ });
  await playUntil(page, "two elections", async () => (await leads.count()) === 2);
  await leads.first().click();
  await panel(page).getByText("Certain from here:").waitFor({ timeout: 30_000 });
  const said = await panel(page).locator("p", { hasText: "Certain from here:" }).textContent();
  assert.match(said, /^Certain from here: .*n\d.*\.$/);
  const dots = panel(page).locator("svg.late circle");
  assert.ok((await dots.count()) >= 12);
  const last = await now(page);
  await dots.first().click();
  await poll("time has gone back", () => now(page), (time) => time < last);
  const first = await now(page);
  const there = panel(page).getByRole("button", { name: /^Go to / });
  await there.focus();
  await page.keyboard.press("Enter");
  await poll("time is where it was decided", () => now(page), (time) => time > first && time < last);
});
