//! The table of etcdutl's commands, which look into files.

use super::restore::*;
use super::{Command, Flag, Kind, WRITE_OUT, command, flag, switch};

/// The flags of every command.
pub(crate) const GLOBAL: &[Flag] = &[WRITE_OUT];

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
            BUMP_REVISION,
            flag("data-dir", Kind::Text, "", "Path to the output data directory"),
            PEER_URLS,
            INITIAL_CLUSTER,
            CLUSTER_TOKEN,
            memory_map_size("10737418240"),
            MARK_COMPACTED,
            NAME,
            SKIP_HASH_CHECK,
            WAL_DIR,
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
