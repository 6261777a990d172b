//! Who asks: etcd's client shows name and password first, and the token it gets with every call.

use super::repeats::MAX_TRIES;
use super::{Answer, Event, Failure, Io, exit};
use crate::Error;
use crate::api::{AuthRequest, AuthResponse, Call, Response, Write, Written};
use crate::auth::AccessError;
use crate::console::CallError;
use crate::ctl::flags::Given;
use crate::ctl::go;

impl Io {
    /// Shows a user's password before anything else is asked; whether that can be done.
    pub(super) fn log_in(&mut self, given: &Given) -> bool {
        let (user, password) = (given.text("user", ""), given.text("password", ""));
        if user.is_empty() {
            return true;
        }
        let (name, password) = match user.split_once(':') {
            _ if !password.is_empty() => (user, password),
            Some((name, password)) => (name.to_string(), password.to_string()),
            None => {
                let patience_us = self.dial_timeout(given);
                self.print("Password: \n");
                self.asks_password = Some((user, patience_us));
                return true;
            }
        };
        let patience_us = self.dial_timeout(given);
        self.show_password(name, password, patience_us);
        true
    }

    fn dial_timeout(&self, given: &Given) -> u64 {
        go::parse_duration(&given.text("dial-timeout", "2s")).unwrap_or(0)
    }

    /// The password that was asked for has been typed. What was to be asked meanwhile may be over
    /// by now: its time has run.
    pub(super) fn typed_password(&mut self, password: &str) -> Option<Event<'static>> {
        let (name, patience_us) = self.asks_password.take()?;
        if let Some(id) = self.overdue.take() {
            return Some(Event::Answer(id, Err(Failure::Deadline)));
        }
        self.show_password(name, password.to_string(), patience_us);
        if self.login.is_none() {
            self.send_held();
        }
        None
    }

    fn show_password(&mut self, name: String, password: String, patience_us: u64) {
        // Without name or password etcd's client does not log in, and is nobody.
        if name.is_empty() || password.is_empty() {
            return;
        }
        self.shown = Some((name.clone(), password.clone(), patience_us));
        let token = String::new();
        let request = AuthRequest::Authenticate { name, password, token };
        let call = Call::Write(Write::Auth(request));
        self.login = Some(self.ask_of(self.targets.clone(), call, Some(patience_us)));
    }

    /// It has logged in, or could not: what waited for that is asked now.
    pub(super) fn logged_in(&mut self, answer: Answer) {
        self.login = None;
        match answer {
            Ok((_, Response::Written(Written::Auth(answer)))) => {
                if let AuthResponse::Token(token) = answer.response {
                    self.token = Some(token.into());
                }
            }
            // Where access is not controlled, nobody has to be anybody.
            Ok(_) | Err(Failure::Etcd(Error::Access(AccessError::AuthNotEnabled))) => {}
            Err(failure) => return self.fail(exit::BAD_CONNECTION, failure),
        }
        self.send_held();
    }

    /// Where a member no longer knows the token, etcd's client shows the password once more and
    /// then asks again (`retry_interceptor.go` of its client); whether it does.
    pub(super) fn logs_in_again<T>(&mut self, at: usize, result: &Result<T, CallError>) -> bool {
        let is_unknown = matches!(
            result,
            Err(CallError::Etcd(Error::Access(
                AccessError::InvalidAuthToken | AccessError::OldRevision
            )))
        );
        let Some((name, password, patience_us)) = self.shown.clone() else { return false };
        let ask = &mut self.asks[at];
        if !is_unknown || ask.refused >= MAX_TRIES {
            return false;
        }
        ask.refused += 1;
        ask.is_held = true;
        if self.login.is_none() {
            self.show_password(name, password, patience_us);
        }
        true
    }

    /// What has waited for the login is asked now.
    fn send_held(&mut self) {
        for at in 0..self.asks.len() {
            if std::mem::take(&mut self.asks[at].is_held) {
                self.send(at);
            }
        }
    }
}
