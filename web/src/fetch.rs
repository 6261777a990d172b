//! Files that lie beside the page and are fetched when they are first wanted.
//!
//! Their place is known from the page's module: the document may be another site's, which has
//! included the module, and the address of what the document loaded is not always told. A snippet
//! is a module of its own that lies two folders below the page's, in every kind of build.
//!
//! With the feature `packed` there are no such files: what a bundle holds is asked in their place
//! (`web/embed/packed.js`).

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, ShadowRoot};

#[cfg_attr(feature = "packed", wasm_bindgen(module = "/embed/packed.js"))]
#[cfg_attr(
    not(feature = "packed"),
    wasm_bindgen(inline_js = r#"
export const address = (path) => new URL("../../" + path, import.meta.url).href;
export const text = async (path) => {
  try {
    const answer = await fetch(address(path), { cache: "no-cache" });
    if (answer.ok) return await answer.text();
    throw new Error(`${path}: ${answer.status}`);
  } catch (error) {
    throw error.message;
  }
};

export const script = (path) => import(address(path));

// The style that all playgrounds share. The page's own document links it, so there it is at hand;
// another site's page has no such link. Fetched while the module is still on its way. (What the
// document holds cannot be copied instead: a shorthand with a variable in it reads as nothing.)
const sheet = new CSSStyleSheet();
const links = [...document.querySelectorAll("link[rel=stylesheet]")];
const linked = links.find(({ href }) => href.startsWith(address("playground-")));
let styled = false;
// Unstyled, where it cannot be fetched: that is less to look at, and still the whole playground.
const coming = fetch(linked?.href ?? address("playground.css"))
  .then((answer) => (answer.ok ? answer.text() : ""))
  .then((rules) => sheet.replaceSync(rules), () => {})
  .then(() => { styled = true; });
export const style = () => coming;
// What tabs and dialogs have beside it, which are not on the page when it opens; what all has where
// the system forces its colours; and what those have that are on another page, or in a frame of one.
const fill = (sheet, path) => text(path).then((rules) => sheet.replaceSync(rules), () => {});
const [panels, forced, guests] = [0, 0, 0].map(() => new CSSStyleSheet());
let coats;
let rest;
export const dress_the_rest = () => {
  rest ??= Promise.all([fill(panels, "panels.css"), fill(forced, "forced.css")]);
};
export const dress = (root, inside, isGuest) => {
  root.adoptedStyleSheets = [panels, sheet, forced, guests];
  if (isGuest) coats ??= fill(guests, "guest.css");
  if (styled && !isGuest) return;
  inside.style.visibility = "hidden";
  Promise.all([coming, coats]).then(() => inside.style.removeProperty("visibility"));
};
"#)
)]
extern "C" {
    /// The address of a file, by its path below the page's folder.
    pub fn address(path: &str) -> String;

    /// Resolves once the playground's style is here, or cannot be had.
    pub fn style() -> js_sys::Promise;

    /// Gives what is inside of a shadow root the playground's style, a guest's too, and hides it
    /// until that is here.
    pub fn dress(root: &ShadowRoot, inside: &Element, is_guest: bool);

    /// Fetches, once, the style of what is not on the page when it opens.
    pub fn dress_the_rest();

    /// A script with exports, by its path below the page's folder.
    pub fn script(path: &str) -> js_sys::Promise;

    #[wasm_bindgen(js_name = text)]
    fn text_of(path: &str) -> js_sys::Promise;
}

/// The text of a file, by its path below the page's folder.
///
/// # Errors
/// What the browser says where it cannot be fetched.
pub async fn text(path: &str) -> Result<String, String> {
    let plain = |value: JsValue| value.as_string().unwrap_or_default();
    JsFuture::from(text_of(path)).await.map(plain).map_err(plain)
}
