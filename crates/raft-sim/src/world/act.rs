//! What is done to the world. `check.rs` says when it cannot be done.

use super::{Checked, World};
use crate::client::RequestKind;
use crate::cluster::{Cluster, ordinal_of};
use crate::command::{Command, MemberChange, MessageVerb, Refusal};
use crate::deeds::deeds;
use crate::load::{LoadSpec, Running};
use crate::machine::Request;
use crate::network::Made;
use crate::server::{Server, Standing};
use crate::services::alarms::Wake;
use crate::trace::{LossReason, What};
use etcd_kv::console::Input as CtlInput;
use raft_core::{Input, NodeId, Payload, Proposal, Timer};

impl World {
    fn change_membership(&mut self, change: &MemberChange) {
        for id in change.added() {
            match self.server(id).map(Server::standing) {
                // Who was removed by a client of etcd comes back as somebody new.
                Some(Standing::Removed) => {
                    let ordinal = ordinal_of(id);
                    self.service.etcd.readmit(&mut self.cluster, ordinal);
                    self.start_anew(ordinal);
                }
                Some(Standing::Known | Standing::Announced) => {}
                None => self.add_server(id),
            }
        }
        let payload = Payload::Config(Box::new(change.to_config()));
        if let Some(leader) = self.leader().map(|leader| ordinal_of(leader.id)) {
            self.input(leader, Input::Propose(payload));
        }
    }

    /// Does a command now, or says why it cannot be done and changes nothing.
    pub fn act(&mut self, command: &Command) -> Result<(), Refusal> {
        let checked = self.check(command)?;
        self.carry_out(checked);
        Ok(())
    }

    /// Does what was checked at this very moment.
    pub fn carry_out(&mut self, Checked(command): Checked<'_>) {
        // Without it, nothing would have been found to be possible.
        if let Some(deeds) = deeds() {
            (deeds.carry_out)(self, command);
        }
    }

    pub(crate) fn carry_out_here(&mut self, command: &Command) {
        self.cluster.note(|| What::Did(command.clone()));
        let asks = matches!(
            command,
            Command::Say(_)
                | Command::Reseed(_)
                | Command::Put { .. }
                | Command::Get { .. }
                | Command::Etcdctl(_)
        );
        if !asks {
            self.cluster.last_progress = self.cluster.now;
        }
        match command {
            Command::Crash(n) => self.crash_at(ordinal_of(*n)),
            Command::Restart(n) => self.restart_at(ordinal_of(*n)),
            Command::Start(n) => self.start_anew(ordinal_of(*n)),
            Command::Pause(n) => self.cluster.pause(ordinal_of(*n)),
            Command::Resume(n) => self.cluster.resume(ordinal_of(*n)),
            Command::Wipe(n) => self.wipe_at(ordinal_of(*n)),
            Command::Partition(groups) => {
                self.cluster.network.partition(groups.clone());
                self.cluster.watch_links();
                self.cluster.lose_blocked();
            }
            Command::Cut(from, direction, to) => {
                for (from, to) in direction.of(*from, *to) {
                    self.cluster.network.cut(from, to);
                }
                self.cluster.watch_links();
                self.cluster.lose_blocked();
            }
            Command::Mend(from, direction, to) => {
                for (from, to) in direction.of(*from, *to) {
                    self.cluster.network.mend(from, to);
                }
                self.cluster.watch_links();
            }
            Command::CutClient(link) => {
                self.service.desk.wire.cut(link);
                self.acting().0.lose_cut();
            }
            Command::MendClient(link) => self.service.desk.wire.mend(link),
            Command::Heal => {
                self.cluster.network.heal();
                self.cluster.watch_links();
                self.service.desk.wire.heal();
            }
            Command::Timeout(n) => {
                let todo = self.cluster.fire(ordinal_of(*n), Timer::Election);
                self.handle(todo);
            }
            Command::Member(change) => self.change_membership(change),
            Command::Transfer(n) => {
                if let Some(leader) = self.leader().map(|leader| ordinal_of(leader.id)) {
                    self.input(leader, Input::TransferLeader(*n));
                }
            }
            Command::Snapshot(n) => self.take_snapshot(ordinal_of(*n)),
            Command::Compact(n) => self.compact_log(ordinal_of(*n)),
            Command::Propose { text, via } => {
                let payload = Request::Raw { text: text.as_bytes() }.encode();
                let proposal = self.input(ordinal_of(*via), Input::Propose(payload));
                debug_assert!(matches!(proposal, Some(Proposal::Appended { .. })));
            }
            Command::Etcdctl(line) => {
                let (mut cx, on) = self.acting();
                on.consoles.start(&mut cx, on.etcd, line);
            }
            Command::Input { console, line } => {
                self.tell_console(*console, CtlInput::Line(line));
            }
            Command::EndOfInput(console) => {
                self.tell_console(*console, CtlInput::EndOfInput);
            }
            Command::Interrupt(console) => self.tell_console(*console, CtlInput::Interrupt),
            Command::RestoreCluster(file) => self.restore_cluster(file),
            Command::Put { key, value, via } => {
                let (key, value) = (key.as_bytes().into(), value.as_bytes().into());
                self.ask(RequestKind::Put { key, value }, *via);
            }
            Command::Get { key, via, serializable } => {
                let key = key.as_bytes().into();
                if *serializable {
                    let via = via.or_else(|| self.leader().map(|leader| leader.id));
                    self.ask(RequestKind::GetSerializable { key }, via);
                } else {
                    self.ask(RequestKind::Get { key }, *via);
                }
            }
            Command::Message { verb, kind, from, to, nth } => {
                let nth = usize::try_from(*nth).unwrap_or(1).saturating_sub(1);
                if let Some(slot) =
                    self.cluster.network.matching(*kind, *from, *to).get(nth).copied()
                {
                    self.act_on_message(*verb, slot);
                }
            }
            Command::Hold(from, to) => self.cluster.network.hold(*from, *to),
            Command::Release(from, to) => self.cluster.release(*from, *to),
            Command::ReleaseAll => {
                let held: Vec<_> = self.cluster.network.held_links().collect();
                for (from, to) in held {
                    self.cluster.release(from, to);
                }
            }
            Command::Set(setting) => self.cluster.set(setting),
            Command::SetOwn(owner, setting) => self.cluster.set_own(owner, setting),
            Command::Clock { server, percent } => {
                self.cluster.set_clock(ordinal_of(*server), *percent)
            }
            Command::Load(spec) => self.set_load(*spec),
            Command::Deadline { server, timer, after } => {
                self.cluster.move_deadline(ordinal_of(*server), *timer, self.cluster.now + after);
            }
            Command::SpreadTimers => self.cluster.spread_timers(),
            Command::AlignTimers => {
                let timers = self.cluster.election_timers();
                if let Some((earliest, _)) = timers.first().copied() {
                    for (_, ordinal) in timers {
                        self.cluster.move_deadline(ordinal as usize, Timer::Election, earliest);
                    }
                }
            }
            Command::Reseed(key) => self.reseed(*key),
            Command::Say(_) => {}
        }
        self.finish();
    }

