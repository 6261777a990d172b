// Partitions, links, servers, messages and timers, by pointer and by keyboard.
import assert from "node:assert/strict";
import {
  closeDialog, dialog, drag, hasLeader, inBrowser, inspected, lassoAround, leader, leaderId,
  link, linkState, menu, middle, notice, now, pageTest, pause, picture, playUntil, poll,
  runText, selectNothing, server, speed, type, wall,
} from "./page.mjs";

inBrowser();

const others = (id) => [1, 2, 3, 4, 5].filter((other) => other !== id);
const ends = (a, b) => (a < b ? [a, b] : [b, a]);

async function assertCutOff(page, id) {
  for (const other of others(id)) assert.equal(await linkState(page, ...ends(id, other)), "cut", `${id} to ${other}`);
  const [a, b, ...rest] = others(id);
  for (const [from, to] of [[a, b], [a, rest[0]], [b, rest[1]]]) {
    assert.equal(await linkState(page, ...ends(from, to)), "open", `${from} to ${to}`);
  }
}

async function assertHealed(page) {
  await poll("no wall", () => wall(page).count(), (count) => count === 0);
  const { links } = await picture(page);
  assert.equal(links.length, 10);
  assert.deepEqual(links.filter((label) => !label.endsWith(", open")), []);
}

async function withLeader(page) {
  await playUntil(page, "a leader", hasLeader(page));
  return leaderId(page);
}

pageTest("a line drawn around a server splits the network; a click on the wall heals it", "?paused", async (page) => {
  await drag(page, await lassoAround(page, server(page, 3)));
  await wall(page).waitFor();
  await assertCutOff(page, 3);
  assert.match(await runText(page), /partition n3 \| n1 n2 n4 n5/);
  const box = await server(page, 3).locator(".body").boundingBox();
  // Below the server: the wall passes there, and no link does.
  const wallBox = await page.locator("path.wall").boundingBox();
  await page.mouse.click(box.x + box.width / 2, wallBox.y + wallBox.height - 1);
  await assertHealed(page);
});

pageTest("a line around two servers keeps them together", "?paused", async (page) => {
  const [a, b] = [await server(page, 3).locator(".body").boundingBox(), await server(page, 4).locator(".body").boundingBox()];
  const [left, right] = [Math.min(a.x, b.x) - 30, Math.max(a.x + a.width, b.x + b.width) + 30];
  const [top, bottom] = [Math.min(a.y, b.y) - 25, Math.max(a.y + a.height, b.y + b.height) + 25];
  await drag(page, [{ x: left, y: top }, { x: right, y: top }, { x: right, y: bottom }, { x: left, y: bottom }]);
  await wall(page).waitFor();
  assert.equal(await linkState(page, 3, 4), "open");
  assert.equal(await linkState(page, 1, 3), "cut");
  assert.equal(await linkState(page, 1, 2), "open");
});

pageTest("a line around nobody, and one around everybody, change nothing", "?paused", async (page) => {
  const before = await runText(page);
  const stage = await page.locator(".stage > svg").boundingBox();
  const c = { x: stage.x + stage.width / 2, y: stage.y + stage.height / 2 };
  await drag(page, [[-20, -20], [20, -20], [20, 20], [-20, 20]].map(([x, y]) => ({ x: c.x + x, y: c.y + y })));
  await drag(page, [
    { x: stage.x + 3, y: stage.y + stage.height - 3 }, { x: stage.x + stage.width - 3, y: stage.y + stage.height - 3 },
    { x: stage.x + stage.width - 3, y: stage.y + 3 }, { x: stage.x + 3, y: stage.y + 3 },
  ]);
  assert.equal(await runText(page), before);
  assert.equal(await wall(page).count(), 0);
});

