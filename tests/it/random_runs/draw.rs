//! What is done to a random run. It starts from the table of actions: a command of a row, whose
//! arguments mean nothing, becomes one that means something at this moment. An action that is added
//! to the table does not compile until somebody says here what a random run does with it.

use super::plan::{Trouble, chance, span};
use super::{MS, REQUESTS, Random};
use raft_core::{LeaseBound, LostLog, Micros, NodeId, Timer};
use raft_sim::{
    ClientLink, Command, Direction, LoadSpec, MemberChange, MessageVerb, OwnSetting, Owner,
    OwnerKind, Popularity, Power, ReadMode, SETTINGS, Server, Setting, Span, Standing,
    sample_commands,
};

/// Lines of etcdctl in one run.
const CONSOLES: usize = 16;
/// How many servers there are at the most.
const MOST_SERVERS: u64 = 9;
/// The file that `snapshot save` leaves and `restore` takes.
const FILE: &str = "saved.db";

/// What a random run never does, and why; the names are the table's.
pub const NEVER: [(&str, &str); 1] = [("say", "it does nothing to the cluster")];

impl Random {
    /// The next trouble, in the proportions of this run. With each command its row, where it is
    /// drawn for one.
    pub fn something(&mut self) -> Vec<(Option<usize>, Command)> {
        match self.plan.trouble() {
            Trouble::QuickRestart => {
                let server = self.server();
                let returns =
                    self.session.world().server(server).is_some_and(|s| self.may_return(s));
                let both = [Command::Crash(server), Command::Restart(server)];
                both.into_iter().filter(|_| returns).map(|command| (None, command)).collect()
            }
            Trouble::Contest => {
                let servers = self.session.world().servers().iter();
                let contest = servers.filter(|_| self.plan.pick.chance(50));
                contest.map(|server| (None, Command::Timeout(server.id()))).collect()
            }
            Trouble::Action(row) => {
                let pick = &mut self.plan.pick;
                let mut commands = sample_commands(&mut |most| pick.below(most));
                let command = self.with_meaning(commands.swap_remove(row));
                command.into_iter().map(|command| (Some(row), command)).collect()
            }
        }
    }

    /// A command like this one that means something now, if there is one.
    fn with_meaning(&mut self, like: Command) -> Option<Command> {
        let server = self.server();
        let (from, to) = (self.server(), self.any_server());
        Some(match like {
            Command::Crash(_) => Command::Crash(server),
            Command::Restart(_) => Command::Restart(self.one_in(Power::Crashed)?),
            Command::Start(_) => Command::Start(self.announced()?),
            Command::Pause(_) => Command::Pause(server),
            Command::Resume(_) => Command::Resume(self.one_in(Power::Paused)?),
            Command::Wipe(_) => Command::Wipe(self.may_wipe().then_some(server)?),
            Command::Partition(_) => self.partition(),
            Command::Cut(_, direction, _) => Command::Cut(from, direction, to),
            Command::Mend(_, direction, _) => Command::Mend(from, direction, to),
            Command::CutClient(link) => Command::CutClient(ClientLink { server, ..link }),
            Command::MendClient(link) => Command::MendClient(ClientLink { server, ..link }),
            Command::Heal => Command::Heal,
            Command::Hold(..) => Command::Hold(from, to),
            Command::Release(..) => Command::Release(from, to),
            Command::ReleaseAll => Command::ReleaseAll,
            Command::Message { verb, .. } => self.message(verb)?,
            Command::Timeout(_) => Command::Timeout(server),
            Command::Deadline { .. } => {
                let (server, timer, _) = self.server_timer()?;
                Command::Deadline { server, timer, after: self.plan.pick.below(500 * MS) }
            }
            Command::AlignTimers => Command::AlignTimers,
            Command::SpreadTimers => Command::SpreadTimers,
            Command::Reseed(_) => Command::Reseed(self.plan.pick.below(1_000)),
            Command::Set(like) => Command::Set(self.setting(&like)?),
            Command::SetOwn(like, what) => self.own_setting(&like, &what)?,
            Command::Clock { .. } => Command::Clock { server, percent: self.percent(25, 400) },
            Command::Load(None) => Command::Load(None),
            Command::Load(Some(_)) => self.load(),
            Command::Propose { .. } => Command::Propose { text: "raw".into(), via: server },
            Command::Transfer(_) => Command::Transfer(to),
            Command::Snapshot(_) => Command::Snapshot(server),
            Command::Compact(_) => Command::Compact(server),
            Command::Member(_) => Command::Member(self.member_change()),
            Command::Put { .. } => {
                let value = self.may_ask()?.to_string();
                Command::Put { key: self.key(), value, via: self.via() }
            }
            Command::Get { .. } => {
                self.may_ask()?;
                let serializable = self.plan.pick.chance(15);
                Command::Get { key: self.key(), via: self.via(), serializable }
            }
            Command::Etcdctl(_) => Command::Etcdctl(self.console_line()?),
            Command::Input { .. } => {
                Command::Input { console: self.console(true)?, line: self.input_line() }
            }
            Command::EndOfInput(_) => Command::EndOfInput(self.console(true)?),
            Command::Interrupt(_) => Command::Interrupt(self.console(false)?),
            Command::RestoreCluster(_) => {
                Command::RestoreCluster(self.may_restore().then(|| FILE.into())?)
            }
            Command::Say(_) => return None,
        })
    }

