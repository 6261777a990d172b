//! What the two kinds of server say, in each other's words.
//!
//! Ours → theirs, with the fields that carry it:
//!
//! - pre-vote, vote → `MsgRequestPreVote`, `MsgRequestVote`. `index`, `log_term`: the last entry;
//!   `context`: whether the leader asked for it
//! - their replies → `Msg…Response`. `reject`
//! - append → `MsgAppend`. `index`, `log_term`: the entry before; `entries`; `commit`
//! - accepted → `MsgAppendResponse`. `index`: the last that matches; 0 where the term was old
//! - rejected → `MsgAppendResponse`. `reject`; `index`: what failed; `reject_hint`, `log_term`:
//!   where they may agree
//! - heartbeat and reply → `MsgHeartbeat`, `MsgHeartbeatResponse`. `commit`; `context`: the read
//! - snapshot → `MsgSnapshot`. `snapshot`
//! - timeout-now, transfer → `MsgTimeoutNow`, `MsgTransferLeader`. `from`: who is to lead
//! - read-index and reply → `MsgReadIndex`, `MsgReadIndexResp`. The data of the only entry: the
//!   read; `index`
//! - propose → `MsgPropose`. `entries` without index
//!
//! A change of membership travels as protocol buffers within an entry's data. The numbers of its
//! kinds are tikv's, which differ from etcd's: 2 is a learner there.

mod reads;

use protobuf::Message as _;
use raft::eraftpb::{self, ConfChangeTransition, ConfChangeType, EntryType, MessageType};
use raft_core::{
    AppendReply, Body, Change, ChangeKind, ConfigChange, Entry, EntryRef, Membership, Message,
    NodeId, Payload, Position, Snapshot, Transition,
};
use reads::{echo_to_ours, echo_to_theirs, only_read, read_entry};
use std::fmt;
use std::sync::Arc;

pub use reads::{read_context, read_token};

/// With this in its context a vote is asked for because the leader wanted the election.
const TRANSFER: &[u8] = b"CampaignTransfer";

/// Why something cannot be said in the other's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TranslateError {
    /// The other side knows no such thing.
    NoCounterpart(&'static str),
    /// These bytes are not what they should be.
    Malformed(&'static str),
}

impl fmt::Display for TranslateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TranslateError::NoCounterpart(what) => write!(f, "no counterpart for {what}"),
            TranslateError::Malformed(what) => write!(f, "malformed {what}"),
        }
    }
}

impl std::error::Error for TranslateError {}

// ---- messages ----

/// Our message in tikv's words.
///
/// # Errors
/// Where an entry changes a member's data (`ChangeKind::Update`), which tikv's crate does not know.
pub fn to_theirs(message: &Message) -> Result<eraftpb::Message, TranslateError> {
    let Message { from, to, term, body } = message;
    let mut theirs = eraftpb::Message { from: from.0, to: to.0, term: *term, ..<_>::default() };
    theirs.set_msg_type(their_type(body));
    fill_in(&mut theirs, body)?;
    Ok(theirs)
}

fn their_type(body: &Body) -> MessageType {
    match body {
        Body::RequestVote { .. } => MessageType::MsgRequestVote,
        Body::RequestVoteReply { .. } => MessageType::MsgRequestVoteResponse,
        Body::PreVote { .. } => MessageType::MsgRequestPreVote,
        Body::PreVoteReply { .. } => MessageType::MsgRequestPreVoteResponse,
        Body::AppendEntries { .. } => MessageType::MsgAppend,
        Body::AppendEntriesReply(_) => MessageType::MsgAppendResponse,
        Body::Heartbeat { .. } => MessageType::MsgHeartbeat,
        Body::HeartbeatReply { .. } => MessageType::MsgHeartbeatResponse,
        Body::InstallSnapshot { .. } => MessageType::MsgSnapshot,
        Body::TimeoutNow => MessageType::MsgTimeoutNow,
        Body::TransferLeader => MessageType::MsgTransferLeader,
        Body::ReadIndex { .. } => MessageType::MsgReadIndex,
        Body::ReadIndexReply { .. } => MessageType::MsgReadIndexResp,
        Body::Propose { .. } => MessageType::MsgPropose,
    }
}

