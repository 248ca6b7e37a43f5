//! Answers by callback: where the API sends them, and where they arrive.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::anyhow;
use url::Url;

use crate::plivo::base::is_loopback;
use crate::plivo::{ApiBase, Callback, CallbackMethod};
use crate::runtime::account;

use super::{Failure, value};

const URL: &str = "CALLREEL_CALLBACK_URL";
const LISTEN: &str = "CALLREEL_CALLBACK_LISTEN";

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

    /// Refuses flags that say how answers come while none comes by callback.
    ///
    /// # Errors
    /// The first of them, and what is missing.
    pub(super) fn check(&self, by_callback: bool) -> Result<(), Failure> {
        let flags = [
            ("--callback-method", self.callback_method.is_some()),
            ("--callback-timeout", self.callback_timeout.is_some()),
            ("--require-signature", self.require_signature),
        ];
        match flags.iter().find(|(_, given)| *given && !by_callback) {
            Some((flag, _)) => Err(anyhow!(
                "{flag} does nothing here: no answer comes by callback without --callback-url"
            )
            .into()),
            None => Ok(()),
        }
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
            (Some(url), Some(_)) if is_loopback(url) && !base.is_loopback() => {
                return Err(anyhow!(
                    "--callback-url: {} cannot reach {} of this machine: name the public URL of a server or a tunnel",
                    base.host(),
                    url.host_str().unwrap_or("this address")
                )
                .into());
            }
            (_, Some(listen)) => listen,
        };
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
