//! What settings can be, and how each is written.

mod names;

use std::time::Duration;

use chrono_tz::Tz;
use ratatui::style::Color;

use crate::app::columns::{self, Columns};
use crate::app::jobs::Folder;
use crate::app::player::Rewind;
use crate::app::sides::Name;
use crate::app::sort;
use crate::app::theme::Theme;
use crate::app::toml::quoted;
use crate::app::zone;
use crate::audio::speech::{Skip, Speed};
use crate::plivo::ApiBase;

use super::slot::{Form, Value};

pub use names::{LogPath, ProfileName};

/// A whole number from `LEAST` to `MOST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole<const LEAST: u32, const MOST: u32>(u32);

impl<const LEAST: u32, const MOST: u32> Whole<LEAST, MOST> {
    pub(super) const fn new(number: u32) -> Self {
        Self(number)
    }

    pub fn get(self) -> u32 {
        self.0
    }
}

/// The nearest number in the range.
impl<const LEAST: u32, const MOST: u32> From<u32> for Whole<LEAST, MOST> {
    fn from(number: u32) -> Self {
        Self(number.clamp(LEAST, MOST))
    }
}

impl<const LEAST: u32, const MOST: u32> Value for Whole<LEAST, MOST> {
    const FORMS: &'static [Form] = &[Form::Number];

    fn parse(text: &str) -> Option<Self> {
        let number = text.trim().replace('_', "").parse().ok()?;
        (LEAST..=MOST).contains(&number).then_some(Self(number))
    }

    fn write(&self) -> String {
        self.0.to_string()
    }

    fn range() -> String {
        format!("a whole number from {LEAST} to {MOST}")
    }
}

/// So many milliseconds from `LEAST` to `MOST`, written as seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seconds<const LEAST: u64, const MOST: u64>(Duration);

impl<const LEAST: u64, const MOST: u64> Seconds<LEAST, MOST> {
    pub(super) const fn new(time: Duration) -> Self {
        Self(time)
    }

    pub fn get(self) -> Duration {
        self.0
    }
}

impl<const LEAST: u64, const MOST: u64> Value for Seconds<LEAST, MOST> {
    const FORMS: &'static [Form] = &[Form::Number];

    fn parse(text: &str) -> Option<Self> {
        let time = Duration::try_from_secs_f64(text.trim().parse().ok()?).ok()?;
        let allowed = Duration::from_millis(LEAST)..=Duration::from_millis(MOST);
        allowed.contains(&time).then_some(Self(time))
    }

    fn write(&self) -> String {
        format!("{:?}", self.0.as_secs_f64())
    }

    fn range() -> String {
        let seconds = |millis| Duration::from_millis(millis).as_secs_f64();
        format!("seconds from {} to {}", seconds(LEAST), seconds(MOST))
    }
}

impl Value for bool {
    const FORMS: &'static [Form] = &[Form::Truth];

    fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "true" | "yes" | "on" | "1" => Some(true),
            "false" | "no" | "off" | "0" => Some(false),
            _ => None,
        }
    }

    fn write(&self) -> String {
        self.to_string()
    }

    fn range() -> String {
        "true or false".to_owned()
    }
}

impl Value for Speed {
    const FORMS: &'static [Form] = &[Form::Number];

    fn parse(text: &str) -> Option<Self> {
        let tenths = text
            .trim()
            .trim_end_matches(['x', '×'])
            .replace(',', ".")
            .parse::<f64>()
            .ok()?
            * 10.0;
        // Out of range of the cast is out of range of the speed.
        let whole = tenths.round() as u8;
        let speed = Self::from_tenths(whole);
        let exact = (tenths - f64::from(whole)).abs() < 1e-6 && speed.tenths() == whole;
        exact.then_some(speed)
    }

    fn write(&self) -> String {
        format!("{:?}", self.factor())
    }

    fn range() -> String {
        "a number from 0.5 to 4.0 in steps of 0.1".to_owned()
    }
}

impl Value for Skip {
    const FORMS: &'static [Form] = &[Form::Text];

    fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "off" => Some(Self::Off),
            "mild" => Some(Self::Mild),
            "strong" => Some(Self::Strong),
            _ => None,
        }
    }

    fn write(&self) -> String {
        quoted(match self {
            Self::Off => "off",
            Self::Mild => "mild",
            Self::Strong => "strong",
        })
    }

    fn range() -> String {
        "off, mild or strong".to_owned()
    }

    fn names() -> Vec<&'static str> {
        vec!["off", "mild", "strong"]
    }
}

impl Value for Rewind {
    const FORMS: &'static [Form] = &[Form::List, Form::Text];

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn write(&self) -> String {
        format!("{:?}", self.steps())
    }

    fn range() -> String {
        "four numbers of seconds up to 600, like [0, 2, 5, 10], or \"off\"".to_owned()
    }
}

/// Where the sound goes, in the words of `--sink`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkWord(String);

impl SinkWord {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for SinkWord {
    fn default() -> Self {
        Self("device".to_owned())
    }
}

/// Standard output is not among them: it has the screen to carry.
impl Value for SinkWord {
    const FORMS: &'static [Form] = &[Form::Text];

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let known = match text.split_once(':') {
            None => matches!(text, "device" | "null"),
            Some((kind, rest)) => {
                matches!(kind, "device" | "command" | "socket") && !rest.trim().is_empty()
            }
        };
        // A line for the shell may be several; names of devices and sockets are whatever somebody gave them.
        let control = |c: char| c.is_control() && !matches!(c, '\t' | '\n');
        (known && !text.contains(control)).then(|| Self(text.to_owned()))
    }

