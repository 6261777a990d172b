//! The tabs of the side panel, and what `look panel` may name: the engine carries the word along
//! and knows none of them.

use raft_sim::scenario::{
    self, Look, Scenario, ScenarioError, Statement, StatementKind, Tell, unknown_word,
};

/// The tabs of the side panel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What is selected.
    #[default]
    Inspect,
    /// Commands and clients.
    Console,
    /// Disks, saved files, and how many servers are enough.
    Storage,
    /// What happened.
    Events,
    /// What comes next, counted over many runs.
    Futures,
    /// Rules and properties.
    Rules,
    /// How to read the picture, and what to try.
    Learn,
}

impl Tab {
    /// Every tab, in order.
    pub const ALL: [Tab; 7] = [
        Tab::Inspect,
        Tab::Console,
        Tab::Storage,
        Tab::Events,
        Tab::Futures,
        Tab::Rules,
        Tab::Learn,
    ];

    /// Its name on the page.
    pub fn name(self) -> &'static str {
        match self {
            Tab::Inspect => key!("Inspect"),
            Tab::Console => key!("Console"),
            Tab::Storage => key!("Storage"),
            Tab::Events => key!("Events"),
            Tab::Futures => key!("Futures"),
            Tab::Rules => key!("Rules"),
            Tab::Learn => key!("Learn"),
        }
    }

    /// What `look panel` calls it.
    pub fn word(self) -> &'static str {
        match self {
            Tab::Inspect => "inspect",
            Tab::Console => "console",
            Tab::Storage => "storage",
            Tab::Events => "events",
            Tab::Futures => "futures",
            Tab::Rules => "rules",
            Tab::Learn => "learn",
        }
    }

    /// The tab that `look panel` calls so.
    pub fn of_word(word: &str) -> Option<Tab> {
        Tab::ALL.into_iter().find(|tab| tab.word() == word)
    }
}

/// Reads a scenario that is to be shown on a page.
///
/// # Errors
/// Names the first line that is wrong, also where it looks at a tab that there is not.
pub fn read(text: &str) -> Result<Scenario, ScenarioError> {
    let scenario = scenario::parse(text)?;
    match scenario.statements.iter().find_map(unknown_tab) {
        Some(error) => Err(error),
        None => Ok(scenario),
    }
}

fn unknown_tab(statement: &Statement) -> Option<ScenarioError> {
    let StatementKind::Tell(Tell::Look(Look::Panel(word))) = &statement.kind else { return None };
    let words = Tab::ALL.map(Tab::word);
    let expected = format!("a tab: {}", words.join(", "));
    let is_unknown = Tab::of_word(word).is_none();
    is_unknown.then(|| unknown_word(statement.line, word, &expected, &words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn check(line: &str, expected: Expect) {
        let read = read(&format!("step \"Look\"\n{line}\n"));
        let said = read.map_or_else(|error| error.to_string(), |_| "read".into());
        expected.assert_eq(&said);
    }

    #[test]
    fn every_tab_can_be_looked_at() {
        for tab in Tab::ALL {
            check(&format!("look panel {}", tab.word()), expect!["read"]);
        }
    }

    #[test]
    fn a_tab_that_there_is_not_is_named_with_those_that_there_are() {
        check(
            "look panel storge",
            expect![
                "line 2: expected a tab: inspect, console, storage, events, futures, rules, learn, \
                 found `storge`; did you mean `storage`?"
            ],
        );
        check(
            "look panel weather",
            expect![
                "line 2: expected a tab: inspect, console, storage, events, futures, rules, learn, \
                 found `weather`"
            ],
        );
        check("look panel", expect!["line 2: expected a panel’s name, found the end of the line"]);
    }
}
