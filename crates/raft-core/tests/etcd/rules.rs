//! What a server does with one rule of Raft switched off, beside what it does with all of them.
//! Rules about reads, membership and snapshots are tried where those are.

use crate::harness::*;
use raft_core::{
    Body, Durable, Input, Note, Output, RoleKind, Rule, StepDown, Term, Timer, TimerRange,
};

/// Server 1 of three with this disk: once with every rule, once without this one.
fn pair(rule: Rule, disk: Durable) -> [Server; 2] {
    [config(1), config_without(1, rule)].map(|config| Server::with(config, 3, disk.clone()))
}

/// The same as candidates of five in term 1.
fn candidates(rule: Rule) -> [Server; 2] {
    [config(1), config_without(1, rule)].map(|config| {
        let mut server = Server::with(config, 5, Durable::default());
        server.durably(Input::Timer(Timer::Election));
        server
    })
}

/// The same as leaders of `of` in term 1, with a first entry that nobody has acknowledged.
fn leaders(rule: Rule, of: u64) -> [Server; 2] {
    [config(1), config_without(1, rule)].map(|config| Server::leader_with(config, of))
}

#[test]
fn persist_term() {
    let [mut with, mut without] = pair(Rule::PersistTerm, Durable::default());
    for server in [&mut with, &mut without] {
        let outcome = server.durably(receive(2, 1, 4, ask(at(0, 0))));
        assert_eq!(outcome.sent_to(2), [granted(true)]);
        server.restart();
    }
    assert_eq!((with.node.term(), with.node.vote()), (4, Some(n(2))));
    assert_eq!((without.node.term(), without.node.vote()), (0, None));
}

#[test]
fn vote_once() {
    let vote = |server: &mut Server, from| {
        let outcome = server.durably(receive(from, 1, 1, ask(at(0, 0))));
        outcome.sent_to(from) == [granted(true)]
    };
    let [mut with, mut without] = pair(Rule::VoteOnce, Durable::default());
    assert!(vote(&mut with, 2) && vote(&mut without, 2));
    assert!(!vote(&mut with, 3) && vote(&mut without, 3));
    let [mut with, mut without] = pair(Rule::VoteOnce, Durable::default());
    for server in [&mut with, &mut without] {
        server.durably(receive(2, 1, 1, beat(0)));
    }
    assert!(!vote(&mut with, 3) && vote(&mut without, 3), "even against a leader that it follows");
    let [mut with, mut without] = leaders(Rule::VoteOnce, 3);
    assert!(
        !vote(&mut with, 3) && !vote(&mut without, 3),
        "a leader votes for itself all the same"
    );
}

#[test]
fn keep_vote() {
    let [mut with, mut without] = pair(Rule::KeepVote, Durable::default());
    for (server, vote) in [(&mut with, Some(n(1))), (&mut without, None)] {
        server.durably(Input::Timer(Timer::Election));
        server.durably(receive(2, 1, 1, beat(0)));
        assert_eq!((server.node.term(), server.node.vote(), server.disk.vote), (1, vote, vote));
    }
    let [mut with, mut without] = pair(Rule::KeepVote, Durable::default());
    for server in [&mut with, &mut without] {
        server.durably(receive(2, 1, 1, ask(at(0, 0))));
        server.durably(receive(2, 1, 1, beat(0)));
        assert_eq!(server.node.vote(), Some(n(2)), "a follower does not step down");
    }
}

#[test]
fn vote_up_to_date() {
    let servers = pair(Rule::VoteUpToDate, disk(2, None, &[1, 2]));
    for (mut server, answer) in servers.into_iter().zip([false, true]) {
        let outcome = server.durably(receive(2, 1, 3, ask(at(1, 1))));
        assert_eq!(outcome.sent_to(2), [granted(answer)]);
    }
}

#[test]
fn majority_elects() {
    let [mut with, mut without] = candidates(Rule::MajorityElects);
    assert_eq!(without.role(), RoleKind::Candidate, "its own vote alone is not enough");
    for server in [&mut with, &mut without] {
        server.get(2, 1, granted(true));
    }
    assert_eq!((with.role(), without.role()), (RoleKind::Candidate, RoleKind::Leader));
}

#[test]
fn count_voters() {
    let [mut with, mut without] = candidates(Rule::CountVoters);
    for server in [&mut with, &mut without] {
        server.get(3, 1, granted(false));
        server.get(2, 1, granted(true));
        assert_eq!(server.role(), RoleKind::Candidate, "two of five said yes");
        server.get(2, 1, granted(true));
    }
    assert_eq!((with.role(), without.role()), (RoleKind::Candidate, RoleKind::Leader));
}

