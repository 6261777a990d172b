// The still: the picture that index.html shows before the page's module is there. It is what the
// page itself draws at first, frozen, without what only a running page needs.
import { fileURLToPath } from "node:url";

/** Where it is kept; the build puts it into index.html. */
export const FILE = fileURLToPath(new URL("../../web/static/still.html", import.meta.url));

/** Keeps a page at its first picture: no frame ever comes. Before it is opened. */
export const freeze = (page) => page.addInitScript(() => {
  window.requestAnimationFrame = () => 0;
});

/** What a page draws at first, as index.html has it. */
export const drawn = (page) => page.evaluate(() => {
  const first = document.getElementById("playground").shadowRoot.querySelector(".pg").cloneNode(true);
  const kept = new Set([
    "class", "viewBox", "transform", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "d", "points",
    "width", "height", "ry", "dx", "dy", "text-anchor", "preserveAspectRatio", "colspan", "stroke-dasharray", "stroke-dashoffset", "pathLength",
  ]);
  const walk = (element) => {
    for (const { name, value } of [...element.attributes]) {
      if (!kept.has(name) || value === "") element.removeAttribute(name);
    }
    for (const child of [...element.childNodes]) {
      if (child.nodeType === Node.COMMENT_NODE) child.remove();
      else if (child.nodeType === Node.ELEMENT_NODE) {
        if (child.localName === "option" && !child.selected) child.remove();
        else walk(child);
      }
    }
  };
  // A copy of a select has lost what is chosen in it.
  const chosen = document.getElementById("playground").shadowRoot.querySelectorAll("select");
  first.querySelectorAll("select").forEach((select, n) => { select.value = chosen[n].value; });
  walk(first);
  first.classList.add("still");
  first.setAttribute("inert", "");
  // A line for each part that is read by people who look at differences.
  const text = first.outerHTML.replace(/(<(?:g|section|header|aside|tr|div|svg|main)[ >])/g, "\n$1");
  return `${text.trim()}\n`;
});
