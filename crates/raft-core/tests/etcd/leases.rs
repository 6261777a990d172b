//! Reads on a lease: how long it lasts, by etcd's bound and by the dissertation's.

use crate::harness::*;
use raft_core::{Body, Config, Echo, Input, LeaseBound, Output, ReadToken, Reads, Timer};

fn leased(lease_bound: LeaseBound) -> Server {
    let reads = Reads::Lease;
    let mut config = Config { check_quorum: true, reads, lease_bound, ..config(1) };
    (config.election_timeout, config.heartbeat) = (150..=300, 50);
    let mut server = Server::leader_with(config, 3);
    server.get(2, 1, accepted(1));
    server
}

/// Whether a read is answered at once.
fn answers(server: &mut Server, token: ReadToken) -> bool {
    let outcome = server.step(Input::ReadIndex(token));
    outcome.0.iter().any(|output| matches!(output, Output::Read { .. }))
}

/// The next round of heartbeats: what it carries to server 2.
fn round(server: &mut Server) -> Echo {
    let sent = server.step(Input::Timer(Timer::Heartbeat)).sent_to(2);
    let echo = sent.iter().find_map(|body| match body {
        Body::Heartbeat { echo, .. } => Some(*echo),
        _ => None,
    });
    echo.expect("a heartbeat")
}

#[test]
fn etcds_lease_lasts_until_the_look_that_finds_no_quorum() {
    let mut server = leased(LeaseBound::CheckQuorum);
    assert_eq!(round(&mut server), Echo::Nothing, "heartbeats are as ever");
    server.get(2, 1, beat_reply());
    server.step(Input::Timer(Timer::Quorum));
    // Nobody is heard of any more, for as long as the next look is away.
    for token in 1..=9 {
        round(&mut server);
        assert!(answers(&mut server, token));
    }
    server.step(Input::Timer(Timer::Quorum));
    assert!(!answers(&mut server, 10));
}

#[test]
fn a_lease_from_the_round_lasts_one_election_timeout_from_when_it_was_sent() {
    let mut server = leased(LeaseBound::Round);
    assert!(!answers(&mut server, 1), "no round is answered yet");
    let mut server = leased(LeaseBound::Round);
    let first = round(&mut server);
    round(&mut server);
    assert!(!answers(&mut server, 1));
    let mut server = leased(LeaseBound::Round);
    assert_eq!(round(&mut server), first, "a round is named by its number");
    let second = round(&mut server);
    server.get(2, 1, Body::HeartbeatReply { echo: second });
    assert!(answers(&mut server, 1));
    round(&mut server);
    round(&mut server);
    assert!(answers(&mut server, 2), "less than three heartbeats ago");
    round(&mut server);
    assert!(!answers(&mut server, 3));
}

#[test]
fn an_old_answer_prolongs_no_lease() {
    let mut server = leased(LeaseBound::Round);
    let first = round(&mut server);
    for _ in 0..3 {
        round(&mut server);
    }
    server.get(2, 1, Body::HeartbeatReply { echo: first });
    assert!(!answers(&mut server, 1));
}

#[test]
fn a_lease_takes_the_answers_of_a_quorum() {
    for followers in [1, 2] {
        let config = leased(LeaseBound::Round).node.config().as_ref().clone();
        let mut server = Server::leader_with(config, 5);
        server.get(2, 1, accepted(1));
        server.get(3, 1, accepted(1));
        let echo = round(&mut server);
        for follower in 2..2 + followers {
            server.get(follower, 1, Body::HeartbeatReply { echo });
        }
        assert_eq!(answers(&mut server, 1), followers == 2);
    }
}

#[test]
fn who_was_told_to_stand_for_election_ends_the_lease() {
    let mut server = leased(LeaseBound::Round);
    let echo = round(&mut server);
    server.get(2, 1, Body::HeartbeatReply { echo });
    server.step(Input::TransferLeader(n(2)));
    // The hand-over is given up, and the order to stand may still arrive.
    server.step(Input::Timer(Timer::Quorum));
    assert!(!answers(&mut server, 1));
}
