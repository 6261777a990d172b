//! What a line can go on with: commands, subcommands, flags, their values, endpoints.

use super::commands::{Command, Kind, commands};
use super::flags::find;
use super::words;
use crate::Version;
use crate::console::Environment;

const FORMATS: &[&str] = &["fields", "json", "protobuf", "simple", "table"];

/// The words that can stand where the cursor is, a byte offset into the line; each replaces the
/// word that is begun there.
pub fn complete(line: &str, cursor: usize, env: &Environment) -> Vec<String> {
    let before = line.get(..cursor).unwrap_or(line);
    let begun = before.rsplit(char::is_whitespace).next().unwrap_or("");
    let head = &before[..before.len() - begun.len()];
    let Ok(mut words) = words::shell(head) else { return Vec::new() };
    if words.first().is_some_and(|word| word == "etcdctl") {
        words.remove(0);
    } else if words.first().is_some_and(|word| word == "curl") {
        return gateway(begun, env);
    }
    let mut command = find("", env.version).expect("it stands in the table");
    for word in &words {
        let path = format!("{} {word}", command.path);
        command = find(path.trim_start(), env.version).unwrap_or(command);
    }
    let last = words.last().map_or("", String::as_str);
    let values = match begun.split_once('=') {
        Some((flag, _)) if begun.starts_with("--") => values(command, flag, env)
            .map(|all| all.into_iter().map(|value| format!("{flag}={value}")).collect()),
        _ => values(command, last, env),
    };
    let mut all = values.unwrap_or_else(|| names(command, begun, env.version));
    all.retain(|word| word.starts_with(begun) && word != begun);
    all
}

/// What a flag that needs a value can have; `None` if the word is not such a flag.
fn values(command: &Command, word: &str, env: &Environment) -> Option<Vec<String>> {
    let name = word.strip_prefix("--").or(match word {
        "-w" => Some("write-out"),
        _ => None,
    })?;
    let flag = command.all_flags(env.version).find(|flag| flag.name == name)?;
    let fixed: &[&str] = match (flag.name, flag.kind) {
        (_, Kind::Bool) => return None,
        ("write-out", _) => FORMATS,
        ("consistency", _) => &["l", "s"],
        ("order", _) => &["ASCEND", "DESCEND"],
        ("sort-by", _) => &["CREATE", "KEY", "MODIFY", "VALUE", "VERSION"],
        ("load", _) => &["s", "m", "l", "xl"],
        ("command-timeout" | "dial-timeout", _) => &["500ms", "1s", "5s"],
        ("endpoints", _) => {
            let names = env.endpoints.iter().map(|endpoint| endpoint.name.clone());
            let urls = env.endpoints.iter().map(|endpoint| endpoint.client_url.clone());
            return Some(names.chain(urls).collect());
        }
        _ => &[],
    };
    Some(fixed.iter().map(|value| (*value).into()).collect())
}

/// Subcommands, or flags where a dash is begun.
fn names(command: &Command, begun: &str, version: Version) -> Vec<String> {
    if begun.starts_with('-') {
        let mut all: Vec<String> =
            command.all_flags(version).map(|flag| format!("--{}", flag.name)).collect();
        all.sort_unstable();
        return all;
    }
    let below = commands(version).filter(|other| command.is_above(other));
    let mut all: Vec<String> = below
        .filter_map(|other| other.path.strip_prefix(command.path)?.split_whitespace().next())
        .map(String::from)
        .collect();
    if command.path.is_empty() {
        all.extend(["curl".into(), "etcdctl".into()]);
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn gateway(begun: &str, env: &Environment) -> Vec<String> {
    let mut all = vec!["-d".into(), "-i".into(), "-s".into(), "-X".into()];
    for endpoint in &env.endpoints {
        let url = &endpoint.client_url;
        all.extend(["/health", "/version"].map(|path| format!("{url}{path}")));
        all.extend(crate::gateway::PATHS.iter().map(|path| format!("{url}/v3/{path}")));
    }
    all.retain(|word: &String| word.starts_with(begun) && word != begun);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_flags_and_values_are_offered() {
        let env = Environment::default();
        let offered = |line: &str| complete(line, line.len(), &env).join(" ");
        assert_eq!(offered("etcdctl le"), "lease");
        assert_eq!(offered("lease "), "grant keep-alive list revoke timetolive");
        assert_eq!(offered("etcdctl get foo --p"), "--password --prefix --print-value-only");
        assert_eq!(offered("get foo -w "), "fields json protobuf simple table");
        assert_eq!(offered("get foo --order=A"), "--order=ASCEND");
        assert_eq!(offered("put 'open"), "");
    }
}
