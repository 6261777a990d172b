//! What has happened, latest first, for one server and of one kind if that is wanted. Heartbeats
//! come only where somebody asks for them: they would crowd out everything else.

use crate::words;
use raft_core::{Micros, NodeId, Note, Timer};
use raft_sim::{Session, TraceEvent, What};

/// The most events that are shown.
const MOST: usize = 200;

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Terms, votes and who leads.
    Elections,
    /// Entries, commits, snapshots and reads.
    Entries,
    /// Who belongs to the cluster.
    Members,
    /// Messages on their way.
    Messages,
    /// Timers that ran out.
    Timers,
    /// Disks.
    Disks,
    /// What clients asked and got.
    Clients,
    /// What somebody did.
    Done,
    /// Properties that were broken.
    Violations,
}

impl Topic {
    /// All of them, as a list shows them.
    pub const ALL: [Topic; 9] = [
        Topic::Elections,
        Topic::Entries,
        Topic::Members,
        Topic::Messages,
        Topic::Timers,
        Topic::Disks,
        Topic::Clients,
        Topic::Done,
        Topic::Violations,
    ];

    /// Its name on the page, in English.
    pub fn name(self) -> &'static str {
        match self {
            Topic::Elections => key!("Elections"),
            Topic::Entries => key!("Entries"),
            Topic::Members => key!("Membership"),
            Topic::Messages => key!("Messages on their way"),
            Topic::Timers => key!("Timers"),
            Topic::Disks => key!("Disks"),
            Topic::Clients => key!("Clients"),
            Topic::Done => key!("What was done"),
            Topic::Violations => key!("Violations"),
        }
    }

    /// What an event is about.
    pub fn of(event: &TraceEvent) -> Topic {
        match &event.what {
            What::Decided { note, .. } => of_note(note),
            What::TimerFired { .. } => Topic::Timers,
            What::Sent { .. } | What::Delivered { .. } | What::Lost { .. } => Topic::Messages,
            What::Durable { .. } => Topic::Disks,
            What::Asked { .. }
            | What::Answered { .. }
            | What::LostToClient { .. }
            | What::Printed { .. }
            | What::ConsoleEnded { .. } => Topic::Clients,
            What::Did(_) => Topic::Done,
            What::Violated(_) => Topic::Violations,
        }
    }
}

fn of_note(note: &Note) -> Topic {
    match note {
        Note::TermAdopted { .. }
        | Note::ElectionStarted { .. }
        | Note::PreVoteStarted { .. }
        | Note::CampaignRefused(_)
        | Note::VoteGranted { .. }
        | Note::VoteDenied { .. }
        | Note::VoteCounted { .. }
        | Note::PreVoteGranted { .. }
        | Note::PreVoteDenied { .. }
        | Note::PreVoteCounted { .. }
        | Note::BecameLeader { .. }
        | Note::SteppedDown { .. }
        | Note::LeaderFollowed { .. }
        | Note::LeaderForgotten { .. }
        | Note::TransferStarted { .. }
        | Note::TimeoutNowSent { .. }
        | Note::TransferAborted { .. }
        | Note::StaleMessage { .. } => Topic::Elections,
        Note::ConfigAppended { .. }
        | Note::ConfigRefused { .. }
        | Note::ConfigApplied { .. }
        | Note::ConfigImpossible { .. }
        | Note::LeavingJoint => Topic::Members,
        Note::Appended { .. }
        | Note::Stored { .. }
        | Note::Truncated { .. }
        | Note::AppendRejected { .. }
        | Note::NextIndexLowered { .. }
        | Note::Committed { .. }
        | Note::OldTermNotCommitted { .. }
        | Note::SnapshotSent { .. }
        | Note::SnapshotInstalled { .. }
        | Note::SnapshotIgnored { .. }
        | Note::Compacted { .. }
        | Note::ReadConfirmed { .. }
        | Note::ReadWaits { .. }
        | Note::ReadUnanswered { .. }
        | Note::Stopped { .. }
        | Note::AcknowledgedLost { .. }
        | Note::Impossible(_) => Topic::Entries,
    }
}

/// Which events are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of this server alone.
    pub server: Option<NodeId>,
    /// Those about this alone.
    pub topic: Option<Topic>,
    /// Heartbeats and their answers too.
    pub heartbeats: bool,
}

impl Filter {
    /// Whether it lets an event through. That a message leaves is told with the messages only: it
    /// says little that its arrival does not say.
    fn lets(&self, event: &TraceEvent) -> bool {
        let topic = Topic::of(event);
        let is_routine = matches!(event.what, What::Sent { .. } | What::Asked { .. });
        self.topic.map_or(!is_routine, |wanted| wanted == topic)
            && (self.heartbeats || !is_heartbeat(&event.what))
            && self.server.is_none_or(|server| concerns(&event.what, server))
    }
}

