//! What callreel is set to: defaults, then the file, then the environment, then flags; and whose account.
//!
//! | file | is |
//! |---|---|
//! | [`settings`], [`slot`], `values` | every setting: its name, range and default; who had the last word |
//! | `file`, `keys`, [`profile`], `views` | the file: TOML, each mistake with its line |
//! | `append` | the file: a section more at its end |
//! | [`paths`] | where it stands |
//! | [`credentials`], [`store`], [`keychain`], `secret`, `plivo_cli` | whose recordings, from each place that may say so |
//!
//! Precedence is in one place, [`Config::settle`].

mod append;
pub mod credentials;
mod file;
pub mod keychain;
mod keys;
mod mistake;
mod nearest;
pub mod paths;
mod plivo_cli;
pub mod profile;
mod secret;
pub mod settings;
pub mod slot;
pub mod store;
mod values;
mod views;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::app::keymap::Keymap;
use crate::app::views::{View, ViewName};
use crate::plivo::{ApiBase, Credentials};

pub use append::{Unwritten, append};
pub use mistake::{Error, Mistake};
pub use paths::Paths;
pub use profile::{Profile, TokenFrom};
pub use secret::Terminal;
pub use settings::Settings;
pub use slot::{Set, Source, Value};
pub use values::{LogPath, ProfileName, ZoneName};

/// The file that `callreel config init` writes: every setting, commented out at its default.
pub const DEFAULT_FILE: &str = include_str!("config/default.toml");

/// The account of the environment.
const ID: &str = {
    let [id, _] = Credentials::VARIABLES;
    id
};
const TOKEN: &str = {
    let [_, token] = Credentials::VARIABLES;
    token
};

/// One setting as a file says it; it was checked.
#[derive(Debug, Clone, PartialEq)]
struct Said {
    key: &'static str,
    text: String,
    line: usize,
}

/// A configuration file that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    path: PathBuf,
    said: Vec<Said>,
    keymap: Keymap,
    profiles: BTreeMap<ProfileName, Profile>,
    views: Vec<View>,
}

/// A view that is not saved.
#[derive(Debug, thiserror::Error)]
#[error("there is no view {name}{meant} ({all})")]
pub struct NoView {
    name: ViewName,
    meant: String,
    all: String,
}

/// What to read, and who says so.
pub struct Voices<'a> {
    /// `--profile`.
    pub profile: Option<ProfileName>,
    /// The profile that is meant where nobody names one: see [`credentials::Places::implied`].
    pub implied: Option<ProfileName>,
    /// Where a profile's account was added: see [`credentials::Places::address`].
    pub address: &'a dyn Fn(&ProfileName) -> Option<ApiBase>,
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// Puts what the flags say into the settings.
    pub flags: &'a dyn Fn(&mut Settings),
}

impl Config {
    /// Where there is no file: everything as it comes.
    pub fn none(path: PathBuf) -> Self {
        Self {
            path,
            said: Vec::new(),
            keymap: Keymap::standard(),
            profiles: BTreeMap::new(),
            views: Vec::new(),
        }
    }

    /// Reads the file of these paths. That there is none is no mistake, unless it was asked for by name.
    ///
    /// # Errors
    /// It cannot be read, or has mistakes: all of them, with their lines.
    pub fn load(paths: &Paths) -> Result<Self, Error> {
        let Some(path) = paths.file() else {
            return Ok(Self::none(PathBuf::new()));
        };
        match Self::read(&path) {
            Err(Error::Unreadable { why, .. })
                if why.kind() == std::io::ErrorKind::NotFound && !paths.is_named() =>
            {
                Ok(Self::none(path))
            }
            read => read,
        }
    }

