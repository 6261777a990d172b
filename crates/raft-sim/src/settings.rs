//! The settings of a run, each with its bounds and its line of text.

use crate::time::Exact;
use crate::{MAX_SERVERS, MAX_TIME};
use raft_core::{Config, Membership, Micros, NodeId, Reads, Rule, RuleSet};
use std::fmt;
use std::sync::Arc;

/// A range of spans, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The shortest.
    pub min: Micros,
    /// The longest; at least `min`.
    pub max: Micros,
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
    /// How many servers: 1 to [`MAX_SERVERS`].
    pub nodes: u8,
    /// From which all chance follows.
    pub seed: u64,
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
    /// The most entries that one AppendEntries carries, from 1.
    pub append_entries: u32,
    /// Whether a server that does not lead passes a client's command on to the leader.
    pub forwarding: bool,
    /// Whether a server asks if it could win before it takes up a new term.
    pub pre_vote: bool,
    /// Whether a leader without a quorum steps down, and followers hold to a leader they hear.
    pub check_quorum: bool,
    /// How a linearizable get is served.
    pub reads: ReadMode,
    /// After how many applied entries a server takes a snapshot and drops the log; 0 for never.
    pub snapshot_every: u32,
    /// How many bytes a member's database may have; beyond it, etcd takes no more puts.
    pub quota: u64,
    /// Which of Raft's rules hold.
    pub rules: RuleSet,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            nodes: 5,
            seed: 7,
            live: Live {
                election_timeout: Span { min: 150_000, max: 300_000 },
                heartbeat: 50_000,
                latency: Span { min: 10_000, max: 20_000 },
                loss: Chance(0),
                duplicate: Chance(0),
                fsync: Span { min: 1_000, max: 2_000 },
                torn_writes: Chance(0),
                client_timeout: 5_000_000,
                append_entries: 512,
                forwarding: false,
                pre_vote: true,
                check_quorum: true,
                reads: ReadMode::ReadIndex,
                snapshot_every: 0,
                quota: DEFAULT_QUOTA,
                rules: RuleSet::default(),
            },
        }
    }
}

/// One setting and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// `nodes 5`
    Nodes(u8),
    /// `seed 7`
    Seed(u64),
    /// `election-timeout 150ms..300ms`
    ElectionTimeout(Span),
    /// `heartbeat 50ms`
    Heartbeat(Micros),
    /// `latency 10ms..20ms`
    Latency(Span),
    /// `loss 0%`
    Loss(Chance),
    /// `duplicate 0%`
    Duplicate(Chance),
    /// `fsync 1ms..2ms`
    Fsync(Span),
    /// `torn-writes 0%`
    TornWrites(Chance),
    /// `client-timeout 5s`
    ClientTimeout(Micros),
    /// `append-entries 512`
    AppendEntries(u32),
    /// `forwarding off`
    Forwarding(bool),
    /// `pre-vote on`
    PreVote(bool),
    /// `check-quorum on`
    CheckQuorum(bool),
    /// `reads read-index`
    Reads(ReadMode),
    /// `snapshot-every 100`, or `off`
    SnapshotEvery(u32),
    /// `quota 2147483648`, in bytes
    Quota(u64),
    /// `rule off NAME`
    RuleOff(Rule),
    /// `rule on NAME`
    RuleOn(Rule),
}

/// The quota of an etcd member's database, in bytes (`--quota-backend-bytes`: 2 GiB).
const DEFAULT_QUOTA: u64 = 2 << 30;
/// Less than an empty database takes is no quota.
const MIN_QUOTA: u64 = 32_768;
/// Why a value is not allowed.
pub type OutOfBounds = &'static str;

