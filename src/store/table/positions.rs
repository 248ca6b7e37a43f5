//! Where recordings were left.

use rusqlite::{Connection, named_params};

use super::{LONGEST_ID, instant, millis, position};
use crate::plivo::RecordingId;
use crate::store::{AccountKey, Position};

pub fn read(
    connection: &Connection,
    account: &AccountKey,
    most: u32,
) -> rusqlite::Result<Vec<Position>> {
    let mut query = connection.prepare(
        "SELECT recording, at, left_at FROM positions WHERE account = :account AND octet_length(recording) <= :longest
         ORDER BY left_at DESC, recording LIMIT :most",
    )?;
    let rows = query.query_map(
        named_params! { ":account": account.as_str(), ":longest": LONGEST_ID, ":most": most },
        |row| {
            Ok(Position {
                recording: RecordingId::new(row.get::<_, String>(0)?),
                at: position(row.get(1)?),
                left: instant(row.get(2)?),
            })
        },
    )?;
    rows.collect()
}

pub fn put(
    connection: &Connection,
    account: &AccountKey,
    position: &Position,
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO positions (account, recording, at, left_at)
               VALUES (:account, :recording, :at, :left)";
    connection.execute(
        sql,
        named_params! {
            ":account": account.as_str(),
            ":recording": position.recording.as_str(),
            ":at": millis(position.at),
            ":left": position.left.timestamp_millis(),
        },
    )?;
    Ok(())
}
