//! The safety properties of Figure 3, checked at every server after every event.
//!
//! One canonical list of what was committed, one table of every entry ever written, one list of who
//! led in which term. All three are persistent or hold shared entries, so that a copy of the
//! checker costs a few pointers.

use crate::property::Property;
use crate::violation::{Monotonic, Promise, Violation, Witness};
use imbl::Vector;
use raft_core::{EntryRef, Index, Log, Micros, NodeId, Position, SmallMap, Term};
use std::collections::VecDeque;
use std::sync::Arc;

/// The most violations that are kept; what follows adds nothing.
pub const MAX_VIOLATIONS: usize = 100;

/// How many elections are remembered with their votes.
const ELECTIONS_REMEMBERED: usize = 32;

/// One server as it stands after an event.
#[derive(Clone, Copy, Debug)]
pub struct Sighting<'a> {
    /// The server.
    pub id: NodeId,
    /// Its current term.
    pub term: Term,
    /// Whether it believes that it leads.
    pub is_leader: bool,
    /// Its log.
    pub log: &'a Log,
    /// The lowest index that the event wrote or removed, if it touched the log.
    pub written_from: Option<Index>,
    /// Its commit index.
    pub commit_index: Index,
    /// The highest index handed to its state machine.
    pub applied_index: Index,
}

/// A leader that has just been elected, or has committed something.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The leader.
    pub leader: NodeId,
    /// Its term.
    pub term: Term,
    /// Who stands behind it: gave a vote, or has the entry on disk.
    pub behind: Vec<NodeId>,
    /// The entry, where one was committed.
    pub entry: Option<Position>,
}

/// Watches servers. Feed it every change with [`Checker::observe`].
#[derive(Clone, Debug, Default)]
pub struct Checker {
    servers: Vec<Watched>,
    /// Who was first seen to lead in each term, and its log when it was elected.
    leaders: Arc<SmallMap<Term, (NodeId, Log)>>,
    /// The first entry that was ever committed at each index.
    committed: Vector<Record>,
    /// The first entry that was ever written at each index.
    written: Vector<Record>,
    /// Further entries written at an index, of other terms.
    rewritten: Arc<SmallMap<(Index, Term), Record>>,
    violations: Vec<Violation>,
    /// Who stood behind the last decision.
    decided: Vec<NodeId>,
    /// The highest term of a decision.
    decided_term: Term,
    /// Who voted for whom in the latest terms.
    votes: VecDeque<(Term, NodeId, Vec<NodeId>)>,
    /// The highest term of an election that is no longer remembered.
    votes_forgotten: Term,
}

#[derive(Clone, Debug, Default)]
struct Watched {
    id: Option<NodeId>,
    /// The term in which it was last seen to lead, if it still does.
    leading: Option<Term>,
    term: Term,
    last_index: Index,
    commit_index: Index,
    applied_index: Index,
}

/// An entry, and a term that matters with it.
#[derive(Clone, Debug)]
struct Record {
    entry: EntryRef,
    /// Of a committed entry: the term of the server that was first seen to commit it. Of a written
    /// one: the term of the entry before it.
    with: Term,
}

impl Checker {
    /// A checker of a cluster whose logs begin with these entries, committed and written by all:
    /// index 1 first, none left out.
    pub fn beginning_with(entries: impl IntoIterator<Item = EntryRef>) -> Checker {
        let mut before = 0;
        let mut checker = Checker::default();
        for entry in entries {
            let term = entry.term;
            checker.committed.push_back(Record { entry: entry.clone(), with: term });
            checker.written.push_back(Record { entry, with: before });
            before = term;
        }
        checker
    }

    /// Who led a term, if anybody did.
    pub fn leader_of(&self, term: Term) -> Option<NodeId> {
        self.leaders.get(&term).map(|(leader, _)| *leader)
    }

