//! Recordings that are done with.

use rusqlite::{Connection, named_params};

use super::{LONGEST_ID, instant};
use crate::plivo::RecordingId;
use crate::store::{AccountKey, Reviewed};

pub fn read(
    connection: &Connection,
    account: &AccountKey,
    most: u32,
) -> rusqlite::Result<Vec<Reviewed>> {
    let mut query = connection.prepare(
        "SELECT recording, at FROM reviewed WHERE account = :account AND octet_length(recording) <= :longest
         ORDER BY at DESC, recording LIMIT :most",
    )?;
    let rows = query.query_map(
        named_params! { ":account": account.as_str(), ":longest": LONGEST_ID, ":most": most },
        |row| {
            Ok(Reviewed {
                recording: RecordingId::new(row.get::<_, String>(0)?),
                at: instant(row.get(1)?),
            })
        },
    )?;
    rows.collect()
}

pub fn put(
    connection: &Connection,
    account: &AccountKey,
    reviewed: &Reviewed,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO reviewed (account, recording, at) VALUES (:account, :recording, :at)";
    connection.execute(
        sql,
        named_params! {
            ":account": account.as_str(),
            ":recording": reviewed.recording.as_str(),
            ":at": reviewed.at.timestamp_millis(),
        },
    )?;
    Ok(())
}
