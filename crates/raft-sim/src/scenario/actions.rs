//! Reading actions.

use super::Context;
use super::claims::set;
use super::settings::{chance, number, parse_setting, span};
use super::words::{Parse, ScenarioError, Word, Words};
use crate::claim::Set;
use crate::command::{Command, Direction, MemberChange, MessageVerb};
use crate::load::{LoadSpec, MAX_LOAD_CLIENTS, MAX_LOAD_KEYS, Popularity};
use crate::settings::{Chance, Setting};
use crate::{MAX_SERVERS, MAX_TIME};
use raft_core::{Kind, Timer};

/// The first words of actions, claims and waits.
pub(super) const VERBS: [&str; 36] = [
    "run",
    "let",
    "expect",
    "crash",
    "restart",
    "pause",
    "resume",
    "wipe",
    "partition",
    "cut",
    "mend",
    "heal",
    "timeout",
    "propose",
    "put",
    "get",
    "drop",
    "duplicate",
    "deliver",
    "hold",
    "release",
    "set",
    "load",
    "say",
    "timer",
    "spread",
    "align",
    "etcdctl",
    "member",
    "transfer",
    "snapshot",
    "compact",
    "input",
    "end-of-input",
    "interrupt",
    "restore",
];

pub(crate) fn parse(reader: &mut Words<'_>, context: &Context) -> Parse<Command<Set>> {
    let expected = "a command such as `crash n2`";
    let verb = reader.next(expected)?;
    if verb.quoted {
        reader.back();
        return Err(reader.unexpected(expected, &[]));
    }
    Ok(match verb.text.as_str() {
        "crash" => Command::Crash(set(reader, context)?),
        "restart" => Command::Restart(set(reader, context)?),
        "pause" => Command::Pause(set(reader, context)?),
        "resume" => Command::Resume(set(reader, context)?),
        "wipe" => Command::Wipe(set(reader, context)?),
        "timeout" => Command::Timeout(set(reader, context)?),
        "member" => Command::Member(member(reader, context)?),
        "transfer" => Command::Transfer(set(reader, context)?),
        "snapshot" => Command::Snapshot(set(reader, context)?),
        "compact" => Command::Compact(set(reader, context)?),
        "partition" => partition(reader, context)?,
        "cut" => {
            let (from, direction, to) = link(reader, context)?;
            Command::Cut(from, direction, to)
        }
        "mend" => {
            let (from, direction, to) = link(reader, context)?;
            Command::Mend(from, direction, to)
        }
        "heal" => Command::Heal,
        "propose" => {
            let text = reader.next("the text of an entry")?.text.clone();
            reader.expect("via")?;
            Command::Propose { text, via: set(reader, context)? }
        }
        "put" => {
            let key = reader.next("a key")?.text.clone();
            let value = reader.next("a value")?.text.clone();
            Command::Put { key, value, via: via(reader, context)? }
        }
        "get" => {
            let key = reader.next("a key")?.text.clone();
            let via = via(reader, context)?;
            Command::Get { key, via, serializable: reader.take("serializable") }
        }
        "drop" => message(reader, context, MessageVerb::Drop)?,
        "duplicate" => message(reader, context, MessageVerb::Duplicate)?,
        "deliver" => message(reader, context, MessageVerb::Deliver)?,
        "hold" => {
            let (from, to) = one_way(reader, context)?;
            Command::Hold(from, to)
        }
        "release" => {
            let (from, to) = one_way(reader, context)?;
            Command::Release(from, to)
        }
        "set" => set_command(reader, context)?,
        "load" => load(reader, context)?,
        "say" => Command::Say(reader.next("a sentence in quotation marks")?.text.clone()),
        "timer" => timer(reader, context)?,
        "spread" => {
            reader.expect("timers")?;
            Command::SpreadTimers
        }
        "align" => {
            reader.expect("timers")?;
            Command::AlignTimers
        }
        "etcdctl" => Command::Etcdctl(console_line(reader)?),
        "input" => {
            let console = console(reader)?;
            let line = reader.next("a line in quotation marks")?.text.clone();
            Command::Input { console, line }
        }
        "end-of-input" => Command::EndOfInput(console(reader)?),
        "interrupt" => Command::Interrupt(console(reader)?),
        "restore" => Command::RestoreCluster(
            reader.next("the name of a file that `etcdctl snapshot save` leaves")?.text.clone(),
        ),
        _ => {
            reader.back();
            let known = [&VERBS[..], &super::lesson::VERBS[..]].concat();
            return Err(reader.unexpected(expected, &known));
        }
    })
}

