//! Reading claims and waits.

use super::settings::number;
use super::words::{Parse, Word, Words};
use super::{Context, Remember};
use crate::claim::{Claim, Comparison, ConsoleClaim, ExpectedEntry, Number, Quantity, Set, Value};
use raft_check::Property;
use raft_core::NodeId;

const SETS: [&str; 4] = ["leader", "follower", "all", "rest"];
const ROLES: [&str; 7] =
    ["follower", "pre-candidate", "candidate", "leader", "learner", "crashed", "paused"];
const OUTCOMES: [&str; 4] = ["ok", "refused", "unknown", "stale"];
/// Reads what follows a claim's first word.
type Read = fn(&mut Words<'_>, &Context) -> Parse<Claim>;
/// The first word of each claim, and how it goes on.
const CLAIMS: [(&str, Read); 19] = [
    ("leader", leader),
    ("no", no_leader),
    ("leaders", |reader, context| Ok(Claim::Leaders(number_or_variable(reader, context)?))),
    ("leaderless-terms", leaderless_terms),
    ("role", role),
    ("term", |reader, context| quantity(Quantity::Term, reader, context)),
    ("commit", |reader, context| quantity(Quantity::Commit, reader, context)),
    ("applied", |reader, context| quantity(Quantity::Applied, reader, context)),
    ("snapshot", |reader, context| quantity(Quantity::Snapshot, reader, context)),
    ("log", log),
    ("logs", logs_equal),
    ("value", value),
    ("reply", reply),
    ("console", console),
    ("safe", |_, _| Ok(Claim::Safe)),
    ("violated", violated),
    ("linearizable", |_, _| Ok(Claim::Linearizable)),
    ("not", not_linearizable),
    ("converged", |_, _| Ok(Claim::Converged)),
];

/// The first word of every claim.
#[cfg(test)]
pub(crate) fn words() -> Vec<&'static str> {
    CLAIMS.map(|(word, _)| word).to_vec()
}

/// A server or a set of them.
pub(crate) fn set(reader: &mut Words<'_>, context: &Context) -> Parse<Set> {
    let expected = "a server such as `n2`, or `leader`, `follower`, `all` or `$name`";
    let word = reader.next(expected)?;
    if !word.quoted {
        match word.text.as_str() {
            "leader" => return Ok(Set::Leader),
            "follower" => return Ok(Set::Follower),
            "all" => return Ok(Set::All),
            text => {
                if let Some(name) = text.strip_prefix('$') {
                    known_variable(reader, context, name, &Value::Server(NodeId(0)))?;
                    return Ok(Set::Variable(name.to_string()));
                }
                if let Some(id) = server_name(text) {
                    if id == 0 || id > context.highest {
                        let expected = format!("a server from n1 to n{}", context.highest);
                        return Err(reader.error(text, &expected));
                    }
                    return Ok(Set::One(NodeId(id)));
                }
            }
        }
    }
    reader.back();
    Err(reader.unexpected(expected, &SETS))
}

/// Whether a word names a server or a set of them.
pub(crate) fn is_set(word: &Word) -> bool {
    let text = &word.text;
    let named = ["leader", "follower", "all"].contains(&text.as_str()) || text.starts_with('$');
    !word.quoted && (named || server_name(text).is_some())
}

fn server_name(text: &str) -> Option<u64> {
    let digits = text.strip_prefix('n')?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // A number too large for us names a server that can never exist.
    Some(digits.parse().unwrap_or(u64::MAX))
}

fn known_variable(
    reader: &mut Words<'_>,
    context: &Context,
    name: &str,
    kind: &Value,
) -> Parse<()> {
    let found = format!("${name}");
    match (context.variables.get(name), kind) {
        (Some(Value::Server(_)), Value::Server(_)) | (Some(Value::Number(_)), Value::Number(_)) => {
            Ok(())
        }
        (Some(Value::Server(_)), Value::Number(_)) => {
            Err(reader.error(&found, "a number, and this is a server"))
        }
        (Some(Value::Number(_)), Value::Server(_)) => {
            Err(reader.error(&found, "a server, and this is a number"))
        }
        (None, _) => {
            let known: Vec<String> =
                context.variables.keys().map(|name| format!("${name}")).collect();
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            reader.back();
            Err(reader.unexpected("a name that a `let` above has set", &known))
        }
    }
}

