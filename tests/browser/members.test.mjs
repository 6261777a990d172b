// Members that join and leave, hand over, take snapshots; and rules that are shown by being off.
import assert from "node:assert/strict";
import {
  dialog, hasLeader, inBrowser, leader, leaderId, menu, pageTest, playUntil, poll, selectNothing,
  server, showTab, type,
} from "./page.mjs";

inBrowser();

const label = (page, id) => server(page, id).getAttribute("aria-label");

pageTest("a server joins as a learner, is promoted, and leaves", "?paused", async (page) => {
  await playUntil(page, "a leader", hasLeader(page));
  await page.getByRole("button", { name: "Faults ▾", exact: true }).click();
  await dialog(page).getByRole("button", { name: "Add a learner" }).click();
  await page.keyboard.press("Escape");
  await playUntil(page, "n6 is a learner", async () => /, learner$/.test(await label(page, 6)));
  await type(page, "member promote n6");
  await playUntil(page, "n6 is a voter", async () => /of term \d+$/.test(await label(page, 6)));
  await type(page, "member remove n6");
  await playUntil(page, "n6 has left", async () => /, no member$/.test(await label(page, 6)));
});

pageTest("a joint configuration is drawn until it is left", "?paused", async (page) => {
  await playUntil(page, "a leader", hasLeader(page));
  const old = await leaderId(page);
  const leaves = old === 1 ? 2 : 1;
  await type(page, `member joint add n6 remove n${leaves} explicit`);
  await playUntil(page, "n6 joins", async () => /, joins$/.test(await label(page, 6)));
  assert.match(await label(page, leaves), /, leaves$/);
  await type(page, "member leave");
  await playUntil(page, "it is left", async () => /, no member$/.test(await label(page, leaves)));
});

pageTest("leadership is handed over from the menu", "?paused", async (page) => {
  await playUntil(page, "a leader", hasLeader(page));
  const next = (await leaderId(page)) === 2 ? 3 : 2;
  await server(page, next).focus();
  await page.keyboard.press("Enter");
  await menu(page).getByRole("menuitem", { name: "Hand over leadership" }).click();
  await selectNothing(page);
  await playUntil(page, "the next leader", async () => (await leaderId(page).catch(() => 0)) === next);
  assert.equal(await leader(page).count(), 1);
});

pageTest("a rule is shown by what happens without it, and labelled", "?paused", async (page) => {
  await showTab(page, "Rules");
  await page.getByRole("button", { name: "Show me what happens without persist-vote" }).click();
  await page.locator(".not-raft").waitFor();
  // It plays to the violation and stops there.
  await poll("a broken property", () => page.locator(".unsafe").count());
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const url = await page.getByRole("textbox", { name: "Link" }).inputValue();
  assert.match(decodeURIComponent(url), /rule.off.persist-vote/, "the link says so too");
});
