//! Runs Raft scenarios and checks histories from the command line, without a browser.

mod bundled;
mod embed;
mod find;
mod futures;
mod html;
mod linearizability;
mod moment;
mod pages;
mod png;
mod replay;
mod report;
mod still;
mod sweep;
mod trace;

use anyhow::{Context, ensure};
use clap::{Args, CommandFactory, Parser, Subcommand};
use raft_sim::{ScriptState, Session};
use raft_view::poster::{Poster, Theme};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use still::Kind;

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
    /// The file (.jsonl or .jsonl.gz) has one sequence a line: {seed, theme, steps: [{path, req,
    /// raw, as, kind, status, resp}], final_rev, compact, watch}, each of which begins with a fresh
    /// member; `theme`, `raw`, `as` and `kind` may be missing. Prints each sequence's first
    /// difference and counts by kind. Exit code 0: every reply and every watch event was equal. 1:
    /// one was not. 2: the file is wrong or cannot be read.
    EtcdReplay {
        /// The recording.
        file: PathBuf,
        /// The version whose answers are compared, `3.4` or `3.5`; otherwise the one that the
        /// recording's first line names.
        #[arg(long, value_name = "VERSION", value_parser = version)]
        etcd: Option<etcd_kv::Version>,
        /// A list of kinds that may differ: lines `RELEASE KIND: REASON`, where the release is the
        /// one that the recording's first line names.
        #[arg(long, value_name = "LIST")]
        except: Option<PathBuf>,
    },
    /// Carries out the scenarios and lessons in pages: every block fenced as `raft`.
    ///
    /// Finds fences in Markdown, also within MkDocs' tabs and admonitions, lists and quotes,
    /// written `raft`, `{.raft}` or `{raft}`; in reStructuredText `.. raft::` and `..
    /// code-block:: raft`. One that says `ignore` is left alone. Prints a line for each block,
    /// and what failed with its line in the page. Exit code 0: every claim held. 1: one did not.
    /// 2: a text is wrong, or a page cannot be read, or has no block though `--require` asks for
    /// one.
    Check {
        /// The pages, or folders of them (.md, .mdx, .markdown, .rst).
        #[arg(required = true)]
        pages: Vec<PathBuf>,
        /// Asks each page or folder named for at least one block.
        #[arg(long)]
        require: bool,
        /// In which form it is told.
        #[arg(long, value_enum, default_value = "people")]
        format: pages::Format,
    },
    /// Draws a run at one moment: one SVG file, which says in words what it shows.
    ///
    /// Without a moment it is where a saved run's text says that one was, or else the most telling
    /// one: the first violation, or the middle one of what is said. Exit code 1: the claim never
    /// holds. 2: something is wrong or cannot be read.
    Picture(Picture),
    /// Runs the futures of a moment, which differ in chance alone, and counts how they end.
    ///
    /// The question is a claim or a wait of the scenario language (`leaders 2`, `committed 5 on
    /// all`), with `not` before it where the opposite is asked; `who leads next`, `who leads`, or
    /// `entry 3 of term 2`. Behind it `within 1s` (2 s without), or `at 900ms`. Each future is the
    /// run's text with `reseed NUMBER` at that moment, and what the text does later is done in it
    /// as well. Exit code 2: something is wrong or cannot be read.
    Futures(futures::Futures),
    /// Finds a run in which a claim comes to hold, and prints the shortest scenario of it.
    ///
    /// Random schedules of the faults that are allowed, guided by states that were not seen before.
    /// What is found is shrunk: fewer actions, fewer servers, rounder times, no chance that is not
    /// needed. Exit code 0: found. 1: there is none in so many runs, of so many distinct states. 2:
    /// something is wrong or cannot be read.
    Find(find::Find),
    /// Runs a text many times with other settings and prints what was measured.
    ///
    /// What is varied (`vary`), how often each case runs (`runs`) and what is measured (`measure`)
    /// stand in the text, or in the options. Runs of different cases with the same number have the
    /// same seed. It uses every core, comes to the same on any number of them, and goes on where it
    /// was interrupted, with `--journal`.
    Sweep(sweep::Sweep),
    /// Prints a link to a run: the page's address with the whole run in it.
    Link {
        /// The scenario text, `-` for standard input, or the name of anything bundled.
        file: PathBuf,
        /// The moment that the link opens at, such as `204ms`; otherwise the run's beginning.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// The page's address; without it the link is only what follows that, from `#` on.
        #[arg(long, value_name = "URL")]
        base: Option<String>,
    },
    /// Puts playgrounds into pages of Markdown, in place of blocks fenced as `raft`.
    ///
    /// Each becomes a `raft-playground` element with the block's text, and a still that is there
    /// until somebody plays. What stands behind `raft` becomes its attributes: scenario, lesson,
    /// step, src, link, view, at, until, play, speed, theme, theme-switch, lang, pace, keys, label,
    /// caption, controls, base, height, as in `raft at=204ms view="stage logs"`. Where anything is
    /// wrong nothing is written.
    /// Exit code 1: a claim or a wait did not hold. 2: something else is wrong.
    Embed(embed::Embed),
    /// Turns the text of one block, on standard input, into a playground as HTML.
    ///
    /// For plugins of tools that make pages: it carries the block out, and prints its element with
    /// a still and what that shows in words. Exit code 1: a claim did not hold. 2: something else
    /// is wrong. Both are said by the page's line.
    Fence(embed::Fence),
    /// Puts playgrounds into mdBook's pages: its preprocessor, for `[preprocessor.raft]`.
    Mdbook(embed::Mdbook),
    /// Writes a run as one HTML file that needs no other: offline, and from the disk too.
    ///
    /// It shows a still, and comes to life when somebody presses Play; it makes no request. It
    /// holds the whole playground, which `--inline` names: 1.2 MB. Exit code 1: the
    /// claim never holds. 2: something is wrong or cannot be read.
    Html(html::Page),
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

