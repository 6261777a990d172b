//! Which blocks a page has.

use super::*;
use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};

/// Each block as its line and its text, `|` between lines; what is left alone as its line and why.
fn check(name: &str, page: &str, expected: &[&str]) {
    let shown: Vec<String> = blocks(Path::new(name), page)
        .into_iter()
        .map(|found| match found {
            Found::Block(block) => {
                format!("{}: {}", block.line, block.text.trim_end().replace('\n', "|"))
            }
            Found::Skipped { line, why } => format!("{line}: skipped, {why}"),
        })
        .collect();
    assert_eq!(shown, expected, "{page}");
}

#[test]
fn fences_are_found_wherever_markdown_has_them() {
    check(
        "a.md",
        "# A page\n\n```raft\nnodes 3\n```\n\n```sh\nls\n```\n> ~~~raft title\n> nodes 1\n>\n>run \
         1s\n> ~~~\n",
        &["4: nodes 3", "11: nodes 1||run 1s"],
    );
    check("a.md", "\u{feff}```raft\r\nnodes 3\r\n```\r\n", &["2: nodes 3"]);
    check("a.md", "~~~~ {.raft}\nnodes 3\n~~~\n~~~~\n", &["2: nodes 3|~~~"]);
    check("a.md", "- ```Raft\n  nodes 3\n\n  run 1s\n  ```\n", &["2: nodes 3||run 1s"]);
    check("a.md", "1. One\n\n   ```raft\n   nodes 3\n   ```\n", &["4: nodes 3"]);
    check("a.md", "  ```raft\n  nodes 3\n run 1s\n```\n", &["2: nodes 3|run 1s"]);
    check("a.md", "```raft\nnodes 3", &["2: nodes 3"]);
    check("a.md", "- ```raft\n  nodes 3\nAnother text\n", &["2: nodes 3"]);
}

#[test]
fn fences_in_tabs_and_admonitions_are_found() {
    for head in ["=== \"Tab\"", "!!! note", "??? note \"More\"", "???+ note", "[^1]:", "- item"] {
        let page = format!("{head}\n\n    Text\n\n    ```raft\n    nodes 3\n    ```\n");
        check("a.md", &page, &["6: nodes 3"]);
    }
    let nested = "=== \"A\"\n\n    !!! note\n\n        ```raft\n        nodes 3\n        ```\n";
    check("a.md", nested, &["6: nodes 3"]);
    let jsx = "<Tabs>\n      <TabItem>\n\n      ```raft\n      nodes 3\n      ```\n";
    check("a.mdx", jsx, &["5: nodes 3"]);
}

#[test]
fn what_is_left_alone_is_said() {
    let why = "it says `ignore`";
    check("a.md", "```raft,ignore\nx\n```\n", &[&format!("2: skipped, {why}")]);
    check("a.md", "``` {.raft .ignore}\nx\n```\n", &[&format!("2: skipped, {why}")]);
    check("a.md", "<!--\n```raft\nx\n```\n-->\n", &["3: skipped, it is in a comment"]);
    let why = "it is indented by four or more under no list, tab or admonition, so it is shown as \
               it stands";
    check("a.md", "Text\n\n    ```raft\n    x\n    ```\n", &[&format!("4: skipped, {why}")]);
    check("a.md", "````\n```raft\nnodes 3\n```\n````\n", &[]);
    check("a.md", "`raft` and ``` raft ``` in a line\n", &[]);
}

#[test]
fn directives_of_restructured_text_are_found() {
    check(
        "a.rst",
        "Title\n=====\n\n.. raft::\n   :at: 204ms\n\n   nodes 3\n\n     # more\n   run 1s\n\nA\n",
        &["7: nodes 3||  # more|run 1s"],
    );
    check("a.rst", ".. tab:: A\n\n   .. code-block:: Raft\n\n      nodes 3\n", &["5: nodes 3"]);
    check("a.rst", ".. raft::\n   :ignore:\n\n   x\n", &["4: skipped, it says `ignore`"]);
    check("a.rst", ".. code-block:: rst\n\n   .. raft::\n\n      x\n", &[]);
    check("a.rst", "So it is written::\n\n   .. raft::\n\n      x\n", &[]);
    check("a.rst", ".. raft::", &["2: "]);
    check("a.rst", ".. literalinclude:: one.raft\n   :language: raft\n", &["3: "]);
    check("a.rst", ".. literalinclude:: one.py\n", &[]);
}

