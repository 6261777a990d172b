// What a person does with the playground, from beginning to end, in any browser (driver.mjs). Each gets
// a visit: `open(address, options)` gives a page of its own, `at(address)` an address of the page. What one
// `needs` that not every browser has is told by a word.
import assert from "node:assert/strict";
import { until } from "./driver.mjs";

/** Pages of others, which embed the playground. */
export const HOSTS = {
  "element.html": `<h1>Notes on Raft</h1>
<raft-playground id="bundled" scenario="first-light" speed="1" caption="Five servers"></raft-playground>
<script type="module" src="embed.js"></script>`,
  "own-text.html": `<div style="max-width: 420px"><raft-playground id="right" view="stage logs" speed="1"><script type="text/raft">title "Three of mine"
nodes 3
seed 9
run until leader
put x 1
run 300ms
</script></raft-playground>
<raft-playground id="wrong" play="none"><script type="text/raft">nodes 3
crush n2
</script></raft-playground></div>
<script type="module" src="embed.js"></script>`,
  "iframe.html": `<p>Before it.</p>
<iframe title="A split vote" src="./?view=stage&scenario=split-vote&paused&pace=1" width="480" height="360"></iframe>`,
};

const LEADER = '[data-server][aria-label*="leader of term"]';
const PLAY = ".transport .primary";
const CARD = ".lesson";
const ON = ".lesson-foot .primary";
const COMMAND = 'input[aria-label="Command"]';
const server = (id) => `[data-server="${id}"]`;

const now = async (page) => Number((await page.first("[data-time]"))["data-time"]);

async function isPlaying(page, yes) {
  await page.see(PLAY, yes ? /Pause/ : /Play/);
}

async function pause(page) {
  if ((await page.first(PLAY))["aria-label"] === "Pause") await page.click(PLAY);
  await isPlaying(page, false);
}

async function playUntil(page, what, look) {
  await page.click(PLAY);
  await until(what, look);
  await pause(page);
}

const leads = (page) => () => page.count(LEADER);

/** What the cluster looks like, in words. */
async function picture(page) {
  const names = async (css) => (await page.list(css)).map((it) => it["aria-label"]);
  return {
    time: await now(page),
    servers: await names("[data-server]"),
    links: await names("[data-link]"),
    cells: await names(".logs .cell"),
  };
}

async function showTab(page, name) {
  await page.click("[role=tab]", name);
  await until(`tab ${name}`, () => page.first("[role=tab]", name), (tab) => tab["aria-selected"] === "true");
}

/** What lies where something else must be seen, or beyond the stage. */
const overlaps = (page) => page.evaluate(() => {
  const stage = all(".stage")[0].getBoundingClientRect();
  const place = (it) => [it.getAttribute("class"), it.getBoundingClientRect()];
  const parts = all(".hero > *, .doors > button, .no-thanks").filter(isShown).map(place);
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const found = [];
  for (const [name, body] of all(".stage .node .body").map(place)) {
    if (body.bottom > stage.bottom + 1 || body.top < stage.top - 1 || body.right > stage.right + 1) found.push(`${name} leaves the stage`);
    for (const [part, box] of parts) if (meet(body, box)) found.push(`${part} lies on ${name}`);
  }
  return found;
});

/** Nothing of the page is wider or higher than its window. */
const fits = (page) => page.evaluate(() => {
  const { scrollWidth, scrollHeight } = document.documentElement;
  const beyond = all("button, select, input, [data-server] .body").filter((it) => {
    const box = it.getBoundingClientRect();
    return it.closest("[role=tablist], .tab-panel, .logs") === null && isShown(it) && (box.right > innerWidth + 1 || box.left < -1);
  });
  return { wide: scrollWidth - innerWidth, high: scrollHeight - innerHeight, beyond: beyond.map((it) => it.outerHTML.slice(0, 80)) };
});

/** The next step of a lesson, once its movement is over. */
async function onward(page) {
  const place = async () => (await page.first(`${CARD} .lesson-head span`)).text;
  const before = await place();
  await until(`another step than ${before}`, async () => {
    // A press while something moves brings it to its end: whoever pressed then presses again.
    if ((await place()) === before) await page.click(ON);
    return place();
  }, (at) => at !== before);
}

