//! The page: draws what `raft-view` says, and turns pointer, keys and text into commands.
//!
//! Nothing here knows Raft. Each playground lives in its own shadow root; any number of them share
//! a page, and each is destroyed cleanly.

#[macro_use]
extern crate raft_view;

mod address;
mod app;
mod bundled;
mod clock;
mod dialog;
mod drag;
mod fetch;
mod host;
mod input;
mod kept;
mod keys;
mod language;
mod later;
mod lesson;
mod linear;
mod logs;
mod many;
mod measure;
mod memo;
mod message;
mod options;
mod panel;
mod panic;
mod progress;
mod rich;
mod room;
mod runs;
mod script;
mod shared;
mod sizes;
mod splitter;
mod stage;
mod steps;
mod text_size;
mod timeline;
mod told;
mod topbar;
mod welcome;

pub use clock::FrameClock;
pub use host::{Playground, mount};
pub use options::Options;

/// Mounts the playground that the page is for.
pub fn start() {
    let document = web_sys::window().and_then(|window| window.document());
    // Another site's page may well have an element of that name.
    let mark = "#playground[data-page]";
    let place = document.and_then(|document| document.query_selector(mark).ok().flatten());
    let Some(place) = place.filter(|_| !Options::has_host()) else { return };
    // Until then its still is there.
    wasm_bindgen_futures::spawn_local(async move {
        let _styled = wasm_bindgen_futures::JsFuture::from(fetch::style()).await;
        // It lives as long as the page.
        std::mem::forget(host::mount_with(&place, Options::from_address(), Default::default()));
    });
}
