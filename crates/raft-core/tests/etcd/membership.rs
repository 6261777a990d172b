//! Changes of membership on their way through the log (§6, chapter 4 of Ongaro's dissertation).

use crate::harness::*;
use raft_core::{
    Body, CampaignRefusal, Change, ChangeError, ChangeKind, Config, ConfigChange, ConfigRefusal,
    Dropped, Durable, Echo, Entry, EntryRef, Flavour, Index, Input, Kind, Membership, Node, Note,
    Output, Payload, Proposal, RoleKind, Rule, StepDown, Timer, Transition,
};
use std::sync::Arc;

fn of(voters: &[u64], learners: &[u64]) -> Membership {
    let learners = learners.iter().copied().map(n).collect();
    Membership { learners, ..Membership::of(voters.iter().copied().map(n)) }
}

fn add(id: u64) -> ConfigChange {
    ConfigChange::one(ChangeKind::AddVoter, n(id))
}

fn learn(id: u64) -> ConfigChange {
    ConfigChange::one(ChangeKind::AddLearner, n(id))
}

fn remove(id: u64) -> ConfigChange {
    ConfigChange::one(ChangeKind::Remove, n(id))
}

/// Server 4 in, server 3 out.
fn swap(transition: Transition) -> ConfigChange {
    let changes = [add(4), remove(3)].map(|change| change.changes[0]).to_vec();
    ConfigChange { transition, changes, ..ConfigChange::default() }
}

fn change_entry(index: Index, term: u64, change: ConfigChange) -> EntryRef {
    Arc::new(Entry { index, term, payload: Payload::Config(Box::new(change)) })
}

/// Server 1 leads three, and everybody has its first entry.
fn leader(config: Config) -> Server {
    let mut server = Server::leader_with(config, 3);
    for id in [2, 3] {
        server.get(id, 1, accepted(1));
    }
    assert_eq!(server.node.applied_index(), 1);
    server
}

fn ask_for(server: &mut Server, change: ConfigChange) -> Outcome {
    server.durably(Input::Propose(Payload::Config(Box::new(change))))
}

/// The followers acknowledge the whole log.
fn agree(server: &mut Server, by: &[u64]) -> Outcome {
    let (term, last) = (server.node.term(), server.node.log().last_index());
    let mut outcome = Outcome::default();
    by.iter().for_each(|id| outcome.0.extend(server.get(*id, term, accepted(last)).0));
    outcome.0.extend(server.persist().0);
    outcome
}

fn members(server: &Server) -> String {
    server.node.membership().to_string()
}

fn payloads(server: &Server) -> Vec<&'static str> {
    let name = |entry: &EntryRef| match entry.payload {
        Payload::Noop => "noop",
        Payload::Data(_) => "data",
        Payload::Config(_) => "config",
    };
    server.node.log().iter().map(name).collect()
}

#[test]
fn a_change_takes_effect_when_it_is_applied_and_not_before() {
    let mut server = leader(config(1));
    let outcome = ask_for(&mut server, add(4));
    assert_eq!(outcome.notes(), [Note::ConfigAppended { index: 2 }]);
    assert_eq!(outcome.proposed(), Some(Proposal::Appended { index: 2, term: 1 }));
    assert_eq!((members(&server).as_str(), server.lead().pending_config()), ("voters=(1 2 3)", 2));
    let outcome = agree(&mut server, &[2]);
    assert!(outcome.has(Note::ConfigApplied { index: 2, joint: false }));
    assert_eq!(members(&server), "voters=(1 2 3 4)");
    assert_eq!(server.node.quorum(), 3);
    assert_eq!(sizes(&outcome.sent_to(4)), [1], "a newcomer hears of it at once");
    assert_eq!(server.describe(4), "StateProbe match=0 next=2 paused");
}

