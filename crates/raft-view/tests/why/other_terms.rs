//! Why an entry is not committed where other terms have a say: another entry stands or is committed
//! at its index, or a majority has it and its term is over.

use super::{N1, N2, N3, N4, N5, after, said, with};
use expect_test::expect;
use raft_view::why::Question;

#[test]
fn another_entry_is_committed_there() {
    let session = after(
        "partition n1 n2 | rest\n\
         propose \"x\" via n1\n\
         run 30ms\n\
         timeout n3\n\
         run 100ms",
    );
    expect![[r#"
        Why is entry 2 on n1 not committed?
        Another entry, of term 2, is committed at index 2: this one never will be.
        n1 still believes that it leads term 1, but n3 leads term 2.
        Nothing passes from n3 to n1.
        > n1 removes it once n3 reaches it again.
        [Log Matching · §5.3]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 2)));
    expect![[r#"
        Why is entry 2 on n2 not committed?
        Another entry, of term 2, is committed at index 2: this one never will be.
        Nothing passes from n3 to n2.
        > n2 removes it once n3 reaches it again.
        [Log Matching · §5.3]"#]]
    .assert_eq(&said(&session, Question::Commit(N2, 2)));
}

#[test]
fn another_entry_is_committed_and_the_link_is_whole() {
    let session = after(
        "partition n1 n2 | rest\n\
         propose \"x\" via n1\n\
         run 30ms\n\
         timeout n3\n\
         run 100ms\n\
         heal",
    );
    expect![[r#"
        Why is entry 2 on n2 not committed?
        Another entry, of term 2, is committed at index 2: this one never will be.
        > n2 removes it when n3’s entries for that index arrive.
        [Log Matching · §5.3]"#]]
    .assert_eq(&said(&session, Question::Commit(N2, 2)));
}

#[test]
fn the_leader_has_another_entry() {
    let session = after(
        "partition n1 n2 | rest\n\
         propose \"x\" via n1\n\
         run 30ms\n\
         timeout n3\n\
         run 25ms\n\
         heal",
    );
    expect![[r#"
        Why is entry 2 on n1 not committed?
        n1 still believes that it leads term 1, but n3 leads term 2.
        Leader n3 of term 2 has another entry at index 2, of term 2.
        > When n3’s entry reaches n1, it takes the place of this one.
        [§5.3]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 2)));
}

#[test]
fn the_leaders_log_is_shorter() {
    let session = after(
        "partition n1 n2 | rest\n\
         propose \"x\" via n1\n\
         propose \"y\" via n1\n\
         run 30ms\n\
         timeout n3\n\
         run 25ms",
    );
    expect![[r#"
        Why is entry 3 on n1 not committed?
        n1 still believes that it leads term 1, but n3 leads term 2.
        Leader n3 of term 2 has no entry 3: its log ends at 2.
        Nothing passes from n3 to n1.
        > As long as n3 leads it cannot be committed: n3’s next entry for that index removes it from n1.
        [§5.3]"#]].assert_eq(&said(&session, Question::Commit(N1, 3)));
}

#[test]
fn an_older_term_on_a_majority_figure_8() {
    let session = with(
        "append-entries 1",
        "cut n1 -> n3\n\
         cut n1 -> n4\n\
         cut n1 -> n5\n\
         propose \"x\" via n1\n\
         run 15ms\n\
         crash n1\n\
         heal\n\
         timeout n5\n\
         run 23ms\n\
         cut n5 -> n1\n\
         cut n5 -> n2\n\
         cut n5 -> n3\n\
         cut n5 -> n4\n\
         run 20ms\n\
         crash n5\n\
         heal\n\
         restart n1\n\
         timeout n1\n\
         timeout n1\n\
         run 23ms\n\
         cut n1 -> n4\n\
         run 36ms\n\
         expect leader n1\n\
         expect log n3 = 1:noop 1:\"x\"",
    );
    expect![[r#"
        Why is entry 2 on n1 not committed?
        n1, n2 and n3 have it, a majority of 5.
        But it is of term 1, and n1 leads term 3: a leader counts copies only of entries of its own term.
        > Entry 3 of term 3 behind it commits both: one more of n3, n4 or n5 must have it.
        > n1’s next heartbeat goes out in 963 ms; when n3 answers it, n1 sends again what n3 lacks.
        [Commit rule · §5.4.2, Figure 8]"#]].assert_eq(&said(&session, Question::Commit(N1, 2)));
    expect![[r#"
        Why is entry 2 on n3 not committed?
        n1, n2 and n3 have it, a majority of 5.
        But it is of term 1, and n1 leads term 3: a leader counts copies only of entries of its own term.
        > Entry 3 of term 3 behind it commits both: one more of n3, n4 or n5 must have it.
        > n1’s next heartbeat goes out in 963 ms; when n3 answers it, n1 sends again what n3 lacks.
        [Commit rule · §5.4.2, Figure 8]"#]].assert_eq(&said(&session, Question::Commit(N3, 2)));
    expect![[r#"
        Why is entry 3 on n1 not committed?
        n1 and n2 have it; one more of n3, n4 or n5 is needed for a majority of 5.
        n1 still looks for where n3’s log agrees with its own, and tries index 2.
        Nothing passes from n1 to n4.
        n5 is down.
        > n1’s next heartbeat goes out in 963 ms; when n3 answers it, n1 sends again what n3 lacks.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Commit(N1, 3)));
}

#[test]
fn an_older_term_on_a_minority() {
    let session = with(
        "append-entries 1",
        "cut n1 -> n3\n\
         cut n1 -> n4\n\
         cut n1 -> n5\n\
         propose \"x\" via n1\n\
         run 15ms\n\
         timeout n2\n\
         run 25ms\n\
         cut n2 -- n1\n\
         cut n2 -- n3\n\
         run 5ms\n\
         expect leader n2",
    );
    expect![[r#"
        Why is entry 2 on n2 not committed?
        n1 and n2 have it; one more of n3, n4 or n5 is needed for a majority of 5.
        n1 has it, and no answer that says so is on its way to n2.
        n2 still looks for where n4’s log agrees with its own, and tries index 3.
        n2 still looks for where n5’s log agrees with its own, and tries index 3.
        Nothing passes from n2 to n1 or n3.
        It is of term 1, so a majority alone is not enough: n2 commits it together with an entry of its own term 2.
        > n2’s next heartbeat goes out in 992 ms; when n4 answers it, n2 sends again what n4 lacks.
        [Commit rule · §5.3, §5.4.2]"#]].assert_eq(&said(&session, Question::Commit(N2, 2)));
}

#[test]
fn the_new_leader_does_not_know_what_is_committed() {
    let session = after(
        "propose \"x\" via n1\n\
         run 24ms\n\
         crash n1\n\
         timeout n3\n\
         run 25ms\n\
         expect leader n3",
    );
    expect![[r#"
        Why does n3 not know that entry 2 is committed?
        Entry 2 is committed, but n3 knows of commits up to 1 only.
        It was committed under an earlier leader.
        n3, which leads term 2, does not know that either.
        > n3 learns it when it commits an entry of its own term 2.
        [Commit rule · §5.4.2, Figure 8]"#]]
    .assert_eq(&said(&session, Question::Commit(N3, 2)));
    expect!["nothing to explain"].assert_eq(&said(&session, Question::Commit(N4, 2)));
}

#[test]
fn a_server_that_is_down_or_cut_off_does_not_know() {
    let session = after(
        "propose \"x\" via n1\n\
         run 15ms\n\
         crash n3\n\
         pause n4\n\
         run 30ms\n\
         cut n1 -- n5",
    );
    expect![[r#"
        Why does n3 not know that entry 2 is committed?
        Entry 2 is committed, but n3 knows of commits up to 1 only.
        n3 is down.
        > n3 must start again; then the leader tells it.
        [leaderCommit · §5.3]"#]]
    .assert_eq(&said(&session, Question::Commit(N3, 2)));
    expect![[r#"
        Why does n4 not know that entry 2 is committed?
        Entry 2 is committed, but n4 knows of commits up to 1 only.
        n4 is paused: it keeps what it has and does nothing.
        > n4 must go on; then it takes what waits in its inbox.
        [leaderCommit · §5.3]"#]]
    .assert_eq(&said(&session, Question::Commit(N4, 2)));
    expect!["nothing to explain"].assert_eq(&said(&session, Question::Commit(N5, 2)));
}
