//! Why something is not so, with the numbers of this moment, the rule behind it, and what
//! would have to happen next.
//!
//! Answers are read off the state of the engine. What only the past could tell comes from recent
//! trace events, and is left out where they have been forgotten.

mod behind;
mod commit;
mod console;
mod copies;
mod election;
mod lead;
mod learn;
pub(crate) mod phrases;
mod reach;
mod read;
mod vote;
mod wait;

pub use self::console::has_failed;
use self::phrases as words;
use crate::menu::Selection;
use crate::words::join;
use raft_core::{Body, Index, Kind, Micros, NodeId, Note, Role};
use raft_sim::{LossReason, Outcome, Session, TraceEvent, What, Whereabouts, World, session_of};
use std::collections::VecDeque;

/// The most questions of one kind that are offered at once.
const MOST: usize = 4;

/// Something that is not so, and that a person may ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Why the entry that this server holds at this index is not committed, or why the server does
    /// not know that it is.
    Commit(NodeId, Index),
    /// Why this voter (first) has not given this candidate (second) its vote.
    Vote(NodeId, NodeId),
    /// Why this server does not lead.
    Lead(NodeId),
    /// Why this server is behind the leader.
    Behind(NodeId),
    /// Why nobody leads.
    Elect,
    /// Why the request of this number, from 1, has no answer.
    Waits(usize),
    /// Why the request of this number got none, or no good one.
    Refused(usize),
    /// Why the read of this number misses something.
    Stale(usize),
    /// Why the console command of this number, from 1, has no answer, or none that it wanted.
    Console(u32),
}

/// An answer: why something is not so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The question in words.
    pub question: String,
    /// The answer in plain sentences.
    pub answer: String,
    /// What would have to happen next; empty where nothing is known.
    pub next: String,
    /// The rule and its section.
    pub cite: String,
    /// What to look at, the most telling first.
    pub look: Vec<Selection>,
}

/// What can be asked about the selection, and the answer to one of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhyView {
    /// Each question and its words, the most telling first.
    pub questions: Vec<(Question, String)>,
    /// Which of them is answered.
    pub asked: usize,
    /// Its answer.
    pub answer: Answer,
}

/// What can be asked about the selection, and the answer: to the question that was chosen if it can
/// still be asked, or else to the most telling one.
pub fn why(session: &Session, selection: Selection, chosen: Option<Question>) -> Option<WhyView> {
    let mut view = WhyView { questions: Vec::new(), asked: 0, answer: Answer::default() };
    let scene = Scene::of(session);
    let mut all = candidates(scene, selection);
    // A command is asked in the console, whatever is selected.
    all.extend(
        chosen.filter(|asked| matches!(asked, Question::Console(_)) && !all.contains(asked)),
    );
    for question in all {
        let Some(answer) = why_not(session, &question) else { continue };
        let is_chosen = chosen == Some(question);
        view.questions.push((question, answer.question.clone()));
        if is_chosen || view.questions.len() == 1 {
            view.asked = view.questions.len() - 1;
            view.answer = answer;
        }
    }
    (!view.questions.is_empty()).then_some(view)
}

impl Answer {
    fn new(question: String, cite: &str) -> Answer {
        Answer { question, cite: cite.to_string(), ..Answer::default() }
    }

    fn say(&mut self, sentence: impl AsRef<str>) {
        join(&mut self.answer, sentence.as_ref());
    }

    fn then(&mut self, sentence: impl AsRef<str>) {
        join(&mut self.next, sentence.as_ref());
    }

    fn look(&mut self, at: Selection) {
        if !self.look.contains(&at) {
            self.look.push(at);
        }
    }

    fn look_at(&mut self, servers: &[NodeId]) {
        for server in servers {
            self.look(Selection::Server(*server));
        }
    }

    /// Goes on with the answer to another question, of which this one's is a consequence.
    fn because(&mut self, cause: Answer) {
        self.say(cause.answer);
        self.then(cause.next);
        self.cite = cause.cite;
        for at in cause.look {
            self.look(at);
        }
    }
}

/// The cluster at one moment, and what is remembered of how it came to be so.
#[derive(Clone, Copy)]
struct Scene<'a> {
    world: &'a World,
    recent: &'a VecDeque<TraceEvent>,
    notable: &'a VecDeque<TraceEvent>,
}

