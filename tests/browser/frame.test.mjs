// The page in a frame of another site's page: what the two say to each other, and who else is not heard.
import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { at, atBrowser, inBrowser, listen, poll, test } from "./page.mjs";
import { serve } from "./static-server.mjs";

inBrowser();

/** The site of the pages around the frame: another origin than the playground's, since its port is another. */
let site;
before(async () => {
  const folder = await mkdtemp(join(tmpdir(), "host-"));
  // A site that may not fetch from the playground's keeps its own copy of those few lines.
  await copyFile(join(process.env.DIST, "frame.js"), join(folder, "frame.js"));
  site = { folder, ...(await serve(folder)) };
});
after(async () => {
  await site.close();
  await rm(site.folder, { recursive: true });
});

/** A page of another origin with a frame of this address, connected by frame.js as `raft`. */
function frameTest(name, address, work, { width = 640, style = "", connects = true, complains } = {}) {
  test(name, { timeout: 60_000 }, async () => {
    const context = await atBrowser().newContext({ viewport: { width: 900, height: 700 } });
    context.setDefaultTimeout(10_000);
    const page = await context.newPage();
    const complaints = listen(page);
    const connect = `import { connect } from "./frame.js";
      window.raft = connect(document.querySelector("iframe"));
      for (const name of ["ready", "error", "leader", "commit", "step", "time", "height"]) {
        raft.addEventListener(name, ({ detail }) => heard.push([name, detail]));
      }`;
    await writeFile(join(site.folder, "page.html"), `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title><link rel="icon" href="data:,"><style>${style}</style></head><body>
        <iframe title="A cluster" src="${at(address)}" width="${width}" height="200"></iframe>
        <script>window.heard = []; window.raw = []; addEventListener("message", ({ data, origin }) => raw.push([origin, data]));</script>
        ${connects ? `<script type="module">${connect}</script>` : ""}</body></html>`);
    try {
      await page.goto(`${site.url}page.html`);
      await work(page, page.frames()[1]);
      assert.deepEqual(complaints.filter((line) => !complains?.test(line)), []);
    } finally {
      await context.close();
    }
  });
}

const heard = (page, name) => page.evaluate((name) => window.heard.filter(([heard]) => heard === name).map(([, detail]) => detail), name);
const ask = (page, ...given) => page.evaluate((given) => window.raft.ask(...given).catch(({ name, message, code, expected }) => ({ name, message, code, expected })), given);

frameTest("it is asked and tells, and its frame is as high as it needs", "?scenario=first-light&speed=1&paused", async (page) => {
  await poll("it is ready", () => heard(page, "ready"), (all) => all.length === 1, { within: 20_000 });
  await poll("its height", () => page.locator("iframe").evaluate((it) => it.clientHeight), (height) => height > 400 && height < 640);
  await ask(page, "play");
  await poll("a leader", () => heard(page, "leader"), (all) => all.length === 1, { within: 20_000 });
  await ask(page, "pause");
  await ask(page, "seek", "100ms");
  const state = await ask(page, "state", { full: true });
  assert.deepEqual([state.timeUs, state.servers.length], [100_000, 5]);
  assert.match(await ask(page, "text"), /nodes|seed/);
  assert.match(await ask(page, "svg"), /^<svg/);
  const wrong = await ask(page, "run", "crush n1");
  assert.deepEqual([wrong.name, wrong.code], ["RaftPlaygroundError", "cannot-be-done"]);
  const unknown = await ask(page, "dance");
  assert.match(unknown.message, /“dance” is nothing that can be asked: expected play, /);
});

frameTest("own text with steps, and what is wrong with a text, come through", `?view=lesson&text=${encodeURIComponent('nodes 3\nstep "First"\nrun until leader\nstep "Second"\nrun 10ms\n')}`, async (page) => {
  const [step] = await poll("a step", () => heard(page, "step"), (all) => all.length > 0, { within: 20_000 });
  assert.deepEqual([step.step, step.steps, step.heading], [1, 2, "First"]);
});

frameTest("who was not named as host is not heard, and nothing is sent there", "?scenario=first-light&host=http%3A%2F%2Fother.test&paused", async (page, frame) => {
  await frame.locator("[data-server]").first().waitFor();
  await page.evaluate((origin) => {
    document.querySelector("iframe").contentWindow.postMessage({ raftPlayground: 1, id: 1, ask: "run", given: ["crash n1"] }, origin);
  }, new URL(at("")).origin);
  await page.waitForTimeout(500);
  assert.deepEqual(await page.evaluate(() => window.raw), []);
  assert.equal(await frame.locator(".node.down").count(), 0);
}, { connects: false, complains: /target origin provided/ });

frameTest("another version of messages is answered with the one it speaks", "?scenario=first-light&paused", async (page) => {
  await poll("it is ready", () => heard(page, "ready"), (all) => all.length === 1, { within: 20_000 });
  await page.evaluate((origin) => {
    document.querySelector("iframe").contentWindow.postMessage({ raftPlayground: 2, id: 7, ask: "play" }, origin);
  }, new URL(at("")).origin);
  const answer = await poll("an answer", () => page.evaluate(() => window.raw.map(([, data]) => data).find(({ id }) => id === 7)));
  assert.match(answer.error.message, /speaks version 1 of messages, not 2/);
});

frameTest("opened by itself an address with a host is the page as ever", "?scenario=first-light&paused", async (page) => {
  await page.goto(at(`?scenario=first-light&paused&host=${encodeURIComponent(new URL(site.url).origin)}`));
  await page.locator(".pg:not(.still) [data-server]").first().waitFor();
  await page.locator("header").waitFor();
}, { connects: false });

frameTest("a frame that is no playground is said to be none, to whoever asks it", "no-such-page.html", async (page) => {
  const asked = page.evaluate(async () => {
    const { connect } = await import("./frame.js");
    return connect(document.querySelector("iframe"), { patience: 200 }).ask("play").catch(({ name, code, message }) => ({ name, code, message }));
  });
  const { name, code, message } = await asked;
  assert.deepEqual([name, code], ["RaftPlaygroundError", "not-loaded"]);
  assert.match(message, /\/no-such-page\.html does not answer: expected a playground's page/);
}, { connects: false, complains: /404|Failed to load/ });
