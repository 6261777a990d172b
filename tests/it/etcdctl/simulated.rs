//! The simulated cluster: a call goes through the members' logs and network as one of the page's
//! console does. Its members go by the names and addresses that the recording has.

use super::members::{Answer, Asker, Cluster, endpoint};
use etcd_kv::Version;
use etcd_kv::api::{Call, Member, Response};
use etcd_kv::console::Endpoint;
use raft_check::Property;
use raft_core::NodeId;
use raft_sim::etcd::peer_url;
use raft_sim::{Checks, Command, Live, MAX_TIME, Setting, Settings, Span, Standing, World};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A world, called from outside.
pub struct Simulated {
    world: World,
    /// As the recording names them.
    members: Vec<Member>,
    /// The servers that play them, and the recorded ids, whose order lists are in.
    servers: Vec<NodeId>,
    recorded: Vec<u64>,
    /// The recorded id of the next member that is added.
    next_recorded: u64,
    cors: Vec<Vec<String>>,
    askers: BTreeMap<u32, Asker>,
    last_ticket: u32,
}

/// The timing of a real cluster on one machine.
fn settings(etcd: Version, nodes: usize) -> Settings {
    let live = Live {
        election_timeout: Span { min: 1_000_000, max: 2_000_000 },
        heartbeat: 100_000,
        latency: Span { min: 100, max: 500 },
        fsync: Span { min: 1_000, max: 2_000 },
        ..Settings::default().live
    };
    let nodes = u8::try_from(nodes).expect("a few");
    Settings { nodes, seed: 1, etcd, live }
}

impl Simulated {
    /// A cluster at this time, when this member has long been elected. The ids say which server
    /// each member is.
    pub fn new(
        version: Version,
        members: Vec<Member>,
        recorded: Vec<u64>,
        leader: usize,
        now_us: u64,
    ) -> Simulated {
        let world = World::new(settings(version, members.len()), Checks::Every);
        let server = |member: &Member| world.server_of(member.id).expect("every member is one");
        let mut simulated = Simulated {
            servers: members.iter().map(server).collect(),
            recorded,
            next_recorded: 0,
            world,
            cors: vec![Vec::new(); members.len()],
            members,
            askers: BTreeMap::new(),
            last_ticket: 0,
        };
        simulated.elect(leader);
        simulated.advance(now_us);
        let server = simulated.server(leader);
        assert_eq!(simulated.world.leader().map(raft_sim::Server::id), Some(server));
        simulated
    }

    /// A database may have this many bytes from now on.
    pub fn limit_to(&mut self, bytes: u64) {
        self.act(&Command::Set(Setting::Quota(bytes)));
    }

    /// The server that was announced last is started.
    pub fn start(&mut self, name: &str, client_url: &str) {
        let mut servers = self.world.servers().iter();
        let server = servers.rfind(|server| server.standing() == Standing::Announced);
        let id = server.map(raft_sim::Server::id).expect("it was announced");
        self.act(&Command::Start(id));
        let place = self.servers.iter().position(|known| *known == id).expect("known");
        let known = &mut self.members[place];
        known.name = name.into();
        known.client_urls = vec![client_url.into()];
    }

    pub fn let_in(&mut self, member: usize, origins: &[&str]) {
        self.cors[member] = origins.iter().map(|origin| (*origin).into()).collect();
    }

    fn server(&self, member: usize) -> NodeId {
        self.servers[member]
    }

    fn act(&mut self, command: &Command) {
        self.world.act(command).expect("it can be done");
    }

    /// A call with the world's addresses for those of the recording.
    fn translated(&mut self, call: Call) -> Call {
        if let Call::MemberAdd { peer_urls, is_learner } = call {
            self.learn(&peer_urls);
            Call::MemberAdd { peer_urls: self.urls_here(peer_urls), is_learner }
        } else if let Call::MemberUpdate { id, peer_urls } = call {
            Call::MemberUpdate { id, peer_urls: self.urls_here(peer_urls) }
        } else {
            call
        }
    }

    /// The next member that is added has this id in the recording.
    pub fn expect(&mut self, recorded: u64) {
        self.next_recorded = recorded;
    }

