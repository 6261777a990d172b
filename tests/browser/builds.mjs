// Another build of the page, made of the one at hand: other names by content, another worker, and a title
// that tells which one somebody sees.
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";

const LIST = /^const FILES = (\{.*\});$/m;
const BUILD = /^const BUILD = "([0-9a-f]{16})";$/m;

/** Writes the page of `dir` as a build of that name into a folder of its own, which it returns. */
export async function rebuilt(dir, name) {
  const out = await mkdtemp(join(tmpdir(), "raft-build-"));
  const paths = (await readdir(dir, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
  // Names inside of the module too, so each takes as many letters as before.
  const digests = new Set(paths.flatMap((path) => path.match(/(?<=-)(?:[0-9a-f]{16}|[0-9a-f]{8})(?=[._/-])/g) ?? []));
  const salt = createHash("sha256").update(name).digest("hex");
  const other = (digest) => createHash("sha256").update(salt + digest).digest("hex").slice(0, digest.length);
  const renamed = (text) => [...digests].reduce((all, digest) => all.replaceAll(digest, other(digest)), text);
  const written = new Map();
  for (const path of paths) {
    let content = renamed((await readFile(join(dir, path))).toString("latin1"));
    if (path === "index.html") content = content.replace("<title>", `<title>${name}: `);
    written.set(renamed(path), content);
  }
  const worker = written.get("sw.js");
  const kept = Object.keys(JSON.parse(LIST.exec(worker)[1])).map(renamed);
  const sha256 = (path) => createHash("sha256").update(written.get(path), "latin1").digest("base64");
  const list = JSON.stringify(Object.fromEntries(kept.map((path) => [path, sha256(path)])));
  written.set("sw.js", worker.replace(LIST, () => `const FILES = ${list};`).replace(BUILD, `const BUILD = "${salt.slice(0, 16)}";`));
  for (const [path, content] of written) {
    await mkdir(dirname(join(out, path)), { recursive: true });
    await writeFile(join(out, path), content, "latin1");
  }
  return out;
}
