//! Files that cannot be played: the panel says why, and the next file plays.

use std::io::{Read, Write};
use std::net::TcpListener;

use callreel::emulator::{Emulator, Options, Special};
use serde_json::json;

use super::account::{Row, on_row, open, open_at, set, shows, start};
use super::panel::{panel, panel_says, play};
use crate::pty::Program;

const GOOD: Special = Special::Whole("support-stereo-cbr32");

fn ready(emulator: &Emulator) -> Program {
    let program = open(emulator, &[]).spawn();
    shows(&program, &emulator.recordings(0, 1)[0]);
    program
}

/// The time that the player shows goes on.
fn plays(program: &Program) {
    panel_says(program, &["▶", "mp3", "buffered 100 %"]);
    drop(program.wait("a second of sound", |shown| {
        panel(shown).contains(" 0:01 ") || panel(shown).contains(" 0:02 ")
    }));
}

/// The list under the message answers to keys; another row plays.
fn is_usable(program: &mut Program, emulator: &Emulator) {
    set(emulator, "");
    let next = emulator
        .special(Special::Whole("invoice-stereo-vbr"))
        .unwrap();
    play(program, emulator, Special::Whole("invoice-stereo-vbr"));
    on_row(program, &next);
    plays(program);
}

fn fails(fault: &str, words: &[&str]) {
    let emulator = start(Options::default());
    let mut program = ready(&emulator);
    set(&emulator, fault);
    play(&mut program, &emulator, GOOD);
    panel_says(&program, &["failed"]);
    panel_says(&program, words);
    // The key that helps, helps.
    set(&emulator, "");
    program.keys(" ");
    plays(&program);
    is_usable(&mut program, &emulator);
}

#[test]
fn a_file_for_which_the_credentials_do_not_count() {
    fails(
        "media-401",
        &["wants credentials (401)", "Space tries again"],
    );
}

#[test]
fn a_file_that_is_forbidden() {
    fails("media-403", &["refused access (403)", "Space tries again"]);
}

#[test]
fn a_file_that_is_not_there() {
    fails(
        "media-404",
        &["not there (404)", "may not be ready", "Space tries again"],
    );
}

#[test]
fn a_web_page_instead_of_the_file() {
    fails("media-html", &["not audio: a web page", "y u copies it"]);
}

#[test]
fn files_without_sound_are_told_apart() {
    let emulator = start(Options::default());
    let mut program = ready(&emulator);
    for (special, words) in [
        (Special::Empty, "the file is empty"),
        (Special::HeaderOnly, "the file holds a header and no sound"),
        (Special::NotReady, "it may not be ready yet"),
    ] {
        play(&mut program, &emulator, special);
        panel_says(&program, &["failed", words]);
    }
    is_usable(&mut program, &emulator);
}

#[test]
fn credentials_that_media_ask_for_are_sent() {
    let emulator = start(Options {
        media_auth: callreel::emulator::MediaAuth::Unauthorized,
        ..Options::default()
    });
    let mut program = ready(&emulator);
    play(&mut program, &emulator, GOOD);
    plays(&program);
}

#[test]
fn a_connection_that_is_reset_or_cut_is_taken_up_where_it_ended() {
    for fault in ["media:reset=60000*1", "media:cut=60000*1"] {
        let emulator = start(Options::default());
        let mut program = ready(&emulator);
        set(&emulator, fault);
        play(&mut program, &emulator, GOOD);
        plays(&program);
        let media: Vec<_> = emulator
            .requests()
            .into_iter()
            .filter(|request| request.path.starts_with("/media/"))
            .collect();
        assert!(media.len() >= 2, "{fault}: {media:?}");
        let again = media[1].range.as_deref().unwrap();
        let from: u64 = again
            .strip_prefix("bytes=")
            .and_then(|range| range.split('-').next()?.parse().ok())
            .unwrap();
        assert!((1..=60_000).contains(&from), "{fault}: {again}");
        is_usable(&mut program, &emulator);
    }
}

