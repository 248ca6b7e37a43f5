//! Whose callreel's files are, and who else can read or write them.

use std::fs::{self, Metadata};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use super::report::{Finding, Section, State};
use super::{CREDENTIALS, FAILED, within};
use crate::app::shell::word;
use crate::app::words;
use crate::cli::account::Ready;
use crate::config::TokenFrom;
use crate::config::credentials::Origin;
use crate::config::store::Store;
use crate::deletion::RECEIPTS;
use crate::store::place;

/// An archive may be large, and its disk far away; one that hangs is told.
const PATIENCE: Duration = Duration::from_secs(60);
const SILENT: &str = "a disk does not answer";

/// What a path is to callreel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Names programs that are run, and no secret.
    Config,
    /// Holds a token: refused while others can read it.
    Token,
    /// Tells of people and their calls.
    Private,
    Folder,
    /// A folder of recordings, with all that is in it.
    Archive,
}

type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Looks at all that is there.
pub(super) async fn look(ready: &Ready, archives: &[PathBuf], env: Env<'_>) -> Section {
    let mut all = kept(ready, env);
    all.extend(archives.iter().map(|path| (path.clone(), Kind::Archive)));
    let asked: Vec<_> = archives.to_vec();
    let examined = move || {
        let findings = all.iter().filter_map(|(path, kind)| {
            let is_asked_for = asked.contains(path);
            examine(path, *kind, is_asked_for)
        });
        findings.collect::<Vec<_>>()
    };
    let mut findings = within(PATIENCE, SILENT, examined)
        .await
        .unwrap_or_else(|why| {
            // Nothing is known, which is not that all is well.
            let words = format!("the files could not be looked at: {why}");
            vec![Finding::new(State::Problem(FAILED), words)]
        });
    if findings.is_empty() {
        findings.push(Finding::new(
            State::Good,
            "callreel has kept nothing on this disk",
        ));
    }
    Section {
        name: "files",
        findings,
    }
}

/// Every file and folder that callreel may have, whether it is there or not.
fn kept(ready: &Ready, env: Env<'_>) -> Vec<(PathBuf, Kind)> {
    let mut all = Vec::new();
    let places = ready.places(env);
    all.extend(ready.paths.file().map(|path| (path, Kind::Config)));
    let own = ready.config.profiles().values();
    let tokens = own.filter_map(|profile| profile.token.as_ref());
    for token in tokens.filter(|token| matches!(token, TokenFrom::File(_))) {
        if let Origin::File(path) = places.origin(token) {
            all.push((path, Kind::Token));
        }
    }
    // Where it cannot be, the section on settings has said so.
    let audit = ready.audit_path().ok().flatten();
    all.extend(audit.map(|path| (path, Kind::Private)));
    let Some(state) = ready.paths.state.as_deref() else {
        return all;
    };
    all.push((state.to_owned(), Kind::Folder));
    let store = Store::under(state);
    all.push((store.folder().to_owned(), Kind::Folder));
    all.extend(
        store
            .names()
            .iter()
            .map(|name| (store.path(name), Kind::Token)),
    );
    all.extend(
        place::file(Some(state))
            .ok()
            .map(|path| (path, Kind::Private)),
    );
    all.push((state.join(RECEIPTS), Kind::Private));
    all
}

/// `None`: it is not there, and need not be.
fn examine(path: &Path, kind: Kind, is_asked_for: bool) -> Option<Finding> {
    let shown = path.display();
    let about = match fs::metadata(path) {
        Ok(about) => about,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !is_asked_for => return None,
        Err(error) => {
            let words = format!("{shown} cannot be looked at: {error}");
            return Some(Finding::new(State::Problem(FAILED), words));
        }
    };
    let mode = mode(&about);
    let data = json!({ "path": path.to_string_lossy(), "mode": format!("{mode:04o}"), "owner": about.uid() });
    Some(judge(path, kind, &about).data(data))
}

fn mode(about: &Metadata) -> u32 {
    about.permissions().mode() & 0o7777
}

fn judge(path: &Path, kind: Kind, about: &Metadata) -> Finding {
    let (shown, quoted) = (path.display(), word(&path.to_string_lossy()));
    let bits = mode(about);
    let me = rustix::process::geteuid().as_raw();
    // What is the system's own serves its users.
    if about.uid() != me && about.uid() != 0 {
        let words = format!(
            "{shown} belongs to user {}, who can change what callreel reads",
            about.uid()
        );
        return Finding::new(State::Problem(FAILED), words)
            .advice(format!("sudo chown {me} {quoted}"));
    }
    if kind == Kind::Archive {
        return archive(path);
    }
    let wanted = if about.is_dir() { "700" } else { "600" };
    let advice = format!("chmod {wanted} {quoted}");
    let (state, why) = match kind {
        Kind::Config if bits & 0o022 != 0 => (
            State::Problem(FAILED),
            "others can write to it, and it names programs that are run",
        ),
        Kind::Config if bits & 0o077 != 0 => {
            (State::Note, "others can read it, and no secret is in it")
        }
        Kind::Token if bits & 0o077 != 0 => (
            State::Problem(CREDENTIALS),
            "it holds a token and others can read it, so that it is refused",
        ),
        Kind::Private if bits & 0o077 != 0 => {
            (State::Warning, "others can read it, and it tells of calls")
        }
        Kind::Folder if bits & 0o022 != 0 => {
            (State::Problem(FAILED), "others can put files into it")
        }
        Kind::Folder if bits & 0o077 != 0 => (State::Warning, "others can see what is in it"),
        _ => {
            return Finding::new(State::Good, format!("{shown} is private (mode {bits:04o})"));
        }
    };
    let found = Finding::new(state, format!("{shown} has mode {bits:04o}: {why}"));
    // A configuration may well be meant to be read.
    match state {
        State::Note => found,
        _ => found.advice(advice),
    }
}

