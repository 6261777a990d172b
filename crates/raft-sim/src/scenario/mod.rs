//! The scenario text: one readable line-based format for test cases, lessons, saved runs, links and
//! bug reports. Parsing never panics.

pub(crate) mod claims;
mod lesson;
mod measure;
pub(crate) mod settings;
pub(crate) mod words;

use crate::claim::{Claim, Set, Value, Variables};
use crate::command::{self, Command};
use crate::settings::{Preset, Setting, Settings, Span};
use crate::{MAX_COMMANDS, MAX_SERVERS, MAX_TEXT, MAX_TIME};
#[cfg(test)]
pub(crate) use claims::words as claim_words;
pub(crate) use lesson::VERBS as LESSON_VERBS;
pub use lesson::{About, Guess, Look, Tell, Text};
pub use measure::{MAX_RUNS, Measure, Measured, Sweep, Vary};
use raft_core::Micros;
use words::{Parse, Word, Words};
pub use words::{ScenarioError, unknown_word};

/// A text that was read.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its title, if it has one.
    pub title: Option<String>,
    /// What a lesson says of itself; its title, too.
    pub about: About,
    /// The settings it starts with.
    pub settings: Settings,
    /// What it says of many runs of itself.
    pub sweep: Sweep,
    /// What is done and claimed, in order.
    pub statements: Vec<Statement>,
    /// The text itself.
    pub text: String,
    /// The version of the engine that recorded it, where it is a recorded run
    /// ([`crate::Session::text`]): what it did can be done again, and where it cannot, it says so.
    pub engine: Option<u32>,
}

/// One line that does or claims something.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its line, from 1.
    pub line: u32,
    /// Its text, without comment.
    pub text: String,
    /// When it is to happen, where the line says so: the time, and after how many of the events due
    /// at that time.
    pub at: Option<(Micros, Option<u32>)>,
    /// What it is.
    pub kind: StatementKind,
    /// What it says to whoever watches, where it says something.
    pub says: Option<Text>,
}

/// What a line does or claims.
#[derive(Clone, Debug)]
pub enum StatementKind {
    /// `run 200ms`
    Run(Pass),
    /// `run until …`
    Until {
        /// What is waited for.
        claim: Claim,
        /// For how long at most.
        within: Micros,
    },
    /// Something done to the run.
    Do(Command<Set>),
    /// `let old = leader`
    Let {
        /// The name.
        name: String,
        /// What is remembered.
        what: Remember,
    },
    /// `expect …`
    Expect(Claim),
    /// What only lessons and puzzles have.
    Tell(Tell),
    /// `measure …`
    Measure(Box<Measure>),
}

/// How long `run` lets time pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    /// `run 200ms`
    For(Micros),
    /// `run 10ms..20ms`: so long as chance has it, evenly.
    Between(Span),
    /// `run within heartbeat`: evenly from nothing up to the interval of heartbeats.
    WithinHeartbeat,
}

/// What `let` looks up.
#[derive(Clone, Debug)]
pub enum Remember {
    /// A server.
    Server(Set),
    /// A number of a server.
    Quantity(crate::claim::Quantity, Set),
    /// A number.
    Number(u64),
}

/// What is known while a text is read.
#[derive(Clone, Default)]
pub(crate) struct Context {
    /// How many servers there are, as far as the text says.
    pub(crate) servers: u64,
    /// The highest server that may be there by now; at least `servers`.
    pub(crate) highest: u64,
    /// The variables set so far and what kind each is.
    pub(crate) variables: Variables,
    pub(crate) timeline: Micros,
}

impl Context {
    fn has_at_least(&mut self, servers: u64) {
        self.servers = self.servers.max(servers);
        self.highest = self.highest.max(servers);
    }

    /// A line may add servers. Which ones a line of etcdctl adds is known only when it is carried
    /// out: from there on the run decides whether a server exists.
    fn learn_from(&mut self, command: &Command<Set>) {
        if let Some(added) = command::added_server(command) {
            self.has_at_least(added);
        }
        if matches!(command, Command::Etcdctl(_)) {
            self.highest = MAX_SERVERS;
        }
    }
}

