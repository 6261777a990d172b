//! Raft, one server at a time.
//!
//! [`Node::step`] takes one [`Input`] and appends what follows from it to a list of [`Output`]s.
//! The core is told neither time nor chance: it asks for a timer with a *range*, and whoever runs it
//! draws the number and fires it. Nothing here touches a clock, a socket, a disk or a random
//! generator, so the same inputs always give the same outputs.
//!
//! Sections (§) are those of Ongaro and Ousterhout, "In Search of an Understandable Consensus
//! Algorithm (Extended Version)", 2014. Where the paper leaves a choice, etcd's raft library is
//! followed: its message kinds, progress states and conflict hints.

mod config;
mod election;
#[cfg(debug_assertions)]
mod invariants;
mod io;
mod lease;
mod log;
mod lost_log;
mod membership;
mod message;
mod node;
mod note;
mod persistence;
mod progress;
pub mod quorum;
mod reads;
mod reconfiguration;
mod replication;
mod rules;
mod small_map;
mod snapshots;
mod types;

pub use config::{Config, ConfigError, Flavour, LeaseBound, LostLog, Reads, Storage};
pub use io::{Dropped, Input, LogWrite, Output, Proposal, Timer, TimerRange, Write, WriteId};
pub use log::Log;
pub use membership::{
    Change, ChangeError, ChangeKind, ConfigChange, Membership, Roster, Transition,
};
pub use message::{AppendReply, Body, Kind, Message};
pub use node::{Candidate, Durable, Leader, Node, Role, RoleKind};
pub use note::{
    AppendRejection, CampaignRefusal, ConfigRefusal, Denial, Impossible, Note, StepDown,
};
pub use progress::{Described, Flow, Inflight, Progress, Window};
pub use reads::{PendingRead, ReadQueue};
pub use rules::{Rule, RuleSet};
pub use small_map::{SmallMap, sort_few};
pub use types::{
    Entry, EntryRef, Index, Micros, NodeId, Payload, Position, ReadToken, Snapshot, Term,
};
