//! etcdctl's commands and flags as one table: what is read from a line and what help prints both
//! come from it. Help and refusals are those of a real 3.4.23, which builds them with cobra.

use super::go;
use std::collections::BTreeMap;
use std::fmt::Write;

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
    pub(crate) flags: &'static [Flag],
    /// Flags that its subcommands have too.
    pub(crate) shared: &'static [Flag],
}

const fn flag(name: &'static str, kind: Kind, default: &'static str, usage: &'static str) -> Flag {
    Flag { name, short: None, kind, default, usage }
}

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
    short(
        'w',
        flag(
            "write-out",
            Kind::Text,
            "simple",
            "set the output format (fields, json, protobuf, simple, table)",
        ),
    ),
];

const CLUSTER: Flag = switch("cluster", "use all endpoints from the cluster member list");

const fn command(path: &'static str, usage: &'static str, short: &'static str) -> Command {
    Command { path, short, usage, description: "", flags: &[], shared: &[] }
}

const fn group(path: &'static str, short: &'static str) -> Command {
    command(path, " <subcommand>", short)
}

/// Every command, by name. `""` is etcdctl itself.
pub(crate) const COMMANDS: &[Command] = &[
    command("", "", "A simple command line client for etcd3."),
    group("alarm", "Alarm related commands"),
    command("alarm disarm", "", "Disarms all alarms"),
    command("alarm list", "", "Lists all alarms"),
    command("auth", " <enable or disable>", "Enable or disable authentication"),
    command("auth disable", "", "Disables authentication"),
    command("auth enable", "", "Enables authentication"),
    group("check", "commands for checking properties of the etcd cluster"),
    Command {
        description: "If no endpoint is provided, localhost will be used. If multiple endpoints are provided, first endpoint will be used.\n",
        flags: &[
            switch("auto-compact", "Compact storage with last revision after test is finished."),
            switch("auto-defrag", "Defragment storage after test is finished."),
            flag(
                "load",
                Kind::Text,
                "s",
                "The datascale check's workload model. Accepted workloads: s(small), m(medium), l(large), xl(xLarge)",
            ),
            flag(
                "prefix",
                Kind::Text,
                "/etcdctl-check-datascale/",
                "The prefix for writing the datascale check's keys.",
            ),
        ],
        ..command(
            "check datascale",
            " [options]",
            "Check the memory usage of holding data for different workloads on a given server endpoint.",
        )
    },
    Command {
        flags: &[
            switch("auto-compact", "Compact storage with last revision after test is finished."),
            switch("auto-defrag", "Defragment storage after test is finished."),
            flag(
                "load",
                Kind::Text,
                "s",
                "The performance check's workload model. Accepted workloads: s(small), m(medium), l(large), xl(xLarge)",
            ),
            flag(
                "prefix",
                Kind::Text,
                "/etcdctl-check-perf/",
                "The prefix for writing the performance check's keys.",
            ),
        ],
        ..command("check perf", " [options]", "Check the performance of the etcd cluster")
    },
    Command {
        flags: &[switch(
            "physical",
            "'true' to wait for compaction to physically remove all old revisions",
        )],
        ..command("compaction", " [options] <revision>", "Compacts the event history in etcd")
    },
    Command {
        flags: &[
            CLUSTER,
            flag(
                "data-dir",
                Kind::Text,
                "",
                "Optional. If present, defragments a data directory not in use by etcd.",
            ),
        ],
        ..command("defrag", "", "Defragments the storage of the etcd members with given endpoints")
    },
    Command {
        flags: &[
            switch(
                "from-key",
                "delete keys that are greater than or equal to the given key using byte compare",
            ),
            switch("prefix", "delete keys with matching prefix"),
            switch("prev-kv", "return deleted key-value pairs"),
        ],
        ..command(
            "del",
            " [options] <key> [range_end]",
            "Removes the specified key or range of keys [key, range_end)",
        )
    },
    Command {
        flags: &[short('l', switch("listen", "observation mode"))],
        ..command(
            "elect",
            " <election-name> [proposal]",
            "Observes and participates in leader election",
        )
    },
    Command { shared: &[CLUSTER], ..group("endpoint", "Endpoint related commands") },
    Command {
        flags: &[flag("rev", Kind::Int, "0", "maximum revision to hash (default: all revisions)")],
        ..command(
            "endpoint hashkv",
            "",
            "Prints the KV history hash for each endpoint in --endpoints",
        )
    },
    command(
        "endpoint health",
        "",
        "Checks the healthiness of endpoints specified in `--endpoints` flag",
    ),
    Command {
        description: "When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.\nThe items in the lists are endpoint, ID, version, db size, is leader, is learner, raft term, raft index, raft applied index, errors.\n",
        ..command(
            "endpoint status",
            "",
            "Prints out the status of endpoints specified in `--endpoints` flag",
        )
    },
    Command {
        flags: &[
            flag("consistency", Kind::Text, "l", "Linearizable(l) or Serializable(s)"),
            switch(
                "from-key",
                "Get keys that are greater than or equal to the given key using byte compare",
            ),
            switch("keys-only", "Get only the keys"),
            flag("limit", Kind::Int, "0", "Maximum number of results"),
            flag(
                "order",
                Kind::Text,
                "",
                "Order of results; ASCEND or DESCEND (ASCEND by default)",
            ),
            switch("prefix", "Get keys with matching prefix"),
            switch("print-value-only", "Only write values when using the \"simple\" output format"),
            flag("rev", Kind::Int, "0", "Specify the kv revision"),
            flag("sort-by", Kind::Text, "", "Sort target; CREATE, KEY, MODIFY, VALUE, or VERSION"),
        ],
        ..command("get", " [options] <key> [range_end]", "Gets the key or a range of keys")
    },
    Command {
        description: "Help provides help for any command in the application.\nSimply type etcdctl help [path to command] for full details.\n",
        ..command("help", " [command]", "Help about any command")
    },
    group("lease", "Lease related commands"),
    command("lease grant", " <ttl>", "Creates leases"),
    Command {
        flags: &[switch(
            "once",
            "Resets the keep-alive time to its original value and exits immediately",
        )],
        ..command("lease keep-alive", " [options] <leaseID>", "Keeps leases alive (renew)")
    },
    command("lease list", "", "List all active leases"),
    command("lease revoke", " <leaseID>", "Revokes leases"),
    Command {
        flags: &[switch("keys", "Get keys attached to this lease")],
        ..command("lease timetolive", " <leaseID> [options]", "Get lease information")
    },
    Command {
        flags: &[flag("ttl", Kind::Int, "10", "timeout for session")],
        ..command("lock", " <lockname> [exec-command arg1 arg2 ...]", "Acquires a named lock")
    },
    Command {
        flags: &[
            flag(
                "dest-cacert",
                Kind::Text,
                "",
                "Verify certificates of TLS enabled secure servers using this CA bundle",
            ),
            flag(
                "dest-cert",
                Kind::Text,
                "",
                "Identify secure client using this TLS certificate file for the destination cluster",
            ),
            flag(
                "dest-insecure-transport",
                Kind::Bool,
                "true",
                "Disable transport security for client connections",
            ),
            flag("dest-key", Kind::Text, "", "Identify secure client using this TLS key file"),
            flag(
                "dest-prefix",
                Kind::Text,
                "",
                "destination prefix to mirror a prefix to a different prefix in the destination cluster",
            ),
            switch("no-dest-prefix", "mirror key-values to the root of the destination cluster"),
            flag("prefix", Kind::Text, "", "Key-value prefix to mirror"),
        ],
        ..command(
            "make-mirror",
            " [options] <destination>",
            "Makes a mirror at the destination etcd cluster",
        )
    },
    group("member", "Membership related commands"),
    Command {
        flags: &[
            switch("learner", "indicates if the new member is raft learner"),
            flag("peer-urls", Kind::Text, "", "comma separated peer URLs for the new member."),
        ],
        ..command("member add", " <memberName> [options]", "Adds a member into the cluster")
    },
    Command {
        description: "When --write-out is set to simple, this command prints out comma-separated member lists for each endpoint.\nThe items in the lists are ID, Status, Name, Peer Addrs, Client Addrs, Is Learner.\n",
        ..command("member list", "", "Lists all members in the cluster")
    },
    Command {
        description: "Promotes a non-voting learner member to a voting one in the cluster.\n",
        ..command("member promote", " <memberID>", "Promotes a non-voting member in the cluster")
    },
    command("member remove", " <memberID>", "Removes a member from the cluster"),
    Command {
        flags: &[flag(
            "peer-urls",
            Kind::Text,
            "",
            "comma separated peer URLs for the updated member.",
        )],
        ..command("member update", " <memberID> [options]", "Updates a member in the cluster")
    },
    Command {
        flags: &[
            flag("data-dir", Kind::Text, "", "Path to the data directory"),
            switch("no-ttl", "Do not convert TTL keys"),
            flag("transformer", Kind::Text, "", "Path to the user-provided transformer program"),
            flag("wal-dir", Kind::Text, "", "Path to the WAL directory"),
        ],
        ..command("migrate", "", "Migrates keys in a v2 store to a mvcc store")
    },
    command(
        "move-leader",
        " <transferee-member-id>",
        "Transfers leadership to another etcd cluster member.",
    ),
    Command {
        description: "Puts the given key into the store.\n\nWhen <value> begins with '-', <value> is interpreted as a flag.\nInsert '--' for workaround:\n\n$ put <key> -- <value>\n$ put -- <key> <value>\n\nIf <value> isn't given as a command line argument and '--ignore-value' is not specified,\nthis command tries to read the value from standard input.\n\nIf <lease> isn't given as a command line argument and '--ignore-lease' is not specified,\nthis command tries to read the value from standard input.\n\nFor example,\n$ cat file | put <key>\nwill store the content of the file to <key>.\n",
        flags: &[
            switch("ignore-lease", "updates the key using its current lease"),
            switch("ignore-value", "updates the key using its current value"),
            flag("lease", Kind::Text, "0", "lease ID (in hexadecimal) to attach to the key"),
            switch("prev-kv", "return the previous key-value pair before modification"),
        ],
        ..command(
            "put",
            " [options] <key> <value> (<value> can also be given from stdin)",
            "Puts the given key into the store",
        )
    },
    group("role", "Role related commands"),
    command("role add", " <role name>", "Adds a new role"),
    command("role delete", " <role name>", "Deletes a role"),
    command("role get", " <role name>", "Gets detailed information of a role"),
    Command {
        flags: &[
            switch(
                "from-key",
                "grant a permission of keys that are greater than or equal to the given key using byte compare",
            ),
            switch("prefix", "grant a prefix permission"),
        ],
        ..command(
            "role grant-permission",
            " [options] <role name> <permission type> <key> [endkey]",
            "Grants a key to a role",
        )
    },
    command("role list", "", "Lists all roles"),
    Command {
        flags: &[
            switch(
                "from-key",
                "revoke a permission of keys that are greater than or equal to the given key using byte compare",
            ),
            switch("prefix", "revoke a prefix permission"),
        ],
        ..command(
            "role revoke-permission",
            " <role name> <key> [endkey]",
            "Revokes a key from a role",
        )
    },
    group("snapshot", "Manages etcd node snapshots"),
    Command {
        flags: &[
            flag("data-dir", Kind::Text, "", "Path to the data directory"),
            flag(
                "initial-advertise-peer-urls",
                Kind::Text,
                "http://localhost:2380",
                "List of this member's peer URLs to advertise to the rest of the cluster",
            ),
            flag(
                "initial-cluster",
                Kind::Text,
                "default=http://localhost:2380",
                "Initial cluster configuration for restore bootstrap",
            ),
            flag(
                "initial-cluster-token",
                Kind::Text,
                "etcd-cluster",
                "Initial cluster token for the etcd cluster during restore bootstrap",
            ),
            flag("name", Kind::Text, "default", "Human-readable name for this member"),
            switch(
                "skip-hash-check",
                "Ignore snapshot integrity hash value (required if copied from data directory)",
            ),
            flag(
                "wal-dir",
                Kind::Text,
                "",
                "Path to the WAL directory (use --data-dir if none given)",
            ),
        ],
        ..command(
            "snapshot restore",
            " <filename> [options]",
            "Restores an etcd member snapshot to an etcd directory",
        )
    },
    command("snapshot save", " <filename>", "Stores an etcd node backend snapshot to a given file"),
    Command {
        description: "When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.\nThe items in the lists are hash, revision, total keys, total size.\n",
        ..command("snapshot status", " <filename>", "Gets backend snapshot status of a given file")
    },
    Command {
        flags: &[short('i', switch("interactive", "Input transaction in interactive mode"))],
        ..command("txn", " [options]", "Txn processes all the requests in one transaction")
    },
    group("user", "User related commands"),
    Command {
        flags: &[
            flag(
                "interactive",
                Kind::Bool,
                "true",
                "Read password from stdin instead of interactive terminal",
            ),
            flag("new-user-password", Kind::Text, "", "Supply password from the command line flag"),
            switch("no-password", "Create a user without password (CN based auth only)"),
        ],
        ..command("user add", " <user name or user:password> [options]", "Adds a new user")
    },
    command("user delete", " <user name>", "Deletes a user"),
    Command {
        flags: &[switch("detail", "Show permissions of roles granted to the user")],
        ..command("user get", " <user name> [options]", "Gets detailed information of a user")
    },
    command("user grant-role", " <user name> <role name>", "Grants a role to a user"),
    command("user list", "", "Lists all users"),
    Command {
        flags: &[flag(
            "interactive",
            Kind::Bool,
            "true",
            "If true, read password from stdin instead of interactive terminal",
        )],
        ..command("user passwd", " <user name> [options]", "Changes password of user")
    },
    command("user revoke-role", " <user name> <role name>", "Revokes a role from a user"),
    command("version", "", "Prints the version of etcdctl"),
    Command {
        flags: &[
            short('i', switch("interactive", "Interactive mode")),
            switch("prefix", "Watch on a prefix if prefix is set"),
            switch("prev-kv", "get the previous key-value pair before the event happens"),
            flag("rev", Kind::Int, "0", "Revision to start watching"),
        ],
        ..command(
            "watch",
            " [options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]",
            "Watches events stream on keys or prefixes",
        )
    },
];

