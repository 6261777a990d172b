//! What is written with serde is read again as it was.

use raft_check::history::{Finding, Shown, ShownOperation};
use raft_check::linear::{
    Condition, Keyed, KeyedAnswer, KeyedOperation, Operation, Register, RegisterOperation, Text,
    TextOperation, TextState, Verdict, check,
};
use raft_check::{Monotonic, Promise, Property, Violation, Witness};
use raft_core::{NodeId, Position};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

#[track_caller]
fn written<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("it can be written")
}

#[track_caller]
fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"))
}

#[track_caller]
fn survives<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) {
    assert_eq!(&read::<T>(&written(value)), value);
}

#[test]
fn a_history_that_is_read_again_has_the_same_verdict() {
    let put = RegisterOperation::Put(b"1".as_slice().into());
    let history = [
        Operation::<Register> { called: 0, returned: Some((1, None)), operation: put },
        Operation { called: 2, returned: Some((3, None)), operation: RegisterOperation::Get },
        Operation { called: 4, returned: None, operation: RegisterOperation::Delete },
    ];
    let again: Vec<Operation<Register>> = read(&written(&history));
    assert_eq!(format!("{again:?}"), format!("{history:?}"));
    assert_eq!(check(None, &again), Verdict::NotLinearizable);
    assert_eq!(check(None, &history), Verdict::NotLinearizable);
}

#[test]
fn operations_on_keys_and_texts_are_read_as_they_were_written() {
    let answer = KeyedAnswer { succeeded: true, value: Some(5), revision: Some(9) };
    let conditions = [Condition::Value(4), Condition::Revision(8)];
    let operations = conditions.map(|condition| Operation::<Keyed<i64>> {
        called: 1,
        returned: Some((2, answer.clone())),
        operation: KeyedOperation::PutIf(condition, 5),
    });
    let again: Vec<Operation<Keyed<i64>>> = read(&written(&operations));
    assert_eq!(format!("{again:?}"), format!("{operations:?}"));

    let state = TextState::new(&"x".into());
    survives(&state);
    survives(&TextState::EMPTY);
    let append = TextOperation::Append("x".into());
    let returned = Some((2, state));
    let operation = Operation::<Text> { called: 1, returned, operation: append };
    let again: Operation<Text> = read(&written(&operation));
    assert_eq!((again.operation, again.returned), (operation.operation, operation.returned));
}

#[test]
fn what_was_found_is_read_as_it_was_written() {
    let (server, at) = (NodeId(2), Position { term: 3, index: 4 });
    let witnesses = [
        Witness::TwoLeaders { term: 1, first: server, second: NodeId(1) },
        Witness::LeaderRewrote { leader: server, index: 4 },
        Witness::EntriesDiffer { server, at },
        Witness::LeaderLacks { leader: server, term: 5, entry: at },
        Witness::TooFewCopies { leader: server, entry: at, copies: vec![server] },
        Witness::WentBack { server, what: Monotonic::CommitIndex, from: 4, to: 3 },
        Witness::NotDurable { server, promise: Promise::Entry(at) },
        Witness::NotDurable { server, promise: Promise::Vote { term: 3, candidate: NodeId(1) } },
        Witness::DisjointQuorums { before: vec![server], now: vec![NodeId(1)] },
        Witness::AppliedDiffers { server, applied: at, before: at },
    ];
    for (property, witness) in Property::SAFETY.into_iter().zip(witnesses) {
        survives(&Violation { property, at: 7, witness });
    }
    let operation = ShownOperation {
        client: 1,
        called: 2,
        returned: None,
        asked: "get".into(),
        answered: None,
    };
    let shown = Shown {
        key: Some("k".into()),
        starts: vec!["nothing".into()],
        operations: vec![operation],
        order: vec![0],
        breaks_at: 9,
    };
    let verdict = Verdict::NotLinearizable;
    survives(&Finding { verdict, operations: 4, shown: Some(shown) });
}
