//! Reads commands and flags from a line and prints help, both from one table. Help and refusals are
//! those of a real 3.4.23 and 3.5.30, which build them with cobra.

use super::commands::{Command, Flag, GLOBAL, HELP, Kind, commands};
use super::go;
use super::guess::{beginning, unknown_command};
use crate::{Sorted, Version};
use std::fmt::Write;

pub(crate) fn find(path: &str, version: Version) -> Option<&'static Command> {
    commands(version).find(|command| command.path == path)
}

impl Command {
    /// Whether it has subcommands and does nothing itself.
    pub(crate) fn is_group(&self, version: Version) -> bool {
        commands(version).any(|other| self.is_above(other))
    }

    /// Whether the other is one of its subcommands.
    pub(crate) fn is_above(&self, other: &Command) -> bool {
        other.path.strip_prefix(self.path).is_some_and(|rest| {
            !self.path.is_empty() && rest.starts_with(' ')
                || self.path.is_empty() && !rest.is_empty()
        })
    }

    /// The flags that its group has for all its commands.
    fn inherited(&self, version: Version) -> &'static [Flag] {
        let parent = self.path.rsplit_once(' ').and_then(|(parent, _)| find(parent, version));
        parent.map_or(&[], |parent| parent.shared)
    }

    /// The flags it takes, its group's and the global ones included.
    pub(crate) fn all_flags(&self, version: Version) -> impl Iterator<Item = &'static Flag> {
        let (own, shared, inherited) = (self.flags(version), self.shared, self.inherited(version));
        own.chain(shared).chain(inherited).chain(GLOBAL).chain(std::iter::once(&HELP))
    }

    fn last_word(&self) -> &'static str {
        self.path.rsplit(' ').next().filter(|word| !word.is_empty()).unwrap_or("etcdctl")
    }

    /// What `--help` prints.
    pub(crate) fn help(&self, version: Version) -> String {
        self.usage_text(version) + "\n"
    }

    fn usage_text(&self, version: Version) -> String {
        let is_root = self.path.is_empty();
        let name = if is_root { "etcdctl" } else { self.path };
        let space = if is_root { "" } else { " " };
        let mut out = format!(
            "NAME:\n\t{name} - {}\n\nUSAGE:\n\tetcdctl{space}{}{} [flags]\n",
            self.short, self.path, self.usage
        );
        if is_root {
            out += &format!("\nVERSION:\n\t{}\n", version.release());
        }
        if is_root || self.is_group(version) {
            out += &format!("\nAPI VERSION:\n\t{}\n\n\nCOMMANDS:\n", version.name());
            let mut listed: Vec<(&str, &str)> = Vec::new();
            let below = |other: &&Command| self.is_above(other) && !other.is_group(version);
            for other in commands(version).filter(below) {
                let name = other.path.strip_prefix(self.path).unwrap_or(other.path).trim_start();
                listed.push((name, other.short));
            }
            let rows = listed.iter().map(|(name, short)| (format!("\t{name}"), (*short).into()));
            out += &columns(&rows.collect::<Vec<_>>());
        }
        if !self.description.is_empty() {
            out += "\nDESCRIPTION:\n";
            for line in self.description.trim_end_matches('\n').split('\n') {
                out += &format!("\t{line}\n");
            }
        }
        let help = format!("help for {}", self.last_word());
        let mut own: Vec<&Flag> = self.flags(version).chain(self.shared).collect();
        if is_root {
            own.extend(GLOBAL);
        }
        out += "\nOPTIONS:\n";
        out += &options(own, Some(&help));
        if !is_root {
            let inherited = self.inherited(version);
            out += "\nGLOBAL OPTIONS:\n";
            out += &options(inherited.iter().chain(GLOBAL).collect(), None);
        }
        out
    }

    /// What is printed where the flags are wrong.
    fn refusal(&self, error: &str, version: Version) -> String {
        format!("Error: {error}\n{}\n\nError: {error}\n", self.usage_text(version))
    }

    /// What is printed where the flags of an operation within a transaction are wrong.
    pub(crate) fn brief_usage(&self, version: Version) -> String {
        let mut rows: Vec<(&str, String, String)> = self
            .flags(version)
            .map(|flag| {
                let (kind, default) = match flag.kind {
                    Kind::Bool => ("", String::new()),
                    Kind::Int => (" int", String::new()),
                    Kind::Duration => (" duration", String::new()),
                    Kind::Text | Kind::Texts if flag.default.is_empty() => {
                        (" string", String::new())
                    }
                    Kind::Text | Kind::Texts => {
                        (" string", format!(" (default \"{}\")", flag.default))
                    }
                };
                (flag.name, format!("{}{kind}", flag.head()), format!("{}{default}", flag.usage))
            })
            .collect();
        rows.push(("help", HELP.head(), format!("help for {}", self.last_word())));
        rows.sort_unstable();
        let width = rows.iter().map(|(_, head, _)| head.len()).max().unwrap_or(0);
        let mut out = format!("Usage:\n   {}{} [flags]\n\nFlags:\n", self.path, self.usage);
        for (_, head, usage) in rows {
            out += &format!("{head:width$}   {usage}\n");
        }
        out + "\n"
    }
}

