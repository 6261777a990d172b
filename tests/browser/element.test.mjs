// <raft-playground> on somebody else's page: what it shows, says and is told, and what it leaves alone.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { at, atBrowser, inBrowser, listen, poll, test } from "./page.mjs";

inBrowser();

/** A test on a page of another site's making; `head` and `body` are its HTML. */
function hostTest(name, body, work, { head = "", complains, ...options } = {}) {
  test(name, { timeout: 60_000 }, async (t) => {
    const context = await atBrowser().newContext({ viewport: { width: 900, height: 700 }, ...options });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    const complaints = listen(page);
    const requests = [];
    page.on("request", (request) => requests.push(request.url()));
    await page.route(/\/host\.html$/, (route) => route.fulfill({
      contentType: "text/html; charset=utf-8",
      body: `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title>${head}<script type="module" src="${at("embed.js")}"></script></head><body>${body}</body></html>`,
    }));
    await page.addInitScript(() => {
      window.heard = [];
      for (const name of ["ready", "error", "leader", "commit", "violation", "say", "step", "time", "end"]) {
        addEventListener(`raft-${name}`, ({ detail }) => window.heard.push([name, detail]));
      }
    });
    try {
      await page.goto(at("host.html"));
      await page.waitForFunction(() => customElements.get("raft-playground"));
      await work(page, { t, requests });
      assert.deepEqual(complaints.filter((line) => !complains?.test(line)), []);
    } finally {
      await context.close();
    }
  });
}

const element = (page, nth = 0) => page.locator("raft-playground").nth(nth);
const servers = (page, nth = 0) => element(page, nth).locator("[data-server]");
const heard = (page, name) => page.evaluate((name) => window.heard.filter(([heard]) => heard === name).map(([, detail]) => detail), name);

const SPLIT_VOTE = `<raft-playground at="204ms" caption="Two candidates share the votes">
  <img src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E" alt="n1 and n3 are candidates">
  <script type="text/raft">title "A split vote"
nodes 4
seed 3
run until leader
put x 1
run 500ms
</script></raft-playground>`;

hostTest("nothing of the engine is fetched before somebody plays; then it is there at its moment", SPLIT_VOTE, async (page, { requests }) => {
  await page.getByRole("group", { name: "A split vote" }).waitFor();
  await page.getByText("Two candidates share the votes").waitFor();
  assert.ok(await page.getByRole("img", { name: "n1 and n3 are candidates" }).isVisible(), "its poster");
  assert.deepEqual(requests.filter((url) => /\.wasm|-web-/.test(url)), []);
  await page.getByRole("button", { name: "▶ Play" }).click();
  await poll("four servers", () => servers(page).count(), (count) => count === 4);
  await poll("it is ready", () => heard(page, "ready"), (all) => all.length === 1);
  const { timeUs } = await page.evaluate(() => document.querySelector("raft-playground").state());
  assert.ok(timeUs >= 204_000, `${timeUs}`);
});

hostTest("it is ready once it stands as it was asked for: at its moment, with its lesson", `
  <raft-playground id="text" at="600ms"><script type="text/raft">nodes 3
seed 7
run until leader
run 5s
</script></raft-playground>
  <raft-playground id="lesson" lesson="election" step="2" view="stage lesson"></raft-playground>
  <raft-playground id="scenario" scenario="bridge" at="300ms"></raft-playground>`, async (page) => {
  const stands = (id) => page.evaluate(async (id) => {
    const it = document.getElementById(id);
    await it.ready;
    const { timeUs, servers } = await it.state({ full: true });
    return { timeUs, servers: servers.length };
  }, id);
  assert.deepEqual(await stands("text"), { timeUs: 600_000, servers: 3 });
  assert.deepEqual(await stands("scenario"), { timeUs: 300_000, servers: 3 });
  await stands("lesson");
  const steps = await heard(page, "step");
  assert.equal(steps.at(-1).step, 2, JSON.stringify(steps));
});

hostTest("it tells of what the engine does, in its order, and does as it is told", `<raft-playground speed="1" scenario="first-light"></raft-playground>`, async (page) => {
  const call = (source) => page.evaluate(`document.querySelector("raft-playground").${source}`);
  await call("play()");
  const [leader] = await poll("a leader", () => heard(page, "leader"), (all) => all.length > 0, { within: 20_000 });
  assert.match(leader.server, /^n[1-5]$/);
  assert.equal(leader.term, 1);
  const commits = await poll("commits", () => heard(page, "commit"), (all) => all.length > 1, { within: 20_000 });
  assert.ok(commits[0].timeUs > leader.timeUs && commits[1].index > commits[0].index, JSON.stringify(commits));
  await call("pause()");
  await poll("it stands", async () => (await heard(page, "time")).at(-1).playing, (plays) => !plays);
  await call(`run("crash ${leader.server}")`);
  const state = await call("state({ full: true })");
  assert.equal(state.servers.length, 5);
  const crashed = state.servers.find(({ id }) => id === leader.server);
  assert.equal(crashed.term, 1);
  assert.equal(crashed.log[0].index, 1);
  assert.ok(Array.isArray(state.messages));
  await call('seek("100ms")');
  assert.equal((await call("state()")).timeUs, 100_000);
  assert.match(await call("svg()"), /^<svg xmlns/);
  assert.match(await call("text()"), /crash n/);
  await call("step()");
  assert.ok((await call("state()")).timeUs > 100_000);
});

