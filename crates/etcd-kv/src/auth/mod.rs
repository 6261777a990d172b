//! Access control: users, roles, permissions and tokens, as etcd's `auth/store.go` keeps them.

mod access;
mod error;

use crate::api::{AuthChange, AuthRead, AuthRequest, AuthResponse, Permission};
use crate::{Error, Sorted, Version};
pub(crate) use access::permits_author;
pub use access::{Author, permits};
pub use error::AccessError;
use serde::{Deserialize, Serialize};

/// The user, and the role, that may do everything.
pub const ROOT: &str = "root";

/// A user.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct User {
    /// The password, if it has one. A real etcd keeps a hash of it; nobody is kept out of this one.
    password: Option<String>,
    /// Its roles, in order.
    roles: Vec<String>,
}

/// Who may do what. A copy costs a few pointers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auth {
    enabled: bool,
    revision: u64,
    users: Sorted<String, User>,
    roles: Sorted<String, Vec<Permission>>,
    /// Whose a token is.
    tokens: Sorted<String, String>,
}

/// Access control as a store holds it: behind a table of functions, so that a program which loads
/// its parts one by one does not need this one's code to copy and drop a store.
pub(crate) trait Guards: std::fmt::Debug + Send + Sync {
    /// It.
    fn auth(&self) -> &Auth;
}

impl Guards for Auth {
    fn auth(&self) -> &Auth {
        self
    }
}

/// What of it a file keeps: all but the tokens, which members know and forget by themselves.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    enabled: bool,
    revision: u64,
    users: Vec<(String, User)>,
    roles: Vec<(String, Vec<Permission>)>,
}

impl Default for Auth {
    fn default() -> Auth {
        Auth {
            enabled: false,
            revision: 1,
            users: Sorted::default(),
            roles: Sorted::default(),
            tokens: Sorted::default(),
        }
    }
}

impl Auth {
    /// Whether access is controlled.
    pub fn is_enabled(&self) -> bool {
        self.enabled
    }

