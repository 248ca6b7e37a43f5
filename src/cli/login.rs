//! The client of a command that cannot do without an account.

use crate::plivo::{self, ApiBase, Client};

use super::Failure;
use super::account::Api;

/// The account that the environment names. `options` says how its API is asked.
///
/// # Errors
/// Wrong flags, and credentials that are missing or cannot be right.
pub(super) fn client(
    api: &Api,
    options: impl FnOnce(&ApiBase) -> Result<plivo::Options, Failure>,
) -> Result<Client, Failure> {
    let (credentials, base) = api.account()?;
    let options = options(&base)?;
    Ok(Client::new(credentials, base, options)?)
}