fn console(reader: &mut Words<'_>) -> Parse<u32> {
    const EXPECTED: &str = "the number of a console command, from 1";
    let found = reader.peek().map_or(String::new(), |word| word.text.clone());
    let number = u32::try_from(number(reader, EXPECTED)?).ok().filter(|n| *n > 0);
    number.ok_or_else(|| reader.error(&found, EXPECTED))
}

/// The rest of the line for the console. One quoted word is the line itself; otherwise the words
/// are, and those that were quoted here are quoted for the console too.
fn console_line(reader: &mut Words<'_>) -> Parse<String> {
    const EXPECTED: &str = "a console line such as `etcdctl put a 1`";
    let first = reader.next(EXPECTED)?;
    if first.quoted && reader.peek().is_none() {
        return Ok(first.text.clone());
    }
    let mut words = vec![console_word(first)];
    while reader.peek().is_some() {
        words.push(console_word(reader.next(EXPECTED)?));
    }
    Ok(words.join(" "))
}

fn console_word(word: &Word) -> String {
    if !word.quoted {
        return word.text.clone();
    }
    format!("'{}'", word.text.replace('\'', "'\\''"))
}

/// The highest server that a line adds to the cluster, if it adds one.
pub(crate) fn added_server(command: &Command<Set>) -> Option<u64> {
    let number = |set: &Set| match set {
        Set::One(id) => Some(id.0),
        Set::Leader | Set::Follower | Set::All | Set::Rest | Set::Variable(_) => None,
    };
    let Command::Member(change) = command else { return None };
    match change {
        MemberChange::Add(set) | MemberChange::AddLearner(set) => number(set),
        MemberChange::Joint { add, .. } => add.iter().filter_map(number).max(),
        MemberChange::Promote(_) | MemberChange::Remove(_) | MemberChange::Leave => None,
    }
}

fn member(reader: &mut Words<'_>, context: &Context) -> Parse<MemberChange<Set>> {
    const WAYS: [&str; 5] = ["add", "promote", "remove", "joint", "leave"];
    // A server that is added need not have been there before.
    let anyone = Context { servers: MAX_SERVERS, ..context.clone() };
    if reader.take("add") {
        let server = set(reader, &anyone)?;
        return Ok(if reader.take("learner") {
            MemberChange::AddLearner(server)
        } else {
            MemberChange::Add(server)
        });
    }
    if reader.take("promote") {
        return Ok(MemberChange::Promote(set(reader, context)?));
    }
    if reader.take("remove") {
        return Ok(MemberChange::Remove(set(reader, context)?));
    }
    if reader.take("leave") {
        return Ok(MemberChange::Leave);
    }
    if reader.take("joint") {
        let (mut add, mut remove) = (Vec::new(), Vec::new());
        loop {
            if reader.take("add") {
                add.push(set(reader, &anyone)?);
            } else if reader.take("remove") {
                remove.push(set(reader, context)?);
            } else {
                break;
            }
        }
        if add.is_empty() && remove.is_empty() {
            return Err(reader.unexpected("`add n6` or `remove n1`", &["add", "remove"]));
        }
        return Ok(MemberChange::Joint { add, remove, explicit: reader.take("explicit") });
    }
    Err(reader.unexpected("`add`, `promote`, `remove`, `joint` or `leave`", &WAYS))
}

