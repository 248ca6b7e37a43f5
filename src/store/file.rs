//! The file itself: made for its owner alone, opened with care, removed without a rest.

mod schema;
#[cfg(test)]
mod tests;

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::table;
use super::{AccountKey, Change, Error, Kept};

/// Another callreel holds the file for the milliseconds of a write; longer than this, something is wrong.
const PATIENCE: Duration = Duration::from_secs(3);
/// What SQLite may lay beside its file.
const BESIDE: [&str; 3] = ["-journal", "-wal", "-shm"];

/// The file, open. Reads and writes wait for the disk: the screen goes by [`super::Keeper`].
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    connection: Connection,
}

impl Store {
    /// Opens the file that is there.
    ///
    /// # Errors
    /// [`Error::Missing`] where there is none; else as [`Error`] says.
    pub fn open(path: &Path) -> Result<Self, Error> {
        match fs::metadata(path) {
            Ok(there) if there.is_file() => {}
            Ok(_) => return Err(Error::NotOurs(path.to_owned())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::Missing(path.to_owned()));
            }
            Err(error) => return Err(system(path, error)),
        }
        // A copy put back by hand may be open to others. A file of someone else's stays as it is, if it can be written at all.
        let _ = fs::set_permissions(path, Permissions::from_mode(0o600));
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags);
        let connection = connection.map_err(|error| Error::of(path, &error))?;
        Self::over(connection, path.to_owned())
    }

    /// Makes the file, its folder and the folders above, where they are not there, for their owner alone, and opens it.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub fn create(path: &Path) -> Result<Self, Error> {
        make(path)?;
        Self::open(path)
    }

    fn over(connection: Connection, path: PathBuf) -> Result<Self, Error> {
        let mut store = Self { path, connection };
        match schema::prepare(&mut store.connection) {
            Ok(schema::Found::Ready) => Ok(store),
            Ok(schema::Found::NotOurs) => Err(Error::NotOurs(store.path)),
            Ok(schema::Found::Newer(found)) => Err(Error::Newer {
                path: store.path,
                found,
                known: schema::VERSION,
            }),
            Err(error) => Err(Error::of(&store.path, &error)),
        }
    }

    /// What is kept of an account; of each kind the newest `most` at most.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub fn kept(&self, account: &AccountKey, most: u32) -> Result<Kept, Error> {
        table::kept(&self.connection, account, most).map_err(|error| self.failed(&error))
    }

    /// The accounts of which anything is kept, in order.
    ///
    /// # Errors
    /// As [`Error`] says.
    pub fn accounts(&self) -> Result<Vec<AccountKey>, Error> {
        table::accounts(&self.connection).map_err(|error| self.failed(&error))
    }

    /// Carries out changes, all or none.
    ///
    /// # Errors
    /// As [`Error`] says; nothing has changed then.
    pub fn change(&mut self, account: &AccountKey, changes: &[Change]) -> Result<(), Error> {
        let path = &self.path;
        let mut work = || {
            // A read that turns into a write could not wait for its turn: it starts as a write.
            let transaction = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            for change in changes {
                table::change(&transaction, account, change)?;
            }
            transaction.commit()
        };
        work().map_err(|error: rusqlite::Error| Error::of(path, &error))
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    fn failed(&self, error: &rusqlite::Error) -> Error {
        Error::of(&self.path, error)
    }
}

/// An empty file, if there is none. It is its owner's alone from its first moment, whatever the umask leaves; SQLite gives its journal
/// the same mode.
fn make(path: &Path) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        let mut folders = DirBuilder::new();
        let made = folders.recursive(true).mode(0o700).create(folder);
        let closed = made.and_then(|()| fs::set_permissions(folder, Permissions::from_mode(0o700)));
        closed.map_err(|error| system(folder, error))?;
    }
    let mut new = OpenOptions::new();
    match new.write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(system(path, error)),
    }
}

/// Removes the file, whatever is in it, and what SQLite may have left beside it. False: there was none.
///
/// # Errors
/// [`Error::System`] for what cannot be removed.
pub fn remove(path: &Path) -> Result<bool, Error> {
    let mut found = false;
    for gone in beside(path).iter().map(PathBuf::as_path).chain([path]) {
        match fs::remove_file(gone) {
            Ok(()) => found = true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(system(gone, error)),
        }
    }
    Ok(found)
}

/// What SQLite may lay beside the file at `path`.
pub fn beside(path: &Path) -> [PathBuf; 3] {
    BESIDE.map(|end| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    })
}

fn system(path: &Path, source: io::Error) -> Error {
    Error::System {
        path: path.to_owned(),
        source,
    }
}

/// How a connection behaves, whatever the file says.
fn settle(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(PATIENCE)?;
    // The file may have been made by someone who means harm (sqlite.org/security.html).
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "mmap_size", 0)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // A note that was taken away is gone from the file too.
    connection.pragma_update(None, "secure_delete", true)
}
