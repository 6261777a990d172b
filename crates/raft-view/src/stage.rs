//! The stage: servers on a ring, links between them, and messages on their way.
//!
//! Coordinates are those of a picture of [`WIDTH`] by [`HEIGHT`].

use raft_core::{AppendReply, Body, Kind, Micros, NodeId, Role, Timer, sort_few};
use raft_sim::{InFlight, Power, Server, World};
use std::f64::consts::TAU;

/// The width of the picture.
pub const WIDTH: f64 = 560.0;
/// The height of the picture.
pub const HEIGHT: f64 = 500.0;
/// The middle of the ring.
pub const CENTER: Point = Point { x: 280.0, y: 262.0 };

/// A number as a picture takes it: with one decimal, which is finer than a pixel. Written with
/// integers, since it happens hundreds of times a frame and the library's way is large in wasm.
pub fn fixed(value: f64) -> String {
    let tenths = (value * 10.0).round() as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    let (whole, tenth) = (tenths.unsigned_abs() / 10, tenths.unsigned_abs() % 10);
    if tenth == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{tenth}") }
}

/// Sine and cosine of a part of a full turn, exact to a millionth. The library's functions bring
/// ten kilobytes of wasm for angles of any size and the last bit.
pub fn turn(part: f64) -> (f64, f64) {
    // To the nearest quarter, and from there at most an eighth of a turn.
    let quarter = (part * 4.0).round();
    let x = (part - quarter / 4.0) * TAU;
    let xx = x * x;
    let sin = x * (1.0 - xx / 6.0 * (1.0 - xx / 20.0 * (1.0 - xx / 42.0)));
    let cos = 1.0 - xx / 2.0 * (1.0 - xx / 12.0 * (1.0 - xx / 30.0 * (1.0 - xx / 56.0)));
    match (quarter as i64).rem_euclid(4) {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// A place in the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

impl Point {
    /// The distance to another point.
    pub fn distance(self, other: Point) -> f64 {
        (self.x - other.x).hypot(self.y - other.y)
    }

    /// The point this far towards another: 0 is here, 1 is there.
    pub fn towards(self, other: Point, t: f64) -> Point {
        Point { x: self.x + (other.x - self.x) * t, y: self.y + (other.y - self.y) * t }
    }
}

/// Where servers stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ring {
    servers: usize,
    radius: f64,
    /// The radius of one server.
    pub server_radius: f64,
}

impl Ring {
    /// A ring of so many servers.
    pub fn new(servers: usize) -> Ring {
        let radius = if servers <= 1 { 0.0 } else { 182.0 };
        let room = TAU * radius / servers.max(1) as f64;
        let server_radius = if servers <= 1 { 36.0 } else { (room * 0.36).clamp(12.0, 36.0) };
        Ring { servers, radius, server_radius }
    }

    /// The part of the ring at which a server stands, clockwise from the top.
    pub fn part(&self, id: NodeId) -> f64 {
        id.0.saturating_sub(1) as f64 / self.servers.max(1) as f64
    }

    /// Where a server stands.
    pub fn at(&self, id: NodeId) -> Point {
        let (sin, cos) = turn(self.part(id));
        Point { x: CENTER.x + self.radius * sin, y: CENTER.y - self.radius * cos }
    }

    /// The server at a point of the picture, with a little room around it.
    pub fn hit(&self, point: Point) -> Option<NodeId> {
        (1..=self.servers as u64)
            .map(NodeId)
            .map(|id| (self.at(id).distance(point), id))
            .filter(|(distance, _)| *distance <= self.server_radius + 8.0)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, id)| id)
    }

    /// The servers inside an outline drawn by hand.
    pub fn inside(&self, outline: &[Point]) -> Vec<NodeId> {
        (1..=self.servers as u64).map(NodeId).filter(|id| contains(outline, self.at(*id))).collect()
    }
}

/// Whether a closed outline holds a point (even-odd rule).
fn contains(outline: &[Point], point: Point) -> bool {
    let mut inside = false;
    let mut previous = match outline.last() {
        Some(last) => *last,
        None => return false,
    };
    for corner in outline {
        if (corner.y > point.y) != (previous.y > point.y) {
            let t = (point.y - corner.y) / (previous.y - corner.y);
            inside ^= point.x < corner.x + t * (previous.x - corner.x);
        }
        previous = *corner;
    }
    inside
}

/// What a server looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A plain ring.
    Follower,
    /// A dashed ring with vote pips.
    Candidate,
    /// A double ring and a crown.
    Leader,
    /// Dotted and pale.
    Crashed,
    /// Pale with two bars.
    Paused,
}

