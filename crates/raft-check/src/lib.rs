//! What must always be true of a cluster, watched from outside.
//!
//! [`Checker`] watches servers and holds them to the paper's safety properties (Figure 3).
//! [`linear`] asks of what clients saw whether it could have come from one copy of the data.
//! [`history`] reads the files in which other tools keep what clients saw, and asks the same of
//! them. None shares any logic with the protocol: only the plain types of `raft-core` are used, not
//! even its quorums.

mod checker;
pub mod history;
pub mod linear;
mod property;
mod violation;

pub use checker::{Checker, Decision, Sighting};
pub use property::Property;
pub use violation::{Monotonic, Promise, Violation, Witness};
