//! A terminal session with a real etcd 3.4.23, replayed command by command against our console: what
//! is printed and every exit code. Ids, times, sizes, hashes, terms and log indexes may differ, but
//! each id has to stand wherever the recorded one stands.
#![cfg(not(target_arch = "wasm32"))]

#[path = "etcdctl/members.rs"]
mod members;
#[path = "etcdctl/shell.rs"]
mod shell;

use etcd_kv::api::Member;
use members::Shared;
use shell::Shell;
use std::collections::BTreeMap;

/// Blocks that are not compared, by the beginning of their command, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("etcd --", "the server's own command line"),
    ("curl -s http://127.0.0.1:23791/version", "before the cluster's version was decided"),
    ("curl -s http://127.0.0.1:23791/metrics", "there are no metrics"),
    ("curl -s -i -X POST http://127.0.0.1:23791/v3/maintenance/snapshot", "the file is another"),
    ("curl -s -i -X POST http://127.0.0.1:23791/v3/election/", "the gateway has no elections"),
    ("curl -s -i -X POST http://127.0.0.1:23791/v3/lock/", "the gateway has no locks"),
    ("ls ", "there are no folders"),
    ("date +%T", "the clock on the wall"),
    ("etcdctl snapshot status DATA/ds/", "a file of a running server"),
    ("etcdctl snapshot save DATA/s3.db", "makes a data directory"),
];

/// The same for the second recording.
const MORE_LEFT_OUT: &[(&str, &str)] =
    &[("timeout -s INT 1 etcdctl lock L -w json", "a lease's id within a key, in base64")];

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

/// What may differ is starred.
fn normalised(output: &str) -> String {
    let mut out = String::new();
    let lines: Vec<&str> = output.lines().collect();
    let is_sorted = |line: &str| {
        line.contains("is healthy: ")
            || line.contains("is unhealthy: ")
            || line.len() == 16 && line.bytes().all(|c| c.is_ascii_hexdigit())
    };
    // What comes in any order is sorted.
    let mut any_order: Vec<String> = Vec::new();
    let mut header: Vec<String> = Vec::new();
    // Columns whose width depends on what may differ.
    let is_loose = ["   HASH ", " TOOK "].iter().any(|column| output.contains(column));
    for line in lines {
        if is_loose && line.starts_with("+-") {
            continue;
        }
        if line.starts_with("{\"level\":") {
            continue;
        }
        if ["real\t", "user\t", "sys\t"].iter().any(|time| line.starts_with(time)) {
            while out.ends_with("\n\n") {
                out.pop();
            }
            continue;
        }
        let mut line = line.to_string();
        if let Some(at) = line.find(" C | pkg/flags") {
            line.replace_range(..=at, "");
        }
        if line.starts_with("Date: ") {
            line = "Date: *".into();
        }
        for name in [
            "raft_term",
            "raftTerm",
            "raftIndex",
            "raftAppliedIndex",
            "dbSize",
            "dbSizeInUse",
            "hash",
            "totalKey",
            "totalSize",
        ] {
            line = starred(&line, name);
        }
        if let Some(at) = line.find("took = ") {
            line.replace_range(at + 7.., "*");
        }
        for name in ["RaftTerm", "RaftIndex", "RaftAppliedIndex", "DBSize", "Hash", "Keys", "Size"]
        {
            if line.starts_with(&format!("\"{name}\" : ")) {
                line = format!("\"{name}\" : *");
            }
        }
        if let Some(at) = line.find("\"took\":") {
            let end = line[at..].find(',').map_or(line.len(), |end| at + end);
            line.replace_range(at + 7..end, "*");
        }
        line = starred_cells(&line, &mut header);
        if is_sorted(&line) || is_loose && line.starts_with("| http") {
            any_order.push(line);
            continue;
        }
        flush(&mut out, &mut any_order);
        out += &line;
        out.push('\n');
    }
    flush(&mut out, &mut any_order);
    // The length of a body with a size or a hash in it is no more certain than those are.
    if out.contains("\"raftIndex\":*") || out.contains("\"hash\":*") {
        let lines = out.lines().map(|line| match line.starts_with("Content-Length: ") {
            true => "Content-Length: *",
            false => line,
        });
        out = lines.collect::<Vec<_>>().join("\n");
    }
    out.trim_end().into()
}

fn flush(out: &mut String, any_order: &mut Vec<String>) {
    any_order.sort();
    for line in any_order.drain(..) {
        *out += &line;
        out.push('\n');
    }
}

