// For a page that shows the playground in an iframe: sizes the frame, asks and hears.
//   import { connect } from "https://example.org/raft/frame.js";
//   const raft = connect(document.querySelector("iframe"));
//   raft.addEventListener("leader", ({ detail }) => console.log(detail.server));
//   await raft.ask("seek", "204ms");

/**
 * Connects a frame, whose address then names this page as its host; gives what hears its events. One that
 * has loaded something and does not answer within so many milliseconds is no playground: what it was asked
 * is refused.
 */
export function connect(frame, { patience = 20_000 } = {}) {
  const address = new URL(frame.src);
  const raft = new EventTarget();
  const asked = new Map();
  let last = 0;
  const here = new Promise((resolve, reject) => {
    raft.addEventListener("ready", resolve, { once: true });
    const message = `${address.origin}${address.pathname} does not answer: expected a playground's page, and on a page that has an origin`;
    const fault = Object.assign(new Error(message), { name: "RaftPlaygroundError", code: "not-loaded" });
    frame.addEventListener("load", () => setTimeout(reject, patience, fault));
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
  address.searchParams.set("host", window.origin);
  frame.src = address.href;
  raft.ask = async (ask, ...given) => {
    await here;
    return new Promise((resolve, reject) => {
      asked.set((last += 1), { resolve, reject });
      frame.contentWindow.postMessage({ raftPlayground: 1, id: last, ask, given }, address.origin);
    });
  };
  raft.close = () => removeEventListener("message", hear);
  return raft;
}
