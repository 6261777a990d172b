//! What can be done to the world, and when it cannot.

use super::World;
use super::alarms::Wake;
use crate::client::RequestKind;
use crate::cluster::place_of;
use crate::command::{Command, Direction, MemberChange, MessageVerb, Refusal};
use crate::console::{MAX_CONSOLES, etcdctl};
use crate::happening::{LossReason, What};
use crate::load::{LoadSpec, Running};
use crate::machine::{Machine, Request};
use crate::server::Power;
use crate::settings::Setting;
use crate::time::Exact;
use crate::{MAX_SERVERS, MAX_TIME};
use etcd_kv::console::Happening as CtlHappening;
use raft_core::{Input, NodeId, Payload, Proposal, Role, Rule, Timer, sort_few};

type Done = Result<(), Refusal>;

fn refuse(expected: impl Into<String>, found: impl Into<String>) -> Done {
    Err(Refusal { expected: expected.into(), found: found.into() })
}

impl World {
    /// Whether a command can be done at this moment; if not, why not.
    pub fn check_command(&self, command: &Command) -> Done {
        let joins = if let Command::Member(change) = command { change.added() } else { Vec::new() };
        let named = command.servers().into_iter().filter(|id| !joins.contains(id));
        let unknown = named.collect::<Vec<_>>().into_iter().find(|id| self.server(*id).is_none());
        if let Some(id) = unknown {
            return refuse(
                format!("a server from n1 to n{}", self.cluster.servers.len()),
                id.to_string(),
            );
        }
        match command {
            Command::Crash(n) => self.needs(*n, &[Power::Up, Power::Paused], "a server that runs"),
            Command::Restart(n) => self.needs(*n, &[Power::Crashed], "a crashed server"),
            Command::Pause(n) => self.needs(*n, &[Power::Up], "a server that runs"),
            Command::Resume(n) => self.needs(*n, &[Power::Paused], "a paused server"),
            Command::Timeout(n) => self.check_timeout(*n),
            Command::Member(change) => self.check_change(change),
            Command::Transfer(n) => self.check_transfer(*n),
            Command::Snapshot(n) => {
                self.needs(*n, &[Power::Up], "a server that runs")?;
                match self.server(*n) {
                    Some(server) if server.node.applied_index() == 0 => {
                        refuse("a server that has applied something", format!("{n}, which has not"))
                    }
                    Some(_) | None => Ok(()),
                }
            }
            Command::Compact(n) => {
                self.needs(*n, &[Power::Up], "a server that runs")?;
                match self.server(*n) {
                    Some(server)
                        if server.disk.durable().snapshot.position.index
                            < server.node.log().first_index() =>
                    {
                        refuse(
                            "a server whose snapshot covers part of its log",
                            format!("{n}, whose does not: take one with `snapshot {n}`"),
                        )
                    }
                    Some(_) | None => Ok(()),
                }
            }
            Command::Propose { via, .. } => self.check_leads(*via),
            Command::Etcdctl(_) if etcdctl().is_none() => {
                refuse("etcdctl’s commands", "a program that has not loaded them")
            }
            Command::Etcdctl(_) if self.consoles.len() >= MAX_CONSOLES => {
                refuse(format!("at most {MAX_CONSOLES} console commands"), "one more")
            }
            Command::Input { console, .. } | Command::EndOfInput(console)
                if self.console(*console).is_some_and(|it| it.wants_input().is_none()) =>
            {
                refuse("a console command that takes lines", format!("{console}, which takes none"))
            }
            Command::Input { console, .. }
            | Command::EndOfInput(console)
            | Command::Interrupt(console) => self
                .check_console(*console)
                .map_err(|(expected, found)| Refusal { expected, found }),
            Command::Partition(groups) => self.check_partition(groups),
            Command::Cut(from, _, to) | Command::Mend(from, _, to) => two_servers(*from, *to),
            Command::Hold(from, to) | Command::Release(from, to) => two_servers(*from, *to),
            Command::Message { kind, from, to, nth, .. } => {
                let there = self.cluster.network.matching(*kind, *from, *to).len();
                if (there as u64) < u64::from(*nth) || *nth == 0 {
                    let found = format!("{there} of them");
                    return refuse(
                        format!("{kind} number {nth} from {from} to {to} in flight"),
                        found,
                    );
                }
                Ok(())
            }
            Command::Deadline { after, .. } if *after > MAX_TIME => {
                refuse("a time of at most 24h", Exact(*after).to_string())
            }
            Command::Deadline { server, timer, .. } => self.check_timer(*server, *timer),
            Command::SpreadTimers | Command::AlignTimers => {
                if self.cluster.election_timers().len() < 2 {
                    return refuse("two servers with an election timer", "fewer");
                }
                Ok(())
            }
            Command::Get { serializable: true, via: None, .. } => {
                if self.leader().is_none() {
                    return refuse("a leader, or a server after `via`", "no leader");
                }
                Ok(())
            }
            Command::Set(Setting::Nodes(_) | Setting::Seed(_)) => {
                refuse("a setting that can change while a run goes on", command.to_string())
            }
            Command::Set(setting) => {
                setting.check().or_else(|expected| refuse(expected, setting.to_string()))
            }
            Command::RestoreCluster(file) => self.saved_store(file).map(|_| ()),
            Command::Clock { percent, .. } if !(1..=1_000).contains(percent) => {
                refuse("a clock rate from 1% to 1000%", format!("{percent}%"))
            }
            Command::Load(Some(spec)) => {
                spec.check().or_else(|(expected, found)| refuse(expected, found))
            }
            Command::Wipe(_)
            | Command::Heal
            | Command::Put { .. }
            | Command::Get { .. }
            | Command::Etcdctl(_)
            | Command::Clock { .. }
            | Command::Load(None)
            | Command::Say(_) => Ok(()),
        }
    }