    fn ask(&mut self, kind: RequestKind, via: Option<NodeId>) {
        let (mut cx, on) = self.acting();
        on.clients.ask(&mut cx, kind, via);
    }

    fn tell_console(&mut self, console: u32, event: CtlInput<'_>) {
        let (mut cx, on) = self.acting();
        on.consoles.tell(&mut cx, on.etcd, console, event);
    }

    fn act_on_message(&mut self, verb: MessageVerb, slot: u32) {
        match verb {
            MessageVerb::Drop => {
                if let Some(flight) = self.cluster.network.take(slot) {
                    self.cluster.lose(&flight.message, LossReason::Dropped);
                }
            }
            MessageVerb::Duplicate => {
                let Some(message) =
                    self.cluster.network.get(slot).map(|flight| flight.message.clone())
                else {
                    return;
                };
                let Cluster { network, settings, chance, .. } = &mut self.cluster;
                let (from, to) = (message.from, message.to);
                let drawn = network.draw(*chance, &settings.live, from, to);
                // Somebody asked for this copy, so it is not lost by chance.
                let latency = drawn.latency.unwrap_or(drawn.span.max);
                self.cluster.launch(message, Made::ByNetwork, latency, drawn.span);
            }
            MessageVerb::Deliver => {
                if let Some(flight) = self.cluster.network.take(slot) {
                    let todo = self.cluster.receive(flight.message);
                    self.handle(todo);
                }
            }
        }
    }

    /// Chance is another from here on, in the cluster and between clients and servers.
    fn reseed(&mut self, key: u64) {
        self.cluster.reseed(key);
        self.acting().0.draw_anew();
    }

    fn set_load(&mut self, spec: Option<LoadSpec>) {
        self.service.clients.load.running = spec.map(|spec| {
            let sequence =
                self.cluster.set_alarm(self.cluster.now + spec.every(), Wake::Load.alarm());
            Running { spec, sequence }
        });
    }
}