pageTest("Escape, and leaving with the button up, end a drawn line without a partition", "?paused", async (page) => {
  const line = await lassoAround(page, server(page, 3));
  await page.mouse.move(line[0].x, line[0].y);
  await page.mouse.down();
  for (const point of line.slice(1)) await page.mouse.move(point.x, point.y, { steps: 3 });
  await page.locator(".lasso").waitFor();
  await page.keyboard.press("Escape");
  await poll("the line is gone", () => page.locator(".lasso").count(), (count) => count === 0);
  await page.mouse.up();
  assert.equal(await wall(page).count(), 0);
  // Let go outside of the stage, and come back.
  await page.mouse.move(line[0].x, line[0].y);
  await page.mouse.down();
  await page.mouse.move(line[1].x, line[1].y, { steps: 3 });
  await page.mouse.move(640, 20, { steps: 3 });
  await page.mouse.up();
  await page.mouse.move(line[2].x, line[2].y, { steps: 3 });
  await poll("the line is gone", () => page.locator(".lasso").count(), (count) => count === 0);
});

pageTest("while the run plays, a line around the leader cuts it off", "", async (page) => {
  await speed(page, "1/10×");
  const id = await leaderId(page);
  await drag(page, await lassoAround(page, server(page, id)));
  await wall(page).waitFor();
  await assertCutOff(page, id);
});

pageTest("by keyboard alone: split in the Faults dialog, heal with h", "?paused", async (page) => {
  await page.locator(".pg").focus();
  const reach = async (what, locator) => {
    for (let presses = 0; presses < 80; presses += 1) {
      if (await locator.evaluate((element) => element.getRootNode().activeElement === element)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`Tab does not reach ${what}`);
  };
  await reach("Faults", page.getByRole("button", { name: /^Faults/ }));
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  for (const name of ["n1", "n4"]) {
    await reach(name, page.getByRole("checkbox", { name, exact: true }));
    await page.keyboard.press("Space");
  }
  await reach("Split", page.getByRole("button", { name: "Split", exact: true }));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await poll("the dialog is gone", () => dialog(page).count(), (count) => count === 0);
  await wall(page).waitFor();
  assert.equal(await linkState(page, 1, 4), "open");
  assert.equal(await linkState(page, 1, 2), "cut");
  assert.equal(await linkState(page, 4, 5), "cut");
  await page.keyboard.press("h");
  await assertHealed(page);
});

pageTest("the wall is a button: Enter and Space on it heal", "?paused", async (page) => {
  for (const key of ["Enter", "Space"]) {
    await type(page, "partition n1 | rest");
    await wall(page).waitFor();
    await wall(page).focus();
    await page.keyboard.press(key);
    await assertHealed(page);
  }
});

pageTest("with 1 and with 31 servers the page works", "?paused", async (page) => {
  await page.locator("button.scenario").click();
  await page.getByRole("button", { name: "Edit as text" }).click();
  for (const nodes of [1, 31]) {
    const area = page.getByRole("textbox", { name: "Scenario text" });
    await area.fill(`nodes ${nodes}\nseed 2\nrun until leader\n`);
    await page.getByRole("button", { name: "Run it" }).click();
    await poll("they are there", () => page.locator("[data-server]").count(), (count) => count === nodes);
    await playUntil(page, "a leader", hasLeader(page));
    await page.locator("button.scenario").click();
    await page.getByRole("button", { name: "Edit as text" }).click();
  }
  await closeDialog(page);
});

// ---- links and menus ----

pageTest("a drag from server to server cuts their link, and another mends it", "?paused", async (page) => {
  const points = async () => [await middle(server(page, 2).locator(".body")), await middle(server(page, 5).locator(".body"))];
  await drag(page, await points());
  await poll("cut", () => linkState(page, 2, 5), (state) => state === "cut");
  assert.equal(await linkState(page, 2, 4), "open");
  await drag(page, (await points()).reverse());
  await poll("mended", () => linkState(page, 2, 5), (state) => state === "open");
});

pageTest("a click selects; a drag to nowhere does nothing", "?paused", async (page) => {
  const before = await runText(page);
  await server(page, 2).click();
  await poll("n2 is inspected", () => page.locator(".insp h2").first().textContent(), (title) => title.startsWith("n2 · "));
  const from = await middle(server(page, 2).locator(".body"));
  await drag(page, [from, { x: from.x - 60, y: from.y + 40 }]);
  assert.equal(await runText(page), before);
});

const MENU_WAYS = {
  "right click": (page) => server(page, 2).click({ button: "right" }),
  Enter: async (page) => {
    await server(page, 2).focus();
    await page.keyboard.press("Enter");
  },
  "the Menu key": async (page) => {
    await server(page, 2).focus();
    await page.keyboard.press("ContextMenu");
  },
};

for (const [way, openMenu] of Object.entries(MENU_WAYS)) {
  pageTest(`${way} opens a server’s actions; arrows move, Escape gives the focus back`, "?paused", async (page) => {
    await server(page, 2).focus();
    await openMenu(page);
    await menu(page).waitFor();
    const items = menu(page).getByRole("menuitem");
    const labels = await items.allTextContents();
    for (const label of ["Crash", "Pause", "Time out now", "Wipe disk"]) assert.ok(labels.includes(label), `${labels}`);
    const focused = () =>
      page.evaluate(() => document.querySelector("#playground").shadowRoot.activeElement?.textContent.trim());
    await poll("the first action has the focus", focused, (text) => text === labels[0]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(), labels[2]);
    await page.keyboard.press("ArrowUp");
    assert.equal(await focused(), labels[1]);
    await page.keyboard.press("Escape");
    await poll("the menu is gone", () => menu(page).count(), (count) => count === 0);
    await poll("n2 has the focus", () =>
      page.evaluate(() => document.querySelector("#playground").shadowRoot.activeElement?.getAttribute("data-server")),
      (id) => id === "2");
  });
}

pageTest("Home, End and wrapping work in the menu", "?paused", async (page) => {
  await server(page, 2).focus();
  await page.keyboard.press("Enter");
  await menu(page).waitFor();
  const labels = await menu(page).getByRole("menuitem").allTextContents();
  const focused = () =>
    page.evaluate(() => document.querySelector("#playground").shadowRoot.activeElement?.textContent.trim());
  await page.keyboard.press("End");
  assert.equal(await focused(), labels.at(-1));
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), labels[0]);
  await page.keyboard.press("ArrowUp");
  assert.equal(await focused(), labels.at(-1));
  await page.keyboard.press("Home");
  assert.equal(await focused(), labels[0]);
});