impl Flag {
    pub(crate) fn head(&self) -> String {
        match self.short {
            Some(short) => format!("  -{short}, --{}", self.name),
            None => format!("      --{}", self.name),
        }
    }
}

fn options(mut flags: Vec<&Flag>, help: Option<&str>) -> String {
    flags.extend(help.map(|_| &HELP));
    flags.sort_unstable_by_key(|flag| flag.name);
    let rows = flags.iter().map(|flag| {
        let default = match flag.kind {
            Kind::Bool => format!("[={}]", flag.default),
            Kind::Text => format!("=\"{}\"", flag.default),
            Kind::Int | Kind::Duration | Kind::Texts => format!("={}", flag.default),
        };
        let usage = if flag.name == "help" { help.unwrap_or_default() } else { flag.usage };
        (flag.head() + &default, usage.to_string())
    });
    columns(&rows.collect::<Vec<_>>())
}

/// Two columns, as Go's `tabwriter` sets them with tabs of eight.
fn columns(rows: &[(String, String)]) -> String {
    let width = |text: &str| text.trim_start_matches('\t').len();
    let widest = rows.iter().map(|(left, _)| width(left)).max().unwrap_or(0);
    let to = (widest + 1).div_ceil(8) * 8;
    rows.iter().fold(String::new(), |mut out, (left, right)| {
        let tabs = "\t".repeat((to - width(left)).div_ceil(8));
        writeln!(out, "{left}{tabs}{right}").expect("a string takes everything");
        out
    })
}

/// What flags and arguments a command was given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Given {
    values: Sorted<&'static str, Vec<String>>,
    /// The arguments that are not flags.
    pub(crate) args: Vec<String>,
    /// How many of them stand before `--`, if there is one.
    pub(crate) dash: Option<usize>,
}

impl Given {
    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// The flag as it was given, or its default.
    pub(crate) fn text(&self, name: &str, default: &str) -> String {
        self.values.get(name).and_then(|all| all.last()).map_or(default, String::as_str).into()
    }

    pub(crate) fn texts(&self, name: &str) -> Vec<String> {
        self.values.get(name).cloned().unwrap_or_default()
    }

    pub(crate) fn switch(&self, name: &str) -> bool {
        self.values
            .get(name)
            .and_then(|all| all.last())
            .is_some_and(|given| truth(given) == Some(true))
    }

    pub(crate) fn int(&self, name: &str) -> i64 {
        go::parse_any_int(&self.text(name, "0")).unwrap_or(0)
    }
}