    /// The latest term in which anybody led, and who did.
    pub fn last_leader(&self) -> Option<(Term, NodeId)> {
        self.leaders.iter().next_back().map(|(term, (leader, _))| (*term, *leader))
    }

    /// How many terms below this one have had a leader.
    pub fn led_terms_below(&self, term: Term) -> u64 {
        self.leaders.keys().filter(|led| **led < term).count() as u64
    }

    /// What was broken so far, in order of time.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// How many entries are committed, by anybody.
    pub fn committed(&self) -> Index {
        self.committed.len() as Index
    }

    /// The entry that was first committed at an index.
    pub fn committed_entry(&self, index: Index) -> Option<&EntryRef> {
        self.committed.get(to_usize(index.checked_sub(1)?)).map(|committed| &committed.entry)
    }

    /// A server has crashed: what it had in memory is gone, and its log is what its disk holds.
    pub fn crashed(&mut self, id: NodeId, durable_last: Index) {
        *self.watched(id) =
            Watched { id: Some(id), last_index: durable_last, ..Watched::default() };
    }

    /// Checks a server against every property.
    pub fn observe(&mut self, at: Micros, seen: Sighting<'_>) {
        let before = self.watched(seen.id).clone();
        let last_index = seen.log.last_index();
        let leading = seen.is_leader.then_some(seen.term);
        self.check_monotonic(at, &before, seen);
        if let Some(from) = seen.written_from {
            if leading.is_some() && leading == before.leading && from <= before.last_index {
                let witness = Witness::LeaderRewrote { leader: seen.id, index: from };
                self.violated(at, Property::LeaderAppendOnly, witness);
            }
            self.check_written(at, seen, from);
        }
        if leading != before.leading && seen.is_leader {
            self.check_elected(at, seen);
        }
        if seen.commit_index > before.commit_index {
            self.record_committed(at, seen, before.commit_index + 1);
        }
        if seen.applied_index > before.applied_index {
            self.check_applied(at, seen, before.applied_index + 1);
        }
        let watched = self.watched(seen.id);
        watched.leading = leading;
        watched.term = seen.term;
        watched.last_index = last_index;
        watched.commit_index = seen.commit_index;
        watched.applied_index = seen.applied_index;
    }

    /// Monotonic state, while a server runs.
    fn check_monotonic(&mut self, at: Micros, before: &Watched, seen: Sighting<'_>) {
        for (what, from, to) in [
            (Monotonic::Term, before.term, seen.term),
            (Monotonic::CommitIndex, before.commit_index, seen.commit_index),
            (Monotonic::AppliedIndex, before.applied_index, seen.applied_index),
        ] {
            if to < from {
                let witness = Witness::WentBack { server: seen.id, what, from, to };
                self.violated(at, Property::MonotonicState, witness);
            }
        }
    }

    /// Whether this server leads a term in which it was not seen to lead, or has committed more as
    /// a leader: then its caller counts who stands behind it, with [`Checker::decided`].
    #[must_use]
    pub fn decides(&self, seen: &Sighting<'_>) -> bool {
        let before = self.servers.iter().find(|watched| watched.id == Some(seen.id));
        let (leading, commit) = before.map_or((None, 0), |b| (b.leading, b.commit_index));
        seen.is_leader && (leading != Some(seen.term) || seen.commit_index > commit)
    }

    /// What a server was last seen to have committed.
    pub fn commit_seen(&self, id: NodeId) -> Index {
        let watched = self.servers.iter().find(|watched| watched.id == Some(id));
        watched.map_or(0, |watched| watched.commit_index)
    }

