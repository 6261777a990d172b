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
    const source = event.target && (event.target.src || event.target.href);
    if (event.type === "error" && source) {
      if (event.target.localName === "script") show(`${source} could not be loaded.`);
      return;
    }
    const cause = event.type === "error" ? event.error || event.message : event.reason;
    show(String((cause && cause.message) || cause || "no reason was given"));
  };

  // Capturing, for a script that fails to load tells only itself.
  for (const type of watched) addEventListener(type, onFailure, true);
  addEventListener("TrunkApplicationStarted", () => {
    for (const type of watched) removeEventListener(type, onFailure, true);
  });

  addEventListener("DOMContentLoaded", () => {
    if (typeof WebAssembly !== "object") {
      show("this browser has WebAssembly switched off or lacks it.");
    }
  });
})();
