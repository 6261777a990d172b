//! A follower that lost its log, and the leader that had counted it.

use crate::harness::*;
use raft_core::{Config, Input, LostLog, Note};

fn sent_again(id: u64) -> Config {
    Config { lost_log: LostLog::IsSentAgain, ..config(id) }
}

#[test]
fn a_follower_that_is_told_of_more_than_it_holds_stops_and_answers_nothing() {
    let mut server = Server::from_disk(1, 3, disk(1, None, &[1, 1]));
    let outcome = server.get(2, 1, beat(7));
    let stopped = Note::Stopped { commit_index: 7, last: 2 };
    assert!(outcome.notes().contains(&stopped), "{outcome:?}");
    assert!(outcome.sent().is_empty(), "{outcome:?}");
    assert_eq!(server.node.commit_index(), 0, "what it holds there may be something else");
}

#[test]
fn in_the_papers_way_it_refuses_the_heartbeat_instead() {
    let mut server = Server::from_disk(1, 3, disk(1, None, &[1, 1]));
    server.node.configure(sent_again(1).into());
    let outcome = server.durably(receive(2, 1, 1, beat(7)));
    assert_eq!(outcome.sent_to(2), [rejected(7, at(1, 2))]);
    assert_eq!(server.node.commit_index(), 0);
}

#[test]
fn the_leader_asks_once_more_and_then_sends_everything() {
    let mut server = Server::leader_with(sent_again(1), 3);
    server.get(2, 1, accepted(1));
    server.durably(Input::Propose(data("x")));
    server.get(2, 1, accepted(2));
    assert_eq!(server.describe(2), "StateReplicate match=2 next=3");
    let asked = server.get(2, 1, rejected(2, at(0, 0)));
    assert_eq!(sizes(&asked.sent_to(2)), [0]);
    assert_eq!(server.describe(2), "StateProbe match=2 next=3");
    let sent = server.get(2, 1, rejected(2, at(0, 0)));
    let note = Note::AcknowledgedLost { follower: n(2), acknowledged: 2, to: 1 };
    assert!(sent.notes().contains(&note), "{sent:?}");
    assert_eq!(sizes(&sent.sent_to(2)), [2]);
    assert_eq!(server.describe(2), "StateProbe match=0 next=1 paused");
    assert!(server.get(2, 1, rejected(2, at(0, 0))).0.is_empty(), "a copy is answered once");
    server.get(2, 1, accepted(2));
    assert_eq!(server.describe(2), "StateReplicate match=2 next=3");
}

#[test]
fn an_old_refusal_costs_one_probe() {
    let mut server = Server::leader_with(sent_again(1), 3);
    server.get(2, 1, accepted(1));
    server.get(2, 1, rejected(1, at(0, 0)));
    let outcome = server.get(2, 1, accepted(1));
    assert!(outcome.sent().is_empty());
    assert_eq!(server.describe(2), "StateReplicate match=1 next=2");
}