    /// Committed on a quorum, and overlap with the decision before.
    pub fn decided(&mut self, at: Micros, decision: Decision, voters: &[&[NodeId]]) {
        let Decision { leader, term, behind, entry } = decision;
        if entry.is_none() && term < self.decided_term {
            // Elected late, in a term that others have left: the members may be others by now, and
            // nothing that it could commit still counts.
            return;
        }
        self.decided_term = self.decided_term.max(term);
        let majority_of = |half: &&&[NodeId]| {
            2 * half.iter().filter(|id| behind.contains(id)).count() > half.len()
        };
        if let Some(entry) = entry
            && !voters.iter().filter(|half| !half.is_empty()).all(|half| majority_of(&half))
        {
            let witness = Witness::TooFewCopies { leader, entry, copies: behind.clone() };
            self.violated(at, Property::CommittedOnQuorum, witness);
            // Who has decided is not known: those who acknowledged it may have been a majority.
            return;
        }
        if !self.decided.is_empty() && !self.decided.iter().any(|id| behind.contains(id)) {
            let before = std::mem::take(&mut self.decided);
            let witness = Witness::DisjointQuorums { before, now: behind.clone() };
            self.violated(at, Property::QuorumOverlap, witness);
        }
        self.decided = behind;
    }

    /// A vote leaves a server.
    pub fn voted(&mut self, term: Term, voter: NodeId, candidate: NodeId) {
        let known = self.votes.iter_mut().find(|(t, c, _)| (*t, *c) == (term, candidate));
        match known {
            Some((_, _, voters)) if voters.contains(&voter) => {}
            Some((_, _, voters)) => voters.push(voter),
            // It may be one that was forgotten: some of its votes would be missing.
            None if term <= self.votes_forgotten => {}
            None => {
                if self.votes.len() >= ELECTIONS_REMEMBERED
                    && let Some((forgotten, _, _)) = self.votes.pop_back()
                {
                    self.votes_forgotten = self.votes_forgotten.max(forgotten);
                }
                self.votes.push_front((term, candidate, vec![voter]));
            }
        }
    }

    /// Who has voted for a server in a term, itself included; `None` where that was so many
    /// elections ago that it is forgotten.
    #[must_use]
    pub fn voters_of(&self, term: Term, candidate: NodeId) -> Option<Vec<NodeId>> {
        let known = self.votes.iter().find(|(t, c, _)| (*t, *c) == (term, candidate));
        if known.is_none() && term <= self.votes_forgotten {
            return None;
        }
        let mut voters = known.map_or_else(Vec::new, |(_, _, voters)| voters.clone());
        voters.push(candidate);
        Some(voters)
    }

    /// A vote or an acknowledgement leaves a server whose disk does not hold it.
    pub fn not_durable(&mut self, at: Micros, server: NodeId, promise: Promise) {
        self.violated(at, Property::Durability, Witness::NotDurable { server, promise });
    }

    fn watched(&mut self, id: NodeId) -> &mut Watched {
        let place = match self.servers.iter().position(|watched| watched.id == Some(id)) {
            Some(place) => place,
            None => {
                self.servers.push(Watched { id: Some(id), ..Watched::default() });
                self.servers.len() - 1
            }
        };
        &mut self.servers[place]
    }

    fn violated(&mut self, at: Micros, property: Property, witness: Witness) {
        let known = self.violations.iter().any(|v| v.property == property && v.witness == witness);
        if !known && self.violations.len() < MAX_VIOLATIONS {
            self.violations.push(Violation { property, at, witness });
        }
    }

    /// Election Safety and Leader Completeness, when a server starts to lead.
    fn check_elected(&mut self, at: Micros, seen: Sighting<'_>) {
        match self.leaders.get(&seen.term) {
            Some((first, _)) if *first != seen.id => {
                let witness =
                    Witness::TwoLeaders { term: seen.term, first: *first, second: seen.id };
                self.violated(at, Property::ElectionSafety, witness);
            }
            Some(_) => {}
            None => {
                Arc::make_mut(&mut self.leaders).insert(seen.term, (seen.id, seen.log.clone()));
            }
        }
        // Log Matching, which is checked at every write, carries an equal entry back to the start
        // of the log; so the entries are compared from the end until one is found equal.
        let mut lacking = None;
        for (place, committed) in self.committed.iter().enumerate().rev() {
            if committed.with >= seen.term {
                continue;
            }
            let index = place as Index + 1;
            match seen.log.get(index) {
                Some(entry) if entry == &committed.entry => break,
                // A snapshot covers it.
                None if index <= seen.log.base().index => break,
                Some(_) | None => lacking = Some(committed.entry.position()),
            }
        }
        if let Some(entry) = lacking {
            let witness = Witness::LeaderLacks { leader: seen.id, term: seen.term, entry };
            self.violated(at, Property::LeaderCompleteness, witness);
        }
    }

