//! Files that lie beside the page and are fetched when they are first wanted.
//!
//! Their place is known from the page's module: the document may be another site's, which has
//! included the module, and the address of what the document loaded is not always told. A snippet
//! is a module of its own that lies two folders below the page's, in every kind of build.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(inline_js = r#"
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
"#)]
extern "C" {
    /// The address of a file, by its path below the page's folder.
    pub fn address(path: &str) -> String;

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
