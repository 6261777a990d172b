//! One block as HTML: an element that plays where the page's script runs, and until then a still
//! with its description.

use super::escape::{self, html, url};
use crate::moment::{self, When};
use crate::pages::Block;
use raft_view::poster::{Poster, Theme, description, poster};
use std::path::Path;

/// A block as it stands in a page.
pub struct Element {
    /// The still, as SVG; none where the text is not here.
    pub still: Option<String>,
    /// What it shows, in words.
    pub alt: String,
    attributes: Vec<(String, Option<String>)>,
    text: String,
    is_held: bool,
}

impl Element {
    /// The element of a block, on a page in this folder.
    ///
    /// # Errors
    /// The line of the page, and what is wrong there.
    pub fn of(
        block: &Block,
        folder: &Path,
        base: Option<&str>,
    ) -> Result<Element, (usize, String)> {
        // The fence stands above its text.
        let in_fence = |error: anyhow::Error| (block.fence(), format!("{error:#}"));
        block.read_words().map_err(in_fence)?;
        let mut attributes = block.info.words.clone();
        if let Some(base) = base
            && !attributes.iter().any(|(name, _)| name == "base")
        {
            attributes.push(("base".into(), Some(base.into())));
        }
        let source = block.fitting_source(folder).map_err(in_fence)?;
        let mut element = Element {
            still: None,
            alt: String::new(),
            attributes,
            text: block.text.clone(),
            is_held: block.is_held,
        };
        let Some(source) = source else { return Ok(element) };
        if let Err(error) = raft_view::tab::read(&source) {
            let said = error.to_string();
            let said = said.split_once(": ").map_or(said.as_str(), |(_, rest)| rest);
            return Err((block.line_of(error.line), said.into()));
        }
        let when = block.when().map_err(in_fence)?;
        let (svg, alt) = element.drawn(&source, &when).map_err(in_fence)?;
        (element.still, element.alt) = (Some(svg), alt);
        Ok(element)
    }

    fn value(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.and_then(|(_, value)| value.as_deref())
    }

    fn drawn(&self, source: &str, when: &When) -> anyhow::Result<(String, String)> {
        let session = moment::session(source, when)?;
        let theme = match self.value("theme") {
            Some("dark") => Theme::Dark,
            Some("light") => Theme::Light,
            Some(_) | None => Theme::Reader,
        };
        let logs =
            self.value("view").is_some_and(|view| view.split_whitespace().any(|w| w == "logs"));
        let how = Poster { theme, logs, width: None };
        Ok((poster(&session, how), description(session.world())))
    }

    /// Its lines for a page of Markdown, with the still at this address, and a script before it.
    pub fn lines(&self, still: Option<&str>, script: Option<&str>) -> Vec<String> {
        if self.is_held {
            vec![script.unwrap_or("").to_string() + &self.in_a_line(still)]
        } else {
            self.in_a_block(still, script)
        }
    }

    /// It as HTML that no Markdown reads any more, with its still in it.
    pub fn html(&self, script: Option<&str>) -> String {
        let image = self.still_as_address().map_or(String::new(), |still| self.image(&still));
        let text = match self.text.trim().is_empty() {
            true => String::new(),
            false => {
                let lines: Vec<String> = self.text.trim_end().lines().map(escape::script).collect();
                format!("<script type=\"text/raft\">\n{}\n</script>\n", lines.join("\n"))
            }
        };
        let script = script.map_or(String::new(), |script| format!("{script}\n"));
        format!("{script}{}\n{image}\n{text}</raft-playground>\n", self.tag(None))
    }

    /// The still as an address that is all of it.
    pub fn still_as_address(&self) -> Option<String> {
        let still = self.still.as_ref()?;
        Some(format!("data:image/svg+xml;charset=utf-8,{}", url(still)))
    }

    /// No line is blank, for Markdown ends HTML at one; it stands in a `div`, for that may follow a
    /// paragraph and is known to every Markdown.
    fn in_a_block(&self, still: Option<&str>, script: Option<&str>) -> Vec<String> {
        let mut lines = vec!["<div>".to_string()];
        lines.extend(script.map(str::to_string));
        lines.push(self.tag(None));
        lines.extend(still.map(|still| self.image(still)));
        if !self.text.trim().is_empty() {
            lines.push("<script type=\"text/raft\">".into());
            let shown = self.text.lines().map(str::trim_end);
            // A comment says nothing, and lines keep their numbers.
            lines.extend(
                shown.map(|line| if line.is_empty() { "#".into() } else { escape::script(line) }),
            );
            lines.push("</script>".into());
        }
        lines.extend(["</raft-playground>".into(), "</div>".into()]);
        lines
    }

    /// For lists, quotes and tabs, in which not every Markdown leaves several lines of HTML alone:
    /// Python's takes a comment there for a heading. So the text is the element's address, in which
    /// nothing is left that Markdown knows.
    fn in_a_line(&self, still: Option<&str>) -> String {
        let has_text = !self.text.trim().is_empty();
        let address =
            has_text.then(|| format!("data:text/plain;charset=utf-8,{}", url(&self.text)));
        let image = still.map_or(String::new(), |still| self.image(still));
        plain(&format!("{}{image}</raft-playground>", self.tag(address.as_deref())))
    }

    fn tag(&self, src: Option<&str>) -> String {
        let mut tag = String::from("<raft-playground");
        for (name, value) in &self.attributes {
            match value {
                None => tag += &format!(" {name}"),
                Some(value) => tag += &format!(" {name}=\"{}\"", html(value)),
            }
        }
        tag + &src.map_or(String::new(), |src| format!(" src=\"{src}\"")) + ">"
    }

    fn image(&self, still: &str) -> String {
        format!("<img src=\"{}\" alt=\"{}\">", html(still), html(&self.alt))
    }
}

/// HTML in which nothing is left that Markdown would take for its own.
fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for c in html.chars() {
        match c {
            '`' | '*' | '_' | '[' | ']' | '\\' => out += &format!("&#{};", c as u32),
            '\r' | '\n' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
