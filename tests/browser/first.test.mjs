// What a visit begins with, and playing, pausing and stepping.
import assert from "node:assert/strict";
import {
  assertQuiet, at, events, framesGiven, hasLeader, inBrowser, leader, leaderId, now, open,
  pageTest, pause, picture, play, playUntil, poll, showTab, speed, test,
} from "./page.mjs";

inBrowser();

test("a first visit sees a leader and log entries within seconds", { timeout: 60_000 }, async () => {
  const begin = Date.now();
  const opened = await open();
  const { page } = opened;
  assert.ok(Date.now() - begin < 4_000, `a picture after ${Date.now() - begin} ms`);
  await leader(page).first().waitFor({ timeout: 6_000 });
  await page.locator(".logs .cell").first().waitFor({ timeout: 8_000 });
  assert.equal(await page.title(), "Raft Playground");
  assert.match(await page.getByRole("heading", { level: 1 }).textContent(), /Raft Playground/);
  assert.match(await page.locator("button.scenario").textContent(), /First light/);
  const said = page.locator(".say");
  assert.equal(await said.getAttribute("role"), "status");
  assert.match(await said.textContent(), /\w+ .*\d\.\d{3} s/);
  assert.equal(await page.getByText("Loading the cluster").count(), 0);
  assert.match(await page.locator(".safe").textContent(), /hold/);
  await assertQuiet(opened);
  await opened.context.close();
});

pageTest("a first visit points to something to try", "", async (page) => {
  await showTab(page, "Learn");
  const crash = page.getByRole("button", { name: "Crash the leader", exact: true });
  await poll("somebody leads", () => crash.isEnabled());
  await speed(page, "1/100×");
  await crash.click();
  await page.locator("[data-server].down").waitFor();
});

pageTest("paused means that nothing runs", "", async (page) => {
  await page.waitForFunction(() => window.framesGiven > 5);
  await pause(page);
  // Whatever was asked for before is cancelled, so the count stands at once.
  const [frames, time, before] = [await framesGiven(page), await now(page), await picture(page)];
  await page.waitForTimeout(400);
  assert.equal(await framesGiven(page), frames);
  assert.equal(await now(page), time);
  assert.deepEqual(await picture(page), before);
  await play(page);
  await poll("time goes on", () => now(page), (later) => later > time);
});

pageTest("a paused visit asks for no frame at all", "?paused", async (page) => {
  await page.waitForTimeout(300);
  assert.equal(await framesGiven(page), 0);
});

pageTest("Space and . play and pause; a key for an input stays there", "?paused", async (page) => {
  await page.locator(".pg").focus();
  for (const key of ["Space", "."]) {
    await page.keyboard.press(key);
    await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
    await page.keyboard.press(key);
    await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  }
  await showTab(page, "Console");
  const input = page.getByRole("textbox", { name: "Command" });
  await input.focus();
  await page.keyboard.type("h . x?");
  assert.equal(await input.inputValue(), "h . x?");
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.equal(await framesGiven(page), await framesGiven(page));
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
});

pageTest("Step does exactly one event, and back undoes it", "?paused", async (page) => {
  await playUntil(page, "a leader", hasLeader(page));
  const begin = await events(page);
  const first = await picture(page);
  const seen = [first];
  for (let step = 1; step <= 6; step += 1) {
    await page.getByRole("button", { name: "Step", exact: true }).click();
    assert.equal(await events(page), begin + step);
    seen.push(await picture(page));
  }
  assert.notDeepEqual(seen.at(-1), first);
  for (let step = 5; step >= 0; step -= 1) {
    await page.getByRole("button", { name: "One event back" }).click();
    assert.equal(await events(page), begin + step);
  }
  assert.deepEqual((await picture(page)).servers, first.servers);
  assert.deepEqual((await picture(page)).cells, first.cells);
  await page.locator(".pg").focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await events(page), begin + 1);
  await page.locator(".pg").focus();
  await page.keyboard.press("ArrowLeft");
  assert.equal(await events(page), begin);
});

