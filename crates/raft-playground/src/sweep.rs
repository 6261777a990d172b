//! `sweep`: a text run many times with other settings, and measured; on all cores.

#![expect(clippy::disallowed_types, reason = "how long a person still waits is real time")]

mod journal;

use crate::moment;
use anyhow::anyhow;
use clap::Args;
use journal::Journal;
use raft_runs::sweep::{Options, Plan, Quantity, Sample, Summary, Trial, Unit};
use raft_view::statistics;
use rayon::prelude::*;
use serde::Serialize;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// The most runs that a case can have.
const MAX_RUNS: u64 = raft_sim::scenario::MAX_RUNS as u64;
/// How many runs are done at a time: few enough that all cores end together.
const PIECE: u32 = 16;

#[derive(Args)]
pub struct Sweep {
    /// The scenario text, `-` for standard input, or the name of anything bundled; its own `vary`,
    /// `runs` and `measure` lines say what is done.
    pub file: PathBuf,
    /// What is varied, in place of what the text varies, such as `heartbeat=50ms,100ms`; several
    /// settings change together as `heartbeat/election-timeout=50ms/150ms..300ms,100ms/1s..2s`.
    /// Each `--vary` is an axis.
    #[arg(long, value_name = "SETTING=VALUE,VALUE")]
    vary: Vec<String>,
    /// How many runs each case has, from 1 to 1000000; otherwise what the text says, or 100.
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..=MAX_RUNS))]
    runs: Option<u64>,
    /// What is measured from the end of the script on: `time until CLAIM`, `time without leader`,
    /// `elections`, `messages` or `kept entries`. Beside what the text measures.
    #[arg(long, value_name = "MEASURE")]
    measure: Vec<String>,
    /// For how long, where the measure does not say.
    #[arg(long, value_name = "TIME")]
    within: Option<String>,
    /// Keeps what is done in this file, and goes on from there where it is.
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Prints one line for each case and measure, parted by commas.
    #[arg(long, conflicts_with_all = ["json", "svg"])]
    csv: bool,
    /// Prints one JSON object, every reading in it.
    #[arg(long, conflicts_with = "svg")]
    json: bool,
    /// Prints a picture: curves, or a map where two things are varied.
    #[arg(long)]
    svg: bool,
    /// Says nothing of its progress.
    #[arg(long)]
    quiet: bool,
}

#[derive(Serialize)]
struct Report<'a> {
    title: Option<&'a str>,
    axes: Vec<String>,
    measures: Vec<Named<'a>>,
    cases: Vec<CaseReport<'a>>,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    unit: &'static str,
}

#[derive(Serialize)]
struct CaseReport<'a> {
    values: Vec<&'a str>,
    runs: u32,
    failed: usize,
    /// Of each measure.
    measured: Vec<Measured>,
}

#[derive(Serialize)]
struct Measured {
    found: u32,
    mean: Option<f64>,
    least: Option<f64>,
    median: Option<f64>,
    p90: Option<f64>,
    p99: Option<f64>,
    most: Option<f64>,
    /// What was found, ascending.
    readings: Vec<f64>,
}

impl Sweep {
    /// Runs it and prints what was measured.
    pub fn print(&self) -> anyhow::Result<ExitCode> {
        let text = moment::text(&self.file)?;
        let options = Options {
            vary: self.vary.clone(),
            runs: self.runs.and_then(|runs| u32::try_from(runs).ok()),
            measure: self.measure.clone(),
            within: self.within.clone(),
        };
        let plan = Plan::read(&text, &options).map_err(|error| anyhow!(error))?;
        let journal = match &self.journal {
            Some(path) => Journal::open(path, &text, &options, &plan)?,
            None => Journal::default(),
        };
        let trials = self.run(&plan, journal)?;
        let results = Results::of(&plan, &trials);
        if self.json {
            println!("{}", serde_json::to_string(&results.report())?);
        } else if self.csv {
            results.print_csv();
        } else if self.svg {
            println!("{}", statistics::svg(&plan, &results.samples));
        } else {
            results.print();
        }
        Ok(ExitCode::SUCCESS)
    }

