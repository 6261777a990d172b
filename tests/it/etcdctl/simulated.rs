//! The simulated cluster: a call goes through the members' logs and network as one of the page's
//! console does. Its members go by the names and addresses that the recording has.

use super::members::{Answer, Asker, Cluster, endpoint};
use etcd_kv::Version;
use etcd_kv::api::{Call, Member, Response};
use etcd_kv::console::Endpoint;
use raft_check::Property;
use raft_core::NodeId;
use raft_sim::etcd::{member_id, peer_url, server_of};
use raft_sim::{Checks, Command, Live, MAX_TIME, Settings, Span, World};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A world, called from outside.
pub struct Simulated {
    world: World,
    /// As the recording names them, with the ids that they have here.
    members: Vec<Member>,
    cors: Vec<Vec<String>>,
    askers: BTreeMap<u32, Asker>,
    last_ticket: u32,
}

/// The timing of a real cluster on one machine.
fn settings(nodes: usize) -> Settings {
    let live = Live {
        election_timeout: Span { min: 1_000_000, max: 2_000_000 },
        heartbeat: 100_000,
        latency: Span { min: 100, max: 500 },
        fsync: Span { min: 1_000, max: 2_000 },
        ..Settings::default().live
    };
    let nodes = u8::try_from(nodes).expect("a few");
    Settings { nodes, seed: 1, etcd: Version::V3_4, live }
}

impl Simulated {
    /// A cluster at this time, when this member has long been elected. The ids say which server
    /// each member is.
    pub fn new(members: Vec<Member>, leader: usize, now_us: u64) -> Simulated {
        let mut simulated = Simulated {
            world: World::new(settings(members.len()), Checks::Every),
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

    pub fn let_in(&mut self, member: usize, origins: &[&str]) {
        self.cors[member] = origins.iter().map(|origin| (*origin).into()).collect();
    }

    fn server(&self, member: usize) -> NodeId {
        let servers = self.world.servers().len();
        server_of(self.members[member].id, servers).expect("every member is a server")
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

    /// Whoever comes to have a new address is the next server; it has one address.
    fn learn(&mut self, peer_urls: &[String]) {
        let Some(url) = peer_urls.first().filter(|url| self.member_at(url).is_none()) else {
            return;
        };
        let id = member_id(NodeId(self.world.servers().len() as u64 + 1));
        self.members.retain(|member| member.id != id);
        let (name, peer_urls, client_urls) = (String::new(), vec![url.clone()], Vec::new());
        self.members.push(Member { id, name, peer_urls, client_urls, is_learner: false });
    }

    fn member_at(&self, url: &String) -> Option<&Member> {
        self.members.iter().find(|member| member.peer_urls.contains(url))
    }

    fn urls_here(&self, urls: Vec<String>) -> Vec<String> {
        let servers = self.world.servers().len();
        let here = |url: String| {
            let server = self.member_at(&url).and_then(|member| server_of(member.id, servers));
            server.map_or(url, peer_url)
        };
        urls.into_iter().map(here).collect()
    }

    /// An answer with the recording's names and addresses for those of the world.
    fn recorded(&self, answer: Answer) -> Answer {
        let Ok((header, Response::Members { mut members, added })) = answer else { return answer };
        for member in &mut members {
            let Some(known) = self.members.iter().find(|known| known.id == member.id) else {
                continue;
            };
            member.peer_urls = known.peer_urls.clone();
            // One that has not started has no name yet, and nobody can call it.
            if !member.name.is_empty() {
                member.name = known.name.clone();
                member.client_urls = known.client_urls.clone();
            }
        }
        Ok((header, Response::Members { members, added }))
    }

    /// The recording starts none of the members that it adds.
    fn crash_added(&mut self, servers_before: usize) {
        let added = (servers_before..self.world.servers().len()).map(|at| NodeId(at as u64 + 1));
        for server in added.collect::<Vec<_>>() {
            self.act(&Command::Crash(server));
        }
    }
}

impl Cluster for Simulated {
    fn call(&mut self, asker: Asker, endpoint: usize, call: Call, token: Option<Arc<str>>) {
        self.last_ticket += 1;
        self.askers.insert(self.last_ticket, asker);
        let servers = self.world.servers().len();
        let (to, call) = (self.server(endpoint), self.translated(call));
        self.world.call_from_outside(self.last_ticket, to, call, token);
        self.crash_added(servers);
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
            let servers = self.world.servers().len();
            self.world.step();
            self.crash_added(servers);
        }
        self.world.run_to(now_us);
        assert_eq!(self.world.violations(), []);
        assert!(!self.world.is_violated(Property::Linearizability));
    }

    fn endpoints(&self) -> Vec<Endpoint> {
        let members = self.members.iter().zip(&self.cors);
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
