//! `find`: a run in which a claim comes to hold, and the shortest of it; on all cores.

use crate::moment::{self, time};
use anyhow::{Context, anyhow, ensure};
use clap::Args;
use raft_runs::find::{BATCH, Case, Fault, Hunt, Pool, Shrunk, Try, Way, shortest, shrink};
use raft_sim::time::Exact;
use raft_sim::{Session, read_claim};
use rayon::prelude::*;
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// The most runs of one search.
const MAX_RUNS: u64 = 10_000_000;
/// How many of the runs that are found are shrunk, at most.
const MOST_SHRUNK: usize = 12;
/// How many runs more are tried for that, at least.
const MORE_RUNS: u64 = 4_000;
/// The longest run of a search, in microseconds.
const MAX_WITHIN: u64 = 600_000_000;

#[derive(Args)]
pub struct Find {
    /// The scenario text, `-` for standard input, or the name of anything bundled. The search
    /// begins where it ends.
    pub file: PathBuf,
    /// The claim that is to come to hold, such as `leaders 2` or `violated leader-completeness`.
    #[arg(long, value_name = "CLAIM")]
    until: String,
    /// What may be done: crash, cut, partition, drop, duplicate, pause, clock, timeout; each with
    /// what mends it. Otherwise all of them but clock.
    #[arg(long = "with", value_name = "FAULTS", value_delimiter = ',')]
    faults: Vec<String>,
    /// How long a run is, at most 10m.
    #[arg(long, value_name = "TIME", default_value = "5s")]
    within: String,
    /// How many runs are tried at most, from 1 to 10000000.
    #[arg(long, value_name = "NUMBER", default_value = "10000",
        value_parser = clap::value_parser!(u64).range(1..=MAX_RUNS))]
    runs: u64,
    /// Another search has another seed.
    #[arg(long, value_name = "NUMBER", default_value = "1")]
    seed: u64,
    /// Prints a test in this language that repeats the run, in place of the scenario.
    #[arg(long, value_enum, value_name = "LANGUAGE")]
    test: Option<Language>,
    /// Prints one JSON object.
    #[arg(long, conflicts_with = "test")]
    json: bool,
}

/// A language that a test can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Language {
    /// With the crates `raft-playground-sim` and `raft-playground-check`.
    Rust,
}

#[derive(Serialize)]
struct Report<'a> {
    claim: &'a str,
    found: bool,
    runs: u64,
    states: usize,
    actions_before: Option<usize>,
    actions: Option<usize>,
    scenario: Option<String>,
}

impl Find {
    /// Searches, and prints what it finds. Exit code 1 where it finds nothing.
    pub fn print(&self) -> anyhow::Result<ExitCode> {
        let text = moment::text(&self.file)?;
        let claim = read_claim(&text, &self.until).map_err(|error| anyhow!("--until: {error}"))?;
        ensure!(
            !self.until.contains('$'),
            "--until: expected a claim without what a `let` has set, for what is found has none, \
             found `{}`",
            self.until
        );
        let within = time(&self.within).context("--within")?;
        ensure!(
            (1..=MAX_WITHIN).contains(&within),
            "--within: expected a time from 1us to {}, found `{}`",
            Exact(MAX_WITHIN),
            self.within
        );
        let mut session = Session::open(raft_view::tab::read(&text)?);
        while !session.finish_script(u64::MAX / 2) {}
        let faults = self.faults()?;
        let mut hunt = Hunt::new(&session, claim.clone(), faults.clone(), within, self.seed);
        let mut found = self.search(&mut hunt, self.runs);
        let runs = hunt.runs();
        // How short it becomes depends on where it begins: some more of them are tried.
        let most = runs.saturating_mul(4).saturating_add(MORE_RUNS).min(self.runs);
        while !found.is_empty() && found.len() < MOST_SHRUNK && hunt.runs() < most {
            found.extend(self.search(&mut hunt, most));
        }
        found.truncate(MOST_SHRUNK);
        let way = Way { claim: &claim, faults: &faults, seed: self.seed };
        let shortest = Find::shortest(way, &found);
        self.tell(&hunt, runs, found.first(), shortest.as_ref())?;
        Ok(if found.is_empty() { ExitCode::from(crate::NOT_HELD) } else { ExitCode::SUCCESS })
    }

