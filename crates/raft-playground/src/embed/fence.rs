//! One block on standard input, its element on standard output.

use super::Fault;
use super::lines::Lines;
use super::rewriter::{How, element};
use crate::pages::{Block, Info};
use anyhow::{Context, ensure};
use std::path::{Path, PathBuf};

/// What is asked for.
#[derive(clap::Args)]
pub struct Fence {
    /// The file of the page that the block is on: what is wrong is told by its lines, and `src` is
    /// looked for beside it.
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// The line of the fence, from 1, where the page's file does not have the block as it is given.
    #[arg(long, value_name = "NUMBER")]
    line: Option<usize>,
    /// What stands behind the fence, `raft` included or not.
    #[arg(long, value_name = "TEXT", default_value = "", allow_hyphen_values = true)]
    info: String,
    /// One attribute; may be given again and again.
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    #[command(flatten)]
    how: How,
    /// Prints one JSON object of {html, poster, alt}: the still as SVG, `null` where the text is on
    /// another site, and what it shows in words.
    #[arg(long)]
    json: bool,
}

impl Fence {
    /// Prints the element, where nothing is wrong.
    ///
    /// # Errors
    /// Where the input cannot be read, or is no text.
    pub fn run(&self) -> anyhow::Result<Option<Fault>> {
        let bytes = crate::read(Path::new("-"))?;
        let text = String::from_utf8(bytes).context("expected UTF-8 text")?;
        let block = self.block(text)?;
        let folder = self.page.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let place = Lines::of(self.page.as_deref()).place(&block);
        let element = match element(&block, folder, self.how.base.as_deref(), &place) {
            Ok(element) => element,
            Err(fault) => return Ok(Some(fault)),
        };
        let html = element.html(self.how.script().as_deref());
        if self.json {
            let (poster, alt) = (&element.still, &element.alt);
            println!("{}", serde_json::json!({ "html": html, "poster": poster, "alt": alt }));
        } else {
            print!("{html}");
        }
        Ok(None)
    }

    fn block(&self, text: String) -> anyhow::Result<Block> {
        // Without a line the text is all there is, and its own lines count.
        let fence = self.line.unwrap_or(0);
        let is_named = Info::of(&self.info).is_raft;
        let info = if is_named { self.info.clone() } else { format!("raft {}", self.info) };
        let mut info = Info::of(&info);
        for set in &self.set {
            let (name, value) = set.split_once('=').unwrap_or((set, ""));
            ensure!(!name.is_empty(), "--set: expected NAME=VALUE, found `{set}`");
            let value = if set.contains('=') { Some(value.to_string()) } else { None };
            info.words.push((name.into(), value));
        }
        let lines = text.lines().count();
        let start = fence.saturating_sub(1);
        Ok(Block {
            line: fence + 1,
            lines: start..start + lines + 2,
            text,
            info,
            is_held: false,
            before: String::new(),
            beside: String::new(),
        })
    }
}
