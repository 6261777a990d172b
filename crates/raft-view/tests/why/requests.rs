//! Requests that wait, were refused, or got an old answer.

use super::{after, said, with};
use expect_test::expect;
use raft_view::why::Question;

#[test]
fn a_write_is_not_committed() {
    let session = after("put a 1\nrun 5ms");
    expect![[r#"
        Why has request 1 no answer yet?
        Its entry, index 2 of term 1, is in n1’s log and not committed.
        n1 has it; 2 more of n2, n3, n4 or n5 are needed for a majority of 5.
        The copies for n2, n3, n4 and n5 are on their way; the first arrives in 5.0 ms.
        > In 5.0 ms it reaches n2, which writes it and answers if it fits its log.
        > Its client looks again in 95 ms and asks anew if another server leads by then, or in 4.9 s in any case.
        [Commit rule · §5.3, §5.4.2]"#]].assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn a_write_is_carried_out() {
    let session = after("put a 1\nrun 50ms");
    expect!["nothing to explain"].assert_eq(&said(&session, Question::Waits(1)));
    expect!["nothing to explain"].assert_eq(&said(&session, Question::Refused(1)));
}

#[test]
fn nobody_leads() {
    let session = after("crash n1\nput a 1\nrun 5ms");
    expect![[r#"
        Why has request 1 no answer yet?
        The client has nobody to ask.
        Nobody leads.
        n1, the leader of term 1, is down, and nobody stands for election.
        > n2’s election timer runs out first, in 59.9 s; then it stands for election, unless it hears from a leader or gives a vote before.
        > Its client looks for a leader again in 95 ms.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn a_leader_is_there_and_was_not_asked() {
    let session = after("crash n1\nput a 1\ntimeout n3\nrun 40ms\nexpect leader n3");
    expect![[r#"
        Why has request 1 no answer yet?
        Its client has not asked n3 yet, which leads now.
        > Its client looks for a leader again in 60 ms.
        [§8]"#]]
    .assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn the_server_is_paused() {
    let session = after("pause n1\nput a 1 via n1\nrun 5ms");
    expect![[r#"
        Why has request 1 no answer yet?
        It lies in the inbox of n1, which is paused.
        > n1 must go on.
        > Its client tries once and gives up in 4.9 s.
        [§8]"#]]
    .assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn the_server_went_down_with_it_unread() {
    let session = after("put a 1\npause n1\ncrash n1");
    expect![[r#"
        Why has request 1 no answer yet?
        The client has nobody to ask.
        Nobody leads.
        n1, the leader of term 1, is down, and nobody stands for election.
        > n2’s election timer runs out first, in 60.0 s; then it stands for election, unless it hears from a leader or gives a vote before.
        > Its client looks for a leader again in 100 ms.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn the_leader_is_cut_off() {
    let session = after("partition n1 n2 | rest\nput a 1 via n1\nrun 100ms");
    expect![[r#"
        Why has request 1 no answer yet?
        Its entry, index 2 of term 1, is in n1’s log and not committed.
        n1 and n2 have it; one more of n3, n4 or n5 is needed for a majority of 5.
        Nothing passes from n1 to n3, n4 or n5.
        > Some of n3, n4 and n5 must be able to answer n1 again: without them there is no majority.
        > Its client tries once and gives up in 4.9 s.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn its_entry_will_be_removed() {
    let session = after("partition n1 n2 | rest\nput a 1 via n1\ntimeout n3\nrun 100ms");
    expect![[r#"
        Why has request 1 no answer yet?
        Its entry, index 2 of term 1, is in n1’s log and not committed.
        Another entry, of term 2, is committed at index 2: this one never will be.
        n1 still believes that it leads term 1, but n3 leads term 2.
        Nothing passes from n3 to n1.
        > n1 removes it once n3 reaches it again.
        > Its client tries once and gives up in 4.9 s.
        [Log Matching · §5.3]"#]]
    .assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn it_is_passed_on() {
    let session = with("forwarding on", "put a 1 via n2\nrun 5ms");
    expect![[r#"
        Why has request 1 no answer yet?
        n2 does not lead and has passed it on; it reaches n1 in 5.0 ms.
        > In 5.0 ms n1 appends it to its log, if it still leads then.
        > Its client tries once and gives up in 4.9 s.
        [Forwarding · etcd]"#]]
    .assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn it_is_committed_and_its_server_does_not_know() {
    let session = with("forwarding on", "put a 1 via n2\nrun 40ms");
    expect![[r#"
        Why has request 1 no answer yet?
        n2 answers once it has applied index 2; it has applied up to 1.
        Entry 2 is committed, but n2 knows of commits up to 1 only.
        A message of n1 that says so reaches n2 in 2.0 ms.
        > In 2.0 ms n2 raises its commit index and applies the entry.
        > Its client tries once and gives up in 4.9 s.
        [leaderCommit · §5.3]"#]]
    .assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn it_was_passed_on_and_lost() {
    let session = with("forwarding on", "put a 1 via n2\ndrop propose n2 -> n1\nrun 5ms");
    expect![[r#"
        Why has request 1 no answer yet?
        n2 waits for its entry, but it is not among the last 512 of any log, and no message carries the request.
        > Its client tries once and gives up in 4.9 s.
        [§8]"#]].assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn a_read_asks_for_a_quorum() {
    let session = with("reads read-index", "get a via n1\nrun 5ms");
    expect![[r#"
        Why has request 1 no answer yet?
        The read waits until a majority confirms that n1 still leads: n1 does, and 2 more of n2, n3, n4 or n5 must.
        > The heartbeat that asks n2 arrives in 5.0 ms.
        > Its client tries once and gives up in 4.9 s.
        [ReadIndex · §6.4 diss.]"#]].assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn a_read_hears_from_a_quorum() {
    let session = with("reads read-index", "get a via n1\nrun 15ms");
    expect![[r#"
        Why has request 1 no answer yet?
        The read waits until a majority confirms that n1 still leads: n1 does, and 2 more of n2, n3, n4 or n5 must.
        > n2’s answer to a heartbeat confirms n1 in 5.0 ms.
        > Its client tries once and gives up in 4.9 s.
        [ReadIndex · §6.4 diss.]"#]].assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn a_read_finds_no_quorum() {
    let session = with("reads read-index", "partition n1 n2 | rest\nget a via n1\nrun 50ms");
    expect![[r#"
        Why has request 1 no answer yet?
        The read waits until a majority confirms that n1 still leads: n1 and n2 do, and 1 more of n3, n4 or n5 must.
        > Some of n3, n4 and n5 must be able to answer n1 again: without them there is no majority.
        > Its client tries once and gives up in 4.9 s.
        [ReadIndex · §6.4 diss.]"#]].assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn a_read_is_passed_on() {
    let session = with("reads read-index\nforwarding on", "get a via n2\nrun 5ms");
    expect![[r#"
        Why has request 1 no answer yet?
        n2 asks n1 whether it still leads; the question arrives in 5.0 ms.
        > Its client tries once and gives up in 4.9 s.
        [ReadIndex · §6.4 diss.]"#]]
    .assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn a_read_waits_for_the_first_commit_of_the_term() {
    let session = with(
        "reads read-index",
        "timeout n3\n\
         run 23ms\n\
         expect leader n3\n\
         get a via n3",
    );
    expect![[r#"
        Why has request 1 no answer yet?
        n3 has committed nothing in its term 2 yet, so it does not know everything that is committed.
        No disk has it yet; 3 of n1, n2, n3, n4 or n5 are needed for a majority of 5.
        n3 writes it to its disk, for another 1.0 ms.
        The copies for n1, n2, n4 and n5 are on their way; the first arrives in 9.0 ms.
        > In 1.0 ms it is on n3’s own disk, and n3 counts itself.
        > Its client tries once and gives up in 5.0 s.
        [Commit rule · §5.3, §5.4.2]"#]].assert_eq(&said(&session, Question::Waits(1)));
}

#[test]
fn a_read_is_confirmed_and_its_server_is_behind() {
    let session = with(
        "reads read-index\nforwarding on",
        "put a 1\n\
         run 24ms\n\
         get a via n2\n\
         hold n1 -> n2\n\
         run 100ms",
    );
    expect![[r#"
        Why has request 2 no answer yet?
        The ReadIndex message from n1 to n2 is held back on its link.
        > Its client tries once and gives up in 4.9 s.
        [ReadIndex · §6.4 diss.]"#]]
    .assert_eq(&said(&session, Question::Waits(2)));
}

#[test]
fn a_server_that_does_not_lead() {
    let session = after("put a 1 via n2\nrun 5ms");
    expect![[r#"
        Why was request 1 refused?
        n2 did not lead or was about to hand over, took no request, and named n1.
        > Ask n1, which leads term 1, or name no server: then the client finds it.
        [§8]"#]]
    .assert_eq(&said(&session, Question::Refused(1)));
}

#[test]
fn a_server_that_is_down() {
    let session = after("crash n1\nput a 1 via n1\nrun 5ms");
    expect![[r#"
        Why was request 1 refused?
        n1 was down.
        > There is nobody to ask instead.
        > n2’s election timer runs out first, in 59.9 s; then it stands for election, unless it hears from a leader or gives a vote before.
        [§8]"#]]
    .assert_eq(&said(&session, Question::Refused(1)));
}

#[test]
fn a_server_that_went_down() {
    let session = after("put a 1 via n1\nrun 5ms\ncrash n1");
    expect![[r#"
        Why did request 1 get no answer?
        n1 went down before it answered.
        > It may have been carried out, or may yet be: only a read can tell.
        [§8]"#]]
    .assert_eq(&said(&session, Question::Refused(1)));
}

#[test]
fn a_read_that_timed_out_changed_nothing() {
    let session = after("partition n1 n2 | rest\nget a via n1\nrun 6s");
    expect![[r#"
        Why did request 1 get no answer?
        n1 did not answer for 5.0 s, the client’s time-out.
        Nothing passes from n1 to n3, n4 or n5.
        > A read changes nothing, so it is safe to ask again.
        [§8]"#]]
    .assert_eq(&said(&session, Question::Refused(1)));
}

#[test]
fn a_time_out() {
    let session = after("partition n1 n2 | rest\nput a 1 via n1\nrun 6s");
    expect![[r#"
        Why did request 1 get no answer?
        n1 did not answer for 5.0 s, the client’s time-out.
        Nothing passes from n1 to n3, n4 or n5.
        > It may have been carried out, or may yet be: only a read can tell.
        [§8]"#]]
    .assert_eq(&said(&session, Question::Refused(1)));
}

#[test]
fn a_stale_read() {
    let session = after(
        "put a 1\n\
         run until converged\n\
         partition n5 | rest\n\
         put a 2\n\
         run until reply 2 ok\n\
         get a via n5 serializable",
    );
    expect![[r#"
        Why is the answer to request 3 not the newest?
        n5 held a as of revision 2, and revision 3 had set it anew by then.
        A serializable read asks nobody: the server answers with what it has applied.
        At this moment n5 knows of commits up to 2, and 3 entries are committed.
        > A linearizable read goes through the log here: it is answered only when its own entry is committed, and then shows everything committed before it.
        [Serializable reads · etcd; §8, §6.4 diss.]"#]].assert_eq(&said(&session, Question::Stale(3)));
    expect!["nothing to explain"].assert_eq(&said(&session, Question::Stale(1)));
}

#[test]
fn a_stale_read_of_a_server_that_has_caught_up() {
    let session = with(
        "reads read-index",
        "put a 1\n\
         run 24ms\n\
         get a via n5 serializable\n\
         run 2s",
    );
    expect![[r#"
        Why is the answer to request 2 not the newest?
        n5 held nothing under a, and revision 2 had set it by then.
        A serializable read asks nobody: the server answers with what it has applied.
        At this moment n5 knows of all 2 commits.
        > A linearizable read waits here until a majority has confirmed the leader and everything committed before it is applied.
        [Serializable reads · etcd; §8, §6.4 diss.]"#]].assert_eq(&said(&session, Question::Stale(2)));
}
