//! What a server is at a moment, with what only that role needs.

use crate::progress::Progress;
use crate::reads::ReadQueue;
use crate::small_map::SmallMap;
use crate::types::{Index, NodeId, ReadToken};

/// What a server is, with what only that role needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Passive: it answers leaders and candidates.
    Follower {
        /// The leader of this term, once heard from.
        leader: Option<NodeId>,
    },
    /// It asks whether it could win an election, without a new term.
    PreCandidate(Candidate),
    /// It asks for votes.
    Candidate(Candidate),
    /// It handles every client's commands.
    Leader(Box<Leader>),
}

/// A candidate's count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Candidate {
    /// The answers so far, its own vote included once it is durable.
    pub votes: SmallMap<NodeId, bool>,
    /// How many answers said yes, duplicates included.
    pub(crate) yes_answers: u32,
}

/// What a leader keeps (Figure 2, "Volatile state on leaders").
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Leader {
    // Invariant: in the order of the members, one each, itself included while it is one.
    pub(crate) progress: Vec<(NodeId, Progress)>,
    pub(crate) transfer: Option<NodeId>,
    /// No change of membership is appended before this index is applied.
    pub(crate) pending_config: Index,
    pub(crate) uncommitted_bytes: u64,
    pub(crate) reads: ReadQueue,
    /// It is no longer a voter, and leads on until the voters know of it.
    pub(crate) leaving: Option<Leaving>,
    /// Reads that wait for the first commit of the term, with who asked.
    pub(crate) postponed_reads: Vec<(ReadToken, NodeId)>,
    /// It checks whether a quorum follows, throughout its term or since it was told to.
    pub(crate) watches_quorum: bool,
    /// A quorum followed when it last looked, or has elected it.
    pub(crate) holds_lease: bool,
    /// How often its heartbeat timeout ran out in this term.
    pub(crate) round: u64,
    /// It has told another to stand for election in its place.
    pub(crate) handed_over: bool,
}

/// A leader that has left the cluster: the change that took it out, and who is known to have learnt
/// that it is committed.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Leaving {
    pub(crate) index: Index,
    pub(crate) told: Vec<NodeId>,
}

impl Leader {
    /// Whether it has left the cluster and leads on only until those who stay know of it.
    pub fn is_leaving(&self) -> bool {
        self.leaving.is_some()
    }

    /// What it knows about each member, itself included, in ascending order of id.
    pub fn progress(&self) -> &[(NodeId, Progress)] {
        &self.progress
    }

    /// Whom it hands leadership to.
    pub fn transfer(&self) -> Option<NodeId> {
        self.transfer
    }

    /// A change of membership may stand at this index or before; none is taken before it is
    /// applied.
    pub fn pending_config(&self) -> Index {
        self.pending_config
    }

    /// The reads that wait for a quorum to confirm it.
    pub fn reads(&self) -> &ReadQueue {
        &self.reads
    }

    /// How many reads wait for the first commit of its term.
    pub fn postponed_reads(&self) -> usize {
        self.postponed_reads.len()
    }

    /// The bytes of payload that it has taken and not yet applied.
    pub fn uncommitted_bytes(&self) -> u64 {
        self.uncommitted_bytes
    }

    pub(crate) fn get(&self, id: NodeId) -> Option<&Progress> {
        self.progress.iter().find(|(member, _)| *member == id).map(|(_, progress)| progress)
    }

    pub(crate) fn get_mut(&mut self, id: NodeId) -> Option<&mut Progress> {
        self.progress.iter_mut().find(|(member, _)| *member == id).map(|(_, progress)| progress)
    }
}

/// A role without what belongs to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleKind {
    /// See [`Role::Follower`].
    Follower,
    /// See [`Role::PreCandidate`].
    PreCandidate,
    /// See [`Role::Candidate`].
    Candidate,
    /// See [`Role::Leader`].
    Leader,
}

impl RoleKind {
    /// The name used in scenario text.
    pub fn name(self) -> &'static str {
        match self {
            RoleKind::Follower => "follower",
            RoleKind::PreCandidate => "pre-candidate",
            RoleKind::Candidate => "candidate",
            RoleKind::Leader => "leader",
        }
    }
}

impl Role {
    /// The role's name.
    pub fn kind(&self) -> RoleKind {
        match self {
            Role::Follower { .. } => RoleKind::Follower,
            Role::PreCandidate(_) => RoleKind::PreCandidate,
            Role::Candidate(_) => RoleKind::Candidate,
            Role::Leader(_) => RoleKind::Leader,
        }
    }
}
