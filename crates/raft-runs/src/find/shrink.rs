//! Makes a run as short as it can be while the claim still comes to hold in it.

use super::case::{Case, Held, Shorter};
use raft_core::{Micros, NodeId};
use raft_sim::claim::Claim;
use raft_sim::{Chance, Command, Moment, Span};

/// The most runs that are tried.
const TRIES: u32 = 6_000;
/// How long a run may go on after what is done last, or after the claim holds, in microseconds.
const SLACK: Micros = 1_000_000;
/// Rounder times, the roundest first.
const ROUND: [Micros; 8] = [1_000_000, 500_000, 100_000, 50_000, 20_000, 10_000, 5_000, 1_000];

/// The shortest run that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Shrunk {
    /// The run.
    pub case: Case,
    /// When the claim holds in it.
    pub held: Held,
    /// How many runs were tried.
    pub tries: u32,
}

/// Shrinks a run in which the claim holds; `None` where it does not hold in it.
pub fn shrink(case: &Case, claim: &Claim) -> Option<Shrunk> {
    let held = case.holds(claim)?;
    let last = case.deeds.last().map_or(0, |(moment, _)| moment.time);
    let until = last.max(held.at.time).saturating_add(SLACK).min(case.until);
    let case = Case { until, ..case.clone() };
    let (best, first) = (case.clone(), held.clone());
    let mut shrinking = Shrinking { claim, best, held: first, tries: 1 };
    shrinking.take(case, held);
    loop {
        let before = shrinking.best.clone();
        shrinking.fewer_servers();
        shrinking.fewer_deeds();
        shrinking.fewer_pairs();
        shrinking.less_chance();
        shrinking.rounder_times();
        if shrinking.best == before || shrinking.tries >= TRIES {
            break;
        }
    }
    let Shrinking { best: case, held, tries, .. } = shrinking;
    Some(Shrunk { case, held, tries })
}

/// The shortest of several: how short one becomes depends on where it begins.
pub fn shortest(all: Vec<Shrunk>) -> Option<Shrunk> {
    all.into_iter().min_by_key(length)
}

fn length(shrunk: &Shrunk) -> (usize, u8) {
    (shrunk.case.deeds.len(), shrunk.case.settings.nodes)
}

struct Shrinking<'a> {
    claim: &'a Claim,
    best: Case,
    held: Held,
    tries: u32,
}

impl Shorter for Shrinking<'_> {
    fn present(&self) -> &Case {
        &self.best
    }

    fn attempt(&mut self, case: Case) -> bool {
        if self.tries >= TRIES || case == self.best {
            return false;
        }
        self.tries += 1;
        let Some(held) = case.holds(self.claim) else { return false };
        self.take(case, held);
        true
    }
}

