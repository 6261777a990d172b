//! The search for an order: Wing and Gong's walk over a linked list of calls and returns, with
//! Lowe's memory of configurations seen, as in Knossos and Porcupine. It is apart from what is
//! asked of it (`mod.rs`) because it is all machinery.
//!
//! Four things keep it small. A read that fits is taken at once and never taken back: it changes
//! nothing, so taking it early rules nothing out. Operations that never returned stand outside the
//! list, come last, and of equal ones the first called is taken first: they can stand for each
//! other. A state from which the next read to return cannot get its answer is left at once, where
//! the model can tell. And what is remembered of a configuration begins at the first operation not
//! yet done, so its size is that of what happens at once, not of the history.

use super::seen::Seen;
use super::{Model, Operation};
use std::collections::{BTreeMap, BTreeSet};

/// What a search found.
pub(super) struct Found<S> {
    /// The states in which the history can end; where one is enough, the first one found.
    pub(super) ends: Vec<S>,
    /// Whether the search was given up.
    pub(super) gave_up: bool,
    /// How many configurations it visited, or would have with the same work.
    pub(super) visited: usize,
    /// The places of the operations of the longest order found, if that was asked for.
    pub(super) longest: Vec<usize>,
}

/// How much a search is to find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Whether there is an order.
    OneEnd,
    /// Every state that an order can end in.
    AllEnds,
    /// The longest order, for a history that has none of all.
    LongestOrder,
}

/// What a search may do, in tries and words remembered, for each configuration that it may visit.
const WORK_PER_CONFIGURATION: usize = 32;

/// Searches from each of `starts`, visiting so many configurations at most.
pub(super) fn search<M: Model>(
    starts: &[M::State],
    history: &[Operation<M>],
    wanted: Wanted,
    bound: usize,
) -> Found<M::State> {
    Search::new(history, wanted, bound).run(starts)
}

/// The head of the list, and what stands for its end.
const HEAD: usize = 0;

/// A call or a return of an operation that returned.
#[derive(Clone, Copy)]
struct Event {
    /// The operation's place among those that returned, which are numbered as they were called.
    done: usize,
    /// For a call, where the return is.
    returned: Option<usize>,
    next: usize,
    previous: usize,
}

/// Equal operations that never returned, in the order of their calls.
struct Class {
    places: Vec<usize>,
    /// For each, the first event after its call.
    called: Vec<usize>,
    used: usize,
}

/// What was chosen to take effect.
#[derive(Clone, Copy)]
enum Choice {
    /// The read whose call this is; nothing else needs to be tried instead.
    Read(usize),
    /// The operation whose call this is.
    Returned(usize),
    /// The next of a class.
    Lost(usize),
}

struct Step {
    choice: Choice,
    before: usize,
}

struct Search<'h, M: Model> {
    history: &'h [Operation<M>],
    wanted: Wanted,
    bound: usize,
    /// The places of those that returned, in the order of their calls.
    returned: Vec<usize>,
    events: Vec<Event>,
    lost: Vec<Class>,
    /// Whether one of those resets: then no state is hopeless.
    lost_reset: bool,
    /// A bit for each that returned: whether it has taken effect.
    done: Vec<u64>,
    count: usize,
    states: Vec<M::State>,
    numbers: BTreeMap<M::State, usize>,
    seen: Seen,
    row: Vec<u64>,
    work: usize,
    steps: Vec<Step>,
    longest: Vec<usize>,
    ends: BTreeSet<usize>,
}

impl<'h, M: Model> Search<'h, M> {
    fn new(history: &'h [Operation<M>], wanted: Wanted, bound: usize) -> Self {
        let returned = by_call(history, |operation| operation.returned.is_some());
        let events = link(history, &returned);
        let resets = |of: &Operation<M>| of.returned.is_none() && M::resets(&of.operation);
        Search {
            lost_reset: history.iter().any(|of| resets(of) && !of.is_read()),
            wanted,
            bound,
            done: vec![0; returned.len().div_ceil(64)],
            lost: classes(history, &returned, &events),
            history,
            returned,
            events,
            count: 0,
            states: Vec::new(),
            numbers: BTreeMap::new(),
            seen: Seen::new(),
            row: Vec::new(),
            work: 0,
            steps: Vec::new(),
            longest: Vec::new(),
            ends: BTreeSet::new(),
        }
    }

    fn run(mut self, starts: &[M::State]) -> Found<M::State> {
        let gave_up = starts.iter().any(|start| !self.explore(start.clone()));
        let ends = self.ends.iter().map(|number| self.states[*number].clone()).collect();
        let visited = self.seen.len().max(self.work / WORK_PER_CONFIGURATION);
        Found { ends, gave_up, visited, longest: self.longest }
    }

