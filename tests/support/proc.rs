//! What the system knows of a running program: its memory, its threads, its descriptors (`/proc`, Linux).

#![allow(dead_code, reason = "each file of tests uses its own part of this")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what fails here fails the test"
)]

use std::fs;

/// Its resident set now, in KiB; `None` once it has ended.
pub fn memory(pid: u32) -> Option<u64> {
    status(pid, "VmRSS:")
}

/// The part of its resident set that no file backs, in KiB: what it allocated.
pub fn allocated(pid: u32) -> Option<u64> {
    status(pid, "RssAnon:")
}

/// Its highest resident set so far, in KiB; `None` also while it is still a copy of this program, between fork and exec, which a new
/// terminal's child may be when its number is told.
pub fn most_memory(pid: u32) -> Option<u64> {
    let program = fs::read_link(format!("/proc/{pid}/exe")).ok()?;
    match program == std::env::current_exe().unwrap() {
        true => None,
        false => status(pid, "VmHWM:"),
    }
}

/// The hundredths of a second of CPU that it has used; `None` once it has ended.
pub fn cpu(pid: u32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The second field is the name in brackets, which may hold anything.
    let (_, after) = stat.rsplit_once(')')?;
    let ticks = after.split_whitespace().skip(11).take(2);
    ticks.map(|field| field.parse::<u64>().ok()).sum()
}

fn status(pid: u32, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let figure = status.lines().find_map(|line| line.strip_prefix(name))?;
    figure.trim().trim_end_matches(" kB").parse().ok()
}

/// The names of its threads, in order.
pub fn threads(pid: u32) -> Vec<String> {
    entries(pid, "task", |path| {
        fs::read_to_string(path.join("comm")).map(|name| name.trim().to_owned())
    })
}

/// What its open descriptors lead to, in order. The numbers that the system gives to sockets and pipes are left out.
pub fn descriptors(pid: u32) -> Vec<String> {
    entries(pid, "fd", |path| {
        let target = fs::read_link(path)?.to_string_lossy().into_owned();
        let kind = target.split_once(":[").map(|(kind, _)| kind.to_owned());
        Ok(kind.unwrap_or(target))
    })
}

/// One text for each entry; those that are gone before they were looked at are left out.
fn entries(
    pid: u32,
    folder: &str,
    text: impl Fn(&std::path::Path) -> std::io::Result<String>,
) -> Vec<String> {
    let entries = fs::read_dir(format!("/proc/{pid}/{folder}")).unwrap();
    let mut texts: Vec<_> = entries
        .filter_map(|entry| text(&entry.ok()?.path()).ok())
        .collect();
    texts.sort();
    texts
}