export const JOURNEYS = [
  {
    name: "a first visit sees a leader elected and entries written, with nothing in the way",
    async go({ open }) {
      const page = await open("");
      await page.see("button.scenario", /First light/);
      assert.equal((await page.list(".door")).length, 3);
      await page.see(LEADER, undefined, { within: 60_000 });
      await page.see(".logs .cell", undefined, { within: 60_000 });
      await page.see(".safe", /10 safety properties hold/);
      await page.see("[data-message]");
      assert.deepEqual(await overlaps(page), []);
      await page.click(".door", /Break a cluster/);
      await page.see(".doors.breaks");
      await until("nothing lies on a server", () => overlaps(page), (found) => found.length === 0);
      await page.click(".breaks button", "Crash the leader");
      await page.see("[data-server].down");
      return page;
    },
  },
  {
    name: "a line drawn around a server splits the network, and a click on the wall heals it",
    async go({ open }) {
      const page = await open("?paused&pace=1");
      const body = (await page.first(`${server(3)} .body`)).box;
      const middle = (await page.first(".links")).box;
      const [x, y] = [[body.x - 24, body.x + body.width + 24], [body.y - 24, body.y + body.height + 24]];
      // Begun on the far side, where no link is.
      if (body.x > middle.x + middle.width / 2) x.reverse();
      if (body.y > middle.y + middle.height / 2) y.reverse();
      await page.drag([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0.1]].map(([a, b]) => ({ x: x[0] + (x[1] - x[0]) * a, y: y[0] + (y[1] - y[0]) * b })));
      await page.see("path.wall");
      const cut = async () => (await page.list("[data-link]", /, cut$/)).map((it) => it["data-link"]).sort();
      assert.deepEqual(await cut(), ["1,3", "2,3", "3,4", "3,5"]);
      await playUntil(page, "the others elect a leader", leads(page));
      const wall = (await page.first("path.wall")).box;
      await page.clickAt(body.x + body.width / 2, wall.y + wall.height - 1);
      await page.gone("path.wall");
      assert.deepEqual(await cut(), []);
      return page;
    },
  },
  {
    name: "a link brings back the run and its moment",
    async go({ open, at }) {
      const page = await open("?paused&pace=1");
      await playUntil(page, "a leader", leads(page));
      await showTab(page, "Console");
      await page.fill(COMMAND, "crash n2");
      await page.press("Enter");
      await page.see(`${server(2)}.down`);
      await page.click("button", "Share");
      const link = (await page.see('textarea[aria-label="Link"]')).value;
      assert.ok(link.startsWith(at("#run=")), link);
      await page.press("Escape");
      await page.gone("[role=dialog]");
      const before = await picture(page);
      const other = await open(link.slice(at("").length));
      await until("the same moment", () => now(other), (time) => time === before.time);
      await isPlaying(other, false);
      assert.deepEqual(await picture(other), before);
      return other;
    },
  },
  {
    name: "an element on a page of others waits for Play, plays, and does as it is told",
    async go({ open }) {
      const page = await open("element.html", { shows: "raft-playground" });
      await page.see("figcaption", "Five servers");
      assert.equal(await page.count("[data-server]"), 0);
      const engine = () => page.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => /\.wasm$/.test(name)).length);
      assert.equal(await engine(), 0, "nothing of the engine is here before somebody plays");
      await page.click("raft-playground button, button", "▶ Play");
      await until("five servers", () => page.count("[data-server]"), (count) => count === 5);
      await page.see(LEADER, undefined, { within: 60_000 });
      const state = await page.evaluate(async () => {
        const it = document.querySelector("raft-playground");
        await it.pause();
        await it.run("crash leader");
        await it.seek("100ms");
        return it.state();
      });
      assert.deepEqual([state.timeUs, state.playing], [100_000, false]);
      const refused = await page.evaluate(() => document.querySelector("raft-playground").run("crush n1").catch(({ name, message }) => `${name}: ${message}`));
      assert.match(refused, /^RaftPlaygroundError: .*crush/);
      const box = (await page.first(".stage > svg")).box;
      assert.ok(box.width > 300 && box.height > 200, JSON.stringify(box));
      return page;
    },
  },
  {
    name: "a lesson goes on step by step, and back",
    async go({ open }) {
      const page = await open("?lesson=election&pace=1");
      const heading = async () => (await page.first(`${CARD} .lesson-text h2`)).text;
      await page.see(`${CARD} .lesson-text h2`, "The election timeout");
      await onward(page);
      assert.equal(await heading(), "A new term");
      await onward(page);
      assert.equal(await heading(), "One vote in each term");
      const look = await page.evaluate(() => {
        const [card, stage] = [all(".lesson")[0], all(".stage > svg")[0]].map((it) => it.getBoundingClientRect());
        return { overlap: Math.min(card.right, stage.right) - Math.max(card.left, stage.left), below: card.top - stage.bottom, width: stage.width, height: stage.height };
      });
      assert.ok(look.overlap < 2 || look.below > -2, `the card lies on the picture: ${JSON.stringify(look)}`);
      assert.ok(look.width > 300 && look.height > 200, JSON.stringify(look));
      await page.click(".lesson-foot button", "Back");
      await page.see(`${CARD} .lesson-text h2`, "A new term");
      return page;
    },
  },
  {
    name: "a lesson's question takes a guess and says how it went",
    async go({ open }) {
      const page = await open("?lesson=election&step=6&pace=1");
      // Its movement comes to an end by itself, or by a press.
      const hurry = /^(Continue|To its end)$/;
      await until("the question", async () => {
        if (await page.count(ON, hurry)) await page.click(ON, hurry, { within: 1_000 }).catch(() => {});
        return page.count(ON, "Just show me");
      });
      await page.click(".asked button", "yes");
      await page.see(".asked [role=status]", /^(Right: yes|You said yes; it is no)\.$/, { within: 60_000 });
      return page;
    },
  },
  {
    name: "the console puts and gets as etcdctl does",
    async go({ open }) {
      const page = await open("?paused&pace=1");
      await playUntil(page, "a leader", leads(page));
      await showTab(page, "Console");
      await page.click(PLAY);
      for (const [line, says] of [["put greeting 'hello <b>'", /OK/], ["get greeting", /hello <b>/]]) {
        await page.fill(COMMAND, line);
        await page.press("Enter");
        await page.see(".term li", new RegExp(`${line.split(" ")[0]} greeting[^]*${says.source}`), { within: 60_000 });
      }
      await page.press("ArrowUp", "ArrowUp");
      assert.equal((await page.first(COMMAND)).value, "put greeting 'hello <b>'");
      assert.equal(await page.count(".term b b"), 0, "text is text");
      await pause(page);
      return page;
    },
  },
  {
    name: "the timeline can be dragged to an earlier moment, and what is done there is a new branch",
    async go({ open }) {
      const page = await open("?paused&pace=1");
      await playUntil(page, "0.6 s", async () => (await now(page)) > 600_000);
      const end = await picture(page);
      const { box } = await page.first('[role=slider][aria-label="Simulated time"]');
      const y = box.y + box.height / 2;
      const to = (part) => ({ x: box.x + box.width * part, y });
      await page.drag([to(0.6), to(0.5), to(0.2)]);
      await until("an earlier moment", () => now(page), (time) => time > 0 && time < end.time * 0.6);
      const then = await now(page);
      await page.press("End");
      await until("the end", () => now(page), (time) => time === end.time);
      assert.deepEqual(await picture(page), end);
      await page.clickAt(to(0.2).x, y);
      await until("the earlier moment", () => now(page), (time) => time < end.time);
      assert.ok(Math.abs((await now(page)) - then) < 20_000);
      await page.click(server(1), undefined, { button: 2 });
      await page.click("[role=menuitem]", "Crash");
      await page.see('select[aria-label="Branch"]');
      return page;
    },
  },
  {
    name: "a server is crashed and restarted by its menu",
    async go({ open }) {
      const page = await open("?paused&pace=1");
      for (const [item, css] of [["Crash", ".down"], ["Restart", ":not(.down)"]]) {
        await page.click(server(2), undefined, { button: 2 });
        await page.see("[role=menu]");
        await until("the menu lies on the stage", async () => [(await page.first("[role=menu]")).box, (await page.first(".stage")).box], ([menu, stage]) =>
          menu.x >= stage.x && menu.y >= stage.y && menu.x + menu.width <= stage.x + stage.width + 1 && menu.y + menu.height <= stage.y + stage.height + 1);
        await page.click("[role=menuitem]", item);
        await page.gone("[role=menu]");
        await page.see(`${server(2)}${css}`);
      }
      return page;
    },
  },
  {
    name: "what is not so can be asked, and is answered from this moment",
    async go({ open }) {
      const page = await open("?paused&pace=1");
      // A press may still fall into the moment at which the page takes the still's place.
      await until("n2 is selected", async () => {
        await page.click(server(2));
        return page.see(".questions button", "Why does n2 not lead?", { within: 3_000 }).catch(() => undefined);
      });
      await page.click(".questions button", "Why does n2 not lead?");
      await page.see(".why-not .why", /Why does n2 not lead\?[^]+Next:[^]+§/);
      return page;
    },
  },
  {
    name: "the page speaks Chinese where it is asked to, and English again",
    async go({ open }) {
      const page = await open("?paused&pace=1");
      await page.click("button.language");
      await page.see("[role=tab]", "控制台");
      assert.equal((await page.first(".pg")).lang, "zh-Hans");
      await page.click("button.language");
      await page.see("[role=tab]", "Console");
      return page;
    },
  },
  {
    name: "the page is dark on a dark system, and as somebody chooses",
    async go({ open }) {
      const page = await open("?paused&pace=1", { dark: true });
      const paper = () => page.evaluate(() => getComputedStyle(all(".pg")[0]).backgroundColor);
      const isDark = (colour) => colour.match(/\d+/g).slice(0, 3).every((part) => Number(part) < 60);
      assert.ok(isDark(await paper()), await paper());
      await page.click("button", /^Theme: as your system/);
      await until("light", paper, (colour) => !isDark(colour));
      await page.click("button", /^Theme: light/);
      await until("dark", paper, isDark);
      // Whatever is drawn is drawn in its colours.
      const ink = await page.evaluate(() => getComputedStyle(all(".node .body")[0]).fill);
      assert.notEqual(ink, "rgb(0, 0, 0)");
      return page;
    },
  },
  {
    name: "on a phone everything is within reach",
    needs: "phone",
    async go({ open }) {
      const page = await open("?pace=1/5", { width: 390, height: 844 });
      assert.deepEqual(await fits(page), { wide: 0, high: 0, beyond: [] });
      assert.deepEqual(await overlaps(page), []);
      await page.click(".door", /Break a cluster/);
      await page.see(LEADER, undefined, { within: 60_000 });
      await page.click(".breaks button", "Crash the leader");
      await page.see("[data-server].down");
      assert.deepEqual(await fits(page), { wide: 0, high: 0, beyond: [] });
      return page;
    },
  },
  {
    name: "by keyboard alone: into a door, a split and its healing, a server's menu",
    async go({ open }) {
      const page = await open("?paused&pace=1");
      await page.tabTo("button", /^Faults/);
      await page.press("Enter");
      await page.see("[role=dialog]");
      for (const [css, text] of [[".split input"], [".split button", "Split"]]) {
        await page.tabTo(css, text);
        await page.press("Space");
      }
      await page.press("Escape");
      await page.gone("[role=dialog]");
      await page.see("path.wall");
      await page.press("h");
      await page.gone("path.wall");
      await page.tabTo(server(1));
      await page.press("Enter");
      await page.see("[role=menu]");
      await page.press("Enter");
      await page.see(`${server(1)}.down`);
      return page;
    },
  },
  {
    name: "an iframe shows the stage and plays",
    async go({ open }) {
      const page = await open("iframe.html");
      const frame = (await page.first("iframe")).box;
      await page.see(".pg:not(.still)");
      const bodies = await page.list("[data-server] .body");
      assert.ok(bodies.length > 2);
      for (const { box } of bodies) assert.ok(box.x > frame.x && box.y > frame.y && box.x + box.width < frame.x + 480 && box.y + box.height < frame.y + 360, JSON.stringify([box, frame]));
      const before = await now(page);
      await page.click(PLAY);
      await until("time goes on", () => now(page), (time) => time > before);
      return page;
    },
  },
  {
    name: "an element carries out a text of one's own, and says what is wrong in another",
    async go({ open }) {
      const page = await open("own-text.html", { shows: "raft-playground" });
      await page.see("b", "Three of mine");
      await page.see("[role=alert], [role=dialog]", /line 2[^]*crush/);
      await page.click("button", "▶ Play");
      await until("three servers", () => page.evaluate(() => all("[data-server]", null, document.querySelector("#right").shadowRoot).length), (count) => count === 3);
      await page.see(".logs .cell", undefined, { within: 60_000 });
      // The table has all of its row, and no more than it needs.
      const rest = await page.evaluate(() => {
        const [logs] = all(".logs");
        const time = logs.closest(".pg").querySelector(".time");
        return { below: time.getBoundingClientRect().top - logs.getBoundingClientRect().bottom, hidden: logs.scrollHeight - logs.clientHeight };
      });
      assert.ok(Math.abs(rest.below) < 16 && rest.hidden <= 1, JSON.stringify(rest));
      return page;
    },
  },
  {
    name: "wrong text in the editor is told by its line, and right text runs",
    async go({ open }) {
      const page = await open("?paused&pace=1");
      await page.click("button.scenario");
      await page.click("button", "Edit as text");
      const editor = 'textarea[aria-label="Scenario text"]';
      await page.fill(editor, "nodes 3 crush");
      await page.see("[role=dialog] [role=status]", /line 1/);
      await until("it cannot be run", () => page.evaluate(() => all("button", "Run it")[0].disabled));
      await page.fill(editor, "nodes 3");
      await page.click("button", "Run it");
      await page.gone("[role=dialog]");
      await until("three servers", () => page.count("[data-server]"), (count) => count === 3);
      return page;
    },
  },
  {
    name: "a link is copied, and can be pasted",
    async go({ open }) {
      const page = await open("?paused&pace=1");
      await page.click("button", "Share");
      const link = (await page.see('textarea[aria-label="Link"]')).value;
      await page.click("button", "Copy link");
      await page.see("button", "Copied");
      await page.press("Escape");
      await page.gone("[role=dialog]");
      await showTab(page, "Console");
      await page.click(COMMAND);
      await page.press("Control+v");
      await until("it is pasted", async () => (await page.first(COMMAND)).value, (value) => value === link);
      return page;
    },
  },
  {
    name: "a run is saved as a file",
    async go({ open }) {
      const page = await open("?paused&pace=1");
      await showTab(page, "Console");
      await page.fill(COMMAND, "crash n2");
      await page.press("Enter");
      await page.see(`${server(2)}.down`);
      await page.click("button", "Share");
      await page.click("button", "Save as a file");
      const [text] = await until("a file", () => page.tab.downloads(), (all) => all.length > 0);
      assert.match(text, /^# Raft Playground, engine \d+/);
      assert.match(text, /crash n2/);
      return page;
    },
  },
  {
    name: "a visit that comes back goes on with the lesson where it was",
    async go({ open, at }) {
      const page = await open("?lesson=election&pace=1");
      await page.see(`${CARD} .lesson-text h2`, "The election timeout");
      await onward(page);
      await page.goto(at("?paused"));
      await showTab(page, "Learn");
      await page.click("button", "Go on at step 2");
      await page.see(`${CARD} .lesson-text h2`, "A new term");
      return page;
    },
  },
];