/// What came of reading a line.
pub(crate) enum Read {
    /// A command to carry out.
    Run(&'static Command, Given),
    /// A text to print, and the exit code.
    Say(String, i32),
}

/// Finds the command that the words name and reads its flags.
pub(crate) fn read(words: &[String], version: Version) -> Read {
    let (command, rest) = match locate(words, version) {
        Ok(found) => found,
        Err(name) => return Read::Say(unknown_command(&name, version), 1),
    };
    match parse(command.all_flags(version), &rest) {
        Err(error) => Read::Say(command.refusal(&error, version), 1),
        Ok(given) if given.switch("help") => Read::Say(command.help(version), 0),
        Ok(given) if command.path == "help" => {
            match locate(&given.args, version) {
                Ok((command, _)) => Read::Say(command.help(version), 0),
                Err(_) => {
                    let topic: Vec<String> =
                        given.args.iter().map(|arg| format!("`{arg}`")).collect();
                    // etcdctl has not given itself this flag yet when it says so.
                    let root = find("", version).map(|it| it.help(version)).unwrap_or_default();
                    let own = |line: &&str| !line.starts_with("  -h, --help");
                    let root: String = root.split_inclusive('\n').filter(own).collect();
                    Read::Say(format!("Unknown help topic [{}]\n{root}", topic.join(" ")), 0)
                }
            }
        }
        Ok(_) if command.path.is_empty() || command.is_group(version) => {
            Read::Say(command.help(version), 0)
        }
        Ok(given) => Read::Run(command, given),
    }
}

/// Reads the flags of an operation within a transaction.
pub(crate) fn read_within(
    command: &Command,
    words: &[String],
    version: Version,
) -> Result<Given, String> {
    parse(command.flags(version).chain(std::iter::once(&HELP)), words)
}

/// The command, and the words that are left of it; or the word that names none.
fn locate(words: &[String], version: Version) -> Result<(&'static Command, Vec<String>), String> {
    let mut command = find("", version).ok_or_else(String::new)?;
    let mut rest = words.to_vec();
    while let Some(at) = first_argument(command, &rest, version) {
        let path = format!("{} {}", command.path, rest[at]);
        match find(path.trim_start(), version).or_else(|| beginning(command, &rest[at], version)) {
            Some(found) => command = found,
            None if command.path.is_empty() => return Err(rest[at].clone()),
            None => break,
        }
        rest.remove(at);
    }
    Ok((command, rest))
}

/// Where the first word stands that is neither a flag nor a flag's value.
fn first_argument(command: &Command, words: &[String], version: Version) -> Option<usize> {
    let mut at = 0;
    while let Some(word) = words.get(at) {
        if word == "--" {
            return None;
        } else if let Some(name) = word.strip_prefix("--") {
            let flag = command.all_flags(version).find(|flag| flag.name == name);
            at +=
                usize::from(!name.contains('=') && flag.is_none_or(|flag| flag.kind != Kind::Bool));
        } else if let Some(letters) = word.strip_prefix('-')
            && !letters.is_empty()
        {
            let letter = letters.chars().next();
            let flag = command.all_flags(version).find(|flag| flag.short == letter);
            at +=
                usize::from(letters.len() == 1 && flag.is_none_or(|flag| flag.kind != Kind::Bool));
        } else if !word.is_empty() {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// Reads flags and arguments, in any order; behind `--` there are only arguments.
pub(crate) fn parse(
    flags: impl Iterator<Item = &'static Flag>,
    words: &[String],
) -> Result<Given, String> {
    let flags: Vec<&'static Flag> = flags.collect();
    let mut given = Given::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "--" {
            given.dash = Some(given.args.len());
            given.args.extend(words.cloned());
            break;
        } else if let Some(long) = word.strip_prefix("--") {
            if long.starts_with(['-', '=']) {
                return Err(format!("bad flag syntax: {word}"));
            }
            let (name, value) = match long.split_once('=') {
                Some((name, value)) => (name, Some(value.to_string())),
                None => (long, None),
            };
            let flag = flags.iter().find(|flag| flag.name == name);
            let flag = flag.ok_or_else(|| format!("unknown flag: --{name}"))?;
            let value = match (value, flag.kind) {
                (Some(value), _) => value,
                (None, Kind::Bool) => "true".into(),
                (None, Kind::Int | Kind::Text | Kind::Texts | Kind::Duration) => words
                    .next()
                    .cloned()
                    .ok_or_else(|| format!("flag needs an argument: --{name}"))?,
            };
            given.set(flag, value)?;
        } else if let Some(letters) = word.strip_prefix('-')
            && !letters.is_empty()
        {
            let mut letters = letters;
            while let Some(letter) = letters.chars().next() {
                let flag = flags.iter().find(|flag| flag.short == Some(letter));
                let flag = flag
                    .ok_or_else(|| format!("unknown shorthand flag: '{letter}' in -{letters}"))?;
                let behind = &letters[letter.len_utf8()..];
                let value = if let Some(value) = behind.strip_prefix('=') {
                    value.to_string()
                } else if flag.kind == Kind::Bool {
                    given.set(flag, "true".into())?;
                    letters = behind;
                    continue;
                } else if behind.is_empty() {
                    let error = || format!("flag needs an argument: '{letter}' in -{letters}");
                    words.next().cloned().ok_or_else(error)?
                } else {
                    behind.to_string()
                };
                given.set(flag, value)?;
                break;
            }
        } else {
            given.args.push(word.clone());
        }
    }
    Ok(given)
}

fn truth(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

impl Given {
    fn set(&mut self, flag: &'static Flag, value: String) -> Result<(), String> {
        let wrong = match flag.kind {
            Kind::Bool if truth(&value).is_some() => None,
            Kind::Bool => {
                let quoted = go::quote(value.as_bytes());
                Some(format!("strconv.ParseBool: parsing {quoted}: invalid syntax"))
            }
            Kind::Int => go::parse_any_int(&value).err(),
            Kind::Duration => go::parse_duration(&value).err(),
            Kind::Text | Kind::Texts => None,
        };
        if let Some(error) = wrong {
            let name = match flag.short {
                Some(short) => format!("-{short}, --{}", flag.name),
                None => format!("--{}", flag.name),
            };
            let quoted = go::quote(value.as_bytes());
            return Err(format!("invalid argument {quoted} for \"{name}\" flag: {error}"));
        }
        let name = flag.name;
        if !self.values.contains_key(name) {
            self.values.insert(name, Vec::new());
        }
        let Some(values) = self.values.get_mut(name) else { return Ok(()) };
        match flag.kind {
            Kind::Texts => values.extend(value.split(',').map(String::from)),
            Kind::Bool | Kind::Int | Kind::Text | Kind::Duration => values.push(value),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_to_the_byte_what_a_real_etcdctl_prints() {
        let recorded = include_str!("../../../../tests/data/etcd/etcdctl-3.4.23-help.txt");
        let mut seen = 0;
        for block in recorded.split("[exit 0]\n").filter(|block| !block.is_empty()) {
            let (line, expected) = block.split_once('\n').expect("a command, then its output");
            let path = line.trim_start_matches("$ etcdctl").trim_end_matches("--help").trim();
            let command = find(path, Version::V3_4).unwrap_or_else(|| panic!("no command {path}"));
            assert_eq!(command.help(Version::V3_4), expected, "{line}");
            seen += 1;
        }
        assert_eq!(seen, 59);
    }

    #[test]
    fn flags_stand_anywhere_and_end_at_two_dashes() {
        let words = "get -w=json foo --rev 7 --prefix=false -- --bar";
        let words: Vec<String> = words.split(' ').map(String::from).collect();
        let Read::Run(command, given) = read(&words, Version::V3_4) else { panic!("a command") };
        assert_eq!((command.path, given.int("rev")), ("get", 7));
        assert_eq!((given.switch("prefix"), given.is_set("prefix")), (false, true));
        assert_eq!((given.args, given.dash), (vec!["foo".to_string(), "--bar".into()], Some(1)));
    }

    #[test]
    fn a_line_that_cannot_be_read_is_refused_as_cobra_does() {
        for (line, error) in [
            ("get --bogus", "unknown flag: --bogus"),
            ("get -Z", "unknown shorthand flag: 'Z' in -Z"),
            ("get foo --limit", "flag needs an argument: --limit"),
            ("get foo -w", "flag needs an argument: 'w' in -w"),
            ("get --=x", "bad flag syntax: --=x"),
            (
                "get --limit=abc",
                "invalid argument \"abc\" for \"--limit\" flag: strconv.ParseInt: parsing \"abc\": \
                 invalid syntax",
            ),
            (
                "get --command-timeout=5",
                "invalid argument \"5\" for \"--command-timeout\" flag: time: missing unit in \
                 duration \"5\"",
            ),
        ] {
            let words: Vec<String> = line.split(' ').map(String::from).collect();
            let Read::Say(text, 1) = read(&words, Version::V3_4) else {
                panic!("{line} was taken")
            };
            assert!(text.starts_with(&format!("Error: {error}\nNAME:\n\tget - ")), "{text}");
            assert!(text.ends_with(&format!("table)\n\n\nError: {error}\n")), "{text}");
        }
        let Read::Say(text, 1) = read(&["gett".into()], Version::V3_4) else {
            panic!("it was taken")
        };
        let error = "unknown command \"gett\" for \"etcdctl\"\n\nDid you mean this?\n\tget\n";
        assert_eq!(
            text,
            format!("Error: {error}\nRun 'etcdctl --help' for usage.\nError: {error}\n")
        );
    }
}
