//! Messages on their way.

use super::details::{DETAILS, MOST_OF_A_LOG};
use super::sayings::saying;
use super::{CROWN, MOST_WITH_DETAILS, Point, Ring, width_of};
use raft_core::{AppendReply, Body, Kind, Micros, NodeId};
use raft_sim::{InFlight, World};

/// The shape of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// RequestVote: a diamond with a question mark.
    Ask,
    /// AppendEntries with so many entries.
    Entries(usize),
    /// AppendEntries without entries: it tells of a commit or probes.
    Probe,
    /// A heartbeat.
    Beat,
    /// The answer to a heartbeat.
    BeatReply,
    /// Yes.
    Tick,
    /// No.
    Cross,
    /// A forwarded command, or a request of none of the other kinds.
    Forward,
    /// A snapshot.
    Snapshot,
}

/// A message to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageView {
    /// Which it is: stays the same while it is in flight.
    pub id: u64,
    /// Its sender.
    pub from: NodeId,
    /// Its receiver.
    pub to: NodeId,
    /// Its kind.
    pub kind: Kind,
    /// Its shape.
    pub glyph: Glyph,
    /// Its term.
    pub term: u64,
    /// Where it is.
    pub at: Point,
    /// Whether its link is held.
    pub held: bool,
    /// What it says, where there is room for words.
    pub words: Option<String>,
}

/// The shape of a message.
pub fn glyph(body: &Body) -> Glyph {
    match body {
        Body::RequestVote { .. } | Body::PreVote { .. } => Glyph::Ask,
        Body::RequestVoteReply { vote_granted } | Body::PreVoteReply { vote_granted } => {
            if *vote_granted {
                Glyph::Tick
            } else {
                Glyph::Cross
            }
        }
        Body::AppendEntries { entries, .. } if entries.is_empty() => Glyph::Probe,
        Body::AppendEntries { entries, .. } => Glyph::Entries(entries.len()),
        Body::AppendEntriesReply(AppendReply::Accepted { .. }) => Glyph::Tick,
        Body::AppendEntriesReply(AppendReply::Rejected { .. } | AppendReply::StaleTerm) => {
            Glyph::Cross
        }
        Body::Heartbeat { .. } => Glyph::Beat,
        Body::HeartbeatReply { .. } => Glyph::BeatReply,
        Body::InstallSnapshot { .. } => Glyph::Snapshot,
        Body::ReadIndexReply { .. } => Glyph::Tick,
        Body::Propose { .. } | Body::TimeoutNow | Body::TransferLeader | Body::ReadIndex { .. } => {
            Glyph::Forward
        }
    }
}

/// Whether messages move or, for those who prefer less motion, jump from end to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// They move.
    Full,
    /// They stand near their sender for the first half of their way, then near the receiver.
    Reduced,
}

/// The most servers between which there is room for words.
const MOST_FOR_WORDS: usize = 5;
/// The most messages that say anything new, for words to be read.
const MOST_WITH_WORDS: usize = 10;
/// The size of words on messages.
pub const WORDS_SIZE: f64 = 12.0;
/// Half of how high words in their pill are.
const HALF_HEIGHT: f64 = WORDS_SIZE * 0.825;
/// How far a message is to its own right of the link, so that the two directions do not hide each
/// other.
const ASIDE: f64 = 6.0;
/// The same where it carries words.
const ASIDE_WITH_WORDS: f64 = 12.0;
/// The part of its way at which a message sets out at the latest, however wide it is.
const NEAR_MIDDLE: f64 = 0.45;
/// Between a server's edge and a message that leaves it or comes.
const BESIDE_SERVER: f64 = 6.0;
/// From one message to the next where they would lie on each other.
const LANE: f64 = 20.0;
/// How near each other messages of one direction count as lying on each other.
const NEAR: f64 = 34.0;

/// Over how much of their width words that pass each other part.
const PARTING: f64 = 30.0;

