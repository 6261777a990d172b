//! The replicated state machine: etcd's data model, requests and answers, as 3.4.23 has them.
//!
//! Pure and deterministic; it knows nothing of Raft, time or a network. [`Store`] holds keys at
//! every revision since the last compaction and leases; [`Store::apply`] carries out what the log
//! says. [`check()`] is what a member refuses before it proposes, [`gateway`] the JSON of its HTTP
//! gateway.

pub mod api;
mod apply;
mod changes;
mod check;
pub mod console;
pub mod ctl;
mod error;
pub mod gateway;
pub mod json;
mod save;
mod solo;
mod sorted;
mod store;

pub use api::{Bytes, KeyValue};
pub use apply::{MAX_LEASE_TTL, is_read_only, is_serializable};
pub use changes::{take_varint, varint};
pub use check::{MAX_REQUEST_BYTES, MAX_TXN_OPS, check, size_of};
pub use error::{Error, http_status};
pub use save::{NotASnapshot, SnapshotStatus};
pub use solo::{MIN_LEASE_TTL, Solo};
pub use sorted::Sorted;
pub use store::{Lease, Store};

/// The version of etcd whose behaviour this is.
pub const VERSION: &str = "3.4.23";
