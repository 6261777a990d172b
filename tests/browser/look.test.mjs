// Sizes, themes and colours. Pictures of every size and theme go to tests/browser/output/; with
// SCREENSHOT=1 the one of the documentation is drawn anew, the same on every computer.
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  hasLeader, inBrowser, leader, now, openScenarios, pageTest, playUntil, poll, server, type,
} from "./page.mjs";

inBrowser();

const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, "output");
await mkdir(output, { recursive: true });

const SIZES = { desktop: [1280, 860], tablet: [768, 1024], phone: [390, 844] };

/** Everything that can be pressed and is shown, with its box. */
const controls = (page) =>
  page.evaluate(() => {
    const root = document.querySelector("#playground").shadowRoot;
    const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false });
    return [...root.querySelectorAll("button, select, input, textarea, [role=slider]")].filter(shown).map((element) => {
      // A tick box is pressed by its label.
      const place = element.matches("[type=checkbox], [type=file]") ? (element.closest("label") ?? element) : element;
      const box = place.getBoundingClientRect();
      return {
        name: `${element.getAttribute("aria-label") ?? element.textContent.trim()}`.slice(0, 40),
        where: element.closest("header, .stage, .logs, .time, aside, .dialog")?.className || element.closest("header, aside")?.tagName || "?",
        left: box.left, right: box.right, top: box.top, bottom: box.bottom, height: box.height, width: box.width,
      };
    });
  });

/** Goes to a moment worth a picture: two leaders of two terms, entries that differ. The run is
 * played past it first; then it is sought by the clock, so it is the same moment everywhere. */
async function twoLeaders(page) {
  await playUntil(page, "3 s of the run", async () => (await now(page)) > 3e6, { at: "5×" });
  const track = page.getByRole("slider", { name: "Simulated time" });
  await track.focus();
  await page.keyboard.press("Home");
  const two = async () => (await leader(page).count()) > 1;
  await poll("the beginning", () => now(page), (at) => at === 0);
  for (let steps = 1; steps <= 30 && !(await two()); steps += 1) {
    await page.keyboard.press("PageUp");
    await poll(`step ${steps} is drawn`, () => now(page), (at) => at === steps * 100_000);
  }
  assert.ok(await two(), "there are never two leaders");
  assert.equal((await now(page)) % 100_000, 0);
}

for (const [size, [width, height]] of Object.entries(SIZES)) {
  for (const theme of ["light", "dark"]) {
    pageTest(`${size}, ${theme}: everything fits`, "?scenario=stranded-leader&paused", async (page) => {
      await twoLeaders(page);
      const scroll = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
      assert.deepEqual([scroll[0] <= width, scroll[1] <= height], [true, true], `the page scrolls: ${scroll}`);
      for (const box of await controls(page)) {
        if (box.where === "logs") continue; // Scrolls by itself.
        assert.ok(box.left >= -0.5 && box.right <= width + 0.5, `${box.name} is cut off: ${box.left} to ${box.right}`);
        if (box.where !== "ASIDE") assert.ok(box.top >= 0 && box.bottom <= height + 0.5, `${box.name}: ${box.top} to ${box.bottom}`);
      }
      // Nothing of the header lies on anything else of it.
      const header = (await controls(page)).filter((box) => box.where === "HEADER");
      assert.ok(header.length >= 7, `${header.length} controls`);
      for (const [place, a] of header.entries()) {
        for (const b of header.slice(place + 1)) {
          const apart = a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5;
          assert.ok(apart, `${a.name} lies on ${b.name}`);
        }
      }
      const paper = await page.locator(".pg").evaluate((pg) => getComputedStyle(pg).backgroundColor);
      const light = paper.match(/\d+/g).slice(0, 3).every((part) => Number(part) > 128);
      assert.equal(light, theme === "light", paper);
      // No server and no word of the narrator is hidden.
      const stage = await page.locator(".stage").boundingBox();
      for (const id of [1, 2, 3, 4, 5]) {
        const box = await server(page, id).locator(".body").boundingBox();
        assert.ok(box.x >= stage.x && box.x + box.width <= stage.x + stage.width, `n${id}`);
        assert.ok(box.y >= stage.y && box.y + box.height <= stage.y + stage.height, `n${id}`);
      }
      const said = await page.locator(".say").boundingBox();
      const crown = await page.locator(".crown").evaluateAll((all) => all.map((c) => c.getBoundingClientRect().toJSON()));
      for (const box of crown) {
        const apart = said.x + said.width <= box.left || said.y + said.height <= box.top || box.right <= said.x || box.bottom <= said.y;
        assert.ok(apart, "the narrator lies on a leader’s crown");
      }
      await page.screenshot({ path: join(output, `${size}-${theme}.png`) });
    }, { viewport: { width, height }, colorScheme: theme, hasTouch: size !== "desktop" });
  }
}

