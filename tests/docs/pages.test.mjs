// Every page of the documentation, as a reader opens it: whole, quiet, reachable, and live.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { at, atBrowser, inBrowser, listen, poll } from "../browser/page.mjs";
import { pages, PROGRAM } from "./book.mjs";

inBrowser();

const browserTests = createRequire(new URL("../browser/page.mjs", import.meta.url));
const axeSource = await readFile(browserTests.resolve("axe-core/axe.min.js"), "utf8");

const WIDE = { viewport: { width: 1280, height: 720 }, colorScheme: "light" };
const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: "dark", hasTouch: true, isMobile: true };

/** Opens a page of the documentation, which may complain of nothing and may do nothing forbidden. */
async function reading(address, work, options = WIDE) {
  const context = await atBrowser().newContext(options);
  context.setDefaultTimeout(20_000);
  try {
    const page = await context.newPage();
    const complaints = listen(page);
    await page.addInitScript(() => {
      window.violations = [];
      window.wrong = [];
      document.addEventListener("securitypolicyviolation", (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
      addEventListener("raft-error", ({ detail }) => window.wrong.push(detail.message));
    });
    await page.goto(at(address));
    await work(page);
    if (options.javaScriptEnabled !== false) {
      assert.deepEqual(await page.evaluate(() => window.violations), [], "content policy");
      assert.deepEqual(await page.evaluate(() => window.wrong), [], "raft-error");
    }
    assert.deepEqual(complaints, [], "what the page complained about");
  } finally {
    await context.close();
  }
}

/** What axe objects to, in a line for each. */
async function assertAccessible(page) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const lines = found.violations.map(({ id, nodes }) => `${id}: ${nodes.length} times, first ${nodes[0].target.flat().join(" ")}: ${nodes[0].failureSummary.replace(/\s+/g, " ").slice(0, 240)}`);
  assert.equal(lines.join("\n"), "", "axe");
}

const facts = new Map();
/** What each page says of itself and where its links lead, read once. */
async function factsOf(address) {
  if (!facts.has(address)) {
    await reading(address, async (page) => {
      facts.set(address, await page.evaluate(() => ({
        title: document.title,
        description: document.querySelector("meta[name=description]").content,
        policy: document.querySelector("meta[http-equiv=Content-Security-Policy]").content,
        headings: document.querySelectorAll("h1").length,
        elements: document.querySelectorAll("raft-playground").length,
        current: [...document.querySelectorAll("#contents [aria-current]")].map((it) => it.href),
        ids: [...document.querySelectorAll("[id]")].map(({ id }) => id),
        links: [...document.querySelectorAll("a[href]")].map((it) => it.href),
        inText: [...document.querySelectorAll("main a[href]")].map((it) => it.href),
      })));
    });
  }
  return facts.get(address);
}

test("the book has its pages", () => {
  assert.ok(pages.length >= 18, `${pages.length} pages`);
  assert.ok(pages.includes("docs/index.html"));
});

for (const address of pages) {
  test(`${address}: says what it is, is marked in the contents, and keeps the page's policy`, { timeout: 60_000 }, async () => {
    const { title, description, policy, headings, current } = await factsOf(address);
    assert.match(title, /Raft Playground/);
    assert.ok(description.length >= 40 && description !== "its first paragraph", description);
    assert.match(policy, /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';/);
    assert.equal(headings, 1, "one heading of the page");
    assert.deepEqual(current, [at(address)]);
  });

  for (const [name, options] of [["1280×720, light", WIDE], ["390×844, dark", PHONE]]) {
    test(`${address}: can be read at ${name}`, { timeout: 60_000 }, async () => {
      await reading(address, async (page) => {
        await page.waitForFunction(() => customElements.get("raft-playground"));
        const { scroll, client } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth }));
        assert.ok(scroll <= client, `it is ${scroll} wide where there is room for ${client}`);
        await assertAccessible(page);
      }, options);
    });
  }
}

test("every page has a title and a description of its own", async () => {
  for (const what of ["title", "description"]) {
    const all = [];
    for (const address of pages) all.push((await factsOf(address))[what]);
    assert.equal(new Set(all).size, all.length, all.join("\n"));
  }
});

test("every playground has its poster, and plays", { timeout: 300_000 }, async () => {
  let played = 0;
  for (const address of pages) {
    const { elements } = await factsOf(address);
    if (elements === 0) continue;
    await reading(address, async (page) => {
      await page.waitForFunction(() => customElements.get("raft-playground"));
      for (let nth = 0; nth < elements; nth += 1) {
        const element = page.locator("raft-playground").nth(nth);
        const where = `${address}, playground ${nth + 1}`;
        await element.scrollIntoViewIfNeeded();
        const poster = element.locator("> img");
        assert.ok(await poster.evaluate((it) => it.decode().then(() => it.naturalWidth > 0 && it.alt.length > 20)), `${where}: a poster with its description`);
        await element.getByRole("button", { name: "▶ Play" }).click();
        const { servers } = await element.evaluate((it) => it.state({ full: true }));
        assert.ok(servers.length > 0, where);
        await poll(`${where}: its servers are drawn`, () => element.locator("[data-server]").count(), (count) => count === servers.length);
        // Time passes, or a lesson rests at its first step.
        const { timeUs } = await element.evaluate((it) => it.state());
        await element.evaluate((it) => it.step());
        await poll(`${where}: it goes on`, () => element.evaluate(async (it) => (await it.state()).timeUs), (now) => now > timeUs);
        played += 1;
      }
    });
  }
  assert.ok(played >= 15, `${played} played`);
});

