//! Leadership handed over on request (§3.10 of Ongaro's dissertation).

use crate::harness::*;
use raft_core::{
    Body, CampaignRefusal, ChangeKind, Config, ConfigChange, Dropped, Durable, Flow, Input,
    Membership, Note, Payload, Proposal, RoleKind, Timer, TimerRange,
};

/// Server 1 leads three, and server 2 has everything.
fn leader(config: Config) -> Server {
    let mut server = Server::leader_with(config, 3);
    server.get(2, 1, accepted(1));
    server
}

fn hand_to(server: &mut Server, to: u64) -> Outcome {
    server.step(Input::TransferLeader(n(to)))
}

#[test]
fn a_follower_that_has_everything_is_told_to_stand_for_election_at_once() {
    let mut server = leader(config(1));
    let outcome = hand_to(&mut server, 2);
    assert_eq!(outcome.sent(), [message(1, 2, 1, Body::TimeoutNow)]);
    let notes = [Note::TransferStarted { to: n(2) }, Note::TimeoutNowSent { to: n(2) }];
    assert_eq!(outcome.notes(), notes);
    let range = TimerRange { min: 150_000, max: 150_000 };
    assert_eq!(outcome.timer(Timer::Quorum), Some(range), "it must be done within this time");
    assert_eq!(server.lead().transfer(), Some(n(2)));
}

#[test]
fn a_follower_that_lacks_entries_is_brought_up_to_date_first() {
    let mut server = leader(config(1));
    server.get(3, 1, accepted(1));
    server.durably(Input::Propose(data("a")));
    server.durably(Input::Propose(data("b")));
    let outcome = hand_to(&mut server, 3);
    assert!(!outcome.sent_to(3).contains(&Body::TimeoutNow));
    assert!(!outcome.sent_to(3).is_empty(), "it hears from its leader at once");
    assert!(!server.get(2, 1, accepted(3)).sent_to(2).contains(&Body::TimeoutNow));
    assert!(!server.get(3, 1, accepted(2)).sent_to(3).contains(&Body::TimeoutNow));
    let outcome = server.get(3, 1, accepted(3));
    assert_eq!(outcome.sent_to(3).last(), Some(&Body::TimeoutNow));
    assert!(outcome.sent_to(2).iter().all(|body| *body != Body::TimeoutNow));
}

#[test]
fn no_commands_are_taken_during_a_transfer() {
    let mut server = leader(config(1));
    hand_to(&mut server, 2);
    let dropped = Proposal::Dropped(Dropped::Transferring { to: n(2) });
    assert_eq!(server.propose("x").proposed(), Some(dropped));
    assert_eq!(server.terms(), [1]);
}

#[test]
fn a_transfer_that_takes_too_long_is_given_up() {
    for check_quorum in [false, true] {
        let mut server = leader(Config { check_quorum, ..config(1) });
        hand_to(&mut server, 2);
        let outcome = server.step(Input::Timer(Timer::Quorum));
        assert!(outcome.has(Note::TransferAborted { to: n(2) }));
        assert_eq!(outcome.timer(Timer::Quorum).is_some(), check_quorum);
        assert_eq!((server.lead().transfer(), server.node.is_leader()), (None, true));
        assert!(matches!(server.propose("x").proposed(), Some(Proposal::Appended { .. })));
    }
}

#[test]
fn another_request_replaces_the_one_before_and_the_same_again_changes_nothing() {
    let mut server = leader(config(1));
    hand_to(&mut server, 2);
    assert!(hand_to(&mut server, 2).0.is_empty());
    let outcome = hand_to(&mut server, 3);
    let notes = [Note::TransferAborted { to: n(2) }, Note::TransferStarted { to: n(3) }];
    assert_eq!(outcome.notes(), notes);
    let outcome = hand_to(&mut server, 1);
    assert_eq!(outcome.notes(), [Note::TransferAborted { to: n(3) }], "to itself: it stays");
    assert_eq!((outcome.sent().len(), server.lead().transfer()), (0, None));
}

#[test]
fn nobody_hands_over_to_a_learner_or_a_stranger() {
    let membership = Membership { learners: vec![n(4)], ..Membership::of([n(1), n(2), n(3)]) };
    let mut server = Server::leader_of(config(1), membership);
    for to in [4, 9] {
        assert!(hand_to(&mut server, to).0.is_empty());
        assert_eq!(server.lead().transfer(), None);
    }
}

