//! Clients: those of a person each in a box, those of the load generator in groups at their
//! servers' doors, and what is on its way between clients and servers.

mod boxes;
mod wire;
mod words;

pub use boxes::{ClientBox, Mood, client_boxes};
pub use wire::{Parcel, parcels};
pub use words::*;

use crate::stage::{HEIGHT, MOST_WITH_DETAILS, Point, Ring, turn};
use raft_core::NodeId;
use raft_sim::{ClientState, World};

/// The clients of one server.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Crowd {
    /// The server that they ask.
    pub server: NodeId,
    /// Where they stand.
    pub at: Point,
    /// The door that they stand at: a point of the server's edge.
    pub door: Point,
    /// How large they are drawn, 1 at most.
    pub scale: f64,
    /// How many wait for an answer.
    pub waiting: u32,
    /// How many were answered last.
    pub answered: u32,
    /// How many were refused, or ran out of time.
    pub failed: u32,
    /// How many have not asked yet.
    pub new: u32,
}

impl Crowd {
    /// How many they are.
    pub fn count(&self) -> u32 {
        self.waiting + self.answered + self.failed + self.new
    }

    /// Their numbers in a sentence.
    pub fn words(&self) -> String {
        words::crowd(self)
    }

    /// A sign for each outcome, and how many clients have it where outcomes differ.
    pub fn signs(&self) -> Vec<(&'static str, String)> {
        let all = [
            ("waiting", "…", self.waiting),
            ("ok", "✓", self.answered),
            ("failed", "✗", self.failed),
        ];
        let some: Vec<_> = all.into_iter().filter(|(_, _, count)| *count > 0).collect();
        let alone = some.len() < 2;
        let text = |sign: &str, count: u32| {
            if alone { sign.to_string() } else { format!("{sign}{count}") }
        };
        some.iter().map(|(class, sign, count)| (*class, text(sign, *count))).collect()
    }
}

/// The clients of the load generator: none where no load runs.
pub fn crowds(world: &World, ring: &Ring) -> Vec<Crowd> {
    let mut crowds: Vec<Crowd> = world.servers().iter().map(|s| empty(s.id(), ring)).collect();
    let mut add = |server: NodeId, state: ClientState| {
        let Some(crowd) = crowds.iter_mut().find(|crowd| crowd.server == server) else { return };
        match state {
            ClientState::New => crowd.new += 1,
            ClientState::Waits => crowd.waiting += 1,
            ClientState::Answered => crowd.answered += 1,
            ClientState::Failed => crowd.failed += 1,
        }
    };
    let all = world.load_clients();
    let at_work = world.load().map_or(0, |load| load.clients.map_or(all.len(), |n| n as usize));
    for (place, client) in all.iter().enumerate() {
        if place < at_work || client.is_busy() {
            add(client.contact(), client.state());
        }
    }
    crowds.retain(|crowd| crowd.count() > 0);
    crowds
}

fn empty(server: NodeId, ring: &Ring) -> Crowd {
    let at = ring.at(server);
    // Outside the ring and beside the server: a leader's crown is above it, and where few are
    // drawn, what they hold is below.
    let part = ring.part(server);
    let is_left = part > 0.5;
    let (sin, cos) = turn(if ring.servers() > MOST_WITH_DETAILS || part == 0.0 {
        if is_left { part - 0.125 } else { part + 0.125 }
    } else {
        if is_left { -0.08 } else { 0.08 }
    });
    let scale = (ring.server_radius / 36.0).clamp(0.6, 1.0);
    let (edge, away) = (ring.server_radius + 3.0, ring.server_radius + 36.0 * scale);
    let point = |distance: f64| Point { x: at.x + distance * sin, y: at.y - distance * cos };
    let stand = point(away);
    Crowd {
        server,
        at: Point { y: stand.y.clamp(14.0, HEIGHT - 24.0), ..stand },
        door: point(edge),
        scale,
        waiting: 0,
        answered: 0,
        failed: 0,
        new: 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::WIDTH;

    #[test]
    fn clients_stand_outside_the_ring_and_inside_the_picture() {
        for servers in 1..=31 {
            let ring = Ring::new(servers);
            for id in (1..=servers as u64).map(NodeId) {
                let Point { x, y } = empty(id, &ring).at;
                assert!((20.0..WIDTH - 20.0).contains(&x), "{id} of {servers}: {x}");
                assert!((10.0..HEIGHT - 20.0).contains(&y), "{id} of {servers}: {y}");
                for other in (1..=servers as u64).map(NodeId) {
                    let gap = ring.at(other).distance(Point { x, y }) - ring.server_radius;
                    assert!(gap > 6.0, "{id} at {other} of {servers}: {gap}");
                }
            }
        }
    }
}
