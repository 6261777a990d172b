// The resting moment of every step of every lesson, on every kind of screen and in every language: the
// stage is large, what the step looks at is wholly visible, names can be read, and nothing is cut off.
//
// Lessons and steps are found by going on: from each end the page leads to what comes after it. Each
// step is reached by going to its end at once, which is a seek, and measured at every size: the window
// is made larger and smaller around it.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { catalogue, misfits } from "./made-up.mjs";
import { at, inBrowser, pageTest, poll } from "./page.mjs";

inBrowser();

const card = (page) => page.locator(".pg:not(.still) .lesson");
const on = (page) => card(page).locator(".lesson-foot .primary");

const chinese = await readFile(new URL("../../web/lang/zh.txt", import.meta.url), "utf8");
const gallery = await readFile(new URL("../../web/gallery/gallery.txt", import.meta.url), "utf8");

/** How many lessons there are of a kind. */
const lessons = (kind) => gallery.split(`[${kind}]\n`)[1].split("\n\n")[0].trim().split("\n").length;

/** What is wrong with the resting moment that is shown. Runs in the page. */
function measure(least) {
  const root = document.querySelector("#playground").shadowRoot;
  const one = (selector) => root.querySelector(selector);
  const inside = (box, around) =>
    box.left >= around.left - 1 && box.right <= around.right + 1 && box.top >= around.top - 1 && box.bottom <= around.bottom + 1;
  const shown = (element) => element?.checkVisibility() && element.getBoundingClientRect().height > 0;
  const screen = { left: 0, top: 0, right: innerWidth, bottom: innerHeight };
  const text = (element) => element.textContent.trim().slice(0, 40);

  const found = [];
  const stage = one(".stage").getBoundingClientRect();
  if (stage.height < least * innerHeight - 0.5) found.push(`the stage has ${Math.round(stage.height)} of ${innerHeight} pixels`);
  const scale = one(".stage > svg").getScreenCTM().a;
  for (const name of root.querySelectorAll(".node .name")) {
    const size = parseFloat(getComputedStyle(name).fontSize) * scale;
    if (size < 11) found.push(`the name ${text(name)} is ${size.toFixed(1)} pixels high`);
  }
  // What it looks at: the servers that are marked, or all of them, with their crowns.
  const marked = [...root.querySelectorAll(".node.followed")];
  for (const node of marked.length ? marked : root.querySelectorAll(".node")) {
    for (const part of node.querySelectorAll(".body, .crown")) {
      if (!inside(part.getBoundingClientRect(), stage)) found.push(`${text(node)} is not wholly on the stage`);
    }
  }
  const looks = one(".lesson").dataset.looks;
  if (looks) {
    const place = { log: ".excerpt.log", storage: ".excerpt.storage", console: ".excerpt.console" }[looks];
    const part = place && shown(one(place)) ? one(place) : one(".tab-panel");
    if (!shown(part)) found.push(`${looks} is not shown`);
    else if (part.matches(".excerpt")) {
      if (!inside(part.getBoundingClientRect(), screen)) found.push(`the excerpt of ${looks} is off the screen`);
      if (part.scrollHeight > part.clientHeight + 1 || part.scrollWidth > part.clientWidth + 1) found.push(`the excerpt of ${looks} is cut off: ${part.scrollWidth} by ${part.scrollHeight} in ${part.clientWidth} by ${part.clientHeight}`);
      const beside = one(".beside");
      if (beside.scrollHeight > beside.clientHeight + 1) found.push(`what stands beside is cut off: ${beside.scrollHeight} in ${beside.clientHeight}`);
      if (!part.textContent.trim()) found.push(`the excerpt of ${looks} is empty`);
    }
  }
  // What was said last can be read without scrolling, and every control is on the screen.
  const said = one(".lesson-text");
  const last = [...said.querySelectorAll("p, h2")].filter(shown).at(-1);
  if (last && last.getBoundingClientRect().bottom > said.getBoundingClientRect().bottom + 1) found.push(`“${text(last)}” is below the card’s edge`);
  for (const button of root.querySelectorAll(".lesson button, header :is(button, select)")) {
    if (shown(button) && !said.contains(button) && !inside(button.getBoundingClientRect(), screen)) found.push(`the button ${text(button)} is off the screen`);
  }
  return found;
}

/** Goes through all lessons of a kind from where the page is; `window.rests` is told each resting
 * moment and waited for. The moments' names. Runs in the page. */
