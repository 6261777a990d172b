//! Access control: what is asked of it and what it answers, named as in `auth.proto` and
//! `rpc.proto`.

use super::Revision;
use serde::{Deserialize, Serialize};

/// What a permission lets one do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum PermissionType {
    /// Read.
    #[default]
    Read,
    /// Write.
    Write,
    /// Both.
    ReadWrite,
}

impl PermissionType {
    /// Its name in the protocol.
    pub fn name(self) -> &'static str {
        match self {
            PermissionType::Read => "READ",
            PermissionType::Write => "WRITE",
            PermissionType::ReadWrite => "READWRITE",
        }
    }

    /// Whether it lets one read.
    pub fn reads(self) -> bool {
        self != PermissionType::Write
    }

    /// Whether it lets one write.
    pub fn writes(self) -> bool {
        self != PermissionType::Read
    }
}

/// What a role lets its users do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// What.
    pub kind: PermissionType,
    /// The first key.
    pub key: Vec<u8>,
    /// As in [`RangeRequest`](super::RangeRequest).
    pub range_end: Vec<u8>,
}

/// A request to access control. All of them go through the log, reads too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthRequest {
    /// Switches it on.
    Enable,
    /// Switches it off.
    Disable,
    /// Gives a token to who knows a password.
    Authenticate {
        /// Who.
        name: String,
        /// The password.
        password: String,
        /// The token: whoever proposes it has chosen one; empty before.
        token: String,
    },
    /// Asks how it is.
    Read(AuthRead),
    /// Changes users and roles.
    Change(AuthChange),
}

/// What can be asked of access control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthRead {
    /// Whether it is on, and its own revision.
    Status,
    /// A user's roles.
    UserGet {
        /// Whose.
        name: String,
    },
    /// Every user.
    UserList,
    /// A role's permissions.
    RoleGet {
        /// Whose.
        role: String,
    },
    /// Every role.
    RoleList,
}

/// What can be changed of users and roles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthChange {
    /// Makes a user.
    UserAdd {
        /// Its name.
        name: String,
        /// Its password.
        password: String,
        /// It has none, and cannot authenticate by one.
        no_password: bool,
    },
    /// Removes a user.
    UserDelete {
        /// Whom.
        name: String,
    },
    /// Gives a user another password.
    UserChangePassword {
        /// Whom.
        name: String,
        /// The password.
        password: String,
    },
    /// Gives a user a role.
    UserGrantRole {
        /// Whom.
        user: String,
        /// Which.
        role: String,
    },
    /// Takes a role from a user.
    UserRevokeRole {
        /// From whom.
        name: String,
        /// Which.
        role: String,
    },
    /// Makes a role.
    RoleAdd {
        /// Its name.
        name: String,
    },
    /// Removes a role, from its users too.
    RoleDelete {
        /// Which.
        role: String,
    },
    /// Gives a role a permission.
    RoleGrantPermission {
        /// To which.
        name: String,
        /// The permission, if one is given.
        permission: Option<Permission>,
    },
    /// Takes a permission from a role.
    RoleRevokePermission {
        /// From which.
        role: String,
        /// The permission's first key.
        key: Vec<u8>,
        /// Its end.
        range_end: Vec<u8>,
    },
}

/// What access control answers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum AuthResponse {
    /// It is done.
    Done,
    /// How it is.
    Status {
        /// It is on.
        enabled: bool,
        /// How often it was changed, from 1.
        revision: u64,
    },
    /// A token.
    Token(String),
    /// Users, by name.
    Users(Vec<String>),
    /// Roles, by name.
    Roles(Vec<String>),
    /// A role's permissions, by key.
    Permissions(Vec<Permission>),
}

/// What access control answers, and the store's revision then.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AuthAnswer {
    /// The store's revision.
    pub revision: Revision,
    /// What it answers.
    pub response: AuthResponse,
}