pageTest("a menu stays inside the stage and closes on a click elsewhere", "?paused", async (page) => {
  for (const id of [1, 2, 3, 4, 5]) {
    await server(page, id).click({ button: "right" });
    const [box, stage] = [await menu(page).boundingBox(), await page.locator(".stage").boundingBox()];
    assert.ok(box.x >= stage.x && box.y >= stage.y, `n${id}`);
    assert.ok(box.x + box.width <= stage.x + stage.width + 1, `n${id}`);
    assert.ok(box.y + box.height <= stage.y + stage.height + 1, `n${id}`);
    await page.mouse.click(stage.x + 8, stage.y + stage.height - 8);
    await poll("the menu is gone", () => menu(page).count(), (count) => count === 0);
  }
});

pageTest("a link’s menu cuts one direction, holds and releases; what would change nothing is greyed", "?paused", async (page) => {
  const choose = async (name) => {
    await link(page, 1, 3).focus();
    await page.keyboard.press("Enter");
    await menu(page).getByRole("menuitem", { name, exact: true }).click();
    await poll("the menu is gone", () => menu(page).count(), (count) => count === 0);
  };
  const greyed = async () => {
    await link(page, 1, 3).focus();
    await page.keyboard.press("Enter");
    await menu(page).waitFor();
    const names = await menu(page).locator("[aria-disabled=true]").allTextContents();
    await page.keyboard.press("Escape");
    return names.map((name) => name.trim());
  };
  assert.deepEqual(await greyed(), [
    "Mend",
    "Release n1 → n3",
    "Release n3 → n1",
    "Release all",
  ]);
  await choose("Cut n1 → n3");
  assert.equal(await linkState(page, 1, 3), "cut in one direction");
  assert.ok((await greyed()).includes("Cut n1 → n3"));
  await choose("Mend");
  assert.equal(await linkState(page, 1, 3), "open");
  await choose("Hold n3 → n1");
  assert.equal(await linkState(page, 1, 3), "held");
  await choose("Release n3 → n1");
  assert.equal(await linkState(page, 1, 3), "open");
  // A greyed action stays, says why or nothing, and does nothing.
  const before = await runText(page);
  await link(page, 1, 3).focus();
  await page.keyboard.press("Enter");
  await menu(page).getByRole("menuitem", { name: "Mend" }).click({ force: true });
  await page.keyboard.press("Escape");
  assert.equal(await runText(page), before);
});

