//! Reading the lines of settings, and values that settings and other things have.

use super::words::{Parse, ScenarioError, Words};
use crate::settings::{self, Chance, Preset, Setting, Span};
use crate::time::{parse_decimal, parse_span};
use raft_core::{Micros, Rule};

/// A line before the first action.
pub(crate) enum Header {
    Title(String),
    Setting(Setting),
    Preset(Preset),
}

/// Whether the line begins with a setting. `duplicate` is also an action, which takes more words.
pub(crate) fn is_setting_name(reader: &Words<'_>) -> bool {
    reader.peek().is_some_and(|word| {
        !word.quoted
            && word.text != "duplicate"
            && settings::header_names().any(|name| name == word.text)
    })
}

/// A header line, if the line is one; `None` where it is an action or a claim.
pub(crate) fn parse_header(reader: &mut Words<'_>) -> Parse<Option<Header>> {
    let is_duplicate_setting = |reader: &mut Words<'_>| {
        if !reader.take("duplicate") {
            return false;
        }
        let is = reader.peek().is_none_or(|word| word.text.ends_with('%'));
        reader.back();
        is
    };
    if !is_setting_name(reader) && !is_duplicate_setting(reader) {
        return Ok(None);
    }
    if reader.take("title") {
        let title = reader.next("a title, in quotation marks if it has several words")?;
        return Ok(Some(Header::Title(title.text.clone())));
    }
    if reader.take("preset") {
        return Ok(Some(Header::Preset(Preset::read(reader)?)));
    }
    Ok(Some(Header::Setting(settings::parse(reader)?)))
}

pub(crate) fn number(reader: &mut Words<'_>, expected: &str) -> Parse<u64> {
    let word = reader.next(expected)?;
    let digits = !word.quoted && word.text.bytes().all(|byte| byte.is_ascii_digit());
    word.text.parse().ok().filter(|_| digits).ok_or_else(|| reader.error(&word.text, expected))
}

pub(crate) fn span(reader: &mut Words<'_>) -> Parse<Micros> {
    span_or(reader, "a time such as `200ms` (units: us, ms, s, m, h)", &[])
}

pub(crate) fn span_or(reader: &mut Words<'_>, expected: &str, known: &[&str]) -> Parse<Micros> {
    let word = reader.next(expected)?;
    match parse_span(&word.text).filter(|_| !word.quoted) {
        Some(span) => Ok(span),
        None => {
            reader.back();
            Err(reader.unexpected(expected, known))
        }
    }
}

/// `10ms..20ms`, or one time for both ends.
pub(crate) fn range(reader: &mut Words<'_>) -> Parse<Span> {
    const EXPECTED: &str = "a range of times such as `10ms..20ms`";
    let word = reader.next(EXPECTED)?;
    let wrong = || reader.error(&word.text, EXPECTED);
    let (min, max) = word.text.split_once("..").unwrap_or((&word.text, &word.text));
    let min = parse_span(min).ok_or_else(wrong)?;
    let max = parse_span(max).ok_or_else(wrong)?;
    if min > max {
        return Err(reader.error(&word.text, "a range whose first time is not above its second"));
    }
    Ok(Span { min, max })
}

pub(crate) fn chance(reader: &mut Words<'_>) -> Parse<Chance> {
    const EXPECTED: &str = "a percentage from 0% to 100%";
    let word = reader.next(EXPECTED)?;
    let wrong = || reader.error(&word.text, EXPECTED);
    let number = word.text.strip_suffix('%').ok_or_else(wrong)?;
    let millionths = parse_decimal(number, 10_000).ok_or_else(wrong)?;
    let chance = Chance(u32::try_from(millionths).map_err(|_| wrong())?);
    if chance.0 > Chance::CERTAIN { Err(wrong()) } else { Ok(chance) }
}

pub(crate) fn on_off(reader: &mut Words<'_>) -> Parse<bool> {
    if reader.take("on") {
        return Ok(true);
    }
    reader
        .expect("off")
        .map_err(|error| ScenarioError { expected: "`on` or `off`".into(), ..error })?;
    Ok(false)
}

pub(crate) fn rule(reader: &mut Words<'_>) -> Parse<Rule> {
    let names = Rule::ALL.map(Rule::name);
    let expected = format!("the name of a rule: {}", names.join(", "));
    let word = reader.next(&expected)?;
    Rule::from_name(&word.text).ok_or_else(|| {
        reader.back();
        reader.unexpected(&expected, &names)
    })
}
