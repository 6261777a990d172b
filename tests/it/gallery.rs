//! What comes with the playground does what it says: every lesson, scenario, incident and puzzle is
//! carried out, in both languages.

use raft_gallery::{BASICS, Basic, CATALOGUE, Item, KINDS, basic, find, text};
use raft_sim::scenario::{Guess, Scenario, Statement, StatementKind, Tell, Text};
use raft_sim::{ScriptState, Session};
use raft_view::lesson::{goals, headings, is_lesson, lesson, start_of};
use raft_view::picture::{go_to_telling_moment, picture};
use raft_view::tab;
use std::collections::{BTreeMap, BTreeSet};

/// More events than any of them has.
const MOST_EVENTS: u64 = 2_000_000;

fn read(item: &Item) -> Scenario {
    tab::read(item.text).unwrap_or_else(|error| panic!("{}: {error}", item.name))
}

fn read_basic(basic: &Basic) -> Scenario {
    tab::read(basic.text).unwrap_or_else(|error| panic!("{}: {error}", basic.name))
}

#[test]
fn everything_in_the_gallery_comes_true() {
    let mut failed = Vec::new();
    for item in CATALOGUE {
        let mut session = Session::open(read(item));
        while !session.finish_script(MOST_EVENTS) {}
        let script = session.script().expect("it has one");
        for wrong in script.expectations().iter().filter(|expectation| !expectation.ok) {
            failed.push(format!(
                "{} line {}: {}: {}",
                item.name, wrong.line, wrong.text, wrong.found
            ));
        }
        if script.state() != ScriptState::Finished {
            failed.push(format!("{} ended early", item.name));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn each_has_a_kind_that_is_known_and_a_name_of_its_own() {
    let mut names = BTreeSet::new();
    for item in CATALOGUE {
        assert!(KINDS.contains(&item.kind), "{}: {}", item.name, item.kind);
        assert!(names.insert(item.name), "{} twice", item.name);
        assert!(find(item.name).is_some());
    }
}

#[test]
fn the_catalogue_says_what_the_texts_say() {
    for item in CATALOGUE {
        let about = read(item).about;
        for (said, text) in [
            (item.title("en"), &about.title),
            (item.about("en"), &about.about),
            (item.watch("en"), &about.watch),
        ] {
            assert_eq!(said, text.as_ref().map_or("", |text| &text.english), "{}", item.name);
        }
        assert_eq!(
            item.title("zh"),
            about.title.map_or("".into(), |t| t.in_language("zh").to_string())
        );
    }
}

#[test]
fn everything_is_told_in_chinese_too() {
    let mut missing = Vec::new();
    for item in CATALOGUE {
        let scenario = read(item);
        if item.title("zh") == item.title("en") {
            missing.push(format!("{}: its title", item.name));
        }
        if item.kind == "rules" {
            // What is said of a rule stands in the page's own catalogue.
            continue;
        }
        let lacks = |text: &Text| !text.others.iter().any(|(language, _)| language == "zh");
        let about = [&scenario.about.title, &scenario.about.about, &scenario.about.watch];
        if about.into_iter().flatten().any(lacks) || scenario.about.about.is_none() {
            missing.push(format!("{}: what it says of itself", item.name));
        }
        for Statement { line, says, .. } in &scenario.statements {
            if says.as_ref().is_some_and(lacks) {
                missing.push(format!("{} line {line}", item.name));
            }
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
}

/// What stands in “quotation marks”.
fn quoted(text: &str) -> Vec<&str> {
    let parts = text.split('“').skip(1);
    parts.filter_map(|part| part.split_once('”').map(|(name, _)| name)).collect()
}

#[test]
fn a_lesson_calls_the_pages_controls_as_the_page_does() {
    let file = playground_tests::root().join("web/lang/zh.txt");
    let text = std::fs::read_to_string(file).expect("web/lang/zh.txt");
    let lines: Vec<&str> = text.lines().collect();
    let pairs = lines.windows(2).filter_map(|pair| Some((pair[0], pair[1].strip_prefix('\t')?)));
    let known: BTreeMap<&str, &str> = pairs.collect();
    let mut wrong = Vec::new();
    for item in CATALOGUE.iter().filter(|item| item.is_lesson()) {
        for Statement { line, says, kind, .. } in &read(item).statements {
            let is_try = matches!(kind, StatementKind::Tell(Tell::Try));
            let Some(says) = says.as_ref().filter(|_| is_try) else { continue };
            let (english, chinese) = (quoted(&says.english), quoted(says.in_language("zh")));
            let expected: Vec<&str> = english
                .iter()
                .map(|name| known.get(name).copied().unwrap_or("no control"))
                .collect();
            let sorted = |mut names: Vec<&str>| {
                names.sort_unstable();
                names.join(", ")
            };
            let (expected, found) = (sorted(expected), sorted(chinese));
            if expected != found {
                wrong.push(format!("{} line {line}: {found}, expected {expected}", item.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_question_in_chinese_is_answered_with_yes_or_no() {
    for item in CATALOGUE.iter().filter(|item| item.is_lesson()) {
        for Statement { line, says, kind, .. } in &read(item).statements {
            let StatementKind::Tell(Tell::Predict(Guess::Whether(_))) = kind else { continue };
            let text = says.as_ref().map_or("", |says| says.in_language("zh"));
            let ends = ["是吗？", "是这样吗？"].iter().any(|end| text.ends_with(end));
            assert!(ends, "{} line {line}: {text}", item.name);
        }
    }
}

#[test]
fn every_step_of_every_lesson_is_found_again_as_it_was() {
    for item in CATALOGUE.iter().filter(|item| item.is_lesson()) {
        let scenario = read(item);
        assert!(is_lesson(&scenario), "{} has no steps", item.name);
        let headings = headings(&scenario, "en");
        let mut session = Session::open(scenario);
        session.pause_at_steps();
        let mut ends = Vec::new();
        // On to the end, a stop at a time, as one who reads it goes.
        loop {
            session.finish_script(MOST_EVENTS);
            let view = lesson(&session, "en").expect("it is a lesson");
            assert!(view.is_still, "{} step {}", item.name, view.step);
            if view.step > 0 && view.question.as_ref().is_none_or(|question| !question.waits) {
                assert_eq!(view.heading, headings[view.step - 1]);
                assert!(!view.said.is_empty(), "{}: “{}” says nothing", item.name, view.heading);
                ends.push((session.world().now(), session.world().digest(), view));
            }
            let Some(script) = session.script() else { break };
            if script.waits_at().is_none() {
                break;
            }
            session.go_on();
        }
        assert_eq!(ends.len(), headings.len(), "{}", item.name);
        // And back, in an order that nobody takes.
        for (at, digest, before) in ends.iter().step_by(2).chain(ends.iter().rev()) {
            session.seek(*at);
            let view = lesson(&session, "en").expect("it is a lesson");
            assert_eq!(session.world().digest(), *digest, "{} step {}", item.name, before.step);
            assert_eq!((view.step, &view.said), (before.step, &before.said), "{}", item.name);
            assert_eq!(start_of(&session, view.step), Some(view.span.0));
            assert!(view.is_still && !view.is_away);
        }
    }
}

#[test]
fn a_step_says_nothing_before_it_has_happened() {
    let item = CATALOGUE.iter().find(|item| item.is_lesson()).expect("there is a lesson");
    let mut session = Session::open(read(item));
    session.pause_at_steps();
    assert_eq!(lesson(&session, "en").expect("it is a lesson").step, 0);
    session.go_on();
    session.step();
    let view = lesson(&session, "en").expect("it is a lesson");
    assert!(view.step <= 1 && !view.is_over);
}

#[test]
fn no_puzzle_is_solved_before_somebody_solves_it() {
    let puzzles: Vec<&Item> = raft_gallery::of_kind("puzzles").collect();
    assert!(puzzles.len() >= 10, "{} puzzles", puzzles.len());
    for item in puzzles {
        let scenario = read(item);
        let has = |kind: &dyn Fn(&Tell) -> bool| {
            scenario.statements.iter().any(|s| matches!(&s.kind, StatementKind::Tell(t) if kind(t)))
        };
        assert!(has(&|tell| matches!(tell, Tell::Goal(_))), "{} has no goal", item.name);
        assert!(has(&|tell| matches!(tell, Tell::Solution)), "{} has no solution", item.name);
        let solves = |s: &&Statement| matches!(s.kind, StatementKind::Tell(Tell::Solution));
        let solution = scenario.statements.iter().skip_while(|s| !solves(s));
        for statement in solution.filter(|s| matches!(s.kind, StatementKind::Do(_))) {
            let held = scenario.about.allows(&statement.text);
            assert!(held.is_ok(), "{} does not allow: {}", item.name, statement.text);
        }
        let mut session = Session::open(scenario);
        session.pause_at_steps();
        while session.world().now() < 5_000_000 {
            let now = session.world().now();
            session.advance(now + 10_000, MOST_EVENTS);
            let solved = goals(&session, "en").iter().all(|goal| goal.is_reached);
            assert!(!solved, "{} is solved by waiting, at {now} us", item.name);
        }
    }
}

#[test]
fn the_pages_own_scenarios_come_true() {
    for basic in BASICS {
        let mut session = Session::open(read_basic(basic));
        while !session.finish_script(MOST_EVENTS) {}
        let script = session.script().expect("it has one");
        let wrong = script.expectations().iter().find(|expectation| !expectation.ok);
        assert_eq!(wrong, None, "{}", basic.name);
    }
}

#[test]
fn the_pages_own_scenarios_are_all_listed_with_what_they_say() {
    let folder = playground_tests::root().join("web/scenarios");
    let files = std::fs::read_dir(folder).expect("web/scenarios").flatten();
    let names = files.filter_map(|file| Some(file.path().file_stem()?.to_str()?.to_string()));
    let listed: BTreeSet<String> = BASICS.iter().map(|basic| basic.name.to_string()).collect();
    assert_eq!(names.collect::<BTreeSet<_>>(), listed);
    for basic in BASICS {
        assert_eq!(read_basic(basic).title.as_deref(), Some(basic.title()));
    }
}

/// A name means the page's own scenario first; its kind before it means that of its kind.
#[test]
fn a_name_that_two_have_means_the_pages_own_unless_its_kind_is_named() {
    let basic = basic("split-vote").expect("it is the page's");
    let lesson = find("split-vote").expect("it is in the tour");
    assert_eq!(text("split-vote", false), Some(basic.text));
    assert_eq!(text("basics/split-vote", false), Some(basic.text));
    assert_eq!(text("split-vote", true), Some(lesson.text));
    assert_eq!(text("tour/split-vote", false), Some(lesson.text));
    assert_eq!(text("figure-7", false), find("figure-7").map(|item| item.text));
    assert_eq!(text("tour/figure-7", false), None);
}

#[test]
fn there_is_enough_to_look_at() {
    let scenarios = |kind: &&Item| ["scenarios", "incidents", "rules"].contains(&kind.kind);
    assert!(CATALOGUE.iter().filter(scenarios).count() >= 30);
}

#[test]
fn the_still_of_a_scenario_has_a_picture() {
    let boot = std::fs::read_to_string(playground_tests::root().join("web/static/boot.js"));
    let boot = boot.expect("the script that chooses the still");
    let named = boot.split_once("SCENARIOS = \"").and_then(|(_, rest)| rest.split_once('"'));
    let (named, _) = named.expect("it lists the scenarios");
    let mut names: Vec<&str> = BASICS.iter().map(|basic| basic.name).collect();
    names.sort_unstable();
    assert_eq!(named.split(' ').collect::<Vec<_>>(), names);
    for item in CATALOGUE.iter().filter(|item| basic(item.name).is_some()) {
        let other = format!("\"{}\": \"{}/{}\"", item.name, item.kind, item.name);
        assert!(boot.contains(&other), "boot.js does not say {other}");
    }
}

/// Each picture shows what the engine came to. `UPDATE_PICTURES=1` draws them anew.
#[test]
fn pictures_are_what_the_engine_draws() {
    let folder = playground_tests::root().join("web");
    let update = std::env::var_os("UPDATE_PICTURES").is_some();
    let mut wrong = Vec::new();
    let mut names = BTreeSet::new();
    let of_gallery = CATALOGUE.iter().map(|item| (item.picture(), read(item)));
    let of_page = BASICS.iter().map(|basic| (basic.picture(), read_basic(basic)));
    for (name, scenario) in of_gallery.chain(of_page) {
        let mut session = Session::open(scenario);
        go_to_telling_moment(&mut session);
        let picture = picture(session.world());
        let path = folder.join(&name);
        names.insert(name.clone());
        if update {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders for it");
            std::fs::write(&path, &picture).expect("a writable folder");
        } else if std::fs::read_to_string(&path).ok().as_ref() != Some(&picture) {
            wrong.push(name);
        }
    }
    let there = ["pictures", "pictures/tour", "pictures/puzzles"].map(|inside| {
        let files = std::fs::read_dir(folder.join(inside)).expect("pictures").flatten();
        let files = files.filter(|file| file.path().is_file());
        files.map(|file| format!("{inside}/{}", file.file_name().to_string_lossy())).collect()
    });
    let there: Vec<Vec<String>> = there.into();
    let stale: Vec<String> = there.concat().into_iter().filter(|it| !names.contains(it)).collect();
    assert!(wrong.is_empty() && stale.is_empty(), "not as drawn: {wrong:?}; not needed: {stale:?}");
}