#[test]
fn one_change_at_a_time() {
    let mut server = leader(config(1));
    ask_for(&mut server, add(4));
    let outcome = ask_for(&mut server, learn(5));
    let because = ConfigRefusal::Pending { index: 2, applied: 1 };
    assert!(outcome.has(Note::ConfigRefused { because }));
    assert!(outcome.has(Note::Appended { index: 3, term: 1 }));
    assert_eq!(payloads(&server), ["noop", "config", "noop"], "an empty entry stands for it");
    agree(&mut server, &[2]);
    assert!(!ask_for(&mut server, learn(5)).has(Note::ConfigRefused { because }));
    assert_eq!(payloads(&server).last(), Some(&"config"));
}

#[test]
fn without_the_rule_a_second_change_does_not_wait() {
    let mut server = leader(config_without(1, Rule::OneConfigAtATime));
    ask_for(&mut server, add(4));
    ask_for(&mut server, learn(5));
    assert_eq!(payloads(&server), ["noop", "config", "config"]);
    agree(&mut server, &[2]);
    assert_eq!(members(&server), "voters=(1 2 3 4) learners=(5)");
}

#[test]
fn a_new_leader_takes_a_change_only_once_it_has_applied_all_that_came_before_it() {
    let mut server = Server::leader(3, 2, &[1, 1]);
    let because = ConfigRefusal::Pending { index: 2, applied: 0 };
    assert!(ask_for(&mut server, add(4)).has(Note::ConfigRefused { because }));
    agree(&mut server, &[2]);
    ask_for(&mut server, add(4));
    assert_eq!(payloads(&server), ["data", "data", "noop", "noop", "config"]);
    let disk = disk(1, None, &[1, 1]);
    let mut server = Server::with(config_without(1, Rule::ConfigOwnTerm), 3, disk);
    server.win();
    ask_for(&mut server, add(4));
    assert_eq!(payloads(&server).last(), Some(&"config"), "without the rule, at once");
}

#[test]
fn a_change_that_does_not_fit_is_refused_unless_nobody_looks() {
    for (joint, change, because) in [
        (false, ConfigChange::leave_joint(), ConfigRefusal::NotJoint),
        (true, add(5), ConfigRefusal::InJoint),
    ] {
        for validate_config_changes in [true, false] {
            let mut server = leader(Config { validate_config_changes, ..config(1) });
            if joint {
                ask_for(&mut server, swap(Transition::JointExplicit));
                agree(&mut server, &[2]);
            }
            let outcome = ask_for(&mut server, change.clone());
            assert!(outcome.has(Note::ConfigRefused { because }), "{outcome:?}");
            let wanted = if validate_config_changes { "noop" } else { "config" };
            assert_eq!(payloads(&server).last(), Some(&wanted));
            let pending = server.lead().pending_config() == server.node.log().last_index();
            assert_eq!(pending, !validate_config_changes);
        }
    }
}

#[test]
fn an_impossible_change_that_was_committed_all_the_same_changes_nothing() {
    let mut server = leader(Config { validate_config_changes: false, ..config(1) });
    ask_for(&mut server, ConfigChange::leave_joint());
    let outcome = agree(&mut server, &[2]);
    let because = ChangeError::NotJoint;
    assert!(outcome.has(Note::ConfigImpossible { index: 2, because }));
    assert_eq!(members(&server), "voters=(1 2 3)");
    assert!(server.node.is_leader());
}

#[test]
fn two_voters_change_through_a_joint_configuration_that_the_leader_leaves_by_itself() {
    let mut server = leader(config(1));
    ask_for(&mut server, swap(Transition::Auto));
    let outcome = agree(&mut server, &[2]);
    assert!(outcome.has(Note::ConfigApplied { index: 2, joint: true }));
    assert!(outcome.has(Note::LeavingJoint) && outcome.has(Note::ConfigAppended { index: 3 }));
    assert_eq!(members(&server), "voters=(1 2 4)&&(1 2 3) autoleave");
    assert_eq!(server.lead().pending_config(), 3);
    assert!(outcome.sent_to(3).iter().any(|body| sizes(std::slice::from_ref(body)) == [1]));
    let outcome = agree(&mut server, &[2]);
    assert_eq!(members(&server), "voters=(1 2 4)");
    assert!(!outcome.has(Note::LeavingJoint), "once");
    let known: Vec<u64> = server.lead().progress().iter().map(|(id, _)| id.0).collect();
    assert_eq!(known, [1, 2, 4]);
}

