//! The tools the other commands need: which ones, in which versions, and how one gets them.
//! What fits on PATH is used first, then what an earlier run installed, then it is installed.

mod binstall;
mod browser;
mod install;
mod node;
mod others;
mod python;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

pub use browser::Browser;
pub use node::{
    install_browser_tests, install_journeys, install_node_packages, install_package_tests, node,
    npm,
};
pub use others::{WebKit, firefox};
pub use python::python_packages;

use crate::shell;
use crate::version::Version;
use crate::workspace::{WASM, Workspace, cargo_path};

const TRUNK: Version = Version::new(0, 21, 14);
const CARGO_DENY: Version = Version::new(0, 20, 2);
const CARGO_FUZZ: Version = Version::new(0, 13, 2);
const ESBUILD: Version = Version::new(0, 28, 2);
const BINARYEN: Version = Version::new(132, 0, 0);
const MDBOOK: Version = Version::new(0, 5, 4);
/// Older ones do not know the wasm features that Rust switches on by itself.
const BINARYEN_OLDEST: Version = Version::new(120, 0, 0);

/// Installs all tools and reports where each is.
pub fn setup_all() -> Result<()> {
    let workspace = Workspace::find()?;
    let page = page_tools(&workspace)?;
    let esbuild = esbuild()?;
    let deny = cargo_deny()?;
    let mdbook = mdbook()?;
    let browser = Browser::find_or_install()?;
    node()?;
    install_browser_tests(&workspace)?;
    install_journeys(&workspace)?;
    install_package_tests(&workspace)?;
    let others =
        [("Firefox", firefox().map(drop)), ("WebKit", WebKit::find_or_install().map(drop))];
    for (name, found) in others {
        if let Err(reason) = found {
            eprintln!("LEFT OUT: {name}: {reason:#}.");
        }
    }
    for path in page.iter().chain([&esbuild, &deny, &mdbook, &browser.chrome, &browser.driver]) {
        println!("{}", path.display());
    }
    Ok(())
}

/// What Trunk needs to build the page: the folders to put in front of PATH.
pub fn page_tools(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    wasm_target()?;
    let programs = [trunk()?, wasm_bindgen(workspace)?, wasm_opt()?];
    let folders = programs.iter().filter_map(|program| program.parent());
    Ok(folders.map(Path::to_path_buf).collect())
}

/// Makes sure that Rust can compile for the browser.
pub fn wasm_target() -> Result<()> {
    // Asked of rustc, for a toolchain from a distribution has the target without rustup.
    let libraries =
        shell::output(Command::new("rustc").args(["--print", "target-libdir", "--target", WASM]))
            .context("rustc is missing or broken: install Rust with rustup")?;
    if fs::read_dir(libraries.trim()).is_ok_and(|mut files| files.next().is_some()) {
        return Ok(());
    }
    if shell::find("rustup").is_none() {
        anyhow::bail!(
            "this Rust cannot compile for {WASM} and there is no rustup to add it: install rustup, \
             or your distribution's package of that target"
        );
    }
    let mut command = Command::new("rustup");
    command.args(["target", "add", WASM]);
    install::announced(&mut command, WASM, "under a minute")
}

pub fn trunk() -> Result<PathBuf> {
    let fits = |found: Version| (found.major, found.minor) == (TRUNK.major, TRUNK.minor);
    install::Tool {
        name: "trunk",
        version: TRUNK,
        programs: &["trunk"],
        fits: &fits,
        built: Some("trunk"),
    }
    .find_or_install(|version, root, build| {
        (cargo_install("trunk", version, root, build, true), "about 8 to 10 minutes on two cores")
    })
}

/// `wasm-bindgen`, with `wasm-bindgen-test-runner` beside it. It must be exactly the version of
/// the library, for the two share a private format.
pub fn wasm_bindgen(workspace: &Workspace) -> Result<PathBuf> {
    let version = workspace.locked_version("wasm-bindgen")?;
    let programs = &["wasm-bindgen", "wasm-bindgen-test-runner"];
    let fits = |found: Version| found == version;
    let built = Some("wasm-bindgen-cli");
    install::Tool { name: "wasm-bindgen", version, programs, fits: &fits, built }.find_or_install(
        |version, root, build| {
            // Its lock file may name crates that are newer than a mirror's index.
            let command = cargo_install("wasm-bindgen-cli", version, root, build, false);
            (command, "about 3 minutes on two cores")
        },
    )
}

