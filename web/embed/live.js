// What a playground does once somebody wants to see it: the part of <raft-playground> that comes with
// the engine. The page itself uses it too, where a frame's host asks something (bridge.js).

const BASE = new URL("./", import.meta.url).href;
// Files beside this one; whoever builds the site puts their names in.
const [ENGINE, MODULE] = ["./engine.js", "./engine.wasm"];

/** What was given cannot be carried out; `line` and `expected` where a text is wrong. */
export class RaftPlaygroundError extends Error {
  constructor({ message, code = "cannot-be-done", line, expected }) {
    super(message);
    Object.assign(this, { name: "RaftPlaygroundError", code, line, expected });
  }
}

let engine;
/** The engine, once for all that is on a page; asked for again where it could not be had. */
export const load = () => {
  if (engine) return engine;
  // Both at once. The page that this may be a part of has had it before.
  const at = new URL(MODULE, BASE);
  const module = at.href && performance.getEntriesByName(at.href).length === 0 ? fetch(at) : at;
  module.catch?.(() => {});
  engine = import(new URL(ENGINE, BASE).href)
    .then(async (it) => {
      await it.default({ module_or_path: module });
      return it;
    })
    .catch((cause) => {
      engine = undefined;
      const where = location.protocol === "file:" ? "a page opened as a file cannot load it: serve it by HTTP" : `${BASE} must be reachable, and served with Access-Control-Allow-Origin where it is another site's`;
      throw new RaftPlaygroundError({ code: "not-loaded", message: `The playground could not be loaded (${where}): ${cause.message ?? cause}` });
    });
  return engine;
};

const FACTORS = { us: 1, ms: 1e3, s: 1e6, m: 6e7, h: 3.6e9 };

/** Microseconds of a number, or of a time such as "204ms". */
export const microseconds = (time) => {
  if (Number.isFinite(time) && time >= 0) return Math.round(time);
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*(us|ms|s|m|h)\s*$/.exec(time) ?? [];
  if (number !== undefined) return Math.round(number * FACTORS[unit]);
  const expected = 'a number of microseconds, or a time such as "204ms"';
  throw new RaftPlaygroundError({ code: "wrong-text", message: `“${time}” is no time: expected ${expected}.`, expected });
};

let whole;
/** What only matters once it is there; made then, for this may be imported where there is no page. */
const style = () => {
  if (whole) return whole;
  whole = new CSSStyleSheet();
  whole.replaceSync(":fullscreen .box { flex: 1; aspect-ratio: auto !important; height: auto !important; } @container (max-width: 560px) { .box.whole { aspect-ratio: 1 / 2; } }");
  return whole;
};

/** The button that shows a frame alone on the screen, where that can be had. */
const fullScreen = ({ get, root, bar, frame, fail }) => {
  if (!root.adoptedStyleSheets.includes(style())) root.adoptedStyleSheets.push(style());
  if (!document.fullscreenEnabled) return "";
  const button = Object.assign(document.createElement("button"), { type: "button" });
  const draw = (tag, attributes, ...children) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const corners = draw("path", { d: "M2 6V2h4M10 2h4v4M14 10v4h-4M6 14H2v-4", fill: "none", stroke: "currentColor", "stroke-width": 2 });
  button.append(draw("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": true }, corners));
  button.ariaLabel = button.title = /^zh/.test(get("lang") ?? navigator.language) ? "全屏" : "Full screen";
  button.onclick = () => (document.fullscreenElement ? document.exitFullscreen() : frame.requestFullscreen()).catch(fail);
  bar.append(button);
  return button;
};

/** What a guest on somebody's page does not take away from it; gives what ends that. */
const behave = (guest, place) => {
  const { host } = guest;
  const frame = place.shadowRoot?.querySelector(".host");
  const full = fullScreen(guest);
  frame?.setAttribute("data-guest", "");
  // A swipe moves the page, until the playground was tapped: a swipe ends in no click.
  const touch = (event) => frame?.toggleAttribute("data-touched", event.composedPath().includes(host));
  // A key that it uses is nobody else's: a slide deck turns by arrow keys and the space bar too.
  const keep = (event) => {
    const on = event.composedPath()[0];
    const presses = on.matches?.("button, a, summary, [role=button], [role=tab]") && /^( |Enter)$/.test(event.key);
    const types = on.matches?.("input, select, textarea, [role=slider], [role=separator], [role^=menu]");
    if (event.defaultPrevented || presses || types) event.stopPropagation();
  };
  addEventListener("click", touch, true);
  host.addEventListener("keydown", keep);
  return () => {
    removeEventListener("click", touch, true);
    host.removeEventListener("keydown", keep);
    full.remove?.();
    speaking.delete(guest);
    frame?.removeAttribute("data-touched");
  };
};