test("every link leads to a page, a heading, a lesson or a scenario that is there", { timeout: 120_000 }, async () => {
  const list = JSON.parse(execFileSync(PROGRAM, ["list", "--json"], { encoding: "utf8" }));
  const known = new Set(list.map(({ name }) => name));
  const wrong = [];
  let lessons = 0;
  for (const address of pages) {
    for (const href of (await factsOf(address)).links) {
      const url = new URL(href);
      if (url.origin !== new URL(at()).origin) continue;
      const path = url.pathname.slice(new URL(at()).pathname.length);
      if (path === "" || path === "index.html") {
        for (const name of ["lesson", "scenario"]) {
          const asked = url.searchParams.get(name);
          if (asked === null) continue;
          lessons += 1;
          if (!known.has(asked)) wrong.push(`${address}: no ${name} ${asked}`);
        }
        continue;
      }
      if (!pages.includes(path)) wrong.push(`${address}: no page ${path}`);
      else if (url.hash && !(await factsOf(path)).ids.includes(decodeURIComponent(url.hash.slice(1)))) wrong.push(`${address}: no heading ${path}${url.hash}`);
    }
  }
  assert.deepEqual(wrong, []);
  assert.ok(lessons > 15, `${lessons} links to lessons`);
});

test("every page is reached from the first", async () => {
  const reached = new Set(["docs/index.html"]);
  for (const address of reached) {
    for (const href of (await factsOf(address)).links) {
      const path = href.split("#")[0].slice(at().length);
      if (href.startsWith(at()) && pages.includes(path)) reached.add(path);
    }
  }
  assert.deepEqual(pages.filter((address) => !reached.has(address)), []);
});

test("a lesson that is linked to opens at its step", { timeout: 60_000 }, async () => {
  await reading("docs/embed/address.html", async (page) => {
    await page.getByRole("link", { name: /step 2 of the election/ }).click();
    await page.getByText("A new term").first().waitFor();
  });
});

test("the search finds a heading and leads there, by keys alone", async () => {
  await reading("docs/guide/time.html", async (page) => {
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.id), "search");
    await page.keyboard.type("presenting");
    await page.locator(".found a").first().waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/teach\/teachers\.html#presenting$/);
    await page.getByRole("searchbox").fill("zzyzx");
    await page.getByText("Nothing about “zzyzx”.").waitFor();
    await page.getByRole("searchbox").press("Escape");
    assert.ok(await page.locator(".found").isHidden());
  });
});

test("what is searched for is text, never markup", async () => {
  await reading("docs/index.html", async (page) => {
    await page.getByRole("searchbox").fill("<img src=x onerror=alert(1)>zz");
    await page.locator(".found p, .found a").first().waitFor();
    assert.equal(await page.locator(".found img").count(), 0);
  });
});

const paper = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test("the theme is the reader's, can be switched, and is kept; playgrounds follow", async () => {
  await reading("docs/index.html", async (page) => {
    const light = await paper(page);
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await paper(page);
    assert.notEqual(dark, light, "as the system is");
    const button = page.getByRole("button", { name: /^Theme/ });
    await button.click();
    assert.equal(await paper(page), light, "light, whatever the system is");
    assert.equal(await page.locator("raft-playground").first().getAttribute("theme"), "light");
    await button.click();
    await page.emulateMedia({ colorScheme: "light" });
    assert.equal(await paper(page), dark, "dark, whatever the system is");
    await page.getByRole("link", { name: "What you see" }).first().click();
    await page.waitForURL(/watch\.html$/);
    assert.equal(await paper(page), dark, "kept on the next page");
    assert.equal(await page.locator("raft-playground").first().getAttribute("theme"), "dark");
  });
});

test("on a phone the contents open, and close by Escape", async () => {
  await reading("docs/guide/act.html", async (page) => {
    const nav = page.getByRole("navigation", { name: "Contents" });
    assert.ok(await nav.isHidden());
    await page.getByRole("button", { name: "Contents" }).click();
    await nav.getByRole("link", { name: "Why not?" }).waitFor();
    await nav.getByRole("link", { name: "Why not?" }).focus();
    await page.keyboard.press("Escape");
    assert.ok(await nav.isHidden());
    assert.equal(await page.evaluate(() => document.activeElement.className), "contents-button");
  }, PHONE);
});

test("the text is two presses of a key away, and nothing that has the focus is hidden", async () => {
  await reading("docs/guide/time.html", async (page) => {
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "To the text");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement.closest("main") !== null));
  });
});

test("in print there is the text with its posters, and nothing else", async () => {
  await reading("docs/guide/act.html", async (page) => {
    await page.waitForFunction(() => customElements.get("raft-playground"));
    await page.emulateMedia({ media: "print" });
    assert.ok(await page.locator("body > header").isHidden());
    assert.ok(await page.locator("#contents").isHidden());
    for (const poster of await page.locator("raft-playground > img").all()) assert.ok(await poster.isVisible());
    assert.ok(await page.getByRole("button", { name: "▶ Play" }).first().isHidden());
    const pdf = await page.pdf({ format: "A4" });
    assert.ok(pdf.length > 20_000, `${pdf.length} bytes of PDF`);
  });
});

test("without scripts it can be read, with contents and posters", async () => {
  for (const options of [WIDE, PHONE]) {
    await reading("docs/guide/act.html", async (page) => {
      assert.ok(await page.getByRole("heading", { level: 1 }).isVisible());
      assert.ok(await page.getByRole("link", { name: "Why not?" }).first().isVisible());
      const posters = page.locator("raft-playground > img");
      assert.ok(await posters.count() > 1);
      for (const poster of await posters.all()) assert.ok(await poster.isVisible());
    }, { ...options, javaScriptEnabled: false });
  }
});
