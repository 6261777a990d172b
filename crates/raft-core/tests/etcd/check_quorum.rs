//! Check-quorum (§6.2 and §4.2.3 of Ongaro's dissertation): a leader that hears from no quorum
//! gives up, and whoever hears from a leader listens to no candidate.

use crate::harness::*;
use raft_core::{
    AppendReply, Body, Config, Denial, Durable, Flavour, Input, Membership, Note, Reads, RoleKind,
    StepDown, Timer, TimerRange,
};

const TIMEOUT: TimerRange = TimerRange { min: 150_000, max: 150_000 };

fn checking(id: u64) -> Config {
    Config { check_quorum: true, ..config(id) }
}

fn look(server: &mut Server) -> Outcome {
    server.step(Input::Timer(Timer::Quorum))
}

#[test]
fn a_leader_looks_at_its_quorum_once_every_shortest_election_timeout() {
    let mut server = Server::with(checking(1), 3, Durable::default());
    assert_eq!(server.win().timer(Timer::Quorum), Some(TIMEOUT));
    server.get(2, 1, beat_reply());
    assert_eq!(look(&mut server).timer(Timer::Quorum), Some(TIMEOUT));
    let mut server = Server::new(1, 3);
    assert_eq!(server.win().timer(Timer::Quorum), None);
    assert!(look(&mut server).0.is_empty(), "without it a leader has no reason to look");
    assert!(server.node.is_leader());
}

#[test]
fn a_leader_that_hears_from_less_than_a_quorum_steps_down() {
    for heard in 0..=4u64 {
        let mut server = Server::leader_with(checking(1), 5);
        (2..2 + heard).for_each(|id| drop(server.get(id, 1, beat_reply())));
        let outcome = look(&mut server);
        assert_eq!(server.node.is_leader(), heard >= 2, "{heard} and itself of 5");
        if heard < 2 {
            let because = StepDown::QuorumLost;
            assert!(outcome.has(Note::SteppedDown { term: 1, was_leader: true, because }));
            assert!(outcome.cancels(Timer::Heartbeat) && outcome.cancels(Timer::Quorum));
            assert!(outcome.timer(Timer::Election).is_some());
            assert_eq!((server.role(), server.node.leader()), (RoleKind::Follower, None));
        }
    }
}

#[test]
fn what_was_heard_before_the_last_look_counts_no_more_but_the_leader_itself_does() {
    let mut server = Server::leader_with(checking(1), 3);
    server.get(2, 1, beat_reply());
    look(&mut server);
    assert!(server.progress(1).recent_active && !server.progress(2).recent_active);
    server.get(3, 1, beat_reply());
    look(&mut server);
    assert!(server.node.is_leader(), "it needs one other, any other");
    look(&mut server);
    assert!(!server.node.is_leader());
}

#[test]
fn any_answer_shows_that_a_follower_is_there() {
    let stale = Body::AppendEntriesReply(AppendReply::StaleTerm);
    for body in [beat_reply(), accepted(1), accepted(0), rejected(5, at(0, 0)), stale] {
        let mut server = Server::leader_with(checking(1), 3);
        server.get(2, 1, body.clone());
        look(&mut server);
        assert!(server.node.is_leader(), "{body:?}");
    }
}

#[test]
fn learners_are_no_part_of_a_quorum() {
    let learners = vec![n(4), n(5)];
    let membership = Membership { learners, ..Membership::of([n(1), n(2), n(3)]) };
    for (heard, leads) in [(&[4, 5][..], false), (&[2], true)] {
        let mut server = Server::leader_of(checking(1), membership.clone());
        heard.iter().for_each(|id| drop(server.get(*id, 1, beat_reply())));
        look(&mut server);
        assert_eq!(server.node.is_leader(), leads, "heard from {heard:?}");
    }
}

/// Server 1 in term 1, which has heard from server 2 as the leader of that term.
fn follower(config: Config) -> Server {
    let mut server = Server::with(config, 3, Durable::default());
    let outcome = server.durably(receive(2, 1, 1, beat(0)));
    let holds = server.node.config().check_quorum;
    assert_eq!(outcome.timer(Timer::Lease), Some(TIMEOUT).filter(|_| holds));
    server
}

#[test]
fn whoever_hears_from_a_leader_listens_to_no_candidate_of_a_higher_term() {
    let because = Denial::LeaderAlive { leader: n(2) };
    let (candidate, term) = (n(3), 5);
    for (body, note) in [
        (ask(at(9, 9)), Note::VoteDenied { candidate, term, because }),
        (Body::PreVote { last: at(9, 9) }, Note::PreVoteDenied { candidate, term, because }),
    ] {
        let mut server = follower(checking(1));
        let outcome = server.durably(receive(3, 1, 5, body));
        assert_eq!((outcome.notes(), outcome.sent().len()), (vec![note], 0));
        assert_eq!((server.node.term(), server.node.leader()), (1, Some(n(2))));
    }
}

