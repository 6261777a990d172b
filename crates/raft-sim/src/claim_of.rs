//! A claim about a run that stands apart from the run's text.

use crate::claim::Claim;
use crate::scenario::{self, StatementKind};

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

fn read(text: &str, verb: &str, claim: &str) -> Result<Claim, String> {
    if claim.contains('\n') {
        return Err("expected a claim on one line".into());
    }
    let with_claim = format!("{}\n{verb} {claim}\n", text.trim_end());
    // Which line it would be says nothing to whoever wrote it elsewhere.
    let read = scenario::parse(&with_claim).map_err(|error| error.without_line().to_string())?;
    match read.statements.into_iter().next_back().map(|statement| statement.kind) {
        Some(StatementKind::Expect(claim) | StatementKind::Until { claim, .. }) => Ok(claim),
        Some(_) | None => Err(format!("expected a claim such as `leader n3`, found `{claim}`")),
    }
}
