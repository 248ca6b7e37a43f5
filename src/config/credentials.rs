//! Whose recordings: every place that credentials may come from, in their order.
//!
//! 1. The profile that `--profile` or `CALLREEL_PROFILE` names: naming one is meant, so it beats `PLIVO_AUTH_ID`, and says so.
//! 2. `PLIVO_AUTH_ID` and `PLIVO_AUTH_TOKEN`.
//! 3. The profile that the file names, or the only one there is.
//! 4. The profile that Plivo's own command line is logged in with.
//!
//! An address that the environment names (`CALLREEL_API_URL`) does not count for the first: it goes with the second.
//!
//! A profile's token comes from its `token_command`, `token_file` or the system's key store, else from where `callreel auth add` keeps it.

use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

use crate::plivo::{ApiBase, AuthId, Credentials, CredentialsMistake};

use super::nearest::nearest;
use super::plivo_cli::{self, LoggedIn};
use super::settings::Settings;
use super::slot::Slot;
use super::store::{self, Store};
use super::values::ProfileName;
use super::{Config, ID, Paths, Profile, Source, TOKEN, Terminal, TokenFrom, keychain, secret};

/// An account, and what is to be said about where it came from.
#[derive(Debug, Clone)]
pub struct Account {
    pub credentials: Credentials,
    pub base: ApiBase,
    pub profile: Option<ProfileName>,
    pub from: Origin,
    /// That something else was set too, and did not count.
    pub told: Option<String>,
}

/// Where a token was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    Environment,
    /// The program of a `token_command`.
    Command(String),
    /// A `token_file`.
    File(PathBuf),
    /// Where `callreel auth add` keeps it.
    Kept(PathBuf),
    /// The system's key store.
    Keychain,
    /// The file of Plivo's own command line.
    PlivoCli(PathBuf),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment => f.write_str(TOKEN),
            Self::Command(program) => write!(f, "token_command {program}"),
            Self::File(path) => write!(f, "token_file {}", path.display()),
            Self::Keychain => f.write_str("the kernel's key ring"),
            Self::Kept(path) | Self::PlivoCli(path) => write!(f, "{}", path.display()),
        }
    }
}

/// What was found.
#[derive(Debug)]
pub enum Found {
    Account(Box<Account>),
    /// Nobody says whose recordings: what is not set.
    Missing(String),
}

/// Why the account that is meant cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{variable}: {mistake}")]
    Variable {
        variable: &'static str,
        mistake: CredentialsMistake,
    },
    #[error(
        "there is no profile {name}{}: `callreel auth list` shows them, `callreel auth add {name}` adds it",
        meant(nearest)
    )]
    NoProfile {
        name: ProfileName,
        nearest: Option<String>,
    },
    #[error("profile {0} has no auth_id and no token: `callreel auth add {0}` asks for both")]
    Empty(ProfileName),
    #[error(
        "profile {0} has no token: `callreel auth add {0}` keeps one, or give it a token_command or a token_file"
    )]
    NoToken(ProfileName),
    #[error("profile {name} has no auth_id: write it beside its token in the file")]
    NoId { name: ProfileName },
    #[error(
        "profile {name} is {file} in the file, and the token that is kept belongs to {kept}: add the account again"
    )]
    AnotherId {
        name: ProfileName,
        file: AuthId,
        kept: AuthId,
    },
    #[error("profile {name}: {why}")]
    Secret {
        name: ProfileName,
        why: secret::Error,
    },
    #[error("profile {name}: {why}")]
    Store {
        name: ProfileName,
        why: store::Error,
    },
    #[error("profile {name}: {mistake}")]
    Mistaken {
        name: ProfileName,
        mistake: CredentialsMistake,
    },
    #[error("{}: {mistake}", path.display())]
    PlivoCli {
        path: PathBuf,
        mistake: CredentialsMistake,
    },
}

impl Error {
    /// Whether an id or a token was found that cannot be right, before anything was sent.
    pub fn is_mistaken(&self) -> bool {
        matches!(
            self,
            Self::Variable { .. }
                | Self::Mistaken { .. }
                | Self::PlivoCli { .. }
                | Self::Store {
                    why: store::Error::Mistaken { .. },
                    ..
                }
        )
    }
}

fn meant(nearest: &Option<String>) -> String {
    nearest
        .as_ref()
        .map_or(String::new(), |name| format!(" (did you mean {name}?)"))
}

