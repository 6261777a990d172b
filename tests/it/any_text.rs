//! No text, however wrong, makes the reader panic; and what is written down reads back as itself.
#![cfg(not(target_arch = "wasm32"))]

use playground_tests::Pick;
use raft_core::{Kind, NodeId, Rule, Timer};
use raft_sim::claim::Set;
use raft_sim::{
    Chance, Command, Direction, LoadSpec, MemberChange, MessageVerb, Popularity, ReadMode, Setting,
    Span, scenario,
};

const PIECES: [&str; 60] = [
    "run",
    "until",
    "leader",
    "leaders",
    "no",
    "within",
    "expect",
    "let",
    "crash",
    "restart",
    "n1",
    "n2",
    "n9",
    "$x",
    "x",
    "=",
    ">=",
    "->",
    "--",
    "|",
    "rest",
    "all",
    "follower",
    "partition",
    "cut",
    "heal",
    "hold",
    "release",
    "drop",
    "append",
    "vote-reply",
    "number",
    "1",
    "0",
    "-1",
    "5ms",
    "1.5s",
    "10ms..20ms",
    "5%",
    "150%",
    "put",
    "get",
    "via",
    "serializable",
    "set",
    "clock",
    "loss",
    "rule",
    "off",
    "persist-vote",
    "load",
    "50/s",
    "reads",
    "say",
    "\"a b\"",
    "@1s+2",
    "timer",
    "election",
    "in",
    "log",
];

#[test]
fn no_text_makes_the_reader_panic_and_an_error_names_a_line_that_there_is() {
    let samples: Vec<String> = samples();
    for seed in 0..20_000 {
        let mut pick = Pick::new(seed);
        let text = match seed % 3 {
            0 => pieces(&mut pick),
            1 => noise(&mut pick),
            _ => damaged(pick.one_of(&samples).clone(), &mut pick),
        };
        match scenario::parse(&text) {
            Ok(read) => assert_eq!(read.text, text),
            Err(error) => {
                let lines = text.lines().count().max(1);
                assert!((1..=lines).contains(&(error.line as usize)), "{error}\n{text:?}");
                assert!(!error.expected.is_empty(), "{text:?}");
            }
        }
        let _command = scenario::parse_action(&text, 5);
        let _link = raft_sim::run::read_link(&format!("run=1.0.0ms+0.{text}"));
        let _moment = raft_sim::run::moment_of(&text);
    }
}

fn samples() -> Vec<String> {
    let folder = playground_tests::root().join("tests/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the scenarios' folder")
        .map(|file| file.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "raft"))
        .collect();
    files.sort();
    files.into_iter().map(|path| std::fs::read_to_string(path).expect("a text")).collect()
}

fn pieces(pick: &mut Pick) -> String {
    let mut text = String::new();
    for _ in 0..pick.from_to(1, 30) {
        text += *pick.one_of(&PIECES);
        text += *pick.one_of(&[" ", " ", " ", "\n", "", "\t"]);
    }
    text
}

fn noise(pick: &mut Pick) -> String {
    let char = |pick: &mut Pick| match pick.below(4) {
        0 => char::from(u8::try_from(pick.below(128)).expect("small")),
        1 => *pick.one_of(&['"', '\\', '#', '\n', '\r', '@', '$', '+', '.', '%', ':', '\u{0}']),
        2 => *pick.one_of(&['é', '日', '\u{feff}', '\u{202e}', '🦀', '\u{85}', '\u{2028}']),
        _ => char::from(b'a' + u8::try_from(pick.below(26)).expect("small")),
    };
    (0..pick.below(80)).map(|_| char(pick)).collect()
}

fn damaged(text: String, pick: &mut Pick) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..pick.from_to(1, 4) {
        let place = usize::try_from(pick.below(chars.len() as u64)).expect("small");
        match pick.below(3) {
            0 => drop(chars.remove(place)),
            1 => chars[place] = *pick.one_of(&['x', ' ', '"', '\n', '9', '-', '\\', '|']),
            _ => chars.insert(place, *pick.one_of(&['x', ' ', '"', '\n', '9', '-', '.', '$'])),
        }
    }
    chars.into_iter().collect()
}

