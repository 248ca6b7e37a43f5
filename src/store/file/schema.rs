//! The tables, by their versions.
//!
//! The rollback journal stays: writes are few and short, so that several callreels wait for one another by the busy time-out, and
//! home folders on a network are no place for the write-ahead log (sqlite.org/wal.html).

use rusqlite::{Connection, TransactionBehavior};

use super::settle;

/// The form of the file that this callreel reads and writes.
pub const VERSION: i64 = 1;
/// `CREL`, so that no other program's file is taken for ours.
const APPLICATION: i64 = 0x4352_454C;

/// From the version before to the version at this place, counted from one.
const STEPS: [&str; VERSION as usize] = [
    // Times are milliseconds since 1970 UTC, positions milliseconds from the start; a seed is the same 64 bits with a sign.
    "CREATE TABLE reviewed (
         account TEXT NOT NULL, recording TEXT NOT NULL, at INTEGER NOT NULL,
         PRIMARY KEY (account, recording)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE moments (
         account TEXT NOT NULL, recording TEXT NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL, created INTEGER NOT NULL,
         PRIMARY KEY (account, recording, at)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE positions (
         account TEXT NOT NULL, recording TEXT NOT NULL, at INTEGER NOT NULL, left_at INTEGER NOT NULL,
         PRIMARY KEY (account, recording)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE choices (
         account TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
         PRIMARY KEY (account, name)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE queues (
         number INTEGER PRIMARY KEY,
         account TEXT NOT NULL, seed INTEGER NOT NULL, size INTEGER NOT NULL, filter TEXT NOT NULL, created INTEGER NOT NULL,
         UNIQUE (account, seed, size, filter)
     ) STRICT;
     CREATE TABLE queue_rows (
         queue INTEGER NOT NULL REFERENCES queues (number) ON DELETE CASCADE,
         place INTEGER NOT NULL, recording TEXT NOT NULL, done INTEGER NOT NULL,
         PRIMARY KEY (queue, place)
     ) STRICT, WITHOUT ROWID;",
];

/// What the file turned out to be.
pub enum Found {
    Ready,
    NotOurs,
    Newer(i64),
}

/// Looks the file over, and brings it to this version.
pub fn prepare(connection: &mut Connection) -> rusqlite::Result<Found> {
    settle(connection)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let number = |name: &str| transaction.pragma_query_value(None, name, |row| row.get(0));
    let (application, version): (i64, i64) = (number("application_id")?, number("user_version")?);
    // Tables alone are ours: a view or a trigger could do anything when its name is read.
    let count = |kind: &str| -> rusqlite::Result<i64> {
        let sql = format!("SELECT count(*) FROM sqlite_schema WHERE type {kind}");
        transaction.query_row(&sql, [], |row| row.get(0))
    };
    let (all, strange) = (count("IS NOT NULL")?, count("NOT IN ('table', 'index')")?);
    let new = application == 0 && version == 0 && all == 0;
    if !new && (application != APPLICATION || strange > 0 || version < 1) {
        return Ok(Found::NotOurs);
    }
    if version > VERSION {
        return Ok(Found::Newer(version));
    }
    let done = usize::try_from(version).unwrap_or(0);
    for step in STEPS.iter().skip(done) {
        transaction.execute_batch(step)?;
    }
    if version < VERSION {
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()?;
    Ok(Found::Ready)
}
