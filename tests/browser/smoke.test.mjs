// The built page opens from plain files, below a path, under its own strict content policy.
import assert from "node:assert/strict";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { serve } from "./static-server.mjs";

const { CHROME, CHROME_ARGS = "", DIST } = process.env;
assert.ok(CHROME && DIST, "CHROME and DIST are not set: run `cargo xtask test --only page`");

let browser;
let site;

before(async () => {
  site = await serve(DIST, { prefix: "/docs/raft/" });
  browser = await chromium.launch({
    executablePath: CHROME,
    args: CHROME_ARGS.split(" ").filter(Boolean),
  });
});

after(async () => {
  await browser?.close();
  await site?.close();
});

/** A page with everything that it complains about. */
async function open(url, { routes = {} } = {}) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (failed) => complaints.push(`${failed.url()} failed`));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.url()}: ${response.status()}`);
  });
  await page.addInitScript(() => {
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      window.violations.push(`${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  for (const [pattern, handler] of Object.entries(routes)) await page.route(pattern, handler);
  await page.goto(url, { waitUntil: "networkidle" });
  return { page, complaints, close: () => context.close() };
}

test("the page starts below a path without an error or a policy violation", async () => {
  const { page, complaints, close } = await open(site.url);
  await page.waitForFunction(
    () => !document.getElementById("playground").textContent.startsWith("Loading"),
  );
  assert.equal(await page.title(), "Raft Playground");
  assert.equal(await page.locator("#playground [role=alert]", { hasText: "could not start" }).count(), 0);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.deepEqual(complaints, []);
  await close();
});

test("a page whose engine cannot be loaded says so instead of staying blank", async () => {
  const { page, close } = await open(site.url, {
    routes: { "**/*.wasm": (route) => route.abort() },
  });
  const message = page.locator("#playground [role=alert]");
  await message.waitFor();
  assert.match(await message.textContent(), /^The playground could not start: .+/);
  await close();
});

test("a page whose script is missing says so instead of staying blank", async () => {
  const { page, close } = await open(site.url, {
    routes: { "**/start-*.js": (route) => route.fulfill({ status: 404 }) },
  });
  const message = page.locator("#playground [role=alert]");
  await message.waitFor();
  assert.match(await message.textContent(), /could not be loaded/);
  await close();
});

test("a page whose engine panics says so and offers the run as text", async () => {
  const { page, close } = await open(`${site.url}?paused`);
  await page.locator("[data-server]").first().waitFor();
  // A browser that cannot add elements makes whatever draws the page panic.
  await page.evaluate(() => {
    const refuse = () => { throw new DOMException("no more elements"); };
    Node.prototype.insertBefore = refuse;
  });
  await page.keyboard.press("?");
  const failure = page.locator(".playground-failure");
  await failure.waitFor();
  assert.match(await failure.textContent(), /The engine has failed.*panicked at/);
  assert.match(await failure.getByLabel("The run as text").inputValue(), /^# Raft Playground, engine \d+\ntitle "First light"\nnodes 5\n/);
  await close();
});

test("the test server gives out nothing from outside its folder", async () => {
  // node:http sends the path as it is; fetch() would tidy the dots away first.
  const status = (path) =>
    new Promise((resolve, reject) => {
      const { hostname, port } = new URL(site.url);
      request({ hostname, port, path }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
  assert.equal(await status("/docs/raft/index.html"), 200);
  for (const path of ["/docs/raft/../../etc/passwd", "/docs/raft/%2e%2e/%2e%2e/Cargo.toml", "/etc/passwd"]) {
    assert.equal(await status(path), 404, path);
  }
});
