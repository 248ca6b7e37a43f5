//! `callreel` without a command: browse and play.

mod args;
mod profiles;

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, anyhow};

use crate::app::marks::Keeping;
use crate::app::{Ids, Setup, Size};
use crate::config;
use crate::plivo::{ApiBase, Client, Rate};
use crate::runtime::debug::DebugPanic;
use crate::runtime::drive::Exit;
use crate::runtime::jobs::Places;
use crate::runtime::log::Log;
use crate::runtime::signals::Ending;
use crate::runtime::watch::Reload;
use crate::runtime::{self, Source};
use crate::store;

use super::account::{Api, Found, Ready, forbid_core_dumps};
use super::callbacks::Way;
use super::settings::Flags;
use super::{Failure, PANICKED, settings};

pub use args::{Args, PanicPlace};

/// Requests a second to the embedded account, which nobody else uses.
const DEMO_RATE: u32 = 500;

/// Seeds that are made up are below this: easily typed again.
const EASY: u64 = 10_000;

/// Browses until the user or the system ends it.
///
/// # Errors
/// A wrong flag, wrong credentials, no terminal: in one line, with what to do.
pub fn run(args: Args) -> Result<ExitCode, Failure> {
    let env = |name: &str| std::env::var(name).ok();
    if !args.demo {
        forbid_core_dumps()?;
    }
    let ready = args.api.read(&args.settings, &env)?;
    let (found, told) = match args.demo {
        true => (None, None),
        false => {
            let (found, told) = ready.account(&env)?;
            (Some(found), told)
        }
    };
    let settings = &ready.settings;
    let (zone, local, notice) = settings::zones(settings.zone.value);
    let view = match &args.view {
        Some(name) => Some(ready.config.view(name)?.clone()),
        None => None,
    };
    let criteria = match &view {
        Some(view) => {
            let mut filter = args.filter.clone();
            filter.view = Some(view.criteria.clone());
            filter.criteria(&zone)?
        }
        None => settings::first_days(args.filter.criteria(&zone)?, settings),
    };
    let flags = &args.callbacks;
    if args.demo && !args.asynchronous && (flags.listens_by_flag() || flags.names_url_by_flag()) {
        return Err(anyhow!("with --demo, --async brings the answers by callback").into());
    }
    let callbacks = match &found {
        None => args.asynchronous.then(|| args.callbacks.on_loopback()),
        Some(Found::Account(_, base)) => args.callbacks.for_receiving(base)?,
        Some(Found::Missing(_)) => None,
    };
    let way = match callbacks {
        Some(_) => Way::Here,
        None if args.demo => Way::AtOnce { unless: "--async" },
        None => Way::AtOnce {
            unless: "--callback-url",
        },
    };
    flags.check(&way)?;
    let risk = match &found {
        Some(Found::Account(_, base)) => flags.risks(base, &way).next(),
        Some(Found::Missing(_)) | None => None,
    };
    let sink = args.settings.sound.or(settings)?.beside_output()?;
    let log = match &args.log {
        Some(path) => Log::with_file(path)
            .with_context(|| format!("the log {} cannot be written", path.display()))?,
        None => Log::default(),
    };
    let rate = settings.rate.value.get();
    let client = client_options(rate);
    let paths = config::Paths::of_this_user(None);
    let marks = store::place::file(paths.state.as_deref()).ok();
    let setup = Setup {
        account: String::new(),
        auth_id: String::new(),
        profile: settings.profile.value.as_ref().map(ToString::to_string),
        ids: Ids::default(),
        demo: false,
        missing: None,
        criteria,
        view,
        views_file: ready.paths.file().map(|file| shown(&file, home())),
        sample: args.queue.sample(|| fastrand::u64(..EASY)),
        zone,
        local,
        masked: settings.mask.value,
        mask_salt: fastrand::u64(..),
        mouse: settings.mouse.value,
        marks: keeping(marks.as_deref()),
        start: settings::start(settings),
        preferences: settings::preferences(&ready.config, settings),
        settled: settings::settled(settings),
        // The runtime knows better.
        callbacks: None,
        size: Size {
            width: 80,
            height: 24,
        },
    };
    let (source, setup) = match found {
        None => (Source::Demo, setup),
        Some(Found::Missing(why)) => (
            Source::Nothing,
            Setup {
                missing: Some(why),
                ..setup
            },
        ),
        Some(Found::Account(credentials, base)) => {
            let account = match &settings.profile.value {
                Some(profile) => profile.to_string(),
                None => account_name(&base),
            };
            let audit = ready.audit(None, credentials.id())?;
            let client = Client::new(credentials, base, client)?;
            (Source::Real(client, audit), Setup { account, ..setup })
        }
    };
    let demo_rate = match settings.rate.source {
        config::Source::Default => DEMO_RATE,
        _ => rate,
    };
    let exit = runtime::run(runtime::Options {
        source,
        setup,
        sink,
        log,
        demo: args.demo_account.options(),
        callbacks,
        marks,
        config: ready.paths.file(),
        places: Places {
            home: paths.home,
            state: paths.state,
        },
        client: client_options(demo_rate),
        notice: told.or(risk.map(str::to_owned)).or(notice),
        reload: reload(&args.api, &args.settings, &ready),
        profiles: (!args.demo).then(|| profiles::profiles(&args.api, &args.settings)),
        debug_panic: args.debug_panic.map(DebugPanic::from),
    })?;
    Ok(ExitCode::from(exit_code(exit)))
}

/// How the file is read again when it has changed.
fn reload(api: &Api, flags: &Flags, ready: &Ready) -> Option<Reload> {
    let (api, flags) = (api.clone(), flags.clone());
    let profile = ready.settings.profile.clone();
    let read = move || {
        let env = |name: &str| std::env::var(name).ok();
        let ready = api
            .read_again(&flags, &env, &profile)
            .map_err(|error| error.brief())?;
        Ok(settings::preferences(&ready.config, &ready.settings))
    };
    Some(Reload {
        file: ready.paths.file()?,
        read: Arc::new(read),
    })
}

/// A file that is there was wanted once; where there is none, the user is asked when there is something to keep.
fn keeping(path: Option<&Path>) -> Keeping {
    match path {
        None => Keeping::Memory,
        // What cannot be looked at is told when it is opened.
        Some(path) if path.try_exists().unwrap_or(true) => Keeping::Opening,
        Some(path) => Keeping::Ask {
            path: shown(path, home()),
        },
    }
}

fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from)
}

/// A path as people write it.
fn shown(path: &Path, home: Option<PathBuf>) -> String {
    let inside = home.and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned));
    match inside {
        Some(inside) => format!("~/{}", inside.display()),
        None => path.display().to_string(),
    }
}

fn exit_code(exit: Exit) -> u8 {
    match exit {
        Exit::Quit | Exit::OpenDemo | Exit::ChangeAccount(_) => 0,
        Exit::Signalled(ending) => ending.exit_code(),
        Exit::HungUp => Ending::HangUp.exit_code(),
        Exit::Panicked => PANICKED,
    }
}

fn client_options(rate: u32) -> crate::plivo::Options {
    let mut options = crate::plivo::Options::default();
    options.rate = Rate {
        per_second: NonZeroU32::new(rate).unwrap_or(options.rate.per_second),
        ..options.rate
    };
    options
}

/// What the header calls a real account: its API's host, where that is not Plivo's own.
fn account_name(base: &ApiBase) -> String {
    if base.is_default() {
        "Plivo".into()
    } else {
        base.host()
    }
}

#[cfg(test)]
mod tests;
