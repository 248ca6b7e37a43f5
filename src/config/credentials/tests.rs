use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::config::store::Stored;
use crate::config::{Value, Voices};

const A: &str = "MAAAAAAAAAAAAAAAAAAA";
const B: &str = "MABBBBBBBBBBBBBBBBBB";
const C: &str = "SACCCCCCCCCCCCCCCCCC";

/// A user's folders, and what is set in the environment.
struct User {
    home: TempDir,
    env: Vec<(&'static str, String)>,
}

impl User {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let env = vec![("HOME", home.path().to_string_lossy().into_owned())];
        Self { home, env }
    }

    fn set(mut self, name: &'static str, value: &str) -> Self {
        self.env.push((name, value.to_owned()));
        self
    }

    fn file(self, text: &str) -> Self {
        self.write(".config/callreel/config.toml", text)
    }

    fn write(self, path: &str, text: &str) -> Self {
        let path = self.home.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        self
    }

    fn kept(self, name: &str, id: &str, api_url: &str) -> Self {
        self.keep(name, id, api_url);
        self
    }

    fn keep(&self, name: &str, id: &str, api_url: &str) {
        let state = self.home.path().join(".local/state/callreel");
        let stored = Stored {
            credentials: Credentials::new(id, "kept-token").unwrap(),
            api_url: ApiBase::parse(api_url).unwrap(),
            in_keychain: false,
        };
        let name = ProfileName::parse(name).unwrap();
        Store::under(Path::new(&state)).put(&name, &stored).unwrap();
    }

    fn find(&self, profile: Option<&str>) -> Result<Found, Error> {
        self.find_while(profile, || {})
    }

    /// `meanwhile` happens between the settings and the account.
    fn find_while(&self, profile: Option<&str>, meanwhile: impl Fn()) -> Result<Found, Error> {
        let env = |name: &str| {
            let found = self.env.iter().find(|(set, _)| *set == name);
            found.map(|(_, value)| value.clone())
        };
        let paths = Paths::new(None, env);
        let config = Config::load(&paths).unwrap();
        let places = Places {
            config: &config,
            paths: &paths,
            env: &env,
            terminal: Terminal::Free,
        };
        let settings = config
            .settle(&Voices {
                profile: profile.and_then(ProfileName::parse),
                implied: places.implied(),
                address: &|name| places.address(name),
                env: &env,
                flags: &|_| {},
            })
            .unwrap();
        meanwhile();
        places.find(&settings)
    }

    fn account(&self, profile: Option<&str>) -> Account {
        match self.find(profile).unwrap() {
            Found::Account(account) => *account,
            Found::Missing(why) => panic!("{why}"),
        }
    }

    fn id(&self, profile: Option<&str>) -> String {
        self.account(profile).credentials.id().to_string()
    }

    fn missing(&self) -> String {
        match self.find(None).unwrap() {
            Found::Account(account) => panic!("{account:?}"),
            Found::Missing(why) => why,
        }
    }

    fn error(&self, profile: Option<&str>) -> String {
        self.find(profile).unwrap_err().to_string()
    }
}

const PLIVO: &str = "https://api.plivo.com";
const HERE: &str = "http://127.0.0.1:8080";

#[test]
fn the_environment_alone_is_enough() {
    let user = User::new().set(ID, A).set(TOKEN, "env-token");
    let account = user.account(None);
    assert_eq!(account.credentials.id().as_str(), A);
    assert_eq!((account.profile, account.told), (None, None));
    assert!(account.base.is_default());
}

#[test]
fn a_profile_that_is_named_beats_the_environment_and_says_so() {
    let user = User::new()
        .set(ID, A)
        .set(TOKEN, "env-token")
        .kept("test", B, HERE);
    assert_eq!(user.id(None), A, "one that is only there does not");
    let account = user.account(Some("test"));
    assert_eq!(account.credentials.id().as_str(), B);
    assert_eq!(account.base.to_string(), HERE);
    let told = account.told.unwrap();
    assert_eq!(
        told,
        "profile test is used (flag --profile), not PLIVO_AUTH_ID"
    );
    let user = user
        .set("CALLREEL_PROFILE", "test")
        .set("CALLREEL_API_URL", "http://127.0.0.1:9999");
    assert_eq!(user.id(None), B);
    assert_eq!(
        user.account(None).base.to_string(),
        HERE,
        "the test's token goes to no address of the environment's account"
    );
    let user = User::new()
        .set("CALLREEL_API_URL", "http://127.0.0.1:9999")
        .kept("test", B, HERE);
    let told = user.account(Some("test")).told;
    assert!(told.is_some_and(|told| told.contains("CALLREEL_API_URL does not count")));
    assert_eq!(
        user.account(None).base.to_string(),
        "http://127.0.0.1:9999",
        "the only one was not named, so the address may be meant for it"
    );
}

