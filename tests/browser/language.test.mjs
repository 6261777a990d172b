// English and Chinese: by the address, by the browser, by the switch; English where the Chinese
// sentences cannot be fetched; and a made-up language, in which nothing stays English.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { catalogue, misfits, stillEnglish, told } from "./made-up.mjs";
import { at, events, inBrowser, leader, notice, pageTest, pause, play, poll } from "./page.mjs";

inBrowser();

const root = (page) => page.locator(".pg:not(.still)");
const tabs = (page) => page.getByRole("tab").allTextContents();
const speaks = (page, tag) =>
  poll(`lang=${tag}`, () => root(page).getAttribute("lang"), (lang) => lang === tag);
const trimmed = async (page) => (await tabs(page)).map((name) => name.trim());

const CHINESE = ["检查", "控制台", "存储", "事件", "未来", "规则", "学习"];
const ENGLISH = ["Inspect", "Console", "Storage", "Events", "Futures", "Rules", "Learn"];

/** Files that the page has asked for. */
const requested = (page) => page.evaluate(() =>
  performance.getEntriesByType("resource").map((entry) => new URL(entry.name).pathname));

pageTest("an English visit is English and fetches no sentences", "?paused", async (page) => {
  await play(page);
  await leader(page).first().waitFor();
  assert.deepEqual(await trimmed(page), ENGLISH);
  assert.equal(await root(page).getAttribute("lang"), "en");
  assert.deepEqual((await requested(page)).filter((path) => path.includes("zh.txt")), []);
});

pageTest("an address asks for Chinese: tabs, servers, dialogs and the story are Chinese", "?lang=zh&paused", async (page) => {
  await speaks(page, "zh-Hans");
  assert.deepEqual(await trimmed(page), CHINESE);
  await page.getByRole("button", { name: "播放", exact: true }).click();
  await page.getByRole("button", { name: /，任期 \d+ 的领导者$/ }).first().waitFor();
  await page.getByRole("button", { name: "暂停", exact: true }).click();
  assert.match(await page.locator(".say").textContent(), /\p{Script=Han}/u);
  await page.getByRole("button", { name: /^链路 n1 到 n2，畅通$/ }).waitFor();
  await page.getByRole("button", { name: "帮助与快捷键" }).click();
  await page.getByRole("dialog", { name: "快捷键" }).getByText("播放或暂停").waitFor();
  await page.keyboard.press("Escape");
  for (const name of CHINESE) {
    await page.getByRole("tab", { name }).click();
    await poll(`something in ${name}`, () => page.getByRole("tabpanel").textContent(), (text) => /\p{Script=Han}/u.test(text));
  }
});

/** Sentences with no Chinese in them: what somebody forgot. */
pageTest("no control of the page stays English in Chinese", "?lang=zh&paused", async (page) => {
  await speaks(page, "zh-Hans");
  const shared = /^(Raft Playground|EN|Switch to English|put|get|\^C|[0-9/]+×|n\d+|get .*|First light|.*\.wal)$/;
  const strange = () => page.evaluate(() => {
    const found = [];
    const all = document.querySelector("#playground").shadowRoot.querySelectorAll("*");
    for (const element of all) {
      const own = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data);
      const names = ["aria-label", "title"].map((name) => element.getAttribute(name) ?? "");
      if (element.matches("code, cite, .cite, kbd, pre, small, .rule-list *, .msg, .cell, .cell *")) continue;
      for (const text of [own.join("").trim(), ...names]) {
        if (/[A-Za-z]{3,}/.test(text) && !/\p{Script=Han}/u.test(text)) found.push(text);
      }
    }
    return found;
  });
  const look = async (where) => {
    const left = (await strange()).filter((text) => !shared.test(text));
    assert.deepEqual(left.filter((text) => !/^(RequestVote|AppendEntries|InstallSnapshot|heartbeat)/.test(text)), [], where);
  };
  await look("the page");
  for (const name of ["控制台", "存储", "学习"]) {
    await page.getByRole("tab", { name }).click();
    await poll(name, () => page.getByRole("tab", { name }).getAttribute("aria-selected"), (on) => on === "true");
    await poll(`${name} is here`, () => page.getByRole("tabpanel").getByText("加载中").count(), (count) => count === 0);
    await look(name);
  }
  await page.getByRole("button", { name: "故障 ▾" }).click();
  await page.getByRole("dialog", { name: "故障与设置" }).waitFor();
  await look("faults");
});

pageTest("the switch goes to English and back and loses nothing of the run", "?lang=zh&paused", async (page) => {
  await speaks(page, "zh-Hans");
  await page.getByRole("button", { name: "播放", exact: true }).click();
  await page.getByRole("button", { name: /，任期 \d+ 的领导者$/ }).first().waitFor();
  await page.getByRole("button", { name: "暂停", exact: true }).click();
  const text = () => page.locator("[data-time]").getAttribute("data-time");
  const before = await text();
  const say = await page.locator(".say").textContent();
  await page.getByRole("button", { name: "EN", exact: true }).click();
  await speaks(page, "en");
  assert.deepEqual(await trimmed(page), ENGLISH);
  await leader(page).first().waitFor();
  await page.getByRole("button", { name: /^Link n1 to n2, open$/ }).waitFor();
  assert.ok((await events(page)) > 0);
  await page.getByRole("button", { name: "中文", exact: true }).click();
  await speaks(page, "zh-Hans");
  assert.deepEqual(await trimmed(page), CHINESE);
  await page.getByRole("button", { name: /，任期 \d+ 的领导者$/ }).first().waitFor();
  assert.equal(await page.locator(".say").textContent(), say);
  assert.equal(await text(), before);
});

