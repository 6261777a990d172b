//! What a playground tells the page that it is on, as values, and what the page asks of it.

mod servers;

pub use servers::add_servers;

use raft_core::{Index, Micros, NodeId, Note, Term};
use raft_sim::{Command, TraceEvent, What};
use raft_view::words;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// It stands as it was asked for.
    Ready,
    /// Something that was given is wrong.
    Wrong(Problem),
    /// A server was elected.
    Leader(NodeId, Term, Micros),
    /// A leader knows that everything up to here is committed.
    Commit(NodeId, Index, Micros),
    /// A safety property is broken: its name, and what was seen.
    Violation(&'static str, String, Micros),
    /// The scenario says something.
    Say(String, Micros),
    /// A step of a lesson begins, or its movement is over.
    Step(Step),
    /// Time has passed, and whether more does.
    Time(Micros, bool),
    /// The scenario is over.
    End(Micros),
}

/// A step of a lesson.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// Which, from 1.
    pub step: usize,
    /// How many there are.
    pub steps: usize,
    /// Its idea.
    pub heading: String,
    /// Whether its movement is over.
    pub rests: bool,
}

/// Something that was given is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// What, in a sentence.
    pub sentence: String,
    /// The line of the text that it is in, from 1; 0 where there is none.
    pub line: usize,
    /// What was expected there; empty where that is all that the sentence says.
    pub expected: String,
}

/// What the page asks for.
#[derive(Clone, Debug)]
pub enum Ask {
    /// A line of scenario text, such as `crash n2`.
    Run(String),
    /// A moment.
    Seek(Micros),
    /// One event, or one step of a lesson.
    Step,
    /// Another value for a word that may change while it is shown.
    Change(String, String),
}

/// Where the answer goes: to a function of the page's script.
#[derive(Clone, Debug)]
pub struct Answer(pub js_sys::Function);

/// What is told of something that the engine did; `None` for what is nobody's news.
pub fn of_event(event: &TraceEvent) -> Option<Told> {
    let at = event.at;
    Some(match &event.what {
        What::Decided { server, note: Note::BecameLeader { term, .. } } => {
            Told::Leader(*server, *term, at)
        }
        What::Decided { server, note: Note::Committed { to, as_leader: true, .. } } => {
            Told::Commit(*server, *to, at)
        }
        What::Violated(violation) => {
            let sentence = words::plain(&words::broken(violation));
            Told::Violation(violation.property.name(), sentence, at)
        }
        What::Did(Command::Say(_)) => Told::Say(words::plain(&words::event(event).text), at),
        What::Decided { .. }
        | What::Did(_)
        | What::TimerFired { .. }
        | What::Sent { .. }
        | What::Delivered { .. }
        | What::Lost { .. }
        | What::LostToClient { .. }
        | What::Durable { .. }
        | What::Asked { .. }
        | What::Answered { .. }
        | What::Printed { .. }
        | What::ConsoleEnded { .. } => return None,
    })
}
