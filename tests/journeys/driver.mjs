// One way to use a page in any browser: what a person sees, points at and types. A browser brings a
// `Tab` of few abilities (chromium.mjs, firefox.mjs, webkit.mjs); all that is here stands on them, so
// that a journey finds and presses in the same way wherever it runs.
//
// A browser's module exports `lacks`, where it cannot do what some journeys need, and `launch()`, which gives
//   name, version     as a person says them
//   open(width, height, { dark })   a Tab with a profile of its own
//   close()
// and a Tab has
//   goto(address)     resolves when the document is there
//   run(source)       evaluates an expression, awaits it, and gives its value as JSON has it
//   move(x, y), down(button), up(button)    the pointer; 0 is its main button, 2 the other
//   press(key), type(text)   a key by its DOM name, with "Shift+", "Control+" before it; characters
//   picture()         a PNG of what is shown
//   complaints()      what the console has been told as an error or a warning, and what failed
//   downloads()       the texts of the files that were saved so far
//   close()
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** How long something may take that a person waits for; a slow machine has other work too. */
export const SOON = 20_000;

/** A browser's driver, not the page, has stopped to answer. */
export class Unanswered extends Error {}

/** The texts of the files in a folder: whole ones, and none that a browser keeps for itself. */
export async function savedIn(folder) {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((it) => it.isFile() && !it.name.startsWith(".")).map((it) => it.name);
  // While one is written it is empty, or has a second one beside it.
  const whole = names.filter((name) => !/\.(part|wkdownload)$/.test(name) && !names.some((it) => it.startsWith(`${name}.`)));
  const texts = await Promise.all(whole.map((name) => readFile(join(folder, name), "utf8")));
  return texts.filter((text) => text !== "");
}

