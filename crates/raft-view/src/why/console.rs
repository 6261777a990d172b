//! Why a command of etcdctl has no answer yet, or failed.

use super::phrases as words;
use super::{Answer, Question, Scene, behind, commit, election, first_uncommitted, reach, wait};
use crate::lang::look_up;
use crate::menu::Selection;
use crate::words::{seconds, span};
use raft_core::{NodeId, Timer};
use raft_sim::etcd::Stage;
use raft_sim::{
    ClientId, Console, Power, Session, Standing, Waiting, WaitingCall, Whereabouts, World,
};

/// The most letters of a line that stand in its question.
const LINE: usize = 48;

pub(super) fn console(scene: Scene<'_>, number: u32) -> Option<Answer> {
    let (console, waiting) = (scene.world.console(number)?, scene.world.waiting(number)?);
    let line = shortened(console.line());
    if let (None, [], [], Some(watch)) = (
        the_one_that_waits(&waiting),
        &waiting.on_the_way[..],
        &waiting.turned_away_by[..],
        waiting.calls.first(),
    ) {
        let mut said = Answer::new(tr!("Why does “{}” print nothing?", line), words::CLIENTS);
        watches(scene, &mut said, watch.server);
        return Some(in_the_end(scene, said, &waiting));
    }
    if !waiting.is_for_members() {
        return None;
    }
    let mut said = Answer::new(tr!("Why has “{}” no answer yet?", line), words::CLIENTS);
    match (the_one_that_waits(&waiting), &waiting.on_the_way[..], &waiting.turned_away_by[..]) {
        (Some(call), ..) => call_waits(scene, &mut said, call),
        (None, [(server, true), ..], _) => {
            wait::stands_at(scene, &mut said, Whereabouts::Coming(*server), None);
        }
        (None, [(server, false), ..], _) => {
            wait::stands_at(scene, &mut said, Whereabouts::Answered(*server), None);
        }
        (None, [], []) => lost(scene, &mut said, number),
        (None, [], away) => turned_away(scene, &mut said, away),
    }
    Some(in_the_end(scene, said, &waiting))
}

/// What etcdctl prints where members could not serve it; whatever else it prints is their answer.
const NOT_SERVED: [&str; 5] =
    ["context deadline exceeded", "timed out", "no leader", "leader changed", "connection refused"];

/// Whether a command has come to nothing because members could not serve it.
pub fn has_failed(world: &World, number: u32) -> bool {
    world.console(number).is_some_and(|console| {
        let took_time = console.ended_at().is_some_and(|end| end > console.started_at());
        let failed = took_time && console.exit().is_some_and(|code| code != 0);
        failed && NOT_SERVED.iter().any(|words| console.output().contains(words))
    })
}

/// Why a command failed: how it stood right before it was given up, or before a member gave the
/// answer that it ended with. The run is brought back to that moment for it.
pub(super) fn failed(session: &Session, number: u32) -> Option<Answer> {
    let console = session.world().console(number)?;
    let mut past = session.clone();
    past.seek(console.ended_at()?.checked_sub(1)?);
    let answers = past.world().on_the_wire();
    let sent = answers.filter(|it| it.client == ClientId::Console(number)).map(|it| it.sent_at);
    if let Some(sent) = sent.min().and_then(|sent| sent.checked_sub(1)) {
        past.seek(sent);
    }
    let line = shortened(console.line());
    let mut said = Answer::new(tr!("Why did “{}” fail?", line), words::CLIENTS);
    let cause = self::console(Scene::of(&past), number)?;
    said.say(tr!("So it stood at {}, right before that.", seconds(past.world().now())));
    said.because(Answer { next: String::new(), ..cause });
    Some(said)
}

/// The commands that may be asked about, the latest first; those that only watch come to it when
/// somebody asks.
pub(super) fn consoles(scene: Scene<'_>, fits: impl Fn(NodeId) -> bool) -> Vec<Question> {
    let all = (1..).zip(scene.world.consoles());
    let waits = |(number, console): &(u32, &Console)| {
        let runs = console.exit().is_none();
        runs && scene.world.waiting(*number).is_some_and(|waiting| {
            the_one_that_waits(&waiting).is_some_and(|call| fits(call.server))
                || waiting.on_the_way.iter().any(|(id, _)| fits(*id))
                || waiting.turned_away_by.iter().any(|id| fits(*id))
        })
    };
    let mut all: Vec<Question> =
        all.filter(waits).map(|(number, _)| Question::Console(number)).collect();
    all.reverse();
    all.truncate(super::MOST);
    all
}

fn the_one_that_waits(waiting: &Waiting) -> Option<&WaitingCall> {
    waiting.calls.iter().find(|call| !matches!(call.stage, Stage::Watching(_)))
}

fn shortened(line: &str) -> String {
    match line.char_indices().nth(LINE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_string(),
    }
}

