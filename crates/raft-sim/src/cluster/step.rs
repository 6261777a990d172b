//! One input to one server, and what it sends, writes and waits for.

use super::{Checks, Cluster, Effect, Todo, ordinal_of, to_u8};
use crate::MAX_IN_FLIGHT;
use crate::chance::Purpose;
use crate::disk::PendingWrite;
use crate::network::{InFlight, Made, draw_span};
use crate::queue::{Alarm, Due};
use crate::server::{Arrival, Power, TimerState};
use crate::settings::Span;
use crate::trace::{LossReason, What};
use raft_core::{
    Index, Input, Kind, Message, Micros, NodeId, Note, Output, Proposal, Timer, TimerRange, Write,
    WriteId,
};
use std::collections::VecDeque;

impl Cluster {
    /// Begins with what was due; what is to be done about it.
    pub(crate) fn begin(&mut self, due: Due) -> Todo {
        match due {
            Due::Delivery { slot } => match self.network.take(slot) {
                Some(InFlight { message, .. }) => self.receive(message),
                None => Todo::Nothing,
            },
            Due::Timer { server, timer } => self.fire(usize::from(server), timer),
            Due::Disk { server } => self.finish_write(usize::from(server)),
            Due::Inbox { server } => self.take_from_inbox(usize::from(server)),
            Due::Alarm { kind, key } => Todo::Alarm(Alarm { kind, key }),
        }
    }

    /// A message reaches its server, whatever state that is in.
    pub(crate) fn receive(&mut self, message: Message) -> Todo {
        let ordinal = ordinal_of(message.to);
        let (from, to, kind, term) = (message.from, message.to, message.kind(), message.term);
        let Some(server) = self.servers.get_mut(ordinal) else { return Todo::Nothing };
        match server.power {
            Power::Crashed => self.lose(&message, LossReason::Down),
            Power::Paused => server.inbox.push_back(Arrival::Message(message)),
            Power::Up => {
                self.note(|| What::Delivered { from, to, kind, term });
                self.report_snapshot(&message, true);
                return Todo::Step(ordinal, Input::Receive(message));
            }
        }
        Todo::Nothing
    }

    /// A timer runs out.
    pub(crate) fn fire(&mut self, ordinal: usize, timer: Timer) -> Todo {
        self.servers[ordinal].timers[timer as usize] = None;
        let server = self.servers[ordinal].id;
        self.note(|| What::TimerFired { server, timer });
        Todo::Step(ordinal, Input::Timer(timer))
    }

    fn finish_write(&mut self, ordinal: usize) -> Todo {
        let server = &mut self.servers[ordinal];
        let Some(write) = server.disk.finish() else { return Todo::Nothing };
        match server.power {
            Power::Up => {
                let id = server.id;
                self.note(|| What::Durable { server: id });
                return Todo::Persisted(ordinal, write.id);
            }
            Power::Paused => server.inbox.push_back(Arrival::Persisted(write.id)),
            Power::Crashed => {}
        }
        Todo::Nothing
    }

    fn take_from_inbox(&mut self, ordinal: usize) -> Todo {
        let server = &mut self.servers[ordinal];
        server.inbox_due = server.inbox_due.saturating_sub(1);
        match server.inbox.pop_front() {
            Some(Arrival::Message(message)) => self.receive(message),
            Some(Arrival::Persisted(write)) => Todo::Persisted(ordinal, write),
            Some(Arrival::Call(id)) => Todo::TakeCall(ordinal, id),
            Some(Arrival::SnapshotSent { to, arrived }) => {
                Todo::Step(ordinal, Input::SnapshotSent { to, arrived })
            }
            None => Todo::Nothing,
        }
    }

    /// The oldest message that was held back until this write is durable.
    pub(crate) fn next_held(&mut self, ordinal: usize, write: WriteId) -> Option<Message> {
        let held = &mut self.servers[ordinal].held;
        held.front()
            .is_some_and(|(after, _)| *after <= write)
            .then(|| held.pop_front())?
            .map(|(_, message)| message)
    }

    /// A running server gets an input from a service; what became of a proposal, if it was one.
    /// The service is told of whatever else comes of it once it is done itself. `None` too where
    /// there is no such server, or it does not run.
    pub fn act(&mut self, at: NodeId, input: Input) -> Option<Proposal> {
        let ordinal = ordinal_of(at);
        if self.servers.get(ordinal).is_none_or(|server| server.power != Power::Up) {
            return None;
        }
        let proposal = self.step(ordinal, input);
        self.effects.push_back((ordinal, Effect::Stepped));
        proposal
    }

    /// One input to a server, and what it then sends to itself; what became of a proposal, if it
    /// was one.
    pub(crate) fn step(&mut self, ordinal: usize, input: Input) -> Option<Proposal> {
        let mut own_mail = VecDeque::new();
        let proposal = self.step_once(ordinal, input, &mut own_mail);
        while let Some(message) = own_mail.pop_front() {
            self.step_once(ordinal, Input::Receive(message), &mut own_mail);
        }
        proposal
    }

