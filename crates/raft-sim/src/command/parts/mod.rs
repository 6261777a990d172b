//! The kinds of argument that actions have. Each reads, writes and expands its own, so that an
//! action is a name and its arguments.

mod clients;
mod groups;
mod link;
mod own;
mod plain;

pub(super) use clients::Clients;
pub(super) use groups::{Groups, Load, Members};
pub(super) use link::{Each, Link, One, OneWay, Through, Via};
pub(super) use own::OwnValue;
pub(super) use plain::{
    After, ChanceKey, ClockRate, ConsoleLine, ConsoleNumber, DuplicatedKind, EntryText, InputLine,
    Key, LiveSetting, MessageKind, Nth, SavedFile, Sentence, Serializable, Value, WhichTimer,
};

use super::{Below, Refusal, sample};
use crate::claim::{Set, Variables, resolve};
use crate::scenario::Context;
use crate::scenario::words::{Parse, Word, Words};
use crate::server::Server;
use crate::world::World;
use raft_core::NodeId;
use std::fmt;

/// What sets stand for at this moment.
pub(super) struct Scope<'a> {
    pub(super) world: &'a World,
    pub(super) variables: &'a Variables,
}

impl Scope<'_> {
    fn ids(&self, set: &Set) -> Result<Vec<NodeId>, Refusal> {
        if *set == Set::All {
            return Ok(self.world.servers().iter().map(Server::id).collect());
        }
        resolve(set, self.world, self.variables)
            .map_err(|found| Refusal { expected: format!("a server for `{set}`"), found })
    }

    fn one(&self, set: &Set) -> Result<NodeId, Refusal> {
        self.ids(set)?.first().copied().ok_or_else(|| Refusal {
            expected: format!("a server for `{set}`"),
            found: "none".into(),
        })
    }
}

/// A kind of argument.
pub(super) trait Argument {
    /// What it is read as, where servers are named by `N`.
    type Value<N: Clone>: Clone;

    /// How help writes it, after a space; empty for nothing.
    fn syntax() -> String;
    /// Whether it can begin with these words. Asked only where actions are called the same.
    fn begins(_words: &[Word]) -> bool {
        true
    }
    /// Reads it from scenario text.
    fn read(reader: &mut Words<'_>, context: &Context) -> Parse<Self::Value<Set>>;
    /// Writes it so that it reads back as itself, a space before each word.
    fn write<N: Clone + fmt::Display>(
        value: &Self::Value<N>,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result;
    /// Adds the servers that it names.
    fn servers<N: Clone>(value: &Self::Value<N>, named: &mut Vec<N>);
    /// Puts servers in the place of sets: one value for each command that comes of it.
    fn expand(
        value: &Self::Value<Set>,
        scope: &Scope<'_>,
    ) -> Result<Vec<Self::Value<NodeId>>, Refusal>;
    /// One of the values that it can have, drawn.
    fn sample(below: Below<'_>) -> Self::Value<NodeId>;
    /// Whether it names every server, so that those to which the action does not apply are left
    /// out.
    fn means_all(_value: &Self::Value<Set>) -> bool {
        false
    }
}

/// No argument.
impl Argument for () {
    type Value<N: Clone> = ();

    fn syntax() -> String {
        String::new()
    }
    fn begins(words: &[Word]) -> bool {
        // Before an arrow stands a server: `all` of `release all -> n2`.
        !words.first().is_some_and(|word| word.is("->") || word.is("--"))
    }
    fn read(_reader: &mut Words<'_>, _context: &Context) -> Parse<()> {
        Ok(())
    }
    fn write<N: Clone + fmt::Display>(_value: &(), _f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
    fn servers<N: Clone>(_value: &(), _named: &mut Vec<N>) {}
    fn expand(_value: &(), _scope: &Scope<'_>) -> Result<Vec<()>, Refusal> {
        Ok(vec![()])
    }
    fn sample(_below: Below<'_>) {}
}

/// Arguments one after another. Where several name sets, all their combinations are meant.
macro_rules! in_a_row {
    ($($kind:ident $value:ident),+) => {
        impl<$($kind: Argument),+> Argument for ($($kind,)+) {
            type Value<N: Clone> = ($($kind::Value<N>,)+);

            fn syntax() -> String {
                [$($kind::syntax()),+].concat()
            }
            fn read(reader: &mut Words<'_>, context: &Context) -> Parse<Self::Value<Set>> {
                Ok(($($kind::read(reader, context)?,)+))
            }
            fn write<N: Clone + fmt::Display>(
                ($($value,)+): &Self::Value<N>,
                f: &mut fmt::Formatter<'_>,
            ) -> fmt::Result {
                $($kind::write($value, f)?;)+
                Ok(())
            }
            fn servers<N: Clone>(($($value,)+): &Self::Value<N>, named: &mut Vec<N>) {
                $($kind::servers($value, named);)+
            }
            fn expand(
                ($($value,)+): &Self::Value<Set>,
                scope: &Scope<'_>,
            ) -> Result<Vec<Self::Value<NodeId>>, Refusal> {
                let mut all = Vec::new();
                $(let $value = $kind::expand($value, scope)?;)+
                in_a_row!(@each all, ($($value),+), $($value)+);
                Ok(all)
            }
            fn sample(below: Below<'_>) -> Self::Value<NodeId> {
                ($($kind::sample(below),)+)
            }
            fn means_all(($($value,)+): &Self::Value<Set>) -> bool {
                $($kind::means_all($value))||+
            }
        }
    };
    (@each $all:ident, ($($value:ident),+),) => {
        $all.push(($($value.clone(),)+))
    };
    (@each $all:ident, $values:tt, $first:ident $($rest:ident)*) => {
        for $first in &$first {
            in_a_row!(@each $all, $values, $($rest)*);
        }
    };
}

in_a_row!(A a, B b);
in_a_row!(A a, B b, C c);
