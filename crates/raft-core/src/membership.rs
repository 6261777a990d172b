//! Who belongs to the cluster, and how that changes (§6, and chapter 4 of Ongaro's dissertation),
//! as etcd's raft does it: one voter at a time, or any change through a joint configuration.

use crate::progress::Progress;
use crate::quorum::{self, VoteResult};
use crate::small_map::sort_few;
use crate::types::{Index, NodeId, varint_len};
use std::fmt;

/// The members of a cluster. Every list is in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Membership {
    /// The voters; in a joint configuration, those that come in.
    pub voters: Vec<NodeId>,
    /// In a joint configuration the voters that go out; otherwise empty.
    pub outgoing: Vec<NodeId>,
    /// Members that get the log and have no vote (§4.2.1 of the dissertation).
    pub learners: Vec<NodeId>,
    /// Voters of the outgoing half that become learners when the joint configuration is left.
    pub learners_next: Vec<NodeId>,
    /// Whether the leader leaves the joint configuration by itself.
    pub auto_leave: bool,
}

impl Membership {
    /// Voters only.
    pub fn of(voters: impl IntoIterator<Item = NodeId>) -> Membership {
        let mut voters: Vec<NodeId> = voters.into_iter().collect();
        sort_few(&mut voters, |id| *id);
        voters.dedup();
        Membership { voters, ..Membership::default() }
    }

    /// Whether two configurations are in force together (§6, "joint consensus").
    pub fn is_joint(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Whether the server has a vote, in either half.
    pub fn is_voter(&self, id: NodeId) -> bool {
        has(&self.voters, id) || has(&self.outgoing, id)
    }

    /// Whether the server is a learner.
    pub fn is_learner(&self, id: NodeId) -> bool {
        has(&self.learners, id)
    }

    /// Whether the server belongs to the cluster.
    pub fn contains(&self, id: NodeId) -> bool {
        self.is_voter(id) || self.is_learner(id)
    }

    /// The voters of both halves, in ascending order.
    pub fn all_voters(&self) -> Vec<NodeId> {
        if self.outgoing.is_empty() {
            self.voters.clone()
        } else {
            union(&self.voters, &self.outgoing)
        }
    }

    /// Everyone, in ascending order.
    pub fn members(&self) -> Vec<NodeId> {
        union(&self.all_voters(), &self.learners)
    }

    /// What a quorum has acknowledged; in a joint configuration, a quorum of each half.
    pub fn committed_index(&self, acked: impl Fn(NodeId) -> Option<Index>) -> Index {
        quorum::joint_committed_index(&self.voters, &self.outgoing, acked)
    }

    /// The outcome of a vote; in a joint configuration, of both halves.
    pub fn vote_result(&self, vote: impl Fn(NodeId) -> Option<bool>) -> VoteResult {
        quorum::joint_vote_result(&self.voters, &self.outgoing, vote)
    }
}

/// As etcd writes it: `voters=(1 2)&&(1) learners=(3)`.
impl fmt::Display for Membership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, ids: &[NodeId]| {
            let ids: Vec<String> = ids.iter().map(|id| id.0.to_string()).collect();
            write!(f, "({})", ids.join(" "))
        };
        f.write_str("voters=")?;
        list(f, &self.voters)?;
        if self.is_joint() {
            f.write_str("&&")?;
            list(f, &self.outgoing)?;
        }
        if !self.learners.is_empty() {
            f.write_str(" learners=")?;
            list(f, &self.learners)?;
        }
        if !self.learners_next.is_empty() {
            f.write_str(" learners_next=")?;
            list(f, &self.learners_next)?;
        }
        if self.auto_leave {
            f.write_str(" autoleave")?;
        }
        Ok(())
    }
}

/// How a change takes effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Transition {
    /// At once where at most one voter changes, through an auto-leaving joint configuration
    /// otherwise.
    #[default]
    Auto,
    /// Through a joint configuration that the leader leaves by itself.
    JointImplicit,
    /// Through a joint configuration that an empty change leaves.
    JointExplicit,
}

/// What happens to one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum ChangeKind {
    /// It becomes a voter.
    AddVoter,
    /// It becomes a learner.
    AddLearner,
    /// It leaves.
    Remove,
    /// Nothing, here: the application may keep something about the member.
    Update,
}

/// One part of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Change {
    /// What.
    pub kind: ChangeKind,
    /// To whom. A node of 0 is ignored, as in etcd.
    pub node: NodeId,
}

/// A change of membership, as an entry of the log carries it. An empty one leaves a joint
/// configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ConfigChange {
    /// How it takes effect.
    pub transition: Transition,
    /// What changes, in order.
    pub changes: Vec<Change>,
    /// What the application adds.
    pub context: Vec<u8>,
    /// Whether it is encoded in the older form (etcd's `EntryConfChange`), which has exactly one
    /// change.
    pub legacy: bool,
}

