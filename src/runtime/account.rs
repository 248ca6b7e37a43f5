//! The account that is browsed: a real one, or the embedded one.

use std::io;

use crate::emulator::{self, Emulator};
use crate::plivo::{self, ApiBase, Client, Credentials};

/// One account's API, and the server behind it when that is our own.
#[derive(Debug)]
pub struct Account {
    pub client: Client,
    /// Serves until this is dropped.
    emulator: Option<Emulator>,
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
    pub fn real(client: Client) -> Self {
        Self {
            client,
            emulator: None,
        }
    }

    /// Starts the embedded account on a free port of this machine.
    ///
    /// # Errors
    /// When this machine has no loopback to serve on.
    pub async fn demo(
        options: emulator::Options,
        client: plivo::Options,
    ) -> Result<Self, DemoError> {
        let emulator = emulator::start(emulator::Options { port: 0, ..options }).await?;
        let failed = |error: &dyn std::error::Error| DemoError::Client(error.to_string());
        let base = ApiBase::parse(emulator.url()).map_err(|error| failed(&error))?;
        let credentials = Credentials::new(emulator.auth_id(), emulator.auth_token())
            .map_err(|error| failed(&error))?;
        let client = Client::new(credentials, base, client).map_err(|error| failed(&error))?;
        Ok(Self {
            client,
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
fn shorten(id: &str) -> String {
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
