//! As much of a shell as the recordings need, over consoles and a cluster: sequences, pipes, jobs
//! in the background, `timeout`, variables, loops. Time is simulated.

use super::members::Cluster;
use etcd_kv::Sorted;
use etcd_kv::api::Bytes;
use etcd_kv::console::{Environment, Input, Step};
use etcd_kv::ctl::Invocation;
use std::collections::BTreeMap;

/// What starting a program takes.
const START_US: u64 = 20_000;
/// The exit code of `timeout` for a program that it has ended.
const TIMED_OUT: i32 = 124;

/// A program that runs.
struct Process {
    console: Invocation,
    sleeps: BTreeMap<u32, u64>,
    /// Killed then, by `timeout`; or interrupted, by `timeout -s INT`.
    until_us: Option<u64>,
    is_interrupted: bool,
    /// What `timeout` says of it instead of its own exit code.
    has_timed_out: bool,
    is_muted: bool,
    exit: Option<i32>,
}

/// The shell.
pub struct Shell<C> {
    pub cluster: C,
    pub now_us: u64,
    pub default_endpoints: Vec<String>,
    files: Sorted<String, Bytes>,
    variables: BTreeMap<String, String>,
    processes: Vec<Process>,
    out: String,
}

impl<C: Cluster> Shell<C> {
    pub fn new(cluster: C, default_endpoint: &str, now_us: u64) -> Shell<C> {
        Shell {
            cluster,
            now_us,
            default_endpoints: vec![default_endpoint.into()],
            files: Sorted::default(),
            variables: BTreeMap::new(),
            processes: Vec::new(),
            out: String::new(),
        }
    }

    /// Runs a line: what it prints and its exit code.
    pub fn run(&mut self, line: &str) -> (String, i32) {
        self.out.clear();
        let code = self.sequence(line);
        self.wait();
        self.processes.clear();
        (std::mem::take(&mut self.out), code)
    }

    fn sequence(&mut self, line: &str) -> i32 {
        let mut code = 0;
        for (command, is_background) in split(line) {
            code = self.command(&command, is_background);
        }
        code
    }

    /// What a line prints.
    fn captured(&mut self, line: &str) -> String {
        let before = std::mem::take(&mut self.out);
        self.sequence(line);
        std::mem::replace(&mut self.out, before)
    }

    fn expand(&mut self, text: &str) -> String {
        let mut out = text.to_string();
        while let Some(at) = out.find("$(").filter(|at| !out[*at..].starts_with("$((")) {
            let end = at + closing(&out[at + 1..]) + 1;
            let inner = out[at + 2..end].to_string();
            let value = self.captured(&inner);
            out.replace_range(at..=end, value.trim_end());
        }
        for (name, value) in &self.variables {
            out = out.replace(&format!("${name}"), value);
            // The one sum that the recording does.
            let sum = value.parse::<u64>().map_or_else(|_| String::new(), |n| (n % 3).to_string());
            out = out.replace(&format!("$(({name}%3))"), &sum);
        }
        out
    }