impl Look {
    /// How a server looks.
    pub fn of(server: &Server) -> Look {
        match (server.power(), server.node().role()) {
            (Power::Crashed, _) => Look::Crashed,
            (Power::Paused, _) => Look::Paused,
            (Power::Up, Role::Follower { .. }) => Look::Follower,
            (Power::Up, Role::Candidate(_) | Role::PreCandidate(_)) => Look::Candidate,
            (Power::Up, Role::Leader(_)) => Look::Leader,
        }
    }

    /// The name of its style.
    pub fn class(self) -> &'static str {
        match self {
            Look::Follower => "follower",
            Look::Candidate => "candidate",
            Look::Leader => "leader",
            Look::Crashed => "down",
            Look::Paused => "paused",
        }
    }
}

/// One voter's answer to a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pip {
    /// It has not answered.
    Waiting,
    /// It gave its vote.
    Yes,
    /// It refused.
    No,
}

/// How a server belongs to the cluster, as whoever leads it knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// It has a vote.
    Voter,
    /// In a joint configuration it has a vote in the new half only.
    Joining,
    /// In a joint configuration it has a vote in the old half only.
    Leaving,
    /// It gets the log and has no vote.
    Learner,
    /// It is no member.
    Outside,
}

impl Belongs {
    /// How a server belongs to the cluster.
    pub fn of(world: &World, id: NodeId) -> Belongs {
        let membership = world.membership();
        let (new, old) = (membership.voters.contains(&id), membership.outgoing.contains(&id));
        match (new, old) {
            (true, false) if membership.is_joint() => Belongs::Joining,
            (true, _) => Belongs::Voter,
            (false, true) => Belongs::Leaving,
            (false, false) if membership.is_learner(id) => Belongs::Learner,
            (false, false) => Belongs::Outside,
        }
    }

    /// What stands under the server's name, where it is more than a voter.
    pub fn words(self) -> Option<&'static str> {
        let words = match self {
            Belongs::Voter => return None,
            Belongs::Joining => key!("joins"),
            Belongs::Leaving => key!("leaves"),
            Belongs::Learner => key!("learner"),
            Belongs::Outside => key!("no member"),
        };
        Some(crate::lang::look_up(words))
    }

    /// The name of its style.
    pub fn class(self) -> &'static str {
        match self {
            Belongs::Voter => "",
            Belongs::Joining => "joining",
            Belongs::Leaving => "leaving",
            Belongs::Learner => "learner",
            Belongs::Outside => "outside",
        }
    }
}

/// One server to draw: what changes with events. The timer's arc changes with every frame.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerView {
    /// The server.
    pub id: NodeId,
    /// Where it stands.
    pub at: Point,
    /// Its radius.
    pub radius: f64,
    /// How it looks.
    pub look: Look,
    /// Its term.
    pub term: u64,
    /// How it belongs to the cluster.
    pub belongs: Belongs,
    /// A candidate's votes, one a server.
    pub pips: Vec<Pip>,
    /// What waits in a paused server's inbox.
    pub inbox: usize,
    /// The request that is followed is here.
    pub followed: bool,
}

/// Every server to draw.
pub fn servers(world: &World, ring: &Ring) -> Vec<ServerView> {
    world
        .servers()
        .iter()
        .map(|server| ServerView {
            id: server.id(),
            at: ring.at(server.id()),
            radius: ring.server_radius,
            look: Look::of(server),
            term: server.node().term(),
            belongs: Belongs::of(world, server.id()),
            pips: pips(server),
            inbox: server.inbox_len(),
            followed: false,
        })
        .collect()
}

fn pips(server: &Server) -> Vec<Pip> {
    let (Role::Candidate(candidate) | Role::PreCandidate(candidate)) = server.node().role() else {
        return Vec::new();
    };
    let pip = |voter: &NodeId| match candidate.votes.get(voter) {
        Some(true) => Pip::Yes,
        Some(false) => Pip::No,
        None => Pip::Waiting,
    };
    server.node().membership().all_voters().iter().map(pip).collect()
}

/// How much of a server's timer is left, 0 to 1; a leader shows its heartbeat timer.
pub fn timer_left(server: &Server, now: Micros) -> Option<f64> {
    if !server.is_live() {
        return None;
    }
    let timer = server.timer(Timer::Election).or_else(|| server.timer(Timer::Heartbeat))?;
    let whole = timer.deadline.saturating_sub(timer.set_at).max(1) as f64;
    Some((timer.deadline.saturating_sub(now) as f64 / whole).clamp(0.0, 1.0))
}

/// The path of an arc around the origin that begins at the top and runs clockwise over this part of
/// the circle.
pub fn arc(radius: f64, part: f64) -> String {
    let part = part.clamp(0.0, 0.9999);
    let (sin, cos) = turn(part);
    let (x, y) = (radius * sin, -radius * cos);
    let large = u8::from(part > 0.5);
    let (r, x, y) = (fixed(radius), fixed(x), fixed(y));
    format!("M0,-{r} A{r},{r} 0 {large} 1 {x},{y}")
}

