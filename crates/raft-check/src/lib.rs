//! What must always be true of a cluster, watched from outside.
//!
#![doc = include_str!("../README.md")]
//!
//! # Safety, event by event
//!
//! [`Checker`] asks nothing of a server; it is told:
//!
//! 1. Begin with [`Checker::default`], or [`Checker::beginning_with`] where the logs are not
//!    empty.
//! 2. After every event at a server, [`Checker::observe`] it. A [`Sighting`] says where the event
//!    wrote to the log: the checker then looks at what is new, and not at all of the log again.
//! 3. Before that, ask [`Checker::decides`]: where a leader was elected or has committed more,
//!    count who stands behind it, and say so with [`Checker::decided`] afterwards. Without this
//!    step quorums are not watched, and everything else is.
//! 4. When a server's vote leaves it, [`Checker::voted`]; when it has given its word for something
//!    that its disk does not hold, [`Checker::not_durable`]; when it crashes,
//!    [`Checker::crashed`].
//! 5. [`Checker::violations`] has what was found so far, in order of time.
//!
//! # Linearizability
//!
//! [`linear::check`] judges a whole history. [`linear::Watcher`] judges one as it grows, key by
//! key, and forgets what can no longer matter: it is told of calls and answers in order of time,
//! and asked for its verdict at any time. An operation whose answer never came may take effect at
//! any later time, so it is never answered; one that was refused never happened, so it is
//! [forgotten](linear::Watcher::forget).
//!
//! Searches are bounded: a verdict may be [`Undecided`](linear::Verdict::Undecided), never wrong.

mod checker;
pub mod history;
pub mod linear;
mod property;
mod violation;

pub use checker::{Checker, Decision, Sighting};
pub use property::Property;
pub use violation::{Monotonic, Promise, Violation, Witness};