impl Shrinking<'_> {
    /// What cannot be done in it, and what is done once it holds, is not part of it.
    fn take(&mut self, case: Case, held: Held) {
        let done = held.deeds.len();
        let kept = case
            .deeds
            .iter()
            .filter(|(_, command)| held.deeds.iter().any(|(_, other)| other == command));
        let kept: Vec<(Moment, Command)> = kept.take(done).cloned().collect();
        let as_written = Case { deeds: kept, ..case.clone() };
        self.best = if as_written.holds(self.claim).is_some() {
            as_written
        } else {
            Case { deeds: held.deeds.clone(), ..case }
        };
        self.held = self.best.holds(self.claim).unwrap_or(held);
        self.tries += 2;
    }

    /// What only works together goes together: a crash and its restart, a cut and what mends it.
    fn fewer_pairs(&mut self) {
        let mut first = 0;
        while first + 1 < self.best.deeds.len() {
            let mut second = first + 1;
            let mut shorter = false;
            while second < self.best.deeds.len() {
                let mut case = self.best.clone();
                case.deeds.remove(second);
                case.deeds.remove(first);
                shorter = self.attempt(case);
                if shorter {
                    break;
                }
                second += 1;
            }
            if !shorter {
                first += 1;
            }
        }
    }

    /// Any server may be the one that is not needed: those behind it move up.
    fn fewer_servers(&mut self) {
        let mut gone = u64::from(self.best.settings.nodes);
        while gone > 0 && self.best.settings.nodes > 1 {
            let mut case = self.best.clone();
            case.settings.nodes -= 1;
            case.deeds = case.deeds.iter().filter_map(|deed| without(deed, gone)).collect();
            self.attempt(case);
            gone -= 1;
        }
    }

    /// No chance that is not needed.
    fn less_chance(&mut self) {
        let changes: [fn(&mut Case); 9] = [
            |case| case.settings.live.loss = Chance(0),
            |case| case.settings.live.duplicate = Chance(0),
            |case| case.settings.live.torn_writes = Chance(0),
            |case| case.settings.live.client_loss = Chance(0),
            |case| case.settings.live.client_latency = Span { min: 0, max: 0 },
            |case| case.settings.live.fsync = Span { min: 0, max: 0 },
            |case| case.settings.live.latency = Span { min: 10_000, max: 10_000 },
            |case| case.settings.live.fsync = even(case.settings.live.fsync),
            |case| case.settings.live.latency = even(case.settings.live.latency),
        ];
        for change in changes {
            let mut case = self.best.clone();
            change(&mut case);
            self.attempt(case);
        }
        for seed in 1..=3 {
            if self.best.settings.seed <= seed {
                break;
            }
            let mut case = self.best.clone();
            case.settings.seed = seed;
            self.attempt(case);
        }
    }

    fn rounder_times(&mut self) {
        for at in 0..self.best.deeds.len() {
            for round in ROUND {
                let Some((moment, _)) = self.best.deeds.get(at) else { return };
                let moment = *moment;
                let down = moment.time / round * round;
                let is_round = moment.time == down && moment.after == u32::MAX;
                if is_round || self.try_time(at, down) || self.try_time(at, down + round) {
                    break;
                }
            }
        }
    }

    fn try_time(&mut self, at: usize, time: Micros) -> bool {
        let mut case = self.best.clone();
        case.deeds[at].0 = Moment { time, after: u32::MAX };
        let in_order = case.deeds.windows(2).all(|pair| pair[0].0 <= pair[1].0);
        in_order && self.attempt(case)
    }
}

/// What is done where a server is not there; `None` where it is about that server.
fn without((moment, command): &(Moment, Command), gone: u64) -> Option<(Moment, Command)> {
    if let Command::Partition(groups) = command {
        let mut groups = groups.clone();
        groups.iter_mut().for_each(|group| group.retain(|id| id.0 != gone));
        groups.retain(|group| !group.is_empty());
        groups.iter_mut().flatten().for_each(|id| *id = moved_up(*id, gone));
        return (groups.len() > 1).then_some((*moment, Command::Partition(groups)));
    }
    let named = command.servers();
    if named.iter().any(|id| id.0 == gone) {
        return None;
    }
    let up = |id: &NodeId| moved_up(*id, gone);
    if named.iter().all(|id| id.0 < gone) {
        return Some((*moment, command.clone()));
    }
    // Those that a search draws: others that name somebody who moves are left out.
    #[expect(clippy::wildcard_enum_match_arm, reason = "what is left out is only not shrunk")]
    let command = match command {
        Command::Crash(n) => Command::Crash(up(n)),
        Command::Restart(n) => Command::Restart(up(n)),
        Command::Pause(n) => Command::Pause(up(n)),
        Command::Resume(n) => Command::Resume(up(n)),
        Command::Timeout(n) => Command::Timeout(up(n)),
        Command::Cut(from, way, to) => Command::Cut(up(from), *way, up(to)),
        Command::Clock { server, percent } => {
            Command::Clock { server: up(server), percent: *percent }
        }
        Command::Message { verb, kind, from, to, nth } => {
            let (from, to) = (up(from), up(to));
            Command::Message { verb: *verb, kind: *kind, from, to, nth: *nth }
        }
        _ => return None,
    };
    Some((*moment, command))
}

fn moved_up(id: NodeId, gone: u64) -> NodeId {
    NodeId(if id.0 > gone { id.0 - 1 } else { id.0 })
}

fn even(span: Span) -> Span {
    Span { min: span.min, max: span.min }
}
