//! etcdutl: what is done to files. There are snapshot files here, and what is restored from one
//! becomes a data directory's database, which is a file too.

use super::cluster::snapshot_status;
use super::commands::utl::{COMMANDS, GLOBAL};
use super::commands::{Command, Flag, HELP, Kind};
use super::flags::{self, Given};
use super::go;
use super::io::{Io, exit};
use crate::Store;
use crate::console::Step;

/// The flags without which a command is not carried out, by its path.
const REQUIRED: &[(&str, &[&str])] = &[
    ("backup", &["backup-dir", "data-dir"]),
    ("check v2store", &["data-dir"]),
    ("defrag", &["data-dir"]),
    ("snapshot restore", &["data-dir"]),
];

/// Carries out a line of etcdutl, without its first word.
pub(super) fn run(io: &mut Io, words: &[String]) {
    let (command, rest) = locate(words);
    let all = command.all().chain(std::iter::once(&HELP));
    let given = match flags::parse(all, &rest) {
        Ok(given) => given,
        Err(error) => return refuse(io, command, &error),
    };
    if command.path.is_empty() && !given.args.is_empty() && !given.switch("help") {
        let error = format!("unknown command \"{}\" for \"etcdutl\"", given.args[0]);
        io.print(format!("Error: {error}\nRun 'etcdutl --help' for usage.\nError: {error}\n"));
        return io.end(exit::ERROR);
    }
    if command.path == "help" {
        let (about, _) = locate(&given.args);
        io.print(about.usage_of_utl());
        return io.end(exit::SUCCESS);
    }
    if given.switch("help") || command.usage.is_empty() {
        io.print(command.usage_of_utl());
        return io.end(exit::SUCCESS);
    }
    let required = REQUIRED.iter().find(|(path, _)| *path == command.path);
    let missing = required.map_or(&[][..], |(_, flags)| flags).iter();
    let missing: Vec<String> =
        missing.filter(|flag| !given.is_set(flag)).map(|flag| format!("\"{flag}\"")).collect();
    if !missing.is_empty() {
        let error = format!("required flag(s) {} not set", missing.join(", "));
        return refuse(io, command, &error);
    }
    carry_out(io, command.path, &given);
}

fn carry_out(io: &mut Io, path: &str, given: &Given) {
    match path {
        "version" => {
            let (release, name) = (io.env.version.release(), io.env.version.name());
            io.print(format!("etcdutl version: {release}\nAPI version: {name}\n"));
            io.end(exit::SUCCESS);
        }
        "snapshot status" => snapshot_status(io, given),
        "snapshot restore" => restore(io, given, "10737418240"),
        "defrag" => {
            let name = db_of(&given.text("data-dir", ""));
            match io.env.files.get(&name).map(|blob| Store::load(blob)) {
                Some(Ok(_)) => io.end(exit::SUCCESS),
                Some(Err(error)) => io.fail(exit::ERROR, error),
                // A real one panics here.
                None => io.fail(
                    exit::BAD_CONNECTION,
                    format!("failed to open database: open {name}: no such file or directory"),
                ),
            }
        }
        "check v2store" => {
            let name = db_of(&given.text("data-dir", ""));
            if io.env.files.contains_key(&name) {
                io.print("No custom content found in v2store.\n");
                io.end(exit::SUCCESS);
            } else {
                io.fail(exit::ERROR, format!("stat {name}: no such file or directory"));
            }
        }
        "backup" => io.fail(
            exit::ERROR,
            "backup copies a data directory: expected one that `snapshot restore` has made; \
             save a running member with `etcdctl snapshot save`",
        ),
        path => io.fail(exit::ERROR, format!("{path} writes a script for a shell: none is here")),
    }
}

/// Where a data directory has its database.
fn db_of(folder: &str) -> String {
    format!("{}/member/snap/db", folder.trim_end_matches('/'))
}

