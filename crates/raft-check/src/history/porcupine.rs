//! Porcupine's histories of a key-value store: keys with `get`, `put` and `append`, one map in
//! Clojure's notation a line.

use super::record::{Call, Ending, Record};
use super::{HistoryError, Spoken, quoted};
use crate::linear::{Text, TextOperation, TextState};

/// An event, for a person who needs to know what one looks like.
pub(super) const LIKE: &str = r#"{:process 0, :type :invoke, :f :put, :key "a", :value "b"}"#;

pub(super) fn is_this_kind(line: &str) -> bool {
    line.trim_start().starts_with('{')
}

pub(super) fn parse<'t>(
    lines: impl Iterator<Item = (u64, &'t str)>,
) -> Result<Record<Text>, HistoryError> {
    let mut record = Record::default();
    for (line, text) in lines {
        read_line(&mut record, line, text)?;
    }
    record.close(&TextState::EMPTY);
    Ok(record)
}

fn read_line(record: &mut Record<Text>, line: u64, text: &str) -> Result<(), HistoryError> {
    let wrong =
        |found: String, expected: &str| HistoryError { line, found, expected: expected.into() };
    let event = Event::read(text).map_err(|(found, expected)| wrong(found, &expected))?;
    let client = event.process;
    if event.kind == ":invoke" {
        let operation = event.operation().map_err(|(found, expected)| wrong(found, &expected))?;
        return record.call(client, Call { line, key: Some(event.key), operation });
    }
    let Call { key, operation: called, .. } = record.open(line, client)?;
    if event.function != name(called) {
        let expected = format!("`{}`, which process {client} called", name(called));
        return Err(wrong(quoted(&event.function), &expected));
    }
    if key.as_ref() != Some(&event.key) {
        let called = key.as_deref().unwrap_or_default();
        let expected = format!("the key that process {client} called with, {called:?}");
        return Err(wrong(format!("{:?}", event.key), &expected));
    }
    let ending = match event.kind.as_str() {
        ":fail" => Ending::Failed,
        ":info" => Ending::Unknown,
        ":ok" => Ending::Answered(match (called, &event.value) {
            (TextOperation::Get, Value::Text(text)) => TextState::new(&text.as_str().into()),
            (TextOperation::Get, Value::Nil) => TextState::EMPTY,
            (TextOperation::Get, found) => {
                return Err(wrong(found.quoted(), "a text that was read"));
            }
            (TextOperation::Put(_) | TextOperation::Append(_), _) => {
                if event.operation().ok().as_ref() != Some(called) {
                    let expected =
                        format!("the same value as in the call: {}", Text::asked(called));
                    return Err(wrong(event.value.quoted(), &expected));
                }
                TextState::EMPTY
            }
        }),
        found => return Err(wrong(quoted(found), "`:invoke`, `:ok`, `:fail` or `:info`")),
    };
    record.end(line, client, ending, TextState::EMPTY);
    Ok(())
}

struct Event {
    process: u64,
    kind: String,
    function: String,
    key: String,
    value: Value,
}

/// What a map in such a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Nil,
    Number(u64),
    /// A word that begins with a colon.
    Keyword(String),
    Text(String),
}

/// What was found, and what was expected.
type Wrong = (String, String);

impl Event {
    fn read(line: &str) -> Result<Event, Wrong> {
        let mut fields = fields(line)?;
        let mut take = |name: &str| {
            let at = fields.iter().position(|(found, _)| found == name);
            at.map(|at| fields.swap_remove(at).1)
                .ok_or_else(|| (quoted(line), format!("a map with {name}, such as `{LIKE}`")))
        };
        let process = match take(":process")? {
            Value::Number(number) => number,
            other @ (Value::Nil | Value::Keyword(_) | Value::Text(_)) => {
                return Err((other.quoted(), "a number as the process".into()));
            }
        };
        let mut keyword = |name: &str| match take(name)? {
            Value::Keyword(word) => Ok(word),
            other @ (Value::Nil | Value::Number(_) | Value::Text(_)) => {
                Err((other.quoted(), format!("a word such as `:put` as {name}")))
            }
        };
        let (kind, function) = (keyword(":type")?, keyword(":f")?);
        let key = match take(":key")? {
            Value::Text(text) => text,
            Value::Number(number) => number.to_string(),
            other @ (Value::Nil | Value::Keyword(_)) => {
                return Err((other.quoted(), "a text as the key".into()));
            }
        };
        Ok(Event { process, kind, function, key, value: take(":value")? })
    }