#[test]
fn an_account_that_is_added_anew_meanwhile_goes_to_its_own_address() {
    let user = User::new().kept("test", A, "https://old.example/");
    let found = user.find_while(Some("test"), || user.keep("test", B, HERE));
    let Found::Account(account) = found.unwrap() else {
        panic!("it is kept")
    };
    assert_eq!(account.credentials.id().as_str(), B);
    assert_eq!(account.base.to_string(), HERE);
}

#[test]
fn the_environment_beats_the_profile_of_the_file_and_its_settings() {
    let file = format!("profile = \"test\"\n[profiles.test]\napi_url = \"{HERE}\"\n");
    let user = User::new().file(&file).kept("test", B, HERE);
    assert_eq!(user.id(None), B);
    let user = user.set(ID, A).set(TOKEN, "env-token");
    let account = user.account(None);
    assert_eq!(account.credentials.id().as_str(), A);
    assert!(
        account.base.is_default(),
        "production's token goes to no test's address"
    );
}

#[test]
fn the_only_profile_is_meant_and_of_several_none_is() {
    let user = User::new().kept("one", A, HERE);
    let account = user.account(None);
    assert_eq!(account.credentials.id().as_str(), A);
    assert_eq!(account.base.to_string(), HERE);
    let user = user.kept("two", B, PLIVO);
    let told = user.missing();
    assert!(
        told.contains("one, two") && told.contains("--profile one"),
        "{told}"
    );
    assert_eq!(user.id(Some("two")), B);
}

#[test]
fn half_of_a_pair_is_named() {
    assert_eq!(
        User::new().missing(),
        "PLIVO_AUTH_ID and PLIVO_AUTH_TOKEN are not set"
    );
    assert_eq!(
        User::new().set(ID, A).missing(),
        "PLIVO_AUTH_TOKEN is not set"
    );
    assert_eq!(
        User::new().set(TOKEN, "x").missing(),
        "PLIVO_AUTH_ID is not set"
    );
}

#[test]
fn a_token_comes_from_a_command_or_a_private_file() {
    let file = format!(
        "[profiles.cmd]\nauth_id = \"{A}\"\ntoken_command = [\"echo\", \"from-command\"]\n\
         [profiles.home]\nauth_id = \"{B}\"\ntoken_file = \"~/secret\"\n\
         [profiles.beside]\nauth_id = \"{C}\"\ntoken_file = \"token\"\n\
         [profiles.none]\nauth_id = \"{C}\"\n"
    );
    let user = User::new()
        .file(&file)
        .write("secret", "from-home\n")
        .write(".config/callreel/token", "from-beside");
    for (name, token) in [
        ("cmd", "from-command"),
        ("home", "from-home"),
        ("beside", "from-beside"),
    ] {
        let account = user.account(Some(name));
        assert_eq!(account.credentials.token().expose_secret(), token);
    }
    assert!(
        user.error(Some("none"))
            .contains("`callreel auth add none` keeps one")
    );
    let open = user.home.path().join("secret");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o644)).unwrap();
    let told = user.error(Some("home"));
    assert!(
        told.contains(&format!("chmod 600 {}", open.display())),
        "{told}"
    );
}

#[test]
fn an_unknown_profile_is_refused_with_the_one_that_was_meant() {
    let user = User::new()
        .set(ID, A)
        .set(TOKEN, "env")
        .kept("production", B, PLIVO);
    let told = user.error(Some("prodction"));
    assert!(told.contains("did you mean production?"), "{told}");
    assert!(
        user.error(Some("zzz"))
            .starts_with("there is no profile zzz:")
    );
}

#[test]
fn mistakes_are_found_before_anything_is_sent_and_tokens_are_not_shown() {
    let user = User::new().set(ID, "ma12").set(TOKEN, "hunter22");
    let told = user.error(None);
    assert!(
        told.starts_with("PLIVO_AUTH_ID: ") && !told.contains("hunter22"),
        "{told}"
    );
    let file = format!("[profiles.x]\nauth_id = \"{A}\"\n");
    let user = User::new().file(&file).kept("x", B, PLIVO);
    assert!(user.error(None).contains("belongs to MABB"));
    let swapped = format!("[profiles.x]\nauth_id = \"{A}\"\ntoken_command = [\"echo\", \"{A}\"]\n");
    let told = User::new().file(&swapped).error(None);
    assert!(told.contains("were the two swapped?"), "{told}");
    let account = User::new().kept("y", B, PLIVO).account(None);
    assert!(!format!("{account:?}").contains("kept-token"));
}

#[test]
fn plivos_own_login_is_asked_last() {
    let login = format!("active = \"p\"\n[profiles.p]\nauth_id = \"{A}\"\nauth_token = \"t\"\n");
    let user = User::new().write(".plivo/config.toml", &login);
    let account = user.account(None);
    assert_eq!(account.credentials.id().as_str(), A);
    assert!(account.told.unwrap().contains("plivo command"));
    assert_eq!(user.kept("own", B, PLIVO).id(None), B);
    let without = login.replace("auth_token = \"t\"\n", "");
    let told = User::new().write(".plivo/config.toml", &without).missing();
    assert!(told.contains("key store"), "{told}");
}
