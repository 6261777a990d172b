//! etcdctl's commands and flags, in the words of a real 3.4.23 and 3.5.30.

mod restore;
mod table;
pub(crate) mod utl;

use crate::Version;

/// Every command of a version, by name. `""` is etcdctl itself.
pub(crate) fn commands(version: Version) -> impl Iterator<Item = &'static Command> {
    table::COMMANDS.iter().filter(move |command| command.only.is_none_or(|only| only == version))
}

/// What a flag takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Int,
    Text,
    /// Several texts, by comma or by repetition.
    Texts,
    Duration,
}

/// One flag.
#[derive(Debug)]
pub(crate) struct Flag {
    pub(crate) name: &'static str,
    pub(crate) short: Option<char>,
    pub(crate) kind: Kind,
    pub(crate) default: &'static str,
    pub(crate) usage: &'static str,
    /// The version that has it, where not all do.
    only: Option<Version>,
}

/// One command or group of commands.
#[derive(Debug)]
pub(crate) struct Command {
    /// Its words, e.g. `lease grant`.
    pub(crate) path: &'static str,
    pub(crate) short: &'static str,
    /// What follows its last word in its usage.
    pub(crate) usage: &'static str,
    pub(crate) description: &'static str,
    flags: &'static [Flag],
    /// Flags that its subcommands have too.
    pub(crate) shared: &'static [Flag],
    /// The version that has it so, where not all do.
    only: Option<Version>,
}

impl Command {
    /// The flags of its own that any version has.
    pub(crate) fn own(&self) -> &'static [Flag] {
        self.flags
    }

    /// The flags of its own.
    pub(crate) fn flags(&self, version: Version) -> impl Iterator<Item = &'static Flag> {
        self.flags.iter().filter(move |flag| flag.only.is_none_or(|only| only == version))
    }
}

const fn command(path: &'static str, usage: &'static str, short: &'static str) -> Command {
    Command { path, short, usage, description: "", flags: &[], shared: &[], only: None }
}

const fn flag(name: &'static str, kind: Kind, default: &'static str, usage: &'static str) -> Flag {
    Flag { name, short: None, kind, default, usage, only: None }
}

/// A flag of the new version.
const fn new(flag: Flag) -> Flag {
    Flag { only: Some(Version::V3_5), ..flag }
}

/// A flag of the old version.
const fn old(flag: Flag) -> Flag {
    Flag { only: Some(Version::V3_4), ..flag }
}

/// How an answer is printed.
const WRITE_OUT: Flag = short(
    'w',
    flag(
        "write-out",
        Kind::Text,
        "simple",
        "set the output format (fields, json, protobuf, simple, table)",
    ),
);

/// What every command takes.
pub(crate) const HELP: Flag = short('h', switch("help", ""));

const fn switch(name: &'static str, usage: &'static str) -> Flag {
    flag(name, Kind::Bool, "false", usage)
}

const fn short(short: char, flag: Flag) -> Flag {
    Flag { short: Some(short), ..flag }
}

/// The flags of every command.
pub(crate) const GLOBAL: &[Flag] = &[
    flag(
        "cacert",
        Kind::Text,
        "",
        "verify certificates of TLS-enabled secure servers using this CA bundle",
    ),
    flag("cert", Kind::Text, "", "identify secure client using this TLS certificate file"),
    flag(
        "command-timeout",
        Kind::Duration,
        "5s",
        "timeout for short running command (excluding dial timeout)",
    ),
    switch("debug", "enable client-side debug logging"),
    flag("dial-timeout", Kind::Duration, "2s", "dial timeout for client connections"),
    short(
        'd',
        flag(
            "discovery-srv",
            Kind::Text,
            "",
            "domain name to query for SRV records describing cluster endpoints",
        ),
    ),
    flag("discovery-srv-name", Kind::Text, "", "service name to query when using DNS discovery"),
    flag("endpoints", Kind::Texts, "[127.0.0.1:2379]", "gRPC endpoints"),
    switch("hex", "print byte strings as hex encoded strings"),
    flag(
        "insecure-discovery",
        Kind::Bool,
        "true",
        "accept insecure SRV records describing cluster endpoints",
    ),
    switch(
        "insecure-skip-tls-verify",
        "skip server certificate verification (CAUTION: this option should be enabled only for testing purposes)",
    ),
    flag(
        "insecure-transport",
        Kind::Bool,
        "true",
        "disable transport security for client connections",
    ),
    flag("keepalive-time", Kind::Duration, "2s", "keepalive time for client connections"),
    flag("keepalive-timeout", Kind::Duration, "6s", "keepalive timeout for client connections"),
    flag("key", Kind::Text, "", "identify secure client using this TLS key file"),
    flag(
        "password",
        Kind::Text,
        "",
        "password for authentication (if this option is used, --user option shouldn't include password)",
    ),
    flag(
        "user",
        Kind::Text,
        "",
        "username[:password] for authentication (prompt if password is not supplied)",
    ),
    WRITE_OUT,
];
