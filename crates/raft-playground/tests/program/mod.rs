//! The program, as a person runs it.

use std::io::{ErrorKind, Write};
use std::process::{Command, Output, Stdio};

/// What it does with a text on standard input.
pub fn run(arguments: &[&str], text: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_raft-playground"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    // It need not read its input: it may end before that, for an option that it does not know.
    if let Err(error) = child.stdin.take().expect("piped").write_all(text) {
        assert_eq!(error.kind(), ErrorKind::BrokenPipe, "{error}");
    }
    child.wait_with_output().expect("it ends")
}
