//! Pages in folders.

use anyhow::Context;
use std::path::{Path, PathBuf};

/// Pages by how their names end.
const ENDS: [&str; 4] = ["md", "mdx", "markdown", "rst"];
/// Folders of what others wrote, or programs made.
const FOREIGN: [&str; 3] = ["node_modules", "target", "dist"];

/// A file itself; of a folder all pages in it and in what is below, in order. Hidden folders are
/// passed by.
///
/// # Errors
/// Where a folder cannot be read.
pub fn pages(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.into()]);
    }
    let (mut found, mut folders) = (Vec::new(), vec![path.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        let unread = || format!("{} cannot be read", folder.display());
        for entry in std::fs::read_dir(&folder).with_context(unread)? {
            let entry = entry.with_context(unread)?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            // Not what a link names: it may lead around in a circle.
            let is_folder = entry.file_type().with_context(unread)?.is_dir();
            let is_page =
                path.extension().is_some_and(|end| ENDS.iter().any(|known| end == *known));
            if is_folder && !name.starts_with('.') && !FOREIGN.contains(&name.as_ref()) {
                folders.push(path);
            } else if is_page && path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
