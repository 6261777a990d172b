//! Everything that can be done to a run: what a command is. How it is written, read and expanded
//! stands in `table`, a row for each.

mod parts;
pub(crate) mod sample;
mod table;

use crate::load::LoadSpec;
use crate::settings::Setting;
use raft_core::{Change, ChangeKind, ConfigChange, Kind, Micros, NodeId, Timer, Transition};
use std::fmt;

pub use sample::Below;
pub use table::{ACTIONS, Action, expand, sample_commands};
pub(crate) use table::{added_server, can_allow, first_words, parse, word_that_allows};

/// Something done to a run. `N` names servers: by themselves in a run, by expressions such as
/// `leader` in scenario text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<N = NodeId> {
    /// Switches a server off.
    Crash(N),
    /// Switches it on again, with what its disk holds.
    Restart(N),
    /// Stops its process.
    Pause(N),
    /// Lets its process go on.
    Resume(N),
    /// Switches it off and erases its disk.
    Wipe(N),
    /// Splits the network; replaces the partition before.
    Partition(Vec<Vec<N>>),
    /// Cuts a link.
    Cut(N, Direction, N),
    /// Undoes a cut.
    Mend(N, Direction, N),
    /// Ends partition and cuts.
    Heal,
    /// A server's election timer fires at once.
    Timeout(N),
    /// The leader proposes a change of membership.
    Member(MemberChange<N>),
    /// Leadership is to be handed to this server.
    Transfer(N),
    /// A server saves what it has applied as a snapshot.
    Snapshot(N),
    /// A server drops the part of its log that its snapshot covers.
    Compact(N),
    /// Appends a raw entry to a leader's log.
    Propose {
        /// Its text.
        text: String,
        /// The leader.
        via: N,
    },
    /// A client sets a key.
    Put {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// The server to try once; without it, the leader, until answered.
        via: Option<N>,
    },
    /// A client reads a key.
    Get {
        /// The key.
        key: String,
        /// The server to try once; without it, the leader, until answered.
        via: Option<N>,
        /// Whether whatever the server holds is good enough.
        serializable: bool,
    },
    /// Does something to a message in flight.
    Message {
        /// What.
        verb: MessageVerb,
        /// Messages of this kind
        kind: Kind,
        /// from this server
        from: N,
        /// to this one;
        to: N,
        /// of these the n-th oldest, from 1.
        nth: u32,
    },
    /// What is on a link does not arrive any more.
    Hold(N, N),
    /// It arrives again.
    Release(N, N),
    /// Changes a setting.
    Set(Setting),
    /// Changes the rate of a server's clock; 100 is true time.
    Clock {
        /// The server.
        server: N,
        /// Its rate in percent, 1 to 1,000.
        percent: u32,
    },
    /// Starts, changes or ends the load generator.
    Load(Option<LoadSpec<N>>),
    /// Moves the deadline of a timer that runs.
    Deadline {
        /// The server.
        server: N,
        /// The timer.
        timer: Timer,
        /// When it is to run out, from now.
        after: Micros,
    },
    /// Spreads the election deadlines apart, so that one server wins.
    SpreadTimers,
    /// Sets all election deadlines to the earliest, so that servers compete.
    AlignTimers,
    /// Types a line into the console.
    Etcdctl(String),
    /// Types a line for a console command that takes them.
    Input {
        /// The command's number, from 1.
        console: u32,
        /// The line.
        line: String,
    },
    /// Ends the input of a console command.
    EndOfInput(u32),
    /// Interrupts a console command, as ^C does.
    Interrupt(u32),
    /// Begins a new cluster from a file that `etcdctl snapshot save` has left, as an operator does
    /// with `etcdctl snapshot restore` on every member after a majority was lost.
    ///
    /// Every process ends, every data directory is replaced by one made from the file, and all
    /// start again as voters. The log begins anew behind a snapshot whose index is the number of
    /// members and whose term is 1: etcd writes one entry for each member. What is under way in the
    /// network is lost. What was acknowledged after the file was saved is gone, by the operator's
    /// decision; so nothing of the old cluster is held against the new one: the safety properties,
    /// what clients may see, and how long nothing was committed are watched from here on.
    RestoreCluster(String),
    /// Says something to whoever watches.
    Say(String),
}

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
pub struct Refusal {
    /// What it would have needed.
    pub expected: String,
    /// What there was.
    pub found: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, found {}", self.expected, self.found)
    }
}

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
