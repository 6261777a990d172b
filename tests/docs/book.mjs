// What the documentation's tests share: where the book is, its pages, and its snippets.
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

const { DIST, BOOK, DOCUMENTS, PROGRAM, XTASK } = process.env;
assert.ok(DIST && BOOK && DOCUMENTS && PROGRAM && XTASK, "DIST, BOOK, DOCUMENTS, PROGRAM or XTASK is not set: run `cargo xtask docs --test`");
export { PROGRAM, XTASK };

/** The folder of the built book, and the addresses of its pages below the site. */
export const DOCS = join(DIST, "docs");
export const pages = (await readdir(DOCS, { recursive: true }))
  .filter((name) => name.endsWith(".html"))
  .map((name) => `docs/${name.split(sep).join("/")}`)
  .sort();

/** What was written: the book's sources, and the documents that it takes in. */
const written = [
  ...(await readdir(BOOK, { recursive: true })).filter((name) => name.endsWith(".md")).map((name) => join(BOOK, name)),
  ...DOCUMENTS.split("\n"),
].sort();

/**
 * Every fenced block: `page`, `line` of its fence, `language`, `words` behind it, `text`, and what the
 * block behind it holds, if that is `text` and only a blank line parts them: what it prints.
 */
export const snippets = [];
for (const path of written) {
  const lines = (await readFile(path, "utf8")).split("\n");
  const page = relative(process.cwd(), path);
  let open;
  let last;
  for (const [place, line] of lines.entries()) {
    const fence = /^ *(`{3,}|~{3,})(.*)$/.exec(line);
    if (!open && fence) {
      const [language = "", ...words] = fence[2].trim().split(/\s+/);
      open = { page, line: place + 1, mark: fence[1], language, words, body: [] };
    } else if (open && fence && fence[1].startsWith(open.mark) && !fence[2].trim()) {
      const { mark, body, ...rest } = open;
      const snippet = { ...rest, text: body.join("\n") };
      const follows = last && snippet.line === last.end + 2;
      if (snippet.language === "text" && follows && ["js", "sh"].includes(last.snippet.language)) last.snippet.prints = snippet.text;
      snippets.push(snippet);
      last = { snippet, end: place + 1 };
      open = undefined;
    } else {
      open?.body.push(line);
    }
  }
  assert.equal(open, undefined, `${page}:${open?.line}: a fence has no end`);
}

/** The snippets in a language; none at all is a mistake of this reader. */
export function snippetsIn(language, atLeast) {
  const found = snippets.filter((it) => it.language === language);
  assert.ok(found.length >= atLeast, `expected ${atLeast} snippets of ${language} or more, found ${found.length}`);
  return found;
}

export const named = ({ page, line }) => `${page}:${line}`;
