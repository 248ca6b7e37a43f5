//! Random queues, and how far each has come.

use rusqlite::{Connection, OptionalExtension, named_params};

use super::{LONGEST_ID, LONGEST_TEXT, instant};
use crate::plivo::RecordingId;
use crate::store::{AccountKey, Queue, QueueKey, QueueRow};

pub fn read(
    connection: &Connection,
    account: &AccountKey,
    most: u32,
) -> rusqlite::Result<Vec<Queue>> {
    let mut query = connection.prepare(
        "SELECT number, seed, size, filter, created FROM queues
         WHERE account = :account AND octet_length(filter) <= :longest ORDER BY created DESC, number DESC LIMIT :most",
    )?;
    let found = query.query_map(
        named_params! { ":account": account.as_str(), ":longest": LONGEST_TEXT, ":most": most },
        |row| {
            let queue = Queue {
                key: QueueKey {
                    seed: row.get::<_, i64>(1)?.cast_unsigned(),
                    size: u32::try_from(row.get::<_, i64>(2)?).unwrap_or(0),
                    filter: row.get(3)?,
                },
                created: instant(row.get(4)?),
                rows: Vec::new(),
            };
            Ok((row.get(0)?, queue))
        },
    )?;
    let found: Vec<(i64, Queue)> = found.collect::<rusqlite::Result<_>>()?;
    let mut left = most;
    let mut queues = Vec::with_capacity(found.len());
    for (number, mut queue) in found {
        queue.rows = rows(connection, number, left)?;
        left = left.saturating_sub(u32::try_from(queue.rows.len()).unwrap_or(u32::MAX));
        queues.push(queue);
    }
    Ok(queues)
}

fn rows(connection: &Connection, queue: i64, most: u32) -> rusqlite::Result<Vec<QueueRow>> {
    let mut query = connection.prepare(
        "SELECT recording, done FROM queue_rows
         WHERE queue = :queue AND octet_length(recording) <= :longest ORDER BY place LIMIT :most",
    )?;
    let rows = query.query_map(
        named_params! { ":queue": queue, ":longest": LONGEST_ID, ":most": most },
        |row| {
            Ok(QueueRow {
                recording: RecordingId::new(row.get::<_, String>(0)?),
                done: row.get(1)?,
            })
        },
    )?;
    rows.collect()
}

pub fn put(connection: &Connection, account: &AccountKey, queue: &Queue) -> rusqlite::Result<()> {
    remove(connection, account, &queue.key)?;
    connection.execute(
        "INSERT INTO queues (account, seed, size, filter, created) VALUES (:account, :seed, :size, :filter, :created)",
        named_params! {
            ":account": account.as_str(),
            ":seed": queue.key.seed.cast_signed(),
            ":size": queue.key.size,
            ":filter": queue.key.filter,
            ":created": queue.created.timestamp_millis(),
        },
    )?;
    let number = connection.last_insert_rowid();
    let mut insert = connection.prepare(
        "INSERT INTO queue_rows (queue, place, recording, done) VALUES (:queue, :place, :recording, :done)",
    )?;
    for (place, row) in (0i64..).zip(&queue.rows) {
        insert.execute(named_params! {
            ":queue": number,
            ":place": place,
            ":recording": row.recording.as_str(),
            ":done": row.done,
        })?;
    }
    Ok(())
}

pub fn put_row(
    connection: &Connection,
    account: &AccountKey,
    key: &QueueKey,
    row: &QueueRow,
) -> rusqlite::Result<()> {
    let Some(number) = number(connection, account, key)? else {
        return Ok(());
    };
    connection.execute(
        "UPDATE queue_rows SET done = :done WHERE queue = :queue AND recording = :recording",
        named_params! { ":done": row.done, ":queue": number, ":recording": row.recording.as_str() },
    )?;
    Ok(())
}

pub fn remove(
    connection: &Connection,
    account: &AccountKey,
    key: &QueueKey,
) -> rusqlite::Result<()> {
    if let Some(number) = number(connection, account, key)? {
        connection.execute("DELETE FROM queues WHERE number = ?1", [number])?;
    }
    Ok(())
}

fn number(
    connection: &Connection,
    account: &AccountKey,
    key: &QueueKey,
) -> rusqlite::Result<Option<i64>> {
    connection
        .query_row(
            "SELECT number FROM queues
             WHERE account = :account AND seed = :seed AND size = :size AND filter = :filter",
            named_params! {
                ":account": account.as_str(),
                ":seed": key.seed.cast_signed(),
                ":size": key.size,
                ":filter": key.filter,
            },
            |row| row.get(0),
        )
        .optional()
}
