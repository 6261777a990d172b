// etcdctl in the page: commands reach the simulated servers, and what they print is what these said.
import assert from "node:assert/strict";
import {
  hasLeader, inBrowser, leaderId, now, pageTest, pause, playUntil, poll, runThis, showTab,
} from "./page.mjs";

inBrowser();

const input = (page) => page.getByRole("textbox", { name: "Command" });
const block = (page, line) => page.locator(".term li").filter({ has: page.locator(`code:text-is(${JSON.stringify(line)})`) }).last();
const output = async (page, line) => {
  const pre = block(page, line).locator("pre");
  return (await pre.count()) ? pre.textContent() : "";
};

/** A cluster with a leader, paused. */
async function begin(page) {
  await runThis(page, "nodes 3\nseed 5\n");
  await playUntil(page, "a leader", hasLeader(page));
  await showTab(page, "Console");
}

async function give(page, line) {
  await showTab(page, "Console");
  await input(page).fill(line);
  await input(page).press("Enter");
}

/** Types a command and plays until it has ended. */
async function command(page, line) {
  await give(page, line);
  await block(page, line).waitFor();
  await playUntil(page, `the end of ${line}`, async () => (await block(page, line).getByRole("button", { name: /interrupt/ }).count()) === 0, { at: "5×" });
  return output(page, line);
}

pageTest("put, get, del and txn print what etcdctl prints", "?paused", async (page) => {
  await begin(page);
  assert.equal(await command(page, "put foo bar"), "OK\n");
  assert.equal(await command(page, "get foo"), "foo\nbar\n");
  assert.match(await command(page, "get foo -w json"), /"kvs":\[\{"key":"Zm9v","create_revision":2,"mod_revision":2,"version":1,"value":"YmFy"\}\],"count":1\}/);
  assert.equal(await command(page, "del foo"), "1\n");
  assert.match(await command(page, "member list -w table"), /\| started \|\s+n1 \|/);
  await give(page, "txn");
  for (const line of ['create("a") = "0"', "", "put a 1", "", "get a", ""]) await give(page, line);
  const end = page.getByRole("button", { name: "End of input" });
  if (await end.count()) await end.click();
  await playUntil(page, "the end of txn", async () => /SUCCESS/.test(await output(page, "txn")), { at: "5×" });
});

pageTest("a watch streams until it is interrupted", "?paused", async (page) => {
  await begin(page);
  await give(page, "watch w");
  await command(page, "put w 1");
  await command(page, "put w 2");
  await playUntil(page, "two events", async () => /PUT\nw\n1\nPUT\nw\n2\n/.test(await output(page, "watch w")), { at: "5×" });
  await block(page, "watch w").getByRole("button", { name: /interrupt/ }).click();
  await poll("the end", () => block(page, "watch w").getByRole("button", { name: /interrupt/ }).count(), (n) => n === 0);
});

pageTest("the arrow keys bring lines back and Tab completes", "?paused", async (page) => {
  await begin(page);
  await command(page, "put a 1");
  await command(page, "get a");
  await input(page).press("ArrowUp");
  assert.equal(await input(page).inputValue(), "get a");
  await input(page).press("ArrowUp");
  assert.equal(await input(page).inputValue(), "put a 1");
  await input(page).press("ArrowDown");
  await input(page).press("ArrowDown");
  assert.equal(await input(page).inputValue(), "");
  await input(page).fill("mem");
  await input(page).press("Tab");
  assert.equal(await input(page).inputValue(), "member ");
  await input(page).fill("member ");
  await input(page).press("Tab");
  assert.match(await page.locator(".choices").textContent(), /add.*list.*remove/);
});

pageTest("an endpoint can be chosen, and one that is down is told as etcdctl does", "?paused", async (page) => {
  await begin(page);
  const id = await leaderId(page);
  const other = id === 1 ? 2 : 1;
  await give(page, `crash n${other}`);
  await page.getByRole("combobox", { name: "Endpoint" }).selectOption({ label: `n${other}` });
  await give(page, "get a");
  const line = `--endpoints=n${other} get a`;
  await playUntil(page, "an error", async () => /Error: /.test(await output(page, line)), { at: "10×", within: 40_000 });
  assert.match(await block(page, line).textContent(), /exit 1/);
});

pageTest("a request is followed step by step", "?paused", async (page) => {
  await begin(page);
  await give(page, "put x 1");
  const way = page.getByRole("region", { name: "The way of a request" });
  await way.waitFor();
  assert.match(await way.textContent(), /Follow x=1/);
  const next = way.getByRole("button", { name: "Next step of it" });
  const current = () => way.locator("li.Now b").textContent().catch(() => "");
  const seen = [];
  for (let step = 0; step < 8 && (await next.count()); step += 1) {
    seen.push(await current());
    await next.click();
  }
  assert.ok(seen.includes("Majority"), seen.join(", "));
  assert.match(await way.locator("li").last().textContent(), /has answered/);
});

pageTest("markup in keys, values and lines stays text", "?paused", async (page) => {
  await begin(page);
  const evil = '<img src=x onerror="window.hurt=1">';
  assert.equal(await command(page, `put '${evil}' '<script>window.hurt=1</script>'`), "OK\n");
  assert.match(await command(page, `get '${evil}'`), /<script>window\.hurt=1<\/script>/);
  assert.equal(await page.evaluate(() => window.hurt), undefined);
  assert.equal(await page.locator(".term img, .term script").count(), 0);
  await showTab(page, "Inspect");
  await showTab(page, "Events");
  assert.equal(await page.evaluate(() => window.hurt), undefined);
  await pause(page);
  assert.ok((await now(page)) > 0);
});
