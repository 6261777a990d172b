//! Servers that do not lead, and clusters without a leader.

use super::{N1, N2, N3, N4, N5, after, run, said, with};
use expect_test::expect;
use raft_view::why::Question;

#[test]
fn a_follower_hears_its_leader() {
    let session = after("run 100ms");
    expect![[r#"
        Why does n2 not lead?
        n2 follows n1, leader of term 1.
        n2’s election timer has 59.9 s left and starts anew with every message of n1.
        > n2 stands for election only if it hears nothing from its leader for 59.9 s.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Lead(N2)));
    expect!["nothing to explain"].assert_eq(&said(&session, Question::Lead(N1)));
}

#[test]
fn a_follower_is_cut_off() {
    let session = after("partition n1 n2 | rest\nrun 100ms");
    expect![[r#"
        Why does n3 not lead?
        n3 follows n1, leader of term 1.
        Nothing passes from n1 to n3.
        > n3 stands for election in 59.9 s, unless it hears from a leader or gives a vote before.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Lead(N3)));
    expect![[r#"
        Why does n2 not lead?
        n2 follows n1, leader of term 1.
        n2’s election timer has 59.9 s left and starts anew with every message of n1.
        > n2 stands for election only if it hears nothing from its leader for 59.9 s.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Lead(N2)));
}

