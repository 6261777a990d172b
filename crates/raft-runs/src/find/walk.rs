//! A walk among runs in which the claim holds: steps change what is done and when, and never make
//! a run longer. Many runs are equally short, and from some of them it goes on.

use super::case::{Case, Leg, Shorter};
use super::draw::{Dice, Fault};
use raft_core::{Micros, NodeId};
use raft_sim::claim::Claim;
use raft_sim::{Command, Direction, Moment, Session};

/// How long a run may go on after what was done last, or after the claim held, in microseconds.
const SLACK: Micros = 300_000;

/// The seeds of the runs are up to this.
const SEEDS: u64 = 50;

/// What a walk goes by.
#[derive(Clone, Copy, Debug)]
pub struct Way<'a> {
    /// What holds in every run of it.
    pub claim: &'a Claim,
    /// What may be done in them, with what mends it.
    pub faults: &'a [Fault],
    /// Another walk has another seed.
    pub seed: u64,
}

impl Way<'_> {
    /// The run that a walk ends at, once so many events have happened in all that were tried;
    /// `None` where the claim does not hold in the one that it begins with. Walks with other
    /// numbers take other steps.
    pub fn walk(&self, from: &Case, number: u64, events: u64) -> Option<Case> {
        let dice = Dice::new(self.seed, number);
        let mut walk =
            Walk { way: *self, dice, at: from.clone(), marks: Vec::new(), held: 0, spent: 0 };
        if !walk.go(from.clone(), 0, from.session(), from.until) {
            return None;
        }
        walk.fewer_deeds();
        while walk.spent < events && walk.at.deeds.len() > 1 {
            walk.step();
        }
        // It has gone on from copies of runs: whoever gets it can begin at the beginning.
        walk.at.holds(self.claim).is_some().then_some(walk.at)
    }
}

struct Walk<'a> {
    way: Way<'a>,
    dice: Dice,
    at: Case,
    /// The run at its beginning and after each of the things that are done.
    marks: Vec<Session>,
    /// When the claim holds.
    held: Micros,
    /// How much happened in all runs that were tried, at least one for each.
    spent: u64,
}

impl Shorter for Walk<'_> {
    fn present(&self) -> &Case {
        &self.at
    }

    fn attempt(&mut self, case: Case) -> bool {
        self.attempt_from_where_it_differs(case)
    }
}

impl Walk<'_> {
    /// Some changes at once: one alone often only works with another.
    fn step(&mut self) {
        let mut case = self.at.clone();
        for _ in 0..=self.dice.index(3) {
            self.change(&mut case);
        }
        self.attempt(case);
    }

    /// Goes on with a run if the claim holds in it, and no more is done than in the present one.
    fn attempt_from_where_it_differs(&mut self, case: Case) -> bool {
        self.spent += 1;
        if case == self.at {
            return false;
        }
        let written = case.deeds.iter().zip(&self.at.deeds);
        let first = written.take_while(|(one, other)| one == other).count();
        let last = case.deeds.last().map_or(0, |(moment, _)| moment.time);
        let until = last.max(self.held).saturating_add(SLACK).min(case.until);
        if case.settings != self.at.settings {
            let session = case.session();
            return self.go(case, 0, session, until);
        }
        let Some(mark) = self.marks.get(first).cloned() else { return false };
        self.go(case, first, mark, until)
    }

    /// Goes on from where a run is the same as the present one.
    fn go(&mut self, case: Case, from: usize, session: Session, until: Micros) -> bool {
        let mut marks = vec![session.clone()];
        let leg = Leg { session, from, until, claim: self.way.claim };
        let course = case.course(leg, &mut self.spent, |session| marks.push(session.clone()));
        let Some(course) = course else { return false };
        if from + course.deeds.len() > self.at.deeds.len() {
            return false;
        }
        self.at = case;
        self.at.deeds.truncate(from);
        self.at.deeds.extend(course.deeds);
        self.marks.truncate(from);
        self.marks.extend(marks);
        self.held = course.at.time;
        true
    }

    /// Takes something away, moves it in time, has something else done, or lets two change places;
    /// or changes chance.
    fn change(&mut self, case: &mut Case) {
        if case.deeds.is_empty() {
            return;
        }
        let at = self.dice.index(case.deeds.len());
        match self.dice.below(25) {
            0..=7 => {
                case.deeds.remove(at);
            }
            8..=11 => {
                let time = self.moved(case.deeds[at].0.time);
                case.deeds[at].0 = Moment { time, after: u32::MAX };
            }
            // With all that comes after it.
            12..=13 => {
                let begun = case.deeds[at].0.time;
                let time = self.moved(begun);
                for (moment, _) in &mut case.deeds[at..] {
                    let time = (moment.time + time).saturating_sub(begun);
                    *moment = Moment { time, after: u32::MAX };
                }
            }
            14..=17 => self.draw(case, at),
            18..=21 => self.alter(case, at),
            // Another run altogether, of which little is left: seldom.
            22 => case.settings.seed = 1 + self.dice.below(SEEDS),
            _ => {
                let other = self.dice.index(case.deeds.len());
                let command = case.deeds[at].1.clone();
                case.deeds[at].1 = std::mem::replace(&mut case.deeds[other].1, command);
            }
        }
        case.deeds.sort_by_key(|(moment, _)| *moment);
    }

    fn moved(&mut self, time: Micros) -> Micros {
        let by = self.dice.pause();
        if self.dice.below(2) == 0 { time.saturating_sub(by) } else { time + by }
    }

    /// Something else that can be done there.
    fn draw(&mut self, case: &mut Case, at: usize) {
        let Some(mark) = self.marks.get(at) else { return };
        let mut session = mark.clone();
        let moment = case.deeds[at].0;
        while session.next_moment().is_some_and(|next| next < moment) {
            session.step();
        }
        if let Some(command) = self.dice.deed(self.way.faults, session.world()) {
            case.deeds[at].1 = command;
        }
    }

    /// The same with somebody else, or another way.
    fn alter(&mut self, case: &mut Case, at: usize) {
        let nodes = u64::from(case.settings.nodes);
        let id = NodeId(1 + self.dice.below(nodes));
        let dice = &mut self.dice;
        #[expect(clippy::wildcard_enum_match_arm, reason = "what is left out only stays as it is")]
        match &mut case.deeds[at].1 {
            Command::Crash(n) | Command::Restart(n) | Command::Timeout(n) => *n = id,
            Command::Pause(n) | Command::Resume(n) => *n = id,
            Command::Cut(from, way, to) => match dice.below(4) {
                0 => *way = Direction::BothWays,
                1 => *way = Direction::OneWay,
                2 if id != *to => *from = id,
                _ if id != *from => *to = id,
                _ => {}
            },
            Command::Partition(groups) => {
                let mut others = groups.clone();
                others.iter_mut().for_each(|group| group.retain(|other| *other != id));
                let to = dice.index(others.len());
                others[to].push(id);
                others[to].sort();
                others.retain(|group| !group.is_empty());
                if others.len() > 1 {
                    *groups = others;
                }
            }
            Command::Message { from, to, nth, .. } => match dice.below(3) {
                0 if id != *to => *from = id,
                1 if id != *from => *to = id,
                _ => *nth = 1,
            },
            _ => {}
        }
    }
}
