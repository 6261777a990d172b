//! mdBook's preprocessor: what it answers, and what comes back of a book.

mod pages;
mod program;

use pages::Pages;
use program::run;
use serde_json::{Value, json};

/// A book of one chapter with one below it, as mdBook hands it on.
fn book(root: &str, items: &str, content: &str, options: &Value) -> String {
    let chapter = |path: &str, content: &str, below: Value| {
        json!({ "Chapter": { "name": "A", "content": content, "number": [1], "sub_items": below,
                "path": path, "source_path": path, "parent_names": [] } })
    };
    let below = json!([chapter("deep/b.md", content, json!([]))]);
    let draft = json!({ "Chapter": { "name": "Draft", "content": "", "number": null,
                        "sub_items": [], "path": null, "source_path": null, "parent_names": [] } });
    let all =
        json!(["Separator", { "PartTitle": "Part" }, chapter("a.md", "Text\n", below), draft]);
    let context = json!({ "root": root, "renderer": "html", "mdbook_version": "0.5.4",
                          "config": { "book": { "src": "src" },
                                      "preprocessor": { "raft": options } } });
    json!([context, { items: all, "__non_exhaustive": null }]).to_string()
}

#[test]
fn it_is_for_html_alone() {
    let book = Pages::new("supports", &[("book.toml", "")]);
    assert_eq!(book.run(&["mdbook", "supports", "html"]).status.code(), Some(0));
    assert_eq!(book.run(&["mdbook", "supports", "markdown"]).status.code(), Some(1));
}

#[test]
fn blocks_of_all_chapters_become_elements_and_the_rest_stays() {
    let options = json!({ "command": "raft-playground mdbook", "load": "/raft/" });
    for items in ["items", "sections"] {
        let given = book("/none", items, "```raft at=1ms\nnodes 3\n```\n\nText\n", &options);
        let output = run(&["mdbook"], given.as_bytes());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(0), "{said}");
        let mut made: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let content = &mut made[items][2]["Chapter"]["sub_items"][0]["Chapter"]["content"];
        let text = content.as_str().unwrap_or("").to_string();
        let script = "<div>\n<script type=\"module\" src=\"/raft/embed.js\"></script>\n";
        assert!(text.starts_with(script), "{text}");
        assert!(text.contains("<raft-playground at=\"1ms\">\n<img src=\"data:image/"), "{text}");
        assert!(text.ends_with("</raft-playground>\n</div>\n\nText\n"), "{text}");
        *content = "```raft at=1ms\nnodes 3\n```\n\nText\n".into();
        let mut before: Value = serde_json::from_str(&given).expect("JSON");
        assert_eq!(made, before[1].take());
    }
}

#[test]
fn faults_are_told_by_the_chapters_file_and_nothing_is_printed() {
    let block = "```raft\nnodes 3\nrun until leader\nexpect leaders 2\n```\n";
    let page = format!("# Title\n\n{block}");
    let pages = Pages::new("mdbook", &[("src/deep/b.md", &page)]);
    let root = pages.0.to_str().expect("UTF-8");
    let output = run(&["mdbook"], book(root, "items", block, &json!({})).as_bytes());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("src/deep/b.md:6: expect leaders 2: found n1 "), "{said}");
    assert!(output.stdout.is_empty());
}

#[test]
fn what_is_no_book_and_options_that_nobody_knows_are_named() {
    let refused = |given: &str| {
        let output = run(&["mdbook"], given.as_bytes());
        assert_eq!(output.status.code(), Some(2), "{given}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    for given in ["", "[]", "[1, 2]", "[{\"root\": \"/\"}, 5]", "[{\"root\": \"/\"}, [5]]"] {
        let said = refused(given);
        assert!(said.contains("expected what mdBook gives its preprocessors"), "{given}: {said}");
    }
    let said = refused(&book("/none", "items", "", &json!({ "lod": "/raft/" })));
    assert!(
        said.contains("[preprocessor.raft]: expected one of load, base, found `lod`"),
        "{said}"
    );
    let said = refused(&book("/none", "items", "", &json!({ "load": 5 })));
    assert!(said.contains("load: expected an address in quotation marks"), "{said}");
}
