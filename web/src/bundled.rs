//! The scenarios that come with the page.

use raft_view::lang;

/// A scenario that comes with the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bundled {
    /// Its name in an address: `?scenario=split-vote`.
    pub name: &'static str,
    /// One sentence about what to watch for.
    about: &'static str,
    /// Its text.
    pub text: &'static str,
}

macro_rules! bundled {
    ($($name:literal: $about:expr,)*) => {
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

/// A run's title as it is shown: in the language of the page where it is one of ours.
pub fn title_of(title: &str) -> String {
    lang::translation(title).unwrap_or(title).to_string()
}

/// The scenario of that name.
pub fn find(name: &str) -> Option<&'static Bundled> {
    BUNDLED.iter().find(|bundled| bundled.name == name)
}

impl Bundled {
    /// Its title.
    pub fn title(&self) -> String {
        let scenario = raft_sim::scenario::parse(self.text).ok();
        title_of(scenario.and_then(|scenario| scenario.title).as_deref().unwrap_or(self.name))
    }

    /// What to watch for.
    pub fn about(&self) -> &'static str {
        lang::look_up(self.about)
    }
}
