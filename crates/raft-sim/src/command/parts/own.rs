//! A setting of one server or link.

use super::{Argument, Below, Each, Link, Scope, sample};
use crate::claim::Set;
use crate::command::Refusal;
use crate::scenario::Context;
use crate::scenario::claims::is_set;
use crate::scenario::words::{Parse, Words};
use crate::settings::{self, Own, OwnSetting, SETTINGS, Setting, Whose};
use raft_core::NodeId;
use std::fmt;

/// The name of a setting, whose it is, and its value or `default`.
pub(in crate::command) struct SettingOfOne;

impl Argument for SettingOfOne {
    type Value<N: Clone> = (Whose<N>, OwnSetting);

    fn syntax() -> String {
        let own = SETTINGS.iter().filter_map(|row| {
            let whose = match row.own? {
                Own::Server => Each::syntax(),
                Own::Link => Link::syntax(),
            };
            Some(format!(" {}{whose} {}|default", row.name, row.value()))
        });
        own.collect::<Vec<_>>().join(" |")
    }
    fn begins(reader: &Words<'_>) -> bool {
        let row = reader.peek().and_then(|name| settings::row(&name.text));
        row.is_some_and(|row| row.own.is_some()) && reader.peek_second().is_some_and(is_set)
    }
    fn read(reader: &mut Words<'_>, context: &Context) -> Parse<(Whose<Set>, OwnSetting)> {
        const EXPECTED: &str = "the name of a setting that a server or a link can have for itself";
        let name = &reader.next(EXPECTED)?.text;
        let Some((row, own)) = settings::row(name).and_then(|row| Some((row, row.own?))) else {
            return Err(reader.error(name, EXPECTED));
        };
        let whose = match own {
            Own::Server => Whose::Server(Each::read(reader, context)?),
            Own::Link => {
                let (from, direction, to) = Link::read(reader, context)?;
                Whose::Link(from, direction, to)
            }
        };
        if reader.take("default") {
            return Ok((whose, OwnSetting::Default(row.name)));
        }
        Ok((whose, OwnSetting::Is(row.parse_value(reader)?)))
    }
    fn write<N: Clone + fmt::Display>(
        (whose, setting): &(Whose<N>, OwnSetting),
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        write!(f, " {} {whose} {setting}", setting.name())
    }
    fn servers<N: Clone>((whose, _): &(Whose<N>, OwnSetting), named: &mut Vec<N>) {
        match whose {
            Whose::Server(server) => named.push(server.clone()),
            Whose::Link(from, _, to) => named.extend([from.clone(), to.clone()]),
        }
    }
    fn expand(
        (whose, setting): &(Whose<Set>, OwnSetting),
        scope: &Scope<'_>,
    ) -> Result<Vec<(Whose, OwnSetting)>, Refusal> {
        let each: Vec<Whose> = match whose {
            Whose::Server(set) => {
                Each::expand(set, scope)?.into_iter().map(Whose::Server).collect()
            }
            Whose::Link(from, direction, to) => {
                let links = Link::expand(&(from.clone(), *direction, to.clone()), scope)?;
                links.into_iter().map(|(from, way, to)| Whose::Link(from, way, to)).collect()
            }
        };
        Ok(each.into_iter().map(|whose| (whose, setting.clone())).collect())
    }
    fn sample(below: Below<'_>) -> (Whose<NodeId>, OwnSetting) {
        let mut all = Setting::samples(below);
        let own = |setting: &Setting| settings::row(setting.name()).and_then(|row| row.own);
        all.retain(|setting| own(setting).is_some());
        let setting = sample::one_of(&all, below);
        let whose = match own(&setting) {
            Some(Own::Link) => {
                let (from, direction, to) = Link::sample(below);
                Whose::Link(from, direction, to)
            }
            Some(Own::Server) | None => Whose::Server(Each::sample(below)),
        };
        if sample::is_drawn(below) {
            return (whose, OwnSetting::Default(setting.name()));
        }
        (whose, OwnSetting::Is(setting))
    }
}