/// Makes a data directory from a snapshot; `map` is how large its file is mapped unless a flag says
/// so.
pub(super) fn restore(io: &mut Io, given: &Given, map: &str) {
    let [name] = &given.args[..] else {
        return io.fail(exit::BAD_ARGS, "snapshot restore requires exactly one argument");
    };
    let (bump, marks) = (given.int("bump-revision"), given.switch("mark-compacted"));
    if bump > 0 && !marks {
        let error = "--mark-compacted required if --bump-revision > 0";
        return io.fail(exit::BAD_ARGS, error);
    }
    if marks && bump <= 0 {
        let error = "--mark-compacted requires --bump-revision > 0";
        return io.fail(exit::BAD_ARGS, error);
    }
    let local = given.text("name", "default");
    let cluster = given.text("initial-cluster", "default=http://localhost:2380");
    let is_named = |member: &str| member.split('=').next() == Some(local.as_str());
    if !cluster.split(',').any(is_named) {
        let quoted = go::quote(local.as_bytes());
        let error =
            format!("couldn't find local name {quoted} in the initial cluster configuration");
        return io.fail(exit::ERROR, error);
    }
    let folder = given.text("data-dir", &format!("{local}.etcd"));
    let db = db_of(&folder);
    if io.env.files.contains_key(&db) {
        let quoted = go::quote(folder.as_bytes());
        return io.fail(exit::ERROR, format!("data-dir {quoted} not empty or could not be read"));
    }
    let Some(blob) = io.env.files.get(name) else {
        return io.fail(exit::ERROR, format!("open {name}: no such file or directory"));
    };
    let mut store = match Store::load(blob) {
        Ok(store) => store,
        Err(error) => return io.fail(exit::ERROR, error),
    };
    let log = Log { time: super::date::time(io.now_us) };
    let details = folders(given, name, &folder, map);
    io.print(log.line("snapshot/v3_snapshot.go:265", "restoring snapshot", &details));
    let trims = "Trimming membership information from the backend...";
    io.print(log.line("membership/store.go:138", trims, ""));
    if bump > 0 {
        let before = store.revision();
        store.bump(bump);
        let after = store.revision();
        let about = format!(
            "{{\"latest-revision\": {before}, \"bump-amount\": {bump}, \"new-latest-revision\": \
             {after}}}"
        );
        io.print(log.line("snapshot/v3_snapshot.go:356", "bumping latest revision", &about));
        let about = format!("{{\"revision\": {after}}}");
        io.print(log.line("snapshot/v3_snapshot.go:373", "marking revision compacted", &about));
    }
    let token = given.text("initial-cluster-token", "etcd-cluster");
    for member in cluster.split(',') {
        let url = member.split_once('=').map_or("", |(_, url)| url);
        let about = format!(
            "{{\"cluster-id\": \"{:x}\", \"local-member-id\": \"0\", \"added-peer-id\": \"{:x}\", \
             \"added-peer-peer-urls\": [{}], \"added-peer-is-learner\": false}}",
            id_of(&format!("{cluster}{token}")),
            id_of(&format!("{url}{token}")),
            go::quote(url.as_bytes())
        );
        io.print(log.line("membership/cluster.go:421", "added member", &about));
    }
    io.print(log.line("snapshot/v3_snapshot.go:293", "restored snapshot", &details));
    io.step(Step::Save { name: db, blob: store.save().into() });
    io.end(exit::SUCCESS);
}

/// How etcdutl logs: a line for each, in columns.
struct Log {
    time: String,
}

impl Log {
    fn line(&self, caller: &str, what: &str, about: &str) -> String {
        let tab = if about.is_empty() { "" } else { "\t" };
        format!("{}\tinfo\t{caller}\t{what}{tab}{about}\n", self.time)
    }
}

/// The folders of a data directory, as the log names them.
fn folders(given: &Given, file: &str, folder: &str, map: &str) -> String {
    let folder = folder.trim_end_matches('/');
    let wal = given.text("wal-dir", &format!("{folder}/member/wal"));
    let map = given.text("initial-memory-map-size", map);
    format!(
        "{{\"path\": \"{file}\", \"wal-dir\": \"{wal}\", \"data-dir\": \"{folder}\", \"snap-dir\": \
         \"{folder}/member/snap\", \"initial-memory-map-size\": {map}}}"
    )
}