fn number_or_variable(reader: &mut Words<'_>, context: &Context) -> Parse<Number> {
    const EXPECTED: &str = "a whole number or `$name`";
    let word = reader.next(EXPECTED)?;
    if let Some(name) = word.text.strip_prefix('$').filter(|_| !word.quoted) {
        known_variable(reader, context, name, &Value::Number(0))?;
        return Ok(Number::Variable(name.to_string()));
    }
    reader.back();
    Ok(Number::Literal(number(reader, EXPECTED)?))
}

/// What `run until` waits for: a claim, or one of the words that only waits have.
pub(crate) fn parse_wait(reader: &mut Words<'_>, context: &Context) -> Parse<Claim> {
    for quantity in [Quantity::Commit, Quantity::Applied] {
        let word = match quantity {
            Quantity::Commit => "committed",
            Quantity::Applied => "applied",
            Quantity::Term | Quantity::Snapshot => continue,
        };
        if reader.take(word) {
            let plain = reader.peek().is_some_and(|next| {
                next.text.starts_with('$') || next.text.bytes().all(|b| b.is_ascii_digit())
            });
            // `applied 5 on n1` is a wait's form, `applied n1 = 5` a claim's.
            if plain && !matches!(reader.peek(), Some(next) if names_server(context, &next.text)) {
                let number = number_or_variable(reader, context)?;
                reader.expect("on")?;
                let on = set(reader, context)?;
                return Ok(Claim::Compare(quantity, on, Comparison::AtLeast, number));
            }
            reader.back();
        }
    }
    parse(reader, context)
}

fn names_server(context: &Context, text: &str) -> bool {
    text.strip_prefix('$')
        .and_then(|name| context.variables.get(name))
        .is_some_and(|value| matches!(value, Value::Server(_)))
}

/// A claim.
pub(crate) fn parse(reader: &mut Words<'_>, context: &Context) -> Parse<Claim> {
    for (word, read) in CLAIMS {
        if reader.take(word) {
            return read(reader, context);
        }
    }
    let words = CLAIMS.map(|(word, _)| word);
    Err(reader.unexpected("a claim such as `leader n3` or `value a = 1 on n1`", &words))
}

/// `leader`, or `leader n3`.
fn leader(reader: &mut Words<'_>, context: &Context) -> Parse<Claim> {
    let named = !reader.is_at_end() && reader.peek().is_some_and(|word| word.text != "within");
    Ok(Claim::Leader(if named { Some(set(reader, context)?) } else { None }))
}

fn no_leader(reader: &mut Words<'_>, _context: &Context) -> Parse<Claim> {
    reader.expect("leader")?;
    Ok(Claim::NoLeader)
}

/// `leaderless-terms >= 3`
fn leaderless_terms(reader: &mut Words<'_>, context: &Context) -> Parse<Claim> {
    let comparison = comparison(reader)?;
    Ok(Claim::LeaderlessTerms(comparison, number_or_variable(reader, context)?))
}

/// `commit n1 >= 5`
fn quantity(quantity: Quantity, reader: &mut Words<'_>, context: &Context) -> Parse<Claim> {
    let set = set(reader, context)?;
    let comparison = comparison(reader)?;
    Ok(Claim::Compare(quantity, set, comparison, number_or_variable(reader, context)?))
}

fn logs_equal(reader: &mut Words<'_>, _context: &Context) -> Parse<Claim> {
    reader.expect("equal")?;
    Ok(Claim::LogsEqual)
}

/// `reply 1 ok`
fn reply(reader: &mut Words<'_>, context: &Context) -> Parse<Claim> {
    let number = number_or_variable(reader, context)?;
    Ok(Claim::Reply { number, outcome: one_of(reader, "an outcome", &OUTCOMES)? })
}

/// `console 1 exit 0`
fn console(reader: &mut Words<'_>, context: &Context) -> Parse<Claim> {
    let number = number_or_variable(reader, context)?;
    let what = one_of(reader, "what is so of it", &["ended", "exit", "output", "stale"])?;
    let is = match what.as_str() {
        "stale" => ConsoleClaim::Stale,
        "ended" => ConsoleClaim::Ended,
        "exit" => ConsoleClaim::Exit(number_or_variable(reader, context)?),
        _ => ConsoleClaim::Output(reader.next("what it printed, in quotation marks")?.text.clone()),
    };
    Ok(Claim::Console { number, is })
}

