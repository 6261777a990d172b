//! Stills and links: moments, themes, what they say, and how large they are.

mod program;

use flate2::{Compression, write::GzEncoder};
use std::io::Write;
use std::process::Output;

fn run(arguments: &[&str], text: &str) -> Output {
    program::run(arguments, text.as_bytes())
}

fn drawn(arguments: &[&str], text: &str) -> String {
    let output = run(arguments, text);
    let wrong = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {wrong}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The exit code and what was said.
fn wrong(arguments: &[&str], text: &str) -> (Option<i32>, String) {
    let output = run(arguments, text);
    assert!(output.stdout.is_empty(), "{arguments:?}");
    (output.status.code(), String::from_utf8(output.stderr).expect("UTF-8"))
}

const BUSY: &str = "run until leader\nput x 5\nput y hello\nrun 30ms\ncut n1 -> n3\nput a 9\n";

#[test]
fn a_picture_says_who_leads_in_words() {
    let svg = drawn(&["picture", "-", "--until", "leader"], "title \"One & all\"\nrun 1s\n");
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    assert!(svg.contains("<title>One &amp; all, at 0."), "{svg}");
    assert!(svg.contains("n2 leads in term 1. n1, n3, n4 and n5 are followers"), "{svg}");
}

#[test]
fn a_picture_of_five_servers_is_at_most_4_kilobytes() {
    for arguments in [&["picture", "-", "--at", "300ms"][..], &["picture", "-", "--logs"]] {
        let svg = drawn(arguments, BUSY);
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(svg.as_bytes()).expect("memory");
        let size = packed.finish().expect("memory").len();
        assert!(size <= 4_096, "{arguments:?}: {size}");
    }
}

#[test]
fn what_is_bundled_is_drawn_by_its_name() {
    let svg = drawn(&["picture", "split-vote", "--at", "66ms"], "");
    assert!(svg.contains("nobody leads. n1 and n2 are candidates in term 1."), "{svg}");
    assert!(svg.contains("prefers-color-scheme"));
    let dark = drawn(&["picture", "split-vote", "--dark", "--width", "980"], "");
    assert!(!dark.contains("prefers-color-scheme") && dark.contains("width=\"980\""));
}

#[test]
fn a_moment_after_the_scenarios_end_is_reached_too() {
    let svg = drawn(&["picture", "-", "--at", "2s"], "run 1ms\n");
    assert!(svg.contains("At 2.000 s,") && svg.contains("leads in term 1"), "{svg}");
}

#[test]
fn what_is_wrong_is_named_with_what_was_expected() {
    let (code, said) = wrong(&["picture", "-", "--at", "5"], "");
    assert_eq!(code, Some(2));
    assert!(said.contains("expected a time such as `204ms`") && said.contains("`5`"), "{said}");
    let (code, said) = wrong(&["picture", "-", "--until", "leader n9"], "run 1s\n");
    assert_eq!((code, said.contains("--until: expected a server from n1 to n5")), (Some(2), true));
    let (code, said) = wrong(&["picture", "-", "--until", "leaders 3"], "run 1s\n");
    assert_eq!((code, said.contains("never holds")), (Some(1), true), "{said}");
    for arguments in [
        &["picture", "-", "--at", "25h"][..],
        &["picture", "-", "--width", "9"],
        &["picture", "no-such-thing"],
        &["link", "-", "--base", "https://example.org/#there"],
        &["link", "-", "--at", "soon"],
    ] {
        let (code, said) = wrong(arguments, "");
        assert_eq!(code, Some(2), "{arguments:?}");
        assert!(said.contains("expected"), "{said}");
    }
    assert_eq!(wrong(&["picture", "-"], "crsh n2\n").0, Some(2));
}

#[test]
fn a_link_brings_back_the_run_and_the_moment() {
    let printed = drawn(&["link", "-", "--at", "204ms", "--base", "https://example.org/"], BUSY);
    let fragment = printed.trim_end().strip_prefix("https://example.org/#").expect("the base");
    let link = raft_sim::run::read_link(fragment).expect("a link");
    assert!(link.intact && link.text.contains("put a 9"));
    assert_eq!(link.moment.time, 204_000);
    assert!(drawn(&["link", "split-vote"], "").starts_with("#run="));
}

#[test]
fn a_run_too_long_for_a_link_says_so() {
    let text = "put key value\n".repeat(500);
    let (code, said) = wrong(&["link", "-"], &text);
    assert_eq!(code, Some(2));
    assert!(said.contains("expected a run of at most 8000 characters as a link"), "{said}");
}

#[cfg(not(feature = "png"))]
#[test]
fn a_program_built_without_png_says_so() {
    let (code, said) = wrong(&["picture", "-", "--png"], "");
    assert_eq!((code, said.contains("built without it")), (Some(2), true), "{said}");
}

#[cfg(feature = "png")]
#[test]
fn a_picture_of_dots_is_as_large_as_it_was_asked_for() {
    let output = run(&["picture", "-", "--png", "--width", "980"], "run until leader\n");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout.starts_with(b"\x89PNG\r\n"));
    let width = output.stdout[16..20].iter().fold(0, |all, byte| all << 8 | u32::from(*byte));
    assert_eq!(width, 980);
}