pageTest("crash, restart, pause, resume, wipe and time out from the menu", "?paused", async (page) => {
  const id = await withLeader(page);
  const other = others(id)[1];
  const act = async (target, name) => {
    await server(page, target).focus();
    await page.keyboard.press("Enter");
    await menu(page).getByRole("menuitem", { name, exact: true }).click();
    await poll("the menu is gone", () => menu(page).count(), (count) => count === 0);
    assert.equal(await notice(page).count(), 0);
  };
  const label = (target) => server(page, target).getAttribute("aria-label");
  await act(id, "Crash");
  assert.match(await label(id), /, crashed$/);
  await act(id, "Restart");
  assert.match(await label(id), /, follower of term \d+$/);
  await act(other, "Pause");
  assert.match(await label(other), /, paused, \d+ messages? wait/);
  await act(other, "Resume");
  assert.match(await label(other), /, follower of term \d+$/);
  const term = Number((await label(other)).match(/term (\d+)/)[1]);
  await act(other, "Time out now");
  assert.equal(await label(other), `n${other}, candidate of term ${term + 1}`);
  await act(id, "Wipe disk");
  assert.match(await label(id), /, crashed$/);
  await act(id, "Restart");
  assert.match(await label(id), /, follower of term 0$/);
  const said = await runText(page);
  for (const line of [`crash n${id}`, `restart n${id}`, `pause n${other}`, `resume n${other}`, `timeout n${other}`, `wipe n${id}`]) {
    assert.ok(said.includes(line), `${line} is not in the run`);
  }
});

pageTest("the same by keys: a number selects, x p o act", "?paused", async (page) => {
  await withLeader(page);
  await page.locator(".pg").focus();
  const label = () => server(page, 4).getAttribute("aria-label");
  await page.keyboard.press("4");
  for (const [key, shown] of [["x", /crashed/], ["x", /follower/], ["p", /paused/], ["p", /follower|leader/], ["o", /candidate/]]) {
    await page.keyboard.press(key);
    await poll(`after ${key}`, label, (text) => shown.test(text));
  }
  await page.keyboard.press("0");
  await page.keyboard.press("x");
  assert.match(await notice(page).textContent(), /select a server/i);
});

