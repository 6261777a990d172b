//! Runs all tests, part by part, and stops at the first part that fails.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::counts::{self, Counts};
use crate::dist;
use crate::npm;
use crate::shell;
use crate::tools::{self, Browser};
use crate::workspace::{TESTS, WASM, WEB, Workspace};

/// The command line.
const PROGRAM: &str = "raft-playground";

/// What names the folder for temporary files: the first on Unix, the others on Windows.
const FOLDERS_FOR_TEMPORARY_FILES: [&str; 3] = ["TMPDIR", "TMP", "TEMP"];

/// A part of the tests that can run alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// All crates but the page's, compiled for this computer
    Native,
    /// The page's components and JS API, in a headless browser
    Wasm,
    /// The same runs in wasm as natively, in Node.js
    WasmNode,
    /// The built page, used as a person uses it
    Page,
    /// The npm package: in bundlers, in Node.js, from one file
    Package,
}

impl Part {
    fn title(self) -> &'static str {
        match self {
            Self::Native => "native: all crates but the page's",
            Self::Wasm => "wasm: the page's own tests in a headless browser",
            Self::WasmNode => "wasm-node: the same runs in wasm as natively",
            Self::Page => "page: the built page in a headless browser",
            Self::Package => "package: the npm package in bundlers, in Node.js, from one file",
        }
    }
}

pub fn test(seeds: u64, only: Option<Part>) -> Result<()> {
    let start = Instant::now();
    let parts = Part::value_variants().iter().copied();
    let chosen: Vec<Part> = parts.filter(|part| only.is_none_or(|only| only == *part)).collect();
    let tests = Tests { workspace: Workspace::find()?, seeds };
    for part in &chosen {
        tests.set_up(*part)?;
    }
    let mut sum = Counts::default();
    for part in chosen {
        let (counts, result) = tests.run(part)?;
        sum += counts;
        if let Err(error) = result {
            println!("\n{}", summary(sum));
            let name = part.to_possible_value().map_or(String::new(), |v| v.get_name().to_owned());
            bail!(
                "the tests of part `{name}` failed ({error}): repeat them alone with `cargo xtask \
                 test --only {name}`"
            );
        }
    }
    println!("\nAll tests done in {}.", shell::duration(start.elapsed()));
    println!("{}", summary(sum));
    Ok(())
}

fn summary(sum: Counts) -> String {
    let ignored =
        if sum.ignored > 0 { format!(", {} ignored", sum.ignored) } else { String::new() };
    let tested = sum.passed.saturating_sub(sum.without_data);
    let skipped = match sum.without_data {
        0 => String::new(),
        count => format!(", {count} skipped for absent data (README.md says where it is from)"),
    };
    format!("{tested} passed, {} failed{ignored}{skipped}", sum.failed)
}

/// What a part came to: the tests that ran, and whether it succeeded.
type Outcome = (Counts, Result<()>);

struct Tests {
    workspace: Workspace,
    seeds: u64,
}

impl Tests {
    /// Everything is installed before the first test, so that nobody waits to learn what is
    /// missing.
    fn set_up(&self, part: Part) -> Result<()> {
        match part {
            Part::Native => {}
            Part::Wasm => {
                self.runner()?;
                Browser::find_or_install()?;
            }
            Part::WasmNode => {
                self.runner()?;
                tools::node()?;
            }
            Part::Page => {
                tools::page_tools(&self.workspace)?;
                tools::install_browser_tests(&self.workspace)?;
                Browser::find_or_install()?;
            }
            Part::Package => {
                tools::page_tools(&self.workspace)?;
                tools::install_package_tests(&self.workspace)?;
                Browser::find_or_install()?;
            }
        }
        Ok(())
    }

    fn run(&self, part: Part) -> Result<Outcome> {
        shell::heading(part.title());
        let start = Instant::now();
        let outcome = match part {
            Part::Native => self.native()?,
            Part::Wasm => self.wasm()?,
            Part::WasmNode => self.wasm_node()?,
            Part::Page => self.page()?,
            Part::Package => self.package()?,
        };
        let verdict = if outcome.1.is_ok() { "passed" } else { "FAILED" };
        eprintln!("== {verdict} in {}", shell::duration(start.elapsed()));
        Ok(outcome)
    }

    fn native(&self) -> Result<Outcome> {
        // Tests that find no data add a line here: what they print, the harness may swallow.
        let skipped = self.workspace.scratch("skipped.txt");
        if let Some(folder) = skipped.parent() {
            std::fs::create_dir_all(folder).context("cannot create a scratch folder")?;
        }
        std::fs::write(&skipped, "").context("cannot write into the target directory")?;
        let mut command = self.workspace.cargo();
        // The page's crate is tried where it runs.
        command.args(["test", "--workspace", "--exclude", WEB]);
        command.env("RAFT_SEEDS", self.seeds.to_string());
        command.env("RAFT_SKIPPED", &skipped);
        let (mut counts, result) = cargo_outcome(&mut command)?;
        let lines = std::fs::read_to_string(&skipped).context("cannot read what was skipped")?;
        counts.without_data = lines.lines().count() as u64;
        if result.is_err() {
            return Ok((counts, result));
        }
        let (of_features, result) = cargo_outcome(&mut self.serde())?;
        counts += of_features;
        Ok((counts, result))
    }

