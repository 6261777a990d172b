// For everybody: axe finds nothing to object to, and the keyboard reaches everything, visibly.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import {
  closeDialog, dialog, hasLeader, inBrowser, leader, menu, openScenarios, pageTest, playUntil,
  poll, server, showTab, type,
} from "./page.mjs";

inBrowser();

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe objects to, in a line for each. It is run as the browser's tools run scripts: the page's
 * content policy holds for the page's own scripts. */
async function assertAccessible(page, where) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axeSource);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const lines = found.violations.map(({ id, nodes }) => {
    const [first] = nodes;
    const why = first.failureSummary.replace(/\s+/g, " ").slice(0, 240);
    return `${id}: ${nodes.length} times, first ${first.target.flat().join(" ")}: ${why}`;
  });
  assert.equal(lines.join("\n"), "", `axe, ${where}`);
}

/** Paused with a leader, entries and messages in flight. */
async function busy(page) {
  await playUntil(page, "a leader and messages", async () =>
    (await leader(page).count()) > 0 && (await page.locator(".logs .cell").count()) > 0
      && (await page.locator("[data-message]").count()) > 0, { at: "1/5×" });
}

const DARK = { colorScheme: "dark" };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

for (const [theme, options] of [["light", {}], ["dark", DARK]]) {
  pageTest(`axe: the first view, ${theme}`, "?paused", async (page) => {
    await assertAccessible(page, "before anything");
    await busy(page);
    await assertAccessible(page, "busy");
  }, options);

  for (const tab of ["Inspect", "Console", "Storage", "Events", "Futures", "Rules", "Learn"]) {
    pageTest(`axe: ${tab}, ${theme}`, "?paused", async (page) => {
      await busy(page);
      if (tab === "Console") {
        for (const line of ["put x 1", "put y 2 via n1", "get x via n2", "crush n1"]) await type(page, line);
      }
      if (tab === "Inspect") await server(page, 2).click();
      if (tab === "Storage") {
        await type(page, "lease grant 60");
        await playUntil(page, "it is granted", async () => (await page.locator(".term pre").count()) > 0);
        await showTab(page, tab);
        for (const name of ["Take snapshot", /^Save/, "Measure"]) await page.getByRole("button", { name }).click();
        await poll("measured", () => page.locator(".sizes svg").count(), (bars) => bars === 27);
      }
      await showTab(page, tab);
      await assertAccessible(page, tab);
    }, options);
  }

  pageTest(`axe: every dialog, ${theme}`, "?paused", async (page) => {
    await busy(page);
    for (const [name, openIt] of [
      ["Faults and settings", () => page.getByRole("button", { name: /^Faults/ }).click()],
      ["Share this moment", () => page.getByRole("button", { name: "Share", exact: true }).click()],
      ["Keys", () => page.getByRole("button", { name: "Help and keys" }).click()],
      ["Scenarios", () => openScenarios(page)],
    ]) {
      await openIt();
      await page.getByRole("dialog", { name }).waitFor();
      await assertAccessible(page, name);
      await closeDialog(page);
    }
    await openScenarios(page);
    await page.getByRole("button", { name: "Edit as text" }).click();
    await page.getByRole("textbox", { name: "Scenario text" }).fill("crush n1");
    await assertAccessible(page, "Scenario text, wrong");
  }, options);

  pageTest(`axe: menu, crashed and paused servers, a wall, a broken rule, ${theme}`, "?scenario=vote-not-persisted&paused", async (page) => {
    await playUntil(page, "a broken property", async () => (await page.locator(".unsafe").count()) > 0, { at: "1×" });
    for (const line of ["crash n2", "pause n3", "partition n1 | rest"]) await type(page, line);
    await server(page, 1).focus();
    await page.keyboard.press("Enter");
    await menu(page).waitFor();
    await assertAccessible(page, "menu");
    await page.keyboard.press("Escape");
    await showTab(page, "Rules");
    await assertAccessible(page, "rules");
  }, options);
}

pageTest("axe: a playing page", "", async (page) => {
  await leader(page).first().waitFor();
  await assertAccessible(page, "playing");
});

pageTest("axe: on a phone, with the sheet closed and open", "?paused", async (page) => {
  await busy(page);
  await assertAccessible(page, "closed");
  await showTab(page, "Console");
  await assertAccessible(page, "open");
}, PHONE);

pageTest("axe: embedded", "?embed", async (page) => {
  await leader(page).first().waitFor();
  await assertAccessible(page, "embedded");
}, { viewport: { width: 480, height: 360 } });

// ---- the keyboard ----

/** What has the focus, and whether one can see it. */
const focus = (page) =>
  page.evaluate(() => {
    const root = document.querySelector("#playground").shadowRoot;
    const element = root.activeElement;
    if (!element) return { name: document.activeElement?.tagName ?? "nothing", visible: true, outside: true };
    const box = element.getBoundingClientRect();
    const drawn = getComputedStyle(element);
    const outlined = drawn.outlineStyle !== "none" && parseFloat(drawn.outlineWidth) >= 2;
    // SVG groups show it on a part of them: a stroke of the accent, or of another width.
    const inner = [...element.querySelectorAll(".ring, .link, .wall, rect, circle, path")];
    const marked = element instanceof SVGElement && inner.some((part) => {
      const style = getComputedStyle(part);
      return style.stroke !== "none" && parseFloat(style.strokeWidth) >= 3;
    });
    const label = element.getAttribute("aria-label") ?? element.getAttribute("title") ?? element.textContent.trim();
    return {
      name: `${element.getAttribute("role") ?? element.tagName.toLowerCase()} ${label.slice(0, 50)}`,
      server: element.getAttribute("data-server"),
      tab: element.getAttribute("role") === "tab",
      slider: element.getAttribute("role") === "slider",
      field: /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName),
      onPage: box.width + box.height > 0 && box.right > 0 && box.left < innerWidth && box.bottom > 0 && box.top < innerHeight,
      visible: outlined || marked,
    };
  });

