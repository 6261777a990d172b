//! Arguments with a grammar of their own: groups, changes of membership, what the load generator
//! does.

use super::{Argument, Below, Scope, Via, sample};
use crate::MAX_SERVERS;
use crate::claim::Set;
use crate::command::{MemberChange, Refusal};
use crate::load::{LoadSpec, MAX_LOAD_CLIENTS, MAX_LOAD_KEYS, MAX_LOAD_RATE, Popularity};
use crate::scenario::Context;
use crate::scenario::claims::set;
use crate::scenario::settings::{chance, number};
use crate::scenario::words::{Parse, Words};
use crate::server::Server;
use crate::settings::Chance;
use raft_core::NodeId;
use std::fmt;

/// Groups of servers that hear only each other.
pub(in crate::command) struct Groups;

impl Argument for Groups {
    type Value<N: Clone> = Vec<Vec<N>>;

    fn syntax() -> String {
        " SERVERS | SERVERS".into()
    }
    fn read(reader: &mut Words<'_>, context: &Context) -> Parse<Vec<Vec<Set>>> {
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
        if groups.len() < 2 || groups.iter().any(Vec::is_empty) {
            let found = if groups.len() < 2 { "one group" } else { "an empty group" };
            let expected = "two groups or more with `|` between them, such as `n1 n2 | n3 n4 n5`";
            return Err(reader.conflict(found.into(), expected));
        }
        check_named(&groups, context.servers)
            .map_err(|(found, expected)| reader.conflict(found, expected))?;
        Ok(groups)
    }
    fn write<N: Clone + fmt::Display>(
        groups: &Vec<Vec<N>>,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
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
    fn servers<N: Clone>(groups: &Vec<Vec<N>>, named: &mut Vec<N>) {
        named.extend(groups.iter().flatten().cloned());
    }
    fn expand(groups: &Vec<Vec<Set>>, scope: &Scope<'_>) -> Result<Vec<Vec<Vec<NodeId>>>, Refusal> {
        let mut resolved: Vec<Vec<NodeId>> = Vec::new();
        for group in groups {
            let mut members = Vec::new();
            for set in group.iter().filter(|set| **set != Set::Rest) {
                members.extend(scope.ids(set)?);
            }
            resolved.push(members);
        }
        let named = resolved.concat();
        let all = scope.world.servers().iter().map(Server::id);
        let rest: Vec<NodeId> = all.filter(|id| !named.contains(id)).collect();
        for (members, group) in resolved.iter_mut().zip(groups) {
            if group.contains(&Set::Rest) {
                members.extend(&rest);
            }
        }
        resolved.retain(|members| !members.is_empty());
        Ok(vec![resolved])
    }
    fn sample(below: Below<'_>) -> Vec<Vec<NodeId>> {
        let (mut left, mut right) = (vec![NodeId(1)], vec![NodeId(MAX_SERVERS)]);
        let mut third = Vec::new();
        for id in (2..MAX_SERVERS).map(NodeId) {
            match below(3) {
                0 => left.push(id),
                1 => right.push(id),
                _ => third.push(id),
            }
        }
        [left, third, right].into_iter().filter(|group| !group.is_empty()).collect()
    }
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
    let missing = (1..=servers).map(NodeId).find(|id| !named.contains(id));
    match missing {
        Some(id) => Err((format!("{id} in none"), "every server in a group, or `rest`")),
        None => Ok(()),
    }
}

/// A change of membership.
pub(in crate::command) struct Members;

impl Argument for Members {
    type Value<N: Clone> = MemberChange<N>;

