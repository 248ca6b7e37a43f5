//! What the filters take: from what people write to what the API takes, and back.

use super::{Field, Mistake, number};

/// A value as the API takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    pub value: String,
    /// What was made of the text, where it is more than a trim (`in the United States or Canada`).
    pub note: Option<&'static str>,
}

impl Understood {
    pub(super) fn plain(value: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            note: None,
        }
    }
}

/// More is no value of any of these fields.
const LONGEST: usize = 200;

impl Field {
    /// Reads a filter's text. `None`: blank, no filter. Text in double quotes is taken exactly as it stands there, for
    /// values that do not look as expected (`"anonymous"`). The two times are not read here and give `None`.
    pub fn read(self, text: &str) -> Result<Option<Understood>, Mistake> {
        let text = text.trim();
        if text.is_empty() || matches!(self, Self::From | Self::To) {
            return Ok(None);
        }
        if text.chars().count() > LONGEST {
            return Err(Mistake::new("too long", self.example()));
        }
        if let Some(exact) = quoted(text) {
            return if exact.is_empty() {
                Err(Mistake::new(
                    "nothing stands between the quotes",
                    self.example(),
                ))
            } else {
                Ok(Some(Understood {
                    value: exact.into(),
                    note: Some("exactly as it stands in the quotes"),
                }))
            };
        }
        match self {
            Self::CallUuid => call_uuid(text),
            Self::Subaccount => subaccount(text),
            Self::FromNumber | Self::ToNumber | Self::EitherNumber => number::read(text),
            Self::Conference | Self::From | Self::To => conference(text),
        }
        .map(Some)
    }

    /// The text that reads as this value.
    pub fn write(self, value: &str) -> String {
        match self.read(value) {
            Ok(Some(understood)) if understood.value == value => value.into(),
            _ => format!("\"{value}\""),
        }
    }

    /// A text that would be right.
    pub fn example(self) -> &'static str {
        match self {
            Self::From => "2012-03-21 11:47 or -7d",
            Self::To => "2012-04-20 11:47 or now",
            Self::CallUuid => "84c638ab-f2f0-464a-a55d-898c7310f8a3",
            Self::Subaccount => "SA0123456789ABCDEFGH",
            Self::FromNumber | Self::ToNumber | Self::EitherNumber => number::EXAMPLE,
            Self::Conference => "weekly-review",
        }
    }
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('"')?.strip_suffix('"')
}

/// `8-4-4-4-12` hexadecimal digits; the dashes may be left out.
fn call_uuid(text: &str) -> Result<Understood, Mistake> {
    let example = Field::CallUuid.example();
    if let Some(odd) = text.chars().find(|c| !c.is_ascii_hexdigit() && *c != '-') {
        let what = if odd.is_whitespace() {
            "a call UUID has no blanks"
        } else {
            "a call UUID has digits, the letters a to f and dashes only"
        };
        return Err(Mistake::new(what, example));
    }
    let digits: String = text
        .chars()
        .filter(|c| *c != '-')
        .collect::<String>()
        .to_ascii_lowercase();
    if digits.len() != 32 {
        let message = format!(
            "a call UUID has 32 hexadecimal digits, this has {}",
            digits.len()
        );
        return Err(Mistake::new(message, example));
    }
    let mut value = String::with_capacity(36);
    for (index, digit) in digits.chars().enumerate() {
        if matches!(index, 8 | 12 | 16 | 20) {
            value.push('-');
        }
        value.push(digit);
    }
    if text.contains('-') && !text.eq_ignore_ascii_case(&value) {
        return Err(Mistake::new(
            "the dashes of a call UUID stand after 8, 12, 16 and 20 digits",
            example,
        ));
    }
    Ok(Understood::plain(value))
}

/// `SA` and 18 of `[A-Z0-9]` (api.md). The API answers a plain 401 to a wrong shape, so the mistake is named here.
fn subaccount(text: &str) -> Result<Understood, Mistake> {
    let length = text.chars().count();
    let message = if text.starts_with("MA") {
        "this is an account's id, a subaccount's begins with SA".to_owned()
    } else if text.contains(|c: char| c.is_ascii_lowercase()) {
        "a subaccount's id has capital letters only".to_owned()
    } else if !text.starts_with("SA") {
        "a subaccount's id begins with SA".to_owned()
    } else if text.contains(char::is_whitespace) {
        "a subaccount's id has no blanks".to_owned()
    } else if text.contains(|c: char| !c.is_ascii_uppercase() && !c.is_ascii_digit()) {
        "a subaccount's id has letters and digits only".to_owned()
    } else if length < 20 {
        format!("too short: a subaccount's id has 20 characters, this has {length}")
    } else if length > 20 {
        format!("too long: a subaccount's id has 20 characters, this has {length}")
    } else if text.chars().skip(2).all(|c| c == 'X') {
        "this is a placeholder, not an id".to_owned()
    } else {
        return Ok(Understood::plain(text));
    };
    Err(Mistake::new(message, Field::Subaccount.example()))
}

fn conference(text: &str) -> Result<Understood, Mistake> {
    let example = Field::Conference.example();
    if text.contains(char::is_control) {
        return Err(Mistake::new("a name has no control characters", example));
    }
    if text.eq_ignore_ascii_case("noname") {
        return Err(Mistake::new(
            "the API writes noname for calls without a conference",
            example,
        ));
    }
    Ok(Understood::plain(text))
}
