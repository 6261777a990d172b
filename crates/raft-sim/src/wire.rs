//! What is between clients and servers: nothing, unless `client-latency`, `client-loss` or a cut
//! puts something there. Apart from `network.rs`, for servers know nothing of it: partitions do not
//! reach it, and what is on it are requests and answers, not messages of Raft.

use crate::chance::{Purpose, draw};
use crate::client::{Outcome, RequestKind, Stale};
use crate::etcd::{Caller, Letter};
use crate::machine::SessionId;
use crate::network::draw_span;
use crate::settings::{Chance, Live, Span};
use etcd_kv::api::Call;
use raft_core::{Index, Micros, NodeId, SmallMap};
use std::fmt;
use std::sync::Arc;

/// What is lost of a stream is sent again after this long: the least retransmission time-out of
/// TCP on Linux (`TCP_RTO_MIN`: 200 ms).
const SENT_AGAIN_AFTER: Micros = 200_000;
/// How often a part of a stream can be lost in a row: beyond it, it arrives.
const MOST_TIMES_LOST: u64 = 16;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClientId {
    /// A client that a person or a scenario has, from 1.
    Plain(u32),
    /// A client of the load generator, from 1.
    Load(u32),
    /// A command in the console, from 1.
    Console(u32),
}

/// Which clients a cut is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whose {
    /// `client 1`: one that a person or a scenario has.
    Client(u32),
    /// `clients`: all, those of the load generator and the console included.
    All,
}

impl Whose {
    fn is(self, client: ClientId) -> bool {
        match self {
            Whose::All => true,
            Whose::Client(number) => client == ClientId::Plain(number),
        }
    }
}

impl fmt::Display for Whose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Whose::Client(number) => write!(f, "client {number}"),
            Whose::All => f.write_str("clients"),
        }
    }
}

/// Which of the two ways between a client and a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ways {
    /// From the client to the server: requests.
    Requests,
    /// From the server to the client: answers.
    Answers,
    /// Both.
    Both,
}

/// The way between clients and a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientLink<N = NodeId> {
    /// Whose.
    pub whose: Whose,
    /// In which direction.
    pub ways: Ways,
    /// To and from which server.
    pub server: N,
}

impl ClientLink {
    /// Whether it is about this client.
    pub fn is_of(&self, client: ClientId) -> bool {
        self.whose.is(client)
    }
}

impl<N: fmt::Display> fmt::Display for ClientLink<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ClientLink { whose, ways, server } = self;
        match ways {
            Ways::Requests => write!(f, "{whose} -> {server}"),
            Ways::Answers => write!(f, "{server} -> {whose}"),
            Ways::Both => write!(f, "{whose} -- {server}"),
        }
    }
}

/// A request or an answer on its way.
#[derive(Clone, Debug)]
pub struct OnTheWire {
    /// The client.
    pub client: ClientId,
    /// The server.
    pub server: NodeId,
    /// When it set out.
    pub sent_at: Micros,
    /// When it arrives.
    pub due: Micros,
    /// Which it is: stays the same on its way, and no other has it.
    pub id: u64,
    pub(crate) what: Content,
    /// The number of the queue item at which it arrives.
    pub(crate) sequence: u64,
    /// What keys its draws.
    pub(crate) key: Key,
    /// When it could have been drawn to arrive, soonest and latest, were it not lost on the way;
    /// `None` where it waits for what was sent before it.
    pub(crate) drawn: Option<Span>,
}

/// What is sent between a client and a server.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    /// A plain client asks: its request's number, and what for.
    Request { request: u64, kind: RequestKind },
    /// It is told how its request ended, or that this try did.
    Reply { request: u64, outcome: Outcome, stale: Option<Stale> },
    /// A console command calls a member.
    Call(Called),
    /// It is answered; one of several answers, where `is_stream`.
    Letter { letter: Letter, is_stream: bool },
}

