//! Clients of a person and of the console, each a box that stays: what it asked, that it waits,
//! what it was told.

use crate::lang::look_up;
use crate::stage::{Frame, Point, Ring, short};
use raft_core::{Micros, NodeId, sort_few};
use raft_sim::{Answer, Answered, ClientId, Outcome, RequestKind, World, text_of};

/// The most boxes: there is room for two in each of the upper corners.
const MOST: usize = 4;
/// The width of a box.
pub(super) const BOX_WIDTH: f64 = 112.0;
/// The height of a box.
pub(super) const BOX_HEIGHT: f64 = 44.0;
/// From one box to the one below it: what it was told stands between.
const STEP: f64 = 68.0;
/// The room around them.
const MARGIN: f64 = 4.0;
/// The most characters of a console's line.
const MOST_OF_A_LINE: usize = 14;

/// How a client's last request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// It has asked nothing yet.
    Idle,
    /// It waits.
    Waits,
    /// It was answered.
    Told,
    /// It was refused.
    Refused,
    /// It has given up: whether it happened is unknown.
    NoAnswer,
}

impl Mood {
    /// The name of its style.
    pub fn class(self) -> &'static str {
        match self {
            Mood::Idle => "idle",
            Mood::Waits => "waits",
            Mood::Told => "told",
            Mood::Refused => "refused",
            Mood::NoAnswer => "unanswered",
        }
    }
}

/// A client to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct ClientBox {
    /// Which.
    pub id: ClientId,
    /// Its left upper corner.
    pub at: Point,
    /// Whether it stands on the right, and its door on its left.
    is_right: bool,
    /// Its width and height.
    pub size: (f64, f64),
    /// Its name.
    pub name: String,
    /// What it asked last; empty if nothing.
    pub asked: String,
    /// How that stands.
    pub mood: Mood,
    /// The same in words.
    pub told: String,
    /// The server that it asked last.
    pub server: Option<NodeId>,
    /// Where the line to that server begins and ends.
    pub line: Option<(Point, Point)>,
    /// Whether requests to that server, and its answers, are lost.
    pub cut: bool,
}

/// The boxes to draw, in order of their place: of those who have asked since a time, and of those
/// who still wait. Before anybody has asked anything there is a client that has not.
pub fn client_boxes(world: &World, ring: &Ring, since: Micros) -> Vec<ClientBox> {
    let all = plain(world).chain(consoles(world));
    let mut all: Vec<(u64, ClientBox)> =
        all.filter(|(when, client)| *when > since || client.mood == Mood::Waits).collect();
    if all.is_empty() && world.load().is_none() {
        all.push((0, ClientBox { mood: Mood::Idle, ..empty(ClientId::Plain(1)) }));
    }
    // Those who wait, then whoever asked last; drawn in the order of their names.
    sort_few(&mut all, |(when, client)| (client.mood != Mood::Waits, std::cmp::Reverse(*when)));
    all.truncate(MOST);
    sort_few(&mut all, |(_, client)| client.id);
    let place = |(slot, (_, client)): (usize, (u64, ClientBox))| placed(client, slot, world, ring);
    all.into_iter().enumerate().map(place).collect()
}

fn empty(id: ClientId) -> ClientBox {
    ClientBox {
        id,
        at: Point::default(),
        is_right: false,
        size: (BOX_WIDTH, BOX_HEIGHT),
        name: match id {
            ClientId::Console(_) => "etcdctl".into(),
            ClientId::Plain(_) | ClientId::Load(_) => super::client_id(id),
        },
        asked: String::new(),
        mood: Mood::Idle,
        told: String::new(),
        server: None,
        line: None,
        cut: false,
    }
}

fn placed(mut client: ClientBox, slot: usize, world: &World, ring: &Ring) -> ClientBox {
    client.is_right = slot < 2;
    let Frame { corner, width, .. } = ring.frame();
    let aside = if client.is_right { width - MARGIN - BOX_WIDTH } else { MARGIN };
    client.at = Point { x: corner.x + aside, y: corner.y + MARGIN + STEP * (slot % 2) as f64 };
    if let Some(server) = client.server {
        let from = client.door();
        let to = ring.at(server);
        let edge = (ring.server_radius + 4.0) / from.distance(to).max(1.0);
        client.line = Some((from, to.towards(from, edge)));
        client.cut = world.client_cuts().any(|cut| cut.server == server && cut.is_of(client.id));
    }
    client
}

