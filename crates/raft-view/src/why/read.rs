//! Why a read is stale, and why a request was not answered well.

use super::phrases as words;
use super::{Answer, Scene, election, reach};
use crate::lang::look_up;
use crate::menu::Selection;
use crate::words::span;
use raft_core::NodeId;
use raft_sim::{Outcome, ReadMode, RequestKind, Stale, text_of};

pub(super) fn stale(scene: Scene<'_>, number: usize) -> Option<Answer> {
    let world = scene.world;
    let asked = world.requests().get(number.checked_sub(1)?)?;
    let Stale { seen, newest } = asked.stale?;
    let at = asked.sent_to?;
    let key = text_of(asked.kind.key());
    let mut said = Answer::new(
        tr!("Why is the answer to request {} not the newest?", number),
        "Serializable reads · etcd; §8, §6.4 diss.",
    );
    said.say(match (seen, newest) {
        (0, newest) => {
            tr!("{} held nothing under {}, and revision {} had set it by then.", at, key, newest)
        }
        (seen, 0) => {
            tr!("{} held {} as of revision {}, and it had been deleted by then.", at, key, seen)
        }
        (seen, newest) => tr!(
            "{} held {} as of revision {}, and revision {} had set it anew by then.",
            at,
            key,
            seen,
            newest
        ),
    });
    said.say(tr!("A serializable read asks nobody: the server answers with what it has \
        applied."));
    said.look(Selection::Server(at));
    if let Some(server) = world.server(at) {
        let (has, all) = (server.node().commit_index(), world.committed());
        said.say(if has < all {
            tr!(
                "At this moment {} knows of commits up to {}, and {} entries are \
                 committed.",
                at,
                has,
                all
            )
        } else {
            tr!("At this moment {} knows of all {} commits.", at, all)
        });
    }
    said.then(look_up(match world.settings().live.reads {
        ReadMode::Log => key!(
            "A linearizable read goes through the log here: it is answered only \
             when its own entry is committed, and then shows everything committed \
             before it."
        ),
        ReadMode::ReadIndex => key!(
            "A linearizable read waits here until a majority has confirmed the \
             leader and everything committed before it is applied."
        ),
        ReadMode::Lease => key!(
            "A linearizable read is answered here only by a leader whose lease \
             holds, once everything committed before it is applied."
        ),
    }));
    Some(said)
}

pub(super) fn refused(scene: Scene<'_>, number: usize) -> Option<Answer> {
    let asked = scene.world.requests().get(number.checked_sub(1)?)?;
    let question = match &asked.outcome {
        Outcome::Waiting | Outcome::Ok(_) => return None,
        Outcome::NotLeader { .. } | Outcome::Down { .. } | Outcome::Overloaded => {
            tr!("Why was request {} refused?", number)
        }
        Outcome::TimedOut | Outcome::ConnectionLost { .. } => {
            tr!("Why did request {} get no answer?", number)
        }
    };
    let mut said = Answer::new(question, words::CLIENTS);
    match &asked.outcome {
        Outcome::Waiting | Outcome::Ok(_) => return None,
        Outcome::NotLeader { server, leader } => {
            said.say(match leader {
                Some(leader) => tr!(
                    "{} did not lead or was about to hand over, took no request, and \
                     named {}.",
                    server,
                    leader
                ),
                None => {
                    tr!("{} could not take it as leader, and knew nobody else to name.", server)
                }
            });
            said.look(Selection::Server(*server));
            leads_now(scene, &mut said, *server);
        }
        Outcome::Down { server } => {
            said.say(tr!("{} was down.", server));
            said.look(Selection::Server(*server));
            leads_now(scene, &mut said, *server);
        }
        Outcome::Overloaded => said.say(tr!(
            "{} requests were open already, the most there may be.",
            raft_sim::MAX_OPEN_REQUESTS
        )),
        Outcome::ConnectionLost { server } => {
            said.say(tr!("{} went down before it answered.", server));
            said.then(what_may_have_happened(&asked.kind));
            said.look(Selection::Server(*server));
        }
        Outcome::TimedOut => {
            let waited = asked.ended_at.map(|end| end.saturating_sub(asked.asked_at));
            if let (Some(server), Some(waited)) = (asked.sent_to, waited) {
                said.say(tr!(
                    "{} did not answer for {}, the client’s time-out.",
                    server,
                    span(waited)
                ));
                said.look(Selection::Server(server));
                cut_off(scene, &mut said, server);
            }
            said.then(what_may_have_happened(&asked.kind));
        }
    }
    Some(said)
}

/// Which server to ask instead.
fn leads_now(scene: Scene<'_>, said: &mut Answer, asked: NodeId) {
    match (scene.world.leader(), election::elect(scene)) {
        (Some(leader), _) if leader.id() == asked => {
            said.then(tr!("By now {} leads: the same request would be taken.", asked))
        }
        (Some(leader), _) => {
            said.then(tr!(
                "Ask {}, which leads term {}, or name no server: then the client \
                 finds it.",
                leader.id(),
                leader.node().term()
            ));
            said.look(Selection::Server(leader.id()));
        }
        (None, Some(cause)) => {
            said.then(tr!("There is nobody to ask instead."));
            said.then(cause.next);
        }
        (None, None) => {}
    }
}

/// What is known of a request that ended without an answer: a read changes nothing.
fn what_may_have_happened(kind: &RequestKind) -> &'static str {
    match kind {
        RequestKind::Get { .. } | RequestKind::GetSerializable { .. } => {
            tr!("A read changes nothing, so it is safe to ask again.")
        }
        RequestKind::Put { .. } => {
            tr!("It may have been carried out, or may yet be: only a read can tell.")
        }
    }
}

/// Names what separates the server from a majority at this moment, where it is separated.
fn cut_off(scene: Scene<'_>, said: &mut Answer, server: NodeId) {
    let Some(membership) = scene.world.server(server).map(|it| it.node().membership()) else {
        return;
    };
    if reach::is_quorum(membership, &reach::talks_to(scene.world, server, membership)) {
        return;
    }
    let voters = reach::out_of_reach(scene.world, server, membership);
    let obstacle = |voter: NodeId| reach::obstacle(scene.world, server, voter);
    let obstacles: Vec<_> = voters.into_iter().filter_map(obstacle).collect();
    reach::in_sentences(&obstacles).into_iter().for_each(|sentence| said.say(sentence));
    obstacles.iter().for_each(|obstacle| said.look(obstacle.place()));
}
