//! What is written down reads back as itself. (That no text makes the reader panic is for the
//! `scenario` entry of `crates/fuzz-entries`.)
#![cfg(not(target_arch = "wasm32"))]

use playground_tests::Pick;
use raft_sim::claim::Variables;
use raft_sim::{ACTIONS, Checks, Settings, World, expand, sample_commands, scenario};

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
