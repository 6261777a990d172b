// Jupyter: the widget in a real notebook, what the notebook keeps of it, and its picture elsewhere.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { atBrowser, poll } from "../browser/page.mjs";
import { begin, BROKEN, BUILD, Example, run, WRONG } from "./sites.mjs";

const PICTURES = '["image/svg+xml", "text/html", "text/markdown", "image/png", "text/plain"]';
const example = new Example("jupyter", (folder, out, env) =>
  run("jupyter", ["nbconvert", "--to", "html", "--execute", "example.ipynb", "--output-dir", out, `--NbConvertBase.display_data_priority=${PICTURES}`], {
    cwd: folder,
    env: { RAFT_PLAYGROUND_BASE: "/raft/", ...env },
  }));
example.serve();

example.test("a notebook that is converted has the picture", "example.html", async (page, requests) => {
  const image = page.locator('.jp-OutputArea-output img[src^="data:image/svg+xml"]');
  await poll("the poster is drawn", () => image.evaluate((it) => it.complete && it.naturalWidth), (width) => width > 100);
  const svg = Buffer.from((await image.getAttribute("src")).split("base64,")[1], "base64").toString();
  assert.match(svg, /<desc>At 0\.204 s, nobody leads\./);
  assert.deepEqual(requests.filter((url) => url.includes("/raft/")), []);
  // Its own template asks other sites for what it does not need here.
}, { complains: /cdnjs|unpkg|ERR_NAME_NOT_RESOLVED|ERR_INTERNET_DISCONNECTED/ });

/** The example with another text in its widget. */
const notebook = (text) => (before) => {
  const it = JSON.parse(before);
  it.cells[1].source = [`from raft_playground import Playground\nPlayground(${JSON.stringify(text)})`];
  return JSON.stringify(it);
};
const file = "example.ipynb";
example.fails("a claim that does not hold ends the conversion, by its line", { file, text: notebook(BROKEN), said: /ValueError.*:3: expect leaders 2: found n1 /s });
example.fails("a wrong text ends the conversion, by its line", { file, text: notebook(WRONG), said: /ValueError.*:2: expected a command such as `crash n2`, found `crsh`/s });
example.fails("it says where it looked for the program", { file, text: notebook(BROKEN), env: { RAFT_PLAYGROUND: "", PATH: process.env.SITES_PATH }, said: /expected the program `raft-playground` on PATH/ });

/** A JupyterLab of its own: nothing of a person's settings, and nothing that is left behind. */
async function startLab() {
  const folder = await example.copy("lab");
  const own = Object.fromEntries(["CONFIG", "DATA", "RUNTIME"].map((name) => [`JUPYTER_${name}_DIR`, join(folder, "../own", name)]));
  const lab = begin("jupyter", ["lab", "--no-browser", "--allow-root", "--port=0", "--IdentityProvider.token=", "--ServerApp.password=", `--notebook-dir=${folder}`], {
    cwd: folder,
    env: { ...own, JUPYTERLAB_SETTINGS_DIR: join(folder, "../own/settings"), RAFT_PLAYGROUND_BASE: `${example.site.url}raft/` },
  });
  let said = "";
  for (const stream of [lab.stdout, lab.stderr]) stream.on("data", (part) => (said += part));
  const url = await poll("JupyterLab's address", () => /http:\/\/(?:localhost|127\.0\.0\.1):\d+\//.exec(said)?.[0], Boolean, { within: 60_000 });
  return { url, end: () => lab.kill() };
}

test("jupyter: in JupyterLab it plays, and the notebook's side has its run", { timeout: BUILD }, async () => {
  const lab = await startLab();
  const context = await atBrowser().newContext({ viewport: { width: 1200, height: 1100 } });
  context.setDefaultTimeout(60_000);
  try {
    const page = await context.newPage();
    await page.goto(`${lab.url}lab/tree/example.ipynb`);
    const cells = page.locator(".jp-Notebook .jp-CodeCell");
    await page.getByText("| Idle").waitFor();
    await runCell(page, cells.nth(0));
    const element = page.locator("raft-playground");
    assert.match(await element.locator("img").getAttribute("alt"), /^At 0\.204 s, nobody leads/);
    await element.getByRole("button", { name: "▶ Play" }).click();
    await poll("four servers", () => element.locator("[data-server]").count(), (count) => count === 4, { within: 30_000 });
    await element.evaluate(async (it) => {
      await it.run("crash n2");
      await it.play();
    });
    await poll("it plays", () => element.evaluate((it) => it.state()), ({ playing, timeUs }) => playing && timeUs > 204_000);
    await element.evaluate((it) => it.pause());
    const { timeUs } = await element.evaluate((it) => it.state());
    await page.waitForTimeout(1_000);
    await runCell(page, cells.nth(1));
    const shown = cells.nth(1).locator(".jp-OutputArea-output");
    await poll("the kernel knows", async () => (await shown.count()) && (await (await shown.allTextContents()).join("\n")),
      (text) => text && text.includes(`'timeUs': ${timeUs}`) && text.includes("crash n2"));
  } finally {
    await context.close();
    lab.end();
  }
});

async function runCell(page, cell) {
  await cell.locator(".cm-content").click();
  await page.keyboard.press("Control+Enter");
}
