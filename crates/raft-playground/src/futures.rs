//! `futures`: what comes after a moment, counted over many runs that differ in chance alone, on all
//! cores.

use crate::moment::{self, When};
use anyhow::{Context, anyhow, ensure};
use clap::Args;
use raft_runs::late::{self, Late, Point};
use raft_runs::{Future, Outcome, Question, Row, Shares, future, quantile};
use raft_sim::run::moment_of;
use raft_sim::time::Exact;
use raft_sim::{Progress, Session};
use raft_view::step::step_after;
use rayon::prelude::*;
use serde::Serialize;
use std::path::PathBuf;
use std::process::ExitCode;

/// The most futures of one question.
const MAX_RUNS: u64 = 1_000_000;
/// Events at a time while a run goes on.
const EVENTS: u64 = 1_000_000;

#[derive(Args)]
pub struct Futures {
    /// The scenario text, `-` for standard input, or the name of anything bundled.
    pub file: PathBuf,
    /// The moment, after everything that happens up to then, such as `585ms`, or a claim that
    /// comes to hold; otherwise where the text says that one was, or its beginning.
    #[arg(long, value_name = "TIME|CLAIM")]
    from: Option<String>,
    /// How many futures, from 1 to 1000000.
    #[arg(long, value_name = "NUMBER", default_value = "500",
        value_parser = clap::value_parser!(u64).range(1..=MAX_RUNS))]
    runs: u64,
    /// The question.
    #[arg(long, value_name = "QUESTION", default_value = "who leads next")]
    ask: String,
    /// Tells from when on it was certain that the run would end as it did: the question is what
    /// it came to, and moments along the run are asked, from `--from` on.
    #[arg(long)]
    late: bool,
    /// Prints one JSON object.
    #[arg(long)]
    json: bool,
}

/// One answer, as JSON.
#[derive(Serialize)]
struct Answer {
    outcome: String,
    runs: u32,
    share: f64,
    low: f64,
    high: f64,
    /// What one of these futures is reseeded with.
    reseed: u64,
}

#[derive(Serialize)]
struct Report<'a> {
    question: &'a str,
    from_us: u64,
    runs: u32,
    answers: Vec<Answer>,
    /// Of those in which it was found.
    median_us: Option<u64>,
    p99_us: Option<u64>,
    futures: Vec<One>,
}

#[derive(Serialize)]
struct One {
    reseed: u64,
    outcome: String,
    after_us: u64,
}

#[derive(Serialize)]
struct LateReport<'a> {
    question: &'a str,
    outcome: String,
    points: Vec<LatePoint>,
    step: Option<Step>,
}

#[derive(Serialize)]
struct LatePoint {
    at_us: u64,
    events: u64,
    runs: u32,
    share: f64,
    low: f64,
    high: f64,
}

#[derive(Serialize)]
struct Step {
    at_us: u64,
    events: u64,
    before: f64,
    after: f64,
    text: String,
}

impl From<Row> for Answer {
    fn from(row: Row) -> Answer {
        let Row { outcome, times: runs, share, low, high, key: reseed } = row;
        Answer { outcome: outcome.to_string(), runs, share, low, high, reseed }
    }
}

