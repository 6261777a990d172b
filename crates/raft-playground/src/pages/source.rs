//! Which scenario a block shows: its own text, or one that its fence names.

use super::Block;
use crate::moment;
use anyhow::{Context, anyhow, bail, ensure};
use std::path::Path;

/// What names a scenario.
const SOURCES: [&str; 4] = ["scenario", "lesson", "src", "link"];

impl Block {
    /// The line of its fence, from 1.
    pub fn fence(&self) -> usize {
        self.lines.start + 1
    }

    /// Where in the page a line of the scenario stands: at the fence, where that only names it.
    pub fn line_of(&self, line: u32) -> usize {
        let is_own = !self.text.trim().is_empty();
        if is_own { self.line + (line as usize).saturating_sub(1) } else { self.fence() }
    }

    /// The same, where what the fence says goes with it.
    ///
    /// # Errors
    /// Those, and what does not go with it.
    pub fn fitting_source(&self, folder: &Path) -> anyhow::Result<Option<String>> {
        let source = self.source(folder)?;
        source.as_deref().map_or(Ok(()), |text| self.fits(text))?;
        Ok(source)
    }

    /// The block's own text, or that of what is bundled under a name, or of a file beside the page,
    /// which lies in this folder. `None` where it is on another site.
    ///
    /// # Errors
    /// Where there is none of them, or there are several.
    pub fn source(&self, folder: &Path) -> anyhow::Result<Option<String>> {
        let sources = self.info.words.iter().filter_map(|(name, value)| {
            let is_source = SOURCES.contains(&name.as_str());
            Some((name.as_str(), value.as_deref()?)).filter(|_| is_source)
        });
        let sources: Vec<(&str, &str)> = sources.collect();
        let has_text = !self.text.trim().is_empty();
        match (&sources[..], has_text) {
            ([], true) => Ok(Some(self.text.clone())),
            ([], false) => {
                bail!("expected scenario text, or scenario=, lesson= or src=, found nothing")
            }
            ([(name, _)], true) => bail!("expected scenario text or {name}=, found both"),
            ([("src", address)], false) => beside(folder, address),
            ([("link", link)], false) => {
                let read = raft_sim::run::read_link(link.trim_start_matches('#'));
                Ok(Some(read.map_err(|error| anyhow!("link: {error}"))?.text))
            }
            ([(kind, name)], false) => {
                let text = raft_gallery::text(name, *kind == "lesson").ok_or_else(|| {
                    anyhow!("expected a name that `raft-playground list` prints, found `{name}`")
                })?;
                Ok(Some(text.into()))
            }
            ([(one, _), (other, _), ..], _) => bail!("expected {one}= or {other}=, found both"),
        }
    }
}

/// A scenario's file, where its address leads beside the page.
fn beside(folder: &Path, address: &str) -> anyhow::Result<Option<String>> {
    if address.contains(':') || address.starts_with('/') {
        return Ok(None);
    }
    // Never what is bundled, or standard input: a reader's browser has neither.
    let path = Path::new(".").join(folder).join(address);
    ensure!(path.is_file(), "src={address}: expected a file beside the page, found none");
    Ok(Some(moment::text(&path).with_context(|| format!("src={address}"))?))
}
