//! A site that can be relied on for years: the newest build at its root, and every version that
//! was ever put there in a folder of its own, `v/VERSION/`, which never changes again.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::compress::{Compressor, Weights};
use crate::files::{self, VERSIONS};
use crate::licences;
use crate::manifest::{self, Build};
use crate::offline;
use crate::workspace::{WEB, Workspace};

/// What every build of the page has: so an older build may be replaced, another folder not.
const MARK: &str = "id=\"playground\"";
/// A search engine is to find the newest page, not each of its versions.
const NOT_SEARCHED: &str = "<meta name=\"robots\" content=\"noindex\">\n";
/// Where the engine's version stands.
const ENGINE: &str = "crates/raft-sim/src/lib.rs";
const ENGINE_VERSION: &str = "pub const ENGINE_VERSION: u32 = ";
/// What leads to all other files: written after them, so that it never leads to one that is not
/// there yet.
const LAST: [&str; 4] = ["embed.js", manifest::FILE, offline::WORKER, "index.html"];

/// Adds to a built page what a host needs: notices, the worker for offline, the list of files.
pub fn complete(workspace: &Workspace, page: &Path) -> Result<()> {
    licences::write(workspace, page)?;
    describe(workspace, page, None)
}

fn describe(workspace: &Workspace, page: &Path, kept: Option<&[String]>) -> Result<()> {
    offline::write(workspace, page)?;
    let version = workspace.version_of(WEB)?.to_owned();
    manifest::write(page, &Build { version, engine: engine_version(workspace)? }, kept)
}

/// Which runs are the same: links carry it.
fn engine_version(workspace: &Workspace) -> Result<u32> {
    let path = workspace.root.join(ENGINE);
    let text =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let number = text.split(ENGINE_VERSION).nth(1).and_then(|rest| rest.split(';').next());
    let number = number.and_then(|number| number.parse().ok());
    number.with_context(|| format!("{ENGINE} has no line `{ENGINE_VERSION}NUMBER;`"))
}

/// Refuses a folder that holds something else than a build of the page.
pub fn refuse_foreign(out: &Path) -> Result<()> {
    let is_empty = match fs::read_dir(out) {
        Ok(mut files) => files.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error).with_context(|| format!("cannot use {}", out.display())),
    };
    let index = fs::read_to_string(out.join("index.html")).unwrap_or_default();
    // The source of the page has the mark too, and its folder is the repository.
    if is_empty || (index.contains(MARK) && index.contains("Content-Security-Policy")) {
        return Ok(());
    }
    bail!("{} holds something else than a build of the page: name another --out", out.display())
}

/// Puts a built page into a folder that may hold earlier ones: over the newest, beside versions.
/// One that is there and would come out otherwise is an error, unless it is to be replaced.
pub fn put(
    workspace: &Workspace,
    page: &Path,
    out: &Path,
    replaces_version: bool,
) -> Result<Weights> {
    let scratch = workspace.scratch("site");
    let version = workspace.version_of(WEB)?;
    let mut kept = versions(&out.join(VERSIONS))?;
    kept.push(version.to_owned());
    kept.sort_by(|a, b| by_number(a).cmp(&by_number(b)));
    kept.dedup();
    lay_out(workspace, page, &scratch, &kept)?;
    let there = out.join(VERSIONS).join(version);
    if there.exists() && !replaces_version {
        refuse_change(&scratch.join(VERSIONS).join(version), &there, version)?;
    }
    let weights = Compressor::default().compress(&scratch)?;
    if replaces_version {
        remove(&there)?;
    }
    replace(&scratch, out)?;
    Ok(weights)
}

/// Makes a site of a built page, with the page as its only version, in place of what is there.
/// `kept` are the versions that the list of files names.
pub fn lay_out(workspace: &Workspace, page: &Path, to: &Path, kept: &[String]) -> Result<()> {
    let own = to.join(VERSIONS).join(workspace.version_of(WEB)?);
    remove(to)?;
    files::copy(page, to)?;
    files::copy(page, &own)?;
    let index = own.join("index.html");
    edit(&index, "<meta charset", &format!("{NOT_SEARCHED}    <meta charset"))?;
    describe(workspace, &own, None)?;
    describe(workspace, to, Some(kept))
}

