//! What makes a server an etcd member beside its log: calls in its hands, watches, and the leader's
//! clock of leases. All of it is lost when the process ends, as in etcd.

use crate::client::Stale;
use crate::cluster::Cluster;
use crate::machine::SessionId;
use crate::server::Server;
use crate::services::etcd::files::File;
use etcd_kv::api::{Call, Header, LeaseId, Response, Revision};
use etcd_kv::console::CallError;
use raft_core::{ConfigChange, Index, Micros, NodeId, SmallMap};
use std::collections::VecDeque;
use std::sync::Arc;

/// How often a leader checks for expired leases (`lessor.go` of etcd 3.4: 500 ms).
pub const LEASE_LOOK: Micros = 500_000;
/// When a leader proposes the end of a lease again (`expiredLeaseRetryInterval` of etcd 3.4: 3 s).
pub const LEASE_RETRY: Micros = 3_000_000;
/// What a member waits for its cluster beyond two election timeouts (`ReqTimeout` of etcd 3.4).
pub const REQUEST_TIMEOUT: Micros = 5_000_000;
/// The most calls that are open at once, watches included.
pub const MAX_CALLS: usize = 1_000;
/// A second.
const SECOND: Micros = 1_000_000;

/// What a call comes to.
pub type CallResult = Result<(Header, Response), CallError>;

/// Who has made a call: a console command, or a client outside the run, and which of its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The console command's number, from 1; 0 for a client outside.
    pub console: u32,
    /// Its own number for the call.
    pub ticket: u32,
}

impl Caller {
    /// A client outside the run.
    pub(crate) fn outside(ticket: u32) -> Caller {
        Caller { console: 0, ticket }
    }
}

/// Where a call is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// In the inbox of a paused member.
    Inbox,
    /// The member knows no leader and waits for one.
    NoLeader,
    /// It is proposed, and waits to be carried out.
    InLog,
    /// A read waits for the leader to be confirmed, and for what is committed to be carried out.
    Reading,
    /// The leader is asked by the member.
    AskingLeader,
    /// A change of the members waits to be applied.
    Membership {
        /// Who comes, goes, votes or is found elsewhere.
        about: NodeId,
        /// What is to become of it.
        change: Becomes,
    },
    /// The leadership is on its way to this server.
    MovingLeader(NodeId),
    /// A watch: everything before this revision has been told.
    Watching(Revision),
}

/// What a change of members makes of the one that it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Becomes {
    /// It votes.
    Voter,
    /// It gets the log and does not vote.
    Learner,
    /// It is found under other addresses.
    Moved,
    /// It is no member any more.
    Gone,
}

/// What clients of etcd have said of a member, beside whether it votes. All members are told by the
/// log; it is kept once, as of the first who has carried it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// Where its peers find it.
    pub(crate) peer_urls: Vec<String>,
    /// Whether it has told its name, which it does once it has found its leader.
    pub(crate) is_published: bool,
    /// The entry that has said so last.
    pub(crate) at: Index,
}

/// A call in a member's hands.
#[derive(Clone, Debug)]
pub struct OpenCall {
    /// Who has made it.
    pub caller: Caller,
    /// The member.
    pub server: NodeId,
    /// What is asked.
    pub call: Arc<Call>,
    /// What shows who asks, where somebody has logged in.
    pub token: Option<Arc<str>>,
    /// As whom it is proposed, encoded; empty while access is free.
    pub(crate) author: Arc<[u8]>,
    /// When.
    pub asked_at: Micros,
    /// Everything up to here was committed by then: an answer that lacks any of it is stale.
    pub(crate) committed: Index,
    /// Where it is.
    pub stage: Stage,
    /// Of what goes through the log: its session.
    pub session: Option<SessionId>,
    /// The number of the queue item that checks on it.
    pub(crate) sequence: u64,
    /// How often it was answered: a watch is, many times.
    pub(crate) answers: u32,
}

/// A lease as the leader's clock has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Countdown {
    /// When it runs out.
    pub expires: Micros,
    /// When its end was last proposed, if it was.
    pub proposed: Option<Micros>,
}

impl Countdown {
    pub(crate) fn new(expires: Micros) -> Countdown {
        Countdown { expires, proposed: None }
    }
}

/// An answer on its way to its caller.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) to: Caller,
    pub(crate) result: CallResult,
    /// Where it misses something that was committed when it was asked for.
    pub(crate) stale: Option<Stale>,
}

