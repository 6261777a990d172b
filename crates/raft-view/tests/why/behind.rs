//! Servers that are behind the leader.

use super::{N1, N2, N3, N5, after, said, with};
use expect_test::expect;
use raft_view::menu::Selection;
use raft_view::why::{Question, questions, why_not};

#[test]
fn a_server_that_has_it_all_is_not_behind() {
    let session = after("put a 1\nrun 100ms");
    expect!["nothing to explain"].assert_eq(&said(&session, Question::Behind(N2)));
    expect!["nothing to explain"].assert_eq(&said(&session, Question::Behind(N1)));
    assert!(!questions(&session, Selection::Server(N2)).contains(&Question::Behind(N2)));
}

#[test]
fn nobody_is_behind_without_a_leader() {
    let session = after("cut n1 -> n2\nput a 1\nrun 100ms\ncrash n1\nrun 1ms");
    expect!["nothing to explain"].assert_eq(&said(&session, Question::Behind(N2)));
}

#[test]
fn entries_are_on_their_way() {
    let session = after("propose x via n1\npropose y via n1\nrun 3ms");
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entries 2 to 3.
        AppendEntries with entry 2 reaches n2 in 7.0 ms.
        > In 7.0 ms n2 writes what it gets, if it fits its log, and answers.
        [§5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
    let answer = why_not(&session, &Question::Behind(N2)).expect("two entries are on their way");
    assert!(matches!(answer.look[0], Selection::Message(_)), "{answer:?}");
    assert!(questions(&session, Selection::Server(N2)).contains(&Question::Behind(N2)));
    assert!(questions(&session, Selection::Link(N1, N2)).contains(&Question::Behind(N2)));
}

#[test]
fn its_disk_writes() {
    let session = after("propose x via n1\nrun 11ms");
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entry 2.
        n2’s disk writes what comes next, for another 1.0 ms.
        > n2’s disk is done in 1.0 ms.
        [Persistent state · Figure 2]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
}

#[test]
fn its_disk_is_slow() {
    let session = after("set fsync 50ms..60ms\npropose x via n1\nrun 30ms");
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entry 2.
        n2’s disk writes what comes next, for another 38 ms.
        It is slow: a write takes 50 ms to 60 ms, longer than any message.
        > n2’s disk is done in 38 ms.
        [Persistent state · Figure 2]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
    let session = after(
        "set fsync 50ms..60ms\n\
         propose x via n1\nrun 1ms\npropose y via n1\nrun 1ms\npropose z via n1\nrun 20ms",
    );
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entries 2 to 4.
        n2’s disk writes what comes next, for another 46 ms.
        It has 3 writes to do, one after the other, and each takes 50 ms to 60 ms.
        > n2’s disk is done in 46 ms.
        [Persistent state · Figure 2]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
}

#[test]
fn links_are_cut_or_held() {
    let session = after("cut n1 -> n2\ncut n3 -> n1\npropose x via n1\nrun 30ms");
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entry 2.
        Nothing passes from n1 to n2.
        > n1 sends what n2 lacks once it reaches n2 and hears from it again.
        [§5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
    let session = after("hold n1 -> n2\npropose x via n1\nrun 30ms");
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entry 2.
        n1’s entries are held back on the link to n2.
        > The link from n1 to n2 must be released.
        [§5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
    let answer = why_not(&session, &Question::Behind(N2)).expect("it is held back");
    assert!(answer.look.contains(&Selection::Link(N1, N2)), "{answer:?}");
}

#[test]
fn it_is_down_or_paused() {
    let session = after("crash n2\npause n3\npropose x via n1\nrun 30ms");
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entry 2.
        n2 is down.
        > n2 must start again; then n1 sends what it lacks.
        [§5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
    expect![[r#"
        Why is n3 behind n1?
        n3’s disk has n1’s log up to 1 and lacks entry 2.
        n3 is paused: it keeps what it has and does nothing.
        > n3 must go on; then it takes what waits in its inbox.
        [§5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(N3)));
}

#[test]
fn a_message_was_lost() {
    let session = after("propose x via n1\ndrop append n1 -> n2\nrun 30ms");
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entry 2.
        n1 has sent the entries to n2, which does not have them; neither they nor an answer is under way.
        > n1’s next heartbeat goes out in 938 ms; when n2 answers it, n1 sends again what n2 lacks.
        [§5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
}

#[test]
fn it_is_in_a_higher_term() {
    let session = after("cut n2 -> n1\ntimeout n2\npropose x via n1\nrun 1ms");
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entry 2.
        n2 is in term 2 and takes nothing from n1, which leads term 1.
        > n2 gets the entries from the next leader.
        [§5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
}

#[test]
fn the_leader_steps_back() {
    // n1 holds three entries that reached nobody, and leads again.
    let text = "cut n1 -> n2\ncut n1 -> n3\ncut n1 -> n4\ncut n1 -> n5\n\
                propose x via n1\npropose y via n1\npropose z via n1\nrun 3ms\n\
                crash n1\nrestart n1\nheal\ntimeout n1\nrun until leader\n";
    let session = after(&format!("{text}run 3ms"));
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entries 2 to 5.
        n1 does not know yet where n2’s log agrees with its own, and tries index 4.
        > n1’s question reaches n2 in 7.0 ms.
        [nextIndex · §5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
    let session = after(&format!("{text}run 13ms"));
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entries 2 to 5.
        n1 does not know yet where n2’s log agrees with its own, and tries index 4.
        > n2’s answer is on its way and reaches n1 in 7.0 ms.
        [nextIndex · §5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
    let session = after(&format!("{text}run 23ms"));
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entries 2 to 5.
        AppendEntries with entries 2 to 5 reaches n2 in 7.0 ms.
        > In 7.0 ms n2 writes what it gets, if it fits its log, and answers.
        [§5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
}

#[test]
fn a_snapshot_is_on_its_way() {
    let text = "crash n2\npropose w via n1\npropose x via n1\nrun 60ms\n\
                snapshot n1\nrun 10ms\ncompact n1\nrestart n2\n";
    let session = after(&format!("{text}run 10ms"));
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entries 2 to 3.
        n1’s last AppendEntries to n2 was lost.
        The server was down.
        > n1’s next heartbeat goes out in 888 ms; when n2 answers it, n1 sends again what n2 lacks.
        [§5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
    let session = after(&format!("{text}run 935ms"));
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entries 2 to 3.
        n1 has sent the entries to n2, which does not have them; neither they nor an answer is under way.
        > n1’s next heartbeat goes out in 963 ms; when n2 answers it, n1 sends again what n2 lacks.
        [§5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
    let session = after(&format!("{text}run 945ms"));
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entries 2 to 3.
        n1 has dropped its log up to 3, so a snapshot must stand in for it.
        n1’s snapshot up to 3 reaches n2 in 3.0 ms.
        > In 3.0 ms n2 writes the snapshot; then come the entries behind it.
        [InstallSnapshot · §7]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
}

#[test]
fn its_disk_was_erased() {
    let session = after("propose x via n1\nrun 60ms\nwipe n2\nrun 10ms\nrestart n2\nrun 3s");
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has nothing of n1’s log, which ends at 2.
        n2’s disk was erased, and what it held is gone.
        n1 counts on n2 to hold everything up to 2, as n2 once acknowledged, and does not send it a second time.
        > n2 gets it all from the next leader, which begins by asking where the logs agree.
        [matchIndex · Figure 2]"#]].assert_eq(&said(&session, Question::Behind(N2)));
}

#[test]
fn it_is_no_member_for_the_leader() {
    let session = after("hold n1 -> n5\nmember remove n5\nrun 100ms\npropose x via n1\nrun 100ms");
    expect![[r#"
        Why is n5 behind n1?
        For n1, n5 is not a member: it is sent nothing.
        > A committed change of membership must make n5 a member.
        [Membership · §6, §4.2.1 diss.]"#]]
    .assert_eq(&said(&session, Question::Behind(N5)));
}

#[test]
fn the_leader_steps_back_more_than_once() {
    // n1 and n2 win by turns, and what they write then reaches nobody.
    let alone = |id: &str| {
        format!(
            "timeout {id}\nrun 10ms\ncut {id} -> all\nrun 10ms\npropose x via {id}\nrun 1ms\n\
             crash {id}\nheal\nrestart {id}\n"
        )
    };
    let turns = ["n2", "n1", "n2", "n1", "n2"].map(alone).concat();
    let text = format!("{turns}timeout n1\nrun until leader\nrun 25ms");
    let session = with("fsync 0ms..0ms", &text);
    expect![[r#"
        Why is n2 behind n1?
        n2’s disk has n1’s log up to 1 and lacks entries 2 to 6.
        n1 does not know yet where n2’s log agrees with its own, and tries index 3.
        It has stepped back once, from 5.
        > n1’s question reaches n2 in 5.0 ms.
        [nextIndex · §5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(N2)));
}
