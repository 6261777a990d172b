//! The rules of Raft that can be switched off, to see what each of them is for.

use std::fmt;

/// A rule of the protocol that an experiment may switch off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Rule {
    /// A vote is written to stable storage before it is given (Figure 2, "Persistent state").
    PersistVote,
    /// A leader commits by counting copies only entries of its own term (§5.4.2).
    CommitCurrentTerm,
}

impl Rule {
    /// Every rule, in the order in which lists show them.
    pub const ALL: [Rule; 2] = [Rule::PersistVote, Rule::CommitCurrentTerm];

    /// The name used in scenario text.
    pub fn name(self) -> &'static str {
        match self {
            Rule::PersistVote => "persist-vote",
            Rule::CommitCurrentTerm => "commit-current-term",
        }
    }

    /// The rule of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.name() == name)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Which rules hold. All of them, unless an experiment says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RuleSet {
    off: u64,
}

impl RuleSet {
    /// Whether the rule holds.
    pub fn holds(self, rule: Rule) -> bool {
        self.off & (1 << rule as u8) == 0
    }

    /// The same set with this rule switched off.
    pub fn without(self, rule: Rule) -> RuleSet {
        RuleSet { off: self.off | (1 << rule as u8) }
    }

    /// The same set with this rule in force.
    pub fn with(self, rule: Rule) -> RuleSet {
        RuleSet { off: self.off & !(1 << rule as u8) }
    }

    /// Whether this is Raft as published.
    pub fn is_raft(self) -> bool {
        self.off == 0
    }

    /// The rules that are switched off.
    pub fn switched_off(self) -> impl Iterator<Item = Rule> {
        Rule::ALL.into_iter().filter(move |rule| !self.holds(*rule))
    }
}
