//! What is to be played: a recording by its id, from a moment of it, or a recording's link.

use std::str::FromStr;

use crate::app::link::{Link, NoLink};
use crate::plivo::RecordingId;

/// `ID`, `ID@1:23.4`, or a link of the web.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::cli) enum Target {
    Moment(Link),
    /// Checked by the account's rule for recording links before anything is sent there.
    Url(String),
}

impl FromStr for Target {
    type Err = NoLink;

    fn from_str(text: &str) -> Result<Self, NoLink> {
        let scheme = text.trim().split_once("://").map(|(scheme, _)| scheme);
        match scheme {
            Some(scheme) if scheme.chars().all(|c| c.is_ascii_alphanumeric()) => {
                Ok(Self::Url(text.trim().to_owned()))
            }
            _ => Link::read(text).map(Self::Moment),
        }
    }
}

/// What to call the recording behind a link: its file's name without the ending.
pub(super) fn name_of(url: &str) -> RecordingId {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    let name = file.rsplit_once('.').map_or(file, |(name, _)| name);
    RecordingId::new(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_of_the_web_are_told_from_ids() {
        for url in [
            "https://media.plivo.com/r.mp3",
            "HTTP://s3.amazonaws.com/r@1.mp3",
            "file:///etc/passwd",
        ] {
            assert_eq!(url.parse(), Ok(Target::Url(url.to_owned())));
        }
        let moment = "8d5cd396@1:23".parse::<Target>();
        assert!(matches!(moment, Ok(Target::Moment(link)) if link.id.as_str() == "8d5cd396"));
        assert!("x@never".parse::<Target>().is_err());
    }

    #[test]
    fn a_link_is_called_by_its_files_name() {
        let name = |url| name_of(url).to_string();
        assert_eq!(
            name("https://media.plivo.com/v1/8d5c-4f.mp3?x=/y.z"),
            "8d5c-4f"
        );
        assert_eq!(name("https://media.plivo.com/r"), "r");
        assert_eq!(name("https://media.plivo.com/"), "");
    }
}
