//! Lets the page work without a network: `sw.js`, a service worker that knows every file of its
//! build (`web/offline/sw.js` says how it keeps them), and what the page does to have it.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::digest;
use crate::files;
use crate::workspace::Workspace;

/// The worker's file: a browser looks at this very address for a newer one.
pub const WORKER: &str = "sw.js";
const SOURCE: &str = "web/offline/sw.js";

/// What the page's own start does last: not in a frame, which another site may own, and not before
/// what it needs for itself has been asked for. Without service workers, and where they are
/// forbidden, the page is as it was. It looks for a newer worker itself: a browser may take a
/// minute to, and longer where a worker asks. It counts towards the first visit, so it is short.
pub const REGISTER: &str = "self==top&&setTimeout(()=>navigator.serviceWorker\
     ?.register(\"sw.js\").then(it=>it.update()).catch(()=>{}),3e3);\n";

/// What a page that runs needs none of: a list and texts for whoever hosts it, and what only other
/// pages load.
const NOT_KEPT: [&str; 5] = [WORKER, "files.json", "licences.txt", "inline.js", "frame.js"];

/// Writes the worker of a built page, over one that is there.
pub fn write(workspace: &Workspace, page: &Path) -> Result<()> {
    let source = workspace.root.join(SOURCE);
    let shown = || format!("cannot read {}", source.display());
    let template = fs::read_to_string(&source).with_context(shown)?;
    let mut kept = files::of_the_playground(page)?;
    kept.retain(|name, _| !NOT_KEPT.contains(&name.as_str()));
    let target = page.join(WORKER);
    fs::write(&target, worker(&template, &kept)?)
        .with_context(|| format!("cannot write {}", target.display()))
}

/// The worker for these files. Its own text is part of the build's name, for what another text has
/// kept it does not touch.
fn worker(template: &str, kept: &BTreeMap<String, Vec<u8>>) -> Result<String> {
    if let Some(name) = kept.keys().find(|name| !is_plain(name)) {
        bail!("the file {name} would not be the same in an address: expected A-Z a-z 0-9 . _ - /");
    }
    let digests: BTreeMap<&str, String> =
        kept.iter().map(|(name, bytes)| (name.as_str(), digest::sha256(bytes))).collect();
    let list = serde_json::to_string(&digests).context("cannot write a list of files")?;
    let with_list = filled(template, "const FILES = {};", &format!("const FILES = {list};"))?;
    let build = digest::short(with_list.as_bytes());
    filled(&with_list, "const BUILD = \"\";", &format!("const BUILD = \"{build}\";"))
}

fn is_plain(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte))
}

fn filled(text: &str, place: &str, with: &str) -> Result<String> {
    if text.matches(place).count() != 1 {
        bail!("{SOURCE} has to have `{place}` once");
    }
    Ok(text.replacen(place, with, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "const BUILD = \"\";\nconst FILES = {};\n";

    fn kept(files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn the_worker_knows_every_file_by_its_content() {
        let one = worker(TEMPLATE, &kept(&[("a.js", "abc"), ("lang/zh.txt", "")])).unwrap();
        assert!(one.contains("\"a.js\":\"ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\""), "{one}");
        assert!(one.contains("\"lang/zh.txt\":\"47DEQ"), "{one}");
        let other = worker(TEMPLATE, &kept(&[("a.js", "abd"), ("lang/zh.txt", "")])).unwrap();
        assert_ne!(one.lines().next(), other.lines().next(), "another build has another name");
        let changed = format!("{TEMPLATE}// other manners\n");
        let changed = worker(&changed, &kept(&[("a.js", "abc"), ("lang/zh.txt", "")])).unwrap();
        assert_ne!(one.lines().next(), changed.lines().next(), "and so has another worker");
    }

    #[test]
    fn what_cannot_be_filled_in_is_refused() {
        assert!(worker("const FILES = {};", &kept(&[])).is_err());
        let error = worker(TEMPLATE, &kept(&[("a b.js", "")])).unwrap_err().to_string();
        assert!(error.contains("a b.js"), "{error}");
    }
}
