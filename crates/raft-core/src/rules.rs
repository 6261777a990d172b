//! The rules of Raft that can be switched off, to see what each of them is for.

use std::fmt;

/// A rule of the protocol that an experiment may switch off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Rule {
    /// A vote is written to stable storage before it is given (Figure 2, "Persistent state").
    PersistVote,
    /// The current term is written to stable storage before anything is sent in it (Figure 2).
    PersistTerm,
    /// A server votes for at most one candidate in a term (§5.2).
    VoteOnce,
    /// Stepping down within a term keeps the vote that was given in it (§5.2).
    KeepVote,
    /// A voter refuses a candidate whose log is less up-to-date than its own (§5.4.1).
    VoteUpToDate,
    /// A candidate needs the votes of a majority (§5.2).
    MajorityElects,
    /// A candidate counts voters, not answers: a duplicate counts once (§5.2).
    CountVoters,
    /// A candidate counts only votes of its present term (§5.1).
    CurrentTermVotes,
    /// AppendEntries of an older term is refused (§5.1).
    RefuseStaleAppend,
    /// A follower takes entries only where it holds the one before them (§5.3).
    MatchPrevious,
    /// Entries that do not conflict stay, however old the message (§5.3).
    KeepMatching,
    /// A conflicting entry goes, and with it all that follow (§5.3).
    DropConflicts,
    /// After a refusal the leader tries an earlier index (§5.3).
    BackOff,
    /// A leader commits by counting copies only entries of its own term (§5.4.2).
    CommitCurrentTerm,
    /// An entry is committed once a majority holds it (§5.3).
    MajorityCommits,
    /// A follower commits at most up to the last entry that it knows to match (Figure 2).
    CommitWhatMatched,
    /// A heartbeat names no commit index beyond what the follower is known to hold.
    ClampHeartbeat,
    /// A refused AppendEntries says nothing about what the follower holds (§5.3).
    RefusalsDoNotCount,
    /// Entries are durable before they are acknowledged (§5, Figure 2).
    AckAfterFsync,
    /// A write that was begun in an earlier term acknowledges nothing in this one.
    AckOwnTerm,
    /// A leader begins its term with an empty entry (§8).
    LeaderNoop,
    /// Election timeouts are random (§5.2).
    RandomTimeouts,
    /// A leader confirms with a quorum that it still leads before it serves a read (§8).
    ReadQuorum,
    /// A leader serves reads only once it has committed an entry of its own term (§8).
    ReadOwnTerm,
    /// Each attempt at a read is confirmed by itself: acknowledgements of an earlier one do not
    /// count.
    FreshReadToken,
    /// A leader that hands over serves no reads on its lease.
    NoLeaseInTransfer,
    /// A command that a client has sent twice is applied once (§8).
    ApplyOnce,
    /// A new leader changes the membership only after it has committed an entry of its own term.
    ConfigOwnTerm,
    /// A change of membership waits until the one before is in force (§6).
    OneConfigAtATime,
    /// A server does not stand for election before it has applied the committed changes of
    /// membership.
    ConfigBeforeCampaign,
    /// More than one voter changes only through a joint configuration (§6).
    JointConsensus,
    /// A leader that leaves the cluster steps down (§6).
    StepDownOnRemoval,
    /// A snapshot brings the membership with it (§7).
    SnapshotMembership,
    /// A snapshot that does not match the log replaces all of it (§7).
    SnapshotReplacesLog,
    /// A snapshot older than what is committed is ignored (§7).
    RefuseOldSnapshot,
}

