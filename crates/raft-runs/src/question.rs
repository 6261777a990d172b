//! What is asked of the futures of a moment: a claim of the scenario language, or which of several
//! things comes first.

use raft_core::{Body, Index, Message, NodeId, Term};
use raft_sim::claim::{Claim, Variables};
use raft_sim::time::Exact;
use raft_sim::{Session, World, parse_span, read_claim, read_wait};
use std::fmt;

/// How long a question waits where it does not say: twice etcd's election time-out (1,000 ms).
const WITHIN: u64 = 2_000_000;
/// The longest that a question may wait, in microseconds of simulated time.
pub const MAX_WITHIN: u64 = 600_000_000;

/// A question, as it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is asked.
    pub asked: Asked,
    /// Until when it is watched for.
    pub until: Until,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// `who leads next`: who is the first to lead a later term than anybody has led so far, or,
    /// with `who leads after term 2`, than this.
    WhoLeadsNext {
        /// The term; that of the moment where there is none.
        after: Option<Term>,
    },
    /// `who leads`: who leads, with the highest term, when time is up.
    WhoLeads,
    /// `leaders 2`: whether it comes to hold; or, with `not`, whether it never does.
    Claim {
        /// What is to hold.
        claim: Box<Claim>,
        /// Whether the answer is the other way round.
        not: bool,
    },
    /// `entry 3 of term 2`: what becomes of it.
    Entry {
        /// Its index.
        index: Index,
        /// Its term.
        term: Term,
    },
}

/// Until when a question is watched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// For this long, in microseconds: what counts is whether it ever holds meanwhile.
    Within(u64),
    /// Up to this time of the run: what counts is whether it ever holds before.
    By(u64),
    /// At this time of the run: what counts is what is so then.
    At(u64),
}

/// An answer that one run gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// This server leads.
    Leader(NodeId),
    /// Nobody does.
    Nobody,
    /// It holds.
    Yes,
    /// It does not.
    No,
    /// The entry is committed.
    Committed,
    /// It never can be any more: another is committed in its place, or nobody has it.
    Lost,
    /// It is neither.
    Open,
    /// So much happened that it was given up.
    TooMuch,
}

impl Outcome {
    /// Whether what was asked for came to be, so that it has a time.
    pub fn is_found(self) -> bool {
        match self {
            Outcome::Leader(_) | Outcome::Yes | Outcome::Committed | Outcome::Lost => true,
            Outcome::Nobody | Outcome::No | Outcome::Open | Outcome::TooMuch => false,
        }
    }

    /// As one number, for whoever sends many of them.
    pub fn code(self) -> u32 {
        match self {
            Outcome::Nobody => 0,
            Outcome::Yes => 101,
            Outcome::No => 102,
            Outcome::Committed => 103,
            Outcome::Lost => 104,
            Outcome::Open => 105,
            Outcome::TooMuch => 106,
            Outcome::Leader(id) => u32::try_from(id.0).unwrap_or(0),
        }
    }

