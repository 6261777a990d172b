//! How much is sent to a follower, and when: probing, pipelines, windows, limits.

use crate::harness::*;
use raft_core::{
    Body, ChangeKind, Config, ConfigChange, Dropped, Durable, Flow, Index, Inflight, Input,
    Membership, Note, Payload, Progress, Proposal, Rule, Timer, Window,
};

/// Server 1 leads three; server 2 has the first entry and takes more in a pipeline.
fn leader(config: Config) -> Server {
    let mut server = Server::leader_with(config, 3);
    server.get(2, 1, accepted(1));
    server
}

fn windowed(messages: usize, bytes: u64) -> Config {
    Config { window: Window { messages, bytes }, ..config(1) }
}

fn propose(server: &mut Server, count: usize) -> Vec<usize> {
    let sent = |_| sizes(&server.durably(Input::Propose(data("x"))).sent_to(2));
    (0..count).flat_map(sent).collect()
}

/// The commit indexes of the AppendEntries among these.
fn told(bodies: &[Body]) -> Vec<Index> {
    let commit = |body: &Body| match body {
        Body::AppendEntries { commit_index, .. } => Some(*commit_index),
        _ => None,
    };
    bodies.iter().filter_map(commit).collect()
}

#[test]
fn progress_is_described_in_etcds_words() {
    let window = Window { messages: 1, bytes: 0 };
    let describe = |progress: &Progress| progress.describe(window).to_string();
    let mut progress = Progress::new(5);
    assert_eq!(describe(&progress), "StateProbe match=0 next=5 inactive");
    (progress.is_learner, progress.paused, progress.recent_active) = (true, true, true);
    assert_eq!(describe(&progress), "StateProbe match=0 next=5 learner paused");
    progress.flow = Flow::Snapshot { pending: 4 };
    progress.paused = false;
    assert_eq!(describe(&progress), "StateSnapshot match=0 next=5 learner paused pendingSnap=4");
    progress.flow = Flow::Snapshot { pending: 0 };
    assert_eq!(describe(&progress), "StateSnapshot match=0 next=5 learner paused");
    progress.flow = Flow::Replicate(Inflight::default());
    assert_eq!(describe(&progress), "StateReplicate match=0 next=5 learner");
    let mut server = leader(windowed(2, 0));
    propose(&mut server, 1);
    assert_eq!(server.describe(2), "StateReplicate match=1 next=3 inflight=1");
    propose(&mut server, 1);
    assert_eq!(server.describe(2), "StateReplicate match=1 next=4 paused inflight=2[full]");
}

#[test]
fn a_follower_is_probed_with_one_message_until_it_answers_and_then_sent_entries_as_they_come() {
    let mut server = Server::leader_with(config(1), 3);
    assert_eq!(server.describe(1), "StateReplicate match=1 next=2");
    assert_eq!(server.describe(2), "StateProbe match=0 next=1 paused inactive");
    assert_eq!(propose(&mut server, 2), []);
    let outcome = server.get(2, 1, accepted(1));
    assert_eq!(sizes(&outcome.sent_to(2)), [2], "what came meanwhile");
    assert_eq!(propose(&mut server, 2), [1, 1]);
    assert_eq!(server.describe(2), "StateReplicate match=1 next=6 inflight=3");
}

#[test]
fn a_full_window_stops_the_pipeline_until_something_of_it_arrives() {
    for messages in [1, 2, 5] {
        let mut server = leader(windowed(messages, 0));
        assert_eq!(propose(&mut server, 7), vec![1; messages]);
        let outcome = server.get(2, 1, accepted(2));
        assert_eq!(sizes(&outcome.sent_to(2)), [7 - messages], "one message of all the rest");
    }
    let mut server = leader(windowed(0, 0));
    assert_eq!(propose(&mut server, 3), [1], "one message always fits");
}

