//! What a random run is made of: its settings, and what goes wrong in it how often.

use super::MS;
use playground_tests::Pick;
use raft_core::{Micros, Rule, RuleSet};
use raft_sim::{Chance, Live, ReadMode, Settings, Span};

/// What a run is made of.
pub struct Plan {
    pub pick: Pick,
    pub settings: Settings,
    pub weights: Vec<(Trouble, u64)>,
    /// Little time passes between two troubles, or more.
    pub hasty: bool,
    /// How many of a hundred troubles meet the leader, or who has just voted.
    pub focus: u64,
}

impl Plan {
    /// Anything that Raft must survive.
    pub fn any(seed: u64) -> Plan {
        let mut pick = Pick::new(seed);
        let settings = settings(seed, &mut pick);
        let mut weights = weights(&mut pick);
        let mut settings = settings;
        if pick.chance(40) {
            // A voter that is gone for good and one that leaves could take the majority with them;
            // and only these two keep a server that has left from disturbing those who stay.
            weights.retain(|(trouble, _)| !matches!(trouble, Trouble::Wipe));
            weights.push((Trouble::Member, *pick.one_of(&[1, 3, 9])));
            settings.live.pre_vote = true;
            settings.live.check_quorum = true;
        }
        let (hasty, focus) = (pick.chance(50), *pick.one_of(&[10, 30, 80]));
        Plan { pick, settings, weights, hasty, focus }
    }

    /// What it does not: votes are forgotten, servers crash, and many elections are contested.
    pub fn forgetful(seed: u64) -> Plan {
        let mut plan = Plan::any(seed);
        plan.settings.nodes = 3;
        plan.settings.live.pre_vote = false;
        plan.settings.live.check_quorum = false;
        plan.settings.live.rules = RuleSet::default().without(Rule::PersistVote);
        plan.settings.live.fsync = Span { min: 0, max: 0 };
        plan.settings.live.latency = Span { min: MS, max: 30 * MS };
        plan.weights = vec![(Trouble::QuickRestart, 3), (Trouble::Contest, 1)];
        (plan.hasty, plan.focus) = (true, 80);
        plan
    }
}

fn settings(seed: u64, pick: &mut Pick) -> Settings {
    let shortest = pick.from_to(100, 200) * MS;
    Settings {
        nodes: *pick.one_of(&[1, 2, 3, 3, 3, 4, 5, 5, 5, 6, 7]),
        seed,
        live: Live {
            election_timeout: Span { min: shortest, max: shortest + pick.from_to(50, 300) * MS },
            heartbeat: pick.from_to(20, 60) * MS,
            latency: span(pick, 30 * MS),
            loss: chance(pick, 20),
            duplicate: chance(pick, 20),
            fsync: if pick.chance(25) { Span { min: 0, max: 0 } } else { span(pick, 30 * MS) },
            torn_writes: chance(pick, 50),
            client_timeout: pick.from_to(200, 5_000) * MS,
            append_entries: *pick.one_of(&[1, 1, 4, 512, 512, 512]),
            forwarding: pick.chance(50),
            pre_vote: pick.chance(50),
            check_quorum: pick.chance(50),
            reads: *pick.one_of(&[ReadMode::Log, ReadMode::ReadIndex]),
            snapshot_every: *pick.one_of(&[0, 0, 0, 1, 5, 30]),
            ..Settings::default().live
        },
    }
}

pub fn span(pick: &mut Pick, most: Micros) -> Span {
    let min = pick.from_to(0, most);
    Span { min, max: pick.from_to(min, most) }
}

pub fn chance(pick: &mut Pick, most_percent: u64) -> Chance {
    if pick.chance(40) {
        return Chance(0);
    }
    Chance(u32::try_from(pick.from_to(0, most_percent) * 10_000).expect("at most a million"))
}

/// What can go wrong, or be mended.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    Crash,
    Restart,
    QuickRestart,
    Pause,
    Resume,
    Partition,
    Cut,
    Mend,
    Heal,
    Hold,
    Release,
    Message,
    Timeout,
    Contest,
    Deadline,
    Timers,
    Set,
    Clock,
    Load,
    Raw,
    Wipe,
    Request,
    Member,
    Transfer,
    Snapshot,
    Compact,
}

/// Each run has troubles of its own in proportions of its own: what all of them together would
/// drown shows where only a few of them happen.
fn weights(pick: &mut Pick) -> Vec<(Trouble, u64)> {
    use Trouble::*;
    let mut weights = Vec::new();
    for trouble in [
        Crash,
        QuickRestart,
        Pause,
        Partition,
        Cut,
        Hold,
        Message,
        Timeout,
        Contest,
        Deadline,
        Timers,
        Set,
        Clock,
        Load,
        Raw,
        Wipe,
        Request,
        Transfer,
        Snapshot,
        Compact,
    ] {
        weights.push((trouble, *pick.one_of(&[0, 0, 1, 3, 9])));
    }
    for mended in [Restart, Resume, Mend, Heal, Release] {
        weights.push((mended, *pick.one_of(&[1, 3, 9])));
    }
    weights
}
