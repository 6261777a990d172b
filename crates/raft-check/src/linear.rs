//! Linearizability: could what clients saw have come from one copy of the data, each operation
//! taking effect at one instant between its call and its return?
//!
//! The search is that of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993) with
//! Lowe's memory of configurations seen ("Testing for linearizability", 2017). [`Watcher`] runs it
//! as operations return: whenever nothing is open on a key, what is behind is folded into the set of
//! values that the key can have, so memory does not grow with the length of a run.

use imbl::OrdMap;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;

/// Configurations visited before a search gives up.
pub const MAX_CONFIGURATIONS: usize = 200_000;

/// A sequential object: what each operation does to it and what it answers.
pub trait Model {
    /// The object's state.
    type State: Clone + Ord + Debug;
    /// An operation, with its arguments.
    type Operation: Clone + Debug;
    /// What an operation answers.
    type Answer: Clone + Debug;

    /// The state after the operation, or `None` where it could not have given this answer.
    /// An answer of `None` is unknown: the operation may have given any.
    fn step(
        state: &Self::State,
        operation: &Self::Operation,
        answer: Option<&Self::Answer>,
    ) -> Option<Self::State>;
}

/// One operation of a history. Times only order events: a call at the time of another's return
/// counts as concurrent with it.
#[derive(Debug)]
pub struct Operation<M: Model> {
    /// When the client called.
    pub called: u64,
    /// When it got its answer, and which; `None` where it never did, and the operation may or may
    /// not have happened, at any time after its call.
    pub returned: Option<(u64, M::Answer)>,
    /// What it asked for.
    pub operation: M::Operation,
}

impl<M: Model> Clone for Operation<M> {
    fn clone(&self) -> Self {
        let Operation { called, returned, operation } = self;
        Operation { called: *called, returned: returned.clone(), operation: operation.clone() }
    }
}

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// There is such an order.
    Linearizable,
    /// There is none.
    NotLinearizable,
    /// The search was given up after [`MAX_CONFIGURATIONS`].
    Undecided,
}

/// Every state in which the object can be after this history, starting from one of `starts`: those
/// with every returned operation done and any of the others. Empty where the history is not
/// linearizable; `None` where the search was given up.
pub fn possible_ends<M: Model>(
    starts: &[M::State],
    history: &[Operation<M>],
) -> Option<Vec<M::State>> {
    let mut seen: BTreeSet<(Vec<u64>, M::State)> = BTreeSet::new();
    let words = history.len().div_ceil(64);
    let mut open: Vec<(Vec<u64>, M::State)> =
        starts.iter().map(|state| (vec![0; words], state.clone())).collect();
    let mut ends: Vec<M::State> = Vec::new();
    while let Some((done, state)) = open.pop() {
        if !seen.insert((done.clone(), state.clone())) {
            continue;
        }
        if seen.len() > MAX_CONFIGURATIONS {
            return None;
        }
        let is_done = |place: usize| done[place / 64] & (1 << (place % 64)) != 0;
        let missing = || (0..history.len()).filter(|place| !is_done(*place));
        // Nothing may take effect after an operation that returned before it was called.
        let horizon =
            missing().filter_map(|place| history[place].returned.as_ref().map(|(at, _)| *at)).min();
        if horizon.is_none() && !ends.contains(&state) {
            ends.push(state.clone());
        }
        for place in missing() {
            let operation = &history[place];
            if horizon.is_some_and(|horizon| operation.called > horizon) {
                continue;
            }
            let answer = operation.returned.as_ref().map(|(_, answer)| answer);
            if let Some(next) = M::step(&state, &operation.operation, answer) {
                let mut done = done.clone();
                done[place / 64] |= 1 << (place % 64);
                open.push((done, next));
            }
        }
    }
    Some(ends)
}

/// The verdict over one whole history from one state.
pub fn check<M: Model>(start: M::State, history: &[Operation<M>]) -> Verdict {
    match possible_ends(&[start], history) {
        Some(ends) if ends.is_empty() => Verdict::NotLinearizable,
        Some(_) => Verdict::Linearizable,
        None => Verdict::Undecided,
    }
}

/// Watches operations as they are called and answered, each on one part of the data (a key) that is
/// independent of the others.
#[derive(Clone, Debug)]
pub struct Watcher<K: Ord + Clone, M: Model> {
    // Shared, so that a copy of the watcher costs a few pointers.
    parts: OrdMap<K, Arc<Part<M>>>,
    broken: Option<K>,
    undecided: bool,
}

#[derive(Debug)]
struct Part<M: Model> {
    starts: Vec<M::State>,
    ids: Vec<u64>,
    history: Vec<Operation<M>>,
    open: usize,
}

impl<M: Model> Clone for Part<M> {
    fn clone(&self) -> Self {
        Part {
            starts: self.starts.clone(),
            ids: self.ids.clone(),
            history: self.history.clone(),
            open: self.open,
        }
    }
}

impl<K: Ord + Clone, M: Model> Default for Watcher<K, M> {
    fn default() -> Self {
        Watcher { parts: OrdMap::new(), broken: None, undecided: false }
    }
}

impl<K: Ord + Clone, M: Model> Watcher<K, M> {
    /// A client calls. `id` names the operation; `start` is the state of a part never heard of.
    pub fn call(&mut self, key: &K, id: u64, at: u64, operation: M::Operation, start: M::State) {
        let part = self.parts.entry(key.clone()).or_insert_with(|| {
            let starts = vec![start];
            Arc::new(Part { starts, ids: Vec::new(), history: Vec::new(), open: 0 })
        });
        let part = Arc::make_mut(part);
        part.ids.push(id);
        part.history.push(Operation { called: at, returned: None, operation });
        part.open += 1;
    }

