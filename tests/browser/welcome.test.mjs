// The first screen: one sentence and three doors beside the picture, what each opens, and when it goes.
import assert from "node:assert/strict";
import { assertQuiet, at, dialog, inBrowser, leader, open, pageTest, poll, server, speed, test } from "./page.mjs";

inBrowser();

const hero = (page) => page.locator(".hero");
const door = (page, name) => page.getByRole("group", { name: "Where to begin" }).getByRole("button", { name });
const gone = (page) => poll("the doors are gone", () => page.locator(".hero, .doors").count(), (count) => count === 0);

/** Which of the first screen's parts lie on a server, or on each other, or beyond the stage. */
const overlaps = (page) => page.evaluate(() => {
  const root = document.querySelector("#playground").shadowRoot;
  const box = (element) => [element.className.baseVal ?? element.className, element.getBoundingClientRect()];
  const shown = (element) => element.checkVisibility();
  const parts = [...root.querySelectorAll(".hero > *, .say, .doors > button, .no-thanks")].filter(shown).map(box);
  const servers = [...root.querySelectorAll(".stage .node .body")].map(box);
  const stage = root.querySelector(".stage").getBoundingClientRect();
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const found = [];
  for (const [n, [name, part]] of parts.entries()) {
    if (part.bottom > stage.bottom + 1 || part.right > stage.right + 1) found.push(`${name} leaves the stage`);
    for (const [other, server] of [...servers, ...parts.slice(n + 1)]) if (meet(part, server)) found.push(`${name} on ${other}`);
  }
  for (const [, server] of servers) if (server.bottom > stage.bottom + 1 || server.top < stage.top - 1) found.push("a server leaves the stage");
  return found;
});

for (const [width, height] of [[1920, 1080], [1280, 720], [768, 1024], [390, 844], [844, 390], [640, 360]]) {
  for (const lang of ["en", "zh"]) {
    pageTest(`the doors leave the servers free, ${width} by ${height}, ${lang}`, `?lang=${lang}`, async (page) => {
      await poll("three doors", () => page.locator(".door").count(), (count) => count === 3);
      await poll("it speaks", () => hero(page).textContent(), (text) => (lang === "zh") === /[一-鿿]/.test(text));
      await leader(page).or(page.locator(".node.leader")).first().waitFor();
      assert.deepEqual(await overlaps(page), []);
      for (const box of await page.locator(".door").all()) assert.ok((await box.boundingBox()).height >= 40, "large enough for a finger");
    }, { viewport: { width, height } });
  }
}

pageTest("the first door opens the tour's first lesson; who has begun it goes on", "", async (page) => {
  await door(page, "See how they agree").click();
  await page.getByRole("region", { name: "Lesson" }).waitFor();
  assert.equal(new URL(page.url()).searchParams.get("lesson"), "one-server");
  await gone(page);
  const on = page.locator(".lesson-foot .primary");
  for (let n = 0; n < 40 && !/Step 2/.test(await page.locator(".lesson-head").textContent()); n += 1) {
    await on.click();
    await page.waitForTimeout(120);
  }
  await page.goto(at(""));
  await door(page, "Go on with the tour").click();
  await page.getByRole("region", { name: "Lesson" }).filter({ hasText: "Step 2" }).waitFor();
});

pageTest("the second door brings faults in reach: crash, cut, mend, why", "", async (page) => {
  await leader(page).first().waitFor();
  await door(page, "Break a cluster").click();
  await speed(page, "1/10×");
  const bar = page.getByRole("group", { name: "Break something" });
  await bar.getByRole("button", { name: "Crash the leader" }).click();
  await page.locator(".node.down").waitFor();
  await bar.getByRole("button", { name: "Lose 30 % of messages" }).click();
  await poll("another leads", () => leader(page).count(), Boolean, { within: 20_000 });
  await bar.getByRole("button", { name: "Cut the leader off" }).click();
  await page.locator(".wall").first().waitFor({ state: "attached" });
  await bar.getByRole("button", { name: "Mend everything" }).click();
  await poll("all is well", () => page.locator(".node.down, .wall").count(), (count) => count === 0);
  assert.ok(await bar.getByRole("button", { name: "Mend everything" }).isDisabled());
  await bar.getByRole("button", { name: "Ask why…" }).click();
  await page.getByRole("group", { name: "Questions" }).getByRole("button").first().waitFor();
  await bar.getByRole("button", { name: "More faults…" }).click();
  await dialog(page).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await bar.getByRole("button", { name: "Close" }).click();
  await gone(page);
});

pageTest("the third door opens the console with its prompt ready", "", async (page) => {
  await door(page, "Try etcd").click();
  await gone(page);
  await poll("the prompt has the focus", () => page.evaluate(() =>
    Boolean(document.querySelector("#playground").shadowRoot.activeElement?.matches(".term input"))));
  await page.keyboard.type("put a 1");
  await page.keyboard.press("Enter");
  await page.locator(".term ol li").filter({ hasText: "OK" }).waitFor({ timeout: 30_000 });
});

pageTest("what is what is one click away, on a phone too", "", async (page) => {
  await hero(page).getByRole("button", { name: "What you see" }).click();
  const signs = page.locator(".signs");
  await signs.waitFor();
  assert.equal(await signs.locator("li:visible").count(), 4);
  assert.equal(await page.locator(".door").count(), 3, "the doors are still there");
}, { viewport: { width: 390, height: 844 } });

pageTest("the doors can be opened and closed by the keyboard alone", "", async (page) => {
  const tour = door(page, "See how they agree");
  for (let n = 0; n < 60 && !(await tour.evaluate((b) => b === b.getRootNode().activeElement)); n += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Escape");
  await gone(page);
});

test("the doors go when a visitor acts, come back with the next visit, and not once closed", { timeout: 60_000 }, async () => {
  const opened = await open("");
  const { page, context } = opened;
  await door(page, "Try etcd").waitFor();
  await server(page, 1).click();
  await gone(page);
  await page.reload();
  await door(page, "Try etcd").waitFor();
  await page.getByRole("button", { name: "Close the first screen" }).click();
  await gone(page);
  await page.reload();
  await leader(page).first().waitFor();
  assert.equal(await page.locator(".door").count(), 0);
  await assertQuiet(opened);
  await context.close();
});

for (const address of ["?embed", "?paused", "?scenario=split-vote", "?lesson=election", "?present"]) {
  pageTest(`no doors at ${address}`, address, async (page) => {
    await page.locator(".node").first().waitFor();
    await page.waitForTimeout(300);
    assert.equal(await page.locator(".hero, .doors").count(), 0);
  });
}