    /// Reads this file.
    ///
    /// # Errors
    /// It cannot be read, or has mistakes: all of them, with their lines.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let unreadable = |why| Error::Unreadable {
            path: path.to_owned(),
            why,
        };
        let file = std::fs::File::open(path).map_err(unreadable)?;
        let mut text = String::new();
        let read = file
            .take(mistake::MOST + 1)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        if read as u64 > mistake::MOST {
            return Err(Error::TooLarge(path.to_owned()));
        }
        Self::parse(path, &text)
    }

    /// Reads `text` as the file `path`.
    ///
    /// # Errors
    /// All mistakes, with their lines.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Error> {
        file::read(path, text)
    }

    /// Every key as it is bound.
    pub fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// The saved views, by name.
    pub fn views(&self) -> &[View] {
        &self.views
    }

    /// The view of this name.
    ///
    /// # Errors
    /// There is none: those there are, and the one that was probably meant.
    pub fn view(&self, name: &ViewName) -> Result<&View, NoView> {
        let mut views = self.views.iter();
        views.find(|view| view.name == *name).ok_or_else(|| {
            let names = || self.views.iter().map(|view| view.name.as_str());
            let all: Vec<_> = names().collect();
            NoView {
                name: name.clone(),
                meant: nearest::meant(name.as_str(), names()),
                all: match all.is_empty() {
                    true => "none is saved".to_owned(),
                    false => format!("there are {}", all.join(", ")),
                },
            }
        })
    }

    pub fn profiles(&self) -> &BTreeMap<ProfileName, Profile> {
        &self.profiles
    }

    /// The settings in effect: defaults, the file, its profile, the environment, flags, the later the stronger.
    ///
    /// The environment's address is that of the environment's account: it does not count for a profile that is named.
    ///
    /// # Errors
    /// A variable of the environment that is not taken.
    pub fn settle(&self, voices: &Voices) -> Result<Settings, Error> {
        self.settle_for(self.whose(voices)?, voices)
    }

    /// The profile in effect, and who named it.
    fn whose(&self, voices: &Voices) -> Result<Set<Option<ProfileName>>, Error> {
        // It comes from the same voices as everything else.
        let mut settings = Settings::default();
        self.hear(&mut settings, &self.said);
        settings.hear_environment(voices.env)?;
        let mut profile = settings.profile;
        profile.flag("--profile", voices.profile.clone().map(Some));
        // Credentials of the environment are another account than the one the file names.
        let set = |name| (voices.env)(name).is_some_and(|value| !value.trim().is_empty());
        if matches!(profile.source, Source::File { .. })
            && let Some(variable) = [ID, TOKEN].into_iter().find(|name| set(name))
        {
            profile.value = None;
            profile.source = Source::Environment(variable);
        }
        if profile.value.is_none() {
            profile.value = voices.implied.clone();
        }
        Ok(profile)
    }

    /// The settings in effect for a profile that was settled before, whichever would be meant by now.
    ///
    /// # Errors
    /// As [`settle`](Self::settle).
    pub fn settle_for(
        &self,
        profile: Set<Option<ProfileName>>,
        voices: &Voices,
    ) -> Result<Settings, Error> {
        let mut settings = Settings::default();
        self.hear(&mut settings, &self.said);
        settings.profile = profile;
        // What it says counts as the file's.
        let profile = settings.profile.value.as_ref();
        if let Some(profile) = profile.and_then(|name| self.profiles.get(name)) {
            self.hear(&mut settings, &profile.said);
        }
        if settings.api_url.source == Source::Default
            && let Some(kept) = settings.profile.value.as_ref().and_then(voices.address)
        {
            settings.api_url.value = kept;
            settings.api_url.source = Source::Account;
        }
        let named = settings.is_profile_named();
        let (chosen, address) = (settings.profile.clone(), settings.api_url.clone());
        settings.hear_environment(voices.env)?;
        if named {
            settings.api_url = address;
        }
        (voices.flags)(&mut settings);
        settings.profile = chosen;
        Ok(settings)
    }

    fn hear(&self, settings: &mut Settings, said: &[Said]) {
        for Said { key, text, line } in said {
            let source = Source::File {
                path: self.path.clone(),
                line: *line,
            };
            let mut slots = settings.slots();
            if let Some(slot) = slots.iter_mut().find(|slot| slot.names().key == *key) {
                // It was taken when the file was read.
                let _ = slot.set(text, source);
            }
        }
    }
}

#[cfg(test)]
mod tests;