#[derive(Args)]
struct Picture {
    /// The scenario text, `-` for standard input, or the name of anything bundled.
    file: PathBuf,
    /// The moment, after everything that happens up to then: `204ms`.
    #[arg(long, value_name = "TIME", conflicts_with = "until")]
    at: Option<String>,
    /// The moment at which a claim first holds: `"leader n3"`.
    #[arg(long, value_name = "CLAIM")]
    until: Option<String>,
    /// The log table below the servers.
    #[arg(long)]
    logs: bool,
    /// In dark colours; otherwise as the reader's system is set.
    #[arg(long, conflicts_with = "light")]
    dark: bool,
    /// In light colours.
    #[arg(long)]
    light: bool,
    /// How wide it is, in pixels, from 50 to 4000; otherwise 490.
    #[arg(long, value_name = "NUMBER")]
    width: Option<u32>,
    /// As SVG, as it is anyway.
    #[arg(long, conflicts_with = "png")]
    svg: bool,
    /// As PNG, in light colours unless said otherwise; where it was built with the feature `png`.
    #[arg(long)]
    png: bool,
    /// The file to write; otherwise it is printed.
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Picture {
    fn draw(&self) -> anyhow::Result<ExitCode> {
        let theme = match (self.dark, self.light) {
            (true, _) => Theme::Dark,
            (false, true) => Theme::Light,
            // A picture of dots has one set of colours.
            (false, false) if self.png => Theme::Light,
            (false, false) => Theme::Reader,
        };
        let when = moment::When::of(self.at.as_deref(), self.until.as_deref())?;
        let how = Poster { theme, logs: self.logs, width: self.width };
        let kind = if self.png { Kind::Png } else { Kind::Svg };
        still::draw(&self.file, &when, how, kind, self.out.as_deref())?;
        Ok(ExitCode::SUCCESS)
    }
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
        Action::EtcdReplay { file, etcd, except } => {
            (file, etcd_replay(file, *etcd, except.as_deref()))
        }
        Action::Picture(picture) => (&picture.file, picture.draw()),
        Action::Find(find) => (&find.file, find.print()),
        Action::Sweep(sweep) => (&sweep.file, sweep.print()),
        Action::Futures(futures) => (&futures.file, futures.print()),
        Action::Html(page) => (&page.file, page.write().map(|()| ExitCode::SUCCESS)),
        Action::Link { file, at, base } => {
            let printed = still::link(file, at.as_deref(), base.as_deref());
            (file, printed.map(|()| ExitCode::SUCCESS))
        }
        Action::Embed(embed) => return embedded(embed.run()),
        Action::Fence(fence) => return embedded(fence.run()),
        Action::Mdbook(mdbook) => return embedded(mdbook.run()),
        Action::Check { pages, require, format } => return check(pages, *require, *format),
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
            ExitCode::from(if error.is::<moment::NeverSo>() { NOT_HELD } else { WRONG_TEXT })
        }
    }
}

/// Tells what came of elements: their faults have been said by then.
fn embedded(result: anyhow::Result<Option<embed::Fault>>) -> ExitCode {
    match result {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some(embed::Fault::NotHeld)) => ExitCode::from(NOT_HELD),
        Ok(Some(embed::Fault::Wrong)) => ExitCode::from(WRONG_TEXT),
        Err(error) => {
            eprintln!("raft-playground: {error:#}");
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
    let held = raft_report::held(&session);
    if json {
        println!("{}", raft_report::object(&session)?);
    } else {
        report::print(&session);
    }
    Ok(if held { ExitCode::SUCCESS } else { ExitCode::from(NOT_HELD) })
}

fn check(named: &[PathBuf], require: bool, format: pages::Format) -> ExitCode {
    let mut told = pages::Told::new(format);
    for path in named {
        match check_all(path, &mut told) {
            Err(error) => told.missing(path, &format!("{error:#}")),
            Ok(0) if require => {
                told.missing(
                    path,
                    "expected at least one block that is fenced as `raft`, found none",
                );
            }
            Ok(0) => told.nothing(path),
            Ok(_) => {}
        }
    }
    match told.end() {
        Err(_) => ExitCode::from(WRONG_TEXT),
        Ok(()) if told.wrong + told.missing > 0 => ExitCode::from(WRONG_TEXT),
        Ok(()) if told.not_held > 0 => ExitCode::from(NOT_HELD),
        Ok(()) => ExitCode::SUCCESS,
    }
}

/// Carries out every block of a page, or of a folder's pages. How many there were.
fn check_all(path: &Path, told: &mut pages::Told) -> anyhow::Result<usize> {
    let mut blocks = 0;
    for page in pages::pages(path)? {
        match read(&page).and_then(|bytes| Ok(String::from_utf8(bytes)?)) {
            Ok(text) => blocks += pages::check(&page, &text, told),
            Err(error) if page == path => return Err(error),
            // The others are worth reading all the same.
            Err(error) => told.missing(&page, &format!("{error:#}")),
        }
    }
    Ok(blocks)
}

fn version(name: &str) -> Result<etcd_kv::Version, String> {
    etcd_kv::Version::of_name(name).ok_or_else(|| "expected 3.4 or 3.5".into())
}

fn etcd_replay(
    file: &Path,
    version: Option<etcd_kv::Version>,
    except: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    let known = except.map(replay::Known::read).transpose()?.unwrap_or_default();
    let outcome = replay::replay(file, version, known)?;
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
