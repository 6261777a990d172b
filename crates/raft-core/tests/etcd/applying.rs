//! What is handed to the state machine and when, and what a disk must hold before it.

use crate::harness::*;
use raft_core::{Config, Durable, Flavour, Input, Node, Output, Payload, Rule, RuleSet, Storage};
use std::sync::Arc;

/// A follower with five entries of term 1 in memory and on its way to the disk, all committed.
fn follower(config: Config) -> Node {
    let mut node = Node::new(Arc::new(config), Durable::of([n(1), n(2), n(3)]));
    let entries = (1..=5).map(|index| entry(index, 1)).collect();
    node.step(receive(2, 1, 1, append(at(0, 0), entries, 5)), &mut Vec::new());
    assert_eq!(node.commit_index(), 5);
    node
}

fn step(node: &mut Node, input: Input) -> Vec<Output> {
    let mut out = Vec::new();
    node.step(input, &mut out);
    out
}

/// What is handed out next; the two ways to ask must agree.
fn next(node: &mut Node) -> Option<(u64, u64)> {
    let has = node.has_next_apply();
    let next = node.next_apply();
    assert_eq!(has, next.is_some());
    next
}

/// The same with everything durable.
fn durable(config: Config) -> Node {
    let mut node = follower(config);
    step(&mut node, Input::Persisted(1));
    node
}

#[test]
fn only_what_is_durable_is_applied_unless_writes_are_done_before_anything_else() {
    let without = RuleSet::default().without(Rule::AckAfterFsync);
    let synchronous = Config { storage: Storage::Synchronous, ..config(1) };
    for (config, before) in [
        (config(1), None),
        (synchronous, Some((1, 5))),
        (Config { rules: without, ..config(1) }, Some((1, 5))),
    ] {
        let mut node = follower(config);
        assert_eq!(next(&mut node), before);
        step(&mut node, Input::Persisted(1));
        assert_eq!(next(&mut node), if before.is_none() { Some((1, 5)) } else { None });
        assert_eq!(node.applied_index(), 5);
    }
}

#[test]
fn each_entry_is_handed_out_once_and_in_order() {
    let mut node = durable(config(1));
    assert_eq!((next(&mut node), next(&mut node)), (Some((1, 5)), None));
    step(&mut node, receive(2, 1, 1, append(at(1, 5), vec![entry(6, 1)], 6)));
    step(&mut node, Input::Persisted(2));
    assert_eq!((next(&mut node), next(&mut node)), (Some((6, 6)), None));
    step(&mut node, Input::Applied(6));
    assert_eq!(next(&mut node), None);
}

/// Each of the five entries takes so many bytes.
fn one() -> u64 {
    entry(1, 1).encoded_len()
}

#[test]
fn no_more_is_handed_out_at_once_than_the_limit_allows_but_one_entry_always_is() {
    for (limit, wanted) in [
        (1, [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)].as_slice()),
        (2 * one() - 1, &[(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]),
        (2 * one(), &[(1, 2), (3, 4), (5, 5)]),
        (2 * one() + 1, &[(1, 2), (3, 4), (5, 5)]),
        (5 * one() - 1, &[(1, 4), (5, 5)]),
        (5 * one(), &[(1, 5)]),
        (u64::MAX, &[(1, 5)]),
    ] {
        let mut node = durable(Config { max_applying_bytes: limit, ..config(1) });
        let mut found = Vec::new();
        while let Some((first, last)) = next(&mut node) {
            assert_eq!(next(&mut node), None, "before those are applied");
            found.push((first, last));
            step(&mut node, Input::Applied(last));
        }
        assert_eq!(found, wanted, "{limit} bytes, {} an entry", one());
    }
}

