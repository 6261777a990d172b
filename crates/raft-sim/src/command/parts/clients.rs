//! The way between clients and a server.

use super::{Argument, Below, Scope, sample};
use crate::claim::Set;
use crate::command::Refusal;
use crate::scenario::Context;
use crate::scenario::claims::set;
use crate::scenario::words::{Parse, Word, Words};
use crate::wire::{ClientLink, Ways, Whose};
use std::fmt;

/// A client, or all of them, and a server: `client 1 -- n2`, `client 1 -> n2` for requests alone,
/// `n2 -> client 1` for answers alone.
pub(in crate::command) struct Clients;

impl Argument for Clients {
    type Value<N: Clone> = ClientLink<N>;

    fn syntax() -> String {
        " client NUMBER|clients ->|-- SERVER".into()
    }
    fn begins(words: &[Word]) -> bool {
        let is_client = |word: &Word| word.is("client") || word.is("clients");
        words.iter().take(3).any(is_client)
    }
    fn read(reader: &mut Words<'_>, context: &Context) -> Parse<ClientLink<Set>> {
        if let Some(whose) = whose(reader)? {
            let ways = if reader.take("->") {
                Ways::Requests
            } else if reader.take("--") {
                Ways::Both
            } else {
                let expected = "`->` for requests alone or `--` for answers too";
                return Err(reader.unexpected(expected, &[]));
            };
            return Ok(ClientLink { whose, ways, server: set(reader, context)? });
        }
        let server = set(reader, context)?;
        let ways = if reader.take("--") {
            Ways::Both
        } else {
            reader.expect("->")?;
            Ways::Answers
        };
        match whose(reader)? {
            Some(whose) => Ok(ClientLink { whose, ways, server }),
            None => Err(reader.unexpected("`client` and its number, or `clients`", &[])),
        }
    }
    fn write<N: Clone + fmt::Display>(
        link: &ClientLink<N>,
        f: &mut fmt::Formatter<'_>,
    ) -> fmt::Result {
        write!(f, " {link}")
    }
    fn servers<N: Clone>(link: &ClientLink<N>, named: &mut Vec<N>) {
        named.push(link.server.clone());
    }
    fn expand(link: &ClientLink<Set>, scope: &Scope<'_>) -> Result<Vec<ClientLink>, Refusal> {
        let ClientLink { whose, ways, server } = link;
        let each = scope.ids(server)?.into_iter();
        Ok(each.map(|server| ClientLink { whose: *whose, ways: *ways, server }).collect())
    }
    fn sample(below: Below<'_>) -> ClientLink {
        let whose = sample::one_of(&[Whose::All, Whose::Client(1), Whose::Client(2)], below);
        let ways = sample::one_of(&[Ways::Both, Ways::Requests, Ways::Answers], below);
        ClientLink { whose, ways, server: sample::server(below) }
    }
}

/// The clients that are named, if any are.
fn whose(reader: &mut Words<'_>) -> Parse<Option<Whose>> {
    const EXPECTED: &str = "a client’s number, from 1";
    if reader.take("clients") {
        return Ok(Some(Whose::All));
    }
    if !reader.take("client") {
        return Ok(None);
    }
    let word = &reader.next(EXPECTED)?.text;
    match word.parse() {
        Ok(number) if number > 0 => Ok(Some(Whose::Client(number))),
        Ok(_) | Err(_) => Err(reader.error(word, EXPECTED)),
    }
}
