//! How large what is read is, in three steps, kept for later visits.

use crate::kept;

/// How much larger than usual caption, log, card and panel are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TextSize {
    /// As usual.
    #[default]
    Usual,
    /// Larger.
    Large,
    /// The largest.
    Largest,
}

/// Where the browser keeps the size.
const KEPT_AS: &str = "raft-playground-size";

impl TextSize {
    /// The size that was chosen on an earlier visit.
    pub fn kept() -> TextSize {
        match kept::read(KEPT_AS).as_deref() {
            Some("large") => TextSize::Large,
            Some("largest") => TextSize::Largest,
            Some(_) | None => TextSize::Usual,
        }
    }

    /// Chooses the next one; after the largest the usual.
    pub fn next(self) -> TextSize {
        let next = match self {
            TextSize::Usual => TextSize::Large,
            TextSize::Large => TextSize::Largest,
            TextSize::Largest => TextSize::Usual,
        };
        kept::keep(KEPT_AS, next.class().unwrap_or("usual"));
        next
    }

    /// How the page is marked with it, and what is kept.
    pub fn class(self) -> Option<&'static str> {
        match self {
            TextSize::Usual => None,
            TextSize::Large => Some("large"),
            TextSize::Largest => Some("largest"),
        }
    }
}
