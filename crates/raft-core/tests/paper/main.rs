//! The sentences of the Raft paper, §5.1 to §5.4, each a test. Servers are driven by hand: messages
//! move and writes become durable only where a test says so.

#![expect(clippy::wildcard_enum_match_arm, reason = "a test picks what it looks for")]

mod elections;
#[path = "../harness/mod.rs"]
mod harness;
mod impossible;
mod lost_log;
mod persistence;
mod replication;
mod safety;
mod terms;
