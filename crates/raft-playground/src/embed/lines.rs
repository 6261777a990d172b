//! Where a block stands in its page's file, for tools hand on a page without its first lines, or
//! one block alone.

use crate::pages::{Block, Found, blocks};
use std::path::{Path, PathBuf};

/// A page and the blocks that its file has.
pub struct Lines {
    page: Option<PathBuf>,
    blocks: Vec<Block>,
}

impl Lines {
    /// Of a page's file; of nothing, where it is not there or cannot be read.
    pub fn of(page: Option<&Path>) -> Lines {
        let text = page.and_then(|page| crate::read(page).ok());
        let text = text.and_then(|bytes| String::from_utf8(bytes).ok());
        let found = page.zip(text).map_or(Vec::new(), |(page, text)| blocks(page, &text));
        let blocks = found.into_iter().filter_map(|found| match found {
            Found::Block(block) => Some(block),
            Found::Skipped { .. } => None,
        });
        Lines { page: page.map(Path::to_path_buf), blocks: blocks.collect() }
    }

    /// How the lines of a block are to be told: by those of the file's block with the same text,
    /// the nearest of several, which is then taken.
    pub fn place(&mut self, block: &Block) -> Place {
        let same =
            self.blocks.iter().enumerate().filter(|(_, own)| is_same(&own.text, &block.text));
        let nearest = same.min_by_key(|(_, own)| own.line.abs_diff(block.line));
        let found = nearest.map(|(at, _)| at).map(|at| self.blocks.remove(at));
        Place {
            page: self.page.clone(),
            given: (block.fence(), block.line),
            own: found.map(|own| (own.fence(), own.line)),
        }
    }
}

/// Tools take other blanks off a text's lines and end.
fn is_same(one: &str, other: &str) -> bool {
    one.trim_end().lines().map(str::trim_end).eq(other.trim_end().lines().map(str::trim_end))
}

/// Where one block stands.
pub struct Place {
    page: Option<PathBuf>,
    /// The lines of its fence and of its text's beginning, as it was given.
    given: (usize, usize),
    /// The same in the page's file.
    own: Option<(usize, usize)>,
}

impl Place {
    /// The page's name and a line of the block as it was given, in the page's file where it is
    /// there.
    pub fn of(&self, line: usize) -> String {
        let line = match self.own {
            Some((fence, _)) if line == self.given.0 => fence,
            Some((_, text)) => text + line.saturating_sub(self.given.1),
            None => line,
        };
        let page = self.page.as_ref().map_or("block".into(), |page| page.display().to_string());
        format!("{page}:{line}")
    }
}
