//! Messages on their way.

use super::{Point, Ring};
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
#[derive(Clone, Copy, Debug, PartialEq)]
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

/// Every message in flight, oldest first.
pub fn messages(world: &World, ring: &Ring, motion: Motion) -> Vec<MessageView> {
    let now = world.now();
    world
        .network()
        .in_flight()
        .into_iter()
        .map(|flight| {
            let message = &flight.message;
            MessageView {
                id: flight.id(),
                from: message.from,
                to: message.to,
                kind: message.kind(),
                glyph: glyph(&message.body),
                term: message.term,
                at: message_at(flight, ring, now, motion),
                held: flight.held,
            }
        })
        .collect()
}

/// Where a message is: on its way along the link, a little to its own right, so that the two
/// directions do not hide each other.
fn message_at(flight: &InFlight, ring: &Ring, now: Micros, motion: Motion) -> Point {
    let (from, to) = (ring.at(flight.message.from), ring.at(flight.message.to));
    let way = flight.due.saturating_sub(flight.sent_at).max(1) as f64;
    let gone = (now.saturating_sub(flight.sent_at) as f64 / way).clamp(0.0, 1.0);
    let gone = match motion {
        Motion::Full => gone,
        Motion::Reduced => gone.round(),
    };
    let distance = from.distance(to).max(1.0);
    let edge = (ring.server_radius + 6.0) / distance;
    let point = from.towards(to, edge + (1.0 - 2.0 * edge) * gone);
    let aside = 6.0;
    Point {
        x: point.x - (to.y - from.y) / distance * aside,
        y: point.y + (to.x - from.x) / distance * aside,
    }
}
