// A made-up language: the letters are others, so that what stays English can be told, and each word is
// 40 % longer, as a translation may be. Its catalogue is made from the keys of the Chinese one.

const LONGER = 40;
const LETTERS = [..."åƀçðéƒĝĥîĵķļɱñöþǫŕšŧûṽŵẋýž"];

/** A sentence in the made-up language; placeholders and code stay. */
export function told(english) {
  return english.replace(/\{[^}]*\}|`[^`]*`|\\n|[A-Za-z]+/g, (part) => {
    if (!/^[A-Za-z]+$/.test(part)) return part;
    const word = [...part].map((letter) => {
      const other = LETTERS[letter.toLowerCase().charCodeAt(0) - 97];
      return letter === letter.toLowerCase() ? other : other.toUpperCase();
    });
    const longer = Math.ceil((word.length * LONGER) / 100);
    return word.join("") + word.at(-1).toLowerCase().repeat(longer);
  });
}

/** The catalogue of the made-up language, from another one's keys. */
export function catalogue(other) {
  const keys = other.split("\n").filter((line) => line && !line.startsWith("#") && !line.startsWith("\t"));
  // `Keys [of the keyboard]` is `Keys`.
  return keys.map((key) => `${key}\n\t${told(key.replace(/ \[.*\]$/, ""))}\n`).join("");
}

/** What is shown and has an English word in it: text and names of controls, but for what every
 * language shares. Those elements are listed: code, citations, names of rules and of messages. */
export const stillEnglish = (page) =>
  page.evaluate(() => {
    const SHARED = [
      "code", "cite", ".cite", "kbd", "pre", "textarea", "input",
      "h1", ".language", // The page's own name; a language's name for itself.
      ".rule-list b", // Names of rules.
      ".cell", ".records .cell", ".details", // What entries and servers hold.
      ".client .asked", // What clients ask.
      ".msg", // Names of messages in flight.
      "option[value=put]", "option[value=get]", ".speed option",
    ].join(", ");
    const NAMES = /\b(RequestVote|AppendEntries|InstallSnapshot|matchIndex|nextIndex)\b|\b[\w-]+\.(wal|snap|db)\b/g;
    const root = document.querySelector("#playground").shadowRoot;
    // Names of rules, and of programs that went without one: `akka-raft #56`, `pre_vote_double_leader`.
    const rules = [...root.querySelectorAll(".rule-list b")].map((rule) => rule.textContent.trim());
    const PROGRAMS = /\b[\w-]+ #\d+|\b(CCF )?\w+_\w+\b/g;
    const named = (text) => rules.reduce((left, rule) => left.replaceAll(rule, ""), text.replace(NAMES, "").replace(PROGRAMS, ""));
    const found = [];
    const shown = (element) => element.checkVisibility();
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
      if (!element || element.matches("style") || element.closest(SHARED) || !shown(element)) continue;
      const texts = node.nodeType === Node.TEXT_NODE
        ? [node.data]
        : ["aria-label", "title", "placeholder", "alt"].map((name) => node.getAttribute(name) ?? "");
      for (const text of texts) {
        if (/[A-Za-z]{3,}/.test(named(text))) found.push(text.trim());
      }
    }
    return found;
  });

/** What does not fit: beyond the window's edge, cut off in its own box, or on top of another control. */
export const misfits = (page) => page.evaluate(misfits.inPage);

/** The same, carried out in the page itself. */
misfits.inPage = () => {
  const root = document.querySelector("#playground").shadowRoot;
  const found = [];
  const name = (element) => `${element.tagName.toLowerCase()}.${element.getAttribute("class") ?? ""} “${element.textContent.trim().slice(0, 40)}”`;
  const scrolls = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(at).overflowX) && at.scrollWidth > at.clientWidth && !at.matches(".pg, aside, .tab-panel")) return true;
    }
    return false;
  };
  if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} wide`);
  for (const element of root.querySelectorAll(".pg *")) {
    if (!(element instanceof HTMLElement) || !element.checkVisibility() || !element.textContent.trim()) continue;
    const box = element.getBoundingClientRect();
    // For readers of screens alone; larger text makes it more than a pixel wide.
    if (box.width <= 1 || box.height <= 1 || element.closest(".unseen")) continue;
    if ((box.right > innerWidth + 1 || box.left < -1) && !scrolls(element)) found.push(`${name(element)} from ${box.left} to ${box.right}`);
    const style = getComputedStyle(element);
    const cut = element.scrollWidth > element.clientWidth + 1 && ["hidden", "clip"].includes(style.overflowX);
    if (cut && style.textOverflow !== "ellipsis") found.push(`${name(element)} is cut off`);
  }
  const controls = [...root.querySelectorAll("header button, header select, .time button, .tabs button, .lesson-foot button")].filter((e) => e.checkVisibility());
  const boxes = controls.map((element) => [element, element.getBoundingClientRect()]);
  for (const [place, [one, a]] of boxes.entries()) {
    for (const [other, b] of boxes.slice(place + 1)) {
      const apart = a.right <= b.left + 0.5 || b.right <= a.left + 0.5 || a.bottom <= b.top + 0.5 || b.bottom <= a.top + 0.5;
      if (!apart) found.push(`${name(one)} lies on ${name(other)}`);
    }
  }
  return found;
};
