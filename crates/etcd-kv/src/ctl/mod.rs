//! etcdctl and etcdutl as a console: each command a machine without clock, network or disk, that
//! says what it wants done and is told what came of it. Texts and exit codes are those of a real
//! 3.4.23 and 3.5.30.
//!
//! ```
//! use etcd_kv::console::{Environment, Step};
//! use etcd_kv::ctl::Invocation;
//! let (_, steps) = Invocation::start("etcdctl version", &Environment::default());
//! assert_eq!(steps[0], Step::Print("etcdctl version: 3.5.30\nAPI version: 3.5\n".into()));
//! assert_eq!(steps[1], Step::Exit(0));
//! ```

mod access;
mod cluster;
mod commands;
mod complete;
mod curl;
mod date;
mod flags;
mod go;
mod guess;
mod io;
mod kv;
mod lease;
mod mirror;
mod perf;
mod print;
mod probes;
mod session;
mod table;
mod txn;
mod utl;
mod watch;
mod words;

use crate::console::{Environment, Etcdctl, Input, Running, Step, Waits};
pub use complete::complete;
use flags::{Given, Read};
use io::{Event, Io, exit};

/// These commands, for whoever takes etcdctl as it comes.
pub const ETCDCTL: Etcdctl = Etcdctl {
    start: |line, environment| {
        let (invocation, steps) = Invocation::start(line, environment);
        (Box::new(invocation), steps)
    },
    complete,
};

/// One running command.
#[derive(Clone, Debug)]
pub struct Invocation {
    io: Io,
    job: Job,
}

impl Running for Invocation {
    fn on(&mut self, input: Input<'_>, now_us: u64) -> Vec<Step> {
        Invocation::on(self, input, now_us)
    }

    fn wants_input(&self) -> Option<&str> {
        Invocation::wants_input(self)
    }

    fn waits(&self) -> Waits {
        let child = match &self.job {
            Job::Session(session) => session.child.as_ref(),
            Job::Over
            | Job::Pause(_)
            | Job::Kv(_)
            | Job::Txn(_)
            | Job::Watch(_)
            | Job::Lease(_)
            | Job::Cluster(_)
            | Job::Perf(_)
            | Job::Mirror(_)
            | Job::Curl(_)
            | Job::Access(_) => None,
        };
        child.map_or_else(|| self.io.waits(), |child| child.waits())
    }

    fn duplicate(&self) -> Box<dyn Running> {
        Box::new(self.clone())
    }
}

/// What the command is about.
#[derive(Clone, Debug)]
enum Job {
    /// Nothing is left to do.
    Over,
    /// Until the sleep of this ticket is over.
    Pause(u32),
    Kv(kv::Kv),
    Txn(Box<txn::Txn>),
    Watch(watch::Watch),
    Lease(lease::Lease),
    Cluster(cluster::Cluster),
    Session(Box<session::Session>),
    Perf(perf::Perf),
    Mirror(Box<mirror::Mirror>),
    Curl(Box<curl::Curl>),
    Access(Box<access::Access>),
}

impl Invocation {
    /// Reads a line and starts its command.
    #[must_use = "the steps are to be carried out"]
    pub fn start(line: &str, env: &Environment) -> (Invocation, Vec<Step>) {
        let mut invocation = match words::shell(line) {
            Ok(words) => Invocation::of(&words, env, 0),
            Err(error) => {
                let mut io = Io::new(env);
                io.fail(exit::INVALID_INPUT, error);
                Invocation { io, job: Job::Over }
            }
        };
        let steps = invocation.io.take_steps();
        (invocation, steps)
    }

