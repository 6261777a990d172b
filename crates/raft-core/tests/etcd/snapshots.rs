//! Snapshots and log compaction (§7).

use crate::harness::*;
use raft_core::{
    Body, CampaignRefusal, ChangeKind, Config, ConfigChange, Durable, Flow, Impossible, Index,
    Input, Log, Membership, Note, Output, Payload, Position, RoleKind, Rule, Snapshot, Storage,
    Timer,
};
use std::sync::Arc;

fn three() -> Membership {
    Membership::of([n(1), n(2), n(3)])
}

/// A snapshot of the state of three servers.
fn of_three(position: Position) -> Arc<Snapshot> {
    snapshot(position, three())
}

fn install(snapshot: &Arc<Snapshot>) -> Body {
    Body::InstallSnapshot { snapshot: snapshot.clone() }
}

/// Server 1 leads three with five entries that server 2 has, and has dropped the first three.
fn leader(config: Config) -> Server {
    let mut server = Server::leader_with(config, 3);
    server.get(2, 1, accepted(1));
    for text in ["a", "b", "c", "d"] {
        server.durably(Input::Propose(data(text)));
    }
    server.get(2, 1, accepted(5));
    server.step(Input::SnapshotSaved(of_three(at(1, 3))));
    let outcome = server.step(Input::Compacted(3));
    assert_eq!(outcome.notes(), [Note::Compacted { index: 3 }]);
    assert_eq!((server.node.log().base(), server.node.applied_index()), (at(1, 3), 5));
    server
}

/// The same, and server 3 was sent the snapshot.
fn sending() -> Server {
    let mut server = leader(config(1));
    server.get(3, 1, beat_reply());
    assert_eq!(server.progress(3).flow, Flow::Snapshot { pending: 3 });
    server
}

fn impossible(outcome: &Outcome) -> Vec<Impossible> {
    let impossible = |note| match note {
        Note::Impossible(what) => Some(what),
        _ => None,
    };
    outcome.notes().into_iter().filter_map(impossible).collect()
}

fn restored(outcome: &Outcome) -> Vec<Index> {
    let restored = |output: &Output| match output {
        Output::Restore(snapshot) => Some(snapshot.position.index),
        _ => None,
    };
    outcome.0.iter().filter_map(restored).collect()
}

// ---- dropping the log ----

#[test]
fn a_snapshot_is_taken_of_what_was_applied_and_never_replaced_by_an_older_one() {
    let mut server = leader(config(1));
    for (index, newest) in [(2, 3), (6, 3), (99, 3), (5, 5), (4, 5)] {
        server.step(Input::SnapshotSaved(of_three(at(1, index))));
        assert_eq!(server.node.snapshot().position.index, newest, "after one at {index}");
    }
    let other = Arc::new(Snapshot { data: [1].into(), ..(*of_three(at(1, 5))).clone() });
    server.step(Input::SnapshotSaved(other.clone()));
    assert_eq!(*server.node.snapshot(), other, "the same place again");
}

#[test]
fn the_log_is_dropped_only_as_far_as_a_snapshot_stands_for_it() {
    let mut server = leader(config(1));
    server.step(Input::SnapshotSaved(of_three(at(1, 4))));
    for (index, first, notes) in [
        (2, 4, vec![]),
        (3, 4, vec![]),
        (99, 5, vec![Note::Compacted { index: 4 }]),
        (4, 5, vec![]),
    ] {
        assert_eq!(server.step(Input::Compacted(index)).notes(), notes, "{index}");
        assert_eq!(server.node.log().first_index(), first, "{index}");
    }
}

#[test]
fn what_was_dropped_is_known_to_match_whatever_an_old_message_says() {
    let mut server = Server::from_disk(2, 3, disk(1, None, &[1, 1, 1, 1]));
    server.durably(receive(1, 2, 1, append(at(1, 4), vec![], 4)));
    server.step(Input::SnapshotSaved(of_three(at(1, 3))));
    server.step(Input::Compacted(3));
    for (previous, entries) in
        [(at(1, 1), vec![]), (at(1, 1), vec![entry(2, 1)]), (at(1, 3), vec![entry(4, 1)])]
    {
        let outcome = server.durably(receive(1, 2, 1, append(previous, entries, 0)));
        assert_eq!(outcome.sent_to(1), [accepted(4)]);
    }
}

