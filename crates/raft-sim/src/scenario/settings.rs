//! Reading settings.

use super::words::{Parse, ScenarioError, Words};
use crate::settings::{Chance, OutOfBounds, ReadMode, Setting, Span};
use crate::time::{parse_decimal, parse_span};
use raft_core::{Micros, Rule};

/// A line before the first action.
pub(crate) enum Header {
    Title(String),
    Setting(Setting),
}

const NAMES: [&str; 19] = [
    "snapshot-every",
    "append-entries",
    "title",
    "nodes",
    "seed",
    "election-timeout",
    "heartbeat",
    "latency",
    "loss",
    "fsync",
    "torn-writes",
    "client-timeout",
    "pre-vote",
    "check-quorum",
    "reads",
    "forwarding",
    "quota",
    "rule",
    "duplicate",
];

/// Whether the line begins with a setting. `duplicate` is also an action, which takes more words.
pub(crate) fn is_setting_name(reader: &Words<'_>) -> bool {
    reader.peek().is_some_and(|word| {
        !word.quoted && word.text != "duplicate" && NAMES.contains(&word.text.as_str())
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
    Ok(Some(Header::Setting(parse_setting(reader)?)))
}

/// A setting and its value.
pub(crate) fn parse_setting(reader: &mut Words<'_>) -> Parse<Setting> {
    let expected = "the name of a setting";
    let name = reader.next(expected)?.text.clone();
    let start = reader.peek().map_or(String::new(), |word| word.text.clone());
    let setting = match name.as_str() {
        "nodes" => Setting::Nodes(
            u8::try_from(number(reader, "a number of servers from 1 to 31")?)
                .map_err(|_| reader.error(&start, "a number of servers from 1 to 31"))?,
        ),
        "seed" => Setting::Seed(number(reader, "a whole number below 2^64")?),
        "election-timeout" => Setting::ElectionTimeout(range(reader)?),
        "heartbeat" => Setting::Heartbeat(span(reader)?),
        "latency" => Setting::Latency(range(reader)?),
        "loss" => Setting::Loss(chance(reader)?),
        "duplicate" => Setting::Duplicate(chance(reader)?),
        "fsync" => Setting::Fsync(range(reader)?),
        "torn-writes" => Setting::TornWrites(chance(reader)?),
        "client-timeout" => Setting::ClientTimeout(span(reader)?),
        "append-entries" => {
            const EXPECTED: &str = "a number of entries from 1 to 10000";
            let most = u32::try_from(number(reader, EXPECTED)?);
            Setting::AppendEntries(most.map_err(|_| reader.error(&start, EXPECTED))?)
        }
        "forwarding" => Setting::Forwarding(on_off(reader)?),
        "pre-vote" => Setting::PreVote(on_off(reader)?),
        "check-quorum" => Setting::CheckQuorum(on_off(reader)?),
        "reads" => Setting::Reads(reads(reader)?),
        "snapshot-every" if reader.take("off") => Setting::SnapshotEvery(0),
        "snapshot-every" => {
            const EXPECTED: &str = "a number of entries from 1 to 1000000, or `off`";
            let entries = u32::try_from(number(reader, EXPECTED)?).ok().filter(|n| *n > 0);
            Setting::SnapshotEvery(entries.ok_or_else(|| reader.error(&start, EXPECTED))?)
        }
        "quota" => {
            const EXPECTED: &str = "a number of bytes from 32768 to 2147483648";
            Setting::Quota(number(reader, EXPECTED)?)
        }
        "rule" => {
            let on = on_off(reader)?;
            let rule = rule(reader)?;
            if on { Setting::RuleOn(rule) } else { Setting::RuleOff(rule) }
        }
        _ => {
            reader.back();
            return Err(reader.unexpected(expected, &NAMES));
        }
    };
    setting.check().map_err(|expected: OutOfBounds| reader.error(&start, expected))?;
    Ok(setting)
}

fn reads(reader: &mut Words<'_>) -> Parse<ReadMode> {
    let names = ReadMode::ALL.map(ReadMode::name);
    for mode in ReadMode::ALL {
        if reader.take(mode.name()) {
            return Ok(mode);
        }
    }
    Err(reader.unexpected("`log`, `read-index` or `lease`", &names))
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
fn range(reader: &mut Words<'_>) -> Parse<Span> {
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

fn on_off(reader: &mut Words<'_>) -> Parse<bool> {
    if reader.take("on") {
        return Ok(true);
    }
    reader
        .expect("off")
        .map_err(|error| ScenarioError { expected: "`on` or `off`".into(), ..error })?;
    Ok(false)
}

fn rule(reader: &mut Words<'_>) -> Parse<Rule> {
    let names = Rule::ALL.map(Rule::name);
    let expected = format!("the name of a rule: {}", names.join(", "));
    let word = reader.next(&expected)?;
    Rule::from_name(&word.text).ok_or_else(|| {
        reader.back();
        reader.unexpected(&expected, &names)
    })
}
