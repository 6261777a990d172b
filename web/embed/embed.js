// <raft-playground>: a live Raft cluster on any page. This file is all that such a page loads; the
// rest comes when somebody wants to see something. docs/embedding.md has attributes, methods and events.

const BASE = new URL("./", import.meta.url).href;
// A file beside this one, and embed.css: whoever builds the site puts its name and its text in.
const [LIVE, STYLE] = ["./live.js", "./embed.css"];

const fault = (message, code = "cannot-be-done") => Object.assign(new Error(message), { name: "RaftPlaygroundError", code });
const notLoaded = (cause) => fault(`The playground could not be loaded: ${cause}`, "not-loaded");

const NOWHERE = "The element is not on a page.";

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

const make = (tag, props = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), props);
  element.append(...children);
  return element;
};

/** What may change while it is shown. */
const LIVELY = ["speed", "pace", "lang"];
/** What the words of an address are too. */
const WORDS = ["scenario", "lesson", "step", "at", "until", "keys", "link", ...LIVELY];
/** What has its effect where it stands. */
const FRAMED = [...LIVELY, "play", "theme", "controls", "height", "theme-switch", "caption", "label"];
/** What is read here and not by the engine. */
const TAKES = { play: "click, visible, none", theme: "auto, light, dark", controls: "none", height: "pixels from 200 to 3999" };
const AUTO = /^(visible|none)$/;
const fits = (name, value) => (name === "height" ? value >= 200 && value < 4000 : TAKES[name].split(", ").includes(value));

const roots = () => [document.documentElement, document.body];

/** Whether the page around an element is dark: as its switch says, or as it looks. */
const isDark = (host) => {
  const named = host.getAttribute("theme");
  if (/^(light|dark)$/.test(named)) return named === "dark";
  const name = host.getAttribute("theme-switch");
  for (const part of name ? roots() : []) {
    const value = part.getAttribute(name);
    if (value !== null) return /dark|night|black|slate|coal|navy|ayu/i.test(value);
  }
  for (let at = host; at; at = at.parentElement ?? at.getRootNode().host) {
    const [red, green, blue, alpha = 1] = getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? [];
    if (alpha > 0.5) return red * 2 + green * 5 + +blue < 1020;
  }
  // A page may say it in its head alone.
  const own = getComputedStyle(host).colorScheme;
  const scheme = own === "normal" ? (document.querySelector("meta[name=color-scheme]")?.content ?? "") : own;
  return scheme.includes("dark") && (!scheme.includes("light") || matchMedia("(prefers-color-scheme: dark)").matches);
};

/** All that look as the page does, which may change its look. */
const lookers = new Set();
const lookAgain = () => setTimeout(() => lookers.forEach((frame) => frame.look()), 50);
let watcher;
const watch = () => {
  watcher = new MutationObserver(lookAgain);
  for (const part of roots()) watcher.observe(part, { attributes: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", lookAgain);
};

/** What one element shows. */
class Frame {
  constructor(host) {
    this.host = host;
    this.root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    this.root.adoptedStyleSheets = [sheet];
    this.button = make("button", { type: "button", part: "play" });
    this.button.onclick = () => host.play().catch(() => {});
    const still = host.querySelector(":scope>:is(img,svg)") ? "still" : "";
    this.poster = make("div", { className: `poster ${still}` }, make("slot"), this.button);
    // What comes with the playground has a picture by its name, of which little is seen where it plays at once.
    const { get } = this;
    const isNamed = !still && !AUTO.test(get("play")) && !get("src") && !get("link") && this.ownText() === undefined;
    if (isNamed) this.poster.prepend(make("img", { alt: "", src: `${BASE}pictures/${get("lesson") ?? get("scenario") ?? "first-light"}.svg`, onerror: ({ target }) => target.remove() }));
    this.live = make("div", { className: "live", hidden: true });
    // The poster lies over what comes until that stands as it was asked for.
    this.box = make("div", { className: "box" }, this.live, this.poster);
    this.alert = make("p", { role: "alert" });
    this.title = make("b");
    this.open = make("a", { target: "_blank", rel: "noopener" });
    this.bar = make("div", { className: "bar", part: "bar" }, this.title, this.open);
    this.frame = make("div", { className: "frame", part: "frame", role: "group" }, this.bar, this.box, this.alert);
    this.caption = make("figcaption", { part: "caption" });
    this.root.replaceChildren(make("figure", {}, this.frame, this.caption));
    this.draw();
    if (!watcher) watch();
    lookers.add(this);
  }

  /** What was told of, which is not told of again. */
  ever = new Set();

  get = (name) => this.host.getAttribute(name) ?? undefined;

  draw() {
    const { get, alert, box } = this;
    const own = this.ownText();
    const isChinese = /^zh/.test(get("lang") ?? navigator.language);
    this.button.textContent = isChinese ? "▶ 播放" : "▶ Play";
    this.open.textContent = isChinese ? "↗ 打开 Playground" : "↗ Open in the playground";
    this.name(own);
    this.caption.textContent = get("caption") ?? "";
    this.open.href = `${BASE}?${this.words(own)}`;
    this.bar.hidden = get("controls") === "none";
    // What stands below or beside the picture takes room that a phone lacks at 4 by 3.
    box.classList.toggle("tall", /logs|lesson|panel|all|step/.test(get("view") ?? (get("lesson") ? "all" : /^\s*step /m.exec(own))));
    this.told = new Set();
    alert.textContent = "";
    for (const name in TAKES) {
      const value = get(name);
      if (!value || fits(name, value)) continue;
      const expected = TAKES[name];
      this.fail({ message: `“${name}=${value}” cannot be read: expected ${expected}.`, code: "wrong-text", expected });
    }
    const height = get("height");
    box.style = fits("height", height) ? `aspect-ratio: auto; height: ${height}px` : "";
    this.look();
  }

  /** Its title: as its label says, or as the text of its run does. */
  name(text) {
    const { get } = this;
    this.title.textContent = this.frame.ariaLabel = get("label") ?? /^\s*title +"([^"]*)/m.exec(text)?.[1] ?? (get("lesson") ?? get("scenario") ?? "Raft").replaceAll("-", " ");
  }

  look() {
    const dark = isDark(this.host);
    if (dark === this.dark) return;
    this.dark = dark;
    this.frame.classList.toggle("dark", dark);
    this.change("theme", dark ? "dark" : "light");
  }

  change(word, value) {
    this.playing?.change(word, value ?? "").catch(this.fail);
  }

  /** A text between the element's tags. */
  ownText() {
    const text = this.host.querySelector(':scope>script[type="text/raft"],:scope>pre')?.textContent;
    // In a script element these would end it, or hide its end: whoever writes one puts a backslash there.
    return text?.replace(/<\\(?=\/?script|!--)/gi, "<");
  }

  /** What an address of the playground has too, for this text. */
  words(text) {
    const words = new URLSearchParams();
    for (const name of WORDS) if (this.get(name)) words.set(name, this.get(name));
    if (text !== undefined) words.set("text", text);
    return words;
  }

  async start(plays) {
    const { show } = await import(new URL(LIVE, BASE).href).catch(({ message }) => {
      throw notLoaded(message);
    });
    const playing = await show(this, plays);
    if (this.stopped) return playing?.stop();
    this.playing = playing;
    this.poster.hidden = true;
  }

  tell(name, detail) {
    this.host.dispatchEvent(new CustomEvent(`raft-${name}`, { detail, bubbles: true, composed: true }));
  }

  fail = ({ message, code = "cannot-be-done", line, expected }) => {
    this.alert.textContent = [...this.told.add(message)].join("\n");
    if (!this.ever.has(message)) this.tell("error", { message, code, line, expected });
    this.ever.add(message);
  };

  stop() {
    this.stopped = true;
    lookers.delete(this);
    this.playing?.stop();
  }
}

