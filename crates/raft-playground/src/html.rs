//! One HTML file that needs no other: a run with its still, and the whole playground, which comes
//! to life when somebody presses Play. It asks for nothing, and works from the disk too.

use crate::embed::escape;
use crate::moment::{self, When};
use anyhow::{Context, ensure};
use raft_view::lesson::is_lesson;
use raft_view::poster::{Poster, Theme, description, poster};
use std::io::Write;
use std::path::PathBuf;

/// Its own policy: nothing from anywhere.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; \
                      style-src 'unsafe-inline'; img-src data: blob:; base-uri 'none'; \
                      form-action 'none'";
const STYLE: &str = "body { margin: 0 auto; padding: 1rem; max-width: 64rem; \
                     color-scheme: light dark; } \
                     raft-playground:not(:defined) img { max-width: 100%; }";
/// What the page's width and height allow a lesson or a table beside the picture.
const TALL: u32 = 640;
const HOW_TO_GET_IT: &str = "expected --inline FILE: the playground in one script, which is \
                             `inline.js` of the npm package raft-playground, and lies beside the \
                             page that `cargo xtask dist` builds";

/// What is asked for.
#[derive(clap::Args)]
pub struct Page {
    /// The scenario text, `-` for standard input, or the name of anything bundled.
    pub file: PathBuf,
    /// The moment at which it begins and that its still shows: `204ms`.
    #[arg(long, value_name = "TIME", conflicts_with = "until")]
    at: Option<String>,
    /// The moment at which a claim first holds: `"leader n3"`.
    #[arg(long, value_name = "CLAIM")]
    until: Option<String>,
    /// What it shows: words of stage, logs, lesson, panel, all; otherwise the stage, or the lesson.
    #[arg(long, value_name = "WORDS")]
    view: Option<String>,
    /// A line below it.
    #[arg(long, value_name = "TEXT")]
    caption: Option<String>,
    /// The playground in one script: `inline.js` of the npm package, or beside a page that was
    /// built.
    #[arg(long, value_name = "FILE")]
    inline: Option<PathBuf>,
    /// The file to write; otherwise it is printed.
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
}

impl Page {
    /// Writes the file, or prints it.
    ///
    /// # Errors
    /// Where the text, the moment or what is to be shown is wrong, or a file cannot be had.
    pub fn write(&self) -> anyhow::Result<()> {
        let view = self.view()?;
        let script = self.script()?;
        let page = self.page(&moment::text(&self.file)?, view, &script)?;
        match &self.out {
            None => std::io::stdout().write_all(page.as_bytes()).context("it cannot be printed"),
            Some(path) => std::fs::write(path, page)
                .with_context(|| format!("{} cannot be written", path.display())),
        }
    }

    fn view(&self) -> anyhow::Result<Option<&str>> {
        let known = ["stage", "logs", "lesson", "panel", "all"];
        if let Some(view) = &self.view {
            let odd = view.split_whitespace().find(|word| !known.contains(word));
            let found = odd.or_else(|| view.trim().is_empty().then_some(""));
            ensure!(
                found.is_none(),
                "--view: expected words of {}, found `{}`",
                known.join(", "),
                found.unwrap_or_default()
            );
        }
        Ok(self.view.as_deref())
    }

    /// The playground's script, as it may stand in HTML.
    fn script(&self) -> anyhow::Result<String> {
        let file = self.inline.as_deref().context(HOW_TO_GET_IT)?;
        let named = || format!("--inline: {}", file.display());
        let script = String::from_utf8(crate::read(file).with_context(named)?);
        let script = script.context("expected UTF-8 text").with_context(named)?;
        ensure!(
            script.contains("raft-playground") && script.len() > 100_000,
            "{}: this is another script; {HOW_TO_GET_IT}",
            named()
        );
        let lower = script.to_ascii_lowercase();
        for mark in ["</script", "<!--"] {
            ensure!(!lower.contains(mark), "{}: it cannot stand in HTML: {mark}", named());
        }
        Ok(script)
    }

    fn page(&self, text: &str, view: Option<&str>, script: &str) -> anyhow::Result<String> {
        let scenario = raft_view::tab::read(text)?;
        let when = When::of(self.at.as_deref(), self.until.as_deref())?;
        let session = moment::session(text, &when)?;
        let view = view.unwrap_or(if is_lesson(&scenario) { "lesson" } else { "stage" });
        let logs = view.split_whitespace().any(|word| word == "logs");
        let still = poster(&session, Poster { theme: Theme::Reader, logs, width: None });
        let title = scenario.title.as_deref().unwrap_or("A Raft cluster");
        let mut tag = format!("<raft-playground view=\"{}\"", escape::html(view));
        if when != When::Telling {
            tag += &format!(" at=\"{}us\"", session.world().now());
        }
        if view != "stage" {
            tag += &format!(" height=\"{TALL}\"");
        }
        if let Some(caption) = &self.caption {
            tag += &format!(" caption=\"{}\"", escape::html(caption));
        }
        let lines: Vec<String> = text.lines().map(escape::script).collect();
        Ok(format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>{STYLE}</style>\n\
             </head>\n<body>\n{tag}>\n\
             <img src=\"data:image/svg+xml;charset=utf-8,{}\" alt=\"{}\">\n\
             <script type=\"text/raft\">\n{}\n</script>\n</raft-playground>\n\
             <script type=\"module\">\n{script}</script>\n</body>\n</html>\n",
            escape::html(title),
            escape::url(&still),
            escape::html(&description(session.world())),
            lines.join("\n"),
        ))
    }
}