/** A scenario text from another address. */
const fetched = async (address) => {
  const [, data] = /^data:text\/plain(?:;charset=utf-8)?,(.*)$/is.exec(address) ?? [];
  const wrong = (message, code = "not-loaded", expected) => new RaftPlaygroundError({ message: `src: ${message}`, code, expected });
  // Decoded here: a content policy need not allow to fetch what the page already holds.
  try {
    if (data !== undefined) return decodeURIComponent(data);
  } catch {
    throw wrong("what stands behind “data:” is not encoded as an address: expected UTF-8 text with % sequences.", "wrong-text", "% sequences");
  }
  if (!URL.canParse(address, document.baseURI)) throw wrong(`“${address}” is no address: expected one of a scenario text, such as runs/one.raft.`, "wrong-text", "an address");
  const at = new URL(address, document.baseURI);
  const hint = at.origin === location.origin ? "" : `; from another site it must be served with Access-Control-Allow-Origin, and a content policy must allow ${at.origin} in connect-src`;
  const answer = await fetch(at).catch(({ message }) => ({ status: message + hint }));
  if (!answer.ok) throw wrong(`${at} could not be fetched: ${answer.status}.`);
  return answer.text();
};

/** Whether one letter more, less or other makes of a name another one. */
const isNear = (name, other) => {
  const at = [...name].findIndex((letter, place) => letter !== other[place]);
  const [a, b] = at < 0 ? [name, other] : [name.slice(at), other.slice(at)];
  return at < 0 ? other.length === name.length + 1 : a.slice(1) === b || a.slice(1) === b.slice(1) || a === b.slice(1);
};

/** What is wrong with an element's attributes and with what stands between its tags, a sentence each. */
function* misread(host, own, src) {
  const known = host.constructor.observedAttributes;
  for (const { name } of host.attributes) {
    const meant = known.includes(name) || name in HTMLElement.prototype || name.length < 4 ? undefined : known.find((it) => isNear(name, it));
    if (meant) yield [`“${name}” is no attribute of it: expected ${meant}.`, meant];
  }
  if (own !== undefined && src) yield ["It has both a text between its tags and “src”: expected one of them.", "a text or src"];
  const texts = host.querySelectorAll(':scope>script[type="text/raft"],:scope>pre');
  if (texts.length > 1) yield [`It has ${texts.length} texts between its tags: expected one.`, "one text"];
  else if (own !== undefined && !own.trim()) yield ["The text between its tags is empty: expected a scenario.", "a scenario"];
  if (own !== undefined || ["src", "scenario", "lesson", "link"].some((name) => host.hasAttribute(name))) return;
  const holdsText = (node) => ["script", "code", "textarea", "template"].includes(node.localName) || node.querySelector?.("pre, code");
  const stray = [...host.childNodes].find((node) => holdsText(node) || (node.nodeType === Node.TEXT_NODE && node.data.trim()));
  if (!stray) return;
  const tag = stray.localName === "script" ? `<script type="${stray.type}">` : `<${stray.localName}>`;
  const found = stray.localName ? tag : `“${stray.data.trim().split("\n")[0].slice(0, 40)}”`;
  const expected = '<script type="text/raft"> or <pre>';
  yield [`Between the tags: expected a scenario text in ${expected}, found ${found}.`, expected];
}

/** All playgrounds of a page speak the same language, and so do their bars. */
const speaking = new Set();
globalThis.addEventListener?.("raft-playground-language", () => requestAnimationFrame(() => speaking.forEach((frame) => frame.draw())));

/** Lets a frame that is drawn anew say what is known since it plays: its text, its run's title, its language, faults. */
const knows = (frame, text, live, said) => {
  const draw = frame.draw.bind(frame);
  frame.draw = () => {
    draw();
    frame.name(live.text());
    frame.open.search = frame.words(text);
    const isChinese = /^zh/.test(frame.live.shadowRoot?.querySelector(".pg")?.lang);
    frame.open.textContent = isChinese ? "↗ 打开 Playground" : "↗ Open in the playground";
    said.forEach((message) => frame.told.add(message));
    frame.alert.textContent = [...frame.told].join("\n");
  };
  speaking.add(frame);
  frame.draw();
};

