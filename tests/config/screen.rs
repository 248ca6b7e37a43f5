//! What the configuration does to the screen.

use super::files::{home, write};
use crate::pty::Start;

/// The demo as the user of this home sees it.
pub fn demo(home: &std::path::Path) -> Start {
    Start::callreel(&["--demo", "--sink", "null"])
        .env("HOME", home.to_str().unwrap())
        .env("XDG_CONFIG_HOME", home.join("cfg").to_str().unwrap())
}

#[test]
fn keys_help_and_footer_are_those_of_the_file() {
    let home = home();
    write(
        home.path(),
        "[keys]\nhelp = \"F2\"\nfilter = \"Ctrl-o\"\n[screen]\ncolumns = [\"length\", \"to\"]\n",
    );
    let mut program = demo(home.path()).spawn();
    program.wait_for("F2 keys");
    {
        let shown = program.shown();
        let text = shown.text();
        assert!(text.contains("Ctrl-o filter"), "{text}");
        assert!(!text.contains("Added"), "{text}");
    }
    program.keys("?\x1bOQ");
    let shown = program.wait("help", |shown| shown.text().contains("╭ Keys"));
    drop(shown);
    program.keys("q\x0f");
    program.wait_for("Call UUID");
    program.keys("\x03");
}
