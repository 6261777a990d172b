//! The table of actions: what can be done to a run, one row each. All that is known of a command
//! follows from its row, but for its effect (`world::act`) and the sentence that tells of it.

use super::parts::{
    After, Argument, ChanceKey, Clients, ClockRate, ConsoleLine, ConsoleNumber, DuplicatedKind,
    Each, EntryText, Groups, InputLine, Key, Link, LiveSetting, Load, Members, MessageKind, Nth,
    One, OneWay, OwnValue, SavedFile, Scope, Sentence, Serializable, Through, Value, Via,
    WhichTimer,
};
use super::{Below, Direction, MemberChange, MessageVerb, Refusal};
use crate::claim::{Set, Variables};
use crate::deeds::deeds;
use crate::load::LoadSpec;
use crate::phrase::{Phrase, phrase};
use crate::scenario::Context;
use crate::scenario::words::{Parse, Word, Words};
use crate::server::Power;
use crate::settings::{OwnSetting, Owner, Setting};
use crate::wire::{ClientLink, Ways};
use crate::world::World;
use crate::world::check::{check_load, check_own, check_rate, check_setting, two_servers};
use raft_core::{Kind, Micros, NodeId, Timer};
use std::fmt;

/// A row of the table.
pub struct Action {
    /// The words that it begins with: `crash`, `set clock`.
    pub name: &'static str,
    /// What it does, in a line.
    pub help: &'static str,
    /// Second words that a puzzle allows for themselves rather than by the first word: `rule` of
    /// `set rule`.
    pub allowed_by: &'static [&'static str],
    arguments: fn() -> String,
    arguments_begin: fn(&[Word]) -> bool,
    read: fn(&mut Words<'_>, &Context) -> Parse<Command<Set>>,
}

impl Action {
    /// How it is written: its words in lower case, what stands for something else in capitals, and
    /// what may be left out in brackets.
    pub fn syntax(&self) -> String {
        format!("{}{}", self.name, (self.arguments)())
    }

    /// Whether what follows the first word can be this action.
    fn begins(&self, reader: &Words<'_>) -> bool {
        let rest = reader.rest();
        match self.name.split_once(' ') {
            None => (self.arguments_begin)(rest),
            Some((_, second)) => rest.split_first().is_some_and(|(word, arguments)| {
                word.is(second) && (self.arguments_begin)(arguments)
            }),
        }
    }

    fn first_word(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or(self.name)
    }
}

/// Something done to a run. `N` names servers: by themselves in a run, by expressions such as
/// `leader` in scenario text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command<N = NodeId> {
    /// Switches a server off.
    Crash(N),
    /// Switches it on again, with what its disk holds.
    Restart(N),
    /// Starts one that was announced, with an empty disk.
    Start(N),
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
    /// Cuts the way between clients and a server.
    CutClient(ClientLink<N>),
    /// Undoes that.
    MendClient(ClientLink<N>),
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
    /// What is on any held link arrives again.
    ReleaseAll,
    /// Changes a setting.
    Set(Setting),
    /// Gives one server or one link a setting of its own, or takes it away.
    SetOwn(Owner<N>, OwnSetting),
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
    /// decision; so nothing of the old cluster counts against the new one: the safety properties,
    /// what clients may see, and how long nothing was committed are watched from here on.
    RestoreCluster(String),
    /// Keys all chance from here on by this number, and draws anew what is under way, given that it
    /// is not due yet.
    Reseed(u64),
    /// Says something to whoever watches.
    Say(String),
}