    /// Everything that can follow from one start; false where the search is given up.
    fn explore(&mut self, start: M::State) -> bool {
        let mut state = self.number(start);
        let mut fresh = self.remember(state);
        loop {
            if self.seen.len().max(self.work / WORK_PER_CONFIGURATION) > self.bound {
                return false;
            }
            if fresh && self.count == self.returned.len() {
                self.ends.insert(state);
            }
            if !self.ends.is_empty() && self.wanted != Wanted::AllEnds {
                return true;
            }
            let chosen = if fresh { self.first_choice(state) } else { None };
            // Back to the last place with something left to try.
            let chosen = chosen.or_else(|| {
                self.keep_longest();
                loop {
                    let step = self.steps.pop()?;
                    self.take_back(step.choice);
                    state = step.before;
                    if let Some(other) = self.choice_after(step.choice, state) {
                        return Some(other);
                    }
                }
            });
            let Some((choice, next)) = chosen else { return true };
            self.take(choice);
            self.steps.push(Step { choice, before: state });
            state = next;
            fresh = self.remember(state);
        }
    }

    fn first_choice(&mut self, state: usize) -> Option<(Choice, usize)> {
        let mut at = self.events[HEAD].next;
        while at != HEAD && self.events[at].returned.is_some() {
            self.work += 1;
            let operation = self.operation(at);
            let answer = operation.returned.as_ref().map(|(_, answer)| answer);
            if M::is_read(&operation.operation, answer)
                && M::step(&self.states[state], &operation.operation, answer).is_some()
            {
                return Some((Choice::Read(at), state));
            }
            at = self.events[at].next;
        }
        let first = self.events[HEAD].next;
        self.returned_from(first, state).or_else(|| self.lost_from(0, state))
    }

    fn choice_after(&mut self, choice: Choice, state: usize) -> Option<(Choice, usize)> {
        match choice {
            Choice::Read(_) => None,
            Choice::Returned(at) => {
                let next = self.events[at].next;
                self.returned_from(next, state).or_else(|| self.lost_from(0, state))
            }
            Choice::Lost(class) => self.lost_from(class + 1, state),
        }
    }

    /// The first operation from this call on, and before any return, that can come next.
    fn returned_from(&mut self, mut at: usize, state: usize) -> Option<(Choice, usize)> {
        while at != HEAD && self.events[at].returned.is_some() {
            self.work += 1;
            let operation = self.operation(at);
            let answer = operation.returned.as_ref().map(|(_, answer)| answer);
            if !M::is_read(&operation.operation, answer)
                && let Some(next) = M::step(&self.states[state], &operation.operation, answer)
                && !self.is_hopeless(&next, at)
            {
                return Some((Choice::Returned(at), self.number(next)));
            }
            at = self.events[at].next;
        }
        None
    }

    /// The same among those that never returned.
    fn lost_from(&mut self, from: usize, state: usize) -> Option<(Choice, usize)> {
        let mut horizon = self.events[HEAD].next;
        while horizon != HEAD && self.events[horizon].returned.is_some() {
            horizon = self.events[horizon].next;
        }
        for class in from..self.lost.len() {
            self.work += 1;
            let Class { places, called, used } = &self.lost[class];
            let (Some(place), Some(called)) = (places.get(*used), called.get(*used)) else {
                continue;
            };
            if horizon != HEAD && *called > horizon {
                continue;
            }
            let operation = &self.history[*place].operation;
            // Where nothing changes, leaving it for later loses nothing.
            if let Some(next) = M::step(&self.states[state], operation, None)
                && next != self.states[state]
                && !self.is_hopeless(&next, HEAD)
            {
                return Some((Choice::Lost(class), self.number(next)));
            }
        }
        None
    }

    /// Whether the next read to return cannot get its answer after this state, which the operation
    /// called here left.
    fn is_hopeless(&self, state: &M::State, left_by: usize) -> bool {
        // Where there is no order at all, how far one gets is what is asked.
        if self.lost_reset || self.wanted == Wanted::LongestOrder {
            return false;
        }
        let mut at = self.events[HEAD].next;
        while at != HEAD {
            let operation = self.operation(at);
            let is_call = self.events[at].returned.is_some();
            if is_call && at != left_by && M::resets(&operation.operation) && !operation.is_read() {
                return false;
            }
            if !is_call && operation.is_read() {
                return !M::may_come(state, &operation.operation, operation.answer());
            }
            at = self.events[at].next;
        }
        false
    }

