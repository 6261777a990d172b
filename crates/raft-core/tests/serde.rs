//! What is written with serde is read again as it was.

use raft_core::{
    AppendReply, Body, Change, ChangeKind, ConfigChange, Durable, Echo, Entry, EntryRef, Log,
    LogWrite, Membership, Message, NodeId, Payload, Position, Snapshot, Transition, Write,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;
use std::sync::Arc;

#[track_caller]
fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    let json = serde_json::to_string(value).expect("it can be written");
    let read: T = serde_json::from_str(&json).unwrap_or_else(|error| panic!("{error}: {json}"));
    assert_eq!(&read, value, "{json}");
}

fn entries() -> Vec<EntryRef> {
    let change = ConfigChange {
        transition: Transition::JointExplicit,
        changes: vec![
            Change { kind: ChangeKind::AddVoter, node: NodeId(4) },
            Change { kind: ChangeKind::Remove, node: NodeId(1) },
        ],
        context: b"context".to_vec(),
        legacy: false,
    };
    let payloads =
        [Payload::Noop, Payload::Data(Box::from([0, 10, 255])), Payload::Config(Box::new(change))];
    let entry = |(index, payload)| Arc::new(Entry { index, term: 3, payload });
    (8..).zip(payloads).map(entry).collect()
}

fn snapshot() -> Arc<Snapshot> {
    let membership = Membership {
        voters: vec![NodeId(1), NodeId(2)],
        outgoing: vec![NodeId(1)],
        learners: vec![NodeId(5)],
        learners_next: vec![],
        auto_leave: true,
    };
    let position = Position { term: 2, index: 7 };
    Arc::new(Snapshot { position, membership: Arc::new(membership), data: Arc::from(*b"state") })
}

fn durable() -> Durable {
    let mut log = Log::after(snapshot().position);
    entries().into_iter().for_each(|entry| log.append(entry));
    Durable { term: 3, vote: Some(NodeId(2)), snapshot: snapshot(), log, commit_index: 9 }
}

#[test]
fn durable_state_and_writes_are_read_as_they_were_written() {
    survives(&Durable::default());
    survives(&Durable::of([NodeId(1), NodeId(2), NodeId(3)]));
    survives(&durable());
    let log = Some(LogWrite { first_index: 8, entries: entries() });
    let whole = Write {
        id: 4,
        hard_state: Some((3, None)),
        snapshot: Some(snapshot()),
        log,
        commit_index: 7,
    };
    survives(&whole);
    survives(&Write { hard_state: None, snapshot: None, log: None, ..whole });
}

#[test]
fn every_message_is_read_as_it_was_written() {
    let at = Position { term: 2, index: 7 };
    let bodies = [
        Body::RequestVote { last: at, transfer: true },
        Body::RequestVoteReply { vote_granted: false },
        Body::PreVote { last: at },
        Body::PreVoteReply { vote_granted: true },
        Body::AppendEntries { previous: at, entries: entries(), commit_index: 6 },
        Body::AppendEntriesReply(AppendReply::Accepted { match_index: 10 }),
        Body::AppendEntriesReply(AppendReply::Rejected { previous_index: 9, hint: at }),
        Body::AppendEntriesReply(AppendReply::StaleTerm),
        Body::Heartbeat { commit_index: 6, echo: Echo::Read(u64::MAX) },
        Body::Heartbeat { commit_index: 6, echo: Echo::Leaving },
        Body::Heartbeat { commit_index: 6, echo: Echo::Round(2) },
        Body::HeartbeatReply { echo: Echo::Nothing },
        Body::InstallSnapshot { snapshot: snapshot() },
        Body::TimeoutNow,
        Body::TransferLeader,
        Body::ReadIndex { token: 1 },
        Body::ReadIndexReply { token: 1, index: 10 },
        Body::Propose { payloads: entries().iter().map(|entry| entry.payload.clone()).collect() },
    ];
    let kinds: std::collections::BTreeSet<_> =
        bodies.iter().map(|body| message(body).kind()).collect();
    assert_eq!(kinds.len(), raft_core::Kind::ALL.len(), "each kind is tried");
    for body in &bodies {
        survives(&message(body));
        survives(&message(body).kind());
    }
}

fn message(body: &Body) -> Message {
    Message { from: NodeId(1), to: NodeId(2), term: 3, body: body.clone() }
}

#[test]
fn a_log_with_a_gap_is_refused_with_what_was_expected() {
    let mut json = serde_json::to_value(durable()).expect("it can be written");
    json["log"]["entries"].as_array_mut().expect("the entries").remove(1);
    let error = serde_json::from_value::<Durable>(json).expect_err("a gap");
    assert_eq!(error.to_string(), "expected the entry at index 9, found 10");
}
