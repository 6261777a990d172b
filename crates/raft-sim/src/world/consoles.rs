//! What can be seen of console commands.

use super::{Whereabouts, World};
use crate::console::Console;
use crate::etcd::Stage;
use crate::machine::SessionId;
use crate::wire::{ClientId, OnTheWire};
use etcd_kv::Bytes;
use etcd_kv::console::Environment;
use raft_core::{Micros, NodeId};

/// What a console command waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its calls that members have in hand, the oldest first.
    pub calls: Vec<WaitingCall>,
    /// The members that a call of its is on its way to, or an answer from; whether it is a call.
    pub on_the_way: Vec<(NodeId, bool)>,
    /// Where it has none: the members that have turned it away; it asks them again shortly.
    pub turned_away_by: Vec<NodeId>,
    /// When it gives up, if it does so.
    pub gives_up_at: Option<Micros>,
}

impl Waiting {
    /// Whether it waits for any member.
    pub fn is_for_members(&self) -> bool {
        !self.calls.is_empty()
            || !self.on_the_way.is_empty()
            || !self.turned_away_by.is_empty()
            || self.gives_up_at.is_some()
    }
}

/// A call of a console command without an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingCall {
    /// The member that has it.
    pub server: NodeId,
    /// Of what goes through the log: its entry carries it.
    pub session: Option<SessionId>,
    /// How far it has come.
    pub stage: Stage,
    /// Where it is.
    pub at: Whereabouts,
}

impl World {
    /// The console commands so far, in order.
    pub fn consoles(&self) -> impl ExactSizeIterator<Item = &Console> {
        self.service.consoles.all.iter().map(|console| &**console)
    }

    /// A console command by its number, from 1.
    pub fn console(&self, number: u32) -> Option<&Console> {
        self.service.consoles.get(number)
    }

    /// What a console command waits for, while it runs.
    pub fn waiting(&self, number: u32) -> Option<Waiting> {
        let console = self.console(number)?;
        let waits = console.running.as_ref()?.waits();
        let calls = self.service.etcd.calls.iter();
        let calls = calls.filter(|(_, open)| open.caller.console == number);
        let mine = |it: &&OnTheWire| it.client == ClientId::Console(number);
        let deadline = waits.deadline.and_then(|ticket| console.sleeps.get(&ticket));
        Some(Waiting {
            calls: calls
                .map(|(id, open)| WaitingCall {
                    server: open.server,
                    session: open.session,
                    stage: open.stage.clone(),
                    at: self.look_for(*id, open.server),
                })
                .collect(),
            on_the_way: self.on_the_wire().filter(mine).map(|it| (it.server, it.asks())).collect(),
            turned_away_by: waits.turned_away_by.iter().map(|at| NodeId(*at as u64 + 1)).collect(),
            gives_up_at: deadline.and_then(|sequence| self.cluster.queue.due(*sequence)),
        })
    }

    /// The files that `snapshot save` has left, by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.service.consoles.files.iter().map(|(name, blob)| (name.as_str(), blob))
    }

    /// What a console command starts from.
    pub fn environment(&self) -> Environment {
        self.service.consoles.environment(&self.cluster)
    }

    pub(super) fn check_console(&self, number: u32) -> Result<(), (String, String)> {
        match self.console(number) {
            None => Err((
                format!(
                    "the number of a console command, of {} so far",
                    self.service.consoles.all.len()
                ),
                number.to_string(),
            )),
            Some(console) if console.ended.is_some() => {
                Err(("a console command that runs".into(), format!("{number}, which has ended")))
            }
            Some(_) => Ok(()),
        }
    }
}