fn via(reader: &mut Words<'_>, context: &Context) -> Parse<Option<Set>> {
    if reader.take("via") { Ok(Some(set(reader, context)?)) } else { Ok(None) }
}

fn partition(reader: &mut Words<'_>, context: &Context) -> Parse<Command<Set>> {
    let line = reader.line;
    let mut groups = vec![Vec::new()];
    while !reader.is_at_end() {
        if reader.take("|") {
            groups.push(Vec::new());
            continue;
        }
        let member = if reader.take("rest") { Set::Rest } else { set(reader, context)? };
        if let Some(group) = groups.last_mut() {
            group.push(member);
        }
    }
    let wrong = |found: String, expected: &str| ScenarioError {
        line,
        found,
        expected: expected.into(),
        suggestion: None,
    };
    if groups.len() < 2 || groups.iter().any(Vec::is_empty) {
        let found = if groups.len() < 2 { "one group" } else { "an empty group" };
        let expected = "two groups or more with `|` between them, such as `n1 n2 | n3 n4 n5`";
        return Err(wrong(found.into(), expected));
    }
    check_named(&groups, context.servers).map_err(|(found, expected)| wrong(found, expected))?;
    Ok(Command::Partition(groups))
}

/// Where every member is written out, what is wrong can be told before the run.
fn check_named(groups: &[Vec<Set>], servers: u64) -> Result<(), (String, &'static str)> {
    let mut named = Vec::new();
    for member in groups.iter().flatten() {
        match member {
            Set::One(id) if named.contains(id) => {
                return Err((format!("{id} twice"), "each server in one group"));
            }
            Set::One(id) => named.push(*id),
            Set::Leader | Set::Follower | Set::All | Set::Rest | Set::Variable(_) => return Ok(()),
        }
    }
    let missing = (1..=servers).map(raft_core::NodeId).find(|id| !named.contains(id));
    match missing {
        Some(id) => Err((format!("{id} in none"), "every server in a group, or `rest`")),
        None => Ok(()),
    }
}

fn link(reader: &mut Words<'_>, context: &Context) -> Parse<(Set, Direction, Set)> {
    let from = set(reader, context)?;
    let direction = if reader.take("->") {
        Direction::OneWay
    } else if reader.take("--") {
        Direction::BothWays
    } else {
        return Err(reader.unexpected("`->` for one direction or `--` for both", &[]));
    };
    let to = set(reader, context)?;
    differ(reader, &from, &to)?;
    Ok((from, direction, to))
}

fn one_way(reader: &mut Words<'_>, context: &Context) -> Parse<(Set, Set)> {
    let from = set(reader, context)?;
    reader.expect("->")?;
    let to = set(reader, context)?;
    differ(reader, &from, &to)?;
    Ok((from, to))
}

fn differ(reader: &Words<'_>, from: &Set, to: &Set) -> Parse<()> {
    match (from, to) {
        (Set::One(a), Set::One(b)) if a == b => {
            Err(reader.error(&format!("{a} twice"), "two different servers"))
        }
        _ => Ok(()),
    }
}

fn message(reader: &mut Words<'_>, context: &Context, verb: MessageVerb) -> Parse<Command<Set>> {
    let names = Kind::ALL.map(Kind::name);
    let mut expected = format!("a kind of message: {}", names.join(", "));
    if verb == MessageVerb::Duplicate {
        expected += "; the chance of duplication is a setting, which after the first action is \
                     changed with `set duplicate`";
    }
    let word = reader.next(&expected)?;
    let Some(kind) = Kind::from_name(&word.text) else {
        reader.back();
        return Err(reader.unexpected(&expected, &names));
    };
    let (from, to) = one_way(reader, context)?;
    let nth = if reader.take("number") {
        let expected = "which of these messages, from 1 for the oldest";
        let start = reader.peek().map_or("", |word| &word.text);
        let nth = number(reader, expected)?;
        let nth = u32::try_from(nth).ok().filter(|nth| *nth > 0);
        nth.ok_or_else(|| reader.error(start, expected))?
    } else {
        1
    };
    Ok(Command::Message { verb, kind, from, to, nth })
}

