//! The same text many times with other settings, from the command line.

mod program;
mod said;

use said::{err, out};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::Output;

const ELECTION: &str = "nodes 3\nseed 3\nvary election-timeout/heartbeat 30ms..60ms/15ms \
                        150ms..300ms/50ms\nruns 40\nrun until leader\nmeasure time until leader \
                        within 5s\ncrash leader\n";

fn tell(text: &str, arguments: &[&str]) -> Output {
    program::run(&[&["sweep", "-", "--quiet"], arguments].concat(), text.as_bytes())
}

fn whole(text: &str, arguments: &[&str]) -> String {
    let output = tell(text, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    out(&output)
}

fn json(text: &str, arguments: &[&str]) -> Value {
    serde_json::from_str(&whole(text, &[arguments, &["--json"]].concat())).expect("JSON")
}

/// Of a case, what was measured first: a figure in milliseconds, by name.
fn figure(report: &Value, case: &str, name: &str) -> f64 {
    let cases = report["cases"].as_array().expect("cases");
    let it = cases.iter().find(|it| it["values"][0] == case).expect("the case");
    it["measured"][0][name].as_f64().unwrap_or(f64::INFINITY)
}

#[test]
fn cases_are_measured_and_the_same_each_time() {
    let report = json(ELECTION, &[]);
    assert_eq!(report, json(ELECTION, &[]));
    assert_eq!(report["measures"][0]["name"], "time until leader within 5s");
    let (short, long) =
        (figure(&report, "30ms..60ms", "median"), figure(&report, "150ms..300ms", "median"));
    assert!((15.0..200.0).contains(&short) && (100.0..600.0).contains(&long), "{short} {long}");
    let readings = report["cases"][1]["measured"][0]["readings"].as_array().expect("readings");
    assert_eq!(readings.len(), 40);
}

#[test]
fn a_reading_is_what_one_run_of_the_text_shows() {
    let report = json(ELECTION, &["--vary", "loss=20%", "--runs", "1"]);
    let after = figure(&report, "20%", "median") * 1_000.0;
    // The same by hand: the first run has the text's own seed.
    let end = |more: &str| {
        let text = format!("nodes 3\nseed 3\nloss 20%\nrun until leader\n{more}");
        let output = program::run(&["run", "-", "--json"], text.as_bytes());
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        report["time_us"].as_f64().expect("a time")
    };
    let took = end("crash leader\nrun until leader\n") - end("");
    assert!((took - after).abs() < 0.5, "{took} {after}");
}

#[test]
fn it_is_the_same_on_any_number_of_cores() {
    let with = |threads: &str| {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_raft-playground"));
        let input = std::env::temp_dir().join(format!("sweep-cores-{}.raft", std::process::id()));
        fs::write(&input, ELECTION).expect("a file");
        program.env("RAYON_NUM_THREADS", threads).arg("sweep").arg(&input).arg("--json");
        program.output().expect("it runs").stdout
    };
    assert_eq!(with("1"), with("3"));
}

fn journal(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("sweep-{name}-{}.jsonl", std::process::id()));
    let _ = fs::remove_file(&path);
    path
}

#[test]
fn an_interrupted_sweep_goes_on_without_loss() {
    let path = journal("goes-on");
    let kept = ["--journal", path.to_str().expect("UTF-8")];
    let all = whole(ELECTION, &kept);
    let written = fs::read_to_string(&path).expect("a journal");
    let lines: Vec<&str> = written.lines().collect();
    assert!(lines.len() > 4, "a line for each piece: {}", lines.len());
    // It ended amid the third line.
    let half = lines[..2].join("\n") + "\n" + &lines[2][..lines[2].len() / 2];
    fs::write(&path, half).expect("a file");
    assert_eq!(whole(ELECTION, &kept), all);
    assert_eq!(fs::read_to_string(&path).expect("a journal").lines().count(), lines.len());
    // What is done is not done again.
    assert_eq!(whole(ELECTION, &kept), all);
    fs::remove_file(&path).expect("it was there");
}

#[test]
fn a_text_that_has_changed_meanwhile_is_refused_and_nothing_is_lost() {
    let path = journal("changed");
    let kept = ["--journal", path.to_str().expect("UTF-8")];
    whole(ELECTION, &kept);
    let before = fs::read(&path).expect("a journal");
    for (text, more, what) in [
        (ELECTION.replace("seed 3", "seed 4"), vec![], "expected the text"),
        (ELECTION.to_string(), vec!["--runs", "7"], "expected the options"),
    ] {
        let refused = tell(&text, &[&kept[..], &more].concat());
        assert_eq!(refused.status.code(), Some(2));
        assert!(err(&refused).contains(what), "{}", err(&refused));
    }
    assert_eq!(fs::read(&path).expect("a journal"), before);
    fs::write(&path, "nodes 3\n").expect("a file");
    let refused = tell(ELECTION, &kept);
    assert!(err(&refused).contains("expected a sweep's journal"), "{}", err(&refused));
    assert_eq!(fs::read_to_string(&path).expect("the file"), "nodes 3\n");
    fs::remove_file(&path).expect("it was there");
}

