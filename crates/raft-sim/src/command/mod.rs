//! Everything that can be done to a run. What each command is and all that follows from it stands
//! in `table`, a row for each; what they are made of stands here and in `parts`.

#[macro_use]
mod rows;
mod parts;
pub(crate) mod sample;
mod table;

use raft_core::{Change, ChangeKind, ConfigChange, NodeId, Transition};
use std::fmt;

pub use sample::Below;
pub(crate) use table::expand_here;
pub use table::{ACTIONS, Action, Command, expand, sample_commands};
pub(crate) use table::{added_server, can_allow, first_words, parse, word_that_allows};

/// A change of membership as a person asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberChange<N = NodeId> {
    /// `member add n6`: a voter.
    Add(N),
    /// `member add n6 learner`: it gets the log and has no vote.
    AddLearner(N),
    /// `member promote n6`: a learner becomes a voter.
    Promote(N),
    /// `member remove n2`
    Remove(N),
    /// `member joint add n6 remove n1`: several at once, by joint consensus.
    Joint {
        /// Who becomes a voter.
        add: Vec<N>,
        /// Who leaves.
        remove: Vec<N>,
        /// Whether somebody must ask before the joint configuration is left.
        explicit: bool,
    },
    /// `member leave`: the joint configuration is left.
    Leave,
}

impl<N: Clone> MemberChange<N> {
    /// Who becomes a member that may not have been there before.
    pub fn added(&self) -> Vec<N> {
        match self {
            MemberChange::Add(id) | MemberChange::AddLearner(id) => vec![id.clone()],
            MemberChange::Joint { add, .. } => add.clone(),
            MemberChange::Promote(_) | MemberChange::Remove(_) | MemberChange::Leave => Vec::new(),
        }
    }

    /// The servers that it names.
    pub fn servers(&self) -> Vec<N> {
        match self {
            MemberChange::Add(id)
            | MemberChange::AddLearner(id)
            | MemberChange::Promote(id)
            | MemberChange::Remove(id) => vec![id.clone()],
            MemberChange::Joint { add, remove, .. } => add.iter().chain(remove).cloned().collect(),
            MemberChange::Leave => Vec::new(),
        }
    }
}

impl MemberChange {
    /// As an entry of the log carries it.
    pub fn to_config(&self) -> ConfigChange {
        match self {
            MemberChange::Add(id) | MemberChange::Promote(id) => {
                ConfigChange::one(ChangeKind::AddVoter, *id)
            }
            MemberChange::AddLearner(id) => ConfigChange::one(ChangeKind::AddLearner, *id),
            MemberChange::Remove(id) => ConfigChange::one(ChangeKind::Remove, *id),
            MemberChange::Joint { add, remove, explicit } => {
                let add = add.iter().map(|node| Change { kind: ChangeKind::AddVoter, node: *node });
                let gone =
                    remove.iter().map(|node| Change { kind: ChangeKind::Remove, node: *node });
                ConfigChange {
                    transition: if *explicit {
                        Transition::JointExplicit
                    } else {
                        Transition::JointImplicit
                    },
                    changes: add.chain(gone).collect(),
                    ..ConfigChange::default()
                }
            }
            MemberChange::Leave => ConfigChange::leave_joint(),
        }
    }
}

impl<N: fmt::Display> fmt::Display for MemberChange<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MemberChange::Add(n) => write!(f, "add {n}"),
            MemberChange::AddLearner(n) => write!(f, "add {n} learner"),
            MemberChange::Promote(n) => write!(f, "promote {n}"),
            MemberChange::Remove(n) => write!(f, "remove {n}"),
            MemberChange::Joint { add, remove, explicit } => {
                f.write_str("joint")?;
                for n in add {
                    write!(f, " add {n}")?;
                }
                for n in remove {
                    write!(f, " remove {n}")?;
                }
                f.write_str(if *explicit { " explicit" } else { "" })
            }
            MemberChange::Leave => f.write_str("leave"),
        }
    }
}

/// Which direction of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `->`
    OneWay,
    /// `--`
    BothWays,
}

impl Direction {
    /// The directions of a link that are meant, each from whom to whom.
    pub fn of<N: Copy>(self, from: N, to: N) -> impl Iterator<Item = (N, N)> {
        let back = (self == Direction::BothWays).then_some((to, from));
        [(from, to)].into_iter().chain(back)
    }
}

/// What can be done to one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageVerb {
    /// It is lost.
    Drop,
    /// A second copy sets out.
    Duplicate,
    /// It arrives at once.
    Deliver,
}

impl MessageVerb {
    /// The word in scenario text.
    pub fn name(self) -> &'static str {
        match self {
            MessageVerb::Drop => "drop",
            MessageVerb::Duplicate => "duplicate",
            MessageVerb::Deliver => "deliver",
        }
    }
}

/// Why a command could not be done at that moment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// What it would have needed.
    pub expected: String,
    /// What there was.
    pub found: String,
}

impl Refusal {
    /// What it takes to do anything is not here yet.
    pub(crate) fn too_early() -> Refusal {
        let found = "a program that has not loaded it".into();
        Refusal { expected: "what carries out commands".into(), found }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

impl std::error::Error for Refusal {}

/// Writes text so that it is read back as one word.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./*+!?%&;,~^".contains(c);
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with(['-', '+']) {
        return text.to_string();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Direction::OneWay => "->",
            Direction::BothWays => "--",
        })
    }
}

/// A console line as scenario text has it: as it is where every word of it is plain, otherwise as
/// one quoted word.
fn console_line(line: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./*+!?%&;,~^=:$".contains(c);
    let is_plain = |word: &str| !word.is_empty() && word.chars().all(plain);
    if line.split(' ').all(is_plain) { line.to_string() } else { quoted_always(line) }
}

fn quoted_always(text: &str) -> String {
    let word = quoted(text);
    if word.starts_with('"') { word } else { format!("\"{word}\"") }
}