#[test]
fn a_joint_configuration_waits_to_be_left_where_it_was_asked_for_explicitly() {
    let mut server = leader(config(1));
    ask_for(&mut server, swap(Transition::JointExplicit));
    let outcome = agree(&mut server, &[2]);
    assert_eq!(members(&server), "voters=(1 2 4)&&(1 2 3)");
    assert!(!outcome.has(Note::LeavingJoint));
    ask_for(&mut server, ConfigChange::leave_joint());
    agree(&mut server, &[2]);
    assert_eq!(members(&server), "voters=(1 2 4)");
}

#[test]
fn a_joint_configuration_needs_a_majority_of_either_half_to_commit() {
    let mut server = leader(config(1));
    let part = |change: ConfigChange| change.changes[0];
    let changes = [remove(2), remove(3), add(4), add(5)].map(part).to_vec();
    ask_for(&mut server, ConfigChange { changes, ..ConfigChange::default() });
    agree(&mut server, &[2]);
    assert_eq!(members(&server), "voters=(1 4 5)&&(1 2 3) autoleave");
    agree(&mut server, &[2, 3]);
    assert_eq!(server.node.commit_index(), 2, "the old voters alone decide nothing");
    agree(&mut server, &[4]);
    assert_eq!((server.node.commit_index(), members(&server).as_str()), (3, "voters=(1 4 5)"));
}

#[test]
fn a_candidate_needs_a_majority_of_either_half() {
    let membership = Membership { outgoing: vec![n(1), n(4), n(5)], ..of(&[1, 2, 3], &[]) };
    let mut server = Server::boot(config(1), Durable::bootstrap(membership));
    let asked: Vec<u64> = server.time_out().sent().iter().map(|m| m.to.0).collect();
    assert_eq!(asked, [2, 3, 4, 5]);
    server.persist();
    server.get(2, 1, granted(true));
    server.get(3, 1, granted(true));
    assert_eq!(server.role(), RoleKind::Candidate);
    server.get(5, 1, granted(true));
    assert_eq!(server.role(), RoleKind::Leader);
}

#[test]
fn the_leader_hands_over_before_it_leaves_a_joint_configuration() {
    let mut server = leader(config(1));
    ask_for(&mut server, swap(Transition::Auto));
    server.step(Input::TransferLeader(n(2)));
    let outcome = agree(&mut server, &[2]);
    assert!(outcome.has(Note::ConfigApplied { index: 2, joint: true }));
    assert!(!outcome.has(Note::LeavingJoint), "the next leader does");
    server.step(Input::Timer(Timer::Quorum));
    assert!(server.step(Input::Applied(2)).has(Note::LeavingJoint), "or this one, if it stays");
}

#[test]
fn a_follower_leaves_no_joint_configuration() {
    let mut server = Server::new(2, 3);
    let entries = vec![change_entry(1, 1, swap(Transition::Auto))];
    let outcome = server.durably(receive(1, 2, 1, append(at(0, 0), entries, 1)));
    assert!(outcome.has(Note::ConfigApplied { index: 1, joint: true }));
    assert!(!outcome.has(Note::LeavingJoint));
    assert_eq!(server.node.log().last_index(), 1);
}

#[test]
fn without_the_rule_two_voters_change_at_once() {
    let mut server = leader(config_without(1, Rule::JointConsensus));
    ask_for(&mut server, swap(Transition::Auto));
    agree(&mut server, &[2]);
    assert_eq!(members(&server), "voters=(1 2 4)");
}

