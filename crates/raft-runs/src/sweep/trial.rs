//! One run of a case, and what was measured in it.

use super::plan::{Plan, Quantity};
use raft_core::Micros;
use raft_sim::scenario::{Measured, StatementKind};
use raft_sim::{Gauge, MAX_TIME, Progress, Script, ScriptState, Session};

/// The most events of one run.
const MAX_EVENTS: u64 = 20_000_000;

/// What was measured: how long, how many, or how many a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// In the unit of its quantity ([`super::Unit`]).
    pub value: u64,
    /// Whether what was waited for came; otherwise the value is how long it was waited for.
    pub found: bool,
}

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial {
    /// What was measured, in the order of [`Plan::quantities`].
    Measured(Vec<Reading>),
    /// The script could not be carried out, or what it expects was not so; what.
    Failed(String),
}

impl Plan {
    /// Runs a case once.
    pub fn trial(&self, case: usize, nth: u32) -> Trial {
        let Some(case) = self.cases.get(case) else {
            return Trial::Failed(format!("expected one of {} cases", self.cases.len()));
        };
        let mut scenario = case.scenario.clone();
        scenario.settings.seed = self.seed_of(nth);
        let session = Session::open(scenario).onward();
        Watching { session, quantities: &self.quantities, until: Vec::new(), led: Vec::new() }.go()
    }
}

/// A run that is being measured.
struct Watching<'a> {
    session: Session,
    quantities: &'a [Quantity],
    /// Of each quantity: when what it waits for came.
    until: Vec<Option<Micros>>,
    /// When somebody began to lead, or nobody led any more.
    led: Vec<(Micros, bool)>,
}

impl Watching<'_> {
    fn go(mut self) -> Trial {
        self.until = vec![None; self.quantities.len()];
        loop {
            self.look();
            if let Some(ended) = self.ended() {
                return ended;
            }
            let progress = self.session.advance(MAX_TIME, 1);
            let events = self.session.world().events();
            let stands = matches!(progress, Progress::Ended | Progress::Reached);
            if events > MAX_EVENTS || stands {
                self.look();
                let all = || Trial::Failed(format!("expected it to end within {events} events"));
                return self.ended().unwrap_or_else(all);
            }
        }
    }

    /// The script; a run without one has nothing to measure.
    fn script(&self) -> Option<&Script> {
        self.session.script()
    }

    fn look(&mut self) {
        let world = self.session.world();
        let (now, leads) = (world.now(), world.leader().is_some());
        if self.led.last().is_none_or(|(_, led)| *led != leads) {
            self.led.push((now, leads));
        }
        let Some(script) = self.session.script() else { return };
        // What is done at this very instant belongs to the beginning.
        let acts = script.next_statement().is_some_and(|next| {
            !matches!(next.kind, StatementKind::Run(_) | StatementKind::Until { .. })
        });
        if acts {
            return;
        }
        for (quantity, until) in self.quantities.iter().zip(&mut self.until) {
            let Measured::TimeUntil { claim, within } = &quantity.what else { continue };
            let begun = script.gauges().iter().find(|it| it.statement == quantity.statement);
            let Some(begun) = begun.filter(|_| until.is_none()) else { continue };
            if now <= begun.at.saturating_add(*within) && claim.is_true(world, script.variables()) {
                *until = Some(now - begun.at);
            }
        }
    }

    /// What came of it, once everything is known.
    fn ended(&self) -> Option<Trial> {
        let Some(script) = self.script() else {
            return Some(Trial::Failed("expected a script".into()));
        };
        let failed = script.expectations().iter().find(|it| !it.ok);
        if let Some(failed) = failed {
            // A case's lines are not those of the text that it was made from.
            return Some(Trial::Failed(format!("{}: {}", failed.text, failed.found)));
        }
        if script.state() == ScriptState::Running {
            return None;
        }
        let readings = self.quantities.iter().zip(&self.until);
        let readings = readings.map(|(quantity, until)| self.reading(script, quantity, *until));
        readings.collect::<Option<Vec<Reading>>>().map(Trial::Measured)
    }

    /// What was measured; `None` while that is not known.
    fn reading(&self, script: &Script, of: &Quantity, until: Option<Micros>) -> Option<Reading> {
        let gauges = script.gauges();
        let at = gauges.iter().position(|gauge| gauge.statement == of.statement)?;
        let begun = gauges.get(at)?;
        // Lines that measure and stand together are over together.
        let end = script.scenario().statements.len();
        let pairs = gauges[at..].iter().zip(&gauges[at + 1..]);
        let goes_on = |(one, next): &(&Gauge, &Gauge)| {
            next.statement != one.statement + 1 || next.statement == end
        };
        let (_, ended) = pairs.into_iter().find(goes_on)?;
        let value = match &of.what {
            Measured::TimeUntil { within, .. } => {
                let over = self.session.world().now() >= begun.at.saturating_add(*within);
                return match until {
                    Some(value) => Some(Reading { value, found: true }),
                    None => over.then_some(Reading { value: *within, found: false }),
                };
            }
            Measured::TimeWithoutLeader => self.without_leader(begun, ended),
            Measured::Elections => ended.term.saturating_sub(begun.term),
            Measured::Messages => {
                let sent = ended.messages - begun.messages;
                let span = (ended.at - begun.at).max(1);
                u64::try_from(u128::from(sent) * 1_000_000_000 / u128::from(span))
                    .unwrap_or(u64::MAX)
            }
            Measured::KeptEntries => ended.kept,
        };
        Some(Reading { value, found: true })
    }

    fn without_leader(&self, begun: &Gauge, ended: &Gauge) -> Micros {
        let ends = self.led.iter().skip(1).map(|(at, _)| *at).chain([Micros::MAX]);
        let spans = self.led.iter().zip(ends).filter(|((_, led), _)| !led);
        let within =
            |(from, to): (Micros, Micros)| to.min(ended.at).saturating_sub(from.max(begun.at));
        spans.map(|((from, _), to)| within((*from, to))).sum()
    }
}
