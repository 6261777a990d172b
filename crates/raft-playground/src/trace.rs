//! Every event of a run, a line each, as it happens: sentences for people, or objects for programs.

use clap::ValueEnum;
use raft_core::{Index, Note, Term};
use raft_sim::{Session, TraceEvent, What};
use raft_view::words::{self, seconds};
use serde::Serialize;

/// What a line of the trace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// The time and the sentence that the page's narrator says.
    Text,
    /// One JSON object.
    Json,
}

/// An event for programs. What an event does not have is left out.
#[derive(Debug, Default, Serialize)]
struct Line {
    /// Simulated time since the run began, in microseconds.
    at_us: u64,
    kind: &'static str,
    /// Which decision, where the kind is `decision`.
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    /// The kind of a message.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'static str>,
    /// Of the message; of a decision its own, or the server's where the decision names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    term: Option<u64>,
    /// The log index that a decision is about, the last where it is about several.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u64>,
    /// The number of a request that the scenario made, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<u32>,
    /// The number of a console command, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    console: Option<u32>,
    /// What the text form says.
    text: String,
}

/// Prints to standard error what happened since `before` things had happened.
pub fn print(session: &Session, before: u64, form: Form) -> serde_json::Result<()> {
    let new = usize::try_from(session.happened() - before).unwrap_or(usize::MAX);
    let recent = session.recent();
    for event in recent.iter().skip(recent.len().saturating_sub(new)) {
        let line = line(session, event);
        match form {
            Form::Json => eprintln!("{}", serde_json::to_string(&line)?),
            Form::Text => eprintln!("{:>12}  {}{}", exact(line.at_us), line.text, place(&line)),
        }
    }
    Ok(())
}

/// A time to the microsecond, for many events share a millisecond: `0.161204 s`.
fn exact(at_us: u64) -> String {
    let (millis, rest) = (seconds(at_us), at_us % 1_000);
    format!("{}{rest:03} s", millis.trim_end_matches(" s"))
}