pageTest("a choice is kept for the next visit, and an address goes before it", "?paused", async (page) => {
  await page.getByRole("button", { name: "中文", exact: true }).click();
  await speaks(page, "zh-Hans");
  await page.goto(at("?paused"));
  await speaks(page, "zh-Hans");
  await page.goto(at("?paused&lang=en"));
  await page.locator("[data-server]").first().waitFor({ state: "attached" });
  await speaks(page, "en");
  await pause(page);
});

pageTest("a browser that prefers Chinese gets it", "?paused", async (page) => {
  await speaks(page, "zh-Hans");
  assert.deepEqual(await trimmed(page), CHINESE);
}, { locale: "zh-CN" });

pageTest("every playground of a page speaks the same", "?paused", async (page) => {
  await page.evaluate(async () => {
    const place = document.createElement("div");
    document.body.append(place);
    window.second = (await window.engine()).mount(place, { scenario: "split-vote", paused: true });
  });
  // Wherever it is on the page: the second lies over it.
  await page.getByRole("button", { name: "中文", exact: true }).first().dispatchEvent("click");
  await poll("both", () => page.locator(".pg[lang=zh-Hans]").count(), (count) => count === 2);
  await page.evaluate(() => window.second.destroy());
});

pageTest("where the sentences cannot be fetched the page says so and stays English", "?paused", async (page) => {
  await page.route(/zh\.txt/, (route) => route.abort());
  await page.getByRole("button", { name: "中文", exact: true }).click();
  await notice(page).filter({ hasText: "could not be loaded, so the page stays as it is" }).waitFor();
  assert.deepEqual(await trimmed(page), ENGLISH);
  assert.equal(await root(page).getAttribute("lang"), "en");
  await page.unroute(/zh\.txt/);
  await page.route(/zh\.txt/, (route) => route.fulfill({ status: 404 }));
  await page.goto(at("?paused&lang=zh"));
  await notice(page).filter({ hasText: "zh.txt: 404" }).waitFor();
  await page.unroute(/zh\.txt/);
  await page.getByRole("button", { name: "中文", exact: true }).click();
  await speaks(page, "zh-Hans");
}, { complains: /zh\.txt|ERR_FAILED|404/ });

for (const [width, height] of [[1280, 720], [390, 844]]) {
  const title = `in a language that is 40 % longer nothing stays English and everything fits, ${width} by ${height}`;
  pageTest(title, "?scenario=stranded-leader&paused", async (page) => {
    const chinese = await (await fetch(at("lang/zh.txt"))).text();
    await page.route(/zh\.txt/, (route) => route.fulfill({ body: catalogue(chinese), contentType: "text/plain; charset=utf-8" }));
    await page.locator(".language").click();
    await speaks(page, "zh-Hans");
    const button = (english) => page.getByRole("button", { name: told(english), exact: true });
    // What a scenario says is its own text.
    const scenario = readFileSync(new URL("../../web/scenarios/stranded-leader.raft", import.meta.url), "utf8");
    const own = [...scenario.matchAll(/say "(.*)"$/gm)].map(([, said]) => said);
    // Sentences that end in what has no translation: systems that lacked a rule, a line of the text.
    // Scenarios and lessons bring translations of their own: here they are in Chinese.
    const quotes = (text) => /[\u4e00-\u9fff]/.test(text) || ["Missing in", "line"].some((begins) => text.startsWith(told(begins)));
    const look = async (where) => {
      const english = (await stillEnglish(page)).filter((text) => !own.includes(text) && !quotes(text));
      assert.deepEqual(english, [], `${where} stays English`);
      assert.deepEqual(await misfits(page), [], `${where} does not fit`);
    };
    await look("the page");
    await button("Play").click();
    await poll("half a second of the run", () => page.locator("[data-time]").getAttribute("data-time"), (time) => Number(time) > 5e5);
    await button("Pause").click();
    await page.locator('[data-server="1"]').press("Enter");
    await page.getByRole("menu").waitFor();
    await look("a server’s menu");
    await page.keyboard.press("Escape");
    const names = page.getByRole("tab");
    for (let place = 0; place < (await names.count()); place += 1) {
      await names.nth(place).click();
      await poll("the tab’s content", () => page.getByRole("tabpanel").getByText(told("Loading…")).count(), (count) => count === 0);
      await look(`tab ${place}`);
    }
    for (const english of ["Faults ▾", "Help and keys", "Share"]) {
      await button(english).click();
      await page.getByRole("dialog").waitFor();
      await poll("the dialog’s content", () => page.getByRole("dialog").getByText(told("Loading…")).count(), (count) => count === 0);
      await look(english);
      await page.keyboard.press("Escape");
    }
    await page.locator("button.scenario").click();
    await page.getByRole("dialog").waitFor();
    await look("the scenarios");
    await page.goto(at("?lesson=election&step=3"));
    const card = page.getByRole("region", { name: told("Lesson") });
    await card.waitFor();
    await look("a step that moves");
    await card.getByRole("button", { name: told("Continue"), exact: true }).waitFor();
    await look("a step at its end");
  }, { viewport: { width, height } });
}
