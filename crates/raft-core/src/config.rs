//! What one server is told about itself before it starts.

use crate::progress::Window;
use crate::rules::RuleSet;
use crate::types::{Micros, NodeId};
use std::fmt;
use std::ops::RangeInclusive;

/// When the leader may answer a linearizable read without a log entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reads {
    /// After a quorum has confirmed that it still leads (ReadIndex, §6.4 of Ongaro's dissertation).
    #[default]
    Quorum,
    /// At once, as long as the leader holds a lease: this trusts clocks (§6.4.1).
    /// [`Config::lease_bound`] says how far.
    Lease,
}

/// How long a leader's lease lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeaseBound {
    /// As in etcd (`ReadOnlyLeaseBased` with `CheckQuorum` in its `raft.go`): from one look at the
    /// quorum, which is taken once in an election timeout, to the next. A leader that has lost its
    /// followers right after a look finds that out at the look after the next, up to two election
    /// timeouts later. They wait for one, and may have elected another by then: a read can be stale
    /// though all clocks run alike.
    #[default]
    CheckQuorum,
    /// As in the dissertation (§6.4.1): one election timeout, from when the heartbeats were sent
    /// that a quorum has answered. Until then none of that quorum votes for another, and a read is
    /// stale only where clocks run apart, a process stands still, or a follower is restarted, which
    /// forgets whom it heard. It is the leader's own election timeout that counts: a follower with
    /// a shorter one stops waiting before the lease ends.
    Round,
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

/// What follows where a follower lacks entries that it has acknowledged: its disk was lost. Raft
/// rests on disks that are not (§5.2: servers "respond to RPCs" from "persistent state", Figure 2),
/// so with either of these what was committed can be lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LostLog {
    /// As in etcd (`raftLog.commitTo` in its `log.go`): a follower that hears of a commit index
    /// beyond its log notes [`crate::Note::Stopped`] and answers nothing. Whoever runs the server
    /// has to end it then; etcd panics.
    #[default]
    Stops,
    /// As in the paper, where a heartbeat is an AppendEntries without entries: the follower refuses
    /// it (§5.3), and the leader goes back as far as it must, matchIndex included.
    IsSentAgain,
}

/// A server's settings; [`Config::validate`] says whether a server can run with them. Any of them
/// may differ between servers, and all but `id` may be changed while the server runs, with
/// [`crate::Node::configure`].
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
    /// A server asks whether it could win before it starts a new term (§9.6 of the dissertation).
    pub pre_vote: bool,
    /// A leader that does not hear from a quorum steps down, and followers hold to a leader that
    /// they hear (§6.2 and §4.2.3 of the dissertation).
    pub check_quorum: bool,
    /// How linearizable reads are served.
    pub reads: Reads,
    /// How long the lease lasts on which [`Reads::Lease`] serves.
    pub lease_bound: LeaseBound,
    /// A server that does not lead passes commands on.
    pub forward_proposals: bool,
    /// A leader that leaves the cluster stops leading at once.
    pub step_down_on_removal: bool,
    /// A leader refuses changes of membership that do not fit the present one.
    pub validate_config_changes: bool,
    /// Whom to follow where the paper and etcd differ and either is safe.
    pub flavour: Flavour,
    /// What follows where a follower lacks what it has acknowledged.
    pub lost_log: LostLog,
    /// What is promised about writes.
    pub storage: Storage,
    /// Which of Raft's rules hold.
    pub rules: RuleSet,
}

impl Config {
    /// The paper's timeouts and etcd's limits; every rule in force.
    #[must_use]
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
            lease_bound: LeaseBound::CheckQuorum,
            forward_proposals: false,
            step_down_on_removal: true,
            validate_config_changes: true,
            flavour: Flavour::Paper,
            lost_log: LostLog::Stops,
            storage: Storage::Asynchronous,
            rules: RuleSet::default(),
        }
    }
}

/// A setting that no server can run with, or not as Raft asks.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigError {
    /// The field of [`Config`], as it is written there; `window.messages` for a part of one.
    pub field: &'static str,
    /// What it holds, in words or figures. Times are in microseconds.
    pub found: String,
    /// What it may hold, so that it reads on after "expected".
    pub expected: String,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ConfigError { field, found, expected } = self;
        write!(f, "`{field}` is {found}; expected {expected}")
    }
}

impl std::error::Error for ConfigError {}

fn expect(
    holds: bool,
    field: &'static str,
    found: impl ToString,
    expected: impl ToString,
) -> Result<(), ConfigError> {
    if holds {
        return Ok(());
    }
    Err(ConfigError { field, found: found.to_string(), expected: expected.to_string() })
}

