//! What one server is told about itself before it starts.

use crate::progress::Window;
use crate::rules::RuleSet;
use crate::types::{Micros, NodeId};
use std::ops::RangeInclusive;

/// When the leader may answer a linearizable read without a log entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reads {
    /// After a quorum has confirmed that it still leads (ReadIndex, §6.4 of Ongaro's dissertation).
    #[default]
    Quorum,
    /// At once, as long as the last look at the quorum found one: this trusts clocks (§6.4.1).
    Lease,
}

/// What is promised about writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Storage {
    /// Entries may be applied only once [`crate::Input::Persisted`] has said that they are durable.
    #[default]
    Asynchronous,
    /// Whoever runs the server makes each write durable before it applies anything handed out after
    /// it, so committed entries need not wait.
    Synchronous,
}

/// Whom to follow where the paper and etcd differ and either is safe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flavour {
    /// Requests of an older term are refused with an answer (§5.1); a candidate that cannot win any
    /// more stays one until it hears from a leader or times out (§5.2).
    #[default]
    Paper,
    /// Requests of an older term are answered only where pre-vote or check-quorum need it; a
    /// candidate that cannot win becomes a follower; and a write that was begun in an earlier term
    /// makes nothing durable before the next one is.
    Etcd,
}

/// A server's settings. Any of them may differ between servers, and all but `id` may be changed
/// while the server runs, with [`crate::Node::configure`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// This server's name.
    pub id: NodeId,
    /// The range from which each election timeout is drawn, both ends included (§5.2; the paper
    /// suggests 150–300 ms). The lower end is also how long a follower holds to its leader, and how
    /// often a leader looks at its quorum.
    pub election_timeout: RangeInclusive<Micros>,
    /// How often a leader sends heartbeats. Must be well below the election timeout (§5.6).
    pub heartbeat: Micros,
    /// The most entries that one AppendEntries carries; at least 1.
    pub max_entries_per_append: usize,
    /// The most bytes of entries that one AppendEntries carries, as [`crate::Entry::encoded_len`]
    /// counts; one entry always fits.
    pub max_bytes_per_append: u64,
    /// What may be under way to one follower.
    pub window: Window,
    /// The most bytes of payload that a leader takes before they are committed; one command always
    /// fits.
    pub max_uncommitted_bytes: u64,
    /// The most bytes of entries that are handed out to be applied and not yet reported as applied;
    /// one entry always fits.
    pub max_applying_bytes: u64,
    /// A server asks whether it could win before it takes up a new term (§9.6 of the dissertation).
    pub pre_vote: bool,
    /// A leader that does not hear from a quorum steps down, and followers hold to a leader that
    /// they hear (§6.2 and §4.2.3 of the dissertation).
    pub check_quorum: bool,
    /// How linearizable reads are served.
    pub reads: Reads,
    /// A server that does not lead passes commands on.
    pub forward_proposals: bool,
    /// A leader that leaves the cluster stops leading at once.
    pub step_down_on_removal: bool,
    /// A leader refuses changes of membership that do not fit the present one.
    pub validate_config_changes: bool,
    /// Whom to follow where the paper and etcd differ and either is safe.
    pub flavour: Flavour,
    /// What is promised about writes.
    pub storage: Storage,
    /// Which of Raft's rules hold.
    pub rules: RuleSet,
}

impl Config {
    /// The paper's timeouts and etcd's limits; every rule in force.
    pub fn new(id: NodeId) -> Config {
        Config {
            id,
            election_timeout: 150_000..=300_000,
            heartbeat: 50_000,
            max_entries_per_append: 512,
            max_bytes_per_append: 1 << 20,
            window: Window { messages: 256, bytes: 0 },
            max_uncommitted_bytes: 1 << 30,
            max_applying_bytes: u64::MAX,
            pre_vote: false,
            check_quorum: false,
            reads: Reads::Quorum,
            forward_proposals: false,
            step_down_on_removal: true,
            validate_config_changes: true,
            flavour: Flavour::Paper,
            storage: Storage::Asynchronous,
            rules: RuleSet::default(),
        }
    }
}
