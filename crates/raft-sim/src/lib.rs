//! Clusters, their clients and whatever goes wrong with them: time, chance, network, disks, faults.
//!
#![doc = include_str!("../README.md")]
//!
//! # Three ways in
//!
//! - **A text.** [`scenario::parse`] reads it, [`Session::open`] begins it, and
//!   [`Session::finish_script`] carries it out, so many events at a call, until it says that it
//!   has ended. What became of its claims is in [`Session::script`]. A session also keeps history:
//!   [`Session::seek`] goes to any time, and [`Session::dispatch`] in the past begins a branch.
//! - **A world.** [`World::new`] switches a cluster on; [`World::step`] lets the next event happen
//!   and [`World::act`] does something to it, such as [`Command::Crash`]. Nothing moves in
//!   between.
//! - **A state machine of your own.** Write a [`Service`] and run it by a [`Simulation`]: the same
//!   servers, network, disks, faults and checks, without etcd and its clients. See
//!   `examples/counter.rs`.
//!
//! # What may change
//!
//! A text gives the same run for as long as [`ENGINE_VERSION`] stays. Enums are exhaustive on
//! purpose: what is new in [`Command`] or [`What`] is something that whoever matches on it has to
//! decide about. They change with a major version only. Errors are `#[non_exhaustive]`. Everything
//! is bounded by the constants below; what is beyond is refused or lost, never a panic.

#[macro_use]
mod or;

mod agreement;
mod chance;
pub mod claim;
mod claim_of;
mod client;
mod cluster;
mod command;
pub mod console;
pub mod deeds;
mod difference;
mod disk;
pub mod etcd;
mod followed;
mod gauge;
pub mod help;
mod load;
mod machine;
mod network;
mod phrase;
mod queue;
pub mod run;
pub mod scenario;
mod script;
mod trace;

mod server;
mod service;
mod services;
mod session;
mod settings;
mod simulation;
pub mod stats;
pub mod time;
mod wire;
mod world;

pub use claim_of::{read_claim, read_measure, read_wait};
pub use client::{Answered, CLIENT_RETRY, Outcome, RequestKind, Stale};
pub use cluster::Cluster;
pub use command::{
    ACTIONS, Action, Below, Command, Direction, MemberChange, MessageVerb, Refusal, expand, quoted,
    sample_commands,
};
pub use console::Console;
pub use difference::Difference;
pub use disk::{Disk, records};
pub use followed::{Followed, Route};
pub use gauge::{Expectation, Gauge, Guessed, Reached};
pub use load::{
    ClientState, LOAD_KEYS, LoadClient, LoadSpec, MAX_LOAD_CLIENTS, MAX_LOAD_KEYS, Popularity,
    load_client,
};
pub use machine::{
    Answer, Machine, Request, SessionId, describe_entry, describe_write, entry_kind, session_of,
    text_of,
};
pub use network::{InFlight, Network};
pub use phrase::Phrase;
pub use queue::Alarm;
pub use script::{Need, Script, ScriptState};
pub use server::{Power, Server, Standing, TimerState};
pub use service::Service;
pub use services::Services;
pub use session::{Branch, BranchId, Mark, MarkKind, Progress, Session};
pub use settings::{
    Chance, Live, OwnSetting, Owner, OwnerKind, Preset, ReadMode, SETTINGS, Setting, SettingRow,
    Settings, Span,
};
pub use simulation::Simulation;
pub use time::{Moment, parse_span};
pub use trace::{LossReason, TraceEvent, What, WireLoss};
pub use wire::{ClientId, ClientLink, OnTheWire, Shown, Ways, Whose};
pub use world::{
    Checked, Checks, OpenRequest, SeenOffence, SeenOperation, Waiting, WaitingCall, Whereabouts,
    World,
};
/// The version of the engine. A run's text gives the same run only with the same version: whatever
/// moves a digest of the bundled scenarios raises it.
pub const ENGINE_VERSION: u32 = 6;

/// The most servers in a cluster.
pub const MAX_SERVERS: u64 = 31;
/// The longest run, in simulated microseconds (24 hours).
pub const MAX_TIME: raft_core::Micros = 24 * 3600 * 1_000_000;
/// The most commands, waits and claims in one text.
pub const MAX_COMMANDS: usize = 10_000;
/// The longest text, in bytes.
pub const MAX_TEXT: usize = 1_000_000;
/// The most messages in flight; what is sent beyond it is lost.
pub const MAX_IN_FLIGHT: usize = 20_000;
/// The most client requests that are open at once.
pub const MAX_OPEN_REQUESTS: usize = 1_000;
