//! Answers by callback: where the API sends them, and where they arrive.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::anyhow;
use url::Url;

use crate::inside::{is_loopback, leads_inside};
use crate::plivo::{ApiBase, Callback, CallbackMethod};
use crate::runtime::account;

use super::{Failure, value};

const URL: &str = "CALLREEL_CALLBACK_URL";
const LISTEN: &str = "CALLREEL_CALLBACK_LISTEN";

/// What a callback URL without https means. Short, as the other: the screen has one line for it.
pub(super) const PLAIN_HTTP: &str =
    "beware: plain http lets everyone on the way read the answers: use https";
/// What it means to take what is not signed, at an address that others can reach.
pub(super) const STRANGERS: &str =
    "beware: strangers can send here too: --require-signature refuses them";

/// Where answers come.
pub(super) enum Way {
    /// On the connection of the call, unless this flag is given.
    AtOnce { unless: &'static str },
    /// To a callback URL, at which something else listens.
    Elsewhere,
    /// To a callback URL, and from there to this program.
    Here,
}

/// The flags of asynchronous mode.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Answers by callback")]
pub(super) struct Callbacks {
    /// Have the API send its answers to this URL instead of answering at once
    #[arg(
        long,
        value_name = "URL",
        env = URL,
        hide_env_values = true,
        value_parser = value::web_url
    )]
    pub(super) callback_url: Option<Url>,

    /// Receive them at this address of this machine, to which that URL must lead
    #[arg(
        long,
        value_name = "ADDR:PORT",
        env = LISTEN,
        hide_env_values = true,
        value_parser = value::listen_addr
    )]
    pub(super) callback_listen: Option<SocketAddr>,

    /// How they are sent: POST or GET [default: POST]
    #[arg(long, value_name = "METHOD", value_parser = method)]
    callback_method: Option<CallbackMethod>,

    /// Wait so long for each of them [default: 30]
    #[arg(long, value_name = "SECONDS", value_parser = value::seconds)]
    callback_timeout: Option<Duration>,

    /// Refuse those that the account's token did not sign
    #[arg(long)]
    require_signature: bool,
}

impl Callbacks {
    pub(super) fn method(&self) -> CallbackMethod {
        self.callback_method.unwrap_or_default()
    }

    /// Where the answers are to go; `None`: they come at once.
    pub(super) fn callback(&self) -> Option<Callback> {
        Some(Callback {
            url: self.callback_url.clone()?,
            method: self.method(),
        })
    }

    /// Whether a flag, and not a variable that may be meant for another time, says where to listen.
    pub(super) fn listens_by_flag(&self) -> bool {
        self.callback_listen.is_some() && std::env::var_os(LISTEN).is_none()
    }

    /// Whether a flag says where the answers go.
    pub(super) fn names_url_by_flag(&self) -> bool {
        self.callback_url.is_some() && std::env::var_os(URL).is_none()
    }

    /// Refuses flags that say how answers come while they come in another way.
    ///
    /// # Errors
    /// The first of them, and what is missing.
    pub(super) fn check(&self, way: &Way) -> Result<(), Failure> {
        let asking = [("--callback-method", self.callback_method.is_some())];
        let receiving = [
            ("--callback-timeout", self.callback_timeout.is_some()),
            ("--require-signature", self.require_signature),
        ];
        let first = |flags: &[(&'static str, bool)]| {
            let given = flags.iter().find(|(_, given)| *given);
            given.map(|(flag, _)| *flag)
        };
        let (idle, missing) = match way {
            Way::AtOnce { unless } => (
                first(&asking).or_else(|| first(&receiving)),
                format!("no answer comes by callback without {unless}"),
            ),
            Way::Elsewhere => (
                first(&receiving),
                "the answer is received here only with --wait and --callback-listen".to_owned(),
            ),
            Way::Here => (None, String::new()),
        };
        match idle {
            Some(flag) => Err(anyhow!("{flag} does nothing here: {missing}").into()),
            None => Ok(()),
        }
    }

    /// Refuses a URL that the API at `base` cannot reach.
    ///
    /// # Errors
    /// It leads to this machine or into its own network, and the API is elsewhere.
    pub(super) fn check_reach(&self, base: &ApiBase) -> Result<(), Failure> {
        let Some(url) = &self.callback_url else {
            return Ok(());
        };
        // Another base may well be a gateway in the same network.
        let out_of_reach = is_loopback(url) || base.is_default() && leads_inside(url);
        if base.is_loopback() || !out_of_reach {
            return Ok(());
        }
        Err(anyhow!(
            "--callback-url: {} cannot reach {}, which is an address of this machine or its own network: \
             name the public URL of a server or a tunnel",
            base.host(),
            url.host_str().unwrap_or("it")
        )
        .into())
    }

    /// What is risky in the way of the answers, for people: the worst first. Between programs of this machine nothing is.
    pub(super) fn risks(&self, base: &ApiBase, way: &Way) -> impl Iterator<Item = &'static str> {
        let url = self.callback_url.as_ref().filter(|_| !base.is_loopback());
        let plain = url.is_some_and(|url| url.scheme() == "http");
        let open = url.is_some() && matches!(way, Way::Here) && !self.require_signature;
        [(plain, PLAIN_HTTP), (open, STRANGERS)]
            .into_iter()
            .filter_map(|(is, risk)| is.then_some(risk))
    }