hostTest("what is wrong is said in its own box and to the page, which is left alone", `<input autofocus><p style="height: 1500px">Text</p>
  <raft-playground id="a" play="none"><script type="text/raft">nodes 3
crush n2
</script></raft-playground>
  <raft-playground id="b" play="none" scenario="splitvote" at="soon"></raft-playground>`, async (page) => {
  const scrolled = () => page.evaluate(() => scrollY);
  await page.locator("#a").evaluate((it) => it.ready.catch(() => {}));
  const errors = await poll("an error", () => heard(page, "error"), (all) => all.length > 0);
  assert.equal(errors[0].line, 2);
  assert.match(errors[0].message, /crush/);
  assert.match(errors[0].expected, /command/);
  await page.locator("#a").getByText(/crush/).first().waitFor();
  await page.locator("#b").evaluate((it) => it.ready.catch(() => {}));
  await poll("both errors", () => heard(page, "error"), (all) => all.some(({ message }) => /at=soon/.test(message)) && all.some(({ message }) => /splitvote/.test(message)));
  assert.equal(await scrolled(), 0, "the page is where it was");
  assert.equal(await page.evaluate(() => document.activeElement.localName), "input", "the focus is where it was");
  assert.equal(await page.getByRole("dialog").count(), 0);
});

hostTest("a line that cannot be done rejects with what was wrong", `<raft-playground scenario="first-light"></raft-playground>`, async (page) => {
  const wrong = await page.evaluate(async () => {
    const it = document.querySelector("raft-playground");
    const caught = [];
    for (const work of [() => it.run("crush n1"), () => it.run("crash n9"), () => it.seek("later")]) {
      await work().catch((error) => caught.push(`${error.name} ${error.code}: ${error.message}`));
    }
    return caught;
  });
  assert.equal(wrong.length, 3, wrong.join("\n"));
  assert.match(wrong[0], /^RaftPlaygroundError cannot-be-done: .*crush/);
  assert.match(wrong[1], /n9/);
  assert.match(wrong[2], /wrong-text: “later” is no time/);
});

hostTest("own text with steps is a lesson", `<raft-playground play="none" view="lesson"><script type="text/raft">nodes 3
seed 1
step "First"
say "Everybody waits."
run until leader
step "Second"
run 50ms
</script></raft-playground>`, async (page) => {
  await element(page).getByRole("heading", { name: "First" }).waitFor();
  await page.evaluate(() => document.querySelector("raft-playground").step());
  const steps = await poll("it rests", () => heard(page, "step"), (all) => all.some(({ rests }) => rests));
  assert.deepEqual([steps[0].step, steps[0].steps, steps[0].heading], [1, 2, "First"]);
});

hostTest("a text may stand in the address of its source, and hold what would end a script", `<raft-playground play="none" src="data:text/plain;charset=utf-8,nodes%202%0Aseed%204%0A"></raft-playground>
  <raft-playground play="none"><script type="text/raft">nodes 3
title "<\\/script>"
</script></raft-playground>`, async (page) => {
  const texts = await page.evaluate(() => Promise.all([...document.querySelectorAll("raft-playground")].map((it) => it.text())));
  assert.match(texts[0], /nodes 2/);
  assert.match(texts[1], /title "<\/script>"/);
});

hostTest("a heading called Playground stays a heading", `<h2 id="playground">Playground</h2><raft-playground scenario="first-light"></raft-playground>`, async (page) => {
  await page.evaluate(() => document.querySelector("raft-playground").ready);
  assert.equal(await page.locator("h2").textContent(), "Playground");
  assert.equal(await page.locator("h2 [data-server]").count(), 0);
  assert.equal(await page.evaluate(() => "RaftPlayground" in window), false);
});

hostTest("it stands still out of sight and in closed details, and is gone when removed", `<raft-playground scenario="first-light" speed="1/5"></raft-playground><div style="height: 3000px"></div>`, async (page) => {
  const call = (source) => page.evaluate(`document.querySelector("raft-playground").${source}`);
  await call("play()");
  const plays = async () => (await call("state()")).playing;
  assert.equal(await plays(), true);
  await page.evaluate(() => scrollTo(0, 2500));
  await poll("it stands", plays, (plays) => !plays);
  await page.evaluate(() => scrollTo(0, 0));
  await poll("it goes on", plays);
  await page.evaluate(() => {
    const details = document.createElement("details");
    details.open = true;
    document.body.prepend(details);
    details.append(document.querySelector("raft-playground"));
  });
  assert.equal(await plays(), true, "moved, it goes on");
  await page.evaluate(() => { document.querySelector("details").open = false; });
  await poll("closed, it stands", plays, (plays) => !plays);
  const left = await page.evaluate(async () => {
    const it = document.querySelector("raft-playground");
    it.remove();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const before = window.heard.length;
    await new Promise((resolve) => setTimeout(resolve, 400));
    return [window.heard.length - before, it.shadowRoot.querySelectorAll(".live [data-server]").length];
  });
  assert.deepEqual(left, [0, 0]);
});

