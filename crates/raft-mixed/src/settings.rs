//! What a run is about: how many servers, how many of them ours, and which of etcd's additions are
//! on; and what is drawn for one run.

use crate::chance::Chance;
use std::fmt;

/// The shape of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Setting {
    /// How many servers there are.
    pub servers: u64,
    /// How many of them are ours; the rest are tikv's.
    pub ours: u64,
    /// Whether servers ask before they stand for election.
    pub pre_vote: bool,
    /// Whether leaders step down without a quorum, and followers hold to a leader they hear.
    pub check_quorum: bool,
}

impl Setting {
    /// Every setting: three and five servers, every split with at least one of each kind, pre-vote
    /// and check-quorum on and off.
    pub fn all() -> Vec<Setting> {
        let mut all = Vec::new();
        for servers in [3, 5] {
            for ours in 1..servers {
                for (pre_vote, check_quorum) in
                    [(false, false), (true, false), (false, true), (true, true)]
                {
                    all.push(Setting { servers, ours, pre_vote, check_quorum });
                }
            }
        }
        all
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let on = |on: bool| if on { "on" } else { "off" };
        write!(
            f,
            "{} servers, {} ours, pre-vote {}, check-quorum {}",
            self.servers,
            self.ours,
            on(self.pre_vote),
            on(self.check_quorum)
        )
    }
}

/// When a server's writes become durable and its entries are applied.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Within the step that asked for it; otherwise some time later.
    pub(crate) syncs_at_once: bool,
    /// The same for the state machine.
    pub(crate) applies_at_once: bool,
}

impl Pace {
    pub(crate) const AT_ONCE: Pace = Pace { syncs_at_once: true, applies_at_once: true };
}

/// One server's limits; any legal value will do, so each run draws its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max_bytes_per_append: u64,
    pub(crate) window: usize,
    pub(crate) pace: Pace,
    /// tikv's `skip_bcast_commit`.
    pub(crate) quiet_commit: bool,
    /// tikv's `batch_append`.
    pub(crate) batch_append: bool,
}

impl Limits {
    pub(crate) fn draw(chance: &mut Chance) -> Limits {
        Limits {
            max_bytes_per_append: chance.pick(&[1, 100, 1 << 20, 1 << 20]),
            window: chance.pick(&[1, 3, 256, 256]),
            pace: Pace {
                syncs_at_once: chance.permille(400),
                applies_at_once: chance.permille(500),
            },
            quiet_commit: chance.permille(200),
            batch_append: chance.permille(200),
        }
    }
}

/// How often what goes wrong, each in a thousand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Faults {
    /// Of messages: lost.
    pub(crate) loss: u64,
    /// Of messages: delivered twice.
    pub(crate) duplicate: u64,
    /// Of deliveries: not the oldest message but any.
    pub(crate) reorder: u64,
    /// Of steps: a crash.
    pub(crate) crash: u64,
    /// Of steps: a link is cut, or a server is cut off.
    pub(crate) cut: u64,
    /// Of steps: a change of membership is proposed.
    pub(crate) change: u64,
    /// Of steps: leadership is to be handed over.
    pub(crate) transfer: u64,
    /// Of steps: a server takes a snapshot and drops its log.
    pub(crate) snapshot: u64,
}

impl Faults {
    pub(crate) const NONE: Faults = Faults {
        loss: 0,
        duplicate: 0,
        reorder: 0,
        crash: 0,
        cut: 0,
        change: 0,
        transfer: 0,
        snapshot: 0,
    };

    pub(crate) fn draw(chance: &mut Chance) -> Faults {
        Faults {
            loss: chance.pick(&[0, 20, 100, 300]),
            duplicate: chance.pick(&[0, 30, 150]),
            reorder: chance.pick(&[0, 100, 500, 1000]),
            crash: chance.pick(&[0, 2, 6]),
            cut: chance.pick(&[0, 3, 8]),
            change: chance.pick(&[0, 4, 12]),
            transfer: chance.pick(&[0, 3, 8]),
            snapshot: chance.pick(&[0, 4, 12]),
        }
    }
}