    /// Between the demo account and a free port of this machine.
    pub(super) fn on_loopback(&self) -> account::Callbacks {
        account::Callbacks {
            method: self.method(),
            within: self.within(),
            ..account::Callbacks::on_loopback()
        }
    }

    /// How answers of the API at `base` are asked for and received here; `None`: they come at once.
    ///
    /// # Errors
    /// When one half of the way is missing, or the API cannot reach this machine by it.
    pub(super) fn for_receiving(
        &self,
        base: &ApiBase,
    ) -> Result<Option<account::Callbacks>, Failure> {
        let listen = match (&self.callback_url, self.callback_listen) {
            (None, None) => return Ok(None),
            (Some(_), None) => {
                return Err(anyhow!(
                    "--callback-url needs --callback-listen ADDR:PORT: the answers have to arrive somewhere, \
                     for example at 127.0.0.1:8099 behind a tunnel"
                )
                .into());
            }
            (None, Some(_)) if !base.is_loopback() => {
                return Err(anyhow!(
                    "--callback-listen needs --callback-url: the public URL that leads to that address"
                )
                .into());
            }
            (_, Some(listen)) => listen,
        };
        self.check_reach(base)?;
        Ok(Some(account::Callbacks {
            listen,
            url: self.callback_url.clone(),
            method: self.method(),
            within: self.within(),
            require_signature: self.require_signature,
        }))
    }

    fn within(&self) -> Duration {
        self.callback_timeout
            .unwrap_or(account::Callbacks::PATIENCE)
    }
}

fn method(text: &str) -> Result<CallbackMethod, String> {
    [CallbackMethod::Get, CallbackMethod::Post]
        .into_iter()
        .find(|method| method.as_str().eq_ignore_ascii_case(text.trim()))
        .ok_or_else(|| "it is GET or POST".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        callbacks: Callbacks,
    }

    #[test]
    fn risks_are_told_where_others_can_send_or_read() {
        let risks = |line: &str, base: &ApiBase, way: Way| {
            let line = Line::parse_from(line.split(' '));
            line.callbacks.risks(base, &way).collect::<Vec<_>>()
        };
        let plivo = ApiBase::default();
        let http = "x --callback-url http://hooks.example.net/plivo";
        let https = "x --callback-url https://hooks.example.net/plivo";
        let signed = "x --callback-url https://hooks.example.net/plivo --require-signature";
        assert_eq!(risks(http, &plivo, Way::Elsewhere), [PLAIN_HTTP]);
        assert!(risks(https, &plivo, Way::Elsewhere).is_empty());
        assert_eq!(risks(http, &plivo, Way::Here), [PLAIN_HTTP, STRANGERS]);
        assert_eq!(risks(https, &plivo, Way::Here), [STRANGERS]);
        assert!(risks(signed, &plivo, Way::Here).is_empty());
        let emulator = ApiBase::parse("http://127.0.0.1:8080").unwrap();
        assert!(risks(http, &emulator, Way::Here).is_empty());
        // One line of a narrow screen holds each.
        assert!([PLAIN_HTTP, STRANGERS].iter().all(|risk| risk.len() <= 76));
    }
}