/// Stars the number of a JSON field.
fn starred(line: &str, field: &str) -> String {
    let name = format!("\"{field}\":");
    let mut parts = line.split(&name);
    let mut out = parts.next().unwrap_or_default().to_string();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit() || c == '"');
        out += &format!("{name}*{rest}");
    }
    out
}

/// Stars the cells of a table, or the fields of a list, that hold sizes, hashes and the log's places.
fn starred_cells(line: &str, header: &mut Vec<String>) -> String {
    const UNCERTAIN: [&str; 7] =
        ["DB SIZE", "RAFT TERM", "RAFT INDEX", "RAFT APPLIED INDEX", "HASH", "TOOK", "TOTAL KEYS"];
    let is_uncertain = |name: &str| UNCERTAIN.contains(&name) || name == "TOTAL SIZE";
    if line.starts_with('|') {
        let cells: Vec<&str> = line.trim_matches('|').split('|').collect();
        if header.is_empty() {
            *header = cells.iter().map(|cell| cell.trim().to_string()).collect();
        }
        let cells = cells.iter().zip(header.iter()).map(|(cell, name)| {
            let width = if ["HASH", "TOOK"].contains(&name.as_str()) { 2 } else { cell.len() };
            match is_uncertain(name) {
                true if cell.trim() != name => format!("{:>width$}", "* "),
                true => format!(" {name} "),
                false => (*cell).to_string(),
            }
        });
        return format!("|{}|", cells.collect::<Vec<_>>().join("|"));
    }
    let mut fields: Vec<&str> = line.split(", ").collect();
    let uncertain: &[usize] = match fields.len() {
        10 if fields[0].starts_with("http://") => &[3, 6, 7, 8],
        4 if fields[3].ends_with('B') => &[0, 2, 3],
        2 if fields[0].starts_with("http://") && fields[1].parse::<u32>().is_ok() => &[1],
        _ => &[],
    };
    for at in uncertain {
        fields[*at] = "*";
    }
    fields.join(", ")
}

/// Which of our ids stands for which recorded one.
#[derive(Default)]
struct Ids {
    ours: BTreeMap<u64, u64>,
    recorded: BTreeMap<u64, u64>,
}

impl Ids {
    fn number(word: &str) -> Option<u64> {
        let is_decimal = word.bytes().all(|c| c.is_ascii_digit());
        match word.len() {
            17..=20 if is_decimal => word.parse().ok(),
            13..=16 => u64::from_str_radix(word, 16).ok(),
            _ => None,
        }
    }

    /// Whether two texts are the same but for ids, which have to differ in the same way everywhere.
    fn are_equal(&mut self, recorded: &str, ours: &str) -> bool {
        let words = |text: &str| -> Vec<String> {
            let mut words = vec![String::new()];
            for c in text.chars() {
                if c.is_ascii_alphanumeric() {
                    words.last_mut().expect("one").push(c);
                } else {
                    words.extend([c.to_string(), String::new()]);
                }
            }
            words
        };
        let (recorded, ours) = (words(recorded), words(ours));
        recorded.len() == ours.len()
            && recorded.iter().zip(&ours).all(|(recorded, ours)| {
                recorded == ours
                    || match (Ids::number(recorded), Ids::number(ours)) {
                        (Some(recorded), Some(ours)) => self.are_one(recorded, ours),
                        _ => false,
                    }
            })
    }

    fn are_one(&mut self, recorded: u64, ours: u64) -> bool {
        *self.ours.entry(recorded).or_insert(ours) == ours
            && *self.recorded.entry(ours).or_insert(recorded) == recorded
    }

