//! A run as few words: settings, and what is done when. All that a search tries is one.

use raft_core::{Micros, Timer};
use raft_sim::claim::Variables;
use raft_sim::time::Exact;
use raft_sim::{Checks, Command, MAX_TIME, Moment, Session, Settings, Span, What, claim::Claim};

/// The most events of one run.
const MAX_EVENTS: u64 = 400_000;

/// Settings, and what is done when.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// What the run begins with.
    pub settings: Settings,
    /// What is done, in order of time. What cannot be done then is left out.
    pub deeds: Vec<(Moment, Command)>,
    /// Until when the claim is watched for, in microseconds.
    pub until: Micros,
}

/// A run in which the claim came to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Held {
    /// When.
    pub at: Moment,
    /// What could be done, at the moments at which it was.
    pub deeds: Vec<(Moment, Command)>,
    /// How many events there were.
    pub events: u64,
}

/// What makes a run shorter, one attempt after the other.
pub(super) trait Shorter {
    /// The run that it has come to.
    fn present(&self) -> &Case;

    /// Takes a run in place of the present one, if the claim holds in it.
    fn attempt(&mut self, case: Case) -> bool;

    /// Leaves out what is done: whole stretches first, then one by one, from the end.
    fn fewer_deeds(&mut self) {
        let mut length = self.present().deeds.len().div_ceil(2);
        while length > 0 {
            let mut end = self.present().deeds.len();
            while end > 0 {
                let begin = end.saturating_sub(length);
                let mut case = self.present().clone();
                case.deeds.drain(begin..end);
                self.attempt(case);
                end = begin.min(self.present().deeds.len());
            }
            length /= 2;
        }
    }
}

/// What is left of a run.
pub(super) struct Leg<'a> {
    /// The run so far.
    pub(super) session: Session,
    /// The number of what is done next in it.
    pub(super) from: usize,
    /// What is waited for.
    pub(super) claim: &'a Claim,
    /// How long.
    pub(super) until: Micros,
}

/// How a run went from one of the things that are done on.
pub(super) struct Course {
    /// When the claim came to hold.
    pub(super) at: Moment,
    /// What could be done, as it is written.
    pub(super) deeds: Vec<(Moment, Command)>,
    /// The same at the moments at which it was.
    pub(super) exact: Vec<(Moment, Command)>,
    /// How many events there were.
    pub(super) events: u64,
}

impl Case {
    /// Carries it out until the claim holds; `None` where it never does.
    pub fn holds(&self, claim: &Claim) -> Option<Held> {
        let leg = Leg { session: self.session(), from: 0, claim, until: self.until };
        let course = self.course(leg, &mut 0, |_| {})?;
        Some(Held { at: course.at, deeds: course.exact, events: course.events })
    }

    /// Its beginning.
    pub(super) fn session(&self) -> Session {
        // Nobody goes back in it.
        Session::unwatched(self.settings.clone(), Checks::Every).onward()
    }

    /// Goes on with a run until the claim holds; `None` where it does not. Counts what happens in
    /// it, and shows it after each of the things that are done.
    pub(super) fn course(
        &self,
        leg: Leg<'_>,
        spent: &mut u64,
        mut show: impl FnMut(&Session),
    ) -> Option<Course> {
        let Leg { mut session, from, claim, until } = leg;
        let none = Variables::default();
        let (mut exact, mut done) = (Vec::new(), Vec::new());
        let last = Moment { time: until.min(MAX_TIME), after: u32::MAX };
        let mut deeds = self.deeds.get(from..).unwrap_or_default().iter().peekable();
        loop {
            if claim.is_true(session.world(), &none) {
                let (at, events) = (session.world().moment(), session.world().events());
                return Some(Course { at, deeds: done, exact, events });
            }
            if session.world().events() > MAX_EVENTS {
                return None;
            }
            let next = session.next_moment();
            match deeds.peek() {
                Some((moment, command)) if next.is_none_or(|next| next >= *moment) => {
                    if *moment > last {
                        return None;
                    }
                    let target = (*moment).max(session.world().moment());
                    session.settle(Moment { time: target.time, after: moment.after });
                    let at = session.world().moment();
                    if session.dispatch(command.clone()).is_ok() {
                        exact.push((at, command.clone()));
                        done.push((*moment, command.clone()));
                        show(&session);
                    }
                    deeds.next();
                    *spent += 1;
                }
                Some(_) | None if next.is_some_and(|next| next <= last) => {
                    session.step();
                    *spent += 1;
                }
                Some(_) | None => return None,
            }
        }
    }

    /// The same run with all its elections begun by hand, and none by a timer; `None` where the
    /// claim does not hold in it.
    pub(super) fn with_elections_by_hand(&self, claim: &Claim) -> Option<Case> {
        const NEVER: Span = Span { min: 60_000_000, max: 60_000_000 };
        let held = self.holds(claim)?;
        let mut session = Session::new(None, self.settings.clone());
        let mut deeds = held.deeds.clone();
        let mut step = |session: &mut Session| {
            let before = session.happened();
            session.step();
            let new = usize::try_from(session.happened() - before).unwrap_or(usize::MAX);
            for event in session.recent().iter().rev().take(new) {
                if let What::TimerFired { server, timer: Timer::Election } = event.what {
                    let moment = Moment { time: event.at, after: u32::MAX };
                    deeds.push((moment, Command::Timeout(server)));
                }
            }
        };
        for (moment, command) in held.deeds {
            while session.next_moment().is_some_and(|next| next < moment) {
                step(&mut session);
            }
            session.settle(moment);
            let _done = session.dispatch(command);
        }
        while session.next_moment().is_some_and(|next| next <= held.at) {
            step(&mut session);
        }
        deeds.sort_by_key(|(moment, _)| *moment);
        let mut settings = self.settings.clone();
        settings.live.election_timeout = NEVER;
        let case = Case { settings, deeds, until: self.until };
        case.holds(claim).is_some().then_some(case)
    }

    /// As scenario text, with the claim as what is expected. `held` is when it comes to hold.
    pub fn text(&self, claim: &str, held: &Held) -> String {
        let defaults = Settings::default().lines();
        let mut text = String::new();
        for line in self.settings.lines().iter().filter(|line| !defaults.contains(line)) {
            text.push_str(&format!("{line}\n"));
        }
        text.push('\n');
        for (moment, command) in &self.deeds {
            let after =
                if moment.after == u32::MAX { String::new() } else { format!("+{}", moment.after) };
            text.push_str(&format!("@{}{after} {command}\n", Exact(moment.time)));
        }
        let begun = self.deeds.last().map_or(0, |(moment, _)| moment.time);
        let within = rounded_up(held.at.time.saturating_sub(begun));
        text.push_str(&format!("run until {claim} within {}\n", Exact(within)));
        text.push_str(&format!("expect {claim}\n"));
        text
    }
}

/// The next of 1, 2, 5, 10, 20, 50 … ms.
fn rounded_up(time: Micros) -> Micros {
    let mut step = 1_000;
    loop {
        for round in [step, 2 * step, 5 * step] {
            if round > time {
                return round;
            }
        }
        step *= 10;
    }
}
