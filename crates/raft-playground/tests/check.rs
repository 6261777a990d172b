//! Pages: what is found in them, how it is told, and exit codes.

mod pages;

use pages::Pages;

/// The exit code, what was printed and what was said of errors.
fn check(pages: &Pages, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = pages.run(&[&["check"], arguments].concat());
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

const HOLDS: &str = "run until leader\nexpect safe\n";

#[test]
fn a_page_without_blocks_says_so_and_fails_where_one_is_required() {
    let pages =
        Pages::new("no-blocks", &[("a.md", "# Text\n"), ("b/c.md", "```raft\nrun 1s\n```\n")]);
    assert_eq!(check(&pages, &["a.md"]).0, Some(0));
    assert_eq!(check(&pages, &["a.md"]).1, "a.md: no blocks\nno blocks\n");
    let (code, _, said) = check(&pages, &["a.md", "b", "--require"]);
    assert_eq!(code, Some(2));
    assert_eq!(
        said,
        "raft-playground: a.md: expected at least one block that is fenced as `raft`, found none\n"
    );
    assert_eq!(check(&pages, &[".", "--require"]).0, Some(0));
}

#[test]
fn a_block_in_a_tab_is_carried_out_and_named_by_its_line() {
    let page =
        "=== \"Tab\"\n\n    ```{.raft}\n    run until leader\n    expect leaders 2\n    ```\n";
    let pages = Pages::new("in-a-tab", &[("docs/a.md", page)]);
    let (code, printed, _) = check(&pages, &["docs"]);
    assert_eq!(code, Some(1));
    assert!(printed.starts_with("docs/a.md:4: failed: untitled\ndocs/a.md:5: expect leaders 2"));
    let (_, printed, _) = check(&pages, &["docs", "--format", "github"]);
    let annotation = "\n::error file=docs/a.md,line=5::expect leaders 2: found ";
    assert!(printed.contains(annotation), "{printed}");
}

#[test]
fn programs_get_an_array() {
    let fence = |text: &str| format!("```raft\n{text}```\n");
    let page = fence(HOLDS) + &fence("crsh n1\n") + &fence("expect leader\n");
    let pages = Pages::new("programs", &[("a.md", &(page + "```raft ignore\n```\n"))]);
    let (code, printed, _) = check(&pages, &["a.md", "--format", "json"]);
    assert_eq!(code, Some(2), "a wrong text is worse than a claim that does not hold");
    let rows: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
    let row = |at: usize| (rows[at]["line"].as_u64(), rows[at]["ok"].as_bool());
    assert_eq!(row(0), (Some(2), Some(true)));
    assert_eq!(row(1), (Some(6), Some(false)));
    assert_eq!(row(2), (Some(9), Some(false)));
    assert_eq!(rows[3]["text"], "skipped: it says `ignore`");
    assert_eq!(rows[1]["file"], "a.md");
    let text = rows[1]["text"].as_str().unwrap_or("");
    assert!(text.starts_with("expected a command such as `crash n2`, found `crsh`"), "{text}");
}

#[test]
fn what_cannot_be_read_ends_it_with_2_and_the_rest_is_carried_out() {
    let page = format!("```raft\n{HOLDS}```\n");
    let pages = Pages::new("unread", &[("a.md", &page)]);
    let (code, printed, said) = check(&pages, &["gone.md", "a.md"]);
    assert_eq!(code, Some(2));
    assert!(said.starts_with("raft-playground: gone.md: cannot be read"), "{said}");
    assert!(printed.ends_with("1 of 1 held.\n"), "{printed}");
}

#[test]
fn what_a_fence_only_names_is_carried_out_too() {
    let page = "```raft scenario=split-vote\n```\n\n``` {.raft src=one.raft}\n```\n\n```raft\n\
                ```\n\n```raft src=https://example.org/a.raft\n```\n";
    let one = ("one.raft", "run 1s\nexpect leaders 2\n");
    let pages = Pages::new("named", &[("a.md", page), one]);
    let (code, printed, _) = check(&pages, &["a.md"]);
    assert_eq!(code, Some(2));
    let lines: Vec<&str> = printed.lines().collect();
    assert!(lines[0].starts_with("a.md:2: ok: "), "{printed}");
    assert_eq!(lines[1], "a.md:5: failed: untitled");
    assert!(lines[2].starts_with("a.md:4: expect leaders 2: found "), "{printed}");
    assert!(lines[3].starts_with("a.md:7: expected scenario text, or scenario="), "{printed}");
    assert_eq!(lines[4], "a.md:10: skipped: its text is on another site");
}

#[test]
fn what_stands_behind_a_fence_is_read_too() {
    let fences = "```raft at=5\nrun 1s\n```\n\n```raft att=1ms\nrun 1s\n```\n\n```raft \
                  until=\"leaders 3\"\nrun 1s\n```\n\n```raft step=9\nstep \"One\"\nrun 1s\n```\n";
    let pages = Pages::new("words", &[("a.md", fences)]);
    let (code, printed, _) = check(&pages, &["a.md"]);
    assert_eq!(code, Some(2));
    for expected in [
        "a.md:1: expected a time such as `204ms` as `at`, found `5`",
        "a.md:5: expected one of scenario, lesson, step,",
        "a.md:9: this never holds",
        "a.md:13: ",
    ] {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
}

#[test]
fn the_scenarios_of_directives_and_included_files_are_carried_out() {
    let page = ":::{raft}\n:at: 1ms\n\nrun 1s\nexpect leaders 2\n:::\n\n```{literalinclude} \
                one.raft\n:language: raft\n```\n";
    let other = ".. literalinclude:: one.raft\n   :language: raft\n\n.. code-block:: raft\n   \
                 :linenos:\n\n   run 1s\n";
    let one = ("one.raft", "run 1s\nexpect leaders 3\n");
    let pages = Pages::new("directives", &[("a.md", page), ("b.rst", other), one]);
    let (code, printed, _) = check(&pages, &["a.md", "b.rst"]);
    assert_eq!(code, Some(1), "{printed}");
    assert!(printed.contains("a.md:5: expect leaders 2: found "), "{printed}");
    assert!(printed.contains("a.md:8: expect leaders 3: found "), "{printed}");
    assert!(printed.contains("b.rst:1: expect leaders 3: found "), "{printed}");
    assert!(printed.contains("b.rst:7: ok: "), "{printed}");
}