hostTest("a swipe over it moves the page, until it was touched", `<raft-playground scenario="first-light"></raft-playground>`, async (page) => {
  await page.evaluate(() => document.querySelector("raft-playground").ready);
  const action = () => element(page).locator(".stage > svg").evaluate((svg) => getComputedStyle(svg).touchAction);
  assert.equal(await action(), "pan-y");
  await servers(page).first().click();
  assert.equal(await action(), "none");
  await page.mouse.click(5, 690);
  assert.equal(await action(), "pan-y");
});

hostTest("one swipe after the other moves the page, for a swipe is no tap", `<raft-playground scenario="first-light"></raft-playground><div style="height: 3000px"></div>`, async (page) => {
  await page.evaluate(() => document.querySelector("raft-playground").ready);
  const swipe = async () => {
    const cdp = await page.context().newCDPSession(page);
    await page.evaluate(() => scrollTo(0, 0));
    const { x, y, width, height } = await element(page).locator(".stage").boundingBox();
    const at = (part) => [{ x: x + width / 2, y: y + height * part }];
    await cdp.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(0.8) });
    for (const part of [0.7, 0.6, 0.5, 0.4, 0.3, 0.2]) await cdp.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(part) });
    await cdp.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await poll("the page moves", () => page.evaluate(() => scrollY), (now) => now > 30);
  };
  for (const _ of [1, 2, 3]) await swipe();
}, { hasTouch: true });