/// A call of a console command.
#[derive(Clone, Debug)]
pub(crate) struct Called {
    /// Its number.
    pub(crate) request: u64,
    pub(crate) caller: Caller,
    pub(crate) call: Arc<Call>,
    /// What shows who asks, where somebody has logged in.
    pub(crate) token: Option<Arc<str>>,
    /// Everything up to here was committed when it was made.
    pub(crate) committed: Index,
}

impl Content {
    pub(crate) fn asks(&self) -> bool {
        matches!(self, Content::Request { .. } | Content::Call(_))
    }

    fn is_stream(&self) -> bool {
        matches!(self, Content::Letter { is_stream: true, .. })
    }
}

/// What can be seen of what is on its way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shown<'a> {
    /// A plain client asks for this.
    Asks(&'a RequestKind),
    /// A plain client is told this.
    Tells(&'a Outcome),
    /// A console command calls.
    Calls(&'a Call),
    /// A console command is answered, well or not.
    Answers(bool),
}

impl OnTheWire {
    /// Whether it is on its way to the server.
    pub fn asks(&self) -> bool {
        self.what.asks()
    }

    /// What it says.
    pub fn shown(&self) -> Shown<'_> {
        match &self.what {
            Content::Request { kind, .. } => Shown::Asks(kind),
            Content::Reply { outcome, .. } => Shown::Tells(outcome),
            Content::Call(called) => Shown::Calls(&called.call),
            Content::Letter { letter, .. } => Shown::Answers(letter.result.is_ok()),
        }
    }

    /// Which console command's call it is about.
    fn caller(&self) -> Option<Caller> {
        match &self.what {
            Content::Call(called) => Some(called.caller),
            Content::Letter { letter, .. } => Some(letter.to),
            Content::Request { .. } | Content::Reply { .. } => None,
        }
    }

    /// The number of the request that it is about; an answer to a call does not tell.
    pub(crate) fn request(&self) -> Option<u64> {
        match &self.what {
            Content::Request { request, .. } | Content::Reply { request, .. } => Some(*request),
            Content::Call(called) => Some(called.request),
            Content::Letter { .. } => None,
        }
    }
}

/// What keys the draws for one thing that is sent: whose, and the how many-eth.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    pub(crate) of: u64,
    pub(crate) nth: u64,
}

impl Key {
    /// For a plain client's request, by how often it was tried.
    pub(crate) fn of_request(session: SessionId, tries: u32) -> Key {
        let of = u64::from(session.client) << 32 | u64::from(session.sequence);
        Key { of, nth: u64::from(tries) }
    }

    /// For a call of a console command, by how often it was answered.
    pub(crate) fn of_call(caller: Caller, answers: u32) -> Key {
        const CONSOLES: u64 = 1 << 63;
        let of = CONSOLES | u64::from(caller.console) << 32 | u64::from(caller.ticket);
        Key { of, nth: u64::from(answers) }
    }
}

/// When something that was sent arrives, or that it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Arrives(Micros),
    Lost,
}

/// All that is between clients and servers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wire {
    on: SmallMap<u64, OnTheWire>,
    sent: u64,
    cut_requests: Vec<(Whose, NodeId)>,
    cut_answers: Vec<(Whose, NodeId)>,
}

impl Wire {
    /// Whether nothing is between them: what is sent is there at once.
    pub(crate) fn is_direct(&self, live: &Live) -> bool {
        live.client_latency.max == 0 && live.client_loss.0 == 0 && !self.is_used()
    }

    /// Whether anything is on its way or cut.
    fn is_used(&self) -> bool {
        !self.on.is_empty() || self.is_cut()
    }

    /// Whether anybody is cut off.
    pub(crate) fn is_cut(&self) -> bool {
        !self.cut_requests.is_empty() || !self.cut_answers.is_empty()
    }

    /// Whether a client's requests to a server are lost, or, unless it `asks`, the answers.
    pub(crate) fn is_cut_for(&self, client: ClientId, server: NodeId, asks: bool) -> bool {
        let cut = if asks { &self.cut_requests } else { &self.cut_answers };
        cut.iter().any(|(whose, at)| *at == server && whose.is(client))
    }

