//! The console: what its commands have printed, and what a typed line is for.

use crate::clients;
use crate::why::has_failed;
use crate::words::seconds;
use etcd_kv::console::Environment;
use raft_sim::console::etcdctl;
use raft_sim::scenario::{self, ScenarioError};
use raft_sim::{ACTIONS, Command, Console, World, claim::Set, help};
use std::borrow::Cow;

/// The most characters of a command's output that are shown: the last.
const SHOWN: usize = 12_000;
/// The most commands that are shown: the latest.
const MOST: usize = 60;

/// A console command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleView {
    /// Its number, from 1.
    pub number: u32,
    /// The line.
    pub line: String,
    /// What it has printed.
    pub output: String,
    /// Its exit code, once it has ended.
    pub exit: Option<i32>,
    /// What its read missed, where it did not read the newest.
    pub stale: Option<String>,
    /// How long it ran or has run, in simulated time.
    pub took: String,
    /// Whether it waits for members or has failed after it did, so that it can be asked why.
    pub waits: bool,
    /// The prompt, while it takes lines.
    pub prompt: Option<String>,
}

/// The latest console commands, in order.
pub fn consoles(world: &World) -> Vec<ConsoleView> {
    let all = world.consoles();
    let skipped = all.len().saturating_sub(MOST);
    let number = |place: usize| u32::try_from(place + 1).unwrap_or(u32::MAX);
    let waits = |number| world.waiting(number).is_some_and(|it| it.is_for_members());
    let view = |(place, console): (usize, &Console)| ConsoleView {
        number: number(place),
        waits: waits(number(place)) || has_failed(world, number(place)),
        line: console.line().to_string(),
        output: tail(&explained(console)),
        exit: console.exit(),
        stale: console.stale().map(clients::stale_store),
        took: seconds(console.ended_at().unwrap_or(world.now()) - console.started_at()),
        prompt: console.wants_input().map(str::to_string),
    };
    all.enumerate().skip(skipped).map(view).collect()
}

/// What a command has printed. `help` alone tells of the playground's own commands first: etcdctl
/// prints what it prints everywhere.
fn explained(console: &Console) -> Cow<'_, str> {
    let words = console.line().split_whitespace().filter(|word| !word.starts_with('-'));
    if !words.eq(["help"]) {
        return Cow::Borrowed(console.output());
    }
    let own = tr!(
        "What is done to the cluster:\n\n{}\nSettings, after `set`:\n\n{}\netcdctl:\n\n{}",
        help::actions(),
        help::settings(),
        console.output()
    );
    Cow::Owned(own)
}

fn tail(output: &str) -> String {
    let Some(mut start) = output.len().checked_sub(SHOWN) else { return output.to_string() };
    while !output.is_char_boundary(start) {
        start += 1;
    }
    format!("…{}", &output[start..])
}

/// The console command that a typed line goes to, if one takes lines.
pub fn taker(world: &World) -> Option<u32> {
    let takes = |(_, console): &(usize, &Console)| console.wants_input().is_some();
    let last = world.consoles().enumerate().filter(takes).last();
    last.and_then(|(place, _)| u32::try_from(place + 1).ok())
}

/// What a typed line means.
#[derive(Clone, Debug, PartialEq)]
pub enum Typed {
    /// A command of etcdctl, or a request to the gateway.
    Etcdctl(String),
    /// Something done to the cluster.
    Action(Command<Set>),
    /// Neither.
    Wrong(ScenarioError),
}

/// Decides whether a line is for etcdctl or is an action. Both know `put`, `get`, `member` and
/// `snapshot`: then it is an action where it has what only actions have (`put a 1 via n2`).
pub fn read(line: &str, world: &World) -> Typed {
    let line = line.trim();
    let verb = line.split_whitespace().next().unwrap_or("");
    let is_marked = ["etcdctl", "etcdutl", "curl", "env", "export", "unset"].contains(&verb)
        || verb.contains('=');
    if is_marked {
        let rest = line.strip_prefix("etcdctl").unwrap_or(line);
        return Typed::Etcdctl(rest.trim_start().to_string());
    }
    let servers = world.servers().len() as u64;
    match scenario::parse_action(line, servers) {
        Ok(
            Command::Put { via: None, .. } | Command::Get { via: None, serializable: false, .. },
        ) => Typed::Etcdctl(line.to_string()),
        Ok(action) => Typed::Action(action),
        Err(error) if ["put", "get"].contains(&verb) && line.contains(" via ") => {
            Typed::Wrong(error)
        }
        Err(_) if verb.starts_with('-') || is_command(line, world) => {
            Typed::Etcdctl(line.to_string())
        }
        Err(error) => Typed::Wrong(error),
    }
}

