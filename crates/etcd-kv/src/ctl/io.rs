//! What every command builds on: calls that are repeated on the next endpoint where etcd's client
//! repeats them, deadlines, sleeps, and what is printed.

mod login;
mod repeats;

use super::flags::Given;
use super::go;
use super::print::{Format, Printer, Unsupported};
use crate::api::{Call, Header, Response};
use crate::console::{CallError, Environment, Input, Step, Waits};
use repeats::{STREAM_US, can_repeat};
use std::sync::Arc;

/// An endpoint as it was written, and which of the environment's it is.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) index: Option<usize>,
}

/// How a command can be ended.
pub(crate) mod exit {
    pub(crate) const SUCCESS: i32 = 0;
    pub(crate) const ERROR: i32 = 1;
    pub(crate) const BAD_CONNECTION: i32 = 2;
    /// How a Go program ends that has crashed.
    pub(crate) const CRASHED: i32 = 2;
    pub(crate) const INVALID_INPUT: i32 = 3;
    pub(crate) const BAD_FEATURE: i32 = 4;
    pub(crate) const INTERRUPTED: i32 = 5;
    pub(crate) const BAD_ARGS: i32 = 128;
    /// What a shell reports where a program ended by ^C.
    pub(crate) const SIGNALLED: i32 = 130;
}

/// Which question an answer belongs to.
pub(crate) type AskId = u32;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Etcd(crate::Error),
    /// An error of the member's whose code says nothing.
    Unknown(crate::Error),
    Deadline,
    /// It was sent; what became of it is not known.
    Lost,
    /// Nobody listens there, and it was to be asked but once.
    Refused,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Failure::Etcd(error) => error.fmt(f),
            Failure::Unknown(error) => write!(f, "rpc error: code = Unknown desc = {error}"),
            Failure::Deadline => f.write_str("context deadline exceeded"),
            Failure::Refused => f.write_str("connection refused"),
            Failure::Lost => {
                f.write_str("rpc error: code = Unavailable desc = transport is closing")
            }
        }
    }
}

pub(crate) type Answer = Result<(Header, Response), Failure>;

/// What a command is told.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    Answer(AskId, Answer),
    Woke(u32),
    Line(&'a str),
    EndOfInput,
    Interrupt,
}

/// A question that is open.
#[derive(Clone, Debug)]
struct Ask {
    id: AskId,
    call: Call,
    targets: Vec<Target>,
    /// Which of them is asked.
    at: usize,
    /// How many were asked since the last pause.
    tried: usize,
    /// The call's ticket, or the pause's.
    ticket: u32,
    is_pausing: bool,
    /// How often a member has said that it cannot serve it now.
    refused: u32,
    /// It waits until whoever asks has logged in.
    is_held: bool,
    /// No other endpoint is asked, and this one never again.
    is_once: bool,
    deadline: Option<u32>,
}

/// The side of a command that faces the cluster.
#[derive(Clone, Debug)]
pub(crate) struct Io {
    pub(crate) env: Environment,
    pub(crate) now_us: u64,
    pub(crate) printer: Printer,
    pub(crate) targets: Vec<Target>,
    pub(crate) timeout_us: u64,
    pub(crate) next_ticket: u32,
    steps: Vec<Step>,
    asks: Vec<Ask>,
    /// The question by which it logs in, while that is open.
    login: Option<AskId>,
    /// The name and password that were shown, and how long showing them may take.
    shown: Option<(String, String, u64)>,
    /// Whose password is to be typed, and how long the login may then take.
    pub(crate) asks_password: Option<(String, u64)>,
    /// The question whose time was over before the password was typed.
    overdue: Option<AskId>,
    /// What shows who asks.
    pub(crate) token: Option<Arc<str>>,
    pub(crate) exit: Option<i32>,
}

