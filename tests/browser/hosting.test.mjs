// The examples for hosts say of every file of the build what it is and how long it lasts, and the policy that
// the page itself carries.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const { DIST } = process.env;
assert.ok(DIST, "DIST is not set: run `cargo xtask test --only page`");
const EXAMPLES = fileURLToPath(new URL("../../docs/hosting/", import.meta.url));

const TYPES = {
  ".css": "text/css",
  ".html": "text/html",
  ".js": "text/javascript",
  ".json": "application/json",
  ".raft": "text/plain",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
  ".wasm": "application/wasm",
};

const example = (name) => readFile(join(EXAMPLES, name), "utf8");
const built = (await readdir(DIST, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => relative(DIST, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
  .filter((path) => !/\.(br|gz)$/.test(path) && !/^(v|docs)\//.test(path));
const page = await readFile(join(DIST, "index.html"), "utf8");
const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(page);

/** By example: the type that it gives a path. */
const typed = {
  "nginx.conf": (text, path) => {
    const lines = text.split("types {")[1].split("}")[0].split(";").map((line) => line.trim().split(/\s+/));
    return lines.find(([, ...ends]) => ends.includes(extname(path).slice(1)))?.[0];
  },
  "apache.htaccess": (text, path) => {
    const all = [...text.matchAll(/<FilesMatch "([^"]+)">\s*ForceType "?([^";\n]+)/g)];
    return all.find(([, pattern]) => new RegExp(pattern).test(path))?.[2];
  },
  Caddyfile: (text, path) => {
    const all = [...text.matchAll(/@(\w+) path (.+)\n\theader @\1 Content-Type "([^";]+)/g)];
    return all.find(([, , ends]) => ends.split(" ").includes(`*${extname(path)}`))?.[3];
  },
};

/** By example: whether it lets a path of the root be kept for ever. */
const pattern = (found) => new RegExp(found[1]);
const lasting = {
  "nginx.conf": (text) => pattern(/"~(-\[0-9a-f\].+)" ".+immutable"/.exec(text)),
  "apache.htaccess": (text) => pattern(/<FilesMatch "(-\[0-9a-f\].+)">\s+Header set Cache-Control ".+immutable"/.exec(text)),
  Caddyfile: (text) => pattern(/@lasting path_regexp (\S+)/.exec(text)),
  _headers: (text) => {
    const names = [...text.matchAll(/^\/(.+)\*\n {2}Cache-Control: .+immutable$/gm)].map(([, name]) => name);
    return new RegExp(`^(${names.join("|")})`);
  },
};

test("every file of the build has its type with every host", async () => {
  assert.ok(built.length > 200, `${built.length} files`);
  for (const [name, typeOf] of Object.entries(typed)) {
    const text = await example(name);
    for (const path of built) {
      const type = TYPES[extname(path)];
      assert.ok(type, `${path} is of a kind that docs/hosting knows nothing of: add it to the examples and here`);
      assert.equal(typeOf(text, path), type, `${name}: ${path}`);
    }
  }
  // These hosts know all but one.
  assert.match(await example("_headers"), /^\/gallery\/\*\n {2}Content-Type: text\/plain/m);
  assert.ok(built.filter((path) => path.endsWith(".raft")).every((path) => path.startsWith("gallery/")));
});

test("what has a name by content lasts, and nothing else does", async () => {
  const named = built.filter((path) => /^[a-z_-]+[\w-]*-[0-9a-f]{8,16}(_bg)?\.\w+$/.test(path) && !path.includes("/"));
  for (const word of ["boot-", "part-", "parts-", "playground-", "raft-playground-web-", "start-"]) {
    assert.ok(named.some((path) => path.startsWith(word)), `a file named ${word}…`);
  }
  for (const [name, read] of Object.entries(lasting)) {
    const lasts = read(await example(name));
    assert.deepEqual(built.filter((path) => lasts.test(path)), named, name);
    for (const path of ["index.html", "embed.js", "files.json", "sw.js"]) {
      assert.ok(built.includes(path), `${path} is built`);
      assert.ok(!lasts.test(path), `${name}: ${path} is asked for again`);
    }
  }
});

test("every host sends the page's own policy, lets others embed, and guesses no types", async () => {
  for (const name of [...Object.keys(typed), "_headers"]) {
    const text = await example(name);
    const policies = text.match(/default-src[^"\n]+/g);
    assert.ok(policies?.length, `${name} has a policy`);
    for (const found of policies) assert.equal(found, policy, name);
    assert.match(text, /Access-Control-Allow-Origin:? "?\*/, name);
    assert.match(text, /X-Content-Type-Options:? "?nosniff/, name);
    assert.match(text, /\/v\//, `${name} keeps versions`);
  }
});
