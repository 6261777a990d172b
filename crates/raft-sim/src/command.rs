//! Everything that can be done to a run: one enum, one line of text each.

use crate::load::LoadSpec;
use crate::settings::Setting;
use crate::time::Exact;
use raft_core::{Kind, Micros, NodeId, Timer};
use std::fmt;

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
    /// Every process ends, every data directory is replaced by one made from the file, and all start
    /// again as voters. The log begins anew behind a snapshot whose index is the number of members
    /// and whose term is 1: etcd writes one entry for each member. What is under way in the network
    /// is lost. What was acknowledged after the file was saved is gone, by the operator's decision;
    /// so nothing of the old cluster is held against the new one: the safety properties, what
    /// clients may see, and how long nothing was committed are watched from here on.
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

impl<N: fmt::Display> fmt::Display for Command<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Command::Crash(n) => write!(f, "crash {n}"),
            Command::Restart(n) => write!(f, "restart {n}"),
            Command::Pause(n) => write!(f, "pause {n}"),
            Command::Resume(n) => write!(f, "resume {n}"),
            Command::Wipe(n) => write!(f, "wipe {n}"),
            Command::Partition(groups) => {
                f.write_str("partition")?;
                for (place, group) in groups.iter().enumerate() {
                    if place > 0 {
                        f.write_str(" |")?;
                    }
                    for id in group {
                        write!(f, " {id}")?;
                    }
                }
                Ok(())
            }
            Command::Cut(from, direction, to) => write!(f, "cut {from} {direction} {to}"),
            Command::Mend(from, direction, to) => write!(f, "mend {from} {direction} {to}"),
            Command::Heal => f.write_str("heal"),
            Command::Timeout(n) => write!(f, "timeout {n}"),
            Command::Member(change) => write!(f, "member {change}"),
            Command::Transfer(n) => write!(f, "transfer {n}"),
            Command::Snapshot(n) => write!(f, "snapshot {n}"),
            Command::Compact(n) => write!(f, "compact {n}"),
            Command::Propose { text, via } => write!(f, "propose {} via {via}", quoted(text)),
            Command::Put { key, value, via } => {
                write!(f, "put {} {}", quoted(key), quoted(value))?;
                via.as_ref().map_or(Ok(()), |via| write!(f, " via {via}"))
            }
            Command::Get { key, via, serializable } => {
                write!(f, "get {}", quoted(key))?;
                via.as_ref().map_or(Ok(()), |via| write!(f, " via {via}"))?;
                f.write_str(if *serializable { " serializable" } else { "" })
            }
            Command::Message { verb, kind, from, to, nth } => {
                write!(f, "{} {kind} {from} -> {to}", verb.name())?;
                if *nth > 1 { write!(f, " number {nth}") } else { Ok(()) }
            }
            Command::Hold(from, to) => write!(f, "hold {from} -> {to}"),
            Command::Release(from, to) => write!(f, "release {from} -> {to}"),
            Command::Set(setting) => write!(f, "set {setting}"),
            Command::Clock { server, percent } => write!(f, "set clock {server} {percent}%"),
            Command::Load(None) => f.write_str("load off"),
            Command::Load(Some(spec)) => write!(f, "load {spec}"),
            Command::Deadline { server, timer, after } => {
                write!(f, "timer {server} {} in {}", timer.name(), Exact(*after))
            }
            Command::SpreadTimers => f.write_str("spread timers"),
            Command::AlignTimers => f.write_str("align timers"),
            Command::Etcdctl(line) => write!(f, "etcdctl {}", console_line(line)),
            Command::Input { console, line } => {
                write!(f, "input {console} {}", quoted_always(line))
            }
            Command::EndOfInput(console) => write!(f, "end-of-input {console}"),
            Command::Interrupt(console) => write!(f, "interrupt {console}"),
            Command::RestoreCluster(file) => write!(f, "restore {}", quoted(file)),
            Command::Say(text) => {
                write!(
                    f,
                    "say {}",
                    if text.is_empty() { "\"\"".into() } else { quoted_always(text) }
                )
            }
        }
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
