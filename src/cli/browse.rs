//! `callreel` without a command: browse and play.

mod args;

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use chrono_tz::Tz;

use crate::app::choices::Settled;
use crate::app::marks::Keeping;
use crate::app::zone::Zone;
use crate::app::{Setup, Size, Theme};
use crate::plivo::{ApiBase, Client, Rate};
use crate::runtime::debug::DebugPanic;
use crate::runtime::drive::Exit;
use crate::runtime::log::Log;
use crate::runtime::signals::Ending;
use crate::runtime::{self, Source, sys};
use crate::store;

use super::account::Found;
use super::{Failure, PANICKED, zone};
use args::View;

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
    let found = match args.demo {
        true => None,
        false => Some(args.api.find(|name| std::env::var(name).ok())?),
    };
    if matches!(found, Some(Found::Account(..))) {
        sys::forbid_core_dumps().context("core dumps could not be switched off")?;
    }
    let (zone, local, notice) = zones(&args.view);
    let criteria = args.filter.criteria(&zone)?;
    let flags = &args.callbacks;
    if args.demo && !args.asynchronous && (flags.listens_by_flag() || flags.names_url_by_flag()) {
        return Err(anyhow!("with --demo, --async brings the answers by callback").into());
    }
    let callbacks = match &found {
        None => args.asynchronous.then(|| args.callbacks.on_loopback()),
        Some(Found::Account(_, base)) => args.callbacks.for_receiving(base)?,
        Some(Found::Missing(_)) => None,
    };
    flags.check(callbacks.is_some())?;
    let sink = args.sound.beside_output()?;
    let log = match &args.log {
        Some(path) => Log::with_file(path)
            .with_context(|| format!("the log {} cannot be written", path.display()))?,
        None => Log::default(),
    };
    let client = client_options(args.rate);
    let marks = store::place::file(|name| std::env::var_os(name)).ok();
    let setup = Setup {
        account: String::new(),
        auth_id: String::new(),
        demo: false,
        missing: None,
        criteria,
        sample: args.queue.sample(|| fastrand::u64(..EASY)),
        zone,
        local,
        masked: args.view.mask,
        mask_salt: fastrand::u64(..),
        mouse: !args.view.no_mouse,
        rewind: args.rewind,
        marks: keeping(marks.as_deref()),
        settled: Settled::default(),
        theme: theme(|name| std::env::var(name).ok()),
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
            let account = account_name(&base);
            let client = Client::new(credentials, base, client)?;
            (Source::Real(client), Setup { account, ..setup })
        }
    };
    let exit = runtime::run(runtime::Options {
        source,
        setup,
        sink,
        log,
        demo: args.demo_account.options(),
        callbacks,
        marks,
        client: client_options(args.rate.or(Some(DEMO_RATE))),
        notice,
        debug_panic: args.debug_panic.map(DebugPanic::from),
    })?;
    Ok(ExitCode::from(exit_code(exit)))
}

/// A file that is there was wanted once; where there is none, the user is asked when there is something to keep.
fn keeping(path: Option<&Path>) -> Keeping {
    match path {
        None => Keeping::Memory,
        // What cannot be looked at is told when it is opened.
        Some(path) if path.try_exists().unwrap_or(true) => Keeping::Opening,
        Some(path) => Keeping::Ask {
            path: shown(path, std::env::var_os("HOME").map(PathBuf::from)),
        },
    }
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
        Exit::Quit | Exit::OpenDemo => 0,
        Exit::Signalled(ending) => ending.exit_code(),
        Exit::HungUp => Ending::HangUp.exit_code(),
        Exit::Panicked => PANICKED,
    }
}

/// The zone shown first, this machine's zone, and what to say when the latter is not known.
fn zones(view: &View) -> (Zone, Zone, Option<String>) {
    let (local, notice) = match zone::local() {
        Ok(zone) => (zone, None),
        Err(why) => (
            Tz::UTC,
            Some(format!(
                "the local time zone is not known ({why}): local times are UTC; name it with --tz"
            )),
        ),
    };
    let local = Zone::local(local);
    match (view.tz, view.local) {
        (Some(tz), _) => (Zone::named(tz), local, None),
        (None, true) => (local, local, notice),
        (None, false) => (Zone::utc(), local, None),
    }
}

/// `None` is the polite rate of [`Rate::default`].
fn client_options(rate: Option<u32>) -> crate::plivo::Options {
    let mut options = crate::plivo::Options::default();
    options.rate = Rate {
        per_second: rate
            .and_then(NonZeroU32::new)
            .unwrap_or(options.rate.per_second),
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

/// `NO_COLOR` (any value but none), and terminals that have no colours.
fn theme(env: impl Fn(&str) -> Option<String>) -> Theme {
    let no_color = env("NO_COLOR").is_some_and(|value| !value.is_empty());
    let term = env("TERM").unwrap_or_default();
    let plain = term.is_empty()
        || term == "dumb"
        || term.ends_with("-mono")
        || term.ends_with("-m")
        || ["vt100", "vt102", "vt220", "vt320", "vt420"].contains(&term.as_str());
    if no_color || plain {
        Theme::Mono
    } else {
        Theme::Terminal
    }
}

#[cfg(test)]
mod tests;
