//! `auth`, `user` and `role`: who may do what.

use super::flags::Given;
use super::io::{Event, Failure, Io, exit};
use super::kv;
use super::print::Done;
use crate::api::*;
use crate::auth::{AccessError, ROOT};

/// A command about users, roles and access under way.
#[derive(Clone, Debug)]
pub(crate) struct Access {
    what: What,
    /// Roles whose permissions are still to be shown.
    roles: Vec<String>,
    /// The role that is being asked about.
    asked: String,
    /// It waits for as long as it takes.
    is_patient: bool,
}

#[derive(Clone, Debug)]
enum What {
    /// Until its user has the role without which access cannot be controlled.
    Enable,
    Status,
    /// It changes something, and says so.
    Change(Done),
    Users,
    Roles,
    Role(String),
    User {
        name: String,
        with_details: bool,
    },
    /// A password is asked for: whose, of a new user or not, and what was given first.
    Password {
        name: String,
        is_new: bool,
        is_asked: bool,
        first: Option<String>,
    },
}

/// Whether this is one of these commands.
pub(crate) fn has(path: &str) -> bool {
    ["auth ", "user ", "role "].iter().any(|group| path.starts_with(group))
}

pub(crate) fn start(io: &mut Io, path: &str, given: &Given) -> Option<Access> {
    let (what, request) = io.ready(read(path, given), given)?;
    // Users and roles are asked for without a deadline (`context.TODO()` in etcdctl).
    let is_patient = !path.starts_with("auth ");
    let access = Access { what, roles: Vec::new(), asked: String::new(), is_patient };
    match (&access.what, request) {
        (_, Some(request)) => access.ask(io, request),
        (What::Password { name, is_asked: true, .. }, None) => {
            io.print(format!("Password of {name}: \n"));
        }
        (_, None) => {}
    }
    Some(access)
}

/// What a command does, and what it asks first.
type Read = Result<(What, Option<AuthRequest>), String>;

fn changes(done: Done, change: AuthChange) -> Read {
    Ok((What::Change(done), Some(AuthRequest::Change(change))))
}

fn reads(what: What, read: AuthRead) -> Read {
    Ok((what, Some(AuthRequest::Read(read))))
}

fn read(path: &str, given: &Given) -> Read {
    let none = |error: &str| if given.args.is_empty() { Ok(()) } else { Err(error.to_string()) };
    let one = |error: &str| match &given.args[..] {
        [one] => Ok(one.clone()),
        _ => Err(error.to_string()),
    };
    match path {
        "auth enable" => {
            none("auth enable command does not accept any arguments")?;
            Ok((What::Enable, Some(AuthRequest::Enable)))
        }
        "auth disable" => {
            none("auth disable command does not accept any arguments")?;
            Ok((What::Change(Done::Disabled), Some(AuthRequest::Disable)))
        }
        "auth status" => {
            none("auth status command does not accept any arguments")?;
            reads(What::Status, AuthRead::Status)
        }
        "user list" => {
            none("user list command requires no arguments")?;
            reads(What::Users, AuthRead::UserList)
        }
        "role list" => {
            none("role list command requires no arguments")?;
            reads(What::Roles, AuthRead::RoleList)
        }
        "user add" => add_user(given),
        "user get" => {
            let name = one("user get command requires user name as its argument")?;
            let what = What::User { name: name.clone(), with_details: given.switch("detail") };
            reads(what, AuthRead::UserGet { name })
        }
        "user delete" => {
            let name = one("user delete command requires user name as its argument")?;
            changes(Done::UserDeleted(name.clone()), AuthChange::UserDelete { name })
        }
        "user passwd" => {
            let name = one("user passwd command requires user name as its argument")?;
            Ok((password(name, false, given), None))
        }
        "role add" => {
            let name = one("role add command requires role name as its argument")?;
            changes(Done::RoleAdded(name.clone()), AuthChange::RoleAdd { name })
        }
        "role get" => {
            let role = one("role get command requires role name as its argument")?;
            reads(What::Role(role.clone()), AuthRead::RoleGet { role })
        }
        "role delete" => {
            let role = one("role delete command requires role name as its argument")?;
            changes(Done::RoleDeleted(role.clone()), AuthChange::RoleDelete { role })
        }
        _ => read_grant(path, given),
    }
}