pub fn cargo_deny() -> Result<PathBuf> {
    let fits = |found: Version| found >= CARGO_DENY;
    install::Tool {
        name: "cargo-deny",
        version: CARGO_DENY,
        programs: &["cargo-deny"],
        fits: &fits,
        built: Some("cargo-deny"),
    }
    .find_or_install(|version, root, build| {
        (cargo_install("cargo-deny", version, root, build, true), "about 6 minutes on two cores")
    })
}

pub fn cargo_fuzz() -> Result<PathBuf> {
    let fits = |found: Version| found >= CARGO_FUZZ;
    install::Tool {
        name: "cargo-fuzz",
        version: CARGO_FUZZ,
        programs: &["cargo-fuzz"],
        fits: &fits,
        built: Some("cargo-fuzz"),
    }
    .find_or_install(|version, root, build| {
        (cargo_install("cargo-fuzz", version, root, build, true), "about 2 minutes on two cores")
    })
}

/// Makes pages of Markdown, with an index to search in. Only this version: the documentation's
/// theme is written for it.
pub fn mdbook() -> Result<PathBuf> {
    install::Tool {
        // One without the index has the same version, and would be taken for this.
        name: "mdbook-search",
        version: MDBOOK,
        programs: &["mdbook"],
        fits: &|found: Version| found == MDBOOK,
        built: Some("mdbook"),
    }
    .find_or_install(|version, root, build| {
        let mut command = cargo_install("mdbook", version, root, build, true);
        command.args(["--no-default-features", "--features", "search"]);
        (command, "about 3 minutes on two cores")
    })
}

pub fn wasm_opt() -> Result<PathBuf> {
    from_npm(&install::Tool {
        name: "binaryen",
        version: BINARYEN,
        programs: &["wasm-opt"],
        fits: &|found: Version| found >= BINARYEN_OLDEST,
        built: None,
    })
}

/// Takes comments and blanks out of scripts and styles. Trunk's own way of doing so (its
/// `minify`) cannot read what wasm-bindgen writes.
pub fn esbuild() -> Result<PathBuf> {
    from_npm(&install::Tool {
        name: "esbuild",
        version: ESBUILD,
        programs: &["esbuild"],
        fits: &|found: Version| found == ESBUILD,
        built: None,
    })
}

/// A tool that the npm package of its name brings as a program.
fn from_npm(tool: &install::Tool<'_>) -> Result<PathBuf> {
    if let Some(found) = tool.find() {
        return Ok(found);
    }
    let npm = node::npm()?;
    tool.find_or_install(|version, root, _| {
        let mut command = Command::new(&npm);
        command.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]);
        command.arg(root).arg(format!("{}@{version}", tool.name));
        (command, "under a minute")
    })
}

fn cargo_install(
    package: &str,
    version: Version,
    root: &Path,
    build: &Path,
    locked: bool,
) -> Command {
    let mut command = Command::new(cargo_path());
    command.args(["install", package, "--version", &version.to_string(), "--root"]).arg(root);
    // Kept until the install is complete, so that an interrupted one goes on where it stopped.
    command.arg("--target-dir").arg(build);
    if locked {
        command.arg("--locked");
    }
    command
}

/// Where installed tools live, shared by all clones.
fn tools_dir() -> Result<PathBuf> {
    let cache = match env::var_os("XDG_CACHE_HOME").filter(|dir| Path::new(dir).is_absolute()) {
        Some(dir) => PathBuf::from(dir),
        None => env::home_dir()
            .context("no home folder to install tools in: set HOME or XDG_CACHE_HOME")?
            .join(".cache"),
    };
    Ok(cache.join("raft-playground").join("tools"))
}