/// Every message in flight, oldest first.
pub fn messages(world: &World, ring: &Ring, motion: Motion) -> Vec<MessageView> {
    let now = world.now();
    let flights = world.network().in_flight();
    // Where messages stand still, nothing that others do moves them.
    let stands = motion == Motion::Reduced;
    let has_room = ring.servers() <= MOST_FOR_WORDS
        && (stands
            || flights.iter().filter(|it| !it.message.kind().is_heartbeat()).count()
                <= MOST_WITH_WORDS);
    let mut placed: Vec<(NodeId, NodeId, f64, f64)> = Vec::new();
    let mut written: Vec<Written> = Vec::new();
    let view = |flight: &InFlight| {
        let message = &flight.message;
        let (from, to) = (message.from, message.to);
        let words = if has_room { saying(message) } else { None };
        let words = words.filter(|words| fits_between(ring, from, to, words));
        let way = Way::of(ring, from, to, words.as_deref());
        let along = way.length * gone_of((flight.sent_at, flight.due), now, motion);
        // Those that set out earlier stay where they are; each later one finds the next free lane.
        let is_taken = |lane: f64| {
            placed.iter().any(|(a, b, at, taken)| {
                (*a, *b) == (from, to) && *taken == lane && (at - along).abs() < NEAR
            })
        };
        let lanes = [0.0, 1.0, 2.0, 3.0];
        let free = || lanes.into_iter().find(|lane| !is_taken(*lane)).unwrap_or(0.0);
        let lane = if stands { (flight.id() % 2) as f64 } else { free() };
        placed.push((from, to, along, lane));
        let at = way.at(along, lane);
        if let Some(words) = &words {
            let weight = ((way.length - along) / PARTING).clamp(0.0, 1.0);
            let (down, half) = (way.direction.y, half_of(words));
            written.push(Written { id: flight.id(), from, down, at, half, weight });
        }
        MessageView {
            id: flight.id(),
            from,
            to,
            kind: message.kind(),
            glyph: glyph(&message.body),
            term: message.term,
            at,
            held: flight.held,
            words,
        }
    };
    let mut views: Vec<MessageView> = flights.into_iter().map(view).collect();
    if !stands {
        part(&mut written);
        for own in written {
            views.iter_mut().filter(|view| view.id == own.id).for_each(|view| view.at = own.at);
        }
    }
    views
}

/// Words on a message.
struct Written {
    id: u64,
    from: NodeId,
    /// How far its way leads down, -1 to 1.
    down: f64,
    at: Point,
    half: f64,
    /// How much others make way for it: less and less towards its end, or they would jump there.
    weight: f64,
}

/// Parts the words of each sender that asks everybody at once: from the middle one of their ways
/// on, those that lead up stand above each other and those that lead down below, and the nearer to
/// where they belong the less of their width is shared, so that they never jump. Words that come
/// across others pass over them.
fn part(written: &mut [Written]) {
    // By hand: they are few, and the library's way to sort makes the page four kilobytes larger.
    let order = |it: &Written| (it.from, it.down, it.id);
    for place in 1..written.len() {
        let mut at = place;
        while at > 0 && order(&written[at]) < order(&written[at - 1]) {
            written.swap(at, at - 1);
            at -= 1;
        }
    }
    for group in written.chunk_by_mut(|a, b| a.from == b.from) {
        let middle = group.len() / 2;
        for place in (0..middle).rev() {
            let (own, others) = group[place..=middle].split_first_mut().expect("two at least");
            move_beside(own, others, -1.0);
        }
        for place in middle + 1..group.len() {
            let (own, others) = group[middle..=place].split_last_mut().expect("two at least");
            move_beside(own, others, 1.0);
        }
    }
}

/// Moves words to that side of others, 1 below and -1 above, where they would lie on them.
fn move_beside(own: &mut Written, others: &[Written], side: f64) {
    for other in others {
        let shared = own.half + other.half - (own.at.x - other.at.x).abs();
        let missing = HALF_HEIGHT * 2.0 + 1.0 - (own.at.y - other.at.y) * side;
        if shared > 0.0 && missing > 0.0 {
            own.at.y += side * missing * (shared / PARTING).min(1.0) * other.weight;
        }
    }
}

/// Whether words have room between two servers, so that they cover neither where they set out.
fn fits_between(ring: &Ring, from: NodeId, to: NodeId, words: &str) -> bool {
    if !ring.words {
        return false;
    }
    let (from, to) = (ring.at(from), ring.at(to));
    let (across, down) = ((to.x - from.x).abs(), (to.y - from.y).abs());
    // From the server's middle to the nearest point of the words.
    let x = (across * NEAR_MIDDLE - half_of(words)).max(0.0);
    let y = (down * NEAR_MIDDLE - HALF_HEIGHT).max(0.0);
    x.hypot(y) >= ring.server_radius
}

/// Half of what words on a message are wide.
fn half_of(words: &str) -> f64 {
    width_of(words, WORDS_SIZE) / 2.0 + 7.0
}

/// How much of its way something has gone, 0 to 1.
pub fn gone_of((sent_at, due): (Micros, Micros), now: Micros, motion: Motion) -> f64 {
    let way = due.saturating_sub(sent_at).max(1) as f64;
    let gone = (now.saturating_sub(sent_at) as f64 / way).clamp(0.0, 1.0);
    match motion {
        Motion::Full => gone,
        Motion::Reduced => gone.round(),
    }
}

/// The way of a message from one server's edge to another's.
struct Way {
    from: Point,
    /// Of length 1.
    direction: Point,
    length: f64,
    aside: f64,
}