/// Commands that only the list knows: a playground has no shell to complete for.
const ONLY_LISTED: &[(&str, &str)] = &[
    ("completion bash", "Generate the autocompletion script for bash"),
    ("completion fish", "Generate the autocompletion script for fish"),
    ("completion powershell", "Generate the autocompletion script for powershell"),
    ("completion zsh", "Generate the autocompletion script for zsh"),
];

const HELP: Flag = Flag { name: "help", short: Some('h'), ..switch("help", "") };

pub(crate) fn find(path: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.path == path)
}

impl Command {
    /// Whether it has subcommands and does nothing itself.
    pub(crate) fn is_group(&self) -> bool {
        COMMANDS.iter().any(|other| self.is_above(other))
    }

    /// Whether the other is one of its subcommands.
    pub(crate) fn is_above(&self, other: &Command) -> bool {
        other.path.strip_prefix(self.path).is_some_and(|rest| {
            !self.path.is_empty() && rest.starts_with(' ')
                || self.path.is_empty() && !rest.is_empty()
        })
    }

    fn parent(&self) -> Option<&'static Command> {
        self.path.rsplit_once(' ').and_then(|(parent, _)| find(parent))
    }

    /// The flags it takes, its group's and the global ones included.
    pub(crate) fn all_flags(&self) -> impl Iterator<Item = &'static Flag> {
        let inherited = self.parent().map_or(&[][..], |parent| parent.shared);
        let (own, shared) = (self.flags, self.shared);
        own.iter().chain(shared).chain(inherited).chain(GLOBAL).chain(std::iter::once(&HELP))
    }

    fn last_word(&self) -> &'static str {
        self.path.rsplit(' ').next().filter(|word| !word.is_empty()).unwrap_or("etcdctl")
    }

    /// What `--help` prints.
    pub(crate) fn help(&self) -> String {
        self.usage_text() + "\n"
    }

    fn usage_text(&self) -> String {
        let is_root = self.path.is_empty();
        let name = if is_root { "etcdctl" } else { self.path };
        let space = if is_root { "" } else { " " };
        let mut out = format!(
            "NAME:\n\t{name} - {}\n\nUSAGE:\n\tetcdctl{space}{}{} [flags]\n",
            self.short, self.path, self.usage
        );
        if is_root {
            out += "\nVERSION:\n\t3.4.23\n";
        }
        if is_root || self.is_group() {
            out += "\nAPI VERSION:\n\t3.4\n\n\nCOMMANDS:\n";
            let mut listed: Vec<(&str, &str)> = Vec::new();
            for other in COMMANDS.iter().filter(|other| self.is_above(other) && !other.is_group()) {
                let name = other.path.strip_prefix(self.path).unwrap_or(other.path).trim_start();
                listed.push((name, other.short));
            }
            if is_root {
                listed.extend(ONLY_LISTED);
                listed.sort_unstable();
            }
            let rows = listed.iter().map(|(name, short)| (format!("\t{name}"), (*short).into()));
            out += &columns(&rows.collect::<Vec<_>>());
        }
        if !self.description.is_empty() {
            out += "\nDESCRIPTION:\n";
            for line in self.description.trim_end_matches('\n').split('\n') {
                out += &format!("\t{line}\n");
            }
        }
        let help = format!("help for {}", self.last_word());
        let mut own: Vec<&Flag> = self.flags.iter().chain(self.shared).collect();
        if is_root {
            own.extend(GLOBAL);
        }
        out += "\nOPTIONS:\n";
        out += &options(own, Some(&help));
        if !is_root {
            let inherited = self.parent().map_or(&[][..], |parent| parent.shared);
            out += "\nGLOBAL OPTIONS:\n";
            out += &options(inherited.iter().chain(GLOBAL).collect(), None);
        }
        out
    }

    /// What is printed where the flags are wrong.
    fn refusal(&self, error: &str) -> String {
        format!("Error: {error}\n{}\n\nError: {error}\n", self.usage_text())
    }

    /// What is printed where the flags of an operation within a transaction are wrong.
    pub(crate) fn brief_usage(&self) -> String {
        let mut rows: Vec<(&str, String, String)> = self
            .flags
            .iter()
            .map(|flag| {
                let (kind, default) = match flag.kind {
                    Kind::Bool => ("", String::new()),
                    Kind::Int => (" int", String::new()),
                    Kind::Duration => (" duration", String::new()),
                    Kind::Text | Kind::Texts if flag.default.is_empty() => {
                        (" string", String::new())
                    }
                    Kind::Text | Kind::Texts => {
                        (" string", format!(" (default \"{}\")", flag.default))
                    }
                };
                (flag.name, format!("{}{kind}", flag.head()), format!("{}{default}", flag.usage))
            })
            .collect();
        rows.push(("help", HELP.head(), format!("help for {}", self.last_word())));
        rows.sort();
        let width = rows.iter().map(|(_, head, _)| head.len()).max().unwrap_or(0);
        let mut out = format!("Usage:\n   {}{} [flags]\n\nFlags:\n", self.path, self.usage);
        for (_, head, usage) in rows {
            out += &format!("{head:width$}   {usage}\n");
        }
        out + "\n"
    }
}

