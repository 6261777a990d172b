//! What a run needs only once something is done in it: commands and what they say, clients, etcd's
//! members, consoles, and the search through what clients saw.
//!
//! A program that has a picture to show first may come without it (no feature `deeds`) and bring
//! it in later. Until then a cluster elects a leader and sends heartbeats as ever; a scenario
//! waits at the first of its lines that does something, and nothing can be done by hand. So
//! nothing is ever different for it: what is not here was never needed.

use crate::claim::{Claim, Set, Tells, Variables};
use crate::cluster::Cluster;
use crate::command::{Command, Refusal};
use crate::gauge::Gauge;
use crate::machine::{Machine, Request};
use crate::queue::Alarm;
use crate::scenario::{Pass, StatementKind};
use crate::services::{Before, Services};
use crate::world::World;
use etcd_kv::api::Write;
use raft_check::linear::Verdict;
use raft_core::{EntryRef, Index, Micros, NodeId, ReadToken};
use std::fmt;
use std::sync::OnceLock;

type Expanded = Result<Vec<Command>, Refusal>;

/// Everything that is called only once something was done.
#[derive(Clone, Copy)]
pub struct Deeds {
    pub(crate) expand: fn(&Command<Set>, &World, &Variables) -> Expanded,
    pub(crate) holds: fn(&Claim, &World, &Variables, Tells) -> Result<(), String>,
    pub(crate) check: fn(&World, &Command) -> Result<(), Refusal>,
    pub(crate) carry_out: fn(&mut World, &Command),
    pub(crate) gauge: fn(usize, &World) -> Gauge,
    pub(crate) pass: fn(Pass, u64, &World) -> Micros,
    pub(crate) verdict: fn(&World) -> Verdict,
    pub(crate) request: fn(&mut Machine, Request<'_>, bool),
    pub(crate) describe: fn(&Write) -> String,
    pub(crate) describe_bytes: fn(&[u8]) -> String,
    pub(crate) applied: fn(&mut Services, &mut Cluster, NodeId, &EntryRef, Before),
    pub(crate) read_ready: fn(&mut Services, &mut Cluster, NodeId, ReadToken, Index),
    pub(crate) settled: fn(&mut Services, &mut Cluster, NodeId),
    pub(crate) down: fn(&mut Services, &mut Cluster, NodeId),
    pub(crate) take_call: fn(&mut Services, &mut Cluster, NodeId, u64),
    pub(crate) alarm: fn(&mut Services, &mut Cluster, Alarm),
    pub(crate) follow_up: fn(&mut Services, &mut Cluster, usize) -> bool,
}

impl fmt::Debug for Deeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Deeds")
    }
}

/// All of it.
pub const DEEDS: Deeds = Deeds {
    expand: crate::command::expand_here,
    holds: Claim::holds,
    check: World::check_here,
    carry_out: World::carry_out_here,
    gauge: Gauge::read,
    pass: Pass::drawn,
    verdict: World::verdict_here,
    request: Machine::carry_out,
    describe: crate::machine::describe_here,
    describe_bytes: crate::machine::describe_bytes,
    applied: Services::has_applied,
    read_ready: Services::read_is_ready,
    settled: Services::has_settled,
    down: Services::is_down,
    take_call: Services::takes_call,
    alarm: Services::goes_off,
    follow_up: Services::follows_up,
};

static BROUGHT_IN: OnceLock<Deeds> = OnceLock::new();

/// Brings it into a build that came without; what was brought first stays.
pub fn bring_in(deeds: Deeds) {
    let _ = BROUGHT_IN.set(deeds);
}

/// Whether something can be done by now.
pub fn are_here() -> bool {
    deeds().is_some()
}

/// Whether a line of a scenario has to wait for it.
pub(crate) fn are_missing_for(kind: &StatementKind) -> bool {
    let needs_it = match kind {
        StatementKind::Run(pass) => !matches!(pass, Pass::For(_)),
        StatementKind::Until { claim, .. } => !claim.is_plain(),
        StatementKind::Do(_)
        | StatementKind::Measure(_)
        | StatementKind::Let { .. }
        | StatementKind::Expect(_)
        | StatementKind::Tell(_) => true,
    };
    needs_it && !are_here()
}

/// All of it, if it is here by now.
#[cfg(feature = "deeds")]
#[inline(always)]
pub(crate) fn deeds() -> Option<&'static Deeds> {
    const HERE: &Deeds = &DEEDS;
    Some(HERE)
}

/// All of it, if it is here by now.
#[cfg(not(feature = "deeds"))]
pub(crate) fn deeds() -> Option<&'static Deeds> {
    BROUGHT_IN.get()
}
