//! What a console and its commands say to each other. The commands themselves are in
//! [`crate::ctl`]: a program that rarely needs them can load them later, as an [`Etcdctl`].

use crate::api::{Bytes, Call, Header, Response};
use crate::{Sorted, Version};
use std::fmt::Debug;
use std::sync::Arc;

/// A command that runs.
pub trait Running: Debug + Send + Sync {
    /// Tells the command what happened, at this time in microseconds; what it then wants done.
    fn on(&mut self, input: Input<'_>, now_us: u64) -> Vec<Step>;

    /// The prompt, while the command takes lines.
    fn wants_input(&self) -> Option<&str>;

    /// What it waits for from members.
    fn waits(&self) -> Waits;

    /// The same command, with the state that it has reached.
    fn duplicate(&self) -> Box<dyn Running>;
}

/// What a command waits for from members.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waits {
    /// It has no call open: these of [`Environment::endpoints`] have all turned it away, and it
    /// asks them again shortly.
    pub turned_away_by: Vec<usize>,
    /// The ticket of the sleep after which it gives up, if it does so.
    pub deadline: Option<u32>,
}

impl Clone for Box<dyn Running> {
    fn clone(&self) -> Self {
        self.duplicate()
    }
}

/// A command just started, and what it wants done.
pub type Started = (Box<dyn Running>, Vec<Step>);

/// etcdctl's commands.
#[derive(Clone, Copy, Debug)]
pub struct Etcdctl {
    /// Reads a line and starts its command.
    pub start: fn(&str, &Environment) -> Started,
    /// How a line can go on at a byte of it.
    pub complete: fn(&str, usize, &Environment) -> Vec<String>,
}

/// A member that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its name, e.g. `n1`, which may be written instead of its address.
    pub name: String,
    /// Its address for clients, e.g. `http://127.0.0.1:2379`.
    pub client_url: String,
    /// Its address for its peers, e.g. `http://n1:2380`.
    pub peer_url: String,
    /// Its id, or 0 where it is not known.
    pub member_id: u64,
    /// The origins that its HTTP gateway lets in; none: every one, as etcd does by default.
    pub cors: Vec<String>,
}

/// What a command starts from.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The members.
    pub endpoints: Vec<Endpoint>,
    /// Whom a command without `--endpoints` asks: names or addresses.
    pub default_endpoints: Vec<String>,
    /// The variables whose names begin with `ETCDCTL_`: each stands for the flag of that name,
    /// which may not be given beside it.
    pub variables: Sorted<String, String>,
    /// The time, in microseconds.
    pub now_us: u64,
    /// The version of etcd: the members' and the console's.
    pub version: Version,
    /// The files that `snapshot save` has left, by name.
    pub files: Sorted<String, Bytes>,
}

impl Environment {
    /// The endpoint with this name or address, with or without its scheme.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.find_at(name, |endpoint, host| {
            endpoint.client_url.strip_prefix("http://") == Some(host) || endpoint.name == name
        })
    }

    /// The endpoint whose peers find it at this address, with or without its scheme.
    pub(crate) fn find_peer(&self, name: &str) -> Option<usize> {
        self.find_at(name, |endpoint, host| endpoint.peer_url.strip_prefix("http://") == Some(host))
    }

    fn find_at(&self, name: &str, is_at: impl Fn(&Endpoint, &str) -> bool) -> Option<usize> {
        // Without a scheme there is no path; with one it does not matter. Nobody speaks TLS here.
        let host = match name.split_once("://") {
            Some(("http", rest)) => rest.split('/').next().unwrap_or(rest),
            Some(_) => return None,
            None => name,
        };
        self.endpoints.iter().position(|endpoint| is_at(endpoint, host))
    }
}

/// What a command wants done, in order. [`Step::Exit`] is the last; it ends every call and sleep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Ask that member; the answer, or each answer to a watch, comes back with this ticket.
    Call {
        /// Names the call.
        ticket: u32,
        /// Which of [`Environment::endpoints`].
        endpoint: usize,
        /// What to ask.
        call: Call,
        /// What shows who asks, where somebody has logged in.
        token: Option<Arc<str>>,
    },
    /// End a call or a sleep: nothing is to come of it. It may be over already.
    Cancel {
        /// Its ticket.
        ticket: u32,
    },
    /// Wake the command.
    Sleep {
        /// Names the sleep.
        ticket: u32,
        /// After so many microseconds.
        us: u64,
    },
    /// Show this, line ends included.
    Print(String),
    /// Keep a file.
    Save {
        /// Its name.
        name: String,
        /// What is in it.
        blob: Bytes,
    },
    /// Keep a variable for the commands that follow; without a value it is gone.
    Export {
        /// Its name.
        name: String,
        /// Its value.
        value: Option<String>,
    },
    /// The command is over, with this exit code.
    Exit(i32),
}

/// What a command is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input<'a> {
    /// An answer to a call.
    Answer {
        /// Which.
        ticket: u32,
        /// The answer.
        result: Result<(Header, Response), CallError>,
    },
    /// A sleep is over.
    Woke {
        /// Which.
        ticket: u32,
    },
    /// A line was put in, here without its end.
    Line(&'a str),
    /// There is no more input.
    EndOfInput,
    /// ^C.
    Interrupt,
}

/// Why a call has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallError {
    /// The member refused.
    Etcd(crate::Error),
    /// Nobody listens there; nothing was sent.
    Unavailable,
    /// The member went away after it was sent.
    ConnectionLost,
    /// It took too long.
    DeadlineExceeded,
}