impl Flag {
    fn head(&self) -> String {
        match self.short {
            Some(short) => format!("  -{short}, --{}", self.name),
            None => format!("      --{}", self.name),
        }
    }
}

fn options(mut flags: Vec<&Flag>, help: Option<&str>) -> String {
    flags.extend(help.map(|_| &HELP));
    flags.sort_by_key(|flag| flag.name);
    let rows = flags.iter().map(|flag| {
        let default = match flag.kind {
            Kind::Bool => format!("[={}]", flag.default),
            Kind::Text => format!("=\"{}\"", flag.default),
            Kind::Int | Kind::Duration | Kind::Texts => format!("={}", flag.default),
        };
        let usage = if flag.name == "help" { help.unwrap_or_default() } else { flag.usage };
        (flag.head() + &default, usage.to_string())
    });
    columns(&rows.collect::<Vec<_>>())
}

/// Two columns, as Go's `tabwriter` sets them with tabs of eight.
fn columns(rows: &[(String, String)]) -> String {
    let width = |text: &str| text.trim_start_matches('\t').len();
    let widest = rows.iter().map(|(left, _)| width(left)).max().unwrap_or(0);
    let to = (widest + 1).div_ceil(8) * 8;
    rows.iter().fold(String::new(), |mut out, (left, right)| {
        let tabs = "\t".repeat((to - width(left)).div_ceil(8));
        writeln!(out, "{left}{tabs}{right}").expect("a string takes everything");
        out
    })
}