impl<'a> Scene<'a> {
    fn of(session: &'a Session) -> Scene<'a> {
        let (recent, notable) = (session.recent(), session.notable());
        Scene { world: session.world(), recent, notable }
    }

    /// The time from now until then.
    fn left(&self, time: Micros) -> Micros {
        time.saturating_sub(self.world.now())
    }

    /// This server's recent decisions, the newest first.
    fn notes(&self, of: NodeId) -> impl Iterator<Item = (Micros, &'a Note)> {
        self.notable.iter().rev().filter_map(move |event| {
            let What::Decided { server, note } = &event.what else { return None };
            (*server == of).then_some((event.at, note))
        })
    }

    /// When and why the newest message of this kind on this link was lost, if it was and that is
    /// remembered.
    fn lost(&self, kind: Kind, from: NodeId, to: NodeId) -> Option<(Micros, LossReason)> {
        let is_it = |a: &NodeId, b: &NodeId, k: &Kind| (*a, *b, *k) == (from, to, kind);
        for event in self.recent.iter().rev() {
            if let What::Lost { from, to, kind, because } = &event.what
                && is_it(from, to, kind)
            {
                return Some((event.at, *because));
            }
            if let What::Sent { from, to, kind, .. } | What::Delivered { from, to, kind, .. } =
                &event.what
                && is_it(from, to, kind)
            {
                return None;
            }
        }
        None
    }

    /// The entry at this index is known to be committed, and this server holds that one.
    fn is_committed(&self, holder: NodeId, index: Index) -> bool {
        let held = |id: NodeId| self.world.server(id).and_then(|s| s.node().log().get(index));
        let Some(entry) = held(holder) else { return false };
        self.world.committed_entry(index) == Some(entry)
            || self.world.servers().iter().any(|server| {
                server.node().commit_index() >= index && held(server.id()) == Some(entry)
            })
    }
}

/// Why it is not so; `None` where it is, or where there is no such thing.
pub fn why_not(session: &Session, question: &Question) -> Option<Answer> {
    if let Question::Console(number) = *question
        && has_failed(session.world(), number)
    {
        let mut answer = console::failed(session, number)?;
        answer.look.retain(|at| is_there(session.world(), *at));
        return Some(answer);
    }
    answer(Scene::of(session), *question)
}

fn answer(scene: Scene<'_>, question: Question) -> Option<Answer> {
    let mut answer = match question {
        Question::Commit(holder, index) => commit::commit(scene, holder, index),
        Question::Vote(voter, candidate) => vote::vote(scene, voter, candidate),
        Question::Lead(server) => lead::lead(scene, server),
        Question::Behind(server) => behind::behind(scene, server),
        Question::Elect => election::elect(scene),
        Question::Waits(number) => wait::waits(scene, number),
        Question::Refused(number) => read::refused(scene, number),
        Question::Stale(number) => read::stale(scene, number),
        Question::Console(number) => console::console(scene, number),
    }?;
    answer.look.retain(|at| is_there(scene.world, *at));
    Some(answer)
}

/// Whether there is such a thing to look at; a log may have dropped its entry.
fn is_there(world: &World, at: Selection) -> bool {
    match at {
        Selection::Nothing => false,
        Selection::Server(id) => world.server(id).is_some(),
        Selection::Entry(id, index) => {
            world.server(id).is_some_and(|server| server.node().log().get(index).is_some())
        }
        Selection::Message(_) => true,
        Selection::Link(a, b) => world.server(a).is_some() && world.server(b).is_some(),
    }
}

/// The questions that make sense of what is selected and have an answer, the most telling first.
pub fn questions(session: &Session, selection: Selection) -> Vec<Question> {
    let scene = Scene::of(session);
    let mut all = candidates(scene, selection);
    all.retain(|question| answer(scene, *question).is_some());
    all
}

/// The questions that make sense of what is selected, whether they have an answer or not.
fn candidates(scene: Scene<'_>, selection: Selection) -> Vec<Question> {
    match selection {
        Selection::Nothing => of_cluster(scene),
        Selection::Server(id) => of_server(scene, id),
        Selection::Entry(id, index) => of_entry(scene, id, index),
        Selection::Message(id) => of_message(scene, id),
        Selection::Link(a, b) => {
            let mut all = votes(scene, |voter, candidate| {
                (voter, candidate) == (a, b) || (voter, candidate) == (b, a)
            });
            let leads = |id: NodeId| scene.world.leader().is_some_and(|leader| leader.id() == id);
            if leads(a) || leads(b) {
                all.push(Question::Behind(if leads(a) { b } else { a }));
                all.extend(first_uncommitted(scene, if leads(a) { a } else { b }));
            }
            all
        }
    }
}

fn of_cluster(scene: Scene<'_>) -> Vec<Question> {
    let mut all = vec![Question::Elect];
    all.extend(requests(scene, Question::Waits, |_| true).into_iter().take(MOST));
    all.extend(console::consoles(scene, |_| true));
    all.extend(requests(scene, Question::Stale, |_| true).into_iter().next_back());
    all.extend(requests(scene, Question::Refused, |_| true).into_iter().next_back());
    if let Some(leader) = scene.world.leader() {
        all.extend(first_uncommitted(scene, leader.id()));
    }
    all
}

fn of_server(scene: Scene<'_>, id: NodeId) -> Vec<Question> {
    let mut all = vec![Question::Lead(id), Question::Behind(id)];
    all.extend(votes(scene, |voter, candidate| voter == id || candidate == id));
    all.extend(first_uncommitted(scene, id));
    let is_here = |number: usize| match scene.world.open_request(number).map(|open| open.at) {
        Some(
            Whereabouts::Gone(at)
            | Whereabouts::Coming(at)
            | Whereabouts::Answered(at)
            | Whereabouts::Inbox(at)
            | Whereabouts::Log(at)
            | Whereabouts::Asked(at, _)
            | Whereabouts::Confirmed(at, _),
        ) => at == id,
        Some(Whereabouts::Nowhere) | None => false,
    };
    all.extend(requests(scene, Question::Waits, is_here).into_iter().take(MOST));
    all.extend(console::consoles(scene, |at| at == id));
    let went_here = |number: usize| {
        let asked = scene.world.requests().get(number.wrapping_sub(1));
        asked.is_some_and(|asked| asked.sent_to == Some(id))
    };
    all.extend(requests(scene, Question::Stale, went_here).into_iter().next_back());
    all.extend(requests(scene, Question::Refused, went_here).into_iter().next_back());
    all
}

fn of_entry(scene: Scene<'_>, id: NodeId, index: Index) -> Vec<Question> {
    let mut all = vec![Question::Commit(id, index)];
    let entry = scene.world.server(id).and_then(|server| server.node().log().get(index));
    if let Some(session) = entry.and_then(|entry| session_of(entry)) {
        let is_its = |number: usize| {
            scene.world.open_request(number).is_some_and(|open| open.session == session)
        };
        all.extend(requests(scene, Question::Waits, is_its));
    }
    all
}

fn of_message(scene: Scene<'_>, id: u64) -> Vec<Question> {
    let flights = scene.world.network().in_flight();
    let Some(flight) = flights.into_iter().find(|flight| flight.id() == id) else {
        return Vec::new();
    };
    let (from, to) = (flight.message.from, flight.message.to);
    match &flight.message.body {
        Body::RequestVote { .. } | Body::PreVote { .. } => vec![Question::Vote(to, from)],
        Body::RequestVoteReply { .. } | Body::PreVoteReply { .. } => {
            vec![Question::Vote(from, to)]
        }
        Body::AppendEntries { entries, .. } => {
            entries.first().map(|entry| Question::Commit(from, entry.index)).into_iter().collect()
        }
        Body::AppendEntriesReply(_) => {
            first_uncommitted(scene, to).into_iter().chain([Question::Behind(from)]).collect()
        }
        Body::Heartbeat { .. } => vec![Question::Lead(to)],
        Body::HeartbeatReply { .. } => vec![Question::Lead(from)],
        Body::ReadIndex { .. } | Body::ReadIndexReply { .. } | Body::Propose { .. } => {
            requests(scene, Question::Waits, |_| true).into_iter().take(MOST).collect()
        }
        Body::InstallSnapshot { .. } => vec![Question::Behind(to)],
        Body::TimeoutNow | Body::TransferLeader => Vec::new(),
    }
}

/// The requests made by hand that this may be asked about, oldest first.
fn requests(
    scene: Scene<'_>,
    ask: fn(usize) -> Question,
    fits: impl Fn(usize) -> bool,
) -> Vec<Question> {
    let all = (1..).zip(scene.world.requests());
    let fits = all.filter(|(number, asked)| {
        let may = match ask(*number) {
            Question::Waits(_) => asked.outcome == Outcome::Waiting,
            Question::Stale(_) => asked.stale.is_some(),
            Question::Refused(_) => !matches!(asked.outcome, Outcome::Waiting | Outcome::Ok(_)),
            Question::Commit(..)
            | Question::Vote(..)
            | Question::Lead(_)
            | Question::Behind(_)
            | Question::Console(_)
            | Question::Elect => false,
        };
        may && fits(*number)
    });
    fits.map(|(number, _)| ask(number)).collect()
}

/// The votes that live candidates lack, and those that were refused lately.
fn votes(scene: Scene<'_>, fits: impl Fn(NodeId, NodeId) -> bool) -> Vec<Question> {
    let mut all = Vec::new();
    for candidate in scene.world.servers() {
        let id = candidate.id();
        let voters = candidate.node().membership().all_voters();
        let stands = matches!(candidate.node().role(), Role::Candidate(_) | Role::PreCandidate(_));
        for voter in voters {
            if fits(voter, id) && (stands || vote::was_refused(scene, voter, id)) {
                all.push(Question::Vote(voter, id));
            }
        }
    }
    all
}

/// The first entry of a server that it does not know to be committed.
fn first_uncommitted(scene: Scene<'_>, id: NodeId) -> Option<Question> {
    let node = scene.world.server(id)?.node();
    let index = node.commit_index() + 1;
    (index <= node.log().last_index()).then_some(Question::Commit(id, index))
}

/// Why the newest message of this kind on this link was lost, where it was, not before this time.
fn lost_words(
    scene: Scene<'_>,
    kind: Kind,
    (from, to): (NodeId, NodeId),
    since: Micros,
) -> Option<&'static str> {
    let (at, because) = scene.lost(kind, from, to)?;
    (at >= since).then(|| words::loss(because))
}