impl Rule {
    /// Every rule, in the order in which lists show them.
    pub const ALL: [Rule; 35] = [
        Rule::PersistVote,
        Rule::PersistTerm,
        Rule::VoteOnce,
        Rule::KeepVote,
        Rule::VoteUpToDate,
        Rule::MajorityElects,
        Rule::CountVoters,
        Rule::CurrentTermVotes,
        Rule::RefuseStaleAppend,
        Rule::MatchPrevious,
        Rule::KeepMatching,
        Rule::DropConflicts,
        Rule::BackOff,
        Rule::CommitCurrentTerm,
        Rule::MajorityCommits,
        Rule::CommitWhatMatched,
        Rule::ClampHeartbeat,
        Rule::RefusalsDoNotCount,
        Rule::AckAfterFsync,
        Rule::AckOwnTerm,
        Rule::LeaderNoop,
        Rule::RandomTimeouts,
        Rule::ReadQuorum,
        Rule::ReadOwnTerm,
        Rule::FreshReadToken,
        Rule::NoLeaseInTransfer,
        Rule::ApplyOnce,
        Rule::ConfigOwnTerm,
        Rule::OneConfigAtATime,
        Rule::ConfigBeforeCampaign,
        Rule::JointConsensus,
        Rule::StepDownOnRemoval,
        Rule::SnapshotMembership,
        Rule::SnapshotReplacesLog,
        Rule::RefuseOldSnapshot,
    ];

    /// The name used in scenario text.
    pub fn name(self) -> &'static str {
        match self {
            Rule::PersistVote => "persist-vote",
            Rule::PersistTerm => "persist-term",
            Rule::VoteOnce => "vote-once",
            Rule::KeepVote => "keep-vote",
            Rule::VoteUpToDate => "vote-up-to-date",
            Rule::MajorityElects => "majority-elects",
            Rule::CountVoters => "count-voters",
            Rule::CurrentTermVotes => "current-term-votes",
            Rule::RefuseStaleAppend => "refuse-stale-append",
            Rule::MatchPrevious => "match-previous",
            Rule::KeepMatching => "keep-matching",
            Rule::DropConflicts => "drop-conflicts",
            Rule::BackOff => "back-off",
            Rule::CommitCurrentTerm => "commit-current-term",
            Rule::MajorityCommits => "majority-commits",
            Rule::CommitWhatMatched => "commit-what-matched",
            Rule::ClampHeartbeat => "clamp-heartbeat",
            Rule::RefusalsDoNotCount => "refusals-do-not-count",
            Rule::AckAfterFsync => "ack-after-fsync",
            Rule::AckOwnTerm => "ack-own-term",
            Rule::LeaderNoop => "leader-noop",
            Rule::RandomTimeouts => "random-timeouts",
            Rule::ReadQuorum => "read-quorum",
            Rule::ReadOwnTerm => "read-own-term",
            Rule::FreshReadToken => "fresh-read-token",
            Rule::NoLeaseInTransfer => "no-lease-in-transfer",
            Rule::ApplyOnce => "apply-once",
            Rule::ConfigOwnTerm => "config-own-term",
            Rule::OneConfigAtATime => "one-config-at-a-time",
            Rule::ConfigBeforeCampaign => "config-before-campaign",
            Rule::JointConsensus => "joint-consensus",
            Rule::StepDownOnRemoval => "step-down-on-removal",
            Rule::SnapshotMembership => "snapshot-membership",
            Rule::SnapshotReplacesLog => "snapshot-replaces-log",
            Rule::RefuseOldSnapshot => "refuse-old-snapshot",
        }
    }

    /// The rule of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.name() == name)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which rules hold. All of them, unless an experiment says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RuleSet {
    off: u64,
}

impl RuleSet {
    /// Whether the rule holds.
    pub fn holds(self, rule: Rule) -> bool {
        self.off & (1 << rule as u8) == 0
    }

    /// The same set with this rule switched off.
    #[must_use = "it gives another set"]
    pub fn without(self, rule: Rule) -> RuleSet {
        RuleSet { off: self.off | (1 << rule as u8) }
    }

    /// The same set with this rule in force.
    #[must_use = "it gives another set"]
    pub fn with(self, rule: Rule) -> RuleSet {
        RuleSet { off: self.off & !(1 << rule as u8) }
    }

    /// The rules that hold in both.
    #[cfg(debug_assertions)]
    pub(crate) fn both(self, other: RuleSet) -> RuleSet {
        RuleSet { off: self.off | other.off }
    }

    /// Whether this is Raft as published.
    pub fn is_raft(self) -> bool {
        self.off == 0
    }

    /// The rules that are switched off.
    pub fn switched_off(self) -> impl Iterator<Item = Rule> {
        Rule::ALL.into_iter().filter(move |rule| !self.holds(*rule))
    }
}
