//! etcd's scripted clusters.

mod describe;
mod mail;
mod server;

use crate::confchange::read_changes;
use crate::datafile::Case;
use describe::{describe_entries, describe_mail, describe_ready};
use mail::Mail;
use raft_core::{ConfigChange, Membership, NodeId, Payload, Position, Reads, Snapshot, Transition};
use server::{Server, Settings};
use std::sync::Arc;

/// What a dropped proposal is answered with.
const DROPPED: &str = "raft proposal dropped";

/// The most servers in a file; etcd's own scripts have seven at most.
const MAX_SERVERS: usize = 100;
/// The highest index at which servers may begin: far below where counting on would overflow.
const MAX_INDEX: u64 = 1 << 48;

/// The servers of one file and the mail between them.
#[derive(Debug, Default)]
pub struct Cluster {
    servers: Vec<Server>,
    mail: Vec<Mail>,
    quiet: bool,
    out: String,
}

impl Cluster {
    /// Carries out one command and says what it prints.
    ///
    /// # Errors
    /// What the command itself complains about.
    pub fn run(&mut self, case: &Case) -> Result<String, String> {
        self.out.clear();
        self.carry_out(case)?;
        Ok(std::mem::take(&mut self.out))
    }

    fn carry_out(&mut self, case: &Case) -> Result<(), String> {
        match case.command.as_str() {
            "log-level" => self.set_level(word(case, 0))?,
            "add-nodes" => self.add_nodes(case)?,
            "campaign" => self.server(first(case)?)?.campaign(),
            "compact" => {
                let (id, index) = two(case)?;
                self.server(id)?.compact(index);
                self.print_log(id)?;
            }
            "deliver-msgs" => self.deliver(case)?,
            "forget-leader" => self.server(first(case)?)?.forget_leader(),
            "process-ready" => self.for_each(case, "handling Ready", Cluster::process_ready)?,
            "process-append-thread" => {
                self.for_each(case, "processing append thread", Cluster::process_append)?;
            }
            "process-apply-thread" => {
                self.for_each(case, "processing apply thread", Cluster::process_apply)?;
            }
            "propose" => self.propose(first(case)?, read_payload(case))?,
            "propose-conf-change" => {
                let change = read_change(case)?;
                self.propose(first(case)?, Payload::Config(Box::new(change)))?;
            }
            "raft-log" => self.print_log(first(case)?)?,
            "raft-state" => self.print_states(),
            "report-unreachable" => {
                let (id, peer) = two(case)?;
                self.server(id)?.unreachable(NodeId(peer));
            }
            "send-snapshot" => self.send_snapshot(case)?,
            "set-randomized-election-timeout" => {
                let id = first(case)?;
                let timeout = case.value("timeout")?.ok_or("timeout= expected")?;
                self.server(id)?.set_timeout(timeout);
            }
            "stabilize" => self.stabilize(case)?,
            "status" => {
                let lines = self.server(first(case)?)?.status();
                self.say(&lines);
            }
            "tick-election" => self.server(first(case)?)?.ticks(server::ELECTION_TICKS),
            "tick-heartbeat" => self.server(first(case)?)?.ticks(server::HEARTBEAT_TICKS),
            "transfer-leadership" => {
                let from: u64 = case.value("from")?.ok_or("from= expected")?;
                let to: u64 = case.value("to")?.ok_or("to= expected")?;
                self.server(from)?.transfer(NodeId(to));
            }
            other => return Err(format!("unknown command: {other}")),
        }
        Ok(())
    }

    fn server(&mut self, id: u64) -> Result<&mut Server, String> {
        let place = usize::try_from(id.wrapping_sub(1)).unwrap_or(usize::MAX);
        self.servers.get_mut(place).ok_or_else(|| format!("there is no server {id}"))
    }

    fn say(&mut self, text: &str) {
        if !self.quiet {
            self.out.push_str(text);
            if !text.is_empty() && !text.ends_with('\n') {
                self.out.push('\n');
            }
        }
    }

    fn set_level(&mut self, level: &str) -> Result<(), String> {
        match level.to_lowercase().as_str() {
            "debug" | "info" | "warn" | "error" | "fatal" => self.quiet = false,
            "none" => self.quiet = true,
            _ => {
                return Err(format!(
                    "log levels must be debug, info, warn, error or none: {level}"
                ));
            }
        }
        Ok(())
    }

    /// Carries something out and indents what it prints.
    fn indented(
        &mut self,
        what: impl FnOnce(&mut Cluster) -> Result<(), String>,
    ) -> Result<(), String> {
        let before = std::mem::take(&mut self.out);
        let done = what(self);
        let inside = std::mem::replace(&mut self.out, before);
        for line in inside.lines() {
            self.out.push_str(&format!("  {line}\n"));
        }
        done
    }