/// What flags and arguments a command was given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    values: BTreeMap<&'static str, Vec<String>>,
    /// The arguments that are no flags.
    pub(crate) args: Vec<String>,
    /// How many of them stand before `--`, if there is one.
    pub(crate) dash: Option<usize>,
}

impl Given {
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The flag as it was given, or its default.
    pub(crate) fn text(&self, name: &str, default: &str) -> String {
        self.values.get(name).and_then(|all| all.last()).map_or(default, String::as_str).into()
    }

    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        self.values.get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn switch(&self, name: &str) -> bool {
        self.values
            .get(name)
            .and_then(|all| all.last())
            .is_some_and(|given| truth(given) == Some(true))
    }

    pub(crate) fn int(&self, name: &str) -> i64 {
        go::parse_int(&self.text(name, "0"), 10).unwrap_or(0)
    }
}

/// What came of reading a line.
pub(crate) enum Read {
    /// A command to carry out.
    Run(&'static Command, Given),
    /// A text to print, and the exit code.
    Say(String, i32),
}

/// Finds the command that the words name and reads its flags.
pub(crate) fn read(words: &[String]) -> Read {
    let (command, rest) = match locate(words) {
        Ok(found) => found,
        Err(name) => return Read::Say(unknown_command(&name), 1),
    };
    match parse(command.all_flags(), &rest) {
        Err(error) => Read::Say(command.refusal(&error), 1),
        Ok(given) if given.switch("help") => Read::Say(command.help(), 0),
        Ok(given) if command.path == "help" => {
            let path = given.args.join(" ");
            match find(&path) {
                Some(command) => Read::Say(command.help(), 0),
                None => {
                    let topic: Vec<String> =
                        given.args.iter().map(|arg| format!("`{arg}`")).collect();
                    // etcdctl has not given itself this flag yet when it says so.
                    let root = find("").map(Command::help).unwrap_or_default();
                    let own = |line: &&str| !line.starts_with("  -h, --help");
                    let root: String = root.split_inclusive('\n').filter(own).collect();
                    Read::Say(format!("Unknown help topic [{}]\n{root}", topic.join(" ")), 0)
                }
            }
        }
        Ok(_) if command.path.is_empty() || command.is_group() => Read::Say(command.help(), 0),
        Ok(given) => Read::Run(command, given),
    }
}

/// Reads the flags of an operation within a transaction.
pub(crate) fn read_within(command: &Command, words: &[String]) -> Result<Given, String> {
    parse(command.flags.iter().chain(std::iter::once(&HELP)), words)
}

/// The command, and the words that are left of it; or the word that names none.
fn locate(words: &[String]) -> Result<(&'static Command, Vec<String>), String> {
    let root = &COMMANDS[0];
    let mut command = root;
    let mut rest = words.to_vec();
    while let Some(at) = first_argument(command, &rest) {
        let path = format!("{} {}", command.path, rest[at]);
        match find(path.trim_start()) {
            Some(found) => command = found,
            None if command.path.is_empty() => return Err(rest[at].clone()),
            None => break,
        }
        rest.remove(at);
    }
    Ok((command, rest))
}

/// Where the first word stands that is neither a flag nor a flag's value.
fn first_argument(command: &Command, words: &[String]) -> Option<usize> {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if word == "--" {
            return None;
        } else if let Some(name) = word.strip_prefix("--") {
            let flag = command.all_flags().find(|flag| flag.name == name);
            at +=
                usize::from(!name.contains('=') && flag.is_none_or(|flag| flag.kind != Kind::Bool));
        } else if let Some(letters) = word.strip_prefix('-')
            && !letters.is_empty()
        {
            let letter = letters.chars().next();
            let flag = command.all_flags().find(|flag| flag.short == letter);
            at +=
                usize::from(letters.len() == 1 && flag.is_none_or(|flag| flag.kind != Kind::Bool));
        } else if !word.is_empty() {
            return Some(at);
        }
        at += 1;
    }
    None
}

