//! What is going to happen, found out on a copy of the session.

use super::Telling;
use super::rank::{Rank, follows, follows_load, rank};
use crate::words::{self, Sentence, join, votes_granted};
use raft_core::{Micros, NodeId, Note, Term};
use raft_sim::{ClientId, Command, Session, TraceEvent, What};

/// How many events are looked ahead at most: a few milliseconds' work.
const MOST_EVENTS: usize = 4_000;

/// How far is looked ahead at most, in simulated microseconds.
const FARTHEST: Micros = 10_000_000;

/// How many sentences are planned at once. The last is only reached: how long it is held depends on
/// what follows.
const SENTENCES: usize = 4;

/// A moment that decides something.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cue {
    /// When, in simulated time.
    pub at: Micros,
    /// What is told of it; `None` where the sentence before tells of it too, or it needs none.
    pub line: Option<Sentence>,
    /// Whether the sentence is the scenario's own.
    is_own: bool,
    /// Where the sentence is about votes: about which.
    votes: Option<Votes>,
}

impl Cue {
    /// A moment of which nothing is told.
    pub(super) fn at(at: Micros) -> Cue {
        Cue { at, line: None, is_own: false, votes: None }
    }
}

/// Votes for one candidate that one sentence tells of.
#[derive(Clone, Debug, PartialEq)]
struct Votes {
    candidate: NodeId,
    term: Term,
    voters: Vec<NodeId>,
}

/// A message that matters, on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flight {
    /// When it is sent, in simulated time.
    pub from: Micros,
    /// When it arrives; later.
    pub to: Micros,
}

/// What is going to happen.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// What has just happened, at the present moment, and what will: in order of time, each at a
    /// time of its own.
    pub cues: Vec<Cue>,
    /// Messages that matter, those on their way now included.
    pub flights: Vec<Flight>,
    /// Up to when is known what happens.
    pub to: Micros,
    /// Whether nothing follows after that until somebody does something.
    pub ends: bool,
}

impl Ahead {
    /// Looks ahead from the present, at most up to `until`. `reached` is the present moment, where
    /// it was planned; otherwise `heard` says how many of the session's trace events are known to
    /// whoever watches.
    pub(super) fn of(
        session: &Session,
        telling: Telling,
        until: Option<Micros>,
        heard: u64,
        reached: Option<Cue>,
    ) -> Ahead {
        let now = session.world().now();
        let limit = until.unwrap_or(Micros::MAX).min(now + FARTHEST);
        let mut find = Find {
            telling,
            load: follows_load(session.world()),
            votes: reached.as_ref().and(Some(0)),
            newest: 0,
            newest_asked: 0,
            ahead: Ahead { to: now, cues: reached.into_iter().collect(), ..Ahead::default() },
        };
        if find.ahead.cues.is_empty() {
            let fresh = session.happened().saturating_sub(heard);
            for event in latest(session, fresh).filter(|event| event.at == now) {
                find.take(event);
            }
        }
        find.see_flights(session);
        let mut copy = session.clone();
        for _ in 0..MOST_EVENTS {
            let before = (copy.happened(), copy.world().now(), copy.world().events());
            copy.step();
            let reached = copy.world().now();
            if before == (copy.happened(), reached, copy.world().events()) {
                find.ahead.ends = true;
                break;
            }
            if reached > limit {
                find.ahead.to = limit;
                find.ahead.ends = until.is_some_and(|until| until <= limit);
                break;
            }
            let fresh = copy.happened() - before.0;
            let mut sends = false;
            for event in latest(&copy, fresh) {
                sends |= find.sends(&event.what);
                find.take(event);
            }
            sends |=
                copy.world().on_the_wire().next_back().is_some_and(|it| it.id > find.newest_asked);
            if sends {
                find.see_flights(&copy);
            }
            find.ahead.to = reached;
            if find.has_enough(reached) {
                break;
            }
        }
        find.ahead
    }
}

/// The latest of a session's trace events, oldest first.
fn latest(session: &Session, count: u64) -> impl Iterator<Item = &TraceEvent> {
    let recent = session.recent();
    let count = usize::try_from(count).unwrap_or(usize::MAX).min(recent.len());
    recent.range(recent.len() - count..)
}

struct Find {
    telling: Telling,
    /// Whether single requests of the load generator are followed.
    load: bool,
    /// Which of the cues has the sentence about the latest votes, if nothing else was decided
    /// since.
    votes: Option<usize>,
    /// The newest message that was seen.
    newest: u64,
    /// The newest of what clients and servers send each other.
    newest_asked: u64,
    ahead: Ahead,
}

