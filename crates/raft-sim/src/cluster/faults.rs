//! What goes wrong with servers, disks, links and clocks, and what a person sets.

use super::{Cluster, ordinal_of, to_u8, torn_records};
use crate::queue::Due;
use crate::server::{Arrival, Power, Standing};
use crate::settings::{OwnSetting, Owner, Setting, Span};
use crate::trace::LossReason;
use raft_core::{Durable, Micros, Node, NodeId, Snapshot, Timer};
use std::sync::Arc;

impl Cluster {
    pub(crate) fn pause(&mut self, ordinal: usize) {
        let server = &mut self.servers[ordinal];
        server.power = Power::Paused;
        server.paused_at = Some(self.now);
        // What it had not yet taken from its inbox waits for the next resume.
        server.inbox_due = 0;
    }

    pub(crate) fn lose_blocked(&mut self) {
        for slot in self.network.on_blocked_links() {
            if let Some(flight) = self.network.take(slot) {
                self.lose(&flight.message, LossReason::Cut);
            }
        }
    }

    /// What is held on a link arrives at the time at which it would have, or at once.
    pub(crate) fn release(&mut self, from: NodeId, to: NodeId) {
        for slot in self.network.release(from, to) {
            let due = self.network.get(slot).map_or(self.now, |flight| flight.due);
            self.schedule(slot, due.max(self.now));
        }
    }

    pub(crate) fn set(&mut self, setting: &Setting) {
        self.settings.apply(setting);
        for ordinal in 0..self.servers.len() {
            self.configure(ordinal);
        }
    }

    pub(crate) fn set_own(&mut self, owner: &Owner, setting: &OwnSetting) {
        match owner {
            Owner::Server(id) => {
                let ordinal = ordinal_of(*id);
                setting.put_into(&mut self.servers[ordinal].own);
                self.configure(ordinal);
            }
            Owner::Link(from, direction, to) => {
                for (from, to) in direction.of(*from, *to) {
                    self.network.set_own(from, to, setting);
                }
            }
        }
    }

    /// Tells a server the settings that hold for it.
    fn configure(&mut self, ordinal: usize) {
        let config = self.live_of(ordinal).config(self.servers[ordinal].id);
        self.servers[ordinal].node.configure(config);
    }

    /// A clock's rate changes for timers that run too: what is left of their time passes at it.
    pub(crate) fn set_clock(&mut self, ordinal: usize, percent: u32) {
        let before = std::mem::replace(&mut self.servers[ordinal].clock_percent, percent);
        for timer in Timer::ALL {
            let state = self.servers[ordinal].timers[timer as usize];
            if let Some(state) = state.filter(|state| state.deadline > self.now)
                && before != percent
            {
                let left =
                    |until: Micros| (until - self.now) * u64::from(before) / u64::from(percent);
                let (now, deadline) = (self.now, self.now + left(state.deadline).max(1));
                let until = |at: Micros| if at > now { now + left(at) } else { at };
                let drawn = state.drawn.map(|Span { min, max }| Span {
                    min: until(min).min(deadline),
                    max: until(max).max(deadline),
                });
                self.move_deadline(ordinal, timer, deadline);
                if let Some(state) = &mut self.servers[ordinal].timers[timer as usize] {
                    state.drawn = drawn;
                }
            }
        }
    }

    /// The election deadlines of live servers, earliest first.
    pub(crate) fn election_timers(&self) -> Vec<(u64, u32)> {
        let mut timers: Vec<(u64, u32)> = (0u32..)
            .zip(&self.servers)
            .filter(|(_, server)| server.is_live())
            .filter_map(|(ordinal, server)| {
                Some((server.timer(Timer::Election)?.deadline, ordinal))
            })
            .collect();
        timers.sort_unstable();
        timers
    }

