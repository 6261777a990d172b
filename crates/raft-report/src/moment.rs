//! Which run, and which moment of it: what every command that shows one moment takes.

use anyhow::{Context, bail, ensure};
use raft_sim::run::moment_of;
use raft_sim::scenario::Scenario;
use raft_sim::time::{Exact, parse_span};
use raft_sim::{MAX_TIME, Progress, Session};
use raft_view::lesson::{headings, start_of};
use raft_view::picture::go_to_telling_moment;

/// Events at a time while a run goes on.
const EVENTS: u64 = 1_000_000;

/// Where to stop.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// Where the text says that one was, or else the most telling moment.
    #[default]
    Telling,
    /// After everything that happens up to this time, in microseconds.
    At(u64),
    /// When this claim holds for the first time.
    Until(String),
    /// Where this step of a lesson begins, from 1.
    Step(usize),
}

impl When {
    /// From what was asked for, if anything; not both.
    ///
    /// # Errors
    /// Says what a time looks like, where it is none.
    pub fn of(at: Option<&str>, until: Option<&str>) -> anyhow::Result<When> {
        match (at, until) {
            (Some(at), _) => time(at).map(When::At),
            (None, Some(until)) => match parse_span(until) {
                Some(_) => time(until).map(When::At),
                None => Ok(When::Until(until.into())),
            },
            (None, None) => Ok(When::Telling),
        }
    }
}

/// A moment was asked for that the run does not have: not a fault of the text.
#[derive(Debug)]
pub struct NeverSo(String);

impl std::fmt::Display for NeverSo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NeverSo {}

/// What was given as a claim is none.
#[derive(Debug)]
pub struct WrongClaim(String);

impl std::fmt::Display for WrongClaim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongClaim {}

/// A time of a run, in microseconds.
///
/// # Errors
/// Says what a time looks like, where it is none.
pub fn time(text: &str) -> anyhow::Result<u64> {
    let span = parse_span(text).with_context(|| {
        format!("expected a time such as `204ms` (units: us, ms, s, m, h), found `{text}`")
    })?;
    ensure!(span <= MAX_TIME, "expected a time of at most {}, found `{text}`", Exact(MAX_TIME));
    Ok(span)
}

/// A run of this text at a moment.
///
/// # Errors
/// Where the text is wrong ([`raft_sim::scenario::ScenarioError`]) or the claim ([`WrongClaim`]),
/// or the claim never holds ([`NeverSo`]).
pub fn session(text: &str, when: &When) -> anyhow::Result<Session> {
    let scenario = raft_view::tab::read(text)?;
    match when {
        When::At(time) => Ok(at(scenario, *time)),
        When::Until(claim) => until(text, scenario, claim),
        When::Step(step) => at_step(scenario, *step),
        When::Telling => {
            let mut session = Session::open(scenario);
            match moment_of(text) {
                None => go_to_telling_moment(&mut session),
                Some(moment) => {
                    finish(&mut session);
                    session.seek_moment(moment);
                }
            }
            Ok(session)
        }
    }
}

/// The whole run, so that a link has all of it, and then this moment.
fn at(scenario: Scenario, time: u64) -> Session {
    let mut session = Session::open(scenario);
    finish(&mut session);
    if time <= session.world().now() {
        session.seek(time);
    } else {
        while matches!(session.advance(time, EVENTS), Progress::Busy) {}
    }
    session
}

/// A lesson where a player who opens it at this step sees it first: in the step's first moment.
fn at_step(scenario: Scenario, step: usize) -> anyhow::Result<Session> {
    let steps = headings(&scenario, "en").len();
    ensure!(
        (1..=steps).contains(&step),
        "expected the number of one of the text's {steps} steps, from 1, found {step}"
    );
    let mut session = Session::open(scenario);
    finish(&mut session);
    let Some(start) = start_of(&session, step) else {
        bail!(NeverSo(format!("the run ends before step {step} begins")));
    };
    session.seek(start + 1);
    Ok(session)
}

fn finish(session: &mut Session) {
    while !session.finish_script(EVENTS) {}
}

fn until(text: &str, scenario: Scenario, claim: &str) -> anyhow::Result<Session> {
    let claim = raft_sim::read_claim(text, claim).map_err(WrongClaim)?;
    let mut session = Session::open(scenario);
    let mut ended = false;
    loop {
        let script = session.script().context("a scenario has a script")?;
        match claim.check(session.world(), script.variables()) {
            Ok(()) => return Ok(session),
            Err(found) if ended => {
                let end = Exact(session.world().now());
                bail!(NeverSo(format!("this never holds; where the run ends, at {end}: {found}")));
            }
            Err(_) => ended = session.finish_script(1),
        }
    }
}
