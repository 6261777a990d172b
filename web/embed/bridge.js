// The page in a frame of another site, which it asked for by `?host=ORIGIN`: that site's messages do what
// the methods of <raft-playground> do, and what it tells goes there. docs/embedding.md has the protocol.

import { Live, RaftPlaygroundError } from "./live.js";

const VERSION = 1;
const address = new URLSearchParams(location.search);
const host = address.get("host");
const WORDS = ["scenario", "lesson", "step", "text", "view", "at", "until", "speed", "pace", "theme", "lang", "keys", "embed", "paused", "present"];
const METHODS = ["play", "pause", "step", "seek", "run", "state", "svg", "text", "change"];
const place = document.getElementById("playground");

const send = (message) => parent.postMessage({ raftPlayground: VERSION, ...message }, host);
const tell = (event, detail) => {
  send({ event, detail });
  // What may have made it higher.
  if (["ready", "step", "commit"].includes(event)) requestAnimationFrame(tellHeight);
};

// An address may have more in it than is said here.
const words = WORDS.filter((name) => address.has(name)).map((name) => [name, address.get(name)]);
const wishes = { view: "stage", ...Object.fromEntries(words) };
const starting = Live.start(place, wishes, tell);
starting.catch(({ message, code, line, expected }) => {
  place.textContent = message;
  tell("error", { message, code, line, expected });
});

const answer = async ({ id, ask, given = [] }) => {
  try {
    if (!METHODS.includes(ask)) {
      throw new RaftPlaygroundError({ message: `“${ask}” is nothing that can be asked: expected ${METHODS.join(", ")}.`, expected: METHODS.join(", ") });
    }
    if (!Array.isArray(given)) {
      throw new RaftPlaygroundError({ message: "What is given with it must be an array.", expected: "an array" });
    }
    const live = await starting;
    send({ id, answer: await live[ask](...given) });
  } catch ({ message, code = "cannot-be-done", line, expected }) {
    send({ id, error: { message, code, line, expected } });
  }
};

addEventListener("message", ({ data, origin, source }) => {
  // Whoever else can reach this window is not asked for.
  if (source !== parent || origin !== host || typeof data !== "object" || !data?.raftPlayground) return;
  if (data.raftPlayground !== VERSION) {
    const message = `This playground speaks version ${VERSION} of messages, not ${data.raftPlayground}.`;
    send({ id: data.id, error: { message, code: "cannot-be-done", expected: String(VERSION) } });
  } else {
    answer(data);
  }
});

/** How high the frame should be for its width: a picture of 4 by 3, and all that stands below it. */
const wanted = () => {
  const page = place.shadowRoot?.querySelector(".pg");
  if (!page) return undefined;
  const stage = page.querySelector(".stage").getBoundingClientRect();
  const rows = new Map();
  for (const part of page.children) {
    const { top, height } = part.getBoundingClientRect();
    if (height > 0 && top >= stage.bottom - 1) rows.set(Math.round(top), Math.max(part.scrollHeight, height));
  }
  const rest = [...rows.values()].reduce((sum, row) => sum + row, 0);
  return Math.ceil(Math.min(stage.width * 0.75, 560) + rest);
};

let told;
function tellHeight() {
  const height = wanted();
  if (height === undefined || height === told) return;
  told = height;
  send({ event: "height", detail: { height } });
}
starting.then(() => new ResizeObserver(tellHeight).observe(place), () => {});
