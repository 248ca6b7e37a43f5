//! What is on this machine: files, the terminal.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::pty::Start;
use super::ran::{account, command, nobody, run};

fn write(path: &Path, text: &str, mode: u32) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A home with a profile whose token is in a file of its own.
fn home_with_token_file(home: &Path, id: &str, url: &str, token: &str) -> PathBuf {
    write(
        &home.join(".config/callreel/config.toml"),
        &format!(
            "[profiles.acme]\nauth_id = \"{id}\"\napi_url = \"{url}\"\ntoken_file = \"~/token\"\n"
        ),
        0o600,
    );
    let path = home.join("token");
    write(&path, token, 0o644);
    path
}

#[test]
fn a_token_that_others_can_read_is_told_with_the_command_that_helps() {
    let (home, emulator) = (tempfile::tempdir().unwrap(), account());
    let token = emulator.auth_token();
    let path = home_with_token_file(home.path(), emulator.auth_id(), emulator.url(), token);
    let found = run(&mut nobody(home.path()));
    assert_eq!(found.code, 2, "{}", found.told);
    let file = found.finding("files", "token has mode 0644");
    assert_eq!(file["state"], "problem");
    let advice = file["advice"].as_str().unwrap();
    assert_eq!(advice, format!("chmod 600 {}", path.display()));
    let refused = found.finding("account", "profile acme");
    assert_eq!(refused["state"], "problem");
    assert_eq!(refused["data"]["malformed"], false);
    assert!(!found.told.to_string().contains(token));

    // What it says is what helps.
    let status = std::process::Command::new("sh")
        .args(["-c", advice])
        .status();
    assert!(status.unwrap().success());
    let found = run(&mut nobody(home.path()));
    assert_eq!(found.code, 0, "{}", found.told);
    let source = found.finding("account", "profile acme");
    let words = source["what"].as_str().unwrap();
    assert!(words.ends_with(&format!("its token from token_file {}", path.display())));
}

#[test]
fn an_audit_log_that_others_can_read_is_told() {
    let (home, emulator) = (tempfile::tempdir().unwrap(), account());
    let log = home.path().join("heard.ndjson");
    write(&log, "", 0o644);
    let found = run(command(home.path(), &emulator).env("CALLREEL_AUDIT", &log));
    let file = found.finding("files", "heard.ndjson has mode 0644");
    assert_eq!(file["state"], "warning");
    let advice = file["advice"].as_str().unwrap();
    assert_eq!(advice, format!("chmod 600 {}", log.display()));
}

#[test]
fn an_archive_is_looked_at_where_it_is_named() {
    let (home, emulator) = (tempfile::tempdir().unwrap(), account());
    let archive = home.path().join("calls");
    write(&archive.join("2026/a.mp3"), "x", 0o600);
    for folder in [archive.join("2026"), archive.clone()] {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    }
    let look = || {
        run(command(home.path(), &emulator)
            .arg("--archive")
            .arg(&archive))
    };
    assert_eq!(look().finding("files", "calls")["state"], "ok");
    write(&archive.join("2026/b.mp3"), "x", 0o644);
    let found = look();
    assert_eq!(found.code, 0, "{}", found.told);
    let open = found.finding("files", "calls");
    assert_eq!(open["state"], "warning");
    let advice = open["advice"].as_str().unwrap();
    assert_eq!(advice, format!("chmod -R go= {}", archive.display()));
    fs::remove_dir_all(&archive).unwrap();
    let found = look();
    assert_eq!(found.code, 1, "{}", found.told);
}

#[test]
fn without_a_terminal_it_says_so_and_waits_for_none() {
    let (home, emulator) = (tempfile::tempdir().unwrap(), account());
    let found = run(command(home.path(), &emulator).env("TERM", "dumb"));
    assert_eq!(found.code, 0, "{}", found.told);
    let none = found.finding("terminal", "no terminal");
    assert_eq!(none["state"], "note");
    let dumb = found.finding("terminal", "TERM is \"dumb\"");
    assert_eq!(dumb["state"], "warning");
}

fn on_a_terminal() -> super::pty::Program {
    let (id, token) = ("MAAAAAAAAAAAAAAAAAAA", "hunter22");
    Start::callreel(&["doctor", "--sink", "null"])
        .env("PLIVO_AUTH_ID", id)
        .env("PLIVO_AUTH_TOKEN", token)
        .env("CALLREEL_API_URL", &super::ran::nowhere())
        .size(120, 60)
        .spawn()
}

fn wait_for_question(program: &super::pty::Program) {
    drop(program.wait("the question", |shown| {
        shown.bytes.windows(2).any(|bytes| bytes == b"$p")
    }));
}

#[test]
fn a_terminal_is_asked_and_its_answer_is_not_shown() {
    let mut program = on_a_terminal();
    wait_for_question(&program);
    program.keys("\x1b[?2026;2$y\x1b[?62;22c");
    program.wait_for("changes as a whole, without flicker");
    program.wait_for("120 × 60 cells");
    assert_eq!(program.end().exit_code(), 3);
    assert!(program.settings().echoes());
    assert!(!program.shown().text().contains("2026;2"));
}

#[test]
fn a_terminal_that_keeps_silent_is_not_waited_for_and_a_signal_gives_it_back() {
    let mut program = on_a_terminal();
    program.wait_for("does not tell whether");
    assert_eq!(program.end().exit_code(), 3);
    assert!(program.settings().echoes());

    let mut program = on_a_terminal();
    wait_for_question(&program);
    program.signal(libc::SIGTERM);
    assert_eq!(program.end().exit_code(), 143);
    assert!(program.settings().echoes());
}
