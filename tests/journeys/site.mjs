// The built page as the journeys visit it, on a host of its own, and pages of others that embed it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "../browser/static-server.mjs";

/**
 * Notes in the page what goes wrong in it, before anything else runs there: one of the drivers tells
 * nothing of that. A file of its own, for the page's policy allows no other script.
 */
const LISTEN = `
window.complaints = [];
const complain = (text) => window.complaints.push(text);
for (const kind of ["error", "warn"]) {
  const say = console[kind];
  console[kind] = (...all) => { complain(kind + ": " + all.join(" ")); say.apply(console, all); };
}
addEventListener("error", ({ target, message }) => complain(message ?? (target.src || target.href) + " failed"), true);
addEventListener("unhandledrejection", ({ reason }) => complain("unhandled: " + reason));
document.addEventListener("securitypolicyviolation", (it) => complain(it.violatedDirective + " forbids " + it.blockedURI));
`;

/** Serves the folder in DIST; `hosts` are bodies of pages that embed it, by their name. */
export async function open(hosts) {
  const { DIST } = process.env;
  const index = readFileSync(join(DIST, "index.html"), "utf8");
  const listen = `<script src="listen.js"></script>`;
  return serve(DIST, {
    prefix: "/docs/raft/",
    made(name) {
      if (name === "" || name === "index.html") return index.replace(/<head>/i, `<head>${listen}`);
      if (name === "listen.js") return LISTEN;
      const body = hosts[name];
      if (body === undefined) return undefined;
      return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title><link rel="icon" href="data:,">${listen}</head><body>${body}</body></html>`;
    },
  });
}
