//! Sweeps: the same text run many times with other settings, and measured.
//!
//! What is varied and what is measured stand in the text (`vary`, `runs`, `measure`), so that a
//! sweep is a file like any other, and each of its runs a text of its own.

mod plan;
mod summary;
mod trial;

pub use plan::{Axis, Case, MAX_CASES, MAX_TRIALS, Options, Plan, Quantity, Unit};
pub use summary::{Sample, Summary};
pub use trial::{Reading, Trial};
