//! What a sweep has done so far, in a file, so that it can be interrupted at any time.
//!
//! The first line says which sweep it is, each other line is a piece of it. A line that was cut off
//! is done again.

use super::Piece;
use anyhow::{Context, anyhow, bail, ensure};
use raft_runs::sweep::{Options, Plan, Reading, Trial};
use raft_sim::ENGINE_VERSION;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, ErrorKind, Seek, SeekFrom, Write};
use std::path::Path;

/// Which sweep a journal is of.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    engine: u32,
    text: String,
    vary: Vec<String>,
    runs: Option<u32>,
    measure: Vec<String>,
    within: Option<String>,
}

/// A piece that is done: of each run its readings, and whether what was waited for came; or why it
/// could not be measured.
#[derive(Serialize, Deserialize)]
struct Done {
    piece: Piece,
    trials: Vec<Result<Vec<(u64, bool)>, String>>,
}

/// The file; without one nothing is kept.
#[derive(Default)]
pub struct Journal {
    file: Option<File>,
    known: BTreeMap<Piece, Vec<Trial>>,
}

impl Journal {
    /// Begins it, or goes on with it.
    ///
    /// # Errors
    /// Where the file is of another sweep, or of none.
    pub fn open(
        path: &Path,
        text: &str,
        options: &Options,
        plan: &Plan,
    ) -> anyhow::Result<Journal> {
        let Options { vary, runs, measure, within } = options.clone();
        let head =
            Head { engine: ENGINE_VERSION, text: text.to_string(), vary, runs, measure, within };
        let at = || format!("--journal {}", path.display());
        let read = match File::open(path) {
            Ok(file) => Some(file),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error).with_context(at),
        };
        let (known, end) = match read {
            Some(file) => known(BufReader::new(file), &head, plan).with_context(at)?,
            None => (BTreeMap::new(), 0),
        };
        let mut options = OpenOptions::new();
        let mut file =
            options.create(true).truncate(false).write(true).open(path).with_context(at)?;
        file.set_len(end).with_context(at)?;
        file.seek(SeekFrom::End(0)).with_context(at)?;
        if end == 0 {
            writeln!(file, "{}", serde_json::to_string(&head)?).with_context(at)?;
        }
        Ok(Journal { file: Some(file), known })
    }

    /// The pieces that are not done yet.
    pub fn left(&self, all: &[Piece]) -> Vec<Piece> {
        all.iter().filter(|piece| !self.known.contains_key(piece)).copied().collect()
    }

    /// What is done.
    pub fn take_known(&mut self) -> Vec<(Piece, Vec<Trial>)> {
        std::mem::take(&mut self.known).into_iter().collect()
    }

    /// Keeps a piece that has just been done.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn keep(&mut self, piece: Piece, trials: &[Trial]) -> anyhow::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let told = |trial: &Trial| match trial {
            Trial::Measured(readings) => {
                Ok(readings.iter().map(|it| (it.value, it.found)).collect())
            }
            Trial::Failed(why) => Err(why.clone()),
        };
        let done = Done { piece, trials: trials.iter().map(told).collect() };
        let mut line = serde_json::to_string(&done)?;
        line.push('\n');
        file.write_all(line.as_bytes()).context("the journal")
    }
}

/// What is done by a journal, and how many of its bytes are whole lines.
fn known(
    mut lines: impl BufRead,
    head: &Head,
    plan: &Plan,
) -> anyhow::Result<(BTreeMap<Piece, Vec<Trial>>, u64)> {
    let mut known = BTreeMap::new();
    let mut end = 0;
    let mut line = String::new();
    for number in 1.. {
        line.clear();
        let length = lines.read_line(&mut line)?;
        if length == 0 || !line.ends_with('\n') {
            ensure!(number > 1 || length == 0, "expected a sweep's journal, found another file");
            break;
        }
        if number == 1 {
            is_same(&line, head)?;
        } else {
            let done: Done = serde_json::from_str(&line)
                .map_err(|error| anyhow!("line {number}: expected a piece of a sweep: {error}"))?;
            let Done { piece, trials } = done;
            let case = plan.cases.get(piece.case);
            let fits = case.is_some_and(|case| piece.first + piece.count <= case.runs)
                && trials.len() == piece.count as usize;
            ensure!(fits, "line {number}: expected a piece of this sweep, found another");
            let trial = |told: Result<Vec<(u64, bool)>, String>| match told {
                Ok(readings) => Trial::Measured(
                    readings.into_iter().map(|(value, found)| Reading { value, found }).collect(),
                ),
                Err(why) => Trial::Failed(why),
            };
            known.insert(piece, trials.into_iter().map(trial).collect());
        }
        end += length as u64;
    }
    Ok((known, end))
}

fn is_same(line: &str, head: &Head) -> anyhow::Result<()> {
    let Ok(begun) = serde_json::from_str::<Head>(line) else {
        bail!("expected a sweep's journal, found another file");
    };
    let what = if begun.engine != head.engine {
        "version of the engine"
    } else if begun.text != head.text {
        "text"
    } else if begun != *head {
        "options"
    } else {
        return Ok(());
    };
    bail!("expected the {what} that this journal was begun with, found another; nothing was lost")
}