#[test]
fn a_leader_listens_to_no_candidate_of_a_higher_term_either() {
    let mut server = Server::leader_with(checking(1), 3);
    for body in [ask(at(9, 9)), Body::PreVote { last: at(9, 9) }] {
        let outcome = server.durably(receive(3, 1, 5, body));
        assert!(outcome.sent().is_empty() && server.node.is_leader(), "{outcome:?}");
    }
}

#[test]
fn everything_else_of_a_higher_term_is_listened_to() {
    let vote = Body::RequestVote { last: at(9, 9), transfer: true };
    for body in [vote, granted(false), pre_granted(false), beat(0), beat_reply()] {
        let mut server = follower(checking(1));
        server.durably(receive(3, 1, 5, body.clone()));
        assert_eq!(server.node.term(), 5, "{body:?}");
    }
}

#[test]
fn a_follower_holds_to_its_leader_only_for_the_shortest_election_timeout() {
    let vote = || receive(3, 1, 5, ask(at(9, 9)));
    let mut server = follower(checking(1));
    server.step(Input::Timer(Timer::Lease));
    assert_eq!(server.durably(vote()).sent_to(3), [granted(true)]);
    let mut server = follower(config(1));
    assert_eq!(server.durably(vote()).sent_to(3), [granted(true)], "without it, never");
    let mut server = follower(checking(1));
    server.durably(Input::Timer(Timer::Election));
    assert_eq!(server.durably(vote()).sent_to(3), [granted(true)], "nor as a candidate");
}

#[test]
fn a_message_of_an_older_term_is_answered_where_a_deposed_leader_could_be_stuck() {
    let snapshot = snapshot(at(1, 1), Membership::of([n(1), n(2), n(3)]));
    let stale = Body::AppendEntriesReply(AppendReply::StaleTerm);
    for (flavour, check_quorum, pre_vote) in [
        (Flavour::Paper, false, false),
        (Flavour::Etcd, false, false),
        (Flavour::Etcd, true, false),
        (Flavour::Etcd, false, true),
    ] {
        let paper = flavour == Flavour::Paper;
        let stuck = paper || check_quorum || pre_vote;
        for (body, answer) in [
            (append(at(0, 0), vec![], 0), Some(stale.clone()).filter(|_| stuck)),
            (beat(0), Some(stale.clone()).filter(|_| stuck)),
            (
                Body::InstallSnapshot { snapshot: snapshot.clone() },
                Some(stale.clone()).filter(|_| paper),
            ),
            (ask(at(9, 9)), Some(granted(false)).filter(|_| paper)),
            (Body::PreVote { last: at(9, 9) }, Some(pre_granted(false))),
            (granted(true), None),
            (pre_granted(true), None),
            (beat_reply(), None),
            (Body::TimeoutNow, None),
        ] {
            let config = Config { flavour, check_quorum, pre_vote, ..config(1) };
            let mut server = Server::with(config, 3, disk(3, None, &[]));
            let outcome = server.durably(receive(2, 1, 2, body.clone()));
            let answers: Vec<_> = answer.into_iter().map(|a| message(1, 2, 3, a)).collect();
            assert_eq!(outcome.sent(), answers, "{flavour:?} {check_quorum} {pre_vote} {body:?}");
            assert_eq!((outcome.notes().len(), server.role()), (1, RoleKind::Follower));
            assert!(server.node.leader().is_none() && outcome.writes().is_empty());
        }
    }
}

#[test]
fn a_follower_can_be_made_to_forget_its_leader_and_votes_for_another() {
    let mut server = follower(checking(1));
    let outcome = server.step(Input::ForgetLeader);
    assert_eq!(outcome.notes(), [Note::LeaderForgotten { leader: n(2) }]);
    assert_eq!(server.node.leader(), None);
    assert!(server.step(Input::ForgetLeader).0.is_empty());
    assert_eq!(server.durably(receive(3, 1, 2, ask(at(0, 0)))).sent_to(3), [granted(true)]);
}

#[test]
fn nobody_forgets_a_leader_that_reads_on_its_lease() {
    let mut server = follower(Config { reads: Reads::Lease, ..checking(1) });
    assert!(server.step(Input::ForgetLeader).0.is_empty());
    assert_eq!(server.node.leader(), Some(n(2)));
    let mut leader = Server::leader_with(checking(1), 3);
    assert!(leader.step(Input::ForgetLeader).0.is_empty());
    assert!(leader.node.is_leader());
}

#[test]
fn a_leader_that_was_cut_off_gives_way_and_the_rest_goes_on() {
    let servers = (1..=3).map(|id| Server::with(checking(id), 3, Durable::default()));
    let mut cluster = Cluster::of(servers.collect());
    cluster.elect(1);
    cluster.give(1, Input::Timer(Timer::Quorum));
    cluster.away = vec![1];
    cluster.give(1, Input::Timer(Timer::Quorum));
    assert!(!cluster.server(1).node.is_leader());
    for id in [2, 3] {
        cluster.give(id, Input::Timer(Timer::Lease));
    }
    cluster.elect(2);
    cluster.away.clear();
    cluster.beat(2);
    assert_eq!(cluster.server(1).node.leader(), Some(n(2)));
}
