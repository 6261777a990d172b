//! Checks clients' operations while they run: whenever nothing is open on a key, what is behind is
//! folded into the set of values that the key can have, so memory does not grow with the length of
//! a run.

use super::{Model, Offence, Operation, Verdict, offence, possible_ends};
use imbl::OrdMap;
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
}

/// The most operations that wait to be folded. Where something is open on a part all the time, or
/// for ever because its end is unknown, nothing behind it can be folded: beyond this many, the part
/// that holds most is not asked about any more, and the verdict is undecided.
pub const MAX_HELD: usize = 4_096;

#[derive(Clone, Debug)]
struct Part<M: Model> {
    stretch: Stretch<M>,
    open: usize,
    /// The last stretch that was folded and held a write: what is to be shown, should the next not
    /// fit what it left.
    last_write: Option<Arc<Stretch<M>>>,
}

/// Operations since an instant at which nothing was open.
#[derive(Clone, Debug)]
struct Stretch<M: Model> {
    /// What the part can have held then. Empty where that is not known: no order fitted what came
    /// before, or the search for it was given up. Nothing is asked of such a part any more.
    starts: Vec<M::State>,
    ids: Vec<u64>,
    history: Vec<Operation<M>>,
}

impl<K: Ord + Clone, M: Model> Default for Watcher<K, M> {
    fn default() -> Self {
        Watcher { parts: OrdMap::new(), broken: None, undecided: false, held: 0 }
    }
}

impl<M: Model> Part<M> {
    fn new(start: M::State) -> Part<M> {
        Part { stretch: Stretch::from(vec![start]), open: 0, last_write: None }
    }

    /// Nothing is open and what is behind fits: from here on only what it can end in matters.
    fn fold(&mut self, ends: Vec<M::State>) {
        if self.stretch.history.iter().all(Operation::is_read) {
            self.stretch.starts = ends;
            self.stretch.ids.clear();
            self.stretch.history.clear();
        } else {
            let mut folded = std::mem::replace(&mut self.stretch, Stretch::from(ends));
            // It is kept by every key frame until the next write.
            folded.ids.shrink_to_fit();
            folded.history.shrink_to_fit();
            self.last_write = Some(Arc::new(folded));
        }
    }

    /// Nothing more can be said of this part.
    fn give_up(&mut self) {
        *self = Part { stretch: Stretch::from(Vec::new()), open: 0, last_write: None };
    }

    fn offence<K: Clone>(&self, key: &K) -> Option<Offence<K, M>> {
        let Stretch { starts, ids, history } = &self.stretch;
        let alone = || offence(key.clone(), starts, history, ids);
        let Some(last) = &self.last_write else { return alone() };
        let both: Vec<Operation<M>> = last.history.iter().chain(history).cloned().collect();
        let both_ids: Vec<u64> = last.ids.iter().chain(ids).copied().collect();
        offence(key.clone(), &last.starts, &both, &both_ids).or_else(alone)
    }
}

impl<K: Ord + Clone, M: Model> Watcher<K, M> {
    /// A client calls. `id` names the operation; `start` is the state of a part never heard of.
    pub fn call(&mut self, key: &K, id: u64, at: u64, operation: M::Operation, start: M::State) {
        let part = self.parts.entry(key.clone()).or_insert_with(|| Arc::new(Part::new(start)));
        if part.stretch.starts.is_empty() {
            return;
        }
        let part = Arc::make_mut(part);
        part.stretch.ids.push(id);
        part.stretch.history.push(Operation { called: at, returned: None, operation });
        part.open += 1;
        self.held += 1;
        if self.held > MAX_HELD {
            self.give_up_the_longest();
        }
    }

    fn give_up_the_longest(&mut self) {
        let length = |(_, part): &(&K, &Arc<Part<M>>)| part.stretch.history.len();
        let Some(key) = self.parts.iter().max_by_key(length).map(|(key, _)| key.clone()) else {
            return;
        };
        if let Some(part) = self.parts.get_mut(&key) {
            let part = Arc::make_mut(part);
            self.held -= part.stretch.history.len();
            part.give_up();
            self.undecided = true;
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
        match possible_ends(&part.stretch.starts, &part.stretch.history) {
            Some(ends) if ends.is_empty() => {
                if self.broken.is_none() {
                    self.broken = Some((key.clone(), Arc::new(part.clone())));
                }
                part.give_up();
            }
            Some(ends) => part.fold(ends),
            None => {
                self.undecided = true;
                part.give_up();
            }
        }
    }

    /// The operation certainly never happened: the client was refused.
    pub fn forget(&mut self, key: &K, id: u64) {
        let Some(part) = self.parts.get_mut(key) else { return };
        let part = Arc::make_mut(part);
        if let Some(place) = part.stretch.place(id) {
            part.stretch.ids.remove(place);
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
            match part.stretch.verdict() {
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
        let broken = |part: &Part<M>| part.stretch.verdict() == Verdict::NotLinearizable;
        let (key, part) = self.parts.iter().find(|(_, part)| broken(part))?;
        part.offence(key)
    }
}

impl<M: Model> Stretch<M> {
    fn from(starts: Vec<M::State>) -> Stretch<M> {
        Stretch { starts, ids: Vec::new(), history: Vec::new() }
    }

    fn place(&self, id: u64) -> Option<usize> {
        self.ids.iter().position(|known| *known == id)
    }

    fn verdict(&self) -> Verdict {
        if self.history.iter().all(|operation| operation.returned.is_none()) {
            return Verdict::Linearizable;
        }
        super::check_within(&self.starts, &self.history, super::MAX_CONFIGURATIONS)
    }
}
