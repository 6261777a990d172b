//! The network: messages in flight, and links that are slow, lossy, cut, partitioned or held.

use crate::chance::{Purpose, draw};
use crate::settings::{Chance, Live, OwnSetting, Setting, Span};
use raft_core::{Kind, Message, Micros, NodeId};
use std::collections::BTreeMap;

/// A message on its way.
#[derive(Clone, Debug)]
pub struct InFlight {
    /// The message.
    pub message: Message,
    /// When it was sent.
    pub sent_at: Micros,
    /// When it arrives; later if its link is held.
    pub due: Micros,
    /// Whether its link is held, so that it does not arrive.
    pub held: bool,
    /// Whether it is a second copy: the network has made it, or a person, and no server.
    pub copy: bool,
    /// Its number in the queue, or in the order of holding; unique and ascending by time of
    /// sending.
    pub(crate) sequence: u64,
    /// The order in which messages were sent.
    pub(crate) order: u64,
    /// When it could have been drawn to arrive, soonest and latest.
    pub(crate) drawn: Span,
}

impl InFlight {
    /// Which message this is: counts the messages ever sent, so it stays the same in flight.
    pub fn id(&self) -> u64 {
        self.order
    }
}

/// Who has made a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Made {
    /// The server that it comes from.
    BySender,
    /// The network, or a person: it is a second copy.
    ByNetwork,
}

/// Every link and everything on it.
#[derive(Clone, Debug)]
pub struct Network {
    servers: usize,
    flight: Vec<Option<InFlight>>,
    free: Vec<u32>,
    /// How many messages were ever sent on each link; numbers the draws.
    sent: Vec<u64>,
    /// Messages ever sent.
    order: u64,
    /// For each sender, a bit for each receiver: links cut by hand.
    cut: Vec<u32>,
    /// The same for links that a partition cuts.
    partitioned: Vec<u32>,
    /// The same for links that are held.
    held: Vec<u32>,
    groups: Vec<Vec<NodeId>>,
    /// Settings of a link, by sender and receiver, in place of the cluster's.
    own: BTreeMap<(NodeId, NodeId), Vec<Setting>>,
}

fn ordinal(id: NodeId) -> usize {
    usize::try_from(id.0.saturating_sub(1)).unwrap_or(usize::MAX)
}

fn bit(id: NodeId) -> u32 {
    1u32.checked_shl(u32::try_from(ordinal(id)).unwrap_or(32)).unwrap_or(0)
}

/// What the network decided about a message that was just sent.
pub(crate) struct Drawn {
    /// How long anything may travel on that link.
    pub(crate) span: Span,
    /// How long it travels; `None` where it is lost.
    pub(crate) latency: Option<Micros>,
    /// How long a second copy travels, if there is one.
    pub(crate) copy: Option<Micros>,
}

impl Network {
    pub(crate) fn new(servers: usize) -> Network {
        Network {
            servers,
            flight: Vec::new(),
            free: Vec::new(),
            sent: vec![0; servers * servers],
            order: 0,
            cut: vec![0; servers],
            partitioned: vec![0; servers],
            held: vec![0; servers],
            groups: Vec::new(),
            own: BTreeMap::new(),
        }
    }

    /// One more server, connected to all others; in a partition it is in no group.
    pub(crate) fn grow(&mut self) {
        let before = self.servers;
        self.servers += 1;
        let mut sent = vec![0; self.servers * self.servers];
        for from in 0..before {
            for to in 0..before {
                sent[from * self.servers + to] = self.sent[from * before + to];
            }
        }
        self.sent = sent;
        self.cut.push(0);
        self.partitioned.push(0);
        self.held.push(0);
    }

    /// The groups of the present partition; empty where there is none.
    pub fn groups(&self) -> &[Vec<NodeId>] {
        &self.groups
    }

