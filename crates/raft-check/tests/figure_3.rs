//! The five properties of Figure 3: for each a run that breaks it and nothing else, made by hand,
//! and runs that look dangerous and break none.

use raft_check::{Checker, Decision, Property, Sighting, Witness};
use raft_core::{Entry, Index, Log, NodeId, Payload, Position, Term};
use std::sync::Arc;

/// A server as the checker sees it.
#[derive(Clone)]
struct Server {
    id: NodeId,
    term: Term,
    is_leader: bool,
    log: Log,
    commit: Index,
    applied: Index,
}

/// Servers under a checker's eyes.
struct Watch {
    checker: Checker,
    at: u64,
    servers: Vec<Server>,
}

fn entry(index: Index, term: Term, text: &str) -> Arc<Entry> {
    Arc::new(Entry { index, term, payload: Payload::Data(text.as_bytes().into()) })
}

impl Watch {
    fn new(of: u64) -> Watch {
        let server = |id| Server {
            id: NodeId(id),
            term: 0,
            is_leader: false,
            log: Log::default(),
            commit: 0,
            applied: 0,
        };
        Watch { checker: Checker::default(), at: 0, servers: (1..=of).map(server).collect() }
    }

    /// Changes a server and shows it to the checker.
    fn see(&mut self, id: u64, written_from: Option<Index>, change: impl FnOnce(&mut Server)) {
        self.at += 1;
        let server = &mut self.servers[id as usize - 1];
        change(server);
        let sighting = Sighting {
            id: server.id,
            term: server.term,
            is_leader: server.is_leader,
            log: &server.log,
            written_from,
            commit_index: server.commit,
            applied_index: server.applied,
        };
        self.checker.observe(self.at, sighting);
    }

    fn lead(&mut self, id: u64, term: Term) {
        self.see(id, None, |server| (server.term, server.is_leader) = (term, true));
    }

    fn follow(&mut self, id: u64, term: Term) {
        self.see(id, None, |server| (server.term, server.is_leader) = (term, false));
    }

    /// Puts entries of this term in place of everything from `index` on.
    fn write(&mut self, id: u64, index: Index, term: Term, texts: &[&str]) {
        self.see(id, Some(index), |server| {
            server.log.truncate_from(index);
            for (index, text) in (index..).zip(texts) {
                server.log.append(entry(index, term, text));
            }
        });
    }

    fn commit(&mut self, id: u64, index: Index) {
        self.see(id, None, |server| server.commit = index);
    }

    fn apply(&mut self, id: u64, index: Index) {
        self.see(id, None, |server| server.applied = index);
    }

    fn commit_and_apply(&mut self, id: u64, index: Index) {
        self.see(id, None, |server| (server.commit, server.applied) = (index, index));
    }

    fn crash(&mut self, id: u64) {
        let server = &mut self.servers[id as usize - 1];
        (server.is_leader, server.commit, server.applied) = (false, 0, 0);
        self.checker.crashed(server.id, server.log.last_index());
    }

    fn found(&self) -> Vec<(Property, Witness)> {
        let violations = self.checker.violations();
        assert!(violations.windows(2).all(|pair| pair[0].at <= pair[1].at), "in order of time");
        violations.iter().map(|v| (v.property, v.witness.clone())).collect()
    }
}

#[test]
fn a_healthy_run_breaks_nothing() {
    let mut watch = Watch::new(3);
    watch.lead(1, 1);
    watch.write(1, 1, 1, &["noop", "a", "b"]);
    for id in [2, 3] {
        watch.follow(id, 1);
        watch.write(id, 1, 1, &["noop", "a"]);
    }
    watch.commit_and_apply(1, 2);
    watch.commit(2, 2);
    watch.apply(2, 1);
    watch.apply(2, 2);
    // n1 crashes with an entry that nobody else has; n2 leads; n1 comes back and is put right.
    watch.crash(1);
    watch.lead(2, 2);
    watch.write(2, 3, 2, &["noop"]);
    watch.follow(1, 2);
    watch.write(1, 3, 2, &["noop"]);
    watch.commit_and_apply(2, 3);
    watch.commit_and_apply(1, 3);
    watch.follow(3, 2);
    watch.write(3, 3, 2, &["noop"]);
    watch.commit_and_apply(3, 3);
    assert_eq!(watch.found(), []);
    assert_eq!(watch.checker.committed(), 3);
}

#[test]
fn two_leaders_of_different_terms_at_once_break_nothing() {
    let mut watch = Watch::new(3);
    watch.lead(1, 1);
    watch.lead(2, 2);
    watch.lead(1, 3);
    assert_eq!(watch.found(), []);
}

