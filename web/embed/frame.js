// For a page that shows the playground in an iframe: sizes the frame, asks and hears.
//   import { connect } from "https://example.org/raft/frame.js";
//   const raft = connect(document.querySelector("iframe"));
//   raft.addEventListener("leader", ({ detail }) => console.log(detail.server));
//   await raft.ask("seek", "204ms");

const fault = (message, code = "cannot-be-done") => Object.assign(new Error(message), { name: "RaftPlaygroundError", code });

/** The addresses of frames that are connected. */
const connected = new WeakMap();

/**
 * Connects a frame, whose address then names this page as its host; gives what hears its events. One that
 * has loaded something and does not answer within so many milliseconds is no playground: what it was asked
 * is refused. A frame whose address names this page already is not loaded again.
 */
export function connect(frame, { patience = 20_000 } = {}) {
  if (frame?.localName !== "iframe" || !frame.src) throw fault("expected an iframe with the address of a playground as its src, found none", "wrong-text");
  const address = new URL(frame.src);
  const raft = new EventTarget();
  const asked = new Map();
  // One that was connected before stays as it is.
  const named = connected.get(frame) ?? frame.src;
  const isNamed = new URL(named).searchParams.get("host") === window.origin;
  let last = 0;
  const here = new Promise((resolve, reject) => {
    raft.addEventListener("ready", resolve, { once: true });
    const where = `${address.origin}${address.pathname}`;
    const message = window.origin === "null"
      ? `${where} can send nothing to this page, which has no origin: it was opened as a file, or in a frame whose sandbox lacks allow-same-origin. Serve it by HTTP.`
      : `${where} does not answer: expected a playground's page, which Content-Security-Policy: frame-ancestors and X-Frame-Options must allow here`;
    const refuse = () => reject(fault(message, "not-loaded"));
    if (window.origin === "null") refuse();
    // It may have been here before: then it is asked whether it answers.
    frame.addEventListener("load", () => setTimeout(refuse, patience));
    if (isNamed && frame.contentDocument?.URL !== "about:blank") setTimeout(() => ask("state").then(resolve, () => {}));
  });
  // Who asks is told.
  here.catch(() => {});
  const hear = ({ data, origin, source }) => {
    if (source !== frame.contentWindow || origin !== address.origin || data?.raftPlayground !== 1) return;
    if (data.event === "height") frame.style.height = `${data.detail.height}px`;
    if (data.event) raft.dispatchEvent(new CustomEvent(data.event, { detail: data.detail }));
    const waiting = asked.get(data.id);
    asked.delete(data.id);
    if (data.error) waiting?.reject(Object.assign(new Error(data.error.message), data.error, { name: "RaftPlaygroundError" }));
    else waiting?.resolve(data.answer);
  };
  addEventListener("message", hear);
  const ask = (name, ...given) =>
    new Promise((resolve, reject) => {
      if (!frame.contentWindow) throw fault("The frame is not on a page.", "not-loaded");
      const id = (last += 1);
      asked.set(id, { resolve, reject });
      frame.contentWindow.postMessage({ raftPlayground: 1, id, ask: name, given }, address.origin);
      const silent = () => asked.delete(id) && reject(fault(`The frame has not answered “${name}” within ${patience} ms.`, "not-loaded"));
      setTimeout(silent, patience);
    });
  if (!isNamed) {
    address.searchParams.set("host", window.origin);
    connected.set(frame, address.href);
    // In place of what it shows, so that going back leads to the page before. One that waits to be seen
    // has nothing yet.
    if (frame.loading === "lazy" || !frame.contentWindow) frame.src = address.href;
    else frame.contentWindow.location.replace(address.href);
  }
  raft.ask = async (name, ...given) => {
    await here;
    return ask(name, ...given);
  };
  raft.close = () => removeEventListener("message", hear);
  return raft;
}
