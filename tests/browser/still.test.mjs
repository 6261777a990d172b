// The still that index.html shows before the page's module is there: it says what comes, is what the
// page then draws, and gives way to it without a jump.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { assertQuiet, at, atBrowser, inBrowser, listen, open, poll, withEngine } from "./page.mjs";
import { FILE, drawn } from "./still.mjs";

inBrowser();

const SIZES = [[1280, 720], [1920, 1080], [390, 844], [844, 390]];

/** A page whose module does not come before `let_go` is called. */
async function waiting(address, options = {}) {
  const context = await atBrowser().newContext({ viewport: { width: 1280, height: 720 }, locale: "en-US", ...options });
  const page = await context.newPage();
  const complaints = listen(page);
  let come;
  const held = new Promise((resolve) => { come = resolve; });
  await page.route(/_bg.*\.wasm/, async (route) => {
    await held;
    await route.continue();
  });
  await page.addInitScript(() => {
    window.requestAnimationFrame = () => 0;
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(at(address), { waitUntil: "commit" });
  await page.locator(".still").waitFor();
  return { page, context, complaints, come };
}

/** Where the servers are, by their names: of the still, or of what lives. */
const servers = (page, lives) => page.evaluate((lives) => {
  const place = document.getElementById("playground");
  const names = (lives ? place.shadowRoot : place).querySelectorAll(".node .name");
  return [...names].map((name) => {
    const { x, y, width } = name.getBoundingClientRect();
    return [name.textContent.trim(), Math.round(x), Math.round(y), Math.round(width)];
  });
}, lives);

const lives = (page) => page.evaluate(() =>
  Boolean(document.getElementById("playground").shadowRoot?.querySelector(".node .name")));

test("the still is what the page draws at first", async () => {
  const { page, context } = await open("", { calm: true, frozen: true, locale: "en-US" });
  assert.equal(await readFile(FILE, "utf8"), await drawn(page), "draw it anew: cargo xtask still");
  await context.close();
});

for (const [width, height] of SIZES) {
  test(`servers stand before and after the module has come, ${width}x${height}`, async () => {
    const { page, context, complaints, come } = await waiting("", { viewport: { width, height } });
    const before = await servers(page, false);
    assert.deepEqual(before.map(([name]) => name), ["n1", "n2", "n3", "n4", "n5"]);
    assert.ok(before.every(([, x, y, w]) => w > 0 && x > 0 && x < width && y > 0 && y < height), before.join(" "));
    assert.equal(await lives(page), false);
    come();
    await poll("the page lives", () => lives(page));
    assert.deepEqual(await servers(page, true), before);
    assert.equal(await page.locator(".still").count(), 0);
    const shifted = await page.evaluate(() => window.shifted);
    assert.ok(shifted < 0.02, `layout shift ${shifted}`);
    await assertQuiet({ page: { locator: (it) => page.locator(it), evaluate: async () => [] }, complaints });
    await context.close();
  });
}

test("without the module the still stands, and nothing in it can be pressed", async () => {
  const { page, context } = await waiting("");
  assert.match(await page.locator(".still").innerText(), /Raft Playground[^]*Every server starts as a follower/);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.localName), "body");
  await context.close();
});

test("a lesson shows its own picture, not a first visit’s", async () => {
  const { page, context, complaints } = await waiting("?lesson=election");
  const picture = page.locator(".still .stage > img");
  await poll("the picture", () => picture.evaluate((it) => it.naturalWidth));
  assert.match(await picture.getAttribute("src"), /^pictures\/election\.svg$/);
  assert.equal(await page.locator(".still .node").count(), 0);
  assert.ok((await picture.boundingBox()).height > 200);
  assert.ok(!(await page.locator(".still").innerText()).includes("Every server starts"));
  assert.deepEqual(complaints, []);
  await context.close();
});