#[test]
fn a_window_counts_bytes_too_where_it_has_a_limit_on_them() {
    for (bytes, sent) in [(0, 7), (1, 1), (2, 2), (3, 3), (99, 7)] {
        let mut server = leader(windowed(99, bytes));
        assert_eq!(propose(&mut server, 7), vec![1; sent], "{bytes} bytes");
        let Flow::Replicate(inflight) = &server.progress(2).flow else { panic!("a pipeline") };
        assert_eq!((inflight.len(), inflight.bytes()), (sent, sent as u64));
        assert_eq!(inflight.is_full(Window { messages: 99, bytes }), sent < 7);
        assert!(!inflight.is_empty());
    }
}

#[test]
fn an_acknowledgement_frees_the_window_up_to_its_index() {
    for (acked, left) in [(2, 2), (3, 1), (4, 0)] {
        let mut server = leader(windowed(99, 0));
        propose(&mut server, 3);
        server.get(2, 1, accepted(acked));
        let Flow::Replicate(inflight) = &server.progress(2).flow else { panic!("a pipeline") };
        assert_eq!((inflight.len(), inflight.bytes()), (left, left as u64), "{acked} acked");
    }
    let mut server = leader(windowed(99, 0));
    server.step(Input::ProposeAll(vec![data("aa"), data("b")]));
    server.get(2, 1, accepted(2));
    let Flow::Replicate(inflight) = &server.progress(2).flow else { panic!("a pipeline") };
    assert_eq!((inflight.len(), inflight.bytes()), (1, 3), "a message goes as a whole");
}

#[test]
fn a_full_window_still_lets_a_heartbeats_answer_find_out_what_was_lost() {
    let mut server = leader(windowed(2, 0));
    propose(&mut server, 3);
    for _ in 0..2 {
        let outcome = server.get(2, 1, beat_reply());
        assert_eq!(outcome.sent_to(2), [append(at(1, 3), vec![], 1)]);
        assert!(server.progress(2).paused);
    }
    server.get(2, 1, accepted(4));
    let outcome = server.get(2, 1, beat_reply());
    assert!(outcome.sent().is_empty(), "a follower that has everything needs nothing");
}

#[test]
fn a_probe_is_repeated_after_a_heartbeat_even_where_there_is_nothing_to_send() {
    let mut server = leader(config(1));
    server.step(Input::Unreachable(n(2)));
    assert_eq!(server.describe(2), "StateProbe match=1 next=2");
    let outcome = server.get(2, 1, beat_reply());
    assert_eq!(outcome.sent_to(2), [append(at(1, 1), vec![], 1)]);
    assert_eq!(server.describe(2), "StateProbe match=1 next=2");
    let outcome = server.get(2, 1, accepted(1));
    assert_eq!(server.describe(2), "StateReplicate match=1 next=2", "the answer ends the probe");
    assert!(outcome.sent().is_empty());
}

#[test]
fn an_acknowledgement_of_less_than_is_known_ends_no_probe() {
    let mut server = leader(config(1));
    propose(&mut server, 2);
    server.get(2, 1, accepted(2));
    server.step(Input::Unreachable(n(2)));
    assert!(server.get(2, 1, accepted(1)).0.is_empty());
    assert_eq!(server.describe(2), "StateProbe match=2 next=3");
    server.get(2, 1, accepted(2));
    assert_eq!(server.describe(2), "StateReplicate match=2 next=4 inflight=1");
}

#[test]
fn a_follower_that_lost_its_disk_is_probed_once_a_heartbeat_and_not_for_each_refusal() {
    let mut server = leader(config(1));
    propose(&mut server, 2);
    server.get(2, 1, accepted(3));
    server.step(Input::Unreachable(n(2)));
    let probes = |outcome: Outcome| outcome.sent_to(2).len();
    for _ in 0..3 {
        assert_eq!(probes(server.get(2, 1, beat_reply())), 1);
        // The network may multiply a refusal: none of the copies is answered.
        for _ in 0..5 {
            let outcome = server.get(2, 1, rejected(3, at(0, 0)));
            assert!(outcome.0.is_empty(), "{outcome:?}");
        }
        assert_eq!(server.progress(2).next_index, 4, "nothing below what it acknowledged");
    }
}