pageTest("Step back stops at the very beginning", "?paused", async (page) => {
  for (let tries = 0; tries < 400 && (await events(page)) > 0; tries += 1) {
    await page.getByRole("button", { name: "One event back" }).click();
  }
  assert.equal(await events(page), 0);
  await page.getByRole("button", { name: "One event back" }).click();
  assert.equal(await events(page), 0);
});

pageTest("Step pauses a run that plays", "", async (page) => {
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
  const frames = await framesGiven(page);
  await page.waitForTimeout(200);
  assert.equal(await framesGiven(page), frames);
});

pageTest("a higher speed is faster, and + and − change it", "?paused", async (page) => {
  const passed = async (label) => {
    await speed(page, label);
    const [time, begin] = [await now(page), Date.now()];
    await play(page);
    await page.waitForTimeout(600);
    await pause(page);
    return ((await now(page)) - time) / 1000 / (Date.now() - begin);
  };
  const [slow, fast] = [await passed("1/50×"), await passed("1×")];
  assert.ok(slow > 0 && slow < 0.05, `1/50× gave ${slow}`);
  assert.ok(fast > 0.3 && fast < 1.3, `1× gave ${fast}`);
  const shown = () =>
    page.getByRole("combobox", { name: "Speed" }).evaluate((s) => s.selectedOptions[0].textContent);
  assert.equal(await shown(), "1×");
  await page.locator(".pg").focus();
  await page.keyboard.press("-");
  assert.equal(await shown(), "1/2×");
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  assert.equal(await shown(), "2×");
  for (let more = 0; more < 9; more += 1) await page.keyboard.press("+");
  assert.equal(await shown(), "10×");
});

for (const [name, title] of [["split-vote", "Split vote"], ["figure-8", /Figure 8/]]) {
  pageTest(`?scenario=${name} starts it`, `?scenario=${name}`, async (page) => {
    await page.locator("button.scenario", { hasText: title }).waitFor();
    const time = await now(page);
    await poll("it runs", () => now(page), (later) => later > time);
  });
}

pageTest("an unknown scenario says which there are, and the page works", "?scenario=splitvote", async (page) => {
  const alert = page.locator("[role=alert]", { hasText: "splitvote" });
  await alert.waitFor();
  const said = await alert.textContent();
  for (const name of ["first-light", "split-vote", "figure-8", "lossy-network"]) {
    assert.ok(said.includes(name), `${name} is not in: ${said}`);
  }
  await leader(page).first().waitFor();
});

pageTest("markup in the address is shown as text", "?scenario=%3Cimg%20src%3Dx%20onerror%3D%22window.bad%3D1%22%3E", async (page) => {
  await page.locator("[role=alert]", { hasText: "<img src=x" }).waitFor();
  assert.equal(await page.evaluate(() => window.bad), undefined);
});

pageTest("embedded, there is the stage and one bar", "?embed", async (page) => {
  await leader(page).first().waitFor();
  assert.equal(await page.getByRole("tablist").count(), 0);
  assert.equal(await page.getByRole("region", { name: "Logs" }).count(), 0);
  // A title is there for those who listen, and takes no room.
  const title = await page.getByRole("heading", { level: 1 }).boundingBox();
  assert.ok(title === null || title.width * title.height <= 1, JSON.stringify(title));
  const boxes = await page.evaluate(() => {
    const root = document.querySelector("#playground").shadowRoot;
    const box = (selector) => root.querySelector(selector).getBoundingClientRect().toJSON();
    return {
      stage: box(".stage > svg"),
      header: box("header"),
      time: box(".time"),
      scroll: [document.documentElement.scrollWidth, document.documentElement.scrollHeight],
      inside: [...root.querySelectorAll("button, select, [role=slider]")]
        .filter((element) => element.offsetParent !== null)
        .map((element) => ({ name: element.ariaLabel ?? element.textContent, ...element.getBoundingClientRect().toJSON() })),
    };
  });
  assert.ok(boxes.stage.height > 220, `the stage is ${boxes.stage.height} high`);
  assert.ok(Math.abs(boxes.header.top - boxes.time.top) < 8, "the controls and the timeline are one bar");
  assert.ok(boxes.scroll[0] <= 480 && boxes.scroll[1] <= 360, `it scrolls: ${boxes.scroll}`);
  for (const box of boxes.inside) {
    assert.ok(box.left >= 0 && box.right <= 480 && box.top >= 0 && box.bottom <= 360, `${box.name} is cut off`);
  }
  await pause(page);
  const track = boxes.inside.find((box) => box.name === "Simulated time");
  assert.ok(track.width >= 60, `the track is ${track.width} wide`);
}, { viewport: { width: 480, height: 360 } });

