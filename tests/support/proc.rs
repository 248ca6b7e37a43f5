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

/// The most memory that a child has had, in KiB, once it has ended and before it is waited for; `None` while it runs.
///
/// The system keeps it beyond the end, however short that life was. Until it is executed a child is a copy of this program, and that
/// counts too: where this program holds more than the child ever did, it is this program's figure, never less than the child's own.
#[allow(unsafe_code)]
pub fn most_memory_of_ended(pid: u32) -> Option<u64> {
    // SAFETY: both are plain numbers, of which zeros are valid; the call writes to them only while they are borrowed. The library's own
    // waitid has no place for the second.
    let (result, ended, usage) = unsafe {
        let mut ended: libc::siginfo_t = std::mem::zeroed();
        let mut usage: libc::rusage = std::mem::zeroed();
        let result = libc::syscall(
            libc::SYS_waitid,
            libc::P_PID,
            pid,
            &raw mut ended,
            libc::WEXITED | libc::WNOHANG | libc::WNOWAIT,
            &raw mut usage,
        );
        (result, ended.si_pid(), usage)
    };
    assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
    (ended != 0).then(|| u64::try_from(usage.ru_maxrss).unwrap())
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
