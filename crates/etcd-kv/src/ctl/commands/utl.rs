//! The table of etcdutl's commands, which look into files.

use super::{Command, Flag, Kind, flag, short, switch};

const fn command(path: &'static str, usage: &'static str, short: &'static str) -> Command {
    Command { path, short, usage, description: "", flags: &[], shared: &[], only: None }
}

/// The flags of every command.
pub(crate) const GLOBAL: &[Flag] = &[short(
    'w',
    flag(
        "write-out",
        Kind::Text,
        "simple",
        "set the output format (fields, json, protobuf, simple, table)",
    ),
)];

const NO_DESCRIPTIONS: &[Flag] = &[switch("no-descriptions", "disable completion descriptions")];

/// Every command, by name. `""` is etcdutl itself; what has no usage of its own has commands below.
pub(crate) const COMMANDS: &[Command] = &[
    command("", "", ""),
    Command {
        flags: &[
            flag("backup-dir", Kind::Text, "", "Path to the backup dir"),
            flag("backup-wal-dir", Kind::Text, "", "Path to the backup wal dir"),
            flag("data-dir", Kind::Text, "", "Path to the etcd data dir"),
            flag("wal-dir", Kind::Text, "", "Path to the etcd wal dir"),
            flag("with-v3", Kind::Bool, "true", "Backup v3 backend data"),
        ],
        ..command("backup", " [flags]", "[legacy] offline backup of etcd directory")
    },
    command("check", "", "commands for checking properties"),
    Command {
        flags: &[
            flag("data-dir", Kind::Text, "", "Required. A data directory not in use by etcd."),
            flag("wal-dir", Kind::Text, "", "Optional. A dedicated WAL directory."),
        ],
        ..command("check v2store", " [flags]", "Check custom content in v2store")
    },
    command("completion", "", "Generate the autocompletion script for the specified shell"),
    Command {
        flags: NO_DESCRIPTIONS,
        ..command("completion bash", " ", "Generate the autocompletion script for bash")
    },
    Command {
        flags: NO_DESCRIPTIONS,
        ..command("completion fish", " [flags]", "Generate the autocompletion script for fish")
    },
    Command {
        flags: NO_DESCRIPTIONS,
        ..command(
            "completion powershell",
            " [flags]",
            "Generate the autocompletion script for powershell",
        )
    },
    Command {
        flags: NO_DESCRIPTIONS,
        ..command("completion zsh", " [flags]", "Generate the autocompletion script for zsh")
    },
    Command {
        flags: &[flag(
            "data-dir",
            Kind::Text,
            "",
            "Required. Defragments a data directory not in use by etcd.",
        )],
        ..command("defrag", " [flags]", "Defragments the storage of the etcd")
    },
    command("help", " [command] [flags]", "Help about any command"),
    command("snapshot", "", "Manages etcd node snapshots"),
    Command {
        flags: &[
            flag(
                "bump-revision",
                Kind::Int,
                "0",
                "How much to increase the latest revision after restore",
            ),
            flag("data-dir", Kind::Text, "", "Path to the output data directory"),
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
            flag(
                "initial-memory-map-size",
                Kind::Int,
                "10737418240",
                "Initial memory map size of the database in bytes. It uses the default value if not defined or defined to 0",
            ),
            switch(
                "mark-compacted",
                "Mark the latest revision after restore as the point of scheduled compaction (required if --bump-revision > 0, disallowed otherwise)",
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
            " <filename> --data-dir {output dir} [options] [flags]",
            "Restores an etcd member snapshot to an etcd directory",
        )
    },
    command(
        "snapshot status",
        " <filename> [flags]",
        "Gets backend snapshot status of a given file",
    ),
    command("version", " [flags]", "Prints the version of etcdutl"),
];
