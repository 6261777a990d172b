//! How runs play: what somebody has chosen here before.

use raft_view::pace::Tempo;

/// Where the browser keeps what was chosen, if it may keep anything.
const KEPT_AS: &str = "raft-playground-pace";

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// Keeps a choice for later visits, where the browser allows it.
pub fn keep(tempo: Tempo) {
    let _kept = storage().map(|storage| storage.set_item(KEPT_AS, &tempo.name()));
}

/// What was kept.
pub fn kept() -> Option<Tempo> {
    Tempo::of_name(&storage()?.get_item(KEPT_AS).ok()??)
}