impl Setting {
    /// The setting's name in text.
    pub fn name(&self) -> &'static str {
        match self {
            Setting::Nodes(_) => "nodes",
            Setting::Seed(_) => "seed",
            Setting::ElectionTimeout(_) => "election-timeout",
            Setting::Heartbeat(_) => "heartbeat",
            Setting::Latency(_) => "latency",
            Setting::Loss(_) => "loss",
            Setting::Duplicate(_) => "duplicate",
            Setting::Fsync(_) => "fsync",
            Setting::TornWrites(_) => "torn-writes",
            Setting::ClientTimeout(_) => "client-timeout",
            Setting::AppendEntries(_) => "append-entries",
            Setting::Forwarding(_) => "forwarding",
            Setting::PreVote(_) => "pre-vote",
            Setting::CheckQuorum(_) => "check-quorum",
            Setting::Reads(_) => "reads",
            Setting::SnapshotEvery(_) => "snapshot-every",
            Setting::Quota(_) => "quota",
            Setting::RuleOff(_) | Setting::RuleOn(_) => "rule",
        }
    }

    /// Checks the value against its bounds.
    pub fn check(&self) -> Result<(), OutOfBounds> {
        const SHORTEST_PERIOD: Micros = 1_000;
        let in_time = |span: &Span| span.min <= span.max && span.max <= MAX_TIME;
        let ok = |holds: bool, expected: OutOfBounds| if holds { Ok(()) } else { Err(expected) };
        match self {
            Setting::Nodes(nodes) => ok(
                (1..=MAX_SERVERS).contains(&u64::from(*nodes)),
                "a number of servers from 1 to 31",
            ),
            Setting::ElectionTimeout(span) => ok(
                span.min >= SHORTEST_PERIOD && in_time(span),
                "an election timeout of at least 1ms and at most 24h",
            ),
            Setting::Heartbeat(period) => ok(
                (SHORTEST_PERIOD..=MAX_TIME).contains(period),
                "a heartbeat of at least 1ms and at most 24h",
            ),
            Setting::ClientTimeout(time) => ok(
                (SHORTEST_PERIOD..=MAX_TIME).contains(time),
                "a client time-out of at least 1ms and at most 24h",
            ),
            Setting::Latency(span) | Setting::Fsync(span) => {
                ok(in_time(span), "a range of times of at most 24h")
            }
            Setting::Loss(chance) | Setting::Duplicate(chance) | Setting::TornWrites(chance) => {
                ok(chance.0 <= Chance::CERTAIN, "a percentage from 0% to 100%")
            }
            Setting::AppendEntries(most) => {
                ok((1..=10_000).contains(most), "a number of entries from 1 to 10000")
            }
            Setting::Quota(bytes) => ok(
                (MIN_QUOTA..=DEFAULT_QUOTA).contains(bytes),
                "a number of bytes from 32768 to 2147483648",
            ),
            Setting::SnapshotEvery(entries) => {
                ok(*entries <= 1_000_000, "a number of entries from 1 to 1000000, or `off`")
            }
            Setting::Seed(_)
            | Setting::Forwarding(_)
            | Setting::PreVote(_)
            | Setting::CheckQuorum(_)
            | Setting::Reads(_)
            | Setting::RuleOff(_)
            | Setting::RuleOn(_) => Ok(()),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Setting::Nodes(nodes) => write!(f, "{name} {nodes}"),
            Setting::Seed(seed) => write!(f, "{name} {seed}"),
            Setting::ElectionTimeout(span) | Setting::Latency(span) | Setting::Fsync(span) => {
                write!(f, "{name} {span}")
            }
            Setting::Heartbeat(time) | Setting::ClientTimeout(time) => {
                write!(f, "{name} {}", Exact(*time))
            }
            Setting::Loss(chance) | Setting::Duplicate(chance) | Setting::TornWrites(chance) => {
                write!(f, "{name} {chance}")
            }
            Setting::AppendEntries(most) => write!(f, "{name} {most}"),
            Setting::Forwarding(on) | Setting::PreVote(on) | Setting::CheckQuorum(on) => {
                write!(f, "{name} {}", if *on { "on" } else { "off" })
            }
            Setting::Reads(mode) => write!(f, "{name} {}", mode.name()),
            Setting::SnapshotEvery(0) => write!(f, "{name} off"),
            Setting::Quota(bytes) => write!(f, "{name} {bytes}"),
            Setting::SnapshotEvery(entries) => write!(f, "{name} {entries}"),
            Setting::RuleOff(rule) => write!(f, "{name} off {rule}"),
            Setting::RuleOn(rule) => write!(f, "{name} on {rule}"),
        }
    }
}