#[test]
fn what_is_being_applied_counts_until_it_is_reported() {
    let mut node = durable(Config { max_applying_bytes: 3 * one(), ..config(1) });
    assert_eq!(next(&mut node), Some((1, 3)));
    step(&mut node, Input::Applied(1));
    assert_eq!(next(&mut node), Some((4, 4)), "there is room for one");
    step(&mut node, Input::Applied(1));
    assert_eq!(next(&mut node), None);
    step(&mut node, Input::Applied(4));
    assert_eq!(next(&mut node), Some((5, 5)));
}

#[test]
fn an_entry_that_is_longer_than_the_limit_counts_as_long_as_it_is() {
    let mut node = durable(Config { max_applying_bytes: 1, ..config(1) });
    for index in 1..=5 {
        assert_eq!(next(&mut node), Some((index, index)));
        step(&mut node, Input::Applied(index));
    }
    for (index, handed_out) in [(6, Some((6, 6))), (7, None)] {
        let more = append(at(1, index - 1), vec![entry(index, 1)], index);
        step(&mut node, receive(2, 1, 1, more));
        step(&mut node, Input::Persisted(index - 4));
        assert_eq!(next(&mut node), handed_out);
    }
    step(&mut node, Input::Applied(6));
    assert_eq!(next(&mut node), Some((7, 7)));
}

#[test]
fn a_report_that_says_nothing_new_makes_no_room() {
    let mut node = durable(Config { max_applying_bytes: 3 * one() + 1, ..config(1) });
    assert_eq!(next(&mut node), Some((1, 3)));
    step(&mut node, Input::Applied(0));
    assert_eq!(next(&mut node), None);
}

#[test]
fn two_batches_may_be_under_way_as_long_as_there_is_room() {
    let mut node = durable(Config { max_applying_bytes: 6 * one(), ..config(1) });
    assert_eq!(next(&mut node), Some((1, 5)));
    let more: Vec<_> = (6..=7).map(|index| entry(index, 1)).collect();
    step(&mut node, receive(2, 1, 1, append(at(1, 5), more, 7)));
    step(&mut node, Input::Persisted(2));
    assert_eq!(next(&mut node), Some((6, 6)), "the seventh has no room");
    assert_eq!(next(&mut node), None);
    step(&mut node, Input::Applied(5));
    assert_eq!(next(&mut node), Some((7, 7)));
}

#[test]
fn whoever_reports_more_than_was_handed_out_or_less_than_before_is_survived() {
    let mut node = durable(config(1));
    step(&mut node, Input::Applied(99));
    assert_eq!((node.applied_index(), next(&mut node)), (5, None), "as far as it is committed");
    step(&mut node, Input::Applied(2));
    assert_eq!((node.applied_index(), next(&mut node)), (5, None));
}

#[test]
fn a_server_comes_back_with_its_snapshot_applied_and_what_it_knew_to_be_committed() {
    let members = Durable::of([n(1), n(2), n(3)]).snapshot.membership.clone();
    let mut disk = Durable::from_snapshot(snapshot(at(1, 3), (*members).clone()));
    (4..=6).for_each(|index| disk.log.append(entry(index, 1)));
    for (known, commit_index) in [(0, 3), (3, 3), (5, 5), (6, 6), (99, 6)] {
        disk.commit_index = known;
        let mut node = Node::new(Arc::new(config(1)), disk.clone());
        assert_eq!((node.commit_index(), node.applied_index()), (commit_index, 3));
        assert_eq!(node.durable_index(), 6);
        let wanted = Some((4, commit_index)).filter(|_| commit_index > 3);
        assert_eq!(next(&mut node), wanted);
    }
}

#[test]
fn a_write_of_an_earlier_term_makes_nothing_durable_in_etcds_flavour() {
    for (flavour, durable) in [(Flavour::Paper, 1), (Flavour::Etcd, 0)] {
        let mut server = Server::with(Config { flavour, ..config(1) }, 3, Durable::default());
        server.get(2, 1, append(at(0, 0), vec![entry(1, 1)], 0));
        server.get(3, 2, beat(0));
        server.persist_one();
        assert_eq!(server.node.durable_index(), durable);
        server.persist();
        assert_eq!(server.node.durable_index(), 1, "the next write says so");
    }
}

