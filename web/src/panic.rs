//! If the engine ever panics, the page says so and offers the run as text.

use std::cell::RefCell;
use wasm_bindgen::JsCast;

thread_local! {
    /// The text of the run that was drawn last, kept in case of a panic.
    static LAST_RUN: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Remembers the run, in case the engine panics.
pub fn remember(text: String) {
    LAST_RUN.with(|last| *last.borrow_mut() = text);
}

/// Tells of panics in the page. Yew has a hook of its own, which goes over any that it was not told
/// of.
pub fn install() {
    yew::set_custom_panic_hook(Box::new(|info| {
        let run = LAST_RUN.with(|last| last.borrow().clone());
        show(&info.to_string(), &run);
    }));
}

/// Shows what failed, with plain elements only: the application's state can no longer be trusted.
fn show(reason: &str, run: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let alert = document.create_element("section").ok()?;
    alert.set_attribute("role", "alert").ok()?;
    alert.set_class_name("playground-failure");
    let heading = document.create_element("h1").ok()?;
    heading.set_text_content(Some(tr!("The engine has failed. This is a bug of the playground.")));
    let why = document.create_element("p").ok()?;
    why.set_text_content(Some(reason));
    let hint = document.create_element("p").ok()?;
    hint.set_text_content(Some(tr!(
        "This is the run that led there. Please keep it with a report."
    )));
    let text = document.create_element("textarea").ok()?;
    text.set_attribute("aria-label", tr!("The run as text")).ok()?;
    text.set_attribute("rows", "12").ok()?;
    text.unchecked_ref::<web_sys::HtmlTextAreaElement>().set_value(run);
    for part in [&heading, &why, &hint, &text] {
        alert.append_child(part).ok()?;
    }
    document.body()?.prepend_with_node_1(&alert).ok()
}
