//! What a random run is made of: its settings, and what goes wrong in it how often.

use super::MS;
use etcd_kv::Version;
use playground_tests::Pick;
use raft_core::{Micros, Rule, RuleSet};
use raft_sim::{ACTIONS, Chance, Command, Live, ReadMode, Settings, Span, sample_commands};

/// What a run is made of.
pub struct Plan {
    pub pick: Pick,
    pub settings: Settings,
    pub weights: Vec<(Trouble, u64)>,
    /// Members come and go.
    pub changes_members: bool,
    /// A leader may answer by its lease: as in etcd, what it says can then be stale.
    pub lease_reads: bool,
    /// Servers whose disk was erased come back under their old names.
    pub wiped_return: bool,
    /// Little time passes between two troubles, or more.
    pub hasty: bool,
    /// How many of a hundred troubles meet the leader, or who has just voted.
    pub focus: u64,
}

impl Plan {
    /// Anything that Raft must survive.
    pub fn any(seed: u64) -> Plan {
        let mut pick = Pick::new(seed);
        let mut settings = settings(seed, &mut pick);
        let changes_members = pick.chance(40);
        let weights = weights(&mut pick, changes_members);
        if changes_members {
            // Only these two keep a server that has left from disturbing those who stay.
            settings.live.pre_vote = true;
            settings.live.check_quorum = true;
        }
        let lease_reads = pick.chance(10);
        if lease_reads {
            settings.live.reads = ReadMode::Lease;
            settings.live.check_quorum = true;
        }
        let (hasty, focus) = (pick.chance(50), *pick.one_of(&[10, 30, 80]));
        let wiped_return = false;
        Plan { pick, settings, weights, changes_members, lease_reads, wiped_return, hasty, focus }
    }

    /// The next trouble, in these proportions.
    pub fn trouble(&mut self) -> Trouble {
        let mut roll = self.pick.below(self.weights.iter().map(|(_, weight)| weight).sum());
        for (trouble, weight) in &self.weights {
            if roll < *weight {
                return *trouble;
            }
            roll -= weight;
        }
        unreachable!("the roll is below the sum of the weights")
    }

    /// What it does not survive, and must bear all the same: servers lose their disks, often, and
    /// come back.
    pub fn wiping(seed: u64) -> Plan {
        let mut plan = Plan::any(seed);
        plan.wiped_return = true;
        let wipes = ACTIONS.iter().position(|action| action.name == "wipe");
        let restarts = ACTIONS.iter().position(|action| action.name == "restart");
        let often = [wipes, restarts].map(|row| row.expect("it is in the table"));
        plan.weights.extend(often.map(|row| (Trouble::Action(row), 20)));
        plan
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
        etcd: if seed.is_multiple_of(2) { Version::V3_4 } else { Version::V3_5 },
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// An action, by its row in the table.
    Action(usize),
    /// A server crashes and is there again at once.
    QuickRestart,
    /// Several servers stand for election at once.
    Contest,
}

/// Each run has troubles of its own in proportions of its own: what all of them together would
/// drown shows where only a few of them happen.
fn weights(pick: &mut Pick, changes_members: bool) -> Vec<(Trouble, u64)> {
    let commands = sample_commands(&mut |most| pick.below(most));
    let of = |pick: &mut Pick, row: usize, command: &Command| {
        (Trouble::Action(row), weight(pick, command, changes_members))
    };
    let mut weights: Vec<(Trouble, u64)> =
        commands.iter().enumerate().map(|(row, command)| of(pick, row, command)).collect();
    for trouble in [Trouble::QuickRestart, Trouble::Contest] {
        weights.push((trouble, *pick.one_of(&OFTEN)));
    }
    weights
}

/// How often something is done that does not mend: in many runs not at all.
const OFTEN: [u64; 5] = [0, 0, 1, 3, 9];

fn weight(pick: &mut Pick, command: &Command, changes_members: bool) -> u64 {
    match command {
        Command::Restart(_)
        | Command::Start(_)
        | Command::Resume(_)
        | Command::Mend(..)
        | Command::MendClient(_)
        | Command::Heal
        | Command::Release(..)
        | Command::ReleaseAll => *pick.one_of(&[1, 3, 9]),
        // A voter that is gone for good and one that leaves could take the majority with them.
        Command::Wipe(_) if changes_members => 0,
        Command::Member(_) if changes_members => *pick.one_of(&[1, 3, 9]),
        Command::Member(_) => 0,
        // It forgets all that was promised before: where it is frequent, little is checked.
        Command::RestoreCluster(_) => *pick.one_of(&[0, 0, 0, 1]),
        // Transactions want lines.
        Command::Input { .. } => *pick.one_of(&[1, 3, 9]),
        Command::Say(_) => 0,
        Command::Crash(_)
        | Command::Pause(_)
        | Command::Wipe(_)
        | Command::Partition(_)
        | Command::Cut(..)
        | Command::CutClient(_)
        | Command::Hold(..)
        | Command::Message { .. }
        | Command::Timeout(_)
        | Command::Deadline { .. }
        | Command::AlignTimers
        | Command::SpreadTimers
        | Command::Reseed(_)
        | Command::Set(_)
        | Command::SetOwn(..)
        | Command::Clock { .. }
        | Command::Load(_)
        | Command::Propose { .. }
        | Command::Put { .. }
        | Command::Get { .. }
        | Command::Etcdctl(_)
        | Command::EndOfInput(_)
        | Command::Interrupt(_)
        | Command::Transfer(_)
        | Command::Snapshot(_)
        | Command::Compact(_) => *pick.one_of(&OFTEN),
    }
}