    fn run(&self, plan: &Plan, mut journal: Journal) -> anyhow::Result<Vec<Vec<Trial>>> {
        let pieces = journal.left(&pieces(plan));
        let total: u64 = pieces.iter().map(|piece| u64::from(piece.count)).sum();
        let mut progress = Progress::new(self.quiet || total == 0, total);
        let mut before = journal.take_known();
        let kept = Mutex::new((&mut journal, &mut progress));
        let run = |piece: &Piece| -> anyhow::Result<(Piece, Vec<Trial>)> {
            let trials: Vec<Trial> = (piece.first..piece.first + piece.count)
                .map(|nth| plan.trial(piece.case, nth))
                .collect();
            let mut kept = kept.lock().map_err(|_| anyhow!("a thread has ended early"))?;
            let (journal, progress) = &mut *kept;
            journal.keep(*piece, &trials)?;
            progress.more(piece.count);
            Ok((*piece, trials))
        };
        let done: Vec<(Piece, Vec<Trial>)> =
            pieces.par_iter().map(run).collect::<anyhow::Result<Vec<_>>>()?;
        progress.over();
        before.extend(done);
        before.sort_by_key(|(piece, _)| *piece);
        let mut cases: Vec<Vec<Trial>> = vec![Vec::new(); plan.cases.len()];
        for (piece, trials) in before {
            cases[piece.case].extend(trials);
        }
        Ok(cases)
    }
}

/// Some runs of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize)]
struct Piece {
    case: usize,
    first: u32,
    count: u32,
}

/// All of it. The first runs of every case come first, so that an estimate knows them all.
fn pieces(plan: &Plan) -> Vec<Piece> {
    let of = |(case, it): (usize, &raft_runs::sweep::Case)| {
        let runs = it.runs;
        let piece = move |first| Piece { case, first, count: PIECE.min(runs - first) };
        (0..runs).step_by(PIECE as usize).map(piece).collect::<Vec<Piece>>()
    };
    let mut all: Vec<Piece> = plan.cases.iter().enumerate().flat_map(of).collect();
    all.sort_by_key(|piece| (piece.first, piece.case));
    all
}

/// How far it is, told on the error output.
struct Progress {
    quiet: bool,
    live: bool,
    total: u64,
    done: u64,
    begun: Instant,
    told: Instant,
}

impl Progress {
    fn new(quiet: bool, total: u64) -> Progress {
        let live = std::io::stderr().is_terminal();
        Progress { quiet, live, total, done: 0, begun: Instant::now(), told: Instant::now() }
    }

    fn more(&mut self, runs: u32) {
        self.done += u64::from(runs);
        let pause = if self.live { Duration::from_millis(300) } else { Duration::from_secs(5) };
        if self.quiet || self.told.elapsed() < pause {
            return;
        }
        self.told = Instant::now();
        let spent = self.begun.elapsed().as_secs_f64();
        let left = spent / self.done as f64 * (self.total - self.done) as f64;
        let (done, total) = (self.done, self.total);
        let percent = done * 100 / total.max(1);
        let text = format!("{done} of {total} runs, {percent} %, about {left:.0} s left");
        let mut out = std::io::stderr();
        // What cannot be told there is no reason to stop.
        let _ = if self.live { write!(out, "\r\x1b[K{text}") } else { writeln!(out, "{text}") };
        let _ = out.flush();
    }

    fn over(&self) {
        if self.live && !self.quiet {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

/// What was measured, case by case.
struct Results<'a> {
    plan: &'a Plan,
    trials: &'a [Vec<Trial>],
    /// Of each case, of each measure.
    samples: Vec<Vec<Sample>>,
}

impl<'a> Results<'a> {
    fn of(plan: &'a Plan, trials: &'a [Vec<Trial>]) -> Results<'a> {
        let samples = trials.iter().map(|trials| statistics::samples(plan, trials)).collect();
        Results { plan, trials, samples }
    }

    fn failed(&self, case: usize) -> (usize, Option<&str>) {
        let why = |trial: &'a Trial| match trial {
            Trial::Failed(why) => Some(why.as_str()),
            Trial::Measured(_) => None,
        };
        let mut failed = self.trials[case].iter().filter_map(why);
        let first = failed.next();
        (failed.count() + usize::from(first.is_some()), first)
    }

