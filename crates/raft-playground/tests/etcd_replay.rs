//! `etcd-replay` on the command line: a recording of a real etcd is repeated to the letter, a reply
//! that differs is shown, and what is not a recording is refused.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn replay(file: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_raft-playground"));
    command.arg("etcd-replay").arg(file).output().expect("the program starts")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let mut file = std::fs::File::create(&path).expect("a file for the test");
    file.write_all(text.as_bytes()).expect("it can be written");
    path
}

#[test]
fn a_recording_of_a_real_etcd_is_repeated_to_the_letter() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/etcd");
    let output = replay(&folder.join("golden-3.4.23.jsonl.gz"));
    let said = out(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let last = said.lines().last().expect("a count").split_whitespace().collect::<Vec<_>>();
    assert_eq!(last, ["requests", "8000", "of", "8000"]);
}

#[test]
fn a_reply_that_differs_is_shown() {
    let request = r#""path":"/v3/kv/put","req":{"key":"YQ==","value":"MQ=="}"#;
    let step = format!(r#"{{{request},"status":200,"resp":{{"header":{{"revision":"7"}}}}}}"#);
    let text = format!(r#"{{"seed":1,"steps":[{step}],"final_rev":2,"compact":1,"watch":[]}}"#);
    let output = replay(&file("differs.jsonl", &text));
    assert_eq!(output.status.code(), Some(1));
    let said = out(&output);
    assert!(said.contains("recorded: 200") && said.contains(r#""revision":"2""#), "{said}");
    assert!(said.contains("/v3/kv/put"), "{said}");
}

#[test]
fn what_is_no_recording_is_told_with_its_line() {
    for (name, text, says) in [
        ("empty.jsonl", "", "no recorded request"),
        ("words.jsonl", "hello\n", "line 1"),
        ("shape.jsonl", "{\"meta\":1}\n{\"steps\":7}\n", "line 2"),
    ] {
        let output = replay(&file(name, text));
        let error = String::from_utf8(output.stderr.clone()).expect("UTF-8");
        assert_eq!(output.status.code(), Some(2), "{name}: {error}");
        assert!(error.contains(says), "{name}: {error}");
    }
    assert_eq!(replay(Path::new("/no/such/recording")).status.code(), Some(2));
}