/// What somebody has named stays as it was, to the last byte.
fn refuse_change(new: &Path, there: &Path, version: &str) -> Result<()> {
    let (new, old) = (files::of_the_playground(new)?, files::of_the_playground(there)?);
    let Some(difference) = difference(&old, &new) else { return Ok(()) };
    bail!(
        "{} is version {version} as it was put there, and this build of version {version} differs \
         ({difference}): raise the version in Cargo.toml, or replace what pages may have pinned \
         with --replace-version",
        there.display()
    )
}

fn difference(old: &BTreeMap<String, Vec<u8>>, new: &BTreeMap<String, Vec<u8>>) -> Option<String> {
    let changed = old.iter().find_map(|(name, content)| match new.get(name) {
        None => Some(format!("{name} is gone")),
        Some(other) if other != content => Some(format!("{name} has another content")),
        Some(_) => None,
    });
    changed.or_else(|| {
        let added = new.keys().find(|name| !old.contains_key(*name))?;
        Some(format!("{added} is new"))
    })
}

/// The versions that a folder holds.
fn versions(folder: &Path) -> Result<Vec<String>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut found = files::names(folder, "")?;
    found.retain(|name| folder.join(name).join(manifest::FILE).is_file());
    Ok(found)
}

/// Orders 0.10.0 behind 0.9.0.
fn by_number(version: &str) -> Vec<(u64, &str)> {
    version.split('.').map(|part| (part.parse().unwrap_or(u64::MAX), part)).collect()
}

/// Lays a new site over what is there and then removes what it no longer has, versions excepted: a
/// host that serves the folder meanwhile finds all that a page asks for.
fn replace(site: &Path, out: &Path) -> Result<()> {
    let new = relative(site)?;
    let (last, first): (Vec<&PathBuf>, Vec<&PathBuf>) =
        new.iter().partition(|path| LAST.iter().any(|it| path.as_path() == Path::new(it)));
    for path in first.into_iter().chain(last) {
        let target = out.join(path);
        // What is kept has been compared; its compressed forms stay as well.
        let is_kept = path.starts_with(VERSIONS) && target.exists();
        if !is_kept {
            write_over(&site.join(path), &target)?;
        }
    }
    for path in relative(out)? {
        let old = out.join(&path);
        if !path.starts_with(VERSIONS) && new.binary_search(&path).is_err() {
            fs::remove_file(&old).with_context(|| format!("cannot remove {}", old.display()))?;
            remove_empty(out, &old);
        }
    }
    Ok(())
}

fn relative(folder: &Path) -> Result<Vec<PathBuf>> {
    let all = files::below(folder)?;
    let short = |path: PathBuf| path.strip_prefix(folder).map(Path::to_path_buf).unwrap_or(path);
    let mut all: Vec<PathBuf> = all.into_iter().map(short).collect();
    all.sort();
    Ok(all)
}

/// Removes the folders around a file that is gone, where they hold nothing else.
fn remove_empty(out: &Path, gone: &Path) {
    let folders = gone.ancestors().skip(1).take_while(|folder| *folder != out);
    for folder in folders {
        // One that still holds something cannot be removed, nor those around it.
        if fs::remove_dir(folder).is_err() {
            return;
        }
    }
}

fn write_over(from: &Path, to: &Path) -> Result<()> {
    let shown = || format!("cannot write {}", to.display());
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).with_context(shown)?;
    }
    fs::copy(from, to).map(drop).with_context(shown)
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", folder.display()))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

