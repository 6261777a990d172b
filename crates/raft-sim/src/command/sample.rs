//! Values to try the table with: any server, any number within its bounds, and texts that are hard
//! to read back. Nothing but tests asks for them.

use crate::MAX_SERVERS;
use raft_core::NodeId;

/// Draws a number below the one that it is given, which is above 0.
pub type Below<'a> = &'a mut dyn FnMut(u64) -> u64;

/// Words of the language, marks that mean something in it, and letters that are more than a byte.
const PIECES: [&str; 34] = [
    "a", "key", "n1", "$x", "rest", "via", "all", "off", "5ms", "10%", "50/s", "->", "--", "-v",
    "+1", "=", "|", "@1s+2", "#", " ", "  ", "\"", "\\", "'", "\n", "\r", "\t", ":", "\u{0}", "é",
    "日", "🦀", "\u{feff}", "\u{2028}",
];

pub(crate) fn server(below: Below<'_>) -> NodeId {
    NodeId(below(MAX_SERVERS) + 1)
}

pub(crate) fn is_drawn(below: Below<'_>) -> bool {
    below(2) == 0
}

/// A number from 1 to `most`.
pub(crate) fn from_1_to(most: u32, below: Below<'_>) -> u32 {
    u32::try_from(below(u64::from(most))).unwrap_or(0) + 1
}

/// One of these, of which there is one.
pub(crate) fn one_of<T: Clone>(of: &[T], below: Below<'_>) -> T {
    let place = usize::try_from(below(of.len() as u64)).unwrap_or(0);
    of[place].clone()
}

/// Up to eight pieces after one another, none included.
pub(crate) fn text(below: Below<'_>) -> String {
    (0..below(9)).map(|_| one_of(&PIECES, below)).collect()
}
