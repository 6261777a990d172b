//! Linearizability: could what clients saw have come from one copy of the data, each operation
//! taking effect at one instant between its call and its return?
//!
//! The search is that of Wing and Gong ("Testing and Verifying Concurrent Objects", 1993) with
//! Lowe's memory of configurations seen ("Testing for linearizability", 2017). Whoever knows in
//! what order operations took effect can name it as a witness: it is verified, and only where it
//! fails is there a search. [`Watcher`] asks as operations return; [`offence`] finds, where no
//! order is there, the few operations to show for it. What the object is, is a [`Model`].

mod keyed;
mod offence;
mod register;
mod search;
mod seen;
mod text;
mod watcher;
mod witness;

pub use keyed::{Condition, Keyed, KeyedAnswer, KeyedOperation, KeyedState};
pub use offence::{MAX_SHRINK_CONFIGURATIONS, Offence, Offender, offence};
pub use register::{Register, RegisterOperation};
pub use text::{Text, TextOperation, TextState};
pub use watcher::{Bounds, MAX_HELD, Watcher};

use raft_core::sort_few;
use search::{Wanted, search};
use std::fmt::Debug;

/// Configurations visited before a search gives up.
pub const MAX_CONFIGURATIONS: usize = 200_000;

/// A sequential object: what each operation does to it and what it answers.
pub trait Model: Clone + Debug {
    /// The object's state. Searches copy and compare states all the time: both should be cheap.
    type State: Clone + Ord + Debug;
    /// An operation, with its arguments.
    type Operation: Clone + Ord + Debug;
    /// What an operation answers.
    type Answer: Clone + Debug;

    /// The state after the operation, or `None` where it could not have given this answer.
    /// An answer of `None` is unknown: the operation may have given any.
    fn step(
        state: &Self::State,
        operation: &Self::Operation,
        answer: Option<&Self::Answer>,
    ) -> Option<Self::State>;

    /// Whether the operation, having given this answer, leaves every state as it is. Searches are
    /// faster for each read that is known as one.
    fn is_read(_operation: &Self::Operation, _answer: Option<&Self::Answer>) -> bool {
        false
    }

    /// Whether the read may still give this answer, if only operations that do not
    /// [reset](Model::resets) come before it. Where answers tell the past, as those of a text do,
    /// this spares trying every order of what was written at once.
    fn may_come(
        _state: &Self::State,
        _read: &Self::Operation,
        _answer: Option<&Self::Answer>,
    ) -> bool {
        true
    }

    /// Whether what [`may_come`](Model::may_come) says need not hold after the operation.
    fn resets(_operation: &Self::Operation) -> bool {
        true
    }

    /// Whether the operation, with this answer, may owe it to `write` having been the last thing
    /// that changed what it saw. Where nothing that is left rests on a write, the write can be left
    /// out of what is shown: an order with it would be one without it.
    fn rests_on(
        _operation: &Self::Operation,
        _answer: Option<&Self::Answer>,
        _write: &Self::Operation,
    ) -> bool {
        true
    }
}

/// One operation of a history. Times only order events: a call at the time of another's return
/// counts as concurrent with it.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(
    feature = "serde",
    serde(bound(
        serialize = "M::Operation: serde::Serialize, M::Answer: serde::Serialize",
        deserialize = "M::Operation: serde::Deserialize<'de>, M::Answer: serde::Deserialize<'de>"
    ))
)]
pub struct Operation<M: Model> {
    /// When the client called.
    pub called: u64,
    /// When it got its answer, and which; `None` where it never did, and the operation may or may
    /// not have happened, at any time after its call.
    pub returned: Option<(u64, M::Answer)>,
    /// What it asked for.
    pub operation: M::Operation,
}

impl<M: Model> Operation<M> {
    fn answer(&self) -> Option<&M::Answer> {
        self.returned.as_ref().map(|(_, answer)| answer)
    }

    fn is_read(&self) -> bool {
        M::is_read(&self.operation, self.answer())
    }
}

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[must_use]
pub enum Verdict {
    /// There is such an order.
    Linearizable,
    /// There is none.
    NotLinearizable,
    /// The search was given up at its bound.
    Undecided,
}

/// Every state in which the object can be after this history, starting from one of `starts`: those
/// with every returned operation done and any of the others. Empty where the history is not
/// linearizable; `None` where the search was given up after so many configurations.
#[must_use]
pub fn possible_ends<M: Model>(
    starts: &[M::State],
    history: &[Operation<M>],
    configurations: usize,
) -> Option<Vec<M::State>> {
    if let [Operation { returned: Some((_, answer)), operation, .. }] = history {
        // By far the most frequent in a run: nothing else was open.
        let mut ends: Vec<M::State> =
            starts.iter().filter_map(|start| M::step(start, operation, Some(answer))).collect();
        sort_few(&mut ends, Clone::clone);
        ends.dedup();
        return Some(ends);
    }
    let found = search(starts, history, Wanted::AllEnds, configurations);
    (!found.gave_up).then_some(found.ends)
}

/// The verdict over one whole history from one state, given up after [`MAX_CONFIGURATIONS`].
pub fn check<M: Model>(start: M::State, history: &[Operation<M>]) -> Verdict {
    check_within(&[start], history, MAX_CONFIGURATIONS)
}

/// The verdict over one whole history that may begin in any of these states, given up after so many
/// configurations. One takes about 100 bytes where up to 64 operations are open at once.
pub fn check_within<M: Model>(
    starts: &[M::State],
    history: &[Operation<M>],
    configurations: usize,
) -> Verdict {
    check_counting(starts, history, configurations).0
}

/// The verdict, and how many configurations it took.
pub(crate) fn check_counting<M: Model>(
    starts: &[M::State],
    history: &[Operation<M>],
    configurations: usize,
) -> (Verdict, usize) {
    let found = search(starts, history, Wanted::OneEnd, configurations);
    let verdict = match (found.ends.is_empty(), found.gave_up) {
        (false, _) => Verdict::Linearizable,
        (true, false) => Verdict::NotLinearizable,
        (true, true) => Verdict::Undecided,
    };
    (verdict, found.visited)
}

/// The verdict of [`check_within`], and without a search where the witness holds: `order` names
/// operations by their places in the history, in the order in which they are said to have taken
/// effect. It is verified, so a wrong one costs time and changes nothing.
pub fn check_with_witness<M: Model>(
    starts: &[M::State],
    history: &[Operation<M>],
    order: &[usize],
    configurations: usize,
) -> Verdict {
    match witness::follow(starts, history, order, order.len()) {
        Some(_) => Verdict::Linearizable,
        None => check_within(starts, history, configurations),
    }
}

#[cfg(test)]
mod tests;