    fn command(&mut self, command: &str, is_background: bool) -> i32 {
        let command = command.trim().trim_end_matches("2>&1").trim();
        let (command, is_muted) = match command.strip_suffix(">/dev/null") {
            Some(command) => (command.trim(), true),
            None => (command, false),
        };
        if let Some((bytes, _)) =
            command.strip_prefix("head -c ").and_then(|rest| rest.split_once(" /dev/zero | tr "))
            && let Ok(bytes) = bytes.parse()
            && !command.contains("etcdctl")
        {
            self.out += &"x".repeat(bytes);
            return 0;
        }
        if command == "wait" {
            self.wait();
            return 0;
        }
        if let Some(inner) = command.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            return self.sequence(inner);
        }
        if let Some(rest) = command.strip_prefix("for i in $(seq ") {
            let (range, rest) = rest.split_once(')').expect("seq is closed");
            let (from, to) = range.split_once(' ').expect("from and to");
            let body = rest.trim_start_matches("; do").trim_end_matches("done").trim();
            for i in from.parse::<u64>().expect("a number")..=to.parse().expect("a number") {
                self.variables.insert("i".into(), i.to_string());
                self.sequence(body.trim_end_matches(';'));
            }
            self.variables.remove("i");
            return 0;
        }
        if let Some((name, value)) = command.split_once("=$(") {
            let value = self.captured(value.strip_suffix(')').expect("closed"));
            self.variables.insert(name.into(), value.trim_end().into());
            return 0;
        }
        let mut stages = pipeline(command);
        let last = stages.last().and_then(|stage| part_of(stage)).filter(|_| stages.len() > 1);
        if let Some((is_head, lines)) = last {
            stages.pop();
            let text = self.captured(&stages.join(" | "));
            let all: Vec<&str> = text.lines().collect();
            let (from, to) = if is_head {
                (0, lines.min(all.len()))
            } else {
                (all.len().saturating_sub(lines), all.len())
            };
            self.out += &all[from..to].iter().fold(String::new(), |out, line| out + line + "\n");
            return 0;
        }
        if let [left, right] = &stages[..] {
            return self.pipe(left, right, is_muted);
        }
        if let [_, _, right] = &stages[..] {
            assert!(command.starts_with("head -c 2000000 /dev/zero"), "{command}");
            return self.start(right, Some("a".repeat(2_000_000)), is_muted, false);
        }
        self.start(command, None, is_muted, is_background)
    }

    fn pipe(&mut self, left: &str, right: &str, is_muted: bool) -> i32 {
        let text = match left.strip_prefix("printf '") {
            Some(text) => text.strip_suffix('\'').expect("closed").replace("\\n", "\n"),
            None => self.captured(left),
        };
        match right {
            "awk '{print $2}'" => {
                let fields = text.lines().filter_map(|line| line.split_whitespace().nth(1));
                self.out += &fields.fold(String::new(), |out, field| out + field + "\n");
                0
            }
            "awk -F, '/unstarted/{print $1}'" => {
                let lines = text.lines().filter(|line| line.contains("unstarted"));
                let fields = lines.filter_map(|line| line.split(',').next());
                self.out += &fields.fold(String::new(), |out, field| out + field + "\n");
                0
            }
            _ => self.start(right, Some(text), is_muted, false),
        }
    }

    fn start(
        &mut self,
        command: &str,
        input: Option<String>,
        is_muted: bool,
        is_background: bool,
    ) -> i32 {
        let command = self.expand(command);
        self.pass(self.now_us + START_US);
        let is_interrupted = command.contains("timeout -s INT ");
        let command = command.replace("timeout -s INT ", "timeout ");
        let (until_us, command) = match command.strip_prefix("timeout ") {
            Some(rest) => {
                let (seconds, rest) = rest.split_once(' ').expect("a command");
                let us = seconds.parse::<u64>().expect("seconds") * 1_000_000;
                (Some(self.now_us + us), rest)
            }
            None => (None, command.as_str()),
        };
        let env = Environment {
            endpoints: self.cluster.endpoints(),
            default_endpoints: self.default_endpoints.clone(),
            variables: self.variables(),
            version: self.cluster.version(),
            now_us: self.now_us,
            files: self.files.clone(),
        };
        let (console, steps) = Invocation::start(command, &env);
        let process = Process {
            console,
            sleeps: BTreeMap::new(),
            until_us,
            is_interrupted,
            has_timed_out: false,
            is_muted,
            exit: None,
        };
        self.processes.push(process);
        let at = self.processes.len() - 1;
        self.carry_out(at, steps);
        for line in input.iter().flat_map(|input| input.lines()) {
            self.tell(at, Input::Line(line));
        }
        if !is_background {
            self.tell(at, Input::EndOfInput);
            self.run_while(|shell| shell.processes[at].exit.is_none());
        }
        self.processes[at].exit.unwrap_or(0)
    }

    /// The recordings' shell has its endpoints in a variable.
    fn variables(&self) -> Sorted<String, String> {
        let mut variables = Sorted::default();
        variables.insert("ETCDCTL_ENDPOINTS".into(), self.default_endpoints.join(","));
        variables
    }

    fn wait(&mut self) {
        self.run_while(|shell| shell.processes.iter().any(|process| process.exit.is_none()));
    }

    fn tell(&mut self, at: usize, input: Input<'_>) {
        let now_us = self.now_us;
        let process = &mut self.processes[at];
        if process.exit.is_none() {
            let steps = process.console.on(input, now_us);
            self.carry_out(at, steps);
        }
    }

    fn carry_out(&mut self, at: usize, steps: Vec<Step>) {
        for step in steps {
            let process = &mut self.processes[at];
            match step {
                Step::Call { ticket, endpoint, call, token } => {
                    self.cluster.call((at, ticket), endpoint, call, token);
                }
                Step::Cancel { ticket } => {
                    process.sleeps.remove(&ticket);
                    self.cluster.cancel((at, ticket));
                }
                Step::Sleep { ticket, us } => {
                    process.sleeps.insert(ticket, self.now_us + us);
                }
                Step::Print(text) if process.is_muted => drop(text),
                Step::Print(text) => self.out += &text,
                Step::Save { name, blob } => self.files.insert(name, blob),
                Step::Export { .. } => {}
                Step::Exit(code) => self.over(at, code),
            }
        }
    }

    /// The program is over: nothing that it has asked for comes any more.
    fn over(&mut self, at: usize, code: i32) {
        let process = &mut self.processes[at];
        process.exit = Some(if process.has_timed_out { TIMED_OUT } else { code });
        process.sleeps.clear();
        for ticket in 0..10_000 {
            self.cluster.cancel((at, ticket));
        }
    }

    fn run_while(&mut self, goes_on: impl Fn(&Shell<C>) -> bool) {
        while goes_on(self) {
            if !self.deliver() {
                let due = self.due_us().expect("a program that nothing will ever wake");
                self.pass(due);
            }
        }
    }

    /// Hands one answer over, if there is one.
    fn deliver(&mut self) -> bool {
        let Some(((at, ticket), result)) = self.cluster.answer() else { return false };
        self.tell(at, Input::Answer { ticket, result });
        true
    }

    fn due_us(&mut self) -> Option<u64> {
        let cluster = self.cluster.due_us();
        let alive = self.processes.iter().filter(|process| process.exit.is_none());
        let dues = alive.flat_map(|p| p.sleeps.values().copied().chain(p.until_us));
        dues.chain(cluster).min()
    }

    /// Lets time pass up to then, with all that happens meanwhile.
    pub fn pass(&mut self, to_us: u64) {
        loop {
            while self.deliver() {}
            match self.due_us() {
                Some(due) if due <= to_us => self.pass_one(due),
                _ => break,
            }
        }
        self.now_us = self.now_us.max(to_us);
        self.cluster.advance(self.now_us);
    }

    fn pass_one(&mut self, due: u64) {
        self.now_us = self.now_us.max(due);
        self.cluster.advance(self.now_us);
        for at in 0..self.processes.len() {
            let process = &mut self.processes[at];
            if process.exit.is_none() && process.until_us.is_some_and(|until| until <= due) {
                process.until_us = None;
                process.has_timed_out = true;
                match process.is_interrupted {
                    true => self.tell(at, Input::Interrupt),
                    false => self.over(at, TIMED_OUT),
                }
            }
            let sleeps = &mut self.processes[at].sleeps;
            let woken: Vec<u32> =
                sleeps.iter().filter(|(_, at)| **at <= due).map(|(ticket, _)| *ticket).collect();
            for ticket in woken {
                if self.processes[at].sleeps.remove(&ticket).is_some() {
                    self.tell(at, Input::Woke { ticket });
                }
            }
        }
    }
}

