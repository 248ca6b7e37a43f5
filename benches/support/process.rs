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
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        let kibibytes: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kibibytes * 1024.0 / 1e6
    };
    (field("VmRSS:"), field("VmHWM:"))
}

/// Where `program` is, if it is installed.
pub fn installed(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| Path::new(&folder).join(program))
        .find(|file| file.exists())
}
