//! A text that grows: set, read and appended to, as in the key-value histories of Porcupine.

use super::Model;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

/// A text under one key; nothing is the empty text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text;

/// What can be done to a text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum TextOperation {
    /// Sets it.
    Put(Arc<str>),
    /// Adds to its end.
    Append(Arc<str>),
    /// Reads it.
    Get,
}

/// A text, kept as what was appended to what, with its hash in front: a copy costs a pointer, an
/// appended piece costs that piece, and different texts differ at once.
#[derive(Clone, Debug)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(into = "String", from = "String"))]
pub struct TextState {
    hash: u64,
    length: usize,
    last: Option<Arc<Piece>>,
}

#[derive(Debug)]
struct Piece {
    text: Arc<str>,
    before: TextState,
}

impl TextState {
    /// The empty text.
    pub const EMPTY: TextState = TextState { hash: FNV_OFFSET, length: 0, last: None };

    /// This text.
    pub fn new(text: &Arc<str>) -> TextState {
        TextState::EMPTY.and(text)
    }

    /// What it is.
    pub fn text(&self) -> Cow<'_, str> {
        let pieces: Vec<&str> = self.pieces().collect();
        match pieces[..] {
            [whole] => Cow::Borrowed(whole),
            _ => Cow::Owned(pieces.into_iter().rev().collect()),
        }
    }

    pub(super) fn and(&self, text: &Arc<str>) -> TextState {
        if text.is_empty() {
            return self.clone();
        }
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(FNV_PRIME);
        TextState {
            hash: text.bytes().fold(self.hash, step),
            length: self.length + text.len(),
            last: Some(Arc::new(Piece { text: text.clone(), before: self.clone() })),
        }
    }

    /// Whether the other text begins with this one. Its end is looked at first, for there they
    /// differ.
    fn begins(&self, other: &str) -> bool {
        let Some(mut rest) = other.as_bytes().get(..self.length) else { return false };
        self.pieces().all(|piece| match rest.strip_suffix(piece.as_bytes()) {
            Some(before) => {
                rest = before;
                true
            }
            None => false,
        })
    }

    /// Its pieces, the last one first.
    fn pieces(&self) -> impl Iterator<Item = &str> {
        std::iter::successors(self.last.as_ref(), |piece| piece.before.last.as_ref())
            .map(|piece| &*piece.text)
    }

    /// Whether they are one because they were made from one.
    fn is_made_of_the_same(&self, other: &TextState) -> bool {
        let same = |one: &Option<Arc<Piece>>, other: &Option<Arc<Piece>>| match (one, other) {
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            (None, None) => true,
            (Some(_), None) | (None, Some(_)) => false,
        };
        same(&self.last, &other.last)
            || self.last.as_ref().zip(other.last.as_ref()).is_some_and(|(one, other)| {
                one.text == other.text && same(&one.before.last, &other.before.last)
            })
    }
}

/// It is written as the text that it is.
#[cfg(feature = "serde")]
impl From<TextState> for String {
    fn from(state: TextState) -> String {
        state.text().into_owned()
    }
}

#[cfg(feature = "serde")]
impl From<String> for TextState {
    fn from(text: String) -> TextState {
        TextState::new(&text.into())
    }
}

impl Ord for TextState {
    /// Some order, not that of a dictionary.
    fn cmp(&self, other: &TextState) -> Ordering {
        let brief = (self.hash, self.length).cmp(&(other.hash, other.length));
        brief.then_with(|| {
            if self.is_made_of_the_same(other) {
                return Ordering::Equal;
            }
            self.text().cmp(&other.text())
        })
    }
}

impl PartialOrd for TextState {
    fn partial_cmp(&self, other: &TextState) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for TextState {
    fn eq(&self, other: &TextState) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for TextState {}

impl Drop for Piece {
    /// One after the other: a text of very many pieces would not fit the stack.
    fn drop(&mut self) {
        let mut next = self.before.last.take();
        while let Some(mut piece) = next.and_then(Arc::into_inner) {
            next = piece.before.last.take();
        }
    }
}

/// The start and the factor of FNV-1a, a hash that goes on where it ended.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

const FNV_PRIME: u64 = 0x0100_0000_01b3;

impl Model for Text {
    type State = TextState;
    type Operation = TextOperation;
    /// What was read; whatever it is for the others.
    type Answer = TextState;

    fn step(
        state: &Self::State,
        operation: &Self::Operation,
        answer: Option<&Self::Answer>,
    ) -> Option<Self::State> {
        match operation {
            TextOperation::Put(text) => Some(TextState::new(text)),
            TextOperation::Append(text) => Some(state.and(text)),
            TextOperation::Get => match answer {
                Some(answer) if answer != state => None,
                Some(_) | None => Some(state.clone()),
            },
        }
    }

    fn is_read(operation: &Self::Operation, _answer: Option<&Self::Answer>) -> bool {
        match operation {
            TextOperation::Get => true,
            TextOperation::Put(_) | TextOperation::Append(_) => false,
        }
    }

    fn may_come(state: &TextState, _read: &TextOperation, answer: Option<&TextState>) -> bool {
        answer.is_none_or(|answer| state.begins(&answer.text()))
    }

    fn resets(operation: &TextOperation) -> bool {
        match operation {
            TextOperation::Put(_) => true,
            TextOperation::Append(_) | TextOperation::Get => false,
        }
    }

    fn rests_on(
        operation: &Self::Operation,
        answer: Option<&Self::Answer>,
        write: &Self::Operation,
    ) -> bool {
        match (operation, write) {
            // What was written is somewhere in what was read, or it was not read.
            (TextOperation::Get, TextOperation::Put(text) | TextOperation::Append(text)) => {
                answer.is_some_and(|answer| answer.text().contains(&**text))
            }
            (TextOperation::Put(_) | TextOperation::Append(_), _) | (_, TextOperation::Get) => {
                false
            }
        }
    }
}
