// A small static file server for the tests: the built page must work from plain files, under any
// path, with no help from the server. Node's own modules only.
import { createReadStream } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, sep } from "node:path";
import { gzipSync } from "node:zlib";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".map": "application/json; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/**
 * Serves the files of `dir` on 127.0.0.1, at `port` or a free one and below `prefix`; with `gzip` compressed,
 * as hosts do it. With `cached` the browser may keep what it got, with `cors` pages of other sites may have it.
 * `made(name)` may give the HTML or script of a file that lies in no folder. `watch` is told each request
 * before it is answered, and may end its connection or set headers.
 * `url` ends in a slash; `close()` ends open connections too; `show()` serves another folder from now on.
 */
export async function serve(dir, options = {}) {
  const { prefix = "/", port = 0, cors = false, watch = () => {} } = options;
  let root = await realpath(dir);
  const base = `/${prefix}/`.replace(/\/+/g, "/");
  const server = createServer((request, response) => {
    watch(request, response);
    if (response.destroyed) return;
    if (cors) response.setHeader("access-control-allow-origin", "*");
    answer({ ...options, root, base }, request, response).catch(() => fail(response, 500));
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}${base}`,
    show: async (other) => {
      root = await realpath(other);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

async function answer({ root, base, gzip = false, cached = false, made }, request, response) {
  if (request.method !== "GET" && request.method !== "HEAD") return fail(response, 405);
  const name = request.url.split(/[?#]/, 1)[0].replace(base, "");
  const text = made?.(name);
  if (text !== undefined) {
    response.writeHead(200, { "content-type": TYPES[extname(name) || ".html"], "cache-control": "no-store" });
    return response.end(text);
  }
  const file = await locate(root, base, request.url);
  if (!file) return fail(response, 404);
  const headers = {
    "content-type": TYPES[extname(file.path)] ?? "application/octet-stream",
    "content-length": file.size,
    "cache-control": cached ? "public, max-age=3600" : "no-store",
  };
  if (gzip) {
    const small = gzipSync(await readFile(file.path), { level: 9 });
    response.writeHead(200, { ...headers, "content-length": small.length, "content-encoding": "gzip" });
    return response.end(request.method === "HEAD" ? undefined : small);
  }
  response.writeHead(200, headers);
  if (request.method === "HEAD") return response.end();
  createReadStream(file.path)
    .on("error", () => response.destroy())
    .pipe(response);
}

/** The file that a request means; nothing if it is not there or outside of `root`. */
async function locate(root, base, url) {
  try {
    const path = decodeURIComponent(url.split(/[?#]/, 1)[0]);
    if (!path.startsWith(base)) return undefined;
    const name = path.slice(base.length);
    // Links are followed before the check, so that one cannot lead out of the folder either.
    const real = await realpath(join(root, name === "" || name.endsWith("/") ? `${name}index.html` : name));
    if (!real.startsWith(root + sep)) return undefined;
    const found = await stat(real);
    return found.isFile() ? { path: real, size: found.size } : undefined;
  } catch {
    return undefined;
  }
}

function fail(response, status) {
  if (response.headersSent) return response.destroy();
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" });
  response.end(`${status}\n`);
}
