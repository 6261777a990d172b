//! A page's text with elements in place of its blocks.

use super::element::Element;
use super::lines::{Lines, Place};
use crate::pages::{Block, Found, Outcome, blocks, outcome};
use std::path::Path;

/// What elements are made with, whichever tool asks for them.
#[derive(clap::Args, Clone, Default)]
pub struct How {
    /// Where the playground lives: becomes `base` of every element that names none.
    #[arg(long, value_name = "URL")]
    pub base: Option<String>,
    /// Where the playground lives: a script that loads `embed.js` from there stands before the
    /// first element.
    #[arg(long, value_name = "URL")]
    pub load: Option<String>,
}

impl How {
    /// The script that loads the element, if one is asked for.
    pub fn script(&self) -> Option<String> {
        let at = self.load.as_ref()?;
        let slash = if at.ends_with('/') { "" } else { "/" };
        let address = super::escape::html(&format!("{at}{slash}embed.js"));
        Some(format!("<script type=\"module\" src=\"{address}\"></script>"))
    }
}

/// Something wrong with a block, that was said by its line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A claim does not hold.
    NotHeld,
    /// What the block or its fence says is wrong.
    Wrong,
}

/// A block's element. Where something is wrong with it, that is said by line.
///
/// # Errors
/// How wrong it is.
pub fn element(
    block: &Block,
    folder: &Path,
    base: Option<&str>,
    place: &Place,
) -> Result<Element, Fault> {
    let element = Element::of(block, folder, base).map_err(|(line, said)| {
        eprintln!("{}: {said}", place.of(line));
        Fault::Wrong
    })?;
    // Whether there is a text, and that it is well written, was found out for the element.
    let source = block.source(folder).ok().flatten();
    match source.map(|text| outcome(block, &text)) {
        None | Some(Outcome::Held { .. }) => Ok(element),
        Some(Outcome::Wrong { line, said }) => {
            eprintln!("{}: {said}", place.of(line));
            Err(Fault::Wrong)
        }
        Some(Outcome::NotHeld { failed, .. }) => {
            for (line, said) in failed {
                eprintln!("{}: {said}", place.of(line));
            }
            Err(Fault::NotHeld)
        }
    }
}

/// Elements in place of blocks.
pub struct Rewriter<'a> {
    /// What they are made with.
    pub how: &'a How,
    /// The worst that was wrong.
    pub fault: Option<Fault>,
}

impl Rewriter<'_> {
    /// A page's text with an element in place of each block, each with the still that `still` puts
    /// somewhere. What is wrong is said by its line, and stays as it is.
    ///
    /// # Errors
    /// Those of `still`.
    pub fn page(
        &mut self,
        page: &Path,
        text: &str,
        still: &mut dyn FnMut(&Element) -> anyhow::Result<Option<String>>,
    ) -> anyhow::Result<String> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let (mut out, mut from) = (String::new(), 0);
        let mut script = self.how.script();
        for (block, element) in self.elements(page, text).made {
            let still = still(&element)?;
            out += &lines[from..block.lines.start].concat();
            let html = element.lines(still.as_deref(), script.take().as_deref());
            out += &placed(&block, &html, &lines);
            from = block.lines.end;
        }
        Ok(out + &lines[from..].concat())
    }

    /// The elements of a page's blocks; what is wrong is said by its line, and left out.
    pub fn elements(&mut self, page: &Path, text: &str) -> Elements {
        let (mut all, mut own) = (Elements::default(), Lines::of(Some(page)));
        let folder = page.parent().unwrap_or(Path::new(""));
        for found in blocks(page, text) {
            let block = match found {
                Found::Block(block) => block,
                Found::Skipped { line, why } => {
                    eprintln!("{}:{line}: left alone: {why}", page.display());
                    // Its fence stands above its text.
                    all.left_alone.push(line.saturating_sub(1));
                    continue;
                }
            };
            let place = own.place(&block);
            match element(&block, folder, self.how.base.as_deref(), &place) {
                Ok(element) => all.made.push((block, element)),
                Err(fault) => self.fault = self.fault.max(Some(fault)),
            }
        }
        all
    }
}

/// What a page's blocks have become.
#[derive(Default)]
pub struct Elements {
    /// Elements.
    pub made: Vec<(Block, Element)>,
    /// The lines of the fences of those that stay as they are.
    pub left_alone: Vec<usize>,
}

/// Lines in place of a block: behind what stood before its own, and parted from what follows, for
/// HTML in Markdown goes on to the next blank line.
fn placed(block: &Block, html: &[String], page: &[&str]) -> String {
    let end = if page[block.lines.start].ends_with("\r\n") { "\r\n" } else { "\n" };
    let mut out = String::new();
    for (place, line) in html.iter().enumerate() {
        let before = if place == 0 { &block.before } else { &block.beside };
        out += &format!("{before}{line}{end}");
    }
    let goes_on = page.get(block.lines.end).is_some_and(|next| !next.trim().is_empty());
    if goes_on {
        out += &format!("{}{end}", block.beside.trim_end());
    }
    out
}