pageTest("a long press on a touch screen opens the actions", "?paused", async (page, { context }) => {
  const at = await middle(server(page, 2).locator(".body"));
  const session = await context.newCDPSession(page);
  await session.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [at] });
  await menu(page).waitFor({ timeout: 3_000 });
  await session.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  assert.equal(await menu(page).count(), 1, "it stays open when the finger is lifted");
  await menu(page).getByRole("menuitem", { name: "Crash" }).tap();
  await poll("n2 is down", () => server(page, 2).getAttribute("aria-label"), (l) => /crashed/.test(l));
  assert.equal(await page.locator(".lasso, .drag").count(), 0);
}, { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

pageTest("a finger draws a partition without scrolling the page", "?paused", async (page, { context }) => {
  const line = await lassoAround(page, server(page, 3));
  const session = await context.newCDPSession(page);
  const send = (kind, points) => session.send("Input.dispatchTouchEvent", { type: kind, touchPoints: points });
  await send("touchStart", [line[0]]);
  for (let leg = 1; leg < line.length; leg += 1) {
    for (let part = 1; part <= 6; part += 1) {
      const mix = (axis) => line[leg - 1][axis] + ((line[leg][axis] - line[leg - 1][axis]) * part) / 6;
      await send("touchMove", [{ x: mix("x"), y: mix("y") }]);
    }
  }
  await send("touchEnd", []);
  await wall(page).waitFor();
  await assertCutOff(page, 3);
  assert.deepEqual(await page.evaluate(() => [scrollX, scrollY]), [0, 0]);
}, { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

// ---- messages and timers ----

async function pausedWithMessages(page) {
  await playUntil(page, "messages in flight", async () => (await page.locator("[data-message]").count()) > 1, { at: "1/20×" });
  await selectNothing(page);
  const lines = page.locator(".insp .lines button.line");
  assert.ok((await lines.count()) > 1, "they are listed");
  return lines;
}

const flying = async (page) => (await picture(page)).messages.map(([id]) => id);

pageTest("a message in the list can be selected and dropped", "?paused", async (page) => {
  const lines = await pausedWithMessages(page);
  const before = await flying(page);
  await lines.first().click();
  const selected = await page.locator("[data-message].selected").getAttribute("data-message");
  await page.locator(".insp").getByRole("button", { name: "Drop" }).click();
  await poll("it is gone", () => flying(page), (ids) => !ids.includes(selected));
  assert.deepEqual(await flying(page), before.filter((id) => id !== selected));
  assert.match(await runText(page), /drop (vote|append|heartbeat)/);
});

pageTest("a message can be duplicated and delivered at once", "?paused", async (page) => {
  const lines = await pausedWithMessages(page);
  const before = await flying(page);
  await lines.nth(1).click();
  const selected = await page.locator("[data-message].selected").getAttribute("data-message");
  await page.locator(".insp").getByRole("button", { name: "Duplicate" }).click();
  await poll("there is one more", () => flying(page), (ids) => ids.length === before.length + 1);
  const time = await now(page);
  await page.locator(".insp").getByRole("button", { name: "Deliver now" }).click();
  await poll("it has arrived", () => flying(page), (ids) => !ids.includes(selected));
  assert.equal(await now(page), time, "at this very moment");
});

pageTest("a message on the stage can be clicked and has a menu", "?paused", async (page) => {
  await pausedWithMessages(page);
  const message = page.locator("[data-message]").first();
  const id = await message.getAttribute("data-message");
  assert.notEqual(await message.getAttribute("aria-label"), "A message");
  await message.focus();
  await page.keyboard.press("Enter");
  await menu(page).getByRole("menuitem", { name: "Drop" }).click();
  await poll("it is gone", () => flying(page), (ids) => !ids.includes(id));
});

const timesOut = async (page) => Number((await inspected(page, "Times out")).match(/at ([\d.]+) s/)[1]);

pageTest("the slider in Inspect moves the deadline", "?paused", async (page) => {
  const id = await withLeader(page);
  await server(page, others(id)[0]).click();
  const slider = page.getByRole("slider", { name: /timer/i });
  await slider.fill("120");
  const at = (await now(page)) / 1e6;
  await poll("120 ms from here", () => timesOut(page), (deadline) => Math.abs(deadline - at - 0.12) < 0.002);
  assert.match(await runText(page), /120ms/);
});

pageTest("the knob at the end of the arc drags the deadline", "?paused", async (page) => {
  const id = await withLeader(page);
  const other = others(id)[0];
  await server(page, other).click();
  const before = await timesOut(page);
  const center = await middle(server(page, other).locator(".body"));
  const knob = await middle(page.locator("[data-timer]"));
  const radius = Math.hypot(knob.x - center.x, knob.y - center.y);
  // To the bottom of the circle: half of the range is left.
  await drag(page, [knob, { x: center.x + radius, y: center.y }, { x: center.x + 1, y: center.y + radius }]);
  const after = await poll("another deadline", () => timesOut(page), (deadline) => deadline !== before);
  const left = after - (await now(page)) / 1e6;
  assert.ok(left > 0.06 && left < 0.16, `about half of the time is left, found ${left} s`);
  assert.equal(await wall(page).count(), 0);
});

pageTest("a wiped voter, a crash of all: the page goes on", "", async (page) => {
  await speed(page, "1×");
  for (const line of ["crash all", "restart all", "wipe n1", "restart n1", "pause all", "resume all"]) await type(page, line);
  await poll("somebody leads again", () => leader(page).count(), Boolean, { within: 20_000 });
});