/// Reads a scenario text. The error names the first line that is wrong.
pub fn parse(text: &str) -> Result<Scenario, ScenarioError> {
    if text.len() > MAX_TEXT {
        return Err(whole_text_error(
            &format!("{} bytes", text.len()),
            &format!("a text of at most {MAX_TEXT} bytes"),
        ));
    }
    let mut scenario = Scenario {
        title: None,
        about: About::default(),
        settings: Settings::default(),
        sweep: Sweep::default(),
        statements: Vec::new(),
        text: text.to_string(),
        engine: crate::run::engine_of(text),
    };
    let mut context = Context::default();
    let mut headers = Headers::default();
    for (line, source) in (1u32..).zip(text.lines()) {
        let words = words::split(line, source)?;
        if words.is_empty() {
            continue;
        }
        let mut reader = Words::new(line, &words);
        if let Some(translation) = lesson::parse_translation(&mut reader)? {
            translate(&mut scenario, line, translation)?;
            continue;
        }
        if scenario.statements.is_empty()
            && (lesson::parse_about(&mut reader, &mut scenario.about)?
                || measure::parse_sweep(&mut reader, &mut scenario.sweep)?)
        {
            continue;
        }
        if scenario.statements.is_empty()
            && let Some(setting) = settings::parse_header(&mut reader)?
        {
            reader.end()?;
            take_header(&mut scenario, &mut headers, line, setting)?;
            continue;
        }
        context.has_at_least(u64::from(scenario.settings.nodes));
        let statement = parse_statement(
            &mut reader,
            &mut context,
            source,
            &words,
            !scenario.statements.is_empty(),
        )?;
        if let StatementKind::Do(command) = &statement.kind {
            context.learn_from(command);
        }
        scenario.statements.push(statement);
        if scenario.statements.len() > MAX_COMMANDS {
            return Err(ScenarioError {
                line,
                found: "one more".into(),
                expected: format!("at most {MAX_COMMANDS} actions and claims"),
                suggestion: None,
            });
        }
    }
    if let Some(preset) = headers.preset {
        let mut settings = preset.settings(scenario.settings.etcd);
        settings.retain(|setting| !headers.seen.iter().any(|name| name == setting.name()));
        settings.iter().for_each(|setting| scenario.settings.apply(setting));
    }
    Ok(scenario)
}

/// Reads one action, as a person types it while a run goes on.
pub fn parse_action(text: &str, servers: u64) -> Result<Command<Set>, ScenarioError> {
    let words = words::split(1, text)?;
    let mut reader = Words::new(1, &words);
    let context = Context { servers, highest: servers, ..Context::default() };
    let command = command::parse(&mut reader, &context)?;
    reader.end()?;
    Ok(command)
}

/// The settings so far.
#[derive(Default)]
struct Headers {
    /// By name: each comes once.
    seen: Vec<String>,
    /// What sets those that the text does not set itself.
    preset: Option<Preset>,
}

fn take_header(
    scenario: &mut Scenario,
    headers: &mut Headers,
    line: u32,
    header: settings::Header,
) -> Parse<()> {
    let name = match &header {
        settings::Header::Title(_) => "title".to_string(),
        settings::Header::Preset(_) => "preset".to_string(),
        settings::Header::Setting(Setting::RuleOff(rule) | Setting::RuleOn(rule)) => {
            format!("rule {rule}")
        }
        settings::Header::Setting(setting) => setting.name().to_string(),
    };
    if headers.seen.contains(&name) {
        return Err(ScenarioError {
            line,
            found: format!("a second `{name}`"),
            expected: "each setting at most once".into(),
            suggestion: None,
        });
    }
    headers.seen.push(name);
    match header {
        settings::Header::Title(title) => {
            scenario.about.title = Some(Text::new(&title));
            scenario.title = Some(title);
        }
        settings::Header::Setting(setting) => scenario.settings.apply(&setting),
        settings::Header::Preset(preset) => headers.preset = Some(preset),
    }
    Ok(())
}

/// What was said last, in another language.
fn translate(scenario: &mut Scenario, line: u32, (language, text): (String, String)) -> Parse<()> {
    let about = &mut scenario.about;
    let said = match scenario.statements.last_mut() {
        Some(statement) => statement.says.as_mut(),
        None => [&mut about.watch, &mut about.about, &mut about.title]
            .into_iter()
            .flatten()
            .find(|text| text.others.is_empty()),
    };
    match said {
        Some(said) if !said.others.iter().any(|(known, _)| *known == language) => {
            said.others.push((language, text));
            Ok(())
        }
        Some(_) | None => Err(ScenarioError {
            line,
            found: format!("`{language}`"),
            expected: "a line that says something before it, not yet in that language".into(),
            suggestion: None,
        }),
    }
}

