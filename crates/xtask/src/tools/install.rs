//! Installing one tool: once for all clones, visibly, and all or nothing.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::{binstall, tools_dir};
use crate::shell;
use crate::version::Version;

/// A tool and what makes a found copy of it good enough.
pub struct Tool<'a> {
    /// Names its folder, with the version.
    pub name: &'a str,
    /// The version to install.
    pub version: Version,
    /// The programs in it; the first one is asked for its version, all must be there.
    pub programs: &'a [&'a str],
    pub fits: &'a dyn Fn(Version) -> bool,
    /// The package that cargo-binstall may have built already.
    pub built: Option<&'a str>,
}

impl Tool<'_> {
    /// The first program, from PATH or from an earlier install.
    pub fn find(&self) -> Option<PathBuf> {
        self.on_path().or_else(|| self.installed_in(&self.dir().ok()?))
    }

    /// Finds the tool or runs the command that `how` makes of the version, the folder to install
    /// into and a folder for building; `how` also says how long it takes.
    pub fn find_or_install(
        &self,
        how: impl FnOnce(Version, &Path, &Path) -> (Command, &'static str),
    ) -> Result<PathBuf> {
        match self.find() {
            Some(found) => Ok(found),
            None => self.install(how),
        }
    }

    /// Installs into a folder beside the final one and renames it when it is whole: an
    /// interrupted install is never taken for a complete one.
    fn install(
        &self,
        how: impl FnOnce(Version, &Path, &Path) -> (Command, &'static str),
    ) -> Result<PathBuf> {
        let dir = self.dir()?;
        let _lock = locked(&dir, self.name)?;
        // Another process may have installed it while this one waited for the lock.
        if let Some(found) = self.installed_in(&dir) {
            return Ok(found);
        }
        let partial = with_suffix(&dir, ".partial");
        let build = with_suffix(&dir, ".build");
        for leftover in [&dir, &partial] {
            remove(leftover)?;
        }
        fs::create_dir_all(&partial).with_context(|| cannot_write(&partial))?;
        if !self.fetched(&partial)? {
            let (mut command, about) = how(self.version, &partial, &build);
            announced(&mut command, &format!("{} {}", self.name, self.version), about)?;
        }
        if self.installed_in(&partial).is_none() {
            bail!("{} was installed but does not run: look into {}", self.name, partial.display());
        }
        fs::rename(&partial, &dir).with_context(|| cannot_write(&dir))?;
        remove(&build)?;
        self.installed_in(&dir).with_context(|| format!("{} vanished", dir.display()))
    }

    /// Whether cargo-binstall brought it, so that it runs; what does not run is removed again.
    fn fetched(&self, partial: &Path) -> Result<bool> {
        let Some(package) = self.built else { return Ok(false) };
        if binstall::install(package, self.version, partial) && self.installed_in(partial).is_some()
        {
            return Ok(true);
        }
        remove(partial)?;
        fs::create_dir_all(partial).with_context(|| cannot_write(partial))?;
        Ok(false)
    }

    fn on_path(&self) -> Option<PathBuf> {
        let first = shell::find(self.programs[0])?;
        let dir = first.parent()?;
        (self.all_in(dir) && self.runs(&first)).then_some(first)
    }

    /// Cargo installs into `bin`, npm into `node_modules/.bin`.
    fn installed_in(&self, dir: &Path) -> Option<PathBuf> {
        ["bin", "node_modules/.bin"].iter().map(|sub| dir.join(sub)).find_map(|bin| {
            let first = program_in(&bin, self.programs[0]);
            (self.all_in(&bin) && self.runs(&first)).then_some(first)
        })
    }

    fn all_in(&self, dir: &Path) -> bool {
        self.programs.iter().all(|program| program_in(dir, program).is_file())
    }

    fn runs(&self, program: &Path) -> bool {
        let printed = shell::output(Command::new(program).arg("--version"));
        printed.is_ok_and(|text| Version::find_in(&text).is_some_and(self.fits))
    }

    fn dir(&self) -> Result<PathBuf> {
        Ok(tools_dir()?.join(format!("{}-{}", self.name, self.version)))
    }
}

/// Waits until nobody else installs into a folder. Held until the file is closed, be it by a crash:
/// it cannot stay behind.
pub fn locked(dir: &Path, what: &str) -> Result<File> {
    let path = with_suffix(dir, ".lock");
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).with_context(|| cannot_write(parent))?;
    }
    let file = File::create(&path).with_context(|| cannot_write(&path))?;
    if file.try_lock().is_err() {
        eprintln!("Waiting for another process that is installing {what} …");
        file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
    }
    Ok(file)
}

/// Runs an installing command and says what, about how long, and how long it took.
pub fn announced(command: &mut Command, what: &str, about: &str) -> Result<()> {
    eprintln!("Installing {what}, once for this computer: {about} …");
    let start = Instant::now();
    shell::run_with_progress(command, &format!("installing {what}"))
        .with_context(|| format!("cannot install {what}"))?;
    eprintln!("Installed {what} in {}.", shell::duration(start.elapsed()));
    Ok(())
}

fn program_in(dir: &Path, program: &str) -> PathBuf {
    dir.join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn remove(dir: &Path) -> Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir).with_context(|| format!("cannot remove {}", dir.display()))?;
    }
    Ok(())
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}
