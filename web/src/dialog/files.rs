//! Files and the clipboard. Neither is needed: where one is refused, the page says so or goes on
//! without.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Blob, BlobPropertyBag, HtmlAnchorElement, HtmlInputElement, HtmlTextAreaElement, Url,
};
use yew::prelude::*;

/// Offers a text as a file.
pub fn save_file(title: &str, text: &str) -> Result<(), String> {
    offer(title, text).map_err(|_| told!("This page may not save files. Copy the text instead."))
}

fn offer(title: &str, text: &str) -> Result<(), JsValue> {
    let document = web_sys::window().and_then(|w| w.document()).ok_or(JsValue::NULL)?;
    let options = BlobPropertyBag::new();
    options.set_type("text/plain");
    let parts = js_sys::Array::of1(&text.into());
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options)?;
    let url = Url::create_object_url_with_blob(&blob)?;
    let anchor: HtmlAnchorElement = document.create_element("a")?.dyn_into()?;
    let plain = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let name: String = title.chars().map(plain).collect();
    anchor.set_href(&url);
    anchor.set_download(&format!("{name}.raft"));
    anchor.click();
    Url::revoke_object_url(&url)
}

/// Reads the file that was chosen.
pub fn read_file(event: &Event, done: Callback<Result<String, String>>) {
    let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
    let Some(input) = input else { return };
    let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
    input.set_value("");
    if file.size() > raft_sim::MAX_TEXT as f64 {
        let most = raft_sim::MAX_TEXT;
        done.emit(Err(tr!("{}: expected a text of at most {} bytes.", file.name(), most)));
        return;
    }
    let reading = file.text();
    wasm_bindgen_futures::spawn_local(async move {
        let read = wasm_bindgen_futures::JsFuture::from(reading).await;
        let text = read.ok().and_then(|text| text.as_string());
        done.emit(text.ok_or_else(|| tr!("{} cannot be read.", file.name())));
    });
}

/// Copies a text, by whatever way the browser allows.
pub fn copy(text: String, done: Callback<()>) {
    wasm_bindgen_futures::spawn_local(async move {
        if copy_with_clipboard(&text).await.is_some() || copy_with_selection(&text).is_some() {
            done.emit(());
        }
    });
}

async fn copy_with_clipboard(text: &str) -> Option<()> {
    let navigator = web_sys::window()?.navigator();
    let clipboard = js_sys::Reflect::get(&navigator, &"clipboard".into()).ok()?;
    let write = js_sys::Reflect::get(&clipboard, &"writeText".into()).ok()?;
    let write: js_sys::Function = write.dyn_into().ok()?;
    let promise: js_sys::Promise = write.call1(&clipboard, &text.into()).ok()?.dyn_into().ok()?;
    wasm_bindgen_futures::JsFuture::from(promise).await.ok().map(|_| ())
}

fn copy_with_selection(text: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let area: HtmlTextAreaElement = document.create_element("textarea").ok()?.dyn_into().ok()?;
    area.set_value(text);
    document.body()?.append_child(&area).ok()?;
    area.select();
    let command = js_sys::Reflect::get(&document, &"execCommand".into()).ok()?;
    let command: js_sys::Function = command.dyn_into().ok()?;
    let copied = command.call1(&document, &JsValue::from("copy")).ok()?;
    area.remove();
    copied.is_truthy().then_some(())
}

/// A random seed, short enough to be read aloud.
pub fn random_seed() -> u64 {
    getrandom::u32().map_or(1, |number| u64::from(number % 1_000_000))
}
