//! Where this workspace is and what it holds, asked of Cargo rather than guessed.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;
use crate::version::{self, Version};

/// The target triple of the page.
pub const WASM: &str = "wasm32-unknown-unknown";
/// The package of the page.
pub const WEB: &str = "raft-playground-web";
/// The package of tests and benchmarks.
pub const TESTS: &str = "playground-tests";

/// One clone of the repository.
pub struct Workspace {
    pub root: PathBuf,
    /// Cargo's target directory, wherever CARGO_TARGET_DIR or a configuration put it.
    pub target_dir: PathBuf,
    packages: Vec<Value>,
}

impl Workspace {
    pub fn find() -> Result<Self> {
        let root = root()?;
        let text = shell::output(
            Command::new(cargo_path())
                .args(["metadata", "--no-deps", "--format-version", "1"])
                .current_dir(&root),
        )?;
        let mut metadata: Value =
            serde_json::from_str(&text).context("cannot read what `cargo metadata` prints")?;
        let target_dir = metadata["target_directory"].as_str().map(PathBuf::from);
        let Value::Array(packages) = metadata["packages"].take() else {
            bail!("`cargo metadata` names no packages");
        };
        let target_dir = target_dir.context("`cargo metadata` names no target directory")?;
        Ok(Self { root, target_dir, packages })
    }

    /// A scratch folder of our own below the target directory.
    pub fn scratch(&self, name: &str) -> PathBuf {
        self.target_dir.join("xtask").join(name)
    }

    /// A `cargo` command at the root.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(cargo_path());
        command.current_dir(&self.root);
        command
    }

    /// Where Cargo keeps the sources of dependencies.
    pub fn cargo_home(&self) -> Result<PathBuf> {
        if let Some(home) = env::var_os("CARGO_HOME") {
            return Ok(self.root.join(home));
        }
        let home = env::home_dir().context("cannot tell the home directory")?;
        Ok(home.join(".cargo"))
    }

    /// Whether a package of the workspace has a target of this kind (`bin`, `test`) and name.
    pub fn has_target(&self, package: &str, kind: &str, name: &str) -> bool {
        self.packages
            .iter()
            .filter(|found| found["name"] == package)
            .flat_map(|found| found["targets"].as_array().into_iter().flatten())
            .any(|target| {
                let kinds = target["kind"].as_array();
                target["name"] == name && kinds.is_some_and(|all| all.iter().any(|k| k == kind))
            })
    }

    /// The names and versions of the packages that may be published.
    pub fn publishable(&self) -> Vec<(&str, &str)> {
        let may_be = |package: &&Value| package["publish"].is_null();
        let found = self.packages.iter().filter(may_be);
        found.filter_map(|it| Some((it["name"].as_str()?, it["version"].as_str()?))).collect()
    }

    /// The version of a package of the workspace.
    pub fn version_of(&self, package: &str) -> Result<&str> {
        let found = self.packages.iter().find(|found| found["name"] == package);
        let version = found.and_then(|found| found["version"].as_str());
        version.with_context(|| format!("the workspace has no package `{package}`"))
    }

    /// The packages that have a feature of this name.
    pub fn with_feature(&self, feature: &str) -> Vec<&str> {
        let has_it = |package: &&Value| !package["features"][feature].is_null();
        self.packages.iter().filter(has_it).filter_map(|package| package["name"].as_str()).collect()
    }

    /// The version that Cargo.lock names for a package.
    pub fn locked_version(&self, package: &str) -> Result<Version> {
        let path = self.root.join("Cargo.lock");
        let text = fs::read_to_string(&path)
            .context("cannot read Cargo.lock: run `cargo generate-lockfile` to write it")?;
        version::locked(&text, package)
            .with_context(|| format!("Cargo.lock names no `{package}`: no package depends on it"))
    }
}

/// The Cargo that runs us, so that a chosen toolchain (`cargo +1.95 xtask`) stays chosen.
pub fn cargo_path() -> PathBuf {
    env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from)
}

/// Found at run time, not baked in: clones may share one target directory and this very binary.
fn root() -> Result<PathBuf> {
    let start = match env::var_os("CARGO_MANIFEST_DIR") {
        Some(dir) => PathBuf::from(dir),
        None => env::current_dir().context("cannot tell the current directory")?,
    };
    let found = start.ancestors().find(|dir| is_root(dir)).map(Path::to_path_buf);
    found.context("not inside the repository: run `cargo xtask` from one of its folders")
}

fn is_root(dir: &Path) -> bool {
    fs::read_to_string(dir.join("Cargo.toml")).is_ok_and(|text| text.contains("[workspace]"))
}
