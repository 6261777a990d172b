//! No text, however wrong, makes the reader panic; and what is written down reads back as itself.
#![cfg(not(target_arch = "wasm32"))]

use playground_tests::Pick;
use raft_sim::claim::Variables;
use raft_sim::{ACTIONS, Checks, Settings, World, expand, sample_commands, scenario};

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
    let settings = Settings { nodes: 31, ..Settings::default() };
    let world = World::new(settings, Checks::Off);
    for seed in 0..10_000 {
        let mut pick = Pick::new(seed);
        let commands = sample_commands(&mut |span| pick.below(span));
        assert_eq!(commands.len(), ACTIONS.len());
        for (command, action) in commands.into_iter().zip(ACTIONS) {
            let text = command.to_string();
            assert!(text.starts_with(action.name), "{text} is not of the row `{}`", action.name);
            let read = scenario::parse_action(&text, 31).unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(read.to_string(), text);
            let meant = expand(&read, &world, &Variables::default());
            assert_eq!(meant, Ok(vec![command]), "{text}");
        }
    }
}

/// The reader takes the first row whose words are there. Rows of the same name are told apart by
/// what follows, which the test above tries.
#[test]
fn a_longer_name_stands_before_a_shorter_one_that_begins_alike() {
    for (place, action) in ACTIONS.iter().enumerate() {
        for later in &ACTIONS[place + 1..] {
            let longer = later.name.strip_prefix(action.name);
            let hidden = longer.is_some_and(|rest| rest.starts_with(' '));
            assert!(!hidden, "`{}` would never be read after `{}`", later.name, action.name);
        }
    }
}
