//! etcd's data model, requests and answers, as 3.4 and 3.5 have them.
//!
#![doc = include_str!("../README.md")]
//!
//! # The order of calls
//!
//! What a member does with a [`Call`](api::Call):
//!
//! 1. [`check()`] it. What etcd refuses before it asks anybody is refused here.
//! 2. A [`Write`](api::Write) goes through the log: whoever proposes it chooses the id of a lease,
//!    [encodes](api::Write::encode) it and has it agreed on. A transaction that [only
//!    reads](is_read_only()) needs no entry.
//! 3. Every member [decodes](api::Write::decode) what was agreed on and hands it to
//!    [`Store::apply`], in the order of the log. The result is its answer; where it is an error,
//!    nothing has changed.
//! 4. Everything else is answered from what is there, with [`Store::look`]. A linearizable read
//!    first waits until this member has applied what was committed when it was asked: that is the
//!    log's part, not the store's.
//! 5. Time is not known here: who ends a lease says so by [`LeaseRevoke`](api::Write::LeaseRevoke)
//!    in the log, and whoever serves watches asks for [`Store::events`] since the last answer.
//!
//! [`Solo`] does all of this for a member alone.
//!
//! # What may change
//!
//! The enums of [`api`] and [`console`] are exhaustive on purpose: a new request, answer or step
//! is something that whoever matches on it has to decide about. They change with a major version
//! only. [`Error`] is `#[non_exhaustive]`, for etcd has more errors than are needed here.

pub mod api;
mod apply;
pub mod auth;
mod changes;
mod check;
pub mod concurrency;
pub mod console;
pub mod ctl;
mod error;
pub mod gateway;
pub mod json;
pub mod members;
mod save;
mod solo;
mod sorted;
mod store;
mod version;
mod wire;

pub use api::{Bytes, KeyValue};
pub use apply::{
    MAX_LEASE_TTL, is_read_only, is_serializable, proposed, puts_anything, reads_latest,
};
// For the crates of this project, which write numbers in the same way.
#[doc(hidden)]
pub use changes::{take_varint, varint};
pub use check::{MAX_REQUEST_BYTES, MAX_TXN_OPS, check, size_of};
pub use error::Error;
pub use save::{NotASnapshot, SnapshotStatus};
pub use solo::{MIN_LEASE_TTL, Solo};
pub use sorted::Sorted;
pub use store::{Lease, Store};
pub use version::Version;
