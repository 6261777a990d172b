//! Changes of membership as pure functions: what follows from which, and what is refused.

use crate::harness::n;
use raft_core::{
    Change, ChangeError, ChangeKind, ConfigChange, Membership, NodeId, Progress, Roster, Transition,
};

/// Reads changes as etcd writes them: `v1 l2 r3 u4`.
fn changes(text: &str) -> Vec<Change> {
    let one = |word: &str| {
        let kind = match &word[..1] {
            "v" => ChangeKind::AddVoter,
            "l" => ChangeKind::AddLearner,
            "r" => ChangeKind::Remove,
            _ => ChangeKind::Update,
        };
        Change { kind, node: NodeId(word[1..].parse().expect("a number")) }
    };
    text.split_whitespace().map(one).collect()
}

fn ids(numbers: &[u64]) -> Vec<NodeId> {
    numbers.iter().copied().map(NodeId).collect()
}

fn roster(voters: &[u64], learners: &[u64]) -> Roster {
    let membership = Membership { learners: ids(learners), ..Membership::of(ids(voters)) };
    Roster::unknown(&membership)
}

fn is_sorted(ids: &[NodeId]) -> bool {
    ids.windows(2).all(|pair| pair[0] < pair[1])
}

/// What holds of every roster.
fn check(roster: &Roster) {
    let Roster { membership, progress } = roster;
    let Membership { voters, outgoing, learners, learners_next, .. } = membership;
    for list in [voters, outgoing, learners, learners_next] {
        assert!(is_sorted(list), "{membership}");
    }
    let known: Vec<NodeId> = progress.iter().map(|(id, _)| *id).collect();
    assert_eq!(known, membership.members(), "{membership}: progress of each member");
    for (id, progress) in progress {
        assert!(membership.contains(*id));
        assert_eq!(progress.is_learner, membership.is_learner(*id), "{id} of {membership}");
        assert_ne!(membership.is_voter(*id), membership.is_learner(*id), "{id} of {membership}");
    }
    assert!(learners_next.iter().all(|id| outgoing.contains(id) && !voters.contains(id)));
    assert_eq!(membership.is_joint(), !outgoing.is_empty());
    assert!(membership.is_joint() || !membership.auto_leave);
}

/// Every list of so many changes to servers 0 to 4.
fn all_changes(count: u32) -> impl Iterator<Item = Vec<Change>> {
    let kinds =
        [ChangeKind::AddVoter, ChangeKind::AddLearner, ChangeKind::Remove, ChangeKind::Update];
    (0..20usize.pow(count)).map(move |number| {
        let one = |place| {
            let choice = number / 20usize.pow(place) % 20;
            Change { kind: kinds[choice % 4], node: NodeId(choice as u64 / 4) }
        };
        (0..count).map(one).collect()
    })
}

fn starts() -> [Roster; 5] {
    [
        roster(&[1], &[]),
        roster(&[1, 2], &[3]),
        roster(&[1, 2, 3], &[]),
        roster(&[1, 3], &[2, 4]),
        roster(&[2], &[1]),
    ]
}

#[test]
fn a_joint_configuration_ends_where_the_same_changes_at_once_lead() {
    for start in starts() {
        for changes in (0..=3).flat_map(all_changes) {
            let at_once = start.at_once(&changes, 5);
            let joint = start.enter_joint(true, &changes, 5);
            match (at_once, joint) {
                (Ok(at_once), Ok(joint)) => {
                    check(&at_once);
                    check(&joint);
                    assert_eq!(joint.membership.outgoing, start.membership.voters);
                    assert_eq!(joint.membership.voters, at_once.membership.voters);
                    assert!(joint.membership.auto_leave);
                    let left = joint.leave_joint().expect("it is joint");
                    check(&left);
                    assert_eq!(left.membership, at_once.membership, "{changes:?}");
                }
                (Err(at_once), Err(joint)) => {
                    assert_eq!(
                        (at_once, joint),
                        (ChangeError::RemovedAll, ChangeError::RemovedAll)
                    );
                }
                different => panic!("{changes:?}: {different:?}"),
            }
        }
    }
}

#[test]
fn a_simple_change_is_one_that_changes_at_most_one_voter() {
    for start in starts() {
        for changes in (0..=3).flat_map(all_changes) {
            let wanted = start.at_once(&changes, 5).and_then(|next| {
                let differs = |id: &NodeId| {
                    start.membership.voters.contains(id) != next.membership.voters.contains(id)
                };
                let changed = (0..5).map(NodeId).filter(differs).count();
                if changed > 1 { Err(ChangeError::MoreThanOneVoter) } else { Ok(next) }
            });
            assert_eq!(start.simple(&changes, 5), wanted, "{changes:?}");
        }
    }
}

#[test]
fn each_change_does_what_its_name_says() {
    for (text, wanted) in [
        ("v4", "voters=(1 2 4) learners=(3)"),
        ("v3", "voters=(1 2 3)"),
        ("v1", "voters=(1 2) learners=(3)"),
        ("l4", "voters=(1 2) learners=(3 4)"),
        ("l3", "voters=(1 2) learners=(3)"),
        ("l2", "voters=(1) learners=(2 3)"),
        ("r2", "voters=(1) learners=(3)"),
        ("r3", "voters=(1 2)"),
        ("r9", "voters=(1 2) learners=(3)"),
        ("u1", "voters=(1 2) learners=(3)"),
        ("u9", "voters=(1 2) learners=(3)"),
        ("v0", "voters=(1 2) learners=(3)"),
        ("v4 r4 l5 u1", "voters=(1 2) learners=(3 5)"),
    ] {
        let next = roster(&[1, 2], &[3]).simple(&changes(text), 5).expect("a simple change");
        assert_eq!(next.membership.to_string(), wanted, "{text}");
    }
}

