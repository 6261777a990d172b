//! Requests and answers on their way between clients and servers.

use super::boxes::asks;
use super::{ClientBox, Crowd};
use crate::lang::look_up;
use crate::stage::{Motion, Point, Ring, gone_of, short};
use etcd_kv::api::{Call, Write};
use raft_core::Micros;
use raft_sim::{Answer, ClientId, OnTheWire, Outcome, Shown, World, describe_write, text_of};

/// The most that are drawn with words.
const MOST_WITH_WORDS: usize = 12;

/// A request or an answer to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    /// Which it is: stays the same on its way.
    pub id: u64,
    /// Where it is.
    pub at: Point,
    /// Whether it is a request.
    pub asks: bool,
    /// Of an answer: whether it is a good one.
    pub is_well: bool,
    /// What it says, where there is room for words.
    pub text: Option<String>,
}

/// Everything on its way, where its client is drawn.
pub fn parcels(
    world: &World,
    ring: &Ring,
    boxes: &[ClientBox],
    crowds: &[Crowd],
    motion: Motion,
) -> Vec<Parcel> {
    let now = world.now();
    let all = world.on_the_wire().filter_map(|it| {
        let door = match it.client {
            ClientId::Load(_) => crowds.iter().find(|crowd| crowd.server == it.server)?.at,
            ClientId::Plain(_) | ClientId::Console(_) => {
                boxes.iter().find(|client| client.id == it.client)?.door()
            }
        };
        Some(parcel(it, door, ring, now, motion))
    });
    let mut all: Vec<Parcel> = all.collect();
    if all.len() > MOST_WITH_WORDS {
        all.iter_mut().for_each(|parcel| parcel.text = None);
    }
    all
}

fn parcel(it: &OnTheWire, door: Point, ring: &Ring, now: Micros, motion: Motion) -> Parcel {
    let server = ring.at(it.server);
    let edge = (ring.server_radius + 14.0) / door.distance(server).max(1.0);
    let (near, far) = (door, server.towards(door, edge.min(0.9)));
    let (from, to) = if it.asks() { (near, far) } else { (far, near) };
    let gone = gone_of((it.sent_at, it.due), now, motion);
    let text = !matches!(it.client, ClientId::Load(_));
    let (is_well, words) = words(it.shown());
    Parcel {
        id: it.id,
        at: from.towards(to, gone),
        asks: it.asks(),
        is_well,
        text: text.then_some(words),
    }
}

/// Whether it is good news, and what it says.
fn words(shown: Shown<'_>) -> (bool, String) {
    let word = |key: &'static str| look_up(key).to_string();
    match shown {
        Shown::Asks(kind) => (true, asks(kind)),
        Shown::Calls(call) => (true, called(call)),
        Shown::Answers(true) => (true, word(key!("ok"))),
        Shown::Answers(false) => (false, word(key!("error"))),
        Shown::Tells(outcome) => match outcome {
            Outcome::Ok(Answer::Put { .. }) => (true, word(key!("ok"))),
            Outcome::Ok(Answer::Get { value: Some(value) }) => (true, short(&text_of(value))),
            Outcome::Ok(Answer::Get { value: None }) => (true, word(key!("nothing there"))),
            Outcome::NotLeader { leader: Some(leader), .. } => (false, tr!("ask {}", leader)),
            Outcome::NotLeader { leader: None, .. } => (false, word(key!("not the leader"))),
            Outcome::Down { .. } => (false, word(key!("nobody there"))),
            Outcome::ConnectionLost { .. } => (false, word(key!("connection lost"))),
            Outcome::Waiting | Outcome::TimedOut | Outcome::Overloaded => (false, String::new()),
        },
    }
}

/// A call of etcd's in a few characters.
fn called(call: &Call) -> String {
    match call {
        Call::Write(Write::Txn(_)) => "txn".into(),
        Call::Write(write) => describe_write(write),
        Call::Range(range) => format!("get {}", short(&text_of(&range.key))),
        Call::Watch(_) => "watch".into(),
        Call::LeaseKeepAlive { .. } | Call::LeaseTimeToLive { .. } | Call::LeaseLeases => {
            "lease".into()
        }
        Call::MemberList { .. }
        | Call::MemberAdd { .. }
        | Call::MemberRemove { .. }
        | Call::MemberUpdate { .. }
        | Call::MemberPromote { .. } => "member".into(),
        Call::Status => "status".into(),
        Call::Hash | Call::HashKv { .. } => "hash".into(),
        Call::Snapshot => "snapshot".into(),
        Call::Defragment => "defrag".into(),
        Call::MoveLeader { .. } => "move-leader".into(),
        Call::Downgrade { .. } => "downgrade".into(),
    }
}
