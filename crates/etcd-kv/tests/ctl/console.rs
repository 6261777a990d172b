//! A console whose members say what each test wants them to say.

use etcd_kv::api::*;
use etcd_kv::console::{CallError, Endpoint, Environment, Input, Step};
use etcd_kv::ctl::Invocation;
use etcd_kv::{Solo, Version};
use std::collections::BTreeMap;

pub type Answer = Option<Result<(Header, Response), CallError>>;

/// A console and the members behind it. `None` is no answer, ever.
pub struct Console<F> {
    pub invocation: Invocation,
    pub answer: F,
    pub open: Vec<u32>,
    pub sleeps: BTreeMap<(u64, u32), ()>,
    pub now_us: u64,
    pub printed: String,
    pub asked: Vec<(usize, Call)>,
    pub exit: Option<i32>,
}

pub fn environment() -> Environment {
    let endpoint = |at: usize| Endpoint {
        name: format!("n{at}"),
        client_url: format!("http://127.0.0.1:2379{at}"),
        peer_url: format!("http://127.0.0.1:2380{at}"),
        member_id: at as u64,
        cors: Vec::new(),
    };
    Environment {
        endpoints: (1..=3).map(endpoint).collect(),
        default_endpoints: vec!["n1".into()],
        version: Version::V3_4,
        ..Environment::default()
    }
}

impl<F: FnMut(usize, &Call) -> Answer> Console<F> {
    pub fn start(line: &str, answer: F) -> Console<F> {
        let (invocation, steps) = Invocation::start(line, &environment());
        Console::of(invocation, steps, answer)
    }

    /// A command that has just been started, with what it wants done first.
    pub fn of(invocation: Invocation, steps: Vec<Step>, answer: F) -> Console<F> {
        let mut console = Console {
            invocation,
            answer,
            open: Vec::new(),
            sleeps: BTreeMap::new(),
            now_us: 0,
            printed: String::new(),
            asked: Vec::new(),
            exit: None,
        };
        console.carry_out(steps);
        console
    }

    pub fn carry_out(&mut self, steps: Vec<Step>) {
        let mut answers = Vec::new();
        for step in steps {
            assert_eq!(self.exit, None, "{step:?} after the end");
            match step {
                Step::Call { ticket, endpoint, call, token: _ } => {
                    self.asked.push((endpoint, call.clone()));
                    self.open.push(ticket);
                    answers.extend((self.answer)(endpoint, &call).map(|result| (ticket, result)));
                }
                Step::Cancel { ticket } => {
                    self.open.retain(|open| *open != ticket);
                    self.sleeps.retain(|(_, sleep), ()| *sleep != ticket);
                }
                Step::Sleep { ticket, us } => {
                    self.sleeps.insert((self.now_us + us, ticket), ());
                }
                Step::Print(text) => self.printed += &text,
                Step::Save { .. } | Step::Export { .. } => {}
                Step::Exit(code) => self.exit = Some(code),
            }
        }
        for (ticket, result) in answers {
            self.tell(Input::Answer { ticket, result });
        }
    }

    pub fn tell(&mut self, input: Input<'_>) {
        let steps = self.invocation.on(input, self.now_us);
        self.carry_out(steps);
    }

    /// Lets sleeps end, one after the other, up to a time.
    pub fn pass(&mut self, to_us: u64) {
        while self.exit.is_none()
            && let Some((&(at, ticket), ())) = self.sleeps.first_key_value()
            && at <= to_us
        {
            self.sleeps.remove(&(at, ticket));
            self.now_us = at;
            self.tell(Input::Woke { ticket });
        }
        self.now_us = self.now_us.max(to_us);
    }

    pub fn ended(&self) -> (&str, i32) {
        (&self.printed, self.exit.expect("it is over"))
    }
}

pub fn header() -> Header {
    Header { cluster_id: 7, member_id: 1, revision: 9, raft_term: 2 }
}

/// One member over a store.
pub fn solo() -> impl FnMut(usize, &Call) -> Answer {
    let mut solo = Solo::default();
    move |_, call| {
        let result = solo.call(call).map_err(CallError::Etcd);
        Some(
            result.map(|response| {
                (Header { revision: solo.header().revision, ..header() }, response)
            }),
        )
    }
}