#[test]
fn with_fewer_voters_more_may_be_committed() {
    let mut server = Server::leader_with(config(1), 4);
    for id in [2, 3] {
        server.get(id, 1, accepted(1));
    }
    ask_for(&mut server, remove(4));
    server.durably(Input::Propose(data("x")));
    server.get(2, 1, accepted(3));
    assert_eq!(server.node.commit_index(), 1, "two of four");
    let outcome = server.get(3, 1, accepted(2));
    assert!(outcome.has(Note::Committed { from: 2, to: 3, as_leader: true }));
    let told = |body: &Body| matches!(body, Body::AppendEntries { commit_index: 3, .. });
    assert!(outcome.sent_to(2).iter().any(told) && outcome.sent_to(3).iter().any(told));
    assert_eq!(server.lead().progress().len(), 3);
}

#[test]
fn a_learner_gets_the_log_and_counts_for_nothing() {
    let mut server = Server::leader_of(config(1), of(&[1, 2, 3], &[4, 5]));
    assert!(server.progress(4).is_learner && !server.progress(2).is_learner);
    for id in [4, 5] {
        server.get(id, 1, accepted(1));
    }
    assert_eq!(server.node.commit_index(), 0);
    let outcome = server.durably(Input::Propose(data("x")));
    assert_eq!(sizes(&outcome.sent_to(4)), [1]);
    ask_for(&mut server, add(4));
    agree(&mut server, &[2]);
    assert_eq!(members(&server), "voters=(1 2 3 4) learners=(5)");
    let known = server.progress(4);
    assert!(!known.is_learner && known.match_index == 1, "what is known of it stays");
}

#[test]
fn a_learner_votes_when_asked_since_it_may_be_a_voter_without_knowing() {
    let mut server = Server::boot(config(4), Durable::bootstrap(of(&[1, 2, 3], &[4])));
    let outcome = server.durably(receive(1, 4, 1, ask(at(0, 0))));
    assert_eq!(outcome.sent_to(1), [granted(true)]);
}

#[test]
fn a_learner_that_becomes_a_voter_waits_for_an_election_timeout() {
    for (change, waits) in [(add(4), true), (add(5), false), (remove(2), false)] {
        let mut server = Server::boot(config(4), Durable::bootstrap(of(&[1, 2], &[4])));
        server.get(1, 1, append(at(0, 0), vec![change_entry(1, 1, change)], 1));
        let outcome = server.persist();
        assert_eq!(outcome.timer(Timer::Election).is_some(), waits);
    }
    let mut voter = Server::new(2, 3);
    voter.get(1, 1, append(at(0, 0), vec![change_entry(1, 1, add(4))], 1));
    assert_eq!(voter.persist().timer(Timer::Election), None, "a voter waits already");
}

#[test]
fn nobody_stands_for_election_with_a_committed_change_that_is_not_in_force() {
    let change = change_entry(2, 1, remove(3));
    let with_change = || append(at(0, 0), vec![entry(1, 1), change.clone(), entry(3, 1)], 3);
    let mut server = Server::new(2, 3);
    server.get(1, 1, with_change());
    // It is not durable, so it is not applied.
    let outcome = server.time_out();
    let because = CampaignRefusal::ConfigNotTakenUp { index: 2 };
    assert_eq!(outcome.notes(), [Note::CampaignRefused(because)]);
    assert!(outcome.timer(Timer::Election).is_some(), "it tries again later");
    assert_eq!(server.role(), RoleKind::Follower);
    assert!(server.get(1, 1, Body::TimeoutNow).has(Note::CampaignRefused(because)));
    server.persist();
    server.time_out();
    assert_eq!(server.role(), RoleKind::Candidate);

    let without = config_without(2, Rule::ConfigBeforeCampaign);
    let mut server = Server::with(without, 3, Durable::default());
    server.get(1, 1, with_change());
    server.time_out();
    assert_eq!(server.role(), RoleKind::Candidate, "without the rule it does");

    let mut server = Server::new(2, 3);
    let entries = vec![entry(1, 1), change_entry(2, 1, remove(3))];
    server.get(1, 1, append(at(0, 0), entries, 1));
    server.time_out();
    assert_eq!(server.role(), RoleKind::Candidate, "what is not committed does not matter");
}

