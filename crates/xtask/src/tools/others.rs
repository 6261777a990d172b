//! The other browsers, which the journeys are made in: Firefox, and WebKit by WebKitGTK.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::browser::{install_from_debian, named_by};
use crate::shell;

const FIREFOXES: &[&str] = &["firefox-esr", "firefox"];
const FIREFOX_OF_MACOS: &str = "/Applications/Firefox.app/Contents/MacOS/firefox";

/// Firefox, which needs no driver: it is spoken to directly.
pub fn firefox() -> Result<PathBuf> {
    if let Some(found) = find_firefox()? {
        return Ok(found);
    }
    if !install_from_debian("Firefox", &["firefox-esr"])? {
        bail!(
            "it is not on PATH: install it (Debian: `apt-get install firefox-esr`), or name it in \
             FIREFOX"
        );
    }
    find_firefox()?.context("it was installed but is not on PATH: name it in FIREFOX")
}

fn find_firefox() -> Result<Option<PathBuf>> {
    let macos = Some(PathBuf::from(FIREFOX_OF_MACOS)).filter(|path| path.is_file());
    let on_path = || FIREFOXES.iter().find_map(|name| shell::find(name));
    Ok(named_by("FIREFOX")?.or_else(on_path).or(macos))
}

/// WebKit: a browser that shows it, its driver, and a screen, for the browser cannot do without.
pub struct WebKit {
    pub driver: PathBuf,
    pub browser: PathBuf,
    pub screen: PathBuf,
}

impl WebKit {
    pub fn find_or_install() -> Result<Self> {
        if let Some(found) = Self::find()? {
            return Ok(found);
        }
        if !install_from_debian("WebKitGTK and Xvfb", &["webkit2gtk-driver", "xvfb"])? {
            bail!(
                "WebKitWebDriver, MiniBrowser or Xvfb is not here: install WebKitGTK with its \
                 driver, and Xvfb (Debian: `apt-get install webkit2gtk-driver xvfb`), or name the \
                 programs in WEBKIT_DRIVER, MINIBROWSER and XVFB"
            );
        }
        Self::find()?.context(
            "WebKitGTK and Xvfb were installed but are not found: name their programs in \
             WEBKIT_DRIVER, MINIBROWSER and XVFB",
        )
    }

    fn find() -> Result<Option<Self>> {
        let driver = named_by("WEBKIT_DRIVER")?.or_else(|| shell::find("WebKitWebDriver"));
        let screen = named_by("XVFB")?.or_else(|| shell::find("Xvfb"));
        let browser = named_by("MINIBROWSER")?.or_else(mini_browser);
        let all = driver.zip(browser).zip(screen);
        Ok(all.map(|((driver, browser), screen)| Self { driver, browser, screen }))
    }
}

/// It is no program for people, so it lies with its library: `/usr/lib/MACHINE/webkit2gtk-4.1`.
fn mini_browser() -> Option<PathBuf> {
    let below = |folder: PathBuf| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir())
    };
    let mut libraries: Vec<PathBuf> = ["/usr/lib", "/usr/lib64", "/usr/libexec"]
        .iter()
        .flat_map(|folder| below(PathBuf::from(folder)))
        .flat_map(|folder| below(folder.clone()).chain([folder]))
        .filter(|folder| {
            let name = folder.file_name().map(|name| name.to_string_lossy());
            name.is_some_and(|name| name.starts_with("webkit"))
        })
        .collect();
    // The newest of several that are installed.
    libraries.sort();
    libraries.into_iter().rev().map(|it| it.join("MiniBrowser")).find(|path| path.is_file())
}