#[test]
fn every_command_that_is_written_down_reads_back_as_itself() {
    let as_read = |command: &Command| scenario::parse_action(&command.to_string(), 31);
    for seed in 0..20_000 {
        let command = command(&mut Pick::new(seed));
        let read = as_read(&command).unwrap_or_else(|error| panic!("{command}: {error}"));
        assert_eq!(read.to_string(), command.to_string());
        assert_eq!(read, with_sets(&command), "{command}");
    }
}

fn text(pick: &mut Pick) -> String {
    match pick.below(4) {
        0 => noise(pick),
        1 => (*pick.one_of(&PIECES)).to_string(),
        2 => String::new(),
        _ => "key".into(),
    }
}

fn command(pick: &mut Pick) -> Command {
    let server = NodeId(pick.from_to(1, 31));
    let (from, to) = (NodeId(pick.from_to(1, 15)), NodeId(pick.from_to(16, 31)));
    let direction = *pick.one_of(&[Direction::OneWay, Direction::BothWays]);
    let small = u32::try_from(pick.from_to(1, 1_000)).expect("small");
    let via = pick.chance(50).then_some(server);
    match pick.below(27) {
        0 => Command::Crash(server),
        1 => Command::Restart(server),
        2 => Command::Pause(server),
        3 => Command::Resume(server),
        4 => Command::Wipe(server),
        5 => {
            let cut = pick.from_to(1, 30);
            Command::Partition(vec![
                (1..=cut).map(NodeId).collect(),
                (cut + 1..=31).map(NodeId).collect(),
            ])
        }
        6 => Command::Cut(from, direction, to),
        7 => Command::Mend(from, direction, to),
        8 => Command::Heal,
        9 => Command::Timeout(server),
        10 => Command::Propose { text: text(pick), via: server },
        11 => Command::Put { key: text(pick), value: text(pick), via },
        12 => Command::Get { key: text(pick), via, serializable: pick.chance(50) },
        13 => {
            let verbs = [MessageVerb::Drop, MessageVerb::Duplicate, MessageVerb::Deliver];
            let (verb, kind) = (*pick.one_of(&verbs), *pick.one_of(&Kind::ALL));
            Command::Message { verb, kind, from, to, nth: small }
        }
        14 => Command::Hold(from, to),
        15 => Command::Release(from, to),
        16 => Command::Set(setting(pick)),
        17 => Command::Clock { server, percent: small },
        18 => Command::Load(pick.chance(70).then_some(LoadSpec {
            keys: small,
            popularity: *pick.one_of(&[Popularity::Uniform, Popularity::Skewed]),
            clients: pick.chance(50).then_some(small.min(256)),
            via,
            ..LoadSpec::new(small, u32::try_from(pick.below(101)).expect("small"))
        })),
        19 => Command::Deadline {
            server,
            timer: *pick.one_of(&Timer::ALL),
            after: pick.below(3_600_000_000),
        },
        20 if pick.chance(50) => Command::SpreadTimers,
        20 => Command::AlignTimers,
        21 => Command::Transfer(server),
        22 => Command::Snapshot(server),
        23 => Command::Compact(server),
        24 => Command::Member(match pick.below(6) {
            0 => MemberChange::Add(server),
            1 => MemberChange::AddLearner(server),
            2 => MemberChange::Promote(server),
            3 => MemberChange::Remove(server),
            4 => MemberChange::Leave,
            _ => {
                MemberChange::Joint { add: vec![from], remove: vec![to], explicit: pick.chance(50) }
            }
        }),
        25 => Command::RestoreCluster(text(pick)),
        _ => Command::Say(text(pick)),
    }
}

fn setting(pick: &mut Pick) -> Setting {
    let min = pick.from_to(1_000, 5_000_000);
    let span = Span { min, max: pick.from_to(min, 100_000_000) };
    let chance = Chance(u32::try_from(pick.below(1_000_001)).expect("small"));
    match pick.below(16) {
        0 => Setting::ElectionTimeout(span),
        1 => Setting::Heartbeat(min),
        2 => Setting::Latency(span),
        3 => Setting::Loss(chance),
        4 => Setting::Duplicate(chance),
        5 => Setting::Fsync(span),
        6 => Setting::TornWrites(chance),
        7 => Setting::ClientTimeout(min),
        8 => Setting::Forwarding(pick.chance(50)),
        9 => Setting::RuleOff(*pick.one_of(&Rule::ALL)),
        10 => Setting::RuleOn(*pick.one_of(&Rule::ALL)),
        11 => Setting::AppendEntries(u32::try_from(pick.from_to(1, 10_000)).expect("small")),
        12 => Setting::PreVote(pick.chance(50)),
        13 => Setting::CheckQuorum(pick.chance(50)),
        14 => Setting::Reads(*pick.one_of(&ReadMode::ALL)),
        _ => Setting::SnapshotEvery(u32::try_from(pick.below(1_000)).expect("small")),
    }
}