#[test]
fn current_term_votes() {
    let [mut with, mut without] = pair(Rule::CurrentTermVotes, Durable::default());
    for server in [&mut with, &mut without] {
        server.durably(Input::Timer(Timer::Election));
        server.durably(Input::Timer(Timer::Election));
        server.get(2, 1, pre_granted(true));
        assert_eq!((server.node.term(), server.role()), (2, RoleKind::Candidate));
        server.get(2, 1, granted(true));
    }
    assert_eq!((with.role(), without.role()), (RoleKind::Candidate, RoleKind::Leader));
}

#[test]
fn refuse_stale_append() {
    for body in [append(at(0, 0), vec![entry(1, 1)], 0), beat(0)] {
        let [mut with, mut without] = pair(Rule::RefuseStaleAppend, disk(5, None, &[]));
        let hear = |server: &mut Server| {
            server.durably(receive(2, 1, 4, body.clone()));
            (server.node.term(), server.node.leader())
        };
        assert_eq!((hear(&mut with), hear(&mut without)), ((5, None), (5, Some(n(2)))));
    }
    let [_, mut without] = pair(Rule::RefuseStaleAppend, disk(5, None, &[]));
    without.win();
    without.durably(receive(2, 1, 4, beat(0)));
    assert!(without.node.is_leader(), "a leader refuses it all the same");
    let [_, mut without] = pair(Rule::RefuseStaleAppend, disk(5, None, &[]));
    without.durably(receive(2, 1, 4, Body::TimeoutNow));
    assert_eq!(without.role(), RoleKind::Follower, "nothing else of an older term is taken");
}

#[test]
fn match_previous() {
    let entries = || append(at(2, 1), vec![entry(2, 2)], 0);
    let servers = pair(Rule::MatchPrevious, disk(1, None, &[1, 1]));
    for (mut server, terms) in servers.into_iter().zip([vec![1, 1], vec![1, 2]]) {
        server.durably(receive(2, 1, 2, entries()));
        assert_eq!(server.terms(), terms);
        let beyond = append(at(2, 4), vec![entry(5, 2)], 0);
        server.durably(receive(2, 1, 2, beyond));
        assert_eq!(server.terms(), terms, "where there is nothing, nothing can follow");
    }
}

#[test]
fn keep_matching() {
    for (previous, entries, shorter) in [
        (at(0, 0), vec![entry(1, 1)], vec![1]),
        (at(1, 1), vec![entry(2, 1)], vec![1, 1]),
        (at(1, 2), vec![], vec![1, 1]),
        (at(1, 3), vec![], vec![1, 1, 1]),
    ] {
        let servers = pair(Rule::KeepMatching, disk(1, None, &[1, 1, 1]));
        for (mut server, terms) in servers.into_iter().zip([vec![1, 1, 1], shorter]) {
            let outcome = server.durably(receive(2, 1, 1, append(previous, entries.clone(), 0)));
            let stays = terms == [1, 1, 1];
            assert_eq!(outcome.writes().is_empty(), stays);
            assert_eq!((server.terms(), &server.disk.log), (terms, server.node.log()));
            let match_index = previous.index + entries.len() as u64;
            assert_eq!(outcome.sent_to(2), [accepted(match_index)]);
            let cut = |note: &Note| matches!(note, Note::Truncated { .. });
            assert_eq!(outcome.notes().iter().any(cut), !stays);
            assert_eq!(
                outcome.notes().iter().any(|note| matches!(note, Note::Stored { .. })),
                !stays && !entries.is_empty()
            );
        }
    }
}

#[test]
fn keep_matching_says_nothing_of_what_is_new() {
    for mut server in pair(Rule::KeepMatching, disk(1, None, &[1, 1])) {
        server.durably(receive(2, 1, 1, append(at(1, 2), vec![entry(3, 1)], 0)));
        assert_eq!((server.terms(), &server.disk.log), (vec![1, 1, 1], server.node.log()));
    }
}

#[test]
fn drop_conflicts() {
    let servers = pair(Rule::DropConflicts, disk(1, None, &[1, 1, 1, 1]));
    for (mut server, terms) in servers.into_iter().zip([vec![1, 2], vec![1, 2, 1, 1]]) {
        server.durably(receive(2, 1, 2, append(at(1, 1), vec![entry(2, 2)], 0)));
        assert_eq!((server.terms(), &server.disk.log), (terms, server.node.log()));
    }
}

