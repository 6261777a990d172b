//! What etcd's raft library adds to the paper, and what both rest on, each claim a test. Servers
//! are driven by hand, as in the tests of the paper.

#![expect(clippy::wildcard_enum_match_arm, reason = "a test picks what it looks for")]

mod applying;
mod check_quorum;
mod flow;
#[path = "../harness/mod.rs"]
mod harness;
mod leases;
mod logs;
mod maps;
mod membership;
mod names;
mod pre_vote;
mod quorum;
mod reads;
mod roster;
mod rules;
mod sizes;
mod snapshots;
mod transfer;
