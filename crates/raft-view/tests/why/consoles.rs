//! Commands of etcdctl that have no answer yet.

use super::{N2, N3, after, said, with};
use expect_test::expect;
use raft_view::menu::Selection;
use raft_view::why::{Question, questions, why, why_not};

#[test]
fn a_put_waits_for_its_majority() {
    let session = after("etcdctl --endpoints=n1 put a 1\nrun 5ms");
    expect![[r#"
        Why has “--endpoints=n1 put a 1” no answer yet?
        Its entry, index 2 of term 1, is in n1’s log and not committed.
        n1 has it; 2 more of n2, n3, n4 or n5 are needed for a majority of 5.
        The copies for n2, n3, n4 and n5 are on their way; the first arrives in 5.0 ms.
        > In 5.0 ms it reaches n2, which writes it and answers if it fits its log.
        > etcdctl gives up in 4.9 s.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Console(1)));
    assert!(questions(&session, Selection::Nothing).contains(&Question::Console(1)));
}

#[test]
fn its_member_is_cut_off_with_a_minority() {
    let session = after("partition n1 n2 | rest\netcdctl --endpoints=n1 put a 1\nrun 100ms");
    expect![[r#"
        Why has “--endpoints=n1 put a 1” no answer yet?
        Its entry, index 2 of term 1, is in n1’s log and not committed.
        n1 and n2 have it; one more of n3, n4 or n5 is needed for a majority of 5.
        Nothing passes from n1 to n3, n4 or n5.
        > Some of n3, n4 and n5 must be able to answer n1 again: without them there is no majority.
        > etcdctl gives up in 4.9 s.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Console(1)));
}

