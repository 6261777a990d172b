//! The log, against a plain list of terms.

use crate::harness::*;
use raft_core::{Index, Log, Position, Term};

/// A log whose beginning is dropped, and the terms of all its entries, those dropped included.
struct Pair {
    log: Log,
    terms: Vec<Term>,
    dropped: Index,
}

impl Pair {
    fn new(terms: &[Term], dropped: Index) -> Pair {
        let mut log = Log::default();
        for (index, term) in (1..).zip(terms) {
            log.append(entry(index, *term));
        }
        log.compact_to(dropped);
        Pair { log, terms: terms.to_vec(), dropped }
    }

    fn term(&self, index: Index) -> Option<Term> {
        match index {
            0 => (self.dropped == 0).then_some(0),
            index if index < self.dropped => None,
            index => self.terms.get(index as usize - 1).copied(),
        }
    }

    fn check(&self) {
        let (log, len) = (&self.log, self.terms.len() as Index);
        assert_eq!((log.first_index(), log.last_index()), (self.dropped + 1, len));
        let base = at(self.term(self.dropped).expect("known"), self.dropped);
        assert_eq!(log.base(), base);
        assert_eq!(log.last(), at(self.term(len).expect("known"), len));
        for index in 0..len + 3 {
            let term = self.term(index);
            assert_eq!(log.term_at(index), term, "{index}");
            assert_eq!(log.position_at(index), term.map(|term| at(term, index)), "{index}");
            for other in 0..5 {
                assert_eq!(log.holds(at(other, index)), term == Some(other), "{other}.{index}");
            }
            let held = term.filter(|_| index > self.dropped).map(|term| entry(index, term));
            assert_eq!(log.get(index), held.as_ref(), "{index}");
            for last in 0..len + 3 {
                let found: Vec<Index> = log.range(index, last).map(|entry| entry.index).collect();
                let wanted: Vec<Index> =
                    (index..=last).filter(|i| *i > self.dropped && *i <= len).collect();
                assert_eq!(found, wanted, "{index} to {last}");
            }
        }
        let all: Vec<Index> = log.iter().map(|entry| entry.index).collect();
        assert_eq!(all, (self.dropped + 1..=len).collect::<Vec<_>>());
    }
}

const TERMS: [Term; 6] = [1, 1, 2, 2, 4, 4];

#[test]
fn it_finds_every_entry_that_was_not_dropped() {
    for len in 0..=TERMS.len() {
        for dropped in 0..=len as Index {
            Pair::new(&TERMS[..len], dropped).check();
        }
    }
}

#[test]
fn what_is_cut_off_is_gone_and_the_rest_stays_however_long_it_is() {
    for len in [1, 6, 30] {
        for dropped in [0, len / 3, len] {
            for from in 0..len as Index + 3 {
                let mut pair = Pair::new(&vec![1; len], dropped as Index);
                pair.log.truncate_from(from);
                let keep = (from.max(dropped as Index + 1) - 1).min(len as Index);
                pair.terms.truncate(keep as usize);
                pair.check();
            }
        }
    }
}

#[test]
fn a_log_is_dropped_only_as_far_as_it_goes_and_never_less_than_before() {
    for (first, second) in [(2, 4), (4, 2), (3, 3), (0, 6), (1, 99)] {
        let mut pair = Pair::new(&TERMS, first);
        pair.log.compact_to(second);
        pair.dropped = first.max(second.min(6));
        pair.check();
    }
}

#[test]
fn a_log_goes_on_after_what_was_dropped() {
    let mut log = Log::after(at(3, 7));
    assert_eq!((log.first_index(), log.last_index(), log.last()), (8, 7, at(3, 7)));
    log.append(entry(8, 4));
    assert_eq!((log.last(), log.term_at(7), log.term_at(8)), (at(4, 8), Some(3), Some(4)));
}

#[test]
fn a_hint_is_the_last_place_of_at_most_that_term_or_where_the_log_was_dropped() {
    for dropped in 0..=6 {
        let pair = Pair::new(&TERMS, dropped);
        for index in 0..9 {
            for term in 0..6 {
                let fits = |at: &Index| pair.term(*at).is_none_or(|known| known <= term);
                let place = (1..=index.min(6)).rev().find(fits);
                let wanted = place
                    .map_or(Position::default(), |place| at(pair.term(place).unwrap_or(0), place));
                let found = pair.log.conflict_hint(index, term);
                assert_eq!(found, wanted, "term {term} at {index}, {dropped} dropped");
            }
        }
    }
}