/// Where a decision was made, ` (n1, term 2, index 5)`, or a message's term.
fn place(line: &Line) -> String {
    let server = line.server.clone().filter(|_| line.decision.is_some());
    let term = line.term.map(|term| format!("term {term}"));
    let index = line.index.map(|index| format!("index {index}"));
    let parts: Vec<String> = [server, term, index].into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

fn line(session: &Session, event: &TraceEvent) -> Line {
    let text = words::plain(&words::event(event).text);
    let line = Line { at_us: event.at, text, ..Line::default() };
    match &event.what {
        What::Decided { server, note } => {
            let (decision, term, index) = decision(note);
            // The term of a server that this decision ended is only the disk's by now.
            let known = session.world().server(*server).filter(|known| known.is_live());
            Line {
                kind: "decision",
                decision: Some(decision),
                server: Some(server.to_string()),
                term: term.or_else(|| known.map(|known| known.node().term())),
                index,
                ..line
            }
        }
        What::TimerFired { server, timer: _ } => {
            Line { kind: "timer", server: Some(server.to_string()), ..line }
        }
        What::Sent { from, to, kind, term } => Line {
            kind: "sent",
            from: Some(from.to_string()),
            to: Some(to.to_string()),
            message: Some(kind.name()),
            term: Some(*term),
            ..line
        },
        What::Delivered { from, to, kind, term } => Line {
            kind: "delivered",
            from: Some(from.to_string()),
            to: Some(to.to_string()),
            message: Some(kind.name()),
            term: Some(*term),
            ..line
        },
        What::Lost { from, to, kind, because: _ } => Line {
            kind: "lost",
            from: Some(from.to_string()),
            to: Some(to.to_string()),
            message: Some(kind.name()),
            ..line
        },
        What::LostToClient { client: _, server, asks, because: _ } => {
            let kind = if *asks { "request-lost" } else { "answer-lost" };
            Line { kind, server: Some(server.to_string()), ..line }
        }
        What::Durable { server } => {
            Line { kind: "durable", server: Some(server.to_string()), ..line }
        }
        What::Asked { number, server } => {
            Line { kind: "asked", server: Some(server.to_string()), request: *number, ..line }
        }
        What::Answered { number, reads: _, outcome: _ } => {
            Line { kind: "answered", request: *number, ..line }
        }
        What::Printed { console } => Line { kind: "printed", console: Some(*console), ..line },
        What::ConsoleEnded { console, exit: _ } => {
            Line { kind: "ended", console: Some(*console), ..line }
        }
        What::Did(_) => Line { kind: "did", ..line },
        What::Violated(_) => Line { kind: "violated", ..line },
    }
}

/// A decision's name, and the term and the log index that it names itself.
fn decision(note: &Note) -> (&'static str, Option<Term>, Option<Index>) {
    match note {
        Note::TermAdopted { term, .. } => ("term-adopted", Some(*term), None),
        Note::ElectionStarted { term, .. } => ("election-started", Some(*term), None),
        Note::PreVoteStarted { term, .. } => ("pre-vote-started", Some(*term), None),
        Note::CampaignRefused(_) => ("campaign-refused", None, None),
        Note::PreVoteGranted { term, .. } => ("pre-vote-granted", Some(*term), None),
        Note::PreVoteDenied { term, .. } => ("pre-vote-denied", Some(*term), None),
        Note::VoteGranted { term, .. } => ("vote-granted", Some(*term), None),
        Note::VoteDenied { term, .. } => ("vote-denied", Some(*term), None),
        Note::VoteCounted { term, .. } => ("vote-counted", Some(*term), None),
        Note::PreVoteCounted { term, .. } => ("pre-vote-counted", Some(*term), None),
        Note::BecameLeader { term, .. } => ("became-leader", Some(*term), None),
        Note::SteppedDown { term, .. } => ("stepped-down", Some(*term), None),
        Note::LeaderFollowed { term, .. } => ("leader-followed", Some(*term), None),
        Note::Appended { index, term } => ("appended", Some(*term), Some(*index)),
        Note::Stored { last, .. } => ("stored", None, Some(*last)),
        Note::Truncated { to, .. } => ("truncated", None, Some(*to)),
        Note::AppendRejected { previous, .. } => ("append-rejected", None, Some(previous.index)),
        Note::NextIndexLowered { to, .. } => ("next-index-lowered", None, Some(*to)),
        Note::Committed { to, .. } => ("committed", None, Some(*to)),
        Note::OldTermNotCommitted { index, .. } => ("old-term-not-committed", None, Some(*index)),
        Note::StaleMessage { term, .. } => ("stale-message", Some(*term), None),
        Note::ConfigAppended { index } => ("config-appended", None, Some(*index)),
        Note::ConfigRefused { .. } => ("config-refused", None, None),
        Note::ConfigApplied { index, .. } => ("config-applied", None, Some(*index)),
        Note::ConfigImpossible { index, .. } => ("config-impossible", None, Some(*index)),
        Note::LeavingJoint => ("leaving-joint", None, None),
        Note::SnapshotSent { index, .. } => ("snapshot-sent", None, Some(*index)),
        Note::SnapshotInstalled { index, .. } => ("snapshot-installed", None, Some(*index)),
        Note::SnapshotIgnored { index, .. } => ("snapshot-ignored", None, Some(*index)),
        Note::Compacted { index } => ("compacted", None, Some(*index)),
        Note::TransferStarted { .. } => ("transfer-started", None, None),
        Note::TimeoutNowSent { .. } => ("timeout-now-sent", None, None),
        Note::TransferAborted { .. } => ("transfer-aborted", None, None),
        Note::ReadConfirmed { index, .. } => ("read-confirmed", None, Some(*index)),
        Note::ReadWaits { .. } => ("read-waits", None, None),
        Note::ReadUnanswered { .. } => ("read-unanswered", None, None),
        Note::LeaderForgotten { .. } => ("leader-forgotten", None, None),
        Note::Stopped { last, .. } => ("stopped", None, Some(*last)),
        Note::AcknowledgedLost { to, .. } => ("acknowledged-lost", None, Some(*to)),
        Note::Impossible(_) => ("impossible", None, None),
    }
}
