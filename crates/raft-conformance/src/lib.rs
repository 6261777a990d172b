//! Runs the core against the scripted tests of etcd's raft library, whose format `datafile` reads:
//! majorities (`quorum`), changes of membership (`confchange`), and whole clusters (`interaction`).
//!
//! Ticks and `Ready` are etcd's way to drive a server. They live here, on top of the core's inputs
//! and outputs, and nowhere else.

pub mod confchange;
pub mod datafile;
pub mod interaction;
pub mod quorum;

use datafile::Case;

/// What came of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// How many commands it holds.
    pub cases: usize,
    /// The first one that printed something else than expected.
    pub difference: Option<Difference>,
}

/// A command that printed something else than expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The line of the command.
    pub line: usize,
    /// The command.
    pub command: String,
    /// What it should print, log lines left out.
    pub expected: String,
    /// What it printed.
    pub found: String,
}

enum Machine {
    Quorum,
    ConfChange(confchange::ConfChange),
    Interaction(Box<interaction::Cluster>),
}

impl Machine {
    /// The commands tell which kind of file it is.
    fn for_command(command: &str) -> Machine {
        match command {
            "committed" | "vote" => Machine::Quorum,
            "simple" | "enter-joint" | "leave-joint" => Machine::ConfChange(Default::default()),
            _ => Machine::Interaction(Default::default()),
        }
    }

    fn run(&mut self, case: &Case) -> Result<String, String> {
        match self {
            Machine::Quorum => quorum::run(case),
            Machine::ConfChange(machine) => machine.run(case),
            Machine::Interaction(cluster) => cluster.run(case),
        }
    }
}

/// Carries out a file from its beginning, to its end or to the first difference.
///
/// # Errors
/// Where the text is not such a file.
pub fn run(text: &str) -> Result<Report, String> {
    let cases = datafile::parse(text)?;
    let mut report = Report { cases: cases.len(), difference: None };
    let Some(first) = cases.first() else { return Ok(report) };
    let mut machine = Machine::for_command(&first.command);
    for case in &cases {
        let found = machine.run(case).unwrap_or_else(|error| error);
        let (expected, found) = (without_log(&case.expected), without_log(&found));
        if expected != found {
            let (line, command) = (case.line, case.command.clone());
            report.difference = Some(Difference { line, command, expected, found });
            break;
        }
    }
    Ok(report)
}

/// The words of etcd's log are its own: its lines are left out. What then is empty counts as `ok`.
fn without_log(text: &str) -> String {
    let is_log = |line: &str| {
        let level = line.trim_start().split(' ').next().unwrap_or_default();
        matches!(level, "DEBUG" | "INFO" | "WARN" | "ERROR" | "FATAL")
    };
    let lines: Vec<&str> =
        text.lines().filter(|line| !is_log(line)).map(|line| line.trim_end()).collect();
    let kept = lines.join("\n").trim_end().to_string();
    if kept.is_empty() { "ok".into() } else { kept }
}
