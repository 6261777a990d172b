//! The smallest object: the value of one key, set and read.

use super::Model;
use std::sync::Arc;

/// A register: the value of one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register;

/// What can be done to a register.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum RegisterOperation<V> {
    /// Sets it.
    Put(V),
    /// Takes its value away.
    Delete,
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
            RegisterOperation::Delete => Some(None),
            RegisterOperation::Get => match answer {
                Some(answer) if answer != state => None,
                Some(_) | None => Some(state.clone()),
            },
        }
    }

    fn is_read(operation: &Self::Operation, _answer: Option<&Self::Answer>) -> bool {
        match operation {
            RegisterOperation::Put(_) | RegisterOperation::Delete => false,
            RegisterOperation::Get => true,
        }
    }

    fn rests_on(
        operation: &Self::Operation,
        answer: Option<&Self::Answer>,
        write: &Self::Operation,
    ) -> bool {
        match (operation, write) {
            (RegisterOperation::Get, RegisterOperation::Put(value)) => {
                answer.is_some_and(|answer| answer.as_ref() == Some(value))
            }
            (RegisterOperation::Get, RegisterOperation::Delete) => {
                answer.is_some_and(Option::is_none)
            }
            (RegisterOperation::Put(_) | RegisterOperation::Delete, _)
            | (_, RegisterOperation::Get) => false,
        }
    }
}
