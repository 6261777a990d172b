// Room for what somebody looks at: the panel's edge, the sheet's and the terminal's; what is told
// beside all of it; and colours that the system forces.
import assert from "node:assert/strict";
import {
  drag, hasLeader, inBrowser, leaderId, menu, middle, notice, now, open, pageTest, pause, play,
  playUntil, poll, runThis, server, showTab, test, type,
} from "./page.mjs";

inBrowser();

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const LOW = { viewport: { width: 1280, height: 720 } };

const edge = (page, name) => page.getByRole("separator", { name });
const panel = (page) => page.locator("aside").boundingBox();
const value = async (page, name) => Number(await edge(page, name).getAttribute("aria-valuenow"));

pageTest("the panel’s edge is dragged, moved by keys and put back", "?paused", async (page) => {
  const width = edge(page, "Width of the panel");
  assert.equal((await panel(page)).width, 400);
  const from = await middle(width);
  await drag(page, [from, { x: from.x - 150, y: from.y + 30 }]);
  await poll("550 px", async () => (await panel(page)).width, (w) => Math.abs(w - 550) <= 6);
  assert.ok(Math.abs((await value(page, "Width of the panel")) - 550) <= 6);
  await width.focus();
  const before = (await panel(page)).width;
  await page.keyboard.press("ArrowLeft");
  await poll("wider", async () => (await panel(page)).width, (w) => w === before + 20);
  await page.keyboard.press("ArrowRight");
  await poll("as before", async () => (await panel(page)).width, (w) => w === before);
  const time = await now(page);
  await page.keyboard.press("End");
  await poll("as wide as the page lets it be", async () => (await panel(page)).width, (w) => w === 1280 - 320);
  await page.keyboard.press("Home");
  await poll("as narrow as it gets", async () => (await panel(page)).width, (w) => w === 300);
  assert.equal(await now(page), time, "its keys do not step the run");
  await width.dblclick();
  await poll("as usual", async () => (await panel(page)).width, (w) => w === 400);
});

test("what was chosen is kept for the next visit", { timeout: 60_000 }, async () => {
  const { page, context } = await open("?paused");
  await edge(page, "Width of the panel").focus();
  for (let n = 0; n < 5; n += 1) await page.keyboard.press("ArrowLeft");
  await poll("wider", async () => (await panel(page)).width, (w) => w === 500);
  const again = await context.newPage();
  await again.goto(page.url());
  await again.locator("[data-server]").first().waitFor({ state: "attached" });
  await poll("as it was left", async () => (await panel(again)).width, (w) => w === 500);
  await edge(again, "Width of the panel").press("Enter");
  await poll("as usual", async () => (await panel(again)).width, (w) => w === 400);
  await context.close();
});

pageTest("the terminal’s edge gives the console its height", "?paused", async (page) => {
  await showTab(page, "Console");
  const height = async () => (await page.locator(".term").boundingBox()).height;
  const usual = await height();
  const from = await middle(edge(page, "Height of the console"));
  await drag(page, [from, { x: from.x, y: from.y - 120 }]);
  await poll("taller", height, (tall) => Math.abs(tall - usual - 120) < 12);
  await edge(page, "Height of the console").press("Enter");
  await poll("as usual", height, (tall) => Math.abs(tall - usual) < 2);
});

pageTest("`endpoint status -w table` is readable whole at 1280×720", "?paused", async (page) => {
  await runThis(page, "nodes 5\nseed 5\n");
  await playUntil(page, "a leader", hasLeader(page));
  const line = "endpoint status -w table";
  await type(page, line);
  const output = page.locator(".term pre").last();
  await output.waitFor();
  const whole = () => output.evaluate((pre) => pre.scrollWidth <= pre.clientWidth);
  await poll("nothing is cut off", whole);
  const box = await output.boundingBox();
  assert.ok(box.x + box.width <= 1280);
  const size = await output.evaluate((pre) => parseFloat(getComputedStyle(pre).fontSize));
  assert.ok(size >= 9.5, `${size} px`);
  const [head] = (await output.textContent()).split("\n").filter((text) => text.includes("ENDPOINT"));
  for (const column of ["ENDPOINT", "ID", "VERSION", "DB SIZE", "IS LEADER", "IS LEARNER", "RAFT TERM", "RAFT INDEX", "RAFT APPLIED INDEX", "ERRORS"]) {
    assert.ok(head.includes(` ${column} `), head);
  }
  assert.ok((await page.locator(".stage").boundingBox()).width >= 320, "the stage keeps its room");
  await page.getByRole("button", { name: "Make the panel as wide as usual" }).click();
  await poll("as usual", async () => (await panel(page)).width, (width) => width === 400);
  // Whoever has chosen a width keeps it.
  await type(page, line);
  assert.equal((await panel(page)).width, 400);
  assert.equal(await whole(), false, "it is wider than the panel usually is");
  await page.getByRole("button", { name: `Widen the panel for the output of ${line}` }).last().click();
  await poll("nothing is cut off", whole);
}, LOW);