    // ---- whom it meets ----

    fn server(&mut self) -> NodeId {
        // The leader is the most rewarding to trouble, and while there is none, who has voted.
        let target = match self.session.world().leader() {
            Some(leader) => Some(leader.id()),
            None => {
                let mut servers = self.session.world().servers().iter();
                let voted = servers.find(|s| {
                    s.is_live_follower() && s.node().vote().is_some() && s.node().leader().is_none()
                });
                voted.map(|server| server.id())
            }
        };
        match target {
            Some(target) if self.plan.pick.chance(self.plan.focus) => target,
            Some(_) | None => self.any_server(),
        }
    }

    fn any_server(&mut self) -> NodeId {
        let servers = self.session.world().servers().len() as u64;
        NodeId(self.plan.pick.from_to(1, servers))
    }

    fn via(&mut self) -> Option<NodeId> {
        self.plan.pick.chance(40).then(|| self.server())
    }

    /// A server in this state that may leave it.
    /// A server that etcdctl has announced.
    fn announced(&self) -> Option<NodeId> {
        let mut servers = self.session.world().servers().iter();
        servers.find(|server| server.standing() == Standing::Announced).map(|server| server.id())
    }

    fn one_in(&mut self, power: Power) -> Option<NodeId> {
        let servers = self.session.world().servers().iter();
        let fit: Vec<NodeId> =
            servers.filter(|s| s.power() == power && self.may_return(s)).map(|s| s.id()).collect();
        (!fit.is_empty()).then(|| *self.plan.pick.one_of(&fit))
    }

    /// A voter that comes back without its disk breaks what Raft assumes.
    pub fn may_return(&self, server: &Server) -> bool {
        self.plan.wiped_return || !server.was_wiped()
    }

    /// A majority must be left that was never wiped.
    fn may_wipe(&self) -> bool {
        let servers = self.session.world().servers();
        let wiped = servers.iter().filter(|server| server.was_wiped()).count();
        wiped < (servers.len() - 1) / 2
    }

    fn may_restore(&self) -> bool {
        self.session.world().files().any(|(name, _)| name == FILE)
    }

    // ---- the cluster ----

    fn partition(&mut self) -> Command {
        let count = self.plan.pick.from_to(2, 3);
        let mut groups = vec![Vec::new(); usize::try_from(count).expect("small")];
        for server in self.session.world().servers() {
            groups[usize::try_from(self.plan.pick.below(count)).expect("small")].push(server.id());
        }
        groups.retain(|group| !group.is_empty());
        Command::Partition(groups)
    }

    fn message(&mut self, verb: MessageVerb) -> Option<Command> {
        let in_flight = self.session.world().network().in_flight();
        if in_flight.is_empty() {
            return None;
        }
        let place = self.plan.pick.below(in_flight.len() as u64);
        let message = &in_flight[usize::try_from(place).expect("small")].message;
        let (kind, from, to) = (message.kind(), message.from, message.to);
        let like = in_flight
            .iter()
            .map(|other| &other.message)
            .filter(|other| (other.kind(), other.from, other.to) == (kind, from, to));
        let nth = self.plan.pick.from_to(1, like.count() as u64);
        let nth = u32::try_from(nth).expect("small");
        Some(Command::Message { verb, kind, from, to, nth })
    }

    pub fn server_timer(&mut self) -> Option<(NodeId, Timer, Micros)> {
        let servers = self.session.world().servers().iter();
        let running: Vec<_> = servers
            .flat_map(|server| Timer::ALL.map(|timer| (server, timer)))
            .filter_map(|(server, timer)| Some((server.id(), timer, server.timer(timer)?.deadline)))
            .collect();
        (!running.is_empty()).then(|| *self.plan.pick.one_of(&running))
    }

