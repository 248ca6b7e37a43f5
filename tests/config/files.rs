//! The file: written, found, checked, shown.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A user who has nothing yet.
pub fn home() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Runs callreel as that user.
pub fn callreel(home: &Path, env: &[(&str, &str)], arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_callreel"))
        .args(arguments)
        .env_clear()
        .env("TERM", "xterm-256color")
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("cfg"))
        .env("XDG_STATE_HOME", home.join("state"))
        .envs(env.iter().copied())
        .output()
        .unwrap()
}

pub fn write(home: &Path, text: &str) {
    fs::create_dir_all(home.join("cfg/callreel")).unwrap();
    fs::write(home.join("cfg/callreel/config.toml"), text).unwrap();
}

pub fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn refused(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn init_writes_a_private_file_once() {
    let home = home();
    let path = home.path().join("cfg/callreel/config.toml");
    let told = printed(&callreel(home.path(), &[], &["config", "init"]));
    assert_eq!(told.trim_end(), path.to_str().unwrap());
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    fs::write(&path, "# mine\n").unwrap();
    let told = refused(&callreel(home.path(), &[], &["config", "init"]), 1);
    assert!(told.contains("is there already"), "{told}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "# mine\n");
}

#[test]
fn the_written_file_has_no_mistakes() {
    let home = home();
    printed(&callreel(home.path(), &[], &["config", "init"]));
    let told = printed(&callreel(home.path(), &[], &["config", "check"]));
    assert!(
        told.trim_end().ends_with("config.toml: no mistakes"),
        "{told}"
    );
}

#[test]
fn path_follows_the_flag_of_the_environment() {
    let home = home();
    let named = [("CALLREEL_CONFIG", "/elsewhere.toml")];
    assert_eq!(
        printed(&callreel(home.path(), &named, &["config", "path"])),
        "/elsewhere.toml\n"
    );
    let usual = printed(&callreel(home.path(), &[], &["config", "path"]));
    assert!(usual.ends_with("/cfg/callreel/config.toml\n"), "{usual}");
}

#[test]
fn check_names_file_line_and_mistake() {
    let home = home();
    write(home.path(), "[player]\n\nsped = 1.5\n");
    let told = refused(&callreel(home.path(), &[], &["config", "check"]), 1);
    let path = home.path().join("cfg/callreel/config.toml");
    let line = format!(
        "{}:3: there is no setting player.sped: did you mean speed?",
        path.display()
    );
    assert!(told.contains(&line), "{told}");
    // The same stops every other command before it does anything.
    for arguments in [&["list"][..], &["--demo"], &["config", "show"]] {
        let told = refused(&callreel(home.path(), &[], arguments), 1);
        assert!(told.contains(&line), "{arguments:?}: {told}");
    }
    let other = home.path().join("other.toml");
    fs::write(&other, "[player]\nspeed = 2\n").unwrap();
    let other = other.to_str().unwrap();
    printed(&callreel(home.path(), &[], &["config", "check", other]));
}

#[test]
fn show_tells_who_had_the_last_word() {
    let home = home();
    write(
        home.path(),
        "[player]\nspeed = 1.2\nvolume = 80\nrewind = \"off\"\n[keys]\nrefresh = \"F5\"\n",
    );
    let env = [
        ("CALLREEL_SPEED", "1.3"),
        ("CALLREEL_VOLUME", "70"),
        ("NO_COLOR", "1"),
    ];
    let shown = printed(&callreel(
        home.path(),
        &env,
        &["config", "show", "--volume", "60"],
    ));
    let path = home.path().join("cfg/callreel/config.toml");
    let told = shown.replace(path.to_str().unwrap(), "config.toml");
    insta::assert_snapshot!("show", told);
}

#[test]
fn every_command_that_reads_settings_takes_the_file_by_a_flag() {
    let home = home();
    let path = home.path().join("other.toml");
    fs::write(&path, "[player]\nsped = 1\n").unwrap();
    let path = path.to_str().unwrap();
    for arguments in [
        &["list"][..],
        &["get", "x"],
        &["play", "x"],
        &["clip", "x@1-2", "--output", "-"],
        &["stats"],
        &["download", "--to", "x"],
        &["delete", "--older-than", "90d"],
        &["doctor"],
        &["config", "show"],
        &["auth", "list"],
        &["auth", "add", "acme", "--auth-id", "MA0123456789ABCDEFGH"],
    ] {
        let arguments = [arguments, &["--config", path]].concat();
        let output = callreel(home.path(), &[], &arguments);
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        let said = "other.toml:2: there is no setting player.sped";
        assert!(told.contains(said), "{arguments:?}: {told}");
    }
}
