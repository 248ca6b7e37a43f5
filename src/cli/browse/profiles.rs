//! The accounts that the screen can go to: those of the configuration, read when they are asked for.
//!
//! A profile that is chosen on the screen is named as by `--profile`, so that only what is said for it counts: neither the
//! environment's account and address, nor an `--api-url` that was given for the account of the start.

use std::sync::Arc;

use crate::app::profiles::{Another, Profile};
use crate::app::text::safe;
use crate::cli::account::Api;
use crate::cli::settings::{self, Flags};
use crate::config::credentials::{Found, Places};
use crate::config::{Config, Paths, ProfileName, Settings, Terminal, Value};
use crate::plivo::Client;
use crate::runtime::account::shorten;
use crate::runtime::profiles::{Opened, Profiles};

/// How the configuration is asked for accounts, as this program was started.
pub(super) fn profiles(api: &Api, flags: &Flags) -> Profiles {
    let api = Api {
        profile: None,
        api_url: None,
        ..api.clone()
    };
    let (list_api, flags) = (api.clone(), flags.clone());
    Profiles {
        list: Arc::new(move || list(&list_api)),
        open: Arc::new(move |name| open(&api, &flags, name)),
    }
}

fn list(api: &Api) -> Result<Vec<Profile>, String> {
    let env = |name: &str| std::env::var(name).ok();
    let paths = Paths::as_told(api.config.clone(), env);
    let config = Config::load(&paths).map_err(|error| error.brief())?;
    let places = Places {
        config: &config,
        paths: &paths,
        env: &env,
        terminal: Terminal::Drawn,
    };
    let profile = |name: ProfileName| Profile {
        auth_id: places.auth_id(&name).map(|id| shorten(id.as_str())),
        name: name.to_string(),
    };
    Ok(places.names().into_iter().map(profile).collect())
}

fn open(api: &Api, flags: &Flags, name: &str) -> Result<Opened, String> {
    let env = |name: &str| std::env::var(name).ok();
    let missing = || format!("there is no profile {name}");
    let profile = ProfileName::parse(name).ok_or_else(missing)?;
    let mut chosen = Settings::default().profile;
    chosen.choose(Some(profile));
    let ready = api
        .read_again(flags, &env, &chosen)
        .map_err(|error| error.brief())?;
    let places = Places {
        terminal: Terminal::Drawn,
        ..ready.places(&env)
    };
    let found = places
        .find(&ready.settings)
        .map_err(|error| safe(&error.to_string()).to_string())?;
    let Found::Account(account) = found else {
        return Err(missing());
    };
    let (credentials, base) = (account.credentials, account.base);
    let settings = &ready.settings;
    let options = super::client_options(settings.rate.value.get());
    let audit = ready
        .audit(None, credentials.id())
        .map_err(|failure| failure.error.to_string())?;
    let client = Client::new(credentials, base, options).map_err(|error| error.to_string())?;
    Ok(Opened {
        client,
        audit,
        another: Another {
            profile: name.to_owned(),
            masked: settings.mask.value,
            start: settings::start(settings),
            settled: settings::settled(settings),
            preferences: settings::preferences(&ready.config, settings),
        },
        reload: super::reload(api, flags, &ready),
    })
}