    fn member_change(&mut self) -> MemberChange {
        let next = (self.session.world().servers().len() as u64 + 1).min(MOST_SERVERS);
        let newcomer = NodeId(self.plan.pick.from_to(1, next));
        let known = self.any_server();
        match self.plan.pick.below(6) {
            0 => MemberChange::Add(newcomer),
            1 => MemberChange::AddLearner(newcomer),
            2 => MemberChange::Promote(known),
            3 => MemberChange::Remove(known),
            4 => MemberChange::Leave,
            _ => MemberChange::Joint {
                add: if self.plan.pick.chance(70) { vec![newcomer] } else { vec![] },
                remove: vec![known],
                explicit: self.plan.pick.chance(30),
            },
        }
    }

    // ---- settings ----

    /// A value of the same setting that a cluster can live with.
    fn setting(&mut self, like: &Setting) -> Option<Setting> {
        let (lease, steady) = (self.plan.lease_reads, self.plan.changes_members);
        let pick = &mut self.plan.pick;
        Some(match like {
            Setting::Nodes(_) | Setting::Seed(_) | Setting::Etcd(_) => return None,
            // What is checked need not hold without every rule.
            Setting::RuleOff(_) | Setting::RuleOn(_) => return None,
            Setting::Latency(_) => Setting::Latency(span(pick, 100 * MS)),
            Setting::Loss(_) => Setting::Loss(chance(pick, 20)),
            Setting::Duplicate(_) => Setting::Duplicate(chance(pick, 20)),
            Setting::Fsync(_) => Setting::Fsync(span(pick, 30 * MS)),
            Setting::TornWrites(_) => Setting::TornWrites(chance(pick, 50)),
            Setting::Forwarding(_) => Setting::Forwarding(pick.chance(50)),
            Setting::ClientTimeout(_) => Setting::ClientTimeout(pick.from_to(100, 3_000) * MS),
            Setting::ClientLatency(_) => Setting::ClientLatency(span(pick, 50 * MS)),
            Setting::ClientLoss(_) => Setting::ClientLoss(chance(pick, 20)),
            Setting::AppendEntries(_) => Setting::AppendEntries(*pick.one_of(&[1, 16, 512])),
            Setting::Heartbeat(_) => Setting::Heartbeat(pick.from_to(10, 100) * MS),
            Setting::ElectionTimeout(_) => {
                let min = pick.from_to(20, 200) * MS;
                Setting::ElectionTimeout(Span { min, max: min + pick.from_to(0, 300) * MS })
            }
            // Only both keep a server that has left from disturbing those who stay.
            Setting::PreVote(_) => Setting::PreVote(steady || pick.chance(50)),
            Setting::CheckQuorum(_) => Setting::CheckQuorum(steady || lease || pick.chance(50)),
            Setting::Reads(_) if lease => Setting::Reads(*pick.one_of(&ReadMode::ALL)),
            Setting::Reads(_) => {
                Setting::Reads(*pick.one_of(&[ReadMode::Log, ReadMode::ReadIndex]))
            }
            Setting::LeaseBound(_) => {
                Setting::LeaseBound(*pick.one_of(&[LeaseBound::CheckQuorum, LeaseBound::Round]))
            }
            Setting::Flavour(_) => {
                Setting::Flavour(*pick.one_of(&[LostLog::Stops, LostLog::IsSentAgain]))
            }
            Setting::SnapshotEvery(_) => Setting::SnapshotEvery(*pick.one_of(&[0, 1, 5, 30])),
            Setting::Quota(_) => Setting::Quota(*pick.one_of(&[32_768, 1 << 31])),
        })
    }

    fn own_setting(&mut self, like: &Owner, what: &OwnSetting) -> Option<Command> {
        let own: Vec<&str> = SETTINGS
            .iter()
            .filter(|row| row.own == Some(like.kind()))
            .map(|row| row.name)
            .collect();
        let owner = match like.kind() {
            OwnerKind::Server => Owner::Server(self.server()),
            OwnerKind::Link => {
                let direction = *self.plan.pick.one_of(&[Direction::OneWay, Direction::BothWays]);
                Owner::Link(self.server(), direction, self.any_server())
            }
        };
        let setting = match what {
            OwnSetting::Default(_) => OwnSetting::Default(self.plan.pick.one_of::<&str>(&own)),
            OwnSetting::Is(setting) => OwnSetting::Is(self.setting(setting)?),
        };
        Some(Command::SetOwn(owner, setting))
    }