impl ConfigChange {
    /// One change, at once.
    pub fn one(kind: ChangeKind, node: NodeId) -> ConfigChange {
        ConfigChange { changes: vec![Change { kind, node }], ..ConfigChange::default() }
    }

    /// The change that leaves a joint configuration.
    pub fn leave_joint() -> ConfigChange {
        ConfigChange::default()
    }

    /// Whether it asks to leave a joint configuration.
    pub fn leaves_joint(&self) -> bool {
        self.transition == Transition::Auto && self.changes.is_empty()
    }

    /// Whether it enters a joint configuration, and if so, whether the leader leaves it by itself.
    pub fn enters_joint(&self) -> Option<bool> {
        match self.transition {
            Transition::Auto => (self.changes.len() > 1).then_some(true),
            Transition::JointImplicit => Some(true),
            Transition::JointExplicit => Some(false),
        }
    }

    /// Its length in bytes as etcd encodes it (`raftpb.ConfChange`, `raftpb.ConfChangeV2`).
    pub fn encoded_len(&self) -> u64 {
        let kind = |kind: ChangeKind| {
            let number = match kind {
                ChangeKind::AddVoter => 0,
                ChangeKind::Remove => 1,
                ChangeKind::Update => 2,
                ChangeKind::AddLearner => 3,
            };
            1 + varint_len(number)
        };
        let context = |empty: u64| match self.context.len() as u64 {
            0 => empty,
            length => 1 + varint_len(length) + length,
        };
        let changes = self.changes.iter().map(|c| kind(c.kind) + 1 + varint_len(c.node.0));
        if self.legacy {
            return 2 + changes.sum::<u64>() + context(0);
        }
        if self.leaves_joint() && self.context.is_empty() {
            return 0;
        }
        2 + changes.map(|length| 1 + varint_len(length) + length).sum::<u64>() + context(0)
    }
}

/// As etcd writes changes: `v1 l2 r3 u4`.
impl fmt::Display for ConfigChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, change) in self.changes.iter().enumerate() {
            let letter = match change.kind {
                ChangeKind::AddVoter => 'v',
                ChangeKind::AddLearner => 'l',
                ChangeKind::Remove => 'r',
                ChangeKind::Update => 'u',
            };
            let gap = if place == 0 { "" } else { " " };
            write!(f, "{gap}{letter}{}", change.node.0)?;
        }
        Ok(())
    }
}

/// Why a change is impossible. The words are etcd's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeError {
    /// A joint configuration cannot be entered from a joint one.
    AlreadyJoint,
    /// There is nobody who could decide.
    NoVoters,
    /// There is no joint configuration to leave.
    NotJoint,
    /// Only the way out is open in a joint configuration.
    InJoint,
    /// Two voters at once could make two disjoint majorities.
    MoreThanOneVoter,
    /// Nobody would be left to vote.
    RemovedAll,
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ChangeError::AlreadyJoint => "config is already joint",
            ChangeError::NoVoters => "can't make a zero-voter config joint",
            ChangeError::NotJoint => "can't leave a non-joint config",
            ChangeError::InJoint => "can't apply simple config change in joint config",
            ChangeError::MoreThanOneVoter => {
                "more than one voter changed without entering joint config"
            }
            ChangeError::RemovedAll => "removed all voters",
        })
    }
}

impl std::error::Error for ChangeError {}

/// Members with what a leader knows of each: what a change of membership changes. Shaped after
/// etcd's `confchange` package, whose test data it passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    /// Who belongs to the cluster.
    pub membership: Membership,
    /// What is known of each, in ascending order of id.
    pub progress: Vec<(NodeId, Progress)>,
}

impl Roster {
    /// A roster of which nothing is known, for servers that do not lead.
    pub fn unknown(membership: &Membership) -> Roster {
        let fresh = |id: NodeId| {
            (id, Progress { is_learner: membership.is_learner(id), ..Progress::new(1) })
        };
        Roster {
            membership: membership.clone(),
            progress: membership.members().into_iter().map(fresh).collect(),
        }
    }

    /// What follows from a change; newcomers are probed from `last_index` on.
    ///
    /// # Errors
    /// Where the present configuration does not allow it.
    pub fn after(&self, change: &ConfigChange, last_index: Index) -> Result<Roster, ChangeError> {
        if change.leaves_joint() {
            self.leave_joint()
        } else if let Some(auto_leave) = change.enters_joint() {
            self.enter_joint(auto_leave, &change.changes, last_index)
        } else {
            self.simple(&change.changes, last_index)
        }
    }