fn read_grant(path: &str, given: &Given) -> Read {
    match (path, &given.args[..]) {
        ("user grant-role", [user, role]) => {
            let (user, role) = (user.clone(), role.clone());
            let done = Done::Granted { user: user.clone(), role: role.clone() };
            changes(done, AuthChange::UserGrantRole { user, role })
        }
        ("user revoke-role", [name, role]) => {
            let (name, role) = (name.clone(), role.clone());
            let done = Done::Revoked { user: name.clone(), role: role.clone() };
            changes(done, AuthChange::UserRevokeRole { name, role })
        }
        ("user grant-role", _) => {
            Err("user grant command requires user name and role name as its argument".into())
        }
        ("user revoke-role", _) => {
            Err("user revoke-role requires user name and role name as its argument".into())
        }
        ("role grant-permission", [role, kind, key, rest @ ..]) if rest.len() < 2 => {
            let kind = match kind.to_uppercase().as_str() {
                "READ" => PermissionType::Read,
                "WRITE" => PermissionType::Write,
                "READWRITE" => PermissionType::ReadWrite,
                _ => return Err(format!("invalid permission type: {kind}")),
            };
            let (key, range_end) = keys(given, key, rest)?;
            let permission = Some(Permission { kind, key, range_end });
            let (name, done) = (role.clone(), Done::Permitted(role.clone()));
            changes(done, AuthChange::RoleGrantPermission { name, permission })
        }
        ("role grant-permission", _) => Err("role grant command requires role name, permission \
                                             type, and key [endkey] as its argument"
            .into()),
        ("role revoke-permission", [role, key, rest @ ..]) if rest.len() < 2 => {
            let (key, range_end) = keys(given, key, rest)?;
            let done = Done::Forbidden {
                role: role.clone(),
                key: key.clone(),
                range_end: range_end.clone(),
            };
            let role = role.clone();
            changes(done, AuthChange::RoleRevokePermission { role, key, range_end })
        }
        _ => Err("role revoke-permission command requires role name and key [endkey] as its \
                  argument"
            .into()),
    }
}

/// The keys that a permission is for.
fn keys(given: &Given, key: &str, rest: &[String]) -> Result<(Vec<u8>, Vec<u8>), String> {
    let key: Vec<u8> = key.into();
    let end = rest.first().map(|end| end.clone().into_bytes());
    for flag in ["prefix", "from-key"] {
        if given.switch(flag) && end.is_some() {
            return Err(format!("unexpected endkey argument with --{flag} flag"));
        }
    }
    Ok(if given.switch("prefix") || given.switch("from-key") {
        kv::end_of(key, given.switch("prefix"))
    } else {
        (key, end.unwrap_or_default())
    })
}

fn password(name: String, is_new: bool, given: &Given) -> What {
    let is_asked = given.text("interactive", "true") != "false";
    What::Password { name, is_new, is_asked, first: None }
}

fn add_user(given: &Given) -> Read {
    let [arg] = &given.args[..] else {
        return Err("user add command requires user name as its argument".into());
    };
    let add = |name: &str, password: &str, no_password: bool| {
        let (name, password) = (name.to_string(), password.to_string());
        let done = Done::UserAdded(name.clone());
        changes(done, AuthChange::UserAdd { name, password, no_password })
    };
    let flag = given.text("new-user-password", "");
    if given.switch("no-password") {
        add(arg, "", true)
    } else if !flag.is_empty() {
        add(arg, &flag, false)
    } else {
        match arg.split_once(':') {
            Some(("", _)) => Err("empty user name is not allowed".into()),
            Some((name, password)) => add(name, password, false),
            None => Ok((password(arg.clone(), true, given), None)),
        }
    }
}

impl Access {
    pub(crate) fn wants_input(&self) -> Option<&str> {
        match &self.what {
            What::Password { is_asked: true, .. } => Some("password: "),
            What::Password { .. } => Some(""),
            What::Enable
            | What::Status
            | What::Change(_)
            | What::Users
            | What::Roles
            | What::Role(_)
            | What::User { .. } => None,
        }
    }

