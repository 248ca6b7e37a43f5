//! Moments of recordings, and their notes.

use std::time::Duration;

use rusqlite::{Connection, named_params};

use super::{LONGEST_ID, LONGEST_TEXT, instant, millis, position};
use crate::plivo::RecordingId;
use crate::store::{AccountKey, Moment};

pub fn read(
    connection: &Connection,
    account: &AccountKey,
    most: u32,
) -> rusqlite::Result<Vec<Moment>> {
    let mut query = connection.prepare(
        "SELECT * FROM (
             SELECT recording, at, substr(note, 1, :longest_note), created FROM moments
             WHERE account = :account AND octet_length(recording) <= :longest ORDER BY created DESC LIMIT :most
         ) ORDER BY recording, at",
    )?;
    let rows = query.query_map(
        named_params! {
            ":account": account.as_str(),
            ":longest": LONGEST_ID,
            ":longest_note": LONGEST_TEXT,
            ":most": most,
        },
        |row| {
            Ok(Moment {
                recording: RecordingId::new(row.get::<_, String>(0)?),
                at: position(row.get(1)?),
                note: row.get(2)?,
                created: instant(row.get(3)?),
            })
        },
    )?;
    rows.collect()
}

pub fn put(connection: &Connection, account: &AccountKey, moment: &Moment) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO moments (account, recording, at, note, created)
               VALUES (:account, :recording, :at, :note, :created)";
    connection.execute(
        sql,
        named_params! {
            ":account": account.as_str(),
            ":recording": moment.recording.as_str(),
            ":at": millis(moment.at),
            ":note": moment.note,
            ":created": moment.created.timestamp_millis(),
        },
    )?;
    Ok(())
}

pub fn remove(
    connection: &Connection,
    account: &AccountKey,
    recording: &RecordingId,
    at: Duration,
) -> rusqlite::Result<()> {
    let sql =
        "DELETE FROM moments WHERE account = :account AND recording = :recording AND at = :at";
    connection.execute(
        sql,
        named_params! {
            ":account": account.as_str(),
            ":recording": recording.as_str(),
            ":at": millis(at),
        },
    )?;
    Ok(())
}