impl Settings {
    /// Takes up a setting whose bounds were checked.
    pub fn apply(&mut self, setting: &Setting) {
        match setting {
            Setting::Nodes(nodes) => self.nodes = *nodes,
            Setting::Seed(seed) => self.seed = *seed,
            Setting::ElectionTimeout(span) => self.live.election_timeout = *span,
            Setting::Heartbeat(period) => self.live.heartbeat = *period,
            Setting::Latency(span) => self.live.latency = *span,
            Setting::Loss(chance) => self.live.loss = *chance,
            Setting::Duplicate(chance) => self.live.duplicate = *chance,
            Setting::Fsync(span) => self.live.fsync = *span,
            Setting::TornWrites(chance) => self.live.torn_writes = *chance,
            Setting::ClientTimeout(time) => self.live.client_timeout = *time,
            Setting::AppendEntries(most) => self.live.append_entries = *most,
            Setting::Forwarding(on) => self.live.forwarding = *on,
            Setting::RuleOff(rule) => self.live.rules = self.live.rules.without(*rule),
            Setting::RuleOn(rule) => self.live.rules = self.live.rules.with(*rule),
            Setting::PreVote(on) => self.live.pre_vote = *on,
            Setting::CheckQuorum(on) => self.live.check_quorum = *on,
            Setting::Reads(mode) => self.live.reads = *mode,
            Setting::SnapshotEvery(entries) => self.live.snapshot_every = *entries,
            Setting::Quota(bytes) => self.live.quota = *bytes,
        }
    }

    /// The settings as lines of text, each once, defaults included.
    pub fn lines(&self) -> Vec<Setting> {
        let live = &self.live;
        let mut lines = vec![
            Setting::Nodes(self.nodes),
            Setting::Seed(self.seed),
            Setting::ElectionTimeout(live.election_timeout),
            Setting::Heartbeat(live.heartbeat),
            Setting::Latency(live.latency),
            Setting::Loss(live.loss),
            Setting::Duplicate(live.duplicate),
            Setting::Fsync(live.fsync),
            Setting::TornWrites(live.torn_writes),
            Setting::ClientTimeout(live.client_timeout),
            Setting::AppendEntries(live.append_entries),
            Setting::Forwarding(live.forwarding),
            Setting::PreVote(live.pre_vote),
            Setting::CheckQuorum(live.check_quorum),
            Setting::Reads(live.reads),
            Setting::SnapshotEvery(live.snapshot_every),
            Setting::Quota(live.quota),
        ];
        lines.extend(live.rules.switched_off().map(Setting::RuleOff));
        lines
    }

    /// What server `id` is told.
    pub fn config(&self, id: NodeId) -> Arc<Config> {
        let mut config = Config::new(id);
        let timeout = self.live.election_timeout;
        config.election_timeout = timeout.min..=timeout.max;
        config.heartbeat = self.live.heartbeat;
        config.max_entries_per_append =
            usize::try_from(self.live.append_entries).unwrap_or(usize::MAX);
        config.forward_proposals = self.live.forwarding;
        config.pre_vote = self.live.pre_vote;
        config.check_quorum = self.live.check_quorum;
        config.reads = match self.live.reads {
            ReadMode::Lease => Reads::Lease,
            ReadMode::Log | ReadMode::ReadIndex => Reads::Quorum,
        };
        config.rules = self.live.rules;
        Arc::new(config)
    }

    /// The members that the cluster begins with.
    pub fn membership(&self) -> Membership {
        Membership::of((1..=u64::from(self.nodes)).map(NodeId))
    }
}