actions! {
    "crash" Each: Crash(server) = server, "switches a server off",
        marks fault,
        needs |world| world.needs(*server, &[Power::Up, Power::Paused], "a server that runs"),
        label phrase!("Crash");
    "restart" Each: Restart(server) = server, "switches it on again, with what its disk holds",
        marks fault,
        needs |world| world.check_restart(*server),
        label phrase!("Restart");
    "start" Each: Start(server) = server,
        "starts a member that etcdctl has announced, with an empty data directory",
        marks fault,
        needs |world| world.check_start(*server),
        label phrase!("Start");
    "pause" Each: Pause(server) = server, "stops its process",
        marks fault,
        needs |world| world.needs(*server, &[Power::Up], "a server that runs"),
        label phrase!("Pause");
    "resume" Each: Resume(server) = server, "lets its process go on",
        marks fault,
        needs |world| world.needs(*server, &[Power::Paused], "a paused server"),
        label phrase!("Resume");
    "wipe" Each: Wipe(server) = server, "switches it off and erases its disk",
        marks fault,
        needs |world| world.check_wipe(*server),
        changes |world| world
            .server(*server)
            .is_some_and(|it| !it.was_wiped() || it.node().log().last_index() > 0),
        label phrase!("Wipe disk");
    "partition" Groups: Partition(groups) = groups,
        "splits the network into groups; replaces the partition before; `rest` is who is not named",
        marks fault,
        needs |world| world.check_partition(groups),
        changes |world| world.network().groups() != &groups[..],
        label phrase!("Cut off");
    "cut" Clients: CutClient(link) = link,
        "cuts the way between clients and a server; `SERVER -> client 1`: answers alone",
        marks fault,
        changes |world| !world.is_client_cut(link),
        label match link.ways {
            Ways::Requests => phrase!("Lose requests to {}", link.server),
            Ways::Answers => phrase!("Lose answers of {}", link.server),
            Ways::Both => phrase!("Cut off from {}", link.server),
        };
    "cut" Link: Cut(from, direction, to) = (from, direction, to),
        "cuts a link in one direction or both",
        marks fault,
        needs |world| two_servers(*from, *to),
        changes |world| direction.of(*from, *to).any(|(a, b)| !world.network().is_cut(a, b)),
        label match direction {
            Direction::OneWay => phrase!("Cut {} → {}", from, to),
            Direction::BothWays => phrase!("Cut both ways"),
        };
    "mend" Clients: MendClient(link) = link, "undoes such a cut",
        marks fault,
        changes |world| world.is_any_client_cut(link),
        label phrase!("Mend");
    "mend" Link: Mend(from, direction, to) = (from, direction, to), "undoes a cut",
        marks fault,
        needs |world| two_servers(*from, *to),
        changes |world| direction.of(*from, *to).any(|(a, b)| world.network().is_cut(a, b)),
        label phrase!("Mend");
    "heal" (): Heal {} = (),
        "ends the partition and every cut, clients’ too; held links stay held until `release all`",
        marks fault,
        changes |world| world.network().is_split() || world.client_cuts().next().is_some();
    "timeout" Each: Timeout(server) = server, "its election timer fires at once",
        needs |world| world.check_timeout(*server),
        label phrase!("Time out now");
    "propose" (EntryText, Through): Propose { text, via } = (text, via),
        "appends a raw entry to a leader's log",
        needs |world| world.check_leads(*via);
    "put" (Key, Value, Via): Put { key, value, via } = (key, value, via),
        "a client sets a key: at one server, once, or at the leader until answered";
    "get" (Key, Via, Serializable): Get { key, via, serializable } = (key, via, serializable),
        "a client reads a key; `serializable`: whatever the server holds is good enough",
        needs |world| world.check_get(*serializable, *via);
    "drop" (MessageKind, OneWay, Nth):
        Message { verb: MessageVerb::Drop, kind, from, to, nth } = (kind, (from, to), nth),
        "a message in flight is lost",
        needs |world| world.check_message(*kind, *from, *to, *nth),
        label phrase!("Drop");
    "duplicate" (DuplicatedKind, OneWay, Nth):
        Message { verb: MessageVerb::Duplicate, kind, from, to, nth } = (kind, (from, to), nth),
        "a second copy of a message sets out",
        needs |world| world.check_message(*kind, *from, *to, *nth),
        label phrase!("Duplicate");
    "deliver" (MessageKind, OneWay, Nth):
        Message { verb: MessageVerb::Deliver, kind, from, to, nth } = (kind, (from, to), nth),
        "a message in flight arrives at once",
        needs |world| world.check_message(*kind, *from, *to, *nth),
        label phrase!("Deliver now");
    "hold" OneWay: Hold(from, to) = (from, to), "what is on a link no longer arrives",
        marks fault,
        needs |world| two_servers(*from, *to),
        changes |world| !world.network().is_held(*from, *to),
        label phrase!("Hold {} → {}", from, to);
    "release all" (): ReleaseAll {} = (), "what is held on any link arrives again",
        marks fault,
        changes |world| world.network().held_links().next().is_some(),
        label phrase!("Release all");
    "release" OneWay: Release(from, to) = (from, to), "what is held on a link arrives again",
        marks fault,
        needs |world| two_servers(*from, *to),
        changes |world| world.network().is_held(*from, *to),
        label phrase!("Release {} → {}", from, to);
    "set clock" (Each, ClockRate): Clock { server, percent } = (server, percent),
        "changes the rate of a server's clock, from 1% to 1000%",
        needs |world| check_rate(*percent);
    "set" OwnValue: SetOwn(owner, setting) = (owner, setting),
        "gives one server or link a setting of its own; `default`: the cluster's again",
        needs |world| check_own(owner, setting),
        changes |world| world.is_new_for(owner, setting),
        label match setting {
            OwnSetting::Is(_) => None,
            OwnSetting::Default(name) => Some(match owner {
                Owner::Link(from, Direction::OneWay, to) => {
                    phrase!("Remove own {} {} → {}", name, from, to)
                }
                Owner::Server(_) | Owner::Link(_, Direction::BothWays, _) => {
                    phrase!("Remove own {}", name)
                }
            }),
        };
    "set" LiveSetting: Set(setting) = setting,
        "changes a setting while the run goes on", allowed by "rule",
        needs |world| check_setting(setting);
    "load off" (): Load(None) = (), "ends the load generator",
        changes |world| world.load_runs();
    "load" Load: Load(Some(spec)) = spec, "starts or changes the load generator",
        needs |world| check_load(spec);
    "reseed" ChanceKey: Reseed(key) = key,
        "keys all later chance by a number, and draws anew what is under way and not due yet";
    "say" Sentence: Say(text) = text, "says something to whoever watches";
    "timer" (Each, WhichTimer, After): Deadline { server, timer, after } = (server, timer, after),
        "moves the deadline of a timer that runs",
        needs |world| world.check_deadline(*server, *timer, *after);
    "spread timers" (): SpreadTimers {} = (),
        "spreads the election deadlines apart, so that one server wins",
        needs |world| world.check_timers();
    "align timers" (): AlignTimers {} = (),
        "sets all election deadlines to the earliest, so that servers compete",
        needs |world| world.check_timers();
    "etcdctl" ConsoleLine: Etcdctl(line) = line,
        "types a line of etcdctl into the console", allowed by "put", allowed by "get",
        needs |world| world.check_etcdctl();
    "member" Members: Member(change) = change, "the leader proposes a change of membership",
        needs |world| world.check_change(change),
        label match change {
            MemberChange::Add(_) => Some(phrase!("Add as voter")),
            MemberChange::AddLearner(_) => Some(phrase!("Add as learner")),
            MemberChange::Promote(_) => Some(phrase!("Promote to voter")),
            MemberChange::Remove(_) => Some(phrase!("Remove from cluster")),
            MemberChange::Joint { .. } | MemberChange::Leave => None,
        };
    "transfer" One: Transfer(server) = server, "hands leadership over to a server",
        needs |world| world.check_transfer(*server),
        label phrase!("Hand over leadership");
    "snapshot" Each: Snapshot(server) = server, "saves what a server has applied as a snapshot",
        needs |world| world.check_snapshot(*server),
        label phrase!("Take snapshot");
    "compact" Each: Compact(server) = server,
        "drops the part of a server's log that its snapshot covers",
        needs |world| world.check_compact(*server),
        label phrase!("Compact log");
    "input" (ConsoleNumber, InputLine): Input { console, line } = (console, line),
        "types a line for a console command that takes them",
        needs |world| world.check_input(*console);
    "end-of-input" ConsoleNumber: EndOfInput(console) = console,
        "ends the input of a console command",
        needs |world| world.check_input(*console);
    "interrupt" ConsoleNumber: Interrupt(console) = console,
        "interrupts a console command, as ^C does",
        needs |world| world.check_interrupt(*console);
    "restore" SavedFile: RestoreCluster(file) = file,
        "begins a new cluster of all servers from a file that `etcdctl snapshot save` has left",
        marks fault,
        needs |world| world.check_restore(file);
}

