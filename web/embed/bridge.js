// The page in a frame of another page: the element, as the address asks for it. Where `?host=ORIGIN` names
// the site around it, that site's messages do what the methods of <raft-playground> do, and what it tells
// goes there. docs/embedding.md has the protocol.

import "./embed.js";

const VERSION = 1;
const address = new URLSearchParams(location.search);
const host = address.get("host");
const EVENTS = ["ready", "error", "leader", "commit", "violation", "say", "step", "time", "end"];
const METHODS = ["play", "pause", "step", "seek", "run", "state", "svg", "text"];

const element = document.createElement("raft-playground");
const known = element.constructor.observedAttributes.filter((name) => name !== "base");
// An address may have more in it than is said here.
// A word that is almost one of them is the element's to tell of. No others get onto it: some would do something.
const isHarmless = (name) => /^(?!on|data-|aria-)[a-z-]{4,}$/.test(name) && !(name in HTMLElement.prototype) && name !== "class";
for (const [name, value] of address) if (known.includes(name) || isHarmless(name)) element.setAttribute(name, value);
if (location.hash.length > 1) element.setAttribute("link", location.hash);
if (address.has("text")) {
  const text = document.createElement("script");
  text.type = "text/raft";
  // As in a page, where these would end the script.
  text.textContent = address.get("text").replace(/<(?=\\*\/?script|\\*!--)/gi, "<\\");
  element.append(text);
}
const on = (name) => address.has(name) && address.get(name) !== "0";
if (!address.get("play")) element.setAttribute("play", on("paused") ? "none" : "visible");

const send = (message) => {
  if (host && URL.canParse(host)) parent.postMessage({ raftPlayground: VERSION, ...message }, host);
};

/** All of the frame is its own, and who made that has pressed Play already. */
const sheet = new CSSStyleSheet();
sheet.replaceSync(`:host { margin: 0; height: 100%; } figure { display: flex; flex-direction: column; height: 100%; }
  .frame { flex: 1; min-height: 0; border: 0; border-radius: 0; } .box { flex: 1; min-height: 0; aspect-ratio: auto !important; height: auto !important; }
  figcaption { padding: 8px 14px; } ${/^(visible|none)$/.test(element.getAttribute("play")) ? ".poster button { display: none; }" : ""}`);

let told;
/** How high the frame should be for its width: as high as the element would be. */
function tellHeight() {
  const box = element.shadowRoot?.querySelector(".box");
  if (!box) return;
  const { width, height: now } = box.getBoundingClientRect();
  const isTall = box.matches(".tall") && innerWidth <= 560;
  const own = Number(/^\d+$/.exec(element.getAttribute("height") ?? "")?.[0]) || Math.min((width * (isTall ? 4 : 3)) / (isTall ? 3 : 4), 720);
  const rest = [...box.parentElement.children, ...box.parentElement.parentElement.children].filter((part) => part !== box && !part.contains(box));
  const height = Math.ceil(rest.reduce((sum, part) => sum + part.getBoundingClientRect().height, own));
  if (now === 0 || height === told) return;
  told = height;
  send({ event: "height", detail: { height } });
}

for (const name of EVENTS) {
  element.addEventListener(`raft-${name}`, ({ detail }) => {
    send({ event: name, detail });
    requestAnimationFrame(tellHeight);
  });
}

const wrong = (message, expected) => ({ message, code: "cannot-be-done", expected });

const answer = async ({ id, ask, given = [] }) => {
  // Whoever asks may not have been there when it was told.
  told = undefined;
  requestAnimationFrame(tellHeight);
  try {
    if (!METHODS.includes(ask)) {
      const all = METHODS.join(", ");
      throw wrong(`“${ask}” is nothing that can be asked: expected ${all}.`, all);
    }
    if (!Array.isArray(given)) throw wrong("What is given with it must be an array.", "an array");
    send({ id, answer: await element[ask](...given) });
  } catch ({ message, code = "cannot-be-done", line, expected }) {
    send({ id, error: { message, code, line, expected } });
  }
};

addEventListener("message", ({ data, origin, source }) => {
  // Whoever else can reach this window is not asked for.
  if (!host || source !== parent || origin !== host || typeof data !== "object" || !data?.raftPlayground) return;
  if (data.raftPlayground !== VERSION) {
    const message = `This playground speaks version ${VERSION} of messages, not ${data.raftPlayground}.`;
    send({ id: data.id, error: wrong(message, String(VERSION)) });
  } else {
    answer(data);
  }
});

document.getElementById("playground").replaceChildren(element);
if (host && (!URL.canParse(host) || new URL(host).origin !== host)) {
  const alert = Object.assign(document.createElement("p"), { role: "alert", textContent: `“host=${host}” cannot be read: expected an origin such as https://docs.example.org.` });
  document.body.append(alert);
}
// It makes its frame once it is on the page.
requestAnimationFrame(() => {
  element.shadowRoot.adoptedStyleSheets.push(sheet);
  new ResizeObserver(tellHeight).observe(element);
});
