//! What a terminal alone is told: lines that are written over, and questions.
//!
//! Every byte is looked at. This is all that a terminal may obey, since the program writes it itself and no text of others is in it:
//! the ends of lines; a carriage return at which a line begins that is written over, and the erasing of what is left of the line
//! before, behind words of progress alone; for `play` the cursor that is hidden and comes back, and colours that end.

use std::fs;

use super::program::in_terminal;
use super::server::Server;
use crate::pty::Program;
use crate::words::only_text;

const RANGE: [&str; 4] = ["--from", "2026-11-01", "--to", "2026-11-30"];

/// What an argument, a variable or a folder's name can hold of it.
const NAME: &str = "x\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}b\u{200b}c\u{e0041}\u{7f}\r\ny";
/// What is taken as the value of a filter.
const VALUE: &str = "b\u{202e}c\u{200b}d\u{e0041}\u{2066}e";

/// All that progress is told in, beside numbers.
const OF_PROGRESS: [&str; 16] = [
    "page", "of", "left", "s", "min", "h", "day", "days", "byte", "bytes", "KB", "MB", "GB", "TB",
    "KB/s", "MB/s",
];

/// Waits for its end, which must be with this code; all that it wrote.
pub fn all_of(program: &Program, code: u8) -> Vec<u8> {
    const END: &[u8] = b"\r\nended with ";
    let shown = program.wait("its end", |shown| {
        let mut places = shown.bytes.windows(END.len());
        shown.bytes.ends_with(b".") && places.any(|place| place == END)
    });
    let end = [END, code.to_string().as_bytes(), b"."].concat();
    let whole = shown.bytes.strip_suffix(&end[..]);
    whole.unwrap_or_else(|| panic!("{}", shown.text())).to_vec()
}

/// What stayed on the terminal, and the words that were written over. Asserts that nothing else was there to be obeyed.
fn parted(what: &str, bytes: &[u8]) -> (String, Vec<String>) {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    // The terminal makes both of the line end that the program writes.
    let text = text.replace("\r\n", "\n");
    let mut pieces = text.split('\r');
    let mut stayed = pieces.next().unwrap().to_owned();
    let mut over = Vec::new();
    for piece in pieces {
        let written = piece.split_once("\x1b[K");
        let (words, rest) = written.unwrap_or_else(|| panic!("{what}: {piece:?}"));
        for word in words.split([' ', '·']).filter(|word| !word.is_empty()) {
            let is_number = |sign: char| sign.is_ascii_digit() || "~,.".contains(sign);
            let known = OF_PROGRESS.contains(&word) || word.chars().all(is_number);
            assert!(known, "{what}: {word:?} in {words:?}");
        }
        over.push(words.to_owned());
        stayed.push_str(rest);
    }
    only_text(what, stayed.as_bytes());
    (stayed, over)
}

#[test]
fn a_list_and_its_progress_are_all_that_comes() {
    let server = Server::of_all_pieces();
    let home = tempfile::tempdir().unwrap();
    for (line, lines) in [
        (&["list"][..], Some(14)),
        (&["list", "--output", "csv"], Some(14)),
        (&["list", "--output", "ndjson"], Some(13)),
        (&["stats"], None),
    ] {
        // Lines of JSON are not written over.
        let is_over = !line.contains(&"ndjson");
        server.hold(is_over);
        let arguments = [line, &RANGE].concat();
        let program = in_terminal(&server.url, home.path(), &arguments).spawn();
        if is_over {
            let erased = |bytes: &[u8]| bytes.windows(3).any(|three| three == b"\x1b[K");
            drop(program.wait("progress", |shown| erased(&shown.bytes)));
            server.hold(false);
        }
        let (stayed, over) = parted(&line.join(" "), &all_of(&program, 0));
        assert_eq!(over.is_empty(), !is_over, "{line:?}");
        // Before them stands what is listed; and no text of a row begins a line.
        let count = stayed.lines().count();
        assert!(
            lines.is_none_or(|lines| count == 1 + lines),
            "{line:?}: {stayed}"
        );
    }
}

#[test]
fn a_download_writes_over_numbers_alone() {
    let server = Server::of_all_pieces();
    let home = tempfile::tempdir().unwrap();
    let names = "{from}_{to}_{conference}_{call_uuid}_{type}_{id}.{ext}";
    let to = home.path().join(NAME);
    let to = to.to_str().unwrap();
    let range = ["--from", "2026-11-01", "--until", "2026-11-30"];
    let arguments = [&["download", "--to", to, "--name", names][..], &range].concat();
    let program = in_terminal(&server.url, home.path(), &arguments).spawn();
    let (stayed, over) = parted("download", &all_of(&program, 0));
    assert!(stayed.contains("archived 13"), "{stayed}");
    assert!(!over.is_empty());
    let program = in_terminal(&server.url, home.path(), &["verify", to]).spawn();
    let (stayed, _) = parted("verify", &all_of(&program, 0));
    assert!(stayed.contains("proven 13"), "{stayed}");
}