pageTest("on a phone the sheet has a handle, and the input stands above the keyboard", "?paused", async (page) => {
  await showTab(page, "Console");
  const sheet = () => panel(page);
  const usual = (await sheet()).height;
  const from = await middle(edge(page, "Height of the panel"));
  await drag(page, [from, { x: from.x, y: from.y - 150 }]);
  await poll("taller", async () => (await sheet()).height, (height) => Math.abs(height - usual - 150) < 14);
  const input = page.getByRole("textbox", { name: "Command" });
  const bottom = async () => {
    const box = await input.boundingBox();
    return box.y + box.height;
  };
  assert.ok(844 - (await bottom()) < 24, "it is where the thumb is");
  await input.focus();
  // A keyboard on the screen covers the page, which is not told otherwise.
  await page.evaluate(() => {
    Object.defineProperty(window.visualViewport, "height", { value: innerHeight - 336, configurable: true });
    window.visualViewport.dispatchEvent(new Event("resize"));
  });
  await poll("above the keyboard", bottom, (y) => y <= 844 - 336 && y > 844 - 336 - 40);
  const output = await page.getByRole("log", { name: "Console" }).boundingBox();
  assert.ok(output.height > 150 && output.y + output.height <= (await input.boundingBox()).y + 1, "its output is above it");
  assert.ok((await sheet()).y >= 0);
  await page.evaluate(() => {
    delete window.visualViewport.height;
    window.visualViewport.dispatchEvent(new Event("resize"));
  });
  await poll("down again", bottom, (y) => 844 - y < 24);
}, PHONE);

pageTest("a command of etcdctl that waits is asked why", "?paused", async (page) => {
  await runThis(page, "nodes 3\nseed 5\n");
  await playUntil(page, "a leader", hasLeader(page));
  const id = await leaderId(page);
  await type(page, `partition n${id} | rest`);
  await type(page, `--endpoints=n${id} put a 1`);
  const why = page.getByRole("button", { name: `Why? Why --endpoints=n${id} put a 1 has no answer yet` });
  assert.equal(await why.getAttribute("aria-expanded"), "false");
  await why.click();
  const answer = page.locator(".term .why");
  await poll("the true answer", () => answer.textContent(), (text) => text.includes(`Nothing passes from n${id}`));
  assert.match(await answer.textContent(), /etcdctl gives up in/);
  // It follows the run: mended, the entry is committed and the command is done.
  await type(page, "heal");
  await playUntil(page, "its answer", async () => (await why.count()) === 0, { at: "1×" });
  assert.equal(await answer.count(), 0);
});

pageTest("a command of etcdctl that failed is asked why, and told how it stood then", "?paused", async (page) => {
  await runThis(page, "nodes 3\nseed 5\n");
  await playUntil(page, "a leader", hasLeader(page));
  const id = await leaderId(page);
  await type(page, `partition n${id} | rest`);
  await type(page, `--endpoints=n${id} put a 1`);
  const why = page.getByRole("button", { name: `Why? Why --endpoints=n${id} put a 1 failed` });
  await playUntil(page, "it has given up", async () => (await why.count()) > 0, { at: "10×" });
  await type(page, "heal");
  await why.click();
  const answer = page.locator(".term .why");
  await poll("the true answer", () => answer.textContent(), (text) => text.includes("and not committed"));
  assert.match(await answer.textContent(), /So it stood at \d+\.\d+ s, right before that/);
});