    fn syntax() -> String {
        " add SERVER [learner] | promote SERVER | remove SERVER | joint add SERVER remove SERVER \
         [explicit] | leave"
            .into()
    }
    fn read(reader: &mut Words<'_>, context: &Context) -> Parse<MemberChange<Set>> {
        const WAYS: [&str; 5] = ["add", "promote", "remove", "joint", "leave"];
        // A server that is added need not have been there before.
        let anyone = Context { highest: MAX_SERVERS, ..context.clone() };
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
            return read_joint(reader, context, &anyone);
        }
        Err(reader.unexpected("`add`, `promote`, `remove`, `joint` or `leave`", &WAYS))
    }
    fn write<N: Clone + fmt::Display>(
        change: &MemberChange<N>,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        write!(f, " {change}")
    }
    fn servers<N: Clone>(change: &MemberChange<N>, named: &mut Vec<N>) {
        named.extend(change.servers());
    }
    fn expand(change: &MemberChange<Set>, scope: &Scope<'_>) -> Result<Vec<MemberChange>, Refusal> {
        let each = |sets: &[Set]| -> Result<Vec<NodeId>, Refusal> {
            sets.iter().map(|set| scope.one(set)).collect()
        };
        Ok(vec![match change {
            MemberChange::Add(set) => MemberChange::Add(scope.one(set)?),
            MemberChange::AddLearner(set) => MemberChange::AddLearner(scope.one(set)?),
            MemberChange::Promote(set) => MemberChange::Promote(scope.one(set)?),
            MemberChange::Remove(set) => MemberChange::Remove(scope.one(set)?),
            MemberChange::Joint { add, remove, explicit } => {
                MemberChange::Joint { add: each(add)?, remove: each(remove)?, explicit: *explicit }
            }
            MemberChange::Leave => MemberChange::Leave,
        }])
    }
    fn sample(below: Below<'_>) -> MemberChange {
        let server = sample::server(below);
        match below(7) {
            0 => MemberChange::Add(server),
            1 => MemberChange::AddLearner(server),
            2 => MemberChange::Promote(server),
            3 => MemberChange::Remove(server),
            4 => MemberChange::Leave,
            _ => {
                let some = |below: Below<'_>| -> Vec<NodeId> {
                    (0..below(3)).map(|_| sample::server(below)).collect()
                };
                let (mut add, remove) = (some(below), some(below));
                if remove.is_empty() {
                    add.push(server);
                }
                MemberChange::Joint { add, remove, explicit: sample::is_drawn(below) }
            }
        }
    }
}

fn read_joint(
    reader: &mut Words<'_>,
    context: &Context,
    anyone: &Context,
) -> Parse<MemberChange<Set>> {
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    loop {
        if reader.take("add") {
            add.push(set(reader, anyone)?);
        } else if reader.take("remove") {
            remove.push(set(reader, context)?);
        } else {
            break;
        }
    }
    if add.is_empty() && remove.is_empty() {
        return Err(reader.unexpected("`add n6` or `remove n1`", &["add", "remove"]));
    }
    Ok(MemberChange::Joint { add, remove, explicit: reader.take("explicit") })
}

/// What the load generator does.
pub(in crate::command) struct Load;

impl Argument for Load {
    type Value<N: Clone> = LoadSpec<N>;

    fn syntax() -> String {
        " 50/s [reads 50%] [keys 20] [skewed] [clients 5] [via SERVER]".into()
    }
    fn read(reader: &mut Words<'_>, context: &Context) -> Parse<LoadSpec<Set>> {
        const EXPECTED: &str = "a rate from 1/s to 10000/s, or `off`";
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
        spec.via = Via::read(reader, context)?;
        if !reader.is_at_end() && spec.via.is_none() {
            const PARTS: [&str; 5] = ["reads", "keys", "skewed", "clients", "via"];
            let expected =
                "`reads 50%`, `keys 20`, `skewed`, `clients 5` or `via n2`, in this order";
            return Err(reader.unexpected(expected, &PARTS));
        }
        Ok(spec)
    }
    fn write<N: Clone + fmt::Display>(
        spec: &LoadSpec<N>,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        write!(f, " {spec}")
    }
    fn servers<N: Clone>(spec: &LoadSpec<N>, named: &mut Vec<N>) {
        named.extend(spec.via.clone());
    }
    fn expand(spec: &LoadSpec<Set>, scope: &Scope<'_>) -> Result<Vec<LoadSpec>, Refusal> {
        Ok(vec![LoadSpec {
            via: spec.via.as_ref().map(|set| scope.one(set)).transpose()?,
            per_second: spec.per_second,
            reads_percent: spec.reads_percent,
            keys: spec.keys,
            popularity: spec.popularity,
            clients: spec.clients,
        }])
    }
    fn sample(below: Below<'_>) -> LoadSpec {
        let rate = sample::from_1_to(MAX_LOAD_RATE, below);
        LoadSpec {
            keys: sample::from_1_to(MAX_LOAD_KEYS, below),
            popularity: sample::one_of(&[Popularity::Uniform, Popularity::Skewed], below),
            clients: sample::is_drawn(below).then(|| sample::from_1_to(MAX_LOAD_CLIENTS, below)),
            via: Via::sample(below),
            ..LoadSpec::new(rate, sample::from_1_to(101, below) - 1)
        }
    }
}

/// A number from 1 to `most`.
fn up_to(reader: &mut Words<'_>, most: u32, expected: &str) -> Parse<u32> {
    let found = reader.peek().map_or("", |word| &word.text);
    let number = u32::try_from(number(reader, expected)?).ok();
    number.filter(|n| (1..=most).contains(n)).ok_or_else(|| reader.error(found, expected))
}