/// All below a folder; links are not followed.
fn archive(folder: &Path) -> Finding {
    let (mut seen, mut open, mut foreign, mut unread) = (0_u64, 0_u64, 0_u64, 0_u64);
    let me = rustix::process::geteuid().as_raw();
    let mut waiting = vec![folder.to_owned()];
    while let Some(path) = waiting.pop() {
        let Ok(about) = fs::symlink_metadata(&path) else {
            unread += 1;
            continue;
        };
        if about.is_symlink() {
            continue;
        }
        seen += 1;
        open += u64::from(mode(&about) & 0o077 != 0);
        foreign += u64::from(about.uid() != me);
        if about.is_dir() {
            match fs::read_dir(&path) {
                Ok(entries) => waiting.extend(entries.flatten().map(|entry| entry.path())),
                Err(_) => unread += 1,
            }
        }
    }
    let (shown, quoted) = (folder.display(), word(&folder.to_string_lossy()));
    let all = words::counted(seen, "file or folder", "files and folders");
    if unread > 0 {
        let words = format!(
            "{shown}: {} cannot be looked at",
            words::counted(unread, "entry", "entries")
        );
        return Finding::new(State::Problem(FAILED), words)
            .advice(format!("sudo chown -R {me} {quoted}"));
    }
    if foreign > 0 {
        let words =
            format!("{shown}: {foreign} of {all} belong to other users, who can change them");
        return Finding::new(State::Warning, words).advice(format!("sudo chown -R {me} {quoted}"));
    }
    if open > 0 {
        let words = format!(
            "{shown}: others may do something with {open} of {all}, and recordings are personal data"
        );
        return Finding::new(State::Warning, words).advice(format!("chmod -R go= {quoted}"));
    }
    Finding::new(State::Good, format!("{shown}: all of {all} are private"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_mode(folder: &Path, name: &str, mode: u32) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, "x").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        path
    }

    #[test]
    fn what_each_file_may_be_depends_on_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        for (kind, mode, state) in [
            (Kind::Token, 0o600, State::Good),
            (Kind::Token, 0o400, State::Good),
            (Kind::Token, 0o644, State::Problem(CREDENTIALS)),
            (Kind::Token, 0o610, State::Problem(CREDENTIALS)),
            (Kind::Config, 0o644, State::Note),
            (Kind::Config, 0o664, State::Problem(FAILED)),
            (Kind::Config, 0o600, State::Good),
            (Kind::Private, 0o604, State::Warning),
        ] {
            let path = with_mode(folder.path(), "it's here", mode);
            let found = examine(&path, kind, false).unwrap();
            assert_eq!(found.state, state, "{kind:?} {mode:o}: {}", found.what);
            if matches!(state, State::Problem(_) | State::Warning) {
                let quoted = path.to_str().unwrap().replace('\'', r"'\''");
                let advice = found.advice.unwrap();
                assert_eq!(advice, format!("chmod 600 '{quoted}'"));
            }
        }
        assert!(examine(&folder.path().join("none"), Kind::Token, false).is_none());
        assert!(examine(&folder.path().join("none"), Kind::Archive, true).is_some());
    }

    #[test]
    fn an_archive_is_private_to_its_last_file() {
        let folder = tempfile::tempdir().unwrap();
        let month = folder.path().join("2026");
        fs::create_dir(&month).unwrap();
        for folder in [folder.path(), &month] {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
        }
        with_mode(&month, "a.mp3", 0o600);
        std::os::unix::fs::symlink("/", month.join("root")).unwrap();
        let found = examine(folder.path(), Kind::Archive, true).unwrap();
        assert_eq!(found.state, State::Good, "{}", found.what);
        with_mode(&month, "b.mp3", 0o640);
        let found = examine(folder.path(), Kind::Archive, true).unwrap();
        assert_eq!(found.state, State::Warning, "{}", found.what);
        assert!(found.what.contains("1 of 4"), "{}", found.what);
        assert!(found.advice.unwrap().starts_with("chmod -R go= "));
    }
}
