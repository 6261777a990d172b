//! Console commands in the world: what they want done is done, and they are told what came of it.

use super::World;
use super::alarms::Wake;
use crate::console::{Console, MAX_CONSOLES, MAX_FILES, etcdctl};
use crate::etcd::{Caller, client_url, member_id};
use crate::happening::What;
use etcd_kv::Bytes;
use etcd_kv::console::{Endpoint, Environment, Happening, Step};
use raft_core::{NodeId, SmallMap};
use std::sync::Arc;

/// Answers that are handed out at one instant before a command counts as going round in circles.
const MAX_ANSWERS: usize = 10_000;

impl World {
    /// The console commands so far, in order.
    pub fn consoles(&self) -> impl ExactSizeIterator<Item = &Console> {
        self.consoles.iter().map(|console| &**console)
    }

    /// A console command by its number, from 1.
    pub fn console(&self, number: u32) -> Option<&Console> {
        self.consoles.get(place(number)?).map(|console| &**console)
    }

    /// The files that `snapshot save` has left, by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.files.iter().map(|(name, blob)| (name.as_str(), blob))
    }

    pub(super) fn check_console(&self, number: u32) -> Result<(), (String, String)> {
        match self.console(number) {
            None => Err((
                format!("the number of a console command, of {} so far", self.consoles.len()),
                number.to_string(),
            )),
            Some(console) if console.ended.is_some() => {
                Err(("a console command that runs".into(), format!("{number}, which has ended")))
            }
            Some(_) => Ok(()),
        }
    }

    /// What a console command starts from.
    pub fn environment(&self) -> Environment {
        let endpoints = self.cluster.servers.iter().map(|server| Endpoint {
            name: server.id.to_string(),
            client_url: client_url(server.id),
            member_id: member_id(server.id),
            cors: Vec::new(),
        });
        let members = self.cluster.servers.iter().filter(|server| self.is_member(server.id));
        Environment {
            endpoints: endpoints.collect(),
            default_endpoints: members.map(|server| client_url(server.id)).collect(),
            is_variable_set: false,
            now_us: self.cluster.now,
            files: self.files.clone(),
        }
    }

    pub(super) fn start_console(&mut self, line: &str) {
        if self.consoles.len() >= MAX_CONSOLES {
            return;
        }
        let Some(etcdctl) = etcdctl() else { return };
        let (running, steps) = (etcdctl.start)(line, &self.environment());
        Arc::make_mut(&mut self.consoles).push(Arc::new(Console {
            line: line.to_string(),
            started_at: self.cluster.now,
            ended: None,
            output: String::new(),
            stale: None,
            running: Some(running),
            sleeps: SmallMap::default(),
        }));
        let number = u32::try_from(self.consoles.len()).unwrap_or(u32::MAX);
        self.take_steps(number, steps);
    }

    /// Tells a console command something, and does what it then wants.
    pub(super) fn tell_console(&mut self, number: u32, happening: Happening<'_>) {
        let now = self.cluster.now;
        let Some(console) = self.console_mut(number) else { return };
        let Some(running) = &mut console.running else { return };
        let steps = running.on(happening, now);
        self.take_steps(number, steps);
    }

    pub(super) fn wake_console(&mut self, number: u32, ticket: u32) {
        if let Some(console) = self.console_mut(number) {
            console.sleeps.remove(&ticket);
        }
        self.tell_console(number, Happening::Woke { ticket });
    }

    /// Members' answers go to the commands that wait for them.
    pub(super) fn hand_out_answers(&mut self) {
        let mut handed_out = 0;
        while let Some((caller, result)) = self.etcd.mail.pop_front() {
            handed_out += 1;
            if handed_out > MAX_ANSWERS {
                self.etcd.mail.clear();
                return self.tell_console(caller.console, Happening::Interrupt);
            }
            let Caller { console, ticket } = caller;
            if caller == Caller::outside(ticket) {
                self.etcd.outside.push_back((ticket, result));
            } else {
                self.tell_console(console, Happening::Answer { ticket, result });
                self.settle();
            }
        }
    }

    fn take_steps(&mut self, number: u32, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Call { ticket, endpoint, call } => {
                    let to = NodeId(endpoint as u64 + 1);
                    self.call(Caller { console: number, ticket }, to, call);
                }
                Step::Cancel { ticket } => {
                    let caller = Caller { console: number, ticket };
                    self.cancel_calls(|of| of == caller);
                    if let Some(console) = self.console_mut(number) {
                        console.sleeps.remove(&ticket);
                    }
                }
                Step::Sleep { ticket, us } => {
                    let due = self.cluster.now.saturating_add(us);
                    let what = Wake::Console { console: number, ticket }.alarm();
                    let sequence = self.cluster.set_alarm(due, what);
                    if let Some(console) = self.console_mut(number) {
                        console.sleeps.insert(ticket, sequence);
                    }
                }
                Step::Print(text) => {
                    if let Some(console) = self.console_mut(number) {
                        console.print(&text);
                    }
                    self.cluster.note(|| What::Printed { console: number });
                }
                Step::Save { name, blob } => {
                    if self.files.len() < MAX_FILES || self.files.contains_key(&name) {
                        self.files.insert(name, blob);
                    }
                }
                Step::Exit(code) => {
                    self.cancel_calls(|of| of.console == number);
                    let now = self.cluster.now;
                    if let Some(console) = self.console_mut(number) {
                        console.ended = Some((now, code));
                        console.running = None;
                        console.sleeps = SmallMap::default();
                    }
                    self.cluster.note(|| What::ConsoleEnded { console: number, exit: code });
                }
            }
        }
    }

    pub(super) fn console_mut(&mut self, number: u32) -> Option<&mut Console> {
        Arc::make_mut(&mut self.consoles).get_mut(place(number)?).map(Arc::make_mut)
    }
}

/// Whether a console command still sleeps until the alarm with this number.
pub(super) fn sleeps(consoles: &[Arc<Console>], number: u32, ticket: u32, sequence: u64) -> bool {
    let console = place(number).and_then(|place| consoles.get(place));
    console.is_some_and(|console| console.sleeps.get(&ticket) == Some(&sequence))
}

fn place(number: u32) -> Option<usize> {
    usize::try_from(number.checked_sub(1)?).ok()
}