    /// A client gets its answer.
    pub fn answer(&mut self, key: &K, id: u64, at: u64, answer: M::Answer) {
        let Some(part) = self.parts.get_mut(key) else { return };
        let part = Arc::make_mut(part);
        let Some(place) = part.ids.iter().position(|known| *known == id) else { return };
        part.history[place].returned = Some((at, answer));
        part.open -= 1;
        if part.open == 0 {
            match possible_ends(&part.starts, &part.history) {
                Some(ends) if ends.is_empty() => {
                    self.broken.get_or_insert_with(|| key.clone());
                }
                Some(ends) => part.starts = ends,
                None => self.undecided = true,
            }
            part.ids.clear();
            part.history.clear();
        }
    }

    /// The operation certainly never happened: the client was refused.
    pub fn forget(&mut self, key: &K, id: u64) {
        let Some(part) = self.parts.get_mut(key) else { return };
        let part = Arc::make_mut(part);
        if let Some(place) = part.ids.iter().position(|known| *known == id) {
            part.ids.remove(place);
            part.history.remove(place);
            part.open -= 1;
        }
    }

    /// The part of the data on which clients are known to have seen more than one copy.
    pub fn broken(&self) -> Option<&K> {
        self.broken.as_ref()
    }

    /// The verdict over everything seen so far.
    pub fn verdict(&self) -> Verdict {
        if self.broken.is_some() {
            return Verdict::NotLinearizable;
        }
        let mut verdict = if self.undecided { Verdict::Undecided } else { Verdict::Linearizable };
        for part in self.parts.values() {
            match possible_ends(&part.starts, &part.history) {
                Some(ends) if ends.is_empty() => return Verdict::NotLinearizable,
                Some(_) => {}
                None => verdict = Verdict::Undecided,
            }
        }
        verdict
    }
}

/// A register: the value of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register;

/// What can be done to a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterOperation<V> {
    /// Sets it.
    Put(V),
    /// Reads it.
    Get,
}

impl Model for Register {
    type State = Option<Arc<[u8]>>;
    type Operation = RegisterOperation<Arc<[u8]>>;
    type Answer = Option<Arc<[u8]>>;

    fn step(
        state: &Self::State,
        operation: &Self::Operation,
        answer: Option<&Self::Answer>,
    ) -> Option<Self::State> {
        match operation {
            RegisterOperation::Put(value) => Some(Some(value.clone())),
            RegisterOperation::Get => match answer {
                Some(answer) if answer != state => None,
                Some(_) | None => Some(state.clone()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Arc<[u8]> {
        text.as_bytes().into()
    }

    fn put(called: u64, returned: u64, text: &str) -> Operation<Register> {
        let operation = RegisterOperation::Put(value(text));
        Operation { called, returned: Some((returned, None)), operation }
    }

    fn get(called: u64, returned: u64, text: &str) -> Operation<Register> {
        let answer = (!text.is_empty()).then(|| value(text));
        Operation { called, returned: Some((returned, answer)), operation: RegisterOperation::Get }
    }

    #[test]
    fn a_read_after_a_write_must_see_it() {
        assert_eq!(
            check::<Register>(None, &[put(0, 1, "a"), get(2, 3, "a")]),
            Verdict::Linearizable
        );
        assert_eq!(
            check::<Register>(None, &[put(0, 1, "a"), get(2, 3, "")]),
            Verdict::NotLinearizable
        );
    }

    #[test]
    fn a_read_during_a_write_may_see_either() {
        for seen in ["", "a"] {
            let history = [put(0, 10, "a"), get(2, 3, seen)];
            assert_eq!(check::<Register>(None, &history), Verdict::Linearizable);
        }
    }

    #[test]
    fn two_reads_during_a_write_may_not_go_back() {
        let history = [put(0, 10, "a"), get(2, 3, "a"), get(4, 5, "")];
        assert_eq!(check::<Register>(None, &history), Verdict::NotLinearizable);
    }

    #[test]
    fn a_write_without_an_answer_may_happen_late_or_never() {
        let lost =
            Operation { called: 0, returned: None, operation: RegisterOperation::Put(value("a")) };
        let history = [lost.clone(), get(5, 6, ""), get(7, 8, "a")];
        assert_eq!(check::<Register>(None, &history), Verdict::Linearizable);
        let history = [lost, get(5, 6, "a"), get(7, 8, "")];
        assert_eq!(check::<Register>(None, &history), Verdict::NotLinearizable);
    }

    #[test]
    fn the_watcher_says_what_the_whole_history_says() {
        let mut watcher: Watcher<u8, Register> = Watcher::default();
        watcher.call(&0, 1, 0, RegisterOperation::Put(value("a")), None);
        watcher.answer(&0, 1, 1, None);
        watcher.call(&0, 2, 2, RegisterOperation::Get, None);
        watcher.answer(&0, 2, 3, Some(value("a")));
        assert_eq!(watcher.verdict(), Verdict::Linearizable);
        watcher.call(&0, 3, 4, RegisterOperation::Get, None);
        watcher.answer(&0, 3, 5, None);
        assert_eq!(watcher.verdict(), Verdict::NotLinearizable);
    }
}
