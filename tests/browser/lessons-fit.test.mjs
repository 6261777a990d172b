// The resting moment of every step of the tour, on every kind of screen: the stage is large, names can
// be read, and nothing is cut off.
import assert from "node:assert/strict";
import { misfits } from "./made-up.mjs";
import { inBrowser, pageTest, poll } from "./page.mjs";

inBrowser();

const card = (page) => page.locator(".lesson");
const on = (page) => card(page).locator(".lesson-foot .primary");
const place = async (page) =>
  `${await card(page).locator(".lesson-head span").first().textContent()}, ${await on(page).textContent()}`;

/** What is too small at this moment. */
const tooSmall = (page) =>
  page.evaluate(() => {
    const root = document.querySelector("#playground").shadowRoot;
    const found = [];
    const stage = root.querySelector(".stage").getBoundingClientRect();
    const least = innerWidth > innerHeight ? 0.55 : 0.45;
    if (stage.height < least * innerHeight) found.push(`the stage has ${stage.height} of ${innerHeight} pixels`);
    const svg = root.querySelector(".stage > svg");
    for (const name of root.querySelectorAll(".node .name")) {
      const size = parseFloat(getComputedStyle(name).fontSize) * svg.getScreenCTM().a;
      if (size < 11) found.push(`the name ${name.textContent.trim()} is ${size.toFixed(1)} pixels high`);
    }
    for (const server of root.querySelectorAll(".node.followed .body, .node.leader .crown")) {
      const box = server.getBoundingClientRect();
      if (box.top < stage.top - 1 || box.bottom > stage.bottom + 1) found.push(`a server is at ${box.top} to ${box.bottom}`);
    }
    for (const button of root.querySelectorAll(".lesson button")) {
      const box = button.getBoundingClientRect();
      if (box.width && (box.right > innerWidth + 1 || box.bottom > innerHeight + 1)) found.push(`${button.textContent} is off the screen`);
    }
    return found;
  });

// 640 by 360 is 1280 by 720 at a zoom of 200 %.
for (const [width, height] of [[1920, 1080], [1280, 720], [960, 540], [844, 390], [768, 1024], [390, 844], [640, 360]]) {
  for (const language of ["en", "zh"]) {
    const title = `every step of the tour fits ${width} by ${height}, ${language}`;
    pageTest(title, `?lesson=one-server&lang=${language}`, async (page, { t }) => {
      await card(page).waitFor();
      const last = new Set();
      let wrong = [];
      for (let n = 0; n < 400; n += 1) {
        const where = await place(page);
        if (/To its end|直接到结尾/.test(where)) {
          await page.keyboard.press("ArrowRight");
          await page.waitForTimeout(30);
          continue;
        }
        if (!last.has(where)) {
          last.add(where);
          const found = [...(await tooSmall(page)), ...(await misfits(page))];
          wrong = wrong.concat(found.map((what) => `${where}: ${what}`));
        }
        if (await on(page).isDisabled()) break;
        await page.keyboard.press("ArrowRight");
        await poll("the next step", () => place(page), (now) => now !== where);
      }
      t.diagnostic(`${last.size} places`);
      assert.ok(last.size > 50, [...last].join("\n"));
      assert.deepEqual(wrong, []);
    }, { viewport: { width, height } });
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