/// Where to look.
pub struct Places<'a> {
    pub config: &'a Config,
    pub paths: &'a Paths,
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// For a `token_command`.
    pub terminal: Terminal,
}

impl Places<'_> {
    fn set(&self, name: &str) -> Option<String> {
        (self.env)(name).filter(|value| !value.trim().is_empty())
    }

    fn store(&self) -> Option<Store> {
        self.paths.state.as_deref().map(Store::under)
    }

    /// Every profile there is, in order.
    pub fn names(&self) -> Vec<ProfileName> {
        let mut names: Vec<_> = self.config.profiles().keys().cloned().collect();
        names.extend(self.store().map_or(Vec::new(), |store| store.names()));
        names.sort();
        names.dedup();
        names
    }

    /// A profile's id, as far as it is known before its token is asked for.
    pub fn auth_id(&self, name: &ProfileName) -> Option<AuthId> {
        let own = self.config.profiles().get(name);
        let own = own.and_then(|profile| profile.auth_id.clone());
        own.or_else(|| Some(self.store()?.get(name).ok()??.credentials.id().clone()))
    }

    /// The only profile there is, where nobody says whose recordings.
    pub fn implied(&self) -> Option<ProfileName> {
        let told = [ID, TOKEN].iter().any(|name| self.set(name).is_some());
        match self.names().as_slice() {
            [only] if !told => Some(only.clone()),
            _ => None,
        }
    }

    /// Where the account that is kept for a profile was added. `None` too where it cannot be read: finding it tells why.
    pub fn address(&self, name: &ProfileName) -> Option<ApiBase> {
        Some(self.store()?.get(name).ok()??.api_url)
    }

    /// The account of `settings`.
    ///
    /// # Errors
    /// The account that is meant cannot be had: its token cannot be read, or cannot be right.
    pub fn find(&self, settings: &Settings) -> Result<Found, Error> {
        if let Some(name) = &settings.profile.value {
            let mut account = self.of_profile(name, settings)?;
            let other = [ID, TOKEN]
                .into_iter()
                .find(|name| self.set(name).is_some());
            let used = format!("profile {name} is used ({})", settings.profile.source);
            let address = settings.api_url.names().variable;
            let address =
                address.filter(|name| settings.is_profile_named() && self.set(name).is_some());
            account.told = match (other, address) {
                (Some(variable), _) => Some(format!("{used}, not {variable}")),
                (None, Some(variable)) => Some(format!("{used}; {variable} does not count for it")),
                (None, None) => None,
            };
            return Ok(Found::Account(Box::new(account)));
        }
        let base = settings.api_url.value.clone();
        match (self.set(ID), self.set(TOKEN)) {
            (Some(id), Some(token)) => {
                let credentials =
                    Credentials::new(&id, &token).map_err(|mistake| Error::Variable {
                        variable: match mistake {
                            CredentialsMistake::Id(_) => ID,
                            CredentialsMistake::Token(_) => TOKEN,
                        },
                        mistake,
                    })?;
                Ok(Found::Account(Box::new(Account {
                    credentials,
                    base,
                    profile: None,
                    from: Origin::Environment,
                    told: None,
                })))
            }
            (None, Some(_)) => Ok(Found::Missing(format!("{ID} is not set"))),
            (Some(_), None) => Ok(Found::Missing(format!("{TOKEN} is not set"))),
            (None, None) => self.unsaid(base),
        }
    }

    /// Neither a profile nor the environment says whose recordings.
    fn unsaid(&self, base: ApiBase) -> Result<Found, Error> {
        let names = self.names();
        if let Some(first) = names.first() {
            let all: Vec<_> = names.iter().map(ProfileName::as_str).collect();
            return Ok(Found::Missing(format!(
                "there are several profiles ({}): name one, like --profile {first}",
                all.join(", ")
            )));
        }
        let home = self.paths.home.as_deref();
        match home.and_then(plivo_cli::logged_in) {
            Some(LoggedIn::With(id, token)) => {
                let path = home.map(plivo_cli::path).unwrap_or_default();
                let credentials =
                    Credentials::new(&id, token.expose_secret()).map_err(|mistake| {
                        Error::PlivoCli {
                            path: path.clone(),
                            mistake,
                        }
                    })?;
                Ok(Found::Account(Box::new(Account {
                    credentials,
                    base,
                    profile: None,
                    from: Origin::PlivoCli(path),
                    told: Some(
                        "the account is the one that the plivo command is logged in with"
                            .to_owned(),
                    ),
                })))
            }
            Some(LoggedIn::InKeyStore) => Ok(Found::Missing(format!(
                "{ID} and {TOKEN} are not set, and the plivo command keeps its token in the system's key store"
            ))),
            None => Ok(Found::Missing(format!("{ID} and {TOKEN} are not set"))),
        }
    }

    fn of_profile(&self, name: &ProfileName, settings: &Settings) -> Result<Account, Error> {
        let store = self.store();
        let failed = |why| Error::Store {
            name: name.clone(),
            why,
        };
        let kept = match &store {
            Some(store) => store.get(name).map_err(failed)?,
            None => None,
        };
        // Token and address are of one reading: the account may have been added anew since the settings were made.
        let base = match (&kept, &settings.api_url.source) {
            (Some(kept), Source::Account) => kept.api_url.clone(),
            _ => settings.api_url.value.clone(),
        };
        let profile = self.config.profiles().get(name);
        if profile.is_none() && kept.is_none() {
            let names = self.names();
            let near = nearest(name.as_str(), names.iter().map(ProfileName::as_str));
            return Err(Error::NoProfile {
                name: name.clone(),
                nearest: near.map(str::to_owned),
            });
        }
        let (credentials, from) = match profile.and_then(|profile| profile.token.as_ref()) {
            Some(token) => {
                let kept_id = kept.as_ref().map(|kept| kept.credentials.id());
                let id = profile
                    .and_then(|profile| profile.auth_id.as_ref())
                    .or(kept_id);
                (self.own_token(name, id, token)?, self.origin(token))
            }
            None => {
                let kept = kept.zip(store.as_ref());
                let (kept, store) = kept.ok_or_else(|| without_token(name, profile))?;
                let from = kept.origin(store.path(name));
                (kept.credentials, from)
            }
        };
        if let Some(file) = profile.and_then(|profile| profile.auth_id.as_ref())
            && file != credentials.id()
        {
            return Err(Error::AnotherId {
                name: name.clone(),
                file: file.clone(),
                kept: credentials.id().clone(),
            });
        }
        Ok(Account {
            credentials,
            base,
            profile: Some(name.clone()),
            from,
            told: None,
        })
    }

    fn own_token(
        &self,
        name: &ProfileName,
        id: Option<&AuthId>,
        token: &TokenFrom,
    ) -> Result<Credentials, Error> {
        // Said before a program is run that may ask for a password.
        let id = id.ok_or_else(|| Error::NoId { name: name.clone() })?;
        let token = match token {
            TokenFrom::Command(words) => {
                secret::from_command(words, secret::PATIENCE, self.terminal)
            }
            TokenFrom::File(path) => secret::from_file(&self.token_file(path)),
            TokenFrom::Keychain => keychain::get(name).map_err(secret::Error::from),
        };
        let token = token.map_err(|why| Error::Secret {
            name: name.clone(),
            why,
        })?;
        Credentials::new(id.as_str(), token.expose_secret()).map_err(|mistake| Error::Mistaken {
            name: name.clone(),
            mistake,
        })
    }

    /// Where a profile's own token comes from.
    pub fn origin(&self, token: &TokenFrom) -> Origin {
        match token {
            TokenFrom::Command(words) => {
                Origin::Command(words.first().cloned().unwrap_or_default())
            }
            TokenFrom::File(path) => Origin::File(self.token_file(path)),
            TokenFrom::Keychain => Origin::Keychain,
        }
    }

    /// `~/token` is below the home folder, `token` beside the configuration file.
    fn token_file(&self, path: &Path) -> PathBuf {
        let below_home = path.strip_prefix("~").ok().zip(self.paths.home.as_ref());
        let beside = || {
            self.paths
                .file()
                .and_then(|file| Some(file.parent()?.join(path)))
        };
        match below_home {
            Some((rest, home)) => home.join(rest),
            None => beside().unwrap_or_else(|| path.to_owned()),
        }
    }
}

fn without_token(name: &ProfileName, profile: Option<&Profile>) -> Error {
    match profile.is_some_and(|profile| profile.auth_id.is_some()) {
        true => Error::NoToken(name.clone()),
        false => Error::Empty(name.clone()),
    }
}

#[cfg(test)]
#[path = "credentials/tests.rs"]
mod tests;