#[test]
fn the_log_is_dropped_only_as_far_as_it_is_durable() {
    let synchronous = Config { storage: Storage::Synchronous, ..config(1) };
    let mut server = Server::with(synchronous, 3, Durable::default());
    let entries = |from, to| (from..=to).map(|index| entry(index, 1)).collect();
    server.durably(receive(2, 1, 1, append(at(0, 0), entries(1, 2), 2)));
    server.get(2, 1, append(at(1, 2), entries(3, 4), 4));
    server.step(Input::SnapshotSaved(of_three(at(1, 4))));
    assert_eq!(server.node.snapshot().position.index, 4);
    assert_eq!(server.step(Input::Compacted(4)).notes(), [Note::Compacted { index: 2 }]);
    server.persist();
    assert_eq!(server.step(Input::Compacted(4)).notes(), [Note::Compacted { index: 4 }]);
}

// ---- the leader's side ----

#[test]
fn a_follower_that_lacks_what_was_dropped_is_sent_the_snapshot_once_it_is_heard_from() {
    let mut server = leader(config(1));
    let outcome = server.get(3, 1, beat_reply());
    let newest = server.node.snapshot().clone();
    assert_eq!(outcome.sent(), [message(1, 3, 1, install(&newest))]);
    assert_eq!(outcome.notes(), [Note::SnapshotSent { to: n(3), index: 3 }]);
    assert_eq!(server.describe(3), "StateSnapshot match=0 next=4 paused pendingSnap=3");
    assert_eq!(server.progress(3).commit_sent, 3);
    let outcome = server.propose("x");
    assert!(outcome.sent_to(3).is_empty(), "nothing more before its answer");
    assert!(server.get(3, 1, beat_reply()).sent().is_empty());
}

#[test]
fn a_follower_that_is_not_heard_from_is_sent_no_snapshot() {
    let mut server = Server::leader_with(Config { check_quorum: true, ..config(1) }, 3);
    for id in [2, 3] {
        server.get(id, 1, accepted(1));
    }
    server.durably(Input::Propose(data("x")));
    server.get(2, 1, accepted(2));
    server.step(Input::SnapshotSaved(of_three(at(1, 2))));
    server.step(Input::Compacted(2));
    server.step(Input::Timer(Timer::Quorum));
    server.step(Input::Unreachable(n(3)));
    assert_eq!(server.describe(3), "StateProbe match=1 next=2 inactive");
    assert!(server.propose("y").sent_to(3).is_empty());
    assert_eq!(server.progress(3).flow, Flow::Probe);
    server.get(3, 1, beat_reply());
    assert_eq!(server.progress(3).flow, Flow::Snapshot { pending: 2 });
}

#[test]
fn a_leader_that_has_lost_the_beginning_of_its_log_and_has_no_snapshot_sends_none() {
    let mut lost = Durable { term: 1, log: Log::after(at(1, 3)), ..Durable::of((1..=3).map(n)) };
    lost.log.append(entry(4, 1));
    let mut server = Server::boot(config(1), lost);
    server.win();
    let outcome = server.get(3, 2, rejected(4, at(0, 0)));
    assert!(outcome.sent().is_empty(), "{outcome:?}");
}

#[test]
fn a_newcomer_waits_for_a_snapshot_that_knows_of_it() {
    let mut server = leader(config(1));
    let change = ConfigChange::one(ChangeKind::AddLearner, n(4));
    server.durably(Input::Propose(Payload::Config(Box::new(change))));
    server.get(2, 1, accepted(6));
    let outcome = server.get(4, 1, rejected(5, at(0, 0)));
    assert!(outcome.0.contains(&Output::SnapshotWanted));
    assert!(outcome.sent_to(4).is_empty(), "it would refuse one of a cluster without itself");
    assert_eq!(server.progress(4).commit_sent, 0, "it lacks all that it was told of");
    let newer = snapshot(at(1, 6), (**server.node.membership()).clone());
    server.step(Input::SnapshotSaved(newer.clone()));
    let outcome = server.get(4, 1, beat_reply());
    assert_eq!(outcome.sent_to(4), [install(&newer)]);
}