/// The part of the circle at which a point lies, seen from a server, clockwise from the top.
pub fn part_at(server: Point, point: Point) -> f64 {
    let angle = (point.x - server.x).atan2(server.y - point.y);
    (angle / TAU).rem_euclid(1.0)
}

/// A link between two servers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LinkView {
    /// One end; the lower id.
    pub a: NodeId,
    /// The other end.
    pub b: NodeId,
    /// Where one end is.
    pub from: Point,
    /// Where the other is.
    pub to: Point,
    /// Whether nothing passes from `a` to `b`, by a cut or a partition.
    pub a_to_b_blocked: bool,
    /// Whether nothing passes from `b` to `a`.
    pub b_to_a_blocked: bool,
    /// Whether what is on it is held, in either direction.
    pub held: bool,
}

/// Every link to draw.
pub fn links(world: &World, ring: &Ring) -> Vec<LinkView> {
    let network = world.network();
    let ids: Vec<NodeId> = world.servers().iter().map(Server::id).collect();
    let mut links = Vec::new();
    for (place, a) in ids.iter().enumerate() {
        for b in ids.iter().skip(place + 1) {
            links.push(LinkView {
                a: *a,
                b: *b,
                from: ring.at(*a),
                to: ring.at(*b),
                a_to_b_blocked: network.is_blocked(*a, *b),
                b_to_a_blocked: network.is_blocked(*b, *a),
                held: network.is_held(*a, *b) || network.is_held(*b, *a),
            });
        }
    }
    links
}

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
    /// A forwarded command, or a request that is none of the others.
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

/// The wall of a partition around one group: a closed path outside its servers.
pub fn walls(world: &World, ring: &Ring) -> Vec<String> {
    let groups = world.network().groups();
    let Some(largest) = groups.iter().map(Vec::len).max() else { return Vec::new() };
    // The largest group stands free; each other gets a wall.
    let free = groups.iter().position(|group| group.len() == largest);
    groups
        .iter()
        .enumerate()
        .filter(|(place, _)| Some(*place) != free)
        .map(|(_, group)| wall(group, ring))
        .collect()
}

/// A rounded outline of the group: the convex hull of circles around its servers.
fn wall(group: &[NodeId], ring: &Ring) -> String {
    const CORNERS: u32 = 20;
    let reach = ring.server_radius + 15.0;
    let mut points: Vec<Point> = Vec::new();
    for id in group {
        let at = ring.at(*id);
        for corner in 0..CORNERS {
            let (sin, cos) = turn(f64::from(corner) / f64::from(CORNERS));
            points.push(Point { x: at.x + reach * cos, y: at.y + reach * sin });
        }
    }
    let hull = hull(points);
    let mut path = String::new();
    for (place, point) in hull.iter().enumerate() {
        let step = if place == 0 { 'M' } else { 'L' };
        path.push_str(&format!("{step}{},{} ", fixed(point.x), fixed(point.y)));
    }
    path.push('Z');
    path
}

/// The convex hull (Andrew's monotone chain).
fn hull(mut points: Vec<Point>) -> Vec<Point> {
    sort_few(&mut points, |point| (point.x, point.y));
    let cross =
        |o: Point, a: Point, b: Point| (a.x - o.x) * (b.y - o.y) - (a.y - o.y) * (b.x - o.x);
    let chain = |points: &mut dyn Iterator<Item = Point>| {
        let mut chain: Vec<Point> = Vec::new();
        for point in points {
            while let [.., a, b] = chain[..]
                && cross(a, b, point) <= 0.0
            {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut hull = chain(&mut points.iter().copied());
    hull.extend(chain(&mut points.iter().rev().copied()));
    hull
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_holds_the_servers_inside_it() {
        let ring = Ring::new(4);
        let left = [
            Point { x: 0.0, y: 0.0 },
            Point { x: 200.0, y: 0.0 },
            Point { x: 200.0, y: 500.0 },
            Point { x: 0.0, y: 500.0 },
        ];
        assert_eq!(ring.inside(&left), [NodeId(4)]);
        assert_eq!(ring.hit(ring.at(NodeId(3))), Some(NodeId(3)));
        assert_eq!(ring.hit(CENTER), None);
    }

    #[test]
    fn a_turn_is_what_the_library_says() {
        for step in -400..=400 {
            let part = f64::from(step) / 173.0;
            let (sin, cos) = turn(part);
            assert!((sin - (part * TAU).sin()).abs() < 1e-6, "sine of {part}");
            assert!((cos - (part * TAU).cos()).abs() < 1e-6, "cosine of {part}");
        }
    }

    #[test]
    fn servers_never_overlap() {
        for servers in 2..=31 {
            let ring = Ring::new(servers);
            let gap = ring.at(NodeId(1)).distance(ring.at(NodeId(2)));
            assert!(gap > 2.0 * ring.server_radius, "{servers} servers");
        }
    }
}
