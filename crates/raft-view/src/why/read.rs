//! Why a read is stale, and why a request got no good answer.

use super::{Answer, Scene, election};
use crate::lang::look_up;
use crate::menu::Selection;
use crate::words::en::why as words;
use raft_core::NodeId;
use raft_sim::{Outcome, ReadMode, Stale, text_of};

pub(super) fn stale(scene: Scene<'_>, number: usize) -> Option<Answer> {
    let world = scene.world;
    let asked = world.requests().get(number.checked_sub(1)?)?;
    let Stale { seen, newest } = asked.stale?;
    let at = asked.sent_to?;
    let key = text_of(asked.kind.key());
    let mut said = Answer::new(words::why_stale(number), words::SERIALIZABLE);
    said.say(match (seen, newest) {
        (0, newest) => words::saw_nothing(at, &key, newest),
        (seen, 0) => words::saw_deleted(at, &key, seen),
        (seen, newest) => words::saw_older(at, &key, seen, newest),
    });
    said.say(look_up(words::SERIALIZABLE_MAY));
    said.look(Selection::Server(at));
    if let Some(server) = world.server(at) {
        let (has, all) = (server.node().commit_index(), world.committed());
        said.say(if has < all {
            words::knows_less(at, has, all)
        } else {
            words::knows_all(at, all)
        });
    }
    said.then(look_up(match world.settings().live.reads {
        ReadMode::Log => words::LINEARIZABLE_BY_LOG,
        ReadMode::ReadIndex => words::LINEARIZABLE_BY_READ_INDEX,
        ReadMode::Lease => words::LINEARIZABLE_BY_LEASE,
    }));
    Some(said)
}

pub(super) fn refused(scene: Scene<'_>, number: usize) -> Option<Answer> {
    let asked = scene.world.requests().get(number.checked_sub(1)?)?;
    let question = match &asked.outcome {
        Outcome::Waiting | Outcome::Ok(_) => return None,
        Outcome::NotLeader { .. } | Outcome::Down { .. } | Outcome::Overloaded => {
            words::why_refused_request(number)
        }
        Outcome::TimedOut | Outcome::ConnectionLost { .. } => words::why_unknown(number),
    };
    let mut said = Answer::new(question, words::CLIENTS);
    match &asked.outcome {
        Outcome::Waiting | Outcome::Ok(_) => return None,
        Outcome::NotLeader { server, leader } => {
            said.say(match leader {
                Some(leader) => words::named_leader(*server, *leader),
                None => words::named_nobody(*server),
            });
            said.look(Selection::Server(*server));
            leads_now(scene, &mut said, *server);
        }
        Outcome::Down { server } => {
            said.say(words::was_down(*server));
            said.look(Selection::Server(*server));
            leads_now(scene, &mut said, *server);
        }
        Outcome::Overloaded => said.say(words::overloaded(raft_sim::MAX_OPEN_REQUESTS)),
        Outcome::ConnectionLost { server } => {
            said.say(words::went_down(*server));
            said.then(look_up(words::MAY_HAVE_HAPPENED));
            said.look(Selection::Server(*server));
        }
        Outcome::TimedOut => {
            let waited = asked.ended_at.map(|end| end.saturating_sub(asked.asked_at));
            if let (Some(server), Some(waited)) = (asked.sent_to, waited) {
                said.say(words::timed_out(server, waited));
                said.look(Selection::Server(server));
            }
            said.then(look_up(words::MAY_HAVE_HAPPENED));
        }
    }
    Some(said)
}

/// Whom to ask instead.
fn leads_now(scene: Scene<'_>, said: &mut Answer, asked: NodeId) {
    match (scene.world.leader(), election::elect(scene)) {
        (Some(leader), _) if leader.id() == asked => said.then(words::leads_by_now(asked)),
        (Some(leader), _) => {
            said.then(words::ask_leader(leader.id(), leader.node().term()));
            said.look(Selection::Server(leader.id()));
        }
        (None, Some(cause)) => {
            said.then(look_up(words::NOBODY_TO_ASK));
            said.then(cause.next);
        }
        (None, None) => {}
    }
}