/** Waits until `look` gives what `holds` accepts; returns it. */
export async function until(what, look, holds = Boolean, { within = SOON } = {}) {
  const end = Date.now() + within;
  for (;;) {
    const last = await look();
    if (holds(last)) return last;
    if (Date.now() > end) assert.fail(`not within ${within / 1000} s: ${what}; found ${JSON.stringify(last)}`);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

// What follows is carried out in the page, so it is text to the tests.
const IN_THE_PAGE = `
  /** All elements that a selector finds, in open shadow roots and in frames of the same site too. */
  const all = (css, text, root = document) => {
    const found = [];
    const seek = (root, left, top) => {
      for (const element of root.querySelectorAll("*")) {
        if (element.matches(css) && says(element, text)) found.push(Object.assign(element, { offset: [left, top] }));
        if (element.shadowRoot) seek(element.shadowRoot, left, top);
        if (element.localName === "iframe" && element.contentDocument) {
          const box = element.getBoundingClientRect();
          seek(element.contentDocument, left + box.left + element.clientLeft, top + box.top + element.clientTop);
        }
      }
    };
    seek(root, 0, 0);
    return found;
  };
  /** An expression is looked for in the text and the name of an element, a text is all of either. */
  const says = (element, text) => {
    if (text == null) return true;
    const said = [element.textContent.trim(), element.getAttribute("aria-label") ?? ""];
    return said.some((it) => (typeof text === "string" ? it === text : text.test(it)));
  };
  const isShown = (element) => {
    const { width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 && getComputedStyle(element).visibility === "visible";
  };
  const box = (element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return { x: x + element.offset[0], y: y + element.offset[1], width, height };
  };
`;

const told = (text) => (text === undefined ? "null" : text instanceof RegExp ? String(text) : JSON.stringify(text));

/** A page as a person uses it. */
export class Page {
  constructor(tab) {
    this.tab = tab;
  }

  /** Opens an address and waits for a picture of the cluster, where there is to be one. */
  async goto(address, { shows = "[data-server]" } = {}) {
    await this.tab.goto(address);
    if (shows) await until(`${address} shows ${shows}`, async () => (await this.count(shows)) > 0 && (await this.count(".still")) === 0);
  }

  /** A function of the page's own world, with `all`, `isShown` and `box` at hand. */
  evaluate(work, ...given) {
    return this.tab.run(`(async () => { ${IN_THE_PAGE} return await (${work})(${given.map(told).join(", ")}); })()`);
  }

  count(css, text) {
    return this.tab.run(`(() => { ${IN_THE_PAGE} return all(${told(css)}, ${told(text)}).length; })()`);
  }

  /** Of each element that is found: its text, its box, its classes, its name and other attributes. */
  list(css, text) {
    return this.tab.run(`(() => { ${IN_THE_PAGE}
      return all(${told(css)}, ${told(text)}).map((element) => ({
        text: element.textContent.trim(),
        value: element.value ?? null,
        box: box(element),
        isShown: isShown(element),
        ...Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
      }));
    })()`);
  }

  async first(css, text) {
    return (await this.list(css, text))[0];
  }

  /** The first that is shown, as soon as one is. */
  async see(css, text, options) {
    const found = await until(`${css} ${text ?? ""}`.trim(), () => this.list(css, text), (all) => all.some((it) => it.isShown), options);
    return found.find((it) => it.isShown);
  }

  gone(css, text) {
    return until(`${css} ${text ?? ""} is gone`, () => this.list(css, text), (all) => all.every((it) => !it.isShown));
  }

  /** Where to point at an element: it is shown, stands still, can be used, and nothing lies on it. */
  async place(css, text, options) {
    const look = () => this.evaluate(async (css, text) => {
      const element = all(css, text).find(isShown);
      if (!element) return { why: "it is not shown" };
      element.scrollIntoView({ block: "nearest", inline: "nearest" });
      const before = box(element);
      const frame = () => new Promise((resolve) => { requestAnimationFrame(resolve); setTimeout(resolve, 200); });
      await frame();
      await frame();
      const { x, y, width, height } = box(element);
      if (before.x !== x || before.y !== y) return { why: "it moves" };
      if (element.disabled) return { why: "it is disabled" };
      const middle = [x + width / 2, y + height / 2];
      const [left, top] = element.offset;
      const hit = element.getRootNode().elementFromPoint(middle[0] - left, middle[1] - top);
      if (hit === null || !(element.contains(hit) || hit.contains(element) && hit.localName === "label")) return { why: `${hit?.outerHTML.slice(0, 120)} lies on it` };
      return { x: middle[0], y: middle[1] };
    }, css, text);
    return until(`${css} ${text ?? ""} can be pressed`.replace("  ", " "), look, (found) => found.why === undefined, options);
  }

  async click(css, text, { button = 0, ...options } = {}) {
    const { x, y } = await this.place(css, text, options);
    await this.clickAt(x, y, { button });
  }

  async clickAt(x, y, { button = 0 } = {}) {
    await this.tab.move(x, y);
    await this.tab.down(button);
    await this.tab.up(button);
  }

  /** Presses at the first point, moves along the others in small steps, lets go. */
  async drag([first, ...rest]) {
    await this.tab.move(first.x, first.y);
    await this.tab.down(0);
    let from = first;
    for (const to of rest) {
      for (let part = 1; part <= 5; part += 1) {
        await this.tab.move(from.x + ((to.x - from.x) * part) / 5, from.y + ((to.y - from.y) * part) / 5);
      }
      from = to;
    }
    await this.tab.up(0);
  }

  async press(...keys) {
    for (const key of keys) await this.tab.press(key);
  }

  type(text) {
    return this.tab.type(text);
  }

  /** Puts a text into a field in place of what it holds. */
  async fill(css, text) {
    await this.click(css);
    await this.press("Control+a");
    await this.type(text);
    await until(`${css} holds ${text}`, async () => (await this.first(css)).value, (value) => value === text);
  }

  /** Waits until Tab has brought the focus to an element: by keyboard there is no other way. */
  async tabTo(css, text) {
    const has = () => this.evaluate((css, text) => all(css, text).some((it) => it.getRootNode().activeElement === it), css, text);
    for (let presses = 0; presses < 120; presses += 1) {
      if (await has()) return;
      await this.press("Tab");
    }
    assert.fail(`Tab does not reach ${css} ${text ?? ""}`);
  }

  /** Nothing complained: neither the browser nor the page, which has been listening (site.mjs). */
  async assertQuiet() {
    const heard = await this.tab.run("window.complaints ?? ['it did not listen']");
    assert.deepEqual([...(await this.tab.complaints()), ...heard], [], "what the page complained about");
  }
}