/// Whether an event is part of the leader's routine of showing that it is there.
fn is_heartbeat(what: &What) -> bool {
    match what {
        What::TimerFired { timer: Timer::Heartbeat, .. } => true,
        What::Sent { kind, .. } | What::Delivered { kind, .. } | What::Lost { kind, .. } => {
            kind.is_heartbeat()
        }
        What::TimerFired { .. }
        | What::Decided { .. }
        | What::Durable { .. }
        | What::LostToClient { .. }
        | What::Asked { .. }
        | What::Answered { .. }
        | What::Did(_)
        | What::Violated(_)
        | What::Printed { .. }
        | What::ConsoleEnded { .. } => false,
    }
}

/// Whether a server has to do with an event.
fn concerns(what: &What, id: NodeId) -> bool {
    match what {
        What::Decided { server, .. }
        | What::TimerFired { server, .. }
        | What::Durable { server }
        | What::LostToClient { server, .. }
        | What::Asked { server, .. } => *server == id,
        What::Sent { from, to, .. }
        | What::Delivered { from, to, .. }
        | What::Lost { from, to, .. } => [*from, *to].contains(&id),
        What::Did(command) => command.servers().contains(&id),
        What::Violated(violation) => words::servers_of(violation).contains(&id),
        What::Answered { .. } | What::Printed { .. } | What::ConsoleEnded { .. } => false,
    }
}

/// An event in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When.
    pub at: Micros,
    /// What.
    pub text: String,
    /// Where the paper has it.
    pub cite: String,
    /// Whether it changes the state of the cluster.
    pub matters: bool,
}

/// What the list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventsView {
    /// The latest events that are wanted, the latest first.
    pub lines: Vec<Line>,
    /// How many are wanted, of those that are remembered.
    pub wanted: usize,
    /// How many are remembered.
    pub remembered: usize,
}

/// What the list shows of a run.
pub fn events(session: &Session, filter: &Filter) -> EventsView {
    let recent = session.recent();
    // What matters is remembered for longer than the rest.
    let since = recent.front().map_or(0, |event| event.at);
    let older = session.notable().iter().filter(|event| event.at < since);
    let all: Vec<&TraceEvent> = older.chain(recent).collect();
    let wanted: Vec<&&TraceEvent> = all.iter().filter(|event| filter.lets(event)).collect();
    let line = |event: &&&TraceEvent| {
        let words::Sentence { text, cite } = words::event(event);
        Line { at: event.at, text, cite, matters: event.matters() }
    };
    EventsView {
        lines: wanted.iter().rev().take(MOST).map(line).collect(),
        wanted: wanted.len(),
        remembered: all.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use raft_sim::{Command, Settings};

    fn run() -> Session {
        let mut session = Session::new(None, Settings { nodes: 3, ..Settings::default() });
        session.advance(1_000_000, 100_000);
        session.dispatch(Command::Crash(NodeId(2))).expect("it runs");
        session.advance(1_100_000, 100_000);
        session
    }

    fn shown(session: &Session, filter: Filter) -> EventsView {
        events(session, &filter)
    }

    #[test]
    fn heartbeats_come_only_where_somebody_asks_for_them() {
        let session = run();
        let usual = shown(&session, Filter::default());
        let with = shown(&session, Filter { heartbeats: true, ..Filter::default() });
        let beats = |view: &EventsView| {
            view.lines.iter().filter(|line| line.text.contains("eartbeat")).count()
        };
        assert_eq!(beats(&usual), 0);
        assert!(beats(&with) > 20);
        assert!(usual.wanted < with.wanted && with.wanted <= with.remembered);
        assert_eq!(usual.remembered, with.remembered);
    }

    #[test]
    fn a_server_and_a_topic_narrow_the_list() {
        let session = run();
        let of = |server, topic| {
            let server = Some(NodeId(server));
            shown(&session, Filter { server, topic, heartbeats: false })
        };
        assert!(of(2, Some(Topic::Done)).lines[0].text.starts_with("**n2 crashes.**"));
        assert_eq!(of(1, Some(Topic::Done)).lines, []);
        let elections =
            shown(&session, Filter { topic: Some(Topic::Elections), ..Filter::default() });
        assert!(elections.lines.iter().any(|line| line.text.contains("leader of term 1")));
        // Every event has one topic, and each that is remembered is found under it.
        let each = Topic::ALL.map(|topic| {
            shown(&session, Filter { topic: Some(topic), heartbeats: true, server: None }).wanted
        });
        assert_eq!(each.iter().sum::<usize>(), elections.remembered);
    }
}
