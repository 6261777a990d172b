//! §5.3: log replication.

use crate::harness::*;
use raft_core::{
    AppendRejection, AppendReply, Body, Config, Durable, Input, Kind, Note, Proposal, Term, Timer,
    Window,
};

#[test]
fn a_leader_appends_a_command_and_sends_it_to_every_follower_at_once() {
    let mut cluster = Cluster::new(5);
    cluster.elect(1);
    let outcome = cluster.server(1).step(Input::Propose(data("x")));
    assert_eq!(outcome.proposed(), Some(Proposal::Appended { index: 2, term: 1 }));
    let new = cluster.server(1).node.log().get(2).expect("appended").clone();
    assert_eq!(new.payload, data("x"));
    for follower in 2..=5 {
        let body = append(at(1, 1), vec![new.clone()], 1);
        assert_eq!(outcome.sent_to(follower), [body], "before its own write is durable");
    }
}

#[test]
fn who_does_not_lead_refuses_a_command_and_names_the_leader_it_knows() {
    let mut server = Server::new(2, 3);
    let propose = || Input::Propose(data("x"));
    assert_eq!(server.step(propose()).proposed(), Some(Proposal::NotLeader { leader: None }));
    server.get(3, 1, beat(0));
    let named = Proposal::NotLeader { leader: Some(n(3)) };
    assert_eq!(server.step(propose()).proposed(), Some(named));
    assert!(server.terms().is_empty());
}

#[test]
fn a_leader_retries_until_every_follower_has_stored_every_entry() {
    let mut cluster = Cluster::new(3);
    cluster.elect(1);
    for text in ["a", "b", "c"] {
        cluster.propose(1, text);
        cluster.lose(Kind::Append);
    }
    cluster.settle();
    assert_eq!(cluster.server(2).terms(), [1], "everything was lost");
    cluster.beat(1);
    cluster.beat(1);
    assert_eq!(cluster.server(2).terms(), [1; 4]);
    assert_eq!(cluster.applied, vec![vec![1, 2, 3, 4]; 3], "even the followers, in order");
}

#[test]
fn a_lost_first_message_to_a_follower_is_repeated_after_a_heartbeat() {
    let mut cluster = Cluster::new(3);
    cluster.give(1, Input::Timer(Timer::Election));
    while cluster.mail.iter().any(|m| m.kind() != Kind::Append) {
        cluster.lose(Kind::Append);
        let mail = cluster.mail.pop_front().expect("not empty");
        cluster.give(mail.to.0, Input::Receive(mail));
    }
    cluster.lose(Kind::Append);
    cluster.settle();
    assert!(cluster.server(1).node.is_leader() && cluster.server(2).terms().is_empty());
    cluster.beat(1);
    assert_eq!(cluster.applied[0], [1]);
}

#[test]
fn an_entry_is_committed_once_a_majority_holds_it_durably_and_then_applied() {
    let mut server = Server::leader(5, 1, &[]);
    server.get(2, 1, accepted(1));
    assert_eq!(server.node.commit_index(), 0, "two of five");
    let outcome = server.get(3, 1, accepted(1));
    assert_eq!((server.node.commit_index(), outcome.applied()), (1, vec![(1, 1)]));

    server.step(Input::Propose(data("x")));
    server.get(2, 1, accepted(2));
    let outcome = server.get(3, 1, accepted(2));
    assert_eq!(server.node.commit_index(), 1, "the leader's own copy is not durable yet");
    assert!(outcome.applied().is_empty());
    let outcome = server.persist();
    assert_eq!((server.node.commit_index(), outcome.applied()), (2, vec![(2, 2)]));
}

#[test]
fn a_majority_commits_without_the_leaders_disk_but_it_applies_only_what_is_durable_there() {
    let mut server = Server::leader(3, 1, &[]);
    server.get(2, 1, accepted(1));
    server.step(Input::Propose(data("x")));
    server.get(2, 1, accepted(2));
    let outcome = server.get(3, 1, accepted(2));
    assert_eq!(server.node.commit_index(), 2);
    assert!(outcome.applied().is_empty());
    assert_eq!(server.persist().applied(), [(2, 2)]);
}

#[test]
fn slow_followers_do_not_hold_up_a_commit() {
    let mut cluster = Cluster::new(5);
    cluster.away = vec![4, 5];
    cluster.elect(1);
    cluster.propose(1, "x");
    cluster.settle();
    assert_eq!(cluster.applied[0], [1, 2]);
    cluster.away.clear();
    cluster.beat(1);
    cluster.beat(1);
    assert!(cluster.applied.iter().all(|applied| applied == &[1, 2]), "{:?}", cluster.applied);
}

