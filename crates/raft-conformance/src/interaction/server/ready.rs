//! What is ready, and how it is handled: at once, or by the threads that write and apply.

use super::super::mail::{Mail, Ready};
use super::Server;
use raft_core::{EntryRef, Input, LogWrite, Message, Payload, Snapshot, Write};
use std::sync::Arc;

impl Server {
    fn has_new_entries(&self) -> bool {
        self.new_entries_from.is_some_and(|from| from <= self.node.log().last_index())
    }

    pub fn has_ready(&self) -> bool {
        self.soft_state_now() != self.soft_state
            || self.hard_state_now() != self.hard_state
            || self.new_snapshot.is_some()
            || !self.messages.is_empty()
            || !self.after_append.is_empty()
            || self.has_new_entries()
            || self.node.has_next_apply()
            || !self.read_states.is_empty()
    }

    fn take_ready(&mut self) -> Ready {
        let (soft, hard) = (self.soft_state_now(), self.hard_state_now());
        let changed = (hard.term, hard.vote) != (self.hard_state.term, self.hard_state.vote);
        let last = self.node.log().last_index();
        let entries: Vec<EntryRef> = match self.new_entries_from.take() {
            Some(from) => self.node.log().range(from, last).cloned().collect(),
            None => Vec::new(),
        };
        let committed = match self.node.next_apply() {
            Some((first, last)) => self.node.log().range(first, last).cloned().collect(),
            None => Vec::new(),
        };
        let ready = Ready {
            soft_state: (soft != self.soft_state).then_some(soft),
            hard_state: (hard != self.hard_state).then_some(hard),
            read_states: std::mem::take(&mut self.read_states),
            must_sync: changed || !entries.is_empty(),
            entries,
            snapshot: self.new_snapshot.take(),
            committed,
            messages: std::mem::take(&mut self.messages).into_iter().map(Mail::Message).collect(),
        };
        self.soft_state = soft;
        self.hard_state = hard;
        ready
    }

    /// Handles what is ready, and gives the messages that leave.
    pub fn handle_ready(&mut self) -> (Ready, Vec<Mail>) {
        if self.asynchronous { self.handle_asynchronously() } else { self.handle_at_once() }
    }

    fn handle_at_once(&mut self) -> (Ready, Vec<Mail>) {
        let id = self.node.id();
        let mut ready = self.take_ready();
        let (own, others): (Vec<Message>, Vec<Message>) =
            std::mem::take(&mut self.after_append).into_iter().partition(|m| m.to == id);
        ready.messages.extend(others.into_iter().map(Mail::Message));
        let write = self.last_write;
        self.store(&ready.entries, ready.snapshot.as_ref());
        self.apply(&ready.committed);
        for message in own {
            self.step(Input::Receive(message));
        }
        self.step(Input::Persisted(write));
        if let Some(last) = ready.committed.last() {
            self.step(Input::Applied(last.index));
        }
        let mail = ready.messages.clone();
        (ready, mail)
    }

    fn handle_asynchronously(&mut self) -> (Ready, Vec<Mail>) {
        let id = self.node.id();
        // Asked before the entries are taken, as they are in progress either way.
        let unstable =
            self.has_new_entries() || self.node.durable_index() < self.node.log().last_index();
        let mut ready = self.take_ready();
        let mail = ready.messages.clone();
        let mut responses: Vec<Mail> =
            std::mem::take(&mut self.after_append).into_iter().map(Mail::Message).collect();
        let needs_append = !ready.entries.is_empty()
            || ready.hard_state.is_some()
            || ready.snapshot.is_some()
            || !responses.is_empty();
        if needs_append {
            if unstable || ready.snapshot.is_some() {
                responses.push(Mail::Appended {
                    to: id,
                    term: self.node.term(),
                    last: unstable.then(|| self.node.log().last()),
                    snapshot: ready.snapshot.clone(),
                    write: self.last_write,
                });
            }
            let append = Mail::Append {
                from: id,
                hard_state: ready.hard_state,
                entries: ready.entries.clone(),
                snapshot: ready.snapshot.clone(),
                responses,
            };
            ready.messages.push(append.clone());
            self.append_work.push_back(append);
        }
        if !ready.committed.is_empty() {
            let applied = Mail::Applied { to: id, entries: ready.committed.clone() };
            let apply = Mail::Apply {
                from: id,
                entries: ready.committed.clone(),
                responses: vec![applied],
            };
            ready.messages.push(apply.clone());
            self.apply_work.push_back(apply);
        }
        (ready, mail)
    }

    pub fn has_append_work(&self) -> bool {
        !self.append_work.is_empty()
    }

    pub fn has_apply_work(&self) -> bool {
        !self.apply_work.is_empty()
    }

    /// Does the next piece of writing: it, and the answers to it.
    pub fn next_append(&mut self) -> Option<(Mail, Vec<Mail>)> {
        let mut work = self.append_work.pop_front()?;
        let Mail::Append { entries, snapshot, responses, .. } = &mut work else { return None };
        let responses = std::mem::take(responses);
        let (entries, snapshot) = (entries.clone(), snapshot.clone());
        self.store(&entries, snapshot.as_ref());
        Some((work, responses))
    }

    /// Does the next piece of applying: it, and the answers to it.
    pub fn next_apply(&mut self) -> Option<(Mail, Vec<Mail>)> {
        let mut work = self.apply_work.pop_front()?;
        let Mail::Apply { entries, responses, .. } = &mut work else { return None };
        let responses = std::mem::take(responses);
        let entries = entries.clone();
        self.apply(&entries);
        Some((work, responses))
    }

    // ---- storage and application ----

    fn store(&mut self, entries: &[EntryRef], snapshot: Option<&Arc<Snapshot>>) {
        let log = entries
            .first()
            .map(|first| LogWrite { first_index: first.index, entries: entries.to_vec() });
        let (id, snapshot) = (self.last_write, snapshot.cloned());
        self.disk.apply(&Write { id, hard_state: None, snapshot, log, commit_index: 0 });
    }

    /// The state is all payloads, one after the other; there is a snapshot of each.
    fn apply(&mut self, entries: &[EntryRef]) {
        for entry in entries {
            let data: &[u8] = match &entry.payload {
                Payload::Noop => &[],
                Payload::Data(data) => data,
                Payload::Config(change) => {
                    self.step(Input::ApplyConfig(entry.index));
                    &change.context
                }
            };
            let data = [&self.disk.snapshot.data, data].concat();
            self.disk.snapshot = Arc::new(Snapshot {
                position: entry.position(),
                membership: self.node.membership().clone(),
                data: data.into(),
            });
            self.step(Input::SnapshotSaved(self.disk.snapshot.clone()));
        }
    }
}
