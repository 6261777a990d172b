//! What is due when: a queue in the total order (due, sequence).

use raft_core::{Micros, Timer};
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// Something that will happen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) due: Micros,
    /// Unique; what was scheduled first comes first. Whoever scheduled an item remembers this
    /// number, and an item whose number is no longer remembered is void.
    pub(crate) sequence: u64,
    pub(crate) what: Due,
}

impl Item {
    /// Its place in the order, as one number: the queue spends its time in comparisons.
    fn key(&self) -> u128 {
        u128::from(self.due) << 64 | u128::from(self.sequence)
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Item) -> bool {
        self.key() == other.key()
    }
}

impl Eq for Item {}

impl PartialOrd for Item {
    fn partial_cmp(&self, other: &Item) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Item {
    fn cmp(&self, other: &Item) -> Ordering {
        self.key().cmp(&other.key())
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Due {
    /// The message in this slot of the network arrives.
    Delivery { slot: u32 },
    /// A server's timer runs out.
    Timer { server: u8, timer: Timer },
    /// A server's oldest write is durable.
    Disk { server: u8 },
    /// A resumed server takes the next thing from its inbox.
    Inbox { server: u8 },
    /// An alarm that somebody above the cluster has set.
    Alarm {
        /// [`Alarm::kind`], here so that an item takes no more room than it must.
        kind: u8,
        /// [`Alarm::key`]
        key: u64,
    },
}

/// Set by the service above the cluster, which alone knows what it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Alarm {
    /// What kind of alarm it is.
    pub kind: u8,
    /// Whom or what it is for.
    pub key: u64,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Queue {
    items: BinaryHeap<Reverse<Item>>,
    next: u64,
}

impl Queue {
    /// Schedules something and returns its number, which is never 0.
    pub(crate) fn push(&mut self, due: Micros, what: Due) -> u64 {
        self.next += 1;
        self.items.push(Reverse(Item { due, sequence: self.next, what }));
        self.next
    }

    /// When what was scheduled under this number is due, if it still is to come.
    pub(crate) fn due(&self, sequence: u64) -> Option<Micros> {
        let mut items = self.items.iter();
        items.find(|Reverse(item)| item.sequence == sequence).map(|Reverse(item)| item.due)
    }

    pub(crate) fn peek(&self) -> Option<&Item> {
        self.items.peek().map(|Reverse(item)| item)
    }

    pub(crate) fn pop(&mut self) -> Option<Item> {
        self.items.pop().map(|Reverse(item)| item)
    }

    /// Drops every item that is void.
    pub(crate) fn retain(&mut self, keep: impl Fn(&Item) -> bool) {
        self.items.retain(|Reverse(item)| keep(item));
    }
}
