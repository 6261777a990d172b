//! The flags by which etcdctl and etcdutl restore a snapshot, where they are the same.

use super::{Flag, Kind, flag, switch};

pub(super) const BUMP_REVISION: Flag =
    flag("bump-revision", Kind::Int, "0", "How much to increase the latest revision after restore");

pub(super) const PEER_URLS: Flag = flag(
    "initial-advertise-peer-urls",
    Kind::Text,
    "http://localhost:2380",
    "List of this member's peer URLs to advertise to the rest of the cluster",
);

pub(super) const INITIAL_CLUSTER: Flag = flag(
    "initial-cluster",
    Kind::Text,
    "default=http://localhost:2380",
    "Initial cluster configuration for restore bootstrap",
);

pub(super) const CLUSTER_TOKEN: Flag = flag(
    "initial-cluster-token",
    Kind::Text,
    "etcd-cluster",
    "Initial cluster token for the etcd cluster during restore bootstrap",
);

pub(super) const fn memory_map_size(default: &'static str) -> Flag {
    let usage = "Initial memory map size of the database in bytes. \
                 It uses the default value if not defined or defined to 0";
    flag("initial-memory-map-size", Kind::Int, default, usage)
}

pub(super) const MARK_COMPACTED: Flag = switch(
    "mark-compacted",
    "Mark the latest revision after restore as the point of scheduled compaction \
     (required if --bump-revision > 0, disallowed otherwise)",
);

pub(super) const NAME: Flag =
    flag("name", Kind::Text, "default", "Human-readable name for this member");

pub(super) const SKIP_HASH_CHECK: Flag = switch(
    "skip-hash-check",
    "Ignore snapshot integrity hash value (required if copied from data directory)",
);

pub(super) const WAL_DIR: Flag =
    flag("wal-dir", Kind::Text, "", "Path to the WAL directory (use --data-dir if none given)");
