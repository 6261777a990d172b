//! Servers: how they look, how they belong to the cluster, and the arcs of their timers.

use super::{Held, Point, Ring, fixed, turn};
use crate::logs::Cell;
use raft_core::{Micros, NodeId, Role, Timer};
use raft_sim::{Power, Server, Standing, World};
use std::f64::consts::TAU;

/// What a server looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A plain ring.
    Follower,
    /// A tinted ring with vote pips.
    Candidate,
    /// A double ring and a crown.
    Leader,
    /// Grey, with a cross.
    Crashed,
    /// Pale with two bars.
    Paused,
    /// Grey: it is announced, and nobody has started it.
    Announced,
    /// Grey, with a cross: it was removed, and its process has ended.
    Removed,
}

impl Look {
    /// How a server looks.
    pub fn of(server: &Server) -> Look {
        match (server.power(), server.node().role()) {
            (Power::Crashed, _) => match server.standing() {
                Standing::Known => Look::Crashed,
                Standing::Announced => Look::Announced,
                Standing::Removed => Look::Removed,
            },
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
            Look::Crashed | Look::Announced | Look::Removed => "down",
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
    /// It is not a member.
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
    /// What its state machine holds.
    pub holds: Vec<Held>,
    /// The last entries of its log.
    pub tail: Vec<Cell>,
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
            holds: Vec::new(),
            tail: Vec::new(),
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