/// The first words of lines that are not commands: claims, waits and variables.
const STATEMENTS: [&str; 3] = ["run", "let", "expect"];

/// The first words of actions, claims and waits, each once.
pub(crate) fn first_words() -> Vec<&'static str> {
    let mut words = STATEMENTS.to_vec();
    for word in ACTIONS.iter().map(Action::first_word) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// The word that a puzzle has to allow so that an action, as text, is allowed.
pub(crate) fn word_that_allows(action: &str) -> &str {
    let mut words = action.split(' ');
    let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let of_its_own = ACTIONS
        .iter()
        .any(|action| action.first_word() == first && action.allowed_by.contains(&second));
    if of_its_own { second } else { first }
}

/// Whether a puzzle can allow something by this word.
pub(crate) fn can_allow(word: &str) -> bool {
    first_words().contains(&word) || ACTIONS.iter().any(|action| action.allowed_by.contains(&word))
}

/// Reads an action; the rest of the line is the caller's.
pub(crate) fn parse(reader: &mut Words<'_>, context: &Context) -> Parse<Command<Set>> {
    const EXPECTED: &str = "a command such as `crash n2`";
    let verb = reader.next(EXPECTED)?;
    let mut rows =
        ACTIONS.iter().filter(|action| !verb.quoted && action.first_word() == verb.text).peekable();
    if rows.peek().is_none() {
        reader.back();
        let known = [&first_words()[..], &crate::scenario::LESSON_VERBS[..]].concat();
        let known = if verb.quoted { &[] } else { &known[..] };
        return Err(reader.unexpected(EXPECTED, known));
    }
    while let Some(action) = rows.next() {
        // Of several rows that begin alike, the last one says what is wrong.
        if rows.peek().is_none() || action.begins(reader) {
            if let Some((_, second)) = action.name.split_once(' ') {
                reader.expect(second)?;
            }
            return (action.read)(reader, context);
        }
    }
    Err(reader.unexpected(EXPECTED, &[]))
}

