//! Why a server is behind the leader: what its disk lacks of the leader's log.

use super::copies::{self, Copy};
use super::phrases as words;
use super::reach::Obstacle;
use super::{Answer, Scene, lost_words, reach};
use crate::menu::Selection;
use crate::words::span;
use raft_core::{Body, Flow, Index, Kind, Log, Micros, NodeId, Note, Progress, Timer};
use raft_sim::{InFlight, Power, Server};

/// A server that is behind, and the leader that it is behind.
#[derive(Clone, Copy)]
struct Lag<'a> {
    scene: Scene<'a>,
    leader: &'a Server,
    server: &'a Server,
    /// The last index at which the server's disk has what the leader has.
    agreed: Index,
    /// The leader's last index.
    last: Index,
}

pub(super) fn behind<'a>(scene: Scene<'a>, id: NodeId) -> Option<Answer> {
    let (server, leader) = (scene.world.server(id)?, scene.world.leader()?);
    let (ours, theirs) = (&server.disk().durable().log, leader.node().log());
    if id == leader.id() || ours.holds(theirs.last()) {
        return None;
    }
    let lag =
        Lag { scene, leader, server, agreed: agreed(ours, theirs), last: theirs.last_index() };
    let lead = leader.id();
    let mut said = Answer::new(tr!("Why is {} behind {}?", id, lead), "§5.3");
    let Some(progress) = copies::progress(leader, id) else {
        let membership = server.node().membership();
        if !membership.is_voter(id) && !membership.is_learner(id) {
            return None;
        }
        said.say(words::is_sent_nothing(lead, id));
        said.then(tr!("A committed change of membership must make {} a member.", id));
        said.cite = words::MEMBERS.into();
        said.look_at(&[id, lead]);
        return Some(said);
    };
    said.say(lag.lacks());
    if server.was_wiped() && (lag.agreed == 0 || progress.match_index > lag.agreed) {
        said.say(tr!("{}’s disk was erased, and what it held is gone.", id));
    }
    lag.explain(&mut said, progress);
    said.look_at(&[id, lead]);
    Some(said)
}

/// The last index at which both logs have the same entry. Where one of them has dropped its entries
/// they cannot be compared: what was dropped was committed.
fn agreed(ours: &Log, theirs: &Log) -> Index {
    let mut index = ours.last_index().min(theirs.last_index());
    while let (Some(a), Some(b)) = (ours.term_at(index), theirs.term_at(index))
        && a != b
    {
        index -= 1;
    }
    index
}

impl<'a> Lag<'a> {
    /// What is missing, in numbers.
    fn lacks(&self) -> String {
        let (id, lead, agreed, last) = (self.server.id(), self.leader.id(), self.agreed, self.last);
        match (agreed, last - agreed) {
            (0, _) => {
                tr!("{}’s disk has nothing of {}’s log, which ends at {}.", id, lead, last)
            }
            (_, 1) => {
                tr!("{}’s disk has {}’s log up to {} and lacks entry {}.", id, lead, agreed, last)
            }
            (_, _) => tr!(
                "{}’s disk has {}’s log up to {} and lacks entries {} to {}.",
                id,
                lead,
                agreed,
                agreed + 1,
                last
            ),
        }
    }

    /// What delays the first missing entry.
    fn state(&self, progress: &Progress) -> Copy {
        let (id, first) = (self.server.id(), self.agreed + 1);
        if let Some(entry) = self.leader.node().log().get(first) {
            return copies::copy(self.scene, self.leader, entry, id);
        }
        if progress.match_index >= first {
            return Copy::Counted;
        }
        match self.server.power() {
            Power::Crashed => return Copy::Unreachable(Obstacle::of_crashed(self.server)),
            Power::Paused => return Copy::Unreachable(Obstacle::Paused(id)),
            Power::Up => {}
        }
        let (ours, theirs) = (self.server.node().term(), self.leader.node().term());
        if ours > theirs {
            return Copy::Ahead { term: ours };
        }
        let writes = self.server.disk().pending().find(|(write, _)| write.snapshot.is_some());
        if let Some((_, due)) = writes {
            return Copy::Writing { left: Some(self.scene.left(due)) };
        }
        let snapshot = self.flight(Kind::Snapshot, self.leader.id(), id);
        let obstacle = reach::obstacle(self.scene.world, self.leader.id(), id);
        if let Some(obstacle) = obstacle.filter(|_| snapshot.is_none()) {
            return Copy::Unreachable(obstacle);
        }
        match &progress.flow {
            Flow::Snapshot { pending } => Copy::Snapshot { pending: *pending },
            Flow::Probe => Copy::Probing { next: progress.next_index },
            Flow::Replicate(_) => Copy::Lost,
        }
    }