#[test]
fn a_change_is_taken_up_once_in_order_and_only_when_it_is_committed() {
    let mut node = Node::new(Arc::new(config(2)), Durable::of([n(1), n(2), n(3)]));
    let step = |node: &mut Node, input| {
        let mut out = Vec::new();
        node.step(input, &mut out);
        Outcome(out, vec![])
    };
    let entries = vec![entry(1, 1), change_entry(2, 1, learn(4)), change_entry(3, 1, learn(5))];
    step(&mut node, receive(1, 2, 1, append(at(0, 0), entries, 2)));
    assert!(step(&mut node, Input::ApplyConfig(3)).0.is_empty(), "it is not committed");
    assert!(step(&mut node, Input::ApplyConfig(1)).0.is_empty(), "there is no change");
    let taken = [Note::ConfigApplied { index: 2, joint: false }];
    assert_eq!(step(&mut node, Input::ApplyConfig(2)).notes(), taken);
    assert!(step(&mut node, Input::ApplyConfig(2)).0.is_empty(), "once");
    assert!(step(&mut node, Input::Applied(2)).0.is_empty(), "applying does not repeat it");
    step(&mut node, receive(1, 2, 1, beat(3)));
    let taken = [Note::ConfigApplied { index: 3, joint: false }];
    assert_eq!(step(&mut node, Input::Applied(3)).notes(), taken, "applying does it by itself");
    assert_eq!(node.membership().to_string(), "voters=(1 2 3) learners=(4 5)");
}

// ---- a leader that leaves ----

fn told() -> Body {
    Body::HeartbeatReply { echo: Echo::Leaving }
}

/// Server 1 led three and has applied the change that takes it out; server 2 has the change.
fn leaving(change: ConfigChange) -> (Server, Outcome) {
    let mut server = leader(config(1));
    ask_for(&mut server, change);
    let outcome = agree(&mut server, &[2]);
    (server, outcome)
}

#[test]
fn a_leader_that_left_leads_on_until_a_quorum_of_those_who_stay_knows() {
    for change in [remove(1), learn(1)] {
        let (mut server, outcome) = leaving(change);
        assert!(server.node.is_leader() && server.lead().is_leaving());
        let asks = |commit_index| Body::Heartbeat { commit_index, echo: Echo::Leaving };
        assert!(outcome.sent_to(2).contains(&asks(2)), "it tells everybody at once");
        assert!(outcome.sent_to(3).contains(&asks(1)));
        for id in [2, 2, 3, 9] {
            server.get(id, 1, told());
            assert!(server.node.is_leader(), "server 3 does not hold the change yet");
        }
        let again = server.step(Input::Timer(Timer::Heartbeat));
        assert!(again.sent_to(3).contains(&asks(1)));
        server.get(3, 1, accepted(2));
        assert!(server.get(3, 1, beat_reply()).notes().is_empty(), "an older heartbeat");
        let outcome = server.get(3, 1, told());
        let because = StepDown::Removed;
        assert!(outcome.has(Note::SteppedDown { term: 1, was_leader: true, because }));
        assert_eq!(server.role(), RoleKind::Follower);
    }
}

#[test]
fn a_leader_that_left_takes_neither_commands_nor_reads() {
    let (mut server, _) = leaving(remove(1));
    let dropped = Proposal::Dropped(Dropped::NotMember);
    assert_eq!(server.propose("x").proposed(), Some(dropped));
    let unanswered = [Note::ReadUnanswered { token: 7 }];
    assert_eq!(server.step(Input::ReadIndex(7)).notes(), unanswered);
}

#[test]
fn a_leader_that_stays_asks_nobody_whether_it_is_known_to_leave() {
    let mut server = leader(config(1));
    ask_for(&mut server, remove(3));
    agree(&mut server, &[2]);
    assert!(!server.lead().is_leaving());
    for id in [2, 2] {
        server.get(id, 1, told());
    }
    assert!(server.node.is_leader());
}

