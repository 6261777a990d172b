//! What to show for a history that is not linearizable: the few operations that no order fits.
//!
//! A long history is broken by two or three operations. They are found by leaving others out for as
//! long as the rest is not linearizable, and only in ways that cannot break a sound history: what
//! comes after the end of a prefix, what lies behind an instant at which nothing was open (its
//! possible ends become the starts), reads, and writes on which nothing that is left rests.

use super::search::{Wanted, search};
use super::{Model, Operation};
use std::fmt::Debug;

/// Configurations visited in all while a history is made smaller; what is left then is shown.
pub const MAX_SHRINK_CONFIGURATIONS: usize = 2_000_000;
/// Configurations visited in one of these searches, after the first: without its reads, a history
/// may have very many orders.
const MAX_TRY_CONFIGURATIONS: usize = 20_000;
/// Searches run in all while a history is made smaller.
const MAX_SHRINK_SEARCHES: usize = 2_000;
/// Instants at which nothing was open that are tried as the beginning of what is shown.
const MAX_CUTS: usize = 8;
/// The most values that a key may have at the beginning of what is shown.
const MAX_STARTS: usize = 4;

/// Why the operations on one part of the data (a key) cannot have come from one copy of it.
#[derive(Clone, Debug)]
pub struct Offence<K, M: Model> {
    /// The part.
    pub key: K,
    /// What it may have held before these operations: one of these states.
    pub starts: Vec<M::State>,
    /// Operations that no order fits, in the order of their calls; without any of them that may be
    /// left out, one would.
    pub operations: Vec<Offender<M>>,
    /// The ids of the longest order that some of them fit; the others have no place in it.
    pub order: Vec<u64>,
    /// The operation up to whose return, not included, the whole history has an order.
    pub breaks_at: u64,
}

/// An operation of an [`Offence`].
#[derive(Clone, Debug)]
pub struct Offender<M: Model> {
    /// Whose it is: as it was called by the [`Watcher`](super::Watcher), or its place in the
    /// history.
    pub id: u64,
    /// What was asked and answered, and when.
    pub operation: Operation<M>,
}

/// What is to be shown for a history that can begin in any of `starts` and is not linearizable;
/// `None` where it is, or where that cannot be told within [`MAX_SHRINK_CONFIGURATIONS`].
/// `ids` names the operations of the history, one each.
#[must_use]
pub fn offence<K, M: Model>(
    key: K,
    starts: &[M::State],
    history: &[Operation<M>],
    ids: &[u64],
) -> Option<Offence<K, M>> {
    let mut shrinking = Shrinking {
        configurations: MAX_SHRINK_CONFIGURATIONS,
        searches: MAX_SHRINK_SEARCHES,
        at_once: MAX_SHRINK_CONFIGURATIONS,
    };
    let (broken_by, prefix) = shrinking.shortest_prefix(starts, history)?;
    let case = shrinking.behind_a_cut(starts, &prefix).unwrap_or_else(|| {
        shrinking.smallest(Case { starts: starts.to_vec(), operations: prefix })
    });
    let id = |place: usize| ids.get(place).copied().unwrap_or(place as u64);
    let operations: Vec<Operation<M>> =
        case.operations.iter().map(|kept| history[kept.place].clone()).collect();
    let found = search(&case.starts, &operations, Wanted::LongestOrder, MAX_TRY_CONFIGURATIONS);
    let order = found.longest.iter().map(|at| id(case.operations[*at].place)).collect();
    let operations = case.operations.iter().zip(operations);
    Some(Offence {
        key,
        starts: case.starts,
        operations: operations
            .map(|(kept, operation)| Offender { id: id(kept.place), operation })
            .collect(),
        order,
        breaks_at: id(broken_by),
    })
}

/// An operation that is still there, and its place in the whole history.
#[derive(Clone, Debug)]
struct Kept<M: Model> {
    place: usize,
    operation: Operation<M>,
}

/// A history that is not linearizable.
struct Case<M: Model> {
    starts: Vec<M::State>,
    operations: Vec<Kept<M>>,
}

impl<M: Model> Case<M> {
    /// Whether it shows both what was seen and what should have been: a write, then.
    fn tells_a_story(&self) -> bool {
        self.operations.iter().any(|kept| !kept.operation.is_read())
    }
}

/// What may still be spent.
struct Shrinking {
    configurations: usize,
    searches: usize,
    /// How many of the configurations one search may take.
    at_once: usize,
}

impl Shrinking {
    /// Whether the operations have no order; an unknown counts as no.
    fn is_broken<M: Model>(&mut self, starts: &[M::State], operations: &[Kept<M>]) -> bool {
        self.ends(starts, operations, Wanted::OneEnd).is_some_and(|ends| ends.is_empty())
    }

    fn ends<M: Model>(
        &mut self,
        starts: &[M::State],
        operations: &[Kept<M>],
        wanted: Wanted,
    ) -> Option<Vec<M::State>> {
        if self.searches == 0 {
            return None;
        }
        self.searches -= 1;
        self.spend(operations.len() / 8);
        let history: Vec<Operation<M>> =
            operations.iter().map(|kept| kept.operation.clone()).collect();
        let found = search(starts, &history, wanted, self.configurations.min(self.at_once));
        self.spend(found.visited);
        (!found.gave_up).then_some(found.ends)
    }

    /// Takes off what was done, counted in configurations that would have taken as long.
    fn spend(&mut self, configurations: usize) {
        self.configurations = self.configurations.saturating_sub(configurations);
    }

