//! A claim about a run that stands apart from the run's text.

use crate::claim::Claim;
use crate::scenario::{self, Measure, StatementKind};

/// Reads a claim such as `leader n3` as the text's next line, since it may name what the text has
/// set (`let old = leader`).
///
/// # Errors
/// Says what was expected and found.
pub fn read_claim(text: &str, claim: &str) -> Result<Claim, String> {
    read(text, "expect", claim)
}

/// The same for what `run until` waits for, which has words of its own: `committed 5 on all`.
///
/// # Errors
/// Says what was expected and found.
pub fn read_wait(text: &str, wait: &str) -> Result<Claim, String> {
    read(text, "run until", wait)
}

/// The same for what `measure` measures: `time until leader within 2s`.
///
/// # Errors
/// Says what was expected and found.
pub fn read_measure(text: &str, measure: &str) -> Result<Measure, String> {
    match last(text, "measure", measure)? {
        Some(StatementKind::Measure(measure)) => Ok(*measure),
        Some(_) | None => Err(format!("expected `time until CLAIM`, found `{measure}`")),
    }
}

fn last(text: &str, verb: &str, rest: &str) -> Result<Option<StatementKind>, String> {
    if rest.contains('\n') {
        return Err("expected it on one line".into());
    }
    let with_it = format!("{}\n{verb} {rest}\n", text.trim_end());
    // Which line it would be says nothing to whoever wrote it elsewhere.
    let read = scenario::parse(&with_it).map_err(|error| error.without_line().to_string())?;
    Ok(read.statements.into_iter().next_back().map(|statement| statement.kind))
}

fn read(text: &str, verb: &str, claim: &str) -> Result<Claim, String> {
    match last(text, verb, claim)? {
        Some(StatementKind::Expect(claim) | StatementKind::Until { claim, .. }) => Ok(claim),
        Some(_) | None => Err(format!("expected a claim such as `leader n3`, found `{claim}`")),
    }
}
