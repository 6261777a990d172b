//! Settings of one server or one link, in place of the cluster's.

use super::table::{Setting, row};
use crate::command::Direction;
use raft_core::NodeId;
use std::fmt;

/// What can have settings of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnerKind {
    /// A server.
    Server,
    /// A link, each direction for itself.
    Link,
}

/// Whose own setting it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner<N = NodeId> {
    /// A server's.
    Server(N),
    /// A link's, in one direction or both.
    Link(N, Direction, N),
}

impl<N> Owner<N> {
    /// What kind of owner it is.
    pub fn kind(&self) -> OwnerKind {
        match self {
            Owner::Server(_) => OwnerKind::Server,
            Owner::Link(..) => OwnerKind::Link,
        }
    }
}

/// As scenario text names it: `n2`, `n1 -> n2`.
impl<N: fmt::Display> fmt::Display for Owner<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Owner::Server(server) => write!(f, "{server}"),
            Owner::Link(from, direction, to) => write!(f, "{from} {direction} {to}"),
        }
    }
}

/// What becomes of a setting of somebody's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnSetting {
    /// It has this value.
    Is(Setting),
    /// The cluster's value holds again for the setting of this name.
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

    /// Checks that an owner of this kind can have it, and its value against its bounds. The error
    /// says what is expected.
    pub(crate) fn check(&self, owner: OwnerKind) -> Result<(), String> {
        if row(self.name()).and_then(|row| row.own) != Some(owner) {
            return Err(match owner {
                OwnerKind::Server => format!("a server's own setting: {}", names(owner)),
                OwnerKind::Link => format!("a link's own setting: {}", names(owner)),
            });
        }
        match self {
            OwnSetting::Is(setting) => setting.check().map_err(String::from),
            OwnSetting::Default(_) => Ok(()),
        }
    }

    /// Puts it into the settings that its owner has so far, of each name at most one.
    pub(crate) fn put_into(&self, all: &mut Vec<Setting>) {
        all.retain(|setting| setting.name() != self.name());
        if let OwnSetting::Is(setting) = self {
            all.push(setting.clone());
        }
    }

    /// Whether it would change the settings that its owner has so far.
    pub(crate) fn changes(&self, all: &[Setting]) -> bool {
        let known = all.iter().find(|setting| setting.name() == self.name());
        match self {
            OwnSetting::Is(setting) => known != Some(setting),
            OwnSetting::Default(_) => known.is_some(),
        }
    }
}

/// The value, without the name.
impl fmt::Display for OwnSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OwnSetting::Is(setting) => f.write_str(&setting.value()),
            OwnSetting::Default(_) => f.write_str("default"),
        }
    }
}

/// The names of the settings that an owner of this kind can have.
pub(crate) fn names(owner: OwnerKind) -> String {
    let rows = super::SETTINGS.iter().filter(|row| row.own == Some(owner));
    rows.map(|row| row.name).collect::<Vec<_>>().join(", ")
}