    fn operation(&self, at: usize) -> &'h Operation<M> {
        &self.history[self.returned[self.events[at].done]]
    }

    fn number(&mut self, state: M::State) -> usize {
        if let Some(number) = self.numbers.get(&state) {
            return *number;
        }
        let number = self.states.len();
        self.states.push(state.clone());
        self.numbers.insert(state, number);
        number
    }

    fn take(&mut self, choice: Choice) {
        match choice {
            Choice::Read(at) | Choice::Returned(at) => {
                self.count += 1;
                self.flip(at);
                for at in [Some(at), self.events[at].returned].into_iter().flatten() {
                    let Event { next, previous, .. } = self.events[at];
                    self.events[previous].next = next;
                    self.events[next].previous = previous;
                }
            }
            Choice::Lost(class) => self.lost[class].used += 1,
        }
    }

    fn take_back(&mut self, choice: Choice) {
        match choice {
            Choice::Read(at) | Choice::Returned(at) => {
                self.count -= 1;
                self.flip(at);
                for at in [self.events[at].returned, Some(at)].into_iter().flatten() {
                    let Event { next, previous, .. } = self.events[at];
                    self.events[previous].next = at;
                    self.events[next].previous = at;
                }
            }
            Choice::Lost(class) => self.lost[class].used -= 1,
        }
    }

    fn flip(&mut self, at: usize) {
        let done = self.events[at].done;
        self.done[done / 64] ^= 1 << (done % 64);
    }

    /// Remembers the configuration; whether it is a new one.
    fn remember(&mut self, state: usize) -> bool {
        let first = match self.events[HEAD].next {
            HEAD => self.returned.len(),
            at => self.events[at].done,
        };
        self.row.clear();
        self.row.extend([state as u64, first as u64]);
        let used = self.lost.iter().zip(0_u64..).filter(|(class, _)| class.used > 0);
        self.row.extend(used.map(|(class, number)| number << 32 | class.used as u64));
        // Ends what has been used; no such pair is all ones.
        self.row.push(u64::MAX);
        // The calls before the first that is missing are all done: what is left are the others.
        let mut left = self.count - first;
        for (word, at) in self.done.iter().skip(first / 64).zip(first / 64..) {
            if left == 0 {
                break;
            }
            let behind = if at == first / 64 { (1 << (first % 64)) - 1 } else { 0 };
            let ahead = word & !behind;
            left -= ahead.count_ones() as usize;
            self.row.push(ahead);
        }
        self.work += self.row.len() + self.lost.len() / 8;
        self.seen.insert(&self.row)
    }

    fn keep_longest(&mut self) {
        if self.wanted == Wanted::LongestOrder && self.steps.len() > self.longest.len() {
            let mut used = vec![0; self.lost.len()];
            let order = self.steps.iter().map(|step| match step.choice {
                Choice::Read(at) | Choice::Returned(at) => self.returned[self.events[at].done],
                Choice::Lost(class) => {
                    used[class] += 1;
                    self.lost[class].places[used[class] - 1]
                }
            });
            self.longest = order.collect();
        }
    }
}

/// The list of calls and returns in the order of their times, calls first; its head is in front.
fn link<M: Model>(history: &[Operation<M>], returned: &[usize]) -> Vec<Event> {
    let mut order: Vec<(u64, bool, usize)> = Vec::with_capacity(returned.len() * 2);
    for (done, place) in returned.iter().enumerate() {
        let Operation { called, returned, .. } = &history[*place];
        order.push((*called, false, done));
        // A return before its call would be a mistake of whoever made the history.
        order.extend(returned.iter().map(|(at, _)| ((*at).max(*called), true, done)));
    }
    order.sort_unstable();
    let last = order.len();
    let mut events =
        vec![Event { done: 0, returned: None, next: last.min(1), previous: last }; last + 1];
    let mut call_of = vec![HEAD; returned.len()];
    for (at, (_, is_return, done)) in (1..).zip(order) {
        events[at] = Event {
            done,
            returned: None,
            next: if at == last { HEAD } else { at + 1 },
            previous: at - 1,
        };
        if is_return {
            events[call_of[done]].returned = Some(at);
        } else {
            call_of[done] = at;
        }
    }
    events
}

/// The places of the operations that are wanted, in the order of their calls.
fn by_call<M: Model>(
    history: &[Operation<M>],
    is_wanted: impl Fn(&Operation<M>) -> bool,
) -> Vec<usize> {
    let wanted = (0..history.len()).filter(|place| is_wanted(&history[*place]));
    let mut places: Vec<(u64, usize)> =
        wanted.map(|place| (history[place].called, place)).collect();
    places.sort_unstable();
    places.into_iter().map(|(_, place)| place).collect()
}

/// Those that never returned and can change something, equal ones together.
fn classes<M: Model>(history: &[Operation<M>], returned: &[usize], events: &[Event]) -> Vec<Class> {
    let lost = by_call(history, |Operation { returned, operation, .. }| {
        returned.is_none() && !M::is_read(operation, None)
    });
    let time = |event: &Event| {
        let operation = &history[returned[event.done]];
        match (event.returned, &operation.returned) {
            (None, Some((at, _))) => (*at).max(operation.called),
            (_, _) => operation.called,
        }
    };
    let mut classes: BTreeMap<&M::Operation, Class> = BTreeMap::new();
    for place in lost {
        let Operation { called, operation, .. } = &history[place];
        let new = || Class { places: Vec::new(), called: Vec::new(), used: 0 };
        let class = classes.entry(operation).or_insert_with(new);
        class.places.push(place);
        class.called.push(1 + events[1..].partition_point(|event| time(event) < *called));
    }
    classes.into_values().collect()
}
