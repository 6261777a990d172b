//! Console commands in the world: what they want done is done, and they are told what came of it.

use super::Cx;
use super::alarms::Wake;
use crate::cluster::Cluster;
use crate::console::{Console, MAX_CONSOLES, MAX_FILES, etcdctl};
use crate::etcd::{Caller, Etcd, Letter, client_url, peer_url};
use crate::server::Standing;
use crate::trace::What;
use etcd_kv::console::{Endpoint, Environment, Input, Step};
use etcd_kv::{Bytes, Sorted};
use raft_core::{NodeId, SmallMap};
use std::sync::Arc;

/// Answers that are handed out at one instant before a command counts as going round in circles.
pub(crate) const MAX_ANSWERS: usize = 10_000;

/// The console commands so far, and the files that they have left.
#[derive(Clone, Debug, Default)]
pub(crate) struct Consoles {
    pub(crate) all: Arc<Vec<Arc<Console>>>,
    pub(crate) files: Sorted<String, Bytes>,
    /// What was exported.
    pub(crate) variables: Sorted<String, String>,
}

impl Consoles {
    pub(crate) fn get(&self, number: u32) -> Option<&Console> {
        self.all.get(ordinal(number)?).map(|console| &**console)
    }

    /// What a console command starts from.
    pub(crate) fn environment(&self, cluster: &Cluster) -> Environment {
        let endpoints = cluster.servers.iter().map(|server| Endpoint {
            name: server.id.to_string(),
            client_url: client_url(server.id),
            peer_url: peer_url(server.id),
            member_id: server.member_id(),
            cors: Vec::new(),
        });
        let members = cluster
            .servers
            .iter()
            .filter(|server| cluster.is_member(server.id) && server.standing == Standing::Known);
        Environment {
            endpoints: endpoints.collect(),
            default_endpoints: members.map(|server| client_url(server.id)).collect(),
            variables: self.variables.clone(),
            version: cluster.settings.etcd,
            now_us: cluster.now,
            files: self.files.clone(),
        }
    }

    pub(crate) fn start(&mut self, cx: &mut Cx<'_>, etcd: &mut Etcd, line: &str) {
        if self.all.len() >= MAX_CONSOLES {
            return;
        }
        let Some(etcdctl) = etcdctl() else { return };
        let (running, steps) = (etcdctl.start)(line, &self.environment(cx.cluster));
        Arc::make_mut(&mut self.all).push(Arc::new(Console {
            line: line.to_string(),
            started_at: cx.cluster.now,
            ended: None,
            output: String::new(),
            stale: None,
            running: Some(running),
            sleeps: SmallMap::default(),
        }));
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.take_steps(cx, etcd, number, steps);
    }

    /// Tells a console command something, and does what it then wants.
    pub(crate) fn tell(&mut self, cx: &mut Cx<'_>, etcd: &mut Etcd, number: u32, input: Input<'_>) {
        let now = cx.cluster.now;
        let Some(console) = self.get_mut(number) else { return };
        let Some(running) = &mut console.running else { return };
        let steps = running.on(input, now);
        self.take_steps(cx, etcd, number, steps);
    }

    pub(crate) fn wake(&mut self, cx: &mut Cx<'_>, etcd: &mut Etcd, number: u32, ticket: u32) {
        if let Some(console) = self.get_mut(number) {
            console.sleeps.remove(&ticket);
        }
        self.tell(cx, etcd, number, Input::Woke { ticket });
    }

    /// The oldest of the members' answers goes to the command that waits for it; whether there was
    /// one.
    pub(crate) fn hand_out_answer(&mut self, cx: &mut Cx<'_>, etcd: &mut Etcd) -> bool {
        let Some(Letter { to, result, stale }) = etcd.mail.pop_front() else { return false };
        let Caller { console, ticket } = to;
        if to == Caller::outside(ticket) {
            etcd.outside.push_back((ticket, result));
        } else {
            if let (Some(stale), Some(console)) = (stale, self.get_mut(console)) {
                console.stale = Some(stale);
            }
            self.tell(cx, etcd, console, Input::Answer { ticket, result });
        }
        true
    }

    /// Members and a command have answered each other too often at one instant: the command ends.
    pub(crate) fn interrupt_circle(&mut self, cx: &mut Cx<'_>, etcd: &mut Etcd) {
        if let Some(letter) = etcd.mail.pop_front() {
            etcd.mail.clear();
            self.tell(cx, etcd, letter.to.console, Input::Interrupt);
        }
    }

    fn take_steps(&mut self, cx: &mut Cx<'_>, etcd: &mut Etcd, number: u32, steps: Vec<Step>) {
        for step in steps {
            match step {
                Step::Call { ticket, endpoint, call, token } => {
                    let to = NodeId(endpoint as u64 + 1);
                    etcd.call(cx, Caller { console: number, ticket }, to, (call, token));
                }
                Step::Cancel { ticket } => {
                    let caller = Caller { console: number, ticket };
                    etcd.cancel_calls(cx, |of| of == caller);
                    if let Some(console) = self.get_mut(number) {
                        console.sleeps.remove(&ticket);
                    }
                }
                Step::Sleep { ticket, us } => {
                    let due = cx.cluster.now.saturating_add(us);
                    let what = Wake::Console { console: number, ticket }.alarm();
                    let sequence = cx.cluster.set_alarm(due, what);
                    if let Some(console) = self.get_mut(number) {
                        console.sleeps.insert(ticket, sequence);
                    }
                }
                Step::Print(text) => {
                    if let Some(console) = self.get_mut(number) {
                        console.print(&text);
                    }
                    cx.cluster.note(|| What::Printed { console: number });
                }
                Step::Save { name, blob } => {
                    if self.files.len() < MAX_FILES || self.files.contains_key(&name) {
                        self.files.insert(name, blob);
                    }
                }
                Step::Export { name, value: Some(value) } => self.variables.insert(name, value),
                Step::Export { name, value: None } => self.variables.remove(&name),
                Step::Exit(code) => {
                    etcd.cancel_calls(cx, |of| of.console == number);
                    let now = cx.cluster.now;
                    if let Some(console) = self.get_mut(number) {
                        console.ended = Some((now, code));
                        console.running = None;
                        console.sleeps = SmallMap::default();
                    }
                    cx.cluster.note(|| What::ConsoleEnded { console: number, exit: code });
                }
            }
        }
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut Console> {
        Arc::make_mut(&mut self.all).get_mut(ordinal(number)?).map(Arc::make_mut)
    }
}

/// Whether a console command still sleeps until the alarm with this number.
pub(crate) fn sleeps(consoles: &[Arc<Console>], number: u32, ticket: u32, sequence: u64) -> bool {
    let console = ordinal(number).and_then(|ordinal| consoles.get(ordinal));
    console.is_some_and(|console| console.sleeps.get(&ticket) == Some(&sequence))
}

fn ordinal(number: u32) -> Option<usize> {
    usize::try_from(number.checked_sub(1)?).ok()
}
