//! What came of a run, and one moment of it, as a program reads them: the command line's reports
//! and those of the npm package's engine are the same.

pub mod moment;
mod report;
pub mod state;

pub use report::{held, object};
