//! What comes with the playground, as a list.

use raft_gallery::{BASICS, CATALOGUE, Item};
use raft_view::rules::listed;
use serde_json::{Value, json};

/// Prints kind, name and title of everything, one a line.
pub fn print() {
    let rows = || {
        let basics = BASICS.iter().map(|basic| ("basics", basic.name, basic.title()));
        basics.chain(CATALOGUE.iter().map(|item| (item.kind, item.name, item.title("en"))))
    };
    let width = rows().map(|(_, name, _)| name.len()).max().unwrap_or(0);
    for (kind, name, title) in rows() {
        println!("{kind:10} {name:width$}  {title}");
    }
}

/// The same as one JSON array.
pub fn print_json() {
    let row = |kind: &str, name: &str, title: &str, about: &str, watch: &str| {
        let (kind, name) = (json!(kind), json!(name));
        json!({ "kind": kind, "name": name, "title": title, "about": about, "watch": watch })
    };
    let item = |item: &Item| {
        let said = || (item.about("en"), item.watch("en").to_string());
        let (about, watch) =
            listed(item.name).filter(|_| item.kind == "rules").unwrap_or_else(said);
        row(item.kind, item.name, item.title("en"), about, &watch)
    };
    let basics = BASICS.iter().map(|it| row("basics", it.name, it.title(), it.about, ""));
    println!("{}", Value::Array(basics.chain(CATALOGUE.iter().map(item)).collect()));
}
