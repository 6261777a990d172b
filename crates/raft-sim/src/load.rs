//! The load generator: what it asks for, and its clients, each with a contact of its own. Apart
//! from `client.rs`, which is what happens to one request whoever made it.

use crate::machine::SessionId;
use raft_core::{Micros, NodeId};
use std::fmt;

/// The most clients of the load generator; beyond it a tick is skipped.
pub const MAX_LOAD_CLIENTS: u32 = 256;
/// The most keys that it uses.
pub const MAX_LOAD_KEYS: u32 = 100_000;
/// The number of keys where none is given.
pub const LOAD_KEYS: u32 = 100;
/// The most requests per second of simulated time.
pub const MAX_LOAD_RATE: u32 = 10_000;
/// The client ids from here on belong to the load generator.
const FIRST_LOAD_CLIENT: u32 = 1_000_000;

/// What a load generator does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoadSpec<N = NodeId> {
    /// Requests per second of simulated time, 1 to 10,000.
    pub per_second: u32,
    /// How many of a hundred requests read.
    pub reads_percent: u32,
    /// How many keys it uses, 1 to 100,000.
    pub keys: u32,
    /// How often it uses which.
    pub popularity: Popularity,
    /// How many clients ask in turn, 1 to 256; without it, as many as are needed.
    pub clients: Option<u32>,
    /// The server that all of them are bound to: a request is one try there. Without it, each
    /// starts at a server of its own and follows redirects.
    pub via: Option<N>,
}

/// How often the load generator uses which key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Popularity {
    /// All equally.
    #[default]
    Uniform,
    /// The n-th about 1/n as often as the first, as Zipf found of words.
    Skewed,
}

impl<N> LoadSpec<N> {
    /// This many requests a second over 100 keys, from as many clients as are needed.
    pub fn new(per_second: u32, reads_percent: u32) -> LoadSpec<N> {
        LoadSpec {
            per_second,
            reads_percent,
            keys: LOAD_KEYS,
            popularity: Popularity::Uniform,
            clients: None,
            via: None,
        }
    }

    /// What was expected and found, where a number is out of its range.
    pub(crate) fn check(&self) -> Result<(), (&'static str, String)> {
        let clients = self.clients.unwrap_or(1);
        if !(1..=MAX_LOAD_RATE).contains(&self.per_second) {
            Err(("a rate from 1/s to 10000/s", format!("{}/s", self.per_second)))
        } else if self.reads_percent > 100 {
            Err(("a percentage from 0% to 100%", format!("{}%", self.reads_percent)))
        } else if !(1..=MAX_LOAD_KEYS).contains(&self.keys) {
            Err(("1 to 100000 keys", self.keys.to_string()))
        } else if !(1..=MAX_LOAD_CLIENTS).contains(&clients) {
            Err(("1 to 256 clients", clients.to_string()))
        } else {
            Ok(())
        }
    }

    /// From one request to the next.
    pub(crate) fn every(&self) -> Micros {
        1_000_000 / u64::from(self.per_second.max(1))
    }

    /// The number of a key, from 0; `roll` gives a number below what it is asked for.
    pub(crate) fn key(&self, roll: impl FnOnce(u64) -> u64) -> u64 {
        let keys = u64::from(self.keys.max(1));
        match self.popularity {
            Popularity::Uniform => roll(keys),
            Popularity::Skewed => {
                // 1/n summed from one power of two to the next is about the same each time: all
                // these octaves are drawn equally often, and all keys inside one. The last octave
                // may be there in part only, and has as large a part of the draws.
                let octaves = keys.ilog2();
                let whole = 1 << octaves;
                let drawn = roll(u64::from(octaves) * whole + (keys + 1 - whole));
                let (octave, inside) = (drawn >> octaves, drawn & (whole - 1));
                (1 << octave) + (inside >> (u64::from(octaves) - octave)) - 1
            }
        }
    }
}

impl<N: fmt::Display> fmt::Display for LoadSpec<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/s", self.per_second)?;
        if self.reads_percent > 0 {
            write!(f, " reads {}%", self.reads_percent)?;
        }
        if self.keys != LOAD_KEYS {
            write!(f, " keys {}", self.keys)?;
        }
        f.write_str(if self.popularity == Popularity::Skewed { " skewed" } else { "" })?;
        if let Some(clients) = self.clients {
            write!(f, " clients {clients}")?;
        }
        self.via.as_ref().map_or(Ok(()), |via| write!(f, " via {via}"))
    }
}

/// The state of a client of the load generator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientState {
    /// It has not asked yet.
    New,
    /// It waits for an answer.
    Waits,
    /// Its last request was answered.
    Answered,
    /// Its last request failed, or the last try of the one that is open did.
    Failed,
}

/// A client of the load generator.
#[derive(Clone, Debug)]
pub struct LoadClient {
    /// Its last request.
    session: SessionId,
    contact: NodeId,
    /// Where it began to look for the leader: the servers are tried in turn.
    turn: NodeId,
    /// How many redirects it has followed since.
    redirects: u64,
    pub(crate) state: ClientState,
    is_idle: bool,
}