    /// How often it was changed, from 1.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    pub(crate) fn kept(&self) -> Kept {
        Kept {
            enabled: self.enabled,
            revision: self.revision,
            users: self.users.iter().map(|(name, user)| (name.clone(), user.clone())).collect(),
            roles: self.roles.iter().map(|(name, all)| (name.clone(), all.clone())).collect(),
        }
    }

    pub(crate) fn of(kept: Kept) -> Auth {
        let Kept { enabled, revision, users, roles } = kept;
        let mut auth = Auth { enabled, revision, ..Auth::default() };
        users.into_iter().for_each(|(name, user)| auth.users.insert(name, user));
        roles.into_iter().for_each(|(name, all)| auth.roles.insert(name, all));
        auth
    }

    /// Whose a token is.
    pub fn user_of(&self, token: &str) -> Option<&str> {
        self.tokens.get(token).map(String::as_str)
    }

    /// Who shows this token; `None` where nobody has to show one.
    ///
    /// # Errors
    /// [`AccessError::InvalidAuthToken`].
    pub fn who(&self, token: Option<&str>, version: Version) -> Result<Option<&str>, Error> {
        match token {
            Some(token) if self.enabled || version.always_reads_tokens() => {
                self.user_of(token).map(Some).ok_or(AccessError::InvalidAuthToken.into())
            }
            Some(_) | None => Ok(None),
        }
    }

    /// As whom somebody proposes who has shown a token, or none; `None` while access is free.
    pub fn author(&self, user: Option<&str>, version: Version) -> Option<Author> {
        let user = user.unwrap_or_default().to_string();
        self.enabled.then_some(Author { user, revision: self.revision, version })
    }

    /// Whether this is a user with that password.
    ///
    /// # Errors
    /// Why nobody gets in so.
    pub fn check_password(&self, name: &str, password: &str) -> Result<(), Error> {
        if !self.enabled {
            return Err(AccessError::AuthNotEnabled.into());
        }
        match self.users.get(name) {
            None => Err(AccessError::AuthFailed.into()),
            Some(User { password: None, .. }) => Err(AccessError::NoPasswordUser.into()),
            Some(User { password: Some(known), .. }) if known != password => {
                Err(AccessError::AuthFailed.into())
            }
            Some(_) => Ok(()),
        }
    }

    /// Carries out a request. Where it fails, nothing has changed.
    pub(crate) fn apply(&mut self, request: &AuthRequest) -> Result<AuthResponse, Error> {
        match request {
            AuthRequest::Enable => self.enable()?,
            AuthRequest::Disable => {
                if self.enabled {
                    self.enabled = false;
                    self.tokens = Sorted::default();
                    self.revision += 1;
                }
            }
            AuthRequest::Authenticate { name, password, token } => {
                self.check_password(name, password)?;
                self.tokens.insert(token.clone(), name.clone());
                return Ok(AuthResponse::Token(token.clone()));
            }
            AuthRequest::Read(read) => return self.read(read),
            AuthRequest::Change(change) => self.revision += u64::from(self.change(change)?),
        }
        Ok(AuthResponse::Done)
    }

    fn read(&self, read: &AuthRead) -> Result<AuthResponse, Error> {
        Ok(match read {
            AuthRead::Status => {
                AuthResponse::Status { enabled: self.enabled, revision: self.revision }
            }
            AuthRead::UserList => AuthResponse::Users(self.users.keys().cloned().collect()),
            AuthRead::RoleList => AuthResponse::Roles(self.roles.keys().cloned().collect()),
            AuthRead::UserGet { name } => AuthResponse::Roles(self.user(name)?.roles.clone()),
            AuthRead::RoleGet { role } => {
                let permissions = self.roles.get(role).ok_or(AccessError::RoleNotFound)?;
                AuthResponse::Permissions(permissions.clone())
            }
        })
    }

    /// Changes users and roles; whether it did.
    fn change(&mut self, change: &AuthChange) -> Result<bool, Error> {
        match change {
            AuthChange::UserAdd { name, password, no_password } => {
                let password = (!no_password).then(|| password.clone());
                self.add_user(name, password)?;
            }
            AuthChange::UserDelete { name } => {
                self.spare_root(name == ROOT)?;
                self.user(name)?;
                self.users.remove(name);
                self.forget_tokens_of(name);
            }
            AuthChange::UserChangePassword { name, password } => {
                let user = self.users.get_mut(name).ok_or(AccessError::UserNotFound)?;
                user.password = user.password.is_some().then(|| password.clone());
                self.forget_tokens_of(name);
            }
            AuthChange::UserGrantRole { user, role } => return self.grant(user, role),
            AuthChange::UserRevokeRole { name, role } => {
                self.spare_root(name == ROOT && role == ROOT)?;
                let user = self.users.get_mut(name).ok_or(AccessError::UserNotFound)?;
                let at = user.roles.iter().position(|known| known == role);
                user.roles.remove(at.ok_or(AccessError::RoleNotGranted)?);
            }
            AuthChange::RoleAdd { name } => self.add_role(name)?,
            AuthChange::RoleDelete { role } => self.delete_role(role)?,
            AuthChange::RoleGrantPermission { name, permission } => {
                self.grant_permission(name, permission.as_ref())?;
            }
            AuthChange::RoleRevokePermission { role, key, range_end } => {
                let permissions = self.roles.get_mut(role).ok_or(AccessError::RoleNotFound)?;
                let before = permissions.len();
                permissions.retain(|it| (&it.key, &it.range_end) != (key, range_end));
                if permissions.len() == before {
                    return Err(AccessError::PermissionNotGranted.into());
                }
            }
        }
        Ok(true)
    }

    fn add_role(&mut self, name: &str) -> Result<(), Error> {
        if name.is_empty() {
            return Err(AccessError::RoleEmpty.into());
        }
        if self.roles.contains_key(name) {
            return Err(AccessError::RoleAlreadyExist.into());
        }
        self.roles.insert(name.into(), Vec::new());
        Ok(())
    }

    fn enable(&mut self) -> Result<(), Error> {
        if !self.enabled {
            let root = self.users.get(ROOT).ok_or(AccessError::RootUserNotExist)?;
            if !root.roles.iter().any(|role| role == ROOT) {
                return Err(AccessError::RootRoleNotExist.into());
            }
            self.enabled = true;
        }
        Ok(())
    }

    fn user(&self, name: &str) -> Result<&User, Error> {
        self.users.get(name).ok_or(AccessError::UserNotFound.into())
    }

    /// While access is controlled, nobody takes root away.
    fn spare_root(&self, is_root: bool) -> Result<(), Error> {
        if self.enabled && is_root { Err(AccessError::InvalidAuthMgmt.into()) } else { Ok(()) }
    }

    fn add_user(&mut self, name: &str, password: Option<String>) -> Result<(), Error> {
        if name.is_empty() {
            return Err(AccessError::UserEmpty.into());
        }
        if self.users.contains_key(name) {
            return Err(AccessError::UserAlreadyExist.into());
        }
        self.users.insert(name.into(), User { password, roles: Vec::new() });
        Ok(())
    }

    /// Gives a user a role; whether that changes anything.
    fn grant(&mut self, user: &str, role: &str) -> Result<bool, Error> {
        let is_role = role == ROOT || self.roles.contains_key(role);
        let user = self.users.get_mut(user).ok_or(AccessError::UserNotFound)?;
        if !is_role {
            return Err(AccessError::RoleNotFound.into());
        }
        match user.roles.binary_search_by(|known| known.as_str().cmp(role)) {
            Ok(_) => Ok(false),
            Err(at) => {
                user.roles.insert(at, role.into());
                Ok(true)
            }
        }
    }

    fn delete_role(&mut self, role: &str) -> Result<(), Error> {
        self.spare_root(role == ROOT)?;
        if !self.roles.contains_key(role) {
            return Err(AccessError::RoleNotFound.into());
        }
        self.roles.remove(role);
        let has_it = |(name, user): (&String, &User)| {
            user.roles.iter().any(|known| known == role).then(|| name.clone())
        };
        let users: Vec<String> = self.users.iter().filter_map(has_it).collect();
        for name in users {
            if let Some(user) = self.users.get_mut(&name) {
                user.roles.retain(|known| known != role);
            }
            self.forget_tokens_of(&name);
        }
        Ok(())
    }

    fn grant_permission(
        &mut self,
        role: &str,
        permission: Option<&Permission>,
    ) -> Result<(), Error> {
        let permissions = self.roles.get_mut(role).ok_or(AccessError::RoleNotFound)?;
        let permission = permission.ok_or(AccessError::PermissionNotGiven)?;
        // Only the first permission of this key can be changed so, as in a real etcd: of another
        // range it is one more.
        let at = permissions.partition_point(|known| known.key < permission.key);
        match permissions.get_mut(at) {
            Some(known)
                if (&known.key, &known.range_end) == (&permission.key, &permission.range_end) =>
            {
                known.kind = permission.kind;
            }
            _ => {
                let end = permissions.partition_point(|known| known.key <= permission.key);
                permissions.insert(end, permission.clone());
            }
        }
        Ok(())
    }

    fn forget_tokens_of(&mut self, user: &str) {
        let tokens = self.tokens.iter().filter(|(_, of)| *of == user);
        let tokens: Vec<String> = tokens.map(|(token, _)| token.clone()).collect();
        tokens.iter().for_each(|token| self.tokens.remove(token));
    }

    /// Whether a user has a role.
    pub(crate) fn has_role(&self, user: &str, role: &str) -> bool {
        self.users.get(user).is_some_and(|user| user.roles.iter().any(|known| known == role))
    }

    /// What a user's roles permit; `None` if there is no such user.
    pub(crate) fn permissions_of(&self, user: &str) -> Option<impl Iterator<Item = &Permission>> {
        let roles = &self.users.get(user)?.roles;
        Some(roles.iter().filter_map(|role| self.roles.get(role)).flatten())
    }
}