    /// At most one voter changes, at once.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub fn simple(&self, changes: &[Change], last_index: Index) -> Result<Roster, ChangeError> {
        if self.membership.is_joint() {
            return Err(ChangeError::InJoint);
        }
        let mut next = self.clone();
        next.apply(changes, last_index)?;
        let (old, new) = (&self.membership.voters, &next.membership.voters);
        let gone = old.iter().filter(|id| !has(new, **id)).count();
        let came = new.iter().filter(|id| !has(old, **id)).count();
        if gone + came > 1 { Err(ChangeError::MoreThanOneVoter) } else { Ok(next) }
    }

    /// Any change at once, as nobody should: two disjoint majorities may follow.
    ///
    /// # Errors
    /// Where nobody would be left to vote.
    pub fn at_once(&self, changes: &[Change], last_index: Index) -> Result<Roster, ChangeError> {
        let mut next = self.clone();
        next.apply(changes, last_index)?;
        Ok(next)
    }

    /// Both the old and the new voters decide together until the joint configuration is left.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub fn enter_joint(
        &self,
        auto_leave: bool,
        changes: &[Change],
        last_index: Index,
    ) -> Result<Roster, ChangeError> {
        if self.membership.is_joint() {
            return Err(ChangeError::AlreadyJoint);
        }
        if self.membership.voters.is_empty() {
            return Err(ChangeError::NoVoters);
        }
        let mut next = self.clone();
        next.membership.outgoing = self.membership.voters.clone();
        next.apply(changes, last_index)?;
        next.membership.auto_leave = auto_leave;
        Ok(next)
    }

    /// Only the new voters decide from here on.
    ///
    /// # Errors
    /// See [`ChangeError`].
    pub fn leave_joint(&self) -> Result<Roster, ChangeError> {
        if !self.membership.is_joint() {
            return Err(ChangeError::NotJoint);
        }
        let mut next = self.clone();
        for id in std::mem::take(&mut next.membership.learners_next) {
            add(&mut next.membership.learners, id);
            if let Some(progress) = next.get_mut(id) {
                progress.is_learner = true;
            }
        }
        for id in std::mem::take(&mut next.membership.outgoing) {
            if !next.membership.contains(id) {
                next.progress.retain(|(known, _)| *known != id);
            }
        }
        next.membership.auto_leave = false;
        Ok(next)
    }

    fn apply(&mut self, changes: &[Change], last_index: Index) -> Result<(), ChangeError> {
        for change in changes.iter().filter(|change| change.node.0 != 0) {
            match change.kind {
                ChangeKind::AddVoter => self.make_voter(change.node, last_index),
                ChangeKind::AddLearner => self.make_learner(change.node, last_index),
                ChangeKind::Remove => self.remove(change.node),
                ChangeKind::Update => {}
            }
        }
        if self.membership.voters.is_empty() { Err(ChangeError::RemovedAll) } else { Ok(()) }
    }

    fn make_voter(&mut self, id: NodeId, last_index: Index) {
        let Some(progress) = self.get_mut(id) else { return self.begin(id, false, last_index) };
        progress.is_learner = false;
        drop_id(&mut self.membership.learners, id);
        drop_id(&mut self.membership.learners_next, id);
        add(&mut self.membership.voters, id);
    }

    /// A voter of the outgoing half stays one until the joint configuration is left.
    fn make_learner(&mut self, id: NodeId, last_index: Index) {
        let Some(progress) = self.get_mut(id) else { return self.begin(id, true, last_index) };
        if progress.is_learner {
            return;
        }
        drop_id(&mut self.membership.voters, id);
        if has(&self.membership.outgoing, id) {
            add(&mut self.membership.learners_next, id);
        } else {
            add(&mut self.membership.learners, id);
            if let Some(progress) = self.get_mut(id) {
                progress.is_learner = true;
            }
        }
    }

    fn remove(&mut self, id: NodeId) {
        drop_id(&mut self.membership.voters, id);
        drop_id(&mut self.membership.learners, id);
        drop_id(&mut self.membership.learners_next, id);
        if !has(&self.membership.outgoing, id) {
            self.progress.retain(|(known, _)| *known != id);
        }
    }

    /// A newcomer counts as active, so that check-quorum gives it time to answer.
    fn begin(&mut self, id: NodeId, is_learner: bool, last_index: Index) {
        let list =
            if is_learner { &mut self.membership.learners } else { &mut self.membership.voters };
        add(list, id);
        let next_index = last_index.max(1);
        let progress = Progress { is_learner, recent_active: true, ..Progress::new(next_index) };
        let place = self.progress.partition_point(|(known, _)| *known < id);
        self.progress.insert(place, (id, progress));
    }

    fn get_mut(&mut self, id: NodeId) -> Option<&mut Progress> {
        self.progress.iter_mut().find(|(known, _)| *known == id).map(|(_, progress)| progress)
    }
}

fn has(ids: &[NodeId], id: NodeId) -> bool {
    ids.binary_search(&id).is_ok()
}

fn add(ids: &mut Vec<NodeId>, id: NodeId) {
    if let Err(place) = ids.binary_search(&id) {
        ids.insert(place, id);
    }
}

fn drop_id(ids: &mut Vec<NodeId>, id: NodeId) {
    ids.retain(|known| *known != id);
}

fn union(a: &[NodeId], b: &[NodeId]) -> Vec<NodeId> {
    let mut all = a.to_vec();
    for id in b {
        add(&mut all, *id);
    }
    all
}