    /// Starts the command of these words; its tickets come after the given one.
    fn of(words: &[String], env: &Environment, ticket: u32) -> Invocation {
        let mut io = Io::new(env);
        io.next_ticket = ticket;
        let words = prefixes(words, &mut io.env);
        let job = match words.first().map(String::as_str) {
            None => {
                io.end(exit::SUCCESS);
                Job::Over
            }
            Some("curl") => curl::start(&mut io, &words[1..]),
            Some("echo") => {
                io.print(words[1..].join(" ") + "\n");
                io.end(exit::SUCCESS);
                Job::Over
            }
            Some("sleep") => sleep(&mut io, &words[1..]),
            Some("export" | "unset") => export(&mut io, words),
            Some("etcdutl") if io.env.version.has_etcdutl() => {
                utl::run(&mut io, &words[1..]);
                Job::Over
            }
            Some("etcdctl") => etcdctl(&mut io, &words[1..]),
            Some(_) => etcdctl(&mut io, words),
        };
        Invocation { io, job }
    }

    /// Tells the command what happened, at this time in microseconds.
    #[must_use = "the steps are to be carried out"]
    pub fn on(&mut self, input: Input<'_>, now_us: u64) -> Vec<Step> {
        self.io.now_us = now_us;
        if self.io.exit.is_some() {
            return Vec::new();
        }
        let next = self.io.next_ticket;
        if let Some(child) = self.child() {
            // Both number what they ask from one sequence.
            child.io.next_ticket = next;
            let steps = child.on(input.clone(), now_us);
            let (next, ended) = (child.io.next_ticket, child.io.exit);
            self.io.next_ticket = next;
            for step in steps.into_iter().filter(|step| !matches!(step, Step::Exit(_))) {
                self.io.step(step);
            }
            if let Some(code) = ended {
                self.job.child_ended(&mut self.io, code);
            }
            // Who holds a lock lives on until it is given back.
            if input == Input::Interrupt && matches!(self.job, Job::Session(_)) {
                return self.io.take_steps();
            }
        }
        if self.io.exit.is_none()
            && let Some(event) = self.io.hear(input)
        {
            self.job.on(&mut self.io, event);
        }
        self.io.take_steps()
    }

    /// The prompt, while the command takes lines.
    pub fn wants_input(&self) -> Option<&str> {
        if self.io.exit.is_some() {
            return None;
        }
        if self.io.asks_password.is_some() {
            return Some("Password: ");
        }
        match &self.job {
            Job::Kv(kv) => kv.wants_input(),
            Job::Txn(txn) => txn.wants_input(),
            Job::Watch(watch) => watch.wants_input(),
            Job::Access(access) => access.wants_input(),
            Job::Session(session) => session.child.as_ref().and_then(|child| child.wants_input()),
            Job::Over
            | Job::Pause(_)
            | Job::Lease(_)
            | Job::Cluster(_)
            | Job::Perf(_)
            | Job::Mirror(_)
            | Job::Curl(_) => None,
        }
    }

    /// Whether the command is over.
    pub fn is_over(&self) -> bool {
        self.io.exit.is_some()
    }

    fn child(&mut self) -> Option<&mut Invocation> {
        match &mut self.job {
            Job::Session(session) => session.child.as_deref_mut(),
            Job::Watch(watch) => watch.child.as_deref_mut(),
            Job::Over
            | Job::Pause(_)
            | Job::Kv(_)
            | Job::Txn(_)
            | Job::Lease(_)
            | Job::Cluster(_)
            | Job::Perf(_)
            | Job::Mirror(_)
            | Job::Curl(_)
            | Job::Access(_) => None,
        }
    }
}

impl Job {
    fn on(&mut self, io: &mut Io, event: Event<'_>) {
        match self {
            Job::Over => {}
            Job::Pause(until) => match event {
                Event::Woke(ticket) if ticket == *until => io.end(exit::SUCCESS),
                Event::Interrupt => io.end(exit::SIGNALLED),
                Event::Woke(_) | Event::Answer(..) | Event::Line(_) | Event::EndOfInput => {}
            },
            Job::Kv(kv) => kv.on(io, event),
            Job::Txn(txn) => txn.on(io, event),
            Job::Watch(watch) => watch.on(io, event),
            Job::Lease(lease) => lease.on(io, event),
            Job::Cluster(cluster) => cluster.on(io, event),
            Job::Session(session) => session.on(io, event),
            Job::Perf(perf) => perf.on(io, event),
            Job::Mirror(mirror) => mirror.on(io, event),
            Job::Curl(curl) => curl.on(io, event),
            Job::Access(access) => access.on(io, event),
        }
    }

