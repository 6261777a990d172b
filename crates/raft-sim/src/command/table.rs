//! The table of actions: what can be done to a run, one row each. What reads, writes and expands a
//! command follows from its row.

use super::parts::{
    After, Argument, ClockRate, ConsoleLine, ConsoleNumber, DuplicatedKind, Each, EntryText,
    Groups, InputLine, Key, Link, LiveSetting, Load, Members, MessageKind, Nth, One, OneWay,
    SavedFile, Scope, Sentence, Serializable, Through, Value, Via, WhichTimer,
};
use super::{Below, Command, MessageVerb, Refusal};
use crate::claim::{Set, Variables};
use crate::scenario::Context;
use crate::scenario::words::{Parse, Words};
use crate::world::World;
use raft_core::NodeId;
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
    read: fn(&mut Words<'_>, &Context) -> Parse<Command<Set>>,
}

impl Action {
    /// How it is written: its words in lower case, what stands for something else in capitals, and
    /// what may be left out in brackets.
    pub fn syntax(&self) -> String {
        format!("{}{}", self.name, (self.arguments)())
    }

    fn first_word(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or(self.name)
    }
}

/// A row: the words, the arguments, the command that they make, and the line of help. The command
/// and the value of its arguments stand on both sides of a `=`, for one is made of the other both
/// ways.
macro_rules! actions {
    ($(
        $name:literal $kind:ty: $variant:ident $fields:tt = $value:tt, $help:literal
        $(, allowed by $word:literal)*;
    )+) => {
        /// Every action.
        pub const ACTIONS: &[Action] = &[$(Action {
            name: $name,
            help: $help,
            allowed_by: &[$($word),*],
            arguments: <$kind as Argument>::syntax,
            read: |reader, context| {
                let $value = <$kind as Argument>::read(reader, context)?;
                Ok(Command::$variant $fields)
            },
        }),+];

        impl<N: Clone + fmt::Display> fmt::Display for Command<N> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.clone() {
                    $(Command::$variant $fields => {
                        f.write_str($name)?;
                        <$kind as Argument>::write::<N>(&$value, f)
                    })+
                }
            }
        }

        impl<N: Clone> Command<N> {
            /// The servers that it names.
            pub fn servers(&self) -> Vec<N> {
                let mut named = Vec::new();
                match self.clone() {
                    $(Command::$variant $fields => {
                        <$kind as Argument>::servers::<N>(&$value, &mut named);
                    })+
                }
                named
            }
        }

        /// A command of each row of [`ACTIONS`], in their order, its arguments drawn; the servers
        /// that it names are any up to n31. For tests that must leave out none.
        pub fn sample_commands(below: Below<'_>) -> Vec<Command> {
            vec![$({
                let $value = <$kind as Argument>::sample(below);
                Command::$variant $fields
            }),+]
        }

        /// The commands that come of one, and whether those that do not apply are left out.
        fn expand_each(
            command: &Command<Set>,
            scope: &Scope<'_>,
        ) -> Result<(Vec<Command>, bool), Refusal> {
            match command.clone() {
                $(Command::$variant $fields => {
                    let value = $value;
                    let all = <$kind as Argument>::expand(&value, scope)?;
                    let commands = all.into_iter().map(|$value| Command::$variant $fields);
                    Ok((commands.collect(), <$kind as Argument>::means_all(&value)))
                })+
            }
        }
    };
}

actions! {
    "crash" Each: Crash(server) = server, "switches a server off";
    "restart" Each: Restart(server) = server, "switches it on again, with what its disk holds";
    "pause" Each: Pause(server) = server, "stops its process";
    "resume" Each: Resume(server) = server, "lets its process go on";
    "wipe" Each: Wipe(server) = server, "switches it off and erases its disk";
    "partition" Groups: Partition(groups) = groups,
        "splits the network into groups; replaces the partition before; `rest` is who is not named";
    "cut" Link: Cut(from, direction, to) = (from, direction, to),
        "cuts a link in one direction or both";
    "mend" Link: Mend(from, direction, to) = (from, direction, to), "undoes a cut";
    "heal" (): Heal {} = (), "ends the partition and every cut; held links stay held";
    "timeout" Each: Timeout(server) = server, "its election timer fires at once";
    "propose" (EntryText, Through): Propose { text, via } = (text, via),
        "appends a raw entry to a leader's log";
    "put" (Key, Value, Via): Put { key, value, via } = (key, value, via),
        "a client sets a key: at one server, once, or at the leader until answered";
    "get" (Key, Via, Serializable): Get { key, via, serializable } = (key, via, serializable),
        "a client reads a key; `serializable`: whatever the server holds is good enough";
    "drop" (MessageKind, OneWay, Nth):
        Message { verb: MessageVerb::Drop, kind, from, to, nth } = (kind, (from, to), nth),
        "a message in flight is lost";
    "duplicate" (DuplicatedKind, OneWay, Nth):
        Message { verb: MessageVerb::Duplicate, kind, from, to, nth } = (kind, (from, to), nth),
        "a second copy of a message sets out";
    "deliver" (MessageKind, OneWay, Nth):
        Message { verb: MessageVerb::Deliver, kind, from, to, nth } = (kind, (from, to), nth),
        "a message in flight arrives at once";
    "hold" OneWay: Hold(from, to) = (from, to), "what is on a link does not arrive any more";
    "release" OneWay: Release(from, to) = (from, to), "it arrives again";
    "set clock" (Each, ClockRate): Clock { server, percent } = (server, percent),
        "changes the rate of a server's clock, from 1% to 1000%";
    "set" LiveSetting: Set(setting) = setting,
        "changes a setting while the run goes on", allowed by "rule";
    "load off" (): Load(None) = (), "ends the load generator";
    "load" Load: Load(Some(spec)) = spec, "starts or changes the load generator";
    "say" Sentence: Say(text) = text, "says something to whoever watches";
    "timer" (Each, WhichTimer, After): Deadline { server, timer, after } = (server, timer, after),
        "moves the deadline of a timer that runs";
    "spread timers" (): SpreadTimers {} = (),
        "spreads the election deadlines apart, so that one server wins";
    "align timers" (): AlignTimers {} = (),
        "sets all election deadlines to the earliest, so that servers compete";
    "etcdctl" ConsoleLine: Etcdctl(line) = line,
        "types a line of etcdctl into the console", allowed by "put", allowed by "get";
    "member" Members: Member(change) = change, "the leader proposes a change of membership";
    "transfer" One: Transfer(server) = server, "hands leadership over to a server";
    "snapshot" Each: Snapshot(server) = server, "saves what a server has applied as a snapshot";
    "compact" Each: Compact(server) = server,
        "drops the part of a server's log that its snapshot covers";
    "input" (ConsoleNumber, InputLine): Input { console, line } = (console, line),
        "types a line for a console command that takes them";
    "end-of-input" ConsoleNumber: EndOfInput(console) = console,
        "ends the input of a console command";
    "interrupt" ConsoleNumber: Interrupt(console) = console,
        "interrupts a console command, as ^C does";
    "restore" SavedFile: RestoreCluster(file) = file,
        "begins a new cluster of all servers from a file that `etcdctl snapshot save` has left";
}

/// The first words of what is no command but of the text: claims, waits and variables.
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
        // Of several rows that begin alike, the longer name stands first.
        let Some((_, second)) = action.name.split_once(' ') else {
            return (action.read)(reader, context);
        };
        if rows.peek().is_none() {
            reader.expect(second)?;
            return (action.read)(reader, context);
        }
        if reader.take(second) {
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
