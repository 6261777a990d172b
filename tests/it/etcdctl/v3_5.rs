//! The same with a real etcd 3.5.30, recorded from Debian's build. What only that build does is
//! taken back before it is compared: spaces in JSON, the form of errors, the lines of tables.

use super::*;

/// The first recording: what the one of 3.4.23 has, and then more.
const TRANSCRIPT: &str = "etcdctl-3.5.30-transcript.txt";
/// The second recording.
const MORE: &str = "etcdctl-3.5.30-more.txt";

pub fn three(now_us: u64) -> Simulated {
    // The recorded ids are in the order of n3, n2, n1.
    let members = members_of(played_by([3, 2, 1]));
    let recorded = vec![0xfc82_10df_2437_5e52, 0x9aca_9324_596c_5669, 0x7f79_6575_b7f8_5e80];
    let mut simulated = Simulated::new(Version::V3_5, members, recorded, 2, now_us);
    simulated.let_in(0, &["http://127.0.0.1:8000", "http://localhost:5173"]);
    simulated
}

/// Why blocks of the first recording are not compared.
const LEFT_OUT: &Reasons = &[
    // What is not there.
    ("etcd --", "the server's own command line"),
    ("ls ", "there are no folders"),
    ("etcdctl snapshot save DATA/s3.db", "lists a folder"),
    ("date +%T", "the clock on the wall"),
    ("cp DATA", "needs a shell"),
    ("head -c 9000", "needs a shell"),
    ("(timeout 2 etcdctl watch w -- sh", "needs a shell"),
    ("etcdctl lock m --ttl=5 -- sh", "needs a shell"),
    ("etcdctl check perf >", "needs a shell"),
    ("etcdctl completion ", "a script for a shell"),
    ("etcdutl completion bash |", "a script for a shell"),
    ("curl -s http://127.0.0.1:23791/metrics", "of the metrics only those of the status are there"),
    ("curl -s http://127.0.0.1:23795/metrics", "of the metrics only those of the status are there"),
    ("curl -s -i -X POST http://127.0.0.1:23791/v3/maintenance/snapshot", "the file is another"),
    ("etcdctl snapshot status DATA/ds/", "a file of a running server"),
    ("etcdutl snapshot restore DATA/y.db", "a file that a shell has damaged"),
    ("env -u ETCDCTL_ENDPOINTS etcdctl --endpoints=http://127.0.0.1:23797", "another cluster"),
    // Debian's build.
    ("curl -s -i -X POST http://127.0.0.1:23791/v3/kv/range -d '{\"key\":\"!!\"}'", "[Debian]"),
    ("curl -s -i -X POST http://127.0.0.1:23791/v3/nosuch", "[Debian] unknown path"),
    ("curl -s -i -X GET http://127.0.0.1:23791/v3/kv/range", "[Debian] GET on a v3 path"),
    ("timeout 1 curl -sN -i -X POST http://127.0.0.1:23795/v3/watch", "[Debian] json.raw"),
    (
        "env -u ETCDCTL_ENDPOINTS etcdctl --endpoints=http://127.0.0.1:9 --command-timeout=1s \
         endpoint status -w table",
        "[Debian] an empty table ends in one border",
    ),
    // What differs.
    ("printf 'lease(\"a/1\") = ", "a crash whose stack is another"),
    ("etcdutl defrag --data-dir DATA/none", "a crash whose stack is another"),
    ("etcdctl endpoint health --cluster -w json", "in the order of the answers"),
    ("etcdctl user add root", "asked on a terminal that was none"),
    ("etcdctl --user=u:pu lease list", "how much time went by for leases"),
    ("etcdctl del q --prefix", "how many puts fit into bbolt's pages"),
    ("etcdctl put qq v", "as before: the revision to compact is another"),
    ("etcdctl alarm list", "as before, at the end"),
    ("etcdctl endpoint status", "as before, at the end; a column is as wide as an id"),
    ("curl -s http://127.0.0.1:23795/health", "as before, at the end"),
];

#[test]
fn what_a_real_etcdctl_3_5_printed() {
    let mut shell = Shell::new(three(READY_US), ENDPOINT, READY_US);
    let counts = replay(TRANSCRIPT, &mut shell, &[LEFT_OUT]);
    assert_eq!(counts, (536, 46));
}

/// The same for the second recording.
const MORE_LEFT_OUT: &Reasons = &[
    ("etcdctl member add n4 --peer-urls=http://127.0.0.1:23804,http", "a server has one address"),
    (
        "env -u ETCDCTL_ENDPOINTS etcdctl --endpoints=http://127.0.0.1:9 --command-timeout=1s \
         endpoint status -w table",
        "[Debian] an empty table ends in one border",
    ),
];

#[test]
fn flags_locks_elections_and_dead_endpoints_of_3_5() {
    let mut shell = Shell::new(three(READY_US), ENDPOINT, READY_US);
    assert_eq!(replay(MORE, &mut shell, &[MORE_LEFT_OUT]), (156, 2));
}
