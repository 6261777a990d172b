//! One server of the cluster: a Raft node, its disk, its timers and its inbox.

use crate::disk::Disk;
use crate::settings::{Setting, Span};
use raft_core::{Message, Micros, Node, NodeId, Role, RoleKind, Timer, WriteId};
use std::collections::VecDeque;

/// Whether a server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    /// It runs.
    Up,
    /// Its process is stopped: it keeps what it has, and does nothing.
    Paused,
    /// It is down; only its disk remains.
    Crashed,
}

/// How a server stands to the cluster that an operator runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Somebody has started it.
    #[default]
    Known,
    /// It was announced to the others, who count it, and nobody has started it yet.
    Announced,
    /// It was removed by a client of etcd: its process ends, and its data refuses to come back.
    Removed,
}

/// A timer that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimerState {
    /// When it was set.
    pub set_at: Micros,
    /// When it runs out.
    pub deadline: Micros,
    pub(crate) sequence: u64,
    /// From when to when it could have been drawn to run out; `None` where it was set by hand.
    pub(crate) drawn: Option<Span>,
    /// It ran out while the server was paused.
    pub(crate) overdue: bool,
}

/// Something that reached a paused server.
#[derive(Clone, Debug)]
pub(crate) enum Arrival {
    Message(Message),
    Persisted(WriteId),
    /// A call of those above, by their number for it.
    Call(u64),
    SnapshotSent {
        to: NodeId,
        arrived: bool,
    },
}

/// One server.
#[derive(Clone, Debug)]
pub struct Server {
    pub(crate) id: NodeId,
    pub(crate) power: Power,
    pub(crate) standing: Standing,
    /// How often it has joined anew under its name, with a disk of its own each time.
    pub(crate) incarnation: u32,
    /// When its process began, or its peers last found it again.
    pub(crate) since: Micros,
    /// When its process was stopped, where it is.
    pub(crate) paused_at: Option<Micros>,
    /// When it last came to know a leader that it had not known before.
    pub(crate) leader_known_at: Micros,
    /// The node as it is, or as it was when it crashed.
    pub(crate) node: Node,
    pub(crate) disk: Disk,
    pub(crate) timers: [Option<TimerState>; Timer::ALL.len()],
    pub(crate) timer_draws: [u64; Timer::ALL.len()],
    pub(crate) inbox: VecDeque<Arrival>,
    /// How many inbox items are in the queue after a resume.
    pub(crate) inbox_due: u64,
    /// The first of them; what an earlier resume has put there is void.
    pub(crate) inbox_from: u64,
    /// Messages that rest on a write that is not durable yet, oldest first.
    pub(crate) held: VecDeque<(WriteId, Message)>,
    pub(crate) clock_percent: u32,
    /// Its settings in place of the cluster's, each at most once.
    pub(crate) own: Vec<Setting>,
    /// A wiped voter that came back: Raft does not survive that in general.
    pub(crate) wiped: bool,
    /// It has run since it was wiped.
    pub(crate) returned: bool,
    pub(crate) crashes: u64,
}

impl Server {
    /// Its name.
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// Whether it runs.
    pub fn power(&self) -> Power {
        self.power
    }

    /// Whether it runs and is not paused.
    pub fn is_live(&self) -> bool {
        self.power == Power::Up
    }

    /// How it stands to the cluster.
    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// Its Raft node; of a crashed server, what it was when it crashed.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// Its disk.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    /// A timer, if it runs.
    pub fn timer(&self, timer: Timer) -> Option<TimerState> {
        self.timers[timer as usize]
    }

    /// How many messages, finished writes and requests wait until it is resumed.
    pub fn inbox_len(&self) -> usize {
        self.inbox.len()
    }

    /// The messages that wait until it is resumed, oldest first.
    pub fn inbox_messages(&self) -> impl Iterator<Item = &Message> {
        self.inbox.iter().filter_map(|arrival| match arrival {
            Arrival::Message(message) => Some(message),
            Arrival::Persisted(_) | Arrival::Call(_) | Arrival::SnapshotSent { .. } => None,
        })
    }

    /// The messages that wait until the write that they rest on is durable, oldest first.
    pub fn held(&self) -> impl Iterator<Item = (WriteId, &Message)> {
        self.held.iter().map(|(write, message)| (*write, message))
    }

    /// The rate of its clock in percent of the true one.
    pub fn clock_percent(&self) -> u32 {
        self.clock_percent
    }

    /// Its settings in place of the cluster's, each at most once.
    pub fn own_settings(&self) -> &[Setting] {
        &self.own
    }

    /// Whether it has run under its old name since its disk was erased. Raft does not allow for
    /// that: what it had acknowledged, and whom it had voted for, is forgotten.
    pub fn returned_wiped(&self) -> bool {
        self.returned
    }

    /// Whether its disk was erased at some time.
    pub fn was_wiped(&self) -> bool {
        self.wiped
    }

    /// Its role as scenario text names it: a power state hides the role.
    pub fn role_name(&self) -> &'static str {
        match self.power {
            Power::Crashed => "crashed",
            Power::Paused => "paused",
            Power::Up if self.is_learner() => "learner",
            Power::Up => self.node.role().kind().name(),
        }
    }

    /// Whether it is a learner, as far as it knows.
    pub fn is_learner(&self) -> bool {
        self.node.membership().is_learner(self.id)
    }

    /// Whether it runs and leads.
    pub fn is_live_leader(&self) -> bool {
        self.is_live() && matches!(self.node.role(), Role::Leader(_))
    }

    /// Whether it runs and follows.
    pub fn is_live_follower(&self) -> bool {
        self.is_live() && self.node.role().kind() == RoleKind::Follower
    }
}