pageTest("with reduced motion messages stand at their ends only", "?paused", async (page) => {
  await playUntil(page, "messages and a leader", async () =>
    (await leader(page).count()) > 0 && (await page.locator("[data-message]").count()) > 0, { at: "1/10×" });
  const places = async () => {
    const view = await picture(page);
    return new Map(view.messages.map(([id, , transform]) => [id, transform]));
  };
  const seen = new Map();
  await speed(page, "1/100×");
  await play(page);
  const end = Date.now() + 3_000;
  while (Date.now() < end) {
    for (const [id, transform] of await places()) {
      if (!seen.has(id)) seen.set(id, new Set());
      seen.get(id).add(transform);
    }
  }
  assert.ok(seen.size > 0, "there were messages to see");
  for (const [id, spots] of seen) assert.ok(spots.size <= 2, `message ${id} was at ${spots.size} places`);
}, { reducedMotion: "reduce" });

pageTest("without it messages move", "?paused", async (page) => {
  await playUntil(page, "messages", async () => (await page.locator("[data-message]").count()) > 0, { at: "1/10×" });
  const seen = new Map();
  await speed(page, "1/100×");
  await play(page);
  await poll("a message at many places", async () => {
    for (const [id, , transform] of (await picture(page)).messages) {
      if (!seen.has(id)) seen.set(id, new Set());
      seen.get(id).add(transform);
    }
    return Math.max(0, ...[...seen.values()].map((spots) => spots.size));
  }, (most) => most > 4);
});

pageTest("the leader can be restarted, timers spread and aligned by keys", "?paused", async (page) => {
  await playUntil(page, "a leader", hasLeader(page));
  const id = await leaderId(page);
  await page.locator(".pg").focus();
  await page.keyboard.press("r");
  await poll("it follows again", () => page.locator(`[data-server="${id}"]`).getAttribute("aria-label"), (l) => /follower/.test(l));
  const deadlines = async () => {
    const found = new Set();
    for (const other of [1, 2, 3, 4, 5]) {
      await page.locator(".pg").focus();
      await page.keyboard.press(String(other));
      const text = await page.locator('.insp dt:text-is("Times out") + dd').first().textContent();
      found.add(text.replace(/.*, at /, ""));
    }
    return found;
  };
  await page.locator(".pg").focus();
  await page.keyboard.press("a");
  assert.equal((await deadlines()).size, 1);
  await page.locator(".pg").focus();
  await page.keyboard.press("t");
  assert.ok((await deadlines()).size > 2);
});

pageTest("keys act on a page that was just opened, before anything has focus", "?paused", async (page) => {
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
});

pageTest("single letters can be switched off", "?paused", async (page) => {
  await page.locator(".pg").focus();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.getByRole("checkbox", { name: /single letters/i }).uncheck();
  await page.keyboard.press("Escape");
  await poll("closed", () => page.getByRole("dialog").count(), (count) => count === 0);
  await page.locator(".pg").focus();
  await page.keyboard.press("?");
  await page.keyboard.press("s");
  await page.keyboard.press(".");
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.equal(await framesGiven(page), 0);
  await page.keyboard.press("Space");
  await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
});
