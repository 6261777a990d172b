//! Checks clients' operations while they run: whenever nothing is open on a key, what is behind is
//! folded into the set of values that the key can have, so memory does not grow with the length of
//! a run.
//!
//! Whoever knows when operations took effect says so ([`Watcher::took_effect`]). That is a witness,
//! and it is verified: it spares a search where it holds, and is no more than a wasted look where
//! it does not. What was folded on a witness's word alone is one of the ends that were possible, so
//! it can show that all is well and never that something is wrong.

use super::witness::follow;
use super::{
    MAX_CONFIGURATIONS, Model, Offence, Operation, Verdict, check_with_witness, offence,
    possible_ends,
};
use imbl::OrdMap;
use std::borrow::Borrow;
use std::sync::Arc;

/// Watches operations as they are called and answered, each on one part of the data (a key) that is
/// independent of the others.
#[derive(Clone, Debug)]
pub struct Watcher<K: Ord + Clone, M: Model> {
    // Shared, so that a copy of the watcher costs a few pointers.
    parts: OrdMap<K, Arc<Part<M>>>,
    /// The first part that was found broken, as it was then.
    broken: Option<(K, Arc<Part<M>>)>,
    undecided: bool,
    /// Operations that are not folded yet, in all parts.
    held: usize,
    bounds: Bounds,
}

/// The most operations that wait to be folded. Where something is open on a part all the time, or
/// for ever because its end is unknown, nothing behind it can be folded: beyond this many, the part
/// that holds most is folded as its witness says. Where that does not hold, the part is no longer
/// asked about, and the verdict is undecided.
pub const MAX_HELD: usize = 4_096;

/// What a [`Watcher`] may spend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The most operations that wait to be folded, in all parts.
    pub held: usize,
    /// Configurations visited before a search gives up.
    pub configurations: usize,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds { held: MAX_HELD, configurations: MAX_CONFIGURATIONS }
    }
}

#[derive(Clone, Debug)]
struct Part<M: Model> {
    stretch: Stretch<M>,
    open: usize,
    /// The last stretch that was folded and held a write: what is to be shown, should the next not
    /// fit what it left.
    last_write: Option<Arc<Stretch<M>>>,
}

/// Operations since an instant at which nothing was open, or since what a witness has folded.
#[derive(Clone, Debug)]
struct Stretch<M: Model> {
    /// What the part can have held then. Empty where that is not known: no order fitted what came
    /// before, or the search for it was given up. Such a part is asked nothing from then on.
    starts: Vec<M::State>,
    /// Whether it cannot have held anything else. If it can, that nothing fits proves nothing.
    has_all_starts: bool,
    labels: Vec<Label>,
    /// As many as there are labels, in the order of their calls.
    history: Vec<Operation<M>>,
}

/// What is known of an operation beside what its client saw.
#[derive(Clone, Copy, Debug)]
struct Label {
    id: u64,
    /// When it took effect, on the witness's own scale; `None` where it has not, or nobody said.
    effect: Option<u64>,
    /// Whether its client has stopped waiting, so that it will never be answered.
    is_abandoned: bool,
}

impl<K: Ord + Clone, M: Model> Default for Watcher<K, M> {
    fn default() -> Self {
        Watcher::within(Bounds::default())
    }
}

impl<M: Model> Part<M> {
    fn new(starts: Vec<M::State>, has_all_starts: bool) -> Part<M> {
        Part { stretch: Stretch::from(starts, has_all_starts), open: 0, last_write: None }
    }

    /// Nothing is open and the past fits: from here on only the states in which it can have ended
    /// matter.
    fn fold(&mut self, ends: Vec<M::State>) {
        if self.stretch.history.iter().all(Operation::is_read) {
            self.stretch.starts = ends;
            self.stretch.labels.clear();
            self.stretch.history.clear();
        } else {
            let next = Stretch::from(ends, self.stretch.has_all_starts);
            let mut folded = std::mem::replace(&mut self.stretch, next);
            // It is kept by every key frame until the next write.
            folded.labels.shrink_to_fit();
            folded.history.shrink_to_fit();
            self.last_write = Some(Arc::new(folded));
        }
    }

    /// Nothing is open, and a search for all that the stretch can end in takes too long: it ended
    /// as the witness says. Whether the witness holds.
    fn fold_whole_on_witness(&mut self) -> bool {
        let order = self.stretch.order();
        let Stretch { starts, history, .. } = &self.stretch;
        let Some((_, end)) = follow(starts, history, &order, order.len()) else { return false };
        *self = Part::new(vec![end], false);
        true
    }

