//! How terms and places are written into attributes.

use raft_view::stage::{Point, fixed};

/// Six colours stand for terms, in turn.
pub fn term_class(term: u64) -> &'static str {
    const CLASSES: [&str; 6] = ["term0", "term1", "term2", "term3", "term4", "term5"];
    CLASSES[usize::try_from(term % 6).unwrap_or(0)]
}

/// Where a group stands in the picture.
pub(super) fn translate(at: Point) -> String {
    format!("translate({},{})", fixed(at.x), fixed(at.y))
}
