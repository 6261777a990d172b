//! Which of the things that happened is told while a run plays at a steady speed. What decides
//! something stays until it can be read; the rest is told where nothing else is to be told.

use crate::director::{Rank, follows_load, rank, reading_time};
use crate::words::{self, Sentence};
use raft_core::Micros;
use raft_sim::{Session, TraceEvent};

/// Tells one thing at a time.
#[derive(Clone, Debug, Default)]
pub struct Narrator {
    said: Option<Said>,
}

#[derive(Clone, Debug)]
struct Said {
    rank: Rank,
    /// When it happened, in simulated time.
    at: Micros,
    sentence: Sentence,
    /// When it was said, in real microseconds.
    since: Micros,
}

impl Narrator {
    /// What is told now, and when it happened in simulated time. `real` is the time of whoever
    /// watches, in microseconds; `None` where nothing plays, so that the latest can be told at
    /// once. `is_news` says what may be told.
    pub fn tell(
        &mut self,
        session: &Session,
        real: Option<Micros>,
        is_news: impl Fn(&TraceEvent) -> bool,
    ) -> (Micros, Sentence) {
        let world = session.world();
        let load = follows_load(world);
        let latest = |least: Rank| {
            let mut news = session.notable().iter().rev().filter(|event| is_news(event));
            news.find(|event| rank(event, load) >= least)
        };
        if self.said.as_ref().is_some_and(|said| said.at > world.now()) {
            self.said = None;
        }
        let (minor, decisive) = (latest(Rank::Minor), latest(Rank::Decisive));
        let next = match (&self.said, real) {
            (_, None) => minor,
            (None, Some(_)) => decisive.or(minor),
            (Some(said), Some(real)) => {
                let is_read = real.saturating_sub(said.since) >= reading_time(&said.sentence.text);
                let newer = |event: &&TraceEvent| event.at > said.at;
                match decisive.filter(newer) {
                    Some(decisive) => (is_read || said.rank < Rank::Decisive).then_some(decisive),
                    None => minor.filter(|minor| is_read && newer(minor)),
                }
            }
        };
        if let Some(event) = next {
            let sentence = words::event(event);
            let known = self.said.as_ref().is_some_and(|said| said.sentence == sentence);
            if !known {
                let (rank, at, since) = (rank(event, load), event.at, real.unwrap_or(0));
                self.said = Some(Said { rank, at, sentence, since });
            }
        }
        match &self.said {
            Some(said) => (said.at, said.sentence.clone()),
            None => (world.now(), words::quiet(world)),
        }
    }
}