#[test]
fn what_cannot_be_measured_is_said() {
    let many = (1..=1_000).map(|ms| format!("{ms}ms")).collect::<Vec<_>>().join(",");
    let (beats, quota) = (format!("heartbeat={many}"), format!("client-timeout={many}"));
    for (text, arguments, expected) in [
        (ELECTION, vec!["--vary", &beats, "--vary", &quota], "at most 10000 cases"),
        (ELECTION, vec!["--runs", "1000000", "--vary", &beats], "at most 10000000 runs"),
        (ELECTION, vec!["--vary", "hartbeat=1ms"], "did you mean `heartbeat`?"),
        (ELECTION, vec!["--vary", "heartbeat=fast"], "found `fast`"),
        (ELECTION, vec!["--vary", "heartbeat/latency=1ms"], "2 values joined by `/`"),
        (ELECTION, vec!["--vary", "heartbeat"], "such as `heartbeat=50ms,100ms`"),
        (ELECTION, vec!["--measure", "time until leadr"], "found `leadr`"),
        (ELECTION, vec!["--measure", "time until leader within 1h"], "expected a time from"),
        ("nodes 3\n", vec![], "expected a line that says what is measured"),
        ("nodes 3\nmeasure speed\n", vec![], "line 2: expected what is measured"),
    ] {
        let output = tell(text, &arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(err(&output).contains(expected), "{arguments:?}: {}", err(&output));
    }
    let failing = "nodes 3\nvary loss 0% 100%\nruns 5\n\
                   run until leader within 2s\nmeasure messages\n\
                   run 1s\n";
    let told = whole(failing, &[]);
    assert!(
        told.contains("5 runs of 100% could not be measured, such as: run until leader within 2s"),
        "{told}"
    );
}

#[test]
fn it_is_printed_for_other_programs_too() {
    let csv = whole(ELECTION, &["--csv"]);
    let lines: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line.len() == lines[0].len()), "{csv}");
    let svg = whole(ELECTION, &["--svg"]);
    assert_eq!(svg.matches("<polyline").count(), 2, "{svg}");
    let two = ["--vary", "loss=0%,1%,5%", "--vary", "heartbeat=20ms,60ms", "--svg"];
    assert_eq!(whole(ELECTION, &two).matches("<rect").count(), 6);
}

/// Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm" (extended version),
/// 9.3: without randomness elections took consistently longer than 10 s; with 5 ms the median was
/// 287 ms, with 50 ms the worst of 1,000 was 513 ms; with 12–24 ms the mean was 35 ms.
#[test]
fn figure_16_of_the_paper_is_re_made() {
    let within = |value: f64, low: f64, high: f64| {
        assert!((low..=high).contains(&value), "{value} is not from {low} to {high}");
    };
    let sweep = |name: &str| -> Value {
        let file = format!("{}/measurements/{name}.raft", env!("CARGO_MANIFEST_DIR"));
        let output = program::run(&["sweep", &file, "--quiet", "--json"], b"");
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        serde_json::from_slice(&output.stdout).expect("JSON")
    };
    let chance = sweep("figure-16-chance");
    let readings = &chance["cases"][0]["measured"][0]["readings"];
    let soon = readings.as_array().expect("readings").iter();
    let soon = soon.filter(|ms| ms.as_f64().expect("a time") <= 10_000.0).count();
    assert!(soon < 50, "without randomness {soon} of 100 had a leader within 10 s");
    within(figure(&chance, "150ms..155ms", "median"), 287.0 * 0.8, 287.0 * 1.2);
    within(figure(&chance, "150ms..200ms", "most"), 513.0 / 2.0, 513.0 * 2.0);
    let short = sweep("figure-16-timeouts");
    within(figure(&short, "12ms..24ms", "mean"), 35.0 * 0.8, 35.0 * 1.2);
    for report in [&chance, &short] {
        for case in report["cases"].as_array().expect("cases") {
            let runs = if case["values"][0] == "150ms..150ms" { 100 } else { 1_000 };
            assert_eq!((case["runs"].as_u64(), case["failed"].as_u64()), (Some(runs), Some(0)));
        }
    }
}
