//! Scripted tests in the format of etcd's raft library: whatever a file asks of the servers, it is
//! refused, or carried out to its end or the first difference.

use crate::make::{from_to, noise, perhaps_damaged, words};
use arbitrary::{Result, Unstructured};

/// How a cluster begins: quietly, so that each command answers `ok` and a file goes on to its end.
const CLUSTERS: [&str; 5] = [
    "add-nodes 3 voters=(1,2,3) index=2",
    "add-nodes 1 voters=(1) learners=(2) index=10",
    "add-nodes 2 voters=(1,2) index=11 inflight=1 max-committed-size-per-ready=1",
    "add-nodes 2 voters=(1,2) index=2 async-storage-writes=true prevote=true checkquorum=true",
    "add-nodes 4 voters=(1,2) learners=(3) index=3 read-only=lease-based",
];

/// What is done to its servers.
const COMMANDS: [&str; 28] = [
    "campaign 1",
    "campaign 2",
    "campaign 3",
    "stabilize",
    "stabilize",
    "stabilize",
    "stabilize 1 2",
    "deliver-msgs 1 2 3",
    "deliver-msgs drop=(1,2)",
    "deliver-msgs type=MsgHeartbeatResp 1",
    "process-ready 1",
    "process-append-thread 1",
    "process-apply-thread 1",
    "propose 1 foo",
    "propose 2 \"a b\"",
    "propose-conf-change 1 v1=true\nv4",
    "propose-conf-change 1 transition=explicit\nv3 v4 v5",
    "propose-conf-change 1\nr1 l2 u3",
    "add-nodes 1",
    "tick-election 1",
    "tick-heartbeat 1",
    "transfer-leadership from=1 to=2",
    "send-snapshot 1 2",
    "compact 1 3",
    "report-unreachable 1 2",
    "forget-leader 2",
    "set-randomized-election-timeout 1 timeout=5",
    "status 1",
];

/// Majorities.
const QUORUMS: [&str; 3] = [
    "committed cfg=(1,2,3) idx=(1,5,9)",
    "committed cfg=(1,2,3) cfgj=(3,4,5) idx=(1,_,9,100,7)",
    "vote cfg=(1,2,3) cfgj=(3,4,5) votes=(y,n,_,y,n)",
];

/// Changes of membership.
const CHANGES: [&str; 6] = [
    "simple\nv1",
    "simple\nl2 v2",
    "simple\nr1 u3",
    "enter-joint autoleave=true\nv1 v2 v3",
    "enter-joint autoleave=false\nr1 r2",
    "leave-joint",
];

const WORDS: [&str; 20] = [
    "add-nodes",
    "voters=(1,2)",
    "learners=(3)",
    "index=2",
    "content=foo",
    "cfg=(1,2,3)",
    "cfgj=(4)",
    "idx=(1,2,_)",
    "votes=(y,n)",
    "read-only=lease-based",
    "inflight=0",
    "(",
    ")",
    "\"",
    "----",
    "\n----\n",
    "\n",
    "v1",
    "r9",
    "=",
];

/// A file.
pub fn make(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let (mut script, commands) = match u.int_in_range(0..=7)? {
        0 => return Ok(noise(u)?.into_bytes()),
        1 => return Ok((words(u, &WORDS, &[" ", " ", "\n"], 20)? + "\n----\nok\n").into_bytes()),
        2 => (Vec::new(), &QUORUMS[..]),
        3 => (Vec::new(), &CHANGES[..]),
        _ => (vec!["log-level none", u.choose(&CLUSTERS)?], &COMMANDS[..]),
    };
    for _ in 0..from_to(u, 1, 40)? {
        script.push(u.choose(commands)?);
    }
    let text: String = script.iter().map(|command| format!("{command}\n----\nok\n\n")).collect();
    perhaps_damaged(u, text)
}

/// Carries out a file.
pub fn take(bytes: &[u8]) {
    let _report = raft_conformance::run(&String::from_utf8_lossy(bytes));
}