async function walk(most) {
  const root = document.querySelector("#playground").shadowRoot;
  const one = (selector) => root.querySelector(selector);
  const drawn = () => new Promise((resolve) => setTimeout(resolve, 0));
  const press = () => one(".pg").dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true, composed: true }));
  // What is read only changes when the page is drawn again: place, text and the word on the button.
  const state = () => `${one(".lesson-head")?.textContent}|${one(".lesson-text")?.textContent}|${one(".lesson-foot")?.textContent}`;
  const seen = new Set();
  for (let waited = 0; !one(".lesson") && waited < 4_000; waited += 1) await drawn();
  let walked = 1;
  for (let presses = 0; presses < 4_000; presses += 1) {
    const foot = one(".lesson-foot .primary");
    const where = one(".lesson-head span").textContent.trim();
    if (one(".lesson").dataset.rests === "true" && !seen.has(where)) {
      seen.add(where);
      await window.rests(where);
    }
    const ends = one(".leads-on") !== null;
    if (ends && (walked += 1) > most) break;
    const before = state();
    foot.blur();
    press();
    for (let waited = 0; state() === before; waited += 1) {
      await drawn();
      // A lesson is fetched; a movement that ended by itself takes no press for a moment.
      if (waited % 25 === 24) press();
      if (waited > 4_000) throw new Error(`${where}: it does not go on`);
    }
    await drawn();
  }
  return [...seen];
}

// 640 by 360 is 1280 by 720 at a zoom of 200 %.
const SIZES = [[1920, 1080], [1280, 720], [960, 540], [768, 1024], [844, 390], [390, 844], [640, 360]];
const LESSONS = ["tour", "questions", "stories"];
for (const language of ["English", "Chinese", "the lengthened language"]) {
  for (const kind of LESSONS) {
    pageTest(`every step of ${kind} fits every screen, ${language}`, "?paused", async (page, { t }) => {
      if (language === "the lengthened language") {
        await page.route(/\/lang\/zh\.txt$/, (route) => route.fulfill({ body: catalogue(chinese), contentType: "text/plain; charset=utf-8" }));
      }
      const wrong = new Set();
      const atAllSizes = async (where) => {
        for (const [width, height] of SIZES) {
          await page.setViewportSize({ width, height });
          const least = width > height ? 0.55 : 0.45;
          const found = [...(await page.evaluate(measure, least)), ...(await misfits(page))];
          for (const what of found) wrong.add(`${width} by ${height}, ${where}: ${what}`);
        }
      };
      await page.exposeFunction("rests", atAllSizes);
      await page.goto(at(`?lesson=${kind}&lang=${language === "English" ? "en" : "zh"}&pace=calm`));
      await card(page).waitFor();
      const seen = await page.evaluate(walk, lessons(kind));
      t.diagnostic(`${seen.length} steps at ${SIZES.length} sizes`);
      assert.ok(seen.length > 3 * lessons(kind), seen.join("\n"));
      assert.deepEqual([...wrong], []);
    }, { viewport: { width: 640, height: 360 } });
  }
}

const box = (page, selector) => page.locator(selector).boundingBox();

pageTest("a phone held sideways shows the stage large, and every control", "?paused", async (page) => {
  const stage = await box(page, ".stage");
  assert.ok(stage.height >= 0.55 * 390, `the stage has ${stage.height} of 390 pixels`);
  for (const part of ["header", ".time", ".tabs"]) {
    const { y, height } = await box(page, part);
    assert.ok(y >= 0 && y + height <= 390.5, `${part} from ${y}, ${height} high`);
  }
  assert.deepEqual(await misfits(page), []);
}, { viewport: { width: 844, height: 390 } });

for (const [width, height] of [[480, 360], [400, 420]]) {
  pageTest(`a lesson embedded in ${width} by ${height} leaves room for the stage`, "?embed&lesson=election&step=2", async (page) => {
    await card(page).waitFor();
    await poll("it rests", () => on(page).textContent(), (text) => text.trim() === "Continue");
    const stage = await box(page, ".stage");
    assert.ok(stage.height >= 0.45 * height, `the stage has ${stage.height} of ${height} pixels`);
    const foot = await box(page, ".lesson-foot");
    assert.ok(foot.y + foot.height <= height, `its buttons end at ${foot.y + foot.height}`);
    assert.deepEqual(await misfits(page), []);
  }, { viewport: { width, height } });
}