#[test]
fn a_follower_whose_log_is_behind() {
    let session = after("cut n1 -- n3\npropose \"x\" via n1\nrun 100ms");
    expect![[r#"
        Why does n3 not lead?
        n3 follows n1, leader of term 1.
        Nothing passes from n1 to n3.
        It could not win now: n3’s last entry is index 1 of term 1, and the logs of n1, n2, n4 and n5 are more up-to-date.
        > n3 stands for election in 59.9 s, unless it hears from a leader or gives a vote before.
        [RequestVote · §5.4.1]"#]].assert_eq(&said(&session, Question::Lead(N3)));
}

#[test]
fn a_follower_whose_leader_is_down() {
    let session = after("crash n1");
    expect![[r#"
        Why does n3 not lead?
        n3 follows n1, leader of term 1.
        n1 is down.
        > n3 stands for election in 60.0 s, unless it hears from a leader or gives a vote before.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Lead(N3)));
}

#[test]
fn down_and_paused() {
    let session = after("crash n3\npause n4\npause n1");
    expect![[r#"
        Why does n3 not lead?
        n3 is down.
        > n3 must start again, hear from no leader until its election timer runs out, and win.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Lead(N3)));
    expect![[r#"
        Why does n4 not lead?
        n4 is paused: it keeps what it has and does nothing.
        > n4 must go on first; then it reads what waits in its inbox.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Lead(N4)));
    expect![[r#"
        Why does n1 not lead?
        n1 led term 1 when it was paused, and does nothing until it goes on.
        > n1 must go on first; then it reads what waits in its inbox.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Lead(N1)));
}

#[test]
fn a_learner_and_a_server_outside() {
    let session = after("member add n6 learner\nrun 100ms\nmember remove n5\nrun 1100ms");
    expect![[r#"
        Why does n6 not lead?
        n6 is a learner: it gets the log and has no vote.
        > A committed change of membership must make n6 a voter.
        [Membership · §6, §4.2.1 diss.]"#]]
    .assert_eq(&said(&session, Question::Lead(raft_core::NodeId(6))));
    expect![[r#"
        Why does n5 not lead?
        n5 is not a member of the cluster, as far as it knows.
        > A committed change of membership must make n5 a voter.
        [Membership · §6, §4.2.1 diss.]"#]]
    .assert_eq(&said(&session, Question::Lead(N5)));
}

#[test]
fn a_leader_that_stepped_down() {
    let session = after("timeout n3\nrun 15ms");
    expect![[r#"
        Why does n1 not lead?
        n1 led term 1 until 0.064 s.
        Then n1 learnt of term 2.
        n1 has voted for n3 in term 2, and has heard from no leader of that term.
        > n1 stands for election in 59.9 s, unless it hears from a leader or gives a vote before.
        [§5.1, §6.2 diss.]"#]]
    .assert_eq(&said(&session, Question::Lead(N1)));
    expect![[r#"
        Why does n2 not lead?
        n2 has voted for n3 in term 2, and has heard from no leader of that term.
        > n2 stands for election in 59.9 s, unless it hears from a leader or gives a vote before.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Lead(N2)));
}

#[test]
fn a_leader_that_lost_its_majority() {
    let session = with("check-quorum on", "partition n1 n2 | rest\nrun 121s");
    expect![[r#"
        Why does n1 not lead?
        n1 led term 1 until 120.022 s.
        Then n1 had not heard from a majority for an election timeout.
        n1 has voted for n1 in term 1, and has heard from no leader of that term.
        Of 5 voters n1 reaches only n1 and n2, too few to win an election.
        > n1 stands for election in 58.9 s, unless it hears from a leader or gives a vote before.
        > Some of n3, n4 and n5 must be able to answer n1 again: without them there is no majority.
        [§5.1, §6.2 diss.]"#]]
    .assert_eq(&said(&session, Question::Lead(N1)));
}

#[test]
fn a_candidate_waits_for_votes() {
    let session = after("timeout n3\nrun 5ms");
    expect![[r#"
        Why does n3 not lead?
        n3 stands for election in term 2 and has 1 of 3 votes it needs: n3.
        n3’s questions to n1, n2, n4 and n5 are on their way; the first arrives in 5.0 ms.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [§5.2]"#]].assert_eq(&said(&session, Question::Lead(N3)));
}

#[test]
fn a_candidate_has_some_votes() {
    let session = after(
        "cut n3 -> n4\n\
         cut n2 -> n3\n\
         timeout n3\n\
         run 15ms\n\
         drop vote-reply n5 -> n3\n\
         run 10ms",
    );
    expect![[r#"
        Why does n3 not lead?
        n3 stands for election in term 2 and has 2 of 3 votes it needs: n1 and n3.
        n2’s answer to n3 was lost.
        The link was cut.
        n5’s answer to n3 was lost.
        You dropped it.
        n3’s question to n4 was lost.
        The link was cut.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [§5.2]"#]].assert_eq(&said(&session, Question::Lead(N3)));
}

#[test]
fn a_candidate_is_cut_off() {
    let session = after("partition n3 n4 | rest\ntimeout n3\nrun 35ms");
    expect![[r#"
        Why does n3 not lead?
        n3 stands for election in term 2 and has 2 of 3 votes it needs: n3 and n4.
        n3’s question to n1, n2 and n5 was lost.
        The link was cut.
        Of 5 voters n3 reaches only n3 and n4, too few to win an election.
        > Some of n1, n2 and n5 must be able to answer n3 again: without them there is no majority.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Lead(N3)));
}

#[test]
fn a_candidate_was_refused_by_too_many() {
    let session = after("cut n1 -- n3\npropose \"x\" via n1\nrun 100ms\ntimeout n3\nrun 40ms");
    expect![[r#"
        Why does n3 not lead?
        n3 stands for election in term 2 and has 1 of 3 votes it needs: n3.
        n2 refuses: its own log is more up-to-date (last entry 2 of term 1, the candidate’s 1 of term 1).
        n4 refuses: its own log is more up-to-date (last entry 2 of term 1, the candidate’s 1 of term 1).
        n5 refuses: its own log is more up-to-date (last entry 2 of term 1, the candidate’s 1 of term 1).
        n3’s question to n1 was lost.
        The link was cut.
        Too many have refused: n3 can no longer win term 2.
        > A candidate asks once a term: unless it wins or hears a leader, n3 starts term 3 in 59.9 s.
        [§5.2]"#]].assert_eq(&said(&session, Question::Lead(N3)));
}

#[test]
fn a_pre_candidate() {
    let session = with("pre-vote on", "crash n1\ntimeout n3\nrun 5ms");
    expect![[r#"
        Why does n3 not lead?
        n3 asks whether it could win term 2 and has 1 of 3 pre-votes it needs: n3.
        n3’s questions to n1, n2, n4 and n5 are on their way; the first arrives in 5.0 ms.
        > Unless it wins or hears a leader, n3 asks again in 59.9 s.
        [Pre-vote · §9.6 diss.]"#]]
    .assert_eq(&said(&session, Question::Lead(N3)));
    expect![[r#"
        Why does nobody lead?
        Nobody leads.
        n3 asks whether it could win term 2: 1 of 3 pre-votes.
        > n2’s election timer runs out first, in 59.9 s; then it stands for election, unless it hears from a leader or gives a vote before.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Elect));
}

#[test]
fn a_candidate_between_two_configurations() {
    let session = after(
        "member joint add n6 add n7 remove n1 explicit\n\
         run 1200ms\n\
         crash n5\n\
         crash n6\n\
         crash n7\n\
         timeout n3\n\
         run 40ms",
    );
    expect![[r#"
        Why does n3 not lead?
        For term 2 n3 has 3 of 4 votes it needs in the new configuration: n2, n3 and n4.
        For term 2 n3 has 4 of 3 votes it needs in the old configuration: n1, n2, n3 and n4.
        n3’s question to n5, n6 and n7 was lost.
        The server was down.
        Of 7 voters n3 reaches only n1, n2, n3 and n4, too few to win an election.
        > Some of n5, n6 and n7 must be able to answer n3 again: without them there is no majority.
        [Joint consensus · §6]"#]]
    .assert_eq(&said(&session, Question::Lead(N3)));
    expect![[r#"
        Why does nobody lead?
        Nobody leads.
        No server reaches both majorities: in the new configuration 4 must reach each other, and n2, n3 and n4 do.
        In the old configuration 3 must reach each other, and n1, n2, n3 and n4 do.
        > In each of the two configurations a majority must run and reach each other before anyone can be elected.
        [Joint consensus · §6]"#]].assert_eq(&said(&session, Question::Elect));
}

#[test]
fn a_joint_candidate_is_counted_in_both_configurations() {
    let session = after(
        "member joint add n6 add n7 remove n1 explicit\n\
         run 1200ms\n\
         crash n1\n\
         timeout n3\n\
         run 5ms",
    );
    expect![[r#"
        Why does nobody lead?
        Nobody leads.
        For term 2 n3 has 1 of 4 votes it needs in the new configuration: n3.
        For term 2 n3 has 1 of 3 votes it needs in the old configuration: n3.
        > n2’s election timer runs out first, in 59.7 s; then it stands for election, unless it hears from a leader or gives a vote before.
        [Joint consensus · §6]"#]].assert_eq(&said(&session, Question::Elect));
}

#[test]
fn nobody_stands_yet() {
    let session = after("crash n1\nrun 5ms");
    expect![[r#"
        Why does nobody lead?
        Nobody leads.
        n1, the leader of term 1, is down, and nobody stands for election.
        > n2’s election timer runs out first, in 59.9 s; then it stands for election, unless it hears from a leader or gives a vote before.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Elect));
}

#[test]
fn nobody_stands_while_the_leader_is_paused() {
    let session = after("pause n1\nrun 5ms");
    expect![[r#"
        Why does nobody lead?
        Nobody leads.
        n1, the leader of term 1, is paused, and nobody stands for election.
        > n2’s election timer runs out first, in 59.9 s; then it stands for election, unless it hears from a leader or gives a vote before.
        [§5.2]"#]].assert_eq(&said(&session, Question::Elect));
}

#[test]
fn nobody_has_stood_yet() {
    let session = run("nodes 3\nseed 1\nrun 1ms");
    expect![[r#"
        Why does nobody lead?
        Nobody leads.
        Nobody has stood for election yet.
        > n3’s election timer runs out first, in 163 ms; then it stands for election, unless it hears from a leader or gives a vote before.
        [§5.2]"#]].assert_eq(&said(&session, Question::Elect));
}

#[test]
fn too_few_run() {
    let session = after("crash n1\ncrash n2\ncrash n3\nrun 5ms");
    expect![[r#"
        Why does nobody lead?
        Nobody leads.
        No server reaches a majority: 3 of 5 voters must reach each other, and the largest group that does is n4 and n5.
        > A majority of the voters must run and reach each other before anyone can be elected.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Elect));
}

#[test]
fn too_few_reach_each_other() {
    let session = after("crash n1\npartition n1 n2 n3 | n4 n5\nrun 5ms");
    expect![[r#"
        Why does nobody lead?
        Nobody leads.
        No server reaches a majority: 3 of 5 voters must reach each other, and the largest group that does is n2 and n3.
        > A majority of the voters must run and reach each other before anyone can be elected.
        [§5.2]"#]].assert_eq(&said(&session, Question::Elect));
}

#[test]
fn votes_are_split() {
    let session = after(
        "crash n1\n\
         cut n2 -- n3\n\
         cut n2 -> n5\n\
         cut n3 -> n4\n\
         timeout n2\n\
         timeout n3\n\
         run 35ms",
    );
    expect![[r#"
        Why does nobody lead?
        Nobody leads.
        n2 stands in term 2: 2 of 3 votes.
        n3 stands in term 2: 2 of 3 votes.
        The votes of term 2 are split between n2 and n3.
        > n2’s election timer runs out first, in 59.9 s; then it stands for election, unless it hears from a leader or gives a vote before.
        [Split vote · §5.2]"#]]
    .assert_eq(&said(&session, Question::Elect));
    expect![[r#"
        Why does n2 not lead?
        n2 stands for election in term 2 and has 2 of 3 votes it needs: n2 and n4.
        n2’s question to n1 was lost.
        The server was down.
        n2’s question to n3 and n5 was lost.
        The link was cut.
        Of 5 voters n2 reaches only n2 and n4, too few to win an election.
        > Some of n1, n3 and n5 must be able to answer n2 again: without them there is no majority.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Lead(N2)));
}

#[test]
fn votes_are_split_and_nobody_can_win() {
    let session = super::run(&format!(
        "nodes 4\n\
         {}hold n2 -> n3\n\
         hold n1 -> n4\n\
         timeout n1\n\
         timeout n2\n\
         run 20ms\n\
         release n2 -> n3\n\
         release n1 -> n4\n\
         run 40ms",
        super::QUIET
    ));
    expect![[r#"
        Why does nobody lead?
        Nobody leads.
        n1 stands in term 1: 2 of 3 votes.
        n2 stands in term 1: 2 of 3 votes.
        The votes of term 1 are split between n1 and n2.
        None of them can win term 1 now.
        > n1’s election timer runs out first, in 59.9 s; then it stands for election, unless it hears from a leader or gives a vote before.
        [Split vote · §5.2]"#]]
    .assert_eq(&said(&session, Question::Elect));
    expect![[r#"
        Why does n1 not lead?
        n1 stands for election in term 1 and has 2 of 3 votes it needs: n1 and n3.
        n2 refuses: it has given its vote of this term to n2.
        n4 refuses: it has given its vote of this term to n2.
        Too many have refused: n1 can no longer win term 1.
        > A candidate asks once a term: unless it wins or hears a leader, n1 starts term 2 in 59.9 s.
        [§5.2]"#]].assert_eq(&said(&session, Question::Lead(N1)));
}

#[test]
fn a_member_that_nobody_has_started() {
    let session = with(
        "etcd 3.5",
        "run 6s\netcdctl \"member add n6 --peer-urls=http://n6:2380\"\nrun until console 1 exit 0\n\
         propose \"x\" via n1\nrun 1s",
    );
    let n6 = raft_core::NodeId(6);
    expect![[r#"
        Why does n6 not lead?
        n6 is announced and counts already; nobody has started it.
        > n6 must be started, hear from no leader until its election timer runs out, and win.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Lead(n6)));
    expect![[r#"
        Why is n6 behind n1?
        n6’s disk has nothing of n1’s log, which ends at 3.
        n6 is announced and counts already; nobody has started it.
        > n6 must be started; then n1 sends what it lacks.
        [§5.3]"#]]
    .assert_eq(&said(&session, Question::Behind(n6)));
}

#[test]
fn a_member_that_was_removed() {
    let session = with(
        "etcd 3.5",
        "run 6s\netcdctl \"member remove e7d92ae621ec2ce9\"\nrun until console 1 ended\nrun 3s",
    );
    expect![[r#"
        Why does n3 not lead?
        n3 was removed: its process has ended, and does not come back.
        > n3 must be added again: then it is another member.
        [§5.2]"#]]
    .assert_eq(&said(&session, Question::Lead(N3)));
}
