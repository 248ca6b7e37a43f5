//! The system's key store, for tokens that are to stand in no file: the Linux kernel's key ring (keyrings(7)), where callreel was
//! built with the feature `keychain`.
//!
//! Keys lie in the ring that a user has across sessions, which the kernel forgets at a restart, or when nobody uses it for
//! some days (`/proc/sys/kernel/keys/persistent_keyring_expiry`).

use secrecy::SecretString;

use super::values::ProfileName;

/// Why a token is not in the key store, or not to be had from it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "this callreel was built without key stores: build it with `--features keychain` on Linux, or take a token_command"
    )]
    NotBuilt,
    #[error(
        "the kernel's key ring has no token of {0}, since it forgets them at a restart and when they lie unused for days: \
         `callreel auth add --keychain {0}` puts it there again"
    )]
    Missing(ProfileName),
    #[error(
        "the kernel's key ring cannot be used: {0}; containers often forbid it, and a token_file works everywhere"
    )]
    Refused(String),
}

/// Whether there is one to ask.
///
/// # Errors
/// [`Error::NotBuilt`].
pub fn check() -> Result<(), Error> {
    match cfg!(all(feature = "keychain", target_os = "linux")) {
        true => Ok(()),
        false => Err(Error::NotBuilt),
    }
}

#[cfg(all(feature = "keychain", target_os = "linux"))]
mod ring {
    use linux_keyutils::{KeyError, KeyRing, KeyRingIdentifier};
    use secrecy::ExposeSecret;

    use super::{Error, ProfileName, SecretString};

    /// The user's ring, possessed by this process: only then may it be read.
    fn ring() -> Result<KeyRing, KeyError> {
        KeyRing::from_special_id(KeyRingIdentifier::Process, true)?;
        match KeyRing::get_persistent(KeyRingIdentifier::Process) {
            // A kernel that has no such rings.
            Err(KeyError::OperationNotSupported) => {
                let process = KeyRing::from_special_id(KeyRingIdentifier::Process, false)?;
                process.link_keyring_id(KeyRingIdentifier::User)?;
                KeyRing::from_special_id(KeyRingIdentifier::User, true)
            }
            ring => ring,
        }
    }

    fn description(name: &ProfileName) -> String {
        format!("callreel:{name}")
    }

    fn told(name: &ProfileName, error: KeyError) -> Error {
        match error {
            KeyError::KeyDoesNotExist | KeyError::KeyExpired | KeyError::KeyRevoked => {
                Error::Missing(name.clone())
            }
            error => Error::Refused(error.to_string()),
        }
    }

    pub(crate) fn get(name: &ProfileName) -> Result<SecretString, Error> {
        let key = ring().and_then(|ring| ring.search(&description(name)));
        let bytes = key.and_then(|key| key.read_to_vec());
        let bytes = bytes.map_err(|error| told(name, error))?;
        let text = String::from_utf8(bytes);
        text.map(SecretString::from)
            .map_err(|_| Error::Missing(name.clone()))
    }

    pub(crate) fn put(name: &ProfileName, token: &SecretString) -> Result<(), Error> {
        let added = ring().and_then(|ring| ring.add_key(&description(name), token.expose_secret()));
        added.map(drop).map_err(|error| told(name, error))
    }

    pub(crate) fn remove(name: &ProfileName) -> Result<(), Error> {
        let removed = ring().and_then(|ring| {
            let key = ring.search(&description(name))?;
            ring.unlink_key(key)
        });
        match removed.map_err(|error| told(name, error)) {
            // Forgotten already.
            Err(Error::Missing(_)) => Ok(()),
            removed => removed,
        }
    }
}

#[cfg(not(all(feature = "keychain", target_os = "linux")))]
mod ring {
    use super::{Error, ProfileName, SecretString};

    pub(crate) fn get(_: &ProfileName) -> Result<SecretString, Error> {
        Err(Error::NotBuilt)
    }

    pub(crate) fn put(_: &ProfileName, _: &SecretString) -> Result<(), Error> {
        Err(Error::NotBuilt)
    }

    pub(crate) fn remove(_: &ProfileName) -> Result<(), Error> {
        Err(Error::NotBuilt)
    }
}

pub(super) use ring::{get, put, remove};

#[cfg(all(test, feature = "keychain", target_os = "linux"))]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;
    use crate::config::Value;

    #[test]
    fn a_token_is_kept_replaced_and_forgotten() {
        let name = ProfileName::parse("callreel-unit-test").unwrap();
        let first = put(&name, &SecretString::from("hunter22"));
        if let Err(Error::Refused(why)) = first {
            println!("skipped: {why}");
            return;
        }
        first.unwrap();
        assert_eq!(get(&name).unwrap().expose_secret(), "hunter22");
        put(&name, &SecretString::from("hunter23")).unwrap();
        assert_eq!(get(&name).unwrap().expose_secret(), "hunter23");
        remove(&name).unwrap();
        let told = get(&name).unwrap_err().to_string();
        assert!(
            told.contains("auth add --keychain callreel-unit-test"),
            "{told}"
        );
        remove(&name).unwrap();
    }
}
