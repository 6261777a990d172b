//! What comes with the playground, as a list.

use raft_gallery::{CATALOGUE, Item};
use raft_view::rules::listed;
use serde_json::{Value, json};

/// Prints kind, name and title of everything, one a line.
pub fn print() {
    let width = CATALOGUE.iter().map(|item| item.name.len()).max().unwrap_or(0);
    for item in CATALOGUE {
        println!("{:10} {:width$}  {}", item.kind, item.name, item.title("en"));
    }
}

/// The same as one JSON array.
pub fn print_json() {
    let item = |item: &Item| {
        let said = || (item.about("en"), item.watch("en").to_string());
        let (about, watch) =
            listed(item.name).filter(|_| item.kind == "rules").unwrap_or_else(said);
        json!({
            "kind": item.kind,
            "name": item.name,
            "title": item.title("en"),
            "about": about,
            "watch": watch,
        })
    };
    println!("{}", Value::Array(CATALOGUE.iter().map(item).collect()));
}