fn unknown_command(name: &str) -> String {
    let near: Vec<&str> = COMMANDS
        .iter()
        .map(|command| command.path)
        .filter(|path| !path.is_empty() && !path.contains(' '))
        .filter(|path| distance(name, path) <= 2 || path.starts_with(&name.to_lowercase()))
        .collect();
    let mut error = format!("unknown command \"{name}\" for \"etcdctl\"");
    if !near.is_empty() {
        error += "\n\nDid you mean this?\n";
        for path in near {
            error += &format!("\t{path}\n");
        }
    }
    format!("Error: {error}\nRun 'etcdctl --help' for usage.\nError: {error}\n")
}

/// How many letters have to be put in, taken out or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(64).enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(!x.eq_ignore_ascii_case(y));
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// Reads flags and arguments, in any order; behind `--` there are only arguments.
fn parse<'a>(flags: impl Iterator<Item = &'a Flag>, words: &[String]) -> Result<Given, String> {
    let flags: Vec<&Flag> = flags.collect();
    let mut given = Given::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            given.dash = Some(given.args.len());
            given.args.extend(words.cloned());
            break;
        } else if let Some(long) = word.strip_prefix("--") {
            if long.starts_with(['-', '=']) {
                return Err(format!("bad flag syntax: {word}"));
            }
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_string())),
                None => (long, None),
            };
            let flag = flags.iter().find(|flag| flag.name == name);
            let flag = flag.ok_or_else(|| format!("unknown flag: --{name}"))?;
            let value = match (value, flag.kind) {
                (Some(value), _) => value,
                (None, Kind::Bool) => "true".into(),
                (None, Kind::Int | Kind::Text | Kind::Texts | Kind::Duration) => words
                    .next()
                    .cloned()
                    .ok_or_else(|| format!("flag needs an argument: --{name}"))?,
            };
            given.set(flag, value)?;
        } else if let Some(letters) = word.strip_prefix('-')
            && !letters.is_empty()
        {
            let mut letters = letters;
            while let Some(letter) = letters.chars().next() {
                let flag = flags.iter().find(|flag| flag.short == Some(letter));
                let flag = flag
                    .ok_or_else(|| format!("unknown shorthand flag: '{letter}' in -{letters}"))?;
                let behind = &letters[letter.len_utf8()..];
                let value = if let Some(value) = behind.strip_prefix('=') {
                    value.to_string()
                } else if flag.kind == Kind::Bool {
                    given.set(flag, "true".into())?;
                    letters = behind;
                    continue;
                } else if behind.is_empty() {
                    let error = || format!("flag needs an argument: '{letter}' in -{letters}");
                    words.next().cloned().ok_or_else(error)?
                } else {
                    behind.to_string()
                };
                given.set(flag, value)?;
                break;
            }
        } else {
            given.args.push(word.clone());
        }
    }
    Ok(given)
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

