//! `callreel emulator`: the demo account by itself, for any client that speaks the Recording API.

mod callback;

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;

use super::stop::Stop;
use super::value;
use crate::app::shell;
use crate::emulator::{self, Emulator, Era, FAULT_NAMES, Fault, MediaAuth, Options, Paging};

pub use callback::CallbackArgs;

/// Run a demo account on this machine that speaks the Recording API.
///
/// It prints what a shell has to set so that callreel, or any Plivo SDK, talks to it, and serves until Ctrl-c. Only
/// 127.0.0.1 is ever bound.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// Port on 127.0.0.1; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub port: u16,

    /// Which age of the API to speak: today's rules and fields, or those of the first documentation
    #[arg(long, value_enum, default_value_t)]
    pub era: Era,

    /// How lists page [default: hybrid in the current era, offset in the legacy one]
    #[arg(long, value_enum, value_name = "MODE")]
    pub paging: Option<Paging>,

    /// Leave total_count out of lists
    #[arg(long)]
    pub no_total: bool,

    /// Recordings in the account, spread over the last 400 days
    #[arg(long, value_name = "N", default_value_t = 1_204, value_parser = clap::value_parser!(u64).range(..=1_000_000))]
    pub recordings: u64,

    /// Wait so long before each answer
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub latency: u64,

    /// Send each file no faster than this
    #[arg(long, value_name = "BYTES/S", value_parser = clap::value_parser!(u64).range(1..))]
    pub bandwidth: Option<u64>,

    /// Ask for credentials before sending files, and refuse with this status
    #[arg(long, value_enum, value_name = "STATUS", default_value_t)]
    pub media_auth: MediaAuth,

    /// Add a recording every so many seconds
    #[arg(long, value_name = "SECONDS", value_parser = value::seconds)]
    pub arrive_every: Option<Duration>,

    /// Let recordings come in groups of so many that share one add_time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub same_time: Option<u32>,

    /// Let something go wrong; may be given more than once, or with commas
    #[arg(long = "fault", value_name = "NAME[=ARG]", value_delimiter = ',', long_help = fault_help())]
    pub faults: Vec<Fault>,

    #[command(flatten)]
    pub callbacks: CallbackArgs,

    /// Another account: ids, times, parties and lengths follow from this number
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,

    /// Write a line of JSON for each request and each delivery to this file
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,

    /// How to print where the account is
    #[arg(long, value_enum, value_name = "FORM", default_value_t)]
    pub output: Output,
}

/// How the address and the credentials are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Output {
    /// Lines for a shell to eval
    #[default]
    Shell,
    /// One line of JSON
    Json,
}

fn fault_help() -> String {
    format!("Let something go wrong; may be given more than once, or with commas: {FAULT_NAMES}")
}

impl Args {
    fn options(&self) -> Options {
        Options {
            port: self.port,
            recordings: self.recordings,
            seed: self.seed,
            era: self.era,
            paging: self.paging,
            no_total: self.no_total,
            media_auth: self.media_auth,
            arrive_every: self.arrive_every,
            same_time: self.same_time,
            latency: Duration::from_millis(self.latency),
            bandwidth: self.bandwidth,
            faults: self.faults.clone(),
            callbacks: self.callbacks.callbacks(),
            log: self.log.clone(),
            ..Options::default()
        }
    }
}

/// Serves until Ctrl-c or SIGTERM.
///
/// # Errors
/// If the port is taken, the log file cannot be written, or standard output is closed.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut stop = Stop::listen().context("cannot listen for Ctrl-c and SIGTERM")?;
    let emulator = emulator::start(args.options()).map_err(|error| {
        let words = match error.kind() {
            io::ErrorKind::AddrInUse => "the emulator could not start; --port 0 picks a free one",
            _ => "the emulator could not start",
        };
        anyhow::Error::new(error).context(words)
    })?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", announcement(&emulator, args.output))
        .context("cannot print the address")?;
    out.flush().context("cannot print the address")?;
    drop(out);
    stop.told().await;
    emulator.stop().await;
    Ok(())
}

fn announcement(emulator: &Emulator, output: Output) -> String {
    match output {
        Output::Json => serde_json::json!({
            "api_url": emulator.url(),
            "auth_id": emulator.auth_id(),
            "auth_token": emulator.auth_token(),
        })
        .to_string(),
        Output::Shell => [
            ("CALLREEL_API_URL", emulator.url()),
            ("PLIVO_AUTH_ID", emulator.auth_id()),
            ("PLIVO_AUTH_TOKEN", emulator.auth_token()),
        ]
        .map(|(name, value)| format!("export {name}={}", shell::word(value)))
        .join("\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::CallbackForm;

    #[tokio::test]
    async fn both_forms_tell_where_the_account_is() {
        let emulator = emulator::start(Options::default()).unwrap();
        let json: serde_json::Value =
            serde_json::from_str(&announcement(&emulator, Output::Json)).unwrap();
        assert_eq!(json["api_url"], emulator.url());
        let lines = announcement(&emulator, Output::Shell);
        let lines: Vec<&str> = lines.lines().collect();
        assert_eq!(
            lines[0],
            format!("export CALLREEL_API_URL={}", emulator.url())
        );
        assert_eq!(
            lines[1],
            format!("export PLIVO_AUTH_ID={}", emulator.auth_id())
        );
        assert_eq!(
            lines[2],
            format!("export PLIVO_AUTH_TOKEN={}", emulator.auth_token())
        );
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn flags_become_options() {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            args: Args,
        }
        let read = |line: &str| {
            <Line as clap::Parser>::try_parse_from(line.split(' ')).map(|line| line.args.options())
        };
        let options = read(
            "x --era legacy --paging cursor --media-auth 403 --arrive-every 0.5 --fault 429=3,media-404 --fault cut --callback-form flat",
        )
        .unwrap();
        assert_eq!(options.era, Era::Legacy);
        assert_eq!(options.paging, Some(Paging::Cursor));
        assert_eq!(options.media_auth, MediaAuth::Forbidden);
        assert_eq!(options.arrive_every, Some(Duration::from_millis(500)));
        assert_eq!(options.faults.len(), 3);
        assert_eq!(options.callbacks.form, CallbackForm::Flat);
        for bad in [
            "x --fault nonsense",
            "x --recordings 1000001",
            "x --bandwidth 0",
            "x --arrive-every 0",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
