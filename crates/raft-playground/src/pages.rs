//! Scenario text in Markdown pages: every block that is fenced as `raft` is carried out.

use crate::report;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
use raft_sim::Session;
use std::ops::AddAssign;
use std::path::Path;

/// A fenced block: where its text begins, and the text.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// The line of the page that the text's first line stands on, from 1.
    pub line: usize,
    /// The text.
    pub text: String,
}

/// How many blocks there were and what became of them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Outcome {
    /// All of them.
    pub blocks: usize,
    /// Those in which a claim or a wait did not hold.
    pub not_held: usize,
    /// Those whose text is wrong.
    pub wrong: usize,
}

impl AddAssign for Outcome {
    fn add_assign(&mut self, other: Outcome) {
        self.blocks += other.blocks;
        self.not_held += other.not_held;
        self.wrong += other.wrong;
    }
}

/// The blocks of a page that are fenced as `raft`.
pub fn blocks(page: &str) -> Vec<Block> {
    let mut found: Vec<Block> = Vec::new();
    let mut inside = false;
    for (event, range) in Parser::new(page).into_offset_iter() {
        if let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = &event {
            inside = info.split([' ', ',', '{']).next() == Some("raft");
            if inside {
                let line = page[..range.start].matches('\n').count() + 2;
                found.push(Block { line, text: String::new() });
            }
        } else if event == Event::End(TagEnd::CodeBlock) {
            inside = false;
        } else if let (Event::Text(text), true, Some(block)) = (event, inside, found.last_mut()) {
            block.text.push_str(&text);
        }
    }
    found
}

/// Carries out every block of a page and prints a line for each; what failed with its line.
pub fn check(path: &Path, page: &str) -> Outcome {
    let mut outcome = Outcome::default();
    for Block { line, text } in blocks(page) {
        outcome.blocks += 1;
        let at = |of: u32| format!("{}:{}", path.display(), line + of as usize - 1);
        let scenario = match raft_view::tab::read(&text) {
            Ok(scenario) => scenario,
            Err(error) => {
                let said = error.to_string();
                let said = said.split_once(": ").map_or(said.as_str(), |(_, rest)| rest);
                println!("{}: {said}", at(error.line));
                outcome.wrong += 1;
                continue;
            }
        };
        let title = scenario.title.clone().unwrap_or_else(|| "untitled".into());
        let mut session = Session::open(scenario);
        while !session.finish_script(u64::MAX / 2) {}
        let held = report::held(&session);
        outcome.not_held += usize::from(!held);
        println!("{}: {}: {title}", at(1), if held { "ok" } else { "failed" });
        let expectations = session.script().map_or(&[][..], |script| script.expectations());
        for failed in expectations.iter().filter(|expectation| !expectation.ok) {
            println!("{}: {}: found {}", at(failed.line), failed.text, failed.found);
        }
    }
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_those_fenced_as_raft_with_their_lines() {
        let page = "# A page\n\n```raft\nnodes 3\n```\n\n```sh\nls\n```\n> ~~~raft title\n> nodes \
                    1\n> ~~~\n";
        let found = blocks(page);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0], Block { line: 4, text: "nodes 3\n".into() });
        assert_eq!(found[1].line, 11);
        assert_eq!(found[1].text, "nodes 1\n");
    }
}
