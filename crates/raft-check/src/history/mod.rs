//! Histories of clients, read from files as other tools write them, and what is to be said of them.
//!
//! Two kinds are known, and told apart by what they hold: Jepsen's log of one register,
//! and Porcupine's keys with texts. A line is an event, and its number is its time.

mod jepsen;
mod porcupine;
mod record;

use crate::linear::{Keyed, Model, Offence, Offender, Text, Verdict, check_counting, offence};
use record::{Part, Record};
use std::fmt;

/// Configurations visited, on all keys together, before a file's verdict is given up: some seconds,
/// and at most some hundred megabytes.
pub const MAX_FILE_CONFIGURATIONS: usize = 2_000_000;

/// Why a text is not a history: the line, what was found there and what was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HistoryError {
    /// The line, from 1.
    pub line: u64,
    /// What was found there.
    pub found: String,
    /// What was expected instead.
    pub expected: String,
}

impl fmt::Display for HistoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: expected {}, found {}", self.line, self.expected, self.found)
    }
}

impl std::error::Error for HistoryError {}

/// What clients asked and were answered.
#[derive(Debug)]
pub struct History(Kind);

#[derive(Debug)]
enum Kind {
    Register(Record<Keyed<i64>>),
    Texts(Record<Text>),
}

/// What is to be said of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[must_use]
pub struct Finding {
    /// Whether it is linearizable: on every key, for that is the same.
    pub verdict: Verdict,
    /// How many operations were called.
    pub operations: usize,
    /// What to show for it where it is not, from the first key that is not.
    pub shown: Option<Shown>,
}

/// An [`Offence`] in words of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Shown {
    /// The key, where there are several.
    pub key: Option<String>,
    /// What it may have held before these operations: one of these.
    pub starts: Vec<String>,
    /// Operations that no order fits, in the order of their calls.
    pub operations: Vec<ShownOperation>,
    /// The longest order that some of them fit, by their places in `operations`.
    pub order: Vec<usize>,
    /// The line up to which, not included, the key's history has an order.
    pub breaks_at: u64,
}

/// An operation of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ShownOperation {
    /// The client, by its number in the file.
    pub client: u64,
    /// The line of its call.
    pub called: u64,
    /// The line of its answer; `None` where it got none.
    pub returned: Option<u64>,
    /// What was asked.
    pub asked: String,
    /// What was answered.
    pub answered: Option<String>,
}

/// What a file's operations, answers and states are called in words.
trait Spoken: Model {
    fn asked(operation: &Self::Operation) -> String;
    fn answered(operation: &Self::Operation, answer: &Self::Answer) -> String;
    fn state(state: &Self::State) -> String;
}

/// Reads a history of either kind.
///
/// # Errors
///
/// Names the first line that is not as it should be. A text without an event is not a history:
/// there is nothing to judge in it.
pub fn parse(bytes: &[u8]) -> Result<History, HistoryError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        let byte = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
        let lines = before.iter().filter(|byte| **byte == b'\n').count();
        HistoryError {
            line: lines as u64 + 1,
            found: format!("the byte 0x{byte:02x}"),
            expected: "UTF-8 text".into(),
        }
    })?;
    let lines = || (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let kind = match lines().next() {
        Some((_, line)) if porcupine::is_this_kind(line) => Kind::Texts(porcupine::parse(lines())?),
        Some((_, line)) if jepsen::is_this_kind(line) => Kind::Register(jepsen::parse(lines())?),
        None => {
            return Err(HistoryError {
                line: 1,
                found: "nothing".into(),
                expected: format!("an event such as `{}` or `{}`", jepsen::LIKE, porcupine::LIKE),
            });
        }
        Some((number, line)) => {
            return Err(HistoryError {
                line: number,
                found: quoted(line),
                expected: format!("an event such as `{}` or `{}`", jepsen::LIKE, porcupine::LIKE),
            });
        }
    };
    Ok(History(kind))
}

impl History {
    /// The verdict, given up after so many configurations in all, and what to show for it.
    pub fn check(&self, configurations: usize) -> Finding {
        match &self.0 {
            Kind::Register(record) => finding(record, configurations),
            Kind::Texts(record) => finding(record, configurations),
        }
    }
}

fn finding<M: Spoken>(record: &Record<M>, configurations: usize) -> Finding {
    let (mut left, operations) = (configurations, record.calls());
    let mut undecided: Vec<_> = record.parts().collect();
    // First no key takes what the others may need, then what they left is for those that need more.
    for _round in 0..2 {
        let mut sharing = undecided.len();
        for (key, part) in std::mem::take(&mut undecided) {
            let starts = std::slice::from_ref(&part.start);
            // As many as there are operations are visited by whoever only reads the file.
            let free = 2 * part.operations.len();
            let share = left / sharing.max(1);
            let (verdict, visited) = check_counting(starts, &part.operations, free + share);
            left -= visited.saturating_sub(free).min(left);
            sharing -= 1;
            match verdict {
                Verdict::Linearizable => {}
                Verdict::Undecided => undecided.push((key, part)),
                Verdict::NotLinearizable => {
                    let ids: Vec<u64> = (0..).take(part.operations.len()).collect();
                    let found = offence(key.clone(), starts, &part.operations, &ids);
                    return Finding { verdict, operations, shown: found.map(|it| show(&it, part)) };
                }
            }
        }
    }
    let is_decided = undecided.is_empty();
    let verdict = if is_decided { Verdict::Linearizable } else { Verdict::Undecided };
    Finding { verdict, operations, shown: None }
}

fn show<M: Spoken>(offence: &Offence<Option<String>, M>, part: &Part<M>) -> Shown {
    let place = |id: u64| offence.operations.iter().position(|offender| offender.id == id);
    let in_part = |id: u64| usize::try_from(id).unwrap_or(usize::MAX);
    let operations =
        offence.operations.iter().map(|Offender { id, operation: of }| ShownOperation {
            client: part.clients.get(in_part(*id)).copied().unwrap_or_default(),
            called: of.called,
            returned: of.returned.as_ref().map(|(at, _)| *at),
            asked: M::asked(&of.operation),
            answered: of.returned.as_ref().map(|(_, answer)| M::answered(&of.operation, answer)),
        });
    let broken = part.operations.get(in_part(offence.breaks_at));
    Shown {
        key: offence.key.clone(),
        starts: offence.starts.iter().map(M::state).collect(),
        operations: operations.collect(),
        order: offence.order.iter().filter_map(|id| place(*id)).collect(),
        breaks_at: broken.and_then(|of| of.returned.as_ref()).map_or(0, |(line, _)| *line),
    }
}

/// What was found, short enough to read, and on one line.
fn quoted(found: &str) -> String {
    const SHOWN: usize = 60;
    let mut short = String::new();
    let mut letters = found.trim().chars();
    for letter in letters.by_ref().take(SHOWN) {
        match letter.is_control() {
            true => short.extend(letter.escape_default()),
            false => short.push(letter),
        }
    }
    let cut = if letters.next().is_some() { "…" } else { "" };
    format!("`{short}{cut}`")
}

#[cfg(test)]
mod tests;
