//! Raft, one server at a time: an input goes in, and what has to be done comes out.
//!
#![doc = include_str!("../README.md")]
//!
//! # Who does what
//!
//! The core decides; it is told neither time nor chance and touches no clock, socket, disk or
//! random generator. Its host does what it asks for, and answers for this:
//!
//! - **Timers.** The core asks for a duration by its range; the host draws it and fires the timer.
//!   Setting a timer that runs replaces it.
//! - **The network** may lose, duplicate, delay and reorder messages. It must not change one, nor
//!   deliver it to another server than [`Message::to`].
//! - **The disk** makes writes durable in the order of their ids, each whole or not at all, and
//!   never says so before it is true. [`Durable::apply`] says what it then holds.
//! - **The state machine** applies each entry once, in order, and the same everywhere. A client
//!   that asks again may have its command in the log twice: to apply it once is the state
//!   machine's part.
//!
//! # The order of calls
//!
//! 1. Make a [`Config`] and [validate](Config::validate) it. Read [`Durable`] from the disk; on
//!    the first start it is [`Durable::of`] the voters that the cluster begins with: the same on
//!    every server, on one that joins later too. The state machine is that of its snapshot, or
//!    empty where the snapshot's position is 0.
//! 2. [`Node::new`], then [`Input::Start`].
//! 3. Whatever happens becomes one [`Input`] to [`Node::step`]. Carry out what it appends, in that
//!    order:
//!    - [`Output::Persist`]: begin the write. Once it is durable, first send what waits for it,
//!      then give [`Input::Persisted`]. Steps in between need not wait: several writes may be
//!      under way.
//!    - [`Output::Send`]: send it now, whatever is being written.
//!    - [`Output::SendAfter`]: send it once that write is durable, and not at all if the server
//!      crashes before. Votes and acknowledgements are such: sent too early, they make a cluster
//!      lose what it has promised.
//!    - A message to the server itself is not sent: it goes back in as [`Input::Receive`].
//!    - [`Output::SetTimer`], [`Output::CancelTimer`]: see above.
//!    - [`Output::Restore`]: the state machine is that of this snapshot from here on.
//!    - [`Output::Read`]: serve the read once everything up to its index is applied here.
//!    - [`Output::Proposed`]: where the command stands now. It is done when the entry at that
//!      index *and of that term* has been applied; until then nobody knows.
//!    - [`Output::SnapshotWanted`]: take a snapshot, as in 5.
//!    - [`Output::Note`]: why. It asks for nothing.
//! 4. After each step call [`Node::next_apply`] until it gives nothing. Apply the
//!    [data](Payload::Data) of these entries, then give [`Input::Applied`]; changes of membership
//!    take effect with it.
//! 5. To shorten the log, save the state machine as a [`Snapshot`] with the position of the entry
//!    applied last and [`Node::membership`]. When it is durable, give [`Input::SnapshotSaved`];
//!    when the log before it is off the disk, [`Input::Compacted`]. Say with
//!    [`Input::SnapshotSent`] what became of one that was sent to a follower: a leader waits for
//!    one that is lost for as long as it leads.
//! 6. After a crash everything but the disk is gone: messages that waited, timers, the [`Node`]
//!    itself. Begin again at 1.
//!
//! # What may change
//!
//! [`Input`], [`Output`], [`Note`] and the enums in them are exhaustive on purpose: a new one is
//! something that a host has to decide about, so that the compiler should point to where. They
//! change with a major version only. Errors are `#[non_exhaustive]`. With a rule switched off,
//! what Raft rules out may happen: the core then says so in [`Note::Impossible`] and does not
//! panic.
//!
//! Sections (§) in these pages are those of Ongaro and Ousterhout, "In Search of an Understandable
//! Consensus Algorithm (Extended Version)", 2014. Where the paper leaves a choice, etcd's raft
//! library is followed; [`Flavour`] says where the two differ.

mod applying;
mod config;
mod durable;
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
mod proposals;
pub mod quorum;
mod reads;
mod reconfiguration;
mod replication;
mod role;
mod rules;
mod small_map;
mod snapshots;
mod types;

pub use config::{Config, ConfigError, Flavour, LeaseBound, LostLog, Reads, Storage};
pub use durable::Durable;
pub use io::{Dropped, Input, LogWrite, Output, Proposal, Timer, TimerRange, Write, WriteId};
pub use log::Log;
pub use membership::{
    Change, ChangeError, ChangeKind, ConfigChange, Membership, Roster, Transition,
};
pub use message::{AppendReply, Body, Echo, Kind, Message};
pub use node::Node;
pub use note::{
    AppendRejection, CampaignRefusal, ConfigRefusal, Denial, Impossible, Note, StepDown,
};
pub use progress::{Described, Flow, Inflight, Progress, Window};
pub use reads::{PendingRead, ReadQueue};
pub use role::{Candidate, Leader, Role, RoleKind};
pub use rules::{Rule, RuleSet};
pub use small_map::SmallMap;
// For the crates of this project: small code, where theirs sorts a handful too.
#[doc(hidden)]
pub use small_map::sort_few;
pub use types::{
    Entry, EntryRef, Index, Micros, NodeId, Payload, Position, ReadToken, Snapshot, Term,
};
