//! What is wrong with a text is told by line, with what was found and what was expected.
#![cfg(not(target_arch = "wasm32"))]

#[path = "errors/servers.rs"]
mod servers;
#[path = "errors/words.rs"]
mod words;

use expect_test::{Expect, expect};
use raft_sim::scenario;
use std::fmt::Write;

/// Each text by itself, and what is said about it.
fn check(texts: &[&str], said: Expect) {
    let mut out = String::new();
    for text in texts {
        let answer = match scenario::parse(text) {
            Ok(_) => "nothing is wrong".to_string(),
            Err(error) => error.to_string(),
        };
        let _written = writeln!(out, "{:?}\n    {answer}", shorten(text));
    }
    said.assert_eq(&out);
}

fn shorten(text: &str) -> &str {
    text.get(..100).unwrap_or(text)
}

#[test]
fn unknown_words_are_named_and_near_misses_suggested() {
    check(
        &[
            "crush n2",
            "run until leader\n\n# a comment\ncrsh n2",
            "xyzzy",
            "\"crash\" n2",
            "crash",
            "crash m2",
            "crash leadr",
            "crash n2 n3",
            "heal n1",
            "spread",
            "align timer",
            "expect saef",
            "expect convreged",
            "expect consle 1 ended",
            "expect",
            "expect violated",
            "expect violated election-safty",
            "expect role n1 = boss",
            "expect role n1 leader",
            "expect no",
            "expect not safe",
            "expect logs",
            "expect converged x",
            "run until",
            "run till leader",
            "run",
            "run 5",
            "run 5 ms",
            "run -5ms",
            "run until leader within",
            "run until leader within soon",
            "@5 crash n1",
            "@1s+x crash n1",
            "@ crash n1",
            "etcdctl get a",
            "member add n6",
            "snapshot n1",
        ],
        expect![[r#"
            "crush n2"
                line 1: expected a command such as `crash n2`, found `crush`; did you mean `crash`?
            "run until leader\n\n# a comment\ncrsh n2"
                line 4: expected a command such as `crash n2`, found `crsh`; did you mean `crash`?
            "xyzzy"
                line 1: expected a command such as `crash n2`, found `xyzzy`
            "\"crash\" n2"
                line 1: expected a command such as `crash n2`, found `crash`
            "crash"
                line 1: expected a server such as `n2`, or `leader`, `follower`, `all` or `$name`, found the end of the line
            "crash m2"
                line 1: expected a server such as `n2`, or `leader`, `follower`, `all` or `$name`, found `m2`
            "crash leadr"
                line 1: expected a server such as `n2`, or `leader`, `follower`, `all` or `$name`, found `leadr`; did you mean `leader`?
            "crash n2 n3"
                line 1: expected the end of the line, found `n3`
            "heal n1"
                line 1: expected the end of the line, found `n1`
            "spread"
                line 1: expected `timers`, found the end of the line
            "align timer"
                line 1: expected `timers`, found `timer`; did you mean `timers`?
            "expect saef"
                line 1: expected a claim such as `leader n3` or `value a = 1 on n1`, found `saef`; did you mean `safe`?
            "expect convreged"
                line 1: expected a claim such as `leader n3` or `value a = 1 on n1`, found `convreged`; did you mean `converged`?
            "expect consle 1 ended"
                line 1: expected a claim such as `leader n3` or `value a = 1 on n1`, found `consle`; did you mean `console`?
            "expect"
                line 1: expected a claim such as `leader n3` or `value a = 1 on n1`, found the end of the line
            "expect violated"
                line 1: expected a property: election-safety, leader-append-only, log-matching, leader-completeness, state-machine-safety, committed-on-quorum, committed-immutable, monotonic-state, durability, quorum-overlap, linearizability, leader-stability, progress, found the end of the line
            "expect violated election-safty"
                line 1: expected a property: election-safety, leader-append-only, log-matching, leader-completeness, state-machine-safety, committed-on-quorum, committed-immutable, monotonic-state, durability, quorum-overlap, linearizability, leader-stability, progress, found `election-safty`; did you mean `election-safety`?
            "expect role n1 = boss"
                line 1: expected a role: follower, pre-candidate, candidate, leader, learner, crashed, paused, found `boss`
            "expect role n1 leader"
                line 1: expected `=`, found `leader`
            "expect no"
                line 1: expected `leader`, found the end of the line
            "expect not safe"
                line 1: expected `linearizable`, found `safe`
            "expect logs"
                line 1: expected `equal`, found the end of the line
            "expect converged x"
                line 1: expected the end of the line, found `x`
            "run until"
                line 1: expected a claim such as `leader n3` or `value a = 1 on n1`, found the end of the line
            "run till leader"
                line 1: expected a time such as `200ms`, or `until`, found `till`
            "run"
                line 1: expected a time such as `200ms`, or `until`, found the end of the line
            "run 5"
                line 1: expected a time such as `200ms`, or `until`, found `5`
            "run 5 ms"
                line 1: expected a time such as `200ms`, or `until`, found `5`
            "run -5ms"
                line 1: expected a time such as `200ms`, or `until`, found `-5ms`
            "run until leader within"
                line 1: expected a time such as `200ms` (units: us, ms, s, m, h), found the end of the line
            "run until leader within soon"
                line 1: expected a time such as `200ms` (units: us, ms, s, m, h), found `soon`
            "@5 crash n1"
                line 1: expected a time such as `@1500ms` or `@1500ms+3`, found `@5`
            "@1s+x crash n1"
                line 1: expected a time such as `@1500ms` or `@1500ms+3`, found `@1s+x`
            "@ crash n1"
                line 1: expected a time such as `@1500ms` or `@1500ms+3`, found `@`
            "etcdctl get a"
                nothing is wrong
            "member add n6"
                nothing is wrong
            "snapshot n1"
                nothing is wrong
        "#]],
    );
}

#[test]
fn wrong_values_are_named_with_what_is_allowed() {
    check(
        &[
            "nodes 0",
            "nodes 32",
            "nodes 300",
            "nodes five",
            "nodes",
            "nodes \"5\"",
            "seed -1",
            "seed 18446744073709551616",
            "seed 0x7",
            "election-timeout 300ms..150ms",
            "election-timeout 0ms..1ms",
            "election-timeout 10ms-20ms",
            "election-timeout 10ms..",
            "latency 25h..26h",
            "latency 10..20",
            "latency 1.0001us..2us",
            "heartbeat 0ms",
            "heartbeat 10ms..20ms",
            "heartbeat 99999999999h",
            "loss 101%",
            "loss 5",
            "loss -5%",
            "loss 0.00001%",
            "client-timeout 0s",
            "append-entries 0",
            "pre-vote on",
            "pre-vote maybe",
            "check-quorum on",
            "reads lease",
            "reads fast",
            "forwarding yes",
            "rule off commit-curent-term",
            "rule commit-current-term",
            "rule off",
            "title",
            "title a b",
            "put a 1\nset nodes 7",
            "set seed 3",
            "set title x",
            "set loss",
            "set clock n1 0%",
            "set clock n1 1001%",
            "set clock n1 fast",
            "load 0/s",
            "load 10001/s",
            "load 50",
            "load 50/s reads 0.5%",
            "load 50/s writes 5%",
            "load 50/s keys 0",
            "load 50/s keys 100001",
            "load 50/s clients 257",
            "load 50/s clients 5 keys 20",
            "load 50/s via n9",
            "load",
        ],
        expect![[r#"
            "nodes 0"
                line 1: expected a number of servers from 1 to 31, found `0`
            "nodes 32"
                line 1: expected a number of servers from 1 to 31, found `32`
            "nodes 300"
                line 1: expected a number of servers from 1 to 31, found `300`
            "nodes five"
                line 1: expected a number of servers from 1 to 31, found `five`
            "nodes"
                line 1: expected a number of servers from 1 to 31, found the end of the line
            "nodes \"5\""
                line 1: expected a number of servers from 1 to 31, found `5`
            "seed -1"
                line 1: expected a whole number below 2^64, found `-1`
            "seed 18446744073709551616"
                line 1: expected a whole number below 2^64, found `18446744073709551616`
            "seed 0x7"
                line 1: expected a whole number below 2^64, found `0x7`
            "election-timeout 300ms..150ms"
                line 1: expected a range whose first time is not above its second, found `300ms..150ms`
            "election-timeout 0ms..1ms"
                line 1: expected an election timeout of at least 1ms and at most 24h, found `0ms..1ms`
            "election-timeout 10ms-20ms"
                line 1: expected a range of times such as `10ms..20ms`, found `10ms-20ms`
            "election-timeout 10ms.."
                line 1: expected a range of times such as `10ms..20ms`, found `10ms..`
            "latency 25h..26h"
                line 1: expected a range of times of at most 24h, found `25h..26h`
            "latency 10..20"
                line 1: expected a range of times such as `10ms..20ms`, found `10..20`
            "latency 1.0001us..2us"
                line 1: expected a range of times such as `10ms..20ms`, found `1.0001us..2us`
            "heartbeat 0ms"
                line 1: expected a heartbeat of at least 1ms and at most 24h, found `0ms`
            "heartbeat 10ms..20ms"
                line 1: expected a time such as `200ms` (units: us, ms, s, m, h), found `10ms..20ms`
            "heartbeat 99999999999h"
                line 1: expected a time such as `200ms` (units: us, ms, s, m, h), found `99999999999h`
            "loss 101%"
                line 1: expected a percentage from 0% to 100%, found `101%`
            "loss 5"
                line 1: expected a percentage from 0% to 100%, found `5`
            "loss -5%"
                line 1: expected a percentage from 0% to 100%, found `-5%`
            "loss 0.00001%"
                line 1: expected a percentage from 0% to 100%, found `0.00001%`
            "client-timeout 0s"
                line 1: expected a client time-out of at least 1ms and at most 24h, found `0s`
            "append-entries 0"
                line 1: expected a number of entries from 1 to 10000, found `0`
            "pre-vote on"
                nothing is wrong
            "pre-vote maybe"
                line 1: expected `on` or `off`, found `maybe`
            "check-quorum on"
                nothing is wrong
            "reads lease"
                nothing is wrong
            "reads fast"
                line 1: expected `log`, `read-index` or `lease`, found `fast`
            "forwarding yes"
                line 1: expected `on` or `off`, found `yes`
            "rule off commit-curent-term"
                line 1: expected the name of a rule: persist-vote, persist-term, vote-once, keep-vote, vote-up-to-date, majority-elects, count-voters, current-term-votes, refuse-stale-append, match-previous, keep-matching, drop-conflicts, back-off, commit-current-term, majority-commits, commit-what-matched, clamp-heartbeat, refusals-do-not-count, ack-after-fsync, ack-own-term, leader-noop, random-timeouts, read-quorum, read-own-term, fresh-read-token, no-lease-in-transfer, apply-once, config-own-term, one-config-at-a-time, config-before-campaign, joint-consensus, step-down-on-removal, snapshot-membership, snapshot-replaces-log, refuse-old-snapshot, found `commit-curent-term`; did you mean `commit-current-term`?
            "rule commit-current-term"
                line 1: expected `on` or `off`, found `commit-current-term`
            "rule off"
                line 1: expected the name of a rule: persist-vote, persist-term, vote-once, keep-vote, vote-up-to-date, majority-elects, count-voters, current-term-votes, refuse-stale-append, match-previous, keep-matching, drop-conflicts, back-off, commit-current-term, majority-commits, commit-what-matched, clamp-heartbeat, refusals-do-not-count, ack-after-fsync, ack-own-term, leader-noop, random-timeouts, read-quorum, read-own-term, fresh-read-token, no-lease-in-transfer, apply-once, config-own-term, one-config-at-a-time, config-before-campaign, joint-consensus, step-down-on-removal, snapshot-membership, snapshot-replaces-log, refuse-old-snapshot, found the end of the line
            "title"
                line 1: expected a title, in quotation marks if it has several words, found the end of the line
            "title a b"
                line 1: expected the end of the line, found `b`
            "put a 1\nset nodes 7"
                line 2: expected a setting that can change while a run goes on; the number of servers and the seed cannot, found `nodes`
            "set seed 3"
                line 1: expected a setting that can change while a run goes on; the number of servers and the seed cannot, found `seed`
            "set title x"
                line 1: expected the name of a setting, found `title`
            "set loss"
                line 1: expected a percentage from 0% to 100%, found the end of the line
            "set clock n1 0%"
                line 1: expected a clock rate from 1% to 1000%, found `0%`
            "set clock n1 1001%"
                line 1: expected a clock rate from 1% to 1000%, found `1001%`
            "set clock n1 fast"
                line 1: expected a clock rate from 1% to 1000%, found `fast`
            "load 0/s"
                line 1: expected a rate from 1/s to 10000/s, or `off`, found `0/s`
            "load 10001/s"
                line 1: expected a rate from 1/s to 10000/s, or `off`, found `10001/s`
            "load 50"
                line 1: expected a rate from 1/s to 10000/s, or `off`, found `50`
            "load 50/s reads 0.5%"
                line 1: expected a whole percentage, found `0.5%`
            "load 50/s writes 5%"
                line 1: expected `reads 50%`, `keys 20`, `skewed`, `clients 5` or `via n2`, in this order, found `writes`
            "load 50/s keys 0"
                line 1: expected a number of keys from 1 to 100000, found `0`
            "load 50/s keys 100001"
                line 1: expected a number of keys from 1 to 100000, found `100001`
            "load 50/s clients 257"
                line 1: expected a number of clients from 1 to 256, found `257`
            "load 50/s clients 5 keys 20"
                line 1: expected `reads 50%`, `keys 20`, `skewed`, `clients 5` or `via n2`, in this order, found `keys`
            "load 50/s via n9"
                line 1: expected a server from n1 to n5, found `n9`
            "load"
                line 1: expected a rate from 1/s to 10000/s, or `off`, found the end of the line
        "#]],
    );
}

#[test]
fn a_setting_stands_once_and_before_the_first_action() {
    check(
        &[
            "nodes 3\nnodes 3",
            "title a\nseed 1\ntitle a",
            "rule off persist-vote\nrule off persist-vote",
            "rule off persist-vote\nrule on persist-vote",
            "heal\nloss 5%",
            "heal\nnodes 3",
            "say hi\ntitle x",
            "duplicate 5%",
            "heal\nduplicate 5%",
        ],
        expect![[r#"
            "nodes 3\nnodes 3"
                line 2: expected each setting at most once, found a second `nodes`
            "title a\nseed 1\ntitle a"
                line 3: expected each setting at most once, found a second `title`
            "rule off persist-vote\nrule off persist-vote"
                line 2: expected each setting at most once, found a second `rule persist-vote`
            "rule off persist-vote\nrule on persist-vote"
                line 2: expected each setting at most once, found a second `rule persist-vote`
            "heal\nloss 5%"
                line 2: expected settings before the first action, or `set loss …`, found `loss`
            "heal\nnodes 3"
                line 2: expected settings before the first action, or `set nodes …`, found `nodes`
            "say hi\ntitle x"
                line 2: expected settings before the first action, or `set title …`, found `title`
            "duplicate 5%"
                nothing is wrong
            "heal\nduplicate 5%"
                line 2: expected a kind of message: vote, vote-reply, append, append-reply, heartbeat, heartbeat-reply, propose, pre-vote, pre-vote-reply, snapshot, timeout-now, transfer-leader, read-index, read-index-reply; the chance of duplication is a setting, which after the first action is changed with `set duplicate`, found `5%`
        "#]],
    );
}