/** What an element's frame shows from now on; nothing where it was taken off the page meanwhile. */
export async function show(frame, plays) {
  const { host, get } = frame;
  // Both at once; what is wrong with either is told where it is waited for.
  load().catch(() => {});
  const [own, said] = [frame.ownText(), new Set()];
  const fail = (error) => {
    said.add(error.message);
    frame.fail(error);
  };
  for (const [message, expected] of misread(host, own, get("src"))) fail({ message, code: "wrong-text", expected });
  const text = own ?? (get("src") ? await fetched(get("src")) : undefined);
  const wishes = { ...Object.fromEntries(frame.words(text)), view: get("view") ?? "stage", theme: frame.dark ? "dark" : "light", paused: !plays };
  if (!host.isConnected) return undefined;
  frame.live.hidden = false;
  frame.box.classList.toggle("whole", /panel|all/.test(get("view")));
  const live = await Live.start(frame.live, wishes, (name, detail) => (name === "error" ? fail(detail) : frame.tell(name, detail)), frame);
  if (!frame.stopped) knows(frame, text, live, said);
  return live;
}

/** A playground in an element. */
export class Live {
  #playground;
  #leave;
  #sight;
  #isSeen;
  #isPlaying = false;
  /** Whether it goes on once it is seen. */
  #waits = false;

  /**
   * Resolves once it stands as it was asked for; `tell` hears each event's name and details. On
   * somebody's page `guest` is the frame of the element that it belongs to.
   */
  static async start(place, wishes, tell, guest) {
    const { mount } = await load();
    const it = new Live();
    await new Promise((resolve, reject) => {
      const hears = (name, details) => {
        if (name === "time") it.#isPlaying = details.playing;
        tell(name, name === "error" ? { code: "wrong-text", ...details } : details);
        if (name === "ready") resolve();
      };
      try {
        it.#playground = mount(place, { ...wishes, tell: hears });
      } catch (cause) {
        reject(new RaftPlaygroundError({ code: "wrong-text", message: cause.message ?? String(cause) }));
      }
      if (guest) it.#leave = behave(guest, place);
    });
    it.#sight = new IntersectionObserver((all) => it.#look(all.at(-1).isIntersecting));
    it.#sight.observe(place);
    // Whoever has pressed Play by a key goes on from there.
    if (guest && guest.root.activeElement === guest.button) place.shadowRoot?.querySelector(".transport .primary")?.focus({ preventScroll: true });
    return it;
  }

  /** Out of sight it stands still, and goes on where it was when it is seen again. */
  #look(isSeen) {
    this.#isSeen = isSeen;
    if (isSeen && this.#waits) {
      this.play();
    } else if (!isSeen && this.#isPlaying) {
      this.#playground?.pause();
      this.#waits = true;
    }
  }

  /** The playground, until it was taken off the page. */
  get #here() {
    if (!this.#playground) throw new RaftPlaygroundError({ message: "The element is not on a page." });
    return this.#playground;
  }

  #ask(name, ...given) {
    return new Promise((resolve, reject) => {
      this.#here[name](...given, (wrong) => (wrong ? reject(new RaftPlaygroundError(wrong)) : resolve()));
    });
  }

  /** Plays, or will once it is seen. */
  play() {
    this.#waits = this.#isSeen === false;
    if (!this.#waits) this.#here.play();
  }

  pause() {
    this.#waits = false;
    this.#here.pause();
  }

  /** One event on, or one step of a lesson. */
  step() {
    return this.#ask("step");
  }

  /** To a moment: microseconds, or a time such as "204ms". */
  seek(time) {
    return this.#ask("seek", microseconds(time));
  }

  /** One line of scenario text, such as "crash n2". */
  run(line) {
    return this.#ask("ask", String(line));
  }

  /** One of the words that may change while it is shown: theme, lang, speed, pace. */
  change(word, value) {
    return this.#ask("change", word, value);
  }

  state(options) {
    return this.#here.state(Boolean(options?.full));
  }

  svg() {
    return this.#here.svg();
  }

  text() {
    return this.#here.text();
  }

  stop() {
    this.#sight?.disconnect();
    this.#leave?.();
    this.#playground?.destroy();
    this.#playground = undefined;
  }
}
