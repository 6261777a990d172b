// A small static file server for the tests: the built page must work from plain files, under any
// path, with no help from the server. Node's own modules only.
import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, sep } from "node:path";

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
 * Serves the files of `dir` on 127.0.0.1, at a free port and below `prefix`.
 * `url` ends in a slash; `close()` ends open connections too.
 */
export async function serve(dir, { prefix = "/" } = {}) {
  const root = await realpath(dir);
  const base = `/${prefix}/`.replace(/\/+/g, "/");
  const server = createServer((request, response) => {
    answer(root, base, request, response).catch(() => fail(response, 500));
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}${base}`,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      }),
  };
}

async function answer(root, base, request, response) {
  if (request.method !== "GET" && request.method !== "HEAD") return fail(response, 405);
  const file = await locate(root, base, request.url);
  if (!file) return fail(response, 404);
  response.writeHead(200, {
    "content-type": TYPES[extname(file.path)] ?? "application/octet-stream",
    "content-length": file.size,
    "cache-control": "no-store",
  });
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