/// Writes what a message says into the fields that tikv's crate keeps it in.
fn fill_in(theirs: &mut eraftpb::Message, body: &Body) -> Result<(), TranslateError> {
    match body {
        Body::RequestVote { last, transfer } => {
            (theirs.index, theirs.log_term) = (last.index, last.term);
            if *transfer {
                theirs.set_context(TRANSFER.to_vec().into());
            }
        }
        Body::PreVote { last } => (theirs.index, theirs.log_term) = (last.index, last.term),
        Body::RequestVoteReply { vote_granted } | Body::PreVoteReply { vote_granted } => {
            theirs.reject = !vote_granted;
        }
        Body::AppendEntries { previous, entries, commit_index } => {
            (theirs.index, theirs.log_term) = (previous.index, previous.term);
            theirs.commit = *commit_index;
            let entries: Result<Vec<_>, _> =
                entries.iter().map(|entry| entry_to_theirs(entry)).collect();
            theirs.set_entries(entries?.into());
        }
        Body::AppendEntriesReply(AppendReply::Accepted { match_index }) => {
            theirs.index = *match_index;
        }
        Body::AppendEntriesReply(AppendReply::Rejected { previous_index, hint }) => {
            theirs.reject = true;
            theirs.index = *previous_index;
            (theirs.reject_hint, theirs.log_term) = (hint.index, hint.term);
        }
        Body::Heartbeat { commit_index, echo } => {
            theirs.commit = *commit_index;
            theirs.set_context(echo_to_theirs(*echo).into());
        }
        Body::HeartbeatReply { echo } => theirs.set_context(echo_to_theirs(*echo).into()),
        Body::InstallSnapshot { snapshot } => theirs.set_snapshot(snapshot_to_theirs(snapshot)),
        Body::AppendEntriesReply(AppendReply::StaleTerm)
        | Body::TimeoutNow
        | Body::TransferLeader => {}
        Body::ReadIndex { token } => theirs.set_entries(vec![read_entry(*token)].into()),
        Body::ReadIndexReply { token, index } => {
            theirs.set_entries(vec![read_entry(*token)].into());
            theirs.index = *index;
        }
        Body::Propose { payloads } => {
            let entries: Result<Vec<_>, _> = payloads.iter().map(payload_to_theirs).collect();
            theirs.set_entries(entries?.into());
        }
    }
    Ok(())
}

/// tikv's message in our words. What it says beyond them is left out: the commit index of voters
/// and followers, which only lets others learn it sooner, and priorities.
///
/// # Errors
/// For messages that never leave a server, and where bytes are not what they should be.
pub fn to_ours(theirs: &eraftpb::Message) -> Result<Message, TranslateError> {
    let last = Position { term: theirs.log_term, index: theirs.index };
    let vote_granted = !theirs.reject;
    let body = match theirs.get_msg_type() {
        MessageType::MsgRequestVote => {
            Body::RequestVote { last, transfer: theirs.get_context() == TRANSFER }
        }
        MessageType::MsgRequestVoteResponse => Body::RequestVoteReply { vote_granted },
        MessageType::MsgRequestPreVote => Body::PreVote { last },
        MessageType::MsgRequestPreVoteResponse => Body::PreVoteReply { vote_granted },
        MessageType::MsgAppend => {
            let entries: Result<Vec<_>, _> =
                theirs.get_entries().iter().map(entry_to_ours).collect();
            Body::AppendEntries { previous: last, entries: entries?, commit_index: theirs.commit }
        }
        MessageType::MsgAppendResponse => Body::AppendEntriesReply(reply_to_ours(theirs)?),
        MessageType::MsgHeartbeat => Body::Heartbeat {
            commit_index: theirs.commit,
            echo: echo_to_ours(theirs.get_context())?,
        },
        MessageType::MsgHeartbeatResponse => {
            Body::HeartbeatReply { echo: echo_to_ours(theirs.get_context())? }
        }
        MessageType::MsgSnapshot => {
            Body::InstallSnapshot { snapshot: Arc::new(snapshot_to_ours(theirs.get_snapshot())) }
        }
        MessageType::MsgTimeoutNow => Body::TimeoutNow,
        MessageType::MsgTransferLeader => Body::TransferLeader,
        MessageType::MsgReadIndex => Body::ReadIndex { token: only_read(theirs)? },
        MessageType::MsgReadIndexResp => {
            Body::ReadIndexReply { token: only_read(theirs)?, index: theirs.index }
        }
        MessageType::MsgPropose => {
            let payloads: Result<Vec<_>, _> =
                theirs.get_entries().iter().map(payload_to_ours).collect();
            Body::Propose { payloads: payloads? }
        }
        MessageType::MsgHup
        | MessageType::MsgBeat
        | MessageType::MsgUnreachable
        | MessageType::MsgSnapStatus
        | MessageType::MsgCheckQuorum => {
            return Err(TranslateError::NoCounterpart("a message to oneself"));
        }
    };
    Ok(Message { from: NodeId(theirs.from), to: NodeId(theirs.to), term: theirs.term, body })
}

