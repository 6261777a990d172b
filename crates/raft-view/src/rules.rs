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
    /// Where it stands; of the paper, if nothing else is said.
    pub section: &'static str,
    /// The property that it defends.
    pub property: Property,
    /// Where it was missing for real: projects and the numbers of their issues; empty where none is
    /// known here.
    pub incidents: &'static str,
}

/// What a list says of the scenario that shows what the rule of this name is for: a sentence about the
/// rule, and what to watch for.
pub fn listed(name: &str) -> Option<(&'static str, String)> {
    let view = explain(Rule::from_name(name)?);
    Some((view.sentence, tr!("Watch {} break.", words::property(view.property))))
}

/// What is to be said about a rule.
pub fn explain(rule: Rule) -> RuleView {
    let (sentence, section, property, incidents) = match rule {
        Rule::PersistVote => (
            key!(
                "A server writes its vote to disk before it gives it. Without this it can forget its vote in a crash and vote twice in one term."
            ),
            "Figure 2, §5.2",
            Property::ElectionSafety,
            "cornerstone #65, valkey #3887",
        ),
        Rule::PersistTerm => (
            key!(
                "A server writes its term to disk before it sends anything in it. Without this it comes back in an old term and votes in it again."
            ),
            "Figure 2, §5.1",
            Property::ElectionSafety,
            "",
        ),
        Rule::VoteOnce => (
            key!(
                "A server votes for at most one candidate in a term. Without this two candidates can both win."
            ),
            "§5.2",
            Property::ElectionSafety,
            "",
        ),
        Rule::KeepVote => (
            key!(
                "A candidate or leader that steps down within its term keeps the vote it gave. Without this it votes again in the same term."
            ),
            "§5.2",
            Property::ElectionSafety,
            "akka-raft #56, camunda #5356, CCF pre_vote_double_leader",
        ),
        Rule::VoteUpToDate => (
            key!(
                "A voter refuses a candidate whose log is less up-to-date than its own. Without this a leader can lack committed entries."
            ),
            "§5.4.1",
            Property::LeaderCompleteness,
            "",
        ),
        Rule::MajorityElects => (
            key!("A candidate needs the votes of a majority. With one vote less, two can win."),
            "§5.2",
            Property::ElectionSafety,
            "",
        ),
        Rule::CountVoters => (
            key!(
                "A candidate counts voters, not answers. Without this one answer that arrives twice is two votes."
            ),
            "§5.2",
            Property::ElectionSafety,
            "xraft #27",
        ),
        Rule::CurrentTermVotes => (
            key!(
                "A candidate counts only votes of its present term. Without this late votes of an old election win a new one."
            ),
            "§5.1",
            Property::ElectionSafety,
            "little-raft #44",
        ),
        Rule::RefuseStaleAppend => (
            key!(
                "AppendEntries of an older term is refused. Without this a deposed leader overwrites what is committed."
            ),
            "§5.1",
            Property::StateMachineSafety,
            "",
        ),
        Rule::MatchPrevious => (
            key!(
                "A follower takes entries only where it holds the one before them. Without this logs of different history are glued together."
            ),
            "§5.3",
            Property::LogMatching,
            "",
        ),
        Rule::KeepMatching => (
            key!(
                "Entries that do not conflict stay. Without this an old message that arrives late removes acknowledged entries."
            ),
            "§5.3",
            Property::CommittedOnQuorum,
            "willemt/raft #37, akka-raft #66",
        ),
        Rule::DropConflicts => (
            key!(
                "A conflicting entry goes, and with it all that follow. Without this entries of another history stay behind the new ones."
            ),
            "§5.3",
            Property::LogMatching,
            "mofa #1150",
        ),
        Rule::BackOff => (
            key!(
                "After a refusal the leader tries an earlier index. Without this a follower that lags behind never catches up."
            ),
            "§5.3",
            Property::Progress,
            "etcd #1366, openraft #1500",
        ),
        Rule::CommitCurrentTerm => (
            key!(
                "A leader commits by counting copies only entries of its own term. Without this a committed entry can be replaced."
            ),
            "§5.4.2, Figure 8",
            Property::CommittedImmutable,
            "logcabin #44, canonical/raft #220 and #336",
        ),
        Rule::MajorityCommits => (
            key!(
                "An entry is committed once a majority holds it. With one copy less, it can be lost."
            ),
            "§5.3",
            Property::CommittedOnQuorum,
            "",
        ),
        Rule::CommitWhatMatched => (
            key!(
                "A follower commits at most up to the last entry that it knows to match. Without this it commits what it holds instead."
            ),
            "Figure 2",
            Property::StateMachineSafety,
            "copycat #265, scylladb #9965",
        ),
        Rule::ClampHeartbeat => (
            key!(
                "A heartbeat names no commit index beyond what the follower is known to hold. Without this a follower commits entries of its own."
            ),
            "§5.3",
            Property::StateMachineSafety,
            "tikv #7353",
        ),
        Rule::RefusalsDoNotCount => (
            key!(
                "A refusal says nothing about what a follower holds. Counted as an acknowledgement, it commits what is nowhere."
            ),
            "§5.3",
            Property::CommittedOnQuorum,
            "CCF suffix_collision.3",
        ),
        Rule::AckAfterFsync => (
            key!(
                "Entries and votes are on disk before they are acknowledged. Without this a crash loses what was promised."
            ),
            "Figure 2",
            Property::Durability,
            "etcd #14370, goraft #150, etcd #14143",
        ),
        Rule::AckOwnTerm => (
            key!(
                "A write that was begun in an earlier term acknowledges nothing in this one. Without this a leader counts a copy that it has overwritten."
            ),
            "Figure 2",
            Property::CommittedOnQuorum,
            "etcd-io/raft async_storage_writes_append_aba_race, PR 8",
        ),
        Rule::LeaderNoop => (
            key!(
                "A leader begins with an empty entry. Without this what earlier leaders left behind stays uncommitted until somebody writes."
            ),
            "§8",
            Property::Progress,
            "redisraft #18 and #19, canonical/raft #336",
        ),
        Rule::RandomTimeouts => (
            key!(
                "Election timeouts are random. Without this servers that time out together split their votes for ever."
            ),
            "§5.2, §9.3",
            Property::Progress,
            "",
        ),
        Rule::ReadQuorum => (
            key!(
                "A leader confirms with a quorum that it still leads before it serves a read. Without this a deposed one answers with old values."
            ),
            "§8",
            Property::Linearizability,
            "consul #54, d-engine #381, Jepsen on etcd 2014",
        ),
        Rule::ReadOwnTerm => (
            key!(
                "A leader serves reads only once it has committed an entry of its own term. Without this it may not know yet what is committed."
            ),
            "§8",
            Property::Linearizability,
            "etcd #7331, tikv #1632 and #6340",
        ),
        Rule::FreshReadToken => (
            key!(
                "Each attempt at a read is confirmed by itself. Without this late answers to an earlier attempt confirm a later one."
            ),
            "§6.4 of the dissertation",
            Property::Linearizability,
            "etcd #20418, etcd-io/raft #397",
        ),
        Rule::NoLeaseInTransfer => (
            key!(
                "A leader that hands over serves no reads on its lease. Without this it answers while its successor already leads."
            ),
            "§6.4.1 of the dissertation",
            Property::Linearizability,
            "tikv #964 and #1593, etcd #12704",
        ),
        Rule::ApplyOnce => (
            key!(
                "A command that a client has sent twice is applied once. Without this a retry undoes what came between."
            ),
            "§8",
            Property::Linearizability,
            "",
        ),
        Rule::ConfigOwnTerm => (
            key!(
                "A new leader changes the membership only after it has committed an entry of its own term. Without this two majorities can be disjoint."
            ),
            "§6, erratum of 2015",
            Property::QuorumOverlap,
            "Ongaro on raft-dev 2015, copycat #23, axon #120",
        ),
        Rule::OneConfigAtATime => (
            key!(
                "A change of membership waits until the one before is in force. Two at once can make disjoint majorities."
            ),
            "§6",
            Property::QuorumOverlap,
            "etcd #11284",
        ),
        Rule::ConfigBeforeCampaign => (
            key!(
                "Nobody stands for election before taking up the committed changes of membership. Without this old and new members elect a leader each."
            ),
            "§6",
            Property::ElectionSafety,
            "etcd-io/raft #456 and #469",
        ),
        Rule::JointConsensus => (
            key!(
                "More than one voter changes only through a joint configuration. At once, two disjoint majorities can decide."
            ),
            "§6",
            Property::QuorumOverlap,
            "etcd-io/raft #372",
        ),
        Rule::StepDownOnRemoval => (
            key!(
                "A leader that leaves the cluster steps down. Without this it goes on leading a cluster that is not its own."
            ),
            "§6",
            Property::Progress,
            "etcd #11038, logcabin #205",
        ),
        Rule::SnapshotMembership => (
            key!(
                "A snapshot brings the membership with it. Without this a server counts the wrong voters."
            ),
            "§7",
            Property::QuorumOverlap,
            "openraft #1808",
        ),
        Rule::SnapshotReplacesLog => (
            key!(
                "A snapshot that does not match the log replaces all of it. Without this entries of another history stay behind it."
            ),
            "§7",
            Property::LogMatching,
            "hashicorp/raft #697",
        ),
        Rule::RefuseOldSnapshot => (
            key!(
                "A snapshot older than what is committed is ignored. Without this the state machine goes back."
            ),
            "§7",
            Property::MonotonicState,
            "camunda #6092, RedisLabs/raft #49, NuRaft #407",
        ),
    };
    RuleView { rule, sentence: crate::lang::look_up(sentence), section, property, incidents }
}