    fn explain(&self, said: &mut Answer, progress: &Progress) {
        let (id, lead) = (self.server.id(), self.leader.id());
        match self.state(progress) {
            // Impossible here: the disk would have the entry.
            Copy::Answering { .. } | Copy::Unheard(_) => {}
            Copy::Counted => self.forgotten(said, progress),
            Copy::Unreachable(obstacle) => self.unreachable(said, obstacle),
            Copy::Writing { left } => self.writes(said, left),
            Copy::Coming { message, left } => self.comes(said, message, left),
            Copy::Held { message } => {
                said.say(tr!("{}’s entries are held back on the link to {}.", lead, id));
                said.then(tr!("The link from {} to {} must be released.", lead, id));
                said.look(Selection::Message(message));
                said.look(Selection::Link(lead.min(id), lead.max(id)));
            }
            Copy::Ahead { term } => {
                said.say(words::is_ahead(id, term, lead, self.leader.node().term()));
                said.then(tr!("{} gets the entries from the next leader.", id));
            }
            Copy::Probing { next } => self.probes(said, next),
            Copy::Snapshot { pending } => self.needs_snapshot(said, pending),
            Copy::Lost => {
                match lost_words(self.scene, Kind::Append, (lead, id), 0) {
                    Some(why) => {
                        said.say(words::append_was_lost(lead, &[id]));
                        said.say(why);
                    }
                    None => said.say(tr!(
                        "{} has sent the entries to {}, which does not have them; \
             neither they nor an answer is under way.",
                        lead,
                        id
                    )),
                }
                self.retries(said);
            }
            Copy::NotSent => {
                said.say(words::is_not_sent(lead, &[id]));
                self.retries(said);
            }
        }
    }

    /// The leader counts what the server no longer has.
    fn forgotten(&self, said: &mut Answer, progress: &Progress) {
        let (id, lead) = (self.server.id(), self.leader.id());
        said.say(tr!(
            "{} counts on {} to hold everything up to {}, as {} once acknowledged, and does not \
             send it a second time.",
            lead,
            id,
            progress.match_index,
            id
        ));
        said.then(tr!(
            "{} gets it all from the next leader, which begins by asking where the logs agree.",
            id
        ));
        said.cite = "matchIndex · Figure 2".into();
    }

    fn unreachable(&self, said: &mut Answer, obstacle: Obstacle) {
        let (id, lead) = (self.server.id(), self.leader.id());
        said.say(obstacle.words());
        said.look(obstacle.place());
        said.then(match obstacle {
            Obstacle::Down(_) => {
                tr!("{} must start again; then {} sends what it lacks.", id, lead)
            }
            Obstacle::NotStarted(_) => {
                tr!("{} must be started; then {} sends what it lacks.", id, lead)
            }
            Obstacle::Paused(_) => words::must_go_on(id),
            Obstacle::Blocked(..) | Obstacle::Held(..) => tr!(
                "{} sends what {} lacks once it reaches {} and hears from it again.",
                lead,
                id,
                id
            ),
        });
    }

    fn writes(&self, said: &mut Answer, left: Option<Micros>) {
        let id = self.server.id();
        let Some(left) = left else {
            return said.say(words::is_in_memory_only(id));
        };
        said.say(tr!("{}’s disk writes what comes next, for another {}.", id, span(left)));
        let world = self.scene.world;
        let fsync = world.live_of(id).fsync;
        let latency = world.live_on(self.leader.id(), id).latency;
        let writes = self.server.disk().pending().count();
        let (least, most) = (span(fsync.min), span(fsync.max));
        if writes > 1 {
            said.say(tr!(
                "It has {} writes to do, one after the other, and each takes {} to {}.",
                writes,
                least,
                most
            ));
        } else if fsync.min > latency.max {
            said.say(tr!(
                "It is slow: a write takes {} to {}, longer than any message.",
                least,
                most
            ));
        }
        said.then(words::disk_is_done(id, left));
        said.cite = "Persistent state · Figure 2".into();
    }