/// Puts servers in the place of sets: one command for each server that the command applies to.
///
/// # Errors
/// Where a set has no server, or none that the command applies to.
pub fn expand(
    command: &Command<Set>,
    world: &World,
    variables: &Variables,
) -> Result<Vec<Command>, Refusal> {
    let deeds = deeds().ok_or_else(Refusal::too_early)?;
    (deeds.expand)(command, world, variables)
}

pub(crate) fn expand_here(
    command: &Command<Set>,
    world: &World,
    variables: &Variables,
) -> Result<Vec<Command>, Refusal> {
    let (mut commands, only_where_it_applies) = expand_each(command, &Scope { world, variables })?;
    if only_where_it_applies {
        commands.retain(|command| world.check_command(command).is_ok());
        if commands.is_empty() {
            let expected = "a server that this applies to".into();
            return Err(Refusal { expected, found: "none".into() });
        }
    }
    Ok(commands)
}

/// The highest server that a line adds to the cluster, if it adds one.
pub(crate) fn added_server(command: &Command<Set>) -> Option<u64> {
    let Command::Member(change) = command else { return None };
    let number = |set: &Set| match set {
        Set::One(NodeId(id)) => Some(*id),
        Set::Leader | Set::Follower | Set::All | Set::Rest | Set::Variable(_) => None,
    };
    change.added().iter().filter_map(number).max()
}
