//! Which language the page speaks: the one that its address names, that somebody has chosen here
//! before, or that the browser prefers. All playgrounds of a page speak the same.

use crate::fetch;
use crate::kept;
use crate::message::{Link, Page};
use raft_view::lang::{self, Language};
use std::cell::Cell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;

/// Where the browser keeps what was chosen, if it may keep anything.
const KEPT_AS: &str = "raft-playground-language";
/// The event that tells every playground of the page that its language is another now.
pub const CHANGED: &str = "raft-playground-language";

thread_local! {
    /// What the page is to speak, once that is known.
    static WANTED: Cell<Option<Language>> = const { Cell::new(None) };
}

/// The language that the page is to speak.
pub fn wanted(asked: Option<Language>) -> Language {
    WANTED.get().or(asked).or_else(kept).or_else(preferred).unwrap_or_default()
}

/// Switches to a language if its sentences are here. Every playground learns of it by an event.
pub fn go_over(language: Language) -> bool {
    WANTED.set(Some(language));
    let is_here = lang::is_here(language);
    if is_here && lang::current() != language {
        lang::set(language);
        // Without it the page changes with what is drawn next.
        let _told = tell();
    }
    is_here
}

/// Fetches the sentences that are not here. [`Page::Speak`] follows, or why there are none.
pub fn fetch(link: &Link) {
    let Some(language) = WANTED.get() else { return };
    let link = link.clone();
    spawn_local(async move {
        let fetched = fetch::text(&format!("lang/{}.txt", language.code())).await;
        let install = |text: String| lang::install(language, &text).map_err(|e| e.to_string());
        match (fetched.and_then(install), WANTED.get()) {
            (Ok(()), Some(wanted)) => link.send_message(Page::Speak(wanted)),
            (Ok(()), None) => {}
            (Err(error), _) => {
                WANTED.set(None);
                link.send_message(Page::NotSpoken(language, error));
            }
        }
    });
}

/// The language that the page is to speak, if it speaks another one.
pub fn waits() -> Option<Language> {
    WANTED.get().filter(|wanted| *wanted != lang::current())
}

/// Keeps a choice for later visits, where the browser allows it.
pub fn keep(language: Language) {
    kept::keep(KEPT_AS, language.code());
}

fn tell() -> Option<bool> {
    let event = web_sys::Event::new(CHANGED).ok()?;
    web_sys::window()?.dispatch_event(&event).ok()
}

fn kept() -> Option<Language> {
    Language::of_tag(&kept::read(KEPT_AS)?)
}

/// The first of the browser's languages that is one of ours.
fn preferred() -> Option<Language> {
    let languages = web_sys::window()?.navigator().languages();
    languages.iter().find_map(|tag: JsValue| Language::of_tag(&tag.as_string()?))
}
