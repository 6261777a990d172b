// <raft-playground>: a live Raft cluster on any page. This file is all that such a page loads; the
// rest comes when somebody wants to see something. docs/embedding.md has attributes, methods and events.

const BASE = new URL("./", import.meta.url).href;
// A file beside this one, and embed.css: whoever builds the site puts its name and its text in.
const [LIVE, STYLE] = ["./live.js", "./embed.css"];

const fault = (message, code = "cannot-be-done") => Object.assign(new Error(message), { name: "RaftPlaygroundError", code });
const notLoaded = (cause) => fault(`The playground could not be loaded: ${cause}`, "not-loaded");

const sheet = new CSSStyleSheet();
sheet.replaceSync(STYLE);

const make = (tag, props = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), props);
  for (const [name, value] of Object.entries(props)) if (!(name in element)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

/** What may change while it is shown. */
const LIVELY = ["speed", "pace", "theme", "lang"];
/** What the words of an address are too. */
const WORDS = ["scenario", "lesson", "step", "view", "at", "until", ...LIVELY, "keys"];
const FRAMED = ["theme-switch", "caption", "height", "label", "controls"];

/** Whether the page around an element is dark: as its switch says, or as it looks. */
const isDark = (host) => {
  const named = host.getAttribute("theme");
  if (named === "light" || named === "dark") return named === "dark";
  const name = host.getAttribute("theme-switch");
  for (const { [name ? "attributes" : "none"]: all } of [document.documentElement, document.body]) {
    const value = all?.getNamedItem(name)?.value;
    if (value !== undefined) return /dark|night|black|slate|coal|navy|ayu/i.test(value);
  }
  for (let at = host; at; at = at.parentElement ?? at.getRootNode().host) {
    const [red, green, blue, alpha = 1] = getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? [];
    if (alpha > 0.5) return red * 2 + green * 5 + +blue < 1020;
  }
  const scheme = getComputedStyle(host).colorScheme;
  return scheme.includes("dark") && (!scheme.includes("light") || matchMedia("(prefers-color-scheme: dark)").matches);
};

/** All that look as the page does, which may change its look. */
const lookers = new Set();
const lookAgain = () => setTimeout(() => lookers.forEach((frame) => frame.look()), 50);
let watcher;
const watch = () => {
  watcher = new MutationObserver(lookAgain);
  for (const part of [document.documentElement, document.body]) watcher.observe(part, { attributes: true });
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
    this.poster = make("div", { className: `poster ${host.querySelector(":scope > :is(img, svg)") ? "still" : ""}` }, make("slot"), this.button);
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

  get = (name) => this.host.getAttribute(name) ?? undefined;

  draw() {
    const { get } = this;
    const title = get("label") ?? /^\s*title\s+"([^"]*)"/m.exec(this.ownText() ?? "")?.[1] ?? (get("lesson") ?? get("scenario") ?? "Raft").replaceAll("-", " ");
    const speaks = /^zh/.test(get("lang") ?? navigator.language) ? ["▶ 播放", "在 Playground 中打开 ↗"] : ["▶ Play", "Open in the playground ↗"];
    [this.button.textContent, this.open.textContent] = speaks;
    this.title.textContent = this.frame.ariaLabel = title;
    this.caption.textContent = get("caption") ?? "";
    this.open.href = this.address();
    this.bar.hidden = get("controls") === "none";
    // What stands below or beside the picture takes room that a phone lacks at 4 by 3.
    this.box.classList.toggle("tall", /logs|lesson|panel|all|step/.test(get("view") ?? (get("lesson") ? "all" : /^\s*step /m.exec(this.ownText()))));
    const height = /^\d+$/.exec(get("height") ?? "");
    this.box.style.aspectRatio = height ? "auto" : "";
    this.box.style.height = height ? `${height}px` : "";
    this.look();
  }

  look() {
    const dark = isDark(this.host);
    if (dark === this.dark) return;
    this.dark = dark;
    this.frame.classList.toggle("dark", dark);
    this.change("theme", dark ? "dark" : "light");
  }

  change(word, value) {
    this.playing?.change(word, value ?? "").catch((error) => this.fail(error));
  }

  /** A text between the element's tags. */
  ownText() {
    const text = this.host.querySelector(':scope > script[type="text/raft"], :scope > pre')?.textContent;
    // In a script element these would end it, or hide its end: whoever writes one puts a backslash there.
    return text?.replace(/<\\(?=\/?script|!--)/gi, "<");
  }

  async text() {
    const [own, src] = [this.ownText(), this.get("src")];
    if (own !== undefined || !src) return own;
    const [, data] = /^data:text\/plain(?:;charset=utf-8)?,(.*)$/is.exec(src) ?? [];
    // Decoded here: a content policy need not allow to fetch what the page already holds.
    if (data !== undefined) return decodeURIComponent(data);
    const answer = await fetch(new URL(src, document.baseURI)).catch((cause) => ({ status: cause.message }));
    if (answer.ok) return answer.text();
    throw fault(`${src} could not be fetched: ${answer.status}`, "not-loaded");
  }

  words() {
    return WORDS.map((name) => [name, this.get(name)]).filter(([, value]) => value !== undefined);
  }

  /** The same in the playground itself. */
  address(text = this.ownText()) {
    const words = new URLSearchParams(this.words());
    words.delete("view");
    if (text !== undefined) words.append("text", text);
    return `${BASE}?${words}`;
  }

  async start(plays) {
    const loading = import(new URL(LIVE, BASE).href).catch(({ message }) => {
      throw notLoaded(message);
    });
    const [text, { Live }] = await Promise.all([this.text(), loading]);
    const wishes = { view: "stage", ...Object.fromEntries(this.words()), theme: this.dark ? "dark" : "light", paused: !plays };
    if (text !== undefined) wishes.text = text;
    this.open.href = this.address(text);
    if (!this.host.isConnected) return;
    this.live.hidden = false;
    const playing = await Live.start(this.live, wishes, (name, detail) => {
      if (name === "time") this.plays = detail.playing;
      this.tell(name, detail);
    }, this);
    if (this.stopped) return playing.stop();
    this.playing = playing;
    this.poster.hidden = true;
  }

  tell(name, detail) {
    this.host.dispatchEvent(new CustomEvent(`raft-${name}`, { detail, bubbles: true, composed: true }));
  }

  fail = (error) => {
    this.alert.textContent = error.message;
    const { message, code = "cannot-be-done", line, expected } = error;
    this.tell("error", { message, code, line, expected });
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
    const base = named === null ? BASE : new URL(named.endsWith("/") ? named : `${named}/`, document.baseURI).href;
    if (!versions.has(base)) await import(`${base}embed.js`);
    return new (versions.get(base) ?? Frame)(host);
  } catch ({ message }) {
    const frame = new Frame(host);
    frame.start = async () => {
      throw notLoaded(message);
    };
    frame.fail(notLoaded(message));
    return frame;
  }
}