fn set_command(reader: &mut Words<'_>, context: &Context) -> Parse<Command<Set>> {
    if reader.take("clock") {
        let server = set(reader, context)?;
        const EXPECTED: &str = "a clock rate from 1% to 1000%";
        let word = reader.next(EXPECTED)?;
        let percent = word.text.strip_suffix('%').and_then(|number| number.parse().ok());
        let percent = percent.filter(|percent| (1..=1000).contains(percent));
        let percent = percent.ok_or_else(|| reader.error(&word.text, EXPECTED))?;
        return Ok(Command::Clock { server, percent });
    }
    let setting = parse_setting(reader)?;
    if matches!(setting, Setting::Nodes(_) | Setting::Seed(_)) {
        return Err(reader.error(
            setting.name(),
            "a setting that can change while a run goes on; the number of servers and the seed \
             cannot",
        ));
    }
    Ok(Command::Set(setting))
}

fn load(reader: &mut Words<'_>, context: &Context) -> Parse<Command<Set>> {
    const EXPECTED: &str = "a rate from 1/s to 10000/s, or `off`";
    if reader.take("off") {
        return Ok(Command::Load(None));
    }
    let word = reader.next(EXPECTED)?;
    let rate = word.text.strip_suffix("/s").and_then(|number| number.parse().ok());
    let Some(per_second) = rate.filter(|rate| (1..=10_000).contains(rate)) else {
        reader.back();
        return Err(reader.unexpected(EXPECTED, &["off"]));
    };
    let mut spec = LoadSpec::new(per_second, 0);
    if reader.take("reads") {
        let start = reader.peek().map_or("", |word| &word.text);
        let Chance(millionths) = chance(reader)?;
        if millionths % 10_000 != 0 {
            return Err(reader.error(start, "a whole percentage"));
        }
        spec.reads_percent = millionths / 10_000;
    }
    if reader.take("keys") {
        spec.keys = up_to(reader, MAX_LOAD_KEYS, "a number of keys from 1 to 100000")?;
    }
    if reader.take("skewed") {
        spec.popularity = Popularity::Skewed;
    }
    if reader.take("clients") {
        let expected = "a number of clients from 1 to 256";
        spec.clients = Some(up_to(reader, MAX_LOAD_CLIENTS, expected)?);
    }
    spec.via = via(reader, context)?;
    if !reader.is_at_end() && spec.via.is_none() {
        const PARTS: [&str; 5] = ["reads", "keys", "skewed", "clients", "via"];
        let expected = "`reads 50%`, `keys 20`, `skewed`, `clients 5` or `via n2`, in this order";
        return Err(reader.unexpected(expected, &PARTS));
    }
    Ok(Command::Load(Some(spec)))
}

/// A number from 1 to `most`.
fn up_to(reader: &mut Words<'_>, most: u32, expected: &str) -> Parse<u32> {
    let found = reader.peek().map_or("", |word| &word.text);
    let number = u32::try_from(number(reader, expected)?).ok();
    number.filter(|n| (1..=most).contains(n)).ok_or_else(|| reader.error(found, expected))
}

fn timer(reader: &mut Words<'_>, context: &Context) -> Parse<Command<Set>> {
    let server = set(reader, context)?;
    let names = Timer::ALL.map(Timer::name);
    let expected = format!("a timer: {}", names.join(" or "));
    let word = reader.next(&expected)?;
    let Some(timer) = Timer::ALL.into_iter().find(|timer| timer.name() == word.text) else {
        reader.back();
        return Err(reader.unexpected(&expected, &names));
    };
    reader.expect("in")?;
    let start = reader.peek().map_or("", |word| &word.text);
    let after = span(reader)?;
    if after > MAX_TIME {
        return Err(reader.error(start, "a time of at most 24h"));
    }
    Ok(Command::Deadline { server, timer, after })
}
