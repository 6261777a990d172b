// Places where the element has to work all the same, or to say what is missing there.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { app, ELEMENT, html, inBrowser, pageTest, playsLive, serve } from "./places.mjs";

inBrowser();

const HOME = "node_modules/raft-playground";
const loads = (file, more = "") => `<script type="module" src="./${HOME}/${file}"${more}></script>`;

/** Serves these files with the package; its address. */
async function site(t, files) {
  const folder = await app(files);
  const served = await serve(folder);
  t.after(() => served.close());
  return { folder, url: served.url };
}

/** Lets every answer whose address fits have other headers; `undefined` takes one away. */
const withHeaders = (pattern, headers) => (page) => page.route(pattern, async (route) => {
  const response = await route.fetch();
  const all = { ...response.headers(), ...headers };
  for (const [name, value] of Object.entries(headers)) if (value === undefined) delete all[name];
  await route.fulfill({ response, headers: all });
});

const both = [["element.js", "from its files"], ["inline.js", "from one file"]];

for (const [file, from] of both) {
  pageTest(`from a plain script, ${from}, under a strict policy`, async (open, t) => {
    const { url } = await site(t, { "index.html": html(ELEMENT, loads(file)) });
    const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; img-src data:" + (file === "element.js" ? "; connect-src 'self'" : "");
    const { page, complaints } = await open(url, { prepare: withHeaders(/\/$/, { "content-security-policy": policy }) });
    await playsLive(page);
    assert.deepEqual(complaints, []);
  });

  pageTest(`in a sandboxed frame, ${from}`, async (open, t) => {
    const { url } = await site(t, {
      "index.html": html('<iframe title="Frame" sandbox="allow-scripts" src="./frame.html" width="800" height="600"></iframe>'),
      "frame.html": html(ELEMENT, loads(file)),
    });
    // A sandboxed frame is of no site at all: its modules come from another one.
    const { page, complaints } = await open(url, { prepare: withHeaders(/\.(js|wasm)$/, { "access-control-allow-origin": "*" }) });
    const frame = page.frames().find((frame) => frame.url().endsWith("frame.html"));
    await playsLive(frame);
    assert.deepEqual(complaints, []);
  });

  pageTest(`where neither storage nor clipboard may be used, ${from}`, async (open, t) => {
    const { url } = await site(t, { "index.html": html(ELEMENT.replace("speed", 'view="all" speed'), loads(file)) });
    const { page, complaints } = await open(url, {
      prepare: (page) => page.addInitScript(() => {
        const forbidden = () => { throw new DOMException("Forbidden here", "SecurityError"); };
        for (const name of ["localStorage", "sessionStorage", "indexedDB"]) Object.defineProperty(window, name, { get: forbidden });
        Object.defineProperty(navigator, "clipboard", { value: { writeText: async () => forbidden() } });
      }),
    });
    await playsLive(page);
    await page.getByRole("button", { name: "Share" }).click();
    const dialog = page.getByRole("dialog", { name: "Share this moment" });
    const link = await dialog.getByRole("textbox").first().inputValue();
    assert.match(link, /^#run=/, "what can be put behind any playground's address");
    await dialog.getByRole("button", { name: /copy/i }).first().click();
    assert.deepEqual(complaints.filter((line) => !/Forbidden here/.test(line)), []);
  });

  pageTest(`with its integrity checked, ${from}`, async (open, t) => {
    const { url, folder } = await site(t, { "index.html": "" });
    const digest = createHash("sha384").update(await readFile(join(folder, HOME, file))).digest("base64");
    const serves = (digest) => (page) => page.route(/\/$/, (route) => route.fulfill({
      contentType: "text/html", body: html(ELEMENT, loads(file, ` integrity="sha384-${digest}"`)),
    }));
    const { page } = await open(url, { prepare: serves(digest) });
    await playsLive(page);
    const other = createHash("sha384").update("another").digest("base64");
    const { page: refused, complaints } = await open(url, { prepare: serves(other) });
    await refused.waitForLoadState("load");
    assert.equal(await refused.evaluate(() => customElements.get("raft-playground")), undefined);
    assert.ok(complaints.some((line) => /integrity/.test(line)), complaints.join("\n"));
  });
}

pageTest("a module that is served as something else is read all the same", async (open, t) => {
  const { url } = await site(t, { "index.html": html(ELEMENT, loads("element.js")) });
  const { page } = await open(url, { prepare: withHeaders(/\.wasm$/, { "content-type": "text/plain" }) });
  await playsLive(page);
});

pageTest("offline, from one file", async (open, t) => {
  const { url } = await site(t, { "index.html": html(ELEMENT, loads("inline.js")) });
  const { page, context, requests } = await open(url);
  await page.waitForFunction(() => customElements.get("raft-playground"));
  await context.setOffline(true);
  const before = requests.length;
  await playsLive(page);
  assert.deepEqual(requests.slice(before).filter((url) => !url.startsWith("data:")), []);
});

pageTest("offline, from its files, the sentence names the one that is missing, and Play may be pressed again", async (open, t) => {
  const { url } = await site(t, { "index.html": html(ELEMENT, loads("element.js")) });
  const { page } = await open(url, { prepare: (page) => page.route(/\.wasm$/, (route) => route.abort()) });
  await page.getByRole("button", { name: "▶ Play" }).click();
  await page.getByRole("alert").getByText(/playground\.wasm must be reachable/).waitFor();
  await page.unroute(/\.wasm$/);
  await playsLive(page);
});

pageTest("from another site that does not allow it, the sentence names file and header", async (open, t) => {
  const { url: other } = await site(t, {});
  const { url } = await site(t, { "index.html": html(ELEMENT, `<script type="module" src="${other}${HOME}/element.js"></script>`) });
  // The script may be had, and the module not.
  const { page } = await open(url, { prepare: withHeaders(/\.js$/, { "access-control-allow-origin": "*" }) });
  await page.getByRole("button", { name: "▶ Play" }).click();
  await page.getByRole("alert").getByText(/playground\.wasm must be reachable.*Access-Control-Allow-Origin/).waitFor();
});

pageTest("a policy that allows no module is named", async (open, t) => {
  const { url } = await site(t, { "index.html": html(ELEMENT, loads("inline.js")) });
  const { page } = await open(url, { prepare: withHeaders(/\/$/, { "content-security-policy": "default-src 'none'; script-src 'self'" }) });
  await page.getByRole("button", { name: "▶ Play" }).click();
  await page.getByRole("alert").getByText(/wasm-unsafe-eval/).first().waitFor();
});