    pub(crate) fn on(&mut self, io: &mut Io, event: Event<'_>) {
        match event {
            Event::Answer(_, Ok((header, Response::Written(Written::Auth(answer))))) => {
                let header = Header { revision: answer.revision, ..header };
                self.answered(io, &header, answer.response);
            }
            Event::Answer(_, Ok(_)) => {}
            Event::Answer(_, Err(failure)) => self.failed(io, &failure),
            Event::Line(line) => self.read_password(io, line),
            Event::EndOfInput if matches!(self.what, What::Password { .. }) => {
                io.fail(exit::BAD_ARGS, "empty password");
            }
            Event::Interrupt => io.end(exit::SIGNALLED),
            Event::EndOfInput | Event::Woke(_) => {}
        }
    }

    fn ask(&self, io: &mut Io, request: AuthRequest) {
        let call = Call::Write(Write::Auth(request));
        if self.is_patient {
            io.ask_patiently(call);
        } else {
            io.ask(call);
        }
    }

    fn failed(&mut self, io: &mut Io, failure: &Failure) {
        let lacks_root = Failure::Etcd(AccessError::RootRoleNotExist.into());
        if matches!(self.what, What::Enable) && *failure == lacks_root {
            let name = ROOT.to_string();
            let add = AuthRequest::Change(AuthChange::RoleAdd { name });
            self.ask(io, add);
            self.asked = ROOT.into();
        } else {
            io.fail(exit::ERROR, failure);
        }
    }

    fn answered(&mut self, io: &mut Io, header: &Header, response: AuthResponse) {
        let printer = io.printer;
        match (&self.what, response) {
            (What::Enable, _) if self.asked == ROOT => {
                // Its role is there now: root is to have it, and then it is tried again.
                let (user, role) = (ROOT.to_string(), ROOT.to_string());
                let grant = AuthRequest::Change(AuthChange::UserGrantRole { user, role });
                self.ask(io, grant);
                self.asked = "granted".into();
            }
            (What::Enable, _) if self.asked == "granted" => {
                self.ask(io, AuthRequest::Enable);
                self.asked = String::new();
            }
            (What::Enable, _) => io.finish(printer.done(header, &Done::Enabled)),
            (What::Change(done), _) => io.finish(printer.done(header, done)),
            (What::Status, AuthResponse::Status { enabled, revision }) => {
                io.finish(printer.auth_status(header, enabled, revision));
            }
            (What::Users, AuthResponse::Users(names)) => {
                io.finish(printer.names(header, "users", &names));
            }
            (What::Roles, AuthResponse::Roles(names)) => {
                io.finish(printer.names(header, "roles", &names));
            }
            (What::Role(role), AuthResponse::Permissions(all)) => {
                io.finish(printer.role(header, role, &all));
            }
            (What::User { name, with_details: true }, AuthResponse::Roles(roles)) => {
                io.print(format!("User: {name}\n"));
                self.roles = roles.into_iter().rev().collect();
                self.next_role(io);
            }
            (What::User { .. }, AuthResponse::Permissions(all)) => {
                io.print("\n");
                if io.show(printer.role(header, &self.asked, &all)) {
                    self.next_role(io);
                }
            }
            (What::User { name, .. }, AuthResponse::Roles(roles)) => {
                io.finish(printer.user(header, name, &roles));
            }
            (_, other) => io.fail(exit::ERROR, format!("an answer to something else: {other:?}")),
        }
    }

    fn next_role(&mut self, io: &mut Io) {
        let Some(role) = self.roles.pop() else { return io.end(exit::SUCCESS) };
        self.asked = role.clone();
        self.ask(io, AuthRequest::Read(AuthRead::RoleGet { role }));
    }

    fn read_password(&mut self, io: &mut Io, line: &str) {
        let What::Password { name, is_new, is_asked, first } = &mut self.what else { return };
        let line = line.trim();
        if *is_asked && first.is_none() {
            *first = Some(line.into());
            io.print(format!("Type password of {name} again for confirmation: \n"));
            return;
        }
        if first.as_deref().is_some_and(|first| first != line) {
            return io.fail(exit::BAD_ARGS, "provided passwords are different");
        }
        let (name, password) = (name.clone(), line.to_string());
        let (done, change) = if *is_new {
            let done = Done::UserAdded(name.clone());
            (done, AuthChange::UserAdd { name, password, no_password: false })
        } else {
            (Done::PasswordChanged, AuthChange::UserChangePassword { name, password })
        };
        self.what = What::Change(done);
        self.ask(io, AuthRequest::Change(change));
    }
}