    /// Folds what took effect before anything that may still be answered; how many operations that
    /// were. None where the witness does not hold.
    ///
    /// What stays can follow what goes: what has returned does in the witness's order, which has
    /// been verified as a whole, and the rest will return later than everything known was called.
    fn fold_on_witness(&mut self) -> usize {
        let waits = |(label, operation): &(&Label, &Operation<M>)| {
            operation.returned.is_none() && !label.is_abandoned
        };
        let Stretch { starts, labels, history, .. } = &self.stretch;
        let waiting = labels.iter().zip(history).filter(waits);
        let first = waiting.filter_map(|(label, _)| label.effect).min();
        let order = self.stretch.order();
        let behind = order.partition_point(|place| {
            first.is_none_or(|first| labels[*place].effect.is_some_and(|effect| effect < first))
        });
        let Some((then, _)) = follow(starts, history, &order, behind) else { return 0 };
        let mut goes = vec![false; history.len()];
        order[..behind].iter().for_each(|place| goes[*place] = true);
        let mut rest = Part::new(vec![then], false);
        let stretch = std::mem::replace(&mut self.stretch, Stretch::from(Vec::new(), false));
        for ((label, operation), goes) in stretch.labels.into_iter().zip(stretch.history).zip(goes)
        {
            if !goes {
                rest.open += usize::from(operation.returned.is_none());
                rest.stretch.labels.push(label);
                rest.stretch.history.push(operation);
            }
        }
        *self = rest;
        behind
    }

    /// Nothing more can be said of this part.
    fn give_up(&mut self) {
        *self = Part::new(Vec::new(), false);
    }

    fn offence<K: Clone>(&self, key: &K) -> Option<Offence<K, M>> {
        let Stretch { starts, history, .. } = &self.stretch;
        let ids = self.stretch.ids();
        let alone = || offence(key.clone(), starts, history, &ids);
        let Some(last) = &self.last_write else { return alone() };
        let both: Vec<Operation<M>> = last.history.iter().chain(history).cloned().collect();
        let both_ids: Vec<u64> = last.ids().into_iter().chain(ids.iter().copied()).collect();
        offence(key.clone(), &last.starts, &both, &both_ids).or_else(alone)
    }
}

impl<K: Ord + Clone, M: Model> Watcher<K, M> {
    /// A watcher that has seen nothing and may spend so much.
    pub fn within(bounds: Bounds) -> Self {
        Watcher { parts: OrdMap::new(), broken: None, undecided: false, held: 0, bounds }
    }

    /// A client calls. `id` names the operation; `start` is the state of a part never heard of.
    pub fn call(&mut self, key: &K, id: u64, at: u64, operation: M::Operation, start: M::State) {
        let new = || Arc::new(Part::new(vec![start], true));
        let part = self.parts.entry(key.clone()).or_insert_with(new);
        if part.stretch.starts.is_empty() {
            return;
        }
        let part = Arc::make_mut(part);
        part.stretch.labels.push(Label { id, effect: None, is_abandoned: false });
        part.stretch.history.push(Operation { called: at, returned: None, operation });
        part.open += 1;
        self.held += 1;
        if self.held > self.bounds.held {
            self.shorten_the_longest();
        }
    }

    fn shorten_the_longest(&mut self) {
        let length = |(_, part): &(&K, &Arc<Part<M>>)| part.stretch.history.len();
        let Some(key) = self.parts.iter().max_by_key(length).map(|(key, _)| key.clone()) else {
            return;
        };
        if let Some(part) = self.parts.get_mut(&key) {
            let part = Arc::make_mut(part);
            match part.fold_on_witness() {
                0 => {
                    self.held -= part.stretch.history.len();
                    part.give_up();
                    self.undecided = true;
                }
                folded => self.held -= folded,
            }
        }
    }

    /// A client gets its answer.
    pub fn answer(&mut self, key: &K, id: u64, at: u64, answer: M::Answer) {
        let Some(part) = self.parts.get_mut(key) else { return };
        let part = Arc::make_mut(part);
        let Some(place) = part.stretch.place(id) else { return };
        part.stretch.history[place].returned = Some((at, answer));
        part.open -= 1;
        if part.open > 0 {
            return;
        }
        self.held -= part.stretch.history.len();
        let Stretch { starts, history, has_all_starts, .. } = &part.stretch;
        match possible_ends(starts, history, self.bounds.configurations) {
            Some(ends) if !ends.is_empty() => part.fold(ends),
            Some(_) if *has_all_starts => {
                if self.broken.is_none() {
                    self.broken = Some((key.clone(), Arc::new(part.clone())));
                }
                part.give_up();
            }
            Some(_) | None => {
                if !part.fold_whole_on_witness() {
                    self.undecided = true;
                    part.give_up();
                }
            }
        }
    }