impl ClientBox {
    /// Whether it stands on the right of the picture.
    pub fn is_right(&self) -> bool {
        self.is_right
    }

    /// Where its requests leave and answers come in.
    pub fn door(&self) -> Point {
        let aside = if self.is_right { 0.0 } else { BOX_WIDTH };
        Point { x: self.at.x + aside, y: self.at.y + BOX_HEIGHT / 2.0 }
    }
}

// ---- who there is ----

/// Clients of people and scenarios, each with when it asked last.
fn plain(world: &World) -> impl Iterator<Item = (u64, ClientBox)> {
    let mut last: Vec<(u64, &Answered)> = Vec::new();
    // The latest are enough: more than there is room for cannot be drawn.
    for asked in world.requests().iter().rev().take(32).filter(|asked| asked.client > 0) {
        if last.iter().all(|(_, known)| known.client != asked.client) {
            last.push((asked.asked_at + 1, asked));
        }
    }
    last.into_iter().map(|(when, asked)| {
        let (mood, told) = mood(&asked.outcome);
        let client = ClientBox {
            asked: asks(&asked.kind),
            mood,
            told,
            server: asked.sent_to,
            ..empty(ClientId::Plain(asked.client))
        };
        (when, client)
    })
}

/// What a client asks, in a few characters.
pub(super) fn asks(kind: &RequestKind) -> String {
    match kind {
        RequestKind::Put { key, value } => {
            format!("{} ← {}", short(&text_of(key)), short(&text_of(value)))
        }
        RequestKind::Get { key } | RequestKind::GetSerializable { key } => {
            format!("{} ?", short(&text_of(key)))
        }
    }
}

fn mood(outcome: &Outcome) -> (Mood, String) {
    let (mood, word) = match outcome {
        Outcome::Waiting => (Mood::Waits, key!("waits")),
        Outcome::Ok(Answer::Put { .. }) => (Mood::Told, key!("told: ok")),
        Outcome::Ok(Answer::Get { value: Some(value) }) => {
            return (Mood::Told, tr!("told: {}", short(&text_of(value))));
        }
        Outcome::Ok(Answer::Get { value: None }) => (Mood::Told, key!("told: nothing there")),
        Outcome::NotLeader { .. } => (Mood::Refused, key!("told: not the leader")),
        Outcome::Down { .. } => (Mood::Refused, key!("nobody there")),
        Outcome::Overloaded => (Mood::Refused, key!("not sent")),
        Outcome::TimedOut | Outcome::ConnectionLost { .. } => (Mood::NoAnswer, key!("no answer")),
    };
    (mood, look_up(word).into())
}

/// The console's latest command and those that still run, each with when it was typed.
fn consoles(world: &World) -> impl Iterator<Item = (u64, ClientBox)> {
    let count = world.consoles().len();
    let shown = world
        .consoles()
        .zip(1..)
        .filter(move |(console, number)| console.exit().is_none() || *number as usize == count);
    shown.map(move |(console, number): (_, u32)| {
        let (mood, told) = match console.exit() {
            None => (Mood::Waits, key!("waits")),
            Some(0) => (Mood::Told, key!("told: ok")),
            Some(_) => (Mood::Refused, key!("it failed")),
        };
        let mut called =
            world.calls().filter(|call| call.caller.console == number).map(|call| call.server);
        let id = ClientId::Console(number);
        let on_its_way = || world.on_the_wire().find(|it| it.client == id).map(|it| it.server);
        let client = ClientBox {
            asked: line(console.line()),
            mood,
            told: look_up(told).into(),
            server: called.next().or_else(on_its_way),
            ..empty(id)
        };
        (console.started_at() + 1, client)
    })
}

/// The beginning of a console's line, without its flags.
fn line(line: &str) -> String {
    let words: Vec<&str> = line.split_whitespace().filter(|word| !word.starts_with("--")).collect();
    let line = words.join(" ");
    if line.chars().count() <= MOST_OF_A_LINE {
        return line;
    }
    line.chars().take(MOST_OF_A_LINE - 1).chain(['…']).collect()
}