#[test]
fn once_a_follower_has_a_snapshot_the_log_goes_on_from_there() {
    for (match_index, wanted) in [
        (1, "StateSnapshot match=1 next=4 paused pendingSnap=3"),
        (2, "StateSnapshot match=2 next=4 paused pendingSnap=3"),
        (3, "StateReplicate match=3 next=6 inflight=1"),
        (4, "StateReplicate match=4 next=6 inflight=1"),
    ] {
        let mut server = sending();
        let outcome = server.get(3, 1, accepted(match_index));
        assert_eq!(server.describe(3), wanted);
        let rest = 5 - match_index as usize;
        let sent = if match_index < 3 { vec![] } else { vec![rest] };
        assert_eq!(sizes(&outcome.sent_to(3)), sent);
        assert_eq!(outcome.sent_to(3).len(), sent.len(), "and no snapshot again");
    }
}

#[test]
fn whether_a_snapshot_arrived_decides_where_the_leader_probes() {
    for (arrived, wanted) in
        [(true, "StateProbe match=0 next=4 paused"), (false, "StateProbe match=0 next=1 paused")]
    {
        let mut server = sending();
        assert!(server.step(Input::SnapshotSent { to: n(3), arrived }).0.is_empty());
        assert_eq!(server.describe(3), wanted);
        server.step(Input::SnapshotSent { to: n(3), arrived });
        assert_eq!(server.describe(3), wanted, "once");
        let again = server.get(3, 1, beat_reply()).sent_to(3);
        assert_eq!(sizes(&again), if arrived { vec![2] } else { vec![] });
        assert_eq!(again.len(), 1, "the snapshot again, or what follows it");
    }
}

#[test]
fn word_of_a_snapshot_that_nobody_waits_for_changes_nothing() {
    let mut server = leader(config(1));
    let before = server.describe(2);
    for to in [2, 9] {
        server.step(Input::SnapshotSent { to: n(to), arrived: false });
    }
    assert_eq!(server.describe(2), before);
    let mut follower = Server::new(2, 3);
    assert!(follower.step(Input::SnapshotSent { to: n(3), arrived: true }).0.is_empty());
}

// ---- the follower's side ----

#[test]
fn a_snapshot_replaces_a_log_that_does_not_hold_its_last_entry() {
    for terms in [&[][..], &[1], &[1, 1, 1, 1, 1, 1]] {
        let mut server = Server::from_disk(2, 3, disk(1, None, terms));
        let newest = snapshot(at(2, 4), Membership::of([n(1), n(2), n(5)]));
        let outcome = server.get(1, 2, install(&newest));
        assert!(outcome.has(Note::SnapshotInstalled { from: n(1), index: 4 }));
        assert!(outcome.sent().is_empty() && restored(&outcome).is_empty(), "not yet durable");
        let [write] = outcome.writes()[..] else { panic!("{outcome:?}") };
        assert_eq!((write.snapshot.as_ref(), &write.log), (Some(&newest), &None));
        assert_eq!(*server.node.log(), Log::after(at(2, 4)));
        assert_eq!((server.node.commit_index(), server.node.applied_index()), (4, 0));
        let outcome = server.persist();
        assert_eq!((restored(&outcome), outcome.sent_to(1)), (vec![4], vec![accepted(4)]));
        assert_eq!((server.node.applied_index(), server.node.durable_index()), (4, 4));
        assert_eq!(server.node.membership().to_string(), "voters=(1 2 5)");
        assert_eq!(server.disk.log, *server.node.log());
        let more = append(at(2, 4), vec![entry(5, 2)], 5);
        assert_eq!(server.durably(receive(1, 2, 2, more)).applied(), [(5, 5)]);
    }
}

#[test]
fn a_snapshot_that_the_log_holds_already_says_only_what_is_committed() {
    let mut server = Server::from_disk(2, 3, disk(1, None, &[1, 1, 1, 1]));
    let outcome = server.durably(receive(1, 2, 2, install(&of_three(at(1, 3)))));
    assert!(outcome.has(Note::SnapshotIgnored { from: n(1), index: 3 }));
    assert!(outcome.has(Note::Committed { from: 0, to: 3, as_leader: false }));
    assert_eq!((server.terms().len(), outcome.sent_to(1)), (4, vec![accepted(3)]));
    assert_eq!((restored(&outcome), outcome.applied()), (vec![], vec![(1, 3)]));
}

