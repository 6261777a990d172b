// A tab by a library that has pages, as playwright and puppeteer do: what a driver has in common.

const BUTTONS = { 0: "left", 2: "right" };

/** Hears what a page complains about; `leaves` says what a request fails with that is no longer wanted. */
export function listen(page, { warning, leaves }) {
  const complaints = [];
  page.on("console", (message) => {
    if (["error", warning].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error}`));
  page.on("requestfailed", (failed) => {
    // Whoever goes elsewhere needs no more of what was on its way.
    if (failed.failure()?.errorText !== leaves) complaints.push(`${failed.url()} failed`);
  });
  return complaints;
}

/** What driver.mjs builds on, for such a page. */
export const tab = (page, context, complaints) => ({
  goto: (address) => page.goto(address),
  run: (source) => page.evaluate(source),
  move: (x, y) => page.mouse.move(x, y),
  down: (button) => page.mouse.down({ button: BUTTONS[button] }),
  up: (button) => page.mouse.up({ button: BUTTONS[button] }),
  press: (key) => page.keyboard.press(key),
  type: (text) => page.keyboard.type(text),
  picture: () => page.screenshot(),
  complaints: () => complaints,
  close: () => context.close(),
});