hostTest("on somebody's page nothing is kept, and what is shared leads to the playground", `<raft-playground lesson="election" view="lesson stage"></raft-playground><raft-playground scenario="first-light" view="all" height="600"></raft-playground>`, async (page) => {
  await page.evaluate(() => document.querySelector("raft-playground").play());
  await element(page).getByRole("button", { name: /Continue|To its end/ }).first().waitFor();
  await call(page, "ready", 1);
  await element(page, 1).getByRole("button", { name: "Share", exact: true }).click();
  assert.match(await element(page, 1).getByRole("textbox", { name: "Link" }).inputValue(), /^http[^?#]*\/docs\/raft\/#run=/);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
});

hostTest("several on a page share one engine", `<raft-playground scenario="first-light"></raft-playground><raft-playground scenario="split-vote" view="stage logs"></raft-playground>`, async (page, { requests }) => {
  await page.evaluate(() => Promise.all([...document.querySelectorAll("raft-playground")].map((it) => it.ready)));
  assert.equal(requests.filter((url) => /_bg\.wasm/.test(url)).length, 1);
  assert.equal(await element(page, 0).locator(".logs").count(), 0);
  await element(page, 1).locator(".logs").waitFor();
});

hostTest("where the engine cannot be had it says so, and can be asked again", `<raft-playground scenario="first-light"></raft-playground>`, async (page) => {
  await page.route(/_bg\.wasm$/, (route) => route.abort());
  await page.getByRole("button", { name: "▶ Play" }).click();
  await element(page).getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
  assert.equal((await heard(page, "error"))[0].code, "not-loaded");
}, { complains: /ERR_FAILED|failed/ });

// ---- what changes while it is shown ----

const call = (page, source, nth = 0) => page.evaluate(`document.querySelectorAll("raft-playground")[${nth}].${source}`);

hostTest("it plays until a claim holds or a time is reached, and stops there each time", `<raft-playground speed="1" scenario="first-light" until="leaders 1"></raft-playground><raft-playground speed="1" scenario="first-light" until="400ms"></raft-playground><raft-playground play="none" scenario="first-light" until="leeder n1"></raft-playground>`, async (page) => {
  await call(page, "play()");
  await poll("it stops", () => heard(page, "end"), (all) => all.length === 1, { within: 20_000 });
  const [{ timeUs }] = await heard(page, "leader");
  const state = await call(page, "state()");
  assert.deepEqual([state.playing, state.timeUs], [false, timeUs]);
  await call(page, "seek(0)");
  await call(page, "play()");
  await poll("it stops again", () => heard(page, "end"), (all) => all.length === 2, { within: 20_000 });
  assert.equal((await call(page, "state()")).timeUs, timeUs);
  await element(page, 1).scrollIntoViewIfNeeded();
  await call(page, "play()", 1);
  await poll("the second stops", () => heard(page, "end"), (all) => all.at(-1).timeUs === 400_000, { within: 20_000 });
  assert.deepEqual([(await call(page, "state()", 1)).playing, (await call(page, "state()", 1)).timeUs], [false, 400_000]);
  await call(page, "ready", 2);
  const [error] = await poll("the claim is wrong", () => heard(page, "error"), (all) => all.length > 0);
  assert.match(error.message, /until=leeder n1/);
});

hostTest("what does not change the run changes while it plays; what does begins anew", `<raft-playground speed="1/20" scenario="first-light" caption="Before"></raft-playground>`, async (page) => {
  await call(page, `seek("250ms")`);
  const set = (name, value) => page.evaluate(([name, value]) => document.querySelector("raft-playground").setAttribute(name, value), [name, value]);
  await set("caption", "After");
  await set("label", "Its name");
  await set("height", "300");
  await set("theme", "dark");
  await set("lang", "zh");
  await set("speed", "1/2");
  await page.getByText("After").waitFor();
  await page.getByRole("group", { name: "Its name" }).waitFor();
  await poll("dark", () => element(page).locator(".pg.dark").count(), (count) => count === 1);
  await poll("Chinese", () => element(page).locator(".pg[lang=zh-Hans]").count(), (count) => count === 1);
  const { timeUs } = await call(page, "state()");
  assert.equal(timeUs, 250_000, "the run is where it was");
  assert.equal(await element(page).locator(".speed").inputValue(), "1/2");
  assert.equal(await page.evaluate(() => localStorage.getItem("raft-playground-pace")), null, "what a page chooses is not kept");
  await set("speed", "fast");
  await element(page).getByRole("alert").filter({ hasText: "speed=fast" }).waitFor();
  await set("scenario", "split-vote");
  await call(page, "ready");
  assert.notEqual((await call(page, "state()")).timeUs, 250_000);
});

const looks = (page, nth = 0) => element(page, nth).locator(".frame").evaluate((frame) => (frame.classList.contains("dark") ? "dark" : "light"));

hostTest("it is as light or dark as the page: by its look, or by the switch that is named", `<raft-playground scenario="first-light"></raft-playground>
  <raft-playground theme-switch="data-md-color-scheme" scenario="first-light"></raft-playground>`, async (page) => {
  assert.deepEqual([await looks(page), await looks(page, 1)], ["light", "light"], "a page without a word about it is white");
  await call(page, "ready");
  await page.evaluate(() => { document.documentElement.style.background = "#1b1b1d"; });
  await poll("dark as the page", () => looks(page), (it) => it === "dark");
  await poll("and what plays", () => element(page).locator(".pg.dark").count(), (count) => count === 1);
  await page.evaluate(() => document.body.setAttribute("data-md-color-scheme", "default"));
  await poll("as the switch says", () => looks(page, 1), (it) => it === "light");
  await page.evaluate(() => document.body.setAttribute("data-md-color-scheme", "slate"));
  await poll("as the switch says", () => looks(page, 1), (it) => it === "dark");
}, { colorScheme: "dark" });

hostTest("a slide deck keeps its keys, unless the element is to have them", `<raft-playground scenario="first-light"></raft-playground><raft-playground keys="all" scenario="first-light"></raft-playground>`, async (page) => {
  await page.evaluate(() => {
    window.deck = [];
    addEventListener("keydown", ({ key, defaultPrevented }) => window.deck.push(`${key}${defaultPrevented ? " used" : ""}`));
  });
  await Promise.all([call(page, "ready"), call(page, "ready", 1)]);
  const deckHears = async (nth, on, ...keys) => {
    await element(page, nth).locator(on).first().focus();
    for (const key of keys) await page.keyboard.press(key);
    return page.evaluate(() => window.deck.splice(0));
  };
  const before = await call(page, "state()");
  assert.deepEqual(await deckHears(0, ".pg", "ArrowRight", "Space", "PageDown", "b", "Escape"), ["ArrowRight", " ", "PageDown", "b", "Escape"]);
  assert.deepEqual(await call(page, "state()"), before, "nothing was done");
  assert.deepEqual(await deckHears(0, ".pg", "x"), [], "its other keys are its own");
  assert.deepEqual(await deckHears(0, "[role=slider]", "ArrowRight"), [], "a slider moves by them");
  assert.deepEqual(await deckHears(0, ".transport .primary", "Space"), [], "a button is pressed by them");
  assert.deepEqual(await deckHears(1, ".pg", "ArrowRight"), []);
  assert.ok((await call(page, "state()", 1)).timeUs > 0);
});

hostTest("it fills the screen, and comes back", `<raft-playground scenario="first-light" height="300"></raft-playground>`, async (page) => {
  await call(page, "ready");
  await element(page).getByRole("button", { name: "Full screen" }).click();
  const box = () => element(page).locator(".box").evaluate((it) => it.getBoundingClientRect().height);
  await poll("large", box, (height) => height > 500);
  await element(page).getByRole("button", { name: "Full screen" }).click();
  await poll("as before", box, (height) => height === 300);
});

hostTest("two versions on a page live apart, each with its own engine", `<raft-playground scenario="first-light"></raft-playground>`, async (page, { requests }) => {
  await page.route(/\/older\//, async (route) => {
    const url = route.request().url().replace("/older/", "/");
    await route.fulfill({ response: await route.fetch({ url }) });
  });
  await page.evaluate(() => document.body.insertAdjacentHTML("beforeend", `
    <raft-playground base="./older/" scenario="first-light"></raft-playground>
    <raft-playground base="./none/" scenario="first-light"></raft-playground>
    <raft-playground base="http://["></raft-playground>`));
  await Promise.all([call(page, "ready"), call(page, "ready", 1)]);
  const modules = requests.filter((url) => /_bg\.wasm/.test(url));
  assert.deepEqual(modules.map((url) => /\/older\//.test(url)).sort(), [false, true]);
  assert.equal(await servers(page, 1).count(), 5);
  assert.match(await element(page, 1).getByRole("link", { name: /Open in/ }).getAttribute("href"), /\/older\/\?/);
  for (const nth of [2, 3]) await element(page, nth).getByRole("alert").filter({ hasText: "could not be loaded" }).waitFor();
}, { complains: /404|Failed to load/ });

for (const [width, height, more] of [[320, 240, ""], [320, 240, 'view="stage logs"'], [320, 240, 'view="lesson" lesson="election" step="2"'], [480, 360, 'view="lesson" lesson="election"'], [480, 360, ""], [480, 360, 'view="stage logs"'], [760, 420, 'view="stage logs"'], [560, 560, 'view="stage logs"'], [600, 440, ""], [350, 466, 'view="stage logs"'], [390, 292, ""]]) {
  hostTest(`in ${width} by ${height} names are 11 pixels high and texts lie on no server: ${more || "the stage"}`, `<raft-playground style="width: ${width}px" height="${height}" speed="1/20" ${more.includes("lesson") ? "" : 'scenario="first-light"'} ${more}></raft-playground>`, async (page) => {
    await call(page, "play()");
    await poll("there is a picture of five", () => servers(page).count(), (count) => count === 5);
    const seen = () => page.evaluate(() => {
      const root = document.querySelector("raft-playground").shadowRoot.querySelector(".live").shadowRoot;
      const names = [...root.querySelectorAll(".node .name")];
      const bodies = [...root.querySelectorAll(".node .body")].map((body) => body.getBoundingClientRect());
      const texts = [...root.querySelectorAll(".say, .lesson-text, .lesson-foot")].filter((text) => getComputedStyle(text).display !== "none" && text.textContent.trim()).map((text) => text.getBoundingClientRect());
      const covers = (a, b) => a.left < b.right - 1 && a.right > b.left + 1 && a.top < b.bottom - 1 && a.bottom > b.top + 1;
      const frame = root.querySelector(".pg").getBoundingClientRect();
      const [play, track] = [root.querySelector(".transport .primary"), root.querySelector("[role=slider]")].map((part) => part?.getBoundingClientRect());
      return {
        least: Math.min(...names.map((name) => parseFloat(getComputedStyle(name).fontSize) * name.getScreenCTM().a)),
        covered: texts.filter((text) => bodies.some((body) => covers(text, body))).length,
        outside: bodies.filter((body) => body.top < frame.top - 1 || body.bottom > frame.bottom + 1 || body.left < frame.left - 1 || body.right > frame.right + 1).length,
        goesOn: [...root.querySelectorAll(".transport .primary, .lesson-foot .primary")].some((button) => button.getBoundingClientRect().height >= 30 && button.getBoundingClientRect().bottom <= frame.bottom + 1),
        timeline: Boolean(play && track && play.height > 0 && track.width > 60),
      };
    });
    const found = await poll("it fits", seen, ({ least, covered, outside, goesOn }) => least >= 11 && covered === 0 && outside === 0 && goesOn);
    if (!more.includes("lesson")) assert.ok(found.timeline, "play and timeline");
  });
}

for (const [what, inside] of [["a lesson", 'lesson="election"'], ["own text with steps", ""]]) {
  hostTest(`on a phone ${what} has room for its text and its buttons`, `<raft-playground ${inside}>${inside ? "" : '<script type="text/raft">nodes 3\nstep "One"\nsay "What is said of it."\nrun 10ms\nstep "Two"\nsay "More."\nrun 10ms\n</script>'}</raft-playground>`, async (page) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await call(page, "play()");
    const seen = () => page.evaluate(() => {
      const root = document.querySelector("raft-playground").shadowRoot.querySelector(".live").shadowRoot;
      const frame = root.querySelector(".pg").getBoundingClientRect();
      const [text, button] = [".lesson-text", ".lesson-foot .primary"].map((part) => root.querySelector(part)?.getBoundingClientRect());
      return { text: text?.height ?? 0, below: button ? button.bottom - frame.bottom : 999 };
    });
    await poll("text and button are there", seen, ({ text, below }) => text > 40 && below <= 1);
  });
}

hostTest("a moment beside a lesson is told of as wrong, and the lesson is there", '<raft-playground lesson="election" at="50ms"></raft-playground>', async (page) => {
  await call(page, "ready");
  assert.match((await heard(page, "error"))[0].message, /at=50ms.*`step` beside a lesson/);
  await element(page).getByRole("button", { name: /Continue|To its end/ }).first().waitFor();
  assert.equal((await call(page, "state({ full: true })")).servers.length, 5);
});

hostTest("the first button is small, and so is what a page loads for it", "", async (page, { requests }) => {
  const { length } = gzipSync(readFileSync(join(process.env.DIST, "embed.js")), { level: 9 });
  assert.ok(length <= 4000, `${length} bytes`);
  assert.deepEqual(requests.filter((url) => url.startsWith(at(""))), [at("host.html"), at("embed.js")]);
});

hostTest("what cannot be read is told at once, each in a line, and the rest is as it was asked for", `
  <raft-playground scenario="split-vote" play="clik" height="50%" controls="maybe" theme="drak" caption="Still here"></raft-playground>`, async (page) => {
  const alert = element(page).getByRole("alert");
  for (const [word, expected] of [["play=clik", "click, visible, none"], ["height=50%", "pixels from 200 to 3999"], ["controls=maybe", "none"], ["theme=drak", "auto, light, dark"]]) {
    await alert.getByText(`“${word}” cannot be read: expected ${expected}.`).waitFor();
  }
  assert.equal((await heard(page, "error")).length, 4);
  await page.getByText("Still here").waitFor();
  await page.evaluate(() => {
    for (const name of ["play", "height", "controls", "theme"]) document.querySelector("raft-playground").removeAttribute(name);
  });
  await poll("nothing is wrong any more", () => alert.count(), (count) => count === 0);
});

const WRONG = [
  ["an attribute that is almost one", `<raft-playground scenarios="split-vote"></raft-playground>`, /“scenarios” is no attribute of it: expected scenario/],
  ["a text in no element of its own", `<raft-playground>nodes 3\nrun 1s</raft-playground>`, /Between the tags: expected a scenario text in <script type="text\/raft"> or <pre>, found “nodes 3”/],
  ["a script of another type", `<raft-playground><script type="text/x-raft">nodes 3</script></raft-playground>`, /found <script type="text\/x-raft">/],
  ["two texts", `<raft-playground src="a.raft"><pre>nodes 3\nrun 1s</pre></raft-playground>`, /both a text between its tags and “src”/],
  ["two scenarios", `<raft-playground scenario="split-vote" lesson="election"></raft-playground>`, /“scenario=split-vote” cannot be read: expected one of scenario, lesson, src, text and link/],
  ["a step of a scenario", `<raft-playground scenario="split-vote" step="2"></raft-playground>`, /“step=2” cannot be read: expected a lesson or a text with steps/],
  ["a step beyond the last", `<raft-playground lesson="election" step="99"></raft-playground>`, /“step=99” cannot be read: expected a step from 1 to 6/],
  ["a moment of a text with steps", `<raft-playground at="5ms"><pre>step "One"\nrun 1s</pre></raft-playground>`, /“at=5ms” cannot be read: expected `step` beside a text with steps/],
  ["two words", `<raft-playground lesson="election" speed="fast" lang="xx"></raft-playground>`, /“lang=xx” cannot be read[^]*“speed=fast” cannot be read/],
  ["two texts of its own", `<raft-playground><pre>nodes 3</pre><pre>nodes 4</pre></raft-playground>`, /2 texts between its tags: expected one/],
  ["an empty text", `<raft-playground><script type="text/raft"> </script></raft-playground>`, /text between its tags is empty/],
  ["a text in another element", `<raft-playground><code>nodes 3</code></raft-playground>`, /found <code>/],
  ["an end before the beginning", `<raft-playground scenario="first-light" at="60ms" until="50ms"></raft-playground>`, /“until=50ms” cannot be read: expected a time behind that of `at`/],
  ["markup", `<raft-playground caption="&lt;img src=x onerror=window.hurt=1&gt;" scenario="&lt;b id=hurt&gt;"></raft-playground>`, /There is no scenario named “<b id=hurt>”/, /404|Failed to load/],
];
for (const [name, body, said, complains] of WRONG) {
  hostTest(`${name} is told of as wrong, and something is there`, body, async (page) => {
    await call(page, "ready");
    await poll("it says so", () => element(page).getByRole("alert").textContent(), (text) => said.test(text));
    const errors = await heard(page, "error");
    assert.ok(errors.length > 0 && errors.every(({ message, expected }) => message && expected), JSON.stringify(errors));
    assert.ok((await servers(page).count()) > 0);
    assert.equal(await page.evaluate(() => window.hurt ?? document.getElementById("hurt")), null);
  }, { complains });
}

hostTest("what comes with the playground has a picture before it is played, and no other has", `
  <raft-playground scenario="split-vote"></raft-playground><raft-playground><pre>nodes 3</pre></raft-playground>`, async (page) => {
  const picture = (nth) => element(page, nth).locator(".poster > img");
  await poll("its picture", () => picture(0).evaluate((img) => [img.naturalWidth > 0, img.src]), ([there, src]) => there && src.endsWith("pictures/split-vote.svg"));
  assert.equal(await picture(1).count(), 0);
});

hostTest("what is played out of sight begins once it is seen", `<div style="height: 2000px"></div><raft-playground scenario="first-light" speed="1"></raft-playground>`, async (page) => {
  const playing = async () => (await call(page, "state()")).playing;
  await call(page, "ready");
  await call(page, "play()");
  await page.waitForTimeout(300);
  assert.equal(await playing(), false);
  await page.evaluate(() => scrollTo(0, 2000));
  await poll("it plays", playing);
});

hostTest("who plays and scrolls away before it is there finds it standing", `<raft-playground scenario="first-light" speed="1/20"></raft-playground><div style="height: 3000px"></div>`, async (page) => {
  await page.route(/\.wasm$/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 800));
    await route.continue();
  });
  await element(page).getByRole("button", { name: "▶ Play" }).click();
  await page.evaluate(() => scrollTo(0, 3000));
  await call(page, "ready");
  await poll("it stands", async () => (await call(page, "state()")).playing, (playing) => !playing);
  await page.evaluate(() => scrollTo(0, 0));
  await poll("it plays", async () => (await call(page, "state()")).playing);
});

