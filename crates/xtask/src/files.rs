//! Files of a built page.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::compress;

/// Where earlier versions are kept, each whole in a folder of its own.
pub const VERSIONS: &str = "v";
/// Where the documentation is: a site of its own that embeds the page.
const DOCS: &str = "docs";

/// All files below a folder, in the order of their paths.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let shown = || format!("cannot read {}", folder.display());
        for entry in fs::read_dir(&folder).with_context(shown)? {
            let path = entry.with_context(shown)?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// The names of a folder's own files that end so, in order.
pub fn names(folder: &Path, end: &str) -> Result<Vec<String>> {
    let mut names = Vec::new();
    let shown = || format!("cannot read {}", folder.display());
    for entry in fs::read_dir(folder).with_context(shown)? {
        let name = entry.with_context(shown)?.file_name();
        names.extend(name.into_string().ok().filter(|name| name.ends_with(end)));
    }
    names.sort();
    Ok(names)
}

/// All files below a folder by their path with forward slashes.
pub fn read_all(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for path in below(folder)? {
        let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        files.insert(name, bytes);
    }
    Ok(files)
}

/// What a build of the playground consists of: without other versions, the documentation, and
/// compressed forms of what is there.
pub fn of_the_playground(folder: &Path) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = read_all(folder)?;
    let names: Vec<String> = files.keys().cloned().collect();
    files.retain(|name, _| {
        let (first, rest) = name.split_once('/').unwrap_or((name, ""));
        let is_elsewhere = !rest.is_empty() && [VERSIONS, DOCS].contains(&first);
        let (stem, end) = name.rsplit_once('.').unwrap_or((name, ""));
        let is_compressed =
            compress::ENDINGS.contains(&end) && names.binary_search(&stem.to_owned()).is_ok();
        !is_elsewhere && !is_compressed
    });
    Ok(files)
}

/// Puts a folder in place of what is there.
pub fn replace(built: &Path, out: &Path) -> Result<()> {
    if out.exists() {
        fs::remove_dir_all(out).with_context(|| format!("cannot replace {}", out.display()))?;
    }
    copy(built, out)
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("cannot create {}", to.display()))?;
    for path in below(from)? {
        let target = to.join(path.strip_prefix(from).unwrap_or(&path));
        let shown = || format!("cannot write {}", target.display());
        if let Some(folder) = target.parent() {
            fs::create_dir_all(folder).with_context(shown)?;
        }
        fs::copy(&path, &target).with_context(shown)?;
    }
    Ok(())
}
