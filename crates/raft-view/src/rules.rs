//! The catalogue of rules: what each says, what it defends, and where its lack has hurt.

use crate::words;
use raft_check::Property;
use raft_core::Rule;

/// One rule as it is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleView {
    /// The rule.
    pub rule: Rule,
    /// What it says, and what happens without it.
    pub sentence: &'static str,
    /// Its section, of the paper unless it names another source.
    pub section: &'static str,
    /// The property that it defends.
    pub property: Property,
    /// Where it was missing for real: projects and the numbers of their issues; empty where none is
    /// known here.
    pub incidents: &'static str,
}

/// What a list says of the scenario that shows what the rule of this name is for: a sentence about
/// the rule, and what to watch for.
pub fn listed(name: &str) -> Option<(&'static str, String)> {
    let view = explain(Rule::from_name(name)?);
    Some((view.sentence, tr!("Watch {} break.", words::property(view.property))))
}

/// What is to be said about a rule.
pub fn explain(rule: Rule) -> RuleView {
    let row = ROWS[rule as usize];
    RuleView { sentence: crate::lang::look_up(row.sentence), ..row }
}

/// A row for each rule, in their order; the sentences in English.
const ROWS: [RuleView; Rule::ALL.len()] = [
    RuleView {
        rule: Rule::PersistVote,
        sentence: key!(
            "A server writes its vote to disk before it gives it. Without this it can forget its \
             vote in a crash and vote twice in one term."
        ),
        section: "Figure 2, §5.2",
        property: Property::ElectionSafety,
        incidents: "cornerstone #65, valkey #3887",
    },
    RuleView {
        rule: Rule::PersistTerm,
        sentence: key!(
            "A server writes its term to disk before it sends anything in it. Without this it \
             comes back in an old term and votes in it again."
        ),
        section: "Figure 2, §5.1",
        property: Property::ElectionSafety,
        incidents: "",
    },
    RuleView {
        rule: Rule::VoteOnce,
        sentence: key!(
            "A server votes for at most one candidate in a term. Without this two candidates can \
             both win."
        ),
        section: "§5.2",
        property: Property::ElectionSafety,
        incidents: "",
    },
    RuleView {
        rule: Rule::KeepVote,
        sentence: key!(
            "A candidate or leader that steps down within its term keeps the vote it gave. Without \
             this it votes again in the same term."
        ),
        section: "§5.2",
        property: Property::ElectionSafety,
        incidents: "akka-raft #56, camunda #5356, CCF pre_vote_double_leader",
    },
    RuleView {
        rule: Rule::VoteUpToDate,
        sentence: key!(
            "A voter refuses a candidate whose log is less up-to-date than its own. Without this a \
             leader can lack committed entries."
        ),
        section: "§5.4.1",
        property: Property::LeaderCompleteness,
        incidents: "",
    },
    RuleView {
        rule: Rule::MajorityElects,
        sentence: key!(
            "A candidate needs the votes of a majority. With one vote less, two can win."
        ),
        section: "§5.2",
        property: Property::ElectionSafety,
        incidents: "",
    },
    RuleView {
        rule: Rule::CountVoters,
        sentence: key!(
            "A candidate counts voters, not answers. Without this one answer that arrives twice is \
             two votes."
        ),
        section: "§5.2",
        property: Property::ElectionSafety,
        incidents: "xraft #27",
    },
    RuleView {
        rule: Rule::CurrentTermVotes,
        sentence: key!(
            "A candidate counts only votes of its present term. Without this late votes of an old \
             election win a new one."
        ),
        section: "§5.1",
        property: Property::ElectionSafety,
        incidents: "little-raft #44",
    },
    RuleView {
        rule: Rule::RefuseStaleAppend,
        sentence: key!(
            "AppendEntries of an older term is refused. Without this a deposed leader overwrites \
             what is committed."
        ),
        section: "§5.1",
        property: Property::StateMachineSafety,
        incidents: "",
    },
    RuleView {
        rule: Rule::MatchPrevious,
        sentence: key!(
            "A follower takes entries only where it holds the one before them. Without this logs \
             of different history are glued together."
        ),
        section: "§5.3",
        property: Property::LogMatching,
        incidents: "",
    },
    RuleView {
        rule: Rule::KeepMatching,
        sentence: key!(
            "Entries that do not conflict stay. Without this an old message that arrives late \
             removes acknowledged entries."
        ),
        section: "§5.3",
        property: Property::CommittedOnQuorum,
        incidents: "willemt/raft #37, akka-raft #66",
    },
    RuleView {
        rule: Rule::DropConflicts,
        sentence: key!(
            "A conflicting entry goes, and with it all that follow. Without this entries of \
             another history stay behind the new ones."
        ),
        section: "§5.3",
        property: Property::LogMatching,
        incidents: "mofa #1150",
    },
    RuleView {
        rule: Rule::BackOff,
        sentence: key!(
            "After a refusal the leader tries an earlier index. Without this a follower that lags \
             behind never catches up."
        ),
        section: "§5.3",
        property: Property::Progress,
        incidents: "etcd #1366, openraft #1500",
    },
    RuleView {
        rule: Rule::CommitCurrentTerm,
        sentence: key!(
            "A leader commits by counting copies only entries of its own term. Without this a \
             committed entry can be replaced."
        ),
        section: "§5.4.2, Figure 8",
        property: Property::CommittedImmutable,
        incidents: "logcabin #44, canonical/raft #220 and #336",
    },
    RuleView {
        rule: Rule::MajorityCommits,
        sentence: key!(
            "An entry is committed once a majority holds it. With one copy less, it can be lost."
        ),
        section: "§5.3",
        property: Property::CommittedOnQuorum,
        incidents: "",
    },
    RuleView {
        rule: Rule::CommitWhatMatched,
        sentence: key!(
            "A follower commits at most up to the last entry that it knows to match. Without this \
             it commits what it holds instead."
        ),
        section: "Figure 2",
        property: Property::StateMachineSafety,
        incidents: "copycat #265, scylladb #9965",
    },
    RuleView {
        rule: Rule::ClampHeartbeat,
        sentence: key!(
            "A heartbeat names no commit index beyond what the follower is known to hold. Without \
             this a follower commits entries of its own."
        ),
        section: "§5.3",
        property: Property::StateMachineSafety,
        incidents: "tikv #7353",
    },
    RuleView {
        rule: Rule::RefusalsDoNotCount,
        sentence: key!(
            "A refusal says nothing about what a follower holds. Counted as an acknowledgement, it \
             commits what is nowhere."
        ),
        section: "§5.3",
        property: Property::CommittedOnQuorum,
        incidents: "CCF suffix_collision.3",
    },
    RuleView {
        rule: Rule::AckAfterFsync,
        sentence: key!(
            "Entries and votes are on disk before they are acknowledged. Without this a crash \
             loses what was promised."
        ),
        section: "Figure 2",
        property: Property::Durability,
        incidents: "etcd #14370, goraft #150, etcd #14143",
    },
    RuleView {
        rule: Rule::AckOwnTerm,
        sentence: key!(
            "A write that was begun in an earlier term acknowledges nothing in this one. Without \
             this a leader counts a copy that it has overwritten."
        ),
        section: "Figure 2",
        property: Property::CommittedOnQuorum,
        incidents: "etcd-io/raft async_storage_writes_append_aba_race, PR 8",
    },
    RuleView {
        rule: Rule::LeaderNoop,
        sentence: key!(
            "A leader begins with an empty entry. Without this what earlier leaders left behind \
             stays uncommitted until somebody writes."
        ),
        section: "§8",
        property: Property::Progress,
        incidents: "redisraft #18 and #19, canonical/raft #336",
    },
    RuleView {
        rule: Rule::RandomTimeouts,
        sentence: key!(
            "Election timeouts are random. Without this servers that time out together split their \
             votes for ever."
        ),
        section: "§5.2, §9.3",
        property: Property::Progress,
        incidents: "",
    },
    RuleView {
        rule: Rule::ReadQuorum,
        sentence: key!(
            "A leader confirms with a quorum that it still leads before it serves a read. Without \
             this a deposed one answers with old values."
        ),
        section: "§8",
        property: Property::Linearizability,
        incidents: "consul #54, d-engine #381, Jepsen on etcd 2014",
    },
    RuleView {
        rule: Rule::ReadOwnTerm,
        sentence: key!(
            "A leader serves reads only once it has committed an entry of its own term. Without \
             this it may not know yet what is committed."
        ),
        section: "§8",
        property: Property::Linearizability,
        incidents: "etcd #7331, tikv #1632 and #6340",
    },
    RuleView {
        rule: Rule::FreshReadToken,
        sentence: key!(
            "Each attempt at a read is confirmed by itself. Without this late answers to an \
             earlier attempt confirm a later one."
        ),
        section: "§6.4 of the dissertation",
        property: Property::Linearizability,
        incidents: "etcd #20418, etcd-io/raft #397",
    },
    RuleView {
        rule: Rule::NoLeaseInTransfer,
        sentence: key!(
            "A leader that hands over serves no reads on its lease. Without this it answers while \
             its successor already leads."
        ),
        section: "§6.4.1 of the dissertation",
        property: Property::Linearizability,
        incidents: "tikv #964 and #1593, etcd #12704",
    },
    RuleView {
        rule: Rule::ApplyOnce,
        sentence: key!(
            "A command that a client has sent twice is applied once. Without this a retry undoes \
             what came between."
        ),
        section: "§8",
        property: Property::Linearizability,
        incidents: "",
    },
    RuleView {
        rule: Rule::ConfigOwnTerm,
        sentence: key!(
            "A new leader changes the membership only after it has committed an entry of its own \
             term. Without this two majorities can be disjoint."
        ),
        section: "§6, erratum of 2015",
        property: Property::QuorumOverlap,
        incidents: "Ongaro on raft-dev 2015, copycat #23, axon #120",
    },
    RuleView {
        rule: Rule::OneConfigAtATime,
        sentence: key!(
            "A change of membership waits until the one before is in force. Two at once can make \
             disjoint majorities."
        ),
        section: "§6",
        property: Property::QuorumOverlap,
        incidents: "etcd #11284",
    },
    RuleView {
        rule: Rule::ConfigBeforeCampaign,
        sentence: key!(
            "Nobody stands for election before taking up the committed changes of membership. \
             Without this old and new members elect a leader each."
        ),
        section: "§6",
        property: Property::ElectionSafety,
        incidents: "etcd-io/raft #456 and #469",
    },
    RuleView {
        rule: Rule::JointConsensus,
        sentence: key!(
            "More than one voter changes only through a joint configuration. At once, two disjoint \
             majorities can decide."
        ),
        section: "§6",
        property: Property::QuorumOverlap,
        incidents: "etcd-io/raft #372",
    },
    RuleView {
        rule: Rule::StepDownOnRemoval,
        sentence: key!(
            "A leader that leaves the cluster steps down. Without this it goes on leading a \
             cluster that is not its own."
        ),
        section: "§6",
        property: Property::Progress,
        incidents: "etcd #11038, logcabin #205",
    },
    RuleView {
        rule: Rule::SnapshotMembership,
        sentence: key!(
            "A snapshot brings the membership with it. Without this a server counts the wrong \
             voters."
        ),
        section: "§7",
        property: Property::QuorumOverlap,
        incidents: "openraft #1808",
    },
    RuleView {
        rule: Rule::SnapshotReplacesLog,
        sentence: key!(
            "A snapshot that does not match the log replaces all of it. Without this entries of \
             another history stay behind it."
        ),
        section: "§7",
        property: Property::LogMatching,
        incidents: "hashicorp/raft #697",
    },
    RuleView {
        rule: Rule::RefuseOldSnapshot,
        sentence: key!(
            "A snapshot older than what is committed is ignored. Without this the state machine \
             goes back."
        ),
        section: "§7",
        property: Property::MonotonicState,
        incidents: "camunda #6092, RedisLabs/raft #49, NuRaft #407",
    },
];

/// Where a row is missing or stands elsewhere, this does not compile.
const _: () = {
    let mut place = 0;
    while place < ROWS.len() {
        assert!(ROWS[place].rule as usize == place, "each rule has its row in its place");
        place += 1;
    }
};
