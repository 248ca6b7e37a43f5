//! What the system says of a running program (Linux).

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// CPU time that the program has used, all its threads, in user and kernel mode; to a hundredth of a second.
pub fn cpu(pid: i32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The second field is the name in brackets, which may hold anything.
    let (_, after) = stat.rsplit_once(')').unwrap();
    let ticks: u64 = after
        .split_whitespace()
        .skip(11)
        .take(2)
        .map(|field| field.parse::<u64>().unwrap())
        .sum();
    // The kernel's own unit here is 1/100 s on every Linux that Rust supports.
    Duration::from_millis(ticks * 10)
}

/// Memory that the program occupies, now and at most so far, in megabytes of 1,000,000 bytes.
pub fn memory(pid: i32) -> (f64, f64) {
    memory_while_it_runs(pid).expect("it has ended")
}

/// The same; `None` once it has ended.
pub fn memory_while_it_runs(pid: i32) -> Option<(f64, f64)> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name))?;
        let kibibytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kibibytes * 1024.0 / 1e6)
    };
    Some((field("VmRSS:")?, field("VmHWM:")?))
}

/// Where `program` is, if it is installed.
pub fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| Path::new(&folder).join(program))
        .find(|file| file.exists())
}
