//! One page that needs no other file: what stands in it, and what is said where something is
//! missing.

mod program;

use std::path::PathBuf;
use std::process::Output;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A script that could be the playground's: this tests what stands around it.
fn script(name: &str, more: &str) -> PathBuf {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let text = format!("// raft-playground\n{more}\n{}\n", "0;".repeat(60_000));
    std::fs::write(&file, text).expect("a file");
    file
}

fn run(arguments: &[&str], text: &str) -> Output {
    program::run(&[&["html"], arguments].concat(), text.as_bytes())
}

fn page(arguments: &[&str], text: &str) -> String {
    // Tests run side by side: each has a file of its own.
    static PAGES: AtomicUsize = AtomicUsize::new(0);
    let name = format!("whole-{}.js", PAGES.fetch_add(1, Ordering::Relaxed));
    let file = script(&name, "let whole;");
    let output = run(&[arguments, &["--inline", &file.to_string_lossy()]].concat(), text);
    let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {wrong}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn wrong(arguments: &[&str], text: &str) -> String {
    let output = run(arguments, text);
    assert!(output.stdout.is_empty(), "{arguments:?}");
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

#[test]
fn a_page_holds_text_still_script_and_a_policy_that_allows_nothing_else() {
    let text = "title \"One & all\"\nnodes 3\nseed 1\nrun until leader\n";
    let page = page(&["-", "--until", "leader", "--caption", "a \"b\""], text);
    assert!(page.starts_with("<!doctype html>\n") && page.ends_with("</html>\n"));
    assert!(page.contains("content=\"default-src 'none'; script-src 'unsafe-inline'"), "{page}");
    assert!(page.contains("<title>One &amp; all</title>"));
    assert!(page.contains("caption=\"a &quot;b&quot;\""));
    assert!(page.contains("<raft-playground view=\"stage\" at=\""), "where a leader is");
    assert!(page.contains("us\""), "to the microsecond");
    assert!(page.contains("<img src=\"data:image/svg+xml;charset=utf-8,%3Csvg"));
    assert!(page.contains("leads in term 1"), "the still is told in words");
    assert!(page.contains("<script type=\"text/raft\">\ntitle \"One & all\"\n"));
    assert!(page.contains("\nlet whole;\n"));
}

#[test]
fn nothing_in_a_text_ends_its_script_or_is_markup() {
    let page = page(&["-"], "title \"</script><b>\"\n# <!-- x\nnodes 3\nrun 1s\n");
    assert!(page.contains("title \"<\\/script><b>\"\n# <\\!-- x\n"), "{}", &page[..4_000]);
    assert!(page.contains("<title>&lt;/script&gt;&lt;b&gt;</title>"));
    assert_eq!(page.matches("</script>").count(), 2, "its text's end and its script's");
}

#[test]
fn a_lesson_shows_itself_as_one() {
    assert!(page(&["election"], "").contains("<raft-playground view=\"lesson\""));
    assert!(page(&["split-vote", "--view", "stage logs"], "").contains("view=\"stage logs\""));
}

#[test]
fn what_is_missing_or_wrong_is_named() {
    let said = wrong(&["split-vote"], "");
    assert!(said.contains("expected --inline FILE") && said.contains("cargo xtask dist"), "{said}");
    let other = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("other.js");
    std::fs::write(&other, "alert(1)").expect("a file");
    let said = wrong(&["split-vote", "--inline", &other.to_string_lossy()], "");
    assert!(said.contains("another script"), "{said}");
    let ends = script("ends.js", "\"</SCRIPT>\"");
    let said = wrong(&["split-vote", "--inline", &ends.to_string_lossy()], "");
    assert!(said.contains("cannot stand in HTML: </script"), "{said}");
    let whole = script("good.js", "");
    let inline = whole.to_string_lossy();
    let said = wrong(&["-", "--inline", &inline], "nodes 3\ncrush n1\n");
    assert!(said.contains("line 2: expected"), "{said}");
    let said = wrong(&["split-vote", "--inline", &inline, "--view", "moon"], "");
    assert!(said.contains("found `moon`"), "{said}");
    let said = wrong(&["split-vote", "--inline", &inline, "--at", "soon"], "");
    assert!(said.contains("204ms") && said.contains("found `soon`"), "{said}");
}