#[test]
fn directives_of_myst_are_found() {
    check("a.md", ":::{raft}\n:at: 204ms\n\nnodes 3\n:::\n", &["3: |nodes 3"]);
    check("a.md", "```{raft}\n:at: 204ms\nnodes 3\n```\n", &["3: nodes 3"]);
    check("a.md", "```{raft}\n---\nat: 204ms\n---\nnodes 3\n```\n", &["5: nodes 3"]);
    check("a.md", "```{raft}\n:ignore:\nx\n```\n", &["3: skipped, it says `ignore`"]);
    check("a.md", "::::{note}\n:::{raft}\nnodes 3\n:::\n::::\n", &["3: nodes 3"]);
    check("a.md", ":::note\n```raft\nnodes 3\n```\n:::\n", &["3: nodes 3"]);
    check("a.md", "```{literalinclude} one.raft\n:language: raft\n```\n", &["2: "]);
    check("a.md", "```{literalinclude} one.py\n```\n", &[]);
}

#[test]
fn what_a_reader_of_commonmark_finds_is_found_in_our_own_pages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut seen = 0;
    for path in ["README.md", "docs", "crates"]
        .iter()
        .flat_map(|name| pages(&root.join(name)).expect("a readable folder"))
    {
        let page = std::fs::read_to_string(&path).expect("a readable page");
        let mut theirs: Vec<String> = Vec::new();
        let mut inside = false;
        for event in Parser::new(&page) {
            if let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = &event {
                inside = info.split_whitespace().next() == Some("raft");
                theirs.extend(inside.then(String::new));
            } else if event == Event::End(TagEnd::CodeBlock) {
                inside = false;
            } else if let (Event::Text(text), true) = (&event, inside) {
                theirs.iter_mut().next_back().expect("a block").push_str(text);
            }
        }
        let ours = blocks(&path, &page).into_iter().filter_map(|found| match found {
            Found::Block(block) => Some(block.text),
            Found::Skipped { .. } => None,
        });
        seen += theirs.len();
        assert_eq!(ours.collect::<Vec<_>>(), theirs, "{}", path.display());
    }
    assert!(seen > 0, "our pages have some");
}

#[test]
fn no_page_is_too_odd() {
    let parts = [
        "```",
        "~~~",
        "raft",
        "{.raft",
        "}",
        "\n",
        "\n\n",
        "    ",
        "  ",
        "\t",
        ">",
        "> ",
        "- ",
        "1. ",
        "=== \"T\"\n",
        "!!! n\n",
        "<!--",
        "-->",
        "é",
        "\u{2003}",
        "\u{feff}",
        "\r\n",
        ".. raft::",
        "::",
        ":at: 1",
        "=\"",
        "'",
        ",",
        "#",
        "nodes 3",
        "`",
        "ignore",
    ];
    let mut state: u64 = 7;
    let mut next = |below: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    let mut seen = 0;
    for _ in 0..50_000 {
        let page: String = (0..next(30)).map(|_| parts[next(parts.len())]).collect();
        for name in ["a.md", "a.mdx", "a.rst"] {
            for found in blocks(Path::new(name), &page) {
                let Found::Block(block) = found else { continue };
                let lines = page.lines().count();
                assert!(
                    block.lines.start < block.lines.end && block.lines.end <= lines,
                    "{page:?}"
                );
                assert!(block.line > block.lines.start && block.line <= lines + 1, "{page:?}");
                seen += 1;
            }
        }
    }
    assert!(seen > 1_000, "{seen} blocks");
}
