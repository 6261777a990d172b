//! The settings of a run. What each is called, can be and means stands in `table`, a row for each.

mod own;
mod preset;
mod table;
mod values;

use crate::time::Exact;
use etcd_kv::Version;
use raft_core::{Config, LeaseBound, LostLog, Membership, Micros, NodeId, Reads, RuleSet};
use std::fmt;
use std::sync::Arc;

pub(crate) use own::names as names_of_own;
pub use own::{OwnSetting, Owner, OwnerKind};
pub use preset::Preset;
pub use table::{SETTINGS, Setting, SettingRow};
pub(crate) use table::{header_names, parse, row};

/// A range of spans, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The shortest.
    pub min: Micros,
    /// The longest; at least `min`.
    pub max: Micros,
}

impl Span {
    /// The same from an instant on: the soonest and the latest.
    pub(crate) fn from(self, at: Micros) -> Span {
        Span { min: at.saturating_add(self.min), max: at.saturating_add(self.max) }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", Exact(self.min), Exact(self.max))
    }
}

/// A probability in millionths, 0 to 1,000,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chance(pub u32);

impl Chance {
    /// The chance that is certain.
    pub const CERTAIN: u32 = 1_000_000;
}

impl fmt::Display for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 10_000, self.0 % 10_000);
        if part == 0 {
            write!(f, "{whole}%")
        } else {
            write!(f, "{whole}.{}%", format!("{part:04}").trim_end_matches('0'))
        }
    }
}

/// How a linearizable get is served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadMode {
    /// As an entry of the log.
    Log,
    /// By the leader, once a quorum has confirmed that it still leads.
    #[default]
    ReadIndex,
    /// By the leader at once, as long as it has heard from a quorum lately: this trusts clocks.
    Lease,
}

impl ReadMode {
    /// Every mode.
    pub const ALL: [ReadMode; 3] = [ReadMode::Log, ReadMode::ReadIndex, ReadMode::Lease];

    /// The word in scenario text.
    pub fn name(self) -> &'static str {
        match self {
            ReadMode::Log => "log",
            ReadMode::ReadIndex => "read-index",
            ReadMode::Lease => "lease",
        }
    }
}

/// Everything that a run is told before it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How many servers: 1 to [`crate::MAX_SERVERS`].
    pub nodes: u8,
    /// From which all chance follows.
    pub seed: u64,
    /// The version of etcd that members and the console behave as.
    pub etcd: Version,
    /// What can be changed while the run goes on.
    pub live: Live,
}

/// The settings that can be changed while a run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// The range of election timeouts; 1 ms or more.
    pub election_timeout: Span,
    /// How often a leader sends heartbeats; 1 ms or more.
    pub heartbeat: Micros,
    /// How long a message travels, one way.
    pub latency: Span,
    /// How likely a message is lost.
    pub loss: Chance,
    /// How likely a message arrives twice.
    pub duplicate: Chance,
    /// How long a write takes until it is durable.
    pub fsync: Span,
    /// How likely a crash leaves part of an unfinished write on the disk.
    pub torn_writes: Chance,
    /// How long a client waits for an answer.
    pub client_timeout: Micros,
    /// How long a request travels to its server, and an answer to its client.
    pub client_latency: Span,
    /// How likely a request or an answer is lost.
    pub client_loss: Chance,
    /// The most entries that one AppendEntries carries, from 1.
    pub append_entries: u32,
    /// Whether a server that does not lead passes a client's command on to the leader.
    pub forwarding: bool,
    /// Whether a server asks if it could win before it starts a new term.
    pub pre_vote: bool,
    /// Whether a leader without a quorum steps down, and followers hold to a leader they hear.
    pub check_quorum: bool,
    /// How a linearizable get is served.
    pub reads: ReadMode,
    /// How long the lease of [`ReadMode::Lease`] lasts.
    pub lease_bound: LeaseBound,
    /// What follows where a follower lacks what it has acknowledged: its disk was wiped.
    pub flavour: LostLog,
    /// After how many applied entries a server takes a snapshot and drops the log; 0 for never.
    pub snapshot_every: u32,
    /// How many bytes a member's database may have; beyond it, etcd takes no more puts.
    pub quota: u64,
    /// Which of Raft's rules hold.
    pub rules: RuleSet,
}

/// Why a value is not allowed.
pub type OutOfBounds = &'static str;

impl Live {
    /// What server `id` is told.
    pub(crate) fn config(&self, id: NodeId) -> Arc<Config> {
        let mut config = Config::new(id);
        let timeout = self.election_timeout;
        config.election_timeout = timeout.min..=timeout.max;
        config.heartbeat = self.heartbeat;
        config.max_entries_per_append = usize::try_from(self.append_entries).unwrap_or(usize::MAX);
        config.forward_proposals = self.forwarding;
        config.pre_vote = self.pre_vote;
        config.check_quorum = self.check_quorum;
        config.reads = match self.reads {
            ReadMode::Lease => Reads::Lease,
            ReadMode::Log | ReadMode::ReadIndex => Reads::Quorum,
        };
        config.lease_bound = self.lease_bound;
        config.lost_log = self.flavour;
        config.rules = self.rules;
        Arc::new(config)
    }
}

impl Settings {
    /// The members that the cluster begins with.
    pub fn membership(&self) -> Membership {
        Membership::of((1..=u64::from(self.nodes)).map(NodeId))
    }
}