    fn comes(&self, said: &mut Answer, message: u64, left: Micros) {
        let id = self.server.id();
        let flights = self.scene.world.network().in_flight();
        let flight = flights.into_iter().find(|flight| flight.id() == message);
        if let Some(Body::AppendEntries { entries, .. }) = flight.map(|it| &it.message.body)
            && let [first, .., last] | [first @ last] = entries.as_slice()
        {
            said.say(arrive(first.index, last.index, id, left));
        }
        said.then(tr!(
            "In {} {} writes what it gets, if it fits its log, and answers.",
            span(left),
            id
        ));
        said.look(Selection::Message(message));
    }

    /// The leader steps back until the logs agree.
    fn probes(&self, said: &mut Answer, next: Index) {
        let (id, lead) = (self.server.id(), self.leader.id());
        said.cite = "nextIndex · §5.3".into();
        said.say(tr!(
            "{} does not know yet where {}’s log agrees with its own, and tries index {}.",
            lead,
            id,
            next - 1
        ));
        match self.steps_back() {
            (_, 0) => {}
            (from, 1) => said.say(tr!("It has stepped back once, from {}.", from - 1)),
            (from, steps) => {
                said.say(tr!("It has stepped back {} times, from {}.", steps, from - 1))
            }
        }
        if let Some(flight) = self.flight(Kind::Append, lead, id) {
            said.look(Selection::Message(flight.id()));
            if flight.held {
                said.say(words::question_is_held(lead, id));
            } else {
                said.then(words::question_comes(lead, id, self.scene.left(flight.due)));
            }
        } else if let Some(flight) = self.flight(Kind::AppendReply, id, lead) {
            said.look(Selection::Message(flight.id()));
            if flight.held {
                said.say(words::vote_is_held(id, lead));
            } else {
                said.then(words::answer_comes(id, lead, self.scene.left(flight.due)));
            }
        } else {
            self.retries(said);
        }
    }

    /// Where the leader began to step back for this server, and how often it did, as far as that is
    /// remembered.
    fn steps_back(&self) -> (Index, u64) {
        let (mut began, mut steps) = (0, 0);
        for (_, note) in self.scene.notes(self.leader.id()) {
            if let Note::NextIndexLowered { follower, from, .. } = note
                && *follower == self.server.id()
            {
                (began, steps) = (*from, steps + 1);
            } else if matches!(note, Note::BecameLeader { .. }) {
                break;
            }
        }
        (began, steps)
    }

    fn needs_snapshot(&self, said: &mut Answer, pending: Index) {
        let (id, lead) = (self.server.id(), self.leader.id());
        said.cite = "InstallSnapshot · §7".into();
        said.say(tr!(
            "{} has dropped its log up to {}, so a snapshot must stand in for it.",
            lead,
            self.leader.node().log().first_index() - 1
        ));
        let Some(flight) = self.flight(Kind::Snapshot, lead, id) else {
            said.say(copies::needs_snapshot(id, lead, pending));
            return self.retries(said);
        };
        said.look(Selection::Message(flight.id()));
        if flight.held {
            return said.say(tr!(
                "{}’s snapshot up to {} is held back on the link to {}.",
                lead,
                pending,
                id
            ));
        }
        let left = self.scene.left(flight.due);
        said.say(tr!("{}’s snapshot up to {} reaches {} in {}.", lead, pending, id, span(left)));
        said.then(tr!(
            "In {} {} writes the snapshot; then come the entries behind it.",
            span(left),
            id
        ));
    }

    /// The leader tries again with the answer to its next heartbeat.
    fn retries(&self, said: &mut Answer) {
        if let Some(timer) = self.leader.timer(Timer::Heartbeat) {
            let left = self.scene.left(timer.deadline);
            said.then(words::next_retry(self.leader.id(), self.server.id(), left));
        }
    }

    /// The message of this kind and of the leader's term that arrives first.
    fn flight(&self, kind: Kind, from: NodeId, to: NodeId) -> Option<&'a InFlight> {
        let flights = self.scene.world.network().in_flight().into_iter();
        let is_it = |flight: &&InFlight| {
            let message = &flight.message;
            (message.from, message.to, message.kind()) == (from, to, kind)
                && message.term == self.leader.node().term()
        };
        flights.filter(is_it).min_by_key(|flight| (flight.held, flight.due))
    }
}

/// Entries on their way.
fn arrive(first: Index, last: Index, id: NodeId, left: Micros) -> String {
    if first == last {
        tr!("AppendEntries with entry {} reaches {} in {}.", first, id, span(left))
    } else {
        tr!("AppendEntries with entries {} to {} reaches {} in {}.", first, last, id, span(left))
    }
}
