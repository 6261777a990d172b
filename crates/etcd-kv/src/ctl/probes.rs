//! What a member says of its health over HTTP: `/health`, and from 3.5 on `/livez` and `/readyz`
//! (`etcdhttp/health.go`).

use super::io::{Answer, Failure, Io};
use crate::api::*;
use crate::gateway::Reply;
use crate::{Error, Version};

/// How long a member's check waits for the log.
const PATIENCE_US: u64 = 1_000_000;

/// A question for a member's health under way.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    what: What,
    is_serializable: bool,
    /// Alarms that do not count.
    excluded: Vec<String>,
    is_verbose: bool,
    /// Whether it does not vote, once its status has told.
    is_learner: Option<bool>,
    version: Version,
    endpoint: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Health,
    Live,
    Ready,
}

/// What comes of an answer.
pub(super) enum Told {
    /// More is asked.
    Nothing,
    /// The reply, whether it is all well.
    Reply(Reply, bool),
    /// Nobody is there.
    Refused,
}

impl Probe {
    /// A path of this kind, and what it asks first.
    pub(super) fn begin(io: &mut Io, endpoint: usize, path: &str) -> Option<Probe> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let what = match path {
            "/health" => What::Health,
            "/livez" if io.env.version.has_probes() => What::Live,
            "/readyz" if io.env.version.has_probes() => What::Ready,
            _ => return None,
        };
        let words = || query.split('&').map(|word| word.split_once('=').unwrap_or((word, "")));
        let excluded = words().filter(|(name, _)| *name == "exclude");
        let probe = Probe {
            what,
            is_serializable: what == What::Live || words().any(|it| it == ("serializable", "true")),
            excluded: excluded.map(|(_, alarm)| alarm.to_string()).collect(),
            is_verbose: words().any(|(name, _)| name == "verbose"),
            is_learner: None,
            version: io.env.version,
            endpoint,
        };
        io.ask_once(endpoint, Call::Status, None);
        Some(probe)
    }

    pub(super) fn on(&mut self, io: &mut Io, answer: Answer) -> Told {
        if matches!(answer, Err(Failure::Refused)) {
            return Told::Refused;
        }
        if self.is_learner.is_some() {
            return self.over(answer.err());
        }
        // A member asks itself, and need not show who it is.
        let status = match answer {
            Ok((_, Response::Status(status))) => Some(status),
            Ok(_) | Err(_) => None,
        };
        let mut reason = None;
        if let Some(status) = &status {
            let alarm = status.errors.iter().find_map(|error| error.split_once(" alarm:"));
            let alarm = alarm.map(|(_, alarm)| alarm.trim().to_string());
            let alarm = alarm.filter(|alarm| !self.excluded.contains(alarm));
            let lost =
                (status.leader == 0 && !self.is_serializable).then(|| "RAFT NO LEADER".to_string());
            reason = alarm.map(|alarm| format!("ALARM {alarm}")).or(lost);
        }
        if let (What::Health, Some(reason)) = (self.what, reason) {
            return Told::Reply(self.health(Some(&reason)), false);
        }
        self.is_learner = Some(status.is_some_and(|status| status.is_learner));
        let range = RangeRequest {
            key: b"health".to_vec(),
            limit: 1,
            serializable: self.is_serializable,
            ..RangeRequest::default()
        };
        io.ask_once(self.endpoint, Call::Range(range), Some(PATIENCE_US));
        Told::Nothing
    }

    fn over(&self, failure: Option<Failure>) -> Told {
        // A member asks itself and has to show nobody's token, as a client here would.
        let is_of_access = |failure: &Failure| matches!(failure, Failure::Etcd(Error::Access(_)));
        let failure = failure.filter(|failure| !is_of_access(failure));
        // A learner that asks itself answers, though it answers no client.
        let is_of_learner =
            |failure: &Failure| matches!(failure, Failure::Etcd(Error::NotSupportedForLearner));
        let failure = failure.filter(|failure| !is_of_learner(failure));
        let error = failure.map(|failure| failure.to_string());
        let path = match self.what {
            What::Health => {
                let reason = error.map(|error| format!("QGET ERROR:{error}"));
                return Told::Reply(self.health(reason.as_deref()), reason.is_none());
            }
            What::Live => "/livez",
            What::Ready => "/readyz",
        };
        let read = error.map_or(Ok(()), Err);
        let checks: Vec<(&str, Result<(), String>)> = if self.what == What::Live {
            vec![("serializable_read", read)]
        } else {
            let votes = if self.is_learner == Some(true) {
                Err("node is a learner".into())
            } else {
                Ok(())
            };
            vec![
                ("linearizable_read", read),
                ("non_learner", votes),
                ("data_corruption", Ok(())),
                ("serializable_read", Ok(())),
            ]
        };
        let line = |(name, result): &(&str, Result<(), String>)| match result {
            Ok(()) => format!("[+]{name} ok\n"),
            Err(error) => format!("[-]{name} failed: {error}\n"),
        };
        let lines: String = checks.iter().map(line).collect();
        let is_well = checks.iter().all(|(_, result)| result.is_ok());
        let (status, body) = match (is_well, self.is_verbose) {
            (true, true) => (200, format!("{lines}ok\n")),
            (true, false) => (200, "ok\n".into()),
            (false, _) => (503, format!("{lines}{} check failed\n", &path[1..])),
        };
        Told::Reply(Reply { status, body }, false)
    }

    fn health(&self, reason: Option<&str>) -> Reply {
        let is_well = reason.is_none();
        let said = if self.version.has_probes() {
            let reason = crate::json::quoted(reason.unwrap_or_default());
            format!(",\"reason\":{reason}")
        } else {
            String::new()
        };
        let end = if is_well { "" } else { "\n" };
        let body = format!("{{\"health\":\"{is_well}\"{said}}}{end}");
        Reply { status: if is_well { 200 } else { 503 }, body }
    }
}
