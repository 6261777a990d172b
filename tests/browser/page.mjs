// What the page's tests share: a browser, a page that may not complain, and how a person would do
// the usual things. Whatever takes time is polled for.
import assert from "node:assert/strict";
import { after, before, test as plainTest } from "node:test";
import { chromium } from "playwright-core";
import { freeze } from "./still.mjs";
import { serve } from "./static-server.mjs";

const { CHROME, CHROME_ARGS = "", DIST } = process.env;
assert.ok(CHROME && DIST, "CHROME and DIST are not set: run `cargo xtask test --only page`");

export const SOON = 10_000;

let browser;
let site;

export async function start({ gzip = false, cached = false } = {}) {
  site = await serve(DIST, { prefix: "/docs/raft/", gzip, cached });
  browser = await chromium.launch({
    executablePath: CHROME,
    args: CHROME_ARGS.split(" ").filter(Boolean),
  });
  return { browser, site };
}

export async function stop() {
  await browser?.close();
  await site?.close();
}

/** Starts the browser before a file's tests, and ends it after them. */
export function inBrowser() {
  before(() => start());
  after(stop);
}

/** The browser that the tests share. */
export const atBrowser = () => browser;

/** An address of the page: `at("?scenario=split-vote")`. */
export const at = (rest = "") => `${site.url}${rest}`;

/** What the page complained about, and what it may not do, since it was opened. */
export function listen(page) {
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error}`));
  page.on("requestfailed", (failed) => {
    // Whoever goes elsewhere needs no more of what was on its way.
    if (failed.failure()?.errorText === "net::ERR_ABORTED") return;
    complaints.push(`${failed.url()} failed`);
  });
  page.on("crash", () => complaints.push("the page crashed"));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`);
  });
  return complaints;
}

/**
 * Opens the page in a profile of its own and waits for a picture; `calm` as on a first visit, `frozen`:
 * it stays at the first picture. `before` may prepare the page.
 */
export async function open(address = "", { calm = false, frozen = false, before, ...options } = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 860 },
    acceptDownloads: true,
    ...options,
  });
  context.setDefaultTimeout(SOON);
  const page = await context.newPage();
  const complaints = listen(page);
  // One who has chosen a steady speed before: what is tried is not to wait for whoever reads.
  if (!calm) {
    await page.addInitScript(() => {
      const kept = "raft-playground-pace";
      if (!localStorage.getItem(kept)) localStorage.setItem(kept, "1/20");
    });
  }
  if (frozen) await freeze(page);
  await withEngine(page);
  await before?.(page);
  await page.addInitScript(() => {
    // What the page keeps for offline is tested apart: here each file is to come from the server.
    delete Navigator.prototype.serviceWorker;
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      window.violations.push(`${event.violatedDirective} ${event.blockedURI}`),
    );
    // Frames that the page was given: none while it is paused.
    window.framesGiven = 0;
    const request = window.requestAnimationFrame.bind(window);
    window.requestAnimationFrame = (work) =>
      request((time) => {
        window.framesGiven += 1;
        work(time);
      });
  });
  await page.goto(at(address));
  await page.locator("[data-server]").first().waitFor({ state: "attached" });
  // A gesture over several events takes what does things: before that it is here, it comes to nothing.
  // Asked at times, not at frames: those are the page's own to count.
  if (!frozen) await page.waitForFunction(doesThings, undefined, { polling: 50 });
  return { page, context, complaints };
}

/** Whether the part that does things has been fetched. */
const doesThings = () =>
  performance.getEntriesByType("resource").some(({ name, responseEnd }) => /part-deeds/.test(name) && responseEnd > 0);

/** Gives the page's scripts `window.engine()`: the module that the page itself has loaded. */
export const withEngine = (page) =>
  page.addInitScript(() => {
    window.engine = () => {
      const all = performance.getEntriesByType("resource").map(({ name }) => name);
      return import(all.find((name) => /-web-[^/]*\.js$/.test(name)));
    };
  });

/** Nothing complained, nothing was forbidden, nothing failed. */
export async function assertQuiet({ page, complaints }) {
  assert.equal(await page.locator(".playground-failure").count(), 0, "the engine has failed");
  assert.deepEqual(await page.evaluate(() => window.violations), [], "content policy");
  assert.deepEqual(complaints, [], "what the page complained about");
}

/** A test on a page of its own, which may not complain but of what the test brings about. */
export function pageTest(name, address, work, { complains, ...options } = {}) {
  plainTest(name, { timeout: 120_000 }, async (t) => {
    const opened = await open(address, options);
    try {
      await work(opened.page, { ...opened, t });
      const { complaints, page } = opened;
      await assertQuiet({ page, complaints: complaints.filter((line) => !complains?.test(line)) });
    } finally {
      await opened.context.close();
    }
  });
}

