//! Lays out what is going to happen against real time.

use super::ahead::{Ahead, Cue, Flight};
use super::{HOLD, LONGEST_WAIT, ON_ITS_WAY, Telling, reading_time};
use crate::words::Sentence;
use raft_core::Micros;

/// How many times longer waiting takes than it does, as long as that is below [`LONGEST_WAIT`]: the
/// speed of 1/20×.
const WAITING: Micros = 20;

/// The same where nothing is waited for: heartbeats go by at 1/4×.
const IDLE: Micros = 4;

/// A stretch of simulated time, and the real time that it gets.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shot {
    /// The simulated time at its end; everything stands still where that is the time before it.
    pub until: Micros,
    /// How much real time it gets, in microseconds.
    pub lasts: Micros,
    /// What is said as it begins, and of which simulated time.
    pub line: Option<(Micros, Sentence)>,
}

/// What comes next.
#[derive(Debug)]
pub(super) struct Plan {
    /// One after the other.
    pub shots: Vec<Shot>,
    /// The moment at which they end, which is to be held next.
    pub reached: Option<Cue>,
}

/// Plans what is ahead of a time. `unread` is how much longer the line that stands has to stay,
/// where there is no new one.
pub(super) fn plan(
    now: Micros,
    ahead: &Ahead,
    telling: Telling,
    unread: Micros,
    slowness: u32,
) -> Plan {
    let mut stops: Vec<Stop> = Vec::new();
    if ahead.cues.first().is_none_or(|cue| cue.at > now) {
        stops.push(Stop { cue: Cue::at(now), hold: 0, moves: 0, reading: 0 });
    }
    stops.extend(ahead.cues.iter().cloned().map(Stop::of));
    if let Some(first) = stops.first_mut().filter(|first| first.cue.line.is_none()) {
        // Whatever is said stays until it is read.
        first.reading = unread;
    }
    let last_line = stops.iter().rposition(|stop| stop.reading > 0).filter(|last| *last > 0);
    // How long the last sentence is held depends on what follows it: it is only reached.
    let reached = match (last_line, ahead.ends) {
        (Some(last), false) => {
            let rest = stops.split_off(last);
            rest.into_iter().next().map(|stop| stop.cue)
        }
        (Some(_) | None, _) => None,
    };
    let end = reached.as_ref().map_or(ahead.to, |cue| cue.at);
    let ways = ways(&mut stops, end, ahead, slowness, reached.is_none() && !ahead.ends);
    match telling {
        // On a card, beside the picture: it is read before anything moves.
        Telling::Lesson => {
            stops.iter_mut().for_each(|stop| stop.hold = stop.hold.max(stop.reading))
        }
        Telling::Narrated => wait_for_readers(&mut stops, reached.is_some()),
    }
    let mut shots = Vec::new();
    for (stop, way) in stops.into_iter().zip(ways) {
        let Cue { at, line, .. } = stop.cue;
        if line.is_some() || stop.hold > 0 {
            shots.push(Shot { until: at, lasts: stop.hold, line: line.map(|line| (at, line)) });
        }
        shots.extend(way);
    }
    Plan { shots, reached }
}

/// A moment that is held.
struct Stop {
    cue: Cue,
    /// For how long it is held.
    hold: Micros,
    /// Real time from there to the next.
    moves: Micros,
    /// For how long its line has to stay; 0 where it has none.
    reading: Micros,
}

impl Stop {
    fn of(cue: Cue) -> Stop {
        let reading = cue.line.as_ref().map_or(0, |line| reading_time(&line.text));
        Stop { cue, hold: HOLD, moves: 0, reading }
    }
}

/// The way from each stop to the next, and from the last to `end`.
fn ways(
    stops: &mut [Stop],
    end: Micros,
    ahead: &Ahead,
    slowness: u32,
    idle_at_the_end: bool,
) -> Vec<Vec<Shot>> {
    let ends: Vec<Micros> = stops.iter().skip(1).map(|stop| stop.cue.at).chain([end]).collect();
    let last = stops.len().saturating_sub(1);
    let way = |(place, (stop, end)): (usize, (&mut Stop, Micros))| {
        let idle = idle_at_the_end && place == last;
        let shots = way(stop.cue.at, end, &ahead.flights, u64::from(slowness), idle);
        stop.moves = shots.iter().map(|shot| shot.lasts).sum();
        shots
    };
    stops.iter_mut().zip(ends).enumerate().map(way).collect()
}

/// From one time to another, nothing being decided between them.
fn way(from: Micros, to: Micros, flights: &[Flight], slowness: u64, idle: bool) -> Vec<Shot> {
    let between = |time: &Micros| *time > from && *time < to;
    let ends = flights.iter().flat_map(|flight| [flight.from, flight.to]).filter(between);
    // A sort would be three kilobytes of wasm, which a first visit waits for.
    let mut points = Vec::new();
    for time in ends.chain([from, to]) {
        if let Err(place) = points.binary_search(&time) {
            points.insert(place, time);
        }
    }
    let mut shots: Vec<Shot> = Vec::new();
    for ends in points.windows(2) {
        let (begin, end) = (ends[0], ends[1]);
        let under_way = flights.iter().filter(|flight| flight.from <= begin && end <= flight.to);
        // Whichever is quickest decides.
        let shortest = under_way.map(|flight| flight.to - flight.from).min();
        let length = end - begin;
        let lasts = match shortest {
            Some(shortest) => (ON_ITS_WAY * length).div_ceil(shortest),
            None if idle => length * IDLE,
            None => (length * WAITING).min(LONGEST_WAIT),
        };
        shots.push(Shot { until: end, lasts: lasts * slowness, line: None });
    }
    shots
}

/// Holds a moment longer where its line could not be read before the next one comes. The last stays
/// as long as its way, unless another line is to follow at once.
fn wait_for_readers(stops: &mut [Stop], another_follows: bool) {
    let mut shown = 0;
    for place in (0..stops.len()).rev() {
        let is_last = stops[place..].iter().skip(1).all(|stop| stop.reading == 0);
        shown += stops[place].hold + stops[place].moves;
        let stop = &mut stops[place];
        if stop.reading > 0 {
            if !is_last || another_follows {
                stop.hold += stop.reading.saturating_sub(shown);
            }
            shown = 0;
        }
    }
}