#[test]
fn two_leaders_of_one_term_break_election_safety() {
    let mut watch = Watch::new(3);
    watch.lead(1, 4);
    watch.follow(1, 4);
    watch.lead(3, 4);
    let witness = Witness::TwoLeaders { term: 4, first: NodeId(1), second: NodeId(3) };
    assert_eq!(watch.found(), [(Property::ElectionSafety, witness)]);
}

#[test]
fn a_leader_that_deletes_from_its_own_log_breaks_leader_append_only() {
    let mut watch = Watch::new(3);
    watch.lead(1, 1);
    watch.write(1, 1, 1, &["noop", "a", "b"]);
    watch.write(1, 3, 1, &[]);
    let witness = Witness::LeaderRewrote { leader: NodeId(1), index: 3 };
    assert_eq!(watch.found(), [(Property::LeaderAppendOnly, witness)]);
}

#[test]
fn a_follower_that_deletes_from_its_log_breaks_nothing() {
    let mut watch = Watch::new(3);
    watch.lead(1, 1);
    watch.write(1, 1, 1, &["noop", "a", "b"]);
    watch.follow(1, 2);
    watch.write(1, 2, 2, &["x"]);
    assert_eq!(watch.found(), []);
}

#[test]
fn two_entries_of_one_index_and_term_that_differ_break_log_matching() {
    let mut watch = Watch::new(3);
    watch.write(1, 1, 1, &["a"]);
    watch.write(2, 1, 1, &["b"]);
    let at = Position { term: 1, index: 1 };
    let witness = Witness::EntriesDiffer { server: NodeId(2), at };
    assert_eq!(watch.found(), [(Property::LogMatching, witness)]);
}

#[test]
fn equal_entries_that_follow_different_ones_break_log_matching() {
    let mut watch = Watch::new(3);
    watch.write(1, 1, 1, &["a"]);
    watch.write(2, 1, 2, &["b"]);
    watch.write(1, 2, 3, &["c"]);
    assert_eq!(watch.found(), []);
    watch.write(2, 2, 3, &["c"]);
    let at = Position { term: 3, index: 2 };
    let witness = Witness::EntriesDiffer { server: NodeId(2), at };
    assert_eq!(watch.found(), [(Property::LogMatching, witness)]);
}

#[test]
fn log_matching_is_remembered_past_the_life_of_the_entries() {
    let mut watch = Watch::new(3);
    watch.write(1, 1, 1, &["a"]);
    watch.write(1, 1, 2, &["b"]);
    watch.write(1, 1, 3, &["c"]);
    watch.write(2, 1, 2, &["B"]);
    assert_eq!(watch.found().len(), 1);
}

#[test]
fn a_new_leader_without_a_committed_entry_breaks_leader_completeness() {
    let mut watch = Watch::new(3);
    watch.lead(1, 1);
    watch.write(1, 1, 1, &["noop", "a"]);
    watch.commit_and_apply(1, 2);
    watch.write(2, 1, 1, &["noop"]);
    watch.lead(2, 2);
    let entry = Position { term: 1, index: 2 };
    let witness = Witness::LeaderLacks { leader: NodeId(2), term: 2, entry };
    assert_eq!(watch.found(), [(Property::LeaderCompleteness, witness)]);
}

#[test]
fn a_late_commit_that_a_later_leader_lacks_breaks_leader_completeness() {
    let mut watch = Watch::new(3);
    watch.lead(1, 1);
    watch.write(1, 1, 1, &["noop"]);
    watch.lead(2, 2);
    watch.commit(1, 1);
    let entry = Position { term: 1, index: 1 };
    let witness = Witness::LeaderLacks { leader: NodeId(2), term: 2, entry };
    assert_eq!(watch.found(), [(Property::LeaderCompleteness, witness)]);
}

#[test]
fn a_leader_of_an_older_term_that_is_seen_late_need_not_hold_what_was_committed_since() {
    let mut watch = Watch::new(5);
    watch.lead(1, 5);
    watch.write(1, 1, 5, &["noop"]);
    watch.commit_and_apply(1, 1);
    watch.lead(2, 4);
    assert_eq!(watch.found(), []);
}