fn reply_to_ours(theirs: &eraftpb::Message) -> Result<AppendReply, TranslateError> {
    if theirs.request_snapshot != 0 {
        return Err(TranslateError::NoCounterpart("a follower's request for a snapshot"));
    }
    Ok(if theirs.reject {
        AppendReply::Rejected {
            previous_index: theirs.index,
            hint: Position { term: theirs.log_term, index: theirs.reject_hint },
        }
    } else if theirs.index == 0 {
        AppendReply::StaleTerm
    } else {
        AppendReply::Accepted { match_index: theirs.index }
    })
}

// ---- entries ----

/// Our entry in tikv's words.
///
/// # Errors
/// As for [`to_theirs`].
pub fn entry_to_theirs(entry: &Entry) -> Result<eraftpb::Entry, TranslateError> {
    let mut theirs = payload_to_theirs(&entry.payload)?;
    (theirs.term, theirs.index) = (entry.term, entry.index);
    Ok(theirs)
}

/// tikv's entry in our words.
///
/// # Errors
/// Where a change of membership cannot be read.
pub fn entry_to_ours(theirs: &eraftpb::Entry) -> Result<EntryRef, TranslateError> {
    let payload = payload_to_ours(theirs)?;
    Ok(Arc::new(Entry { index: theirs.index, term: theirs.term, payload }))
}

fn payload_to_theirs(payload: &Payload) -> Result<eraftpb::Entry, TranslateError> {
    let mut theirs = eraftpb::Entry::default();
    match payload {
        Payload::Noop => {}
        Payload::Data(data) => theirs.set_data(data.to_vec().into()),
        Payload::Config(change) => {
            let (kind, data) = change_to_bytes(change)?;
            theirs.set_entry_type(kind);
            theirs.set_data(data.into());
        }
    }
    Ok(theirs)
}

fn payload_to_ours(theirs: &eraftpb::Entry) -> Result<Payload, TranslateError> {
    let malformed = |_| TranslateError::Malformed("change of membership");
    Ok(match theirs.get_entry_type() {
        EntryType::EntryNormal if theirs.get_data().is_empty() => Payload::Noop,
        EntryType::EntryNormal => Payload::Data(theirs.get_data().into()),
        EntryType::EntryConfChange => {
            let mut change = eraftpb::ConfChange::default();
            change.merge_from_bytes(theirs.get_data()).map_err(malformed)?;
            Payload::Config(Box::new(ConfigChange {
                transition: Transition::Auto,
                changes: vec![single_to_ours(change.get_change_type(), change.node_id)],
                context: change.get_context().to_vec(),
                legacy: true,
            }))
        }
        EntryType::EntryConfChangeV2 => {
            let mut change = eraftpb::ConfChangeV2::default();
            change.merge_from_bytes(theirs.get_data()).map_err(malformed)?;
            let singles = change.get_changes().iter();
            Payload::Config(Box::new(ConfigChange {
                transition: match change.get_transition() {
                    ConfChangeTransition::Auto => Transition::Auto,
                    ConfChangeTransition::Implicit => Transition::JointImplicit,
                    ConfChangeTransition::Explicit => Transition::JointExplicit,
                },
                changes: singles
                    .map(|single| single_to_ours(single.get_change_type(), single.node_id))
                    .collect(),
                context: change.get_context().to_vec(),
                legacy: false,
            }))
        }
    })
}

