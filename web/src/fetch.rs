//! Files beside the page, fetched when somebody wants them: never needed, and missed politely.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen(
    inline_js = "export const address = (path) => new URL('../../' + path, import.meta.url).href;
export const text = async (path) => {
  const answer = await fetch(address(path));
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer.text();
};"
)]
extern "C" {
    /// The address of a file beside the program: the page around it may be anybody's.
    pub fn address(path: &str) -> String;

    #[wasm_bindgen(js_name = text)]
    fn promise(path: &str) -> js_sys::Promise;
}

/// A text file by its path in the built page.
///
/// # Errors
/// What the browser says where it cannot be fetched.
pub async fn text(path: &str) -> Result<String, String> {
    match JsFuture::from(promise(path)).await {
        Ok(text) => text.as_string().ok_or_else(|| "it is no text".into()),
        Err(error) => Err(error
            .dyn_ref::<js_sys::Error>()
            .map_or_else(|| "no reason was given".into(), |error| String::from(error.message()))),
    }
}