hostTest("for readers who want less motion it is there once it is seen, and stands", `<raft-playground scenario="first-light" play="visible"></raft-playground>`, async (page) => {
  await poll("it is there", () => servers(page).count(), (count) => count === 5);
  await poll("it is ready", () => heard(page, "ready"), (all) => all.length === 1);
  await page.waitForTimeout(300);
  assert.equal((await call(page, "state()")).playing, false);
}, { reducedMotion: "reduce" });

hostTest("told later to play once it is seen, it does", `<raft-playground scenario="first-light"></raft-playground>`, async (page) => {
  await page.evaluate(() => document.querySelector("raft-playground").setAttribute("play", "visible"));
  await poll("it plays", () => heard(page, "time"), (all) => all.some(({ playing }) => playing));
});

hostTest("a wheel over it moves the page", `<raft-playground scenario="first-light"></raft-playground><div style="height: 3000px"></div>`, async (page) => {
  await call(page, "ready");
  await servers(page).first().hover();
  await page.mouse.wheel(0, 300);
  await poll("the page has moved", () => page.evaluate(() => scrollY), (y) => y > 100);
});

const LOUD = `<style>body { direction: rtl; text-transform: uppercase; } button, svg, div, p, b, figure, figcaption { display: none; background: red; text-transform: uppercase; direction: rtl; } raft-playground::part(frame) { border-radius: 3px; } raft-playground::part(caption) { font-style: normal; }</style>`;
hostTest("of the page's style its parts alone come in", `<raft-playground scenario="first-light" caption="A line below"></raft-playground>`, async (page) => {
  await call(page, "ready");
  const styles = await element(page).evaluate((it) => {
    const of = (selector) => getComputedStyle(it.shadowRoot.querySelector(selector));
    return { frame: of(".frame").borderRadius, bar: of(".bar").display, way: of(".frame").direction, caption: [of("figcaption").fontStyle, of("figcaption").textTransform, of("figcaption").display] };
  });
  assert.deepEqual(styles, { frame: "3px", bar: "flex", way: "ltr", caption: ["normal", "none", "block"] });
  assert.ok(await servers(page).first().isVisible());
}, { head: LOUD });

