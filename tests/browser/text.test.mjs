// Scenario text, files and settings: wrong input says so and changes nothing.
import assert from "node:assert/strict";
import { readFile, mkdtemp, writeFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  closeDialog, dialog, hasLeader, inBrowser, inspected, leader, now, openScenarios, pageTest,
  pause, picture, playUntil, poll, runText, selectNothing, speed, type,
} from "./page.mjs";

inBrowser();

const editor = (page) => page.getByRole("textbox", { name: "Scenario text" });
const runIt = (page) => page.getByRole("button", { name: "Run it" });

async function edit(page) {
  await openScenarios(page);
  await page.getByRole("button", { name: "Edit as text" }).click();
  await editor(page).waitFor();
}

pageTest("wrong text is told as one types, by line, and the cluster stays as it is", "?paused", async (page) => {
  await playUntil(page, "a leader", hasLeader(page));
  const before = await picture(page);
  await edit(page);
  const verdict = dialog(page).getByRole("status");
  for (const [text, says] of [
    ["nodes 3\ncrush n2\n", /line 2.*crush.*crash/],
    ["nodes 99\n", /line 1.*99/],
    ["nodes 3\n\n# fine\ncrash n7\n", /line 4.*n7/],
    ["title \"unfinished\nnodes 3", /line 1/],
    ["latency 20ms..10ms\n", /line 1/],
    ["run 10ms\nnodes 5\n", /line 2/],
    ["nodes 3\nnodes 3\n", /line 2/],
    ["seed -1\n", /line 1/],
    ["\u{0}\u{FFFD}\n", /line 1/],
    ["load 1000000000/s\n", /line 1/],
  ]) {
    await editor(page).fill(text);
    await poll(`a verdict on ${JSON.stringify(text)}`, () => verdict.textContent(), (said) => says.test(said));
    assert.equal(await runIt(page).isDisabled(), true, text);
    assert.equal(await editor(page).getAttribute("aria-invalid"), "true");
  }
  await editor(page).fill("nodes 3\ncrush n2\n");
  assert.match(await page.locator(".wrong-line").textContent(), /2: crush n2/);
  // Typing one letter at a time mends it.
  await editor(page).press("Control+End");
  for (let back = 0; back < "ush n2\n".length; back += 1) await editor(page).press("Backspace");
  await editor(page).pressSequentially("ash n2");
  await poll("it is right", () => runIt(page).isDisabled(), (disabled) => !disabled);
  await closeDialog(page);
  assert.deepEqual(await picture(page), before);
});

pageTest("a right text runs", "", async (page) => {
  await edit(page);
  await editor(page).fill(`title "Mine"\nnodes 3\nseed 9\nrun until leader\ncrash n1\n`);
  assert.match(await dialog(page).getByRole("status").textContent(), /✓.*3 servers/);
  await runIt(page).click();
  await poll("three servers", () => page.locator("[data-server]").count(), (count) => count === 3);
  assert.match(await page.locator("button.scenario").textContent(), /Mine/);
  await speed(page, "1×");
  await page.locator('[data-server="1"].down').waitFor();
  assert.equal(await dialog(page).count(), 0);
});

for (const [how, address] of [["paused", "?paused"], ["playing", ""]]) {
  pageTest(`${how}, the editor keeps focus and text while one types`, address, async (page) => {
    await edit(page);
    await editor(page).click();
    await page.keyboard.press("Control+A");
    // Wrong at first, right in between, wrong, right.
    await page.keyboard.type("nodes 4\ncrash n2\n", { delay: 40 });
    assert.equal(await editor(page).inputValue(), "nodes 4\ncrash n2\n");
    assert.equal(await editor(page).evaluate((area) => area.getRootNode().activeElement === area), true);
  });
}

