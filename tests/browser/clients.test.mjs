// Clients and the console: answers, refusals, what is unknown; and that text stays text.
import assert from "node:assert/strict";
import {
  hasLeader, inBrowser, leader, leaderId, notice, now, pageTest, pause, picture, playUntil, poll,
  runText, runThis, server, showTab, speed, type,
} from "./page.mjs";

inBrowser();

const form = (page) => page.getByRole("form", { name: /request/i });
const requests = (page) => page.locator(".requests li");
const answer = (page, number) =>
  requests(page).filter({ has: page.locator(`.muted:text-is("${number}")`) }).locator(".answer").textContent();

/** Asks through the form, as a person does. */
async function ask(page, { what = "put", key = "x", value, via = "the leader" }) {
  await showTab(page, "Console");
  const place = form(page);
  await place.getByRole("combobox", { name: "Request" }).selectOption({ label: what });
  await place.getByRole("textbox", { name: "Key" }).fill(key);
  if (value !== undefined) await place.getByRole("textbox", { name: "Value" }).fill(value);
  await place.getByRole("combobox", { name: "Server" }).selectOption({ label: via });
  await place.getByRole("button", { name: "Ask" }).click();
}

/** A cluster that nobody asks for anything yet, with a leader. */
async function quiet(page, settings = "") {
  await runThis(page, `nodes 5\nseed 3\n${settings}`);
  await playUntil(page, "a leader", hasLeader(page));
  await playUntil(page, "a calm cluster", async () => (await now(page)) > 0.6e6, { at: "5×" });
  return leaderId(page);
}

const until = (page, number, says) =>
  playUntil(page, `an answer to ${number}`, async () => says.test(await answer(page, number)), { at: "1×" });

pageTest("the leader answers put and get; the answer is shown", "?paused", async (page) => {
  await quiet(page);
  await ask(page, { key: "colour", value: "deep blue" });
  assert.match(await answer(page, 1), /no answer yet/);
  await until(page, 1, /^ok, revision \d+/);
  await ask(page, { what: "get", key: "colour" });
  await until(page, 2, /^deep blue$/);
  await ask(page, { what: "get", key: "nothing" });
  await until(page, 3, /no such key/);
  const row = requests(page).filter({ hasText: "colour" }).first();
  assert.match(await row.locator("code").textContent(), /get colour/);
  assert.match(await page.getByRole("region", { name: "Logs" }).textContent(), /colour=deep blue/);
});

pageTest("a chosen server that leads answers; one that does not names the leader, and Ask goes there", "?paused", async (page) => {
  const id = await quiet(page);
  const other = id === 1 ? 2 : 1;
  await ask(page, { value: "7", via: `n${id}` });
  await until(page, 1, /^ok/);
  await ask(page, { what: "get", via: `n${other}` });
  await playUntil(page, "a refusal", async () => /refused/.test(await answer(page, 2)), { at: "1×" });
  assert.match(await answer(page, 2), new RegExp(`n${other} does not lead, n${id} does`));
  await page.getByRole("button", { name: `Ask n${id}`, exact: true }).click();
  await until(page, 3, /^7/);
  assert.match(await runText(page), new RegExp(`get x via n${id}`));
});