    /// The shortest run that is come to from those that were found.
    fn shortest(way: Way<'_>, found: &[Case]) -> Option<Shrunk> {
        let mut pool = Pool::new(way, found.to_vec());
        while !pool.next_round().is_empty() {
            let walked = pool.next_round().into_par_iter().map(|number| pool.walk(number));
            let walked: Vec<Option<Case>> = walked.collect();
            pool.learn(walked);
        }
        let last = pool.shortest().par_iter().filter_map(|case| shrink(case, way.claim));
        shortest(last.collect())
    }

    fn faults(&self) -> anyhow::Result<Vec<Fault>> {
        if self.faults.is_empty() {
            return Ok(Fault::ALL.into_iter().filter(|fault| *fault != Fault::Clock).collect());
        }
        let read = |name: &String| name.trim().parse::<Fault>();
        self.faults.iter().map(read).collect::<Result<_, _>>().context("--with")
    }

    /// Goes on until a batch of runs has found something: all that it has.
    fn search(&self, hunt: &mut Hunt, most: u64) -> Vec<Case> {
        let mut told = 0;
        while hunt.runs() < most {
            let numbers: Vec<u64> = hunt.next_batch(most).collect();
            let tried: Vec<Try> = numbers.into_par_iter().map(|number| hunt.run(number)).collect();
            let cases: Vec<Case> = tried.into_iter().filter_map(|it| hunt.learn(it)).collect();
            if !cases.is_empty() {
                return cases;
            }
            if hunt.runs() >= told + 8 * BATCH {
                told = hunt.runs();
                eprintln!("{} runs, {} distinct states", hunt.runs(), hunt.states());
            }
        }
        Vec::new()
    }

    fn tell(
        &self,
        hunt: &Hunt,
        runs: u64,
        found: Option<&Case>,
        shrunk: Option<&Shrunk>,
    ) -> anyhow::Result<()> {
        let scenario = shrunk.map(|shrunk| shrunk.case.text(&self.until, &shrunk.held));
        let actions = shrunk.map(|shrunk| shrunk.case.deeds.len());
        let states = hunt.states();
        if self.json {
            let report = Report {
                claim: &self.until,
                found: found.is_some(),
                runs,
                states,
                actions_before: found.map(|case| case.deeds.len()),
                actions,
                scenario,
            };
            println!("{}", serde_json::to_string(&report)?);
            return Ok(());
        }
        match (scenario, self.test) {
            (None, _) => println!(
                "there is none in {runs} runs, of {states} distinct states: {}",
                self.until
            ),
            (Some(scenario), None) => {
                println!("# Found within {runs} runs, of {states} distinct states.\n{scenario}");
            }
            (Some(scenario), Some(Language::Rust)) => println!("{}", rust(&self.until, &scenario)),
        }
        Ok(())
    }
}

/// A test that carries a scenario out and asks whether all that it expects was so.
fn rust(claim: &str, scenario: &str) -> String {
    let word = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let name: String = claim.chars().map(word).collect();
    let scenario = scenario.trim();
    format!(
        r##"#[test]
fn it_comes_to_{name}() {{
    let text = r#"
{scenario}
"#;
    let scenario = raft_sim::scenario::parse(text).expect("a scenario");
    let mut session = raft_sim::Session::open(scenario);
    while !session.finish_script(1_000_000) {{}}
    let script = session.script().expect("it was opened with one");
    for expected in script.expectations() {{
        assert!(expected.ok, "line {{}}: {{}}: {{}}", expected.line, expected.text, expected.found);
    }}
}}
"##
    )
}
