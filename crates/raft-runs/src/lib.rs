//! Many runs at once. One run is an anecdote; the engine is deterministic and chance is keyed, so
//! from one moment many can be made that differ in chance alone, and counted.
//!
//! - [`Question`]: what is asked of a run, and how it is watched for.
//! - [`Future`]: what came of one run, and [`Shares`] of many.
//! - [`find`]: a run that does what somebody asks, and the shortest that does.
//! - [`sweep`]: what settings cost, measured over many runs of a text.
//! - [`late`]: from when on it was certain that a run would end as it did.
//!
//! Everything here is a pure function of a [`raft_sim::Session`] and numbers, and does a bounded
//! piece of work at a call: who calls it decides on which thread, in which order, and when to stop.

pub mod find;
mod future;
pub mod late;
mod place;
mod question;
mod shares;
pub mod sweep;

pub use future::{Future, MAX_EVENTS, future, own_course};
pub use place::{Lost, Place};
pub use question::{Asked, MAX_WITHIN, Outcome, Question, Until};
pub use shares::{Row, Shares, interval, quantile};
