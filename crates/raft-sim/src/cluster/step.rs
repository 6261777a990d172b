//! One input to one server, and what it sends, writes and waits for.

use super::{Checks, Cluster, Effect, Stepped, Todo, place_of, to_u8};
use crate::MAX_IN_FLIGHT;
use crate::chance::Purpose;
use crate::disk::PendingWrite;
use crate::happening::{LossReason, What};
use crate::network::{InFlight, draw_span};
use crate::queue::Due;
use crate::server::{Arrival, Power, TimerState};
use crate::settings::Span;
use raft_core::{
    Index, Input, Kind, Message, Micros, NodeId, Note, Output, Timer, TimerRange, Write, WriteId,
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
            Due::Alarm(alarm) => Todo::Alarm(alarm),
        }
    }

    /// A message reaches its server, whatever state that is in.
    pub(crate) fn receive(&mut self, message: Message) -> Todo {
        let place = place_of(message.to);
        let (from, to, kind, term) = (message.from, message.to, message.kind(), message.term);
        let Some(server) = self.servers.get_mut(place) else { return Todo::Nothing };
        match server.power {
            Power::Crashed => self.lose(&message, LossReason::Down),
            Power::Paused => server.inbox.push_back(Arrival::Message(message)),
            Power::Up => {
                self.note(|| What::Delivered { from, to, kind, term });
                self.report_snapshot(&message, true);
                return Todo::Step(place, Input::Receive(message));
            }
        }
        Todo::Nothing
    }

    /// A timer runs out.
    pub(crate) fn fire(&mut self, place: usize, timer: Timer) -> Todo {
        self.servers[place].timers[timer as usize] = None;
        let server = self.servers[place].id;
        self.note(|| What::TimerFired { server, timer });
        Todo::Step(place, Input::Timer(timer))
    }

    fn finish_write(&mut self, place: usize) -> Todo {
        let server = &mut self.servers[place];
        let Some(write) = server.disk.finish() else { return Todo::Nothing };
        match server.power {
            Power::Up => {
                let id = server.id;
                self.note(|| What::Durable { server: id });
                return Todo::Persisted(place, write.id);
            }
            Power::Paused => server.inbox.push_back(Arrival::Persisted(write.id)),
            Power::Crashed => {}
        }
        Todo::Nothing
    }

    fn take_from_inbox(&mut self, place: usize) -> Todo {
        let server = &mut self.servers[place];
        server.inbox_due = server.inbox_due.saturating_sub(1);
        match server.inbox.pop_front() {
            Some(Arrival::Message(message)) => self.receive(message),
            Some(Arrival::Persisted(write)) => Todo::Persisted(place, write),
            Some(Arrival::Call(id)) => Todo::TakeCall(place, id),
            Some(Arrival::SnapshotSent { to, arrived }) => {
                Todo::Step(place, Input::SnapshotSent { to, arrived })
            }
            None => Todo::Nothing,
        }
    }

    /// The oldest message that was held back until this write is durable.
    pub(crate) fn next_held(&mut self, place: usize, write: WriteId) -> Option<Message> {
        let held = &mut self.servers[place].held;
        held.front()
            .is_some_and(|(after, _)| *after <= write)
            .then(|| held.pop_front())?
            .map(|(_, message)| message)
    }

    /// One input: its outputs are carried out, and the result is held against what must be true.
    pub(crate) fn step_once(
        &mut self,
        place: usize,
        input: Input,
        own_mail: &mut VecDeque<Message>,
    ) -> Stepped {
        let mut outputs = std::mem::take(&mut self.outputs);
        let before = self.servers[place].node.membership().clone();
        self.servers[place].node.step(input, &mut outputs);
        let mut stepped = Stepped::default();
        let mut written_from: Option<Index> = None;
        let mut term_from: Option<NodeId> = None;
        for output in outputs.drain(..) {
            match output {
                Output::Send(message) if message.to == message.from => own_mail.push_back(message),
                Output::Send(message) => self.send(message),
                Output::SendAfter(write, message) => {
                    self.servers[place].held.push_back((write, message));
                }
                Output::Restore(snapshot) => stepped.effects.push(Effect::Restore(snapshot)),
                Output::SnapshotWanted => stepped.effects.push(Effect::SnapshotWanted),
                Output::Read { token, index } => {
                    stepped.effects.push(Effect::ReadReady(token, index));
                }
                Output::Persist(write) => {
                    let from = write.log.as_ref().map(|log| log.first_index);
                    written_from = from.or(written_from);
                    self.persist(place, write);
                }
                Output::SetTimer(timer, range) => self.set_timer(place, timer, range),
                Output::CancelTimer(timer) => self.servers[place].timers[timer as usize] = None,
                Output::Proposed(proposal) => stepped.proposal = Some(proposal),
                Output::Note(note) => {
                    let server = self.servers[place].id;
                    if let Note::TermAdopted { from, .. } = note {
                        term_from = Some(from);
                    }
                    self.watch_for_deposed(place, &note, term_from);
                    self.note(|| What::Decided { server, note });
                }
            }
        }
        self.outputs = outputs;
        self.check(place, written_from, &before);
        stepped
    }

    pub(crate) fn send(&mut self, message: Message) {
        let (from, to, kind, term) = (message.from, message.to, message.kind(), message.term);
        self.note(|| What::Sent { from, to, kind, term });
        if self.checks == Checks::Every {
            self.check_promise(&message);
        }
        let drawn = self.network.draw(self.settings.seed, &self.settings.live, from, to);
        if self.network.is_blocked(from, to) {
            return self.lose(&message, LossReason::Cut);
        }
        if let Some(latency) = drawn.copy {
            self.launch(message.clone(), latency);
        }
        match drawn.latency {
            Some(latency) => self.launch(message, latency),
            None => self.lose(&message, LossReason::Chance),
        }
    }

    pub(crate) fn launch(&mut self, message: Message, latency: Micros) {
        if self.network.in_flight_len() >= MAX_IN_FLIGHT {
            return self.lose(&message, LossReason::Full);
        }
        let due = self.now + latency;
        let slot = self.network.launch(message, self.now, due);
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

    pub(crate) fn persist(&mut self, place: usize, write: Write) {
        let (seed, now) = (self.settings.seed, self.now);
        let server = &mut self.servers[place];
        let span = self.settings.live.with(&server.own).fsync;
        server.disk.begun += 1;
        let takes = draw_span(seed, Purpose::Fsync, server.id.0, 0, server.disk.begun, span);
        let due = server.disk.pending.back().map_or(now + takes, |last| last.due.max(now + takes));
        let sequence = self.queue.push(due, Due::Disk { server: to_u8(place) });
        server.disk.pending.push_back(PendingWrite { write, due, sequence });
    }

    pub(crate) fn set_timer(&mut self, place: usize, timer: Timer, range: TimerRange) {
        let server = &mut self.servers[place];
        let draws = &mut server.timer_draws[timer as usize];
        *draws += 1;
        let span = Span { min: range.min, max: range.max };
        let (id, kind) = (server.id.0, timer as u64);
        let takes = draw_span(self.settings.seed, Purpose::Timer, id, kind, *draws, span);
        let takes = if server.clock_percent == 100 {
            takes
        } else {
            (takes * 100 / u64::from(server.clock_percent)).max(1)
        };
        self.set_deadline(place, timer, self.now + takes);
    }

    pub(crate) fn set_deadline(&mut self, place: usize, timer: Timer, deadline: Micros) {
        let what = Due::Timer { server: to_u8(place), timer };
        let sequence = self.queue.push(deadline, what);
        self.servers[place].timers[timer as usize] =
            Some(TimerState { set_at: self.now, deadline, sequence, overdue: false });
    }

    /// A snapshot travels on a connection of its own: its sender learns what became of it.
    pub(crate) fn report_snapshot(&mut self, message: &Message, arrived: bool) {
        if message.kind() == Kind::Snapshot {
            self.snapshots_sent.push((message.from, message.to, arrived));
        }
    }
}
