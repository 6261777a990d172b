//! Why a server did what it did, as data. Sentences are made elsewhere.

use crate::membership::ChangeError;
use crate::types::{Index, NodeId, Position, ReadToken, Term};

/// One decision and its reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// The server learned of a higher term and adopted it (§5.1).
    TermAdopted {
        /// The server whose message carried it.
        from: NodeId,
        /// The term it had before.
        old: Term,
        /// The term it has adopted.
        term: Term,
    },
    /// Its election timeout ran out and it became a candidate (§5.2).
    ElectionStarted {
        /// The new term.
        term: Term,
        /// The leader it had last heard from, if any.
        lost_leader: Option<NodeId>,
    },
    /// Its election timeout ran out and it asks whether it could win (§9.6 of the dissertation).
    PreVoteStarted {
        /// The term that it would start.
        term: Term,
        /// The leader it had last heard from, if any.
        lost_leader: Option<NodeId>,
    },
    /// It did not stand for election.
    CampaignRefused(CampaignRefusal),
    /// It would vote for this candidate.
    PreVoteGranted {
        /// The candidate.
        candidate: NodeId,
        /// The term that the candidate would start.
        term: Term,
    },
    /// It would not.
    PreVoteDenied {
        /// The candidate.
        candidate: NodeId,
        /// The term that the candidate would start.
        term: Term,
        /// Why.
        because: Denial,
    },
    /// It gave its vote (§5.2).
    VoteGranted {
        /// The candidate.
        candidate: NodeId,
        /// The term of the vote.
        term: Term,
    },
    /// It refused its vote.
    VoteDenied {
        /// The candidate.
        candidate: NodeId,
        /// The term that the candidate asked for.
        term: Term,
        /// Why.
        because: Denial,
    },
    /// A candidate counted an answer (§5.2).
    VoteCounted {
        /// The term of the election.
        term: Term,
        /// Who answered.
        from: NodeId,
        /// What the answer was.
        granted: bool,
        /// The votes it has, its own included.
        votes: u32,
        /// The votes that it needs.
        needed: u32,
    },
    /// A server that asks whether it could win counted an answer (§9.6 of the dissertation).
    PreVoteCounted {
        /// The term that it would start.
        term: Term,
        /// Who answered.
        from: NodeId,
        /// What the answer was.
        granted: bool,
        /// How many would vote for it, itself included.
        votes: u32,
        /// How many must.
        needed: u32,
    },
    /// It won the election (§5.2).
    BecameLeader {
        /// The term in which it leads.
        term: Term,
        /// The votes it had.
        votes: u32,
    },
    /// It stopped being a candidate or leader.
    SteppedDown {
        /// The term it was in.
        term: Term,
        /// Whether it had been leading.
        was_leader: bool,
        /// Why.
        because: StepDown,
    },
    /// It first heard from this term's leader.
    LeaderFollowed {
        /// The leader.
        leader: NodeId,
        /// Its term.
        term: Term,
    },
    /// A leader appended a client's command to its log (§5.3).
    Appended {
        /// Where.
        index: Index,
        /// In which term.
        term: Term,
    },
    /// A follower stored entries from the leader (§5.3).
    Stored {
        /// The leader.
        from: NodeId,
        /// The first entry stored.
        first: Index,
        /// The last entry stored.
        last: Index,
    },
    /// A follower removed entries that conflict with the leader's (§5.3).
    Truncated {
        /// The leader whose entries replace them.
        leader: NodeId,
        /// The first index removed.
        from: Index,
        /// The last index removed.
        to: Index,
    },
    /// A follower refused AppendEntries.
    AppendRejected {
        /// The leader.
        leader: NodeId,
        /// The `previous` that it asked for.
        previous: Position,
        /// Why.
        because: AppendRejection,
    },
    /// A leader steps back because a follower's log does not match (§5.3).
    NextIndexLowered {
        /// The follower.
        follower: NodeId,
        /// The next index it had meant to send.
        from: Index,
        /// The next index it tries.
        to: Index,
    },
    /// The commit index went up.
    Committed {
        /// The commit index before.
        from: Index,
        /// The commit index after.
        to: Index,
        /// Whether this server leads, and so decided it.
        as_leader: bool,
    },
    /// Enough servers hold this entry, yet the leader may not commit it: it is from an earlier term
    /// (§5.4.2).
    OldTermNotCommitted {
        /// The entry.
        index: Index,
        /// Its term.
        term: Term,
    },
    /// A message of an older term was ignored or refused (§5.1).
    StaleMessage {
        /// Who sent it.
        from: NodeId,
        /// Its term.
        term: Term,
    },
    /// A leader appended a change of membership (§6).
    ConfigAppended {
        /// Where.
        index: Index,
    },
    /// A leader put an empty entry in place of a change of membership.
    ConfigRefused {
        /// Why.
        because: ConfigRefusal,
    },
    /// A committed change of membership took effect.
    ConfigApplied {
        /// The entry.
        index: Index,
        /// Whether two configurations decide together now.
        joint: bool,
    },
    /// A committed change of membership is impossible, and nothing changed.
    ConfigImpossible {
        /// The entry.
        index: Index,
        /// Why.
        because: ChangeError,
    },
    /// The leader leaves a joint configuration by itself.
    LeavingJoint,
    /// A leader sent a snapshot: it no longer has the entries that the follower lacks (§7).
    SnapshotSent {
        /// The follower.
        to: NodeId,
        /// The last entry in it.
        index: Index,
    },
    /// A snapshot took the place of the log up to its end (§7).
    SnapshotInstalled {
        /// The leader.
        from: NodeId,
        /// The last entry in it.
        index: Index,
    },
    /// A snapshot told nothing new.
    SnapshotIgnored {
        /// The leader.
        from: NodeId,
        /// The last entry in it.
        index: Index,
    },
    /// The log up to this index was dropped.
    Compacted {
        /// The last index dropped.
        index: Index,
    },
    /// A leader hands leadership over (§3.10 of the dissertation).
    TransferStarted {
        /// To whom.
        to: NodeId,
    },
    /// The next leader has every entry and was told to stand for election.
    TimeoutNowSent {
        /// The next leader.
        to: NodeId,
    },
    /// It took too long, or the next leader cannot lead.
    TransferAborted {
        /// Who should have led.
        to: NodeId,
    },
    /// A quorum has confirmed the leader, so the read may be served (§6.4 of the dissertation).
    ReadConfirmed {
        /// The read.
        token: ReadToken,
        /// From this index on.
        index: Index,
    },
    /// The leader has committed nothing in its term yet, so the read waits.
    ReadWaits {
        /// The read.
        token: ReadToken,
    },
    /// The server knows no leader, so the read gets no answer.
    ReadUnanswered {
        /// The read.
        token: ReadToken,
    },
    /// A leader says that more is committed than this log holds, though it says no more than what
    /// this server has acknowledged: the log was lost. The server does nothing more and has to be
    /// ended ([`crate::LostLog::Stops`]).
    Stopped {
        /// The commit index of the heartbeat.
        commit_index: Index,
        /// Our last index.
        last: Index,
    },
    /// A follower lacks what it has acknowledged, and the leader sends it again
    /// ([`crate::LostLog::IsSentAgain`]).
    AcknowledgedLost {
        /// The follower.
        follower: NodeId,
        /// Up to where it had acknowledged.
        acknowledged: Index,
        /// The next index that it is sent.
        to: Index,
    },
    /// The server was told to forget its leader.
    LeaderForgotten {
        /// The leader.
        leader: NodeId,
    },
    /// Something happened that Raft rules out: with a rule switched off, it can.
    Impossible(Impossible),
}

