//! One recording by its id, as commands ask for it.

use super::{Failure, told};
use crate::plivo::{Get, Priority, Recording, RecordingId};
use crate::runtime::account::Account;

/// What the API tells of it.
///
/// # Errors
/// What the API says instead, with the exit code for it.
pub(super) async fn get(account: &Account, id: &RecordingId) -> Result<Recording, Failure> {
    let get = Get(id.clone());
    let recording = account.client.send(&get, Priority::Visible).await;
    recording.map_err(told::failure)
}
