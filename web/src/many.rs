//! What can be asked of many runs at once.

use raft_view::futures::CameTo;
use wasm_bindgen::JsValue;

/// Many runs that differ in chance alone.
#[derive(Clone, Debug)]
pub enum Many {
    /// One of the questions that are offered is chosen.
    Choose(String),
    /// Asks the futures of this moment.
    Ask(String),
    /// Asks the moments of this branch when it was too late for what it came to.
    Late(CameTo),
    /// No more.
    Cancel,
    /// The threads are there, or why there are none.
    Began(Result<JsValue, String>),
    /// One of them has done a piece, or says why it cannot: which thread, what, which piece.
    Told(usize, Result<Vec<u32>, String>, u32),
    /// Where there are no threads: the next piece is to be done here.
    Slice,
    /// Opens the future that is reseeded with this number as a branch.
    Open(u64),
}
