//! The few scenarios that are part of the page itself, so that each is there at once.

/// A scenario that `?scenario=` names; one of the catalogue may have the same name, and is
/// `?lesson=` then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basic {
    /// Its name in an address: `?scenario=split-vote`.
    pub name: &'static str,
    /// One sentence about what to watch for, in English.
    pub about: &'static str,
    /// Its text.
    pub text: &'static str,
}

impl Basic {
    /// Its title, in English.
    pub fn title(&self) -> &'static str {
        let title = self.text.lines().find_map(|line| line.strip_prefix("title "));
        title.map_or(self.name, |title| title.trim_matches('"'))
    }

    /// Where a built page has its picture, relative to the page's files.
    pub fn picture(&self) -> String {
        format!("pictures/{}.svg", self.name)
    }
}

/// Marks a sentence that the page shows in its reader's language.
macro_rules! key {
    ($english:literal) => {
        $english
    };
}

macro_rules! basics {
    ($($name:literal: $about:expr,)*) => {
        /// Every scenario that is part of the page; the first is what a first visit sees.
        pub const BASICS: &[Basic] = &[
            $(Basic {
                name: $name,
                about: $about,
                text: include_str!(concat!("../../../web/scenarios/", $name, ".raft")),
            },)*
        ];
    };
}

basics! {
    "first-light": key!("Five servers elect a leader and agree on what clients ask."),
    "leader-crash": key!("The leader crashes; the others notice and elect another."),
    "split-vote": key!("Two candidates share the votes: nobody wins, and randomized timeouts \
                        decide."),
    "stranded-leader": key!("A leader cut off with a minority takes a write that can never \
                             commit."),
    "slow-disk": key!("An acknowledgement waits for the disk, and a crash loses what was not on \
                       it."),
    "stale-read": key!("A read that any server answers can be older than a write that is done."),
    "figure-8": key!("An entry on a majority that must not be committed by counting (Figure 8)."),
    "figure-8-off": key!("The same with the rule switched off: a committed entry is lost."),
    "vote-not-persisted": key!("With one rule switched off, two servers lead in one term."),
    "lossy-network": key!("A fifth of all messages is lost, some arrive twice, and nothing goes \
                           wrong."),
}

/// The scenario of that name.
pub fn basic(name: &str) -> Option<&'static Basic> {
    BASICS.iter().find(|basic| basic.name == name)
}