/// Why a vote was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// The candidate's term is older than ours (§5.1).
    StaleTerm,
    /// We voted for somebody else in this term (§5.2).
    AlreadyVoted {
        /// For whom.
        voted_for: NodeId,
    },
    /// We follow a leader of this term already.
    FollowsLeader {
        /// The leader.
        leader: NodeId,
    },
    /// We have heard from a leader lately (§4.2.3 of the dissertation).
    LeaderAlive {
        /// The leader.
        leader: NodeId,
    },
    /// Our log is more up-to-date than the candidate's (§5.4.1).
    StaleLog {
        /// Our last entry.
        ours: Position,
        /// The candidate's last entry.
        theirs: Position,
    },
}

/// Why a server stopped being a candidate or leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepDown {
    /// It learned of a higher term (§5.1).
    HigherTerm {
        /// The higher term.
        term: Term,
    },
    /// Another server won this term's election (§5.2).
    LeaderElected {
        /// That server.
        leader: NodeId,
    },
    /// It can no longer win this election (§5.2).
    VotesLost,
    /// It has not heard from a quorum for an election timeout (§6.2 of the dissertation).
    QuorumLost,
    /// It is no longer a voter (§6).
    Removed,
}

/// Why a server did not stand for election.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CampaignRefusal {
    /// It has no vote.
    NotVoter,
    /// A change of membership is committed and not yet in force here: it may no longer be a voter.
    ConfigNotTakenUp {
        /// The entry.
        index: Index,
    },
    /// A snapshot is being written.
    SnapshotPending,
}

/// Why a leader refused a change of membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigRefusal {
    /// One may be on its way.
    Pending {
        /// Where it would stand.
        index: Index,
        /// Up to where this leader has applied.
        applied: Index,
    },
    /// A joint configuration must be left first.
    InJoint,
    /// There is no joint configuration to leave.
    NotJoint,
}

/// Why AppendEntries was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendRejection {
    /// The leader's term is older than ours (§5.1).
    StaleTerm,
    /// Our log ends before `previous` (§5.3).
    Missing {
        /// Our last index.
        last: Index,
    },
    /// We hold an entry of another term there (§5.3).
    Conflict {
        /// The term of our entry.
        ours: Term,
    },
}

/// What Raft rules out and a server with a rule switched off may meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impossible {
    /// Two leaders in one term.
    TwoLeaders {
        /// The other leader.
        other: NodeId,
        /// The term.
        term: Term,
    },
    /// A leader asks for a committed entry to be replaced.
    CommittedEntryReplaced {
        /// The entry.
        index: Index,
    },
    /// A follower acknowledges what its leader never sent.
    MatchBeyondLog {
        /// The follower.
        follower: NodeId,
        /// What it claims to hold.
        match_index: Index,
    },
    /// A snapshot would put the state machine back.
    SnapshotGoesBack {
        /// The last entry in it.
        index: Index,
        /// Up to where this server has committed.
        committed: Index,
    },
    /// A message says that an entry is committed which this log does not hold.
    CommitBeyondLog {
        /// The commit index of the message.
        commit_index: Index,
        /// Our last index.
        last: Index,
    },
}
