//! What is printed of users, roles and access.

use super::json::*;
use super::lines::*;
use super::{Format, Printed, Printer};
use crate::api::*;
use crate::ctl::go;

/// Something that was done.
#[derive(Clone, Debug)]
pub(crate) enum Done {
    Enabled,
    Disabled,
    UserAdded(String),
    UserDeleted(String),
    PasswordChanged,
    RoleAdded(String),
    RoleDeleted(String),
    Granted { user: String, role: String },
    Revoked { user: String, role: String },
    Permitted(String),
    Forbidden { role: String, key: Vec<u8>, range_end: Vec<u8> },
}

impl Done {
    fn sentence(&self) -> String {
        match self {
            Done::Enabled => "Authentication Enabled".into(),
            Done::Disabled => "Authentication Disabled".into(),
            Done::UserAdded(user) => format!("User {user} created"),
            Done::UserDeleted(user) => format!("User {user} deleted"),
            Done::PasswordChanged => "Password updated".into(),
            Done::RoleAdded(role) => format!("Role {role} created"),
            Done::RoleDeleted(role) => format!("Role {role} deleted"),
            Done::Granted { user, role } => format!("Role {role} is granted to user {user}"),
            Done::Revoked { user, role } => format!("Role {role} is revoked from user {user}"),
            Done::Permitted(role) => format!("Role {role} updated"),
            Done::Forbidden { role, key, range_end } => {
                let key = String::from_utf8_lossy(key);
                let keys = match &range_end[..] {
                    [] => format!("key {key}"),
                    [0] => format!("range [{key}, <open ended>"),
                    end => format!("range [{key}, {})", String::from_utf8_lossy(end)),
                };
                format!("Permission of {keys} is revoked from role {role}")
            }
        }
    }
}

/// The keys of a permission as a line.
fn keys(permission: &Permission) -> String {
    let key = String::from_utf8_lossy(&permission.key);
    match &permission.range_end[..] {
        [] => format!("\t{key}\n"),
        end => {
            let shown = match end {
                [0] => format!("[{key}, <open ended>"),
                end => format!("[{key}, {})", String::from_utf8_lossy(end)),
            };
            let is_prefix = !key.is_empty() && after_prefix(&permission.key) == end;
            let prefix = if is_prefix { format!(" (prefix {key})") } else { String::new() };
            format!("\t{shown}{prefix}\n")
        }
    }
}

fn permission(permission: &Permission) -> String {
    let kind = match permission.kind {
        PermissionType::Read => 0,
        PermissionType::Write => 1,
        PermissionType::ReadWrite => 2,
    };
    let object = Object::new().int("permType", kind).bytes("key", &permission.key);
    object.bytes("range_end", &permission.range_end).end()
}

impl Printer {
    pub(crate) fn done(&self, header: &Header, done: &Done) -> Printed {
        self.headed(header, Object::new().header(header), "", || done.sentence() + "\n")
    }

    pub(crate) fn auth_status(&self, header: &Header, enabled: bool, revision: u64) -> Printed {
        let object = Object::new().header(header).flag("enabled", enabled);
        let fields = format!("\"Enabled\" : {enabled}\n\"AuthRevision\" : {revision}\n");
        self.headed(header, object.int("authRevision", revision), &fields, || {
            format!("Authentication Status: {enabled}\nAuthRevision: {revision}\n")
        })
    }

    /// Every user or every role.
    pub(crate) fn names(&self, header: &Header, name: &str, names: &[String]) -> Printed {
        let simple = || names.iter().map(|name| format!("{name}\n")).collect();
        self.listed(header, name, names, simple)
    }

    pub(crate) fn user(&self, header: &Header, user: &str, roles: &[String]) -> Printed {
        self.listed(header, "roles", roles, || {
            let roles: String = roles.iter().map(|role| format!(" {role}")).collect();
            format!("User: {user}\nRoles:{roles}\n")
        })
    }

    fn listed(
        &self,
        header: &Header,
        name: &str,
        names: &[String],
        simple: impl FnOnce() -> String,
    ) -> Printed {
        let items = names.iter().map(|name| crate::json::quoted(name)).collect();
        let object = Object::new().header(header).list(name, items);
        let shown: String =
            names.iter().map(|name| format!(" {}", go::quote(name.as_bytes()))).collect();
        let mut title = name.to_string();
        title[..1].make_ascii_uppercase();
        self.headed(header, object, &format!("\"{title}\" :{shown}\n"), simple)
    }

    pub(crate) fn role(&self, header: &Header, role: &str, all: &[Permission]) -> Printed {
        let object = Object::new().header(header);
        let object = object.list("perm", all.iter().map(permission).collect());
        let fields = all.iter().map(|it| {
            let (key, end) = (go::quote(&it.key), go::quote(&it.range_end));
            format!("\"PermType\" : {}\n\"Key\" : {key}\n\"RangeEnd\" : {end}\n", it.kind.name())
        });
        let fields: String = fields.collect();
        self.headed(header, object, &fields, || {
            let of = |may: fn(PermissionType) -> bool| -> String {
                all.iter().filter(|it| may(it.kind)).map(keys).collect()
            };
            let (reads, writes) = (of(PermissionType::reads), of(PermissionType::writes));
            format!("Role {role}\nKV Read:\n{reads}KV Write:\n{writes}")
        })
    }

    fn headed(
        &self,
        header: &Header,
        object: Object,
        fields: &str,
        simple: impl FnOnce() -> String,
    ) -> Printed {
        match self.format {
            Format::Simple => Ok(simple()),
            Format::Json => Ok(object.end() + "\n"),
            Format::Fields => Ok(header_lines(header) + fields),
            Format::Table | Format::Protobuf => self.unsupported(),
        }
    }
}