impl Letter {
    pub(crate) fn new(to: Caller, result: CallResult) -> Letter {
        Letter { to, result, stale: None }
    }
}

/// The calls and clocks of all members.
#[derive(Clone, Debug, Default)]
pub(crate) struct Etcd {
    pub(crate) calls: SmallMap<u64, OpenCall>,
    /// Answers on their way to their callers.
    pub(crate) mail: VecDeque<Letter>,
    /// Answers that a client outside has not taken yet, by its tickets.
    pub(crate) outside: VecDeque<(u32, CallResult)>,
    /// The leases of whoever leads, as it counts them; by server.
    pub(crate) leases: SmallMap<u64, SmallMap<LeaseId, Countdown>>,
    /// Ids given to leases so far.
    pub(crate) leases_made: u64,
    /// Tokens given so far to who has logged in.
    pub(crate) tokens_made: u64,
    /// The number of the queue item at which a leader checks its leases; 0: none.
    pub(crate) lease_alarm: u64,
    /// The last index whose changes clients' histories know of, and the store's revision then.
    pub(crate) recorded: u64,
    pub(crate) recorded_revision: i64,
    /// The calls that are reads which clients' histories know of.
    pub(crate) reads_watched: Vec<u64>,
    /// What is known of members who are not as they began.
    pub(crate) told: SmallMap<u64, Told>,
    /// The last entry with a change of members that has been carried out by anybody.
    pub(crate) members_at: Index,
    /// Members that were removed and run, each with the number of the queue item at which it may
    /// find out.
    pub(crate) leaving: SmallMap<u64, u64>,
    /// Members that know no leader while streams want one: the number of the queue item at which
    /// they look again, and how often they have found none.
    pub(crate) leaderless: SmallMap<u64, (u64, u32)>,
    /// Members' database files, where etcd's clients have written anything.
    pub(crate) files: SmallMap<u64, File>,
    /// The tokens each member knows, and until when.
    pub(crate) tokens: SmallMap<u64, Vec<(String, Micros)>>,
    /// How large each member's database file is, where it was larger than what is in use now.
    pub(crate) file_sizes: SmallMap<u64, u64>,
}

impl Etcd {
    /// Whether nobody uses any of it.
    pub(crate) fn is_idle(&self) -> bool {
        self.calls.is_empty()
            && self.leases_made == 0
            && self.leases.is_empty()
            && self.told.is_empty()
    }
}

impl Server {
    /// Its id as etcd has it: 64 bits that look like nothing. Who has left and comes back under the
    /// same name has another.
    pub fn member_id(&self) -> u64 {
        member_id(NodeId(self.id.0 | u64::from(self.incarnation) << 32))
    }
}

/// The id as etcd has it of a server that has never left.
pub fn member_id(id: NodeId) -> u64 {
    // The first server's is not 0, and no two are equal: the mapping can be undone.
    let mut hash = id.0.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^= hash >> 32;
    hash.wrapping_mul(0xd6e8_feb8_6659_fd93)
}

impl Cluster {
    /// A server's id as etcd has it; 0 where there is no such server.
    pub fn member_id(&self, id: NodeId) -> u64 {
        self.server(id).map_or(0, Server::member_id)
    }

    /// The server with this member id.
    pub fn server_of(&self, member: u64) -> Option<NodeId> {
        self.servers.iter().find(|server| server.member_id() == member).map(|server| server.id)
    }
}

/// Where a member's clients find it.
pub fn client_url(id: NodeId) -> String {
    format!("http://{id}:2379")
}

/// Where a member's peers find it.
pub fn peer_url(id: NodeId) -> String {
    format!("http://{id}:2380")
}

/// Whether a change of members was made by a client of etcd, which says more than who votes: the
/// addresses, as the entry's context.
pub(crate) fn is_of_etcd(change: &ConfigChange) -> bool {
    !change.context.is_empty()
}

/// How long a lease of this many seconds lasts by a clock of this rate.
pub(crate) fn lasts(ttl: i64, clock_percent: u32) -> Micros {
    let seconds = u64::try_from(ttl).unwrap_or(0);
    seconds.saturating_mul(SECOND).saturating_mul(100) / u64::from(clock_percent.max(1))
}

/// Whole seconds that are left, as etcd says them.
pub(crate) fn seconds_left(countdown: Countdown, now: Micros) -> i64 {
    i64::try_from(countdown.expires.saturating_sub(now) / SECOND).unwrap_or(i64::MAX)
}
