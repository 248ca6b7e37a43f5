//! `[profiles.NAME]`: an account of several, and what is different while it is browsed.

use std::ops::Range;
use std::path::PathBuf;

use toml::Spanned;
use toml::de::{DeString, DeValue};

use crate::plivo::AuthId;

use super::Said;
use super::file::{Entry, Reader};
use super::keychain;
use super::slot::Value;
use super::values::ProfileName;

/// An account as the file has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// `None`: it stands where `auth add` put it.
    pub auth_id: Option<AuthId>,
    pub token: Option<TokenFrom>,
    /// Settings that differ from those of the file.
    pub(super) said: Vec<Said>,
}

/// Where a profile's token comes from. It never stands in the file itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenFrom {
    /// The first line that this program prints; run without a shell.
    Command(Vec<String>),
    /// The first line of this file; `~` stands for the home folder.
    File(PathBuf),
    /// The system's key store, under the profile's name.
    Keychain,
}

/// The keys that only profiles have.
const OWN: [&str; 5] = [
    "auth_id",
    "token_command",
    "token_file",
    "keychain",
    "auth_token",
];

type Wrong = (Range<usize>, String);

/// Reads one profile; mistakes in its settings are noted, one in its name is given back.
pub(super) fn read(
    reader: &mut Reader,
    key: &Spanned<DeString>,
    entry: &Entry,
) -> Result<(ProfileName, Profile), Wrong> {
    let name = ProfileName::parse(key.get_ref()).ok_or_else(|| {
        let what = format!("profiles: {} is needed", ProfileName::range());
        (key.span(), what)
    })?;
    let table = entry.get_ref().as_table().ok_or_else(|| {
        let what = format!("profiles.{name}: a table is needed here, [profiles.{name}]");
        (key.span(), what)
    })?;
    let mut profile = Profile {
        auth_id: None,
        token: None,
        said: reader.profile_settings(&name, table, &OWN),
    };
    for (key, value) in table {
        let taken = match (key.get_ref().as_ref(), value.get_ref()) {
            ("auth_token", _) => Err(format!(
                "a token does not belong into this file: `callreel auth add {name}` keeps it, or name a token_command or a token_file"
            )),
            ("auth_id", DeValue::String(id)) => match AuthId::new(id) {
                Ok(id) => {
                    profile.auth_id = Some(id);
                    Ok(())
                }
                Err(mistake) => Err(mistake.to_string()),
            },
            ("auth_id", _) => Err("text in quotes is needed".to_owned()),
            ("token_command", DeValue::Array(words)) => {
                let words: Option<Vec<_>> = words
                    .iter()
                    .map(|word| word.get_ref().as_str().map(str::to_owned))
                    .collect();
                match words.filter(|words| words.first().is_some_and(|first| !first.is_empty())) {
                    Some(words) => profile.take(TokenFrom::Command(words)),
                    None => {
                        Err("the program and its arguments are needed, each in quotes".to_owned())
                    }
                }
            }
            ("token_command", _) => Err(
                "a list is needed, since no shell takes it apart: [\"pass\", \"show\", \"plivo\"]"
                    .to_owned(),
            ),
            ("token_file", DeValue::String(path)) if !path.is_empty() => {
                profile.take(TokenFrom::File(PathBuf::from(path.as_ref())))
            }
            ("token_file", _) => Err("a path in quotes is needed".to_owned()),
            ("keychain", DeValue::Boolean(true)) => match keychain::check() {
                Ok(()) => profile.take(TokenFrom::Keychain),
                Err(error) => Err(error.to_string()),
            },
            ("keychain", DeValue::Boolean(false)) => Ok(()),
            ("keychain", _) => Err("true or false is needed".to_owned()),
            _ => Ok(()),
        };
        if let Err(what) = taken {
            let what = format!("profiles.{name}.{}: {what}", key.get_ref());
            reader.mistake(key.span(), what);
        }
    }
    Ok((name, profile))
}

impl Profile {
    fn take(&mut self, token: TokenFrom) -> Result<(), String> {
        match self.token.replace(token) {
            None => Ok(()),
            Some(_) => {
                Err("token_command, token_file and keychain are ways of which one is needed: take the others away".to_owned())
            }
        }
    }
}
