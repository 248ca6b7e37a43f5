//! The client of a command that cannot do without an account.

use anyhow::{Context, anyhow};

use crate::plivo::{self, ApiBase, Client};
use crate::runtime::sys;

use super::account::{Api, Found};
use super::{CREDENTIALS, Failure};

/// The account that the environment names. `options` says how its API is asked.
///
/// # Errors
/// Wrong flags, and credentials that are missing or cannot be right.
pub(super) fn client(
    api: &Api,
    options: impl FnOnce(&ApiBase) -> Result<plivo::Options, Failure>,
) -> Result<Client, Failure> {
    match api.find(|name| std::env::var(name).ok())? {
        Found::Account(credentials, base) => {
            sys::forbid_core_dumps().context("core dumps could not be switched off")?;
            let options = options(&base)?;
            Ok(Client::new(credentials, base, options)?)
        }
        Found::Missing(why) => Err(Failure {
            error: anyhow!("{why}: the console's overview page has the id and the token"),
            code: CREDENTIALS,
        }),
    }
}
