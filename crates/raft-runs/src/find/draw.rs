//! What is done next in a random schedule.

use raft_core::{Micros, NodeId};
use raft_sim::{Command, Direction, MessageVerb, Power, World};
use rand_core::Rng;
use rand_pcg::Pcg32;
use std::fmt;
use std::str::FromStr;

/// A kind of fault that a search may use, with what mends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Fault {
    Crash,
    Cut,
    Partition,
    Drop,
    Duplicate,
    Pause,
    Clock,
    Timeout,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 8] = [
        Fault::Crash,
        Fault::Cut,
        Fault::Partition,
        Fault::Drop,
        Fault::Duplicate,
        Fault::Pause,
        Fault::Clock,
        Fault::Timeout,
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Fault::Crash => "crash",
            Fault::Cut => "cut",
            Fault::Partition => "partition",
            Fault::Drop => "drop",
            Fault::Duplicate => "duplicate",
            Fault::Pause => "pause",
            Fault::Clock => "clock",
            Fault::Timeout => "timeout",
        }
    }
}

/// There is no such fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFault(String);

impl fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Fault::ALL.map(Fault::name).join(", ");
        write!(f, "expected faults out of {names}, found `{}`", self.0)
    }
}

impl std::error::Error for UnknownFault {}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Fault, UnknownFault> {
        let found = Fault::ALL.into_iter().find(|fault| fault.name() == text);
        found.ok_or_else(|| UnknownFault(text.into()))
    }
}

/// Chance of one run of a search.
pub(super) struct Dice(Pcg32);

impl Dice {
    pub(super) fn new(seed: u64, run: u64) -> Dice {
        Dice(Pcg32::new(seed, run))
    }

    pub(super) fn below(&mut self, span: u64) -> u64 {
        let number = u64::from(self.0.next_u32()) << 32 | u64::from(self.0.next_u32());
        u64::try_from((u128::from(number) * u128::from(span)) >> 64).unwrap_or(0)
    }

    pub(super) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(of[self.index(of.len())]) }
    }

    /// How long nothing is done: nothing at all, a message's way, an election, or longer.
    pub(super) fn pause(&mut self) -> Micros {
        let longest = [1, 15_000, 60_000, 400_000, 1_500_000];
        let longest = longest[self.index(longest.len())];
        let span = self.below(longest);
        // Whole milliseconds: what is found is to be read.
        span / 1_000 * 1_000
    }

    /// Something that can be done at this moment, by one of these faults or what mends it.
    pub(super) fn deed(&mut self, faults: &[Fault], world: &World) -> Option<Command> {
        let fault = self.one(faults)?;
        let mends = self.below(2) == 0;
        let of = |power: Power| -> Vec<NodeId> {
            world.servers().iter().filter(|it| it.power() == power).map(|it| it.id()).collect()
        };
        let (up, paused, down) = (of(Power::Up), of(Power::Paused), of(Power::Crashed));
        match fault {
            Fault::Crash if mends && !down.is_empty() => self.one(&down).map(Command::Restart),
            Fault::Crash => self.one(&up).map(Command::Crash),
            Fault::Pause if mends && !paused.is_empty() => self.one(&paused).map(Command::Resume),
            Fault::Pause => self.one(&up).map(Command::Pause),
            Fault::Timeout => self.one(&up).map(Command::Timeout),
            Fault::Clock => {
                let server = self.one(&up)?;
                let percent = self.one(&[25, 50, 100, 200, 400])?;
                Some(Command::Clock { server, percent })
            }
            Fault::Cut | Fault::Partition if mends && world.network().is_split() => {
                Some(Command::Heal)
            }
            Fault::Cut => {
                let (from, to) = self.two(world)?;
                let both = self.below(2) == 0;
                let way = if both { Direction::BothWays } else { Direction::OneWay };
                Some(Command::Cut(from, way, to))
            }
            Fault::Partition => self.partition(world),
            Fault::Drop => self.message(world, MessageVerb::Drop),
            Fault::Duplicate => self.message(world, MessageVerb::Duplicate),
        }
    }

    fn two(&mut self, world: &World) -> Option<(NodeId, NodeId)> {
        let all: Vec<NodeId> = world.servers().iter().map(|it| it.id()).collect();
        let from = self.one(&all)?;
        let others: Vec<NodeId> = all.into_iter().filter(|id| *id != from).collect();
        Some((from, self.one(&others)?))
    }

    fn partition(&mut self, world: &World) -> Option<Command> {
        let (mut one, mut other) = (Vec::new(), Vec::new());
        for server in world.servers() {
            if self.below(2) == 0 { &mut one } else { &mut other }.push(server.id());
        }
        (!one.is_empty() && !other.is_empty()).then(|| Command::Partition(vec![one, other]))
    }

    fn message(&mut self, world: &World, verb: MessageVerb) -> Option<Command> {
        let flying = world.network().in_flight();
        let at = self.index(flying.len().max(1));
        let message = &flying.get(at)?.message;
        let (kind, from, to) = (message.kind(), message.from, message.to);
        let alike = |it: &&&raft_sim::InFlight| {
            (it.message.kind(), it.message.from, it.message.to) == (kind, from, to)
        };
        let nth = u32::try_from(flying[..=at].iter().filter(alike).count()).ok()?;
        Some(Command::Message { verb, kind, from, to, nth })
    }
}
