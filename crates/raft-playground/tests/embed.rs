//! Pages with playgrounds in place of fences: what they hold, where stills lie, what is refused.

mod pages;

use pages::Pages;
use pulldown_cmark::{Event, Parser, Tag};
use std::path::{Path, PathBuf};

/// What is printed where all is well.
fn printed(pages: &Pages, arguments: &[&str]) -> String {
    let output = pages.run(&[&["embed"], arguments].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What is said where something is wrong; nothing is written then.
fn refused(pages: &Pages, arguments: &[&str]) -> String {
    let before = files(&pages.0);
    let output = pages.run(&[&["embed"], arguments].concat());
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}");
    assert_eq!(files(&pages.0), before, "{arguments:?}");
    String::from_utf8(output.stderr).expect("UTF-8")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

fn read(pages: &Pages, name: &str) -> String {
    std::fs::read_to_string(pages.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The address of the first still on a page.
fn still(page: &str) -> &str {
    let (_, behind) = page.split_once("<img src=\"").expect("a still");
    behind.split('"').next().expect("an address")
}

#[test]
fn a_fence_becomes_an_element_with_a_still_and_its_description() {
    let page = "# Page\nText\n```raft at=400ms view=\"stage logs\" caption=\"A \\ <b>\" \
                play=click\nnodes 3\n\nrun 1s\n```\nMore *text*\n";
    let pages = Pages::new("element", &[("a.md", page)]);
    let rewritten = printed(&pages, &["a.md", "--base", "https://example.org/raft/"]);
    let lines: Vec<&str> = rewritten.lines().collect();
    assert_eq!(&lines[..3], ["# Page", "Text", "<div>"]);
    assert_eq!(
        lines[3],
        "<raft-playground at=\"400ms\" view=\"stage logs\" caption=\"A \\ &lt;b&gt;\" \
         play=\"click\" base=\"https://example.org/raft/\">"
    );
    assert!(lines[4].contains("alt=\"At 0.400 s, n2 leads in term 1. n1 and n3 are followers"));
    let rest = [
        "<script type=\"text/raft\">",
        "nodes 3",
        "#",
        "run 1s",
        "</script>",
        "</raft-playground>",
        "</div>",
        "",
        "More *text*",
    ];
    assert_eq!(&lines[5..], rest);
    let svg = read(&pages, still(&rewritten));
    assert!(svg.contains("term 1</text>") && svg.contains("At 0.400 s"), "{svg}");
    assert_eq!(still(&rewritten), still(&printed(&pages, &["a.md"])), "named by what is in it");
}

#[test]
fn to_a_reader_of_markdown_it_is_html_and_nothing_more() {
    let text = "Text\n```raft\n# *1*\n\n# </SCRIPT> <!-- \n```\nBehind *it*\n";
    let pages = Pages::new("markdown", &[("a.md", text)]);
    let page = printed(&pages, &["a.md"]);
    let (html, emphasised) = html_in(&page);
    assert_eq!(emphasised, 1, "only what is behind it is text: {page}");
    assert!(html.starts_with("<div>\n<raft-playground>\n<img "), "{html}");
    assert!(html.trim_end().ends_with("</script>\n</raft-playground>\n</div>"), "{html}");
    assert_eq!(html.to_lowercase().matches("</script").count(), 1, "{html}");
    assert!(html.contains("# <\\/SCRIPT> <\\!--\n"), "{html}");
}

#[test]
fn in_lists_quotes_and_tabs_it_is_one_line_that_no_markdown_changes() {
    for (name, text) in [
        ("list", "- One\n\n  ```raft\n  # *1* _2_\n\n  run 1s\n  ```\n  Behind *it*\n"),
        ("bullet", "- ~~~raft caption='`a` [b] *c*'\n  run 1s\n  ~~~\n  Behind *it*\n"),
        ("quote", "> ```raft\n> nodes 3\n>\n> # *1*\n> ```\n> Behind *it*\n"),
        ("tab", "=== \"Tab\"\n    ```raft\n    run 1s\n    ```\n    Behind *it*\n"),
    ] {
        let pages = Pages::new(&format!("held-{name}"), &[("a.md", text)]);
        let page = printed(&pages, &["a.md"]);
        let mut lines = page.lines().filter(|line| line.contains("<raft-playground"));
        let (_, element) = lines.next().expect("one").split_once('<').expect("an element");
        assert!(element.ends_with("\"></raft-playground>"), "{name}: {element}");
        assert!(!element.contains(['*', '`', '_', '[', '\\']), "{name}: {element}");
        assert!(element.contains(" src=\"data:text/plain;charset=utf-8,"), "{name}: {element}");
        // CommonMark knows no tabs, and takes what is in one for code.
        let emphasised = usize::from(name != "tab");
        assert_eq!(html_in(&page).1, emphasised, "{name}: {page}");
    }
}

/// The HTML blocks that a reader of CommonMark sees, and how often it sees emphasis.
fn html_in(page: &str) -> (String, usize) {
    let (mut html, mut emphasised) = (String::new(), 0);
    for event in Parser::new(page) {
        if let Event::Html(part) = &event {
            html += part;
        }
        emphasised += usize::from(matches!(event, Event::Start(Tag::Emphasis)));
    }
    (html, emphasised)
}

#[test]
fn what_a_fence_says_that_nobody_knows_is_named_by_its_line() {
    let fence = |info: &str, text: &str| format!("Text\n\n```{info}\n{text}```\n");
    for (info, text, expected) in [
        ("raft att=1ms", "run 1s\n", "a.md:3: expected one of scenario, lesson, step,"),
        ("raft showLineNumbers", "run 1s\n", "found `showLineNumbers`"),
        ("raft at", "run 1s\n", "a.md:3: expected a value, as in `at=…`, found `at` alone"),
        ("raft at=1ms at=2ms", "run 1s\n", "expected `at` once, found it twice"),
        ("raft at=5", "run 1s\n", "a.md:3: expected a time such as `204ms`"),
        ("raft step=0", "run 1s\n", "a.md:3: expected a step, from 1 as `step`, found `0`"),
        ("raft play=clik", "run 1s\n", "expected click, visible or none as `play`"),
        ("raft height=50%", "run 1s\n", "expected pixels from 200 to 3999 as `height`"),
        ("raft controls=maybe", "run 1s\n", "expected none as `controls`, found `maybe`"),
        ("raft theme=drak", "run 1s\n", "expected auto, light or dark as `theme`"),
        ("raft view=moon", "run 1s\n", "expected words of stage, logs, lesson, panel and all"),
        (
            "raft speed=7/3",
            "run 1s\n",
            "expected a speed from `1/1000` to `10`, such as `1/20` as `speed`",
        ),
        (
            "raft lesson=election at=40ms",
            "",
            "expected `step` beside a text with steps, found `at`",
        ),
        ("raft step=2", "run 1s\n", "expected a text with steps beside `step`"),
        (
            "raft at=60ms until=50ms",
            "run 1s\n",
            "expected `until` behind `at`, found 50ms and 60ms",
        ),
        ("raft link=run", "", "expected what stands behind `#` in a shared link as `link`"),
        ("raft until=\"leaders 3\"", "run 1s\n", "a.md:3: this never holds"),
        ("raft", "run 1s\ncrsh n1\n", "a.md:5: expected a command such as `crash n2`"),
        ("raft", "", "a.md:3: expected scenario text, or scenario=, lesson= or src=, found"),
        ("raft scenario=split-vote", "run 1s\n", "expected scenario text or scenario=, found both"),
        ("raft scenario=a lesson=b", "", "expected scenario= or lesson=, found both"),
        ("raft scenario=nothing", "", "expected a name that `raft-playground list` prints"),
        ("raft src=gone.raft", "", "a.md:3: src=gone.raft: expected a file"),
    ] {
        let page = fence(info, text);
        let pages = Pages::new("wrong", &[("a.md", &page), ("b.md", "Text\n")]);
        let said = refused(&pages, &["a.md", "b.md", "--out", "site"]);
        assert!(said.contains(expected), "{info}: {said}");
    }
}

#[test]
fn whole_folders_are_rewritten_with_their_stills_beside_them() {
    let bundled = "```{.raft scenario=split-vote theme=dark}\n```\n";
    let beside = "=== \"Tab\"\n\n    ```raft src=../one.raft\n    ```\n";
    let pages = Pages::new(
        "folders",
        &[
            ("docs/a.md", bundled),
            ("docs/deep/b.md", beside),
            ("docs/c.md", "```raft ignore\nx\n```\n"),
            ("docs/one.raft", "run 1s\n"),
        ],
    );
    printed(&pages, &["docs", "--out", "site"]);
    let (a, b) = (read(&pages, "site/a.md"), read(&pages, "site/deep/b.md"));
    assert!(a.contains("<raft-playground scenario=\"split-vote\" theme=\"dark\">"), "{a}");
    assert!(!a.contains("<script"), "{a}");
    assert!(b.contains("\n    <raft-playground src=\"../one.raft\"><img src="), "{b}");
    assert!(still(&a).starts_with("posters/raft-") && still(&b).starts_with("../posters/raft-"));
    assert!(!read(&pages, &format!("site/{}", still(&a))).contains("prefers-color-scheme"));
    assert_eq!(read(&pages, "site/c.md"), "```raft ignore\nx\n```\n");
    printed(&pages, &["docs/deep/b.md", "--out", "site/docs", "--posters", "site/pictures"]);
    assert!(still(&read(&pages, "site/docs/b.md")).starts_with("../pictures/raft-"));
}

#[test]
fn what_would_be_lost_or_cannot_be_is_refused() {
    let page = "```raft\nrun 1s\n```\n";
    let pages = Pages::new("refused", &[("a.md", page), ("b/a.md", page), ("c.mdx", page)]);
    assert!(refused(&pages, &["a.md", "--out", "."]).contains("expected another folder"));
    assert!(refused(&pages, &["a.md", "b/a.md"]).contains("expected one page, or --out DIR"));
    let said = refused(&pages, &["a.md", "b/a.md", "--out", "site"]);
    assert!(said.contains("expected one page for site/a.md, found two"), "{said}");
    assert!(refused(&pages, &["c.mdx"]).contains("expected a page of Markdown"));
    assert!(refused(&pages, &["gone.md"]).contains("cannot be read"));
}