#[test]
fn a_leader_that_left_steps_down_at_once_in_etcd() {
    let mut server = leader(Config { flavour: Flavour::Etcd, ..config(1) });
    ask_for(&mut server, remove(1));
    let outcome = agree(&mut server, &[2]);
    assert_eq!(server.role(), RoleKind::Follower);
    let because = StepDown::Removed;
    assert!(outcome.has(Note::SteppedDown { term: 1, was_leader: true, because }));
}

#[test]
fn a_leader_that_left_leads_on_where_it_is_told_to_or_the_rule_is_off() {
    for flavour in [Flavour::Paper, Flavour::Etcd] {
        let told_to = Config { step_down_on_removal: false, ..config(1) };
        for config in [told_to, config_without(1, Rule::StepDownOnRemoval)] {
            let mut server = leader(Config { flavour, ..config });
            ask_for(&mut server, remove(1));
            let outcome = agree(&mut server, &[2]);
            assert!(outcome.has(Note::ConfigApplied { index: 2, joint: false }));
            assert!(server.node.is_leader() && !server.lead().is_leaving());
            assert!(outcome.sent().iter().all(|mail| mail.kind() != Kind::Heartbeat));
        }
    }
}

#[test]
fn a_leader_that_leaves_through_a_joint_configuration_commits_the_way_out_first() {
    let mut server = leader(config(1));
    let part = |change: ConfigChange| change.changes[0];
    let changes: Vec<Change> = [remove(1), add(4)].map(part).to_vec();
    ask_for(&mut server, ConfigChange { changes, ..ConfigChange::default() });
    let outcome = agree(&mut server, &[2]);
    assert!(outcome.has(Note::LeavingJoint));
    assert_eq!(members(&server), "voters=(2 3 4)&&(1 2 3) autoleave");
    assert!(!server.lead().is_leaving());
    agree(&mut server, &[2, 3]);
    assert!(server.lead().is_leaving());
    assert_eq!(members(&server), "voters=(2 3 4)");
    assert!(!server.step(Input::Applied(3)).has(Note::LeavingJoint));
}

#[test]
fn servers_come_and_go_until_none_is_left_of_those_who_began() {
    let mut cluster = Cluster::new(3);
    for id in 4..=6 {
        cluster.servers.push(Server::boot(config(id), Durable::bootstrap(of(&[1, 2, 3], &[]))));
        cluster.applied.push(Vec::new());
    }
    cluster.elect(1);
    let part = |change: ConfigChange| change.changes[0];
    let changes = [remove(1), remove(2), remove(3), add(4), add(5), add(6)].map(part).to_vec();
    let change = ConfigChange { changes, ..ConfigChange::default() };
    cluster.give(1, Input::Propose(Payload::Config(Box::new(change))));
    cluster.settle();
    for _ in 0..3 {
        if cluster.server(1).node.is_leader() {
            cluster.beat(1);
        }
    }
    assert!(!cluster.server(1).node.is_leader());
    cluster.away = vec![1, 2, 3];
    cluster.elect(4);
    for id in 4..=6 {
        assert_eq!(members(cluster.server(id)), "voters=(4 5 6)");
        assert_eq!(cluster.server(id).node.leader(), Some(n(4)));
    }
}

#[test]
fn commands_and_a_change_of_membership_are_appended_together_in_order() {
    let mut server = leader(config(1));
    let payloads = vec![data("a"), Payload::Config(Box::new(add(4))), data("b")];
    let outcome = server.step(Input::ProposeAll(payloads));
    let proposed = |output: &&Output| matches!(output, Output::Proposed(_));
    assert_eq!(outcome.0.iter().filter(proposed).count(), 3);
    let notes = [
        Note::Appended { index: 2, term: 1 },
        Note::ConfigAppended { index: 3 },
        Note::Appended { index: 4, term: 1 },
    ];
    assert_eq!(outcome.notes(), notes);
    assert_eq!(sizes(&outcome.sent_to(2)), [3], "in one message");
}
