//! Links: whatever stands behind a page's `#`, it is read or refused, and a run's link brings back
//! that run's text and moment.

use crate::make::{noise, perhaps_damaged, words};
use crate::scenario::made_of_commands;
use arbitrary::{Result, Unstructured};
use raft_sim::{Session, run, scenario};

/// How many events of the run a link is made at the end of.
const EVENTS: u64 = 300;

const PARTS: [&str; 24] = [
    "run=",
    "#",
    "1.",
    "3.",
    "5f3a9c21.",
    "0.",
    ".",
    "0ms+0.",
    "1482ms+2.",
    "1e9s+1.",
    "nodes_5",
    "~",
    "_",
    "%",
    "%2",
    "%20",
    "%FF",
    "%0a",
    "%zz",
    "crash_n1",
    "@1s+2_heal",
    "+",
    "ms",
    "é",
];

/// A fragment.
pub fn make(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    Ok(match u.int_in_range(0..=3)? {
        0 => format!("run={}", words(u, &PARTS, &["", "", "."], 20)?).into_bytes(),
        1 => noise(u)?.into_bytes(),
        _ => {
            let text = made_of_commands(u)?;
            let link = match scenario::parse(&text) {
                Ok(scenario) => {
                    let mut session = Session::open(scenario);
                    session.finish_script(EVENTS);
                    session.link()
                }
                Err(_) => format!("{}1.0.0ms+0.{text}", run::LINK_PREFIX),
            };
            perhaps_damaged(u, link)?
        }
    })
}

/// Reads a link, and what it holds as a page would that opens it.
pub fn take(bytes: &[u8]) {
    let fragment = String::from_utf8_lossy(bytes);
    let Ok(link) = run::read_link(&fragment) else { return };
    let Ok(scenario) = scenario::parse(&link.text) else { return };
    let mut session = Session::open(scenario);
    session.finish_script(EVENTS);
    let again = run::read_link(&session.link()).expect("a link of ours can be read");
    assert!(again.intact, "a link of ours is whole");
    assert_eq!(again.moment, session.world().moment());
    let read = scenario::parse(&again.text).expect("the run of a link of ours can be read");
    assert_eq!(read.text, again.text);
}
