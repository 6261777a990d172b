//! Scenario text: whatever it says, it is read or refused, and what is read can be carried out,
//! written down again, and gone back and forth in.

use crate::make::{below, chance, damaged, from_to, noise, perhaps_damaged, words};
use arbitrary::{Result, Unstructured};
use raft_sim::{ACTIONS, SETTINGS, Session, Settings, run, sample_commands, scenario};

/// How many events of a run are tried.
const EVENTS: u64 = 2_000;

/// Words of the language that are neither actions nor settings.
const WORDS: [&str; 52] = [
    "run",
    "until",
    "leader",
    "leaders",
    "no",
    "within",
    "expect",
    "let",
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
    "append",
    "vote-reply",
    "number",
    "5ms",
    "1.5s",
    "10ms..20ms",
    "5%",
    "150%",
    "via",
    "serializable",
    "off",
    "on",
    "persist-vote",
    "50/s",
    "reads",
    "keys",
    "skewed",
    "\"a b\"",
    "@1s+2",
    "@1s",
    "election",
    "in",
    "log",
    "converged",
    "safe",
    "violated",
    "step",
    "show",
    "pace",
    "slow",
    "note",
];

const GAPS: [&str; 6] = [" ", " ", " ", "\n", "", "\t"];

/// Texts that hold much of what there is.
const SAMPLES: [&str; 5] = [
    include_str!("../../../tests/scenarios/exact-places.raft"),
    include_str!("../../../tests/scenarios/words.raft"),
    include_str!("../../../tests/scenarios/member-change-when-isolated.raft"),
    include_str!("../../../tests/scenarios/etcd-clients.raft"),
    include_str!("../../../tests/scenarios/restore-cluster.raft"),
];

/// A text.
pub fn make(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    Ok(match u.int_in_range(0..=7)? {
        0 => {
            let actions = ACTIONS.iter().map(|action| action.name);
            let settings = SETTINGS.iter().map(|setting| setting.name);
            let all: Vec<&str> = WORDS.into_iter().chain(actions).chain(settings).collect();
            words(u, &all, &GAPS, 30)?.into_bytes()
        }
        1 => noise(u)?.into_bytes(),
        2 | 3 => {
            let sample = u.choose(&SAMPLES)?;
            damaged(u, sample)?.into_bytes()
        }
        _ => {
            let text = made_of_commands(u)?;
            perhaps_damaged(u, text)?
        }
    })
}

/// Settings, commands with anything as their arguments, and time between them.
pub fn made_of_commands(u: &mut Unstructured<'_>) -> Result<String> {
    let servers = *u.choose(&[3, 5, 1, 2, 7, 31])?;
    let mut text = format!("nodes {servers}\nseed {}\n", u.arbitrary::<u16>()?);
    for setting in Settings::default().lines().iter().map(ToString::to_string) {
        let is_taken = !setting.starts_with("nodes ") && !setting.starts_with("seed ");
        if is_taken && chance(u, 15)? {
            text += &damaged(u, &setting)?;
            text.push('\n');
        }
    }
    if chance(u, 60)? {
        text += "run until leader within 5s\n";
    }
    for _ in 0..from_to(u, 1, 12)? {
        let commands = sample_commands(&mut below(u));
        let command = u.choose(&commands)?.to_string();
        let wait = u.choose(&["", "", "run 1ms\n", "run 20ms\n", "run 300ms\n", "run 2s\n"])?;
        text += &format!("{command}\n{wait}");
    }
    Ok(text)
}

/// Reads a text and carries out its beginning.
pub fn take(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _action = scenario::parse_action(&text, 5);
    let _was = (run::moment_of(&text), run::engine_of(&text));
    match scenario::parse(&text) {
        Ok(read) => {
            assert_eq!(read.text, text, "what was read is kept as it was");
            carry_out(Session::open(read));
        }
        Err(error) => {
            let lines = text.lines().count().max(1);
            assert!((1..=lines).contains(&(error.line as usize)), "{error} names no line of it");
            assert!(!error.expected.is_empty(), "{error} says what was expected");
        }
    }
}

fn carry_out(mut session: Session) {
    session.finish_script(EVENTS);
    let _verdict = session.world().linearizability();
    let (moment, digest) = (session.world().moment(), session.world().digest());
    let text = session.text();
    assert!(scenario::parse(&text).is_ok(), "its run cannot be read again:\n{text}");
    session.seek_event(session.world().events() / 2);
    session.seek_moment(moment);
    assert_eq!(session.world().digest(), digest, "going back and forth changed the run:\n{text}");
}