    // ---- clients ----

    pub fn load(&mut self) -> Command {
        // One entry a message and a follower far behind make very many messages.
        let world = self.session.world();
        let mut carried = world.servers().iter().map(|s| world.live_of(s.id()).append_entries);
        let most = if carried.any(|entries| entries < 16) { 6 } else { 30 };
        let spec = LoadSpec::new(self.percent(1, most), self.percent(0, 60));
        let pick = &mut self.plan.pick;
        let spec = LoadSpec {
            keys: *pick.one_of(&[20, 100]),
            popularity: *pick.one_of(&[Popularity::Uniform, Popularity::Skewed]),
            clients: *pick.one_of(&[None, Some(1), Some(12)]),
            ..spec
        };
        Command::Load(Some(spec))
    }

    fn percent(&mut self, min: u64, max: u64) -> u32 {
        u32::try_from(self.plan.pick.from_to(min, max)).expect("small")
    }

    /// How many requests there were, where there may be one more.
    fn may_ask(&self) -> Option<usize> {
        let asked = self.session.world().requests().len();
        (asked < REQUESTS).then_some(asked)
    }

    fn key(&mut self) -> String {
        format!("key{}", self.plan.pick.below(6))
    }

    /// A line of etcdctl: reads, writes, transactions, leases and watches on the same keys.
    fn console_line(&mut self) -> Option<String> {
        let typed = self.session.world().consoles().len();
        if typed >= CONSOLES {
            return None;
        }
        if self.plan.changes_members && self.plan.pick.chance(25) {
            return Some(self.member_line());
        }
        let (key, lease) = (self.key(), self.lease());
        let line = match self.plan.pick.below(12) {
            0 | 1 => format!("put {key} c{typed}"),
            2 => format!("put {key} c{typed} --lease={lease}"),
            3 => format!("get {key}"),
            4 => format!("get {key} --consistency=s"),
            5 => format!("del {key}"),
            6 => "txn".into(),
            7 => format!("lease grant {}", self.plan.pick.from_to(1, 4)),
            8 => format!("lease keep-alive {lease}"),
            9 => format!("lease revoke {lease}"),
            10 => format!("watch {key}"),
            _ => return Some(format!("--endpoints={}:2379 snapshot save {FILE}", self.server())),
        };
        let at = self.via();
        Some(at.map_or(line.clone(), |server| format!("--endpoints={server}:2379 {line}")))
    }

    /// A change of members by a client of etcd.
    fn member_line(&mut self) -> String {
        let servers = self.session.world().servers().len() as u64;
        if self.plan.pick.chance(50) {
            let new = NodeId(self.plan.pick.from_to(1, (servers + 1).min(MOST_SERVERS)));
            let learner = if self.plan.pick.chance(30) { " --learner" } else { "" };
            return format!("member add {new} --peer-urls=http://{new}:2380{learner}");
        }
        let old = self.any_server();
        let id = self.session.world().server(old).map_or(0, Server::member_id);
        format!("member remove {id:x}")
    }

    /// A lease that some server knows, or one that nobody does.
    fn lease(&self) -> String {
        let world = self.session.world();
        let machines = world.servers().iter().filter_map(|server| world.machine(server.id()));
        let known = machines.filter_map(|machine| machine.store().leases().keys().next().copied());
        known.max().map_or("7b".into(), |id| format!("{id:x}"))
    }

    /// A console command that runs, or one that takes lines.
    fn console(&mut self, takes_lines: bool) -> Option<u32> {
        let consoles = (1..).zip(self.session.world().consoles());
        let fit: Vec<u32> = consoles
            .filter(|(_, console)| console.exit().is_none())
            .filter(|(_, console)| !takes_lines || console.wants_input().is_some())
            .map(|(number, _)| number)
            .collect();
        (!fit.is_empty()).then(|| *self.plan.pick.one_of(&fit))
    }

    /// A line of a transaction: a comparison, an operation, or the end of a part.
    fn input_line(&mut self) -> String {
        let key = self.key();
        let number = self.plan.pick.below(100);
        match self.plan.pick.below(6) {
            0 => format!("value(\"{key}\") = \"{number}\""),
            1 => format!("put {key} t{number}"),
            2 => format!("get {key}"),
            _ => String::new(),
        }
    }
}
