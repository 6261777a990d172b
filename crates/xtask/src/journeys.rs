//! The same journeys through the built page in Chromium, Firefox and WebKit. What cannot be had of
//! them is said by name, and the others are tried.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::counts;
use crate::dist;
use crate::shell;
use crate::tools::{self, Browser, WebKit};
use crate::workspace::Workspace;

/// The browsers that are here, as the journeys are told of them, and those that are not.
#[derive(Default)]
struct Found {
    files: Vec<&'static str>,
    variables: Vec<(&'static str, PathBuf)>,
    flags: String,
    left_out: Vec<String>,
}

/// Makes the journeys with the page in `built`, or builds it: `Some(None)` is where it was built
/// last.
pub fn journeys(built: Option<Option<PathBuf>>) -> Result<()> {
    let start = Instant::now();
    let workspace = Workspace::find()?;
    let node = tools::node()?;
    tools::install_journeys(&workspace)?;
    let found = Found::all();
    if found.files.is_empty() {
        bail!("there is no browser to make the journeys in:\n{}", found.left_out.join("\n"));
    }
    let page = match built {
        Some(folder) => built_page(folder.unwrap_or_else(|| workspace.scratch("page")))?,
        None => dist::build(&workspace)?,
    };
    shell::heading("journeys: the built page in all browsers");
    let mut command = found.command(&node, &workspace.root);
    let (output, result) = shell::tee(command.env("DIST", page))?;
    let counts = counts::of_node(&output);
    println!("\nAll journeys done in {}.", shell::duration(start.elapsed()));
    println!("{} passed, {} failed, {} left out", counts.passed, counts.failed, counts.ignored);
    for line in &found.left_out {
        println!("LEFT OUT: {line}");
    }
    result.context("what a browser shows is wrong: tests/journeys/output has pictures of it")
}

/// A folder that somebody says holds the built page.
fn built_page(folder: PathBuf) -> Result<PathBuf> {
    let folder = std::path::absolute(folder).context("cannot tell where --built is")?;
    if !folder.join("index.html").is_file() || !folder.join("embed.js").is_file() {
        bail!(
            "--built: {} holds no built page: build one with `cargo xtask dist`, or leave the \
             option out",
            folder.display()
        );
    }
    Ok(folder)
}

impl Found {
    fn all() -> Self {
        let mut found = Self::default();
        let chromium = Browser::find_or_install().map(|it| {
            found.flags = it.flags().join(" ");
            vec![("CHROME", it.chrome)]
        });
        found.add("Chromium", "chromium.test.mjs", chromium);
        let firefox = tools::firefox().map(|path| vec![("FIREFOX", path)]);
        found.add("Firefox", "firefox.test.mjs", firefox);
        let webkit = WebKit::find_or_install().map(|it| {
            vec![("WEBKIT_DRIVER", it.driver), ("MINIBROWSER", it.browser), ("XVFB", it.screen)]
        });
        found.add("WebKit", "webkit.test.mjs", webkit);
        found
    }

    fn add(
        &mut self,
        name: &str,
        file: &'static str,
        browser: Result<Vec<(&'static str, PathBuf)>>,
    ) {
        match browser {
            Ok(variables) => {
                self.files.push(file);
                self.variables.extend(variables);
            }
            Err(reason) => self.left_out.push(format!("{name}: {reason:#}.")),
        }
    }

    fn command(&self, node: &Path, root: &Path) -> Command {
        let mut command = Command::new(node);
        command.args(["--test", "--test-reporter=spec"]);
        // Two browsers at a time on any computer: much of a journey passes in waiting for the page.
        command.arg("--test-concurrency=2").args(&self.files);
        command.current_dir(root.join("tests/journeys")).env("CHROME_ARGS", &self.flags);
        command.envs(self.variables.iter().map(|(name, path)| (name, path)));
        command
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_that_cannot_be_had_is_named_and_the_others_are_tried() {
        let mut found = Found::default();
        found.add("Firefox", "firefox.test.mjs", Ok(vec![("FIREFOX", PathBuf::from("/f"))]));
        found.add("WebKit", "webkit.test.mjs", Err(anyhow::anyhow!("no screen")));
        assert_eq!(found.files, ["firefox.test.mjs"]);
        assert_eq!(found.left_out, ["WebKit: no screen."]);
    }

    #[test]
    fn a_folder_without_a_page_is_refused_by_its_name() {
        let error = built_page(PathBuf::from("no-such-folder")).unwrap_err().to_string();
        assert!(error.contains("no-such-folder") && error.contains("cargo xtask dist"), "{error}");
    }
}
