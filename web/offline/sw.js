// The playground without a network: a service worker that keeps every file of one build. A page gets all
// of its files from here or none, so that nobody ever sees half of an old version beside half of a new one.
"use strict";

// Whoever builds the page fills these in: what the build is called, and the SHA-256 of each of its files.
const BUILD = "";
const FILES = {};

const ROOT = registration.scope;
// Other folders of this origin may hold builds too, each with a worker of its own.
const OURS = `raft-playground ${ROOT} `;
const NAME = OURS + BUILD;
/** Put there last: without it a build is not whole. */
const WHOLE = `${ROOT}?whole`;
const LANES = 4;

const addressOf = (name) => ROOT + (name === "index.html" ? "" : name);

/** The file of ours that a request means, if it means one. */
function nameOf({ url }) {
  const [path] = url.split(/[?#]/, 1);
  const name = path === ROOT ? "index.html" : path.slice(ROOT.length);
  return path.startsWith(ROOT) && Object.hasOwn(FILES, name) ? name : undefined;
}

/** A file of this very build from the network: any other content is refused. */
async function take(name) {
  const ask = (cache) => fetch(addressOf(name), { integrity: `sha256-${FILES[name]}`, cache, priority: "low" });
  // What the page has just loaded need not come again; where the browser's own copy is older, it must.
  const answer = await ask("default").catch(() => ask("reload"));
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  // What came by a detour may not answer a navigation.
  return answer.redirected ? new Response(answer.body, answer) : answer;
}

/** Keeps all files or none. */
async function fill() {
  const cache = await caches.open(NAME);
  const names = Object.keys(FILES);
  const lane = async () => {
    for (let name = names.pop(); name !== undefined; name = names.pop()) {
      await cache.put(addressOf(name), await take(name));
    }
  };
  try {
    await Promise.all(Array.from({ length: LANES }, lane));
    await cache.put(WHOLE, new Response());
  } catch (error) {
    names.length = 0;
    await caches.delete(NAME);
    throw error;
  }
}

const kept = (address) => caches.match(address, { cacheName: NAME, ignoreVary: true }).catch(() => undefined);

let filling;
async function answer(name, request) {
  if (await kept(WHOLE)) return (await kept(addressOf(name))) ?? take(name);
  // Something else on this origin has thrown our files away. As if there were no worker, and again later.
  if (request.mode === "navigate") {
    filling ??= fill().catch(() => {}).finally(() => { filling = undefined; });
  }
  return fetch(request);
}

/** Pages that this worker has handed out and that may not be listed yet. */
const given = new Set();
/** Empty pages, which stand between the old build and the new one. */
const between = new Set();
const MOST_BETWEEN = 100;

/** Every page of this build that lives; undefined where that cannot be told soon. */
async function living() {
  const late = new Promise((resolve) => { setTimeout(resolve, 1000, true); });
  const known = Promise.all([...given].map((id) => clients.get(id)));
  if (await Promise.race([known.then(() => false), late])) return undefined;
  given.clear();
  return clients.matchAll({ type: "all" });
}

/**
 * Whether this page is to wait for the next build, which is complete and stands ready. A page that is
 * reloaded is still there while it asks for what takes its place, and no different from another tab. So it
 * gets an empty page first; where that is then the only one, nobody has the old build any more.
 */
async function isToWait({ waiting }) {
  if (!waiting || between.size > MOST_BETWEEN) return false;
  const all = await living();
  if (!all) return false;
  const old = all.filter(({ id }) => !between.has(id));
  if (old.length === 0) waiting.postMessage("take over");
  return old.length === 0 || (old.length === 1 && all.length === 1);
}

/** The policy names the script by its digest. */
const emptyPage = () =>
  new Response("<!doctype html><script>setTimeout(() => location.reload(), 50)</script>", {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": "default-src 'none'; script-src 'sha256-xGv3EQDM6jrvYowIvhTph7EubMZDAh5UIlQiKOiVmCU='",
    },
  });

async function open({ request, resultingClientId }) {
  if (await isToWait(registration)) {
    between.add(resultingClientId);
    return emptyPage();
  }
  given.add(resultingClientId);
  return answer("index.html", request);
}

addEventListener("install", (event) => event.waitUntil(fill()));

addEventListener("message", ({ data }) => {
  if (data === "take over") skipWaiting();
});

addEventListener("activate", (event) => {
  const clear = async () => {
    const old = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== NAME);
    await Promise.all(old.map((name) => caches.delete(name)));
  };
  event.waitUntil(clear());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const name = request.method === "GET" ? nameOf(request) : undefined;
  if (name === undefined) return;
  const isPage = request.mode === "navigate" && name === "index.html";
  event.respondWith(isPage ? open(event) : answer(name, request));
});