    /// The shortest prefix that is broken, in the order of calls, and the operation that ends it.
    fn shortest_prefix<M: Model>(
        &mut self,
        starts: &[M::State],
        history: &[Operation<M>],
    ) -> Option<(usize, Vec<Kept<M>>)> {
        let mut returns: Vec<(u64, usize)> = (history.iter().zip(0..))
            .filter_map(|(operation, place)| Some((operation.returned.as_ref()?.0, place)))
            .collect();
        returns.sort_unstable();
        let whole = prefix(history, returns.last()?.0);
        if !self.is_broken(starts, &whole) {
            return None;
        }
        // What is less takes about as long, or is not worth it.
        let visited = MAX_SHRINK_CONFIGURATIONS.saturating_sub(self.configurations);
        self.at_once = MAX_TRY_CONFIGURATIONS.max(visited);
        // Broken from some return on: that one is at `high` at the latest, and after `low`.
        let (mut low, mut high, mut broken) = (0, returns.len() - 1, whole);
        while low < high {
            let middle = low + (high - low) / 2;
            let shorter = prefix(history, returns[middle].0);
            if self.is_broken(starts, &shorter) {
                (high, broken) = (middle, shorter);
            } else {
                low = middle + 1;
            }
        }
        Some((returns[high].1, broken))
    }

    /// What is left of the history behind the latest instants at which nothing was open: the first
    /// of them that leaves a write, or else the shortest.
    fn behind_a_cut<M: Model>(
        &mut self,
        starts: &[M::State],
        operations: &[Kept<M>],
    ) -> Option<Case<M>> {
        let mut best: Option<Case<M>> = None;
        for cut in cuts(operations).into_iter().rev().take(MAX_CUTS) {
            let is_before = |kept: &&Kept<M>| kept.operation.called < cut;
            let is_after =
                |kept: &&Kept<M>| kept.operation.called >= cut || kept.operation.returned.is_none();
            let before: Vec<Kept<M>> = operations.iter().filter(is_before).cloned().collect();
            let after: Vec<Kept<M>> = operations.iter().filter(is_after).cloned().collect();
            let Some(starts) = self.ends(starts, &before, Wanted::AllEnds) else { continue };
            let fits = (1..=MAX_STARTS).contains(&starts.len());
            if !fits || !self.is_broken(&starts, &after) {
                continue;
            }
            let case = self.smallest(Case { starts, operations: after });
            if case.tells_a_story() {
                return Some(case);
            }
            best.get_or_insert(case);
        }
        best
    }

    /// Leaves out what can be left out: all but the latest, for there it broke, and then halves,
    /// quarters and so on down to single operations, until none can.
    fn smallest<M: Model>(&mut self, mut case: Case<M>) -> Case<M> {
        let mut latest = 1;
        while latest < case.operations.len() {
            let earlier = 0..case.operations.len() - latest;
            if let Some(fewer) = self.without(&case, earlier) {
                case.operations = fewer;
                break;
            }
            latest *= 2;
        }
        let mut size = case.operations.len().div_ceil(2).max(1);
        loop {
            let before = case.operations.len();
            let mut at = 0;
            while at < case.operations.len() {
                let end = (at + size).min(case.operations.len());
                match self.without(&case, at..end) {
                    Some(fewer) => case.operations = fewer,
                    None => at = end,
                }
            }
            let left_out = case.operations.len() < before;
            if size == 1 && !left_out {
                return case;
            }
            if !left_out || size > 1 {
                size = (size / 2).max(1);
            }
        }
    }

    /// The operations without some of them, if that is allowed and leaves it broken. Of the range,
    /// those on which others rest stay.
    fn without<M: Model>(
        &mut self,
        case: &Case<M>,
        range: std::ops::Range<usize>,
    ) -> Option<Vec<Kept<M>>> {
        self.spend(range.len() * case.operations.len() / 8);
        if self.configurations == 0 {
            return None;
        }
        let mut stays: Vec<bool> =
            (0..case.operations.len()).map(|at| !range.contains(&at)).collect();
        let mut resting: Vec<usize> = (0..stays.len()).filter(|at| stays[*at]).collect();
        while let Some(at) = resting.pop() {
            let Operation { operation, .. } = &case.operations[at].operation;
            let answer = case.operations[at].operation.answer();
            for earlier in range.clone() {
                let write = &case.operations[earlier].operation;
                if !stays[earlier]
                    && !write.is_read()
                    && M::rests_on(operation, answer, &write.operation)
                {
                    stays[earlier] = true;
                    resting.push(earlier);
                }
            }
        }
        if stays.iter().all(|stays| *stays) {
            return None;
        }
        let kept = case.operations.iter().zip(&stays).filter(|(_, stays)| **stays);
        let fewer: Vec<Kept<M>> = kept.map(|(kept, _)| kept.clone()).collect();
        self.is_broken(&case.starts, &fewer).then_some(fewer)
    }
}

/// What was called up to a time, in the order of calls; what had not returned by then never does.
fn prefix<M: Model>(history: &[Operation<M>], until: u64) -> Vec<Kept<M>> {
    let mut kept: Vec<Kept<M>> = (history.iter().zip(0..))
        .filter(|(operation, _)| operation.called <= until)
        .map(|(operation, place)| {
            let mut operation = operation.clone();
            operation.returned = operation.returned.filter(|(at, _)| *at <= until);
            Kept { place, operation }
        })
        .collect();
    kept.sort_by_key(|kept| kept.operation.called);
    kept
}

/// The beginning, and the times of calls before which everything called earlier had returned, or
/// never did.
fn cuts<M: Model>(operations: &[Kept<M>]) -> Vec<u64> {
    let mut cuts = vec![0];
    let mut busy_until = None;
    for Kept { operation, .. } in operations {
        let Some((returned, _)) = &operation.returned else { continue };
        if busy_until.is_some_and(|until| until < operation.called) {
            cuts.push(operation.called);
        }
        busy_until = busy_until.max(Some(*returned));
    }
    cuts
}