pageTest("what is told covers neither servers nor controls, and goes by itself", "?paused", async (page) => {
  await page.clock.install();
  const tell = async () => {
    await page.locator(".pg").focus();
    await page.keyboard.press("f");
    await notice(page).waitFor();
  };
  await tell();
  const box = await notice(page).boundingBox();
  const overlaps = await page.evaluate(({ x, y, width, height }) => {
    const root = document.querySelector("#playground").shadowRoot;
    const others = [...root.querySelectorAll("[data-server] .body, .say, header button, .logs, .time, aside")];
    return others.filter((element) => {
      const other = element.getBoundingClientRect();
      return other.width > 0 && other.left < x + width && other.right > x && other.top < y + height && other.bottom > y;
    }).map((element) => element.getAttribute("class") ?? element.tagName);
  }, box);
  assert.deepEqual(overlaps, []);
  assert.equal(await notice(page).getAttribute("role"), "alert");
  // While it is pointed at it stays.
  await notice(page).hover();
  await page.clock.runFor(60_000);
  assert.equal(await notice(page).count(), 1);
  await page.mouse.move(5, 300);
  await page.clock.runFor(60_000);
  await poll("it has gone", () => notice(page).count(), (count) => count === 0);
  // With the focus it stays too.
  await tell();
  await notice(page).getByRole("button", { name: "Dismiss" }).focus();
  await page.clock.runFor(60_000);
  assert.equal(await notice(page).count(), 1);
  await page.keyboard.press("Enter");
  await poll("dismissed", () => notice(page).count(), (count) => count === 0);
});

pageTest("forced colours: states, focus and marks are seen without the page’s own colours", "?paused", async (page) => {
  await runThis(page, "nodes 5\nseed 5\n");
  await playUntil(page, "a leader", hasLeader(page));
  const id = await leaderId(page);
  const [down, paused] = [1, 2, 3, 4, 5].filter((other) => other !== id);
  await type(page, `crash n${down}`);
  await type(page, `pause n${paused}`);
  await page.emulateMedia({ forcedColors: "active" });
  const looks = await page.evaluate(([leader, down, paused]) => {
    const root = document.querySelector("#playground").shadowRoot;
    const style = (selector) => getComputedStyle(root.querySelector(selector));
    const probe = (color) => {
      const element = document.createElement("i");
      element.style.color = color;
      root.querySelector(".pg").append(element);
      const found = getComputedStyle(element).color;
      element.remove();
      return found;
    };
    const body = (id) => style(`[data-server="${id}"] .body`);
    return {
      text: probe("CanvasText"), ground: probe("Canvas"),
      leader: body(leader).stroke, width: body(leader).strokeWidth, crosses: root.querySelectorAll(`[data-server="${down}"] .cross`).length,
      mark: style(".mark.elected path").fill, rail: style(".rail .done").stroke,
      crowns: root.querySelectorAll(".crown").length,
      dots: [...root.querySelectorAll(".logs .dot")].map((dot) => getComputedStyle(dot).backgroundColor),
      grip: getComputedStyle(root.querySelector(".splitter.side"), "::after").backgroundColor,
      paused: root.querySelectorAll(`[data-server="${paused}"] .bars`).length,
    };
  }, [id, down, paused]);
  // The same colour is written in several ways.
  const plain = (color) => color.match(/[\d.]+/g).slice(0, 3).map(Number).join();
  for (const part of ["leader", "mark", "rail"]) assert.equal(plain(looks[part]), plain(looks.text), part);
  assert.notEqual(plain(looks.grip), plain(looks.ground));
  assert.equal(looks.crowns, 1);
  assert.ok(parseFloat(looks.width) > 3 && looks.crosses > 0 && looks.paused > 0, JSON.stringify(looks));
  assert.ok(looks.dots.some((color) => plain(color) !== plain(looks.ground)), looks.dots.join());
  await server(page, id).focus();
  const ring = await server(page, id).locator(".ring").evaluate((element) => {
    const { stroke, strokeWidth } = getComputedStyle(element);
    return { stroke, strokeWidth: parseFloat(strokeWidth) };
  });
  assert.ok(ring.stroke !== "none" && ring.strokeWidth >= 3);
});