impl Io {
    pub(crate) fn new(env: &Environment) -> Io {
        Io {
            env: env.clone(),
            now_us: env.now_us,
            printer: Printer { version: env.version, ..Printer::default() },
            targets: Vec::new(),
            timeout_us: 5_000_000,
            next_ticket: 0,
            steps: Vec::new(),
            asks: Vec::new(),
            login: None,
            shown: None,
            asks_password: None,
            overdue: None,
            token: None,
            exit: None,
        }
    }

    pub(crate) fn take_steps(&mut self) -> Vec<Step> {
        std::mem::take(&mut self.steps)
    }

    pub(crate) fn step(&mut self, step: Step) {
        if let Step::Exit(code) = step {
            self.exit = Some(code);
        }
        self.steps.push(step);
    }

    fn ticket(&mut self) -> u32 {
        self.next_ticket += 1;
        self.next_ticket
    }

    pub(crate) fn print(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.step(Step::Print(text));
        }
    }

    pub(crate) fn end(&mut self, code: i32) {
        self.step(Step::Exit(code));
    }

    /// Prints an error as etcdctl does, and ends.
    pub(crate) fn fail(&mut self, code: i32, error: impl std::fmt::Display) {
        self.print(format!("Error: {error}\n"));
        self.end(code);
    }

    /// Prints an answer; whether its format has one.
    pub(crate) fn show(&mut self, printed: Result<String, Unsupported>) -> bool {
        match printed {
            Ok(text) => self.print(text),
            // What was asked for is done, as with a real etcdctl; there is no terminal for bytes.
            Err(_) if self.printer.format == Format::Protobuf => {
                self.print("(protobuf is binary: not printed in this playground)\n");
                self.end(exit::SUCCESS);
            }
            Err(unsupported) => self.fail(exit::BAD_FEATURE, unsupported),
        }
        self.exit.is_none()
    }

    /// Prints an answer and ends.
    pub(crate) fn finish(&mut self, printed: Result<String, Unsupported>) {
        if self.show(printed) {
            self.end(exit::SUCCESS);
        }
    }

    /// Takes over what the global flags say; whether that is possible.
    pub(crate) fn dial(&mut self, given: &Given) -> bool {
        let format = given.text("write-out", "simple");
        match Format::of(&format) {
            Some(format) => self.printer.format = format,
            None => {
                self.fail(exit::BAD_FEATURE, "unsupported output format");
                return false;
            }
        }
        if let Some((code, error)) = unreachable(given) {
            self.fail(code, error);
            return false;
        }
        self.printer.is_hex = given.switch("hex");
        self.timeout_us = go::parse_duration(&given.text("command-timeout", "5s")).unwrap_or(0);
        let names = if given.is_set("endpoints") {
            given.texts("endpoints")
        } else {
            self.env.default_endpoints.clone()
        };
        let names = names.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
        self.targets = names.map(|name| self.target(name)).collect();
        if self.targets.is_empty() {
            self.fail(exit::BAD_CONNECTION, "etcdclient: no available endpoints");
            return false;
        }
        self.log_in(given)
    }

    /// What a line asks for, once its endpoints are dialled; `None` where either was wrong, which
    /// is said then.
    pub(crate) fn ready<T, E: std::fmt::Display>(
        &mut self,
        read: Result<T, E>,
        given: &Given,
    ) -> Option<T> {
        match read {
            Ok(read) => self.dial(given).then_some(read),
            Err(error) => {
                self.fail(exit::BAD_ARGS, error);
                None
            }
        }
    }

    /// Finds an endpoint by its name or address.
    pub(crate) fn target(&self, name: &str) -> Target {
        Target { name: name.into(), index: self.env.find(name) }
    }

    pub(crate) fn names(&self) -> String {
        let names: Vec<&str> = self.targets.iter().map(|target| target.name.as_str()).collect();
        format!("[{}]", names.join(" "))
    }

    /// Asks any of the endpoints, for as long as a command may take.
    pub(crate) fn ask(&mut self, call: Call) -> AskId {
        self.ask_of(self.targets.clone(), call, Some(self.timeout_us))
    }

    /// Asks any of the endpoints, for as long as it takes.
    pub(crate) fn ask_patiently(&mut self, call: Call) -> AskId {
        self.ask_of(self.targets.clone(), call, None)
    }

    /// Asks any of these endpoints.
    pub(crate) fn ask_of(
        &mut self,
        targets: Vec<Target>,
        call: Call,
        timeout_us: Option<u64>,
    ) -> AskId {
        self.open(targets, call, timeout_us, false)
    }

    /// Asks one endpoint and takes its first answer for what it is, as the gateway does.
    pub(crate) fn ask_once(
        &mut self,
        endpoint: usize,
        call: Call,
        timeout_us: Option<u64>,
    ) -> AskId {
        let target = Target { name: String::new(), index: Some(endpoint) };
        self.open(vec![target], call, timeout_us, true)
    }

    fn open(
        &mut self,
        targets: Vec<Target>,
        call: Call,
        timeout_us: Option<u64>,
        is_once: bool,
    ) -> AskId {
        let id = self.ticket();
        let deadline = timeout_us.map(|us| self.sleep(us));
        // Without any time it is over before it is sent.
        let is_waiting = self.login.is_some() || self.asks_password.is_some();
        let is_held = is_waiting || timeout_us == Some(0);
        self.asks.push(Ask {
            id,
            call,
            targets,
            at: 0,
            tried: 0,
            ticket: 0,
            is_pausing: false,
            refused: 0,
            is_held,
            is_once,
            deadline,
        });
        if !is_held {
            self.send(self.asks.len() - 1);
        }
        id
    }

    pub(crate) fn sleep(&mut self, us: u64) -> u32 {
        let ticket = self.ticket();
        self.steps.push(Step::Sleep { ticket, us });
        ticket
    }

    /// Abandons a question or a sleep.
    pub(crate) fn cancel(&mut self, id: u32) {
        if let Some(at) = self.asks.iter().position(|ask| ask.id == id) {
            let ask = self.asks.remove(at);
            self.steps.push(Step::Cancel { ticket: ask.ticket });
            self.steps.extend(ask.deadline.map(|ticket| Step::Cancel { ticket }));
        } else {
            self.steps.push(Step::Cancel { ticket: id });
        }
    }

    /// Where a stream goes on if it has to begin anew.
    pub(crate) fn resume_from(&mut self, id: AskId, revision: i64) {
        let ask = self.asks.iter_mut().find(|ask| ask.id == id);
        if let Some(Ask { call: Call::Watch(watch), .. }) = ask {
            watch.start_revision = revision;
        }
    }

    /// Whether the question is still open.
    pub(crate) fn is_open(&self, id: AskId) -> bool {
        self.asks.iter().any(|ask| ask.id == id)
    }

    /// What the open questions wait for.
    pub(crate) fn waits(&self) -> Waits {
        let mut turned_away_by = Vec::new();
        for ask in self.asks.iter().filter(|ask| ask.is_pausing) {
            for index in ask.targets.iter().filter_map(|target| target.index) {
                if !turned_away_by.contains(&index) {
                    turned_away_by.push(index);
                }
            }
        }
        let deadline = self.asks.iter().find_map(|ask| ask.deadline);
        Waits { turned_away_by, deadline }
    }

    /// Turns what happened into what the command is told, if it is for the command.
    pub(crate) fn hear<'a>(&mut self, input: Input<'a>) -> Option<Event<'a>> {
        let event = self.heard(input)?;
        if let Event::Answer(id, answer) = &event
            && self.login == Some(*id)
        {
            let answer = answer.clone();
            self.logged_in(answer);
            return None;
        }
        Some(event)
    }

    fn heard<'a>(&mut self, input: Input<'a>) -> Option<Event<'a>> {
        match input {
            Input::Line(line) if self.asks_password.is_some() => self.typed_password(line.trim()),
            Input::EndOfInput if self.asks_password.is_some() => {
                self.fail(exit::BAD_ARGS, "EOF");
                None
            }
            Input::Answer { ticket, result } => {
                let at =
                    self.asks.iter().position(|ask| ask.ticket == ticket && !ask.is_pausing)?;
                self.answered(at, result)
            }
            Input::Woke { ticket } => {
                if let Some(at) = self.asks.iter().position(|ask| ask.deadline == Some(ticket)) {
                    let ask = self.asks.remove(at);
                    self.steps.push(Step::Cancel { ticket: ask.ticket });
                    if self.asks_password.is_some() {
                        self.overdue = Some(ask.id);
                        return None;
                    }
                    return Some(Event::Answer(ask.id, Err(Failure::Deadline)));
                }
                let pausing = |ask: &Ask| ask.is_pausing && ask.ticket == ticket;
                if let Some(at) = self.asks.iter().position(pausing) {
                    self.send(at);
                    return None;
                }
                Some(Event::Woke(ticket))
            }
            Input::Line(line) => Some(Event::Line(line)),
            Input::EndOfInput => Some(Event::EndOfInput),
            Input::Interrupt => Some(Event::Interrupt),
        }
    }

    fn answered<'a>(
        &mut self,
        at: usize,
        result: Result<(Header, Response), CallError>,
    ) -> Option<Event<'a>> {
        if self.logs_in_again(at, &result) {
            return None;
        }
        let version = self.env.version;
        let ask = &mut self.asks[at];
        let is_stream = matches!(ask.call, Call::Watch(_));
        let failure = match result {
            Ok(answer) if is_stream => {
                ask.tried = 0;
                return Some(Event::Answer(ask.id, Ok(answer)));
            }
            Ok(answer) => return Some(self.close(at, Ok(answer))),
            Err(CallError::Etcd(error))
                if error.code() == 14 && can_repeat(&ask.call) && ask.repeats(&error, version) =>
            {
                ask.refused += 1;
                None
            }
            Err(CallError::Etcd(error)) if !ask.is_once && version.hides_deadline(&error) => {
                Some(Failure::Unknown(error))
            }
            Err(CallError::Etcd(error)) => Some(Failure::Etcd(error)),
            Err(CallError::Unavailable) if ask.is_once => Some(Failure::Refused),
            Err(CallError::Unavailable) => None,
            Err(CallError::ConnectionLost) if ask.is_once => Some(Failure::Lost),
            Err(CallError::ConnectionLost) if can_repeat(&ask.call) => None,
            Err(CallError::ConnectionLost) => Some(Failure::Lost),
            Err(CallError::DeadlineExceeded) => Some(Failure::Deadline),
        };
        if let Some(failure) = failure {
            return Some(self.close(at, Err(failure)));
        }
        ask.tried += 1;
        ask.at = (ask.at + 1) % ask.targets.len().max(1);
        if ask.keeps_lease() {
            self.pause(at, STREAM_US);
        } else {
            self.send(at);
        }
        None
    }

    fn close<'a>(&mut self, at: usize, answer: Answer) -> Event<'a> {
        let ask = self.asks.remove(at);
        self.steps.extend(ask.deadline.map(|ticket| Step::Cancel { ticket }));
        Event::Answer(ask.id, answer)
    }
}

/// Why flags lead nowhere: there are no files of keys, and nobody knows other names.
fn unreachable(given: &Given) -> Option<(i32, String)> {
    let file = ["cacert", "cert", "key"].iter().map(|flag| given.text(flag, ""));
    if let Some(file) = file.into_iter().find(|file| !file.is_empty()) {
        return Some((exit::BAD_ARGS, format!("open {file}: no such file or directory")));
    }
    let domain = given.text("discovery-srv", "");
    let lookup = |service: &str| format!("lookup _{service}._tcp.{domain}: no such host");
    (!domain.is_empty()).then(|| {
        let (tls, plain) = (lookup("etcd-client-ssl"), lookup("etcd-client"));
        (exit::ERROR, format!("dns lookup errors: {tls} and {plain}"))
    })
}