impl LoadClient {
    /// The server that it asks.
    pub fn contact(&self) -> NodeId {
        self.contact
    }

    /// How it stands.
    pub fn state(&self) -> ClientState {
        self.state
    }

    /// Whether a request of it is open.
    pub fn is_busy(&self) -> bool {
        !self.is_idle
    }
}

/// The load generator that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Running {
    pub(crate) spec: LoadSpec,
    pub(crate) sequence: u64,
}

/// The load generator and its clients.
#[derive(Clone, Debug, Default)]
pub(crate) struct Load {
    pub(crate) running: Option<Running>,
    pub(crate) ticks: u64,
    /// Requests that were answered.
    pub(crate) done: u64,
    pub(crate) clients: Vec<LoadClient>,
    /// The idle ones, latest last.
    idle: Vec<usize>,
    /// Whose turn it is, where a number of clients asks in turn.
    turn: usize,
    /// Clients that took the place of one that may never ask again.
    replaced: u32,
}

impl Load {
    /// A client for the next request and its session; `None` where all are busy.
    pub(crate) fn take(&mut self, spec: &LoadSpec, servers: u64) -> Option<(usize, SessionId)> {
        let wanted = spec.clients.map_or(0, |clients| clients as usize);
        while self.clients.len() < wanted {
            self.add(servers);
        }
        let number = if wanted > 0 {
            let in_turn = (0..wanted).map(|after| (self.turn + after) % wanted);
            let number = in_turn.into_iter().find(|number| self.clients[*number].is_idle)?;
            self.turn = number + 1;
            self.idle.retain(|idle| *idle != number);
            number
        } else {
            if self.idle.is_empty() && self.clients.len() < MAX_LOAD_CLIENTS as usize {
                self.add(servers);
            }
            self.idle.pop()?
        };
        let client = &mut self.clients[number];
        client.is_idle = false;
        client.session.sequence += 1;
        if let Some(via) = spec.via {
            client.contact = via;
        }
        Some((number, client.session))
    }

    fn add(&mut self, servers: u64) {
        let number = self.clients.len();
        self.idle.push(number);
        self.clients.push(LoadClient {
            session: SessionId { client: FIRST_LOAD_CLIENT + number as u32 + 1, sequence: 0 },
            contact: NodeId(number as u64 % servers.max(1) + 1),
            turn: NodeId(number as u64 % servers.max(1) + 1),
            redirects: 0,
            state: ClientState::New,
            is_idle: true,
        });
    }

    /// A client's request has come to its end. Where that is unknown, the client never asks again,
    /// for its request may still happen: another takes its place.
    pub(crate) fn ended(&mut self, number: usize, state: ClientState, is_known: bool) {
        if state == ClientState::Answered {
            self.done += 1;
        }
        let Some(client) = self.clients.get_mut(number) else { return };
        (client.state, client.is_idle) = (state, true);
        (client.turn, client.redirects) = (client.contact, 0);
        if !is_known {
            self.replaced += 1;
            let number = FIRST_LOAD_CLIENT + MAX_LOAD_CLIENTS + self.replaced;
            client.session = SessionId { client: number, sequence: 0 };
        }
        self.idle.push(number);
    }

    /// A client's contact has failed: it turns to the next server.
    pub(crate) fn next_contact(&mut self, number: usize, failed: NodeId, servers: u64) {
        let Some(client) = self.clients.get_mut(number) else { return };
        if failed == client.contact {
            client.turn = NodeId(client.turn.0 % servers.max(1) + 1);
            (client.contact, client.redirects) = (client.turn, 0);
        }
    }

    /// A client's contact names another as the leader; whether it goes there. Servers that have
    /// left and name each other would keep it for ever.
    pub(crate) fn redirect(&mut self, number: usize, leader: NodeId, servers: u64) -> bool {
        let Some(client) = self.clients.get_mut(number) else { return false };
        client.redirects += 1;
        let follows = client.redirects <= servers;
        if follows {
            client.contact = leader;
        }
        follows
    }
}

/// Which client of the load generator this is, from 1, if it is one of them.
pub fn load_client(client: u32) -> Option<u32> {
    client.checked_sub(FIRST_LOAD_CLIENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skewed_keys_are_all_used_and_the_nth_about_as_often_as_one_in_n() {
        for keys in [1, 2, 3, 7, 8, 100, 1_000] {
            let spec: LoadSpec =
                LoadSpec { keys, popularity: Popularity::Skewed, ..LoadSpec::new(1, 0) };
            let mut span = 0;
            spec.key(|below| {
                span = below;
                0
            });
            let mut drawn = vec![0_u64; keys as usize];
            for roll in 0..span {
                drawn[usize::try_from(spec.key(|_| roll)).expect("small")] += 1;
            }
            assert!(drawn.iter().all(|times| *times > 0), "{keys}: {drawn:?}");
            for (number, times) in drawn.iter().enumerate() {
                let share = times * (number as u64 + 1);
                assert!((drawn[0] / 2..=drawn[0] * 2).contains(&share), "{keys}: {drawn:?}");
            }
        }
    }
}
