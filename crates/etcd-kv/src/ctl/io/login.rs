//! Who asks: etcd's client shows name and password first, and the token it gets with every call.

use super::{Answer, Failure, Io, exit};
use crate::Error;
use crate::api::{AuthRequest, AuthResponse, Call, Response, Write, Written};
use crate::auth::AccessError;
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
                let error =
                    "--user without a password; expected --user=NAME:PASSWORD or --password";
                self.fail(exit::BAD_ARGS, error);
                return false;
            }
        };
        // Without name or password etcd's client does not log in, and is nobody.
        if name.is_empty() || password.is_empty() {
            return true;
        }
        let token = String::new();
        let request = AuthRequest::Authenticate { name, password, token };
        let call = Call::Write(Write::Auth(request));
        let timeout = go::parse_duration(&given.text("dial-timeout", "2s")).unwrap_or(0);
        self.login = Some(self.ask_of(self.targets.clone(), call, Some(timeout)));
        true
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
        for at in 0..self.asks.len() {
            if std::mem::take(&mut self.asks[at].is_held) {
                self.send(at);
            }
        }
    }
}
