//! What stays as it was chosen.

use rusqlite::{Connection, named_params};

use super::LONGEST_TEXT;
use crate::store::{AccountKey, Choice};

pub fn read(
    connection: &Connection,
    account: &AccountKey,
    most: u32,
) -> rusqlite::Result<Vec<Choice>> {
    let mut query = connection.prepare(
        "SELECT name, value FROM choices
         WHERE account = :account AND octet_length(name) <= :longest AND octet_length(value) <= :longest ORDER BY name LIMIT :most",
    )?;
    let rows = query.query_map(
        named_params! { ":account": account.as_str(), ":longest": LONGEST_TEXT, ":most": most },
        |row| {
            Ok(Choice {
                name: row.get(0)?,
                value: row.get(1)?,
            })
        },
    )?;
    rows.collect()
}

pub fn put(connection: &Connection, account: &AccountKey, choice: &Choice) -> rusqlite::Result<()> {
    let sql =
        "INSERT OR REPLACE INTO choices (account, name, value) VALUES (:account, :name, :value)";
    connection.execute(
        sql,
        named_params! {
            ":account": account.as_str(),
            ":name": choice.name,
            ":value": choice.value,
        },
    )?;
    Ok(())
}
