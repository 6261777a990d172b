//! Many walks at once, in rounds: each begins at one of the shortest runs that were come to.

use super::case::Case;
use super::draw::Fault;
use super::walk::Way;

/// How many runs are walked from in a round.
const KEPT: usize = 8;
/// How many of them get the last touch.
const LAST: usize = 4;
/// The most rounds.
const ROUNDS: u64 = 16;
/// After how many rounds in which the shortest became no shorter it is the last, at least; as many
/// as things are done in it, if those are more.
const PATIENCE: u64 = 4;
/// How much may happen in a walk's runs for each thing that is done, and at most: what is shorter
/// has fewer others that are as short.
const EVENTS: u64 = 10_000;
const MOST_EVENTS: u64 = 150_000;

/// Runs in which a claim holds, to become shorter.
#[derive(Clone, Debug)]
pub struct Pool<'a> {
    way: Way<'a>,
    /// The shortest first.
    cases: Vec<Case>,
    round: u64,
    /// How many rounds the shortest has been as short.
    same: u64,
}

impl<'a> Pool<'a> {
    /// With what was found.
    pub fn new(way: Way<'a>, cases: Vec<Case>) -> Pool<'a> {
        Pool { way, cases, round: 0, same: 0 }
    }

    /// The numbers of the walks of the next round; none where there is nothing to be hoped for.
    pub fn next_round(&self) -> std::ops::Range<usize> {
        let shortest = self.cases.first().map_or(0, |case| case.deeds.len());
        let done = self.round > 0 && (shortest < 2 || self.same >= PATIENCE.max(shortest as u64));
        let each = if self.round == 0 { 1 } else { 2 };
        0..if done || self.round >= ROUNDS { 0 } else { self.cases.len() * each }
    }

    /// One walk; where it goes depends on its number and on the pool alone.
    pub fn walk(&self, number: usize) -> Option<Case> {
        let case = self.cases.get(number % self.cases.len().max(1))?;
        // Where elections begin by hand alone, nothing has to be done to keep others from
        // beginning. Each is walked from both ways, for that is longer to begin with.
        let by_hand = number >= self.cases.len() && self.way.faults.contains(&Fault::Timeout);
        let by_hand = if by_hand { case.with_elections_by_hand(self.way.claim) } else { None };
        let events = MOST_EVENTS.min(EVENTS.saturating_mul(case.deeds.len() as u64));
        let number = self.round << 32 | number as u64;
        let walked = self.way.walk(by_hand.as_ref().unwrap_or(case), number, events);
        Some(walked.unwrap_or_else(|| case.clone()))
    }

    /// Takes what the walks of a round came to, in the order of their numbers.
    pub fn learn(&mut self, walked: Vec<Option<Case>>) {
        let shortest = |cases: &[Case]| cases.iter().map(|case| case.deeds.len()).min();
        let before = shortest(&self.cases);
        self.cases = walked.into_iter().flatten().collect();
        self.cases.sort_by_key(|case| case.deeds.len());
        if self.round > 0 {
            self.cases.truncate(KEPT);
        }
        self.same = if shortest(&self.cases) == before { self.same + 1 } else { 0 };
        self.round += 1;
    }

    /// The shortest of them.
    pub fn shortest(&self) -> &[Case] {
        let least = self.cases.first().map_or(0, |case| case.deeds.len());
        let short = self.cases.iter().take_while(|case| case.deeds.len() == least).count();
        &self.cases[..short.min(LAST)]
    }
}