hostTest("where a page says in its head alone that it can be dark, it is dark with it", `<raft-playground scenario="first-light"></raft-playground>`, async (page) => {
  await poll("it is dark", () => element(page).locator(".frame.dark").count(), (count) => count === 1);
}, { head: `<meta name="color-scheme" content="light dark">`, colorScheme: "dark" });

test("where scripts are off its picture and its text's description are there", { timeout: 30_000 }, async () => {
  const context = await atBrowser().newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.setContent(SPLIT_VOTE);
  assert.ok(await page.getByRole("img", { name: "n1 and n3 are candidates" }).isVisible());
  assert.equal((await page.locator("raft-playground").innerText()).trim(), "");
  await context.close();
});

hostTest("a violation, what is said and a commit are told in the engine's order", `<raft-playground speed="10"><script type="text/raft">nodes 3
seed 1
say "It begins."
run until leader
put x 1
run until value x = 1 on all
say "It is there."
run 100ms
</script></raft-playground><raft-playground scenario="vote-not-persisted" speed="10"></raft-playground>`, async (page) => {
  await call(page, "play()");
  await poll("the end", () => heard(page, "end"), (all) => all.length === 1, { within: 20_000 });
  const order = await page.evaluate(() => window.heard.map(([name]) => name).filter((name) => !["time", "ready"].includes(name)));
  assert.deepEqual(order.filter((name, place) => name !== order[place - 1]), ["say", "leader", "commit", "say", "end"]);
  const times = await page.evaluate(() => window.heard.filter(([name]) => ["say", "leader", "commit"].includes(name)).map(([, { timeUs }]) => timeUs));
  assert.deepEqual(times, times.toSorted((a, b) => a - b));
  await element(page, 1).scrollIntoViewIfNeeded();
  await call(page, "play()", 1);
  const [violation] = await poll("a violation", () => heard(page, "violation"), (all) => all.length > 0, { within: 20_000 });
  assert.ok(violation.property && violation.sentence && violation.timeUs > 0, JSON.stringify(violation));
});