/// The same command as scenario text holds it.
fn with_sets(command: &Command) -> Command<Set> {
    let one = |id: &NodeId| Set::One(*id);
    match command {
        Command::Crash(n) => Command::Crash(one(n)),
        Command::Restart(n) => Command::Restart(one(n)),
        Command::Pause(n) => Command::Pause(one(n)),
        Command::Resume(n) => Command::Resume(one(n)),
        Command::Wipe(n) => Command::Wipe(one(n)),
        Command::Timeout(n) => Command::Timeout(one(n)),
        Command::Transfer(n) => Command::Transfer(one(n)),
        Command::Snapshot(n) => Command::Snapshot(one(n)),
        Command::Compact(n) => Command::Compact(one(n)),
        Command::Member(change) => Command::Member(match change {
            MemberChange::Add(n) => MemberChange::Add(one(n)),
            MemberChange::AddLearner(n) => MemberChange::AddLearner(one(n)),
            MemberChange::Promote(n) => MemberChange::Promote(one(n)),
            MemberChange::Remove(n) => MemberChange::Remove(one(n)),
            MemberChange::Joint { add, remove, explicit } => MemberChange::Joint {
                add: add.iter().map(one).collect(),
                remove: remove.iter().map(one).collect(),
                explicit: *explicit,
            },
            MemberChange::Leave => MemberChange::Leave,
        }),
        Command::Partition(groups) => {
            Command::Partition(groups.iter().map(|group| group.iter().map(one).collect()).collect())
        }
        Command::Cut(a, direction, b) => Command::Cut(one(a), *direction, one(b)),
        Command::Mend(a, direction, b) => Command::Mend(one(a), *direction, one(b)),
        Command::Heal => Command::Heal,
        Command::Propose { text, via } => Command::Propose { text: text.clone(), via: one(via) },
        Command::Put { key, value, via } => {
            let via = via.as_ref().map(one);
            Command::Put { key: key.clone(), value: value.clone(), via }
        }
        Command::Get { key, via, serializable } => {
            let via = via.as_ref().map(one);
            Command::Get { key: key.clone(), via, serializable: *serializable }
        }
        Command::Message { verb, kind, from, to, nth } => {
            Command::Message { verb: *verb, kind: *kind, from: one(from), to: one(to), nth: *nth }
        }
        Command::Hold(a, b) => Command::Hold(one(a), one(b)),
        Command::Release(a, b) => Command::Release(one(a), one(b)),
        Command::Set(setting) => Command::Set(setting.clone()),
        Command::Clock { server, percent } => {
            Command::Clock { server: one(server), percent: *percent }
        }
        Command::Load(spec) => Command::Load(spec.map(|spec| LoadSpec {
            keys: spec.keys,
            popularity: spec.popularity,
            clients: spec.clients,
            via: spec.via.as_ref().map(one),
            ..LoadSpec::new(spec.per_second, spec.reads_percent)
        })),
        Command::Deadline { server, timer, after } => {
            Command::Deadline { server: one(server), timer: *timer, after: *after }
        }
        Command::SpreadTimers => Command::SpreadTimers,
        Command::AlignTimers => Command::AlignTimers,
        Command::Etcdctl(line) => Command::Etcdctl(line.clone()),
        Command::Input { console, line } => {
            Command::Input { console: *console, line: line.clone() }
        }
        Command::EndOfInput(console) => Command::EndOfInput(*console),
        Command::Interrupt(console) => Command::Interrupt(*console),
        Command::RestoreCluster(file) => Command::RestoreCluster(file.clone()),
        Command::Say(text) => Command::Say(text.clone()),
    }
}
