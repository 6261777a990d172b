//! A terminal session with a real etcd 3.4.23, replayed command by command against our console:
//! what is printed and every exit code, over members that share one store and over the simulated
//! cluster. Ids, times, sizes, hashes, terms and log indexes may differ, but each id has to stand
//! wherever the recorded one stands.
#![cfg(not(target_arch = "wasm32"))]

#[path = "etcdctl/members.rs"]
mod members;
#[path = "etcdctl/output.rs"]
mod output;
#[path = "etcdctl/shell.rs"]
mod shell;
#[path = "etcdctl/simulated.rs"]
mod simulated;
#[path = "etcdctl/v3_5.rs"]
mod v3_5;

use etcd_kv::Version;
use etcd_kv::api::Member;
use members::{Cluster, Shared};
use output::debian::undone;
use output::{Ids, normalised};
use raft_core::NodeId;
use raft_sim::etcd::member_id;
use shell::Shell;
use simulated::Simulated;
use std::collections::BTreeMap;

/// Blocks by the beginning of their command, each with a reason.
type Reasons = [(&'static str, &'static str)];

/// When a simulated cluster has its leader and the first command may come.
const READY_US: u64 = 1_000_000;
/// What an election takes whose candidate is told to stand.
const ELECTION_US: u64 = 500_000;

/// Blocks that are not compared, by the beginning of their command, and why.
const LEFT_OUT: &Reasons = &[
    ("etcd --", "the server's own command line"),
    ("curl -s http://127.0.0.1:23791/version", "before the cluster's version was decided"),
    ("curl -s http://127.0.0.1:23791/metrics", "of the metrics only those of the status are there"),
    ("curl -s -i -X POST http://127.0.0.1:23791/v3/maintenance/snapshot", "the file is another"),
    ("ls ", "there are no folders"),
    ("date +%T", "the clock on the wall"),
    ("etcdctl snapshot status DATA/ds/", "a file of a running server"),
    ("etcdctl snapshot save DATA/s3.db", "makes a data directory"),
];

/// The same for the second recording.
const MORE_LEFT_OUT: &Reasons = &[];

/// What is left out besides over the simulated cluster.
const SIMULATED_MORE_LEFT_OUT: &Reasons =
    &[("etcdctl member add n4", "a server has one address, which stays")];

/// One command of the recording.
struct Block {
    number: usize,
    /// What stands above it: headings and notes.
    notes: Vec<String>,
    command: String,
    output: String,
    exit: i32,
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut notes = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        let line = line.trim_end_matches('\r');
        if let Some((command, output)) = &mut open {
            let end = line.rfind("[exit ").and_then(|at| {
                let code = line[at + 6..].strip_suffix(']')?;
                Some((at, code.parse::<i32>().ok()?))
            });
            if let Some((at, exit)) = end {
                output.push_str(&line[..at]);
                let (number, notes) = (blocks.len() + 1, std::mem::take(&mut notes));
                let (command, output) = (std::mem::take(command), std::mem::take(output));
                blocks.push(Block { number, notes, command, output, exit });
                open = None;
            } else {
                output.push_str(line);
                output.push('\n');
            }
        } else if let Some(command) = line.strip_prefix("$ ") {
            open = Some((command.into(), String::new()));
        } else if !line.is_empty() {
            notes.push(line.into());
        }
    }
    blocks
}

fn members_of(ids: [u64; 3]) -> Vec<Member> {
    let member = |(at, id): (usize, u64)| Member {
        id,
        name: format!("n{at}"),
        peer_urls: vec![format!("http://127.0.0.1:2380{at}")],
        client_urls: vec![format!("http://127.0.0.1:2379{at}")],
        is_learner: false,
    };
    (1..).zip(ids).map(member).collect()
}

fn three() -> Shared {
    let members = [0xea86_6ac2_1099_f3df, 0xce9e_9fd0_2894_a2a8, 0x44e3_7c40_7218_10f3];
    let mut shared = Shared::new(5_514_503_664_996_304_864, members_of(members), 2, 0);
    shared.let_in(0, &["http://127.0.0.1:8000", "http://localhost:5173"]);
    shared
}

fn one(id: u64) -> Member {
    Member {
        id,
        name: "s".into(),
        peer_urls: vec!["http://127.0.0.1:23805".into()],
        client_urls: vec!["http://127.0.0.1:23795".into()],
        is_learner: false,
    }
}

/// The ids of the simulated servers that play the members: they come in the recorded ids' order.
fn played_by(servers: [u64; 3]) -> [u64; 3] {
    servers.map(|server| member_id(NodeId(server)))
}

fn three_simulated() -> Simulated {
    let recorded = vec![0xea86_6ac2_1099_f3df, 0xce9e_9fd0_2894_a2a8, 0x44e3_7c40_7218_10f3];
    let members = members_of(played_by([3, 2, 1]));
    let mut simulated = Simulated::new(Version::V3_4, members, recorded, 2, READY_US);
    simulated.let_in(0, &["http://127.0.0.1:8000", "http://localhost:5173"]);
    simulated
}

