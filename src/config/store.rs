//! The accounts that `callreel auth add` keeps: a file for each, which only its owner can read.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::plivo::{ApiBase, Credentials, CredentialsMistake};

use super::credentials::Origin;
use super::slot::Value;
use super::values::ProfileName;
use super::{keychain, secret};

/// `accounts` below the state folder. Not below the configuration, which people share and keep in version control.
#[derive(Debug, Clone)]
pub struct Store {
    folder: PathBuf,
}

/// One account that is kept.
#[derive(Debug, Clone)]
pub struct Stored {
    pub credentials: Credentials,
    pub api_url: ApiBase,
    /// The token stands in the system's key store, and not in the file.
    pub in_keychain: bool,
}

impl Stored {
    /// Where its token was found, which has its file at `path`.
    pub fn origin(&self, path: PathBuf) -> Origin {
        match self.in_keychain {
            true => Origin::Keychain,
            false => Origin::Kept(path),
        }
    }
}

/// Why an account cannot be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Secret(#[from] secret::Error),
    #[error(transparent)]
    Keychain(#[from] keychain::Error),
    #[error("{} is not as `callreel auth add` writes it: add the account again", .0.display())]
    Damaged(PathBuf),
    #[error("{}: {why}", path.display())]
    Mistaken {
        path: PathBuf,
        why: CredentialsMistake,
    },
    #[error("{} cannot be written: {why}", path.display())]
    Unwritable { path: PathBuf, why: io::Error },
}

/// No `Debug`: it holds the token for a moment.
#[derive(Deserialize)]
struct Fields {
    auth_id: String,
    #[serde(default)]
    auth_token: Option<String>,
    #[serde(default)]
    keychain: bool,
    api_url: String,
}

impl Store {
    /// Below the state folder; nothing is made before something is kept.
    pub fn under(state: &Path) -> Self {
        Self {
            folder: state.join("accounts"),
        }
    }

    /// Where all of them are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where an account is kept.
    pub fn path(&self, name: &ProfileName) -> PathBuf {
        self.folder.join(format!("{name}.toml"))
    }

    /// The names of all that are kept, in order.
    pub fn names(&self) -> Vec<ProfileName> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut names: Vec<_> = entries
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                ProfileName::parse(name.strip_suffix(".toml")?)
            })
            .collect();
        names.sort();
        names
    }

    /// The account of this name, if it is kept.
    ///
    /// # Errors
    /// Its file cannot be read, can be read by others, or is damaged.
    pub fn get(&self, name: &ProfileName) -> Result<Option<Stored>, Error> {
        let path = self.path(name);
        let fields = match self.fields(&path) {
            Err(Error::Secret(secret::Error::Unreadable { why, .. }))
                if why.kind() == io::ErrorKind::NotFound =>
            {
                return Ok(None);
            }
            fields => fields?,
        };
        let damaged = || Error::Damaged(path.clone());
        let api_url = ApiBase::parse(&fields.api_url).map_err(|_| damaged())?;
        let token = match (fields.auth_token, fields.keychain) {
            (Some(token), false) => SecretString::from(token),
            (None, true) => keychain::get(name)?,
            _ => return Err(damaged()),
        };
        let credentials = Credentials::new(&fields.auth_id, token.expose_secret())
            .map_err(|why| Error::Mistaken { path, why })?;
        Ok(Some(Stored {
            credentials,
            api_url,
            in_keychain: fields.keychain,
        }))
    }

    fn fields(&self, path: &Path) -> Result<Fields, Error> {
        let text = SecretString::from(secret::private_file(path)?);
        // The parser's own words could quote the token.
        toml::from_str(text.expose_secret()).map_err(|_| Error::Damaged(path.to_owned()))
    }

    /// Keeps an account, in place of one of the same name.
    ///
    /// # Errors
    /// The folder or the file cannot be written, or the key store takes nothing.
    pub fn put(&self, name: &ProfileName, stored: &Stored) -> Result<PathBuf, Error> {
        let path = self.path(name);
        let unwritable = |why| Error::Unwritable {
            path: path.clone(),
            why,
        };
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.folder)
            .map_err(unwritable)?;
        // A folder that was there already may be open to others.
        fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o700)).map_err(unwritable)?;
        let credentials = &stored.credentials;
        let token = match stored.in_keychain {
            true => {
                keychain::put(name, credentials.token())?;
                "keychain = true".to_owned()
            }
            false => {
                let token = credentials.token().expose_secret();
                let escaped = token.replace('\\', "\\\\").replace('"', "\\\"");
                format!("auth_token = \"{escaped}\"")
            }
        };
        let text = SecretString::from(format!(
            "auth_id = \"{}\"\n{token}\napi_url = \"{}\"\n",
            credentials.id(),
            stored.api_url
        ));
        // Whole or not at all; a temporary file is private from its beginning.
        let mut file = tempfile::NamedTempFile::new_in(&self.folder).map_err(unwritable)?;
        file.write_all(text.expose_secret().as_bytes())
            .map_err(unwritable)?;
        file.as_file().sync_all().map_err(unwritable)?;
        file.persist(&path)
            .map_err(|error| unwritable(error.error))?;
        Ok(path)
    }

    /// Forgets an account; false: it was not kept.
    ///
    /// # Errors
    /// Its file cannot be removed.
    pub fn remove(&self, name: &ProfileName) -> Result<bool, Error> {
        let path = self.path(name);
        // Its file may be damaged: then there is no more to be forgotten than that.
        if self.fields(&path).is_ok_and(|fields| fields.keychain) {
            keychain::remove(name)?;
        }
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(why) => Err(Error::Unwritable { path, why }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "MA0123456789ABCDEFGH";

    fn account(token: &str) -> Stored {
        Stored {
            credentials: Credentials::new(ID, token).unwrap(),
            api_url: ApiBase::parse("http://127.0.0.1:8080").unwrap(),
            in_keychain: false,
        }
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn an_account_is_kept_privately_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::under(folder.path());
        let name = ProfileName::parse("acme").unwrap();
        assert!(store.get(&name).unwrap().is_none());
        assert_eq!(store.names(), []);
        for token in ["hunter22", "a\"b\\c#'"] {
            let path = store.put(&name, &account(token)).unwrap();
            assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
            let kept = store.get(&name).unwrap().unwrap();
            assert_eq!(kept.credentials.token().expose_secret(), token);
            assert_eq!(kept.credentials.id().as_str(), ID);
            assert_eq!(kept.api_url.to_string(), "http://127.0.0.1:8080");
        }
        assert_eq!(store.names(), std::slice::from_ref(&name));
        assert!(store.remove(&name).unwrap() && !store.remove(&name).unwrap());
    }

    #[test]
    fn a_file_that_is_damaged_or_open_is_refused_without_its_contents() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::under(folder.path());
        let name = ProfileName::parse("acme").unwrap();
        let path = store.put(&name, &account("hunter22")).unwrap();
        fs::write(&path, "auth_token = \"hunter22\" = x").unwrap();
        let told = store.get(&name).unwrap_err().to_string();
        assert!(
            told.contains("add the account again") && !told.contains("hunter22"),
            "{told}"
        );
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let told = store.get(&name).unwrap_err().to_string();
        assert!(told.contains("chmod 600"), "{told}");
    }
}