    /// Whether the ways that a link names are all cut under that name.
    pub(crate) fn has_cut(&self, link: &ClientLink) -> bool {
        let here = (link.whose, link.server);
        let requests = link.ways == Ways::Answers || self.cut_requests.contains(&here);
        let answers = link.ways == Ways::Requests || self.cut_answers.contains(&here);
        requests && answers
    }

    /// Whether any way that a link names is cut under that name.
    pub(crate) fn has_any_cut(&self, link: &ClientLink) -> bool {
        let here = (link.whose, link.server);
        let requests = link.ways != Ways::Answers && self.cut_requests.contains(&here);
        let answers = link.ways != Ways::Requests && self.cut_answers.contains(&here);
        requests || answers
    }

    pub(crate) fn cut(&mut self, link: &ClientLink) {
        self.mend(link);
        if link.ways != Ways::Answers {
            self.cut_requests.push((link.whose, link.server));
        }
        if link.ways != Ways::Requests {
            self.cut_answers.push((link.whose, link.server));
        }
    }

    pub(crate) fn mend(&mut self, link: &ClientLink) {
        let others = |cut: &(Whose, NodeId)| *cut != (link.whose, link.server);
        if link.ways != Ways::Answers {
            self.cut_requests.retain(others);
        }
        if link.ways != Ways::Requests {
            self.cut_answers.retain(others);
        }
    }

    pub(crate) fn heal(&mut self) {
        self.cut_requests.clear();
        self.cut_answers.clear();
    }

    /// Takes what is on a way that is cut; parts of a stream wait there and are sent again.
    pub(crate) fn take_cut(&mut self) -> Vec<OnTheWire> {
        let is_lost = |it: &&OnTheWire| {
            !it.what.is_stream() && self.is_cut_for(it.client, it.server, it.asks())
        };
        let lost: Vec<u64> = self.on.values().filter(is_lost).map(|it| it.id).collect();
        lost.into_iter().filter_map(|id| self.on.remove(&id)).collect()
    }

    /// What becomes of something that a client or a server sends.
    pub(crate) fn fate(
        &self,
        (seed, live, now): (u64, &Live, Micros),
        (client, server): (ClientId, NodeId),
        key: Key,
        what: &Content,
    ) -> Fate {
        let way = u64::from(what.asks());
        let happens = |nth: u64, Chance(chance)| {
            let roll = |nth| {
                let certain = u64::from(Chance::CERTAIN);
                draw(seed, Purpose::ClientLoss, key.of, way, nth, certain)
            };
            chance > 0 && roll(nth) < u64::from(chance)
        };
        let latency =
            draw_span(seed, Purpose::ClientLatency, key.of, way, key.nth, live.client_latency);
        if !what.is_stream() {
            let cut = self.is_cut_for(client, server, what.asks());
            let lost = cut || happens(key.nth, live.client_loss);
            return if lost { Fate::Lost } else { Fate::Arrives(now + latency) };
        }
        let again = |time: &u64| happens(key.nth * MOST_TIMES_LOST + time, live.client_loss);
        let times = (0..MOST_TIMES_LOST).take_while(again).count() as u64;
        Fate::Arrives(now + latency + times * SENT_AGAIN_AFTER)
    }

    /// When a part of a stream that is due can be taken: not before those that were sent earlier,
    /// and not through a cut. `None`: now.
    pub(crate) fn put_off(&self, id: u64, now: Micros) -> Option<Micros> {
        let it = self.on.get(&id).filter(|it| it.what.is_stream())?;
        if self.is_cut_for(it.client, it.server, false) {
            return Some(now + SENT_AGAIN_AFTER);
        }
        let same = |other: &&OnTheWire| {
            other.id < id && other.what.is_stream() && other.caller() == it.caller()
        };
        self.on.values().filter(same).map(|other| other.due).max()
    }

    /// The number that the next thing that sets out has.
    pub(crate) fn next_id(&mut self) -> u64 {
        self.sent += 1;
        self.sent
    }