    fn for_each(
        &mut self,
        case: &Case,
        title: &str,
        what: fn(&mut Cluster, u64) -> Result<(), String>,
    ) -> Result<(), String> {
        let ids = case.plain_numbers()?;
        let [id] = ids.as_slice() else {
            for id in ids {
                self.say(&format!("> {id} {title}"));
                self.indented(|cluster| what(cluster, id))?;
            }
            return Ok(());
        };
        what(self, *id)
    }

    // ---- commands ----

    fn add_nodes(&mut self, case: &Case) -> Result<(), String> {
        let count = first(case)?;
        let room = MAX_SERVERS - self.servers.len();
        if usize::try_from(count).map_or(true, |count| count > room) {
            return Err(format!("expected at most {MAX_SERVERS} servers, found {count} more"));
        }
        let ids = |key: &str| -> Result<Vec<NodeId>, String> {
            Ok(case.numbers(key)?.into_iter().map(NodeId).collect())
        };
        let mut membership = Membership::of(ids("voters")?);
        membership.learners = ids("learners")?;
        membership.learners.sort();
        let index = case.value("index")?.unwrap_or(0);
        if index > MAX_INDEX {
            return Err(format!("expected an index of at most {MAX_INDEX}, found {index}"));
        }
        let content: String = case.value("content")?.unwrap_or_default();
        let position = Position { term: u64::from(index > 0), index };
        let bootstrap = index > 0 || membership != Membership::default() || !content.is_empty();
        if bootstrap && index <= 1 {
            return Err("index must be specified as > 1 due to bootstrap".into());
        }
        let settings = Settings {
            pre_vote: case.value("prevote")?.unwrap_or(false),
            check_quorum: case.value("checkquorum")?.unwrap_or(false),
            asynchronous: case.value("async-storage-writes")?.unwrap_or(false),
            inflight: case.value("inflight")?,
            max_applying_bytes: case.value("max-committed-size-per-ready")?,
            validate: !case.value("disable-conf-change-validation")?.unwrap_or(false),
            step_down: case.value("step-down-on-removal")?.unwrap_or(false),
            reads: match case.values("read-only") {
                None => Reads::Quorum,
                Some([value]) if value == "safe" => Reads::Quorum,
                Some([value]) if value == "lease-based" => Reads::Lease,
                Some(values) => return Err(format!("invalid read-only option {values:?}")),
            },
        };
        let snapshot = Snapshot {
            position,
            membership: Arc::new(membership),
            data: content.as_bytes().into(),
        };
        for _ in 0..count {
            let id = NodeId(self.servers.len() as u64 + 1);
            self.servers.push(Server::new(id, &settings, Arc::new(snapshot.clone())));
        }
        Ok(())
    }

    fn propose(&mut self, id: u64, payload: Payload) -> Result<(), String> {
        if self.server(id)?.propose(payload) {
            Ok(())
        } else {
            self.say(DROPPED);
            Ok(())
        }
    }

    fn print_log(&mut self, id: u64) -> Result<(), String> {
        let log = self.server(id)?.disk();
        let (first, last) = (log.first_index(), log.last_index());
        let text = if last < first {
            format!("log is empty: first index={first}, last index={last}")
        } else {
            describe_entries(log.iter())
        };
        self.say(&text);
        Ok(())
    }

    fn print_states(&mut self) {
        for at in 0..self.servers.len() {
            let line = self.servers[at].state_line();
            self.say(&line);
        }
    }

    fn send_snapshot(&mut self, case: &Case) -> Result<(), String> {
        let (from, to) = two(case)?;
        let mail = self.server(from)?.snapshot_for(NodeId(to));
        self.say(&describe_mail(&mail, ""));
        self.mail.push(mail);
        Ok(())
    }

    fn process_ready(&mut self, id: u64) -> Result<(), String> {
        let (ready, mail) = self.server(id)?.handle_ready();
        self.say(&describe_ready(&ready));
        self.mail.extend(mail);
        Ok(())
    }

    fn process_append(&mut self, id: u64) -> Result<(), String> {
        let work = self.server(id)?.next_append();
        self.process(work, "no append work to perform");
        Ok(())
    }

    fn process_apply(&mut self, id: u64) -> Result<(), String> {
        let work = self.server(id)?.next_apply();
        self.process(work, "no apply work to perform");
        Ok(())
    }

    fn process(&mut self, work: Option<(Mail, Vec<Mail>)>, nothing: &str) {
        let Some((mail, responses)) = work else { return self.say(nothing) };
        self.say("Processing:");
        self.say(&describe_mail(&mail, ""));
        self.say("Responses:");
        for response in responses {
            self.say(&describe_mail(&response, ""));
            self.mail.push(response);
        }
    }