impl Given {
    fn set(&mut self, flag: &Flag, value: String) -> Result<(), String> {
        let wrong = match flag.kind {
            Kind::Bool if truth(&value).is_some() => None,
            Kind::Bool => {
                let quoted = go::quote(value.as_bytes());
                Some(format!("strconv.ParseBool: parsing {quoted}: invalid syntax"))
            }
            Kind::Int => go::parse_int(&value, 10).err(),
            Kind::Duration => go::parse_duration(&value).err(),
            Kind::Text | Kind::Texts => None,
        };
        if let Some(error) = wrong {
            let name = match flag.short {
                Some(short) => format!("-{short}, --{}", flag.name),
                None => format!("--{}", flag.name),
            };
            let quoted = go::quote(value.as_bytes());
            return Err(format!("invalid argument {quoted} for \"{name}\" flag: {error}"));
        }
        // The names of all flags are in the tables.
        let name = COMMANDS
            .iter()
            .flat_map(|command| command.flags.iter().chain(command.shared))
            .chain(GLOBAL)
            .chain([&HELP])
            .find(|known| known.name == flag.name)
            .map_or("", |known| known.name);
        let values = self.values.entry(name).or_default();
        match flag.kind {
            Kind::Texts => values.extend(value.split(',').map(String::from)),
            Kind::Bool | Kind::Int | Kind::Text | Kind::Duration => values.push(value),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_to_the_byte_what_a_real_etcdctl_prints() {
        let recorded = include_str!("../../../../tests/data/etcd/etcdctl-3.4.23-help.txt");
        let mut seen = 0;
        for block in recorded.split("[exit 0]\n").filter(|block| !block.is_empty()) {
            let (line, expected) = block.split_once('\n').expect("a command, then its output");
            let path = line.trim_start_matches("$ etcdctl").trim_end_matches("--help").trim();
            let command = find(path).unwrap_or_else(|| panic!("no command {path}"));
            assert_eq!(command.help(), expected, "{line}");
            seen += 1;
        }
        assert_eq!(seen, 59);
    }

    #[test]
    fn flags_stand_anywhere_and_end_at_two_dashes() {
        let words = "get -w=json foo --rev 7 --prefix=false -- --bar";
        let words: Vec<String> = words.split(' ').map(String::from).collect();
        let Read::Run(command, given) = read(&words) else { panic!("a command") };
        assert_eq!((command.path, given.int("rev")), ("get", 7));
        assert_eq!((given.switch("prefix"), given.is_set("prefix")), (false, true));
        assert_eq!((given.args, given.dash), (vec!["foo".to_string(), "--bar".into()], Some(1)));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_refused_as_cobra_does() {
        for (line, error) in [
            ("get --bogus", "unknown flag: --bogus"),
            ("get -Z", "unknown shorthand flag: 'Z' in -Z"),
            ("get foo --limit", "flag needs an argument: --limit"),
            ("get foo -w", "flag needs an argument: 'w' in -w"),
            ("get --=x", "bad flag syntax: --=x"),
            (
                "get --limit=abc",
                "invalid argument \"abc\" for \"--limit\" flag: strconv.ParseInt: parsing \"abc\": \
                 invalid syntax",
            ),
            (
                "get --command-timeout=5",
                "invalid argument \"5\" for \"--command-timeout\" flag: time: missing unit in \
                 duration \"5\"",
            ),
        ] {
            let words: Vec<String> = line.split(' ').map(String::from).collect();
            let Read::Say(text, 1) = read(&words) else { panic!("{line} was taken") };
            assert!(text.starts_with(&format!("Error: {error}\nNAME:\n\tget - ")), "{text}");
            assert!(text.ends_with(&format!("table)\n\n\nError: {error}\n")), "{text}");
        }
        let Read::Say(text, 1) = read(&["gett".into()]) else { panic!("it was taken") };
        let error = "unknown command \"gett\" for \"etcdctl\"\n\nDid you mean this?\n\tget\n";
        assert_eq!(
            text,
            format!("Error: {error}\nRun 'etcdctl --help' for usage.\nError: {error}\n")
        );
    }
}