    pub(crate) fn insert(&mut self, it: OnTheWire) {
        self.on.insert(it.id, it);
    }

    /// Whether what arrives at the queue item with this number is still on its way.
    pub(crate) fn expects(&self, id: u64, sequence: u64) -> bool {
        self.on.get(&id).is_some_and(|it| it.sequence == sequence)
    }

    /// It arrives later, at another queue item.
    pub(crate) fn delay(&mut self, id: u64, due: Micros, sequence: u64) {
        if let Some(it) = self.on.get_mut(&id) {
            (it.due, it.sequence, it.drawn) = (due, sequence, None);
        }
    }

    /// When everything under way that is not due yet could arrive as well, drawn with another key.
    pub(crate) fn drawn_anew(&self, seed: u64, live: &Live, now: Micros) -> Vec<(u64, Micros)> {
        let anew = |it: &OnTheWire| {
            let drawn = it.drawn.filter(|_| it.due >= now)?;
            let (key, way) = (it.key, u64::from(it.what.asks()));
            let draw = |nth, span| draw_span(seed, Purpose::ClientAnew, key.of, way, nth, span);
            if !it.what.is_stream() {
                let left = Span { min: drawn.min.max(now), max: drawn.max };
                return Some((it.id, draw(key.nth, left)));
            }
            // How often it was lost is not known either: the first of many draws that fits.
            const TRIES: u64 = 64;
            let certain = Span { min: 0, max: u64::from(Chance::CERTAIN) - 1 };
            let arrives = |draws: u64| {
                let lost = |time: &u64| draw(draws + time, certain) < u64::from(live.client_loss.0);
                let times = (1..=MOST_TIMES_LOST).take_while(lost).count() as u64;
                draw(draws, drawn) + times * SENT_AGAIN_AFTER
            };
            let tries =
                (0..TRIES).map(|at| arrives((key.nth * TRIES + at) * (MOST_TIMES_LOST + 1)));
            tries.into_iter().find(|due| *due >= now).map(|due| (it.id, due))
        };
        self.on.values().filter_map(anew).collect()
    }

    /// It arrives at another time that was drawn, at another queue item.
    pub(crate) fn move_to(&mut self, id: u64, due: Micros, sequence: u64) {
        if let Some(it) = self.on.get_mut(&id) {
            (it.due, it.sequence) = (due, sequence);
        }
    }

    /// How much is on its way.
    pub(crate) fn len(&self) -> usize {
        self.on.len()
    }

    pub(crate) fn take(&mut self, id: u64) -> Option<OnTheWire> {
        self.on.remove(&id)
    }

    /// A client no longer waits: what is on its way for it is of no use to anybody.
    pub(crate) fn forget(&mut self, is_it: impl Fn(&OnTheWire) -> bool) {
        let forgotten: Vec<u64> = self.on.values().filter(|it| is_it(it)).map(|it| it.id).collect();
        for id in forgotten {
            self.on.remove(&id);
        }
    }

    /// The same for a console command's call.
    pub(crate) fn forget_call(&mut self, of: impl Fn(Caller) -> bool) -> Vec<u64> {
        let is_it = |it: &OnTheWire| it.caller().is_some_and(&of);
        let calls = self.on.values().filter(|it| it.asks() && is_it(it));
        let calls = calls.filter_map(OnTheWire::request).collect();
        self.forget(is_it);
        calls
    }

    /// Everything on its way, in the order in which it set out.
    pub(crate) fn all(&self) -> impl DoubleEndedIterator<Item = &OnTheWire> {
        self.on.values()
    }

    /// Which ways are cut, requests' first.
    pub(crate) fn cuts(&self) -> impl Iterator<Item = ClientLink> + '_ {
        let of = |ways| {
            move |(whose, server): &(Whose, NodeId)| ClientLink {
                whose: *whose,
                ways,
                server: *server,
            }
        };
        let requests = self.cut_requests.iter().map(of(Ways::Requests));
        requests.chain(self.cut_answers.iter().map(of(Ways::Answers)))
    }
}
