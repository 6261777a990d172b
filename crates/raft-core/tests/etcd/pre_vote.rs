//! Pre-vote (§9.6 of Ongaro's dissertation): a server asks whether it could win before it disturbs
//! anybody with a new term.

use crate::harness::*;
use raft_core::{
    Body, Config, Denial, Durable, Flavour, Input, Kind, Note, Output, Position, RoleKind,
    StepDown, Term, Timer,
};

fn asking(id: u64) -> Config {
    Config { pre_vote: true, ..config(id) }
}

/// Server 2 of three in term 3, which has just begun to ask.
fn pre_candidate(config: Config) -> Server {
    let mut server = Server::with(config, 3, disk(3, Some(1), &[1, 3]));
    server.durably(Input::Timer(Timer::Election));
    assert_eq!(server.role(), RoleKind::PreCandidate);
    server
}

#[test]
fn a_server_asks_for_a_term_that_it_does_not_take_up() {
    let mut server = Server::with(asking(2), 3, disk(3, Some(1), &[1, 3]));
    server.get(1, 3, beat(0));
    let outcome = server.time_out();
    let wanted = [1, 3].map(|to| message(2, to, 4, Body::PreVote { last: at(3, 2) }));
    assert_eq!(outcome.sent(), wanted);
    assert_eq!((server.node.term(), server.node.vote()), (3, Some(n(1))));
    assert!(outcome.writes().is_empty(), "nothing is promised, so nothing is written");
    assert!(outcome.has(Note::PreVoteStarted { term: 4, lost_leader: Some(n(1)) }));
    assert!(outcome.timer(Timer::Election).is_some());
    let own = Note::PreVoteCounted { term: 4, from: n(2), granted: true, votes: 1, needed: 2 };
    assert!(outcome.has(own), "it would vote for itself");
    assert_eq!(server.node.leader(), None);
}

#[test]
fn a_server_answers_its_own_question_without_asking() {
    let mut server = Server::with(asking(2), 3, disk(3, None, &[1, 3]));
    let mut out = Vec::new();
    server.node.step(Input::Campaign, &mut out);
    assert!(out.contains(&Output::Send(message(2, 2, 4, pre_granted(true)))), "{out:?}");
    let mut server = Server::from_disk(2, 3, disk(3, None, &[1, 3]));
    let mut out = Vec::new();
    server.node.step(Input::Campaign, &mut out);
    assert!(out.contains(&Output::SendAfter(1, message(2, 2, 4, granted(true)))), "{out:?}");
}

#[test]
fn a_server_that_could_win_stands_for_election() {
    let mut server = pre_candidate(asking(2));
    let outcome = server.get(1, 4, pre_granted(true));
    assert_eq!((server.role(), server.node.term()), (RoleKind::Candidate, 4));
    let wanted = [1, 3].map(|to| message(2, to, 4, ask(at(3, 2))));
    assert_eq!(outcome.sent(), wanted);
    let outcome = server.persist();
    assert!(outcome.has(Note::VoteCounted {
        term: 4,
        from: n(2),
        granted: true,
        votes: 1,
        needed: 2
    }));
    assert_eq!(server.role(), RoleKind::Candidate, "what was said before it counts for nothing");
    let outcome = server.get(3, 4, granted(true));
    assert!(outcome.has(Note::BecameLeader { term: 4, votes: 2 }));
}

#[test]
fn a_server_alone_wins_both_votes() {
    let mut server = Server::with(asking(1), 1, Durable::default());
    server.time_out();
    assert_eq!(server.role(), RoleKind::Candidate);
    server.persist();
    assert_eq!((server.role(), server.node.term()), (RoleKind::Leader, 1));
}

#[test]
fn a_server_that_cannot_win_waits_in_the_paper_and_steps_back_in_etcd() {
    for (flavour, role) in
        [(Flavour::Paper, RoleKind::PreCandidate), (Flavour::Etcd, RoleKind::Follower)]
    {
        let mut server = pre_candidate(Config { flavour, ..asking(2) });
        server.get(1, 3, pre_granted(false));
        assert_eq!(server.role(), RoleKind::PreCandidate, "one may still say yes");
        let outcome = server.get(3, 3, pre_granted(false));
        assert_eq!((server.role(), server.node.term()), (role, 3));
        let note = Note::SteppedDown { term: 3, was_leader: false, because: StepDown::VotesLost };
        assert_eq!(outcome.has(note), flavour == Flavour::Etcd);
    }
}