    fn write(&self) -> String {
        quoted(&self.0)
    }

    fn range() -> String {
        "device, device:NAME, null, command:LINE or socket:PATH".to_owned()
    }

    fn names() -> Vec<&'static str> {
        vec!["device", "null"]
    }
}

/// The zone that times are shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneName {
    Utc,
    /// This machine's.
    Local,
    Named(Tz),
}

impl Value for ZoneName {
    const FORMS: &'static [Form] = &[Form::Text];

    fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "utc" => Some(Self::Utc),
            "local" => Some(Self::Local),
            _ => zone::named(text).ok().map(Self::Named),
        }
    }

    fn write(&self) -> String {
        quoted(match self {
            Self::Utc => "utc",
            Self::Local => "local",
            Self::Named(tz) => tz.name(),
        })
    }

    fn range() -> String {
        "utc, local, or a zone's name like Europe/Lisbon".to_owned()
    }

    fn names() -> Vec<&'static str> {
        let zones = chrono_tz::TZ_VARIANTS.iter().map(|tz| tz.name());
        ["utc", "local"].into_iter().chain(zones).collect()
    }
}

impl Value for Theme {
    const FORMS: &'static [Form] = &[Form::Text];

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::ALL.into_iter().find(|theme| theme.name() == text)
    }

    fn write(&self) -> String {
        quoted(self.name())
    }

    fn range() -> String {
        "terminal, dark, light or mono".to_owned()
    }

    fn names() -> Vec<&'static str> {
        Self::ALL.map(Self::name).to_vec()
    }
}

/// The names that colours have.
const COLOURS: [&str; 17] = [
    "none",
    "black",
    "red",
    "green",
    "yellow",
    "blue",
    "magenta",
    "cyan",
    "gray",
    "dark-gray",
    "light-red",
    "light-green",
    "light-yellow",
    "light-blue",
    "light-magenta",
    "light-cyan",
    "white",
];

/// `none` is the terminal's own colour of text.
impl Value for Color {
    const FORMS: &'static [Form] = &[Form::Text, Form::Number];

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text == "none" {
            return Some(Self::Reset);
        }
        let numbered = text.starts_with('#') || text.bytes().all(|byte| byte.is_ascii_digit());
        (numbered || COLOURS.contains(&text))
            .then(|| text.parse().ok())
            .flatten()
    }

    fn write(&self) -> String {
        match self {
            Self::Reset => quoted("none"),
            Self::Indexed(number) => number.to_string(),
            Self::Rgb(r, g, b) => quoted(&format!("#{r:02x}{g:02x}{b:02x}")),
            named => {
                let of = |name: &&&str| name.parse().as_ref() == Ok(named);
                quoted(COLOURS.iter().find(of).unwrap_or(&"none"))
            }
        }
    }

    fn range() -> String {
        "a colour's name (cyan, light-red, none), #rrggbb or a number from 0 to 255".to_owned()
    }

    fn names() -> Vec<&'static str> {
        COLOURS.to_vec()
    }
}

impl Value for Columns {
    const FORMS: &'static [Form] = &[Form::List];

    fn parse(text: &str) -> Option<Self> {
        Self::new(text.split(',').map(str::trim))
    }

    fn write(&self) -> String {
        self.written()
    }

    fn range() -> String {
        format!("a list of columns, each once: {}", columns::NAMES)
    }
}

/// What a view is sorted by.
impl Value for sort::Column {
    const FORMS: &'static [Form] = &[Form::Text];

    fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::ALL.into_iter().find(|column| column.name() == text)
    }

    fn write(&self) -> String {
        quoted(self.name())
    }

    fn range() -> String {
        format!("a column to sort by ({})", Self::names().join(", "))
    }

    fn names() -> Vec<&'static str> {
        Self::ALL.map(Self::name).to_vec()
    }
}

impl Value for Folder {
    const FORMS: &'static [Form] = &[Form::Text];

    fn parse(text: &str) -> Option<Self> {
        Self::new(text)
    }

    fn write(&self) -> String {
        quoted(self.as_str())
    }

    fn range() -> String {
        format!("a folder of at most {} letters", Folder::LONGEST)
    }
}

impl Value for Name {
    const FORMS: &'static [Form] = &[Form::Text];

    fn parse(text: &str) -> Option<Self> {
        Self::new(text)
    }

    fn write(&self) -> String {
        quoted(self.as_str())
    }

    fn range() -> String {
        format!("a name of 1 to {} plain letters", Name::LONGEST)
    }
}

/// The API's address.
impl Value for ApiBase {
    const FORMS: &'static [Form] = &[Form::Text];

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text).ok()
    }

    fn write(&self) -> String {
        quoted(&self.to_string())
    }

    fn why(text: &str) -> Option<String> {
        Self::parse(text).err().map(|mistake| mistake.to_string())
    }

    fn range() -> String {
        "an address like https://api.plivo.com (plain http only to this machine)".to_owned()
    }
}

#[cfg(test)]
mod tests;