    fn child_ended(&mut self, io: &mut Io, code: i32) {
        match self {
            Job::Session(session) => session.child_ended(io, code),
            Job::Watch(watch) => watch.child_ended(io),
            Job::Over
            | Job::Pause(_)
            | Job::Kv(_)
            | Job::Txn(_)
            | Job::Lease(_)
            | Job::Cluster(_)
            | Job::Perf(_)
            | Job::Mirror(_)
            | Job::Curl(_)
            | Job::Access(_) => {}
        }
    }
}

/// Starts a command within another: its calls are the other's.
fn start_child(io: &mut Io, words: &[String]) -> Box<Invocation> {
    let mut env = io.env.clone();
    env.now_us = io.now_us;
    let mut child = Invocation::of(words, &env, io.next_ticket);
    io.next_ticket = child.io.next_ticket;
    for step in child.io.take_steps() {
        if !matches!(step, Step::Exit(_)) {
            io.step(step);
        }
    }
    Box::new(child)
}

/// Takes `NAME=value`, `env`, `env -u NAME` and `time` off the front.
fn prefixes<'a>(mut words: &'a [String], env: &mut Environment) -> &'a [String] {
    loop {
        words = match words {
            [first, name, rest @ ..] if first == "-u" || first == "--unset" => {
                env.variables.remove(name.as_str());
                rest
            }
            [first, rest @ ..] if first == "env" || first == "time" || first == "-i" => rest,
            [first, rest @ ..] => match variable(first) {
                Some((name, value)) => {
                    if name.starts_with(VARIABLES) {
                        env.variables.insert(name.into(), value.into());
                    }
                    rest
                }
                None => return words,
            },
            [] => return words,
        };
    }
}

/// How the names of etcdctl's variables begin.
const VARIABLES: &str = "ETCDCTL_";

/// Name and value of `NAME=value`.
fn variable(word: &str) -> Option<(&str, &str)> {
    let is_of_name = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_';
    word.split_once('=').filter(|(name, _)| !name.is_empty() && name.bytes().all(is_of_name))
}

/// `export NAME=value`, `export`, `unset NAME`: variables for the commands that follow.
fn export(io: &mut Io, words: &[String]) -> Job {
    let is_unset = words[0] == "unset";
    if words.len() == 1 {
        let all =
            io.env.variables.iter().map(|(name, value)| {
                format!("declare -x {name}={}\n", go::quote(value.as_bytes()))
            });
        let all: String = all.collect();
        io.print(all);
    }
    for word in &words[1..] {
        let (name, value) = match variable(word) {
            Some((name, value)) if !is_unset => (name, Some(value)),
            _ if is_unset => (word.as_str(), None),
            _ => {
                let error = format!("export `{word}`: expected NAME=value");
                io.fail(exit::ERROR, error);
                return Job::Over;
            }
        };
        if !name.starts_with(VARIABLES) {
            let error = format!("{name}: nothing here reads it; expected a name as ETCDCTL_USER");
            io.fail(exit::ERROR, error);
            return Job::Over;
        }
        io.step(Step::Export { name: name.into(), value: value.map(String::from) });
    }
    io.end(exit::SUCCESS);
    Job::Over
}

/// The words with the flags for which variables stand (etcd's `pkg/flags`: only those that every
/// command has); `None` where that ends the command.
fn with_variables(io: &mut Io, given: &Given, words: &[String]) -> Option<Vec<String>> {
    let mut all = Vec::new();
    let variables = io.env.variables.clone();
    for (name, value) in variables.iter() {
        let flag = name[VARIABLES.len()..].to_lowercase().replace('_', "-");
        let is_known = commands::GLOBAL.iter().any(|known| known.name == flag);
        if flag == "api" {
            // It has been looked at before.
        } else if is_known && given.is_set(&flag) {
            io.print(io.env.version.conflict_of_flags(name));
            io.end(exit::ERROR);
            return None;
        } else if !is_known || value.is_empty() {
            let line = io.env.version.unknown_variable(name, value);
            io.print(line);
        } else {
            all.push(format!("--{flag}={value}"));
        }
    }
    all.extend_from_slice(words);
    Some(all)
}