#[test]
fn a_stalled_file_waits_goes_on_and_can_be_left() {
    let emulator = start(Options::default());
    let mut program = ready(&emulator);
    // Two seconds of it come, and then nothing.
    set(&emulator, "media:stall=8000*1");
    play(&mut program, &emulator, GOOD);
    panel_says(&program, &["waiting for bytes"]);
    // It is asked for again in a while, by itself.
    panel_says(&program, &["▶", "buffered 100 %"]);
    // One that never comes is left for another.
    set(&emulator, "media:stall=8000");
    play(
        &mut program,
        &emulator,
        Special::Whole("booking-mono-cbr16"),
    );
    panel_says(&program, &["waiting for bytes"]);
    is_usable(&mut program, &emulator);
}

#[test]
fn a_host_without_ranges_plays_from_the_start_and_jumps_within_what_came() {
    let emulator = start(Options::default());
    let mut program = ready(&emulator);
    set(&emulator, "no-range");
    play(&mut program, &emulator, GOOD);
    plays(&program);
    program.keys("5");
    drop(program.wait("the middle", |shown| {
        panel(shown).contains(" 0:40 ") || panel(shown).contains(" 0:41 ")
    }));
    is_usable(&mut program, &emulator);
}

#[test]
fn bytes_that_are_no_sound_are_said_to_be_none() {
    let url = serve_one_recording(
        None,
        b"PK\x03\x04\x14\x00\x00\x00\x08\x00 and so on, not a sound at all",
    );
    let mut program = open_at(&url, "MAGWNTM3ZTK1M2YZMDUU", "hunter22hunter22", &[]).spawn();
    program.wait_for("1 of 1");
    program.keys("\r");
    panel_says(&program, &["failed", "not audio", "y u copies it"]);
    program.keys("q");
    assert_eq!(program.end().exit_code(), 0);
}

#[test]
fn a_host_that_no_name_server_knows_is_said_to_be_out_of_reach_each_time() {
    let link = "https://callreel-has-no-such-host.invalid/a.mp3";
    let url = serve_one_recording(Some(link), b"");
    let mut program = open_at(&url, "MAGWNTM3ZTK1M2YZMDUU", "hunter22hunter22", &[]).spawn();
    program.wait_for("1 of 1");
    for key in ["\r", " "] {
        program.keys(key);
        panel_says(&program, &["the connection is tried again"]);
        panel_says(&program, &["failed", "could not reach the media server"]);
        panel_says(&program, &["check the network: Space tries again"]);
    }
    program.keys("q");
    assert_eq!(program.end().exit_code(), 0);
}

/// An account with one recording of today, whose file is these bytes, unless its link leads elsewhere. Gives its URL.
fn serve_one_recording(link: Option<&str>, file: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let id = "8d5cd396-4f88-11e1-829f-5b9cbd2c7acd";
    let here = format!("{url}/files/{id}.mp3");
    let row: Row = json!({
        "recording_id": id,
        "call_uuid": "84c638ab-f2f0-464a-a55d-898c7310f8a3",
        "add_time": chrono::Utc::now().format("%Y-%m-%d %H:%M:%S").to_string(),
        "recording_url": link.unwrap_or(&here),
        "recording_duration_ms": "41000",
    })
    .as_object()
    .unwrap()
    .clone();
    let list = json!({ "api_id": "a", "meta": { "total_count": 1, "limit": 20, "offset": 0 }, "objects": [row] });
    let (list, one) = (
        list.to_string().into_bytes(),
        json!(row).to_string().into_bytes(),
    );
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0)
            {
                head.extend(byte);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let path = head.split([' ', '?']).nth(1).unwrap_or_default().to_owned();
            let (kind, body): (_, &[u8]) = match path.as_str() {
                path if path.starts_with("/files/") => ("audio/mpeg", file),
                path if path.ends_with("/Recording/") => ("application/json", &list),
                _ => ("application/json", &one),
            };
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            // The client may have left.
            let _ = stream
                .write_all(answer.as_bytes())
                .and_then(|()| stream.write_all(body));
        }
    });
    url
}
