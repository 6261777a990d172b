//! Which questions are offered for what is selected, and what their answers point at.

use super::{N1, N2, N3, N4, after};
use raft_view::menu::Selection;
use raft_view::why::{Question, questions, why, why_not};

#[test]
fn a_quiet_cluster_offers_nothing_but_why_followers_do_not_lead() {
    let session = after("run 100ms");
    assert_eq!(questions(&session, Selection::Nothing), []);
    assert_eq!(questions(&session, Selection::Server(N1)), []);
    assert_eq!(questions(&session, Selection::Server(N2)), [Question::Lead(N2)]);
    assert_eq!(questions(&session, Selection::Entry(N2, 1)), []);
    assert_eq!(questions(&session, Selection::Link(N1, N2)), []);
}

#[test]
fn a_write_is_offered_wherever_it_is_seen() {
    let session = after("put a 1\nrun 5ms");
    let (waits, commit) = (Question::Waits(1), Question::Commit(N1, 2));
    assert_eq!(questions(&session, Selection::Nothing), [waits, commit]);
    assert_eq!(questions(&session, Selection::Server(N1)), [commit, waits]);
    assert_eq!(questions(&session, Selection::Entry(N1, 2)), [commit, waits]);
    let flight = session.world().network().in_flight()[0].id();
    assert_eq!(questions(&session, Selection::Message(flight)), [commit, Question::Behind(N2)]);
    let view = why(&session, Selection::Entry(N1, 2), None).expect("it is not committed");
    assert_eq!((view.asked, view.questions.len()), (0, 2));
    assert!(view.answer.question.contains("entry 2") && !view.answer.next.is_empty());
    let other = why(&session, Selection::Entry(N1, 2), Some(waits)).expect("it waits");
    assert_eq!((other.asked, &other.answer.question), (1, &other.questions[1].1));
}

#[test]
fn an_election_offers_its_votes() {
    let session = after("crash n4\ntimeout n3\nrun 5ms");
    let all = questions(&session, Selection::Server(N3));
    assert_eq!(all[0], Question::Lead(N3));
    assert!(all.contains(&Question::Vote(N4, N3)) && all.contains(&Question::Vote(N1, N3)));
    let flights = session.world().network().in_flight();
    let asks = flights.iter().find(|flight| flight.message.to == N2).expect("a question");
    let at = Selection::Message(asks.id());
    assert_eq!(questions(&session, at), [Question::Vote(N2, N3)]);
    let answer = why_not(&session, &Question::Vote(N2, N3)).expect("it is under way");
    assert_eq!(answer.look, [at, Selection::Server(N2)]);
}

#[test]
fn an_answer_points_at_copies_and_at_what_is_in_the_way() {
    let session = after("crash n4\ncut n1 -> n3\ncrash n2\npropose x via n1\nrun 40ms");
    let answer = why_not(&session, &Question::Commit(N1, 2)).expect("it is on two servers");
    for at in [Selection::Entry(N1, 2), Selection::Link(N1, N3), Selection::Server(N4)] {
        assert!(answer.look.contains(&at), "{at:?}: {answer:?}");
    }
}