#[test]
fn a_duplicated_refusal_is_answered_once() {
    let mut server = Server::leader(3, 2, &[1; 9]);
    let lowered = server.get(2, 2, rejected(9, at(1, 4)));
    assert_eq!(sizes(&lowered.sent_to(2)), [6]);
    assert_eq!(server.describe(2), "StateProbe match=0 next=5 paused");
    for _ in 0..5 {
        assert!(server.get(2, 2, rejected(9, at(1, 4))).0.is_empty());
    }
}

#[test]
fn a_pipeline_that_broke_begins_again_with_few_messages_and_widens_as_it_is_acknowledged() {
    let mut server = leader(Config { max_entries_per_append: 1, ..config(1) });
    assert_eq!(propose(&mut server, 9), vec![1; 9]);
    let again = |outcome: Outcome| sizes(&outcome.sent_to(2));
    assert_eq!(again(server.get(2, 1, rejected(3, at(1, 1)))), [1], "a probe");
    for late in [5, 7, 4] {
        assert_eq!(again(server.get(2, 1, rejected(late, at(1, 1)))), [], "one break, one probe");
    }
    assert_eq!(again(server.get(2, 1, accepted(2))), [1; 5], "of eight that are missing");
    assert_eq!(server.describe(2), "StateReplicate match=2 next=8 paused inflight=5");
    assert_eq!(again(server.get(2, 1, accepted(3))), [1, 1]);
    // A refusal that comes late costs one more probe and a few messages, and not another window.
    assert_eq!(again(server.get(2, 1, rejected(6, at(1, 1)))), [1]);
    assert_eq!(again(server.get(2, 1, accepted(3))), [1; 4]);
    assert_eq!(server.describe(2), "StateReplicate match=3 next=8 paused inflight=4");
}

#[test]
fn a_lost_message_turns_a_pipeline_into_a_probe_and_nothing_else() {
    let mut server = leader(config(1));
    propose(&mut server, 2);
    server.step(Input::Unreachable(n(2)));
    assert_eq!(server.describe(2), "StateProbe match=1 next=2");
    for id in [3, 9] {
        let before = server.describe(3);
        assert!(server.step(Input::Unreachable(n(id))).0.is_empty());
        assert_eq!(server.describe(3), before, "a probe waits for its answer");
    }
    let mut follower = Server::new(1, 3);
    assert!(follower.step(Input::Unreachable(n(2))).0.is_empty());
}

#[test]
fn a_message_carries_no_more_entries_than_the_limit() {
    for (limit, wanted) in
        [(0, vec![1; 5]), (1, vec![1; 5]), (2, vec![2, 2, 1]), (4, vec![4, 1]), (5, vec![5])]
    {
        let mut server = leader(Config { max_entries_per_append: limit, ..config(1) });
        let outcome = server.step(Input::ProposeAll(vec![data("x"); 5]));
        let mut sent = sizes(&outcome.sent_to(2));
        sent.extend(sizes(&server.get(2, 1, accepted(1 + sent[0] as u64)).sent_to(2)));
        assert_eq!(sent, wanted, "at most {limit}");
    }
}

#[test]
fn a_message_carries_no_more_bytes_than_the_limit_but_one_entry_always_fits() {
    let one = entry(2, 1).encoded_len();
    for (limit, wanted) in [
        (0, vec![1; 5]),
        (2 * one - 1, vec![1; 5]),
        (2 * one, vec![2, 2, 1]),
        (2 * one + 1, vec![2, 2, 1]),
        (5 * one - 1, vec![4, 1]),
        (5 * one, vec![5]),
    ] {
        let mut server = leader(Config { max_bytes_per_append: limit, ..config(1) });
        let outcome = server.step(Input::ProposeAll(vec![data("1.2"); 5]));
        let mut sent = sizes(&outcome.sent_to(2));
        sent.extend(sizes(&server.get(2, 1, accepted(1 + sent[0] as u64)).sent_to(2)));
        assert_eq!(sent, wanted, "at most {limit} of {one} an entry");
    }
}