impl Config {
    /// Whether a server can run with these settings. Call it first, before [`crate::Node::new`] and
    /// before [`crate::Node::configure`]: neither of them looks, since experiments may want what
    /// nobody should run. Rules that are switched off are such an experiment and no error.
    ///
    /// ```
    /// use raft_core::{Config, NodeId};
    ///
    /// let mut config = Config::new(NodeId(1));
    /// assert_eq!(config.validate(), Ok(()));
    /// config.heartbeat = 200_000;
    /// let error = config.validate().unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "`heartbeat` is 200000 us; expected less than the shortest election timeout, 150000 us"
    /// );
    /// ```
    ///
    /// # Errors
    /// The first field, in this order, that does not hold what it should:
    /// - `id`: not 0, which changes of membership ignore, as etcd's do;
    /// - `election_timeout`: at least 1 µs, the longest no shorter than the shortest;
    /// - `heartbeat`: at least 1 µs, and less than the shortest election timeout, or followers that
    ///   hear their leader in time stand for election all the same (§5.6);
    /// - `max_entries_per_append` and `window.messages`: at least 1, or nothing is ever sent;
    /// - `reads`: [`Reads::Lease`] only with `check_quorum`, which is what renews the lease (§6.4.1
    ///   of the dissertation; etcd's `Config.validate` asks for the same).
    ///
    /// The limits on bytes may be anything: one entry or one command always fits.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let (shortest, longest) = (*self.election_timeout.start(), *self.election_timeout.end());
        let range = format!("{shortest} to {longest} us");
        let heartbeat = format!("{} us", self.heartbeat);
        let below = format!("less than the shortest election timeout, {shortest} us");
        let lease = self.reads == Reads::Lease;
        expect(self.id.0 != 0, "id", self.id, "a server other than n0")?;
        expect(shortest > 0, "election_timeout", &range, "a range from at least 1 us on")?;
        expect(shortest <= longest, "election_timeout", &range, "the shortest timeout first")?;
        expect(self.heartbeat > 0, "heartbeat", &heartbeat, "at least 1 us")?;
        expect(self.heartbeat < shortest, "heartbeat", &heartbeat, below)?;
        let entries = self.max_entries_per_append;
        expect(entries > 0, "max_entries_per_append", entries, "at least 1")?;
        let messages = self.window.messages;
        expect(messages > 0, "window.messages", messages, "at least 1")?;
        let with = "`Reads::Quorum`, or `check_quorum` switched on";
        expect(!lease || self.check_quorum, "reads", "`Reads::Lease` without `check_quorum`", with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(change: impl Fn(&mut Config)) -> Result<(), (&'static str, String, String)> {
        let mut config = Config::new(NodeId(1));
        change(&mut config);
        config.validate().map_err(|ConfigError { field, found, expected }| (field, found, expected))
    }

    #[track_caller]
    fn refused(change: impl Fn(&mut Config), field: &'static str, found: &str, expected: &str) {
        assert_eq!(after(change), Err((field, found.into(), expected.into())));
    }

    #[test]
    #[expect(clippy::reversed_empty_ranges, reason = "that is what must be refused")]
    fn a_setting_that_no_server_can_run_with_is_named_with_what_it_may_be() {
        refused(|c| c.id = NodeId(0), "id", "n0", "a server other than n0");
        let (field, from) = ("election_timeout", "a range from at least 1 us on");
        refused(|c| c.election_timeout = 0..=9, field, "0 to 9 us", from);
        let order = "the shortest timeout first";
        refused(|c| c.election_timeout = 300..=150, field, "300 to 150 us", order);
        refused(|c| c.heartbeat = 0, "heartbeat", "0 us", "at least 1 us");
        let below = "less than the shortest election timeout, 150000 us";
        refused(|c| c.heartbeat = 150_000, "heartbeat", "150000 us", below);
        let entries = "max_entries_per_append";
        refused(|c| c.max_entries_per_append = 0, entries, "0", "at least 1");
        refused(|c| c.window.messages = 0, "window.messages", "0", "at least 1");
        let lease = "`Reads::Lease` without `check_quorum`";
        let with = "`Reads::Quorum`, or `check_quorum` switched on";
        refused(|c| c.reads = Reads::Lease, "reads", lease, with);
    }

    #[test]
    fn settings_at_the_edge_of_what_is_allowed_are_accepted() {
        let edges: [fn(&mut Config); 8] = [
            |_| {},
            |c| c.id = NodeId(u64::MAX),
            |c| (c.election_timeout, c.heartbeat) = (2..=2, 1),
            |c| c.heartbeat = 149_999,
            |c| (c.max_entries_per_append, c.window.messages) = (1, 1),
            |c| (c.max_bytes_per_append, c.max_uncommitted_bytes, c.max_applying_bytes) = (0, 0, 0),
            |c| (c.reads, c.check_quorum) = (Reads::Lease, true),
            |c| c.rules = c.rules.without(crate::Rule::VoteOnce),
        ];
        for edge in edges {
            assert_eq!(after(edge), Ok(()));
        }
    }

    #[test]
    fn the_first_of_several_is_named() {
        let field = after(|c| (c.heartbeat, c.window.messages) = (0, 0)).map_err(|error| error.0);
        assert_eq!(field, Err("heartbeat"));
    }
}