/// What the recording does to its cluster besides: a new one takes its place, of one member.
trait Anew: Cluster {
    fn single(&self, now_us: u64) -> Self;
    fn three(&self, now_us: u64) -> Self;
    /// A database may have this many bytes.
    fn limit(&mut self, bytes: u64);
    /// The member that was added last is started.
    fn start_added(&mut self);
    /// The next member that is added has this id in the recording.
    fn expect(&mut self, recorded: u64);
}

impl Anew for Shared {
    fn single(&self, now_us: u64) -> Shared {
        Shared::new(16_852_641_557_184_054_374, vec![one(9_009_370_488_483_034_218)], 0, now_us)
    }

    fn three(&self, _now_us: u64) -> Shared {
        unreachable!("no recording of 3.4 has it")
    }

    fn limit(&mut self, _bytes: u64) {}

    fn start_added(&mut self) {}

    fn expect(&mut self, _recorded: u64) {}
}

impl Anew for Simulated {
    fn single(&self, now_us: u64) -> Simulated {
        Simulated::new(self.version(), vec![one(member_id(NodeId(1)))], vec![1], 0, now_us)
    }

    fn three(&self, now_us: u64) -> Simulated {
        v3_5::three(now_us)
    }

    fn limit(&mut self, bytes: u64) {
        self.limit_to(bytes);
    }

    fn start_added(&mut self) {
        self.start("n4", "http://127.0.0.1:23794");
    }

    fn expect(&mut self, recorded: u64) {
        Simulated::expect(self, recorded);
    }
}

/// A lease that is granted now.
fn grant<C: Cluster>(shell: &mut Shell<C>, seconds: u32) -> u64 {
    let (output, _) = shell.run(&format!("etcdctl lease grant {seconds}"));
    let id = output.split(' ').nth(1).and_then(|id| u64::from_str_radix(id, 16).ok());
    id.expect("its id")
}

/// A member is to lead, and does so when the next command comes.
fn elect<C: Cluster>(shell: &mut Shell<C>, leader: usize) {
    shell.cluster.elect(leader);
    shell.pass(shell.now_us + ELECTION_US);
}

/// What was done to the servers between two commands.
fn intervene<C: Anew>(shell: &mut Shell<C>, block: &Block, ids: &mut Ids) {
    for note in &block.notes {
        if let Some(lease) = note.strip_prefix("L=") {
            let (lease, more) = lease.split_once(' ').unwrap_or((lease, ""));
            let recorded = u64::from_str_radix(lease, 16).expect("an id");
            let ours = grant(shell, if more.contains("TTL 500") { 500 } else { 100 });
            assert!(ids.are_one(recorded, ours));
        } else if note.starts_with("LEAD=") {
            // A minute went by in the recording, and leases with it.
            shell.pass(shell.now_us + 60_000_000);
        } else if note.contains("restart the two SIGKILLed members") {
            shell.cluster.restart(1);
            shell.cluster.restart(2);
            let leads =
                if block.notes.iter().any(|note| note.contains("it is n3")) { 2 } else { 0 };
            elect(shell, leads);
            // Members are changed next, so they had been connected for long enough.
            shell.pass(shell.now_us + 6_000_000);
        } else if note.contains("single node with --snapshot-count 10") {
            shell.cluster = shell.cluster.single(shell.now_us);
            *ids = Ids::default();
            shell.default_endpoints = vec!["http://127.0.0.1:23795".into()];
        } else if note.contains("NEW CLUSTER: three") {
            shell.cluster = shell.cluster.three(shell.now_us);
            *ids = Ids::default();
            shell.default_endpoints = vec![ENDPOINT.into()];
        } else if note.contains("NEW CLUSTER: one fresh member") {
            shell.cluster = shell.cluster.single(shell.now_us);
            if note.contains("--quota-backend-bytes 65536") {
                shell.cluster.limit(65_536);
            }
            *ids = Ids::default();
            shell.default_endpoints = vec!["http://127.0.0.1:23795".into()];
        } else if note.contains("n4 is started") {
            shell.cluster.start_added();
        }
    }
    let only_n1 =
        "time env -u ETCDCTL_ENDPOINTS etcdctl --endpoints=http://127.0.0.1:23791 get foo";
    if block.command == only_n1 {
        shell.cluster.kill(2);
    }
}

/// What a block that is not compared has left behind.
fn stand_in<C: Cluster>(shell: &mut Shell<C>, block: &Block) {
    if block.command.starts_with("date +%T") {
        shell.cluster.kill(1);
        shell.pass(shell.now_us + 2_200_000);
        elect(shell, 2);
        shell.run("etcdctl put fo x");
    }
}

