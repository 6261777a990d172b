//! A setting of one server or one link.

use super::{Argument, Below, Each, Link, Scope, sample};
use crate::claim::Set;
use crate::command::Refusal;
use crate::scenario::Context;
use crate::scenario::claims::is_set;
use crate::scenario::words::{Parse, Word, Words};
use crate::settings::{self, OwnSetting, Owner, OwnerKind, Setting, SettingRow};
use raft_core::NodeId;
use std::fmt;

/// The name of a setting, whose it is, and its value or `default`.
pub(in crate::command) struct OwnValue;

impl Argument for OwnValue {
    type Value<N: Clone> = (Owner<N>, OwnSetting);

    fn syntax() -> String {
        " SETTING SERVER [->|-- SERVER] VALUE|default".into()
    }
    fn begins(words: &[Word]) -> bool {
        let [name, owner, ..] = words else { return false };
        settings::row(&name.text).is_some() && is_set(owner)
    }
    fn read(reader: &mut Words<'_>, context: &Context) -> Parse<(Owner<Set>, OwnSetting)> {
        let (row, kind) = read_name(reader)?;
        let owner = match kind {
            OwnerKind::Server => {
                let server = Each::read(reader, context)?;
                if reader.peek().is_some_and(|word| word.is("->") || word.is("--")) {
                    let of_link = settings::names_of_own(OwnerKind::Link);
                    let expected = format!("a setting that a link has for itself: {of_link}");
                    return Err(reader.error(row.name, &expected));
                }
                Owner::Server(server)
            }
            OwnerKind::Link => {
                let (from, direction, to) = Link::read(reader, context)?;
                Owner::Link(from, direction, to)
            }
        };
        if reader.take("default") {
            return Ok((owner, OwnSetting::Default(row.name)));
        }
        Ok((owner, OwnSetting::Is(row.parse_value(reader)?)))
    }
    fn write<N: Clone + fmt::Display>(
        (owner, setting): &(Owner<N>, OwnSetting),
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        write!(f, " {} {owner} {setting}", setting.name())
    }
    fn servers<N: Clone>((owner, _): &(Owner<N>, OwnSetting), named: &mut Vec<N>) {
        match owner {
            Owner::Server(server) => named.push(server.clone()),
            Owner::Link(from, _, to) => named.extend([from.clone(), to.clone()]),
        }
    }
    fn expand(
        (owner, setting): &(Owner<Set>, OwnSetting),
        scope: &Scope<'_>,
    ) -> Result<Vec<(Owner, OwnSetting)>, Refusal> {
        let each: Vec<Owner> = match owner {
            Owner::Server(set) => {
                Each::expand(set, scope)?.into_iter().map(Owner::Server).collect()
            }
            Owner::Link(from, direction, to) => {
                let links = Link::expand(&(from.clone(), *direction, to.clone()), scope)?;
                links.into_iter().map(|(from, way, to)| Owner::Link(from, way, to)).collect()
            }
        };
        Ok(each.into_iter().map(|owner| (owner, setting.clone())).collect())
    }
    fn sample(below: Below<'_>) -> (Owner<NodeId>, OwnSetting) {
        let all = Setting::samples(below).into_iter();
        let own = all.filter_map(|setting| Some((settings::row(setting.name())?.own?, setting)));
        let (kind, setting) = sample::one_of(&own.collect::<Vec<_>>(), below);
        let owner = match kind {
            OwnerKind::Server => Owner::Server(Each::sample(below)),
            OwnerKind::Link => {
                let (from, direction, to) = Link::sample(below);
                Owner::Link(from, direction, to)
            }
        };
        let is_default = sample::is_drawn(below);
        (
            owner,
            if is_default { OwnSetting::Default(setting.name()) } else { OwnSetting::Is(setting) },
        )
    }
}

/// The name of a setting that somebody can have for himself, and who.
fn read_name(reader: &mut Words<'_>) -> Parse<(&'static SettingRow, OwnerKind)> {
    let (of_server, of_link) =
        (settings::names_of_own(OwnerKind::Server), settings::names_of_own(OwnerKind::Link));
    let expected =
        format!("a setting that a server has for itself: {of_server}; or a link: {of_link}");
    let name = &reader.next(&expected)?.text;
    settings::row(name)
        .and_then(|row| Some((row, row.own?)))
        .ok_or_else(|| reader.error(name, &expected))
}
