//! The table of commands, each with the flags of its own.

use super::restore::*;
use super::{Command, Flag, Kind, command, flag, new, old, short, switch};
use crate::Version;

const CLUSTER: Flag = switch("cluster", "use all endpoints from the cluster member list");

/// A command as only the new version has it.
const NEW: Option<Version> = Some(Version::V3_5);
/// A command as only the old version has it.
const OLD: Option<Version> = Some(Version::V3_4);

const fn group(path: &'static str, short: &'static str) -> Command {
    command(path, " <subcommand>", short)
}

const RESTORE: Command = Command {
    flags: &[
        new(BUMP_REVISION),
        flag("data-dir", Kind::Text, "", "Path to the data directory"),
        PEER_URLS,
        INITIAL_CLUSTER,
        CLUSTER_TOKEN,
        new(memory_map_size("0")),
        new(MARK_COMPACTED),
        NAME,
        SKIP_HASH_CHECK,
        WAL_DIR,
    ],
    ..command(
        "snapshot restore",
        " <filename> [options]",
        "Restores an etcd member snapshot to an etcd directory",
    )
};

/// Every command of any version, by name.
pub(super) const COMMANDS: &[Command] = &[
    command("", "", "A simple command line client for etcd3."),
    group("alarm", "Alarm related commands"),
    command("alarm disarm", "", "Disarms all alarms"),
    command("alarm list", "", "Lists all alarms"),
    command("auth", " <enable or disable>", "Enable or disable authentication"),
    command("auth disable", "", "Disables authentication"),
    command("auth enable", "", "Enables authentication"),
    Command { only: NEW, ..command("auth status", "", "Returns authentication status") },
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
        description: "Generate the autocompletion script for etcdctl for the specified shell.\nSee each sub-command's help for details on how to use the generated script.\n",
        ..command("completion", "", "Generate the autocompletion script for the specified shell")
    },
    command("completion bash", "", "Generate the autocompletion script for bash"),
    command("completion fish", "", "Generate the autocompletion script for fish"),
    command("completion powershell", "", "Generate the autocompletion script for powershell"),
    command("completion zsh", "", "Generate the autocompletion script for zsh"),
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
            new(switch("range", "delete range of keys")),
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
            new(switch("count-only", "Get only the count")),
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
        flags: &[
            old(switch(
                "once",
                "Resets the keep-alive time to its original value and exits immediately",
            )),
            new(switch(
                "once",
                "Resets the keep-alive time to its original value and cobrautl.Exits immediately",
            )),
        ],
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
            new(flag(
                "dest-password",
                Kind::Text,
                "",
                "Destination password for authentication (if this option is used, --user option shouldn't include password)",
            )),
            flag(
                "dest-prefix",
                Kind::Text,
                "",
                "destination prefix to mirror a prefix to a different prefix in the destination cluster",
            ),
            new(flag(
                "dest-user",
                Kind::Text,
                "",
                "Destination username[:password] for authentication (prompt if password is not supplied)",
            )),
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
        only: OLD,
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
    Command { only: OLD, ..RESTORE },
    Command { only: NEW, description: "Moved to `etcdutl snapshot restore ...`\n", ..RESTORE },
    command("snapshot save", " <filename>", "Stores an etcd node backend snapshot to a given file"),
    Command {
        only: OLD,
        description: "When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.\nThe items in the lists are hash, revision, total keys, total size.\n",
        ..command("snapshot status", " <filename>", "Gets backend snapshot status of a given file")
    },
    Command {
        only: NEW,
        description: "When --write-out is set to simple, this command prints out comma-separated status lists for each endpoint.\nThe items in the lists are hash, revision, total keys, total size.\n\nMoved to 'etcdutl snapshot status ...'\n",
        ..command(
            "snapshot status",
            " <filename>",
            "[deprecated] Gets backend snapshot status of a given file",
        )
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
            new(switch("progress-notify", "get periodic watch progress notification from server")),
            flag("rev", Kind::Int, "0", "Revision to start watching"),
        ],
        ..command(
            "watch",
            " [options] [key or prefix] [range_end] [--] [exec-command arg1 arg2 ...]",
            "Watches events stream on keys or prefixes",
        )
    },
];
