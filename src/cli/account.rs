//! Whose recordings: the credentials from a profile or the environment, never from a flag.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, anyhow};

use crate::app::text::safe;
use crate::app::views::{View, ViewName};
use crate::audit::{Audit, Who};
use crate::config::credentials::{self, Places};
use crate::config::{self, Config, Paths, ProfileName, Set, Settings, Terminal, Voices};
use crate::emulator;
use crate::plivo::{self, ApiBase, AuthId, Client, Credentials};
use crate::runtime::account::Account;
use crate::runtime::sys;

use super::api_url::ApiUrl;
use super::auth::profile_name;
use super::settings::Flags;
use super::{CREDENTIALS, Failure};

/// Whose recordings, by which configuration.
#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct Api {
    /// The account of this name: see `callreel auth`. Beats PLIVO_AUTH_ID
    #[arg(long, value_name = "NAME", value_parser = profile_name)]
    pub(super) profile: Option<ProfileName>,

    /// Another API than Plivo's own; plain http only to this machine
    #[arg(long, value_name = "URL", value_parser = ApiUrl)]
    pub(super) api_url: Option<ApiBase>,

    /// Another configuration file than `callreel config path` tells
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// From here on this process, and what it runs, leaves no core dump with a token in it. To be called before one is read.
///
/// # Errors
/// The system refuses.
pub(super) fn forbid_core_dumps() -> Result<(), Failure> {
    sys::forbid_core_dumps().context("core dumps could not be switched off")?;
    Ok(())
}

/// An account, as far as anyone tells of one.
pub(super) enum Found {
    Account(Credentials, ApiBase),
    /// What is not set.
    Missing(String),
}

/// The configuration, and what is in effect.
#[derive(Debug, Clone)]
pub(super) struct Ready {
    pub(super) paths: Paths,
    pub(super) config: Config,
    pub(super) settings: Settings,
}

impl Api {
    /// The account that is meant, for a command that can do nothing without one.
    ///
    /// # Errors
    /// As [`find`](Self::find), and what is not set.
    pub(super) fn account(&self) -> Result<(Credentials, ApiBase), Failure> {
        forbid_core_dumps()?;
        match self.find(|name| std::env::var(name).ok())? {
            Found::Account(credentials, base) => Ok((credentials, base)),
            Found::Missing(why) => Err(Failure {
                error: anyhow!("{why}: the console's overview page has the id and the token"),
                code: CREDENTIALS,
            }),
        }
    }

    /// Where it is logged what is done with the recordings of `account`, if it is; `operator`: in whose name, else the user's.
    ///
    /// # Errors
    /// As [`Api::read`] and [`Ready::audit`].
    pub(super) fn audit(
        &self,
        operator: Option<String>,
        account: &AuthId,
    ) -> Result<Option<Audit>, Failure> {
        let env = |name: &str| std::env::var(name).ok();
        self.read(&Flags::default(), &env)?.audit(operator, account)
    }

    /// The account that a profile or `env` names. That something else did not count is said on standard error.
    ///
    /// # Errors
    /// Mistakes in the configuration, a wrong address, or credentials that cannot be right.
    pub(super) fn find(&self, env: impl Fn(&str) -> Option<String>) -> Result<Found, Failure> {
        let ready = self.read(&Flags::default(), &env)?;
        let (found, told) = ready.account(&env)?;
        if let Some(told) = told {
            // A closed standard error is no one's concern any more.
            let _ = writeln!(std::io::stderr(), "callreel: {}", safe(&told));
        }
        Ok(found)
    }

    /// The saved view of this name.
    ///
    /// # Errors
    /// There is none, or the file has mistakes.
    pub(super) fn view(&self, name: &ViewName) -> Result<View, Failure> {
        let paths = Paths::of_this_user(self.config.clone());
        Ok(Config::load(&paths)?.view(name)?.clone())
    }

    /// The configuration, and the settings in effect.
    ///
    /// # Errors
    /// Every mistake in the file with its line, or the first one in the environment.
    pub(super) fn read(
        &self,
        flags: &Flags,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Ready, config::Error> {
        self.settle(flags, env, Config::settle)
    }

    /// The same once more, the file as it is by now, for the profile of the first time: its account is in use.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(super) fn read_again(
        &self,
        flags: &Flags,
        env: &dyn Fn(&str) -> Option<String>,
        profile: &Set<Option<ProfileName>>,
    ) -> Result<Ready, config::Error> {
        self.settle(flags, env, |config, voices| {
            config.settle_for(profile.clone(), voices)
        })
    }