fn edit(path: &Path, from: &str, to: &str) -> Result<()> {
    let shown = || format!("cannot change {}", path.display());
    let text = fs::read_to_string(path).with_context(shown)?;
    if !text.contains(from) {
        bail!("{} has no `{from}`", path.display());
    }
    fs::write(path, text.replacen(from, to, 1)).with_context(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own with a site in it, and one to build in.
    struct Place {
        folder: PathBuf,
    }

    impl Place {
        fn new(name: &str) -> Place {
            let folder =
                std::env::temp_dir().join(format!("xtask-site-{name}-{}", std::process::id()));
            remove(&folder).unwrap();
            Place { folder }
        }

        fn out(&self) -> PathBuf {
            self.folder.join("out")
        }

        /// Lays out what a site of one version consists of, and puts it over what is there.
        fn put(&self, version: &str, files: &[(&str, &str)]) {
            let site = self.folder.join("site");
            remove(&site).unwrap();
            for root in [site.clone(), site.join(VERSIONS).join(version)] {
                for (name, text) in files.iter().chain(&[("files.json", "{}")]) {
                    let path = root.join(name);
                    fs::create_dir_all(path.parent().unwrap()).unwrap();
                    fs::write(path, text).unwrap();
                }
            }
            replace(&site, &self.out()).unwrap();
        }

        fn names(&self) -> Vec<String> {
            let all = relative(&self.out()).unwrap();
            all.iter().map(|path| path.to_string_lossy().replace('\\', "/")).collect()
        }
    }

    impl Drop for Place {
        fn drop(&mut self) {
            remove(&self.folder).unwrap();
        }
    }

    #[test]
    fn the_root_is_replaced_and_versions_stay() {
        let place = Place::new("stays");
        place.put("0.9.0", &[("index.html", "old"), ("app-1.js", "1"), ("lang/de.txt", "de")]);
        place.put("0.10.0", &[("index.html", "new"), ("app-2.js", "2")]);
        assert_eq!(
            place.names(),
            [
                "app-2.js",
                "files.json",
                "index.html",
                "v/0.10.0/app-2.js",
                "v/0.10.0/files.json",
                "v/0.10.0/index.html",
                "v/0.9.0/app-1.js",
                "v/0.9.0/files.json",
                "v/0.9.0/index.html",
                "v/0.9.0/lang/de.txt",
            ]
        );
        assert!(!place.out().join("lang").exists(), "an empty folder is left");
        assert_eq!(fs::read_to_string(place.out().join("index.html")).unwrap(), "new");
        let mut kept = versions(&place.out().join(VERSIONS)).unwrap();
        kept.sort_by(|a, b| by_number(a).cmp(&by_number(b)));
        assert_eq!(kept, ["0.9.0", "0.10.0"]);
    }

    #[test]
    fn a_version_that_would_change_is_named_with_its_first_file() {
        let place = Place::new("changes");
        let there = place.out().join(VERSIONS).join("1.0.0");
        place.put("1.0.0", &[("index.html", "page"), ("app.js", "1")]);
        refuse_change(&place.folder.join("site/v/1.0.0"), &there, "1.0.0").unwrap();
        for (files, said) in [
            (vec![("index.html", "page"), ("app.js", "2")], "app.js has another content"),
            (vec![("index.html", "page")], "app.js is gone"),
            (vec![("index.html", "page"), ("app.js", "1"), ("b.js", "")], "b.js is new"),
        ] {
            place.put("2.0.0", &files);
            let new = place.folder.join("site/v/2.0.0");
            let error = refuse_change(&new, &there, "1.0.0").unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("--replace-version"), "{error}");
        }
    }

    #[test]
    fn other_compressed_forms_are_no_other_version() {
        let place = Place::new("forms");
        place.put("1.0.0", &[("index.html", "page"), ("app.js", "1"), ("app.js.br", "packed")]);
        let there = place.out().join(VERSIONS).join("1.0.0");
        place.put("2.0.0", &[("index.html", "page"), ("app.js", "1")]);
        refuse_change(&place.folder.join("site/v/2.0.0"), &there, "1.0.0").unwrap();
        // A file that is compressed in itself is a file.
        place.put("2.0.0", &[("index.html", "page"), ("app.js", "1"), ("data.gz", "")]);
        refuse_change(&place.folder.join("site/v/2.0.0"), &there, "1.0.0").unwrap_err();
    }

    #[test]
    fn a_folder_of_something_else_is_refused() {
        let place = Place::new("foreign");
        refuse_foreign(&place.out()).unwrap();
        place.put("1.0.0", &[("index.html", "<p>My homepage</p>")]);
        assert!(refuse_foreign(&place.out()).is_err());
        let page = "<meta http-equiv=\"Content-Security-Policy\"><div id=\"playground\">";
        place.put("1.0.0", &[("index.html", page)]);
        refuse_foreign(&place.out()).unwrap();
    }

    #[test]
    fn the_engines_version_is_read_from_its_source() {
        assert!(engine_version(&Workspace::find().unwrap()).unwrap() >= 5);
    }
}