impl Find {
    /// Whether as many sentences are known as are planned at once, up to a time.
    fn has_enough(&self, to: Micros) -> bool {
        let cues = &self.ahead.cues;
        cues.last().is_some_and(|cue| cue.at < to)
            && cues.iter().filter(|cue| cue.line.is_some()).count() > SENTENCES
    }

    fn take(&mut self, event: &TraceEvent) {
        if rank(event, self.load) < Rank::Decisive {
            return;
        }
        let said = match (self.telling, &event.what) {
            (Telling::Narrated, _) | (Telling::Lesson, What::Did(Command::Say(_))) => {
                Some(words::event(event))
            }
            (Telling::Lesson, _) => None,
        };
        if let What::Decided { server, note: Note::VoteGranted { candidate, term } } = &event.what
            && said.is_some()
        {
            self.vote(event.at, *server, *candidate, *term);
            return;
        }
        self.votes = None;
        match (&event.what, said) {
            (What::Did(Command::Say(_)), Some(own)) => self.own_cue(event.at, own),
            (_, said) => self.cue(event.at, said),
        }
    }

    /// A vote shares the sentence of those for the same candidate right before it.
    fn vote(&mut self, at: Micros, voter: NodeId, candidate: NodeId, term: Term) {
        let known = self.votes.and_then(|cue| self.ahead.cues.get_mut(cue));
        let votes = known.and_then(|cue| Some((cue.votes.as_mut()?, &mut cue.line)));
        match votes.filter(|(v, _)| (v.candidate, v.term) == (candidate, term)) {
            Some((votes, line)) => {
                if let Err(place) = votes.voters.binary_search(&voter) {
                    votes.voters.insert(place, voter);
                    *line = Some(votes_granted(&votes.voters, candidate, term));
                }
                self.cue(at, None);
            }
            None => {
                let alone = self.ahead.cues.last().is_none_or(|cue| cue.at < at);
                self.cue(at, Some(votes_granted(&[voter], candidate, term)));
                self.votes = None;
                if let (true, Some(cue)) = (alone, self.ahead.cues.last_mut()) {
                    cue.votes = Some(Votes { candidate, term, voters: vec![voter] });
                    self.votes = Some(self.ahead.cues.len() - 1);
                }
            }
        }
    }

    /// What decides something at one instant is told in one go.
    fn cue(&mut self, at: Micros, line: Option<Sentence>) {
        match self.ahead.cues.last_mut().filter(|cue| cue.at == at) {
            None => self.ahead.cues.push(Cue { line, ..Cue::at(at) }),
            Some(cue) if cue.is_own => {}
            Some(cue) => match (&mut cue.line, line) {
                (_, None) => {}
                (known @ None, line) => *known = line,
                (Some(known), Some(line)) => join(&mut known.text, &line.text),
            },
        }
    }

    fn sends(&self, what: &What) -> bool {
        matches!(what, What::Sent { kind, .. } if follows(*kind, self.load))
    }

    /// What a scenario says of an instant is all that is told of it: its author has chosen it.
    fn own_cue(&mut self, at: Micros, own: Sentence) {
        if self.ahead.cues.last().is_none_or(|cue| cue.at < at) {
            self.ahead.cues.push(Cue::at(at));
        }
        let Some(cue) = self.ahead.cues.last_mut() else { return };
        cue.votes = None;
        match cue.line.as_mut().filter(|_| cue.is_own) {
            Some(known) => join(&mut known.text, &own.text),
            None => cue.line = Some(own),
        }
        cue.is_own = true;
    }

    /// Messages, requests and answers that were not seen before.
    fn see_flights(&mut self, session: &Session) {
        let known = self.newest_asked;
        for it in session.world().on_the_wire().filter(|it| it.id > known) {
            self.newest_asked = self.newest_asked.max(it.id);
            if self.load || !matches!(it.client, ClientId::Load(_)) {
                let (from, to) = (it.sent_at, it.due.max(it.sent_at + 1));
                self.ahead.flights.push(Flight { from, to });
            }
        }
        let known = self.newest;
        for flight in session.world().network().in_flight() {
            if flight.id() > known {
                self.newest = self.newest.max(flight.id());
                if !flight.held && follows(flight.message.kind(), self.load) {
                    let (from, to) = (flight.sent_at, flight.due.max(flight.sent_at + 1));
                    self.ahead.flights.push(Flight { from, to });
                }
            }
        }
    }
}