/// What `ETCDCTL_API` of another number than 3 comes to: no member here has version 2 enabled.
fn other_api(io: &mut Io, api: &str, words: &[String]) {
    if api != "2" {
        io.print(format!("unsupported API version {api}\n"));
        io.end(exit::ERROR);
    } else if words.iter().any(|word| word == "--version") {
        let release = io.env.version.release();
        io.print(format!("etcdctl version: {release}\nAPI version: 2\n"));
        io.end(exit::SUCCESS);
    } else {
        let error = " client: response is invalid json. The endpoint is probably not valid etcd \
                     cluster endpoint";
        io.fail(exit::BAD_FEATURE, error);
    }
}

fn sleep(io: &mut Io, args: &[String]) -> Job {
    let seconds = args.first().map(|arg| {
        let unit = if arg.ends_with(|c: char| c.is_ascii_digit()) { "s" } else { "" };
        go::parse_duration(&format!("{arg}{unit}"))
    });
    match seconds {
        Some(Ok(us)) if args.len() == 1 => return Job::Pause(io.sleep(us)),
        Some(Err(error)) => io.fail(exit::ERROR, error),
        Some(Ok(_)) | None => io.fail(exit::ERROR, "sleep needs one argument, e.g. sleep 2"),
    }
    Job::Over
}

fn etcdctl(io: &mut Io, words: &[String]) -> Job {
    let api = io.env.variables.get("ETCDCTL_API").cloned().unwrap_or_default();
    if !matches!(api.as_str(), "" | "3") {
        other_api(io, &api, words);
        return Job::Over;
    }
    let mut read = flags::read(words, io.env.version);
    if let Read::Run(_, given) = &read
        && !io.env.variables.is_empty()
    {
        let Some(words) = with_variables(io, given, words) else { return Job::Over };
        read = flags::read(&words, io.env.version);
    }
    match read {
        Read::Run(command, given) => run(io, command.path, &given).unwrap_or(Job::Over),
        Read::Say(text, code) => {
            io.print(text);
            io.end(code);
            Job::Over
        }
    }
}

/// Starts a command. `None` where it is over at once.
fn run(io: &mut Io, path: &str, given: &Given) -> Option<Job> {
    match path {
        "put" | "get" | "del" | "compaction" => kv::start(io, path, given).map(Job::Kv),
        "txn" => txn::start(io, given).map(|txn| Job::Txn(Box::new(txn))),
        "watch" => watch::start(io, given).map(Job::Watch),
        "lease grant" | "lease revoke" | "lease timetolive" | "lease list" | "lease keep-alive" => {
            lease::start(io, path, given).map(Job::Lease)
        }
        "lock" | "elect" => {
            session::start(io, path, given).map(|session| Job::Session(Box::new(session)))
        }
        "check perf" => perf::start(io, given).map(Job::Perf),
        "make-mirror" => mirror::start(io, given).map(|mirror| Job::Mirror(Box::new(mirror))),
        "version" => {
            let (release, name) = (io.env.version.release(), io.env.version.name());
            io.print(format!("etcdctl version: {release}\nAPI version: {name}\n"));
            io.end(exit::SUCCESS);
            None
        }
        path if access::has(path) => {
            access::start(io, path, given).map(|access| Job::Access(Box::new(access)))
        }
        path if cluster::has(path) => cluster::start(io, path, given).map(Job::Cluster),
        "snapshot restore" => {
            io.print(io.env.version.moved_to_etcdutl("snapshot restore"));
            utl::restore(io, given, "0");
            None
        }
        path if path.starts_with("completion ") => {
            io.fail(exit::ERROR, format!("{path} writes a script for a shell: none is here"));
            None
        }
        path => {
            io.fail(exit::ERROR, format!("{path} is not in this playground"));
            None
        }
    }
}
