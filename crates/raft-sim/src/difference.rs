//! Where a recorded run takes a different course when it is repeated. Runs of one
//! engine's version never do; those of another may, and a person who opens one must know where.

use crate::time::Moment;
use std::fmt;

/// The first moment at which a recorded run took a different course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where.
    pub at: Moment,
    /// The line of the text, where the run was read from one.
    pub line: Option<u32>,
    /// The command that was to be done there.
    pub command: String,
    /// What was found instead of what it needs.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {}", self.at)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ", `{}`: {}", self.command, self.found)
    }
}
