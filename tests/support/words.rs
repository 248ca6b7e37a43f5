//! Text as somebody would choose it who wants the terminal to do something, and how to see that it did not.

#![allow(dead_code, reason = "each file of tests uses its own part of this")]

#[path = "obeyed.rs"]
mod obeyed;

use obeyed::is_obeyed;
use proptest::prelude::*;

/// Pieces of which each would do something: move, hide, rename, answer, turn the reading order, end a cell or a row.
const PIECES: [&str; 26] = [
    "\u{1b}[2J",
    "\u{1b}]0;owned\u{7}",
    "\u{1b}]52;c;ZXZpbA==\u{1b}\\",
    "\u{1b}P+q544e\u{1b}\\",
    "\u{1b}[?1049h",
    "\u{9b}31m",
    "\u{9d}8;;https://evil.example\u{9c}",
    "\u{85}",
    "\u{7f}",
    "\0",
    "\u{8}\u{8}\u{8}",
    "\r",
    "\n",
    "\t",
    "\u{c}",
    "\u{202e}",
    "\u{2066}",
    "\u{200f}",
    "\u{200b}",
    "\u{feff}",
    "\u{2028}",
    "\u{e0041}",
    "e\u{301}\u{302}\u{303}\u{304}\u{305}",
    "👩\u{200d}👩\u{200d}👧",
    "漢字",
    "﷽",
];

/// Signs that are joined, put on top of each other, wider than others, or written from the right: what has to stand in columns
/// may be told a wrong width.
const SHAPES: [&str; 29] = [
    "漢字かなカナ",
    "ＡＢＣ",
    "\u{3000}",
    "ｶﾞﾊﾟ",
    "한글",
    "\u{1112}\u{1161}\u{11ab}",
    "\u{1161}\u{11a8}",
    "Zoe\u{308}",
    "\u{301}",
    "1\u{fe0f}\u{20e3}",
    "❤\u{fe0f}",
    "☎\u{fe0e}",
    "👍🏽",
    "\u{1f3fd}",
    "👨\u{200d}👩\u{200d}👧\u{200d}👦",
    "🧑🏿\u{200d}🚀",
    "🇱🇺🇧",
    "🏴\u{e0067}\u{e0062}\u{e007f}",
    "مرحبا",
    "لا",
    "\u{605}12",
    "\u{600}12",
    "שלום",
    "א\u{200d}ל",
    "हिन्दी क्षि",
    "ក្ក ៘",
    "\u{d4e}ക",
    "\u{a4f8}\u{a4fc}",
    "\u{2d4f}\u{2d7f}\u{2d3e}",
];

/// Thirteen texts with every piece among them.
pub fn all_pieces() -> Vec<String> {
    PIECES.chunks(2).map(<[&str]>::concat).collect()
}

/// Such text, between plain letters or none.
pub fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
        3 => prop::sample::select(&SHAPES[..]).prop_map(str::to_owned),
        1 => "[a-z0-9=,;\"'+-]{1,6}",
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

/// Asserts that a terminal would print `bytes` and do nothing but end lines.
pub fn only_text(what: &str, bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
    let line = text.lines().find(|line| line.contains(is_obeyed));
    let obeyed = text.chars().find(|&c| is_obeyed(c));
    assert!(obeyed.is_none(), "{what} holds {obeyed:?}: {line:?}");
}