#[test]
fn committing_an_entry_commits_all_before_it_those_of_earlier_leaders_too() {
    let mut server = Server::leader(3, 4, &[1, 2, 2]);
    let outcome = server.get(3, 4, accepted(4));
    assert_eq!(outcome.applied(), [(1, 4)]);
}

#[test]
fn a_follower_learns_what_is_committed_and_applies_it_in_order() {
    let mut server = Server::new(2, 3);
    server.durably(receive(1, 2, 1, append(at(0, 0), vec![entry(1, 1), entry(2, 1)], 0)));
    assert_eq!(server.node.commit_index(), 0);
    let outcome = server.get(1, 1, beat(1));
    assert_eq!(outcome.applied(), [(1, 1)]);
    let outcome = server.durably(receive(1, 2, 1, append(at(1, 2), vec![entry(3, 1)], 3)));
    assert_eq!(outcome.applied(), [(2, 2), (3, 3)], "the third once it is durable");
}

#[test]
fn a_follower_commits_no_further_than_what_it_was_sent() {
    let mut server = Server::from_disk(2, 3, disk(1, None, &[1, 1, 1]));
    // The leader's log is longer and its entry 3 is another one.
    server.get(1, 2, append(at(1, 1), vec![], 9));
    assert_eq!(server.node.commit_index(), 1);
    server.get(1, 2, append(at(1, 1), vec![entry(2, 1)], 9));
    assert_eq!(server.node.commit_index(), 2);
}

#[test]
fn a_heartbeat_commits_no_further_than_the_leader_knows_the_follower_to_agree() {
    let mut server = Server::leader(3, 2, &[1, 1]);
    server.get(2, 2, accepted(3));
    assert_eq!(server.node.commit_index(), 3);
    let outcome = server.step(Input::Timer(Timer::Heartbeat));
    assert_eq!(outcome.sent_to(2), [beat(3)]);
    assert_eq!(outcome.sent_to(3), [beat(0)]);
}

#[test]
fn a_follower_refuses_entries_whose_predecessor_it_lacks_or_has_of_another_term() {
    for (previous, because) in [
        (at(1, 3), AppendRejection::Missing { last: 2 }),
        (at(2, 2), AppendRejection::Conflict { ours: 1 }),
    ] {
        let mut server = Server::from_disk(2, 3, disk(1, None, &[1, 1]));
        let outcome = server.durably(receive(1, 2, 2, append(previous, vec![entry(4, 2)], 4)));
        let note = Note::AppendRejected { leader: n(1), previous, because };
        assert!(outcome.notes().contains(&note));
        assert_eq!((server.terms(), server.node.commit_index()), (vec![1, 1], 0));
        let [Body::AppendEntriesReply(AppendReply::Rejected { previous_index, .. })] =
            outcome.sent_to(1)[..]
        else {
            panic!("{outcome:?}");
        };
        assert_eq!(previous_index, previous.index);
    }
}

#[test]
fn an_entry_that_conflicts_is_deleted_with_all_that_follow_it() {
    let mut server = Server::from_disk(2, 3, disk(2, None, &[1, 1, 2, 2, 2]));
    let entries = vec![entry(2, 1), entry(3, 3)];
    let outcome = server.durably(receive(1, 2, 3, append(at(1, 1), entries, 0)));
    assert_eq!(server.terms(), [1, 1, 3]);
    assert!(outcome.notes().contains(&Note::Truncated { leader: n(1), from: 3, to: 5 }));
    assert_eq!(outcome.sent_to(1), [accepted(3)]);
    assert_eq!(server.disk.log, *server.node.log());
}

#[test]
fn an_old_message_that_arrives_late_removes_nothing() {
    let mut server = Server::new(2, 3);
    let first = || receive(1, 2, 1, append(at(0, 0), vec![entry(1, 1)], 0));
    server.durably(first());
    server.durably(receive(1, 2, 1, append(at(1, 1), vec![entry(2, 1), entry(3, 1)], 0)));
    let outcome = server.durably(first());
    assert_eq!(server.terms(), [1, 1, 1]);
    assert!(outcome.writes().is_empty(), "nor does it write anything");
    assert_eq!(outcome.sent_to(1), [accepted(1)]);
}