#[test]
fn a_server_that_applies_another_entry_at_an_index_breaks_state_machine_safety() {
    let mut watch = Watch::new(3);
    watch.write(1, 1, 1, &["a"]);
    watch.commit_and_apply(1, 1);
    watch.write(2, 1, 2, &["b"]);
    watch.apply(2, 1);
    let applied = Position { term: 2, index: 1 };
    let before = Position { term: 1, index: 1 };
    let witness = Witness::AppliedDiffers { server: NodeId(2), applied, before };
    assert_eq!(watch.found(), [(Property::StateMachineSafety, witness)]);
}

#[test]
fn a_restarted_server_that_applies_its_log_again_breaks_nothing_and_another_log_does() {
    let mut watch = Watch::new(3);
    watch.write(1, 1, 1, &["a", "b"]);
    watch.commit_and_apply(1, 2);
    watch.crash(1);
    watch.commit_and_apply(1, 2);
    assert_eq!(watch.found(), []);
    watch.crash(1);
    watch.write(1, 2, 2, &["c"]);
    watch.apply(1, 2);
    let properties: Vec<_> = watch.found().into_iter().map(|(property, _)| property).collect();
    assert_eq!(properties, [Property::StateMachineSafety]);
}

#[test]
fn what_is_committed_at_an_index_never_changes() {
    let mut watch = Watch::new(3);
    watch.write(1, 1, 1, &["a"]);
    watch.commit(1, 1);
    watch.write(2, 1, 2, &["b"]);
    watch.commit(2, 1);
    let properties: Vec<_> = watch.found().into_iter().map(|(property, _)| property).collect();
    assert_eq!(properties, [Property::CommittedImmutable]);
}

#[test]
fn one_violation_is_told_once_and_never_more_than_a_hundred() {
    let mut watch = Watch::new(3);
    for _ in 0..3 {
        for id in [1, 3] {
            watch.lead(id, 4);
            watch.follow(id, 4);
        }
    }
    assert_eq!(watch.found().len(), 1);
    for term in 5..500 {
        for id in [1, 2] {
            watch.lead(id, term);
            watch.follow(id, term);
        }
    }
    assert_eq!(watch.found().len(), 100);
}

#[test]
fn every_property_is_found_by_its_name() {
    for property in Property::ALL {
        assert_eq!(Property::from_name(property.name()), Some(property));
    }
    assert_eq!(Property::from_name("safety"), None);
}

/// An election: who stands behind a leader of a term.
fn elected(term: u64, leader: u64, other: u64) -> Decision {
    let behind = vec![NodeId(leader), NodeId(other)];
    Decision { leader: NodeId(leader), term, behind, entry: None }
}

#[test]
fn an_election_of_a_term_that_others_have_left_need_not_overlap() {
    let mut checker = Checker::default();
    let voters: &[&[NodeId]] = &[&[NodeId(1), NodeId(2), NodeId(3), NodeId(4)]];
    checker.decided(1, elected(5, 3, 4), voters);
    checker.decided(2, elected(2, 1, 2), voters);
    assert_eq!(checker.violations(), []);
    checker.decided(3, elected(6, 1, 2), voters);
    assert_eq!(checker.violations()[0].property, Property::QuorumOverlap);
}

#[test]
fn what_too_few_have_on_disk_says_nothing_of_who_decided() {
    let mut checker = Checker::default();
    let voters: &[&[NodeId]] = &[&[NodeId(1), NodeId(2), NodeId(3)]];
    checker.decided(1, elected(1, 1, 2), voters);
    let entry = Some(Position { term: 1, index: 2 });
    let behind = Vec::new();
    checker.decided(2, Decision { leader: NodeId(1), term: 1, behind, entry }, voters);
    let found: Vec<Property> = checker.violations().iter().map(|found| found.property).collect();
    assert_eq!(found, [Property::CommittedOnQuorum]);
    assert_eq!(
        checker.violations()[0].to_string(),
        "n1 committed index 2 of term 1, which nobody has on disk"
    );
    // The election still counts.
    checker.decided(3, elected(2, 3, 3), &[&[NodeId(3)]]);
    assert_eq!(checker.violations()[1].property, Property::QuorumOverlap);
}

#[test]
fn votes_of_an_election_that_was_forgotten_are_not_counted_in_part() {
    let mut checker = Checker::default();
    checker.voted(1, NodeId(2), NodeId(1));
    for term in 2..1_000 {
        checker.voted(term, NodeId(2), NodeId(1));
    }
    checker.voted(1, NodeId(3), NodeId(1));
    assert_eq!(checker.voters_of(1, NodeId(1)), None);
    assert_eq!(checker.voters_of(999, NodeId(1)), Some(vec![NodeId(2), NodeId(1)]));
}