/** How each version on the page makes what it shows, by where it is from. */
const versions = (globalThis[Symbol.for("raft-playground")] ??= new Map());
versions.set(BASE, Frame);

/** The frame of the version that an element names, which may have to be fetched. */
async function frameOf(host) {
  const named = host.getAttribute("base");
  try {
    const base = named === null ? BASE : new URL(named.replace(/\/?$/, "/"), document.baseURI).href;
    if (!versions.has(base)) await import(`${base}embed.js`);
    return new (versions.get(base) ?? Frame)(host);
  } catch ({ message }) {
    const frame = new Frame(host);
    const cause = notLoaded(message);
    frame.start = () => Promise.reject(cause);
    frame.fail(cause);
    return frame;
  }
}

export class RaftPlayground extends HTMLElement {
  static observedAttributes = [...WORDS, ...FRAMED, "view", "src", "base"];
  #frame;
  #shown;
  #seen;

  /** Resolves once the playground is here and stands as it was asked for. */
  get ready() {
    return this.#started(false).then(() => undefined);
  }

  connectedCallback() {
    queueMicrotask(() => this.#begin());
  }

  disconnectedCallback() {
    // Moved, it is connected again before this.
    queueMicrotask(() => !this.isConnected && this.#end());
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.#frame) return;
    if (!FRAMED.includes(name)) {
      this.#end();
      this.#begin();
    } else {
      this.#shown?.draw();
      if (LIVELY.includes(name)) this.#shown?.change(name, now);
      this.#watch();
    }
  }

  async #begin() {
    if (this.#frame || !this.isConnected) return;
    const making = (this.#frame = frameOf(this));
    const frame = await making;
    if (this.#frame !== making) return frame.stop();
    this.#shown = frame;
    this.#watch();
  }

  /** Begins by itself once it is seen, where it is to. */
  #watch() {
    const plays = this.getAttribute("play");
    this.#seen?.disconnect();
    if (!AUTO.test(plays)) return;
    this.#seen = new IntersectionObserver((all) => {
      if (!all.at(-1).isIntersecting) return;
      this.#seen.disconnect();
      this.#started(plays === "visible" && !matchMedia("(prefers-reduced-motion)").matches).catch(() => {});
    });
    this.#seen.observe(this);
  }

  #end() {
    this.#seen?.disconnect();
    this.#shown?.stop();
    this.#frame = this.#shown = this.#seen = undefined;
  }

  async #started(plays) {
    this.#begin();
    const frame = await this.#frame;
    if (!frame) throw fault(NOWHERE);
    try {
      frame.button.ariaBusy = true;
      await (frame.starting ??= frame.start(plays));
    } catch (error) {
      frame.button.ariaBusy = frame.starting = undefined;
      frame.fail(error);
      throw error;
    }
    if (!frame.playing) throw fault(NOWHERE);
    return frame.playing;
  }

  async play() {
    (await this.#started(true)).play();
  }

  static {
    for (const name of ["pause", "step", "seek", "run", "state", "svg", "text"]) {
      this.prototype[name] = async function (...given) {
        return (await this.#started(false))[name](...given);
      };
    }
  }
}

if (!customElements.get("raft-playground")) customElements.define("raft-playground", RaftPlayground);
