//! Elements as one JSON file, for tools that can read a file and run no program.

use super::rewriter::Elements;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Serialize)]
struct Row {
    /// The line of the fence, from 1.
    line: usize,
    /// The block's text, by which a tool sees whether it is still the same; none where the block
    /// is to be left alone.
    text: Option<String>,
    html: Option<String>,
}

/// Elements by their pages: `/` parts folders on every computer.
#[derive(Default)]
pub struct Listed(BTreeMap<String, Vec<Row>>);

impl Listed {
    /// A page's blocks.
    pub fn add(&mut self, page: &Path, elements: Elements, script: Option<&str>) {
        let left = elements.left_alone.into_iter();
        let mut rows: Vec<Row> = left.map(|line| Row { line, text: None, html: None }).collect();
        rows.extend(elements.made.into_iter().map(|(block, element)| Row {
            line: block.fence(),
            html: Some(element.html(script)),
            text: Some(block.text),
        }));
        rows.sort_by_key(|row| row.line);
        let name = page.to_string_lossy().replace('\\', "/");
        self.0.insert(name, rows);
    }

    /// Pages without blocks are in it too.
    ///
    /// # Errors
    /// None that can happen to these values.
    pub fn json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(&self.0)? + "\n")
    }
}
