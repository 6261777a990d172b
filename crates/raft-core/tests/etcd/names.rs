//! Names: what text, links and scenarios call things.

use crate::harness::*;
use raft_core::{
    AppendReply, Body, ChangeError, Flow, Inflight, Kind, NodeId, RoleKind, Rule, RuleSet, Timer,
};
use std::collections::BTreeSet;

#[test]
fn a_server_is_shown_by_its_number() {
    assert_eq!(format!("{} {:?}", NodeId(7), NodeId(12)), "n7 n12");
}

#[test]
fn every_message_has_its_own_kind_and_every_kind_a_name_that_leads_back_to_it() {
    let body = Body::AppendEntriesReply(AppendReply::StaleTerm);
    let last = at(0, 0);
    let snapshot = snapshot(last, Default::default());
    let bodies = [
        (ask(last), "vote"),
        (granted(true), "vote-reply"),
        (append(last, vec![], 0), "append"),
        (body, "append-reply"),
        (beat(0), "heartbeat"),
        (beat_reply(), "heartbeat-reply"),
        (Body::Propose { payloads: vec![] }, "propose"),
        (Body::PreVote { last }, "pre-vote"),
        (pre_granted(true), "pre-vote-reply"),
        (Body::InstallSnapshot { snapshot }, "snapshot"),
        (Body::TimeoutNow, "timeout-now"),
        (Body::TransferLeader, "transfer-leader"),
        (Body::ReadIndex { token: 1 }, "read-index"),
        (Body::ReadIndexReply { token: 1, index: 1 }, "read-index-reply"),
    ];
    for ((body, name), kind) in bodies.into_iter().zip(Kind::ALL) {
        assert_eq!(message(1, 2, 1, body).kind(), kind);
        assert_eq!((kind.name(), kind.to_string().as_str()), (name, name));
        assert_eq!(Kind::from_name(name), Some(kind));
    }
    assert_eq!(Kind::from_name("gossip"), None);
}

#[test]
fn every_rule_has_a_name_of_its_own_that_leads_back_to_it() {
    let mut names = BTreeSet::new();
    for rule in Rule::ALL {
        let name = rule.name();
        assert!(!name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'));
        assert!(names.insert(name), "{name} twice");
        assert_eq!(format!("{rule:?}").to_lowercase(), name.replace('-', ""));
        assert_eq!((Rule::from_name(name), rule.to_string().as_str()), (Some(rule), name));
    }
    assert_eq!(Rule::from_name("no-such-rule"), None);
}

#[test]
fn a_rule_is_switched_off_and_on_by_itself() {
    let raft = RuleSet::default();
    assert!(raft.is_raft() && raft.switched_off().next().is_none());
    for rule in Rule::ALL {
        let without = raft.without(rule);
        assert!(!without.is_raft());
        for other in Rule::ALL {
            assert_eq!(without.holds(other), other != rule);
            let two = without.without(other);
            assert!(!two.holds(rule) && !two.holds(other), "{rule} and {other}");
            let back = two.with(other);
            assert_eq!(back.holds(rule), other == rule, "{rule} and {other}");
        }
        assert_eq!(without.switched_off().collect::<Vec<_>>(), [rule]);
        assert_eq!((without.without(rule), without.with(rule)), (without, raft));
        assert_eq!(raft.with(rule), raft);
    }
}

#[test]
fn timers_and_roles_have_names() {
    let names = Timer::ALL.map(Timer::name);
    assert_eq!(names, ["election", "heartbeat", "quorum", "lease"]);
    use RoleKind::{Candidate, Follower, Leader, PreCandidate};
    let names = [Follower, PreCandidate, Candidate, Leader].map(RoleKind::name);
    assert_eq!(names, ["follower", "pre-candidate", "candidate", "leader"]);
}

#[test]
fn the_ways_to_send_have_the_names_that_etcd_gives_them() {
    let flows = [Flow::Probe, Flow::Replicate(Inflight::default()), Flow::Snapshot { pending: 1 }];
    let names = flows.each_ref().map(Flow::name);
    assert_eq!(names, ["StateProbe", "StateReplicate", "StateSnapshot"]);
}

#[test]
fn an_impossible_change_says_why_in_words_of_its_own() {
    use ChangeError::*;
    let all = [AlreadyJoint, NoVoters, NotJoint, InJoint, MoreThanOneVoter, RemovedAll];
    let words: BTreeSet<String> = all.iter().map(ChangeError::to_string).collect();
    assert_eq!(words.len(), all.len());
    assert_eq!(InJoint.to_string(), "can't apply simple config change in joint config");
}
