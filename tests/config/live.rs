//! A file that changes while the screen is up.

use super::files::{home, write};
use super::screen::demo;
use crate::pty::Start;

#[test]
fn a_change_is_taken_up_at_once_and_a_mistake_keeps_what_was() {
    let home = home();
    write(home.path(), "");
    let mut program = demo(home.path()).spawn();
    program.wait_for("? keys");
    write(home.path(), "[keys]\nhelp = \"F2\"\n");
    program.wait_for("the configuration was read anew");
    program.keys("j");
    program.wait_for("F2 keys");
    write(home.path(), "[keys]\nhelp = \"F2\"\n[player]\nspeed = 9\n");
    program.wait_for("config.toml:4: player.speed: a number from 0.5 to 4.0");
    program.keys("\x1bOQ");
    program.wait_for("╭ Keys");
    program.keys("q");
    write(home.path(), "[screen]\ncolumns = [\"length\", \"to\"]\n");
    drop(program.wait("the usual key and fewer columns", |shown| {
        let text = shown.text();
        text.contains("? keys") && !text.contains("Added (UTC)")
    }));
    program.keys("\x03");
}

#[test]
fn another_profile_waits_for_the_next_start_since_its_account_does() {
    let home = home();
    let file = |profile: &str, keys: &str| {
        let columns = "[profiles.acme.screen]\ncolumns = [\"length\", \"to\"]\n[profiles.beta]\n";
        let text = format!("profile = \"{profile}\"\n{columns}{keys}");
        write(home.path(), &text);
    };
    file("acme", "");
    let mut program = demo(home.path()).spawn();
    program.wait_for("? keys");
    file("beta", "[keys]\nhelp = \"F2\"\n");
    program.wait_for("the configuration was read anew");
    program.keys("j");
    program.wait_for("F2 keys");
    let text = program.shown().text();
    assert!(!text.contains("Added (UTC)"), "{text}");
    program.keys("\x03");
}

#[test]
fn what_was_taken_up_on_the_first_screen_counts_in_the_demo_too() {
    let home = home();
    write(home.path(), "");
    let mut program = Start::callreel(&["--sink", "null"])
        .env("HOME", home.path().to_str().unwrap())
        .env("XDG_CONFIG_HOME", home.path().join("cfg").to_str().unwrap())
        .spawn();
    program.wait_for("? keys");
    write(home.path(), "[keys]\nhelp = \"F2\"\n");
    program.wait_for("the configuration was read anew");
    program.keys("d");
    drop(program.wait("the list, and its keys", |shown| {
        let text = shown.text();
        text.contains("╭ Recordings") && text.contains("F2 keys")
    }));
    program.keys("\x03");
}

#[test]
fn nothing_is_written_while_nothing_changes() {
    let home = home();
    write(home.path(), "");
    let mut program = demo(home.path()).spawn();
    program.wait_for("? keys");
    program.wait_for_rest();
    let before = program.shown().bytes.len();
    // Another file in the same folder is nobody's concern.
    std::fs::write(home.path().join("cfg/callreel/notes.txt"), "x").unwrap();
    program.wait_for_rest();
    assert_eq!(program.shown().bytes.len(), before);
    program.keys("\x03");
}
