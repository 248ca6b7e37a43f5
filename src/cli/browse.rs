//! `callreel` without a command: browse and play.

mod zone;

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, anyhow};
use chrono::Utc;
use chrono_tz::Tz;

use crate::app::criteria::{Criteria, Field, FieldError, Flags};
use crate::app::zone::Zone;
use crate::app::{Setup, Size, Theme};
use crate::audio::Sink;
use crate::emulator::{self, Era, FAULT_NAMES, Fault, MediaAuth, Paging};
use crate::plivo::{ApiBase, Client, Credentials, Rate};
use crate::runtime::drive::{DebugPanic, Exit};
use crate::runtime::log::Log;
use crate::runtime::signals::Ending;
use crate::runtime::{self, Source, sys};

use super::{CREDENTIALS, Failure};

/// Requests a second to the embedded account, which nobody else uses.
const DEMO_RATE: u32 = 500;

/// The exit code of a program that panicked.
const PANICKED: u8 = 101;

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Open a made-up account: needs no credentials and no network, leaves nothing behind
    #[arg(long)]
    demo: bool,

    /// Another API than Plivo's own; plain http only to this machine
    #[arg(
        long,
        value_name = "URL",
        env = "CALLREEL_API_URL",
        hide_env_values = true
    )]
    api_url: Option<String>,

    /// Most requests a second [default: 20]; the account's own limit is 60, and its production traffic shares it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=60))]
    rate: Option<u32>,

    /// Where the sound goes: the default device, or in real time into nothing
    #[arg(long, value_enum, value_name = "SINK", default_value_t = SinkName::Device)]
    sink: SinkName,

    /// Write what happens behind the screen to this file; without it the log stays in memory (:log)
    #[arg(long, value_name = "FILE")]
    log: Option<PathBuf>,

    #[command(flatten)]
    filter: Filter,

    #[command(flatten)]
    view: View,

    #[command(flatten)]
    demo_account: DemoAccount,

    /// Make F12 panic there, to see what becomes of the terminal
    #[arg(long, value_enum, hide = true)]
    debug_panic: Option<PanicPlace>,
}

/// The fields of the filter form.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Which recordings")]
struct Filter {
    /// Added since then: 2026-11-20, "2026-11-20 14:02", -7d, yesterday, … [default: 30 days ago]
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    from: Option<String>,

    /// Added until then; a bare day is included [default: now]
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    to: Option<String>,

    /// Of this call
    #[arg(long, value_name = "UUID")]
    call_uuid: Option<String>,

    /// Of this subaccount
    #[arg(long, value_name = "AUTH_ID")]
    subaccount: Option<String>,

    /// Of calls from this number or SIP address
    #[arg(long, value_name = "NUMBER")]
    from_number: Option<String>,

    /// Of calls to this number or SIP address
    #[arg(long, value_name = "NUMBER")]
    to_number: Option<String>,

    /// Of calls from or to this number: two lists, merged
    #[arg(long, value_name = "NUMBER")]
    either_number: Option<String>,

    /// Of this conference
    #[arg(long, value_name = "NAME")]
    conference: Option<String>,
}

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "The screen")]
struct View {
    /// Show times in this zone, and read typed ones in it: Europe/Lisbon
    #[arg(long, value_name = "ZONE", value_parser = zone::named, group = "shown_zone")]
    tz: Option<Tz>,

    /// Show times in UTC; this is the default
    #[arg(long, group = "shown_zone")]
    utc: bool,

    /// Show times in this machine's zone
    #[arg(long, group = "shown_zone")]
    local: bool,

    /// Hide phone numbers and names from the start
    #[arg(long)]
    mask: bool,

    /// Leave the mouse to the terminal, for selecting text
    #[arg(long)]
    no_mouse: bool,
}

/// The embedded account's ways; the same flags as `callreel emulator`.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "The demo account (with --demo)")]
struct DemoAccount {
    /// Recordings in it
    #[arg(long, value_name = "N", requires = "demo", hide_short_help = true, value_parser = clap::value_parser!(u64).range(..=1_000_000))]
    recordings: Option<u64>,

    /// Which age of the API it speaks
    #[arg(long, value_enum, requires = "demo", hide_short_help = true)]
    era: Option<Era>,

    /// How its lists page
    #[arg(
        long,
        value_enum,
        value_name = "MODE",
        requires = "demo",
        hide_short_help = true
    )]
    paging: Option<Paging>,

    /// It tells no totals
    #[arg(long, requires = "demo", hide_short_help = true)]
    no_total: bool,

    /// It waits so long before each answer
    #[arg(long, value_name = "MS", requires = "demo", hide_short_help = true)]
    latency: Option<u64>,

    /// It sends each file no faster than this
    #[arg(long, value_name = "BYTES/S", requires = "demo", hide_short_help = true, value_parser = clap::value_parser!(u64).range(1..))]
    bandwidth: Option<u64>,

    /// It asks for credentials before it sends files, and refuses with this status
    #[arg(
        long,
        value_enum,
        value_name = "STATUS",
        requires = "demo",
        hide_short_help = true
    )]
    media_auth: Option<MediaAuth>,

    /// Something goes wrong in it; more than one with commas
    #[arg(long = "fault", value_name = "NAME[=ARG]", value_delimiter = ',', requires = "demo", hide_short_help = true, long_help = fault_help())]
    faults: Vec<Fault>,
}