impl Futures {
    /// Runs them and prints what came of them.
    pub fn print(&self) -> anyhow::Result<ExitCode> {
        let text = moment::text(&self.file)?;
        let question =
            Question::read(&text, &self.ask).map_err(|error| anyhow!("--ask: {error}"))?;
        let session = self.at_moment(&text)?;
        question.fits(session.world().now()).map_err(|error| anyhow!("--ask: {error}"))?;
        if self.late {
            self.print_late(session, &question)?;
        } else {
            self.print_shares(&session, &question)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The run as it is when it first comes to the moment: a scenario is still to go on.
    fn at_moment(&self, text: &str) -> anyhow::Result<Session> {
        let mut session = Session::open(raft_view::tab::read(text)?);
        match When::of(None, self.from.as_deref()).context("--from")? {
            claim @ When::Until(_) => {
                return raft_report::moment::session(text, &claim).context("--from");
            }
            When::At(time) => {
                let reached = |progress| matches!(progress, Progress::Reached);
                while !reached(session.advance(time, EVENTS)) {
                    let end = session.world().now();
                    ensure!(end < time, "expected a time of the run, found {}", Exact(time));
                }
            }
            When::Telling | When::Step(_) => {
                if let Some(moment) = moment_of(text) {
                    while !session.finish_script(EVENTS) {}
                    session.seek_moment(moment);
                }
            }
        }
        Ok(session)
    }

    fn print_shares(&self, session: &Session, question: &Question) -> anyhow::Result<()> {
        let onward = session.onward();
        let from = session.world().now();
        let run = |key| future(&onward, question, key);
        let futures: Vec<Future> = (1..=self.runs).into_par_iter().map(run).collect();
        let mut shares = Shares::default();
        futures.iter().for_each(|future| shares.add(*future));
        let times = shares.times();
        let (median, p99) = (quantile(&times, 50), quantile(&times, 99));
        if self.json {
            let one = |it: &Future| One {
                reseed: it.key,
                outcome: it.outcome().to_string(),
                after_us: it.after,
            };
            let report = Report {
                question: &self.ask,
                from_us: from,
                runs: shares.runs(),
                answers: shares.rows().into_iter().map(Answer::from).collect(),
                median_us: median,
                p99_us: p99,
                futures: futures.iter().map(one).collect(),
            };
            println!("{}", serde_json::to_string(&report)?);
            return Ok(());
        }
        println!("{} futures from {}: {}", shares.runs(), Exact(from), self.ask);
        for row in shares.rows() {
            let (name, share) = (row.outcome.to_string(), percent(row.share));
            let (low, high) = (percent(row.low), percent(row.high));
            println!("  {name:10} {share:>7}   {low} to {high}   such as `reseed {}`", row.key);
        }
        if let (Some(median), Some(p99)) = (median, p99) {
            println!("half of those by {}, 99 % by {}", Exact(median), Exact(p99));
        }
        Ok(())
    }

    fn print_late(&self, mut session: Session, question: &Question) -> anyhow::Result<()> {
        let first = session.world().events();
        let (question, own) = late::at_its_end(&session, question);
        let end = session.world().now() + own.after;
        while matches!(session.advance(end, EVENTS), Progress::Busy) {}
        let mut late = Late::new(own.outcome(), first, session.world().events());
        let mut asks = late.begin();
        while !asks.is_empty() {
            for events in asks {
                session.seek_event(events);
                late.tell(self.point(&session, &question));
            }
            asks = late.next().into_iter().collect();
        }
        let step = late.jump().map(|jump| {
            let text = step_after(&mut session, jump.events.0).unwrap_or_default();
            Step {
                at_us: session.world().now(),
                events: jump.events.1,
                before: jump.shares.0,
                after: jump.shares.1,
                text,
            }
        });
        self.print_points(&late, step, end)
    }

    fn point(&self, session: &Session, question: &Question) -> Point {
        let onward = session.onward();
        let run = |key| future(&onward, question, key);
        let futures: Vec<Future> =
            (1..=u64::from(late::FUTURES)).into_par_iter().map(run).collect();
        let mut shares = Shares::default();
        futures.into_iter().for_each(|future| shares.add(future));
        Point { events: session.world().events(), at: session.world().now(), shares }
    }

    fn print_points(&self, late: &Late, step: Option<Step>, end: u64) -> anyhow::Result<()> {
        let outcome: Outcome = late.outcome();
        let point = |point: &Point| {
            let row = point.shares.of(outcome);
            LatePoint {
                at_us: point.at,
                events: point.events,
                runs: point.shares.runs(),
                share: row.map_or(0.0, |row| row.share),
                low: row.map_or(0.0, |row| row.low),
                high: row.map_or(1.0, |row| row.high),
            }
        };
        let points: Vec<LatePoint> = late.points().iter().map(point).collect();
        if self.json {
            let outcome = outcome.to_string();
            let report = LateReport { question: &self.ask, outcome, points, step };
            println!("{}", serde_json::to_string(&report)?);
            return Ok(());
        }
        println!("{}: {outcome}, at {}", self.ask, Exact(end));
        println!("how many of {} futures of a moment end like that:", late::FUTURES);
        for LatePoint { at_us, share, low, high, .. } in &points {
            let (at, share) = (Exact(*at_us).to_string(), percent(*share));
            println!("  {at:>12} {share:>7}   {} to {}", percent(*low), percent(*high));
        }
        match step {
            Some(Step { at_us, before, after, text, .. }) => {
                let (before, after) = (percent(before), percent(after));
                println!("from {before} to {after} at {}: {text}", Exact(at_us));
            }
            None => println!("at no moment does that share jump"),
        }
        Ok(())
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
