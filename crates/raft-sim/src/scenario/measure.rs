//! What is measured in a run, and what is varied between runs: for whoever makes many of them. A
//! single run is not changed by it.

use super::words::{Parse, Words, split};
use super::{Context, claims, settings};
use crate::MAX_TIME;
use crate::claim::Claim;
use raft_core::Micros;

/// How long `time until` waits where it does not say.
const DEFAULT_WITHIN: Micros = 10_000_000;
/// The most runs of one case.
pub const MAX_RUNS: u32 = 1_000_000;

/// `measure "How long nobody leads" time until leader within 10s`: from this line on, up to the
/// next such line behind anything else, or the end of the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// What it is called, where it has a name.
    pub name: Option<String>,
    /// What is measured.
    pub what: Measured,
}

/// What is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measured {
    /// How long it takes until a claim holds, up to the end of `within`, even where the script ends
    /// before.
    TimeUntil {
        /// What is waited for.
        claim: Box<Claim>,
        /// For how long, in microseconds.
        within: Micros,
    },
    /// How long nobody leads.
    TimeWithoutLeader,
    /// How many terms begin.
    Elections,
    /// How many messages servers send each other, in a second.
    Messages,
    /// How many entries the longest log of a live server has at the end, those that a snapshot
    /// covers left out.
    KeptEntries,
}

/// `vary heartbeat/election-timeout 50ms/150ms..300ms 100ms/1s..2s`: what differs between cases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vary {
    /// Its line, from 1.
    pub line: u32,
    /// The settings that change together, by name; `runs` is how many runs there are.
    pub settings: Vec<String>,
    /// Of each case, their values.
    pub values: Vec<Vec<String>>,
}

/// What a text says of many runs of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// What differs; each is an axis.
    pub axes: Vec<Vary>,
    /// How many runs each case has.
    pub runs: Option<u32>,
}

impl Vary {
    /// Reads what stands behind `vary`: settings joined by `/`, and the values of each case.
    ///
    /// # Errors
    /// Says what was expected and found, by line.
    pub(super) fn read(reader: &mut Words<'_>) -> Parse<Vary> {
        const NAMES: &str = "a setting, or several joined by `/`, such as `heartbeat/latency`";
        const VALUES: &str = "at least one value for each setting, joined by `/`";
        let word = reader.next(NAMES)?.text.clone();
        let names: Vec<String> = word.split('/').map(str::to_string).collect();
        for name in &names {
            if name != "runs" && !crate::settings::header_names().any(|known| known == name) {
                let mut known: Vec<&str> = crate::settings::header_names().collect();
                known.push("runs");
                return Err(super::unknown_word(reader.line, name, NAMES, &known));
            }
            if name == "title" || name == "preset" || name == "seed" {
                return Err(reader.error(name, "a setting that changes how a run goes"));
            }
        }
        let mut values = Vec::new();
        while !reader.is_at_end() || values.is_empty() {
            let case = reader.next(VALUES)?.text.clone();
            let parts: Vec<String> = case.split('/').map(str::to_string).collect();
            if parts.len() != names.len() {
                let expected = format!("{} values joined by `/`", names.len());
                return Err(reader.error(&case, &expected));
            }
            for (name, value) in names.iter().zip(&parts) {
                check(reader.line, name, value)?;
            }
            values.push(parts);
        }
        Ok(Vary { line: reader.line, settings: names, values })
    }
}

fn check(line: u32, name: &str, value: &str) -> Parse<()> {
    let words = split(line, &format!("{name} {value}"))?;
    let mut reader = Words::new(line, &words);
    if reader.take("runs") {
        runs(&mut reader)?;
    } else {
        settings::parse_header(&mut reader)?;
    }
    reader.end()
}

fn runs(reader: &mut Words<'_>) -> Parse<u32> {
    let expected = format!("how many runs, from 1 to {MAX_RUNS}");
    let number = settings::number(reader, &expected)?;
    let fits = u32::try_from(number).ok().filter(|number| (1..=MAX_RUNS).contains(number));
    fits.ok_or_else(|| reader.error(&number.to_string(), &expected))
}

/// Reads a line that says what is varied, if it is one.
pub(super) fn parse_sweep(reader: &mut Words<'_>, sweep: &mut Sweep) -> Parse<bool> {
    if reader.take("runs") {
        if sweep.runs.is_some() {
            return Err(reader.error("a second `runs`", "it at most once"));
        }
        sweep.runs = Some(runs(reader)?);
    } else if reader.take("vary") {
        let more = Vary::read(reader)?;
        match sweep.axes.iter_mut().find(|axis| axis.settings == more.settings) {
            Some(axis) => axis.values.extend(more.values),
            None => sweep.axes.push(more),
        }
    } else {
        return Ok(false);
    }
    reader.end()?;
    Ok(true)
}

/// Reads what stands behind `measure`.
pub(super) fn parse(reader: &mut Words<'_>, context: &Context) -> Parse<Measure> {
    let named = reader.peek().is_some_and(|word| word.quoted);
    let name = if named { Some(reader.next("a name")?.text.clone()) } else { None };
    Ok(Measure { name, what: what(reader, context)? })
}

fn what(reader: &mut Words<'_>, context: &Context) -> Parse<Measured> {
    if reader.take("elections") {
        return Ok(Measured::Elections);
    }
    if reader.take("messages") {
        return Ok(Measured::Messages);
    }
    if reader.take("kept") {
        reader.expect("entries")?;
        return Ok(Measured::KeptEntries);
    }
    if !reader.take("time") {
        return Err(reader.unexpected(
            "what is measured: `time until CLAIM`, `time without leader`, `elections`, `messages` \
             or `kept entries`",
            &["time", "elections", "messages", "kept"],
        ));
    }
    if reader.take("without") {
        reader.expect("leader")?;
        return Ok(Measured::TimeWithoutLeader);
    }
    reader.expect("until")?;
    let claim = Box::new(claims::parse_wait(reader, context)?);
    let within = if reader.take("within") { settings::span(reader)? } else { DEFAULT_WITHIN };
    if within > MAX_TIME {
        return Err(super::too_long(reader.line, within));
    }
    Ok(Measured::TimeUntil { claim, within })
}

/// Whether a line begins like one that says what is varied.
pub(super) fn is_sweep(reader: &Words<'_>) -> bool {
    reader.peek().is_some_and(|word| !word.quoted && ["runs", "vary"].contains(&word.text.as_str()))
}
