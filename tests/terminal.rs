//! The terminal is given back as it was found, whatever ends the program; and while it is ours nothing disturbs it.

#[path = "support/pty.rs"]
mod pty;

use std::time::Duration;

use pty::{Program, Start};

/// A text of the browsing screen, shown once the first page is here.
const LIST: &str = "recordings";

fn demo(more: &[&str]) -> Start {
    let mut arguments = vec!["--demo", "--sink", "null"];
    arguments.extend(more);
    Start::callreel(&arguments)
}

/// A started program, its screen up, and the terminal's settings before.
fn up(start: Start) -> (Program, pty::Settings) {
    let program = start.spawn();
    // The settings before cannot be read before the program runs; they are those of any new terminal.
    let fresh = Start::command("true", &[]).spawn().settings();
    program.wait_for(LIST);
    {
        let shown = program.shown();
        let screen = shown.screen();
        assert!(screen.alternate_screen() && screen.bracketed_paste());
        assert!(fresh.echoes() && !program.settings().echoes());
    }
    (program, fresh)
}

/// Waits for the end; the terminal must be as before.
fn ends_clean(mut program: Program, fresh: &pty::Settings, code: u32) -> Program {
    assert_eq!(
        program.end().exit_code(),
        code,
        "{}",
        program.shown().text()
    );
    drop(program.wait("the terminal as before", pty::Shown::is_clean));
    assert_eq!(program.settings(), *fresh);
    program
}

#[test]
fn q_and_ctrl_c_leave_the_terminal_as_it_was() {
    for key in ["q", "\x03"] {
        let (mut program, fresh) = up(demo(&[]));
        program.keys(key);
        ends_clean(program, &fresh, 0);
    }
}

#[test]
fn signals_leave_the_terminal_as_it_was() {
    for (signal, code) in [
        (libc::SIGTERM, 143),
        (libc::SIGHUP, 129),
        (libc::SIGINT, 130),
        (libc::SIGQUIT, 131),
    ] {
        let (program, fresh) = up(demo(&[]));
        program.signal(signal);
        ends_clean(program, &fresh, code);
    }
}

#[test]
fn a_panic_gives_the_terminal_back_and_says_what_it_was() {
    for place in ["loop", "task"] {
        let (mut program, fresh) = up(demo(&["--debug-panic", place]));
        program.keys("\x1b[24~");
        let program = ends_clean(program, &fresh, 101);
        let words = format!("a panic in a {place}").replace("a loop", "the loop");
        drop(program.wait("the panic's words", |shown| shown.text().contains(&words)));
        // What its message quotes is on a line of its own, seen and not obeyed.
        let quoted = "\n␛]0;quoted␇\n";
        let shown = program.wait("what it quotes", |shown| shown.text().contains(quoted));
        let bytes = String::from_utf8_lossy(&shown.bytes);
        assert!(!bytes.contains("\u{1b}]0;quoted"), "{bytes:?}");
    }
}

#[test]
fn a_caught_panic_of_a_decoder_leaves_the_screen_up() {
    let (mut program, fresh) = up(demo(&["--debug-panic", "decoder"]));
    program.keys("\x1b[24~");
    // The thread panics in its own time, and the log is shown as it was when it was asked for.
    for attempt in 0.. {
        assert!(attempt < 500, "the panic was never logged");
        program.keys(":log\r");
        let shown = program.wait("the log", |shown| shown.text().contains("╭ Log"));
        if shown.text().contains("a panic in a decoder") {
            break;
        }
        drop(shown);
        program.keys("q");
        program.wait_for("page 1");
    }
    {
        let shown = program.shown();
        assert!(shown.screen().alternate_screen());
    }
    assert!(!program.settings().echoes());
    program.keys("\x03");
    ends_clean(program, &fresh, 0);
}

#[test]
fn a_terminal_that_is_taken_away_ends_the_program() {
    let (mut program, _) = up(demo(&[]));
    program.hang_up();
    assert_eq!(program.end().exit_code(), 129);
}