/// `violated log-matching`
fn violated(reader: &mut Words<'_>, _context: &Context) -> Parse<Claim> {
    let names = Property::ALL.map(Property::name);
    let name = one_of(reader, "a property", &names)?;
    Property::from_name(&name).map(Claim::Violated).ok_or_else(|| reader.error(&name, "a property"))
}

fn not_linearizable(reader: &mut Words<'_>, _context: &Context) -> Parse<Claim> {
    reader.expect("linearizable")?;
    Ok(Claim::NotLinearizable)
}

fn one_of(reader: &mut Words<'_>, what: &str, names: &[&str]) -> Parse<String> {
    let expected = format!("{what}: {}", names.join(", "));
    let word = reader.next(&expected)?;
    if !word.quoted && names.contains(&word.text.as_str()) {
        return Ok(word.text.clone());
    }
    reader.back();
    Err(reader.unexpected(&expected, names))
}

fn role(reader: &mut Words<'_>, context: &Context) -> Parse<Claim> {
    let set = set(reader, context)?;
    reader.expect("=")?;
    Ok(Claim::Role(set, one_of(reader, "a role", &ROLES)?))
}

fn comparison(reader: &mut Words<'_>) -> Parse<Comparison> {
    for (word, comparison) in [
        ("=", Comparison::Equal),
        ("==", Comparison::Equal),
        ("!=", Comparison::NotEqual),
        ("<", Comparison::Less),
        ("<=", Comparison::AtMost),
        (">", Comparison::Greater),
        (">=", Comparison::AtLeast),
    ] {
        if reader.take(word) {
            return Ok(comparison);
        }
    }
    Err(reader.unexpected("one of `=`, `!=`, `<`, `<=`, `>` and `>=`", &[]))
}

/// `log n1 = 1:noop 1:"a=1"`, or `log n1 = empty`.
fn log(reader: &mut Words<'_>, context: &Context) -> Parse<Claim> {
    const EXPECTED: &str = "an entry such as `1:noop` or `1:\"a=1\"`";
    let set = set(reader, context)?;
    reader.expect("=")?;
    let mut entries = Vec::new();
    if reader.take("empty") {
        return Ok(Claim::Log(set, entries));
    }
    while let Some(word) = reader.peek() {
        if entries.is_empty() || word.text != "within" {
            let wrong = || reader.error(&word.text, EXPECTED);
            let (term, text) = word.text.split_once(':').ok_or_else(wrong)?;
            let term = term.parse().map_err(|_| wrong())?;
            let is_noop = text == "noop" && !word.quoted;
            entries.push(ExpectedEntry { term, text: (!is_noop).then(|| text.to_string()) });
            reader.next(EXPECTED)?;
        } else {
            break;
        }
    }
    if entries.is_empty() {
        return Err(reader.unexpected(&format!("{EXPECTED}, or `empty`"), &["empty"]));
    }
    Ok(Claim::Log(set, entries))
}

/// `value a = 1 on n1`, or `value a missing on n1`.
fn value(reader: &mut Words<'_>, context: &Context) -> Parse<Claim> {
    let key = reader.next("a key")?.text.clone();
    let value = if reader.take("missing") {
        None
    } else {
        if !reader.take("=") {
            return Err(reader.unexpected("`=` and a value, or `missing`", &["missing"]));
        }
        Some(reader.next("a value")?.text.clone())
    };
    reader.expect("on")?;
    Ok(Claim::Value { key, value, on: set(reader, context)? })
}

/// What `let` remembers.
pub(crate) fn parse_remember(reader: &mut Words<'_>, context: &Context) -> Parse<Remember> {
    for quantity in [Quantity::Term, Quantity::Commit, Quantity::Applied, Quantity::Snapshot] {
        if reader.take(quantity.name()) {
            return Ok(Remember::Quantity(quantity, set(reader, context)?));
        }
    }
    let is_number =
        reader.peek().is_some_and(|word| word.text.starts_with(|c: char| c.is_ascii_digit()));
    if is_number {
        return Ok(Remember::Number(number(reader, "a whole number")?));
    }
    Ok(Remember::Server(set(reader, context)?))
}
