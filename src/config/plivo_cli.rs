//! The profile that Plivo's own command line is logged in with. Only read, and asked last.
//!
//! Its file is `~/.plivo/config.toml`: `active` names one of `[profiles]`, each with an `auth_id`; the `auth_token` stands there
//! only where that program found no key store of the system (plivo/plivo-cli, `internal/config`, 1.1).

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// No `Debug`: it holds tokens for a moment.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Logins {
    active: String,
    profiles: BTreeMap<String, Fields>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    auth_id: String,
    auth_token: String,
}

/// What is known of the profile that is logged in.
pub(super) enum LoggedIn {
    /// Id and token.
    With(String, SecretString),
    /// The token stands in the key store of the system, which is not asked.
    InKeyStore,
}

const MOST: u64 = 256 << 10;

/// Where it keeps its file.
pub(super) fn path(home: &Path) -> PathBuf {
    home.join(".plivo/config.toml")
}

/// The profile that is logged in, if there is one. What cannot be read is another program's concern.
pub(super) fn logged_in(home: &Path) -> Option<LoggedIn> {
    let mut text = String::new();
    let file = File::open(path(home)).ok()?;
    file.take(MOST).read_to_string(&mut text).ok()?;
    let text = SecretString::from(text);
    let mut file: Logins = toml::from_str(text.expose_secret()).ok()?;
    let Fields {
        auth_id,
        auth_token,
    } = file.profiles.remove(&file.active)?;
    let token = SecretString::from(auth_token);
    match (auth_id.is_empty(), token.expose_secret().is_empty()) {
        (true, _) => None,
        (false, true) => Some(LoggedIn::InKeyStore),
        (false, false) => Some(LoggedIn::With(auth_id, token)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<LoggedIn> {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".plivo")).unwrap();
        std::fs::write(path(home.path()), text).unwrap();
        logged_in(home.path())
    }

    #[test]
    fn the_active_profile_is_the_one() {
        let text = "active = \"b\"\n[profiles.a]\nauth_id = \"A\"\nauth_token = \"x\"\n\
                    [profiles.b]\nauth_id = \"B\"\nauth_token = \"y\"\nregion = \"us\"\n[telemetry]\nenabled = false\n";
        let Some(LoggedIn::With(id, token)) = read(text) else {
            panic!("not read")
        };
        assert_eq!((id.as_str(), token.expose_secret()), ("B", "y"));
    }

    #[test]
    fn a_token_in_the_systems_key_store_is_not_there() {
        let text = "active = \"a\"\n[profiles.a]\nauth_id = \"A\"\n";
        assert!(matches!(read(text), Some(LoggedIn::InKeyStore)));
        for none in [
            "",
            "active = \"x\"",
            "nonsense",
            "[profiles.a]\nauth_id = \"A\"",
        ] {
            assert!(read(none).is_none(), "{none}");
        }
    }
}