impl Way {
    /// Words are wide: a message that carries them begins and ends where they cover no server.
    fn of(ring: &Ring, from: NodeId, to: NodeId, words: Option<&str>) -> Way {
        let (from, to) = (ring.at(from), ring.at(to));
        let distance = from.distance(to).max(1.0);
        let direction = Point { x: (to.x - from.x) / distance, y: (to.y - from.y) / distance };
        let half = words.map_or(0.0, half_of);
        let least = ring.server_radius + BESIDE_SERVER + half * direction.x.abs();
        // What a server holds stands below it, and a leader's crown above: they are not covered
        // either, be it from beside them or from beyond.
        let has_details = ring.servers() <= MOST_WITH_DETAILS;
        let below = if has_details { (DETAILS, MOST_OF_A_LOG / 2.0) } else { (0.0, 0.0) };
        let crown = words.map_or((0.0, 0.0), |_| (CROWN * ring.server_radius / 36.0, CROWN / 2.0));
        let leaving = |down: f64| {
            let (high, wide) = if down > 0.0 { below } else { crown };
            let beyond = (ring.server_radius + high + BESIDE_SERVER + HALF_HEIGHT) / down.abs();
            let beside = (wide + half) / direction.x.abs();
            // Where nothing stands there, the server itself is all that is left free.
            let clear = if high > 0.0 { beyond.min(beside) } else { least };
            clear.max(least).min(distance * NEAR_MIDDLE)
        };
        let (leaves, comes) = (leaving(direction.y), leaving(-direction.y));
        let start = Point { x: from.x + direction.x * leaves, y: from.y + direction.y * leaves };
        let aside = if words.is_some() { ASIDE_WITH_WORDS } else { ASIDE };
        Way { from: start, direction, length: distance - leaves - comes, aside }
    }

    fn at(&self, along: f64, lane: f64) -> Point {
        let Point { x, y } = self.direction;
        let aside = self.aside + lane * LANE;
        Point { x: self.from.x + x * along - y * aside, y: self.from.y + y * along + x * aside }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_sim::{Session, scenario};

    /// Where a candidate asks everybody at once, each of its words can be read, and none jumps.
    #[test]
    fn words_of_one_moment_stand_apart_and_move_steadily() {
        let text = "nodes 5\nseed 6\nrun until leader\n";
        let mut session = Session::open(scenario::parse(text).expect("a scenario"));
        let ring = Ring::new(5);
        let (mut before, mut seen, mut hidden): (Vec<(u64, Point)>, _, _) = (Vec::new(), 0, 0);
        while session.world().now() < 300_000 {
            session.advance(session.world().now() + 200, 1_000);
            let views = messages(session.world(), &ring, Motion::Full);
            let asks = |it: &&MessageView| it.glyph == Glyph::Ask;
            let words: Vec<_> = views
                .iter()
                .filter(asks)
                .filter_map(|it| Some((it, half_of(it.words.as_deref()?))))
                .collect();
            for (place, (one, half)) in words.iter().enumerate() {
                for (other, reach) in words[..place].iter().filter(|it| it.0.from == one.from) {
                    let shared = half + reach - (one.at.x - other.at.x).abs();
                    let missing = HALF_HEIGHT * 2.0 - (one.at.y - other.at.y).abs();
                    seen += usize::from(shared > PARTING);
                    hidden += usize::from(shared > PARTING && missing > 2.0);
                }
                if let Some((_, at)) = before.iter().find(|(id, _)| *id == one.id) {
                    let moved = at.distance(one.at);
                    assert!(moved < 12.0, "{}: {moved:.0} at once", session.world().now());
                }
            }
            before = words.iter().map(|(view, _)| (view.id, view.at)).collect();
        }
        assert!(seen > 50 && hidden * 20 < seen, "{hidden} of {seen} pairs lie on each other");
    }

    #[test]
    fn words_lie_on_no_server() {
        for servers in 2..=MOST_FOR_WORDS {
            let text = format!("nodes {servers}\nseed 3\nrun until leader\nput x 1\nrun 1s\n");
            let mut session = Session::open(scenario::parse(&text).expect("a scenario"));
            let ring = Ring::new(servers);
            let mut seen = 0;
            while session.world().now() < 700_000 {
                session.advance(session.world().now() + 2_000, 1_000);
                let (world, motion) = (session.world(), Motion::Full);
                for view in messages(world, &ring, motion) {
                    let Some(words) = &view.words else { continue };
                    seen += 1;
                    let reach = half_of(words);
                    for id in [view.from, view.to] {
                        // The nearest point of the words to the server's middle.
                        let at = ring.at(id);
                        let x = at.x.clamp(view.at.x - reach, view.at.x + reach);
                        let nearest = Point { x, y: view.at.y };
                        let gap = nearest.distance(at) - ring.server_radius;
                        assert!(gap > -6.0, "{servers} servers: “{words}” is {gap:.0} from {id}");
                        if servers > 3 {
                            // Neighbours stand too near for words beside what both hold.
                            continue;
                        }
                        // Three entries of a few letters, and the keys above them.
                        let aside = (view.at.x - at.x).abs() - reach - 60.0;
                        let down = view.at.y - at.y - ring.server_radius;
                        let beyond = (down - DETAILS).max(-down) - HALF_HEIGHT;
                        let free = aside.max(beyond);
                        assert!(free > -9.0, "{servers}: “{words}” lies {free:.0} on {id}'s log");
                    }
                }
            }
            assert!(seen > 20, "{servers} servers: {seen} words");
        }
    }
}