pageTest("on a phone every target is at least 40 pixels high", "?paused", async (page) => {
  await playUntil(page, "entries", async () => (await page.locator(".logs .cell").count()) > 0);
  const small = async (where) => {
    const found = (await controls(page)).filter((box) => box.height < 39.5 && box.height > 0);
    assert.deepEqual(found.map((box) => `${box.name} (${box.where}): ${Math.round(box.height)}`), [], where);
  };
  await small("first view");
  for (const [name, selector] of [["Faults and settings", /^Faults/], ["Share this moment", "Share"], ["Keys", "Help and keys"]]) {
    await page.getByRole("button", { name: selector }).click();
    await page.getByRole("dialog", { name }).waitFor();
    await small(name);
    await page.keyboard.press("Escape");
  }
}, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

pageTest("on a phone the panel is a sheet that opens and closes", "?paused", async (page) => {
  for (const tab of ["Inspect", "Console", "Storage", "Events", "Futures", "Rules", "Learn"]) {
    await page.getByRole("tab", { name: tab }).click();
    const box = await poll(`${tab} is open`, () => page.getByRole("tabpanel").boundingBox(), (found) => found && found.height > 200);
    assert.ok(box.y >= 0 && box.y + box.height <= 845 && box.width >= 380, JSON.stringify(box));
    await page.screenshot({ path: join(output, `phone-${tab.toLowerCase()}.png`) });
  }
  await page.getByRole("tab", { name: "Learn" }).click();
  await poll("it is closed", () => page.getByRole("tabpanel").isVisible(), (open) => !open);
}, { viewport: { width: 390, height: 844 }, hasTouch: true });

pageTest("every dialog fits a phone", "?paused", async (page) => {
  for (const [name, selector] of [["Faults and settings", /^Faults/], ["Share this moment", "Share"], ["Keys", "Help and keys"]]) {
    await page.getByRole("button", { name: selector }).click();
    const box = await page.getByRole("dialog", { name }).boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.y >= 0 && box.y + box.height <= 844, name);
    assert.ok((await page.getByRole("dialog", { name }).evaluate((d) => d.scrollWidth - d.clientWidth)) <= 0, name);
    await page.keyboard.press("Escape");
  }
}, { viewport: { width: 390, height: 844 }, hasTouch: true });

pageTest("the theme button goes round", "?paused", async (page) => {
  const paper = () => page.locator(".pg").evaluate((pg) => getComputedStyle(pg).backgroundColor);
  const button = page.getByRole("button", { name: /^Theme:/ });
  const auto = await paper();
  await button.click();
  assert.equal(await paper(), auto);
  await button.click();
  const dark = await paper();
  assert.notEqual(dark, auto);
  await button.click();
  assert.equal(await paper(), auto);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.equal(await paper(), dark);
}, { colorScheme: "light" });

