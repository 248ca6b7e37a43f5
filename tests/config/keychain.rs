//! Tokens in the system's key store, in a callreel that knows it, and in one that does not.

use super::accounts::{account, add_by};
use super::files::{callreel, home, refused, write};

#[cfg(all(feature = "keychain", target_os = "linux"))]
#[test]
fn a_token_in_the_kernels_key_ring_is_in_no_file() {
    use super::files::printed;

    let (mine, other, emulator) = (home(), home(), account(1));
    let (id, token) = (emulator.auth_id(), emulator.auth_token());
    // The ring is the user's, whatever the home folder.
    let name = format!("test-{}", std::process::id());
    let add = |home: &tempfile::TempDir| {
        let url = emulator.url();
        let arguments = [&name, "--keychain", "--auth-id", id, "--api-url", url];
        add_by(home.path(), &arguments, token)
    };
    let added = add(&mine);
    let said = String::from_utf8(added.stderr.clone()).unwrap();
    if said.contains("the kernel's key ring cannot be used") {
        println!("skipped: {said}");
        return;
    }
    let told = printed(&added);
    assert!(told.contains("until this machine starts again"), "{told}");
    let path = format!("state/callreel/accounts/{name}.toml");
    let kept = std::fs::read_to_string(mine.path().join(&path)).unwrap();
    assert!(kept.contains(id) && !kept.contains(token), "{kept}");
    let listed = printed(&callreel(mine.path(), &[], &["auth", "list"]));
    assert!(listed.contains("the kernel's key ring"), "{listed}");
    let rows = printed(&callreel(mine.path(), &[], &["list"]));
    assert!(!rows.is_empty());

    // A profile of the configuration finds it too.
    let url = emulator.url();
    write(
        other.path(),
        &format!("[profiles.{name}]\nauth_id = \"{id}\"\napi_url = \"{url}\"\nkeychain = true\n"),
    );
    let rows = printed(&callreel(other.path(), &[], &["list", "--profile", &name]));
    assert!(!rows.is_empty());

    // It is forgotten, as after a restart.
    printed(&add(&other));
    printed(&callreel(other.path(), &[], &["auth", "remove", &name]));
    for home in [&mine, &other] {
        let told = refused(&callreel(home.path(), &[], &["list"]), 2);
        let way_out = format!("auth add --keychain {name}");
        assert!(told.contains(&way_out), "{told}");
        assert!(!told.contains(token));
    }
    printed(&callreel(mine.path(), &[], &["auth", "remove", &name]));
    assert!(!mine.path().join(&path).exists());
}

#[cfg(not(all(feature = "keychain", target_os = "linux")))]
#[test]
fn without_key_stores_the_flag_and_the_key_say_how_to_get_them() {
    let (home, emulator) = (home(), account(1));
    let (id, token) = (emulator.auth_id(), emulator.auth_token());
    let told = refused(
        &add_by(home.path(), &["test", "--keychain", "--auth-id", id], token),
        1,
    );
    assert!(told.contains("--features keychain"), "{told}");
    write(
        home.path(),
        &format!("[profiles.test]\nauth_id = \"{id}\"\nkeychain = true\n"),
    );
    let told = refused(&callreel(home.path(), &[], &["config", "check"]), 1);
    assert!(
        told.contains("config.toml:3: profiles.test.keychain: this callreel was built without"),
        "{told}"
    );
}

#[test]
fn two_ways_to_a_token_are_one_too_many() {
    let home = home();
    write(
        home.path(),
        "[profiles.test]\ntoken_file = \"t\"\nkeychain = \"yes\"\n",
    );
    let told = refused(&callreel(home.path(), &[], &["config", "check"]), 1);
    assert!(told.contains("keychain: true or false is needed"), "{told}");
}
