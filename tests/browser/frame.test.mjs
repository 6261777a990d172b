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
function frameTest(name, address, work, { width = 640, style = "", connects = true, complains, ...options } = {}) {
  test(name, { timeout: 60_000 }, async () => {
    const context = await atBrowser().newContext({ viewport: { width: 900, height: 700 }, ...options });
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

/** What stands in the frame's element. */
const inside = (frame) => frame.locator("raft-playground");

frameTest("a frame without a host is the element too: title, caption and link, or none of them", "?view=stage+logs&scenario=split-vote&label=Its+name&caption=A+line&paused", async (page, frame) => {
  await inside(frame).locator("[data-server]").first().waitFor();
  await frame.getByRole("group", { name: "Its name" }).waitFor();
  await frame.getByText("A line").waitFor();
  const link = frame.getByRole("link", { name: /Open in the playground/ });
  assert.match(await link.getAttribute("href"), /\?scenario=split-vote$/);
  await frame.goto(at("?embed&scenario=first-light&controls=none&paused"));
  await inside(frame).locator("[data-server]").first().waitFor();
  assert.equal(await link.isVisible(), false);
  assert.deepEqual(await page.evaluate(() => window.raw), []);
}, { connects: false });

frameTest("a frame plays once it is seen, and stands still where it is not", "?embed&scenario=first-light&speed=1%2F20", async (page, frame) => {
  await inside(frame).locator("[data-server]").first().waitFor();
  const plays = () => frame.evaluate(() => document.querySelector("raft-playground").state().then(({ playing }) => playing));
  await poll("it plays", plays, Boolean, { within: 20_000 });
  await page.evaluate(() => {
    document.body.style.paddingBottom = "4000px";
    scrollTo(0, 3000);
  });
  await poll("out of sight it stands", plays, (playing) => !playing);
  await page.evaluate(() => scrollTo(0, 0));
  await poll("it goes on", plays);
}, { connects: false });

frameTest("for readers who want less motion a frame stands", "?embed&scenario=first-light", async (page, frame) => {
  await inside(frame).locator("[data-server]").first().waitFor();
  await page.waitForTimeout(500);
  assert.equal((await frame.evaluate(() => document.querySelector("raft-playground").state())).playing, false);
}, { connects: false, reducedMotion: "reduce" });

frameTest("a text of the playground's own site, and words that cannot be read, are as the element's", "?embed&src=gallery%2Ftour%2Felection.raft&play=clik", async (page, frame) => {
  await frame.getByRole("alert").getByText("“play=clik” cannot be read").waitFor();
  await frame.getByRole("button", { name: "▶ Play" }).click();
  await inside(frame).locator("[data-server]").first().waitFor();
  await frame.getByRole("group", { name: "Leader election" }).waitFor();
}, { connects: false });

frameTest("a shared run opens in a frame, and one of another engine says so there", "?embed&paused#run=1.00000000.40ms+0.nodes_3~seed_7~", async (page, frame) => {
  await frame.getByRole("alert").filter({ hasText: "This link was made by version 1 of the engine" }).waitFor({ timeout: 20_000 });
  assert.equal(await frame.getByRole("dialog").count(), 0);
}, { connects: false });

frameTest("beside log tables the picture has as much room as the element gives it", "?view=stage+logs&scenario=first-light&paused", async (page) => {
  await poll("it is ready", () => heard(page, "ready"), (all) => all.length === 1, { within: 20_000 });
  await poll("its height", () => page.locator("iframe").evaluate((it) => it.clientHeight), (height) => height > 480 && height < 560);
  assert.equal(await page.evaluate(() => history.length), 2, "going back leads to the page before");
}, { width: 640 });

frameTest("a frame that names its host already is not loaded again", "?scenario=first-light&paused", async (page) => {
  const loads = [];
  page.on("request", (request) => request.isNavigationRequest() && loads.push(request.url()));
  const address = at(`?scenario=first-light&paused&host=${encodeURIComponent(new URL(site.url).origin)}`);
  const playing = await page.evaluate(async (address) => {
    const frame = document.querySelector("iframe");
    frame.src = address;
    await new Promise((resolve) => { frame.onload = resolve; });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const { connect } = await import("./frame.js");
    return (await connect(frame).ask("state")).playing;
  }, address);
  assert.deepEqual([playing, loads], [false, [address]]);
}, { connects: false });

frameTest("a word that is almost one, and a host that is none, are told of", "?embed&scenario=first-light&paused&captions=x&host=nonsense", async (page, frame) => {
  await frame.getByRole("alert").filter({ hasText: "“captions” is no attribute of it: expected caption" }).waitFor({ timeout: 20_000 });
  await frame.getByRole("alert").filter({ hasText: "“host=nonsense” cannot be read: expected an origin" }).waitFor();
}, { connects: false });

frameTest("connected twice it is the same run, and gone it is no riddle", "?scenario=first-light&paused", async (page) => {
  await poll("it is ready", () => heard(page, "ready"), (all) => all.length === 1, { within: 20_000 });
  await ask(page, "seek", "204ms");
  const [time, gone] = await page.evaluate(async () => {
    const { connect } = await import("./frame.js");
    const frame = document.querySelector("iframe");
    const { timeUs } = await connect(frame).ask("state");
    frame.remove();
    return [timeUs, await window.raft.ask("state").catch(({ code }) => code)];
  });
  assert.deepEqual([time, gone], [204_000, "not-loaded"]);
});