#[test]
fn back_off() {
    let config = |rules: bool| if rules { config(1) } else { config_without(1, Rule::BackOff) };
    for (rules, next_index) in [(true, 1), (false, 3)] {
        let mut server = Server::with(config(rules), 3, disk(1, None, &[1, 1]));
        server.win();
        let outcome = server.get(2, 2, rejected(2, at(0, 0)));
        assert_eq!(
            (outcome.sent_to(2).len(), server.progress(2).next_index),
            (usize::from(rules), next_index)
        );
        server.get(2, 2, beat_reply());
        assert_eq!(server.progress(2).next_index, next_index);
    }
}

#[test]
fn majority_commits() {
    // How many copies, the leader's own included, make the first entry count as committed.
    for (of, with_rule, without_rule) in [(1, 1, 1), (3, 2, 1), (4, 3, 2), (5, 3, 2), (7, 4, 3)] {
        for (rule, needed) in [(true, with_rule), (false, without_rule)] {
            let config = if rule { config(1) } else { config_without(1, Rule::MajorityCommits) };
            let mut server = Server::leader_with(config, of);
            for copies in 1..=of {
                assert_eq!(server.node.commit_index() == 1, copies >= needed, "{copies} of {of}");
                server.get(copies + 1, 1, accepted(1));
            }
        }
    }
}

#[test]
fn commit_what_matched() {
    let servers = pair(Rule::CommitWhatMatched, disk(1, None, &[1, 1, 1]));
    for (mut server, commit_index) in servers.into_iter().zip([1, 3]) {
        server.durably(receive(2, 1, 2, append(at(1, 1), vec![], 9)));
        assert_eq!(server.node.commit_index(), commit_index);
    }
}

#[test]
fn refusals_do_not_count() {
    let servers = leaders(Rule::RefusalsDoNotCount, 3);
    for (mut server, commit_index) in servers.into_iter().zip([0, 1]) {
        server.get(2, 1, rejected(9, at(0, 0)));
        assert_eq!(server.node.commit_index(), commit_index, "as if the follower had it all");
    }
}

#[test]
fn ack_after_fsync() {
    let [mut with, mut without] = pair(Rule::AckAfterFsync, Durable::default());
    let first = || receive(2, 1, 1, append(at(0, 0), vec![entry(1, 1)], 0));
    assert_eq!(with.step(first()).sent(), []);
    assert_eq!(without.step(first()).sent_to(2), [accepted(1)]);
}

#[test]
fn ack_own_term() {
    for (mut server, match_index) in leaders(Rule::AckOwnTerm, 3).into_iter().zip([2, 3]) {
        server.get(2, 5, beat_reply());
        server.win();
        assert_eq!((server.node.term(), server.terms()), (6, vec![1, 6]));
        server.propose("x");
        // What it had begun to write in term 1 is done, and says nothing about this log.
        server.get(1, 1, accepted(3));
        server.get(2, 1, accepted(3));
        assert_eq!(server.progress(1).match_index, match_index);
        assert_eq!(server.progress(2).match_index, 0, "only its own acknowledgements are taken");
    }
}

#[test]
fn leader_noop() {
    let [with, without] = leaders(Rule::LeaderNoop, 3);
    assert_eq!((with.terms(), without.terms()), (vec![1], vec![] as Vec<Term>));
    let mut without = Server::with(config_without(1, Rule::LeaderNoop), 3, disk(1, None, &[1]));
    without.time_out();
    without.persist();
    let outcome = without.get(2, 2, granted(true));
    assert_eq!(outcome.sent_to(2), [append(at(1, 1), vec![], 0)], "it says all the same who leads");
}

#[test]
fn random_timeouts() {
    let [mut with, mut without] = pair(Rule::RandomTimeouts, Durable::default());
    let range = |server: &mut Server| server.time_out().timer(Timer::Election);
    assert_eq!(range(&mut with), Some(TimerRange { min: 150_000, max: 300_000 }));
    assert_eq!(range(&mut without), Some(TimerRange { min: 150_000, max: 150_000 }));
}

#[test]
fn a_step_down_names_the_term_and_the_reason() {
    let [mut server, _] = pair(Rule::KeepVote, Durable::default());
    server.durably(Input::Timer(Timer::Election));
    let outcome = server.durably(receive(2, 1, 1, beat(0)));
    let because = StepDown::LeaderElected { leader: n(2) };
    let stepped = Note::SteppedDown { term: 1, was_leader: false, because };
    assert_eq!(outcome.notes(), [stepped, Note::LeaderFollowed { leader: n(2), term: 1 }]);
    let outcome = server.durably(receive(2, 1, 1, beat(0)));
    assert!(outcome.notes().is_empty(), "no news");
    assert!(outcome.0.iter().all(|output| !matches!(output, Output::Persist(_))));
}
