//! One line: how it is made, and what the chain needs of one that was read.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Who;
use super::deed::short;
use crate::app::text::json;
use crate::archive::sha256;

/// Longer lines are none that callreel wrote.
pub(super) const LONGEST: usize = 32 << 10;
/// The most that crashes may leave in one place: of a line, and of the lines that were to mend it.
pub(super) const TORN: usize = 16 * LONGEST;

/// What stands between the hashed bytes and the hash.
const MARK: &str = ",\"hash\":\"";
/// What stands behind the hash.
const END: &str = "\"}";
/// Digits of a hash.
const DIGITS: usize = 64;

/// The hash of a line, which stands for all lines up to it: 64 hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head(String);

/// A text is no hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a hash has {DIGITS} hexadecimal digits")]
pub struct NoHead;

impl Head {
    /// Before the first line.
    pub fn none() -> Self {
        Self("0".repeat(DIGITS))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// No line was written yet.
    pub fn is_none(&self) -> bool {
        self.0.bytes().all(|digit| digit == b'0')
    }
}

impl fmt::Display for Head {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Capitals mean the same.
impl FromStr for Head {
    type Err = NoHead;

    fn from_str(text: &str) -> Result<Self, NoHead> {
        let text = text.trim().to_ascii_lowercase();
        let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        (text.len() == DIGITS && digits)
            .then_some(Self(text))
            .ok_or(NoHead)
    }
}

/// What the chain needs of a line.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Link {
    /// Counted from 1.
    pub seq: u64,
    /// UTC.
    pub time: String,
    pub action: String,
    prev: String,
    hash: String,
    /// Of a `mended` line: what a crash left before it.
    #[serde(default)]
    torn_bytes: u64,
    #[serde(default)]
    torn_sha256: Option<String>,
}

/// What a line that has its place in a chain is about.
pub(super) enum Body {
    Entry(Map<String, Value>),
    /// What a crash left in front of this line: nothing where only the line's end was missing.
    Mended(Vec<u8>),
}

impl Link {
    /// Reads a line without its end; `None` where it is none, or where its hash is not that of its bytes.
    pub fn read(line: &[u8]) -> Option<Self> {
        let hash_at = line.len().checked_sub(END.len() + DIGITS)?;
        let (front, back) = line.split_at_checked(hash_at)?;
        let front = front.strip_suffix(MARK.as_bytes())?;
        let hash = std::str::from_utf8(back.strip_suffix(END.as_bytes())?).ok()?;
        (sha256(&[front, b"}"].concat()) == hash).then_some(())?;
        serde_json::from_slice(line).ok()
    }

    /// Whether it follows the line before; `None`: it is the first.
    pub fn follows(&self, before: Option<&Self>) -> bool {
        let (seq, prev) = before.map_or((0, Head::none()), |link| (link.seq, link.head()));
        self.seq == seq.saturating_add(1) && self.prev == prev.0
    }

    /// Whether it says of the bytes before it that a crash left them.
    pub fn mends(&self, torn: &[u8]) -> bool {
        self.action == MENDED
            && self.torn_bytes == torn.len() as u64
            && self.torn_sha256.as_deref() == Some(sha256(torn).as_str())
    }

    /// It tells of bytes that nothing stands for any more.
    pub fn misses_what_it_mends(&self) -> bool {
        self.is_mending() && self.torn_bytes > 0
    }

    pub fn is_mending(&self) -> bool {
        self.action == MENDED
    }

    pub fn head(&self) -> Head {
        Head(self.hash.clone())
    }
}

/// The number of the line after `before`.
pub(super) fn next(before: Option<&Link>) -> u64 {
    before.map_or(1, |link| link.seq.saturating_add(1))
}

/// Whether a crash may have left this of the line `seq`: the beginning of it, but not all, or the zeros that some file systems have where
/// nothing reached the disk.
pub(super) fn is_begun(part: &[u8], seq: u64) -> bool {
    let first = format!("{{\"seq\":{seq},");
    let begins = part.starts_with(first.as_bytes()) || first.as_bytes().starts_with(part);
    let is_whole = || {
        let hash_at = part.len().checked_sub(END.len() + DIGITS)?;
        let (front, back) = part.split_at_checked(hash_at)?;
        Some(front.ends_with(MARK.as_bytes()) && back.ends_with(END.as_bytes()))
    };
    let begun = begins && !is_whole().unwrap_or(false);
    let length = 1..=LONGEST;
    length.contains(&part.len()) && (begun || part.iter().all(|byte| *byte == 0))
}

/// The action of a line that says what a crash left.
const MENDED: &str = "mended";

/// The line after `before`, without its end, and its hash.
pub(super) fn write(before: Option<&Link>, time: &str, who: &Who, body: Body) -> (String, Link) {
    let seq = next(before);
    let prev = before.map_or_else(Head::none, Link::head);
    let mut members = Map::from_iter([
        ("seq".to_owned(), json!(seq)),
        ("time".to_owned(), json!(time)),
        ("operator".to_owned(), json!(short(&who.operator))),
        ("host".to_owned(), json!(short(&who.host))),
        ("account".to_owned(), json!(short(&who.account))),
    ]);
    let (mut torn_bytes, mut torn_sha256) = (0, None);
    match body {
        Body::Entry(more) => members.extend(more),
        Body::Mended(torn) => {
            (torn_bytes, torn_sha256) = (torn.len() as u64, Some(sha256(&torn)));
            members.insert("action".to_owned(), json!(MENDED));
            members.insert("torn_bytes".to_owned(), json!(torn_bytes));
            members.insert("torn_sha256".to_owned(), json!(torn_sha256));
        }
    }
    let action = members.get("action").and_then(Value::as_str);
    let action = action.unwrap_or_default().to_owned();
    members.insert("prev".to_owned(), json!(prev.0));
    let bare = json::line(&Value::Object(members));
    let hash = sha256(bare.as_bytes());
    let front = bare.strip_suffix('}').unwrap_or(&bare);
    let line = format!("{front}{MARK}{hash}{END}");
    let link = Link {
        seq,
        time: time.to_owned(),
        action,
        prev: prev.0,
        hash,
        torn_bytes,
        torn_sha256,
    };
    (line, link)
}