#[test]
fn a_write_says_where_the_log_changed_and_what_is_committed() {
    let mut server = Server::new(1, 3);
    let outcome = server.get(2, 1, append(at(0, 0), vec![entry(1, 1), entry(2, 1)], 1));
    let write = outcome.writes()[0].clone();
    assert_eq!((write.id, write.hard_state, write.commit_index), (1, Some((1, None)), 1));
    let log = write.log.expect("entries");
    assert_eq!((log.first_index, log.entries), (1, vec![entry(1, 1), entry(2, 1)]));
    let outcome = server.get(3, 2, append(at(1, 1), vec![entry(2, 2)], 1));
    let write = outcome.writes()[0].clone();
    assert_eq!((write.id, write.hard_state, write.commit_index), (2, Some((2, None)), 1));
    let log = write.log.expect("entries");
    assert_eq!((log.first_index, log.entries), (2, vec![entry(2, 2)]));
}

#[test]
fn an_entry_that_is_written_over_is_durable_only_with_the_write_that_does_so() {
    for (rules, durable) in
        [(RuleSet::default(), 1), (RuleSet::default().without(Rule::AckOwnTerm), 2)]
    {
        let mut server = Server::with(Config { rules, ..config(1) }, 3, Durable::default());
        server.get(2, 1, append(at(0, 0), vec![entry(1, 1), entry(2, 1)], 0));
        server.get(3, 2, append(at(1, 1), vec![entry(2, 2)], 0));
        server.persist_one();
        assert_eq!(server.node.durable_index(), durable);
    }
}

#[test]
fn settings_can_be_replaced_while_a_server_runs() {
    let mut server = Server::new(1, 3);
    let other = Config { heartbeat: 1, ..config(1) };
    server.node.configure(Arc::new(other.clone()));
    assert_eq!((**server.node.config()).clone(), other);
    assert_eq!((server.node.id(), server.node.quorum()), (n(1), 2));
}

#[test]
fn servers_in_the_same_state_have_the_same_hash_and_others_another() {
    use std::collections::BTreeSet;
    use std::hash::{DefaultHasher, Hasher};
    let hash = |server: &Server| {
        let mut hasher = DefaultHasher::new();
        server.node.hash_state(&mut hasher);
        hasher.finish()
    };
    assert_eq!(hash(&Server::new(1, 3)), hash(&Server::new(1, 3)));
    let ways: [fn(&mut Server); 6] = [
        |_| {},
        |server| drop(server.get(2, 1, beat(0))),
        |server| drop(server.get(2, 1, append(at(0, 0), vec![entry(1, 1)], 0))),
        |server| drop(server.durably(receive(2, 1, 1, append(at(0, 0), vec![entry(1, 1)], 0)))),
        |server| drop(server.durably(receive(2, 1, 1, append(at(0, 0), vec![entry(1, 1)], 1)))),
        |server| drop(server.time_out()),
    ];
    let mut hashes = BTreeSet::new();
    for way in ways {
        let mut server = Server::new(1, 3);
        way(&mut server);
        assert!(hashes.insert(hash(&server)));
    }
}

#[test]
fn an_entry_of_a_later_leader_is_applied_as_it_stands_in_the_log() {
    let mut server = Server::new(1, 3);
    server.durably(receive(2, 1, 1, append(at(0, 0), vec![entry(1, 1), entry(2, 1)], 1)));
    let outcome = server.durably(receive(3, 1, 2, append(at(1, 1), vec![entry(2, 2)], 2)));
    assert_eq!(outcome.applied(), [(2, 2)]);
    let payload = &server.node.log().get(2).expect("held").payload;
    assert_eq!(*payload, Payload::Data(b"2.2".as_slice().into()));
}
