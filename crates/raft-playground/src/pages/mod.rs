//! Scenario text in pages: every block that is fenced as `raft` is carried out.

mod fences;
mod folders;
mod info;
mod rst;
mod source;
mod told;
mod words;

pub use folders::pages;
pub use info::Info;
pub use told::{Format, Told};

use crate::moment::{self, When};
use raft_sim::Session;
use std::ops::Range;
use std::path::Path;

/// A block of scenario text.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// The line of the page that the text's first line stands on, from 1.
    pub line: usize,
    /// The lines that it takes, the fences' included, from 0.
    pub lines: Range<usize>,
    /// The text.
    pub text: String,
    /// What its fence says beside `raft`.
    pub info: Info,
    /// Whether it is in something: a list, a quote, a tab.
    pub is_held: bool,
    /// What stands before its first line: indentation, a quote's `>`, an item's bullet.
    pub before: String,
    /// The same before its further lines.
    pub beside: String,
}

/// What a page has of scenario text.
#[derive(Debug, PartialEq, Eq)]
pub enum Found {
    /// A block.
    Block(Block),
    /// One that is left alone.
    Skipped {
        /// Where its text begins.
        line: usize,
        /// Why.
        why: &'static str,
    },
}

/// All of a page: reStructuredText by its name, Markdown otherwise.
pub fn blocks(path: &Path, page: &str) -> Vec<Found> {
    let page = page.strip_prefix('\u{feff}').unwrap_or(page);
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("rst") => rst::find(page),
        extension => fences::find(page, extension == Some("mdx")),
    }
}

/// Carries out every block of a page and tells what came of each. How many there were.
pub fn check(path: &Path, page: &str, told: &mut Told) -> usize {
    let mut carried_out = 0;
    for found in blocks(path, page) {
        match found {
            Found::Skipped { line, why } => told.skipped(path, line, why),
            Found::Block(block) => {
                let folder = path.parent().unwrap_or(Path::new(""));
                match block.read_words().and_then(|()| block.fitting_source(folder)) {
                    Ok(Some(text)) => carry_out(path, &block, &text, told),
                    Ok(None) => {
                        told.skipped(path, block.fence(), "its text is on another site");
                        continue;
                    }
                    Err(error) => told.wrong(path, block.fence(), &format!("{error:#}")),
                }
                carried_out += 1;
            }
        }
    }
    carried_out
}

fn carry_out(path: &Path, block: &Block, text: &str, told: &mut Told) {
    match outcome(block, text) {
        Outcome::Held { title } => match has_moment(block, text) {
            Ok(()) => told.held(path, block.line, &title),
            Err(error) => told.wrong(path, block.fence(), &format!("{error:#}")),
        },
        Outcome::NotHeld { title, failed } => told.failed(path, block.line, &title, &failed),
        Outcome::Wrong { line, said } => told.wrong(path, line, &said),
    }
}

/// Whether the run comes to the moment that the fence asks for.
fn has_moment(block: &Block, text: &str) -> anyhow::Result<()> {
    match block.when()? {
        When::Telling | When::At(_) => Ok(()),
        when @ (When::Until(_) | When::Step(_)) => moment::session(text, &when).map(|_| ()),
    }
}

/// What comes of carrying out a block's text.
pub enum Outcome {
    /// Every claim and every wait held.
    Held {
        /// The scenario's title.
        title: String,
    },
    /// One did not.
    NotHeld {
        /// The scenario's title.
        title: String,
        /// What failed, by the page's lines.
        failed: Vec<(usize, String)>,
    },
    /// The text is wrong.
    Wrong {
        /// The page's line.
        line: usize,
        /// What was expected there, and what was found.
        said: String,
    },
}

/// Carries a block's text out to its end.
pub fn outcome(block: &Block, text: &str) -> Outcome {
    let at = |of: u32| block.line_of(of);
    let scenario = match raft_view::tab::read(text) {
        Ok(scenario) => scenario,
        Err(error) => {
            let said = error.to_string();
            let said = said.split_once(": ").map_or(said.as_str(), |(_, rest)| rest);
            return Outcome::Wrong { line: at(error.line), said: said.into() };
        }
    };
    let title = scenario.title.clone().unwrap_or_else(|| "untitled".into());
    let mut session = Session::open(scenario);
    while !session.finish_script(u64::MAX / 2) {}
    if raft_report::held(&session) {
        return Outcome::Held { title };
    }
    let expectations = session.script().map_or(&[][..], |script| script.expectations());
    let failed = expectations.iter().filter(|expectation| !expectation.ok);
    let mut failed: Vec<(usize, String)> = failed
        .map(|failed| (at(failed.line), format!("{}: found {}", failed.text, failed.found)))
        .collect();
    if let Some(difference) = session.difference() {
        failed.push((block.line, format!("it takes a different course {difference}")));
    }
    if failed.is_empty() {
        failed.push((block.line, "it did not come to its end".into()));
    }
    Outcome::NotHeld { title, failed }
}

#[cfg(test)]
mod tests;