async function walk(page, { key = "Tab", most = 120 } = {}) {
  const seen = [];
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press(key);
    const found = await focus(page);
    if (found.outside && seen.length > 0) break;
    seen.push(found);
  }
  return seen;
}

pageTest("Tab reaches play, servers, the timeline and a tab; the focus is always visible", "?paused", async (page) => {
  await busy(page);
  await page.locator(".pg").focus();
  const seen = await walk(page);
  const names = seen.map((found) => found.name);
  assert.ok(names.some((name) => /Play/.test(name)), names.join(" · "));
  for (const id of ["1", "2", "3", "4", "5"]) assert.ok(seen.some((found) => found.server === id), `n${id}`);
  assert.ok(seen.some((found) => found.tab), "a tab");
  assert.ok(seen.some((found) => found.slider), "the timeline");
  assert.deepEqual(seen.filter((found) => !found.visible).map((found) => found.name), [], "focus that cannot be seen");
  assert.deepEqual(seen.filter((found) => found.onPage === false).map((found) => found.name), [], "focus off the page");
  assert.ok(seen.length < 120, `Tab never leaves the playground: ${names.length}`);
  // And back again.
  const back = new Set((await walk(page, { key: "Shift+Tab" })).map((found) => found.name));
  assert.deepEqual(names.filter((name) => !back.has(name)), [], "reached by Tab and not by Shift+Tab");
});

for (const tab of ["Inspect", "Console", "Storage", "Events", "Futures", "Rules", "Learn"]) {
  pageTest(`the focus is visible everywhere in ${tab}`, "?paused", async (page) => {
    await busy(page);
    await showTab(page, tab);
    const seen = await walk(page);
    assert.ok(seen.length > 0);
    assert.deepEqual(seen.filter((found) => !found.visible).map((found) => found.name), []);
  });
}

pageTest("a dialog has the focus, keeps it, and gives it back", "?paused", async (page) => {
  for (const name of ["Faults ▾", "Share", "Help and keys"]) {
    const button = page.getByRole("button", { name, exact: true });
    await button.focus();
    await page.keyboard.press("Enter");
    await dialog(page).waitFor();
    const inside = () =>
      page.evaluate(() => {
        const root = document.querySelector("#playground").shadowRoot;
        return Boolean(root.querySelector("[role=dialog]")?.contains(root.activeElement));
      });
    await poll("the focus is inside", inside);
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press("Tab");
      assert.ok(await inside(), `${name}: Tab ${presses + 1} leaves`);
      const found = await focus(page);
      assert.ok(found.visible, `${name}: ${found.name}`);
    }
    for (let presses = 0; presses < 5; presses += 1) {
      await page.keyboard.press("Shift+Tab");
      assert.ok(await inside(), `${name}: Shift+Tab leaves`);
    }
    await page.keyboard.press("Escape");
    await poll("closed", () => dialog(page).count(), (count) => count === 0);
    assert.equal(await button.evaluate((b) => b.getRootNode().activeElement === b), true, name);
  }
});

pageTest("tabs are chosen by arrow keys", "?paused", async (page) => {
  await page.getByRole("tab", { name: "Inspect" }).focus();
  for (const name of ["Console", "Storage", "Events", "Futures", "Rules", "Learn", "Inspect"]) {
    await page.keyboard.press("ArrowRight");
    await poll(name, () => page.getByRole("tab", { name }).getAttribute("aria-selected"), (on) => on === "true");
    const found = await focus(page);
    assert.ok(found.tab && found.name.includes(name), found.name);
  }
  await page.keyboard.press("ArrowLeft");
  assert.match((await focus(page)).name, /Learn/);
});

pageTest("on a narrow page arrow keys choose tabs as well, and never close the sheet", "?paused", async (page) => {
  await page.getByRole("tab", { name: "Inspect" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("tabpanel").waitFor();
  for (const name of ["Console", "Storage", "Events", "Rules"]) {
    await page.keyboard.press("ArrowRight");
    assert.ok(await page.getByRole("tabpanel").isVisible(), name);
  }
  await page.keyboard.press("Escape");
  await poll("the sheet is closed", () => page.getByRole("tabpanel").isVisible(), (shown) => !shown);
}, PHONE);

pageTest("a checkbox is ticked by Space, and Space does not play", "?paused", async (page) => {
  await page.getByRole("button", { name: /^Faults/ }).click();
  const tick = page.getByRole("checkbox", { name: "n2", exact: true });
  await tick.focus();
  await page.keyboard.press("Space");
  assert.equal(await tick.isChecked(), true);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
});

pageTest("log entries can be reached and chosen without a pointer", "?paused", async (page) => {
  await busy(page);
  await page.getByRole("region", { name: "Logs" }).focus();
  let chosen = false;
  for (const key of ["Tab", "Tab", "Tab", "Tab", "ArrowRight", "ArrowRight", "ArrowDown", "Enter"]) {
    await page.keyboard.press(key);
    chosen ||= await page.evaluate(() =>
      Boolean(document.querySelector("#playground").shadowRoot.activeElement?.matches(".cell, .cell *")));
  }
  assert.ok(chosen, "no key leads to an entry");
});

pageTest("what is said is also said to a screen reader: one live region, a sentence at a time", "?paused", async (page) => {
  const said = page.getByRole("status").first();
  const before = await said.textContent();
  await playUntil(page, "a leader", hasLeader(page));
  const after = await said.textContent();
  assert.notEqual(after, before);
  assert.ok(after.length < 200, after);
});