#[test]
fn a_leader_takes_only_so_much_before_it_is_applied_but_one_command_always() {
    let dropped = Some(Proposal::Dropped(Dropped::TooMuchUncommitted));
    let mut server = leader(Config { max_uncommitted_bytes: 4, ..config(1) });
    let mut take = |text: &str| server.propose(text).proposed() != dropped;
    assert!(take("123456"), "however long, when nothing is waiting");
    assert!(!take("x") && take(""), "what has no length always fits");
    server.persist();
    server.get(2, 1, accepted(3));
    assert_eq!(server.lead().uncommitted_bytes(), 0);
    let mut take = |text: &str| server.propose(text).proposed() != dropped;
    assert!(take("12") && !take("123") && take("34") && !take("5"));
    assert_eq!(server.lead().uncommitted_bytes(), 4);
    server.persist();
    server.get(2, 1, accepted(4));
    assert_eq!(server.lead().uncommitted_bytes(), 2, "the rest still waits");
}

#[test]
fn what_is_applied_makes_room_once() {
    let mut server = leader(config(1));
    for text in ["12", "3", "4"] {
        server.durably(Input::Propose(data(text)));
    }
    for (acked, left) in [(1, 4), (2, 2), (2, 2), (3, 1), (4, 0)] {
        server.get(2, 1, accepted(acked));
        assert_eq!(server.lead().uncommitted_bytes(), left, "{acked} acknowledged");
    }
}

#[test]
fn several_commands_are_taken_together_or_not_at_all() {
    let mut server = leader(Config { max_uncommitted_bytes: 4, ..config(1) });
    server.propose("1");
    let outcome = server.step(Input::ProposeAll(vec![data("23"), data("45")]));
    let dropped = Proposal::Dropped(Dropped::TooMuchUncommitted);
    assert_eq!((outcome.proposed(), server.terms().len()), (Some(dropped), 2));
    assert_eq!(server.lead().uncommitted_bytes(), 1);
    let outcome = server.step(Input::ProposeAll(vec![data("2"), data("34")]));
    assert_eq!(sizes(&outcome.sent_to(2)), [2]);
    assert_eq!((server.terms().len(), server.lead().uncommitted_bytes()), (4, 4));
}

#[test]
fn a_follower_may_pass_commands_on() {
    let mut server =
        Server::with(Config { forward_proposals: true, ..config(2) }, 3, Durable::default());
    assert_eq!(server.propose("x").proposed(), Some(Proposal::NotLeader { leader: None }));
    server.get(1, 1, beat(0));
    let outcome = server.propose("x");
    assert_eq!(outcome.proposed(), Some(Proposal::Forwarded { leader: n(1) }));
    let passed_on = message(2, 1, 0, Body::Propose { payloads: vec![data("x")] });
    assert_eq!(outcome.sent().first(), Some(&passed_on));
    let mut leader = leader(config(1));
    let outcome = leader.step(Input::Receive(passed_on));
    assert_eq!(outcome.proposed(), Some(Proposal::Appended { index: 2, term: 1 }));
}

// ---- what is committed is told once ----

#[test]
fn a_commit_is_told_at_once_and_to_nobody_twice() {
    let mut server = leader(config(1));
    server.get(3, 1, accepted(1));
    propose(&mut server, 1);
    let outcome = server.get(2, 1, accepted(2));
    assert_eq!((told(&outcome.sent_to(2)), told(&outcome.sent_to(3))), (vec![2], vec![2]));
    assert_eq!((server.progress(2).commit_sent, server.progress(3).commit_sent), (2, 2));
    let outcome = server.get(3, 1, accepted(2));
    assert!(outcome.sent().is_empty(), "it was told already: {outcome:?}");
}

