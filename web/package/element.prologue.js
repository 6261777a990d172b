// The element, for bundlers. Where there is no browser, as on a server that renders pages, it can be
// imported all the same, and defines nothing.
const { HTMLElement = class {}, customElements = { get: () => true } } = globalThis;
const CSSStyleSheet =
  typeof globalThis.CSSStyleSheet?.prototype.replaceSync === "function"
    ? globalThis.CSSStyleSheet
    : class { replaceSync() {} };