test("a link and an embed show nothing that is not theirs", async () => {
  for (const address of ["?embed&scenario=split-vote", "?embed", "?scenario=nobody-knows", "#v5~nodes%203"]) {
    const { page, context, complaints } = await waiting(address);
    await page.locator("html:not(.fitting) .still").waitFor();
    const seen = await page.locator(".still").innerText();
    if (address !== "?embed") assert.ok(!/n1|First light|Every server|follower|hold|0\.148/.test(seen), seen);
    const picture = page.locator(".still .stage > img");
    assert.equal(await picture.count(), address.includes("split-vote") ? 1 : 0, address);
    if (address.startsWith("?embed")) assert.equal(await page.locator(".still :is(.logs, aside)").count(), 0);
    if (address.includes("split-vote")) {
      const { x, width } = await picture.boundingBox();
      assert.ok(x >= 0 && x + width <= 1280, "the stage is as wide as the page");
    }
    assert.deepEqual(complaints, []);
    await context.close();
  }
});

test("one who reads Chinese is shown no English before it", async () => {
  const { page, context } = await waiting("", { locale: "zh-CN" });
  await page.locator(".still.wordless").waitFor();
  const seen = await page.locator(".still").innerText();
  assert.ok(!/[a-z]{3}/i.test(seen), seen);
  assert.deepEqual((await servers(page, false)).map(([name]) => name), ["n1", "n2", "n3", "n4", "n5"]);
  await context.close();
});

test("with JavaScript off the page says what it is and what it needs", async () => {
  const { page, context } = await (async () => {
    const context = await atBrowser().newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(at(""));
    return { page, context };
  })();
  const seen = await page.locator("body").innerText();
  assert.match(seen, /needs JavaScript/);
  assert.match(seen, /Raft Playground/);
  assert.ok(await page.locator(".still .node").first().isVisible());
  await context.close();
});

/** A page whose part that does things comes once `come` is called. */
async function withoutDeeds() {
  const context = await atBrowser().newContext({ viewport: { width: 1280, height: 860 }, locale: "en-US" });
  const page = await context.newPage();
  await withEngine(page);
  let come;
  const held = new Promise((resolve) => { come = resolve; });
  await page.route(/part-deeds/, async (route) => {
    await held;
    await route.continue();
  });
  return { page, context, come };
}

test("something is done before what does it has come: it waits, and is not lost", async () => {
  const { page, context, come } = await withoutDeeds();
  await page.goto(at("?paused"));
  await page.locator("[data-server]").first().waitFor();
  await page.evaluate(async () => {
    const place = document.createElement("div");
    document.body.append(place);
    window.second = (await window.engine()).mount(place, { paused: true });
    window.second.ask("crash n2", () => {});
    window.second.ask("put x 1 via n1", () => {});
  });
  assert.equal(await page.evaluate(() => window.second.text().includes("crash n2")), false);
  come();
  await page.waitForFunction(() => /crash n2/.test(window.second.text()));
  await page.evaluate(() => window.second.destroy());
  await context.close();
});

test("a click and a drawn cut are not lost before what does them has come", async () => {
  const { page, context, come } = await withoutDeeds();
  await page.goto(at("?paused"));
  await page.locator(".pg:not(.still) [data-server]").first().waitFor();
  const middle = async (id) => {
    const { x, y, width, height } = await page.locator(`.pg:not(.still) [data-server="${id}"] .body`).boundingBox();
    return [x + width / 2, y + height / 2];
  };
  const [from, to] = [await middle(1), await middle(2)];
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2);
  await page.mouse.move(...to);
  await page.mouse.up();
  await page.mouse.click(...(await middle(3)));
  await page.mouse.move(5, 5);
  come();
  await page.locator('[data-server="3"].selected').waitFor();
  await poll("the cut", () => page.locator('[data-link="1,2"]').getAttribute("aria-label"), (label) => /cut/.test(label));
  await context.close();
});

test("a first visit elects its leader without what does things, then waits for it and goes on", async () => {
  const { page, context, come } = await withoutDeeds();
  await page.addInitScript(() => localStorage.setItem("raft-playground-pace", "1"));
  await page.goto(at(""));
  await page.locator("[data-server]").first().waitFor();
  const state = () => page.evaluate(() => window.second?.state());
  await page.evaluate(async () => {
    const place = document.createElement("div");
    document.body.append(place);
    window.second = (await window.engine()).mount(place, {});
  });
  await poll("a leader", state, (it) => Boolean(it?.leader), { within: 30_000 });
  const at_rest = (await state()).timeUs;
  await page.waitForTimeout(300);
  assert.equal((await state()).timeUs, at_rest, "the run waits where something is to be done");
  come();
  await poll("what clients asked is committed", state, (it) => it.committed >= 3, { within: 30_000 });
  await context.close();
});