    fn settle(
        &self,
        flags: &Flags,
        env: &dyn Fn(&str) -> Option<String>,
        by: impl Fn(&Config, &Voices) -> Result<Settings, config::Error>,
    ) -> Result<Ready, config::Error> {
        let paths = Paths::as_told(self.config.clone(), env);
        let config = Config::load(&paths)?;
        let places = Places {
            config: &config,
            paths: &paths,
            env,
            terminal: Terminal::Free,
        };
        let voices = Voices {
            profile: self.profile.clone(),
            implied: places.implied(),
            address: &|name| places.address(name),
            env,
            flags: &|settings| {
                settings.api_url.flag("--api-url", self.api_url.clone());
                flags.over(settings);
            },
        };
        let settings = by(&config, &voices)?;
        Ok(Ready {
            paths,
            config,
            settings,
        })
    }
}

impl Ready {
    /// Where it is logged what is done with the recordings of `account`, if it is; `operator`: in whose name, else the user's.
    ///
    /// # Errors
    /// The log is below a home folder, and there is none.
    pub(super) fn audit(
        &self,
        operator: Option<String>,
        account: &AuthId,
    ) -> Result<Option<Audit>, Failure> {
        let who = || Who::here(operator, account);
        Ok(self.audit_path()?.map(|path| Audit::new(path, who())))
    }

    /// Where that log is.
    ///
    /// # Errors
    /// As [`Ready::audit`].
    pub(super) fn audit_path(&self) -> Result<Option<PathBuf>, Failure> {
        let Some(log) = &self.settings.audit.value else {
            return Ok(None);
        };
        let path = log.at(self.paths.home.as_deref());
        let homeless = || {
            anyhow!(
                "HOME is not set, and the audit log is below it: set HOME, or name its full path"
            )
        };
        Ok(Some(path.ok_or_else(homeless)?))
    }

    /// The account of the settings, with where it came from.
    ///
    /// # Errors
    /// The account that is meant cannot be had, or cannot be right.
    pub(super) fn find(
        &self,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<credentials::Found, credentials::Error> {
        self.places(env).find(&self.settings)
    }

    /// Every place that may say whose recordings.
    pub(super) fn places<'a>(&'a self, env: &'a dyn Fn(&str) -> Option<String>) -> Places<'a> {
        Places {
            config: &self.config,
            paths: &self.paths,
            env,
            terminal: Terminal::Free,
        }
    }

    /// The account of the settings, and what is to be said about it.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub(super) fn account(
        &self,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(Found, Option<String>), Failure> {
        let found = self.find(env).map_err(|error| Failure {
            error: anyhow!("{}", safe(&error.to_string())),
            code: CREDENTIALS,
        })?;
        Ok(match found {
            credentials::Found::Account(account) => {
                let told = account.told.clone();
                (Found::Account(account.credentials, account.base), told)
            }
            credentials::Found::Missing(why) => (Found::Missing(why), None),
        })
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
    /// The configuration, and the settings in effect.
    ///
    /// # Errors
    /// As [`Api::read`].
    pub(super) fn read(&self, flags: &Flags) -> Result<Ready, Failure> {
        if !self.demo {
            forbid_core_dumps()?;
        }
        let env = |name: &str| std::env::var(name).ok();
        Ok(self.api.read(flags, &env)?)
    }

    /// The account, ready to be asked.
    ///
    /// # Errors
    /// Credentials that are missing or cannot be right, a wrong address, a machine without a loopback.
    pub(super) async fn open(&self) -> Result<Account, Failure> {
        let options = plivo::Options::default();
        if self.demo {
            return Ok(Account::demo(emulator::Options::default(), options).await?);
        }
        let (credentials, base) = self.api.account()?;
        let audit = self.api.audit(None, credentials.id())?;
        Ok(Account::real(
            Client::new(credentials, base, options)?,
            audit,
        ))
    }
}