    /// The tests that need the feature `serde`, which everything else is tested without.
    fn serde(&self) -> Command {
        let mut command = self.workspace.cargo();
        command.args(["test", "--test", "serde"]);
        for package in self.workspace.with_feature("serde") {
            command.args(["--package", package, "--features", &format!("{package}/serde")]);
        }
        command
    }

    fn wasm(&self) -> Result<Outcome> {
        let browser = Browser::find_or_install()?;
        let mut command = self.wasm_cargo()?;
        // It has no doctests.
        command.args(["--package", WEB, "--tests"]);
        command.env("CHROMEDRIVER", &browser.driver);
        command.env(
            "WASM_BINDGEN_TEST_WEBDRIVER_JSON",
            browser.write_webdriver_json(&self.workspace)?,
        );
        cargo_outcome(&mut command)
    }

    fn wasm_node(&self) -> Result<Outcome> {
        if !self.workspace.has_target(TESTS, "test", "wasm") {
            eprintln!("There is no test `wasm` in `{TESTS}`: nothing to run.");
            return Ok((Counts::default(), Ok(())));
        }
        let mut command = self.wasm_cargo()?;
        command.args(["--package", TESTS, "--test", "wasm"]);
        let folder = self.workspace.scratch("node");
        scripts_are_common(&folder)?;
        for variable in FOLDERS_FOR_TEMPORARY_FILES {
            command.env(variable, &folder);
        }
        cargo_outcome(&mut command)
    }

    /// `cargo test` for wasm, each test program run by wasm-bindgen's runner.
    fn wasm_cargo(&self) -> Result<Command> {
        let mut command = self.workspace.cargo();
        command.args(["test", "--target", WASM]);
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", self.runner()?);
        command.env("RAFT_SEEDS", self.seeds.to_string());
        Ok(command)
    }

    fn runner(&self) -> Result<PathBuf> {
        tools::wasm_target()?;
        let name = format!("wasm-bindgen-test-runner{}", std::env::consts::EXE_SUFFIX);
        Ok(tools::wasm_bindgen(&self.workspace)?.with_file_name(name))
    }

    fn page(&self) -> Result<Outcome> {
        let page = dist::build(&self.workspace)?;
        let mut command = node_in_browser(&self.workspace, &page)?;
        command.args(["--test", "--test-reporter=spec"]);
        // Two files at a time on any computer: much of each passes in waiting for the page.
        command.arg("--test-concurrency=2").args(self.node_tests("tests/browser")?);
        let (output, result) = shell::tee(&mut command)?;
        Ok((counts::of_node(&output), result))
    }

    fn package(&self) -> Result<Outcome> {
        let package = npm::build(&self.workspace)?;
        shell::run(self.workspace.cargo().args(["build", "--quiet", "--package", PROGRAM]))?;
        let program = format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX);
        let mut command = node_in_browser(&self.workspace, &package)?;
        command.env("PACKAGE", &package);
        command.env("RAFT_PLAYGROUND", self.workspace.target_dir.join("debug").join(program));
        command.args(["--test", "--test-reporter=spec", "--test-concurrency=2"]);
        let (output, result) = shell::tee(command.args(self.node_tests("tests/package")?))?;
        Ok((counts::of_node(&output), result))
    }

    /// Listed by us: what `node --test` makes of a folder differs between its versions.
    fn node_tests(&self, folder: &str) -> Result<Vec<PathBuf>> {
        let dir = self.workspace.root.join(folder);
        let files = std::fs::read_dir(&dir).with_context(|| format!("cannot read {folder}"))?;
        let mut tests: Vec<PathBuf> = files
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
            .collect();
        tests.sort();
        if tests.is_empty() {
            bail!("{folder} holds no *.test.mjs: restore them from the repository");
        }
        Ok(tests)
    }
}

/// A `node` command that finds the browser in CHROME and CHROME_ARGS and the built page in DIST.
pub fn node_in_browser(workspace: &Workspace, page: &Path) -> Result<Command> {
    let browser = Browser::find_or_install()?;
    tools::install_browser_tests(workspace)?;
    let mut command = Command::new(tools::node()?);
    command.current_dir(&workspace.root).env("CHROME", &browser.chrome);
    command.env("CHROME_ARGS", browser.flags().join(" ")).env("DIST", page);
    Ok(command)
}

/// Makes a folder below which Node.js takes `.js` for CommonJS, as wasm-bindgen's runner writes it
/// among the temporary files. Elsewhere a `package.json` that somebody left in a folder above has
/// the say.
fn scripts_are_common(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(folder.join("package.json"), "{ \"type\": \"commonjs\" }\n"))
        .with_context(|| format!("cannot write into {}", folder.display()))
}

fn cargo_outcome(command: &mut Command) -> Result<Outcome> {
    let (output, result) = shell::tee(command)?;
    Ok((counts::of_cargo(&output), result))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_skipped_for_absent_data_does_not_count_as_passed() {
        let sum = Counts { passed: 9, failed: 0, ignored: 0, without_data: 4 };
        let said =
            "5 passed, 0 failed, 4 skipped for absent data (README.md says where it is from)";
        assert_eq!(summary(sum), said);
        assert_eq!(summary(Counts { passed: 9, ..Counts::default() }), "9 passed, 0 failed");
    }
}