    fn print(&self) {
        if let Some(title) = &self.plan.title {
            println!("{title}");
        }
        let labels: Vec<String> =
            self.plan.cases.iter().map(|case| self.plan.label(case)).collect();
        let width = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0).max(4);
        for (at, quantity) in self.plan.quantities.iter().enumerate() {
            println!("\n{}", quantity.name);
            println!(
                "  {:width$} {:>8} {:>8} {:>10} {:>10} {:>10} {:>10} {:>10}",
                "", "runs", "found", "mean", "median", "90 %", "99 %", "most"
            );
            for (label, samples) in labels.iter().zip(&self.samples) {
                let it = samples[at].summary();
                let say = |value: Option<u64>| say(quantity, value.map(|value| value as f64));
                let mean = self::say(quantity, it.mean);
                let found = format!("{:.1} %", share(&it) * 100.0);
                println!(
                    "  {label:width$} {:>8} {found:>8} {:>10} {:>10} {:>10} {:>10} {:>10}",
                    it.runs,
                    mean,
                    say(it.median),
                    say(it.p90),
                    say(it.p99),
                    say(it.most)
                );
            }
        }
        for (case, label) in labels.iter().enumerate() {
            if let (count, Some(why)) = self.failed(case) {
                println!("{count} runs of {label} could not be measured, such as: {why}");
            }
        }
    }

    fn print_csv(&self) {
        let axes: Vec<String> = self.plan.axes.iter().map(|axis| quoted(&axis.name())).collect();
        let head = "measure,unit,runs,failed,found,mean,least,median,p90,p99,most";
        println!("{}", axes.into_iter().chain([head.to_string()]).collect::<Vec<_>>().join(","));
        for (number, case) in self.plan.cases.iter().enumerate() {
            let values = self.plan.axes.iter().zip(&case.at);
            let values: Vec<String> = values.map(|(axis, at)| quoted(&axis.labels[*at])).collect();
            for (quantity, sample) in self.plan.quantities.iter().zip(&self.samples[number]) {
                let it = sample.summary();
                let text = |value: f64| figure(quantity, value).to_string();
                let mean = it.mean.map(text).unwrap_or_default();
                let whole =
                    |value: Option<u64>| value.map(|value| text(value as f64)).unwrap_or_default();
                let own = [quoted(&quantity.name), statistics::unit(quantity).into()];
                let counts =
                    [it.runs.to_string(), self.failed(number).0.to_string(), it.found.to_string()];
                let figures = [it.least, it.median, it.p90, it.p99, it.most].map(whole);
                let all = values.iter().cloned().chain(own).chain(counts);
                let all = all.chain([mean]).chain(figures);
                println!("{}", all.collect::<Vec<String>>().join(","));
            }
        }
    }

    fn report(&self) -> Report<'_> {
        let plan = self.plan;
        let named = |it: &'a Quantity| Named { name: &it.name, unit: statistics::unit(it) };
        let cases = plan.cases.iter().enumerate().map(|(number, case)| CaseReport {
            values: plan.axes.iter().zip(&case.at).map(|(a, at)| a.labels[*at].as_str()).collect(),
            runs: case.runs,
            failed: self.failed(number).0,
            measured: plan
                .quantities
                .iter()
                .zip(&self.samples[number])
                .map(|(quantity, sample)| Measured::of(quantity, sample))
                .collect(),
        });
        Report {
            title: plan.title.as_deref(),
            axes: plan.axes.iter().map(raft_runs::sweep::Axis::name).collect(),
            measures: plan.quantities.iter().map(named).collect(),
            cases: cases.collect(),
        }
    }
}

impl Measured {
    fn of(quantity: &Quantity, sample: &Sample) -> Measured {
        let it = sample.summary();
        let number = |value: Option<u64>| value.map(|value| figure(quantity, value as f64));
        Measured {
            found: it.found,
            mean: it.mean.map(|mean| figure(quantity, mean)),
            least: number(it.least),
            median: number(it.median),
            p90: number(it.p90),
            p99: number(it.p99),
            most: number(it.most),
            readings: sample.found().iter().map(|value| figure(quantity, *value as f64)).collect(),
        }
    }
}

fn share(summary: &Summary) -> f64 {
    f64::from(summary.found) / f64::from(summary.runs.max(1))
}

fn say(quantity: &Quantity, value: Option<f64>) -> String {
    value.map_or("–".into(), |value| quantity.unit().say(value))
}

/// In milliseconds, a number, or so many in a second.
fn figure(quantity: &Quantity, value: f64) -> f64 {
    match quantity.unit() {
        Unit::Time | Unit::PerSecond => value / 1_000.0,
        Unit::Count => value,
    }
}

/// A field of a line whose fields are parted by commas (RFC 4180).
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_string()
    }
}
