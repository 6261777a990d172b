//! Entries that are not committed, or not known to be.

use super::{N1, N2, N3, after, run, said};
use expect_test::expect;
use raft_view::why::Question;

#[test]
fn a_copy_is_on_its_way() {
    let session = after("propose \"x\" via n1\nrun 5ms");
    expect![[r#"
        Why is entry 2 on n1 not committed?
        n1 has it; 2 more of n2, n3, n4 or n5 are needed for a majority of 5.
        The copies for n2, n3, n4 and n5 are on their way; the first arrives in 5.0 ms.
        > In 5.0 ms it reaches n2, which writes it and answers if it fits its log.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 2)));
}

#[test]
fn a_disk_writes() {
    let session = after("propose \"x\" via n1\nrun 11ms");
    expect![[r#"
        Why is entry 2 on n1 not committed?
        n1 has it; 2 more of n2, n3, n4 or n5 are needed for a majority of 5.
        n2, n3, n4 and n5 write it to their disks; the first is done in 1.0 ms.
        > In 1.0 ms it is on n2’s disk, and n2 answers n1.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 2)));
}

#[test]
fn the_leaders_own_disk_writes() {
    let session = after("propose \"x\" via n1\nrun 1ms");
    expect![[r#"
        Why is entry 2 on n1 not committed?
        No disk has it yet; 3 of n1, n2, n3, n4 or n5 are needed for a majority of 5.
        n1 writes it to its disk, for another 1.0 ms.
        The copies for n2, n3, n4 and n5 are on their way; the first arrives in 9.0 ms.
        > In 1.0 ms it is on n1’s own disk, and n1 counts itself.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 2)));
}

#[test]
fn an_answer_is_on_its_way() {
    let session = after("propose \"x\" via n1\nrun 15ms");
    expect![[r#"
        Why is entry 2 on n1 not committed?
        n1, n2, n3, n4 and n5 have it, a majority of 5.
        Leader n1 knows only of its own copy yet.
        The answers of n2, n3, n4 and n5 are on their way; the first reaches n1 in 7.0 ms.
        > In 7.0 ms n1 hears from n2 and counts its copy.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 2)));
}

#[test]
fn committed_and_known() {
    let session = after("propose \"x\" via n1\nrun 40ms");
    expect!["nothing to explain"].assert_eq(&said(&session, Question::Commit(N1, 2)));
    expect!["nothing to explain"].assert_eq(&said(&session, Question::Commit(N3, 2)));
    expect!["nothing to explain"].assert_eq(&said(&session, Question::Commit(N3, 3)));
}

#[test]
fn links_are_cut() {
    let session = after("partition n1 n2 | rest\npropose \"x\" via n1\nrun 30ms");
    expect![[r#"
        Why is entry 2 on n1 not committed?
        n1 and n2 have it; one more of n3, n4 or n5 is needed for a majority of 5.
        Nothing passes from n1 to n3, n4 or n5.
        > Some of n3, n4 and n5 must be able to answer n1 again: without them there is no majority.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 2)));
    expect![[r#"
        Why is entry 2 on n2 not committed?
        n1 and n2 have it; one more of n3, n4 or n5 is needed for a majority of 5.
        Nothing passes from n1 to n3, n4 or n5.
        > Some of n3, n4 and n5 must be able to answer n1 again: without them there is no majority.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N2, 2)));
}

#[test]
fn links_are_cut_one_way() {
    let session = after(
        "cut n3 -> n1\n\
         cut n4 -> n1\n\
         cut n1 -> n5\n\
         propose \"x\" via n1\n\
         run 30ms",
    );
    expect![[r#"
        Why is entry 2 on n1 not committed?
        n1, n2, n3 and n4 have it, a majority of 5.
        Leader n1 knows only of the copies of n1 and n2 yet.
        n3 has it, and no answer that says so is on its way to n1.
        n4 has it, and no answer that says so is on its way to n1.
        Nothing passes from n1 to n5.
        Nothing passes from n3 or n4 to n1.
        > Some of n3, n4 and n5 must be able to answer n1 again: without them there is no majority.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 2)));
}

#[test]
fn servers_are_down() {
    let session = after("crash n3\ncrash n4\ncrash n5\npropose \"x\" via n1\nrun 30ms");
    expect![[r#"
        Why is entry 2 on n1 not committed?
        n1 and n2 have it; one more of n3, n4 or n5 is needed for a majority of 5.
        n3, n4 and n5 are down.
        > Some of n3, n4 and n5 must be able to answer n1 again: without them there is no majority.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 2)));
}

#[test]
fn one_is_paused_and_links_are_held() {
    let session = after(
        "pause n3\n\
         hold n1 -> n4\n\
         hold n5 -> n1\n\
         propose \"x\" via n1\n\
         run 30ms",
    );
    expect![[r#"
        Why is entry 2 on n1 not committed?
        n1, n2 and n5 have it, a majority of 5.
        Leader n1 knows only of the copies of n1 and n2 yet.
        n4’s copy is held back on the link from n1.
        n5 has it, and no answer that says so is on its way to n1.
        What n5 sends to n1 is held back.
        n3 is paused: it keeps what it has and does nothing.
        > Some of n3, n4 and n5 must be able to answer n1 again: without them there is no majority.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 2)));
}