fn single_to_ours(kind: ConfChangeType, node: u64) -> Change {
    let kind = match kind {
        ConfChangeType::AddNode => ChangeKind::AddVoter,
        ConfChangeType::RemoveNode => ChangeKind::Remove,
        ConfChangeType::AddLearnerNode => ChangeKind::AddLearner,
    };
    Change { kind, node: NodeId(node) }
}

fn change_to_bytes(change: &ConfigChange) -> Result<(EntryType, Vec<u8>), TranslateError> {
    let kind = |kind: ChangeKind| match kind {
        ChangeKind::AddVoter => Ok(ConfChangeType::AddNode),
        ChangeKind::Remove => Ok(ConfChangeType::RemoveNode),
        ChangeKind::AddLearner => Ok(ConfChangeType::AddLearnerNode),
        ChangeKind::Update => Err(TranslateError::NoCounterpart("an update of a member")),
    };
    let unwritable = |_| TranslateError::Malformed("change of membership");
    if change.legacy {
        let [only] = change.changes[..] else {
            return Err(TranslateError::Malformed("change of membership in the older form"));
        };
        let mut theirs = eraftpb::ConfChange { node_id: only.node.0, ..<_>::default() };
        theirs.set_change_type(kind(only.kind)?);
        theirs.set_context(change.context.clone().into());
        return Ok((EntryType::EntryConfChange, theirs.write_to_bytes().map_err(unwritable)?));
    }
    let mut theirs = eraftpb::ConfChangeV2::default();
    theirs.set_transition(match change.transition {
        Transition::Auto => ConfChangeTransition::Auto,
        Transition::JointImplicit => ConfChangeTransition::Implicit,
        Transition::JointExplicit => ConfChangeTransition::Explicit,
    });
    for change in &change.changes {
        let mut single = eraftpb::ConfChangeSingle { node_id: change.node.0, ..<_>::default() };
        single.set_change_type(kind(change.kind)?);
        theirs.mut_changes().push(single);
    }
    theirs.set_context(change.context.clone().into());
    Ok((EntryType::EntryConfChangeV2, theirs.write_to_bytes().map_err(unwritable)?))
}

// ---- snapshots ----

/// Our members in tikv's words.
pub fn membership_to_theirs(membership: &Membership) -> eraftpb::ConfState {
    let ids = |ids: &[NodeId]| ids.iter().map(|id| id.0).collect::<Vec<u64>>();
    let mut theirs = eraftpb::ConfState::default();
    theirs.set_voters(ids(&membership.voters));
    theirs.set_voters_outgoing(ids(&membership.outgoing));
    theirs.set_learners(ids(&membership.learners));
    theirs.set_learners_next(ids(&membership.learners_next));
    theirs.auto_leave = membership.auto_leave;
    theirs
}

/// tikv's members in our words. Theirs are in no order.
pub fn membership_to_ours(theirs: &eraftpb::ConfState) -> Membership {
    let ids = |ids: &[u64]| {
        let mut ids: Vec<NodeId> = ids.iter().copied().map(NodeId).collect();
        ids.sort();
        ids
    };
    Membership {
        voters: ids(theirs.get_voters()),
        outgoing: ids(theirs.get_voters_outgoing()),
        learners: ids(theirs.get_learners()),
        learners_next: ids(theirs.get_learners_next()),
        auto_leave: theirs.auto_leave,
    }
}

/// Our snapshot in tikv's words.
pub fn snapshot_to_theirs(snapshot: &Snapshot) -> eraftpb::Snapshot {
    let mut theirs = eraftpb::Snapshot::default();
    theirs.set_data(snapshot.data.to_vec().into());
    let metadata = theirs.mut_metadata();
    metadata.set_conf_state(membership_to_theirs(&snapshot.membership));
    (metadata.index, metadata.term) = (snapshot.position.index, snapshot.position.term);
    theirs
}

