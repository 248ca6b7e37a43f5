//! One file for each kind of thing that is kept: how it is read and written.
//!
//! Text that is longer than anything callreel writes is cut, and rows with ids of absurd length are passed over: the file may have
//! come from anywhere.

mod choices;
mod moments;
mod positions;
mod queues;
mod reviewed;

use std::time::Duration;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, named_params};

use super::{AccountKey, Change, Kept};
use crate::plivo::RecordingId;

/// The longest recording id that is read, in bytes; Plivo's have 36. SQLite's `length` would count no further than a NUL.
const LONGEST_ID: u32 = 256;
/// The longest filter or value that is read, in bytes, and how much of a note, in characters.
const LONGEST_TEXT: u32 = 4096;

pub fn kept(connection: &Connection, account: &AccountKey, most: u32) -> rusqlite::Result<Kept> {
    Ok(Kept {
        reviewed: reviewed::read(connection, account, most)?,
        moments: moments::read(connection, account, most)?,
        positions: positions::read(connection, account, most)?,
        choices: choices::read(connection, account, most)?,
        queues: queues::read(connection, account, most)?,
    })
}

pub fn accounts(connection: &Connection) -> rusqlite::Result<Vec<AccountKey>> {
    let mut query = connection.prepare(
        "SELECT account FROM reviewed UNION SELECT account FROM moments UNION SELECT account FROM positions
         UNION SELECT account FROM choices UNION SELECT account FROM queues ORDER BY account",
    )?;
    let rows = query.query_map([], |row| row.get(0))?;
    rows.map(|account| account.map(AccountKey::from_file))
        .collect()
}

/// Removes what `table` has of a recording.
fn remove(
    connection: &Connection,
    table: &'static str,
    account: &AccountKey,
    recording: &RecordingId,
) -> rusqlite::Result<()> {
    let sql = format!("DELETE FROM {table} WHERE account = :account AND recording = :recording");
    connection.execute(
        &sql,
        named_params! { ":account": account.as_str(), ":recording": recording.as_str() },
    )?;
    Ok(())
}

pub fn change(
    connection: &Connection,
    account: &AccountKey,
    change: &Change,
) -> rusqlite::Result<()> {
    match change {
        Change::Reviewed(reviewed) => reviewed::put(connection, account, reviewed),
        Change::NotReviewed(recording) => remove(connection, "reviewed", account, recording),
        Change::Moment(moment) => moments::put(connection, account, moment),
        Change::NoMoment { recording, at } => moments::remove(connection, account, recording, *at),
        Change::Position(position) => positions::put(connection, account, position),
        Change::NoPosition(recording) => remove(connection, "positions", account, recording),
        Change::Choice(choice) => choices::put(connection, account, choice),
        Change::Queue(queue) => queues::put(connection, account, queue),
        Change::QueueRow { queue, row } => queues::put_row(connection, account, queue, row),
        Change::NoQueue(queue) => queues::remove(connection, account, queue),
    }
}

/// Milliseconds since 1970; a number that is no time is 1970.
fn instant(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}

/// No recording is longer than this, 1,000 hours in milliseconds; time can be reckoned with up to there without a thought.
const LONGEST: i64 = 3_600_000_000;

/// A position in milliseconds; what lies before the start is the start.
fn position(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis.clamp(0, LONGEST)).unwrap_or(0))
}

fn millis(position: Duration) -> i64 {
    i64::try_from(position.as_millis()).unwrap_or(i64::MAX)
}
