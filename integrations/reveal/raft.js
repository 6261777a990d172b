// A plugin of reveal.js: a slide's fragments step the playground on it, and back.
export default function RaftPlayground() {
  const live = new Set();
  const rests = new WeakMap();
  const past = new WeakMap();
  const turns = new WeakMap();
  const on = (slide) => [...(slide?.querySelectorAll("raft-playground") ?? [])];

  const ownSteps = (element) =>
    element.querySelector('script[type="text/raft"]')?.textContent.match(/^\s*step\s/gm)?.length ?? 0;
  const isLesson = (element) => element.hasAttribute("lesson") || ownSteps(element) > 0;

  /** What is asked of an element comes one after another, however fast somebody turns. */
  const take = (element, turn) => {
    const next = (turns.get(element) ?? Promise.resolve()).then(() => turn(element));
    turns.set(element, next.catch((error) => console.warn(`raft-playground: ${error.message}`)));
  };

  const forward = (fragment) => async (element) => {
    const moments = past.get(element) ?? past.set(element, []).get(element);
    const isFirst = moments.push((await element.state()).timeUs) === 1;
    const { run, seek } = fragment.dataset;
    if (seek) return element.seek(seek);
    if (run) return element.run(run).then(() => element.play());
    if (!isLesson(element)) return element.step();
    // A lesson: its first step waits to be played; a later one begins where the one before it ends.
    if (!isFirst && !rests.get(element)) await element.step();
    if (!isFirst) await element.step();
    return element.play();
  };

  const back = async (element) => {
    await element.pause();
    const before = past.get(element)?.pop();
    if (before !== undefined) await element.seek(before);
  };

  /** A lesson's own steps, where the author wrote no fragments: one for each. */
  const addFragments = (deck, slide) => {
    const [element] = on(slide);
    if (!element || slide.querySelector(".fragment")) return;
    const steps = ownSteps(element);
    for (let step = 0; step < steps; step++) {
      element.after(Object.assign(document.createElement("span"), { className: "fragment" }));
    }
    deck.syncFragments(slide);
  };

  return {
    id: "raft-playground",
    init(deck) {
      deck.getRevealElement().addEventListener("raft-ready", ({ target }) => live.add(target));
      deck.getRevealElement().addEventListener("raft-step", ({ target, detail }) => rests.set(target, detail.rests));
      deck.on("ready", () => deck.getSlides().forEach((slide) => addFragments(deck, slide)));
      deck.on("fragmentshown", ({ fragment }) => on(deck.getCurrentSlide()).forEach((it) => take(it, forward(fragment))));
      deck.on("fragmenthidden", () => on(deck.getCurrentSlide()).forEach((it) => take(it, back)));
      deck.on("slidechanged", ({ previousSlide }) => {
        // Only what plays already: to pause another would fetch it.
        on(previousSlide).filter((it) => live.has(it)).forEach((it) => take(it, () => it.pause()));
      });
    },
  };
}