    /// What a number of [`Outcome::code`] stands for.
    pub fn of_code(code: u32) -> Option<Outcome> {
        Some(match code {
            0 => Outcome::Nobody,
            101 => Outcome::Yes,
            102 => Outcome::No,
            103 => Outcome::Committed,
            104 => Outcome::Lost,
            105 => Outcome::Open,
            106 => Outcome::TooMuch,
            server if u64::from(server) <= raft_sim::MAX_SERVERS => {
                Outcome::Leader(NodeId(u64::from(server)))
            }
            _ => return None,
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Leader(id) => write!(f, "{id}"),
            Outcome::Nobody => f.write_str("nobody"),
            Outcome::Yes => f.write_str("yes"),
            Outcome::No => f.write_str("no"),
            Outcome::Committed => f.write_str("committed"),
            Outcome::Lost => f.write_str("lost"),
            Outcome::Open => f.write_str("open"),
            Outcome::TooMuch => f.write_str("undecided"),
        }
    }
}

impl Question {
    /// Reads a question of a run with this text: `who leads next`, `who leads`,
    /// `entry 3 of term 2`, or a claim or wait of the scenario language, with `not` before it
    /// where the opposite is asked. Behind it `within 2s` (2 s without), `by 2s` or `at 900ms`.
    ///
    /// # Errors
    /// Says what was expected and found.
    pub fn read(text: &str, asked: &str) -> Result<Question, String> {
        let words: Vec<&str> = asked.split_whitespace().collect();
        if words.is_empty() {
            return Err("expected a question such as `leader n3 within 1s`, found nothing".into());
        }
        let (words, until) = match words.as_slice() {
            [what @ .., "within", span] if !what.is_empty() => (what, Until::Within(time(span)?)),
            [what @ .., "by", moment] if !what.is_empty() => (what, Until::By(time(moment)?)),
            [what @ .., "at", moment] if !what.is_empty() => (what, Until::At(time(moment)?)),
            what => (what, Until::Within(WITHIN)),
        };
        if let Until::Within(span) = until
            && !(1..=MAX_WITHIN).contains(&span)
        {
            let (most, found) = (Exact(MAX_WITHIN), Exact(span));
            return Err(format!(
                "expected a question that ends: within 1us to {most}, found {found}"
            ));
        }
        let asked = match words {
            ["who", "leads"] => Asked::WhoLeads,
            ["who", "leads", "next"] => Asked::WhoLeadsNext { after: None },
            ["who", "leads", "after", "term", term] => {
                Asked::WhoLeadsNext { after: Some(number(term, "a term")?) }
            }
            ["who", ..] => {
                let found = words.join(" ");
                return Err(format!("expected `who leads next` or `who leads`, found `{found}`"));
            }
            ["entry", index, "of", "term", term] => Asked::Entry {
                index: number(index, "the index of an entry")?,
                term: number(term, "a term")?,
            },
            ["entry", ..] => {
                let found = words.join(" ");
                return Err(format!("expected `entry 3 of term 2`, found `{found}`"));
            }
            _ => claim(text, &words.join(" "))?,
        };
        if let (Asked::WhoLeads, Until::Within(_) | Until::By(_)) = (&asked, until) {
            let expected = "expected a time, `who leads at 2s`, or `who leads next`";
            return Err(format!("{expected}, found `who leads`"));
        }
        Ok(Question { asked, until })
    }

    /// Whether it can be asked at this time of a run.
    ///
    /// # Errors
    /// Says what was expected, where it would go on for too long or is over by then.
    pub fn fits(&self, now: u64) -> Result<(), String> {
        let (Until::By(at) | Until::At(at)) = self.until else { return Ok(()) };
        let (from, to) = (Exact(now), Exact(now.saturating_add(MAX_WITHIN)));
        if now <= at && at <= now.saturating_add(MAX_WITHIN) {
            return Ok(());
        }
        Err(format!("expected a question that ends between {from} and {to}, found {}", Exact(at)))
    }

    /// When it is over, asked at this moment.
    pub fn deadline(&self, now: u64) -> u64 {
        match self.until {
            Until::Within(span) => now.saturating_add(span),
            Until::By(at) | Until::At(at) => at,
        }
    }

    /// Begins to watch a run that is at this moment.
    pub(crate) fn watch(&self, session: &Session) -> Watch<'_> {
        let world = session.world();
        Watch {
            question: self,
            led: match self.asked {
                Asked::WhoLeadsNext { after: Some(term) } => term,
                Asked::WhoLeadsNext { after: None }
                | Asked::WhoLeads
                | Asked::Claim { .. }
                | Asked::Entry { .. } => led(world),
            },
            deadline: self.deadline(world.now()),
            variables: session
                .script()
                .map(|script| script.variables().clone())
                .unwrap_or_default(),
        }
    }
}