    fn operation(&self) -> Result<TextOperation, Wrong> {
        let text = || match &self.value {
            Value::Text(text) => Ok(text.as_str().into()),
            other @ (Value::Nil | Value::Number(_) | Value::Keyword(_)) => {
                Err((other.quoted(), "a text as the value".into()))
            }
        };
        match self.function.as_str() {
            ":get" if self.value == Value::Nil => Ok(TextOperation::Get),
            ":get" => {
                Err((self.value.quoted(), "`nil`, for a get has no value when it is called".into()))
            }
            ":put" => Ok(TextOperation::Put(text()?)),
            ":append" => Ok(TextOperation::Append(text()?)),
            other => Err((quoted(other), "`:get`, `:put` or `:append`".into())),
        }
    }
}

impl Value {
    fn quoted(&self) -> String {
        match self {
            Value::Nil => "`nil`".into(),
            Value::Number(number) => format!("`{number}`"),
            Value::Keyword(word) => quoted(word),
            Value::Text(text) => quoted(&format!("\"{text}\"")),
        }
    }
}

/// The names and values of a map; a name is a keyword.
fn fields(line: &str) -> Result<Vec<(String, Value)>, Wrong> {
    let map = || (quoted(line), format!("a map such as `{LIKE}`"));
    let inside = line.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    let mut rest = inside.ok_or_else(map)?;
    let mut found = Vec::new();
    let blank = |c: char| c.is_whitespace() || c == ',';
    loop {
        rest = rest.trim_start_matches(blank);
        if rest.is_empty() {
            return Ok(found);
        }
        let (name, behind) = value(rest)?;
        let Value::Keyword(name) = name else {
            return Err((name.quoted(), "a name such as `:key`".into()));
        };
        let behind = behind.trim_start_matches(blank);
        if behind.is_empty() {
            return Err(("the end of the map".into(), format!("a value of `{name}`")));
        }
        let (value, behind) = value(behind)?;
        found.push((name, value));
        rest = behind;
    }
}

/// The value that a text, which is not empty, begins with, and what is behind it.
fn value(text: &str) -> Result<(Value, &str), Wrong> {
    if let Some(rest) = text.strip_prefix('"') {
        let (text, rest) = string(rest)?;
        return Ok((Value::Text(text), rest));
    }
    let end = text.find(|c: char| c.is_whitespace() || ",\"{}".contains(c)).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let value = if word == "nil" {
        Value::Nil
    } else if word.len() > 1 && word.starts_with(':') {
        Value::Keyword(word.into())
    } else if let Ok(number) = word.parse() {
        Value::Number(number)
    } else {
        let expected = "a number, a word such as `:put`, a text in double quotes or `nil`";
        return Err((quoted(if word.is_empty() { text } else { word }), expected.into()));
    };
    Ok((value, rest))
}

/// What a string holds, and what is behind its closing quote.
fn string(text: &str) -> Result<(String, &str), Wrong> {
    let mut held = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Ok((held, &text[at + 1..])),
            '\\' => match letters.next() {
                Some((_, 'n')) => held.push('\n'),
                Some((_, 't')) => held.push('\t'),
                Some((_, 'r')) => held.push('\r'),
                Some((_, same @ ('"' | '\\'))) => held.push(same),
                other => {
                    let found: String = other.map(|(_, letter)| letter).into_iter().collect();
                    let expected = "`\\\"`, `\\\\`, `\\n`, `\\r` or `\\t` in a text";
                    return Err((quoted(&format!("\\{found}")), expected.into()));
                }
            },
            letter => held.push(letter),
        }
    }
    Err((quoted(&format!("\"{text}")), "a closing quote".into()))
}

fn name(operation: &TextOperation) -> &'static str {
    match operation {
        TextOperation::Get => ":get",
        TextOperation::Put(_) => ":put",
        TextOperation::Append(_) => ":append",
    }
}

impl Spoken for Text {
    fn asked(operation: &TextOperation) -> String {
        match operation {
            TextOperation::Get => "get".into(),
            TextOperation::Put(text) => format!("put {text:?}"),
            TextOperation::Append(text) => format!("append {text:?}"),
        }
    }

    fn answered(operation: &TextOperation, answer: &TextState) -> String {
        match operation {
            TextOperation::Get => format!("{:?}", answer.text()),
            TextOperation::Put(_) | TextOperation::Append(_) => "ok".into(),
        }
    }

    fn state(state: &TextState) -> String {
        format!("{:?}", state.text())
    }
}
