//! Each invariant is broken by hand, and is named.

#![expect(clippy::wildcard_enum_match_arm, reason = "a test picks what it looks for")]

use super::{Invariant, SERVER, leader::LEADER};
use crate::config::Config;
use crate::durable::Durable;
use crate::io::{Input, Output, Timer};
use crate::membership::Membership;
use crate::message::{Body, Message};
use crate::node::Node;
use crate::note::{Impossible, Note};
use crate::progress::{Flow, Progress};
use crate::role::{Candidate, Leader, Leaving, Role};
use crate::rules::{Rule, RuleSet};
use crate::types::{NodeId, Payload, Position, Snapshot};
use std::sync::Arc;

type Break = fn(&mut Node);

fn n(id: u64) -> NodeId {
    NodeId(id)
}

/// Steps, with its own mail and its writes done at once.
fn step(node: &mut Node, input: Input) {
    let mut out = Vec::new();
    node.step(input, &mut out);
    for output in out {
        match output {
            Output::Persist(write) => step(node, Input::Persisted(write.id)),
            Output::Send(mail) | Output::SendAfter(_, mail) if mail.to == node.id() => {
                step(node, Input::Receive(mail));
            }
            _ => {}
        }
    }
}

/// Server 1 as the leader of term 1 of three voters, a command after its first entry.
fn leading(config: Config) -> Node {
    let mut node = Node::new(Arc::new(config), Durable::of([n(1), n(2), n(3)]));
    step(&mut node, Input::Timer(Timer::Election));
    let body = Body::RequestVoteReply { vote_granted: true };
    step(&mut node, Input::Receive(Message { from: n(2), to: n(1), term: 1, body }));
    assert!(node.is_leader());
    step(&mut node, Input::Propose(Payload::Data([7; 4].into())));
    assert_eq!(node.first_broken(), Ok(()));
    node
}

fn lead(node: &mut Node) -> &mut Leader {
    match &mut node.role {
        Role::Leader(leader) => leader,
        _ => panic!("it leads"),
    }
}

fn members(node: &mut Node, change: impl Fn(&mut Membership)) {
    change(Arc::make_mut(&mut node.membership));
}

fn two(node: &mut Node) -> &mut Progress {
    lead(node).get_mut(n(2)).expect("a member")
}

/// A window to server 2 with these messages in it, last index and bytes of each.
fn window(node: &mut Node, messages: &[(u64, u64)]) {
    two(node).become_replicate();
    two(node).next_index = 3;
    let Flow::Replicate(inflight) = &mut two(node).flow else { panic!("a window") };
    for (last, bytes) in messages {
        inflight.add(*last, *bytes);
    }
}

fn snapshot_at(node: &mut Node, index: u64) {
    let position = Position { term: 1, index };
    node.durable.snapshot = Arc::new(Snapshot { position, ..Snapshot::default() });
}