#[test]
fn a_snapshot_of_what_is_committed_already_changes_nothing() {
    for position in [at(1, 3), at(1, 2), at(2, 3), at(2, 2), at(0, 0)] {
        let mut server = Server::from_disk(2, 3, disk(1, None, &[1, 1, 1, 1]));
        server.get(1, 2, append(at(1, 3), vec![], 3));
        server.persist();
        let outcome = server.durably(receive(1, 2, 2, install(&of_three(position))));
        assert_eq!(outcome.notes(), [Note::SnapshotIgnored { from: n(1), index: position.index }]);
        assert_eq!((server.terms().len(), outcome.sent_to(1)), (4, vec![accepted(3)]));
        assert!(outcome.writes().is_empty());
    }
}

#[test]
fn a_snapshot_of_a_cluster_without_this_server_is_refused() {
    let mut server = Server::from_disk(2, 3, disk(1, None, &[1]));
    let stranger = snapshot(at(2, 4), Membership::of([n(1), n(3)]));
    let outcome = server.durably(receive(1, 2, 2, install(&stranger)));
    assert!(outcome.has(Note::SnapshotIgnored { from: n(1), index: 4 }));
    assert_eq!((server.terms(), outcome.sent_to(1)), (vec![1], vec![accepted(0)]));
}

#[test]
fn nothing_is_applied_and_nobody_stands_for_election_before_a_snapshot_is_durable() {
    let mut server = Server::new(2, 3);
    server.get(1, 1, install(&of_three(at(1, 4))));
    let outcome = server.get(1, 1, append(at(1, 4), vec![entry(5, 1)], 5));
    assert!(outcome.applied().is_empty() && !server.node.has_next_apply());
    let refused = Note::CampaignRefused(CampaignRefusal::SnapshotPending);
    for input in [Input::Campaign, receive(1, 2, 1, Body::TimeoutNow)] {
        assert_eq!(server.step(input).notes(), [refused]);
        assert_eq!(server.role(), RoleKind::Follower);
    }
    let outcome = server.persist();
    assert_eq!((restored(&outcome), outcome.applied()), (vec![4], vec![(5, 5)]));
    server.step(Input::Campaign);
    assert_eq!(server.role(), RoleKind::Candidate);
}

#[test]
fn even_writes_that_are_done_before_anything_else_leave_a_snapshot_to_be_restored_first() {
    let synchronous = Config { storage: Storage::Synchronous, ..config(2) };
    let mut server = Server::with(synchronous, 3, Durable::default());
    server.get(1, 1, install(&of_three(at(1, 4))));
    let outcome = server.get(1, 1, append(at(1, 4), vec![entry(5, 1)], 5));
    assert!(outcome.applied().is_empty() && !server.node.has_next_apply());
    assert_eq!(server.persist_one().applied(), [(5, 5)]);
}

#[test]
fn a_server_whose_timeout_ran_out_while_it_wrote_a_snapshot_waits_for_another() {
    let mut server = Server::new(2, 3);
    server.get(1, 1, install(&of_three(at(1, 4))));
    let outcome = server.time_out();
    let refused = Note::CampaignRefused(CampaignRefusal::SnapshotPending);
    assert_eq!(outcome.notes(), [refused]);
    assert!(outcome.timer(Timer::Election).is_some(), "or it would never stand again");
}

#[test]
fn of_two_snapshots_that_become_durable_at_once_the_last_is_restored() {
    let mut server = Server::new(2, 3);
    server.get(1, 1, install(&of_three(at(1, 4))));
    server.get(1, 1, install(&of_three(at(1, 6))));
    let outcome = server.step(Input::Persisted(2));
    assert_eq!((restored(&outcome), server.node.applied_index()), (vec![6], 6));
    assert_eq!(outcome.sent_to(1), [accepted(4), accepted(6)]);
}

#[test]
fn one_snapshot_after_another_is_restored_each_in_its_turn() {
    let mut server = Server::new(2, 3);
    server.get(1, 1, install(&of_three(at(1, 4))));
    server.get(1, 1, install(&of_three(at(1, 6))));
    assert_eq!(restored(&server.persist_one()), [4]);
    assert!(!server.node.has_next_apply());
    assert_eq!((restored(&server.persist_one()), server.node.applied_index()), (vec![6], 6));
}

