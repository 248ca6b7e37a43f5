//! What the first bytes say that is not sound. Content types are hints at most: servers send error pages as audio, and
//! audio as anything.

use super::http::plain;
use crate::audio::event::Error;

/// So many bytes are looked at before any is handed on.
pub(super) const ENOUGH: usize = 64;

/// A WAV header of the usual kind without a sample after it.
const WAV_HEADER: u64 = 44;

/// The error that `bytes`, the first of the file, show. `total` is the length of the file when it is known.
pub(super) fn refuse(bytes: &[u8], total: Option<u64>) -> Option<Error> {
    if bytes.starts_with(b"RIFF") && total.is_some_and(|total| total <= WAV_HEADER) {
        return Some(Error::HeaderOnly);
    }
    if let Some(name) = other_sound(bytes) {
        return Some(Error::Decode(format!(
            "it is {name}, and only mp3 and wav can be played"
        )));
    }
    let known = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic));
    if let Some((_, name)) = known {
        return Some(Error::NotAudio((*name).to_owned()));
    }
    text(bytes).map(Error::NotAudio)
}

const KNOWN: [(&[u8], &str); 9] = [
    (b"\x1F\x8B", "compressed data (gzip)"),
    (b"PK\x03\x04", "a zip archive"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\xFF\xD8\xFF", "a JPEG picture"),
    (b"\x7FELF", "a program"),
    (b"\x1A\x45\xDF\xA3", "a Matroska or WebM film"),
    (b"<\0!\0", "a web page"),
];

fn other_sound(bytes: &[u8]) -> Option<&'static str> {
    let kind = bytes.get(8..12);
    Some(match bytes.get(..4)? {
        b"OggS" => "Ogg",
        b"fLaC" => "FLAC",
        b"FORM" if matches!(kind, Some(b"AIFF" | b"AIFC")) => "AIFF",
        b"caff" => "CAF",
        b".snd" => "AU",
        b"#!AM" => "AMR",
        b"RIFF" if matches!(kind, Some(kind) if kind != b"WAVE") => "a RIFF file that is not WAV",
        _ if bytes.get(4..8) == Some(b"ftyp") => "MPEG-4",
        _ => return None,
    })
}

/// Text says what it is: its title, or how it starts.
fn text(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let bytes = bytes.get(..bytes.len().min(512)).unwrap_or(bytes);
    let (text, rest) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, 0),
        Err(error) => {
            let (text, rest) = bytes.split_at(error.valid_up_to());
            // A character may be cut by the end of what is here.
            let cut = if error.error_len().is_none() {
                0
            } else {
                rest.len()
            };
            (std::str::from_utf8(text).unwrap_or_default(), cut)
        }
    };
    let start = text.trim_start();
    let lower = start.to_ascii_lowercase();
    if lower.starts_with("<!doctype html")
        || lower.starts_with("<html")
        || lower.starts_with("<head")
    {
        return Some(with_detail("a web page", title(start)));
    }
    // Control codes are no sign of sound, zeros are.
    let is_text = rest == 0 && !text.contains('\0');
    if !is_text || start.is_empty() {
        return None;
    }
    let kind = match start.as_bytes().first() {
        Some(b'<') => "an XML or HTML text",
        Some(b'{' | b'[') => "a JSON text",
        _ if text.len() < 4 => return None,
        _ => "a text",
    };
    Some(with_detail(kind, Some(start)))
}

fn title(page: &str) -> Option<&str> {
    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let rest = page.get(start..)?;
    rest.split('<').next()
}

fn with_detail(kind: &str, detail: Option<&str>) -> String {
    let detail = plain(detail.unwrap_or_default(), 60);
    if detail.is_empty() {
        kind.to_owned()
    } else {
        format!("{kind} (“{detail}”)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn not_audio(bytes: &[u8]) -> String {
        match refuse(bytes, None) {
            Some(Error::NotAudio(what)) => what,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn pages_and_texts_are_named() {
        let page = b"\n <!DOCTYPE HTML><html><head><title>Sign\x1b[31m in\n here</title>";
        assert_eq!(not_audio(page), "a web page (“Sign[31m in here”)");
        assert_eq!(not_audio(b"<html>"), "a web page");
        assert_eq!(
            not_audio(b"{\"error\": \"not found\"}"),
            "a JSON text (“{\"error\": \"not found\"}”)"
        );
        assert_eq!(
            not_audio(b"{\"error\": \"\x1b[31mno\x07\"}"),
            "a JSON text (“{\"error\": \"[31mno\"}”)"
        );
        assert!(not_audio(b"<?xml version='1.0'?><Error>").starts_with("an XML"));
        assert!(not_audio("Zugriff verweigert für".as_bytes()).starts_with("a text"));
        assert!(not_audio(&[b'a'; 600]).chars().count() < 80);
        assert_eq!(not_audio(b"%PDF-1.7"), "a PDF document");
    }

    #[test]
    fn other_sound_is_told_from_no_sound() {
        assert!(matches!(
            refuse(b"OggS\0\x02abcdefgh", None),
            Some(Error::Decode(_))
        ));
        assert!(matches!(
            refuse(b"\0\0\0\x20ftypM4A ", None),
            Some(Error::Decode(_))
        ));
        assert!(matches!(
            refuse(b"RIFF\x24\0\0\0AVI LIST", None),
            Some(Error::Decode(_))
        ));
    }

    #[test]
    fn sound_and_junk_pass() {
        for bytes in [
            &b"RIFF\x24\0\0\0WAVEfmt "[..],
            b"ID3\x04\0\0\0\0\0\0",
            b"\xFF\xFB\x90\x44",
            b"\xFF\xE3\x28\xC4\0\0",
            b"\0\0\0\0",
            b"",
            b"\n",
        ] {
            assert_eq!(refuse(bytes, Some(1000)), None, "{bytes:?}");
        }
    }

    #[test]
    fn a_wav_of_its_header_alone_is_told() {
        let header = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0";
        assert_eq!(refuse(header, Some(44)), Some(Error::HeaderOnly));
        assert_eq!(refuse(header, Some(45)), None);
    }
}