#[test]
fn a_voter_that_is_to_be_a_learner_stays_a_voter_until_the_joint_configuration_is_left() {
    let joint = roster(&[1, 2, 3], &[4]).enter_joint(true, &changes("l3 r2 v5 v4"), 5).expect("ok");
    let wanted = "voters=(1 4 5)&&(1 2 3) learners_next=(3) autoleave";
    assert_eq!(joint.membership.to_string(), wanted);
    assert!([1, 2, 3, 4, 5].iter().all(|id| joint.membership.is_voter(n(*id))));
    assert_eq!(joint.membership.all_voters(), ids(&[1, 2, 3, 4, 5]));
    assert!(!joint.membership.is_learner(n(3)));
    let left = joint.leave_joint().expect("it is joint");
    assert_eq!(left.membership.to_string(), "voters=(1 4 5) learners=(3)");
    assert!(!left.membership.contains(n(2)) && left.membership.is_learner(n(3)));
    assert_eq!(left.membership.members(), ids(&[1, 3, 4, 5]));
}

#[test]
fn what_does_not_fit_is_refused() {
    use ChangeError::*;
    let simple = roster(&[1, 2], &[3]);
    let joint = simple.enter_joint(false, &changes("v4"), 5).expect("ok");
    assert_eq!(joint.membership.to_string(), "voters=(1 2 4)&&(1 2) learners=(3)");
    assert_eq!(joint.enter_joint(true, &changes("v5"), 5), Err(AlreadyJoint));
    assert_eq!(joint.simple(&changes("l5"), 5), Err(InJoint));
    assert_eq!(simple.leave_joint(), Err(NotJoint));
    assert_eq!(simple.simple(&changes("v4 r1"), 5), Err(MoreThanOneVoter));
    assert_eq!(simple.simple(&changes("r1 r2"), 5), Err(RemovedAll));
    assert_eq!(roster(&[], &[]).enter_joint(true, &changes("v1"), 5), Err(NoVoters));
}

#[test]
fn a_newcomer_is_probed_from_the_end_of_the_log_and_the_others_keep_what_is_known_of_them() {
    let mut start = roster(&[2], &[4]);
    for (_, progress) in &mut start.progress {
        progress.match_index = 9;
    }
    let next = start.at_once(&changes("v3 l1 v4"), 12).expect("ok");
    let newcomer = Progress { recent_active: true, ..Progress::new(12) };
    let known = Progress { match_index: 9, ..Progress::new(1) };
    let wanted = [
        (n(1), Progress { is_learner: true, ..newcomer.clone() }),
        (n(2), known.clone()),
        (n(3), newcomer),
        (n(4), known),
    ];
    assert_eq!(next.progress, wanted);
    let first = start.simple(&changes("v3"), 0).expect("ok");
    assert_eq!(first.progress[1].1.next_index, 1, "where there is no log yet");
}

#[test]
fn how_a_change_takes_effect_follows_from_its_kind_and_its_number_of_parts() {
    use Transition::*;
    for (transition, text, enters, leaves) in [
        (Auto, "", None, true),
        (Auto, "v4", None, false),
        (Auto, "v4 l5", Some(true), false),
        (JointImplicit, "", Some(true), false),
        (JointImplicit, "v4", Some(true), false),
        (JointExplicit, "v4", Some(false), false),
        (JointExplicit, "", Some(false), false),
    ] {
        let change = ConfigChange { transition, changes: changes(text), ..Default::default() };
        assert_eq!((change.enters_joint(), change.leaves_joint()), (enters, leaves), "{change:?}");
        let after = roster(&[1, 2], &[3]).after(&change, 5);
        match after {
            Ok(next) => {
                assert_eq!(next.membership.is_joint(), enters.is_some());
                assert_eq!(next.membership.auto_leave, enters == Some(true));
            }
            Err(because) => assert_eq!((because, leaves), (ChangeError::NotJoint, true)),
        }
    }
    assert!(ConfigChange::leave_joint().leaves_joint());
}

#[test]
fn changes_and_members_are_written_as_etcd_writes_them() {
    let change = ConfigChange { changes: changes("v1 l2 r3 u4"), ..Default::default() };
    assert_eq!(change.to_string(), "v1 l2 r3 u4");
    assert_eq!(ConfigChange::one(ChangeKind::Remove, n(3)).to_string(), "r3");
    assert_eq!(ConfigChange::leave_joint().to_string(), "");
    let all = Membership {
        outgoing: ids(&[1]),
        learners: ids(&[3]),
        learners_next: ids(&[1]),
        auto_leave: true,
        ..Membership::of(ids(&[4, 2, 4]))
    };
    let wanted = "voters=(2 4)&&(1) learners=(3) learners_next=(1) autoleave";
    assert_eq!(all.to_string(), wanted);
    assert_eq!(Membership::of([]).to_string(), "voters=()");
}
