//! One key of a store such as etcd's: set, read, deleted, and set on a condition.
//!
//! A store's revisions count changes of all its keys, so a model of one key cannot foretell them:
//! it takes those that clients were told, and where nobody was told any could be right.

use super::Model;
use std::fmt::Debug;
use std::marker::PhantomData;

/// One key, holding a `V` or nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keyed<V>(PhantomData<V>);

/// What can be done to a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum KeyedOperation<V> {
    /// Sets it.
    Put(V),
    /// Reads it.
    Get,
    /// Removes its value.
    Delete,
    /// Sets it if the condition holds, and otherwise leaves it as it is.
    PutIf(Condition<V>, V),
}

/// When a conditional put happens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Condition<V> {
    /// The key holds this value.
    Value(V),
    /// The key was last set at this revision; 0 where it must hold nothing.
    Revision(u64),
}

/// What a client was told.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KeyedAnswer<V> {
    /// Whether the condition held; for a deletion, whether there was something to delete; true for
    /// the others.
    pub succeeded: bool,
    /// What was read; `None` for nothing, and for what does not read.
    pub value: Option<V>,
    /// The revision at which the key was last set, after the operation; 0 where it holds nothing.
    /// `None` where the client was not told.
    pub revision: Option<u64>,
}

/// What a key holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct KeyedState<V> {
    /// Its value.
    pub value: Option<V>,
    /// The revision at which it was last set, 0 where it holds nothing; `None` where whoever set it
    /// was not told.
    pub revision: Option<u64>,
}

impl<V> Default for KeyedState<V> {
    fn default() -> Self {
        KeyedState { value: None, revision: Some(0) }
    }
}

impl<V: Eq> Condition<V> {
    /// `None` where the revision is not known and either could be.
    fn holds(&self, state: &KeyedState<V>) -> Option<bool> {
        match self {
            Condition::Value(value) => Some(state.value.as_ref() == Some(value)),
            Condition::Revision(0) => Some(state.value.is_none()),
            Condition::Revision(_) if state.value.is_none() => Some(false),
            Condition::Revision(revision) => state.revision.map(|found| found == *revision),
        }
    }
}

impl<V: Clone + Ord + Debug> Model for Keyed<V> {
    type State = KeyedState<V>;
    type Operation = KeyedOperation<V>;
    type Answer = KeyedAnswer<V>;

    fn step(
        state: &Self::State,
        operation: &Self::Operation,
        answer: Option<&Self::Answer>,
    ) -> Option<Self::State> {
        let set = |value: &V| KeyedState {
            value: Some(value.clone()),
            revision: answer.and_then(|answer| answer.revision),
        };
        match operation {
            KeyedOperation::Put(value) => Some(set(value)),
            KeyedOperation::Get => match answer {
                Some(answer) => read(state, answer),
                None => Some(state.clone()),
            },
            KeyedOperation::Delete => {
                let fits = answer.is_none_or(|answer| answer.succeeded == state.value.is_some());
                fits.then(KeyedState::default)
            }
            KeyedOperation::PutIf(condition, value) => {
                let told = answer.map(|answer| answer.succeeded);
                match (told, condition.holds(state)) {
                    (Some(told), Some(holds)) if told != holds => None,
                    (Some(false), _) | (None, Some(false)) => Some(state.clone()),
                    // Unknown on both sides: what may never have happened is taken to have, for
                    // leaving it out stands for the other case.
                    (Some(true), _) | (None, Some(true) | None) => Some(set(value)),
                }
            }
        }
    }

    fn is_read(operation: &Self::Operation, answer: Option<&Self::Answer>) -> bool {
        match operation {
            // A read that learns the revision of a write whose client did not changes what is
            // known.
            KeyedOperation::Get => answer.is_none_or(|answer| answer.revision.is_none()),
            KeyedOperation::PutIf(..) => answer.is_some_and(|answer| !answer.succeeded),
            KeyedOperation::Put(_) | KeyedOperation::Delete => false,
        }
    }

    fn rests_on(
        operation: &Self::Operation,
        answer: Option<&Self::Answer>,
        write: &Self::Operation,
    ) -> bool {
        let written = match write {
            KeyedOperation::Put(value) | KeyedOperation::PutIf(_, value) => Some(value),
            KeyedOperation::Delete => None,
            KeyedOperation::Get => return false,
        };
        match (operation, answer) {
            (KeyedOperation::Put(_), _) | (KeyedOperation::Get | KeyedOperation::Delete, None) => {
                false
            }
            (KeyedOperation::Get, Some(answer)) => answer.value.as_ref() == written,
            (KeyedOperation::Delete, Some(answer)) => answer.succeeded == written.is_some(),
            (KeyedOperation::PutIf(condition, _), answer) => match (condition, answer) {
                (_, Some(answer)) if !answer.succeeded => true,
                (Condition::Value(value), _) => written == Some(value),
                (Condition::Revision(0), _) => written.is_none(),
                (Condition::Revision(_), _) => written.is_some(),
            },
        }
    }
}

/// What is known of a key after this was read from it, or `None` where that cannot be.
fn read<V: Clone + Eq>(state: &KeyedState<V>, answer: &KeyedAnswer<V>) -> Option<KeyedState<V>> {
    let same = |told: u64| state.revision.is_none_or(|known| known == told);
    if answer.value != state.value || !answer.revision.is_none_or(same) {
        return None;
    }
    Some(KeyedState { value: state.value.clone(), revision: state.revision.or(answer.revision) })
}
