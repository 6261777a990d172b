//! Where a run that plays is to stop: at a time, or when a claim begins to hold.

use super::{App, FRAME_BUDGET};
use crate::told::Problem;
use raft_core::Micros;
use raft_sim::claim::Claim;
use raft_sim::{Progress, Session, parse_span, read_claim};

/// Where it is to stop. Played again from before it, it stops there again.
pub enum Until {
    /// At this time.
    Time(Micros),
    /// After the first event with which this holds.
    Claim(Box<Claim>),
}

impl Until {
    /// From what was asked for, for a run of this text.
    ///
    /// # Errors
    /// Says what was expected and found.
    fn read(text: &str, until: &str) -> Result<Until, String> {
        match parse_span(until) {
            Some(time) => Ok(Until::Time(time)),
            None => read_claim(text, until).map(|claim| Until::Claim(Box::new(claim))),
        }
    }
}

fn holds(session: &Session, claim: &Claim) -> bool {
    let check = |script: &raft_sim::Script| claim.check(session.world(), script.variables());
    session.script().is_some_and(|script| check(script).is_ok())
}

impl App {
    /// Reads where the run of this text is to stop, if that was asked for.
    pub(super) fn read_until(&mut self, text: &str) {
        let Some(until) = self.options.until.take() else { return };
        match Until::read(text, &until) {
            Ok(Until::Time(time)) if self.is_asked_beyond(time) => {
                let expected = "a time behind that of `at`";
                self.refuse(super::hosted::cannot_be_read(&format!("until={until}"), expected));
            }
            Ok(read) => self.until = Some(read),
            Err(error) => {
                let sentence = tr!("“{}” cannot be read: {}.", format!("until={until}"), error);
                let expected = "a time such as `204ms`, or a claim such as `leader n3`".to_string();
                self.refuse(Problem { sentence, expected, ..Problem::default() });
            }
        }
    }

    /// Whether it begins at a moment that is not before this one.
    fn is_asked_beyond(&self, time: Micros) -> bool {
        let at = self.options.at.as_deref().and_then(parse_span);
        at.is_some_and(|at| at >= time)
    }

    /// Lets time pass as far as `goal`, or to where it is to stop.
    pub fn advance_until(&mut self, goal: Micros) -> Progress {
        let now = self.session.world().now();
        let (progress, has_come) = match &self.until {
            Some(Until::Time(end)) if now < *end && *end <= goal => {
                let progress = self.session.advance(*end, FRAME_BUDGET);
                (progress, progress == Progress::Reached)
            }
            Some(Until::Claim(claim)) if !holds(&self.session, claim) => {
                let mut left = FRAME_BUDGET;
                loop {
                    let progress = self.session.advance(goal, 1);
                    let holds = holds(&self.session, claim);
                    left -= 1;
                    if holds || left == 0 || progress != Progress::Busy {
                        break (progress, holds);
                    }
                }
            }
            Some(Until::Time(_) | Until::Claim(_)) | None => {
                (self.session.advance(goal, FRAME_BUDGET), false)
            }
        };
        if has_come {
            self.host.has_come = true;
            self.stop();
            self.refresh();
        }
        progress
    }
}
