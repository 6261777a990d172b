//! The state of every server and every message, as a page's script looks at it.

use js_sys::Reflect;
use raft_report::state;
use raft_sim::Session;
use wasm_bindgen::JsValue;

/// Adds them to what is told of the cluster as a whole.
///
/// # Errors
/// Where the browser cannot hold it.
pub fn add_servers(session: &Session, to: &JsValue) -> Result<(), JsValue> {
    let world = session.world();
    let servers = serde_wasm_bindgen::to_value(&state::servers(world))?;
    Reflect::set(to, &"servers".into(), &servers)?;
    let messages = serde_wasm_bindgen::to_value(&state::messages(world))?;
    Reflect::set(to, &"messages".into(), &messages)?;
    Ok(())
}
