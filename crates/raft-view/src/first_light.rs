//! The scenario that a first visit sees, as it is once it has been read: the page shows its first
//! picture before it can read a text. A test holds it against the text.

use raft_sim::claim::{Claim, Set};
use raft_sim::scenario::{About, Scenario, Statement, StatementKind, Sweep, Text};
use raft_sim::{Command, LoadSpec, ReadMode, Settings};

/// Its text.
pub const FIRST_LIGHT: &str = include_str!("../../../web/scenarios/first-light.raft");

/// How long is waited at most where a line does not say it, in microseconds.
const WITHIN: u64 = 10_000_000;

/// The scenario.
pub fn first_light() -> Scenario {
    const TITLE: &str = "First light";
    let mut settings = Settings { nodes: 5, seed: 3, ..Settings::default() };
    settings.live.pre_vote = false;
    settings.live.check_quorum = false;
    settings.live.reads = ReadMode::Log;
    let until = |claim| StatementKind::Until { claim, within: WITHIN };
    let put = |key: &str, value: &str| {
        let (key, value) = (key.to_string(), value.to_string());
        StatementKind::Do(Command::Put { key, value, via: None })
    };
    let is = Claim::Value { key: "x".into(), value: Some("3".into()), on: Set::All };
    let kinds = [
        until(Claim::Leader(None)),
        put("x", "1"),
        put("y", "2"),
        until(Claim::Converged),
        put("x", "3"),
        until(Claim::Converged),
        StatementKind::Expect(is),
        StatementKind::Expect(Claim::Safe),
        StatementKind::Do(Command::Load(Some(LoadSpec::new(4, 0)))),
    ];
    // Settings stand above the blank line.
    let lines = (1..).zip(FIRST_LIGHT.lines()).skip_while(|(_, line)| !line.is_empty()).skip(1);
    let statements = lines.zip(kinds).map(|((line, text), kind)| Statement {
        line,
        text: text.to_string(),
        at: None,
        kind,
        says: None,
    });
    Scenario {
        title: Some(TITLE.to_string()),
        about: About { title: Some(Text::new(TITLE)), ..About::default() },
        settings,
        sweep: Sweep::default(),
        statements: statements.collect(),
        text: FIRST_LIGHT.to_string(),
        engine: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_scenario_is_what_its_text_says() {
        let read = crate::tab::read(FIRST_LIGHT).expect("a text that can be read");
        assert_eq!(format!("{:#?}", first_light()), format!("{read:#?}"));
    }
}