export class RaftPlayground extends HTMLElement {
  static observedAttributes = [...WORDS, ...FRAMED, "src", "base"];
  #frame;
  #shown;
  #seen;
  #paused = false;

  /** Resolves once the playground is here and stands as it was asked for. */
  get ready() {
    return this.#started(false).then(() => undefined);
  }

  connectedCallback() {
    queueMicrotask(() => this.isConnected && this.#begin());
  }

  disconnectedCallback() {
    // Moved, it is connected again before this.
    queueMicrotask(() => !this.isConnected && this.#end());
  }

  attributeChangedCallback(name, before, now) {
    if (before === now || !this.#frame) return;
    if (LIVELY.includes(name) || FRAMED.includes(name)) {
      this.#shown?.draw();
      if (LIVELY.includes(name) && name !== "theme") this.#shown?.change(name, now);
      return;
    }
    this.#end();
    if (this.isConnected) this.#begin();
  }

  async #begin() {
    if (this.#frame) return;
    const making = (this.#frame = frameOf(this));
    const frame = await making;
    if (this.#frame !== making) return frame.stop();
    this.#shown = frame;
    this.#seen = new IntersectionObserver((all) => this.#inSight(all.at(-1).isIntersecting));
    this.#seen.observe(this);
  }

  #end() {
    this.#seen?.disconnect();
    this.#shown?.stop();
    this.#frame = this.#shown = this.#seen = undefined;
  }

  /** Out of sight it stands still, and goes on where it was when it is seen again. */
  #inSight(isSeen) {
    const { playing, plays, starting } = this.#shown ?? {};
    if (isSeen && !starting && /^(visible|none)$/.test(this.getAttribute("play"))) {
      this.#started(this.getAttribute("play") === "visible" && !matchMedia("(prefers-reduced-motion)").matches).catch(() => {});
    } else if (playing && !isSeen && plays) {
      this.#paused = true;
      playing.pause();
    } else if (playing && isSeen && this.#paused) {
      this.#paused = false;
      playing.play();
    }
  }

  async #started(plays) {
    if (!this.isConnected) throw fault("The element is not on a page.");
    this.#begin();
    const frame = await this.#frame;
    try {
      frame.button.ariaBusy = true;
      await (frame.starting ??= frame.start(plays));
    } catch (error) {
      frame.button.ariaBusy = frame.starting = undefined;
      frame.fail(error);
      throw error;
    }
    if (!frame.playing) throw fault("The element is not on a page.");
    return frame.playing;
  }

  async play() {
    (await this.#started(true)).play();
  }

  async pause() {
    this.#paused = false;
    (await this.#started(false)).pause();
  }

  static {
    for (const name of ["step", "seek", "run", "state", "svg", "text"]) {
      this.prototype[name] = async function (...given) {
        return (await this.#started(false))[name](...given);
      };
    }
  }
}

if (!customElements.get("raft-playground")) customElements.define("raft-playground", RaftPlayground);