pageTest("a file can be saved and opened again: the same text", "?paused", async (page, { t }) => {
  const dir = await mkdtemp(join(tmpdir(), "raft-page-"));
  t.after(() => rm(dir, { recursive: true }));
  await playUntil(page, "a leader", hasLeader(page));
  await type(page, "crash n3");
  await type(page, 'put "ä key" "<b>"');
  const [text, shown] = [await runText(page), await picture(page)];
  await openScenarios(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save as a file" }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^[\w-]+\.raft$/);
  const path = join(dir, "saved.raft");
  await download.saveAs(path);
  assert.equal(await readFile(path, "utf8"), text);
  await page.locator("input[type=file]").setInputFiles(path);
  await poll("the dialog is gone", () => dialog(page).count(), (count) => count === 0);
  await poll("the same moment", () => now(page), (time) => time === Number(shown.time));
  assert.equal(await runText(page), text);
  assert.deepEqual(await picture(page), shown);
  // The same file once more.
  await openScenarios(page);
  await page.locator("input[type=file]").setInputFiles(path);
  await poll("the dialog is gone", () => dialog(page).count(), (count) => count === 0);
  assert.equal(await runText(page), text);
});

pageTest("a file with wrong text shows the text and why; the cluster stays", "?paused", async (page, { t }) => {
  const dir = await mkdtemp(join(tmpdir(), "raft-page-"));
  t.after(() => rm(dir, { recursive: true }));
  const before = await picture(page);
  const open = async (name, content) => {
    await writeFile(join(dir, name), content);
    await openScenarios(page);
    await page.locator("input[type=file]").setInputFiles(join(dir, name));
    await dialog(page).getByRole("alert").waitFor();
    return dialog(page).getByRole("alert").first().textContent();
  };
  assert.match(await open("wrong.raft", "nodes 3\ncrush n1\n"), /line 2.*crush/);
  assert.equal(await editor(page).inputValue(), "nodes 3\ncrush n1\n");
  await closeDialog(page);
  assert.match(await open("binary.raft", Buffer.from([0, 255, 254, 1, 2, 3, 200])), /line 1/);
  await closeDialog(page);
  assert.match(await open("large.raft", "# much\n".repeat(200_000)), /large\.raft.*1000000/);
  await closeDialog(page);
  assert.deepEqual(await picture(page), before);
});

pageTest("an empty file is a run with nothing but the defaults, or says why not", "?paused", async (page, { t }) => {
  const dir = await mkdtemp(join(tmpdir(), "raft-page-"));
  t.after(() => rm(dir, { recursive: true }));
  await writeFile(join(dir, "empty.raft"), "");
  await openScenarios(page);
  await page.locator("input[type=file]").setInputFiles(join(dir, "empty.raft"));
  await poll("the dialog is gone", () => dialog(page).count(), (count) => count === 0);
  assert.equal(await page.locator("[data-server]").count(), 5);
});

// ---- settings ----

const field = (page, label) => dialog(page).getByRole("textbox", { name: label });

pageTest("a setting takes right values and refuses wrong ones", "?paused", async (page) => {
  const before = await runText(page);
  await page.getByRole("button", { name: /^Faults/ }).click();
  for (const [label, wrong] of [
    ["Latency, one way", "soon"], ["Latency, one way", "20ms..10ms"], ["Lost messages", "120%"], ["Lost messages", "-1%"],
    ["Election timeout", ""], ["Heartbeat every", "0ms"], ["A write takes", "1"], ["Followers forward", "maybe"], ["Time-out", "1ms 2ms"],
  ]) {
    await field(page, label).fill(wrong);
    await field(page, label).press("Enter");
    await dialog(page).locator("label", { hasText: label }).getByRole("alert").waitFor({ timeout: 3_000 })
      .catch(() => assert.fail(`${label}: “${wrong}” gives no error`));
    assert.equal(await field(page, label).getAttribute("aria-invalid"), "true");
  }
  await closeDialog(page);
  assert.equal(await runText(page), before);

  await page.getByRole("button", { name: /^Faults/ }).click();
  for (const [label, right, line] of [
    ["Latency, one way", "30ms..40ms", "set latency 30ms..40ms"],
    ["Lost messages", "5%", "set loss 5%"],
    ["Duplicated messages", "2.5%", "set duplicate 2.5%"],
    ["Election timeout", "200ms..400ms", "set election-timeout 200ms..400ms"],
    ["A write takes", "0ms", "set fsync 0"],
    ["Time-out", "2s", "set client-timeout 2s"],
    ["Followers forward", "on", "set forwarding on"],
  ]) {
    await field(page, label).fill(right);
    await field(page, label).press("Enter");
    assert.equal(await dialog(page).getByRole("alert").count(), 0, label);
    await closeDialog(page);
    const text = await runText(page);
    assert.ok(text.includes(line), `${line} is not in\n${text}`);
    await page.getByRole("button", { name: /^Faults/ }).click();
    // As the text writes it: 0ms is 0ms..0ms.
    assert.ok((await field(page, label).inputValue()).startsWith(right), label);
  }
});

pageTest("a setting can be typed while the run plays", "", async (page) => {
  await leader(page).first().waitFor();
  await page.getByRole("button", { name: /^Faults/ }).click();
  const latency = field(page, "Latency, one way");
  await latency.click();
  await latency.press("Control+A");
  await latency.pressSequentially("30ms..40ms", { delay: 60 });
  assert.equal(await latency.inputValue(), "30ms..40ms");
  await latency.press("Enter");
  const servers = field(page, /Servers/);
  await servers.click();
  await servers.press("Control+A");
  await servers.pressSequentially("7", { delay: 60 });
  await page.waitForTimeout(200);
  assert.equal(await servers.inputValue(), "7");
  await dialog(page).getByRole("button", { name: "Start", exact: true }).click();
  await poll("seven servers", () => page.locator("[data-server]").count(), (count) => count === 7);
});

pageTest("a new run with another size and seed", "?paused", async (page) => {
  for (const [size, seed] of [["15", "42"], ["1", "0"], ["4", "18446744073709551615"]]) {
    await page.getByRole("button", { name: /^Faults/ }).click();
    await field(page, /Servers/).fill(size);
    await field(page, "Seed").fill(seed);
    await dialog(page).getByRole("button", { name: "Start", exact: true }).click();
    await poll(`${size} servers`, () => page.locator("[data-server]").count(), (count) => count === Number(size));
    await speed(page, "1×");
    await leader(page).first().waitFor({ timeout: 20_000 });
    await pause(page);
    const text = await runText(page);
    assert.match(text, new RegExp(`^nodes ${size}$`, "m"));
    assert.match(text, new RegExp(`^seed ${seed}$`, "m"));
  }
});

pageTest("a new run of a wrong size or seed says so and leaves the run", "?paused", async (page) => {
  const before = await runText(page);
  await page.getByRole("button", { name: /^Faults/ }).click();
  for (const [size, seed] of [["0", "1"], ["16", "1"], ["99", "1"], ["many", "1"], ["", "1"], ["5", "x"], ["5", "-1"], ["3\ncrash n1", "1"], ["5", "1.5"]]) {
    await field(page, /Servers/).fill(size);
    await field(page, "Seed").fill(seed);
    await dialog(page).getByRole("button", { name: "Start", exact: true }).click();
    await dialog(page).locator(".new-run").getByRole("alert").waitFor({ timeout: 3_000 })
      .catch(() => assert.fail(`${JSON.stringify([size, seed])} gives no error`));
  }
  await closeDialog(page);
  assert.equal(await runText(page), before);
});

pageTest("another seed gives another run", "?paused", async (page) => {
  const seed = async () => {
    await selectNothing(page);
    return inspected(page, "Seed");
  };
  const first = await seed();
  await openScenarios(page);
  await page.getByRole("button", { name: /another seed/ }).click();
  await poll("the dialog is gone", () => dialog(page).count(), (count) => count === 0);
  await pause(page);
  assert.notEqual(await seed(), first);
});

pageTest("a rule can be switched off: the page says that it is no longer Raft", "?paused", async (page) => {
  await page.getByRole("tab", { name: "Rules" }).click();
  await page.getByRole("checkbox", { name: "persist-vote" }).uncheck();
  await page.getByText(/not raft/i).waitFor();
  assert.match(await runText(page), /rule off persist-vote/);
  await page.getByRole("tab", { name: "Rules" }).click();
  await page.getByRole("checkbox", { name: "persist-vote" }).check();
  await poll("it is Raft again", () => page.getByText(/not raft/i).count(), (count) => count === 0);
});

for (const name of ["First light", "Stranded leader", "Split vote", "Lossy network"]) {
  pageTest(`“${name}” can be opened from the list, and all it claims holds`, "", async (page) => {
    await openScenarios(page);
    await dialog(page).locator("button.line", { hasText: name }).click();
    await page.locator("button.scenario", { hasText: name }).waitFor();
    await speed(page, "10×");
    await poll("3 s of it", () => now(page), (time) => time > 3e6, { within: 30_000 });
    await pause(page);
    await page.getByRole("tab", { name: "Rules" }).click();
    assert.deepEqual(await page.locator(".claims .broken").allTextContents(), []);
    assert.ok((await page.locator(".claims .holds").count()) > 0);
  });
}