/// tikv's snapshot in our words.
pub fn snapshot_to_ours(theirs: &eraftpb::Snapshot) -> Snapshot {
    let metadata = theirs.get_metadata();
    Snapshot {
        position: Position { term: metadata.term, index: metadata.index },
        membership: Arc::new(membership_to_ours(metadata.get_conf_state())),
        data: theirs.get_data().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_core::Echo;

    fn check(body: Body) {
        let message = Message { from: NodeId(1), to: NodeId(2), term: 7, body };
        let theirs = to_theirs(&message).expect("a counterpart");
        let bytes = theirs.write_to_bytes().expect("bytes");
        let mut read = eraftpb::Message::default();
        read.merge_from_bytes(&bytes).expect("the same bytes");
        assert_eq!(to_ours(&read).expect("a counterpart"), message);
    }

    fn entry(index: u64, payload: Payload) -> EntryRef {
        Arc::new(Entry { index, term: 3, payload })
    }

    #[test]
    fn every_message_survives_the_way_there_and_back() {
        let last = Position { term: 3, index: 9 };
        for yes in [false, true] {
            check(Body::RequestVote { last, transfer: yes });
            check(Body::RequestVoteReply { vote_granted: yes });
            check(Body::PreVoteReply { vote_granted: yes });
        }
        check(Body::PreVote { last });
        for reply in [
            AppendReply::Accepted { match_index: 4 },
            AppendReply::Rejected { previous_index: 9, hint: Position { term: 0, index: 2 } },
            AppendReply::StaleTerm,
        ] {
            check(Body::AppendEntriesReply(reply));
        }
        let reads = [Echo::Read(0), Echo::Read(u64::MAX)];
        for echo in [Echo::Nothing, Echo::Round(3), Echo::Leaving].into_iter().chain(reads) {
            check(Body::Heartbeat { commit_index: 5, echo });
            check(Body::HeartbeatReply { echo });
        }
        check(Body::TimeoutNow);
        check(Body::TransferLeader);
        check(Body::ReadIndex { token: 8 });
        check(Body::ReadIndexReply { token: 8, index: 5 });
        check(Body::Propose { payloads: vec![Payload::Data([1, 2].into()), Payload::Noop] });
        let membership = Membership {
            voters: vec![NodeId(1), NodeId(2)],
            outgoing: vec![NodeId(1), NodeId(3)],
            learners: vec![NodeId(4)],
            learners_next: vec![NodeId(3)],
            auto_leave: true,
        };
        let snapshot =
            Snapshot { position: last, membership: Arc::new(membership), data: [5, 6].into() };
        check(Body::InstallSnapshot { snapshot: Arc::new(snapshot) });
    }

    #[test]
    fn every_change_of_membership_survives_too() {
        let one = |kind| Change { kind, node: NodeId(3) };
        let kinds = [ChangeKind::AddVoter, ChangeKind::AddLearner, ChangeKind::Remove];
        let mut entries = vec![entry(1, Payload::Config(Box::new(ConfigChange::leave_joint())))];
        for kind in kinds {
            for (transition, legacy) in [
                (Transition::Auto, true),
                (Transition::Auto, false),
                (Transition::JointImplicit, false),
                (Transition::JointExplicit, false),
            ] {
                let changes = vec![one(kind)];
                let change = ConfigChange { transition, changes, context: vec![9], legacy };
                let index = entries.len() as u64 + 1;
                entries.push(entry(index, Payload::Config(Box::new(change))));
            }
        }
        check(Body::AppendEntries { previous: Position::default(), entries, commit_index: 0 });
    }

    #[test]
    fn a_learner_is_number_two_in_their_bytes() {
        let change =
            ConfigChange { legacy: true, ..ConfigChange::one(ChangeKind::AddLearner, NodeId(1)) };
        let (_, bytes) = change_to_bytes(&change).expect("a counterpart");
        assert_eq!(bytes, [2 << 3, 2, 3 << 3, 1]);
    }

    #[test]
    fn an_update_has_no_counterpart() {
        let change = ConfigChange::one(ChangeKind::Update, NodeId(1));
        let payloads = vec![Payload::Config(Box::new(change))];
        let body = Body::Propose { payloads };
        let message = Message { from: NodeId(1), to: NodeId(2), term: 0, body };
        let said = to_theirs(&message).expect_err("no counterpart").to_string();
        assert_eq!(said, "no counterpart for an update of a member");
    }
}