/** Waits until `look` gives what `holds` accepts; returns it. */
export async function poll(what, look, holds = Boolean, { within = SOON } = {}) {
  const end = Date.now() + within;
  let last;
  for (;;) {
    last = await look();
    if (holds(last)) return last;
    if (Date.now() > end) {
      assert.fail(`not within ${within / 1000} s: ${what}; found ${JSON.stringify(last)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

// ---- what is shown ----

export const leader = (page) => page.getByRole("button", { name: /, leader of term \d+$/ });
export const server = (page, id) => page.locator(`[data-server="${id}"]`);
export const link = (page, a, b) => page.locator(`[data-link="${a},${b}"]`);
export const linkState = async (page, a, b) =>
  (await link(page, a, b).getAttribute("aria-label")).replace(/^Link n\d+ to n\d+, /, "");
export const wall = (page) => page.getByRole("button", { name: /partition/i });
export const notice = (page) => page.locator(".stage [role=alert].notice");
export const dialog = (page) => page.getByRole("dialog");
export const menu = (page) => page.getByRole("menu");

/** The simulated time, in microseconds. */
export const now = async (page) => Number(await page.locator("[data-time]").getAttribute("data-time"));
export const framesGiven = (page) => page.evaluate(() => window.framesGiven);

/** What the cluster looks like, in words: servers, links and log cells. */
export const picture = (page) =>
  page.evaluate(() => {
    const root = document.querySelector("#playground").shadowRoot;
    const labels = (selector) =>
      [...root.querySelectorAll(selector)].map((element) => element.getAttribute("aria-label"));
    return {
      time: root.querySelector("[data-time]").getAttribute("data-time"),
      servers: labels("[data-server]"),
      links: labels("[data-link]"),
      cells: labels(".logs .cell"),
      messages: [...root.querySelectorAll("[data-message]")].map((m) => [
        m.getAttribute("data-message"),
        m.getAttribute("class"),
        m.getAttribute("transform"),
      ]),
    };
  });

/** The middle of an element, in pixels of the page. */
export async function middle(locator) {
  const box = await locator.boundingBox();
  assert.ok(box, "it is not drawn");
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

// ---- what a person does ----

export async function showTab(page, name) {
  const tab = page.getByRole("tab", { name });
  await tab.click();
  await poll(`tab ${name}`, () => tab.getAttribute("aria-selected"), (on) => on === "true");
}

export async function pause(page) {
  const button = page.getByRole("button", { name: "Pause", exact: true });
  if (await button.count()) await button.click();
  await page.getByRole("button", { name: "Play", exact: true }).waitFor();
}

export async function play(page) {
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
}

export const speed = (page, label) =>
  page.getByRole("combobox", { name: "Speed" }).selectOption({ label });

/** Types one line in the console. */
export async function type(page, line) {
  await showTab(page, "Console");
  const input = page.getByRole("textbox", { name: "Command" });
  await input.fill(line);
  await input.press("Enter");
  await page.locator(".term ol li").filter({ hasText: line }).last().waitFor();
}

/** What the inspector says of a name, with the cluster or what else is selected. */
export async function inspected(page, name) {
  const value = page.locator(`.insp dt:text-is("${name}") + dd`).first();
  return (await value.textContent()).trim();
}

export async function selectNothing(page) {
  await page.locator(".pg").focus();
  await page.keyboard.press("0");
  await showTab(page, "Inspect");
  await page.locator(".insp h2", { hasText: "The cluster" }).waitFor();
}

/** How many events have happened. */
export async function events(page) {
  await selectNothing(page);
  return Number(await inspected(page, "Events"));
}

/** Plays at a speed until something is so, and pauses. */
export async function playUntil(page, what, look, { at: label = "1×", within = 20_000 } = {}) {
  await speed(page, label);
  if (!(await look())) {
    await play(page);
    await poll(what, look, Boolean, { within });
  }
  await pause(page);
}

export const hasLeader = (page) => async () => (await leader(page).count()) > 0;

/** The number of the server that leads. */
export async function leaderId(page) {
  await leader(page).first().waitFor();
  return Number(await leader(page).first().getAttribute("data-server"));
}

export async function openScenarios(page) {
  await page.locator("button.scenario").click();
  await page.getByRole("dialog", { name: "Scenarios" }).waitFor();
}

export async function closeDialog(page) {
  await dialog(page).getByRole("button", { name: "Close" }).click();
  await poll("the dialog is gone", () => dialog(page).count(), (count) => count === 0);
}

/** The run as text, as the editor shows it. */
export async function runText(page) {
  await openScenarios(page);
  await page.getByRole("button", { name: "Edit as text" }).click();
  const area = page.getByRole("textbox", { name: "Scenario text" });
  await area.waitFor();
  const text = await area.inputValue();
  await closeDialog(page);
  return text;
}

/** Runs a text through the editor. */
export async function runThis(page, text) {
  await openScenarios(page);
  await page.getByRole("button", { name: "Edit as text" }).click();
  await page.getByRole("textbox", { name: "Scenario text" }).fill(text);
  await page.getByRole("button", { name: "Run it" }).click();
  await poll("the dialog is gone", () => dialog(page).count(), (count) => count === 0);
}

/** Presses, moves along points, lets go. */
export async function drag(page, points) {
  const [first, ...rest] = points;
  await page.mouse.move(first.x, first.y);
  await page.mouse.down();
  for (const point of rest) await page.mouse.move(point.x, point.y, { steps: 5 });
  await page.mouse.up();
}

/** A closed line around a server, begun on its far side, where no link is. */
export async function lassoAround(page, locator) {
  const box = await locator.locator(".body").boundingBox();
  const center = await middle(locator.page().locator(".links"));
  const stage = await locator.page().locator(".stage").boundingBox();
  const edges = [
    box.x - stage.x, box.y - stage.y,
    stage.x + stage.width - box.x - box.width, stage.y + stage.height - box.y - box.height,
  ];
  const room = Math.min(34, box.width / 2, ...edges.map((edge) => edge - 10));
  assert.ok(room > 5, `${room} pixels around a server are too few to draw a line`);
  const across = [box.x - room, box.x + box.width + room];
  const down = [box.y - room, box.y + box.height + room];
  if (box.x + box.width / 2 > center.x) across.reverse();
  if (box.y + box.height / 2 > center.y) down.reverse();
  return [
    { x: across[0], y: down[0] },
    { x: across[1], y: down[0] },
    { x: across[1], y: down[1] },
    { x: across[0], y: down[1] },
    { x: across[0], y: (down[0] * 9 + down[1]) / 10 },
  ];
}

export { plainTest as test };
