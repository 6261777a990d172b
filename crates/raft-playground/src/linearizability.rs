//! The verdict over a file of what clients saw, for people and for programs.

use raft_check::history::{Finding, MAX_FILE_CONFIGURATIONS, Shown, ShownOperation, parse};
use raft_check::linear::Verdict;
use serde::Serialize;
use std::process::ExitCode;

/// There is no order.
const NOT_LINEARIZABLE: u8 = 1;
/// The search was given up.
const UNDECIDED: u8 = 3;

/// Prints the verdict over a file that holds these bytes.
pub fn check(bytes: &[u8], json: bool) -> anyhow::Result<ExitCode> {
    let finding = parse(bytes)?.check(MAX_FILE_CONFIGURATIONS);
    if json {
        println!("{}", serde_json::to_string(&Report::from(&finding))?);
    } else {
        print(&finding);
    }
    Ok(match finding.verdict {
        Verdict::Linearizable => ExitCode::SUCCESS,
        Verdict::NotLinearizable => ExitCode::from(NOT_LINEARIZABLE),
        Verdict::Undecided => ExitCode::from(UNDECIDED),
    })
}

fn print(finding: &Finding) {
    match finding.verdict {
        Verdict::Linearizable => println!("linearizable"),
        Verdict::NotLinearizable => println!("not linearizable"),
        Verdict::Undecided => {
            println!("undecided");
            println!("given up after {MAX_FILE_CONFIGURATIONS} configurations");
        }
    }
    let Some(shown) = &finding.shown else { return };
    let key = shown.key.as_ref().map_or_else(String::new, |key| format!("key {key:?}: "));
    let (until, held) = (shown.breaks_at, shown.starts.join(" or "));
    println!("{key}an order exists up to line {until}; none fits these, which began with {held}:");
    for (place, operation) in shown.operations.iter().enumerate() {
        println!("{}", line(operation, shown.order.contains(&place)));
    }
}

fn line(operation: &ShownOperation, has_place: bool) -> String {
    let ShownOperation { client, called, returned, asked, answered } = operation;
    let lines = match returned {
        Some(returned) => format!("lines {called}-{returned}"),
        None => format!("line {called}-"),
    };
    let answered = answered.as_deref().unwrap_or("no answer");
    let note = if has_place { "" } else { "  (has no place)" };
    format!("  {lines}  client {client}  {asked} -> {answered}{note}")
}

#[derive(Serialize)]
struct Report<'f> {
    verdict: &'static str,
    operations: usize,
    key: Option<&'f str>,
    /// The line up to which there is an order.
    breaks_at: Option<u64>,
    starts: &'f [String],
    offending: Vec<Offending<'f>>,
}

#[derive(Serialize)]
struct Offending<'f> {
    client: u64,
    call_line: u64,
    return_line: Option<u64>,
    asked: &'f str,
    answered: Option<&'f str>,
    /// Its place, from 0, in the longest order that some of them fit; null where it has none.
    order: Option<usize>,
}

impl<'f> From<&'f Finding> for Report<'f> {
    fn from(finding: &'f Finding) -> Report<'f> {
        let shown = finding.shown.as_ref();
        Report {
            verdict: match finding.verdict {
                Verdict::Linearizable => "linearizable",
                Verdict::NotLinearizable => "not-linearizable",
                Verdict::Undecided => "undecided",
            },
            operations: finding.operations,
            key: shown.and_then(|shown| shown.key.as_deref()),
            breaks_at: shown.map(|shown| shown.breaks_at),
            starts: shown.map_or(&[], |shown| &shown.starts),
            offending: shown.map_or_else(Vec::new, offending),
        }
    }
}

fn offending(shown: &Shown) -> Vec<Offending<'_>> {
    let with_place = shown.operations.iter().enumerate();
    with_place
        .map(|(place, operation)| Offending {
            client: operation.client,
            call_line: operation.called,
            return_line: operation.returned,
            asked: &operation.asked,
            answered: operation.answered.as_deref(),
            order: shown.order.iter().position(|at| *at == place),
        })
        .collect()
}
