//! Jepsen's log of one register: `read`, `write` and `cas`, which sets it if it holds what is
//! given.
//!
//! An event ends with its process, its type, what was done and the value. `:fail` did not happen.
//! Of `:info`, nobody knows.

use super::record::{Call, Ending, Record};
use super::{HistoryError, Spoken, quoted};
use crate::linear::{Condition, Keyed, KeyedAnswer, KeyedOperation, KeyedState};

/// An event, for a person who needs to know what one looks like.
pub(super) const LIKE: &str = "INFO  jepsen.util - 0 :invoke :write 3";

const MARK: &str = "jepsen.util - ";

pub(super) fn is_this_kind(line: &str) -> bool {
    line.contains(MARK)
}

pub(super) fn parse<'t>(
    lines: impl Iterator<Item = (u64, &'t str)>,
) -> Result<Record<Keyed<i64>>, HistoryError> {
    let mut record = Record::default();
    for (line, text) in lines {
        read_line(&mut record, line, text)?;
    }
    record.close(&KeyedState::default());
    Ok(record)
}

fn read_line(record: &mut Record<Keyed<i64>>, line: u64, text: &str) -> Result<(), HistoryError> {
    let wrong = |found: &str, expected: &str| HistoryError {
        line,
        found: quoted(found),
        expected: expected.into(),
    };
    let event = || wrong(text, &format!("an event such as `{LIKE}`"));
    let (_, words) = text.split_once(MARK).ok_or_else(event)?;
    let mut words = words.split_whitespace();
    let client = words.next().ok_or_else(event)?;
    if client == ":nemesis" {
        // Clients know nothing of faults.
        return Ok(());
    }
    let client: u64 = client.parse().map_err(|_| wrong(client, "a process's number"))?;
    let (kind, what) = words.next().zip(words.next()).ok_or_else(event)?;
    let value: Vec<&str> = words.collect();
    let value = value.join(" ");
    if kind == ":invoke" {
        let operation = operation(what, &value).map_err(|(found, like)| wrong(&found, like))?;
        return record.call(client, Call { line, key: None, operation });
    }
    let called = &record.open(line, client)?.operation;
    if what != name(called) {
        let expected = format!("{}, which process {client} called", name(called));
        return Err(wrong(what, &expected));
    }
    let ending = match kind {
        ":fail" => Ending::Failed,
        ":info" => Ending::Unknown,
        ":ok" => Ending::Answered(answer(called, &value).map_err(|like| wrong(&value, &like))?),
        _ => return Err(wrong(kind, ":invoke, :ok, :fail or :info")),
    };
    record.end(line, client, ending, KeyedState::default());
    Ok(())
}

/// The operation, or what is wrong and what is expected.
fn operation(what: &str, value: &str) -> Result<KeyedOperation<i64>, (String, &'static str)> {
    let wrong = |expected| (value.to_string(), expected);
    match what {
        ":read" if value == "nil" => Ok(KeyedOperation::Get),
        ":read" => Err(wrong("`nil`, for a read has no value when it is called")),
        ":write" => {
            let value = value.parse().map_err(|_| wrong("a whole number to write"))?;
            Ok(KeyedOperation::Put(value))
        }
        ":cas" => {
            let pair = value.strip_prefix('[').and_then(|value| value.strip_suffix(']'));
            let pair = pair.and_then(|pair| pair.trim().split_once(' '));
            let number = |word: &str| word.trim().parse().ok();
            pair.and_then(|(from, to)| Some((number(from)?, number(to)?)))
                .map(|(from, to)| KeyedOperation::PutIf(Condition::Value(from), to))
                .ok_or_else(|| wrong("two whole numbers such as `[0 3]`"))
        }
        _ => Err((what.to_string(), ":read, :write or :cas")),
    }
}

/// The answer to this operation, or what is expected.
fn answer(called: &KeyedOperation<i64>, value: &str) -> Result<KeyedAnswer<i64>, String> {
    let read = match called {
        KeyedOperation::Get if value == "nil" => None,
        KeyedOperation::Get => match value.parse() {
            Ok(read) => Some(read),
            Err(_) => return Err("a whole number or `nil`".into()),
        },
        KeyedOperation::Put(_) | KeyedOperation::PutIf(..) | KeyedOperation::Delete => {
            if operation(name(called), value).ok().as_ref() != Some(called) {
                return Err(format!("the same value as in the call: {}", Keyed::asked(called)));
            }
            None
        }
    };
    Ok(KeyedAnswer { succeeded: true, value: read, revision: None })
}

fn name(operation: &KeyedOperation<i64>) -> &'static str {
    match operation {
        KeyedOperation::Get => ":read",
        KeyedOperation::Put(_) => ":write",
        KeyedOperation::PutIf(..) => ":cas",
        // No log of this kind holds one.
        KeyedOperation::Delete => ":delete",
    }
}

impl Spoken for Keyed<i64> {
    fn asked(operation: &KeyedOperation<i64>) -> String {
        match operation {
            KeyedOperation::Get => "read".into(),
            KeyedOperation::Put(value) => format!("write {value}"),
            KeyedOperation::PutIf(Condition::Value(from), to) => format!("cas [{from} {to}]"),
            KeyedOperation::PutIf(Condition::Revision(at), to) => format!("cas @{at} {to}"),
            KeyedOperation::Delete => "delete".into(),
        }
    }

    fn answered(operation: &KeyedOperation<i64>, answer: &KeyedAnswer<i64>) -> String {
        match operation {
            KeyedOperation::Get => number(answer.value),
            KeyedOperation::Put(_) | KeyedOperation::PutIf(..) | KeyedOperation::Delete => {
                if answer.succeeded { "ok".into() } else { "failed".into() }
            }
        }
    }

    fn state(state: &KeyedState<i64>) -> String {
        number(state.value)
    }
}

fn number(value: Option<i64>) -> String {
    value.map_or_else(|| "nil".into(), |value| value.to_string())
}
