//! Runs Raft scenarios and checks histories from the command line, without a browser.

mod bundled;
mod json;
mod linearizability;
mod pages;
mod replay;
mod report;
mod trace;

use anyhow::{Context, ensure};
use clap::{CommandFactory, Parser, Subcommand};
use raft_sim::{ScriptState, Session};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A Raft cluster you can watch, break and check.
#[derive(Parser)]
#[command(name = "raft-playground", version, about, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Carries out a scenario and checks its claims.
    ///
    /// Exit code 0: every `expect` and every wait held. 1: one did not, or an action could not be
    /// done at that moment. 2: the text is wrong, asks for more than the bounds, or cannot be read.
    Run {
        /// The scenario text; `-` for standard input.
        file: PathBuf,
        /// Prints one JSON object with the end state, the replies and what became of each claim.
        #[arg(long)]
        json: bool,
        /// Prints every event, one line each, to standard error: sentences, or with `=json`
        /// objects.
        #[arg(
            long,
            value_enum,
            value_name = "FORM",
            num_args = 0..=1,
            require_equals = true,
            default_missing_value = "text"
        )]
        trace: Option<trace::Form>,
    },
    /// Replays requests recorded from a real etcd's JSON gateway, and compares every reply.
    ///
    /// The file (.jsonl or .jsonl.gz) has one sequence a line: {seed, steps: [{path, req, status,
    /// resp}], final_rev, compact, watch}, each of which begins with a fresh member. Prints each
    /// sequence's first difference and counts by kind. Exit code 0: every reply and every watch
    /// event was equal. 1: one was not. 2: the file is wrong or cannot be read.
    EtcdReplay {
        /// The recording.
        file: PathBuf,
    },
    /// Carries out the scenarios and lessons in Markdown pages: every block fenced as `raft`.
    ///
    /// Prints a line for each block, and what failed with its line in the page. Exit code 0: every
    /// claim held. 1: one did not. 2: a text is wrong, or a page cannot be read.
    Check {
        /// The pages.
        #[arg(required = true)]
        pages: Vec<PathBuf>,
    },
    /// Names everything that comes with the playground: kind, name and title.
    List {
        /// Prints one JSON array of {kind, name, title, about, watch}.
        #[arg(long)]
        json: bool,
    },
    /// Tells whether what clients saw could have come from one copy of the data.
    ///
    /// Reads Jepsen's logs of one register (read, write, cas) and histories of keys with get, put
    /// and append as Porcupine has them; which it is, it sees. Where the history is not
    /// linearizable, it prints the few operations that no order fits, with their lines.
    ///
    /// Exit code 0: linearizable. 1: not linearizable. 2: the file is wrong or cannot be read. 3:
    /// undecided, for the search was given up at its bound.
    Linearizability {
        /// The history; `-` for standard input.
        file: PathBuf,
        /// Prints one JSON object with the verdict, the key and the operations that no order fits.
        #[arg(long)]
        json: bool,
    },
    /// Lists what can be written in scenario text, or tells about one of these commands.
    Help {
        /// `actions`: every action and every setting. Otherwise one of these commands.
        subject: Option<String>,
    },
}

/// The most bytes of a file that is read whole.
const MAX_BYTES: u64 = 1 << 28;
/// The text is wrong or cannot be read.
const WRONG_TEXT: u8 = 2;
/// A claim did not hold.
const NOT_HELD: u8 = 1;

fn main() -> ExitCode {
    // Whoever pipes the output into `head` stops reading: that ends the program, and is not a
    // fault.
    sigpipe::reset();
    let Arguments { command } = Arguments::parse();
    let (file, result) = match &command {
        Action::Run { file, json, trace } => (file, run(file, *json, *trace)),
        Action::Linearizability { file, json } => {
            (file, read(file).and_then(|bytes| linearizability::check(&bytes, *json)))
        }
        Action::EtcdReplay { file } => (file, etcd_replay(file)),
        Action::Check { pages } => return check(pages),
        Action::Help { subject } => return help(subject.as_deref()),
        Action::List { json } => {
            if *json {
                bundled::print_json();
            } else {
                bundled::print();
            }
            return ExitCode::SUCCESS;
        }
    };
    match result {
        Ok(code) => code,
        Err(error) => {
            eprintln!("raft-playground: {}: {error:#}", file.display());
            ExitCode::from(WRONG_TEXT)
        }
    }
}