    /// Whoever comes to have a new address is the next server; it has one address.
    fn learn(&mut self, peer_urls: &[String]) {
        let Some(url) = peer_urls.first() else { return };
        if let Some(known) = self.member_at(url) {
            if known > 2 {
                self.recorded[known] = self.next_recorded;
            }
            return;
        }
        self.recorded.push(self.next_recorded);
        self.servers.push(NodeId(self.world.servers().len() as u64 + 1));
        let (id, name, client_urls) = (0, String::new(), Vec::new());
        let peer_urls = vec![url.clone()];
        self.members.push(Member { id, name, peer_urls, client_urls, is_learner: false });
        self.cors.push(Vec::new());
    }

    fn member_at(&self, url: &String) -> Option<usize> {
        self.members.iter().position(|member| member.peer_urls.contains(url))
    }

    fn urls_here(&self, urls: Vec<String>) -> Vec<String> {
        let here = |url: String| match self.member_at(&url) {
            Some(member) => peer_url(self.servers[member]),
            None => url,
        };
        urls.into_iter().map(here).collect()
    }

    /// An answer with the recording's names and addresses for those of the world.
    fn recorded(&self, answer: Answer) -> Answer {
        let Ok((header, Response::Members { mut members, added })) = answer else { return answer };
        let place_of = |member: u64| {
            let server = self.world.server_of(member)?;
            self.servers.iter().position(|known| *known == server)
        };
        members.sort_by_key(|member| place_of(member.id).map_or(u64::MAX, |at| self.recorded[at]));
        for member in &mut members {
            let Some(place) = place_of(member.id) else { continue };
            let known = &self.members[place];
            member.peer_urls = known.peer_urls.clone();
            // One that has not started has no name yet, and nobody can call it.
            if !member.name.is_empty() {
                member.name = known.name.clone();
                member.client_urls = known.client_urls.clone();
            }
        }
        Ok((header, Response::Members { members, added }))
    }
}

impl Cluster for Simulated {
    fn call(&mut self, asker: Asker, endpoint: usize, call: Call, token: Option<Arc<str>>) {
        self.last_ticket += 1;
        self.askers.insert(self.last_ticket, asker);
        let (to, call) = (self.server(endpoint), self.translated(call));
        self.world.call_from_outside(self.last_ticket, to, call, token);
    }

    fn cancel(&mut self, asker: Asker) {
        let of_asker = self.askers.extract_if(.., |_, of| *of == asker);
        for (ticket, _) in of_asker {
            self.world.cancel_from_outside(ticket);
        }
    }

    fn answer(&mut self) -> Option<(Asker, Answer)> {
        let (ticket, answer) = self.world.take_answer()?;
        Some((self.askers[&ticket], self.recorded(answer)))
    }

    fn due_us(&mut self) -> Option<u64> {
        self.world.next_due().filter(|due| *due <= MAX_TIME)
    }

    fn advance(&mut self, now_us: u64) {
        while self.world.next_due().is_some_and(|due| due <= now_us.min(MAX_TIME)) {
            self.world.step();
        }
        self.world.run_to(now_us);
        assert_eq!(self.world.violations(), []);
        assert!(!self.world.is_violated(Property::Linearizability));
    }

    fn endpoints(&self) -> Vec<Endpoint> {
        let members = self.members.iter().zip(&self.cors);
        let members = members.filter(|(member, _)| !member.client_urls.is_empty());
        members.map(|(member, cors)| endpoint(member, cors)).collect()
    }

    fn kill(&mut self, member: usize) {
        self.act(&Command::Crash(self.server(member)));
    }

    fn restart(&mut self, member: usize) {
        self.act(&Command::Restart(self.server(member)));
    }

    fn version(&self) -> Version {
        self.world.settings().etcd
    }

    fn elect(&mut self, leader: usize) {
        let server = self.server(leader);
        match self.world.leader().map(raft_sim::Server::id) {
            Some(leads) if leads == server => {}
            Some(_) => self.act(&Command::Transfer(server)),
            None => self.act(&Command::Timeout(server)),
        }
    }
}
