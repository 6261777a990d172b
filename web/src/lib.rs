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
mod measure;
mod memo;
mod message;
mod options;
mod panel;
mod panic;
mod progress;
mod rich;
mod shared;
mod stage;
mod timeline;
mod topbar;

pub use clock::FrameClock;
pub use host::{Playground, mount};
pub use options::Options;

/// Mounts the playground that the page is for.
pub fn start() {
    host::publish();
    let document = web_sys::window().and_then(|window| window.document());
    let place = document.and_then(|document| document.get_element_by_id("playground"));
    if let Some(place) = place {
        // It lives as long as the page.
        std::mem::forget(host::mount_with(&place, Options::from_address()));
    }
}
