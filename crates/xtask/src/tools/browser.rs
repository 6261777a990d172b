//! The browser for the tests: Chromium or Chrome, its driver, and the flags they run with.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::install;
use crate::shell;
use crate::workspace::Workspace;

const CHROMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const CHROME_OF_MACOS: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// A browser under test is quiet: it asks nobody for anything and keeps nothing.
const FLAGS: &[&str] = &[
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
];

/// A browser and its driver.
pub struct Browser {
    pub chrome: PathBuf,
    pub driver: PathBuf,
}

impl Browser {
    pub fn find_or_install() -> Result<Self> {
        if let Some(found) = Self::find()? {
            return Ok(found);
        }
        let packages = ["chromium", "chromium-driver"];
        if !install_from_debian("Chromium and ChromeDriver", &packages)? {
            bail!(
                "the tests need Chromium or Chrome and ChromeDriver: install both (Debian and \
                 Ubuntu: `apt-get install chromium chromium-driver`), or name them in CHROME and \
                 CHROMEDRIVER"
            );
        }
        Self::find()?.context(
            "Chromium and ChromeDriver were installed but are not on PATH: name them in CHROME and \
             CHROMEDRIVER",
        )
    }

    fn find() -> Result<Option<Self>> {
        let macos = Some(PathBuf::from(CHROME_OF_MACOS)).filter(|path| path.is_file());
        let chrome = named_by("CHROME")?
            .or_else(|| CHROMES.iter().find_map(|name| shell::find(name)))
            .or(macos);
        let driver = named_by("CHROMEDRIVER")?.or_else(|| shell::find("chromedriver"));
        Ok(chrome.zip(driver).map(|(chrome, driver)| Self { chrome, driver }))
    }

    /// The flags for a program that adds `--headless` and a fresh profile by itself.
    pub fn flags(&self) -> Vec<&'static str> {
        // Chromium's sandbox refuses root, and containers of CI often lack what it needs.
        let sandbox =
            if is_root() || env::var_os("CI").is_some() { &["--no-sandbox"][..] } else { &[] };
        FLAGS.iter().chain(sandbox).copied().collect()
    }

    /// Writes the file that tells wasm-bindgen's test runner how to start the browser.
    pub fn write_webdriver_json(&self, workspace: &Workspace) -> Result<PathBuf> {
        let mut flags = vec!["--headless"];
        flags.extend(self.flags());
        let capabilities = json!({
            "goog:chromeOptions": { "args": flags, "binary": self.chrome.to_string_lossy() }
        });
        let dir = workspace.scratch("webdriver");
        let path = dir.join("webdriver.json");
        fs::create_dir_all(&dir)
            .and_then(|()| fs::write(&path, format!("{capabilities:#}\n")))
            .with_context(|| format!("cannot write {}", path.display()))?;
        Ok(path)
    }
}

/// Installs packages where that can be done: as root, on Debian and its like. False elsewhere.
pub(super) fn install_from_debian(what: &str, packages: &[&str]) -> Result<bool> {
    if !is_root() || shell::find("apt-get").is_none() {
        return Ok(false);
    }
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    install::announced(&mut apt(&["update"]), "Debian's package lists", "seconds")?;
    let mut command = apt(&["install", "--yes", "--no-install-recommends"]);
    install::announced(command.args(packages), what, "about a minute")?;
    Ok(true)
}

pub(super) fn named_by(variable: &str) -> Result<Option<PathBuf>> {
    let Some(value) = env::var_os(variable).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let path = PathBuf::from(value);
    if !path.is_file() {
        bail!("{variable} names {}, which is not there: correct or unset it", path.display());
    }
    Ok(Some(path))
}

#[cfg(unix)]
fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // Our own process as a file is the shortest way to the user id without a dependency; where
    // there is no /proc, nobody tests as root.
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}
