// The documentation's few moving parts: light or dark, the contents on a phone, and the search.
// Loaded before the page is drawn, so that it never flashes in the other theme.
"use strict";
(() => {
  const root = document.documentElement;
  const KEPT = "raft-playground-docs-theme";
  const THEMES = ["auto", "light", "dark"];
  const SAID = { auto: "as your system", light: "light", dark: "dark" };
  const SIGNS = { auto: "◐", light: "☀", dark: "☾" };
  root.classList.add("scripted");

  let theme = "auto";
  try {
    theme = localStorage.getItem(KEPT) ?? theme;
  } catch {
    // Where nothing may be kept, the page is as the system is.
  }
  if (!THEMES.includes(theme)) theme = "auto";

  /** The page's theme; the playgrounds on it follow, but for those that name one of their own. */
  function show() {
    if (theme === "auto") root.removeAttribute("data-theme");
    else root.dataset.theme = theme;
    for (const it of document.querySelectorAll("raft-playground:not([theme]), raft-playground[data-follows]")) {
      it.dataset.follows = "";
      if ((it.getAttribute("theme") ?? "auto") !== theme) it.setAttribute("theme", theme);
    }
    const button = document.querySelector(".theme-button");
    if (!button) return;
    button.setAttribute("aria-label", `Theme: ${SAID[theme]}`);
    button.title = `Theme: ${SAID[theme]}`;
    button.textContent = SIGNS[theme];
  }
  show();

  function switchTheme() {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    try {
      localStorage.setItem(KEPT, theme);
    } catch {
      // Then it holds for this page alone.
    }
    show();
  }

  function contents(button) {
    const nav = document.getElementById("contents");
    const open = (is) => {
      nav.classList.toggle("open", is);
      button.setAttribute("aria-expanded", String(is));
    };
    button.addEventListener("click", () => open(!nav.classList.contains("open")));
    nav.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !nav.classList.contains("open")) return;
      open(false);
      button.focus();
    });
    // Only the contents scroll, and only where they are a column of their own.
    const here = nav.querySelector("[aria-current]");
    if (here) nav.scrollTop = Math.max(0, here.offsetTop - nav.clientHeight / 2);
  }

  /** What has to be scrolled sideways can be reached by the keyboard. */
  function reachable() {
    for (const it of document.querySelectorAll("main pre, main .table-wrapper")) {
      if (it.scrollWidth > it.clientWidth) it.tabIndex = 0;
      else it.removeAttribute("tabindex");
    }
  }

  // ---- search: mdBook's index, read by elasticlunr once somebody searches ----

  let index;
  const script = (src) => new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement("script"), { src });
    element.addEventListener("load", resolve);
    element.addEventListener("error", () => reject(new Error(`${src} could not be loaded`)));
    document.head.append(element);
  });
  const load = (base) => {
    window.search ??= {};
    index ??= Promise.all([script(`${base}elasticlunr.min.js`), script(`${base}searchindex.js`)])
      .then(() => window.elasticlunr.Index.load(window.search.index))
      .catch((error) => {
        index = undefined;
        throw error;
      });
    return index;
  };

  function search(form) {
    const input = form.querySelector("input");
    const found = form.querySelector(".found");
    const base = input.dataset.root;
    const close = () => {
      found.hidden = true;
    };
    const line = (url, { title, breadcrumbs }) => {
      const [link, where] = [document.createElement("a"), document.createElement("small")];
      link.href = base + url;
      link.textContent = title || breadcrumbs;
      where.textContent = breadcrumbs;
      if (breadcrumbs !== title) link.append(where);
      return link;
    };
    const said = (sentence) => Object.assign(document.createElement("p"), { textContent: sentence });
    const answer = async () => {
      const asked = input.value.trim();
      if (!asked) return close();
      let lines;
      try {
        const it = await load(base);
        if (input.value.trim() !== asked) return;
        const { search_options: options, results_options: { limit_results: limit } } = window.search;
        const hits = it.search(asked, options).slice(0, limit);
        lines = hits.map(({ ref, doc }) => line(window.search.doc_urls[ref], doc));
      } catch (error) {
        lines = [said(`The search is not here: ${error.message}.`)];
      }
      found.replaceChildren(...(lines.length ? lines : [said(`Nothing about “${asked}”.`)]));
      found.hidden = false;
    };
    input.addEventListener("input", answer);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      found.querySelector("a")?.click();
    });
    form.addEventListener("keydown", (event) => {
      const all = [input, ...found.querySelectorAll("a")];
      const place = all.indexOf(document.activeElement);
      if (event.key === "Escape") {
        close();
        input.focus();
      } else if (!found.hidden && ["ArrowDown", "ArrowUp"].includes(event.key) && place >= 0) {
        event.preventDefault();
        all[(place + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length].focus();
      }
    });
    document.addEventListener("click", (event) => {
      if (!form.contains(event.target)) close();
    });
    document.addEventListener("keydown", (event) => {
      const typing = event.composedPath()[0].closest?.("input, textarea, select, raft-playground");
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
      event.preventDefault();
      input.focus();
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    show();
    document.querySelector(".theme-button").addEventListener("click", switchTheme);
    contents(document.querySelector(".contents-button"));
    search(document.querySelector(".search"));
    reachable();
    addEventListener("resize", reachable);
    // A closed text has no width yet.
    document.addEventListener("toggle", reachable, true);
  });
})();