    /// A recorded command with our ids.
    fn translated(&self, command: &str) -> String {
        self.ours.iter().fold(command.into(), |command: String, (recorded, ours)| {
            command.replace(&format!("{recorded:x}"), &format!("{ours:x}"))
        })
    }
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

fn one(now_us: u64) -> Shared {
    let member = Member {
        id: 9_009_370_488_483_034_218,
        name: "s".into(),
        peer_urls: vec!["http://127.0.0.1:23805".into()],
        client_urls: vec!["http://127.0.0.1:23795".into()],
        is_learner: false,
    };
    Shared::new(16_852_641_557_184_054_374, vec![member], 0, now_us)
}

/// What was done to the servers between two commands.
fn intervene(shell: &mut Shell<Shared>, block: &Block, ids: &mut Ids) {
    for note in &block.notes {
        if let Some(lease) = note.strip_prefix("L=") {
            let recorded = u64::from_str_radix(lease, 16).expect("an id");
            let ours = shell.cluster.next_lease().unsigned_abs();
            shell.run("etcdctl lease grant 100");
            assert!(ids.are_one(recorded, ours));
        } else if note.starts_with("LEAD=") {
            // A minute went by in the recording, and leases with it.
            shell.pass(shell.now_us + 60_000_000);
        } else if note.contains("restart the two SIGKILLed members") {
            shell.cluster.restart(1);
            shell.cluster.restart(2);
            shell.cluster.elect(0);
        } else if note.contains("single node with --snapshot-count 10") {
            shell.cluster = one(shell.now_us);
            shell.default_endpoints = vec!["http://127.0.0.1:23795".into()];
        }
    }
    let only_n1 =
        "time env -u ETCDCTL_ENDPOINTS etcdctl --endpoints=http://127.0.0.1:23791 get foo";
    if block.command == only_n1 {
        shell.cluster.kill(2);
    }
}

/// What a block that is not compared has left behind.
fn stand_in(shell: &mut Shell<Shared>, block: &Block) {
    let campaign = |shell: &mut Shell<Shared>, key: &str, value: &str| {
        let id = shell.cluster.next_lease();
        shell.run("etcdctl lease grant 60");
        shell.run(&format!("etcdctl put {key}/{id:x} --lease={id:x} -- '{value}'"));
    };
    if block.command.contains("/v3/election/campaign") {
        campaign(shell, "e", "1");
    } else if block.command.contains("/v3/lock/lock") {
        campaign(shell, "l", "");
    } else if block.command.starts_with("date +%T") {
        shell.cluster.kill(1);
        shell.pass(shell.now_us + 2_200_000);
        shell.cluster.elect(2);
        shell.run("etcdctl put fo x");
    }
}

/// Replays a recording; how many blocks are equal and how many are left out.
fn replay(file: &str, shell: &mut Shell<Shared>, left_out: &[(&str, &str)]) -> (usize, usize) {
    let path = playground_tests::root().join("tests/data/etcd").join(file);
    let text = std::fs::read_to_string(path).expect("the recording");
    let mut ids = Ids::default();
    let (mut matched, mut wrong) = (0, Vec::new());
    let mut left = BTreeMap::new();
    for block in &blocks(&text) {
        let reason = left_out.iter().find(|(command, _)| block.command.starts_with(command));
        intervene(shell, block, &mut ids);
        stand_in(shell, block);
        // The wall clock's loop is more shell than there is here.
        let is_run = !block.command.starts_with("date");
        let command = ids.translated(&block.command);
        let (output, exit) = if is_run { shell.run(&command) } else { Default::default() };
        let (recorded, ours) = (normalised(&block.output), normalised(&output));
        let is_equal = ids.are_equal(&recorded, &ours) && exit == block.exit;
        match reason {
            Some((command, _)) => {
                *left.entry(*command).or_insert(0) += 1;
                assert!(!is_equal, "`{}` matches: leave it in", block.command);
            }
            None if is_equal => matched += 1,
            None => wrong.push(format!(
                "#{} $ {}\n--- recorded [exit {}]\n{recorded}\n--- ours [exit {exit}]\n{ours}\n",
                block.number, block.command, block.exit
            )),
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(left.len(), left_out.len(), "a block that is left out is not there: {left:?}");
    (matched, left.values().sum())
}

#[test]
fn the_console_prints_what_a_real_etcdctl_printed() {
    let mut shell = Shell::new(three(), "http://127.0.0.1:23791", 0);
    let counts = replay("etcdctl-3.4.23-transcript.txt", &mut shell, LEFT_OUT);
    assert_eq!(counts, (223, 14));
}

#[test]
fn flags_locks_elections_and_dead_endpoints_go_as_with_a_real_etcdctl() {
    let members = [0xbdae_9bbc_11dd_390d, 0x0294_3212_f5e2_cf73, 0x3760_a4ec_3b84_f7fa];
    let mut shared = Shared::new(17_300_438_976_491_492_131, members_of(members), 2, 0);
    // A new member's id is a hash: here it comes second in the list.
    shared.last_member = 0x2600_0000_0000_0000;
    let mut shell = Shell::new(shared, "http://127.0.0.1:23791", 0);
    let counts = replay("etcdctl-3.4.23-more.txt", &mut shell, MORE_LEFT_OUT);
    assert_eq!(counts, (157, 1));
}
