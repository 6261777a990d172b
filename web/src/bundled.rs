//! The scenarios that come with the page.

/// A scenario that comes with the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bundled {
    /// Its name in an address: `?scenario=split-vote`.
    pub name: &'static str,
    /// One sentence about what to watch for.
    pub about: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! bundled {
    ($($name:literal: $about:literal,)*) => {
        /// Every scenario that comes with the page; the first is what a first visit sees.
        pub const BUNDLED: &[Bundled] = &[
            $(Bundled {
                name: $name,
                about: $about,
                text: include_str!(concat!("../scenarios/", $name, ".raft")),
            },)*
        ];
    };
}

bundled! {
    "first-light": "Five servers elect a leader and agree on what clients ask.",
    "leader-crash": "The leader crashes; the others notice and elect another.",
    "split-vote": "Two candidates share the votes: nobody wins, and randomized timeouts decide.",
    "stranded-leader": "A leader cut off with a minority takes a write that can never commit.",
    "slow-disk": "An acknowledgement waits for the disk, and a crash loses what was not on it.",
    "stale-read": "A read that any server answers can be older than a write that is done.",
    "figure-8": "An entry on a majority that must not be committed by counting (Figure 8).",
    "figure-8-off": "The same with the rule switched off: a committed entry is lost.",
    "vote-not-persisted": "With one rule switched off, two servers lead in one term.",
    "lossy-network": "A fifth of all messages is lost, some arrive twice, and nothing goes wrong.",
}

macro_rules! rules {
    ($($name:literal,)*) => {
        /// For each rule that can be switched off, by name, the scenario that shows what it is for.
        pub const RULES: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../tests/scenarios/rules/", $name, ".raft"))),)*
        ];
    };
}

rules! {
    "persist-vote",
    "persist-term",
    "vote-once",
    "keep-vote",
    "vote-up-to-date",
    "majority-elects",
    "count-voters",
    "current-term-votes",
    "refuse-stale-append",
    "match-previous",
    "keep-matching",
    "drop-conflicts",
    "back-off",
    "commit-current-term",
    "majority-commits",
    "commit-what-matched",
    "clamp-heartbeat",
    "refusals-do-not-count",
    "ack-after-fsync",
    "ack-own-term",
    "leader-noop",
    "random-timeouts",
    "read-quorum",
    "read-own-term",
    "fresh-read-token",
    "no-lease-in-transfer",
    "apply-once",
    "config-own-term",
    "one-config-at-a-time",
    "config-before-campaign",
    "joint-consensus",
    "step-down-on-removal",
    "snapshot-membership",
    "snapshot-replaces-log",
    "refuse-old-snapshot",
}

/// The scenario that shows what a rule is for.
pub fn without(rule: &str) -> Option<&'static str> {
    RULES.iter().find(|(name, _)| *name == rule).map(|(_, text)| *text)
}

/// The scenario of that name.
pub fn find(name: &str) -> Option<&'static Bundled> {
    BUNDLED.iter().find(|bundled| bundled.name == name)
}

impl Bundled {
    /// Its title.
    pub fn title(&self) -> String {
        raft_sim::scenario::parse(self.text)
            .ok()
            .and_then(|scenario| scenario.title)
            .unwrap_or_else(|| self.name.to_string())
    }
}