#[test]
fn an_old_message_about_what_is_committed_is_answered_with_all_that_is() {
    let mut server = Server::new(2, 3);
    let entries = (1..=4).map(|index| entry(index, 1)).collect();
    server.durably(receive(1, 2, 1, append(at(0, 0), entries, 3)));
    for (previous, entries) in
        [(at(0, 0), vec![]), (at(0, 0), vec![entry(1, 1)]), (at(1, 2), vec![entry(3, 1)])]
    {
        let outcome = server.durably(receive(1, 2, 1, append(previous, entries, 0)));
        assert_eq!(outcome.sent_to(1), [accepted(3)]);
    }
    let outcome = server.durably(receive(1, 2, 1, append(at(1, 3), vec![entry(4, 1)], 0)));
    assert_eq!(outcome.sent_to(1), [accepted(4)], "this one is not");
}

#[test]
fn a_leader_ignores_refusals_and_acceptances_that_are_out_of_date() {
    let mut server = Server::leader(3, 1, &[]);
    server.get(2, 1, accepted(1));
    let hint = at(0, 0);
    let refusal = AppendReply::Rejected { previous_index: 0, hint };
    let outcome = server.get(2, 1, Body::AppendEntriesReply(refusal));
    assert!(outcome.sent().is_empty() && outcome.notes().is_empty(), "{outcome:?}");
    let outcome = server.get(2, 1, accepted(0));
    assert!(outcome.sent().is_empty() && server.node.commit_index() == 1);
}

/// Figure 7: a leader comes to power in term 8 and finds these logs.
#[test]
fn a_leader_steps_back_until_logs_agree_and_then_makes_every_log_of_figure_7_equal_to_its_own() {
    const LEADER: [Term; 10] = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6];
    let followers: [&[Term]; 6] = [
        &[1, 1, 1, 4, 4, 5, 5, 6, 6],
        &[1, 1, 1, 4],
        &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
        &[1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
        &[1, 1, 1, 4, 4, 4, 4],
        &[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    ];
    let mut servers = vec![Server::from_disk(1, 7, disk(7, None, &LEADER))];
    for (id, terms) in (2..).zip(followers) {
        servers.push(Server::from_disk(id, 7, disk(7, None, terms)));
    }
    let mut cluster = Cluster::of(servers);
    cluster.give(1, Input::Timer(Timer::Election));
    let mut rounds = 0;
    while let Some(mail) = cluster.mail.pop_front() {
        rounds += u32::from(mail.kind() == Kind::Append && mail.to == n(7));
        cluster.give(mail.to.0, Input::Receive(mail));
        let own = cluster.server(1).terms();
        assert_eq!(own.iter().take(10).copied().collect::<Vec<_>>(), LEADER, "it only appends");
    }
    let wanted: Vec<Term> = LEADER.into_iter().chain([8]).collect();
    for server in &cluster.servers {
        assert_eq!(server.terms(), wanted, "{}", server.node.id());
        assert_eq!(server.node.commit_index(), 11, "{}", server.node.id());
    }
    assert!(rounds <= 6, "hints spare one message an entry: {rounds}");
}

#[test]
fn a_hint_names_the_last_place_where_the_logs_can_agree() {
    let mut server = Server::from_disk(7, 7, disk(7, None, &[1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]));
    for (previous, hint) in [(at(6, 10), at(3, 10)), (at(2, 8), at(2, 6)), (at(6, 20), at(3, 11))] {
        let outcome = server.durably(receive(1, 7, 8, append(previous, vec![], 0)));
        let previous_index = previous.index;
        let reply = AppendReply::Rejected { previous_index, hint };
        assert_eq!(outcome.sent_to(1), [Body::AppendEntriesReply(reply)]);
    }
}

#[test]
fn entries_travel_in_batches_and_only_so_many_at_once() {
    let config =
        Config { max_entries_per_append: 2, window: Window { messages: 3, bytes: 0 }, ..config(1) };
    let mut server = Server::with(config, 3, Durable::default());
    server.win();
    server.get(2, 1, accepted(1));
    let mut sent = 0;
    for _ in 0..20 {
        sent += server.durably(Input::Propose(data("x"))).sent_to(2).len();
    }
    assert_eq!(sent, 3);
    let outcome = server.get(2, 1, accepted(4));
    let sizes: Vec<usize> = outcome
        .sent_to(2)
        .iter()
        .map(|body| match body {
            Body::AppendEntries { entries, .. } => entries.len(),
            _ => 0,
        })
        .collect();
    assert_eq!(sizes, [2, 2, 2]);
}