#[test]
fn ctrl_z_hands_the_terminal_to_the_shell_and_fg_takes_it_back() {
    let mut shell = Start::command("sh", &["-i"])
        .env("PS1", "READY> ")
        .env("CALLREEL", env!("CARGO_BIN_EXE_callreel"))
        .spawn();
    shell.wait_for("READY> ");
    let before = shell.settings();
    shell.keys("\"$CALLREEL\" --demo --sink null\n");
    shell.wait_for(LIST);
    shell.keys("\x1a");
    drop(shell.wait("the shell, the terminal as before", |shown| {
        shown.is_clean() && shown.text().trim_end().ends_with("READY>")
    }));
    assert_eq!(shell.settings(), before);
    shell.keys("echo in the $((1+1))nd shell\n");
    shell.wait_for("in the 2nd shell");
    shell.keys("fg\n");
    drop(shell.wait("the list again", |shown| {
        let screen = shown.screen();
        screen.alternate_screen() && screen.bracketed_paste() && shown.text().contains(LIST)
    }));
    // It listens too.
    shell.keys("?");
    drop(shell.wait("another screen", |shown| shown.text().contains("╭ Keys")));
    shell.keys("\x03");
    drop(shell.wait("the shell again", |shown| {
        shown.is_clean() && shown.text().trim_end().ends_with("READY>")
    }));
    assert_eq!(shell.settings(), before);
}

#[test]
fn ctrl_z_where_no_shell_watches_comes_back() {
    let (mut program, fresh) = up(demo(&[]));
    program.keys("\x1a?");
    program.wait_for("╭ Keys");
    program.keys("\x03");
    ends_clean(program, &fresh, 0);
}

#[test]
fn a_stop_that_nobody_announced_is_put_right_when_the_program_goes_on() {
    let (program, _) = up(demo(&[]));
    program.wait_for_rest();
    let before = program.shown().bytes.len();
    program.signal(libc::SIGSTOP);
    program.signal(libc::SIGCONT);
    drop(program.wait("the screen once more", |shown| {
        let since = String::from_utf8_lossy(&shown.bytes[before..]);
        since.contains("\x1b[?1049h") && since.contains(LIST) && since.contains("\x1b[?1006h")
    }));
    assert!(!program.settings().echoes());
}

#[test]
fn an_arrow_in_pieces_moves_the_cursor_and_writes_no_letter() {
    // On a busy machine the pieces may come too far apart: then it is tried again.
    for attempt in 0.. {
        assert!(
            attempt < 20,
            "this machine never writes three bytes in 15 ms"
        );
        if arrow_in_pieces().is_some() {
            break;
        }
    }
}

fn arrow_in_pieces() -> Option<()> {
    let (mut program, fresh) = up(demo(&[]));
    program.wait_for_rest();
    let first = program.shown().screen().cursor_position().0;
    program.pieces(&["\x1b", "[", "B"])?;
    drop(program.wait("the next row", |shown| {
        shown.screen().cursor_position().0 == first + 1
    }));
    // A search field takes letters: none of the arrow's may come there.
    program.keys("/x");
    program.pieces(&["\x1b", "[D"])?;
    program.keys("y");
    program.wait_for("yx");
    program.keys("\x03");
    ends_clean(program, &fresh, 0);
    Some(())
}

#[test]
fn copying_goes_to_the_terminal_as_one_sequence() {
    let (mut program, _) = up(demo(&[]));
    program.wait_for_rest();
    program.keys("yi");
    let shown = program.wait("OSC 52", |shown| osc52(&shown.bytes).is_some());
    let id = osc52(&shown.bytes).unwrap();
    assert!(is_id(&id), "{id:?}");
}

#[test]
fn inside_tmux_copying_goes_to_its_buffer() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let tmux = folder.path().join("tmux");
    std::fs::write(&tmux, "#!/bin/sh\necho \"$@\" > \"$OUT.arguments\"\ncat > \"$OUT.part\"\nmv \"$OUT.part\" \"$OUT\"\n").unwrap();
    std::fs::set_permissions(&tmux, std::fs::Permissions::from_mode(0o755)).unwrap();
    let out = folder.path().join("buffer");
    let path = format!(
        "{}:{}",
        folder.path().display(),
        std::env::var("PATH").unwrap()
    );
    let start = demo(&[])
        .env("PATH", &path)
        .env("TMUX", "/tmp/tmux-0/default,1,0")
        .env("OUT", out.to_str().unwrap());
    let (mut program, _) = up(start);
    program.wait_for_rest();
    program.keys("yi");
    program.wait_until("tmux has it", || out.exists());
    assert!(is_id(&std::fs::read_to_string(&out).unwrap()));
    let arguments = std::fs::read_to_string(folder.path().join("buffer.arguments")).unwrap();
    assert_eq!(arguments, "load-buffer -w -\n");
    assert_eq!(osc52(&program.shown().bytes), None);
}