fn claim(text: &str, asked: &str) -> Result<Asked, String> {
    let read = |asked: &str| read_wait(text, asked).or_else(|_| read_claim(text, asked));
    match (read(asked), asked.strip_prefix("not ")) {
        (Ok(claim), _) => Ok(Asked::Claim { claim: Box::new(claim), not: false }),
        (Err(_), Some(opposite)) => {
            Ok(Asked::Claim { claim: Box::new(read(opposite)?), not: true })
        }
        (Err(error), None) => Err(error),
    }
}

fn time(text: &str) -> Result<u64, String> {
    parse_span(text).ok_or_else(|| {
        format!("expected a time such as `500ms` (units: us, ms, s, m, h), found `{text}`")
    })
}

fn number(text: &str, what: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("expected {what}, a whole number, found `{text}`"))
}

/// The latest term that anybody has led.
pub(crate) fn led(world: &World) -> Term {
    world.last_leader().map_or(0, |(term, _)| term)
}

/// A question that is being put to one run.
pub(crate) struct Watch<'a> {
    question: &'a Question,
    /// The highest term that anybody had led when it was asked.
    led: Term,
    pub(crate) deadline: u64,
    variables: Variables,
}

impl Watch<'_> {
    /// The answer, where one event has just decided it.
    pub(crate) fn decided(&self, world: &World) -> Option<Outcome> {
        if let Until::At(_) = self.question.until {
            return None;
        }
        match &self.question.asked {
            Asked::WhoLeadsNext { .. } => {
                let (term, id) = world.last_leader()?;
                (term > self.led).then_some(Outcome::Leader(id))
            }
            Asked::WhoLeads => None,
            Asked::Claim { claim, not } => {
                let found = if *not { Outcome::No } else { Outcome::Yes };
                self.holds(claim, world).then_some(found)
            }
            Asked::Entry { index, term } => {
                let fate = fate(world, *index, *term);
                (fate != Outcome::Open).then_some(fate)
            }
        }
    }

    /// The answer when time is up.
    pub(crate) fn at_the_end(&self, world: &World) -> Outcome {
        match &self.question.asked {
            Asked::WhoLeads => {
                world.leader().map_or(Outcome::Nobody, |leader| Outcome::Leader(leader.id()))
            }
            Asked::WhoLeadsNext { .. } => match world.last_leader() {
                Some((term, id)) if term > self.led => Outcome::Leader(id),
                Some(_) | None => Outcome::Nobody,
            },
            Asked::Claim { claim, not } => {
                if self.holds(claim, world) != *not {
                    Outcome::Yes
                } else {
                    Outcome::No
                }
            }
            Asked::Entry { index, term } => fate(world, *index, *term),
        }
    }

    fn holds(&self, claim: &Claim, world: &World) -> bool {
        claim.is_true(world, &self.variables)
    }
}

/// What has become of an entry.
fn fate(world: &World, index: Index, term: Term) -> Outcome {
    if let Some(entry) = world.committed_entry(index) {
        return if entry.term == term { Outcome::Committed } else { Outcome::Lost };
    }
    let is_it = |at: Index, of: Term| at == index && of == term;
    let held = world.servers().iter().any(|server| {
        let logs = [server.node().log(), &server.disk().durable().log];
        let written = server.disk().pending().filter_map(|(write, _)| write.log.as_ref());
        logs.iter().any(|log| log.term_at(index) == Some(term))
            || written.flat_map(|log| &log.entries).any(|entry| is_it(entry.index, entry.term))
    });
    let flies = |message: &Message| {
        let Body::AppendEntries { entries, .. } = &message.body else { return false };
        entries.iter().any(|entry| is_it(entry.index, entry.term))
    };
    let is_under_way = || world.network().in_flight().iter().any(|it| flies(&it.message));
    if held || is_under_way() { Outcome::Open } else { Outcome::Lost }
}