    fn deliver(&mut self, case: &Case) -> Result<(), String> {
        let mut recipients: Vec<(NodeId, bool)> = Vec::new();
        let mut kind = None;
        for argument in &case.arguments {
            let number = |text: &str| {
                text.parse().map(NodeId).map_err(|_| format!("{text} is not a number"))
            };
            match argument.key.as_str() {
                "type" => kind = argument.values.first().cloned(),
                "drop" => {
                    for value in &argument.values {
                        let id = number(value)?;
                        if recipients.iter().any(|(known, _)| *known == id) {
                            return Err(format!("can't both deliver and drop msgs to {}", id.0));
                        }
                        recipients.push((id, true));
                    }
                }
                key => recipients.push((number(key)?, false)),
            }
        }
        let mut delivered = 0;
        for (id, drop) in recipients {
            delivered += self.deliver_to(id, kind.as_deref(), drop);
        }
        if delivered == 0 {
            self.say("no messages");
        }
        Ok(())
    }

    fn deliver_to(&mut self, id: NodeId, kind: Option<&str>, drop: bool) -> usize {
        let takes = |mail: &Mail| {
            mail.to() == id
                && !(drop && mail.is_local())
                && kind.is_none_or(|kind| mail.kind_name() == kind)
        };
        let (mail, rest): (Vec<Mail>, Vec<Mail>) =
            std::mem::take(&mut self.mail).into_iter().partition(takes);
        self.mail = rest;
        let count = mail.len();
        for mail in mail {
            let text = describe_mail(&mail, "");
            if drop {
                self.say(&format!("dropped: {text}"));
                continue;
            }
            self.say(&text);
            let answer = match self.server(id.0) {
                Ok(server) => server.receive(mail),
                Err(error) => Err(error),
            };
            if let Err(error) = answer {
                self.say(&error);
            }
        }
        count
    }

    /// Until nothing more happens: every server handles what is ready, then gets its mail, then its
    /// threads work.
    fn stabilize(&mut self, case: &Case) -> Result<(), String> {
        let before = self.quiet;
        if let Some([level]) = case.values("log-level") {
            self.set_level(level)?;
        }
        let mut ids = case.plain_numbers()?;
        if ids.is_empty() {
            ids = (1..=self.servers.len() as u64).collect();
        }
        let done = self.stabilize_these(&ids);
        self.quiet = before;
        done
    }

    fn stabilize_these(&mut self, ids: &[u64]) -> Result<(), String> {
        /// More rounds than any script needs.
        const ROUNDS: usize = 10_000;
        for _ in 0..ROUNDS {
            let mut quiet = true;
            for id in ids {
                if self.server(*id)?.has_ready() {
                    quiet = false;
                    self.say(&format!("> {id} handling Ready"));
                    self.indented(|cluster| cluster.process_ready(*id))?;
                }
            }
            for id in ids {
                if self.mail.iter().any(|mail| mail.to() == NodeId(*id)) {
                    quiet = false;
                    self.say(&format!("> {id} receiving messages"));
                    self.indented(|cluster| {
                        cluster.deliver_to(NodeId(*id), None, false);
                        Ok(())
                    })?;
                }
            }
            for id in ids {
                if self.server(*id)?.has_append_work() {
                    quiet = false;
                    self.say(&format!("> {id} processing append thread"));
                    while self.server(*id)?.has_append_work() {
                        self.indented(|cluster| cluster.process_append(*id))?;
                    }
                }
            }
            for id in ids {
                if self.server(*id)?.has_apply_work() {
                    quiet = false;
                    self.say(&format!("> {id} processing apply thread"));
                    while self.server(*id)?.has_apply_work() {
                        self.indented(|cluster| cluster.process_apply(*id))?;
                    }
                }
            }
            if quiet {
                return Ok(());
            }
        }
        Err(format!("not stable after {ROUNDS} rounds"))
    }
}

/// What stands at this place behind the command, from 0; nothing where it ends before.
fn word(case: &Case, place: usize) -> &str {
    case.arguments.get(place).map_or("", |argument| argument.key.as_str())
}

fn read_payload(case: &Case) -> Payload {
    match word(case, 1) {
        "" => Payload::Noop,
        text => Payload::Data(text.as_bytes().into()),
    }
}

fn first(case: &Case) -> Result<u64, String> {
    let word = case.arguments.first().ok_or("a number expected")?;
    word.key.parse().map_err(|_| format!("{} is not a number", word.key))
}

fn two(case: &Case) -> Result<(u64, u64), String> {
    match case.plain_numbers()?.as_slice() {
        [a, b] => Ok((*a, *b)),
        _ => Err("two numbers expected".into()),
    }
}

fn read_change(case: &Case) -> Result<ConfigChange, String> {
    let transition = match case.values("transition") {
        None => Transition::Auto,
        Some([value]) => match value.as_str() {
            "auto" => Transition::Auto,
            "implicit" => Transition::JointImplicit,
            "explicit" => Transition::JointExplicit,
            other => return Err(format!("unknown transition {other}")),
        },
        Some(_) => return Err("one transition expected".into()),
    };
    let legacy = case.value("v1")?.unwrap_or(false);
    let changes = read_changes(&case.input)?;
    if legacy && (changes.len() != 1 || case.values("transition").is_some()) {
        return Err("v1 conf change can only have one operation and no transition".into());
    }
    Ok(ConfigChange { transition, changes, context: Vec::new(), legacy })
}