/// Whether a line's first word names a command of etcdctl's, or begins one and nothing else. Both
/// know `compact`: of a revision it is etcdctl's.
fn is_command(line: &str, world: &World) -> bool {
    let Some(etcdctl) = etcdctl() else { return false };
    let mut words = line.split_whitespace();
    let verb = words.next().unwrap_or("");
    let is_of_number = words.next().is_some_and(|word| word.parse::<u64>().is_ok());
    let Some(first) = verb.chars().next() else { return false };
    let begun = first.to_string();
    let mut all = (etcdctl.complete)(&begun, begun.len(), &world.environment());
    all.retain(|command| command.starts_with(verb));
    let actions = ACTIONS.iter().map(|action| action.name.split(' ').next().unwrap_or_default());
    let mut others = actions.filter(|action| {
        let is_etcdctls = all.iter().any(|command| command == action);
        action.starts_with(verb) && !is_etcdctls && !(is_of_number && *action == verb)
    });
    all.iter().any(|command| command == verb) || all.len() == 1 && others.next().is_none()
}

/// Completions of a line, by etcdctl.
pub fn completions(line: &str, environment: &Environment) -> Vec<String> {
    etcdctl().map(|it| (it.complete)(line, line.len(), environment)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_sim::{Checks, Settings};

    fn kind(line: &str) -> &'static str {
        let world = World::new(Settings::default(), Checks::Off);
        match read(line, &world) {
            Typed::Etcdctl(_) => "etcdctl",
            Typed::Action(_) => "action",
            Typed::Wrong(_) => "wrong",
        }
    }

    #[test]
    fn a_line_finds_whom_it_is_for() {
        for line in [
            "put a 1",
            "get a --prefix",
            "etcdctl crash",
            "lease grant 5",
            "member list",
            "member add n9 --peer-urls=http://n9:2380",
            "snapshot save a.db",
            "--endpoints=n2 get a",
            "curl -X POST http://n1:2379/v3/kv/range -d '{}'",
            "watch a",
            "mem list",
            "compact 5",
            "v",
            "export ETCDCTL_USER=root:r",
        ] {
            assert_eq!(kind(line), "etcdctl", "{line}");
        }
        for line in [
            "crash n2",
            "put a 1 via n3",
            "get a via n1 serializable",
            "snapshot n1",
            "partition n1 | rest",
            "member add n6",
        ] {
            assert_eq!(kind(line), "action", "{line}");
        }
        for line in ["crush n2", "", "frobnicate", "he", "put x 1 via n9"] {
            assert_eq!(kind(line), "wrong", "{line}");
        }
    }

    #[test]
    fn help_tells_of_the_playgrounds_own_commands_and_of_etcdctls() {
        let mut world = World::new(Settings::default(), Checks::Off);
        for line in ["help", "--endpoints=n2 help", "help put"] {
            world.act(&Command::Etcdctl(line.into())).expect("a line for etcdctl");
        }
        let all = consoles(&world);
        for help in &all[..2] {
            for line in ["\n  crash SERVER ", "\n  heartbeat TIME ", "snapshot save"] {
                assert!(help.output.contains(line), "{}", help.output);
            }
        }
        assert!(!all[2].output.contains("crash SERVER"), "{}", all[2].output);
    }

    #[test]
    fn long_output_is_shown_from_its_end_and_never_cut_within_a_letter() {
        let long = "é".repeat(SHOWN);
        let shown = tail(&long);
        assert!(shown.len() < long.len() && shown.starts_with('…') && shown.ends_with('é'));
        assert_eq!(tail("short\n"), "short\n");
    }
}
