//! What names a server, a group or a link: who can never exist, who may come yet, and who can have
//! a setting of its own.

use super::check;
use expect_test::expect;

#[test]
fn servers_that_can_never_exist_and_impossible_groups_are_refused() {
    check(
        &[
            "crash n0",
            "crash n6",
            "nodes 3\ncrash n4",
            "nodes 31\ncrash n31\ncrash n32",
            "crash n99999999999999999999999",
            "put a 1 via n9",
            "expect leader n6",
            "cut n1 -> n1",
            "cut n1 n2",
            "cut n1 -- ",
            "hold n1 -- n2",
            "hold n2 -> n2",
            "drop apend n1 -> n2",
            "drop append n1",
            "drop append n1 -> n2 number 0",
            "drop snapshot n1 -> n2",
            "partition n1 n2 n3 n4 n5",
            "partition n1 n2 |",
            "partition | n1 n2 n3 n4 n5",
            "partition n1 n2 | n3 n4",
            "partition n1 n2 | n2 n3 n4 n5",
            "partition",
            "partition n1 | rets",
            "timer n1 election",
            "timer n1 elections in 5ms",
            "timer n1 election in 25h",
            "timer n1 election in 5000000000h",
        ],
        expect![[r#"
            "crash n0"
                line 1: expected a server from n1 to n5, found `n0`
            "crash n6"
                line 1: expected a server from n1 to n5, found `n6`
            "nodes 3\ncrash n4"
                line 2: expected a server from n1 to n3, found `n4`
            "nodes 31\ncrash n31\ncrash n32"
                line 3: expected a server from n1 to n31, found `n32`
            "crash n99999999999999999999999"
                line 1: expected a server from n1 to n5, found `n99999999999999999999999`
            "put a 1 via n9"
                line 1: expected a server from n1 to n5, found `n9`
            "expect leader n6"
                line 1: expected a server from n1 to n5, found `n6`
            "cut n1 -> n1"
                line 1: expected two different servers, found n1 twice
            "cut n1 n2"
                line 1: expected `->` for one direction or `--` for both, found `n2`
            "cut n1 -- "
                line 1: expected a server such as `n2`, or `leader`, `follower`, `all` or `$name`, found the end of the line
            "hold n1 -- n2"
                line 1: expected `->`, found `--`; did you mean `->`?
            "hold n2 -> n2"
                line 1: expected two different servers, found n2 twice
            "drop apend n1 -> n2"
                line 1: expected a kind of message: vote, vote-reply, append, append-reply, heartbeat, heartbeat-reply, propose, pre-vote, pre-vote-reply, snapshot, timeout-now, transfer-leader, read-index, read-index-reply, found `apend`; did you mean `append`?
            "drop append n1"
                line 1: expected `->`, found the end of the line
            "drop append n1 -> n2 number 0"
                line 1: expected which of these messages, from 1 for the oldest, found `0`
            "drop snapshot n1 -> n2"
                nothing is wrong
            "partition n1 n2 n3 n4 n5"
                line 1: expected two groups or more with `|` between them, such as `n1 n2 | n3 n4 n5`, found one group
            "partition n1 n2 |"
                line 1: expected two groups or more with `|` between them, such as `n1 n2 | n3 n4 n5`, found an empty group
            "partition | n1 n2 n3 n4 n5"
                line 1: expected two groups or more with `|` between them, such as `n1 n2 | n3 n4 n5`, found an empty group
            "partition n1 n2 | n3 n4"
                line 1: expected every server in a group, or `rest`, found n5 in none
            "partition n1 n2 | n2 n3 n4 n5"
                line 1: expected each server in one group, found n2 twice
            "partition"
                line 1: expected two groups or more with `|` between them, such as `n1 n2 | n3 n4 n5`, found one group
            "partition n1 | rets"
                line 1: expected a server such as `n2`, or `leader`, `follower`, `all` or `$name`, found `rets`; did you mean `rest`?
            "timer n1 election"
                line 1: expected `in`, found the end of the line
            "timer n1 elections in 5ms"
                line 1: expected a timer: election or heartbeat or quorum or lease, found `elections`; did you mean `election`?
            "timer n1 election in 25h"
                line 1: expected a time of at most 24h, found `25h`
            "timer n1 election in 5000000000h"
                line 1: expected a time of at most 24h, found `5000000000h`
        "#]],
    );
}

#[test]
fn a_setting_of_one_is_checked_by_who_can_have_it() {
    check(
        &[
            "set fsync n9 5ms",
            "set fsync n2",
            "set fsync n2 soon",
            "set fsync n2 5ms..1ms",
            "set fsync n2 25h",
            "set fsync n2 off",
            "set fsync n1 -> n2 5ms",
            "set heartbeat all 0ms",
            "set latency n2 5ms",
            "set latency n1 -> n1 5ms",
            "set loss n1 -> n2 101%",
            "set loss n1 -> n2 default 5%",
            "set quota n2 default",
            "set fsnyc n2 5ms",
            "set loss default",
            "set clock n2 soon",
            "release n1",
            "release all n1",
        ],
        expect![[r#"
            "set fsync n9 5ms"
                line 1: expected a server from n1 to n5, found `n9`
            "set fsync n2"
                line 1: expected a range of times such as `10ms..20ms`, found the end of the line
            "set fsync n2 soon"
                line 1: expected a range of times such as `10ms..20ms`, found `soon`
            "set fsync n2 5ms..1ms"
                line 1: expected a range whose first time is not above its second, found `5ms..1ms`
            "set fsync n2 25h"
                line 1: expected a range of times of at most 24h, found `25h`
            "set fsync n2 off"
                line 1: expected a range of times such as `10ms..20ms`, found `off`
            "set fsync n1 -> n2 5ms"
                line 1: expected a setting that a link has for itself: latency, loss, duplicate, found `fsync`
            "set heartbeat all 0ms"
                line 1: expected a heartbeat of at least 1ms and at most 24h, found `0ms`
            "set latency n2 5ms"
                line 1: expected `->` for one direction or `--` for both, found `5ms`
            "set latency n1 -> n1 5ms"
                line 1: expected two different servers, found n1 twice
            "set loss n1 -> n2 101%"
                line 1: expected a percentage from 0% to 100%, found `101%`
            "set loss n1 -> n2 default 5%"
                line 1: expected the end of the line, found `5%`
            "set quota n2 default"
                line 1: expected a setting that a server has for itself: election-timeout, heartbeat, fsync, torn-writes, append-entries, pre-vote, check-quorum, snapshot-every; or a link: latency, loss, duplicate, found `quota`
            "set fsnyc n2 5ms"
                line 1: expected the name of a setting, found `fsnyc`; did you mean `fsync`?
            "set loss default"
                line 1: expected a percentage from 0% to 100%, found `default`
            "set clock n2 soon"
                line 1: expected a clock rate from 1% to 1000%, found `soon`
            "release n1"
                line 1: expected `->`, found the end of the line
            "release all n1"
                line 1: expected the end of the line, found `n1`
        "#]],
    );
}

#[test]
fn a_server_that_a_console_line_may_have_added_can_be_named() {
    let add = "etcdctl member add n4 --peer-urls=http://n4:2380";
    check(
        &[
            "nodes 3\ncrash n4",
            &format!("nodes 3\n{add}\ncrash n4\nexpect role n4 = crashed"),
            &format!("nodes 3\n{add}\npartition n1 n4 | n2 n3"),
            &format!("nodes 3\n{add}\npartition n1 n4 | n2"),
            &format!("nodes 3\n{add}\ncrash n32"),
            &format!("nodes 3\n{add}\ncrash n0"),
        ],
        expect![[r#"
            "nodes 3\ncrash n4"
                line 2: expected a server from n1 to n3, found `n4`
            "nodes 3\netcdctl member add n4 --peer-urls=http://n4:2380\ncrash n4\nexpect role n4 = crashed"
                nothing is wrong
            "nodes 3\netcdctl member add n4 --peer-urls=http://n4:2380\npartition n1 n4 | n2 n3"
                nothing is wrong
            "nodes 3\netcdctl member add n4 --peer-urls=http://n4:2380\npartition n1 n4 | n2"
                line 3: expected every server in a group, or `rest`, found n3 in none
            "nodes 3\netcdctl member add n4 --peer-urls=http://n4:2380\ncrash n32"
                line 3: expected a server from n1 to n31, found `n32`
            "nodes 3\netcdctl member add n4 --peer-urls=http://n4:2380\ncrash n0"
                line 3: expected a server from n1 to n31, found `n0`
        "#]],
    );
}
