//! A still of a run, and a link to one.

use crate::moment::{self, When};
use crate::png;
use anyhow::{Context, bail, ensure};
use raft_sim::run::MAX_LINK;
use raft_view::poster::{Poster, poster};
use std::io::Write;
use std::path::Path;

/// The widths that a picture may be asked for, in pixels.
const WIDTHS: std::ops::RangeInclusive<u32> = 50..=4_000;

/// What kind of file a still is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Sharp at any size, with words for whoever does not see it.
    Svg,
    /// For what takes no SVG.
    Png,
}

/// Writes a still to a file, or prints it.
pub fn draw(
    file: &Path,
    when: &When,
    how: Poster,
    kind: Kind,
    out: Option<&Path>,
) -> anyhow::Result<()> {
    if let Some(width) = how.width {
        let (least, most) = WIDTHS.into_inner();
        ensure!(WIDTHS.contains(&width), "expected a width from {least} to {most}, found {width}");
    }
    let svg = poster(&moment::session(&moment::text(file)?, when)?, how);
    let bytes = match kind {
        Kind::Svg => svg.into_bytes(),
        Kind::Png => png::drawn(&svg)?,
    };
    match out {
        None => std::io::stdout().write_all(&bytes).context("the picture cannot be printed"),
        Some(path) => {
            let written = std::fs::write(path, bytes);
            written.with_context(|| format!("{} cannot be written", path.display()))
        }
    }
}

/// Prints the link to a run: at a moment, or at its beginning.
pub fn link(file: &Path, at: Option<&str>, base: Option<&str>) -> anyhow::Result<()> {
    let time = at.map_or(Ok(0), moment::time)?;
    let base = base.unwrap_or("");
    if base.contains(['#', ' ', '\n', '"', '<', '>']) {
        bail!("--base: expected an address without a fragment, found `{base}`");
    }
    let session = moment::session(&moment::text(file)?, &When::At(time))?;
    if let Some(difference) = session.difference() {
        bail!("this run does not repeat itself: it takes a different course {difference}");
    }
    let link = format!("{base}#{}", session.link());
    ensure!(
        link.len() <= MAX_LINK,
        "expected a run of at most {MAX_LINK} characters as a link, found {}: a file holds all of \
         it",
        link.len()
    );
    println!("{link}");
    Ok(())
}
