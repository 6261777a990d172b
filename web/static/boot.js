// Until the cluster runs, a failure is told in the page: a blank page tells nobody anything.
// A file of its own, loaded first, so that it also reports when the module cannot be loaded.
(() => {
  "use strict";
  const watched = ["error", "unhandledrejection"];

  const show = (reason) => {
    const place = document.getElementById("playground");
    if (!place) return;
    const message = document.createElement("p");
    message.setAttribute("role", "alert");
    message.textContent = `The playground could not start: ${reason}`;
    place.replaceChildren(message);
  };

  const onFailure = (event) => {
    const { target } = event;
    const source = target?.src || target?.href;
    if (event.type === "error" && source) {
      if (target.localName === "script") show(`${source} could not be loaded${location.protocol === "file:" ? ": serve the page by HTTP" : ""}.`);
      return;
    }
    const cause = event.type === "error" ? event.error || event.message : event.reason;
    show(cause?.message || cause || "no reason was given");
  };

  // Capturing, for a script that fails to load tells only itself.
  for (const type of watched) addEventListener(type, onFailure, true);
  addEventListener("TrunkApplicationStarted", () => {
    for (const type of watched) removeEventListener(type, onFailure, true);
  });

  addEventListener("DOMContentLoaded", () => {
    if (!window.WebAssembly) {
      show("this browser has WebAssembly switched off or lacks it.");
    }
  });
})();

// Before the module is here the page shows a still of what is coming. index.html has the one of a
// first visit; what the address asks for is known only here.
(() => {
  "use strict";
  const asked = new URLSearchParams(location.search);
  const on = (key) => asked.has(key) && asked.get(key) !== "0";
  const isSmall = on("embed") || (asked.has("view") && !/panel|all/.test(asked.get("view")));
  const isHosted = (isSmall || asked.has("host")) && parent !== window;
  // Part of somebody else's page: then the page's own script leaves the place to the element.
  if (isHosted) addEventListener("TrunkApplicationStarted", () => import("./bridge.js"));
  const isEmbed = isHosted || isSmall;
  // Those that have a picture: of others, and of links, nothing is known here.
  const SCENARIOS = "figure-8 figure-8-off first-light leader-crash lossy-network slow-disk split-vote stale-read stranded-leader vote-not-persisted";
  const lesson = /^[a-z0-9-]+$/.exec(asked.get("lesson") ?? "")?.[0];
  const scenario = asked.get("scenario");
  const isLink = location.hash.length > 1;
  // A kind is the lesson of it at which somebody left off: which one is known later.
  const isKind = /^(tour|questions|stories|scenarios|incidents|puzzles|rules)$/.test(lesson ?? "");
  // Lessons whose name is a scenario's too have their picture by their kind.
  const OTHERS = { "split-vote": "tour/split-vote", "stale-read": "puzzles/stale-read" };
  const basic = SCENARIOS.split(" ").find((name) => name === scenario);
  const pictured = isLink || isKind ? undefined : lesson ? OTHERS[lesson] ?? lesson : basic;
  const isFirstVisit = !lesson && !scenario && !isLink;
  const root = document.documentElement;
  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      // Where nothing may be kept, nothing was.
      return null;
    }
  };
  // The doors are not there where somebody has closed them, or wants to see something else.
  const isClosed = kept("raft-playground-welcome") !== null;
  const hasDoors = isFirstVisit && !isClosed && !isEmbed && !["paused", "present"].some(on);
  const spoken = [asked.get("lang"), kept("raft-playground-language"), ...navigator.languages].find((tag) => /^(en|zh)/i.test(tag ?? ""));
  const isEnglish = !/^z/i.test(spoken);
  if (hasDoors && isEnglish) return;
  // Asked for at once, that it is here when there is a place for it.
  let picture;
  if (pictured) {
    picture = document.createElement("img");
    picture.alt = "";
    picture.src = `pictures/${pictured}.svg`;
    picture.addEventListener("error", () => {
      picture.remove();
      picture = undefined;
    });
  }
  // Hidden until it fits: what is wrong is not shown for a moment either.
  root.classList.add("fitting");

  const fit = (still) => {
    still.classList.toggle("embed", isEmbed);
    still.classList.toggle("wordless", !isEnglish);
    still.classList.toggle("presenting", on("present"));
    if (!hasDoors) {
      still.classList.remove("welcoming");
      for (const part of still.querySelectorAll(".hero, .doors, .no-thanks")) part.remove();
    }
    const notInAnEmbed = ".logs, aside, header > :not(.transport)";
    if (isEmbed) for (const part of still.querySelectorAll(notInAnEmbed)) part.remove();
    if (!isFirstVisit) still.classList.add("other");
    const nodes = /[~=]nodes_(\d+)/.exec(location.hash)?.[1] ?? "5";
    if (scenario || nodes !== "5") still.querySelector(".stage > svg").replaceChildren();
    if (picture) still.querySelector(".stage > svg").replaceWith(picture);
    if (lesson && !isLink) {
      still.classList.add("with-lesson", "plain");
      const card = document.createElement("section");
      card.className = "lesson";
      still.querySelector(".stage").after(card);
    }
    root.classList.remove("fitting");
  };

  const observer = new MutationObserver(() => {
    // The panel comes last.
    const still = document.querySelector(".still > aside")?.parentElement;
    if (!still) return;
    observer.disconnect();
    fit(still);
  });
  observer.observe(root, { childList: true, subtree: true });
})();