    /// Log Matching: an entry's index and term decide what it holds and what it follows, hence by
    /// induction everything before it.
    fn check_written(&mut self, at: Micros, seen: Sighting<'_>, from: Index) {
        let from = from.max(seen.log.first_index());
        let mut previous_term = seen.log.term_at(from - 1).unwrap_or(0);
        for entry in seen.log.range(from, seen.log.last_index()) {
            let written = Record { entry: entry.clone(), with: previous_term };
            previous_term = entry.term;
            let known = match self.written.get(to_usize(entry.index - 1)) {
                Some(first) if first.entry.term == entry.term => Some(first),
                Some(_) => self.rewritten.get(&(entry.index, entry.term)),
                None => None,
            };
            match known {
                Some(known) => {
                    let same = EntryRef::ptr_eq(&known.entry, entry) || known.entry == *entry;
                    if !same || known.with != written.with {
                        let position = entry.position();
                        let witness = Witness::EntriesDiffer { server: seen.id, at: position };
                        self.violated(at, Property::LogMatching, witness);
                    }
                }
                None if entry.index == self.written.len() as Index + 1 => {
                    self.written.push_back(written);
                }
                None => {
                    Arc::make_mut(&mut self.rewritten).insert((entry.index, entry.term), written);
                }
            }
        }
    }

    /// Keeps the canonical list. What a deposed leader commits late must be in the logs of those
    /// who were elected in higher terms meanwhile (Leader Completeness again).
    fn record_committed(&mut self, at: Micros, seen: Sighting<'_>, first: Index) {
        let later = self.leaders.iter().rev().take_while(|(term, _)| **term > seen.term).find_map(
            |(term, (leader, log))| {
                let mut entries = seen.log.range(first, seen.commit_index);
                let lacking = entries.find(|entry| {
                    entry.index > log.base().index && log.get(entry.index) != Some(entry)
                })?;
                Some((*term, *leader, lacking.position()))
            },
        );
        if let Some((term, leader, entry)) = later {
            let witness = Witness::LeaderLacks { leader, term, entry };
            self.violated(at, Property::LeaderCompleteness, witness);
        }
        for entry in seen.log.range(first, seen.commit_index) {
            if entry.index == self.committed.len() as Index + 1 {
                self.committed.push_back(Record { entry: entry.clone(), with: seen.term });
            } else if let Some(committed) = self.committed.get(to_usize(entry.index - 1))
                && committed.entry != *entry
            {
                let before = committed.entry.position();
                let applied = entry.position();
                let witness = Witness::AppliedDiffers { server: seen.id, applied, before };
                self.violated(at, Property::CommittedImmutable, witness);
            }
        }
    }

    /// State Machine Safety.
    fn check_applied(&mut self, at: Micros, seen: Sighting<'_>, first: Index) {
        for entry in seen.log.range(first, seen.applied_index) {
            if let Some(committed) = self.committed.get(to_usize(entry.index - 1))
                && !EntryRef::ptr_eq(&committed.entry, entry)
                && committed.entry != *entry
            {
                let before = committed.entry.position();
                let applied = entry.position();
                let witness = Witness::AppliedDiffers { server: seen.id, applied, before };
                self.violated(at, Property::StateMachineSafety, witness);
            }
        }
    }
}

fn to_usize(index: Index) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}
