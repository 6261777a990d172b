//! What comes next, as the page shows it: questions that a moment suggests, how often each answer
//! came, how long it took, and when it was too late.
//!
//! Coordinates are those of a picture of [`WIDTH`] by [`HEIGHT`].

use crate::lang::look_up;
use crate::stage::fixed;
use crate::words::{seconds, span};
use raft_check::Property;
use raft_core::{Micros, NodeId, Term};
use raft_runs::late::Late;
use raft_runs::{Asked, Outcome, Question, Row, Shares, quantile};
use raft_sim::{Mark, MarkKind, Session};

/// The width of a graph.
pub const WIDTH: f64 = 344.0;
/// The height of a graph.
pub const HEIGHT: f64 = 84.0;
/// A share from which on it is called certain.
const CERTAIN: f64 = 0.9;
/// How many of the things that a run came to are offered.
const MOST_OFFERED: usize = 6;
/// How many bars a histogram has.
const BARS: usize = 20;

/// A question that somebody can choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What it says.
    pub label: String,
    /// As it is asked ([`Question::read`]).
    pub asked: String,
}

/// The questions that a moment suggests.
pub fn choices(session: &Session) -> Vec<Choice> {
    let world = session.world();
    let choice = |label: String, asked: String| Choice { label, asked };
    let mut all = vec![choice(tr!("Who leads next?").into(), "who leads next within 1s".into())];
    if let Some(entry) = newest_open(session) {
        let (index, term) = entry;
        all.push(choice(
            tr!("What becomes of entry {} of term {}?", index, term),
            format!("entry {index} of term {term} within 2s"),
        ));
    }
    let open =
        |(_, request): &(usize, &raft_sim::Answered)| request.outcome == raft_sim::Outcome::Waiting;
    if let Some((at, _)) = world.requests().iter().enumerate().rev().find(open) {
        let number = at + 1;
        all.push(choice(
            tr!("Is request {} answered?", number),
            format!("reply {number} ok within 2s"),
        ));
    }
    all.push(choice(tr!("Do two servers believe they lead?").into(), "leaders 2 within 5s".into()));
    all.push(choice(tr!("Do all servers agree?").into(), "converged within 5s".into()));
    all
}

/// The newest entry that is not committed, on whichever server that runs.
fn newest_open(session: &Session) -> Option<(u64, u64)> {
    let world = session.world();
    let last = |server: &raft_sim::Server| {
        let entry = server.node().log().iter().next_back()?;
        Some((entry.index, entry.term)).filter(|(index, _)| *index > world.committed())
    };
    world.servers().iter().filter_map(last).max_by_key(|(index, term)| (*term, *index))
}

/// What a run came to, so that it can be asked when that was certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CameTo {
    /// What it says.
    pub label: String,
    /// As it is asked of its moments.
    pub asked: String,
    /// When the first moment is.
    pub from: Micros,
    /// When it had come to that.
    pub to: Micros,
    /// How its futures are to end for that.
    pub outcome: Outcome,
}

/// What a branch came to up to the present, the latest first, at most six.
pub fn came_to(session: &Session) -> Vec<CameTo> {
    let now = session.world().now();
    let marks = session.branch().marks();
    let marks = &marks[..marks.partition_point(|mark| mark.at <= now)];
    let told = |(at, mark): (usize, &Mark)| match mark.kind {
        MarkKind::Elected { leader, term } => Some(led(leader, term, mark.at, &marks[..at])),
        MarkKind::Violated(property) => {
            let is_it = |other: &Mark| other.kind == mark.kind;
            (!marks[..at].iter().any(is_it)).then(|| broke(property, mark.at))
        }
        MarkKind::Committed | MarkKind::Fault => None,
    };
    marks.iter().enumerate().rev().filter_map(told).take(MOST_OFFERED).collect()
}

/// Somebody came to lead, and this was before.
fn led(leader: NodeId, term: Term, at: Micros, before: &[Mark]) -> CameTo {
    let elected = |mark: &Mark| match mark.kind {
        MarkKind::Elected { term, .. } => Some((term, mark.at)),
        MarkKind::Committed | MarkKind::Fault | MarkKind::Violated(_) => None,
    };
    let (last, from) = before.iter().rev().find_map(elected).unwrap_or((0, 0));
    CameTo {
        label: tr!("{} leads term {}", leader, term),
        asked: format!("who leads after term {last} by {}us", at + 2_000_000),
        from,
        to: at,
        outcome: Outcome::Leader(leader),
    }
}

fn broke(property: Property, at: Micros) -> CameTo {
    CameTo {
        label: tr!("{} is broken", look_up(crate::words::property(property))),
        asked: format!("violated {} by {}us", property.name(), at + 1_000_000),
        from: 0,
        to: at,
        outcome: Outcome::Yes,
    }
}

/// One answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What it says.
    pub name: String,
    /// How long its bar is, 0 to 1.
    pub part: f64,
    /// Whether it is what was asked for, and not that time was up.
    pub is_found: bool,
    /// `61 %`
    pub share: String,
    /// `±4`, in percent: half of the 95 % interval.
    pub margin: String,
    /// What one of these futures is reseeded with.
    pub key: u64,
}

/// How long it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Times {
    /// Bars, as a path.
    pub bars: String,
    /// Where half of them are, and what it says.
    pub half: (f64, String),
    /// The same of 99 of a hundred.
    pub most: (f64, String),
}

/// How the futures of one moment end.
#[derive(Clone, Debug, PartialEq)]
pub struct Ends {
    /// Over how many futures, from when.
    pub over: String,
    /// The answers, most frequent first.
    pub answers: Vec<Answer>,
    /// What the times are of.
    pub times_of: String,
    /// How long it took; `None` where nothing was found.
    pub times: Option<Times>,
}

