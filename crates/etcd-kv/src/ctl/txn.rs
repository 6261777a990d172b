//! `txn`: three lists of lines, each ended by an empty one, read one line at a time.

use super::flags::{self, Given};
use super::io::{Event, Io, exit};
use super::{go, kv, words};
use crate::api::*;

/// A transaction under way.
#[derive(Clone, Debug)]
pub(crate) struct Txn {
    is_interactive: bool,
    part: Part,
    request: TxnRequest,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Compares,
    Success,
    Failure,
    Asked,
}

impl Part {
    fn heading(self) -> &'static str {
        match self {
            Part::Compares => "compares:\n",
            Part::Success => "success requests (get, put, del):\n",
            Part::Failure => "failure requests (get, put, del):\n",
            Part::Asked => "",
        }
    }
}

pub(crate) fn start(io: &mut Io, given: &Given) -> Option<Txn> {
    if !given.args.is_empty() {
        io.fail(exit::BAD_ARGS, "txn command does not accept argument");
        return None;
    }
    if !io.dial(given) {
        return None;
    }
    let is_interactive = given.switch("interactive");
    if is_interactive {
        io.print(Part::Compares.heading());
    }
    Some(Txn { is_interactive, part: Part::Compares, request: TxnRequest::default() })
}

impl Txn {
    pub(crate) fn wants_input(&self) -> Option<&str> {
        match self.part {
            Part::Compares => Some("compares> "),
            Part::Success => Some("success> "),
            Part::Failure => Some("failure> "),
            Part::Asked => None,
        }
    }

    pub(crate) fn on(&mut self, io: &mut Io, event: Event<'_>) {
        match event {
            Event::Line(line) if self.part != Part::Asked => self.read(io, line.trim()),
            Event::EndOfInput if self.part != Part::Asked => io.fail(exit::INVALID_INPUT, "EOF"),
            Event::Interrupt => io.end(exit::SIGNALLED),
            Event::Answer(_, Err(failure)) => io.fail(exit::ERROR, failure),
            Event::Answer(_, Ok((header, Response::Written(Written::Txn(txn))))) => {
                io.finish(io.printer.txn(&header, &txn));
            }
            Event::Answer(..) | Event::Line(_) | Event::EndOfInput | Event::Woke(_) => {}
        }
    }

    fn read(&mut self, io: &mut Io, line: &str) {
        if line.is_empty() {
            self.part = match self.part {
                Part::Compares => Part::Success,
                Part::Success => Part::Failure,
                Part::Failure | Part::Asked => Part::Asked,
            };
            if self.part == Part::Asked {
                io.ask_patiently(Call::Write(Write::Txn(std::mem::take(&mut self.request))));
            } else if self.is_interactive {
                io.print(self.part.heading());
            }
            return;
        }
        let read = match self.part {
            Part::Compares => compare(line)
                .map(|compare| self.request.compare.push(compare))
                .map_err(|error| (exit::INVALID_INPUT, error)),
            Part::Success => operation(io, line).map(|op| self.request.success.push(op)),
            Part::Failure => operation(io, line).map(|op| self.request.failure.push(op)),
            Part::Asked => Ok(()),
        };
        match read {
            Ok(()) => {}
            Err((_, error)) if error == CRASH_OF_LEASES || error == CRASH_OF_OPERATORS => {
                io.print(format!("{error}\n\ngoroutine 1 [running]:\n"));
                io.end(exit::CRASHED);
            }
            Err((code, error)) => io.fail(code, error),
        }
    }
}

/// etcdctl ends with a crash where a comparison is of a lease, whatever the lease is, or has an
/// operator that it does not know: what Go says then, without the stack.
const CRASH_OF_LEASES: &str = "panic: bad value";
const CRASH_OF_OPERATORS: &str = "panic: Unknown result op";

/// Reads `target("key") op "value"`.
fn compare(line: &str) -> Result<Compare, String> {
    let Some(paren) = line.find('(') else {
        return Err(format!("malformed comparison: {line}"));
    };
    let target = &line[..paren];
    let scanned = scan(&line[paren + 1..]);
    let Scanned { key, op, value, is_whole } = &scanned;
    if !is_whole {
        let (key, value) = (go::quote(key), go::quote(value));
        return Err(format!("malformed comparison: {line}; got {target}({key}) {op} {value}"));
    }
    let text = String::from_utf8_lossy(value);
    let number = |base| {
        go::parse_int(&text, base).map_err(|_| format!("invalid txn compare request: {line}"))
    };
    let target = match target {
        "ver" | "version" => CompareTarget::Version(number(10)?),
        "c" | "create" => CompareTarget::Create(number(10)?),
        "m" | "mod" => CompareTarget::Mod(number(10)?),
        "val" | "value" => CompareTarget::Value(value.clone()),
        "lease" => return Err(CRASH_OF_LEASES.into()),
        _ => return Err(format!("malformed comparison: {line} (unknown target {target})")),
    };
    let result = match op.as_str() {
        "=" => CompareResult::Equal,
        "!=" => CompareResult::NotEqual,
        ">" => CompareResult::Greater,
        "<" => CompareResult::Less,
        _ => return Err(CRASH_OF_OPERATORS.into()),
    };
    Ok(Compare { result, target, key: key.clone(), range_end: Vec::new() })
}

/// What Go's `Sscanf` makes of `%q) %s %q`: as much as there is.
#[derive(Default)]
struct Scanned {
    key: Vec<u8>,
    op: String,
    value: Vec<u8>,
    is_whole: bool,
}

