//! What became of blocks, for people, for GitHub's annotations and for programs.

use clap::ValueEnum;
use serde::Serialize;
use std::path::Path;

/// In which form it is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A line for each block, and what failed with its line.
    #[default]
    People,
    /// The same, with what failed as annotations of GitHub's actions.
    Github,
    /// One JSON array of {file, line, ok, text}: an object for each block that held, and one for
    /// each thing that failed.
    Json,
}

#[derive(Serialize)]
struct Row {
    file: String,
    line: usize,
    ok: bool,
    text: String,
}

/// Tells what became of each block, and counts.
#[derive(Default)]
pub struct Told {
    format: Format,
    rows: Vec<Row>,
    /// How many held.
    pub held: usize,
    /// In how many a claim or a wait did not hold.
    pub not_held: usize,
    /// How many texts are wrong.
    pub wrong: usize,
    /// How many pages could not be read, or have nothing though something was asked for.
    pub missing: usize,
}

impl Told {
    /// Nothing yet.
    pub fn new(format: Format) -> Told {
        Told { format, ..Told::default() }
    }

    /// A block whose every claim held.
    pub fn held(&mut self, path: &Path, line: usize, title: &str) {
        self.held += 1;
        self.fine(path, line, &format!("ok: {title}"), "");
    }

    /// A block that is left alone.
    pub fn skipped(&mut self, path: &Path, line: usize, why: &str) {
        let said = format!("skipped: {why}");
        self.fine(path, line, &said, &said);
    }

    /// A block of which this failed, by lines.
    pub fn failed(&mut self, path: &Path, line: usize, title: &str, failed: &[(usize, String)]) {
        self.not_held += 1;
        if self.format != Format::Json {
            println!("{}:{line}: failed: {title}", path.display());
        }
        failed.iter().for_each(|(line, text)| self.fault(path, *line, text));
    }

    /// A block whose text is wrong.
    pub fn wrong(&mut self, path: &Path, line: usize, text: &str) {
        self.wrong += 1;
        self.fault(path, line, text);
    }

    /// A page that cannot be read, or has nothing though something was asked for.
    pub fn missing(&mut self, path: &Path, why: &str) {
        self.missing += 1;
        eprintln!("raft-playground: {}: {why}", path.display());
        if self.format != Format::People {
            self.fault(path, 1, why);
        }
    }

    /// A page that has no block to carry out.
    pub fn nothing(&mut self, path: &Path) {
        if self.format != Format::Json {
            println!("{}: no blocks", path.display());
        }
    }

    /// The counts, or everything for programs.
    ///
    /// # Errors
    /// None that can happen to these values.
    pub fn end(&self) -> serde_json::Result<()> {
        let blocks = self.held + self.not_held + self.wrong;
        match self.format {
            Format::Json => println!("{}", serde_json::to_string(&self.rows)?),
            Format::People | Format::Github if blocks == 0 => println!("no blocks"),
            Format::People | Format::Github => println!("{} of {blocks} held.", self.held),
        }
        Ok(())
    }

    fn fine(&mut self, path: &Path, line: usize, said: &str, text: &str) {
        match self.format {
            Format::Json => self.row(path, line, true, text),
            Format::People | Format::Github => println!("{}:{line}: {said}", path.display()),
        }
    }

    fn fault(&mut self, path: &Path, line: usize, text: &str) {
        match self.format {
            Format::Json => self.row(path, line, false, text),
            Format::People => println!("{}:{line}: {text}", path.display()),
            Format::Github => println!(
                "::error file={},line={line}::{}",
                escaped(&path.display().to_string()).replace(':', "%3A").replace(',', "%2C"),
                escaped(text)
            ),
        }
    }

    fn row(&mut self, path: &Path, line: usize, ok: bool, text: &str) {
        let file = path.display().to_string();
        self.rows.push(Row { file, line, ok, text: text.into() });
    }
}

/// As a command of GitHub's actions takes a text.
fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
