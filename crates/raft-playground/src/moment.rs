//! Which run, and which moment of it: what every command that shows one moment takes.

use anyhow::{Context, anyhow};
use raft_report::moment::WrongClaim;
pub use raft_report::moment::{NeverSo, When, time};
use raft_sim::Session;
use std::path::Path;

/// The text of a scenario: a file's, standard input's for `-`, or that of what comes with the
/// playground under this name.
pub fn text(file: &Path) -> anyhow::Result<String> {
    let bundled = file.to_str().and_then(|name| raft_gallery::text(name, false));
    let bytes = match bundled {
        Some(text) if !file.exists() => return Ok(text.into()),
        Some(_) | None => {
            crate::read(file).map_err(|error| match file.exists() || is_input(file) {
                true => error,
                false => anyhow!(
                    "expected a file or the name of something bundled (`raft-playground list`), \
                 found neither"
                ),
            })?
        }
    };
    let text = String::from_utf8(bytes).context("expected UTF-8 text")?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text))
}

fn is_input(file: &Path) -> bool {
    file == Path::new("-")
}

/// A run of this text at a moment.
///
/// # Errors
/// Where the text or the claim is wrong, or the claim never holds ([`NeverSo`]).
pub fn session(text: &str, when: &When) -> anyhow::Result<Session> {
    raft_report::moment::session(text, when).map_err(|error| match error.is::<WrongClaim>() {
        true => error.context("--until"),
        false => error,
    })
}