fn parse_statement(
    reader: &mut Words<'_>,
    context: &mut Context,
    source: &str,
    words: &[Word],
    in_actions: bool,
) -> Parse<Statement> {
    let line = reader.line;
    let at = parse_at(reader)?;
    if let Some((time, _)) = at {
        context.timeline = context.timeline.max(time);
    }
    let mut says = None;
    let kind = if let Some((tell, text)) = lesson::parse(reader, context)? {
        says = text;
        StatementKind::Tell(tell)
    } else if reader.take("run") {
        parse_run(reader, context)?
    } else if reader.take("let") {
        parse_let(reader, context)?
    } else if reader.take("measure") {
        StatementKind::Measure(Box::new(measure::parse(reader, context)?))
    } else if reader.take("expect") {
        StatementKind::Expect(claims::parse(reader, context)?)
    } else {
        let is_header = settings::is_setting_name(reader)
            || lesson::is_about(reader)
            || measure::is_sweep(reader);
        if in_actions && is_header {
            let found = reader.peek().map_or(String::new(), |word| word.text.clone());
            let expected = format!("settings before the first action, or `set {found} …`");
            return Err(reader.error(&found, &expected));
        }
        StatementKind::Do(command::parse(reader, context)?)
    };
    if let StatementKind::Do(Command::Say(text)) = &kind {
        says = Some(Text::new(text));
    }
    reader.end()?;
    if context.timeline > MAX_TIME {
        return Err(too_long(line, context.timeline));
    }
    let text = source_without_comment(source, words);
    Ok(Statement { line, text, at, kind, says })
}

/// `@1500ms` or `@1500ms+3`.
fn parse_at(reader: &mut Words<'_>) -> Parse<Option<(Micros, Option<u32>)>> {
    const EXPECTED: &str = "a time such as `@1500ms` or `@1500ms+3`";
    let Some(word) = reader.peek().filter(|word| !word.quoted && word.text.starts_with('@')) else {
        return Ok(None);
    };
    let text = &word.text[1..];
    let (time, after) = match text.split_once('+') {
        Some((time, after)) => (time, Some(after)),
        None => (text, None),
    };
    let time = crate::time::parse_span(time).ok_or_else(|| reader.unexpected(EXPECTED, &[]))?;
    let after = match after {
        Some(after) => Some(after.parse().map_err(|_| reader.unexpected(EXPECTED, &[]))?),
        None => None,
    };
    reader.next(EXPECTED)?;
    Ok(Some((time, after)))
}

fn parse_run(reader: &mut Words<'_>, context: &mut Context) -> Parse<StatementKind> {
    const DEFAULT_WITHIN: Micros = 10_000_000;
    if reader.take("until") {
        let claim = claims::parse_wait(reader, context)?;
        let within = if reader.take("within") { settings::span(reader)? } else { DEFAULT_WITHIN };
        if within > MAX_TIME {
            return Err(too_long(reader.line, within));
        }
        return Ok(StatementKind::Until { claim, within });
    }
    if reader.take("within") {
        reader.expect("heartbeat")?;
        return Ok(StatementKind::Run(Pass::WithinHeartbeat));
    }
    if reader.peek().is_some_and(|word| !word.quoted && word.text.contains("..")) {
        let span = settings::range(reader)?;
        context.timeline = context.timeline.saturating_add(span.max);
        return Ok(StatementKind::Run(Pass::Between(span)));
    }
    let time = settings::span_or(reader, "a time such as `200ms`, or `until`", &["until"])?;
    context.timeline = context.timeline.saturating_add(time);
    Ok(StatementKind::Run(Pass::For(time)))
}

fn parse_let(reader: &mut Words<'_>, context: &mut Context) -> Parse<StatementKind> {
    const NAME: &str = "a name of letters, digits, `-` and `_`";
    let name = reader.next(NAME)?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.quoted || !name.text.chars().all(fits) {
        reader.back();
        return Err(reader.unexpected(NAME, &[]));
    }
    reader.expect("=")?;
    let what = claims::parse_remember(reader, context)?;
    let kind = match what {
        Remember::Server(_) => Value::Server(raft_core::NodeId(0)),
        Remember::Quantity(..) | Remember::Number(_) => Value::Number(0),
    };
    context.variables.insert(name.text.clone(), kind);
    Ok(StatementKind::Let { name: name.text.clone(), what })
}

fn source_without_comment(source: &str, words: &[Word]) -> String {
    // A `#` inside quotes does not start a comment: only there may a word hold one.
    match source.find('#') {
        Some(hash) if !words.iter().any(|word| word.text.contains('#')) => {
            source.get(..hash).unwrap_or(source).trim().to_string()
        }
        Some(_) | None => source.trim().to_string(),
    }
}

fn too_long(line: u32, time: Micros) -> ScenarioError {
    ScenarioError {
        line,
        found: crate::time::Exact(time).to_string(),
        expected: "at most 24h of simulated time".into(),
        suggestion: None,
    }
}

fn whole_text_error(found: &str, expected: &str) -> ScenarioError {
    ScenarioError { line: 1, found: found.into(), expected: expected.into(), suggestion: None }
}
