//! Whose recordings: the API's address from a flag, the credentials from the environment alone.

use std::path::PathBuf;

use anyhow::anyhow;

use crate::config::{Config, Paths, Settings, Voices};
use crate::plivo::{ApiBase, Credentials, CredentialsMistake};

use super::settings::Flags;
use super::{CREDENTIALS, Failure};

/// Which API, by which configuration.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Api {
    /// Another API than Plivo's own; plain http only to this machine
    #[arg(long, value_name = "URL", value_parser = api_base)]
    pub(super) api_url: Option<ApiBase>,

    /// Another configuration file than `callreel config path` tells
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

fn api_base(text: &str) -> Result<ApiBase, String> {
    ApiBase::parse(text).map_err(|mistake| mistake.to_string())
}

/// An account, as far as the environment tells of one.
pub(super) enum Found {
    Account(Credentials, ApiBase),
    /// What is not set.
    Missing(String),
}

impl Api {
    /// The account that `env` names.
    ///
    /// # Errors
    /// A wrong address, or credentials that cannot be right, by the variable's name.
    pub(super) fn find(&self, env: impl Fn(&str) -> Option<String>) -> Result<Found, Failure> {
        let (_, settings) = self.settings(&Flags::default(), &env)?;
        self.account(&settings, &env)
    }

    /// The configuration, and the settings in effect.
    ///
    /// # Errors
    /// Every mistake in the file with its line, or the first one in the environment.
    pub(super) fn settings(
        &self,
        flags: &Flags,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(Config, Settings), Failure> {
        let config = Config::load(&Paths::new(self.config.clone(), env))?;
        let settings = config.settle(&Voices {
            profile: None,
            env,
            flags: &|settings| {
                settings.api_url.flag("--api-url", self.api_url.clone());
                flags.over(settings);
            },
        })?;
        Ok((config, settings))
    }

    /// The account that `env` names, behind the API of `settings`.
    ///
    /// # Errors
    /// Credentials that cannot be right, by the variable's name.
    pub(super) fn account(
        &self,
        settings: &Settings,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Found, Failure> {
        let base = settings.api_url.value.clone();
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