/// The id of the member that was added.
fn added_in(output: &str) -> Option<u64> {
    let (head, _) = output.split_once(" added to cluster ")?;
    let id = head.rsplit("Member ").next()?.trim();
    u64::from_str_radix(id, 16).ok()
}

/// Replays a recording; how many blocks are equal and how many are left out.
fn replay<C: Anew>(file: &str, shell: &mut Shell<C>, left_out: &[&Reasons]) -> (usize, usize) {
    let left_out = left_out.concat();
    let path = playground_tests::root().join("tests/data/etcd").join(file);
    let text = std::fs::read_to_string(path).expect("the recording");
    let mut ids = Ids::default();
    let (mut matched, mut wrong) = (0, Vec::new());
    let mut left = BTreeMap::new();
    for block in &blocks(&undone(&text)) {
        let reason = left_out.iter().find(|(command, _)| block.command.starts_with(command));
        intervene(shell, block, &mut ids);
        stand_in(shell, block);
        // The wall clock's loop is more shell than there is here.
        if let Some(id) = added_in(&block.output) {
            shell.cluster.expect(id);
        }
        let is_run = !block.command.starts_with("date");
        let command = ids.translated(&block.command);
        let (output, exit) = if is_run { shell.run(&command) } else { Default::default() };
        let recorded = normalised(&block.output, &|line| ids.recorded_order(line));
        let ours = normalised(&output, &|line| ids.our_order(line));
        let is_equal = ids.are_equal(&recorded, &ours) && exit == block.exit;
        match reason {
            Some((command, _)) => {
                // What begins alike may be equal for once.
                let known = left.entry(*command).or_insert((0, 0));
                known.0 += 1;
                known.1 += usize::from(is_equal);
            }
            None if is_equal => matched += 1,
            None => wrong.push(format!(
                "#{} $ {}\n--- recorded [exit {}]\n{recorded}\n--- ours [exit {exit}]\n{ours}\n",
                block.number, block.command, block.exit
            )),
        }
    }
    if let Ok(to) = std::env::var("DIFFERENCES") {
        std::fs::write(format!("{to}/{file}"), wrong.join("\n")).expect("a folder");
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(left.len(), left_out.len(), "a block that is left out is not there: {left:?}");
    let equal: Vec<_> = left.iter().filter(|(_, (all, equal))| all == equal).collect();
    assert!(equal.is_empty(), "these match: leave them in: {equal:?}");
    let equal: usize = left.values().map(|(_, equal)| equal).sum();
    let all: usize = left.values().map(|(all, _)| all).sum();
    (matched + equal, all - equal)
}

/// The first recording.
const TRANSCRIPT: &str = "etcdctl-3.4.23-transcript.txt";
/// The second recording.
const MORE: &str = "etcdctl-3.4.23-more.txt";
/// What stands in `ETCDCTL_ENDPOINTS`.
const ENDPOINT: &str = "http://127.0.0.1:23791";

#[test]
fn the_console_prints_what_a_real_etcdctl_printed() {
    let mut shell = Shell::new(three(), ENDPOINT, 0);
    assert_eq!(replay(TRANSCRIPT, &mut shell, &[LEFT_OUT]), (226, 11));
}

#[test]
fn the_simulated_cluster_answers_as_a_real_one_answered() {
    let mut shell = Shell::new(three_simulated(), ENDPOINT, READY_US);
    let counts = replay(TRANSCRIPT, &mut shell, &[LEFT_OUT]);
    assert_eq!(counts, (226, 11));
}

#[test]
fn flags_locks_elections_and_dead_endpoints_go_as_with_a_real_etcdctl() {
    let members = [0xbdae_9bbc_11dd_390d, 0x0294_3212_f5e2_cf73, 0x3760_a4ec_3b84_f7fa];
    let mut shared = Shared::new(17_300_438_976_491_492_131, members_of(members), 2, 0);
    // A new member's id is a hash: here it comes second in the list.
    shared.last_member = 0x2600_0000_0000_0000;
    let mut shell = Shell::new(shared, ENDPOINT, 0);
    assert_eq!(replay(MORE, &mut shell, &[MORE_LEFT_OUT]), (158, 0));
}

#[test]
fn the_simulated_cluster_locks_and_elects_as_a_real_one() {
    let recorded = vec![0xbdae_9bbc_11dd_390d, 0x0294_3212_f5e2_cf73, 0x3760_a4ec_3b84_f7fa];
    let members = members_of(played_by([3, 1, 2]));
    let simulated = Simulated::new(Version::V3_4, members, recorded, 2, READY_US);
    let mut shell = Shell::new(simulated, ENDPOINT, READY_US);
    let counts = replay(MORE, &mut shell, &[MORE_LEFT_OUT, SIMULATED_MORE_LEFT_OUT]);
    assert_eq!(counts, (157, 1));
}