/// What etcdctl does if nothing changes.
fn in_the_end(scene: Scene<'_>, mut said: Answer, waiting: &Waiting) -> Answer {
    if let Some(at) = waiting.gives_up_at {
        said.then(tr!("etcdctl gives up in {}.", span(scene.left(at))));
    }
    said
}

fn call_waits(scene: Scene<'_>, said: &mut Answer, call: &WaitingCall) {
    let at = call.server;
    said.look(Selection::Server(at));
    match call.stage {
        Stage::Inbox | Stage::InLog | Stage::Reading => {
            wait::stands_at(scene, said, call.at, call.session);
        }
        Stage::NoLeader => knows_no_leader(scene, said, at),
        Stage::AskingLeader => {
            said.say(tr!("Only the leader knows how long leases have left, and {} asks it.", at));
            whom_it_asks(scene, said, at);
        }
        Stage::Membership { .. } => {
            said.say(tr!("{} answers once it has applied the change of members.", at));
            let leader = scene.world.leader().map(|leader| leader.id());
            for holder in leader.into_iter().chain([at]) {
                if let Some(Question::Commit(holder, index)) = first_uncommitted(scene, holder)
                    && let Some(cause) = commit::commit(scene, holder, index)
                {
                    return said.because(cause);
                }
            }
            whom_it_asks(scene, said, at);
        }
        Stage::MovingLeader(to) => {
            said.say(tr!("{} hands the leadership over to {}, which does not lead yet.", at, to));
            said.look(Selection::Server(to));
            if let Some(obstacle) = reach::obstacle(scene.world, at, to) {
                said.say(obstacle.words());
                said.look(obstacle.place());
            }
        }
        Stage::Watching(_) => watches(scene, said, at),
    }
}

/// A member has taken the call, and knows nobody to turn to.
fn knows_no_leader(scene: Scene<'_>, said: &mut Answer, at: NodeId) {
    said.say(tr!("{} has taken it and knows no leader: it keeps it until it hears of one.", at));
    whom_it_asks(scene, said, at);
}

/// Why a member does not get through to a leader.
fn whom_it_asks(scene: Scene<'_>, said: &mut Answer, at: NodeId) {
    if let Some(cause) = election::elect(scene) {
        return said.because(cause);
    }
    let Some(leader) = scene.world.leader() else {
        return said.say(look_up(words::NOBODY_LEADS));
    };
    let lead = leader.id();
    if lead == at {
        return;
    }
    said.look(Selection::Server(lead));
    if let Some(obstacle) = reach::obstacle(scene.world, lead, at) {
        said.say(tr!("{} leads now.", lead));
        said.say(obstacle.words());
        said.look(obstacle.place());
        said.then(tr!("It goes on once {} and {} reach each other again.", lead, at));
    } else if let Some(timer) = leader.timer(Timer::Heartbeat) {
        said.say(tr!("{} leads now.", lead));
        said.then(tr!(
            "{}’s next heartbeat goes out in {}; with it {} knows its leader.",
            lead,
            span(scene.left(timer.deadline)),
            at
        ));
    }
}

/// A watch, which is told of changes and of nothing else.
fn watches(scene: Scene<'_>, said: &mut Answer, at: NodeId) {
    said.look(Selection::Server(at));
    said.say(tr!("It watches at {}, which has told it every change of its keys so far.", at));
    match behind::behind(scene, at) {
        Some(cause) => said.because(cause),
        None => said.then(tr!("It prints the next change as soon as {} has applied it.", at)),
    }
}

/// Neither the call nor an answer to it is anywhere.
fn lost(scene: Scene<'_>, said: &mut Answer, number: u32) {
    said.say(tr!("No member has it in hand, and neither it nor an answer is on its way."));
    wait::lossy_way(scene, said, ClientId::Console(number), |_| true);
}

/// Nobody took the call.
fn turned_away(scene: Scene<'_>, said: &mut Answer, away: &[NodeId]) {
    let is_down = |id: &&NodeId| {
        let server = scene.world.server(**id);
        server.is_none_or(|server| server.power() == Power::Crashed)
    };
    let is_unborn = |id: &NodeId| {
        let server = scene.world.server(*id);
        server.is_some_and(|server| server.standing() == Standing::Announced)
    };
    let (unborn, down): (Vec<NodeId>, Vec<NodeId>) =
        away.iter().filter(is_down).partition(|id| is_unborn(id));
    let up: Vec<NodeId> = away.iter().filter(|id| !is_down(id)).copied().collect();
    said.say(tr!("No member that it may ask has taken it."));
    said.look_at(away);
    if !down.is_empty() {
        said.say(words::are_down(&down));
    }
    if !unborn.is_empty() {
        said.say(words::are_not_started(&unborn));
    }
    if !up.is_empty() {
        said.say(tr!(
            "The last answer was that it cannot be served now; asked: {}.",
            words::all(&up)
        ));
        if let Some(cause) = election::elect(scene) {
            said.because(cause);
        }
    }
    said.then(tr!("etcdctl goes on asking {} until one takes it.", words::any(away)));
}
