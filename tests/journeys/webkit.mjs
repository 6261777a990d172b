// WebKit, as WebKitGTK has it: its MiniBrowser on a screen that nobody sees, by its own driver, which
// speaks WebDriver. selenium-webdriver speaks that for us.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Builder, Capabilities, Key, Origin } from "selenium-webdriver";
import { savedIn, Unanswered, until } from "./driver.mjs";

/** What cannot be tried there, and why. */
export const lacks = new Map([
  ["phone", "MiniBrowser's window is at least 447 pixels wide"],
]);

export async function launch() {
  // The screen is larger than any page that is asked for.
  const screen = spawn(process.env.XVFB, ["-displayfd", "3", "-screen", "0", "1600x1400x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore", "pipe"],
  });
  const display = `:${(await firstOf(screen, screen.stdio[3], "Xvfb")).trim()}`;
  const first = await session(display);
  const version = (await first.driver.getCapabilities()).get("browserVersion");
  await first.end();
  return {
    name: "WebKitGTK",
    version,
    open: (width, height, options) => open(display, width, height, options),
    close: () => ended(screen),
  };
}

async function ended(program) {
  const isOver = program.exitCode !== null || program.signalCode !== null;
  program.kill();
  if (!isOver) await once(program, "exit");
}

/** What a program says first; an error where it ends before that. */
async function firstOf(program, stream, name) {
  const failed = once(program, "exit").then(([code]) => { throw new Error(`${name} ended at once (${code})`); });
  const [text] = await Promise.race([once(stream, "data"), failed]);
  failed.catch(() => {});
  return String(text);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** A browser with a driver of its own, for a driver has one session at most. */
async function session(display, { dark = false } = {}) {
  const { WEBKIT_DRIVER, MINIBROWSER } = process.env;
  const port = await freePort();
  // Where it keeps what it keeps, and saves files.
  const home = await mkdtemp(join(tmpdir(), "raft-webkit-"));
  const program = spawn(WEBKIT_DRIVER, [`--port=${port}`, "--host=127.0.0.1"], {
    stdio: "ignore",
    env: {
      ...process.env, HOME: home, XDG_CONFIG_HOME: home, DISPLAY: display, GDK_BACKEND: "x11", GTK_THEME: dark ? "Adwaita:dark" : "Adwaita",
      // There is no graphics card where tests run, and no desktop to ask for its settings.
      LIBGL_ALWAYS_SOFTWARE: "1", GTK_USE_PORTAL: "0", NO_AT_BRIDGE: "1", GSETTINGS_BACKEND: "memory",
    },
  });
  const leave = async () => {
    await ended(program);
    // What has not ended yet may still write there.
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const address = `http://127.0.0.1:${port}`;
    await until("WebKitWebDriver answers", () => fetch(`${address}/status`).then((it) => it.ok, () => false));
    const capabilities = new Capabilities({
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary: MINIBROWSER, args: ["--automation"] },
    });
    const driver = await answered("a session", new Builder().usingServer(address).withCapabilities(capabilities).build());
    return { driver, home, end: () => answered("quit", driver.quit()).finally(leave) };
  } catch (error) {
    await leave();
    throw error;
  }
}

const KEYS = {
  Enter: Key.ENTER, Escape: Key.ESCAPE, Tab: Key.TAB, Backspace: Key.BACK_SPACE, Space: " ",
  ArrowLeft: Key.ARROW_LEFT, ArrowRight: Key.ARROW_RIGHT, ArrowUp: Key.ARROW_UP, ArrowDown: Key.ARROW_DOWN,
  Home: Key.HOME, End: Key.END, PageUp: Key.PAGE_UP, PageDown: Key.PAGE_DOWN,
  Shift: Key.SHIFT, Control: Key.CONTROL,
};

/**
 * What a driver is asked, with its name where no answer comes: a browser that has died is not waited
 * for.
 */
async function answered(what, asked) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Unanswered(`WebKitWebDriver gives no answer to: ${what}`)), 45_000);
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

/** Makes the window as large as the page in it needs; it has a bar above that. */
async function size(driver, width, height) {
  const window = driver.manage().window();
  const inner = () => driver.executeScript("return [innerWidth, innerHeight]");
  await window.setRect({ width, height });
  const [w, h] = await inner();
  await window.setRect({ width: width + width - w, height: height + height - h });
  await until(`a page of ${width} by ${height}`, inner, ([w, h]) => w === width && h === height);
}

async function open(display, width, height, options) {
  const { driver, home, end } = await session(display, options);
  await size(driver, width, height).catch((error) => end().finally(() => { throw error; }));
  const act = (what, add) => answered(what, add(driver.actions({ async: false })).perform());
  const press = (keys) => act(`press ${keys}`, (actions) => {
    const all = keys.split("+").map((key) => KEYS[key] ?? key);
    for (const key of all) actions.keyDown(key);
    for (const key of all.reverse()) actions.keyUp(key);
    return actions;
  });
  return {
    goto: (address) => answered(address, driver.get(address)),
    run: (source) => answered("a script", driver.executeScript(`return ${source}`)),
    move: (x, y) => act("move", (actions) => actions.move({ x: Math.round(x), y: Math.round(y), duration: 0, origin: Origin.VIEWPORT })),
    down: (button) => act("down", (actions) => actions.press(button)),
    up: (button) => act("up", (actions) => actions.release(button)),
    press,
    async type(text) {
      for (const character of text) await press(character);
    },
    picture: async () => Buffer.from(await driver.takeScreenshot(), "base64"),
    // Its driver tells nothing of the console: what the page hears of itself must do.
    complaints: () => [],
    downloads: () => savedIn(home),
    close: end,
  };
}
