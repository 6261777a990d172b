//! When a command can be done, and if not, why not.

use super::World;
use crate::command::{Command, MemberChange, Refusal};
use crate::console::{MAX_CONSOLES, etcdctl};
use crate::deeds::deeds;
use crate::etcd::peer_url;
use crate::load::LoadSpec;
use crate::server::{Power, Server, Standing};
use crate::settings::{OwnSetting, Owner, Setting};
use crate::time::Exact;
use crate::{MAX_SERVERS, MAX_TIME};
use raft_core::{Kind, Micros, NodeId, Role, Rule, Timer, sort_few};

type Done = Result<(), Refusal>;

/// A command that can be done at the moment at which it was checked.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'c>(pub(super) &'c Command);

fn refuse(expected: impl Into<String>, found: impl Into<String>) -> Done {
    Err(Refusal { expected: expected.into(), found: found.into() })
}

impl World {
    /// Checks a command against this moment: it can be carried out now, or the reason why not.
    pub fn check<'c>(&self, command: &'c Command) -> Result<Checked<'c>, Refusal> {
        self.check_command(command).map(|()| Checked(command))
    }

    /// Whether a command can be done at this moment; if not, why not.
    pub fn check_command(&self, command: &Command) -> Done {
        let deeds = deeds().ok_or_else(Refusal::too_early)?;
        (deeds.check)(self, command)
    }

    pub(crate) fn check_here(&self, command: &Command) -> Done {
        let joins = if let Command::Member(change) = command { change.added() } else { Vec::new() };
        let named = command.servers().into_iter().filter(|id| !joins.contains(id));
        let unknown = named.collect::<Vec<_>>().into_iter().find(|id| self.server(*id).is_none());
        if let Some(id) = unknown {
            return refuse(
                format!("a server from n1 to n{}", self.cluster.servers.len()),
                id.to_string(),
            );
        }
        command.needs(self)
    }

    pub(crate) fn check_restore(&self, file: &str) -> Done {
        self.saved_store(file).map(|_| ())
    }

    pub(crate) fn check_snapshot(&self, id: NodeId) -> Done {
        self.needs(id, &[Power::Up], "a server that runs")?;
        match self.server(id) {
            Some(server) if server.node.applied_index() == 0 => {
                refuse("a server that has applied something", format!("{id}, which has not"))
            }
            Some(_) | None => Ok(()),
        }
    }

    pub(crate) fn check_compact(&self, id: NodeId) -> Done {
        self.needs(id, &[Power::Up], "a server that runs")?;
        match self.server(id) {
            Some(server)
                if server.disk.durable().snapshot.position.index
                    < server.node.log().first_index() =>
            {
                refuse(
                    "a server whose snapshot covers part of its log",
                    format!("{id}, whose does not: take one with `snapshot {id}`"),
                )
            }
            Some(_) | None => Ok(()),
        }
    }

    pub(crate) fn check_etcdctl(&self) -> Done {
        if etcdctl().is_none() {
            return refuse("etcdctl’s commands", "a program that has not loaded them");
        }
        if self.service.consoles.all.len() >= MAX_CONSOLES {
            return refuse(format!("at most {MAX_CONSOLES} console commands"), "one more");
        }
        Ok(())
    }

    pub(crate) fn check_input(&self, console: u32) -> Done {
        if self.console(console).is_some_and(|it| it.wants_input().is_none()) {
            let found = format!("{console}, which takes none");
            return refuse("a console command that takes lines", found);
        }
        self.check_interrupt(console)
    }

    pub(crate) fn check_interrupt(&self, console: u32) -> Done {
        self.check_console(console).map_err(|(expected, found)| Refusal { expected, found })
    }

    pub(crate) fn check_message(&self, kind: Kind, from: NodeId, to: NodeId, nth: u32) -> Done {
        let there = self.cluster.network.matching(kind, from, to).len();
        if (there as u64) < u64::from(nth) || nth == 0 {
            let found = format!("{there} of them");
            return refuse(format!("{kind} number {nth} from {from} to {to} in flight"), found);
        }
        Ok(())
    }

    pub(crate) fn check_deadline(&self, server: NodeId, timer: Timer, after: Micros) -> Done {
        if after > MAX_TIME {
            return refuse("a time of at most 24h", Exact(after).to_string());
        }
        self.check_timer(server, timer)
    }

    pub(crate) fn check_timers(&self) -> Done {
        if self.cluster.election_timers().len() < 2 {
            return refuse("two servers with an election timer", "fewer");
        }
        Ok(())
    }

    pub(crate) fn check_get(&self, serializable: bool, via: Option<NodeId>) -> Done {
        if serializable && via.is_none() && self.leader().is_none() {
            return refuse("a leader, or a server after `via`", "no leader");
        }
        Ok(())
    }

    pub(crate) fn needs(&self, id: NodeId, powers: &[Power], expected: &str) -> Done {
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

    pub(crate) fn check_restart(&self, id: NodeId) -> Done {
        self.needs(id, &[Power::Crashed], "a crashed server")?;
        let Some(server) = self.server(id) else { return Ok(()) };
        match server.standing {
            Standing::Announced => {
                // One that was removed and added again has run, but on a removed member's data.
                let is_anew = server.incarnation > 0;
                let anew =
                    if is_anew { " anew: what is on its disk was another member's" } else { "" };
                let found = format!("{id}, which is announced{anew}: `start {id}`");
                refuse("a server that has run as this member", found)
            }
            Standing::Removed if !server.node.membership().contains(id) => refuse(
                "a member",
                format!(
                    "{id}, which was removed: its data refuses to come back. Announce it again \
                     with `etcdctl member add`, then `start {id}`"
                ),
            ),
            Standing::Known | Standing::Removed => Ok(()),
        }
    }

    pub(crate) fn check_start(&self, id: NodeId) -> Done {
        let Some(server) = self.server(id) else { return Ok(()) };
        if server.standing != Standing::Announced {
            let found = format!("{id}, which was not announced");
            return refuse("a member that `etcdctl member add` has announced", found);
        }
        let (url, told) = (peer_url(id), self.service.etcd.told.get(&id.0));
        match told {
            Some(told) if !told.peer_urls.contains(&url) => refuse(
                format!("a member at {url}"),
                format!(
                    "{id}, announced at {}: `etcdctl member update {:x} --peer-urls={url}`",
                    told.peer_urls.join(","),
                    server.member_id()
                ),
            ),
            Some(_) | None => Ok(()),
        }
    }

    pub(crate) fn check_wipe(&self, id: NodeId) -> Done {
        match self.server(id).map(Server::standing) {
            Some(Standing::Announced) => {
                refuse("a server that has run", format!("{id}, which is only announced"))
            }
            Some(Standing::Known | Standing::Removed) | None => Ok(()),
        }
    }

    pub(crate) fn check_timeout(&self, id: NodeId) -> Done {
        self.needs(id, &[Power::Up], "a server that runs")?;
        match self.server(id) {
            Some(server) if server.node.is_leader() => {
                refuse("a server with an election timer", format!("{id}, which leads"))
            }
            Some(_) | None => Ok(()),
        }
    }

    pub(crate) fn check_leads(&self, id: NodeId) -> Done {
        self.needs(id, &[Power::Up], "a server that leads")?;
        match self.server(id) {
            Some(server) if !server.node.is_leader() => {
                refuse("a server that leads", format!("{id}, a {}", server.role_name()))
            }
            Some(server) if !server.node.membership().contains(id) => {
                refuse("a leader that is a member", format!("{id}, which no longer is"))
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

    pub(crate) fn check_transfer(&self, to: NodeId) -> Done {
        let Some(leader) = self.leader() else { return refuse("a leader", "none") };
        if leader.id == to {
            return refuse("a server that does not lead", format!("{to}, which leads"));
        }
        if !leader.node.membership().is_voter(to) {
            return refuse("a voter", format!("{to}, which has no vote"));
        }
        Ok(())
    }

    pub(crate) fn check_change(&self, change: &MemberChange) -> Done {
        let Some(leader) = self.leader() else { return refuse("a leader", "none") };
        let membership = leader.node.membership();
        let mut next = self.cluster.servers.len() as u64 + 1;
        for id in change.added() {
            if id.0 > next || id.0 > MAX_SERVERS {
                let expected = format!("the next server, n{}", next.min(MAX_SERVERS));
                return refuse(expected, id.to_string());
            }
            if membership.is_voter(id) {
                return refuse("a server that is not a voter yet", format!("{id}, which is one"));
            }
            next = next.max(id.0 + 1);
        }
        match change {
            MemberChange::Joint { add, remove, .. } if add.is_empty() && remove.is_empty() => {
                return refuse("somebody who joins or leaves", "nobody");
            }
            MemberChange::AddLearner(id) if membership.contains(*id) => {
                return refuse("a server that is not a member yet", format!("{id}, which is one"));
            }
            MemberChange::Promote(id) if !membership.is_learner(*id) => {
                return refuse("a learner", format!("{id}, which is not"));
            }
            MemberChange::Remove(id) if !membership.contains(*id) => {
                return refuse("a member", format!("{id}, which is not"));
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

    /// Whether the owner does not have it so yet.
    pub(crate) fn is_new_for(&self, owner: &Owner, setting: &OwnSetting) -> bool {
        match owner {
            Owner::Server(id) => {
                self.server(*id).is_some_and(|server| setting.changes(server.own_settings()))
            }
            Owner::Link(from, direction, to) => direction
                .of(*from, *to)
                .any(|(from, to)| setting.changes(self.network().own_settings(from, to))),
        }
    }

    pub(crate) fn check_partition(&self, groups: &[Vec<NodeId>]) -> Done {
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
}

pub(crate) fn check_setting(setting: &Setting) -> Done {
    if !setting.is_live() {
        let found = format!("set {setting}");
        return refuse("a setting that can change while a run goes on", found);
    }
    setting.check().or_else(|expected| refuse(expected, setting.to_string()))
}

pub(crate) fn check_own(owner: &Owner, setting: &OwnSetting) -> Done {
    if let Owner::Link(from, _, to) = owner {
        two_servers(*from, *to)?;
    }
    let found = || format!("set {} {owner} {setting}", setting.name());
    setting.check(owner.kind()).or_else(|expected| refuse(expected, found()))
}

pub(crate) fn check_load(spec: &LoadSpec) -> Done {
    spec.check().or_else(|(expected, found)| refuse(expected, found))
}

pub(crate) fn check_rate(percent: u32) -> Done {
    if !(1..=1_000).contains(&percent) {
        return refuse("a clock rate from 1% to 1000%", format!("{percent}%"));
    }
    Ok(())
}

pub(crate) fn two_servers(from: NodeId, to: NodeId) -> Done {
    if from == to { refuse("two different servers", format!("{from} twice")) } else { Ok(()) }
}
