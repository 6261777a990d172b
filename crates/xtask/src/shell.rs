//! Running other programs: finding them, showing what they do, and saying which one failed.

use std::collections::VecDeque;
use std::env;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

const REPORT_EVERY: Duration = Duration::from_secs(15);
const POLL_EVERY: Duration = Duration::from_millis(100);
/// How much of a quiet child's output is shown when it fails.
const LINES_SHOWN_ON_FAILURE: usize = 40;

/// The first executable of this name on PATH.
pub fn find(program: &str) -> Option<PathBuf> {
    let file = format!("{program}{}", env::consts::EXE_SUFFIX);
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(&file)).find(|path| path.is_file())
}

/// PATH with these directories in front.
pub fn path_with(dirs: &[PathBuf]) -> Result<std::ffi::OsString> {
    let path = env::var_os("PATH").unwrap_or_default();
    let all = dirs.iter().cloned().chain(env::split_paths(&path));
    env::join_paths(all).context("a tool's folder has a name that cannot be on PATH")
}

/// Runs a command to its end; its output is shown on standard error, so that standard output
/// holds nothing but our own results.
pub fn run(command: &mut Command) -> Result<()> {
    command.stdout(Stdio::from(io::stderr()));
    let status = command.status().with_context(|| cannot_start(command))?;
    succeeded(command, status)
}

/// What a command prints, without showing it. What it says on standard error is in the error.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command.stdin(Stdio::null()).output().with_context(|| cannot_start(command))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` failed: {}", shown(command), said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command and shows its standard output as it comes; returns it even when the command
/// fails, for the tests that ran until then count too.
pub fn tee(command: &mut Command) -> Result<(String, Result<()>)> {
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| cannot_start(command))?;
    let mut seen = Vec::new();
    if let Some(mut stdout) = child.stdout.take() {
        let mut chunk = [0; 8192];
        loop {
            let length = stdout.read(&mut chunk).context("cannot read a program's output")?;
            if length == 0 {
                break;
            }
            seen.extend_from_slice(&chunk[..length]);
            io::stdout().write_all(&chunk[..length]).context("cannot write to standard output")?;
        }
        io::stdout().flush().context("cannot write to standard output")?;
    }
    let status = child.wait().with_context(|| format!("lost track of `{}`", shown(command)))?;
    Ok((String::from_utf8_lossy(&seen).into_owned(), succeeded(command, status)))
}

/// Runs a long set-up command. On a terminal the child shows its own progress; elsewhere a line
/// every 15 seconds says that it is alive, and its last words are shown if it fails.
pub fn run_with_progress(command: &mut Command, what: &str) -> Result<()> {
    if io::stderr().is_terminal() {
        return run(command);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| cannot_start(command))?;
    let tail = Arc::new(Mutex::new(VecDeque::new()));
    let readers = [
        child.stdout.take().map(|stream| follow(stream, Arc::clone(&tail))),
        child.stderr.take().map(|stream| follow(stream, Arc::clone(&tail))),
    ];
    let status = wait_reporting(&mut child, what, &tail)?;
    for reader in readers.into_iter().flatten() {
        // A reader cannot panic; if it did, the tail is merely shorter.
        reader.join().ok();
    }
    if !status.success() {
        for line in tail.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            eprintln!("    {line}");
        }
    }
    succeeded(command, status)
}

fn wait_reporting(
    child: &mut Child,
    what: &str,
    tail: &Mutex<VecDeque<String>>,
) -> Result<ExitStatus> {
    let start = Instant::now();
    let mut next_report = REPORT_EVERY;
    loop {
        if let Some(status) = child.try_wait().context("lost track of a child process")? {
            return Ok(status);
        }
        if start.elapsed() >= next_report {
            next_report += REPORT_EVERY;
            let tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
            let last = tail.back().map_or("", String::as_str);
            eprintln!("  … {what}, {} so far: {last}", duration(start.elapsed()));
        }
        thread::sleep(POLL_EVERY);
    }
}

fn follow(
    stream: impl Read + Send + 'static,
    tail: Arc<Mutex<VecDeque<String>>>,
) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line).trim().to_owned();
            if line.is_empty() {
                continue;
            }
            let mut tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
            if tail.len() == LINES_SHOWN_ON_FAILURE {
                tail.pop_front();
            }
            tail.push_back(line);
        }
    })
}

/// Runs a command quietly for at most `limit`; an error says why it gave no result.
pub fn run_within(command: &mut Command, limit: Duration) -> Result<()> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().with_context(|| cannot_start(command))?;
    let tail = Arc::new(Mutex::new(VecDeque::new()));
    let reader = child.stderr.take().map(|stream| follow(stream, Arc::clone(&tail)));
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().context("lost track of a child process")? {
            break status;
        }
        if start.elapsed() >= limit {
            child.kill().and_then(|()| child.wait()).context("cannot stop a child process")?;
            bail!("no answer within {}", duration(limit));
        }
        thread::sleep(POLL_EVERY);
    };
    if status.success() {
        return Ok(());
    }
    reader.map(thread::JoinHandle::join);
    let tail = tail.lock().unwrap_or_else(PoisonError::into_inner);
    let first_error = tail.iter().find(|line| line.contains("ERROR") || line.contains("error"));
    let reason = first_error.or(tail.back()).map_or("it gave no reason", String::as_str);
    // Without the time of day that some tools write before it.
    bail!("{}", reason.split_once("[ERROR] ").map_or(reason, |(_, reason)| reason));
}

/// Prints a heading on standard error.
pub fn heading(text: &str) {
    eprintln!("\n== {text}");
}

/// A duration as a person says it: `850 ms`, `12.3 s`, `8 min 05 s`.
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else if seconds >= 1 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} ms", duration.as_millis())
    }
}

fn succeeded(command: &Command, status: ExitStatus) -> Result<()> {
    if status.success() {
        return Ok(());
    }
    bail!("`{}` failed ({status})", shown(command))
}

fn cannot_start(command: &Command) -> String {
    format!("cannot start `{}`", Path::new(command.get_program()).display())
}

/// The command as one could type it: program name without its folder, then the arguments.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    std::iter::once(name)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_well() {
        assert_eq!(duration(Duration::from_millis(850)), "850 ms");
        assert_eq!(duration(Duration::from_millis(12_340)), "12.3 s");
        assert_eq!(duration(Duration::from_secs(485)), "8 min 05 s");
    }

    #[test]
    fn a_failed_command_is_named_with_its_arguments() {
        let error = output(Command::new("cargo").arg("no-such-command")).unwrap_err();
        assert!(error.to_string().starts_with("`cargo no-such-command` failed"), "{error}");
    }
}