/// The text of the last OSC 52.
fn osc52(bytes: &[u8]) -> Option<String> {
    use base64::Engine;
    let text = String::from_utf8_lossy(bytes);
    let (_, rest) = text.rsplit_once("\x1b]52;c;")?;
    let (encoded, _) = rest.split_once("\x1b\\")?;
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(encoded)
        .ok()?;
    String::from_utf8(bytes).ok()
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && text.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

#[test]
fn without_any_sound_device_nothing_is_written_across_the_screen() {
    // No PulseAudio, and an ALSA configuration that names no device.
    let start = Start::callreel(&["--demo"])
        .env("PULSE_SERVER", "unix:/nonexistent/pulse")
        .env("ALSA_CONFIG_PATH", "/nonexistent/asound.conf");
    let (mut program, fresh) = up(start);
    program.wait_for_rest();
    program.keys("\r");
    program.wait_for("! no sound");
    program.wait_for_rest();
    {
        let shown = program.shown();
        assert!(!shown.text().contains("ALSA"), "{}", shown.text());
        let bytes = String::from_utf8_lossy(&shown.bytes);
        assert!(!bytes.contains("ALSA lib") && !bytes.contains("jack"));
    }
    program.keys("q");
    ends_clean(program, &fresh, 0);
}

#[test]
fn an_idle_screen_writes_nothing() {
    let (program, _) = up(demo(&[]));
    program.wait_for_rest();
    assert_eq!(program.bytes_within(Duration::from_secs(5)), 0);
}

#[test]
fn a_resized_terminal_is_filled_anew() {
    let (program, _) = up(demo(&[]));
    program.wait_for_rest();
    program.resize(132, 40);
    drop(program.wait("a wider screen", |shown| {
        let rows: Vec<_> = shown.screen().rows(0, 132).collect();
        rows.len() == 40
            && rows.iter().any(|row| row.chars().count() > 100)
            && shown.text().contains(LIST)
    }));
}

#[test]
fn no_color_means_no_colours() {
    let (mut program, fresh) = up(demo(&[]).env("NO_COLOR", "1"));
    program.wait_for_rest();
    program.keys("\r");
    program.wait_for_rest();
    {
        let shown = program.shown();
        assert_eq!(colours(&shown.bytes), Vec::<String>::new());
    }
    program.keys("q");
    ends_clean(program, &fresh, 0);
}

/// Every SGR that sets a colour (resetting one is none).
fn colours(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    text.split("\x1b[")
        .skip(1)
        .filter_map(|sequence| {
            let (numbers, _) = sequence.split_once('m')?;
            let plain = numbers.chars().all(|c| c.is_ascii_digit() || c == ';');
            plain.then(|| numbers.to_owned())
        })
        .filter(|sgr| {
            sgr.split(';')
                .any(|number| matches!(number.parse(), Ok(30..=38 | 40..=48 | 90..=97 | 100..=107)))
        })
        .collect()
}

#[test]
fn without_credentials_the_first_screen_says_what_to_set_and_d_opens_the_demo() {
    let mut program = Start::callreel(&["--sink", "null"]).spawn();
    program.wait_for("PLIVO_AUTH_ID");
    program.keys("d");
    program.wait_for("recordings");
    program.keys("q");
    assert_eq!(program.end().exit_code(), 0);
}

#[test]
fn no_mouse_leaves_the_mouse_to_the_terminal() {
    let (program, _) = up(demo(&["--no-mouse"]));
    let shown = program.shown();
    assert_eq!(
        shown.screen().mouse_protocol_mode(),
        vt100::MouseProtocolMode::None
    );
    drop(shown);
    let (program, _) = up(demo(&[]));
    assert_ne!(
        program.shown().screen().mouse_protocol_mode(),
        vt100::MouseProtocolMode::None
    );
}
