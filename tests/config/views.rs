//! Views, the real program: listed by, begun with, saved.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use callreel::emulator::{self, Emulator, Options};

use super::files::{callreel, home, printed, refused, write};
use crate::pty::{Program, Start};

const VIEWS: &str = "# mine\n[views.mine]\nfrom = \"-400d\"\nto = \"now\"\nfrom_number = \"+14155550100\"\n\
                     [views.ever]\nfrom = \"2011-01-01\"\nsort = \"length\"\ncolumns = [\"length\", \"id\"]\n";

fn account() -> Emulator {
    let options = Options {
        recordings: 60,
        ..Options::default()
    };
    emulator::start(options).unwrap()
}

fn env(emulator: &Emulator) -> [(&str, &str); 3] {
    [
        ("CALLREEL_API_URL", emulator.url()),
        ("PLIVO_AUTH_ID", emulator.auth_id()),
        ("PLIVO_AUTH_TOKEN", emulator.auth_token()),
    ]
}

fn screen(home: &Path, emulator: &Emulator, arguments: &[&str]) -> Program {
    let arguments = [&["--sink", "null"], arguments].concat();
    let mut start = Start::callreel(&arguments)
        .env("HOME", home.to_str().unwrap())
        .env("XDG_CONFIG_HOME", home.join("cfg").to_str().unwrap());
    for (name, value) in env(emulator) {
        start = start.env(name, value);
    }
    start.spawn()
}

#[test]
fn a_view_lists_what_its_filters_say_and_flags_go_before_it() {
    let (home, emulator) = (home(), account());
    write(home.path(), VIEWS);
    let rows = |arguments: &[&str]| {
        let arguments = [&["list"], arguments].concat();
        printed(&callreel(home.path(), &env(&emulator), &arguments))
            .lines()
            .count()
    };
    let typed = rows(&["--from", "-400d", "--from-number", "+14155550100"]);
    assert!(typed < rows(&["--from", "-400d"]));
    assert_eq!(rows(&["--view", "mine"]), typed);
    let other = ["--from-number", "+14155550101"];
    let typed = rows(&[&["--from", "-400d"], &other[..]].concat());
    assert_eq!(rows(&[&["--view", "mine"], &other[..]].concat()), typed);
    let arguments = ["list", "--view", "mime"];
    let told = refused(&callreel(home.path(), &env(&emulator), &arguments), 1);
    assert!(told.contains("did you mean mine?"), "{told}");
}

#[test]
fn show_and_check_know_views() {
    let home = home();
    write(home.path(), VIEWS);
    let shown = printed(&callreel(home.path(), &[], &["config", "show"]));
    let line = "views.mine.from = \"-400d\"";
    assert!(
        shown.lines().any(|shown| shown.starts_with(line)),
        "{shown}"
    );
    write(home.path(), "[views.mine]\nfrm = \"-7d\"\n");
    let told = refused(&callreel(home.path(), &[], &["config", "check"]), 1);
    let said = "config.toml:2: there is no setting views.mine.frm: did you mean from?";
    assert!(told.contains(said), "{told}");
}

#[test]
fn the_screen_begins_with_a_view() {
    let (home, emulator) = (home(), account());
    write(home.path(), VIEWS);
    let mut program = screen(home.path(), &emulator, &["--view", "ever"]);
    program.wait_for("Loaded recordings by length, longest first");
    let text = program.shown().text();
    assert!(
        text.contains("2011-01-01") && !text.contains("Added"),
        "{text}"
    );
    program.keys("\x03");
}

#[test]
fn a_view_is_saved_in_the_users_file_after_a_yes_and_is_there_at_once() {
    let (home, emulator) = (home(), account());
    write(home.path(), VIEWS);
    let path = home.path().join("cfg/callreel/config.toml");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let mut program = screen(home.path(), &emulator, &["--from", "-90d"]);
    program.wait_for("? keys");
    program.keys("Vs");
    program.wait_for("view's name");
    program.keys("quarter\r");
    program.wait_for("y  write it to the end of ~/cfg/callreel/config.toml");
    assert_eq!(fs::read_to_string(&path).unwrap(), VIEWS);
    program.keys("y");
    program.wait_for("quarter is saved in ~/cfg/callreel/config.toml");
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(
        text,
        format!("{VIEWS}\n[views.quarter]\nfrom = \"-90d\"\nto = \"now\"\n")
    );
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    program.keys("V");
    program.wait_for("quarter");
    program.keys("\x03");
    let rows = callreel(home.path(), &env(&emulator), &["list", "--view", "quarter"]);
    printed(&rows);
}
