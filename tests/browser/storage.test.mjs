// What servers keep on their disks, what a crash would lose, saving, restoring, and what a write costs.
import assert from "node:assert/strict";
import {
  hasLeader, inBrowser, leaderId, notice, pageTest, pause, playUntil, poll, runThis, server, showTab,
  type,
} from "./page.mjs";

inBrowser();

const panel = (page) => page.getByRole("tabpanel");
const button = (page, name) => panel(page).getByRole("button", { name, exact: true });
const records = (page) => panel(page).getByRole("list", { name: "Latest entries of the log" }).getByRole("listitem");
const shown = async (page) => (await records(page).allTextContents()).map((text) => text.trim());
const loss = async (page) => (await panel(page).locator(".why").first().textContent()).trim();
const value = async (page, name) => (await panel(page).locator(`dt:text-is("${name}") + dd`).first().textContent()).trim();

/** A cluster without clients, paused. */
async function begin(page) {
  await runThis(page, "nodes 5\nseed 7\n");
  await pause(page);
}

/** Plays until a leader is there and nothing is under way on its disk. */
async function quiet(page) {
  await playUntil(page, "a leader", hasLeader(page));
  await showTab(page, "Storage");
  await playUntil(page, "nothing to lose", async () => /loses nothing/.test(await loss(page)), { at: "1/5×" });
}

pageTest("what is not on the disk yet is told, and what a crash loses is gone", "?paused", async (page) => {
  await begin(page);
  await quiet(page);
  const id = await leaderId(page);
  assert.equal(await panel(page).getByRole("button", { pressed: true }).textContent(), `n${id}`);
  const before = (await shown(page)).length;
  await page.locator(".pg").focus();
  await page.keyboard.press("c");
  assert.match(await loss(page), /It loses entry \d+\. 1 record is being written and is durable in 1\.\d ms\./);
  assert.match((await shown(page)).at(-1), /x=1… in 1\.\d ms$/);
  await type(page, `crash n${id}`);
  await showTab(page, "Storage");
  await button(page, `n${id}`).click();
  assert.match(await loss(page), new RegExp(`n${id} is down`));
  assert.equal((await shown(page)).length, before, "the entry is lost");
  for (const name of ["Take snapshot", "Compact log", "Defragment"]) assert.ok(await button(page, name).isDisabled(), name);
});

pageTest("a snapshot is taken, and stands for the log that is dropped", "?paused", async (page) => {
  await begin(page);
  await quiet(page);
  assert.ok(await button(page, "Compact log").isDisabled(), "there is no snapshot yet");
  await button(page, "Take snapshot").click();
  await panel(page).getByText(/^[0-9a-f]{16}-[0-9a-f]{16}\.snap$/).waitFor();
  assert.ok((await shown(page)).length > 0);
  await button(page, "Compact log").click();
  await poll("the log is dropped", () => shown(page), (all) => all.length === 0);
  assert.match(await value(page, "Log dropped"), /^up to \d+$/);
});

pageTest("a click on the stage chooses whose disk is shown", "?paused", async (page) => {
  await begin(page);
  await quiet(page);
  const other = ((await leaderId(page)) % 5) + 1;
  await server(page, other).click();
  await panel(page).getByRole("heading", { name: new RegExp(`^n${other} · follower`) }).waitFor();
  await button(page, "Wipe disk").click();
  await panel(page).getByRole("heading", { name: new RegExp(`^n${other} · crashed`) }).waitFor();
  assert.equal((await shown(page)).length, 0);
});

pageTest("a cluster that lost its majority begins anew from a saved file", "?paused", async (page) => {
  await begin(page);
  await playUntil(page, "a leader", hasLeader(page));
  await type(page, "put x old");
  await quiet(page);
  const revision = async () => Number.parseInt(await value(page, "Revision"), 10);
  await playUntil(page, "it is carried out", async () => (await revision()) === 2, { at: "1/5×" });
  await button(page, /^Save n\d’s store as store-1\.db$/.exec((await panel(page).getByRole("button", { name: /^Save/ }).textContent()).trim())[0]).click();
  const restore = panel(page).getByRole("button", { name: "Restore the cluster from store-1.db" });
  await restore.waitFor();
  assert.match(await value(page, "store-1.db"), /^revision 2, \d+ B$/);
  await type(page, "put x new");
  await showTab(page, "Storage");
  await playUntil(page, "the second value", async () => (await revision()) === 3, { at: "1/5×" });
  for (const line of ["wipe n1", "wipe n2", "wipe n3"]) await type(page, line);
  await showTab(page, "Storage");
  await restore.click();
  for (const id of [1, 2, 3, 4, 5]) {
    await button(page, `n${id}`).click();
    await panel(page).getByText("0000000000000001-0000000000000005.snap").waitFor();
    assert.equal(await revision(), 2, `n${id} has what the file holds`);
  }
  await playUntil(page, "a leader of the new cluster", hasLeader(page));
  assert.equal(await page.locator(".unsafe").count(), 0);
  await type(page, "get x");
  await playUntil(page, "the old value", async () =>
    (await page.locator(".term pre").last().textContent()) === "x\nold\n");
  await type(page, "restore nothing.db");
  await poll("the refusal names what there is", () => page.locator(".term .e").last().textContent(), (text) =>
    /found nothing\.db; there are: store-1\.db/.test(text));
  assert.equal(await notice(page).count(), 0);
});

pageTest("what members cost a write is measured, in slices, and bars are drawn", "?paused", async (page) => {
  await begin(page);
  await showTab(page, "Storage");
  const table = panel(page).getByRole("table");
  assert.equal(await table.getByRole("row").count(), 10);
  assert.deepEqual(
    await table.locator("tr.present td").allTextContents(), ["▸ 5", "3", "2"], "majority and tolerated failures of five",
  );
  await button(page, "Measure").click();
  await poll("every row is measured", () => table.locator("tbody tr svg").count(), (bars) => bars === 27);
  await button(page, "Measure").waitFor();
  const numbers = async (nth) => (await table.locator("tbody tr").nth(nth).locator("td").allTextContents()).map(Number.parseFloat);
  const [, , , alone] = await numbers(0);
  const [, , , three, median, slow] = await numbers(2);
  const [, , , five] = await numbers(4);
  assert.equal(alone, 0);
  assert.ok(three > 3 && five > three, `${three} ${five}`);
  assert.ok(median >= 20 && slow >= median, `${median} ${slow}`);
  await type(page, "set latency 40ms..40ms");
  await showTab(page, "Storage");
  await poll("figures of other settings are not kept", () => table.locator("svg").count(), (bars) => bars === 0);
});

pageTest("on a phone nothing is wider than the page", "?paused", async (page) => {
  await page.getByRole("tab", { name: "Storage" }).click();
  await button(page, "Measure").click();
  await poll("measured", () => panel(page).locator("tbody svg").count(), (bars) => bars === 27);
  const wide = await page.evaluate(() => {
    const root = document.querySelector("#playground").shadowRoot;
    const tabs = root.querySelector(".tabs");
    const inside = root.querySelector(".tab-panel");
    return [inside.scrollWidth - inside.clientWidth, tabs.scrollWidth - tabs.clientWidth, document.documentElement.scrollWidth - innerWidth];
  });
  assert.deepEqual(wide, [0, 0, 0]);
}, { viewport: { width: 390, height: 844 }, hasTouch: true });