/// How the futures of a moment end.
pub fn ends(question: &Question, from: Micros, shares: &Shares) -> Ends {
    let rows = shares.rows();
    let most = rows.iter().map(|row| row.share).fold(0.0, f64::max);
    let answers = rows.iter().map(|row| answer(question, from, row, most)).collect();
    Ends {
        over: tr!("{} futures from {}", shares.runs(), seconds(from)),
        answers,
        times_of: match question.asked {
            Asked::WhoLeadsNext { .. } => tr!("Until there is a leader").into(),
            Asked::Entry { .. } => tr!("Until that is decided").into(),
            Asked::WhoLeads | Asked::Claim { .. } => tr!("Until it is so").into(),
        },
        times: times(&shares.times()),
    }
}

fn answer(question: &Question, from: Micros, row: &Row, most: f64) -> Answer {
    let within = span(question.deadline(from).saturating_sub(from));
    let name = match row.outcome {
        Outcome::Leader(id) => id.to_string(),
        Outcome::Nobody => tr!("nobody within {}", within),
        Outcome::Yes => tr!("yes").into(),
        Outcome::No => tr!("not within {}", within),
        Outcome::Committed => tr!("committed").into(),
        Outcome::Lost => tr!("lost").into(),
        Outcome::Open => tr!("open after {}", within),
        Outcome::TooMuch => tr!("given up: too many events").into(),
    };
    Answer {
        name,
        part: row.share / most.max(f64::MIN_POSITIVE),
        is_found: row.outcome.is_found(),
        share: percent(row.share),
        margin: format!("±{}", (50.0 * (row.high - row.low)).round()),
        key: row.key,
    }
}

/// A share in whole percent, but never as none or all where it is not.
fn percent(share: f64) -> String {
    let hundredths = (share * 100.0).round();
    if hundredths == 0.0 && share > 0.0 {
        "< 1 %".into()
    } else if hundredths == 100.0 && share < 1.0 {
        "> 99 %".into()
    } else {
        format!("{hundredths} %")
    }
}

fn times(ascending: &[Micros]) -> Option<Times> {
    let (half, most) = (quantile(ascending, 50)?, quantile(ascending, 99)?);
    let longest = (*ascending.last()?).max(1);
    let mut counts = [0u32; BARS];
    for time in ascending {
        let at = (*time as f64 / (longest + 1) as f64 * BARS as f64) as usize;
        counts[at.min(BARS - 1)] += 1;
    }
    let highest = f64::from(counts.iter().copied().max().unwrap_or(1).max(1));
    let step = WIDTH / BARS as f64;
    let bar = |(at, count): (usize, &u32)| {
        let (x, height) = (at as f64 * step + 1.0, f64::from(*count) / highest * (HEIGHT - 4.0));
        let (y, width) = (HEIGHT - height, step - 2.0);
        let [x, y, width, height] = [x, y, width, height].map(fixed);
        format!("M{x} {y}h{width}v{height}h-{width}z")
    };
    let place = |time: Micros| time as f64 / longest as f64 * WIDTH;
    Some(Times {
        bars: counts.iter().enumerate().filter(|(_, count)| **count > 0).map(bar).collect(),
        half: (place(half), tr!("half by {}", span(half))),
        most: (place(most), tr!("99 % by {}", span(most))),
    })
}

/// When it was too late.
#[derive(Clone, Debug, PartialEq)]
pub struct Lateness {
    /// How many futures of how many moments.
    pub over: String,
    /// The share at each moment, as the points of a line.
    pub line: String,
    /// The moments that were asked: place, height, time and share.
    pub points: Vec<LatePoint>,
    /// Where the share jumps, if it does, and when that is.
    pub jump: Option<(f64, Micros)>,
    /// What is said of what happened there.
    pub says: &'static str,
    /// When the first moment is.
    pub from: String,
    /// When the last is.
    pub to: String,
}

/// A moment that was asked.
#[derive(Clone, Debug, PartialEq)]
pub struct LatePoint {
    /// Where it is.
    pub x: f64,
    /// How high.
    pub y: f64,
    /// When.
    pub at: Micros,
    /// Time and share, in words.
    pub says: String,
}

/// The search for the moment from which it was certain, as far as it has come.
pub fn lateness(late: &Late) -> Option<Lateness> {
    let points = late.points();
    let (first, last) = (points.first()?.at, points.last()?.at);
    let place = |at: Micros| (at - first) as f64 / (last - first).max(1) as f64 * WIDTH;
    let height = |share: f64| HEIGHT - 2.0 - share * (HEIGHT - 6.0);
    let drawn: Vec<LatePoint> = points
        .iter()
        .map(|point| {
            let share = late.share(point);
            let says = format!("{}: {}", seconds(point.at), percent(share));
            LatePoint { x: place(point.at), y: height(share), at: point.at, says }
        })
        .collect();
    let line = drawn.iter().map(|p| format!("{},{}", fixed(p.x), fixed(p.y)));
    let after = late.jump().map(|jump| jump.events.1);
    let is_certain = late.jump().is_some_and(|jump| jump.shares.1 >= CERTAIN);
    let jump = points.iter().find(|point| Some(point.events) == after).map(|p| (place(p.at), p.at));
    Some(Lateness {
        over: tr!("{} futures at each of {} moments", raft_runs::late::FUTURES, points.len()),
        line: line.collect::<Vec<_>>().join(" "),
        points: drawn,
        jump,
        says: if is_certain { key!("Certain from here:") } else { key!("This decided most:") },
        from: seconds(first),
        to: seconds(last),
    })
}