#[test]
fn the_question_of_a_deletion_and_its_progress_are_all_that_comes() {
    let server = Server::of_all_pieces();
    let home = tempfile::tempdir().unwrap();
    let receipts = home.path().join(NAME);
    let receipts = receipts.to_str().unwrap();
    let chosen = ["delete", "--rate", "2000", "--conference", VALUE];
    let chosen = [&chosen[..], &["--receipts", receipts], &RANGE].concat();
    for (sentence, code) in [("no", 5), ("delete 13 from MA…2OW", 0)] {
        let mut program = in_terminal(&server.url, home.path(), &chosen).spawn();
        program.wait_for("type: delete 13 from MA…2OW");
        program.keys(&format!("{sentence}\n"));
        let bytes = all_of(&program, code);
        let (stayed, over) = parted("delete", &bytes);
        assert!(stayed.contains("would delete 13"), "{stayed}");
        assert!(!over.is_empty());
        assert_eq!(stayed.contains("deleted 13 of 13"), code == 0, "{stayed}");
    }
    let receipts = fs::read(receipts).unwrap();
    only_text("the receipts", &receipts);
}

#[test]
fn what_would_be_removed_is_named_and_asked_for_in_words() {
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join(NAME);
    let below = state.join("callreel");
    fs::create_dir_all(&below).unwrap();
    let ask = |line: &[&str], question: &str, answer: &str, code: u8| {
        let start = in_terminal("http://127.0.0.1:9", home.path(), line);
        let mut program = start.env("XDG_STATE_HOME", state.to_str().unwrap()).spawn();
        program.wait_for(question);
        program.keys(&format!("{answer}\n"));
        let bytes = all_of(&program, code);
        let (stayed, over) = parted(&line.join(" "), &bytes);
        assert!(stayed.contains("owned") && over.is_empty(), "{stayed}");
    };
    let marks = below.join("review.sqlite");
    let kept = || drop(callreel::store::Store::create(&marks).unwrap());
    kept();
    ask(&["marks", "forget"], "[y/N] ", "n", 0);
    assert!(marks.exists());
    ask(&["marks", "forget"], "[y/N] ", "y", 0);
    assert!(!marks.exists());
    kept();
    fs::write(below.join(NAME), "").unwrap();
    ask(&["purge"], "Type purge: ", "no", 5);
    assert!(marks.exists());
    ask(&["purge"], "Type purge: ", "purge", 0);
    assert!(!marks.exists());
}

/// The line of `play`, each time it was drawn. Asserts that there was nothing else to be obeyed.
pub fn drawn(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let shown = text.strip_prefix("\x1b[?25l").unwrap();
    // The terminal adds a carriage return to the line end that the program writes.
    let (shown, after) = shown.split_once("\x1b[0m\x1b[?25h\r\r\n").unwrap();
    only_text(
        "what play said at its end",
        after.replace("\r\n", "\n").as_bytes(),
    );
    // Each drawing begins at the start of the line, and none ends it.
    let drawings = shown.split('\r').skip(1);
    let drawings: Vec<_> = drawings
        .map(|drawing| drawing.trim_end().to_owned())
        .collect();
    for drawing in &drawings {
        only_text("the line of play", drawing.as_bytes());
        assert!(!drawing.contains('\n'), "{drawing:?}");
        let known = ["◌ ", "▶ ", "‖ ", "■ ", "! ", "go to ", "␛ pause "];
        assert!(
            known.iter().any(|start| drawing.starts_with(start)),
            "{drawing:?}"
        );
    }
    drawings
}

/// Waits until this was written: what the screen shows of it may be something else, where a text was obeyed.
fn comes(program: &Program, text: &str) {
    drop(program.wait(text, |shown| {
        String::from_utf8_lossy(&shown.bytes).contains(text)
    }));
}

fn has(drawings: &[String], text: &str) {
    let found = drawings.iter().any(|drawing| drawing.contains(text));
    assert!(found, "{text}: {drawings:#?}");
}

#[test]
fn the_line_of_play_shows_a_name_and_keys_of_any_kind() {
    let server = Server::of_all_pieces();
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    // Keys that `?` names: the first, and two behind it.
    let keys = "[keys]\npause = \"\\u001b\"\ngo-to-time = \"\\u202e\"\nlouder = \"\\u009b\"\n";
    fs::write(&config, keys).unwrap();
    let link = format!("{}/{VALUE}.mp3", server.url);
    for target in [format!("{NAME}@0:30"), link] {
        let arguments = ["play", "--sink", "null", &target];
        let start = in_terminal(&server.url, home.path(), &arguments);
        let config = config.to_str().unwrap();
        let mut program = start.env("CALLREEL_CONFIG", config).spawn();
        comes(&program, "▶");
        program.keys("?");
        comes(&program, "q quit");
        program.keys("m");
        comes(&program, "muted");
        program.keys("q");
        let drawings = drawn(&all_of(&program, 0));
        has(&drawings, "▶ ");
        has(&drawings, "q quit");
    }
}