    /// Whether the link is cut by hand, in this direction.
    pub fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        self.cut.get(ordinal(from)).is_some_and(|row| row & bit(to) != 0)
    }

    /// Whether a partition lies across the link.
    pub fn is_partitioned(&self, from: NodeId, to: NodeId) -> bool {
        self.partitioned.get(ordinal(from)).is_some_and(|row| row & bit(to) != 0)
    }

    /// Whether nothing passes on the link, in this direction.
    pub fn is_blocked(&self, from: NodeId, to: NodeId) -> bool {
        self.is_cut(from, to) || self.is_partitioned(from, to)
    }

    /// Whether a partition or a cut keeps any servers apart.
    pub fn is_split(&self) -> bool {
        let apart = |rows: &[u32]| rows.iter().any(|row| *row != 0);
        !self.groups.is_empty() || apart(&self.cut) || apart(&self.partitioned)
    }

    /// Whether what is on the link does not arrive until it is released.
    pub fn is_held(&self, from: NodeId, to: NodeId) -> bool {
        self.held.get(ordinal(from)).is_some_and(|row| row & bit(to) != 0)
    }

    /// The links that are held, each from whom to whom.
    pub fn held_links(&self) -> impl Iterator<Item = (NodeId, NodeId)> {
        let all = (1..=self.servers as u64).map(NodeId);
        let links = all.clone().flat_map(move |from| all.clone().map(move |to| (from, to)));
        links.filter(|(from, to)| self.is_held(*from, *to))
    }

    /// The settings of a link, in this direction, in place of the cluster's, each at most once.
    pub fn own_settings(&self, from: NodeId, to: NodeId) -> &[Setting] {
        self.own.get(&(from, to)).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn set_own(&mut self, from: NodeId, to: NodeId, setting: &OwnSetting) {
        let own = self.own.entry((from, to)).or_default();
        setting.put_into(own);
        if own.is_empty() {
            self.own.remove(&(from, to));
        }
    }

    /// Everything in flight, oldest first.
    pub fn in_flight(&self) -> Vec<&InFlight> {
        self.slots().into_iter().filter_map(|slot| self.get(slot)).collect()
    }

    /// The slots of all that is in flight, in the order in which it was sent.
    pub(crate) fn slots(&self) -> Vec<u32> {
        let mut slots: Vec<(u64, u32)> = (0u32..)
            .zip(&self.flight)
            .filter_map(|(slot, flight)| Some((flight.as_ref()?.order, slot)))
            .collect();
        slots.sort_unstable();
        slots.into_iter().map(|(_, slot)| slot).collect()
    }

    /// How many messages servers have sent each other so far, what was lost included.
    pub fn sent(&self) -> u64 {
        self.sent.iter().sum()
    }

    /// How many messages are in flight.
    pub fn in_flight_len(&self) -> usize {
        self.flight.len() - self.free.len()
    }

    /// The slots of the messages of a kind on a link, oldest first.
    pub(crate) fn matching(&self, kind: Kind, from: NodeId, to: NodeId) -> Vec<u32> {
        let mut found: Vec<(u64, u32)> = (0u32..)
            .zip(&self.flight)
            .filter_map(|(slot, flight)| Some((slot, flight.as_ref()?)))
            .filter(|(_, flight)| {
                let message = &flight.message;
                message.kind() == kind && message.from == from && message.to == to
            })
            .map(|(slot, flight)| (flight.order, slot))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, slot)| slot).collect()
    }

    /// The longest that a message may travel on any link.
    pub(crate) fn longest_latency(&self, live: &Live) -> Micros {
        let own = self.own.values().map(|own| live.with(own).latency.max);
        own.max().unwrap_or(0).max(live.latency.max)
    }

    /// Draws what becomes of the next message on a link.
    pub(crate) fn draw(&mut self, seed: u64, live: &Live, from: NodeId, to: NodeId) -> Drawn {
        let n = self.sent.get_mut(ordinal(from) * self.servers + ordinal(to)).map_or(0, |sent| {
            *sent += 1;
            *sent
        });
        let live = live.with(self.own_settings(from, to));
        let span = live.latency;
        let happens = |purpose, chance: Chance| {
            chance.0 > 0
                && draw(seed, purpose, from.0, to.0, n, u64::from(Chance::CERTAIN))
                    < u64::from(chance.0)
        };
        let travel = |purpose| draw_span(seed, purpose, from.0, to.0, n, span);
        let lost = happens(Purpose::Loss, live.loss);
        Drawn {
            span,
            latency: (!lost).then(|| travel(Purpose::Latency)),
            copy: happens(Purpose::Duplicate, live.duplicate)
                .then(|| travel(Purpose::DuplicateLatency)),
        }
    }

    /// Puts a message on its way; the slot it has until it arrives.
    pub(crate) fn launch(
        &mut self,
        message: Message,
        made: Made,
        sent_at: Micros,
        due: Micros,
        span: Span,
    ) -> u32 {
        self.order += 1;
        let held = self.is_held(message.from, message.to);
        let copy = made == Made::ByNetwork;
        let (sequence, order, drawn) = (0, self.order, span.from(sent_at));
        let flight = InFlight { message, sent_at, due, held, copy, sequence, order, drawn };
        match self.free.pop() {
            Some(slot) => {
                if let Some(flight_slot) = self.flight.get_mut(slot as usize) {
                    *flight_slot = Some(flight);
                }
                slot
            }
            None => {
                self.flight.push(Some(flight));
                u32::try_from(self.flight.len() - 1).unwrap_or(u32::MAX)
            }
        }
    }

    pub(crate) fn get(&self, slot: u32) -> Option<&InFlight> {
        self.flight.get(slot as usize)?.as_ref()
    }

    pub(crate) fn get_mut(&mut self, slot: u32) -> Option<&mut InFlight> {
        self.flight.get_mut(slot as usize)?.as_mut()
    }

    pub(crate) fn take(&mut self, slot: u32) -> Option<InFlight> {
        let flight = self.flight.get_mut(slot as usize)?.take()?;
        self.free.push(slot);
        Some(flight)
    }

    /// Takes everything that is in flight, in the order of the slots.
    pub(crate) fn take_all(&mut self) -> Vec<InFlight> {
        self.free.clear();
        std::mem::take(&mut self.flight).into_iter().flatten().collect()
    }

    pub(crate) fn cut(&mut self, from: NodeId, to: NodeId) {
        if let Some(row) = self.cut.get_mut(ordinal(from)) {
            *row |= bit(to);
        }
    }

    pub(crate) fn mend(&mut self, from: NodeId, to: NodeId) {
        if let Some(row) = self.cut.get_mut(ordinal(from)) {
            *row &= !bit(to);
        }
    }

    /// Replaces the partition by this one.
    pub(crate) fn partition(&mut self, groups: Vec<Vec<NodeId>>) {
        self.partitioned.fill(0);
        let all: u32 = groups.iter().flatten().map(|id| bit(*id)).sum();
        for group in &groups {
            let own: u32 = group.iter().map(|id| bit(*id)).sum();
            for id in group {
                if let Some(row) = self.partitioned.get_mut(ordinal(*id)) {
                    *row = all & !own;
                }
            }
        }
        self.groups = groups;
    }

    pub(crate) fn heal(&mut self) {
        self.partitioned.fill(0);
        self.cut.fill(0);
        self.groups.clear();
    }

    pub(crate) fn hold(&mut self, from: NodeId, to: NodeId) {
        if let Some(row) = self.held.get_mut(ordinal(from)) {
            *row |= bit(to);
        }
        for flight in self.flight.iter_mut().flatten() {
            if flight.message.from == from && flight.message.to == to {
                flight.held = true;
                flight.sequence = 0;
            }
        }
    }

    /// Lets a link go again; the slots of what it held, oldest first.
    pub(crate) fn release(&mut self, from: NodeId, to: NodeId) -> Vec<u32> {
        if let Some(row) = self.held.get_mut(ordinal(from)) {
            *row &= !bit(to);
        }
        let mut freed: Vec<(u64, u32)> = Vec::new();
        for (slot, flight) in (0u32..).zip(&mut self.flight) {
            let Some(flight) = flight else { continue };
            if flight.held && flight.message.from == from && flight.message.to == to {
                flight.held = false;
                freed.push((flight.order, slot));
            }
        }
        freed.sort_unstable();
        freed.into_iter().map(|(_, slot)| slot).collect()
    }

    /// The slots of what is on blocked links.
    pub(crate) fn on_blocked_links(&self) -> Vec<u32> {
        (0u32..)
            .zip(&self.flight)
            .filter_map(|(slot, flight)| Some((slot, flight.as_ref()?)))
            .filter(|(_, flight)| self.is_blocked(flight.message.from, flight.message.to))
            .map(|(slot, _)| slot)
            .collect()
    }
}

/// A duration from a range, both ends included.
pub(crate) fn draw_span(seed: u64, purpose: Purpose, a: u64, b: u64, n: u64, span: Span) -> Micros {
    if span.min >= span.max {
        return span.min;
    }
    span.min + draw(seed, purpose, a, b, n, span.max - span.min + 1)
}
