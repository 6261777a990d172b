//! A folder of pages for one test.

use std::path::PathBuf;
use std::process::{Command, Output};

/// A folder of pages for one test, gone at its end.
pub struct Pages(pub PathBuf);

impl Pages {
    /// A folder of this name, with these files in it.
    pub fn new(name: &str, pages: &[(&str, &str)]) -> Pages {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _gone = std::fs::remove_dir_all(&folder);
        for (name, text) in pages {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, text).expect("a page");
        }
        Pages(folder)
    }

    /// What the program does in it.
    pub fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_raft-playground"))
            .args(arguments)
            .current_dir(&self.0)
            .output()
            .expect("the program runs")
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}
