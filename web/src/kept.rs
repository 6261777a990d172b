//! What the browser keeps for later visits, where it may: a choice, how far somebody has come. On
//! somebody else's page nothing is kept, for that page's storage is its own.

fn storage() -> Option<web_sys::Storage> {
    crate::address::is_own_page().then(web_sys::window)??.local_storage().ok()?
}

/// What was kept under a name.
pub fn read(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Keeps something under a name. Where that is not allowed, it is forgotten with this visit.
pub fn keep(name: &str, value: &str) {
    let _kept = storage().map(|storage| storage.set_item(name, value));
}
