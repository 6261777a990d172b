//! The same text gives the same run on every machine: here the scenarios' digests are compared
//! where there is no file system, in wasm under Node.js; natively the same test runs too.

use raft_sim::{Session, scenario};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const DIGESTS: &str = include_str!("../scenarios/digests.txt");

macro_rules! scenarios {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../scenarios/", $name, ".raft")))),*]
    };
}

const SCENARIOS: &[(&str, &str)] = &scenarios![
    "access-control",
    "acknowledged-by-all-on-no-disk",
    "added-by-etcdctl",
    "answered-at-once",
    "answers-lost",
    "caught-up",
    "changed-meanwhile",
    "client-latency",
    "client-timeout",
    "clients-leave-those-who-left",
    "clocks",
    "crash-before-fsync",
    "etcd-clients",
    "exact-places",
    "figure-8",
    "figure-8-without-the-rule",
    "forwarding",
    "healed-but-not-converged",
    "hold-release",
    "hold-release-all",
    "kept-elsewhere",
    "late-refusals",
    "leader-append-only",
    "leader-stability",
    "learner-snapshot",
    "lease-from-the-round",
    "lease-needs-a-look",
    "lease-outlasts-a-timeout",
    "lease-trusts-clocks",
    "load",
    "load-bound",
    "lone-restart",
    "lossy",
    "member-change-when-isolated",
    "members-of-etcd",
    "message-by-message",
    "minority",
    "one-server",
    "one-way-cut",
    "partition",
    "paused-leader",
    "preset-etcd",
    "refused",
    "removed-leader-is-needed",
    "reseed",
    "restart-keeps-membership",
    "restore-cluster",
    "retried-once",
    "settings-of-one",
    "settings-while-it-runs",
    "snapshot-unread",
    "split-vote",
    "stale-etcd-read",
    "stale-linearizable-read",
    "stale-read",
    "stranded-leader",
    "timers",
    "tokens",
    "torn-writes",
    "two-servers",
    "vote-forgotten",
    "vote-kept",
    "wiped",
    "wiped-follower-is-sent-all",
    "wiped-follower-stops",
    "wiped-member-votes",
    "wiped-members-elect",
    "wiped-under-load",
    "wiped-voter-returns",
    "without-a-leader",
    "words",
];

#[test]
fn every_scenario_goes_the_way_it_goes_on_any_other_machine() {
    for (name, text) in SCENARIOS {
        let mut session = Session::open(scenario::parse(text).expect("a text that can be read"));
        while !session.finish_script(u64::MAX / 2) {}
        let digest = format!("{:016x}", session.world().digest());
        assert_eq!(written_down(name), Some(digest.as_str()), "{name}");
    }
}

#[test]
fn no_scenario_is_left_out() {
    let named = DIGESTS.lines().filter(|line| !line.starts_with(['#'])).skip(1);
    let names = named.filter_map(|line| Some(line.split_once(' ')?.0));
    // The collections in folders of their own are tried natively only.
    let names: Vec<&str> = names.filter(|name| !name.contains('/')).collect();
    let here: Vec<&str> = SCENARIOS.iter().map(|(name, _)| *name).collect();
    assert_eq!(here, names);
}

fn written_down(name: &str) -> Option<&'static str> {
    DIGESTS.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
}
