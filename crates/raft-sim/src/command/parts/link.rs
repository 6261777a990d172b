//! Arguments that name one server or two: a server, each of a set, a link.

use super::{Argument, Below, Scope, sample};
use crate::MAX_SERVERS;
use crate::claim::Set;
use crate::command::{Direction, Refusal};
use crate::scenario::Context;
use crate::scenario::claims::set;
use crate::scenario::words::{Parse, Words};
use raft_core::NodeId;
use std::fmt;

/// One server; of a set, the first.
pub(in crate::command) struct One;

impl Argument for One {
    type Value<N: Clone> = N;

    fn syntax() -> String {
        " SERVER".into()
    }
    fn read(reader: &mut Words<'_>, context: &Context) -> Parse<Set> {
        set(reader, context)
    }
    fn write<N: Clone + fmt::Display>(server: &N, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, " {server}")
    }
    fn servers<N: Clone>(server: &N, named: &mut Vec<N>) {
        named.push(server.clone());
    }
    fn expand(set: &Set, scope: &Scope<'_>) -> Result<Vec<NodeId>, Refusal> {
        Ok(vec![scope.one(set)?])
    }
    fn sample(below: Below<'_>) -> NodeId {
        sample::server(below)
    }
}

/// Each server of a set: a command for each; of `all`, for those that it applies to.
pub(in crate::command) struct Each;

impl Argument for Each {
    type Value<N: Clone> = N;

    fn syntax() -> String {
        One::syntax()
    }
    fn read(reader: &mut Words<'_>, context: &Context) -> Parse<Set> {
        set(reader, context)
    }
    fn write<N: Clone + fmt::Display>(server: &N, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        One::write(server, f)
    }
    fn servers<N: Clone>(server: &N, named: &mut Vec<N>) {
        named.push(server.clone());
    }
    fn expand(set: &Set, scope: &Scope<'_>) -> Result<Vec<NodeId>, Refusal> {
        scope.ids(set)
    }
    fn sample(below: Below<'_>) -> NodeId {
        sample::server(below)
    }
    fn means_all(set: &Set) -> bool {
        *set == Set::All
    }
}

/// The server through which something goes.
pub(in crate::command) struct Through;

impl Argument for Through {
    type Value<N: Clone> = N;

    fn syntax() -> String {
        " via SERVER".into()
    }
    fn read(reader: &mut Words<'_>, context: &Context) -> Parse<Set> {
        reader.expect("via")?;
        set(reader, context)
    }
    fn write<N: Clone + fmt::Display>(server: &N, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, " via {server}")
    }
    fn servers<N: Clone>(server: &N, named: &mut Vec<N>) {
        named.push(server.clone());
    }
    fn expand(set: &Set, scope: &Scope<'_>) -> Result<Vec<NodeId>, Refusal> {
        One::expand(set, scope)
    }
    fn sample(below: Below<'_>) -> NodeId {
        sample::server(below)
    }
}

/// The server to try once, where one is named.
pub(in crate::command) struct Via;

impl Argument for Via {
    type Value<N: Clone> = Option<N>;

    fn syntax() -> String {
        " [via SERVER]".into()
    }
    fn read(reader: &mut Words<'_>, context: &Context) -> Parse<Option<Set>> {
        if reader.take("via") { Ok(Some(set(reader, context)?)) } else { Ok(None) }
    }
    fn write<N: Clone + fmt::Display>(via: &Option<N>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        via.as_ref().map_or(Ok(()), |via| write!(f, " via {via}"))
    }
    fn servers<N: Clone>(via: &Option<N>, named: &mut Vec<N>) {
        named.extend(via.clone());
    }
    fn expand(via: &Option<Set>, scope: &Scope<'_>) -> Result<Vec<Option<NodeId>>, Refusal> {
        Ok(vec![via.as_ref().map(|set| scope.one(set)).transpose()?])
    }
    fn sample(below: Below<'_>) -> Option<NodeId> {
        sample::is_drawn(below).then(|| sample::server(below))
    }
}

/// A link in one direction or both.
pub(in crate::command) struct Link;

impl Argument for Link {
    type Value<N: Clone> = (N, Direction, N);

    fn syntax() -> String {
        " SERVER ->|-- SERVER".into()
    }
    fn read(reader: &mut Words<'_>, context: &Context) -> Parse<(Set, Direction, Set)> {
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
    fn write<N: Clone + fmt::Display>(
        (from, direction, to): &(N, Direction, N),
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        write!(f, " {from} {direction} {to}")
    }
    fn servers<N: Clone>((from, _, to): &(N, Direction, N), named: &mut Vec<N>) {
        named.extend([from.clone(), to.clone()]);
    }
    fn expand(
        (from, direction, to): &(Set, Direction, Set),
        scope: &Scope<'_>,
    ) -> Result<Vec<(NodeId, Direction, NodeId)>, Refusal> {
        let pairs = OneWay::expand(&(from.clone(), to.clone()), scope)?;
        Ok(pairs.into_iter().map(|(from, to)| (from, *direction, to)).collect())
    }
    fn sample(below: Below<'_>) -> (NodeId, Direction, NodeId) {
        let direction = sample::one_of(&[Direction::OneWay, Direction::BothWays], below);
        let (from, to) = OneWay::sample(below);
        (from, direction, to)
    }
}

/// A link in one direction: every pair of two different servers.
pub(in crate::command) struct OneWay;

impl Argument for OneWay {
    type Value<N: Clone> = (N, N);

    fn syntax() -> String {
        " SERVER -> SERVER".into()
    }
    fn read(reader: &mut Words<'_>, context: &Context) -> Parse<(Set, Set)> {
        let from = set(reader, context)?;
        reader.expect("->")?;
        let to = set(reader, context)?;
        differ(reader, &from, &to)?;
        Ok((from, to))
    }
    fn write<N: Clone + fmt::Display>(
        (from, to): &(N, N),
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        write!(f, " {from} -> {to}")
    }
    fn servers<N: Clone>((from, to): &(N, N), named: &mut Vec<N>) {
        named.extend([from.clone(), to.clone()]);
    }
    fn expand(
        (from, to): &(Set, Set),
        scope: &Scope<'_>,
    ) -> Result<Vec<(NodeId, NodeId)>, Refusal> {
        let (from, to) = (scope.ids(from)?, scope.ids(to)?);
        let pairs = from.iter().flat_map(|a| to.iter().map(move |b| (*a, *b)));
        let pairs: Vec<(NodeId, NodeId)> = pairs.filter(|(a, b)| a != b).collect();
        if pairs.is_empty() {
            let expected = "two different servers".into();
            return Err(Refusal { expected, found: "the same twice".into() });
        }
        Ok(pairs)
    }
    fn sample(below: Below<'_>) -> (NodeId, NodeId) {
        let (from, other) = (sample::server(below), sample::server(below));
        let to = if from == other { NodeId(from.0 % MAX_SERVERS + 1) } else { other };
        (from, to)
    }
}

fn differ(reader: &Words<'_>, from: &Set, to: &Set) -> Parse<()> {
    match (from, to) {
        (Set::One(a), Set::One(b)) if a == b => {
            Err(reader.conflict(format!("{a} twice"), "two different servers"))
        }
        _ => Ok(()),
    }
}