pageTest("a server has settings of its own, a link too, and one writes there", "?paused", async (page) => {
  await runThis(page, "nodes 3\nseed 5\n");
  await playUntil(page, "a leader", hasLeader(page));
  const choose = async (target, name) => {
    await target.focus();
    await page.keyboard.press("Enter");
    await menu(page).getByRole("menuitem", { name, exact: true }).click();
  };
  await choose(server(page, 2), "Settings…");
  const own = page.getByRole("dialog", { name: "Settings of n2" });
  const field = (label) => own.getByRole("textbox", { name: label });
  await field("A write takes").fill("soon");
  await field("A write takes").press("Enter");
  await own.getByRole("alert").waitFor();
  await field("A write takes").fill("50ms..60ms");
  await field("A write takes").press("Enter");
  await field("Clock: how fast it runs").fill("120%");
  await field("Clock: how fast it runs").press("Enter");
  await own.getByRole("button", { name: "As usual: A write takes" }).waitFor();
  await page.keyboard.press("Escape");
  await showTab(page, "Inspect");
  await server(page, 2).click();
  const rows = page.locator(".insp dl").first();
  await poll("they hold", () => rows.textContent(), (text) => text.includes("fsync 50ms..60ms") && text.includes("120 %"));
  await choose(server(page, 2), "Settings…");
  await own.getByRole("button", { name: "As usual: A write takes" }).click();
  await poll("the cluster’s again", () => own.getByRole("button", { name: "As usual: A write takes" }).count(), (n) => n === 0);
  await page.keyboard.press("Escape");
  await choose(page.locator('[data-link="1,2"]'), "Settings…");
  const between = page.getByRole("dialog", { name: "Settings of n1 – n2" });
  await between.getByRole("textbox", { name: "Lost messages" }).first().fill("30%");
  await between.getByRole("textbox", { name: "Lost messages" }).first().press("Enter");
  await between.getByRole("button", { name: "As usual: Lost messages" }).waitFor();
  await page.keyboard.press("Escape");
  await choose(server(page, 3), "Write here");
  await showTab(page, "Console");
  await poll("the request", () => page.locator(".requests").textContent(), (text) => /put x \d+ via n3/.test(text));
});

pageTest("events are filtered, and what is left out is said", "?paused", async (page) => {
  await runThis(page, "nodes 3\nseed 5\n");
  await playUntil(page, "a leader", hasLeader(page));
  await speedOn(page);
  await showTab(page, "Events");
  const list = page.locator(".events ol");
  const said = async () => (await page.locator(".events [role=status]").textContent()).match(/\d[\d,]*/g).map((n) => Number(n.replace(",", "")));
  assert.doesNotMatch(await list.textContent(), /heartbeat/i);
  const [wanted, all] = await said();
  assert.ok(wanted < all, `${wanted} of ${all}`);
  await page.getByRole("checkbox", { name: "Heartbeats" }).check();
  await poll("heartbeats", () => list.textContent(), (text) => /heartbeat/i.test(text));
  assert.ok((await said())[0] > wanted);
  await page.getByRole("checkbox", { name: "Heartbeats" }).uncheck();
  await page.getByRole("combobox", { name: "Kind" }).selectOption({ label: "Elections" });
  await poll("elections alone", () => list.textContent(), (text) => /leader of term/.test(text) && !/reaches/.test(text));
  const elections = (await said())[0];
  await page.getByRole("combobox", { name: "Server" }).selectOption({ label: "n2" });
  await poll("fewer", async () => (await said())[0], (count) => count < elections && count > 0);
  for (const text of await list.locator("li").allTextContents()) assert.match(text, /n2/);
});

async function speedOn(page) {
  await play(page);
  await page.waitForTimeout(600);
  await pause(page);
}

pageTest("the safety badge opens what is broken, when and where; a rule’s example stops there", "?paused", async (page) => {
  await page.locator("button.safe").click();
  const dialog = page.getByRole("dialog", { name: "What must always be true" });
  await poll("all of them hold", () => dialog.locator("li.holds").count(), (count) => count === 10);
  await page.keyboard.press("Escape");
  await showTab(page, "Rules");
  await page.getByRole("button", { name: "Show me what happens without vote-once" }).click();
  await page.getByText("Not Raft: a rule is off").waitFor();
  if (await page.getByRole("button", { name: "Play", exact: true }).count()) await play(page);
  await page.locator("button.unsafe").waitFor({ timeout: 30_000 });
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  const stopped = await now(page);
  assert.match(await notice(page).textContent(), /Election Safety is broken\. n\d and n\d were both elected leader/);
  // It goes on if somebody wants it to.
  await playUntil(page, "some time later", async () => (await now(page)) > stopped + 50_000, { at: "1×" });
  await page.locator("button.unsafe").click();
  const broken = dialog.locator(".offence-of");
  assert.match(await broken.first().textContent(), /Election Safety is broken/);
  await broken.first().getByRole("button", { name: /^Show the moment/ }).click();
  await poll("the moment", () => now(page), (time) => time === stopped);
  await page.locator("button.unsafe").click();
  const one = broken.first().getByRole("button", { name: /^Show n\d at that moment$/ }).first();
  const name = (await one.textContent()).trim();
  await one.click();
  await poll(`${name} is selected`, () => page.locator(".node.selected").getAttribute("data-server"), (id) => `n${id}` === name);
});
