//! Whose recordings: the API's address from a flag, the credentials from the environment alone.

use anyhow::{Context, anyhow};

use crate::emulator;
use crate::plivo::{self, ApiBase, Client, Credentials, CredentialsMistake};
use crate::runtime::account::Account;
use crate::runtime::sys;

use super::{CREDENTIALS, Failure};

/// Which API.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Api {
    /// Another API than Plivo's own; plain http only to this machine
    #[arg(
        long,
        value_name = "URL",
        env = "CALLREEL_API_URL",
        hide_env_values = true
    )]
    pub(super) api_url: Option<String>,
}

/// An account, as far as the environment tells of one.
pub(super) enum Found {
    Account(Credentials, ApiBase),
    /// What is not set.
    Missing(String),
}

impl Api {
    /// The account of the environment, for a command that can do nothing without one. From here on this process leaves no core
    /// dump with the token in it.
    ///
    /// # Errors
    /// As [`find`](Self::find), and what is not set.
    pub(super) fn account(&self) -> Result<(Credentials, ApiBase), Failure> {
        match self.find(|name| std::env::var(name).ok())? {
            Found::Account(credentials, base) => {
                sys::forbid_core_dumps().context("core dumps could not be switched off")?;
                Ok((credentials, base))
            }
            Found::Missing(why) => Err(Failure {
                error: anyhow!("{why}: the console's overview page has the id and the token"),
                code: CREDENTIALS,
            }),
        }
    }

    /// The account that `env` names.
    ///
    /// # Errors
    /// A wrong address, or credentials that cannot be right, by the variable's name.
    pub(super) fn find(&self, env: impl Fn(&str) -> Option<String>) -> Result<Found, Failure> {
        let base = match self.api_url.as_deref() {
            Some(url) => ApiBase::parse(url)?,
            None => ApiBase::default(),
        };
        let set = |name| env(name).filter(|value| !value.trim().is_empty());
        match (set("PLIVO_AUTH_ID"), set("PLIVO_AUTH_TOKEN")) {
            (Some(id), Some(token)) => match Credentials::new(&id, &token) {
                Ok(credentials) => Ok(Found::Account(credentials, base)),
                Err(mistake) => {
                    let variable = match mistake {
                        CredentialsMistake::Id(_) => "PLIVO_AUTH_ID",
                        CredentialsMistake::Token(_) => "PLIVO_AUTH_TOKEN",
                    };
                    Err(Failure {
                        error: anyhow!("{variable}: {mistake}"),
                        code: CREDENTIALS,
                    })
                }
            },
            (None, Some(_)) => Ok(Found::Missing("PLIVO_AUTH_ID is not set".into())),
            (Some(_), None) => Ok(Found::Missing("PLIVO_AUTH_TOKEN is not set".into())),
            (None, None) => Ok(Found::Missing(
                "PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN are not set".into(),
            )),
        }
    }
}

/// Whose recordings, for commands that ask for single ones.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Whose {
    /// The made-up account instead: needs no credentials and no network
    #[arg(long)]
    demo: bool,

    #[command(flatten)]
    api: Api,
}

impl Whose {
    /// The account, ready to be asked.
    ///
    /// # Errors
    /// Credentials that are missing or cannot be right, a wrong address, a machine without a loopback.
    pub(super) async fn open(&self) -> Result<Account, Failure> {
        let options = plivo::Options::default();
        if self.demo {
            return Ok(Account::demo(emulator::Options::default(), options).await?);
        }
        match self.api.find(|name| std::env::var(name).ok())? {
            Found::Account(credentials, base) => {
                sys::forbid_core_dumps().context("core dumps could not be switched off")?;
                Ok(Account::real(Client::new(credentials, base, options)?))
            }
            Found::Missing(why) => Err(Failure {
                error: anyhow!("{why}: the console's overview page has the id and the token"),
                code: CREDENTIALS,
            }),
        }
    }
}