    /// An operation takes effect, at a place of its own in the order of all that do: earlier than
    /// those with higher numbers, and of equal ones the first called comes first. Only the first
    /// time counts. A wrong place changes no verdict that is found without it.
    pub fn took_effect<Q: Ord + ?Sized>(&mut self, key: &Q, id: u64, effect: u64)
    where
        K: Borrow<Q>,
    {
        self.relabel(key, id, |label| label.effect = label.effect.or(Some(effect)));
    }

    /// A client will never get its answer; the operation may or may not happen.
    pub fn abandon<Q: Ord + ?Sized>(&mut self, key: &Q, id: u64)
    where
        K: Borrow<Q>,
    {
        self.relabel(key, id, |label| label.is_abandoned = true);
    }

    fn relabel<Q: Ord + ?Sized>(&mut self, key: &Q, id: u64, change: impl FnOnce(&mut Label))
    where
        K: Borrow<Q>,
    {
        let Some(part) = self.parts.get_mut(key) else { return };
        if let Some(place) = part.stretch.place(id) {
            change(&mut Arc::make_mut(part).stretch.labels[place]);
        }
    }

    /// The operation certainly never happened: the client was refused.
    pub fn forget(&mut self, key: &K, id: u64) {
        let Some(part) = self.parts.get_mut(key) else { return };
        let part = Arc::make_mut(part);
        if let Some(place) = part.stretch.place(id) {
            part.stretch.labels.remove(place);
            part.stretch.history.remove(place);
            part.open -= 1;
            self.held -= 1;
        }
    }

    /// The verdict over what is folded: without a search, and without what is open or beside it.
    pub fn known(&self) -> Verdict {
        match (&self.broken, self.undecided) {
            (Some(_), _) => Verdict::NotLinearizable,
            (None, true) => Verdict::Undecided,
            (None, false) => Verdict::Linearizable,
        }
    }

    /// The part of the data on which clients are known to have seen more than one copy.
    pub fn broken(&self) -> Option<&K> {
        self.broken.as_ref().map(|(key, _)| key)
    }

    /// The verdict over everything seen so far.
    pub fn verdict(&self) -> Verdict {
        let mut verdict = self.known();
        if verdict == Verdict::NotLinearizable {
            return verdict;
        }
        for part in self.parts.values() {
            match part.stretch.verdict(self.bounds) {
                Verdict::Linearizable => {}
                Verdict::NotLinearizable => return Verdict::NotLinearizable,
                Verdict::Undecided => verdict = Verdict::Undecided,
            }
        }
        verdict
    }

    /// What to show for it, where what was seen is not linearizable: the operations of the first
    /// part found broken, by the ids they were called with. Searched for when asked, within bounds;
    /// `None` where they do not suffice.
    pub fn offence(&self) -> Option<Offence<K, M>> {
        if let Some((key, part)) = &self.broken {
            return part.offence(key);
        }
        let broken = |part: &Part<M>| part.stretch.verdict(self.bounds) == Verdict::NotLinearizable;
        let (key, part) = self.parts.iter().find(|(_, part)| broken(part))?;
        part.offence(key)
    }
}

impl<M: Model> Stretch<M> {
    fn from(starts: Vec<M::State>, has_all_starts: bool) -> Stretch<M> {
        Stretch { starts, has_all_starts, labels: Vec::new(), history: Vec::new() }
    }

    /// Where an operation is; those asked about are mostly among the latest.
    fn place(&self, id: u64) -> Option<usize> {
        self.labels.iter().rposition(|label| label.id == id)
    }

    fn ids(&self) -> Vec<u64> {
        self.labels.iter().map(|label| label.id).collect()
    }

    /// The witness: what took effect, in that order.
    fn order(&self) -> Vec<usize> {
        let effects = self.labels.iter().zip(&self.history).zip(0..);
        let mut order: Vec<(u64, u64, usize)> = effects
            .filter_map(|((label, operation), place)| {
                Some((label.effect?, operation.called, place))
            })
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(_, _, place)| place).collect()
    }

    fn verdict(&self, bounds: Bounds) -> Verdict {
        if self.history.iter().all(|operation| operation.returned.is_none()) {
            return Verdict::Linearizable;
        }
        let Stretch { starts, history, .. } = self;
        match check_with_witness(starts, history, &self.order(), bounds.configurations) {
            Verdict::NotLinearizable if !self.has_all_starts => Verdict::Undecided,
            verdict @ (Verdict::Linearizable | Verdict::NotLinearizable | Verdict::Undecided) => {
                verdict
            }
        }
    }
}
