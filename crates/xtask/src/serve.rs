//! Serves the page while one works on it: Trunk rebuilds when a file changes. Trunk takes over
//! this process, so that whoever stops `cargo xtask serve` stops the server with it; a helper
//! process waits until the page is there and then says where.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::dist;
use crate::workspace::Workspace;

const PORTS_TRIED: u16 = 100;
const ASK_EVERY: Duration = Duration::from_millis(300);

pub fn serve(port: u16, open: bool) -> Result<()> {
    let workspace = Workspace::find()?;
    let mut trunk = dist::trunk(&workspace, "serve", &[])?;
    let free = free_port(port)?;
    if free != port {
        eprintln!("Port {port} is taken: using {free}.");
    }
    trunk.args(["--address", "127.0.0.1", "--port", &free.to_string()]);
    trunk
        .args(["--disable-address-lookup", "--public-url", "/", "--dist"])
        .arg(workspace.scratch("serve"));
    if open {
        trunk.arg("--open");
    }
    start_announcer(free)?;
    become_child(&mut trunk)
}

fn free_port(wanted: u16) -> Result<u16> {
    (wanted..=wanted.saturating_add(PORTS_TRIED))
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .with_context(|| format!("no free port from {wanted} on: name another with --port"))
}

fn start_announcer(port: u16) -> Result<()> {
    let program = std::env::current_exe().context("cannot tell which program this is")?;
    Command::new(program)
        .args(["announce-ready", &port.to_string()])
        .stdin(Stdio::null())
        .spawn()
        .context("cannot start the process that says when the page is ready")?;
    Ok(())
}

/// Waits until the page is served and prints its address; ends when its parent, Trunk, does.
pub fn announce_ready(port: u16) -> Result<()> {
    let parent = parent_id();
    while !answers(port) {
        if parent_id() != parent {
            return Ok(());
        }
        thread::sleep(ASK_EVERY);
    }
    println!("\nRaft Playground is ready: http://127.0.0.1:{port}/   (Ctrl-C stops it)\n");
    Ok(())
}

fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET / HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\nAccept: text/html\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    };
    ask().is_ok_and(|answer| answer.contains(" 200 ") && answer.contains("id=\"playground\""))
}

#[cfg(unix)]
fn become_child(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    bail!("cannot start Trunk: {error}")
}

#[cfg(not(unix))]
fn become_child(command: &mut Command) -> Result<()> {
    let status = command.status().context("cannot start Trunk")?;
    if !status.success() {
        bail!("Trunk stopped ({status})");
    }
    Ok(())
}

#[cfg(unix)]
fn parent_id() -> u32 {
    std::os::unix::process::parent_id()
}

/// Elsewhere a parent's end cannot be seen without a dependency.
#[cfg(not(unix))]
fn parent_id() -> u32 {
    0
}