#[test]
fn a_candidate_that_cannot_win_steps_back_in_etcd() {
    let mut server =
        Server::with(Config { flavour: Flavour::Etcd, ..config(1) }, 3, disk(1, None, &[]));
    server.durably(Input::Timer(Timer::Election));
    server.get(2, 2, granted(false));
    assert_eq!(server.role(), RoleKind::Candidate);
    let outcome = server.get(3, 2, granted(false));
    assert_eq!((server.role(), server.node.vote()), (RoleKind::Follower, Some(n(1))));
    let because = StepDown::VotesLost;
    assert!(outcome.has(Note::SteppedDown { term: 2, was_leader: false, because }));
}

#[test]
fn a_no_of_a_higher_term_makes_it_a_follower_of_that_term() {
    let mut server = pre_candidate(asking(2));
    server.get(1, 9, pre_granted(false));
    assert_eq!((server.role(), server.node.term()), (RoleKind::Follower, 9));
}

#[test]
fn each_kind_of_answer_counts_only_for_the_question_that_was_asked() {
    let mut server = pre_candidate(asking(2));
    let outcome = server.get(1, 3, granted(true));
    assert!(outcome.0.is_empty(), "{outcome:?}");
    server.get(1, 4, pre_granted(true));
    assert_eq!(server.role(), RoleKind::Candidate);
    let outcome = server.get(3, 4, pre_granted(true));
    assert!(outcome.0.is_empty(), "{outcome:?}");
    let mut follower = Server::new(1, 3);
    let outcome = follower.get(2, 1, pre_granted(true));
    assert!(outcome.0.is_empty() && follower.node.term() == 0, "{outcome:?}");
}

#[test]
fn whether_a_server_would_vote_depends_on_term_vote_leader_and_log() {
    const LAST: Position = Position { term: 2, index: 2 };
    struct Case(Term, Option<u64>, Option<u64>, Term, Position, Option<Denial>);
    let following = Some(Denial::FollowsLeader { leader: n(2) });
    let voted = Some(Denial::AlreadyVoted { voted_for: n(2) });
    let stale = |theirs| Some(Denial::StaleLog { ours: LAST, theirs });
    // Our term, vote and leader, what server 3 asks, and the reason to say no.
    for Case(term, vote, leader, asked, last, because) in [
        Case(3, None, None, 4, LAST, None),
        Case(3, Some(2), None, 4, LAST, None),
        Case(3, None, Some(2), 4, LAST, None),
        Case(3, None, None, 4, at(1, 9), stale(at(1, 9))),
        Case(3, None, None, 4, at(2, 1), stale(at(2, 1))),
        Case(3, None, None, 4, at(2, 3), None),
        Case(3, None, None, 3, LAST, None),
        Case(3, None, Some(2), 3, LAST, following),
        Case(3, Some(2), None, 3, LAST, voted),
        Case(3, Some(2), Some(2), 3, LAST, voted),
        Case(3, Some(3), None, 3, LAST, None),
        Case(3, Some(3), Some(2), 3, LAST, None),
        Case(3, Some(3), None, 3, at(1, 9), stale(at(1, 9))),
        Case(3, None, None, 2, LAST, Some(Denial::StaleTerm)),
    ] {
        let mut server = Server::from_disk(1, 3, disk(term, vote, &[1, 2]));
        if let Some(leader) = leader {
            server.get(leader, term, beat(0));
        }
        let outcome = server.get(3, asked, Body::PreVote { last });
        let answers_in = if because.is_none() { asked } else { term };
        let answer = message(1, 3, answers_in, pre_granted(because.is_none()));
        let note = match because {
            None => Note::PreVoteGranted { candidate: n(3), term: asked },
            Some(because) => Note::PreVoteDenied { candidate: n(3), term: asked, because },
        };
        assert_eq!((outcome.notes(), outcome.sent()), (vec![note], vec![answer]));
        assert_eq!((server.node.term(), server.node.vote()), (term, vote.map(n)));
        assert!(outcome.timer(Timer::Election).is_none() && outcome.writes().is_empty());
    }
}

#[test]
fn a_server_that_was_cut_off_does_not_depose_a_working_leader() {
    let servers = (1..=3)
        .map(|id| Server::with(Config { check_quorum: true, ..asking(id) }, 3, Durable::default()));
    let mut cluster = Cluster::of(servers.collect());
    cluster.elect(1);
    cluster.away = vec![3];
    for _ in 0..3 {
        cluster.give(3, Input::Timer(Timer::Election));
    }
    cluster.away.clear();
    cluster.give(3, Input::Timer(Timer::Election));
    assert!(cluster.mail.iter().all(|mail| mail.kind() == Kind::PreVote));
    cluster.settle();
    cluster.beat(1);
    assert!(cluster.server(1).node.is_leader());
    let terms: Vec<Term> = cluster.servers.iter().map(|server| server.node.term()).collect();
    assert_eq!((terms, cluster.server(3).node.leader()), (vec![1; 3], Some(n(1))));
}
