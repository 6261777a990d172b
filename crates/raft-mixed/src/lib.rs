//! Clusters in which some servers are ours and some are those of tikv's crate `raft`.
//!
//! Both kinds speak etcd's dialect of Raft, so they can be made to understand each other: messages
//! are translated at the border between the two ([`translate`]). A run is random and follows from
//! its seed alone: messages are lost, duplicated and reordered, links are cut, servers crash and
//! restart, leadership and membership change. Then everything is healed and must converge
//! ([`cluster`]). Whatever one side takes for granted and the other does not do is found here.

mod chance;
pub mod cluster;
mod disk;
mod machine;
mod ours;
mod server;
mod settings;
mod theirs;
pub mod translate;

pub use cluster::{Failure, Report, run, run_with_rules};
pub use settings::Setting;
