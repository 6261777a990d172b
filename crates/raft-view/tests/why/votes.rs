//! Votes that candidates lack.

use super::{N1, N2, N3, N4, N5, after, said, with};
use expect_test::expect;
use raft_view::why::Question;

#[test]
fn the_candidates_log_is_older() {
    let session = after("cut n1 -- n3\npropose \"x\" via n1\nrun 100ms\ntimeout n3\nrun 5ms");
    expect![[r#"
        Why does n3 not have n2’s vote in term 2?
        n3’s question reaches n2 in 5.0 ms.
        As things are, n2 will refuse.
        n2’s log is more up-to-date: its last entry is index 2 of term 1, n3’s is index 1 of term 1.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [RequestVote · §5.4.1]"#]].assert_eq(&said(&session, Question::Vote(N2, N3)));
}

#[test]
fn it_was_refused_for_that() {
    let session = after("cut n1 -- n3\npropose \"x\" via n1\nrun 100ms\ntimeout n3\nrun 40ms");
    expect![[r#"
        Why does n3 not have n2’s vote in term 2?
        n2’s log is more up-to-date: its last entry is index 2 of term 1, n3’s is index 1 of term 1.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [RequestVote · §5.4.1]"#]].assert_eq(&said(&session, Question::Vote(N2, N3)));
}

#[test]
fn the_vote_waits_for_the_disk() {
    let session = after("timeout n3\nrun 11ms");
    expect![[r#"
        Why does n3 not have n2’s vote in term 2?
        n2 has voted for n3; the answer leaves once the vote is on n2’s disk.
        > n2’s disk is done in 1.0 ms.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [Persistent state · Figure 2]"#]].assert_eq(&said(&session, Question::Vote(N2, N3)));
}

#[test]
fn its_own_vote_waits_for_the_disk() {
    let session = after("timeout n3\nrun 1ms");
    expect![[r#"
        Why does n3 not count its own vote in term 2?
        n3’s vote for itself counts once it is on its disk.
        > n3’s disk is done in 1.0 ms.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [Persistent state · Figure 2]"#]].assert_eq(&said(&session, Question::Vote(N3, N3)));
}

#[test]
fn the_vote_is_on_its_way() {
    let session = after("timeout n3\nrun 15ms");
    expect![[r#"
        Why does n3 not have n2’s vote in term 2?
        n2 has given it.
        The answer reaches n3 in 7.0 ms.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [RequestVote · §5.2]"#]].assert_eq(&said(&session, Question::Vote(N2, N3)));
}

#[test]
fn the_vote_was_given() {
    let session = after("timeout n3\nrun 40ms");
    expect!["nothing to explain"].assert_eq(&said(&session, Question::Vote(N2, N3)));
}

#[test]
fn the_question_was_lost() {
    let session = after("timeout n3\ndrop vote n3 -> n2\nrun 5ms");
    expect![[r#"
        Why does n3 not have n2’s vote in term 2?
        n3’s question to n2 was lost.
        You dropped it.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [RequestVote · §5.2]"#]].assert_eq(&said(&session, Question::Vote(N2, N3)));
}

#[test]
fn the_answer_was_lost() {
    let session = after("timeout n3\nrun 13ms\ndrop vote-reply n2 -> n3");
    expect![[r#"
        Why does n3 not have n2’s vote in term 2?
        n2’s answer to n3 was lost.
        You dropped it.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [RequestVote · §5.2]"#]].assert_eq(&said(&session, Question::Vote(N2, N3)));
}

#[test]
fn the_voter_has_voted_for_another() {
    let session = after("crash n5\ncut n1 -> n3\ntimeout n2\ntimeout n3\nrun 35ms");
    expect![[r#"
        Why did n2 refuse n3 its vote in term 2?
        n2 has given its one vote of that term to itself.
        > n3 stands again if it hears from no leader and gives no vote for 59.9 s.
        [RequestVote · §5.2]"#]]
    .assert_eq(&said(&session, Question::Vote(N2, N3)));
    expect![[r#"
        Why did n1 refuse n3 its vote in term 2?
        n1 has given its one vote of that term to n2.
        > n3 stands again if it hears from no leader and gives no vote for 59.9 s.
        [RequestVote · §5.2]"#]]
    .assert_eq(&said(&session, Question::Vote(N1, N3)));
}

#[test]
fn it_did_so_in_an_election_that_is_over() {
    let session = after("timeout n3\ntimeout n2\nrun 35ms");
    expect![[r#"
        Why did n2 refuse n3 its vote in term 2?
        n2 has given its one vote of that term to itself.
        By now n3 leads term 2 without it.
        > 
        [RequestVote · §5.2]"#]]
    .assert_eq(&said(&session, Question::Vote(N2, N3)));
}

#[test]
fn the_voter_is_down_or_paused() {
    let session = after(
        "crash n2\n\
         pause n4\n\
         hold n3 -> n5\n\
         cut n3 -> n1\n\
         timeout n3\n\
         run 35ms",
    );
    expect![[r#"
        Why does n3 not have n2’s vote in term 2?
        n3’s question to n2 was lost.
        The server was down.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [RequestVote · §5.2]"#]].assert_eq(&said(&session, Question::Vote(N2, N3)));
    expect![[r#"
        Why does n3 not have n4’s vote in term 2?
        The question lies in the inbox of n4, which is paused.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [RequestVote · §5.2]"#]].assert_eq(&said(&session, Question::Vote(N4, N3)));
    expect![[r#"
        Why does n3 not have n5’s vote in term 2?
        n3’s question to n5 is held back on its link.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [RequestVote · §5.2]"#]].assert_eq(&said(&session, Question::Vote(N5, N3)));
    expect![[r#"
        Why does n3 not have n1’s vote in term 2?
        n3’s question to n1 was lost.
        The link was cut.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [RequestVote · §5.2]"#]].assert_eq(&said(&session, Question::Vote(N1, N3)));
}

#[test]
fn the_voter_hears_its_leader() {
    let session = with("check-quorum on", "timeout n3\nrun 35ms");
    expect![[r#"
        Why does n3 not have n2’s vote in term 2?
        n2 has heard from leader n1 within the shortest election timeout, so it does not listen to candidates.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [Check-quorum · §4.2.3 and §6.2 diss.]"#]].assert_eq(&said(&session, Question::Vote(N2, N3)));
}

#[test]
fn the_voter_will_not_listen() {
    let session = with("check-quorum on", "timeout n3\nrun 5ms");
    expect![[r#"
        Why does n3 not have n2’s vote in term 2?
        n3’s question reaches n2 in 5.0 ms.
        As things are, n2 will refuse.
        n2 has heard from leader n1 within the shortest election timeout, so it does not listen to candidates.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [Check-quorum · §4.2.3 and §6.2 diss.]"#]].assert_eq(&said(&session, Question::Vote(N2, N3)));
}

#[test]
fn a_pre_vote_is_refused() {
    let session = with(
        "pre-vote on",
        "cut n1 -- n3\n\
         propose \"x\" via n1\n\
         run 100ms\n\
         timeout n3\n\
         run 35ms",
    );
    expect![[r#"
        Why does n3 not have n2’s pre-vote for term 2?
        n2’s log is more up-to-date: its last entry is index 2 of term 1, n3’s is index 1 of term 1.
        > Unless it wins or hears a leader, n3 asks again in 59.9 s.
        [RequestVote · §5.4.1]"#]]
    .assert_eq(&said(&session, Question::Vote(N2, N3)));
}

#[test]
fn the_term_was_over() {
    let session = after(
        "partition n2 | rest\n\
         timeout n3\n\
         run 50ms\n\
         timeout n1\n\
         run 50ms\n\
         heal\n\
         timeout n2\n\
         run 15ms",
    );
    expect![[r#"
        Why does n2 not have n3’s vote in term 2?
        n3 has refused it.
        The answer reaches n2 in 5.0 ms.
        That term was over for n3, which is in term 3 now.
        > A candidate asks once a term: unless it wins or hears a leader, n2 starts term 3 in 59.9 s.
        [RequestVote · §5.1]"#]].assert_eq(&said(&session, Question::Vote(N3, N2)));
}

#[test]
fn a_learner_is_not_asked() {
    let session = after("member add n6 learner\nrun 100ms\ncrash n1\ntimeout n3\nrun 5ms");
    expect![[r#"
        Why does n3 not have n6’s vote in term 2?
        n3 does not ask n6: in its configuration n6 has no vote.
        > A committed change of membership must make n6 a voter.
        [Membership · §6, §4.2.1 diss.]"#]]
    .assert_eq(&said(&session, Question::Vote(raft_core::NodeId(6), N3)));
}

#[test]
fn it_is_told_so() {
    let session = after(
        "partition n2 | rest\n\
         timeout n3\n\
         run 50ms\n\
         timeout n1\n\
         run 50ms\n\
         heal\n\
         timeout n2\n\
         run 30ms",
    );
    expect![[r#"
        Why did n3 refuse n2 its vote in term 2?
        That term was over for n3, which is in term 3 now.
        > n2 stands again if it hears from no leader and gives no vote for 59.9 s.
        [RequestVote · §5.1]"#]]
    .assert_eq(&said(&session, Question::Vote(N3, N2)));
}
