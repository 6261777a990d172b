//! Lengths in bytes, as etcd encodes entries and changes of membership.

use crate::harness::*;
use raft_core::{Change, ChangeKind, ConfigChange, Entry, Payload, Transition};

fn length(term: u64, index: u64, payload: Payload) -> u64 {
    Entry { index, term, payload }.encoded_len()
}

fn bytes(count: usize) -> Payload {
    Payload::Data(vec![0; count].into())
}

#[test]
fn a_payload_is_as_long_as_what_it_carries() {
    for (payload, len) in [(Payload::Noop, 0), (bytes(0), 0), (bytes(1), 1), (bytes(300), 300)] {
        assert_eq!((payload.len(), payload.is_empty()), (len, len == 0));
    }
    let change = Payload::Config(Box::new(ConfigChange::one(ChangeKind::AddVoter, n(1))));
    assert_eq!((change.len(), change.is_empty()), (8, false));
    assert!(Payload::Config(Box::new(ConfigChange::leave_joint())).is_empty());
}

#[test]
fn an_entry_takes_two_bytes_for_its_kind_and_a_number_takes_seven_bits_a_byte() {
    assert_eq!(length(1, 1, Payload::Noop), 2 + 2 + 2);
    for (number, takes) in
        [(0, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (1 << 32, 5), (u64::MAX, 10)]
    {
        assert_eq!(length(number, 1, Payload::Noop), 2 + (1 + takes) + 2, "term {number}");
        assert_eq!(length(1, number, Payload::Noop), 2 + 2 + (1 + takes), "index {number}");
    }
}

#[test]
fn data_takes_its_length_too() {
    for (count, takes) in [(0, 2), (3, 5), (127, 129), (128, 131), (300, 303)] {
        assert_eq!(length(1, 1, bytes(count)), 6 + takes, "{count} bytes");
    }
    let change = Payload::Config(Box::new(ConfigChange::one(ChangeKind::Remove, n(1))));
    assert_eq!(length(1, 1, change), 6 + 2 + 8);
}

#[test]
fn a_change_of_membership_has_the_length_of_either_encoding() {
    let change = |nodes: &[u64], context: usize, legacy: bool| ConfigChange {
        changes: nodes
            .iter()
            .map(|id| Change { kind: ChangeKind::AddVoter, node: n(*id) })
            .collect(),
        context: vec![0; context],
        legacy,
        ..ConfigChange::default()
    };
    for (nodes, context, legacy, length) in [
        (&[1][..], 0, true, 2 + 2 + 2),
        (&[300], 0, true, 2 + 2 + 3),
        (&[1], 3, true, 6 + 2 + 3),
        (&[1], 200, true, 6 + 3 + 200),
        (&[], 0, false, 0),
        (&[], 3, false, 2 + 2 + 3),
        (&[1], 0, false, 2 + (2 + 4)),
        (&[300], 0, false, 2 + (2 + 5)),
        (&[1, 2], 0, false, 2 + (2 + 4) + (2 + 4)),
        (&[1, 2], 200, false, 2 + (2 + 4) + (2 + 4) + 3 + 200),
    ] {
        let change = change(nodes, context, legacy);
        assert_eq!(change.encoded_len(), length, "{change:?}");
    }
    let explicit = Transition::JointExplicit;
    let empty = ConfigChange { transition: explicit, ..ConfigChange::default() };
    assert_eq!(empty.encoded_len(), 2, "not the change that leaves a joint configuration");
}