/// What `head -N` and `tail -N` let through: whether the first lines, and how many.
fn part_of(stage: &str) -> Option<(bool, usize)> {
    let (program, lines) = stage.split_once(" -")?;
    let is_head = match program {
        "head" => true,
        "tail" => false,
        _ => return None,
    };
    Some((is_head, lines.parse().ok()?))
}

/// Where the parenthesis that a text begins with is closed.
fn closing(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if depth == 0 {
            return at;
        }
    }
    panic!("not closed: {text}");
}

/// Splits at `;` and `&` that stand free; whether each goes to the background.
fn split(line: &str) -> Vec<(String, bool)> {
    let mut parts = Vec::new();
    let mut part = String::new();
    let (mut depth, mut quote, mut loops) = (0, None, 0);
    let mut previous = ' ';
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, _) => {}
        }
        let is_free = quote.is_none() && depth == 0;
        if is_free && part.trim().is_empty() && line[at..].starts_with("for ") {
            loops += 1;
        }
        if is_free && loops > 0 && line[..at].ends_with("; done") && !c.is_alphanumeric() {
            loops -= 1;
        }
        if is_free && loops == 0 && (c == ';' || c == '&' && previous == ' ') {
            parts.push((std::mem::take(&mut part), c == '&'));
        } else {
            part.push(c);
        }
        previous = c;
    }
    parts.push((part, false));
    parts.retain(|(part, _)| !part.trim().is_empty());
    parts
}

/// Splits at `|` that stand free.
fn pipeline(command: &str) -> Vec<String> {
    let mut stages = vec![String::new()];
    let (mut depth, mut quote) = (0, None);
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth -= 1,
            (None, _) => {}
        }
        if c == '|' && quote.is_none() && depth == 0 {
            stages.push(String::new());
        } else {
            stages.last_mut().expect("one at least").push(c);
        }
    }
    stages.iter().map(|stage| stage.trim().to_string()).collect()
}
