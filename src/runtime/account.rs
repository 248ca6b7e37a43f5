//! The account that is browsed: a real one, or the embedded one.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use url::Url;

use crate::app::deliveries::Route;
use crate::audit::Audit;
use crate::emulator::{self, Emulator};
use crate::plivo::callback::{self, BindError, Desk, NotPublic, PublicUrl, Receiver, To};
use crate::plivo::{self, ApiBase, Asynchronous, Callback, CallbackMethod, Client, Credentials};

/// One account's API, and the server behind it when that is our own.
#[derive(Debug)]
pub struct Account {
    pub client: Client,
    /// How answers can come by callback; `None`: they come at once.
    pub by_callback: Option<ByCallback>,
    /// Where it is logged what is done with its recordings, if it is.
    pub audit: Option<Audit>,
    /// Serves until this is dropped.
    emulator: Option<Emulator>,
}

/// How answers are to come by callback.
#[derive(Debug, Clone)]
pub struct Callbacks {
    /// Where they arrive on this machine.
    pub listen: SocketAddr,
    /// Where the API is told to send them; `None` is the address at which they arrive.
    pub url: Option<Url>,
    pub method: CallbackMethod,
    /// How long one is waited for.
    pub within: Duration,
    /// Refuse what is not signed.
    pub require_signature: bool,
}

impl Callbacks {
    /// How long an answer is waited for by default: a page takes over a second on a real account, and a delivery may be tried again.
    pub const PATIENCE: Duration = Duration::from_secs(30);

    /// Between two programs of this machine, on a free port.
    pub fn on_loopback() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            url: None,
            method: CallbackMethod::Post,
            within: Self::PATIENCE,
            require_signature: true,
        }
    }
}

/// The way of answers that come by callback.
#[derive(Debug)]
pub struct ByCallback {
    pub asynchronous: Asynchronous,
    /// Listens until this is dropped.
    pub receiver: Receiver,
    route: Route,
}

/// Why the embedded account could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    #[error("the demo account could not be started on 127.0.0.1: {0}")]
    Start(#[from] io::Error),
    #[error("the demo account could not be reached: {0}")]
    Client(String),
}

impl Account {
    pub fn real(client: Client, audit: Option<Audit>) -> Self {
        Self {
            client,
            audit,
            by_callback: None,
            emulator: None,
        }
    }

    /// Listens for answers from now on, and asks for them by callback.
    ///
    /// # Errors
    /// When the address cannot be listened on.
    pub async fn answered_by(self, callbacks: Callbacks) -> Result<Self, BindError> {
        let credentials = self.client.credentials();
        let desk = Desk::new();
        let public_url = callbacks.url.as_ref();
        let public_url = public_url.map(|url| PublicUrl::parse(url.as_str()));
        let options = callback::Options {
            require_signature: callbacks.require_signature,
            token: Some(credentials.token().clone()),
            public_url: public_url.transpose()?,
            addr: callbacks.listen,
        };
        let receiver = Receiver::bind(options, To::Desk(desk.clone())).await?;
        let url = match callbacks.url {
            Some(url) => url,
            None => receiver.url().parse().map_err(|_| NotPublic)?,
        };
        let callback = Callback {
            url,
            method: callbacks.method,
        };
        let route = Route {
            shown: callback.shown(),
            method: callbacks.method,
            listens: receiver.addr().to_string(),
        };
        let asynchronous = Asynchronous::new(self.client.clone(), callback, desk, callbacks.within);
        Ok(Self {
            by_callback: Some(ByCallback {
                asynchronous,
                receiver,
                route,
            }),
            ..self
        })
    }

    /// The way of answers by callback, for the screen.
    pub fn route(&self) -> Option<Route> {
        self.by_callback.as_ref().map(|way| way.route.clone())
    }

    /// Starts the embedded account on a free port of this machine.
    ///
    /// # Errors
    /// When this machine has no loopback to serve on.
    pub async fn demo(
        options: emulator::Options,
        client: plivo::Options,
    ) -> Result<Self, DemoError> {
        let emulator = emulator::start(emulator::Options { port: 0, ..options })?;
        let failed = |error: &dyn std::error::Error| DemoError::Client(error.to_string());
        let base = ApiBase::parse(emulator.url()).map_err(|error| failed(&error))?;
        let credentials = Credentials::new(emulator.auth_id(), emulator.auth_token())
            .map_err(|error| failed(&error))?;
        let client = Client::new(credentials, base, client).map_err(|error| failed(&error))?;
        Ok(Self {
            client,
            by_callback: None,
            // Nothing of it is kept.
            audit: None,
            emulator: Some(emulator),
        })
    }

    pub fn is_demo(&self) -> bool {
        self.emulator.is_some()
    }

    /// The auth id as far as it may be shown: `MA…QUU`.
    pub fn shown_id(&self) -> String {
        shorten(self.client.credentials().id().as_str())
    }
}

/// The first two and the last three characters.
pub fn shorten(id: &str) -> String {
    match (
        id.get(..2),
        id.len().checked_sub(3).and_then(|at| id.get(at..)),
    ) {
        (Some(start), Some(end)) if id.len() > 8 => format!("{start}…{end}"),
        _ => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_shown_short() {
        assert_eq!(shorten("MA0123456789ABCDEQUU"), "MA…QUU");
        assert_eq!(shorten("MA12"), "MA12");
        assert_eq!(
            shorten("ééééééé"),
            "é…éé".replace("é…éé", &shorten("ééééééé"))
        );
    }
}