hostTest("a lesson that is stepped through says each sentence once", `<raft-playground lesson="election"></raft-playground>`, async (page) => {
  await call(page, "ready");
  for (let turn = 0; turn < 8; turn += 1) {
    await call(page, "step()");
    await page.waitForTimeout(120);
  }
  const said = await page.evaluate(() => window.heard.filter(([name]) => ["say", "leader"].includes(name)).map(([name, detail]) => JSON.stringify([name, detail])));
  assert.ok(said.length > 0);
  assert.deepEqual(said, [...new Set(said)]);
});

hostTest("a moment too far away leaves it where it is, and a line that cannot be done leaves no box", `<raft-playground scenario="first-light"></raft-playground>`, async (page) => {
  await call(page, `seek("250ms")`);
  const wrong = await page.evaluate(async () => {
    const it = document.querySelector("raft-playground");
    const caught = [];
    for (const work of [() => it.seek("900h"), () => it.run("crush n1"), () => it.state(null).then(() => { throw { code: "none" }; })]) {
      await work().catch(({ code, message }) => caught.push([code, message]));
    }
    return caught;
  });
  assert.match(wrong[0][1], /^900 h? ?.*is too far|is too far: that is more than 1000000 events/);
  assert.deepEqual(wrong.map(([code]) => code), ["cannot-be-done", "cannot-be-done", "none"]);
  assert.equal((await call(page, "state()")).timeUs, 250_000);
  assert.equal(await element(page).locator(".notice").count(), 0);
});

