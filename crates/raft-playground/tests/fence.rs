//! One block as HTML, for plugins: what is printed, and by which line a fault is told.

mod pages;
mod program;

use pages::Pages;
use program::run;
use std::process::Output;

const SPLIT: &str = "title \"</script> {{ x }}\"\nnodes 3\n\nrun until leader\nexpect leaders 1\n";
const NOT_HELD: &str = "nodes 3\nrun until leader\nexpect leaders 2\n";

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn printed(arguments: &[&str], block: &str) -> String {
    let output = run(&[&["fence"], arguments].concat(), block.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn refused(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
    text(&output.stderr)
}

#[test]
fn a_block_is_an_element_with_its_still_in_it() {
    let info = "raft at=204ms caption=\"A & B\"";
    let html = printed(&["--info", info, "--load", "/raft", "--set", "view=stage logs"], SPLIT);
    let lines: Vec<&str> = html.lines().collect();
    assert_eq!(lines[0], "<script type=\"module\" src=\"/raft/embed.js\"></script>");
    assert_eq!(
        lines[1],
        "<raft-playground at=\"204ms\" caption=\"A &amp; B\" view=\"stage logs\">"
    );
    assert!(lines[2].starts_with("<img src=\"data:image/svg+xml;charset=utf-8,%3Csvg%20"));
    assert!(lines[2].contains("\" alt=\"At 0.204 s, "), "{}", lines[2]);
    let rest = [
        "<script type=\"text/raft\">",
        "title \"<\\/script> {{ x }}\"",
        "nodes 3",
        "",
        "run until leader",
        "expect leaders 1",
        "</script>",
        "</raft-playground>",
    ];
    assert_eq!(lines[3..], rest);
}

#[test]
fn as_json_there_is_the_still_and_what_it_shows() {
    let object: serde_json::Value =
        serde_json::from_str(&printed(&["--json", "--set", "scenario=split-vote"], ""))
            .expect("JSON");
    assert!(object["poster"].as_str().is_some_and(|svg| svg.starts_with("<svg ")), "{object}");
    let alt = object["alt"].as_str().unwrap_or("");
    assert!(alt.starts_with("At "), "{object}");
    let html = object["html"].as_str().unwrap_or("");
    assert!(html.starts_with("<raft-playground scenario=\"split-vote\">\n<img "), "{object}");
    assert!(!html.contains("<script"), "{object}");
}

#[test]
fn a_lessons_step_is_the_stills_moment() {
    let alt = |step: &str| {
        let set = format!("step={step}");
        printed(&["--set", "lesson=election", "--set", &set], "")
    };
    assert!(alt("1").contains("alt=\"At 0.000 s, nobody leads."));
    assert!(alt("4").contains("alt=\"At 0.168 s, nobody leads."));
    let block = "step \"A\"\nrun 5ms\nstep \"B\"\nrun 5ms\n";
    assert!(printed(&["--info", "step=2"], block).contains("alt=\"At 0.005 s"));
    // What is told by steps begins at one: the element would not go to that moment.
    let output = run(&["fence", "--info", "step=2 at=8ms"], block.as_bytes());
    assert!(refused(&output, 2).contains("expected `step` beside a text with steps, found `at`"));
    for (step, said) in [("3", "one of the text's 2 steps, from 1, found 3"), ("x", "found `x`")] {
        let info = format!("step={step}");
        let output = run(&["fence", "--info", &info], block.as_bytes());
        assert!(refused(&output, 2).contains(said), "{step}");
    }
}

#[test]
fn faults_are_told_by_the_lines_of_the_pages_file() {
    let fence = |text: &str| format!("```raft\n{text}```\n");
    let page = format!("---\na: b\n---\n\n{}\nText\n\n{}", fence("run 1s\n"), fence(NOT_HELD));
    let pages = Pages::new("fence", &[("docs/a.md", &page)]);
    let file = pages.0.join("docs/a.md");
    let file = file.to_str().expect("UTF-8");
    let output = run(&["fence", "--page", file], NOT_HELD.trim_end().as_bytes());
    assert!(refused(&output, 1).contains("docs/a.md:14: expect leaders 2: found n1 "));
    // What the file does not have as it stands has the line that the tool names.
    let output = run(&["fence", "--page", file, "--line", "40"], b"nodes 3\ncrsh n1\n");
    assert!(refused(&output, 2).contains("docs/a.md:42: expected a command such as `crash n2`"));
    let output = run(&["fence", "--info", "att=1ms"], NOT_HELD.as_bytes());
    assert!(refused(&output, 2).contains("block:1: expected one of scenario, lesson, step,"));
    let output = run(&["fence"], NOT_HELD.as_bytes());
    assert!(refused(&output, 1).starts_with("block:3: expect leaders 2: found n1 "));
    let output = run(&["fence", "--set", "=5"], NOT_HELD.as_bytes());
    assert!(refused(&output, 2).contains("--set: expected NAME=VALUE, found `=5`"));
}

#[test]
fn a_page_on_standard_input_is_told_by_its_file() {
    let body = format!("# A\n\n```raft\n{NOT_HELD}```\n\n```raft\n{NOT_HELD}```\n");
    let pages = Pages::new("fence-page", &[("a.md", &format!("---\na: b\n---\n{body}"))]);
    let file = pages.0.join("a.md");
    let file = file.to_str().expect("UTF-8");
    let output = run(&["embed", "-", "--page", file, "--inline"], body.as_bytes());
    let said = refused(&output, 1);
    assert!(said.contains("a.md:9: expect leaders 2") && said.contains("a.md:15: "), "{said}");
    let body = body.replace("expect leaders 2", "expect leaders 1");
    let output = run(&["embed", "-", "--page", file, "--inline"], body.as_bytes());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout).matches("<img src=\"data:image/svg+xml;").count(), 2);
    let output = run(&["embed", file, "--page", file], b"");
    assert!(refused(&output, 2).contains("--page: expected `-`"));
}

#[test]
fn elements_of_whole_folders_are_one_json_file() {
    let page = "Text\n\n```raft\nrun 1s\n```\n\n```raft ignore\nx\n```\n";
    let pages = Pages::new("data", &[("docs/deep/a.md", page), ("docs/b.md", "Text\n")]);
    let output = pages.run(&["embed", "docs", "--data", "out/raft.json", "--load", "/raft/"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let written = std::fs::read_to_string(pages.0.join("out/raft.json")).expect("a file");
    let object: serde_json::Value = serde_json::from_str(&written).expect("JSON");
    assert_eq!(object["b.md"], serde_json::json!([]));
    let rows = &object["deep/a.md"];
    assert_eq!(rows[0]["line"], 3);
    assert_eq!(rows[0]["text"], "run 1s\n");
    let html = rows[0]["html"].as_str().unwrap_or("");
    assert!(html.starts_with("<script type=\"module\" src=\"/raft/embed.js\"></script>\n<raft"));
    assert_eq!(rows[1], serde_json::json!({ "line": 7, "text": null, "html": null }));
}
