//! What access control refuses.

use std::fmt;

/// Why access control refuses something, as `rpctypes` of etcd has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum AccessError {
    /// A user without a name, or nobody where somebody has to say who it is.
    UserEmpty,
    /// A user that is there already.
    UserAlreadyExist,
    /// A user that is not there.
    UserNotFound,
    /// A role without a name.
    RoleEmpty,
    /// A role that is there already.
    RoleAlreadyExist,
    /// A role that is not there.
    RoleNotFound,
    /// A role that a user does not have.
    RoleNotGranted,
    /// No permission to give.
    PermissionNotGiven,
    /// A permission that a role does not have.
    PermissionNotGranted,
    /// The user may not do that.
    PermissionDenied,
    /// The wrong password.
    AuthFailed,
    /// A password of a user who has none.
    NoPasswordUser,
    /// Access is not controlled.
    AuthNotEnabled,
    /// Root cannot be taken away, or keys that cannot be.
    InvalidAuthMgmt,
    /// A token that nobody was given.
    InvalidAuthToken,
    /// Users or roles have changed since it was proposed.
    OldRevision,
    /// Access control without a user root.
    RootUserNotExist,
    /// Access control with a user root that may not do everything.
    RootRoleNotExist,
}

impl AccessError {
    /// The gRPC status code (`google.golang.org/grpc/codes`).
    pub(crate) fn code(self) -> u32 {
        use AccessError::*;
        match self {
            // etcd has no code of its own for it.
            NoPasswordUser => 2,
            UserEmpty | RoleEmpty | PermissionNotGiven | AuthFailed | InvalidAuthMgmt
            | OldRevision => 3,
            PermissionDenied => 7,
            UserAlreadyExist | UserNotFound | RoleAlreadyExist | RoleNotFound | RoleNotGranted
            | PermissionNotGranted | AuthNotEnabled | RootUserNotExist | RootRoleNotExist => 9,
            InvalidAuthToken => 16,
        }
    }
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AccessError::UserEmpty => "etcdserver: user name is empty",
            AccessError::UserAlreadyExist => "etcdserver: user name already exists",
            AccessError::UserNotFound => "etcdserver: user name not found",
            AccessError::RoleEmpty => "etcdserver: role name is empty",
            AccessError::RoleAlreadyExist => "etcdserver: role name already exists",
            AccessError::RoleNotFound => "etcdserver: role name not found",
            AccessError::RoleNotGranted => "etcdserver: role is not granted to the user",
            AccessError::PermissionNotGiven => "etcdserver: permission not given",
            AccessError::PermissionNotGranted => {
                "etcdserver: permission is not granted to the role"
            }
            AccessError::PermissionDenied => "etcdserver: permission denied",
            AccessError::AuthFailed => {
                "etcdserver: authentication failed, invalid user ID or password"
            }
            AccessError::NoPasswordUser => {
                "auth: authentication failed, password was given for no password user"
            }
            AccessError::AuthNotEnabled => "etcdserver: authentication is not enabled",
            AccessError::InvalidAuthMgmt => "etcdserver: invalid auth management",
            AccessError::InvalidAuthToken => "etcdserver: invalid auth token",
            AccessError::OldRevision => "etcdserver: revision of auth store is old",
            AccessError::RootUserNotExist => "etcdserver: root user does not exist",
            AccessError::RootRoleNotExist => "etcdserver: root user does not have root role",
        })
    }
}

impl std::error::Error for AccessError {}