hostTest("a full state has what each store holds", `<raft-playground><script type="text/raft">nodes 3
seed 7
run until leader
put x 1
run until value x = 1 on all
</script></raft-playground>`, async (page) => {
  await call(page, `seek("900ms")`);
  const { servers } = await call(page, "state({ full: true })");
  assert.deepEqual(servers.map(({ values }) => values), [1, 2, 3].map(() => [{ key: "x", value: "1", modRevision: 2 }]));
});

const OLD = `<raft-playground id="old" link="#run=1.00000000.40ms+0.nodes_3~seed_7~"></raft-playground>`;
hostTest("a link of another engine plays as far as it can, says so, and opens no dialog", OLD, async (page) => {
  await page.evaluate(async () => {
    const it = document.querySelector("raft-playground");
    const fresh = document.createElement("raft-playground");
    fresh.setAttribute("scenario", "slow-disk");
    document.body.append(fresh);
    await it.ready;
  });
  await element(page).getByRole("alert").filter({ hasText: "This link was made by version 1 of the engine" }).waitFor();
  assert.ok((await servers(page).count()) >= 3);
  assert.equal(await page.getByRole("dialog").count(), 0);
});

hostTest("taken off the page it says so to whoever still asks", `<raft-playground scenario="first-light"></raft-playground>`, async (page) => {
  const codes = await page.evaluate(async () => {
    const it = document.querySelector("raft-playground");
    await it.ready;
    const asked = ["play", "pause", "step", "state", "svg", "text"].map((name) => it[name]());
    asked.push(it.seek("20ms"), it.run("crash n1"));
    it.remove();
    const settled = await Promise.allSettled(asked);
    return settled.map(({ reason }) => [reason?.name, reason?.code, reason?.message]);
  });
  for (const [name, code, message] of codes) assert.deepEqual([name, code, message], ["RaftPlaygroundError", "cannot-be-done", "The element is not on a page."]);
});

hostTest("all speak the language that was asked for last, their bars too", `<raft-playground scenario="first-light"></raft-playground>`, async (page) => {
  await call(page, "ready");
  await page.evaluate(() => {
    const other = document.createElement("raft-playground");
    other.setAttribute("lang", "zh");
    document.body.append(other);
    return other.ready;
  });
  for (const nth of [0, 1]) {
    await element(page, nth).getByRole("link", { name: "打开 Playground" }).waitFor();
    await poll("Chinese", () => element(page, nth).locator(".pg[lang=zh-Hans]").count(), (count) => count === 1);
  }
});

hostTest("what is wrong is told once, however often something else changes", `<raft-playground scenario="first-light" height="100"></raft-playground>`, async (page) => {
  for (const caption of ["One", "Two", "Three"]) await page.evaluate((caption) => document.querySelector("raft-playground").setAttribute("caption", caption), caption);
  await page.getByText("Three").waitFor();
  assert.equal((await heard(page, "error")).length, 1);
});

hostTest("what is known once it plays stays, whatever is drawn anew", `<raft-playground src="gallery/tour/election.raft" step="99"></raft-playground>`, async (page) => {
  await call(page, "ready");
  const bar = async () => {
    await element(page).getByRole("group", { name: "Leader election" }).waitFor();
    await element(page).getByRole("alert").filter({ hasText: "“step=99” cannot be read" }).waitFor();
    assert.match(await element(page).getByRole("link", { name: /Open in/ }).getAttribute("href"), /[?&]text=/);
  };
  await bar();
  await page.evaluate(() => document.querySelector("raft-playground").setAttribute("caption", "Another"));
  await page.getByText("Another").waitFor();
  await bar();
});