pageTest("the offer to ask the leader works for every kind of request, and any key", "?paused", async (page) => {
  const id = await quiet(page);
  const other = id === 5 ? 4 : 5;
  await ask(page, { key: 'two "words" via n9', value: "# a b", via: `n${other}` });
  await playUntil(page, "a refusal", async () => /refused/.test(await answer(page, 1)), { at: "1×" });
  await page.getByRole("button", { name: `Ask n${id}`, exact: true }).click();
  await until(page, 2, /^ok/);
  await ask(page, { what: "get", key: 'two "words" via n9' });
  await until(page, 3, /^# a b$/);
});

pageTest("a read of whatever is there is answered by any server, and can be old", "?paused", async (page) => {
  const id = await quiet(page);
  const other = id === 1 ? 2 : 1;
  await ask(page, { value: "new" });
  await ask(page, { what: "serializable get", via: `n${other}` });
  await playUntil(page, "both answers", async () =>
    /ok/.test(await answer(page, 1)) && !/no answer/.test(await answer(page, 2)), { at: "1/5×" });
  assert.match(await answer(page, 2), /no such key|new/);
});

pageTest("a request that runs out of time is unknown, not failed", "?paused", async (page) => {
  const id = await quiet(page);
  await type(page, "set client-timeout 50ms");
  await type(page, `partition n${id} | rest`);
  await ask(page, { value: "lost", via: `n${id}` });
  await playUntil(page, "it is unknown", async () => /unknown/.test(await answer(page, 1)), { at: "1×" });
  assert.match(await answer(page, 1), /time-out/);
  assert.equal(await requests(page).first().getAttribute("class"), "unknown");
});

pageTest("a server that is down refuses", "?paused", async (page) => {
  await quiet(page);
  await type(page, "crash n2");
  await ask(page, { value: "1", via: "n2" });
  await playUntil(page, "a refusal", async () => /refused|unknown/.test(await answer(page, 1)), { at: "1×" });
  assert.match(await answer(page, 1), /n2 is down/);
});

pageTest("c asks as a client, and each time another value", "?paused", async (page) => {
  await quiet(page);
  await page.locator(".pg").focus();
  await page.keyboard.press("c");
  await page.keyboard.press("c");
  await showTab(page, "Console");
  const asked = await requests(page).locator("code").allTextContents();
  assert.equal(asked.length, 2);
  assert.notEqual(asked[0], asked[1]);
});

pageTest("the form can be filled while the run plays", "", async (page) => {
  await leader(page).first().waitFor();
  await showTab(page, "Console");
  const key = form(page).getByRole("textbox", { name: "Key" });
  await key.click();
  await key.press("Control+A");
  await key.pressSequentially("colour", { delay: 60 });
  assert.equal(await key.inputValue(), "colour");
  const via = form(page).getByRole("combobox", { name: "Server" });
  await via.selectOption({ label: "n2" });
  const time = await now(page);
  await poll("time goes on", () => now(page), (later) => later > time + 5_000);
  assert.equal(await key.inputValue(), "colour");
  assert.equal(await via.inputValue(), "n2");
});

// ---- the console ----

pageTest("typed commands do what they say", "?paused", async (page) => {
  const id = await quiet(page);
  const label = (other) => server(page, other).getAttribute("aria-label");
  await type(page, "crash leader");
  assert.match(await label(id), /crashed/);
  await type(page, "restart all");
  assert.match(await label(id), /follower/);
  await type(page, "  pause   n1   # with a comment");
  assert.match(await label(1), /paused/);
  await type(page, "cut n1 -> n2");
  assert.match(await page.locator('[data-link="1,2"]').getAttribute("aria-label"), /one direction/);
  await type(page, "set latency 100ms..200ms");
  assert.match(await runText(page), /set latency 100ms\.\.200ms/);
  assert.equal(await page.locator(".term .e").count(), 0);
});

for (const [line, says] of [
  ["crush n2", /did you mean `?crash/],
  ["restat n2", /did you mean `?restart/],
  ["patition n1 | rest", /did you mean `?partition/],
  ["set latensy 5ms", /did you mean `?latency/],
  ["set loss 200%", /200%/],
  ["set fsync soon", /soon/],
  ["crash n9", /n9/],
  ["crash", /expected/],
  ["partition n1 | n2", /n3|n4|n5|rest/],
  ["put x 1 via n9", /n9/],
  ["cut n1 n1", /expected/],
  ["drop vote n1 -> n2", /vote/],
  ["@99999h crash n1", /./],
  ["restart n1", /./],
  ["run 100ms", /./],
  ["expect safe", /./],
  ["nodes 7", /./],
]) {
  pageTest(`the console says what is wrong: ${line}`, "?paused", async (page) => {
    const before = await runText(page);
    await type(page, line);
    const said = page.locator(".term .e, .notice");
    await said.first().waitFor({ timeout: 3_000 });
    assert.match((await said.allTextContents()).join(" "), says);
    assert.equal(await runText(page), before, "nothing has changed");
  });
}

pageTest("a refusal of a command is told where one types", "?paused", async (page) => {
  await type(page, "restart n1");
  const line = page.locator(".term ol li").last();
  await poll("an error under the line", () => line.textContent(), (text) => /restart n1.*\w+.*expected|n1/.test(text) && text.length > 14);
});

pageTest("the load can be switched on and off", "?paused", async (page) => {
  await quiet(page);
  await type(page, "load 50/s reads 50%");
  const begin = await now(page);
  await playUntil(page, "half a second", async () => (await now(page)) > begin + 0.5e6);
  const cells = (await picture(page)).cells.length;
  assert.ok(cells > 20, `${cells} cells`);
  await type(page, "load off");
  assert.equal(await page.locator(".term .e").count(), 0);
});

// ---- text stays text ----

const EVIL = `<img src=x onerror="window.bad=1"><b>&amp;**x**`;

pageTest("markup in keys, values and titles is shown as text", "?paused", async (page) => {
  const quoted = `"${EVIL.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  await runThis(page, `title ${quoted}\nnodes 3\nseed 2\n`);
  await playUntil(page, "a leader", hasLeader(page));
  assert.ok((await page.locator("button.scenario").textContent()).includes("<img src=x"));
  await ask(page, { key: EVIL, value: EVIL });
  await type(page, `say ${quoted}`);
  await type(page, EVIL);
  await playUntil(page, "an answer", async () => /ok/.test(await answer(page, 1)));
  for (const tab of ["Events", "Inspect", "Console"]) {
    await showTab(page, tab);
    assert.equal(await page.locator("img, .pg script").count(), 0, tab);
  }
  await page.locator(".cell").last().click();
  assert.ok((await page.locator(".insp").textContent()).includes("<img src=x"));
  assert.equal(await page.locator("img").count(), 0);
  assert.equal(await page.evaluate(() => window.bad), undefined);
  assert.ok((await runText(page)).includes("<img src=x"));
});

pageTest("a long key and value do not break the layout", "?paused", async (page) => {
  await quiet(page);
  await ask(page, { key: "k".repeat(300), value: "v".repeat(3000) });
  await playUntil(page, "an answer", async () => /ok/.test(await answer(page, 1)));
  await page.locator(".cell").last().click();
  const wide = await page.evaluate(() => {
    const root = document.querySelector("#playground").shadowRoot;
    return [document.documentElement.scrollWidth, ...[".pg", ".tab-panel", "header"].map((s) => root.querySelector(s).scrollWidth - root.querySelector(s).clientWidth)];
  });
  assert.deepEqual(wide, [1280, 0, 0, 0]);
});

// ---- many clients ----

const crowds = (page) => page.locator("[data-crowd]");
const loadForm = (page) => page.getByRole("form", { name: "Load" });
const figures = (page) => page.locator(".plots p");

/** Starts a load by the panel's controls, as a person does. */
async function startLoad(page, fields, { via, popularity } = {}) {
  await showTab(page, "Inspect");
  const wanted = page.getByRole("button", { name: "Put load on the cluster" });
  if (await wanted.count()) await wanted.click();
  const place = loadForm(page);
  for (const [label, value] of Object.entries(fields)) {
    await place.getByRole("textbox", { name: label }).fill(String(value));
  }
  if (via) await place.getByRole("combobox", { name: "Server" }).selectOption({ label: via });
  if (popularity) await place.getByRole("combobox", { name: "Popularity" }).selectOption({ label: popularity });
  await place.getByRole("button", { name: /^(Start|Change) load$/ }).click();
}

async function pass(page, seconds) {
  const begin = await now(page);
  await playUntil(page, `${seconds} s more`, async () => (await now(page)) > begin + seconds * 1e6, { at: "5×" });
}

pageTest("the controls make one command, and its clients stand at their servers' doors", "?paused", async (page) => {
  const id = await quiet(page);
  assert.equal(await crowds(page).count(), 0, "nobody asks yet");
  assert.equal(await page.locator(".plots").count(), 0);
  await startLoad(page, { "Rate, per second": 80, "Reads": 25, "Clients": 12, "Keys": 20 }, { popularity: "skewed" });
  await pass(page, 2);
  assert.match(await runText(page), /^@\S+ load 80\/s reads 25% keys 20 skewed clients 12$/m);
  const names = await crowds(page).evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
  const count = names.reduce((sum, name) => sum + Number(name.match(/: (\d+) in all/)[1]), 0);
  assert.equal(count, 12, names.join(" · "));
  assert.match(names.join(" · "), new RegExp(`at n${id}: .*answered`));
  await loadForm(page).getByRole("button", { name: "Stop load" }).click();
  await pass(page, 1.5);
  assert.equal(await crowds(page).count(), 0, "nobody asks any more");
  assert.match(await runText(page), /load off/);
});

pageTest("clients bound to a server fail with it, and the plots show it", "?paused", async (page) => {
  const id = await quiet(page);
  await type(page, "set client-timeout 300ms");
  await startLoad(page, { "Rate, per second": 50, "Clients": 6 }, { via: `n${id}` });
  await pass(page, 1.5);
  assert.match(await figures(page).textContent(), /\d+ requests answered, none failed.*Half of the answers took \d+ ms/);
  assert.ok((await page.locator(".plots .answered").last().getAttribute("d")).length > 20, "bars");
  assert.ok((await page.locator(".plots svg[role=img] .median").getAttribute("d")).length > 20, "a line");
  await type(page, `crash n${id}`);
  await pass(page, 1.5);
  await showTab(page, "Inspect");
  assert.match(await figures(page).textContent(), /\d+ tries failed/);
  assert.ok((await page.locator(".plots .failed").last().getAttribute("d")).length > 20, "bars");
  assert.ok((await page.locator(".plots .at.fault").count()) > 0, "a mark for the crash");
  const crowd = page.locator(`[data-crowd="${id}"]`);
  assert.match(await crowd.getAttribute("aria-label"), /Clients at n\d: 6 in all, 0 waiting, 0 answered, 6 failed/);
  assert.match(await crowd.textContent(), /×6.*✗/s);
});

pageTest("a load that cannot be is refused with a reason", "?paused", async (page) => {
  await startLoad(page, { "Rate, per second": 0 });
  await notice(page).waitFor();
  assert.match(await notice(page).textContent(), /1\/s to 10000\/s/);
  await startLoad(page, { "Rate, per second": 5, "Clients": 300 });
  assert.match(await notice(page).textContent(), /1 to 256/);
});

const box = (page, name = "client 1") => page.locator(`[data-client="${name}"]`);

pageTest("a client is a box that stays: what it asked, that it waits, what it was told", "?paused", async (page) => {
  const id = await quiet(page);
  assert.match(await box(page).getAttribute("aria-label"), /client 1 has asked nothing yet/);
  await type(page, `put x 1 via n${id}`);
  assert.match(await box(page).getAttribute("aria-label"), new RegExp(`client 1 asked x ← 1 of n${id}: waits`));
  await until(page, 1, /^ok/);
  assert.match(await box(page).textContent(), /client 1x ← 1told: ok/);
  assert.equal(await crowds(page).count(), 0);
});

pageTest("a request and its answer travel, and a way that is cut is crossed out", "?paused", async (page) => {
  const id = await quiet(page);
  const parcels = page.locator("[data-parcel]");
  await type(page, "set client-latency 80ms..80ms");
  await type(page, `put x 7 via n${id}`);
  await poll("the request is on its way", () => parcels.allTextContents(), (all) => all.join() === "x ← 7");
  const from = await parcels.first().getAttribute("transform");
  await playUntil(page, "the answer is", async () => (await parcels.allTextContents()).join() === "ok", { at: "1/20×" });
  assert.notEqual(await parcels.first().getAttribute("transform"), from);
  await until(page, 1, /^ok/);
  await type(page, `cut n${id} -> client 1`);
  await type(page, `put x 8 via n${id}`);
  assert.equal(await page.locator(".clients .blocked").count(), 1);
  await type(page, "heal");
  assert.equal(await page.locator(".clients .blocked").count(), 0);
});

pageTest("what the script does is in the picture at once, and not with the next event", "?paused", async (page) => {
  await runThis(page, "nodes 1\nseed 3\nrun 500ms\ncrash n1\nrun 2s\n");
  // Watched in the page itself: on a slow computer much passes before a test has asked.
  await page.evaluate(() => {
    const root = document.querySelector("#playground").shadowRoot;
    const look = () => {
      if (root.querySelector('[data-server="1"].down')) window.downAt = Number(root.querySelector("[data-time]").dataset.time);
      else requestAnimationFrame(look);
    };
    look();
  });
  const downAt = () => page.evaluate(() => window.downAt);
  await playUntil(page, "it is down", downAt, { at: "1/20×" });
  assert.ok((await downAt()) < 520e3, `it was down when it crashed, at ${await downAt()}`);
});

pageTest("a stale read says so", "?paused", async (page) => {
  const id = await quiet(page, "pre-vote off\ncheck-quorum off\n");
  await ask(page, { value: "old" });
  await until(page, 1, /^ok/);
  await type(page, `partition n${id} | rest`);
  await playUntil(page, "another leader", async () => (await leader(page).count()) > 1, { at: "1×" });
  await ask(page, { value: "new" });
  await until(page, 2, /^ok/);
  await ask(page, { what: "serializable get", via: `n${id}` });
  assert.match(await answer(page, 3), /^old · stale: revision \d+, the newest is \d+$/);
});

pageTest("what clients saw is linearizable, or the operations are shown that no order fits", "?paused", async (page) => {
  await quiet(page);
  await page.locator(".insp .clients .holds", { hasText: "is linearizable" }).waitFor();
  await showTab(page, "Rules");
  await page.getByRole("button", { name: "Show me what happens without read-quorum" }).click();
  // It plays at once.
  await speed(page, "1×");
  await poll("a broken property", () => page.locator(".unsafe").count());
  assert.match(await page.locator(".unsafe").getAttribute("title"), /not linearizable/);
  // It stops where that shows: right as the last of those operations was answered.
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  await poll("it is said", () => notice(page).textContent(), (text) => /not linearizable/.test(text));
  await showTab(page, "Inspect");
  const shown = page.locator(".offence");
  await shown.waitFor();
  assert.match(await shown.locator("h2").textContent(), /saw of a$/);
  const bars = await shown.locator("li").allTextContents();
  assert.ok(bars.some((bar) => /get → old.*no place/.test(bar)), bars.join(" · "));
  assert.ok(bars.some((bar) => /put new.*place \d/.test(bar)), bars.join(" · "));
  assert.match(await shown.locator(".why").textContent(), /is told “old”, though put new was answered at 0\.\d+ s/);
  // Before it happened nothing is broken.
  await page.getByRole("slider", { name: "Simulated time" }).press("Home");
  await poll("no offence", () => shown.count(), (count) => count === 0);
});
