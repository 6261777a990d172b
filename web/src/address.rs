//! The page's address: what is shared of it, and the open lesson's name in it.

use wasm_bindgen::JsValue;

/// The page's address with a run in its fragment.
pub fn with_run(fragment: &str) -> String {
    format!("{}#{fragment}", own_address())
}

/// The page's address with a lesson at a step of it.
pub fn with_lesson(lesson: &str, step: usize) -> String {
    format!("{}?lesson={lesson}&step={step}", own_address())
}

/// The playground's own address: where it is a guest, that of its files. Empty where a bundle has
/// brought it, which has no page: what follows can be put behind any playground's address.
fn own_address() -> String {
    if is_own_page() { here() } else { crate::fetch::address("") }
}

/// Whether the page is the playground's own. Another one may lie below the playground's files, as
/// those of its book do.
pub fn is_own_page() -> bool {
    let (files, here) = (crate::fetch::address(""), here());
    !cfg!(feature = "packed") && here.strip_suffix("index.html").unwrap_or(&here) == files
}

/// Where the page is, without what stands behind `?` and `#`.
fn here() -> String {
    let location = web_sys::window().map(|window| window.location());
    let part = |read: fn(&web_sys::Location) -> Result<String, JsValue>| {
        location.as_ref().and_then(|location| read(location).ok()).unwrap_or_default()
    };
    part(web_sys::Location::origin) + &part(web_sys::Location::pathname)
}

/// Takes a wish out of the page's address: a reload does not bring it back.
pub fn forget(name: &str) -> Option<()> {
    let window = web_sys::window()?;
    let parameters = web_sys::UrlSearchParams::new_with_str(&window.location().search().ok()?);
    let parameters = parameters.ok()?;
    parameters.delete(name);
    let hash = window.location().hash().ok()?;
    replace(&window, &parameters, &hash)
}

/// Names the open lesson in the page's address, or none, so that a reload brings back what is
/// shown. Where a host forbids it the address stays as it is.
pub fn name_lesson(lesson: Option<&str>) -> Option<()> {
    let window = web_sys::window()?;
    let search = window.location().search().ok()?;
    let parameters = web_sys::UrlSearchParams::new_with_str(&search).ok()?;
    parameters.delete("step");
    let mut hash = String::new();
    match lesson {
        Some(name) => {
            parameters.delete("scenario");
            parameters.set("lesson", name);
        }
        None => {
            parameters.delete("lesson");
            // It may be what has been opened instead.
            hash = window.location().hash().ok()?;
        }
    }
    replace(&window, &parameters, &hash)
}

fn replace(
    window: &web_sys::Window,
    parameters: &web_sys::UrlSearchParams,
    hash: &str,
) -> Option<()> {
    let query = parameters.to_string().as_string()?;
    let mark = if query.is_empty() { "" } else { "?" };
    let address = format!("{}{mark}{query}{hash}", window.location().pathname().ok()?);
    let history = window.history().ok()?;
    history.replace_state_with_url(&JsValue::NULL, "", Some(&address)).ok()
}
