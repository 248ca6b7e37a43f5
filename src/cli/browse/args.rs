//! The flags of `callreel` without a command.

use std::path::PathBuf;
use std::time::Duration;

use crate::app::queue::Sample;
use crate::app::views::ViewName;
use crate::emulator::{self, Era, FAULT_NAMES, Fault, MediaAuth, Paging};
use crate::runtime::debug::DebugPanic;

use crate::cli::account::Api;
use crate::cli::callbacks::Callbacks;
use crate::cli::filter::Filter;
use crate::cli::settings;

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Open a made-up account: needs no credentials and no network, leaves nothing behind
    #[arg(long)]
    pub(super) demo: bool,

    #[command(flatten)]
    pub(super) api: Api,

    /// Write what happens behind the screen to this file; without it the log stays in memory (:log)
    #[arg(long, value_name = "FILE")]
    pub(super) log: Option<PathBuf>,

    #[command(flatten)]
    pub(super) filter: Filter,

    /// Begin with this saved view (V); flags that filter go before what it lists
    #[arg(long, value_name = "NAME", help_heading = "Which recordings")]
    pub(super) view: Option<ViewName>,

    #[command(flatten)]
    pub(super) queue: Queue,

    #[command(flatten)]
    pub(super) settings: settings::Flags,

    #[command(flatten)]
    pub(super) callbacks: Callbacks,

    /// With --demo: ask for every page and recording by callback, between the demo account and a receiver on this machine
    #[arg(
        long = "async",
        requires = "demo",
        help_heading = "Answers by callback"
    )]
    pub(super) asynchronous: bool,

    #[command(flatten)]
    pub(super) demo_account: DemoAccount,

    /// Make F12 panic there, to see what becomes of the terminal
    #[arg(long, value_enum, hide = true)]
    pub(super) debug_panic: Option<PanicPlace>,
}

#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Reviewing")]
pub(super) struct Queue {
    /// Draw so many of these recordings at random, to listen to one after the other
    ///
    /// One is done when it was heard to its end or marked reviewed (v). The same filters, number and seed go on with the same queue at
    /// the next start, if you let callreel keep it. :queue goes to the whole list and back.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=Sample::MOST as i64))]
    sample: Option<u16>,

    /// Draw the ones that this number drew before, or go on with them; without it a number is made up, and shown
    #[arg(long, value_name = "NUMBER", requires = "sample")]
    seed: Option<u64>,
}

impl Queue {
    /// What to draw; `made_up` where no seed is given.
    pub(super) fn sample(&self, made_up: impl FnOnce() -> u64) -> Option<Sample> {
        Some(Sample {
            size: usize::from(self.sample?),
            seed: self.seed.unwrap_or_else(made_up),
        })
    }
}

/// The embedded account's ways, by the names that they have in `callreel emulator`.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "The demo account (with --demo)")]
pub(super) struct DemoAccount {
    /// Recordings in it
    #[arg(long, value_name = "N", requires = "demo", hide_short_help = true, value_parser = clap::value_parser!(u64).range(..=1_000_000))]
    pub(super) recordings: Option<u64>,

    /// Which age of the API it speaks
    #[arg(long, value_enum, requires = "demo", hide_short_help = true)]
    pub(super) era: Option<Era>,

    /// How its lists page
    #[arg(
        long,
        value_enum,
        value_name = "MODE",
        requires = "demo",
        hide_short_help = true
    )]
    pub(super) paging: Option<Paging>,

    /// It tells no totals
    #[arg(long, requires = "demo", hide_short_help = true)]
    pub(super) no_total: bool,

    /// It waits so long before each answer
    #[arg(long, value_name = "MS", requires = "demo", hide_short_help = true)]
    pub(super) latency: Option<u64>,

    /// It sends each file no faster than this
    #[arg(long, value_name = "BYTES/S", requires = "demo", hide_short_help = true, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) bandwidth: Option<u64>,

    /// It asks for credentials before it sends files, and refuses with this status
    #[arg(
        long,
        value_enum,
        value_name = "STATUS",
        requires = "demo",
        hide_short_help = true
    )]
    pub(super) media_auth: Option<MediaAuth>,

    /// Something goes wrong in it; more than one with commas
    #[arg(long = "fault", value_name = "NAME[=ARG]", value_delimiter = ',', requires = "demo", hide_short_help = true, long_help = fault_help())]
    pub(super) faults: Vec<Fault>,

    /// Write a line of JSON for each request to it, and for each of its callbacks, to this file
    #[arg(long, value_name = "FILE", requires = "demo", hide_short_help = true)]
    pub(super) demo_log: Option<PathBuf>,
}

fn fault_help() -> String {
    format!("Something goes wrong in it; more than one with commas: {FAULT_NAMES}")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum PanicPlace {
    Loop,
    Task,
    Decoder,
}

impl From<PanicPlace> for DebugPanic {
    fn from(place: PanicPlace) -> Self {
        match place {
            PanicPlace::Loop => Self::Loop,
            PanicPlace::Task => Self::Task,
            PanicPlace::Decoder => Self::Decoder,
        }
    }
}

impl DemoAccount {
    /// The account as asked for; what was not asked for is as usual.
    pub(super) fn options(&self) -> emulator::Options {
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
            log: self.demo_log.clone(),
            ..default
        }
    }
}
