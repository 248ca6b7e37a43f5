//! `callreel listen`: what the API sends to a callback URL, a line of JSON each.

mod line;
mod printer;
mod words;

use std::collections::HashSet;
use std::io::Write;
use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context, anyhow};
use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::stop::Stop;
use super::{CREDENTIALS, Failure, value};
use crate::plivo::callback::{Options, PublicUrl, Reason, Receiver, To};
use crate::plivo::credentials;
use crate::runtime::sys;
use printer::Ended;

/// Print what the API sends to a callback URL, one line of JSON for each delivery.
///
/// A line has the time, the api_id of the call, the method, the signature (signed, unsigned, or unchecked), and the answer;
/// a second one of the same call has "duplicate": true. Signatures are checked when PLIVO_AUTH_TOKEN is set; a delivery with a
/// wrong one is refused. Ends on Ctrl-c.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:\n  \
    callreel listen --count 1 --timeout 60 > answer.json\n  \
    callreel listen --public-url https://hooks.example.net/plivo --require-signature")]
pub struct Args {
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8099", value_parser = value::listen_addr)]
    pub addr: SocketAddr,

    /// End after so many deliveries; duplicates do not count
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub count: Option<u64>,

    /// End after so many seconds; with --count, fail if there are too few by then
    #[arg(long, value_name = "SECONDS", value_parser = value::seconds)]
    pub timeout: Option<Duration>,

    /// Refuse deliveries that are not signed with PLIVO_AUTH_TOKEN
    #[arg(long)]
    pub require_signature: bool,

    /// The callback URL exactly as the API was given it, where a tunnel or a proxy leads here: signatures are made over it
    #[arg(long, value_name = "URL", value_parser = public_url)]
    pub public_url: Option<PublicUrl>,
}

/// What may wait to be printed. While it is full, senders wait.
const QUEUE: usize = 16;

/// How long what was taken may still take to be printed at the end.
const LAST_LINES: Duration = Duration::from_secs(2);

/// Why it ends.
enum Why {
    Printed(Ended),
    TimeOver,
    Told,
}

/// Prints deliveries until there are enough, the time is over, or Ctrl-c or SIGTERM.
///
/// # Errors
/// The address cannot be had, the token is none, standard output fails, or fewer than `--count` came in time.
pub async fn run(args: Args) -> Result<(), Failure> {
    let mut stop = Stop::listen().context("cannot listen for Ctrl-c and SIGTERM")?;
    let token = token(|name| std::env::var(name).ok())?;
    if token.is_some() {
        sys::forbid_core_dumps().context("core dumps could not be switched off")?;
    } else if args.require_signature {
        return Err(Failure {
            error: anyhow!("--require-signature needs PLIVO_AUTH_TOKEN to check signatures with"),
            code: CREDENTIALS,
        });
    }
    let checked = token.is_some();
    let (reader, deliveries) = mpsc::channel(QUEUE);
    let options = Options {
        addr: args.addr,
        token,
        require_signature: args.require_signature,
        public_url: args.public_url.clone(),
    };
    let receiver = Receiver::bind(options, To::Tap(reader)).await?;
    let mut printing = printer::start(deliveries, args.count).context("no thread to print in")?;
    say(&words::announcement(&args, receiver.addr(), checked));

    let mut counts = receiver.counts();
    // Someone may have been refused before this line.
    counts.mark_changed();
    let mut said = HashSet::new();
    let mut time_over = pin!(time_over(args.timeout));
    let why = loop {
        tokio::select! {
            ended = &mut printing => break Why::Printed(ended.context("the printer broke down")?),
            _ = stop.told() => break Why::Told,
            () = &mut time_over => break Why::TimeOver,
            Ok(()) = counts.changed() => {
                let now = *counts.borrow_and_update();
                // One line for each reason: who floods the port must not flood the terminal.
                for reason in Reason::ALL {
                    if now.refused(reason) > 0 && said.insert(reason) {
                        say(&words::refused(reason, &args));
                    }
                }
            }
        }
    };
    // Whoever is just sending is answered, and what was taken is printed.
    receiver.close().await;
    let timed_out = matches!(why, Why::TimeOver);
    let ended = match why {
        Why::Printed(ended) => ended,
        Why::TimeOver | Why::Told => timeout(LAST_LINES, printing)
            .await
            .map_err(|_| {
                anyhow!("the last deliveries are not printed: nobody reads standard output")
            })?
            .context("the printer broke down")?,
    };
    match ended {
        Ended::ReaderLeft => return Ok(()),
        Ended::Failed(error) => {
            return Err(anyhow!(error)
                .context("cannot write to standard output")
                .into());
        }
        Ended::Enough { .. } | Ended::NoMore { .. } => {}
    }
    say(&words::summary(&counts.borrow(), &ended));
    match (ended, args.count, args.timeout) {
        (Ended::NoMore { printed }, Some(count), Some(within)) if timed_out => {
            Err(anyhow!("{printed} of {count} deliveries came within {within:?}").into())
        }
        _ => Ok(()),
    }
}

fn public_url(text: &str) -> Result<PublicUrl, String> {
    value::web_url(text)?;
    PublicUrl::parse(text).map_err(|error| error.to_string())
}

/// The token to check signatures with, if there is one.
fn token(env: impl Fn(&str) -> Option<String>) -> Result<Option<SecretString>, Failure> {
    let set = env("PLIVO_AUTH_TOKEN").filter(|value| !value.trim().is_empty());
    let Some(text) = set else {
        return Ok(None);
    };
    credentials::auth_token(&text)
        .map(Some)
        .map_err(|mistake| Failure {
            error: anyhow!("PLIVO_AUTH_TOKEN: {mistake}"),
            code: CREDENTIALS,
        })
}

async fn time_over(after: Option<Duration>) {
    match after {
        Some(after) => tokio::time::sleep(after).await,
        None => std::future::pending().await,
    }
}

fn say(line: &str) {
    // A closed standard error is no one's concern any more.
    let _ = writeln!(std::io::stderr(), "{line}");
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn the_token_comes_from_the_environment_and_its_mistakes_are_named() {
        let read = |value: Option<&str>| {
            token(|name| {
                assert_eq!(name, "PLIVO_AUTH_TOKEN");
                value.map(str::to_owned)
            })
        };
        assert!(read(None).unwrap().is_none());
        assert!(read(Some(" ")).unwrap().is_none());
        let token = read(Some(" hunter22\n")).unwrap().unwrap();
        assert_eq!(token.expose_secret(), "hunter22");
        let failure = read(Some("your_auth_token")).unwrap_err();
        assert_eq!(failure.code, CREDENTIALS);
        assert!(failure.error.to_string().starts_with("PLIVO_AUTH_TOKEN: "));
    }
}