fn scan(text: &str) -> Scanned {
    let mut scanned = Scanned::default();
    let Some((key, length)) = go::unquote(text.trim_start()) else { return scanned };
    scanned.key = key;
    let rest = &text.trim_start()[length..];
    let Some(rest) = rest.strip_prefix(')').filter(|rest| rest.starts_with(' ')) else {
        return scanned;
    };
    let rest = rest.trim_start();
    let (op, rest) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
    scanned.op = op.into();
    if let Some((value, _)) = go::unquote(rest.trim_start()).filter(|_| !op.is_empty()) {
        scanned.value = value;
        scanned.is_whole = true;
    }
    scanned
}

/// Reads `put`, `get` or `del` with its flags.
fn operation(io: &mut Io, line: &str) -> kv::Asked<RequestOp> {
    let words = words::etcdctl(line, io.env.version);
    if words.len() < 2 {
        return Err((exit::INVALID_INPUT, format!("invalid txn compare request: {line}")));
    }
    let invalid = || (exit::INVALID_INPUT, format!("invalid txn request: {line}"));
    let Operation { texts, bytes } = Operation::of(words);
    let name = texts.first().map_or("", String::as_str);
    let command = ["put", "get", "del"].into_iter().find(|known| *known == name);
    let version = io.env.version;
    let command = command.and_then(|name| flags::find(name, version)).ok_or_else(invalid)?;
    let given = match flags::read_within(command, &texts[1..], version) {
        Ok(given) if !given.is_set("help") => given,
        Ok(_) | Err(_) => {
            io.print(command.brief_usage(version));
            return Err(invalid());
        }
    };
    let fill = |text: &mut Vec<u8>| {
        if let Some(found) = bytes.iter().find(|(stand_in, _)| stand_in.as_bytes() == &text[..]) {
            *text = found.1.clone();
        }
    };
    match name {
        "put" => {
            if given.args.len() == 1 && !given.switch("ignore-value") {
                let error = "put command needs 1 argument and input from stdin or 2 arguments";
                return Err((exit::BAD_ARGS, error.into()));
            }
            let mut put = kv::put(&given)?;
            fill(&mut put.key);
            fill(&mut put.value);
            Ok(RequestOp::Put(put))
        }
        "get" => {
            let mut get = kv::get(&given)?;
            let range = range(&given, &get.key, &get.range_end, fill);
            (get.key, get.range_end) = range;
            Ok(RequestOp::Range(get))
        }
        _ => {
            let mut del = kv::del(&given)?;
            let range = range(&given, &del.key, &del.range_end, fill);
            (del.key, del.range_end) = range;
            Ok(RequestOp::DeleteRange(del))
        }
    }
}

/// A range whose key and end may have stood for bytes.
fn range(given: &Given, key: &[u8], end: &[u8], fill: impl Fn(&mut Vec<u8>)) -> (Vec<u8>, Vec<u8>) {
    let (mut key, mut end) = (key.to_vec(), end.to_vec());
    fill(&mut key);
    fill(&mut end);
    if given.switch("prefix") || given.switch("from-key") {
        kv::end_of(key, given.switch("prefix"))
    } else {
        (key, end)
    }
}

/// Words as texts. What is not UTF-8 is stood in for by a text that nobody writes.
struct Operation {
    texts: Vec<String>,
    bytes: Vec<(String, Vec<u8>)>,
}

impl Operation {
    fn of(words: Vec<Vec<u8>>) -> Operation {
        let mut bytes = Vec::new();
        let texts = words.into_iter().map(|word| {
            String::from_utf8(word).unwrap_or_else(|error| {
                let stand_in = format!("\0bytes {}\0", bytes.len());
                bytes.push((stand_in.clone(), error.into_bytes()));
                stand_in
            })
        });
        let texts = texts.collect();
        Operation { texts, bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_read_as_etcdctl_reads_it() {
        let read = |line| compare(line).expect("well formed");
        for line in ["val(\"k\") = \"v\" junk", "value( `k`)   =  `v`"] {
            assert_eq!(read(line).target, CompareTarget::Value(b"v".to_vec()), "{line}");
        }
        assert_eq!(
            read("mod(\"\\xff\") != \"7\""),
            Compare {
                result: CompareResult::NotEqual,
                target: CompareTarget::Mod(7),
                key: vec![0xff],
                range_end: Vec::new()
            }
        );
        assert_eq!(compare("lease(\"k\") > \"1f\""), Err(CRASH_OF_LEASES.into()));
        assert_eq!(compare("ver(\"k\") >= \"1\""), Err(CRASH_OF_OPERATORS.into()));
    }

    #[test]
    fn a_comparison_that_is_none_is_refused_in_etcdctls_words() {
        for (line, error) in [
            ("bogus", "malformed comparison: bogus"),
            ("ver(\"a\") = 1", "malformed comparison: ver(\"a\") = 1; got ver(\"a\") = \"\""),
            ("ver(a) = 1", "malformed comparison: ver(a) = 1; got ver(\"\")  \"\""),
            ("ver(\"a\")=\"0\"", "malformed comparison: ver(\"a\")=\"0\"; got ver(\"a\")  \"\""),
            (
                "value(\"a\") \"x\"",
                "malformed comparison: value(\"a\") \"x\"; got value(\"a\") \"x\" \"\"",
            ),
            ("ver(\"a\") = \"b\"", "invalid txn compare request: ver(\"a\") = \"b\""),
            ("foo(\"a\") = \"b\"", "malformed comparison: foo(\"a\") = \"b\" (unknown target foo)"),
        ] {
            assert_eq!(compare(line).expect_err(line), error);
        }
    }
}