pageTest("15 and 31 servers fit the stage", "?paused", async (page) => {
  for (const nodes of [15, 31]) {
    await openScenarios(page);
    await page.getByRole("button", { name: "Edit as text" }).click();
    await page.getByRole("textbox", { name: "Scenario text" }).fill(`nodes ${nodes}\nseed 1\nrun until leader\nload 50/s\n`);
    await page.getByRole("button", { name: "Run it" }).click();
    await playUntil(page, "a leader", hasLeader(page));
    const stage = await page.locator(".stage").boundingBox();
    const boxes = await page.locator(".node .body").evaluateAll((all) => all.map((b) => b.getBoundingClientRect().toJSON()));
    assert.equal(boxes.length, nodes);
    for (const box of boxes) {
      assert.ok(box.top >= stage.y && box.bottom <= stage.y + stage.height, `${box.top} to ${box.bottom}`);
      assert.ok(box.width >= 16, `${box.width} wide`);
    }
    await page.screenshot({ path: join(output, `servers-${nodes}.png`) });
  }
});

// ---- contrast ----

/** Measures every colour of a term against what it lies on; runs in the page. */
function measureContrast() {
  const root = document.querySelector("#playground").shadowRoot;
  const pg = root.querySelector(".pg");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const read = (color, below = [255, 255, 255], opacity = 1) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    const share = (a / 255) * opacity;
    return [r, g, b].map((part, at) => part * share + below[at] * (1 - share));
  };
  const luminance = (color) => {
    const [r, g, b] = color.map((part) => {
      const c = part / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };
  const style = (element) => getComputedStyle(element);
  const paper = read(style(pg).backgroundColor);
  const panel = read(style(root.querySelector(".logs")).backgroundColor, paper);
  const found = [];
  const note = (what, least, a, b) => found.push({ what, least, ratio: Math.round(ratio(a, b) * 100) / 100 });

  const SVG = "http://www.w3.org/2000/svg";
  const build = (markup) => {
    const parsed = new DOMParser().parseFromString(`<svg xmlns="${SVG}">${markup}</svg>`, "image/svg+xml");
    const element = document.importNode(parsed.documentElement.firstElementChild, true);
    root.querySelector(".messages").append(element);
    return element;
  };
  for (let term = 0; term < 6; term += 1) {
    for (const look of ["follower", "candidate", "leader", "down", "paused"]) {
      const node = build(`<g class="node ${look} term${term}"><circle class="body" r="36"/><path class="crown" d="M0,0"/>
        <circle class="vote yes" r="4"/><circle class="vote" r="4"/><text class="name">n1</text><text class="sub">term</text></g>`);
      const body = style(node.querySelector(".body"));
      const fill = read(body.fill, paper);
      const what = `${look} of term ${term}`;
      note(`outline of a ${what} on the stage`, 3, read(body.stroke, paper), paper);
      note(`name in a ${what}`, 4.5, read(style(node.querySelector(".name")).fill, fill), fill);
      note(`words in a ${what}`, 4.5, read(style(root.querySelector(look === "leader" ? ".under.leader" : ".under:not(.leader)")).fill, fill), fill);
      if (look === "leader") note(`crown of a ${what}`, 3, read(style(node.querySelector(".crown")).fill, paper), paper);
      if (look === "candidate") {
        note(`vote of a ${what}`, 3, read(style(node.querySelector(".vote.yes")).fill, paper), paper);
        note(`open vote of a ${what}`, 3, read(style(node.querySelector(".vote:not(.yes)")).stroke, paper), paper);
      }
      node.remove();
    }
    for (const [kind, shape, drawn] of [
      ["rv", `<path d="M0,0h9"/>`, "fill"], ["ae", `<rect width="9" height="9"/>`, "fill"],
      ["probe", `<rect width="9" height="9"/>`, "fill"], ["fw", `<rect width="9" height="9"/>`, "fill"],
      ["hb", `<circle r="6"/>`, "fill"], ["hbr", `<circle r="5"/>`, "stroke"],
      ["reply", `<circle r="8"/>`, "stroke"], ["reply no", `<circle r="8"/>`, "stroke"],
    ]) {
      for (const waits of ["", " waits"]) {
        const glyph = build(`<g class="msg ${kind} term${term}${waits}">${shape}<text>+2</text></g>`);
        const opacity = Number(style(glyph).opacity);
        const color = read(style(glyph.firstElementChild)[drawn], paper, opacity);
        note(`message ${kind}${waits} of term ${term}`, 3, color, paper);
        if (["rv", "ae", "probe", "fw"].includes(kind)) {
          note(`text in message ${kind}${waits} of term ${term}`, 4.5, read(style(glyph.lastElementChild).fill, paper, opacity), color);
        }
        glyph.remove();
      }
    }
    const known = root.querySelector(".logs .cell");
    for (const standing of ["committed", "pending", "unsynced", "diverged"]) {
      const cell = document.createElement("button");
      cell.className = `cell term${term} ${standing}`;
      cell.innerHTML = "<b>2</b><span>x=1</span><i class='match'></i>";
      known.parentElement.append(cell);
      const drawn = style(cell);
      // Hatched: the darker of its two stripes is the harder one, so both are measured.
      const stripes = drawn.backgroundImage.match(/(?:rgba?|color|oklab)\([^()]*\)/g) ?? [drawn.backgroundColor];
      for (const stripe of stripes) {
        const below = read(stripe, panel);
        const what = `${standing} cell of term ${term}`;
        note(`edge of a ${what}`, 3, read(drawn.borderTopColor, panel), panel);
        note(`term in a ${what}`, 4.5, read(style(cell.querySelector("b")).color, below), below);
        note(`command in a ${what}`, 4.5, read(style(cell.querySelector("span")).color, below), below);
        note(`dot in a ${what}`, 3, read(style(cell.querySelector("i")).backgroundColor, below), below);
      }
      cell.remove();
    }
    const dot = document.createElement("span");
    dot.className = `dot leader term${term}`;
    known.parentElement.append(dot);
    // Its edge is the outer of two shadows.
    const edge = style(dot).boxShadow.match(/(?:rgba?|color|oklab)\([^()]*\)/g).at(-1);
    note(`leader’s dot of term ${term} in the log table`, 3, read(edge, panel), panel);
    dot.remove();
  }
  for (const [selector, property, least, ground] of [
    [".timer", "stroke", 3, paper], [".say", "color", 4.5, paper], [".say small", "color", 4.5, paper],
    [".logs thead th", "color", 4.5, panel], [".rail .done", "stroke", 3, panel],
    [".rail .handle", "fill", 3, panel], [".safe", "color", 4.5, panel],
  ]) {
    const element = root.querySelector(selector);
    note(selector, least, read(style(element)[property], ground, Number(style(element).opacity)), ground);
  }
  for (const kind of ["elected", "committed", "fault", "violated"]) {
    const mark = document.createElementNS(SVG, "rect");
    mark.setAttribute("class", `mark ${kind}`);
    root.querySelector(".rail").append(mark);
    note(`mark ${kind}`, 3, read(style(mark).fill, panel, Number(style(mark).opacity)), panel);
    mark.remove();
  }
  return found;
}

for (const theme of ["light", "dark"]) {
  pageTest(`contrast, ${theme}: text 4.5 to 1, shapes 3 to 1, for every term`, "?paused", async (page) => {
    await playUntil(page, "entries", async () => (await page.locator(".logs .cell").count()) > 0);
    const found = await page.evaluate(measureContrast);
    assert.ok(found.length > 300, `${found.length} measured`);
    // Six colours are six: a measurement that always gives the same measures nothing.
    assert.ok(new Set(found.map((one) => one.ratio)).size > 20);
    const weak = found.filter((one) => one.ratio < one.least);
    const lines = [...new Set(weak.map((one) => `${one.what}: ${one.ratio}, and ${one.least} is the least`))];
    assert.equal(lines.join("\n"), "");
  }, { colorScheme: theme });
}

// ---- the picture of the documentation ----

pageTest("the picture of the documentation", "?scenario=stranded-leader&paused", async (page, { t }) => {
  if (process.env.SCREENSHOT !== "1") return t.skip("SCREENSHOT is not 1");
  await twoLeaders(page);
  const id = await leader(page).first().getAttribute("data-server");
  await server(page, id).click();
  await page.mouse.move(640, 2);
  await page.locator(".pg").focus();
  await mkdir(join(here, "../../docs"), { recursive: true });
  await page.screenshot({ path: join(here, "../../docs/screenshot.png") });
}, { colorScheme: "light", deviceScaleFactor: 1 });