#[test]
fn copies_were_lost() {
    let session = after(
        "propose \"x\" via n1\n\
         run 1ms\n\
         drop append n1 -> n2\n\
         drop append n1 -> n3\n\
         drop append n1 -> n4\n\
         run 30ms",
    );
    expect![[r#"
        Why is entry 2 on n1 not committed?
        n1 and n5 have it; one more of n2, n3 or n4 is needed for a majority of 5.
        n1’s last AppendEntries to n2, n3 and n4 was lost.
        You dropped it.
        > n1’s next heartbeat goes out in 937 ms; when n2 answers it, n1 sends again what n2 lacks.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 2)));
}

#[test]
fn answers_were_lost() {
    let session = after(
        "propose \"x\" via n1\n\
         run 13ms\n\
         drop append-reply n2 -> n1\n\
         drop append-reply n3 -> n1\n\
         drop append-reply n4 -> n1\n\
         run 30ms",
    );
    expect![[r#"
        Why is entry 2 on n1 not committed?
        n1, n2, n3, n4 and n5 have it, a majority of 5.
        Leader n1 knows only of the copies of n1 and n5 yet.
        n2 has it, and its last answer to n1 was lost.
        You dropped it.
        n3 has it, and its last answer to n1 was lost.
        You dropped it.
        n4 has it, and its last answer to n1 was lost.
        You dropped it.
        > n1’s next heartbeat goes out in 925 ms; when n2 answers it, n1 asks again how much n2 has.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 2)));
}

#[test]
fn nobody_leads() {
    let session = after("partition n1 n2 | rest\npropose \"x\" via n1\nrun 30ms\ncrash n1");
    expect![[r#"
        Why is entry 2 on n2 not committed?
        n1 and n2 have it on disk; 3 make a majority.
        Only a leader commits.
        Nobody leads.
        n1, the leader of term 1, is down, and nobody stands for election.
        > n3’s election timer runs out first, in 59.9 s; then it stands for election, unless it hears from a leader or gives a vote before.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N2, 2)));
}

#[test]
fn no_majority_is_left() {
    let session = after(
        "partition n1 n2 | rest\n\
         propose \"x\" via n1\n\
         run 30ms\n\
         crash n1\n\
         crash n3\n\
         crash n4",
    );
    expect![[r#"
        Why is entry 2 on n2 not committed?
        n1 and n2 have it on disk; 3 make a majority.
        Only a leader commits.
        Nobody leads.
        No server reaches a majority: 3 of 5 voters must reach each other, and no two of them do.
        > A majority of the voters must run and reach each other before anyone can be elected.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N2, 2)));
}

#[test]
fn two_configurations_must_agree() {
    let session = after(
        "member joint add n6 add n7 remove n1 explicit\n\
         run 100ms\n\
         crash n2\n\
         crash n6\n\
         crash n7\n\
         propose \"x\" via n1\n\
         run 40ms",
    );
    expect![[r#"
        Why is entry 3 on n1 not committed?
        In the new configuration it is held by n3, n4 and n5, and 1 more of n2, n6 or n7 must have it.
        In the old configuration it is held by n1, n3, n4 and n5, a majority of 5.
        n2, n6 and n7 are down.
        > Some of n2, n6 and n7 must be able to answer n1 again: without them there is no majority.
        [Joint consensus · §6]"#]].assert_eq(&said(&session, Question::Commit(N1, 3)));
}

#[test]
fn a_server_needs_a_snapshot() {
    let session = after(
        "crash n3\n\
         propose \"x\" via n1\n\
         run 100ms\n\
         snapshot n1\n\
         compact n1\n\
         crash n4\n\
         crash n5\n\
         restart n3\n\
         propose \"y\" via n1\n\
         run 25ms",
    );
    expect![[r#"
        Why is entry 3 on n1 not committed?
        n1 and n2 have it; one more of n3, n4 or n5 is needed for a majority of 5.
        n3 needs n1’s snapshot up to 2 first.
        n4 and n5 are down.
        > In 5.0 ms n1’s snapshot reaches n3; then come the entries behind it.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 3)));
}

#[test]
fn a_leader_that_probes() {
    let session = after(
        "cut n1 -- n3\n\
         crash n4\n\
         crash n5\n\
         propose \"x\" via n1\n\
         run 40ms\n\
         heal\n\
         timeout n2\n\
         run 30ms\n\
         expect leader n2",
    );
    expect![[r#"
        Why is entry 2 on n2 not committed?
        n1 and n2 have it; one more of n3, n4 or n5 is needed for a majority of 5.
        n1 has it, and no answer that says so is on its way to n2.
        n2 still looks for where n3’s log agrees with its own, and tries index 3.
        n4 and n5 are down.
        It is of term 1, so a majority alone is not enough: n2 commits it together with an entry of its own term 2.
        > n2’s next heartbeat goes out in 992 ms; when n1 answers it, n2 asks again how much n1 has.
        [Commit rule · §5.3, §5.4.2]"#]].assert_eq(&said(&session, Question::Commit(N2, 2)));
}

#[test]
fn one_server() {
    let session = run(&format!(
        "nodes 1\n\
         {}timeout n1\n\
         run 100ms\n\
         propose x via n1",
        super::QUIET
    ));
    expect![[r#"
        Why is entry 2 on n1 not committed?
        No disk has it yet; one of n1 is needed for a majority of 1.
        n1 writes it to its disk, for another 2.0 ms.
        > In 2.0 ms it is on n1’s own disk, and n1 counts itself.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 2)));
}