#[test]
fn its_member_knows_no_leader() {
    let session = with(
        "election-timeout 100ms..100ms\nheartbeat 20ms",
        "partition n2 | rest\nrun 2s\netcdctl --endpoints=n2 get a\nrun 20ms",
    );
    expect![[r#"
        Why has “--endpoints=n2 get a” no answer yet?
        n2 has taken it and knows no leader: it keeps it until it hears of one.
        n1 leads now.
        Nothing passes from n1 to n2.
        > It goes on once n1 and n2 reach each other again.
        > etcdctl gives up in 4.9 s.
        [§8]"#]]
    .assert_eq(&said(&session, Question::Console(1)));
    assert!(questions(&session, Selection::Server(N2)).contains(&Question::Console(1)));
    assert!(!questions(&session, Selection::Server(N3)).contains(&Question::Console(1)));
}

#[test]
fn every_endpoint_is_down() {
    let session = after("crash n2\ncrash n3\netcdctl --endpoints=n2,n3 get a\nrun 20ms");
    expect![[r#"
        Why has “--endpoints=n2,n3 get a” no answer yet?
        No member that it may ask has taken it.
        n2 and n3 are down.
        > etcdctl goes on asking n2 or n3 until one takes it.
        > etcdctl gives up in 4.9 s.
        [§8]"#]]
    .assert_eq(&said(&session, Question::Console(1)));
}

#[test]
fn it_has_failed_and_the_reason_is_that_of_the_moment_before() {
    let text = "partition n1 n2 | rest\netcdctl --endpoints=n1 put a 1\nrun 6s\nheal\nrun 4s";
    expect![[r#"
        Why did “--endpoints=n1 put a 1” fail?
        So it stood at 5.053 s, right before that.
        Its entry, index 2 of term 1, is in n1’s log and not committed.
        n1 and n2 have it; one more of n3, n4 or n5 is needed for a majority of 5.
        Nothing passes from n1 to n3, n4 or n5.
        > 
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&after(text), Question::Console(1)));
}

#[test]
fn it_has_failed_though_the_answer_took_time() {
    let text = "crash n3\ncrash n4\ncrash n5\nrun 12s\netcdctl --endpoints=n1 get a\nrun 8s";
    let session = with("client-latency 10ms\ncheck-quorum on", text);
    expect![[r#"
        Why did “--endpoints=n1 get a” fail?
        So it stood at 17.053 s, right before that.
        The read waits until a majority confirms that n1 still leads: n1 and n2 do, and 1 more of n3, n4 or n5 must.
        > 
        [ReadIndex · §6.4 diss.]"#]].assert_eq(&said(&session, Question::Console(1)));
}

#[test]
fn its_call_was_lost_on_the_way() {
    let text = "etcdctl --endpoints=n1 put a 1\nrun 50ms";
    let session = with("client-latency 10ms\nclient-loss 100%", text);
    expect![[r#"
        Why has “--endpoints=n1 put a 1” no answer yet?
        No member has it in hand, and neither it nor an answer is on its way.
        Requests and answers can be lost: `client-loss` is set.
        > etcdctl gives up in 4.9 s.
        [§8]"#]]
    .assert_eq(&said(&session, Question::Console(1)));
}

#[test]
fn what_is_wrong_in_itself_is_not_asked_of_members() {
    for line in ["put a", "lease revoke 77"] {
        let session = with("client-latency 10ms", &format!("etcdctl {line}\nrun 1s"));
        assert_eq!(why_not(&session, &Question::Console(1)), None, "{line}");
    }
}

#[test]
fn its_member_is_paused() {
    let session = after("pause n2\netcdctl --endpoints=n2 put a 1\nrun 20ms");
    expect![[r#"
        Why has “--endpoints=n2 put a 1” no answer yet?
        It lies in the inbox of n2, which is paused.
        > n2 must go on.
        > etcdctl gives up in 4.9 s.
        [§8]"#]]
    .assert_eq(&said(&session, Question::Console(1)));
}

#[test]
fn a_read_waits_for_the_leader_to_be_confirmed() {
    let session = with("reads read-index", "cut n1 -- n3\netcdctl --endpoints=n1 get a\nrun 2ms");
    expect![[r#"
        Why has “--endpoints=n1 get a” no answer yet?
        The read waits until a majority confirms that n1 still leads: n1 does, and 2 more of n2, n3, n4 or n5 must.
        > The heartbeat that asks n2 arrives in 8.0 ms.
        > etcdctl gives up in 4.9 s.
        [ReadIndex · §6.4 diss.]"#]].assert_eq(&said(&session, Question::Console(1)));
}

#[test]
fn a_lease_is_asked_of_the_leader() {
    let session = after(
        "etcdctl --endpoints=n1 lease grant 60\nrun 200ms\ncrash n1\n\
         etcdctl --endpoints=n2 lease timetolive 1\nrun 20ms",
    );
    expect![[r#"
        Why has “--endpoints=n2 lease timetolive 1” no answer yet?
        Only the leader knows how long leases have left, and n2 asks it.
        Nobody leads.
        n1, the leader of term 1, is down, and nobody stands for election.
        > n2’s election timer runs out first, in 59.8 s; then it stands for election, unless it hears from a leader or gives a vote before.
        [§5.2]"#]].assert_eq(&said(&session, Question::Console(2)));
}

#[test]
fn a_member_waits_to_be_added() {
    let session = after(
        "run 6s\npartition n1 n2 | rest\n\
         etcdctl --endpoints=n1 member add n6 --peer-urls=http://n6:2380\nrun 20ms",
    );
    expect![[r#"
        Why has “--endpoints=n1 member add n6 --peer-urls=http://…” no answer yet?
        n1 answers once it has applied the change of members.
        n1 and n2 have it; one more of n3, n4 or n5 is needed for a majority of 5.
        n2’s answer is on its way and reaches n1 in 2.0 ms.
        Nothing passes from n1 to n3, n4 or n5.
        > Some of n3, n4 and n5 must be able to answer n1 again: without them there is no majority.
        > etcdctl gives up in 4.9 s.
        [Commit rule · §5.3, §5.4.2]"#]]
    .assert_eq(&said(&session, Question::Console(1)));
}

#[test]
fn a_watch_has_nothing_to_tell() {
    let session = after("etcdctl --endpoints=n2 watch a\nrun 20ms");
    expect![[r#"
        Why does “--endpoints=n2 watch a” print nothing?
        It watches at n2, which has told it every change of its keys so far.
        > It prints the next change as soon as n2 has applied it.
        [§8]"#]]
    .assert_eq(&said(&session, Question::Console(1)));
    assert!(!questions(&session, Selection::Nothing).contains(&Question::Console(1)));
    // Yet it is answered where it is asked.
    let view = why(&session, Selection::Nothing, Some(Question::Console(1))).expect("asked");
    assert_eq!(view.questions[view.asked].0, Question::Console(1));
}

#[test]
fn what_has_ended_or_takes_lines_is_not_asked() {
    let session = after("etcdctl --endpoints=n1 put a 1\nrun 200ms\netcdctl --endpoints=n1 txn -i");
    for number in 1..=3 {
        assert_eq!(why_not(&session, &Question::Console(number)), None, "{number}");
    }
}