    pub(crate) fn spread_timers(&mut self) {
        let timers = self.election_timers();
        let Some((earliest, _)) = timers.first().copied() else { return };
        let timeout = self.settings.live.election_timeout;
        // A whole election fits between two of them: out and back twice, with two writes.
        let fsyncs = (0..self.servers.len()).map(|ordinal| self.live_of(ordinal).fsync.max);
        let latency = self.network.longest_latency(&self.settings.live);
        let election = 4 * (latency + fsyncs.max().unwrap_or(0));
        let gap = ((timeout.max - timeout.min) / timers.len() as u64).max(election);
        for (n, (_, ordinal)) in (0u64..).zip(timers) {
            self.move_deadline(ordinal as usize, Timer::Election, earliest + n * gap);
        }
    }

    pub(crate) fn move_deadline(&mut self, ordinal: usize, timer: Timer, deadline: u64) {
        let set_at = self.servers[ordinal].timers[timer as usize].map(|state| state.set_at);
        self.set_deadline(ordinal, timer, deadline);
        if let (Some(set_at), Some(state)) =
            (set_at, &mut self.servers[ordinal].timers[timer as usize])
        {
            state.set_at = set_at;
        }
    }

    /// Switches a server off; the snapshot that its disk holds.
    pub(crate) fn crash(&mut self, ordinal: usize) -> Arc<Snapshot> {
        let (seed, chance) = (self.chance, self.live_of(ordinal).torn_writes.0);
        let server = &mut self.servers[ordinal];
        server.crashes += 1;
        let kept = torn_records(seed, server, chance);
        server.disk.crash(kept);
        server.power = Power::Crashed;
        server.paused_at = None;
        server.timers = [None; Timer::ALL.len()];
        let unread = std::mem::take(&mut server.inbox);
        server.inbox_due = 0;
        // What remains of a crashed server is what its disk holds.
        server.node = Node::new(server.node.config().clone(), server.disk.durable.clone());
        server.held.clear();
        for arrival in unread {
            // The connection on which a snapshot came breaks: its sender learns that.
            if let Arrival::Message(message) = arrival {
                self.report_snapshot(&message, false);
            }
        }
        let server = &self.servers[ordinal];
        let snapshot = server.disk.durable.snapshot.clone();
        let (id, last) = (server.id, server.disk.durable.log.last_index());
        self.checker.crashed(id, last);
        snapshot
    }

    /// Erases the disk of a server that is down.
    pub(crate) fn wipe(&mut self, ordinal: usize) {
        let server = &mut self.servers[ordinal];
        let empty = Durable::bootstrap(self.began_with.clone());
        server.disk.durable = empty.clone();
        server.node = Node::new(server.node.config().clone(), empty);
        server.wiped = true;
        let id = server.id;
        self.checker.crashed(id, 0);
    }

    /// A server that has been announced, or let in again by text, gets an empty disk. Under its old
    /// name it remembers whom it has voted for: in a real cluster it is somebody else, whom nobody
    /// asks who does not know it yet.
    pub(crate) fn begin_anew(&mut self, ordinal: usize) {
        let began_with = self.began_with.clone();
        let server = &mut self.servers[ordinal];
        let before = &server.disk.durable;
        let empty =
            Durable { term: before.term, vote: before.vote, ..Durable::bootstrap(began_with) };
        server.disk.durable = empty.clone();
        server.node = Node::new(server.node.config().clone(), empty);
        server.standing = Standing::Known;
        let id = server.id;
        self.checker.crashed(id, 0);
    }

    pub(crate) fn resume(&mut self, ordinal: usize) {
        self.goes_on(ordinal);
        let now = self.now;
        let server = &mut self.servers[ordinal];
        server.power = Power::Up;
        server.inbox_due = server.inbox.len() as u64;
        // A timer that runs out at this very time counts as overdue, noted already or not:
        // that is not an event, so a command’s moment does not say which.
        let overdue: Vec<Timer> = Timer::ALL
            .into_iter()
            .filter(|timer| {
                let state = server.timers[*timer as usize];
                state.is_some_and(|state| state.overdue || state.deadline <= now)
            })
            .collect();
        let due = server.inbox_due;
        let index = to_u8(ordinal);
        for nth in 0..due {
            let sequence = self.queue.push(self.now, Due::Inbox { server: index });
            if nth == 0 {
                self.servers[ordinal].inbox_from = sequence;
            }
        }
        for timer in overdue {
            self.move_deadline(ordinal, timer, self.now);
        }
    }
}