#[test]
fn a_follower_passes_the_request_on_in_the_name_of_whoever_is_to_lead() {
    let mut server = Server::new(2, 3);
    assert!(hand_to(&mut server, 3).0.is_empty(), "it knows no leader");
    server.get(1, 1, beat(0));
    let outcome = hand_to(&mut server, 3);
    assert_eq!(outcome.sent(), [message(3, 1, 1, Body::TransferLeader)]);
    server.time_out();
    assert!(hand_to(&mut server, 3).0.is_empty(), "nor does a candidate");
    let mut leader = leader(config(1));
    leader.get(2, 1, Body::TransferLeader);
    assert_eq!(leader.lead().transfer(), Some(n(2)));
}

#[test]
fn the_next_leader_asks_no_pre_votes_and_its_voters_hold_to_nobody() {
    let mut server = Server::with(Config { pre_vote: true, ..config(2) }, 3, Durable::default());
    server.get(1, 1, beat(0));
    let outcome = server.get(1, 1, Body::TimeoutNow);
    assert_eq!((server.role(), server.node.term()), (RoleKind::Candidate, 2));
    let asked = Body::RequestVote { last: at(0, 0), transfer: true };
    assert_eq!(outcome.sent_to(1), [asked]);
    assert!(server.get(1, 2, Body::TimeoutNow).0.is_empty(), "it does so already");
}

#[test]
fn a_learner_does_not_stand_for_election_even_when_told_to() {
    let membership = Membership { learners: vec![n(2)], ..Membership::of([n(1), n(3)]) };
    let mut server = Server::boot(config(2), Durable::bootstrap(membership));
    let refused = Note::CampaignRefused(CampaignRefusal::NotVoter);
    let outcome = server.get(1, 1, Body::TimeoutNow);
    assert!(outcome.has(refused) && server.role() == RoleKind::Follower);
    let outcome = server.step(Input::Campaign);
    assert!(outcome.has(refused) && outcome.timer(Timer::Election).is_some());
    let outcome = server.time_out();
    assert_eq!((outcome.notes(), outcome.0.len()), (vec![refused], 1), "no timer is needed");
}

#[test]
fn leadership_moves_without_an_election_timeout() {
    let checking = |id| Config { check_quorum: true, pre_vote: true, ..config(id) };
    let servers = (1..=3).map(|id| Server::with(checking(id), 3, Durable::default()));
    let mut cluster = Cluster::of(servers.collect());
    cluster.elect(1);
    cluster.propose(1, "x");
    cluster.give(1, Input::TransferLeader(n(2)));
    cluster.settle();
    assert!(cluster.server(2).node.is_leader());
    assert_eq!(cluster.server(2).terms(), [1, 1, 2]);
    assert!(cluster.servers.iter().all(|server| server.node.leader() == Some(n(2))));
}

#[test]
fn a_transfer_to_a_server_that_leaves_the_cluster_is_given_up() {
    for (kind, node, goes_on) in [
        (ChangeKind::Remove, 3, false),
        (ChangeKind::AddLearner, 3, false),
        (ChangeKind::Remove, 2, true),
    ] {
        let mut server = leader(config(1));
        let change = Payload::Config(Box::new(ConfigChange::one(kind, n(node))));
        server.durably(Input::Propose(change));
        hand_to(&mut server, 3);
        let outcome = server.get(2, 1, accepted(2));
        assert_eq!(outcome.has(Note::TransferAborted { to: n(3) }), !goes_on);
        assert_eq!(server.lead().transfer().is_some(), goes_on);
    }
}

#[test]
fn a_target_that_is_probed_already_is_not_probed_twice() {
    let mut server = leader(config(1));
    assert_eq!(server.progress(3).flow, Flow::Probe);
    assert!(server.progress(3).paused);
    let outcome = hand_to(&mut server, 3);
    assert!(outcome.sent_to(3).is_empty(), "the probe under way is enough");
    let outcome = server.get(3, 1, beat_reply());
    assert_eq!(sizes(&outcome.sent_to(3)), [1], "a heartbeat's answer lets the next one go");
}