#[test]
fn a_follower_that_could_not_be_told_is_told_with_its_next_answer() {
    let mut server = leader(config(1));
    assert!(server.progress(3).paused, "a probe is under way to it");
    assert_eq!(server.node.commit_index(), 1);
    let outcome = server.get(3, 1, accepted(1));
    assert_eq!(outcome.sent_to(3), [append(at(1, 1), vec![], 1)]);
    assert!(server.get(3, 1, accepted(1)).sent().is_empty());
}

#[test]
fn entries_that_are_sent_tell_what_is_committed_and_need_no_message_of_their_own() {
    let mut server = leader(config(1));
    propose(&mut server, 2);
    server.get(2, 1, accepted(3));
    let outcome = server.get(3, 1, accepted(1));
    assert_eq!(told(&outcome.sent_to(3)), [3]);
    assert_eq!(sizes(&outcome.sent_to(3)), [2]);
}

#[test]
fn what_a_follower_cannot_hold_yet_is_told_with_the_entries() {
    let mut server = leader(windowed(1, 0));
    server.get(3, 1, accepted(1));
    server.step(Input::Unreachable(n(3)));
    server.durably(Input::ProposeAll(vec![data("2"), data("3")]));
    server.get(2, 1, accepted(3));
    // The probe is lost, and what goes instead fills the window.
    server.get(3, 1, beat_reply());
    server.get(3, 1, accepted(1));
    assert_eq!(server.describe(3), "StateReplicate match=1 next=4 paused inflight=1[full]");
    server.durably(Input::Propose(data("4")));
    server.get(2, 1, accepted(4));
    assert_eq!((server.node.commit_index(), server.progress(3).commit_sent), (4, 3));
    let outcome = server.get(3, 1, accepted(2));
    assert!(outcome.sent_to(3).is_empty(), "{outcome:?}");
    let outcome = server.get(3, 1, accepted(3));
    assert_eq!((told(&outcome.sent_to(3)), sizes(&outcome.sent_to(3))), (vec![4], vec![1]));
}

#[test]
fn a_heartbeat_tells_what_is_committed_as_far_as_the_follower_holds_it() {
    let mut server = leader(config(1));
    propose(&mut server, 2);
    server.get(2, 1, accepted(3));
    server.step(Input::Timer(Timer::Heartbeat));
    assert_eq!((server.progress(2).commit_sent, server.progress(3).commit_sent), (3, 0));
    let mut server = Server::leader_with(config_without(1, Rule::ClampHeartbeat), 3);
    server.get(2, 1, accepted(1));
    let outcome = server.step(Input::Timer(Timer::Heartbeat));
    assert_eq!(outcome.sent_to(3), [beat(1)], "without the rule, what is committed");
}

// ---- refusals ----

#[test]
fn a_refusal_in_a_pipeline_means_that_something_was_lost_unless_it_is_old() {
    let mut server = leader(config(1));
    propose(&mut server, 3);
    server.get(2, 1, accepted(2));
    for previous in [1, 2] {
        assert!(server.get(2, 1, rejected(previous, at(1, 1))).0.is_empty(), "{previous}");
    }
    let outcome = server.get(2, 1, rejected(3, at(1, 2)));
    assert_eq!(outcome.notes(), [Note::NextIndexLowered { follower: n(2), from: 5, to: 3 }]);
    assert_eq!(sizes(&outcome.sent_to(2)), [2], "from what is known to match");
    assert_eq!(server.describe(2), "StateProbe match=2 next=3 paused");
}

#[test]
fn a_follower_that_seemed_to_agree_before_the_log_began_is_probed_from_there() {
    let mut server = Server::leader_with(config(1), 3);
    server.get(2, 1, accepted(0));
    assert_eq!(server.describe(2), "StateReplicate match=0 next=2 inflight=1");
    let outcome = server.get(2, 1, rejected(1, at(0, 0)));
    assert_eq!(outcome.notes(), [Note::NextIndexLowered { follower: n(2), from: 2, to: 1 }]);
    assert_eq!(server.describe(2), "StateProbe match=0 next=1 paused");
}