fn fault_help() -> String {
    format!("Something goes wrong in it; more than one with commas: {FAULT_NAMES}")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum SinkName {
    Device,
    Null,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum PanicPlace {
    Loop,
    Task,
    Decoder,
}

/// What is to be browsed, from the flags and the environment.
enum Choice {
    Demo,
    Real(Credentials, ApiBase),
    /// Why there is nothing.
    Missing(String),
}

/// Browses until the user or the system ends it.
///
/// # Errors
/// A wrong flag, wrong credentials, no terminal: in one line, with what to do.
pub fn run(args: Args) -> Result<ExitCode, Failure> {
    let choice = choose(&args, |name| std::env::var(name).ok())?;
    if matches!(choice, Choice::Real(..)) {
        sys::forbid_core_dumps().context("core dumps could not be switched off")?;
    }
    let (zone, local, notice) = zones(&args.view);
    let criteria = criteria(&args.filter, &zone)?;
    let log = match &args.log {
        Some(path) => Log::with_file(path)
            .with_context(|| format!("the log {} cannot be written", path.display()))?,
        None => Log::default(),
    };
    let client = client_options(args.rate);
    let setup = Setup {
        account: String::new(),
        auth_id: String::new(),
        demo: false,
        missing: None,
        criteria,
        zone,
        local,
        masked: args.view.mask,
        mask_salt: fastrand::u64(..),
        mouse: !args.view.no_mouse,
        theme: theme(|name| std::env::var(name).ok()),
        // The runtime knows better.
        size: Size {
            width: 80,
            height: 24,
        },
    };
    let (source, setup) = match choice {
        Choice::Demo => (Source::Demo, setup),
        Choice::Missing(why) => (
            Source::Nothing,
            Setup {
                missing: Some(why),
                ..setup
            },
        ),
        Choice::Real(credentials, base) => {
            let account = account_name(&base);
            let client = Client::new(credentials, base, client)?;
            (Source::Real(client), Setup { account, ..setup })
        }
    };
    let exit = runtime::run(runtime::Options {
        source,
        setup,
        sink: match args.sink {
            SinkName::Device => Sink::Device,
            SinkName::Null => Sink::Null,
        },
        log,
        demo: args.demo_account.options(),
        client: client_options(args.rate.or(Some(DEMO_RATE))),
        notice,
        debug_panic: args.debug_panic.map(|place| match place {
            PanicPlace::Loop => DebugPanic::Loop,
            PanicPlace::Task => DebugPanic::Task,
            PanicPlace::Decoder => DebugPanic::Decoder,
        }),
    })?;
    Ok(ExitCode::from(exit_code(exit)))
}

fn exit_code(exit: Exit) -> u8 {
    match exit {
        Exit::Quit | Exit::OpenDemo => 0,
        Exit::Signalled(ending) => ending.exit_code(),
        Exit::HungUp => Ending::HangUp.exit_code(),
        Exit::Panicked => PANICKED,
    }
}

fn choose(args: &Args, env: impl Fn(&str) -> Option<String>) -> Result<Choice, Failure> {
    if args.demo {
        return Ok(Choice::Demo);
    }
    let base = match args.api_url.as_deref() {
        Some(url) => ApiBase::parse(url)?,
        None => ApiBase::default(),
    };
    let set = |name| env(name).filter(|value| !value.trim().is_empty());
    match (set("PLIVO_AUTH_ID"), set("PLIVO_AUTH_TOKEN")) {
        (Some(id), Some(token)) => match Credentials::new(&id, &token) {
            Ok(credentials) => Ok(Choice::Real(credentials, base)),
            Err(mistake) => Err(Failure {
                error: mistake.into(),
                code: CREDENTIALS,
            }),
        },
        (None, Some(_)) => Ok(Choice::Missing("PLIVO_AUTH_ID is not set".into())),
        (Some(_), None) => Ok(Choice::Missing("PLIVO_AUTH_TOKEN is not set".into())),
        (None, None) => Ok(Choice::Missing(
            "PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN are not set".into(),
        )),
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

fn criteria(filter: &Filter, zone: &Zone) -> Result<Criteria, Failure> {
    let flags = Flags {
        from: filter.from.clone(),
        to: filter.to.clone(),
        call_uuid: filter.call_uuid.clone(),
        subaccount: filter.subaccount.clone(),
        from_number: filter.from_number.clone(),
        to_number: filter.to_number.clone(),
        either_number: filter.either_number.clone(),
        conference: filter.conference.clone(),
    };
    let criteria = Criteria::from_flags(&flags).map_err(|mistakes| mistaken(&mistakes))?;
    // Dates mean something only in a zone, and at a time.
    criteria
        .plan(zone, Utc::now())
        .map_err(|mistakes| mistaken(&mistakes))?;
    Ok(criteria)
}

fn mistaken(mistakes: &[FieldError]) -> Failure {
    let lines: Vec<_> = mistakes
        .iter()
        .map(|mistake| {
            let (flag, said) = (flag_of(mistake.field), &mistake.message);
            format!("{flag}: {said}; for example {}", mistake.example)
        })
        .collect();
    anyhow!(lines.join("\n          ")).into()
}

fn flag_of(field: Field) -> &'static str {
    match field {
        Field::From => "--from",
        Field::To => "--to",
        Field::CallUuid => "--call-uuid",
        Field::Subaccount => "--subaccount",
        Field::FromNumber => "--from-number",
        Field::ToNumber => "--to-number",
        Field::EitherNumber => "--either-number",
        Field::Conference => "--conference",
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

impl DemoAccount {
    fn options(&self) -> emulator::Options {
        let default = emulator::Options::default();
        emulator::Options {
            recordings: self.recordings.unwrap_or(default.recordings),
            era: self.era.unwrap_or_default(),
            paging: self.paging,
            no_total: self.no_total,
            latency: Duration::from_millis(self.latency.unwrap_or(0)),
            bandwidth: self.bandwidth,
            media_auth: self.media_auth.unwrap_or_default(),
            faults: self.faults.clone(),
            ..default
        }
    }
}

#[cfg(test)]
mod tests;
