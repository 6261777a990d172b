//! Requests to the JSON gateway: whatever is posted, it is carried out or refused with a reply, and
//! what it would write into the log is read from there as the same.

use crate::make::{NUMBERS, chance, from_to, noise, perhaps_damaged, words};
use arbitrary::{Result, Unstructured};
use etcd_kv::api::{Call, Write};
use etcd_kv::gateway::{Asked, InStream, PATHS, WatchNumbers, parse, refusal, reply, served};
use etcd_kv::{Solo, Version};

const FIELDS: [&str; 42] = [
    "key",
    "value",
    "range_end",
    "lease",
    "prev_kv",
    "ignore_value",
    "ignore_lease",
    "limit",
    "revision",
    "sort_order",
    "sort_target",
    "serializable",
    "keys_only",
    "count_only",
    "min_mod_revision",
    "max_mod_revision",
    "min_create_revision",
    "max_create_revision",
    "compare",
    "success",
    "failure",
    "result",
    "target",
    "version",
    "create_revision",
    "mod_revision",
    "request_range",
    "request_put",
    "request_delete_range",
    "request_txn",
    "physical",
    "ID",
    "TTL",
    "keys",
    "create_request",
    "start_revision",
    "peerURLs",
    "isLearner",
    "action",
    "memberID",
    "alarm",
    "targetID",
];

const VALUES: [&str; 16] = [
    "\"YQ==\"",
    "\"Yg==\"",
    "\"AA==\"",
    "\"\"",
    "\"YQ\"",
    "\"*\"",
    "true",
    "false",
    "null",
    "\"PUT\"",
    "\"ASCEND\"",
    "\"VALUE\"",
    "\"EQUAL\"",
    "\"NOSPACE\"",
    "[]",
    "{}",
];

/// How deep what is made may be.
const DEPTH: usize = 6;

/// Requests, one a line: a path, a space, a body.
pub fn make(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let mut text = String::new();
    for _ in 0..from_to(u, 1, 8)? {
        text += &format!("/v3/{} ", u.choose(PATHS)?);
        text += &match u.int_in_range(0..=5)? {
            0 => noise(u)?.replace('\n', " "),
            1 => words(u, &FIELDS, &["\"", ":", "{", "}", "[", "]", ",", " "], 20)?,
            _ => object(u, DEPTH)?,
        };
        text.push('\n');
    }
    perhaps_damaged(u, text)
}

fn object(u: &mut Unstructured<'_>, depth: usize) -> Result<String> {
    let mut fields = Vec::new();
    for _ in 0..from_to(u, 0, 4)? {
        fields.push(format!("\"{}\":{}", u.choose(&FIELDS)?, value(u, depth)?));
    }
    Ok(format!("{{{}}}", fields.join(",")))
}

fn value(u: &mut Unstructured<'_>, depth: usize) -> Result<String> {
    Ok(match u.int_in_range(0..=7)? {
        0 if depth > 0 => object(u, depth - 1)?,
        1 | 2 if depth > 0 => {
            let one = object(u, depth - 1)?;
            let count = from_to(u, 1, 3)?;
            format!("[{}]", vec![one; count].join(","))
        }
        3 => (*u.choose(&NUMBERS)?).to_string(),
        4 => format!("\"{}\"", u.choose(&NUMBERS)?),
        5 if chance(u, 5)? => "[".repeat(from_to(u, 1, 100_000)?),
        _ => (*u.choose(&VALUES)?).to_string(),
    })
}

/// Posts each line, and then all of it as one body.
pub fn take(bytes: &[u8]) {
    let mut member = Solo::default();
    for line in bytes.split(|byte| *byte == b'\n') {
        let space = line.iter().position(|byte| *byte == b' ').unwrap_or(line.len());
        let (path, body) = line.split_at(space);
        post(&mut member, &String::from_utf8_lossy(path), body.strip_prefix(b" ").unwrap_or(body));
    }
    for path in ["/v3/kv/txn", "/v3beta/watch"] {
        post(&mut member, path, bytes);
    }
}

fn post(member: &mut Solo, path: &str, body: &[u8]) {
    let call = match parse(path, body, Version::V3_5) {
        Ok(Asked::Call(call)) => call,
        Ok(Asked::Stream(requests)) => {
            let numbers = WatchNumbers::default();
            for request in requests {
                if let InStream::Watch(watch) = request
                    && let Ok(numbered) = numbers.number(&watch)
                {
                    assert!(!member.watch(None, &numbered).is_empty(), "{numbered:?}");
                }
            }
            return;
        }
        Ok(Asked::Service(service)) => {
            for answer in member.serve(None, service) {
                assert!(!served(&answer, false, Version::V3_5).body.is_empty(), "{answer:?}");
            }
            return;
        }
        Err(malformed) => {
            // Refused, or sent to the same path as Go writes it.
            assert!(malformed.reply(Version::V3_5).status >= 301, "{malformed:?}");
            return;
        }
    };
    if let Call::Write(write) = &call {
        assert_eq!(Write::decode(&write.encode()).as_ref(), Some(write));
    }
    let reply = match member.call(&call) {
        Ok(response) => reply(&member.header(), &response, Version::V3_5),
        Err(error) => refusal(error, Version::V3_5),
    };
    assert!(!reply.body.is_empty(), "{call:?}");
}