    /// One input: its outputs are carried out, and the result is checked against what must be true.
    fn step_once(
        &mut self,
        ordinal: usize,
        input: Input,
        own_mail: &mut VecDeque<Message>,
    ) -> Option<Proposal> {
        let mut outputs = std::mem::take(&mut self.outputs);
        let node = &mut self.servers[ordinal].node;
        let (before, leader) = (node.membership().clone(), node.leader());
        node.step(input, &mut outputs);
        if node.leader().is_some() && node.leader() != leader {
            self.servers[ordinal].leader_known_at = self.now;
        }
        let mut proposed = None;
        let mut written_from: Option<Index> = None;
        let mut term_from: Option<NodeId> = None;
        for output in outputs.drain(..) {
            match output {
                Output::Send(message) if message.to == message.from => own_mail.push_back(message),
                Output::Send(message) => self.send(message),
                Output::SendAfter(write, message) => {
                    self.servers[ordinal].held.push_back((write, message));
                }
                Output::Restore(snapshot) => {
                    self.effects.push_back((ordinal, Effect::Restore(snapshot)));
                }
                Output::SnapshotWanted => {
                    self.effects.push_back((ordinal, Effect::SnapshotWanted));
                }
                Output::Read { token, index } => {
                    self.effects.push_back((ordinal, Effect::ReadReady(token, index)));
                }
                Output::Persist(write) => {
                    let from = write.log.as_ref().map(|log| log.first_index);
                    written_from = from.or(written_from);
                    self.persist(ordinal, write);
                }
                Output::SetTimer(timer, range) => self.set_timer(ordinal, timer, range),
                Output::CancelTimer(timer) => self.servers[ordinal].timers[timer as usize] = None,
                Output::Proposed(proposal) => proposed = Some(proposal),
                Output::Note(note) => {
                    let server = self.servers[ordinal].id;
                    if let Note::TermAdopted { from, .. } = note {
                        term_from = Some(from);
                    }
                    if let Note::Stopped { .. } = note {
                        self.effects.push_back((ordinal, Effect::Stopped));
                    }
                    self.watch_for_deposed(ordinal, &note, term_from);
                    self.note(|| What::Decided { server, note });
                }
            }
        }
        self.outputs = outputs;
        self.check(ordinal, written_from, &before);
        proposed
    }

    pub(crate) fn send(&mut self, message: Message) {
        let (from, to, kind, term) = (message.from, message.to, message.kind(), message.term);
        self.note(|| What::Sent { from, to, kind, term });
        if self.checks == Checks::Every {
            self.check_promise(&message);
        }
        let drawn = self.network.draw(self.chance, &self.settings.live, from, to);
        if self.network.is_blocked(from, to) {
            return self.lose(&message, LossReason::Cut);
        }
        if let Some(latency) = drawn.copy {
            self.launch(message.clone(), Made::ByNetwork, latency, drawn.span);
        }
        match drawn.latency {
            Some(latency) => self.launch(message, Made::BySender, latency, drawn.span),
            None => self.lose(&message, LossReason::Chance),
        }
    }

    pub(crate) fn launch(&mut self, message: Message, made: Made, latency: Micros, span: Span) {
        if self.network.in_flight_len() >= MAX_IN_FLIGHT {
            return self.lose(&message, LossReason::Full);
        }
        let due = self.now + latency;
        let slot = self.network.launch(message, made, self.now, due, span);
        if !self.network.get(slot).is_some_and(|flight| flight.held) {
            self.schedule(slot, due);
        }
    }

    pub(crate) fn schedule(&mut self, slot: u32, due: Micros) {
        let sequence = self.queue.push(due, Due::Delivery { slot });
        if let Some(flight) = self.network.get_mut(slot) {
            flight.sequence = sequence;
            flight.due = due;
        }
    }

    pub(crate) fn lose(&mut self, message: &Message, because: LossReason) {
        let (from, to, kind) = (message.from, message.to, message.kind());
        self.report_snapshot(message, false);
        self.note(|| What::Lost { from, to, kind, because });
    }

    pub(crate) fn persist(&mut self, ordinal: usize, write: Write) {
        let (seed, span, now) = (self.chance, self.live_of(ordinal).fsync, self.now);
        let server = &mut self.servers[ordinal];
        server.disk.begun += 1;
        let takes = draw_span(seed, Purpose::Fsync, server.id.0, 0, server.disk.begun, span);
        let due = server.disk.pending.back().map_or(now + takes, |last| last.due.max(now + takes));
        let sequence = self.queue.push(due, Due::Disk { server: to_u8(ordinal) });
        server.disk.pending.push_back(PendingWrite { write, due, sequence, drawn: span.from(now) });
    }

    pub(crate) fn set_timer(&mut self, ordinal: usize, timer: Timer, range: TimerRange) {
        let server = &mut self.servers[ordinal];
        let draws = &mut server.timer_draws[timer as usize];
        *draws += 1;
        let span = Span { min: range.min, max: range.max };
        let (id, kind) = (server.id.0, timer as u64);
        let takes = draw_span(self.chance, Purpose::Timer, id, kind, *draws, span);
        let percent = u64::from(server.clock_percent);
        let at_its_rate =
            |takes: Micros| if percent == 100 { takes } else { (takes * 100 / percent).max(1) };
        let drawn = Span { min: at_its_rate(span.min), max: at_its_rate(span.max) };
        self.set_deadline(ordinal, timer, self.now + at_its_rate(takes));
        if let Some(state) = &mut self.servers[ordinal].timers[timer as usize] {
            state.drawn = Some(drawn.from(self.now));
        }
    }

    /// A timer is set to run out at this time, which is not drawn.
    pub(crate) fn set_deadline(&mut self, ordinal: usize, timer: Timer, deadline: Micros) {
        let what = Due::Timer { server: to_u8(ordinal), timer };
        let sequence = self.queue.push(deadline, what);
        self.servers[ordinal].timers[timer as usize] =
            Some(TimerState { set_at: self.now, deadline, sequence, drawn: None, overdue: false });
    }

    /// A snapshot travels on a connection of its own: its sender learns what became of it.
    pub(crate) fn report_snapshot(&mut self, message: &Message, arrived: bool) {
        if message.kind() == Kind::Snapshot {
            self.snapshots_sent.push((message.from, message.to, arrived));
        }
    }
}
