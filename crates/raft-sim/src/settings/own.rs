//! Settings of one server or one link, in place of the cluster's.

use super::table::{Own, Setting, row};
use crate::command::Direction;
use raft_core::NodeId;
use std::fmt;

/// Whose setting it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose<N = NodeId> {
    /// A server's.
    Server(N),
    /// A link's.
    Link(N, Direction, N),
}

impl<N> Whose<N> {
    /// What it is that has the setting.
    pub fn kind(&self) -> Own {
        match self {
            Whose::Server(_) => Own::Server,
            Whose::Link(..) => Own::Link,
        }
    }
}

impl<N: fmt::Display> fmt::Display for Whose<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Whose::Server(server) => write!(f, "{server}"),
            Whose::Link(from, direction, to) => write!(f, "{from} {direction} {to}"),
        }
    }
}

/// What becomes of a setting of one's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnSetting {
    /// It has this value.
    Is(Setting),
    /// The setting of this name goes by the cluster's again.
    Default(&'static str),
}

impl OwnSetting {
    /// The setting's name in text.
    pub fn name(&self) -> &'static str {
        match self {
            OwnSetting::Is(setting) => setting.name(),
            OwnSetting::Default(name) => name,
        }
    }

    /// Whether a server, or a link, can have it, and its value is within its bounds; otherwise what
    /// is expected.
    pub(crate) fn check(&self, whose: Own) -> Result<(), &'static str> {
        if row(self.name()).and_then(|row| row.own) != Some(whose) {
            return Err(match whose {
                Own::Server => "a setting that a server can have for itself",
                Own::Link => "a setting that a link can have for itself",
            });
        }
        match self {
            OwnSetting::Is(setting) => setting.check(),
            OwnSetting::Default(_) => Ok(()),
        }
    }

    /// Takes its place among settings of the same owner.
    pub(crate) fn take_up(&self, all: &mut Vec<Setting>) {
        all.retain(|setting| setting.name() != self.name());
        match self {
            OwnSetting::Is(setting) => all.push(setting.clone()),
            OwnSetting::Default(_) => {}
        }
    }
}

/// The value, without the name.
impl fmt::Display for OwnSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OwnSetting::Is(setting) => {
                let text = setting.to_string();
                f.write_str(text.split_once(' ').map_or("", |(_, value)| value))
            }
            OwnSetting::Default(_) => f.write_str("default"),
        }
    }
}
