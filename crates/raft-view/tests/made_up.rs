//! In a made-up language, which is longer than English and written in other letters, nothing stays
//! English: whatever is said in a set of runs comes from a catalogue.
#![allow(missing_docs)]

use raft_core::{NodeId, Rule, Timer};
use raft_sim::scenario::Scenario;
use raft_sim::{Command, ScriptState, Session, What, World};
use raft_view::lang::{self, Language};
use raft_view::menu::{Selection, actions};
use raft_view::stage::{Belongs, Ring};
use raft_view::{clients, inspect, logs, offence, plots, rules, storage, way, why, words};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// How much longer a sentence gets, in percent.
const LONGER: usize = 40;

/// What every language shares: names of messages and files, units, and code.
const SHARED: [&str; 12] = [
    "RequestVote",
    "AppendEntries",
    "InstallSnapshot",
    "TimeoutNow",
    "ReadIndex",
    // What an entry holds, as the log table has it.
    "noop",
    "get",
    "txn",
    "leave",
    // Names of files.
    "store",
    "wal",
    "snap",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A letter as the made-up language writes it.
fn letter(letter: char) -> char {
    const OTHERS: &str = "åƀçðéƒĝĥîĵķļɱñöþǫŕšŧûṽŵẋýž";
    match letter {
        'a'..='z' => OTHERS.chars().nth(letter as usize - 'a' as usize).expect("26 of them"),
        'A'..='Z' => letter_upper(letter),
        other => other,
    }
}

fn letter_upper(letter: char) -> char {
    let lower = self::letter(letter.to_ascii_lowercase());
    lower.to_uppercase().next().unwrap_or(lower)
}

/// A sentence in the made-up language: each word in other letters and longer by its last one.
/// Placeholders and code stay.
fn made_up(english: &str) -> String {
    let (mut out, mut word) = (String::new(), String::new());
    let mut inside = None;
    for c in english.chars().chain(['\n']) {
        if inside.is_none() && c.is_ascii_alphabetic() {
            word.push(letter(c));
            continue;
        }
        let longer = (word.chars().count() * LONGER).div_ceil(100);
        let last = word.chars().last().and_then(|last| last.to_lowercase().next());
        word.extend(std::iter::repeat_n(last, longer).flatten());
        out.push_str(&std::mem::take(&mut word));
        inside = match (inside, c) {
            (None, '{') => Some('}'),
            (None, '`') => Some('`'),
            (Some(end), c) if c == end => None,
            (inside, _) => inside,
        };
        out.push(c);
    }
    out.pop();
    out
}

/// Every sentence of the catalogues in the made-up language, as a catalogue.
fn catalogue() -> String {
    let chinese = read(&root().join("web/lang/zh.txt"));
    let mut out = String::new();
    for (key, _) in lang::read(&chinese).expect("pairs of lines") {
        // `Keys [of the keyboard]` is `Keys`.
        let english = key.split_once(" [").map_or(key, |(english, _)| english);
        let told = english.split("\\n").map(made_up).collect::<Vec<_>>().join("\\n");
        out.push_str(&format!("{key}\n\t{told}\n"));
    }
    out
}

/// Sentences, and the English words that stand in them.
#[derive(Default)]
struct Said {
    sentences: usize,
    english: BTreeMap<String, String>,
    /// Words of the run itself: keys, values, names of files.
    own: BTreeSet<String>,
}

impl Said {
    fn take(&mut self, text: &str) {
        self.sentences += 1;
        // What stands between backticks is code, and between quotation marks somebody's own.
        let text = text.split('`').step_by(2).collect::<Vec<_>>().join(" ");
        let text = text.replace(['“', '”'], "`");
        for part in text.split('`').step_by(2) {
            for word in part.split(|c: char| !c.is_alphanumeric()) {
                let is_english = word.len() > 2 && word.chars().all(|c| c.is_ascii_alphabetic());
                if is_english && !SHARED.contains(&word) && !self.own.contains(word) {
                    self.english.insert(word.to_string(), part.to_string());
                }
            }
        }
    }

    fn sections(&mut self, sections: &[inspect::Section]) {
        for section in sections {
            self.take(&section.title);
            for (name, value) in &section.rows {
                self.take(name);
                self.take(value);
            }
            if let Some(why) = &section.why {
                self.take(&why.question);
                self.take(&why.answer);
            }
        }
    }

    /// Everything that can be seen at this moment.
    fn moment(&mut self, session: &Session) {
        let world = session.world();
        self.take(&words::quiet(world).text);
        for selection in selections(world) {
            self.sections(&inspect::inspect(world, selection));
            for action in actions(world, selection) {
                self.take(&action.label);
            }
            let Some(view) = why::why(session, selection, None) else { continue };
            for (question, told) in view.questions {
                self.take(&told);
                let Some(answer) = why::why_not(session, &question) else { continue };
                self.take(&answer.answer);
                self.take(&answer.next);
            }
        }
        for step in way::way(world).iter().flat_map(|way| &way.steps) {
            self.take(step.name);
            self.take(&step.text);
        }
        for server in world.servers() {
            self.storage(world, server.id());
            self.take(words::role(server));
            self.take(Belongs::of(world, server.id()).words().unwrap_or_default());
            self.take(logs::standing(world, server, 1).words());
        }
        for crowd in clients::crowds(world, &Ring::new(world.servers().len())) {
            self.take(&crowd.words());
        }
        for request in world.requests() {
            self.take(&words::outcome(&request.outcome, request.kind.reads()));
            self.take(&request.stale.map(clients::stale).unwrap_or_default());
        }
        if let Some(plots) = plots::plots(session) {
            self.take(&plots.figures);
        }
        for violation in world.violations() {
            self.take(&words::broken(violation));
        }
    }

    fn storage(&mut self, world: &World, id: NodeId) {
        let Some(view) = storage::storage(world, id) else { return };
        self.sections(&[view.disk, view.log]);
        self.sections(&view.sections);
        for action in view.actions.iter().chain(&view.files) {
            self.take(&action.label);
        }
        for record in &view.records {
            self.take(&storage::words::record(record.state));
        }
    }

    /// A run from its beginning to its end: each event, and now and then everything.
    fn run(&mut self, scenario: Scenario) {
        const MOST_EVENTS: u64 = 6_000;
        let mut session = Session::open(scenario);
        let mut last = session.happened();
        for event in 0..MOST_EVENTS {
            session.step();
            let new = usize::try_from(session.happened() - last).expect("few");
            last = session.happened();
            for event in session.recent().iter().rev().take(new) {
                // What the run itself says, and settings as they are written.
                let is_own = matches!(
                    event.what,
                    What::Did(Command::Say(_) | Command::Set(_) | Command::Member(_))
                );
                if !is_own {
                    self.take(&words::event(event).text);
                }
            }
            if event % 251 == 0 {
                self.moment(&session);
            }
            if session.script().is_none_or(|script| script.state() != ScriptState::Running) {
                break;
            }
        }
        self.moment(&session);
        if let Some(seen) = session.world().offence() {
            let view = offence::offence(&seen);
            self.take(&view.title);
            self.take(&view.why);
            for bar in view.bars {
                self.take(&bar.text);
                self.take(&bar.place);
            }
        }
    }
}

fn selections(world: &World) -> Vec<Selection> {
    let mut all = vec![Selection::Nothing, Selection::Message(0)];
    for server in world.servers() {
        let (id, log) = (server.id(), server.node().log());
        all.push(Selection::Server(id));
        all.push(Selection::Entry(id, log.last_index()));
        all.push(Selection::Link(NodeId(1), id));
    }
    let flights = world.network().in_flight();
    all.extend(flights.iter().take(3).map(|flight| Selection::Message(flight.id())));
    all
}

fn scenarios() -> Vec<PathBuf> {
    let mut all = Vec::new();
    for folder in ["tests/scenarios", "tests/scenarios/rules"] {
        let entries = std::fs::read_dir(root().join(folder)).expect("a folder of scenarios");
        let paths = entries.map(|entry| entry.expect("a readable folder").path());
        all.extend(paths.filter(|path| path.extension().is_some_and(|end| end == "raft")));
    }
    all.sort();
    all
}

#[test]
fn nothing_stays_english() {
    let made_up = Language::all().find(|it| *it != Language::ENGLISH).expect("another language");
    lang::install(made_up, &catalogue()).expect("it is right");
    lang::set(made_up);
    let mut said = Said::default();
    for rule in Rule::ALL {
        let view = rules::explain(rule);
        said.take(view.sentence);
        said.take(words::property(view.property));
    }
    for timer in [Timer::Election, Timer::Heartbeat, Timer::Quorum, Timer::Lease] {
        said.take(&words::timer_left(timer, 1_000));
    }
    for path in scenarios() {
        let text = read(&path);
        let mut scenario = raft_sim::scenario::parse(&text).expect("a right text");
        scenario.title = None;
        said.own = text.split(|c: char| !c.is_alphanumeric()).map(str::to_string).collect();
        said.run(scenario);
    }
    let english: Vec<String> =
        said.english.iter().map(|(word, text)| format!("{word}: {text}")).collect();
    assert!(english.is_empty(), "{}", english.join("\n"));
    assert!(said.sentences > 100_000, "only {} sentences", said.sentences);
}

#[test]
fn the_made_up_language_is_longer_and_keeps_what_is_no_word() {
    assert_eq!(made_up("Crash {} at `n1`"), "Çŕåšĥĥĥ {} åŧŧ `n1`");
    for (key, told) in lang::read(&catalogue()).expect("pairs of lines") {
        let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
        let is_plain = !key.contains(['{', '`', '[', '\\']);
        assert!(!is_plain || letters(told) * 100 >= letters(key) * (100 + LONGER), "{key}");
    }
}