#[test]
fn what_was_being_written_when_a_snapshot_replaced_it_never_counts_as_durable() {
    let mut server = Server::new(2, 3);
    let entries = (1..=9).map(|index| entry(index, 1)).collect();
    server.get(1, 1, append(at(0, 0), entries, 0));
    server.get(3, 2, install(&of_three(at(2, 5))));
    server.get(3, 2, append(at(2, 5), vec![entry(6, 2), entry(7, 2)], 0));
    server.persist_one();
    assert_eq!(server.node.durable_index(), 5);
    server.persist();
    assert_eq!((server.node.durable_index(), server.disk.log.last()), (7, at(2, 7)));
}

#[test]
fn a_server_comes_back_with_its_snapshot_and_the_entries_after_it() {
    let mut server = Server::new(2, 3);
    server.durably(receive(1, 2, 1, install(&of_three(at(1, 4)))));
    server.durably(receive(1, 2, 1, append(at(1, 4), vec![entry(5, 1)], 5)));
    assert_eq!(server.disk.log, *server.node.log());
    server.restart();
    assert_eq!((server.node.commit_index(), server.node.applied_index()), (5, 5));
    assert_eq!(server.node.snapshot().position, at(1, 4));
}

// ---- with rules switched off ----

#[test]
fn without_the_rule_what_follows_a_snapshot_stays_though_it_does_not_match() {
    let config = config_without(2, Rule::SnapshotReplacesLog);
    let mut server = Server::with(config, 3, disk(1, None, &[1, 1, 1, 1]));
    let outcome = server.get(1, 2, install(&of_three(at(2, 2))));
    assert_eq!((server.node.log().base(), server.terms()), (at(2, 2), vec![1, 1]));
    let log = outcome.writes()[0].log.clone().expect("the rest is written again");
    assert_eq!((log.first_index, log.entries.len()), (3, 2));
    server.persist();
    assert_eq!(server.disk.log, *server.node.log());
}

#[test]
fn without_the_rule_a_snapshot_leaves_the_membership_as_it_was() {
    let without = config_without(2, Rule::SnapshotMembership);
    for (config, wanted) in [(config(2), "voters=(1 2)"), (without, "voters=(1 2 3)")] {
        let mut server = Server::with(config, 3, Durable::default());
        let smaller = snapshot(at(1, 4), Membership::of([n(1), n(2)]));
        server.durably(receive(1, 2, 1, install(&smaller)));
        assert_eq!(server.node.membership().to_string(), wanted);
    }
}

#[test]
fn without_the_rule_an_old_snapshot_puts_the_state_machine_back() {
    let config = config_without(2, Rule::RefuseOldSnapshot);
    let mut server = Server::with(config, 3, disk(1, None, &[1, 1, 1, 1]));
    server.durably(receive(1, 2, 2, append(at(1, 4), vec![], 4)));
    assert_eq!(server.node.applied_index(), 4);
    let outcome = server.durably(receive(1, 2, 2, install(&of_three(at(1, 2)))));
    let because = Impossible::SnapshotGoesBack { index: 2, committed: 4 };
    assert_eq!(impossible(&outcome), [because]);
    assert_eq!((server.node.commit_index(), server.node.applied_index()), (2, 2));
    assert_eq!((restored(&outcome), server.terms().len()), (vec![2], 0));
    let outcome = server.durably(receive(1, 2, 2, install(&of_three(at(0, 0)))));
    assert!(impossible(&outcome).is_empty() && restored(&outcome).is_empty());
}

// ---- together ----

#[test]
fn a_server_that_was_away_for_long_catches_up_by_a_snapshot_and_the_log_after_it() {
    let mut cluster = Cluster::new(3);
    cluster.elect(1);
    cluster.away = vec![3];
    for text in ["a", "b", "c", "d"] {
        cluster.propose(1, text);
        cluster.settle();
    }
    let saved = of_three(at(1, 4));
    cluster.give(1, Input::SnapshotSaved(saved.clone()));
    cluster.give(1, Input::Compacted(4));
    cluster.away.clear();
    for _ in 0..3 {
        cluster.beat(1);
    }
    assert_eq!(*cluster.server(3).node.snapshot(), saved);
    assert_eq!(cluster.server(3).node.log().last(), at(1, 5));
    assert_eq!(cluster.server(3).node.applied_index(), 5);
    cluster.propose(1, "e");
    cluster.settle();
    assert!(cluster.servers.iter().all(|server| server.node.log().last_index() == 6));
}