    fn needs(&self, id: NodeId, powers: &[Power], expected: &str) -> Done {
        let Some(server) = self.server(id) else { return Ok(()) };
        if powers.contains(&server.power) {
            return Ok(());
        }
        let state = match server.power {
            Power::Up => "running",
            Power::Paused => "paused",
            Power::Crashed => "crashed",
        };
        refuse(expected, format!("{id}, which is {state}"))
    }

    fn check_timeout(&self, id: NodeId) -> Done {
        self.needs(id, &[Power::Up], "a server that runs")?;
        match self.server(id) {
            Some(server) if server.node.is_leader() => {
                refuse("a server with an election timer", format!("{id}, which leads"))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn check_leads(&self, id: NodeId) -> Done {
        self.needs(id, &[Power::Up], "a server that leads")?;
        match self.server(id) {
            Some(server) if !server.node.is_leader() => {
                refuse("a server that leads", format!("{id}, a {}", server.role_name()))
            }
            Some(server) if !server.node.membership().contains(id) => {
                refuse("a leader that is a member", format!("{id}, which is none any more"))
            }
            Some(server) => match server.node.role() {
                Role::Leader(leader) if leader.transfer().is_some() => {
                    refuse("a leader that stays", format!("{id}, which hands over"))
                }
                Role::Leader(_)
                | Role::Follower { .. }
                | Role::PreCandidate(_)
                | Role::Candidate(_) => Ok(()),
            },
            None => Ok(()),
        }
    }

    fn check_timer(&self, id: NodeId, timer: Timer) -> Done {
        self.needs(id, &[Power::Up], "a server that runs")?;
        match self.server(id).and_then(|server| server.timer(timer)) {
            Some(_) => Ok(()),
            None => refuse(
                format!("a server whose {} timer runs", timer.name()),
                format!("{id}, whose does not"),
            ),
        }
    }

    fn check_transfer(&self, to: NodeId) -> Done {
        let Some(leader) = self.leader() else { return refuse("a leader", "none") };
        if leader.id == to {
            return refuse("a server that does not lead", format!("{to}, which leads"));
        }
        if !leader.node.membership().is_voter(to) {
            return refuse("a voter", format!("{to}, which has no vote"));
        }
        Ok(())
    }

    fn check_change(&self, change: &MemberChange) -> Done {
        let Some(leader) = self.leader() else { return refuse("a leader", "none") };
        let membership = leader.node.membership();
        let mut next = self.cluster.servers.len() as u64 + 1;
        for id in change.added() {
            if id.0 > next || id.0 > MAX_SERVERS {
                let expected = format!("the next server, n{}", next.min(MAX_SERVERS));
                return refuse(expected, id.to_string());
            }
            if membership.is_voter(id) {
                return refuse("a server that is no voter yet", format!("{id}, which is one"));
            }
            next = next.max(id.0 + 1);
        }
        match change {
            MemberChange::Joint { add, remove, .. } if add.is_empty() && remove.is_empty() => {
                return refuse("somebody who joins or leaves", "nobody");
            }
            MemberChange::AddLearner(id) if membership.contains(*id) => {
                return refuse("a server that is no member yet", format!("{id}, which is one"));
            }
            MemberChange::Promote(id) if !membership.is_learner(*id) => {
                return refuse("a learner", format!("{id}, which is none"));
            }
            MemberChange::Remove(id) if !membership.contains(*id) => {
                return refuse("a member", format!("{id}, which is none"));
            }
            MemberChange::Leave if !membership.is_joint() => {
                return refuse("a joint configuration", membership.to_string());
            }
            MemberChange::Add(_)
            | MemberChange::AddLearner(_)
            | MemberChange::Promote(_)
            | MemberChange::Remove(_)
            | MemberChange::Joint { .. }
            | MemberChange::Leave => {}
        }
        let leaves = matches!(change, MemberChange::Leave);
        if membership.is_joint() && !leaves {
            return refuse("no joint configuration", membership.to_string());
        }
        let config = change.to_config();
        let roster = raft_core::Roster::unknown(membership);
        if self.cluster.settings.live.rules.holds(Rule::JointConsensus)
            && let Err(error) = roster.after(&config, 1)
        {
            return refuse("a change that is possible", error.to_string());
        }
        let Role::Leader(state) = leader.node.role() else { return Ok(()) };
        if state.pending_config() > leader.node.applied_index()
            && self.cluster.settings.live.rules.holds(Rule::OneConfigAtATime)
        {
            return refuse(
                format!("everything applied up to entry {}", state.pending_config()),
                format!("{} applied on {}", leader.node.applied_index(), leader.id),
            );
        }
        if let Some(to) = state.transfer() {
            return refuse(
                "a leader that stays",
                format!("{}, which hands over to {to}", leader.id),
            );
        }
        Ok(())
    }

    fn change_membership(&mut self, change: &MemberChange) {
        for id in change.added() {
            self.add_server(id);
        }
        let payload = Payload::Config(Box::new(change.to_config()));
        if let Some(leader) = self.leader().map(|leader| place_of(leader.id)) {
            self.step_node(leader, Input::Propose(payload));
        }
    }

    fn check_partition(&self, groups: &[Vec<NodeId>]) -> Done {
        if groups.len() < 2 || groups.iter().any(Vec::is_empty) {
            let found = if groups.len() < 2 { "one group" } else { "an empty group" };
            return refuse("two groups or more, none of them empty", found);
        }
        let mut named: Vec<NodeId> = groups.iter().flatten().copied().collect();
        sort_few(&mut named, |id| *id);
        if let Some(twice) = named.windows(2).find(|pair| pair[0] == pair[1]) {
            return refuse("each server in one group", format!("{} twice", twice[0]));
        }
        let missing: Vec<String> = self
            .cluster
            .servers
            .iter()
            .filter(|server| !named.contains(&server.id))
            .map(|server| server.id.to_string())
            .collect();
        if !missing.is_empty() {
            return refuse(
                "every server in a group, or `rest`",
                format!("{} in none", missing.join(" ")),
            );
        }
        Ok(())
    }

    /// Does a command now, or says why it cannot be done and changes nothing.
    pub fn act(&mut self, command: &Command) -> Done {
        self.check_command(command)?;
        self.cluster.note(|| What::Did(command.clone()));
        let asks = matches!(
            command,
            Command::Say(_) | Command::Put { .. } | Command::Get { .. } | Command::Etcdctl(_)
        );
        if !asks {
            self.cluster.last_progress = self.cluster.now;
        }
        match command {
            Command::Crash(n) => self.crash(place_of(*n)),
            Command::Restart(n) => self.restart(place_of(*n)),
            Command::Pause(n) => self.cluster.pause(place_of(*n)),
            Command::Resume(n) => self.cluster.resume(place_of(*n)),
            Command::Wipe(n) => self.wipe(place_of(*n)),
            Command::Partition(groups) => {
                self.cluster.network.partition(groups.clone());
                self.cluster.lose_blocked();
            }
            Command::Cut(from, direction, to) => {
                self.cluster.network.cut(*from, *to);
                if *direction == Direction::BothWays {
                    self.cluster.network.cut(*to, *from);
                }
                self.cluster.lose_blocked();
            }
            Command::Mend(from, direction, to) => {
                self.cluster.network.mend(*from, *to);
                if *direction == Direction::BothWays {
                    self.cluster.network.mend(*to, *from);
                }
            }
            Command::Heal => self.cluster.network.heal(),
            Command::Timeout(n) => {
                let todo = self.cluster.fire(place_of(*n), Timer::Election);
                self.carry_out_todo(todo);
            }
            Command::Member(change) => self.change_membership(change),
            Command::Transfer(n) => {
                if let Some(leader) = self.leader().map(|leader| place_of(leader.id)) {
                    self.step_node(leader, Input::TransferLeader(*n));
                }
            }
            Command::Snapshot(n) => self.take_snapshot(place_of(*n)),
            Command::Compact(n) => self.compact_log(place_of(*n)),
            Command::Propose { text, via } => {
                let payload = Request::Raw { text: text.as_bytes() }.encode();
                let proposal = self.propose(place_of(*via), Input::Propose(payload));
                debug_assert!(matches!(proposal, Some(Proposal::Appended { .. })));
            }
            Command::Etcdctl(line) => self.start_console(line),
            Command::Input { console, line } => {
                self.tell_console(*console, CtlHappening::Line(line));
            }
            Command::EndOfInput(console) => {
                self.tell_console(*console, CtlHappening::EndOfInput);
            }
            Command::Interrupt(console) => self.tell_console(*console, CtlHappening::Interrupt),
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
            Command::Release(from, to) => {
                for slot in self.cluster.network.release(*from, *to) {
                    let due = self
                        .cluster
                        .network
                        .get(slot)
                        .map_or(self.cluster.now, |flight| flight.due);
                    self.cluster.schedule(slot, due.max(self.cluster.now));
                }
            }
            Command::Set(setting) => self.cluster.set(setting),
            Command::Clock { server, percent } => {
                self.cluster.set_clock(place_of(*server), *percent)
            }
            Command::Load(spec) => self.set_load(*spec),
            Command::Deadline { server, timer, after } => {
                self.cluster.move_deadline(place_of(*server), *timer, self.cluster.now + after);
            }
            Command::SpreadTimers => self.cluster.spread_timers(),
            Command::AlignTimers => {
                let timers = self.cluster.election_timers();
                if let Some((earliest, _)) = timers.first().copied() {
                    for (_, place) in timers {
                        self.cluster.move_deadline(place as usize, Timer::Election, earliest);
                    }
                }
            }
            Command::Say(_) => {}
        }
        self.tell_of_snapshots();
        self.hand_out_answers();
        Ok(())
    }

    pub(super) fn crash(&mut self, place: usize) {
        let snapshot = self.cluster.crash(place);
        self.restore_machine(place, &snapshot);
        self.connections_lost(place);
    }

    pub(super) fn restart(&mut self, place: usize) {
        self.cluster.servers[place].power = Power::Up;
        self.step_node(place, Input::Start);
    }

    fn wipe(&mut self, place: usize) {
        if self.cluster.servers[place].power != Power::Crashed {
            self.crash(place);
        }
        self.cluster.wipe(place, &self.origin.members);
        self.machines[place] = Machine::default();
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
                let live = self.cluster.settings.live.clone();
                let drawn = self.cluster.network.draw(
                    self.cluster.settings.seed,
                    &live,
                    message.from,
                    message.to,
                );
                self.cluster.launch(message, drawn.latency.unwrap_or(live.latency.max));
            }
            MessageVerb::Deliver => {
                if let Some(flight) = self.cluster.network.take(slot) {
                    let todo = self.cluster.receive(flight.message);
                    self.carry_out_todo(todo);
                }
            }
        }
    }

    fn set_load(&mut self, spec: Option<LoadSpec>) {
        self.clients.load.running = spec.map(|spec| {
            let sequence =
                self.cluster.set_alarm(self.cluster.now + spec.every(), Wake::Load.alarm());
            Running { spec, sequence }
        });
    }
}

fn two_servers(from: NodeId, to: NodeId) -> Done {
    if from == to { refuse("two different servers", format!("{from} twice")) } else { Ok(()) }
}