/// A way to break each, in the order of the lists.
const BREAKS: &[(&str, Break)] = &[
    ("term-never-falls", |node| node.durable.term = 0),
    ("vote-is-kept", |node| node.durable.vote = Some(n(2))),
    ("candidate-has-a-term", |node| node.durable.term = 0),
    ("candidate-votes-for-itself", |node| node.durable.vote = Some(n(2))),
    ("votes-were-answers", |node| {
        let mut candidate = Candidate::default();
        candidate.votes.insert(n(2), true);
        node.role = Role::PreCandidate(candidate);
    }),
    ("lease-is-a-followers", |node| node.leased = true),
    ("no-candidate-awaits-a-snapshot", |node| node.unsynced.log_replaced(Arc::default(), None)),
    ("log-is-numbered", |node| node.durable.log.misnumber()),
    ("snapshot-covers-what-is-dropped", |node| node.durable.log.compact_to(1)),
    ("snapshot-is-committed", |node| snapshot_at(node, 2)),
    ("commit-within-log", |node| node.commit_index = 3),
    ("only-committed-is-dropped", |node| node.durable.log.compact_to(2)),
    ("commit-never-falls", |node| node.watch.commit_index = 2),
    ("durable-within-log", |node| node.durable.log.truncate_from(2)),
    ("dropped-is-durable", |node| {
        node.durable.log.compact_to(2);
        node.unsynced.log_changed(1);
    }),
    ("given-is-committed", |node| node.applying.given = 2),
    ("applied-was-given", |node| node.applying.done = 1),
    ("applied-is-in-force", |node| node.applying.done = 1),
    ("in-force-is-committed", |node| node.applying.config = 2),
    ("applied-never-falls", |node| node.watch.done = 1),
    ("step-leaves-nothing-unasked", |node| node.unsynced.hard_state_changed()),
    ("writes-are-numbered", |node| node.unsynced.repeat_a_write(0, 0)),
    ("writes-of-past-terms", |node| node.unsynced.repeat_a_write(2, 0)),
    ("writes-cover-the-log", |node| node.unsynced.repeat_a_write(0, 3)),
    ("members-are-in-order", |node| members(node, |all| all.voters.swap(0, 1))),
    ("learners-have-no-vote", |node| members(node, |all| all.learners.push(n(3)))),
    ("only-joint-is-half-way", |node| members(node, |all| all.auto_leave = true)),
    ("progress-is-in-order", |node| lead(node).progress.swap(0, 1)),
    ("progress-of-every-member", |node| drop(lead(node).progress.pop())),
    ("progress-knows-learners", |node| two(node).is_learner = true),
    ("next-after-match", |node| two(node).next_index = 0),
    ("next-within-log", |node| two(node).next_index = 4),
    ("match-within-log", |node| two(node).match_index = 3),
    ("told-is-committed", |node| two(node).commit_sent = 1),
    ("snapshot-under-way-exists", |node| two(node).flow = Flow::Snapshot { pending: 1 }),
    ("snapshot-needs-no-pause", |node| {
        two(node).flow = Flow::Snapshot { pending: 0 };
        two(node).paused = true;
    }),
    ("window-is-in-order", |node| window(node, &[(2, 4), (1, 0)])),
    ("window-holds-what-is-unanswered", |node| window(node, &[(3, 4)])),
    ("window-counts-its-bytes", |node| {
        window(node, &[(1, 4)]);
        let Flow::Replicate(inflight) = &mut two(node).flow else { panic!("a window") };
        inflight.miscount();
    }),
    ("window-is-kept", |node| {
        window(node, &[(1, 0), (2, 4)]);
        node.watch.window = 1;
    }),
    ("log-ends-in-own-term", |node| node.durable.term = 2),
    ("pending-change-within-log", |node| lead(node).pending_config = 3),
    ("transfer-is-to-another-voter", |node| lead(node).transfer = Some(n(1))),
    ("reads-are-of-what-is-committed", |node| lead(node).reads.add(1, n(1), 1, n(1))),
    ("reads-are-in-order", |node| {
        lead(node).reads.add(1, n(1), 1, n(1));
        lead(node).reads.add(2, n(1), 0, n(1));
    }),
    ("reads-wait-for-the-first-commit", |node| {
        lead(node).postponed_reads.push((1, n(1)));
        node.commit_index = 1;
    }),
    ("departure-is-committed", |node| {
        lead(node).leaving = Some(Leaving { index: 1, told: Vec::new() });
    }),
];

fn all() -> impl Iterator<Item = &'static Invariant> {
    SERVER.iter().chain(LEADER)
}

#[test]
fn each_invariant_can_be_broken() {
    let names: Vec<&str> = all().map(|invariant| invariant.name).collect();
    let broken: Vec<&str> = BREAKS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, broken, "one way to break each");
    for (invariant, (name, change)) in all().zip(BREAKS) {
        let mut node = leading(Config::new(n(1)));
        assert!((invariant.holds)(&node), "{name} holds before");
        change(&mut node);
        assert!(!(invariant.holds)(&node), "{name} is broken");
        assert!(node.first_broken().is_err(), "{name} is reported");
    }
}

#[test]
#[should_panic(expected = "n1 broke the invariant commit-within-log: what is committed here must")]
fn a_step_that_breaks_one_panics_and_names_it() {
    let mut node = leading(Config::new(n(1)));
    node.commit_index = 3;
    node.step(Input::Timer(Timer::Heartbeat), &mut Vec::new());
}

#[test]
fn nothing_is_claimed_that_a_rule_defends_once_it_was_switched_off() {
    let mut config = Config::new(n(1));
    let mut node = leading(config.clone());
    node.durable.vote = Some(n(2));
    assert_eq!(node.first_broken().map_err(|(name, _)| name), Err("vote-is-kept"));
    let mut node = leading(config.clone());
    config.rules = RuleSet::default().without(Rule::VoteOnce);
    node.configure(Arc::new(config.clone()));
    step(&mut node, Input::Timer(Timer::Heartbeat));
    config.rules = RuleSet::default();
    node.configure(Arc::new(config));
    step(&mut node, Input::Timer(Timer::Heartbeat));
    node.durable.vote = Some(n(2));
    assert_eq!(node.first_broken(), Ok(()), "it may have voted twice while it was off");
}

#[test]
fn nothing_rests_on_what_was_committed_once_it_is_known_to_be_gone() {
    let gone = Impossible::CommittedEntryReplaced { index: 1 };
    let survived = Impossible::CommitBeyondLog { commit_index: 9, last: 2 };
    for (what, doubtful) in [(gone, true), (survived, false)] {
        let mut node = leading(Config::new(n(1)));
        node.assert_invariants(&[Output::Note(Note::Impossible(what))]);
        node.applying.given = 2;
        assert_eq!(node.first_broken().is_ok(), doubtful, "{what:?}");
    }
}