/// Server 1 leads with a log of these terms before its own entry, and server 2 refuses it.
fn refused(terms: &[u64], hint: raft_core::Position) -> Server {
    let last = terms.len() as u64;
    let mut server = Server::leader(3, terms.last().map_or(1, |term| term + 1), terms);
    let term = server.node.term();
    server.get(2, term, rejected(last, hint));
    server
}

#[test]
fn a_probe_goes_back_to_where_the_hint_says_that_the_logs_can_agree() {
    const TERMS: [u64; 6] = [1, 1, 3, 3, 5, 5];
    for (hint, next) in [
        (at(0, 0), 1),
        (at(1, 1), 2),
        (at(1, 4), 3),
        (at(2, 5), 3),
        (at(3, 3), 4),
        (at(4, 5), 5),
        (at(5, 5), 6),
        (at(0, 4), 5),
        (at(0, 9), 6),
        (at(9, 9), 6),
    ] {
        let server = refused(&TERMS, hint);
        assert_eq!(server.progress(2).next_index, next, "hint {hint:?}");
        assert!(server.progress(2).paused, "the next probe is under way");
    }
}

#[test]
fn a_probe_that_was_answered_before_or_by_another_refusal_is_left_alone() {
    let mut server = refused(&[1, 1, 1, 1], at(1, 2));
    assert_eq!(server.progress(2).next_index, 3);
    for previous in [0, 1, 3, 4] {
        assert!(server.get(2, 2, rejected(previous, at(0, 0))).0.is_empty(), "{previous}");
    }
    let outcome = server.get(2, 2, rejected(2, at(0, 0)));
    assert_eq!(outcome.notes(), [Note::NextIndexLowered { follower: n(2), from: 3, to: 1 }]);
}

#[test]
fn a_probe_never_goes_back_behind_what_is_known_to_match() {
    let mut server = leader(config(1));
    propose(&mut server, 2);
    server.get(2, 1, accepted(2));
    server.step(Input::Unreachable(n(2)));
    assert!(server.get(2, 1, rejected(2, at(0, 0))).0.is_empty());
    assert_eq!(server.describe(2), "StateProbe match=2 next=3");
}

#[test]
fn what_was_told_to_a_follower_that_turns_out_to_lack_it_is_told_again() {
    let mut server = leader(config(1));
    propose(&mut server, 3);
    server.get(3, 1, accepted(1));
    server.get(2, 1, accepted(4));
    server.get(3, 1, accepted(2));
    assert_eq!(server.progress(3).commit_sent, 4);
    server.step(Input::Unreachable(n(3)));
    assert_eq!(server.progress(3).commit_sent, 2);
    let mut server = leader(config(1));
    propose(&mut server, 3);
    server.get(3, 1, accepted(1));
    server.get(2, 1, accepted(4));
    server.get(3, 1, rejected(3, at(1, 1)));
    assert_eq!(server.progress(3).commit_sent, 4, "the next probe has told it");
}

#[test]
fn an_acknowledgement_moves_what_is_sent_next_never_back() {
    let mut server = leader(config(1));
    propose(&mut server, 3);
    server.get(2, 1, accepted(2));
    assert_eq!((server.progress(2).match_index, server.progress(2).next_index), (2, 5));
    server.step(Input::Unreachable(n(2)));
    server.get(2, 1, accepted(4));
    assert_eq!(server.describe(2), "StateReplicate match=4 next=5");
}

#[test]
fn a_newcomer_is_sent_what_there_is_without_waiting_for_a_heartbeat() {
    let mut server = leader(config(1));
    let change = ConfigChange::one(ChangeKind::AddLearner, n(4));
    server.durably(Input::Propose(Payload::Config(Box::new(change))));
    let outcome = server.get(2, 1, accepted(2));
    assert_eq!(sizes(&outcome.sent_to(4)), [1]);
    let learners = vec![n(4)];
    let wanted = Membership { learners, ..Membership::of([n(1), n(2), n(3)]) };
    assert_eq!(**server.node.membership(), wanted);
    assert!(server.describe(4).contains("learner"));
}