fn help(subject: Option<&str>) -> ExitCode {
    let mut all = Arguments::command();
    all.build();
    let text = match subject {
        None => all.render_long_help().to_string(),
        Some("actions") => format!(
            "Settings, each at most once before the first action, and what they are unless set:\n\n\
             {}\nActions; a line may begin with its time, `@1500ms crash n2`:\n\n{}",
            raft_sim::help::settings(),
            raft_sim::help::actions()
        ),
        Some(name) => match all.find_subcommand_mut(name) {
            Some(command) => command.render_long_help().to_string(),
            None => {
                eprintln!("raft-playground: expected `actions` or a command, found `{name}`");
                return ExitCode::from(WRONG_TEXT);
            }
        },
    };
    print!("{text}");
    ExitCode::SUCCESS
}

fn run(file: &Path, json: bool, trace: Option<trace::Form>) -> anyhow::Result<ExitCode> {
    let text = String::from_utf8(read(file)?).context("expected UTF-8 text")?;
    let scenario = raft_view::tab::read(&text)?;
    let mut session = Session::open(scenario);
    carry_out(&mut session, trace)?;
    let held = report::held(&session);
    if json {
        println!("{}", json::object(&session)?);
    } else {
        report::print(&session);
    }
    Ok(if held { ExitCode::SUCCESS } else { ExitCode::from(NOT_HELD) })
}

fn check(pages: &[PathBuf]) -> ExitCode {
    let mut outcome = pages::Outcome::default();
    for path in pages {
        let page = read(path).and_then(|bytes| Ok(String::from_utf8(bytes)?));
        match page {
            Ok(page) => outcome += pages::check(path, &page),
            Err(error) => {
                eprintln!("raft-playground: {}: {error:#}", path.display());
                outcome.wrong += 1;
            }
        }
    }
    println!(
        "{} of {} held.",
        outcome.blocks - outcome.not_held - outcome.wrong.min(outcome.blocks),
        outcome.blocks
    );
    match outcome {
        pages::Outcome { wrong: 1.., .. } => ExitCode::from(WRONG_TEXT),
        pages::Outcome { not_held: 1.., .. } => ExitCode::from(NOT_HELD),
        pages::Outcome { .. } => ExitCode::SUCCESS,
    }
}

fn etcd_replay(file: &Path) -> anyhow::Result<ExitCode> {
    let outcome = replay::replay(file)?;
    outcome.print();
    Ok(if outcome.is_equal() { ExitCode::SUCCESS } else { ExitCode::from(NOT_HELD) })
}

/// The bytes of a file, or of standard input for `-`: a file may have no end.
fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let length = if file == Path::new("-") {
        std::io::stdin().take(MAX_BYTES + 1).read_to_end(&mut bytes)?
    } else {
        let opened = std::fs::File::open(file).context("cannot be read")?;
        opened.take(MAX_BYTES + 1).read_to_end(&mut bytes).context("cannot be read")?
    };
    ensure!(length as u64 <= MAX_BYTES, "expected at most {MAX_BYTES} bytes, found more");
    Ok(bytes)
}

/// Carries the scenario out to its end; with a trace, a line for each thing that happens.
fn carry_out(session: &mut Session, trace: Option<trace::Form>) -> serde_json::Result<()> {
    let Some(form) = trace else {
        while !session.finish_script(u64::MAX / 2) {}
        return Ok(());
    };
    let running =
        |session: &Session| session.script().is_some_and(|s| s.state() == ScriptState::Running);
    while running(session) {
        let before = session.happened();
        session.finish_script(1);
        trace::print(session, before, form)?;
    }
    Ok(())
}