/// An id as a hash of who it is of.
fn id_of(text: &str) -> u64 {
    let half = |seed: u32| u64::from(crc32c::crc32c_append(seed, text.as_bytes()));
    half(0) << 32 | half(u32::MAX)
}

/// The command that the words name, and what is left of them.
fn locate(words: &[String]) -> (&'static Command, Vec<String>) {
    let mut command = &COMMANDS[0];
    let mut rest = words.to_vec();
    while let Some(at) = rest.iter().position(|word| !word.starts_with('-')) {
        let path = format!("{} {}", command.path, rest[at]);
        let Some(found) = COMMANDS.iter().find(|it| it.path == path.trim_start()) else { break };
        command = found;
        rest.remove(at);
    }
    (command, rest)
}

fn refuse(io: &mut Io, command: &Command, error: &str) {
    io.print(format!("Error: {error}\n{}\nError: {error}\n", command.usage_of_utl()));
    io.end(exit::ERROR);
}

impl Command {
    fn all(&self) -> impl Iterator<Item = &'static Flag> {
        self.own().iter().chain(GLOBAL)
    }

    /// How it is used, as cobra writes it of itself.
    fn usage_of_utl(&self) -> String {
        let is_root = self.path.is_empty();
        let name = if is_root { "etcdutl".into() } else { format!("etcdutl {}", self.path) };
        let is_group = self.usage.is_empty();
        let usage = if is_group { " [command]" } else { self.usage.trim_end() };
        let mut out = format!("Usage:\n  {name}{usage}\n");
        if is_group {
            out += "\nAvailable Commands:\n";
            for other in COMMANDS.iter().filter(|other| !other.path.is_empty()) {
                let below = other.path.strip_prefix(self.path).map(str::trim_start);
                if let Some(word) = below.filter(|word| !word.is_empty() && !word.contains(' ')) {
                    out += &format!("  {word:11} {}\n", other.short);
                }
            }
        }
        let help = format!("help for {}", name.rsplit(' ').next().unwrap_or_default());
        let own: Vec<&Flag> = if is_root {
            GLOBAL.iter().chain([&HELP]).collect()
        } else {
            self.own().iter().chain([&HELP]).collect()
        };
        out += &format!("\nFlags:\n{}", lines(own, &help));
        if !is_root {
            out += &format!("\nGlobal Flags:\n{}", lines(GLOBAL.iter().collect(), ""));
        }
        if is_group {
            out += &format!(
                "\nUse \"{name} [command] --help\" for more information about a command.\n"
            );
        }
        out
    }
}

/// Flags, one a line.
fn lines(mut all: Vec<&Flag>, help: &str) -> String {
    all.sort_unstable_by_key(|flag| flag.name);
    let row = |flag: &&Flag| {
        let (kind, default) = match flag.kind {
            Kind::Bool if flag.default == "true" => ("", " (default true)".into()),
            Kind::Bool => ("", String::new()),
            Kind::Int | Kind::Duration if flag.default == "0" => (" uint", String::new()),
            Kind::Int | Kind::Duration => (" uint", format!(" (default {})", flag.default)),
            Kind::Text | Kind::Texts if flag.default.is_empty() => (" string", String::new()),
            Kind::Text | Kind::Texts => (" string", format!(" (default \"{}\")", flag.default)),
        };
        let usage = if flag.name == "help" { help } else { flag.usage };
        (format!("{}{kind}", flag.head()), format!("{usage}{default}"))
    };
    let rows: Vec<(String, String)> = all.iter().map(row).collect();
    let width = rows.iter().map(|(head, _)| head.len()).max().unwrap_or(0);
    rows.iter().map(|(head, usage)| format!("{head:width$}   {usage}\n")).collect()
}
