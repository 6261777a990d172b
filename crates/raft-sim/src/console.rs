//! Console commands: etcdctl's, as they run in the world. Each is part of the run, so a link or a
//! seek brings back what it had printed at that moment.

use crate::client::Stale;
use etcd_kv::Bytes;
use etcd_kv::console::{Etcdctl, Running};
use raft_core::{Micros, SmallMap};
use std::sync::OnceLock;

/// The most console commands of a run.
pub const MAX_CONSOLES: usize = 1_000;
/// The most bytes that one prints; what follows is left out, with a word.
pub const MAX_OUTPUT: usize = 65_536;
/// The most files that `snapshot save` leaves.
pub const MAX_FILES: usize = 100;
/// What stands where the rest was left out.
pub(crate) const LEFT_OUT: &str = "… the rest is left out: a command may print 65,536 bytes here\n";

static BROUGHT_IN: OnceLock<Etcdctl> = OnceLock::new();

/// Brings etcdctl's commands into a build that came without them; the first ones brought stay.
pub fn bring_in(etcdctl: Etcdctl) {
    let _ = BROUGHT_IN.set(etcdctl);
}

/// etcdctl's commands, if they are here by now.
pub fn etcdctl() -> Option<Etcdctl> {
    #[cfg(feature = "console")]
    bring_in(etcd_kv::ctl::ETCDCTL);
    BROUGHT_IN.get().copied()
}

/// A file that a command has left.
pub type File = (String, Bytes);

/// One console command, running or ended.
#[derive(Clone, Debug)]
pub struct Console {
    pub(crate) line: String,
    pub(crate) started_at: Micros,
    pub(crate) ended: Option<(Micros, i32)>,
    pub(crate) output: String,
    pub(crate) stale: Option<Stale>,
    pub(crate) running: Option<Box<dyn Running>>,
    /// The queue numbers of its sleeps, by ticket.
    pub(crate) sleeps: SmallMap<u32, u64>,
}

impl Console {
    /// The line as it was typed.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// When it began, in simulated microseconds.
    pub fn started_at(&self) -> Micros {
        self.started_at
    }

    /// When it ended, if it has.
    pub fn ended_at(&self) -> Option<Micros> {
        self.ended.map(|(at, _)| at)
    }

    /// Its exit code, once it has ended.
    pub fn exit(&self) -> Option<i32> {
        self.ended.map(|(_, code)| code)
    }

    /// What it has printed so far, standard output and error as they came.
    pub fn output(&self) -> &str {
        &self.output
    }

    /// Where a serializable read missed something that was committed by then: the revision of the
    /// store that answered, and the newest.
    pub fn stale(&self) -> Option<Stale> {
        self.stale
    }

    /// The prompt, while it takes lines.
    pub fn wants_input(&self) -> Option<&str> {
        self.running.as_ref()?.wants_input()
    }

    pub(crate) fn print(&mut self, text: &str) {
        if self.output.ends_with(LEFT_OUT) {
            return;
        }
        if self.output.len() + text.len() > MAX_OUTPUT {
            self.output.push_str(LEFT_OUT);
        } else {
            self.output.push_str(text);
        }
    }
}
