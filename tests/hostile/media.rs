//! Recordings whose tags say what a terminal would obey: nothing of a tag is read, printed or handed on.

use std::fs;

use super::commands::files;
use super::program::{checked, command, in_terminal};
use super::server::{Content, SOUND, Server};
use super::terminal::all_of;
use crate::words::only_text;

const WAV: &[u8] = include_bytes!("../../assets/calls/reminder-mono-ulaw.wav");
const ID: &str = "8d5cd396-4f88-11e1-829f-5b9cbd2c7acd";

/// Somewhere in each field of each tag.
const OWNED: &str = "owned-by-a-tag";

fn title() -> String {
    format!("\u{1b}]0;{OWNED}\u{7}\u{1b}[2J\u{9b}31m\u{202e}{OWNED}\u{200b}\r\n\0\u{7f}")
}

/// Does any of it stand there, in one of the forms that tags are written in?
fn is_owned(bytes: &[u8]) -> bool {
    let wide: Vec<u8> = OWNED.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    holds(OWNED.as_bytes()) || holds(&wide)
}

/// A frame of an ID3v2.4 tag, whose sizes have seven bits a byte.
fn frame(name: &str, content: &[u8]) -> Vec<u8> {
    [name.as_bytes(), &synchsafe(content.len()), &[0, 0], content].concat()
}

fn synchsafe(size: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|bits| u8::try_from(size >> bits & 0x7f).unwrap())
}

/// The mp3 between an ID3v2 tag with title, comment, link and lyrics, and at its end an APEv2 and an ID3v1 tag.
fn tagged_mp3() -> Vec<u8> {
    let title = title();
    let utf8 = [b"\x03", title.as_bytes()].concat();
    let utf16: Vec<u8> = title.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = [b"\x01\xff\xfe", &utf16[..]].concat();
    let comment = [b"\x03eng", title.as_bytes(), b"\0", title.as_bytes()].concat();
    let own = [&utf8[..], b"\0", title.as_bytes()].concat();
    let frames = [
        frame("TIT2", &utf8),
        frame("TPE1", &utf16),
        frame("COMM", &comment),
        frame("USLT", &comment),
        frame("TXXX", &own),
        frame("WOAF", title.as_bytes()),
        frame(OWNED.get(..4).unwrap(), &utf8),
    ]
    .concat();
    let head = [b"ID3\x04\0\0", &synchsafe(frames.len())[..]].concat();
    let item = [
        &u32::try_from(title.len()).unwrap().to_le_bytes()[..],
        &[0; 4],
        b"Title\0",
        title.as_bytes(),
    ]
    .concat();
    let size = u32::try_from(item.len() + 32).unwrap().to_le_bytes();
    let ape = [b"APETAGEX\xd0\x07\0\0", &size[..], &[1, 0, 0, 0], &[0; 12]].concat();
    let mut last = b"TAG".to_vec();
    for _ in 0..3 {
        last.extend(title.bytes().take(30));
    }
    last.resize(128, b' ');
    [&head[..], &frames, SOUND, &item, &ape, &last].concat()
}

fn chunk(name: &[u8], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    let pad = &[0][..content.len() % 2];
    [name, &size[..], content, pad].concat()
}

/// The wav with LIST/INFO before its sound and behind it, and with chunks that nobody knows.
fn tagged_wav() -> Vec<u8> {
    let title = title();
    let info = [b"INAM", b"ICMT", b"IART", b"ISFT"].map(|name| chunk(name, title.as_bytes()));
    let list = chunk(b"LIST", &[b"INFO", &info.concat()[..]].concat());
    let note = chunk(b"\x1b[2J", title.as_bytes());
    let text = chunk(b"bext", &title.as_bytes().repeat(20));
    let format = WAV.windows(4).position(|four| four == b"fmt ").unwrap();
    let body = [b"WAVE", &list[..], &text, &note, &WAV[format..], &list].concat();
    chunk(b"RIFF", &body)
}

#[test]
fn no_tag_of_a_recording_is_printed_or_handed_on() {
    for (sound, kind, at) in [(tagged_mp3(), "mp3", "42.5"), (tagged_wav(), "wav", "10")] {
        assert!(is_owned(&sound));
        // It lives as long as the test's server, whose thread ends with the process.
        let sound: &'static [u8] = Vec::leak(sound);
        let server = Server::start(Content {
            texts: vec![kind.to_owned()],
            sound,
            ..Content::default()
        });
        let home = tempfile::tempdir().unwrap();
        let run = |line: &str| {
            let output = checked(command(&server.url, home.path(), &[]).args(line.split(' ')));
            assert!(output.status.success(), "{line}: {output:?}");
            assert!(
                !is_owned(&output.stdout) && !is_owned(&output.stderr),
                "{line}: {output:?}"
            );
        };
        run(&format!("play --sink null --speed 2 {ID}@0:{at}"));
        run(&format!("clip {ID}@0:01-0:02 -o part.wav"));
        run(&format!("download --to calls --name {{id}}.{{ext}} {ID}"));
        run("verify calls");
        run("verify calls --output ndjson");
        // A clip is made anew: its header is the plainest, and after the samples nothing comes.
        let clip = fs::read(home.path().join("part.wav")).unwrap();
        assert!(!is_owned(&clip));
        assert_eq!((clip.len(), &clip[36..40]), (44 + 16_000, &b"data"[..]));
        // An archive has what the server gave, byte for byte; what is known of it is in files of its own.
        let mut kept = 0;
        for file in files(&home.path().join("calls")) {
            let bytes = fs::read(&file).unwrap();
            match file
                .extension()
                .is_some_and(|end| end == "mp3" || end == "wav")
            {
                true => assert!(bytes == sound, "{}", file.display()),
                false => {
                    only_text(&file.display().to_string(), &bytes);
                    assert!(!is_owned(&bytes), "{}", file.display());
                }
            }
            kept += 1;
        }
        assert!(kept >= 3, "{kept}");
        let target = format!("{ID}@0:{at}");
        let arguments = ["play", "--sink", "null", "--speed", "2", &target];
        let program = in_terminal(&server.url, home.path(), &arguments).spawn();
        assert!(!is_owned(&all_of(&program, 0)));
    }
}
