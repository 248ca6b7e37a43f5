//! Waits for the configuration file to change, without looking every so often: the system tells.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use notify::event::{AccessKind, AccessMode, ModifyKind, RenameMode};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use crate::app::{Message, Preferences};

/// What is preferred now, or the mistake in words.
pub type Read = Arc<dyn Fn() -> Result<Preferences, String> + Send + Sync>;

/// A file, and how to read what it prefers.
#[derive(Clone)]
pub struct Reload {
    pub file: PathBuf,
    pub read: Read,
}

impl std::fmt::Debug for Reload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reload")
            .field("file", &self.file)
            .finish_non_exhaustive()
    }
}

/// Watches until it is dropped.
#[derive(Debug)]
pub struct Watch {
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Tells `tell` whenever what `reload` reads is not what it was; `now` is what is in effect. A change since that was read is
    /// told too, if `tell` has room.
    ///
    /// Folders are watched, since editors replace a file rather than write into it: its own, and the one that a link leads to.
    ///
    /// # Errors
    /// The folder is not there, or the system watches no more.
    pub fn start(
        reload: Reload,
        now: Preferences,
        tell: mpsc::Sender<Message>,
    ) -> notify::Result<Self> {
        let Reload { file, read } = reload;
        let places = places(&file);
        let names: Vec<OsString> = places.iter().map(|(_, name)| name.clone()).collect();
        let look = Arc::new(Mutex::new(Look {
            read,
            last: Ok(now),
        }));
        let looking = Arc::clone(&look);
        let looked_after = tell.clone();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            let of_file = |path: &PathBuf| {
                path.file_name()
                    .is_some_and(|name| names.iter().any(|n| n == name))
            };
            if !is_change(event.kind) || !event.paths.iter().any(of_file) {
                return;
            }
            // Held until it is sent, so that news keeps its order.
            let mut look = lock(&looking);
            if let Some(news) = look.again() {
                // The loop has ended when nobody listens.
                let _ = tell.blocking_send(news);
            }
        })?;
        for (folder, _) in places {
            watcher.watch(&folder, RecursiveMode::NonRecursive)?;
        }
        if let Some(news) = lock(&look).again() {
            let _ = looked_after.try_send(news);
        }
        Ok(Self { _watcher: watcher })
    }
}

/// Reads the file, and knows what was told of it.
struct Look {
    read: Read,
    last: Result<Preferences, String>,
}

impl Look {
    /// What is to be told, where the file is not what it was.
    fn again(&mut self) -> Option<Message> {
        let read = (self.read)();
        if read == self.last {
            return None;
        }
        self.last = read.clone();
        Some(Message::Preferences(read.map(Box::new)))
    }
}

/// A reader that panicked has left nothing half done.
fn lock(look: &Mutex<Look>) -> MutexGuard<'_, Look> {
    look.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The folders to watch, and the file's name in each.
fn places(file: &Path) -> Vec<(PathBuf, OsString)> {
    let mut places = Vec::new();
    let real = file.canonicalize().ok();
    for path in [Some(file.to_owned()), real].into_iter().flatten() {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        if let Some(name) = path.file_name() {
            let place = (folder, name.to_owned());
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    places
}

/// Is the file whole again? Where the system tells when a writer is done, half of what it writes is not read.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) | EventKind::Remove(_) => true,
        // Editors put the old one aside before they write the new one: without either it is not whole.
        EventKind::Modify(ModifyKind::Name(mode)) if cfg!(target_os = "linux") => {
            mode == RenameMode::To
        }
        EventKind::Modify(_) | EventKind::Create(_) => !cfg!(target_os = "linux"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::app::theme::Theme;

    /// Reads a theme's number of letters out of the file, as far as this test is concerned.
    fn reload(file: &Path) -> Reload {
        let path = file.to_owned();
        let read = move || match fs::read_to_string(&path).unwrap_or_default().as_str() {
            "mono" => Ok(Preferences {
                theme: Theme::Mono,
                ..Preferences::default()
            }),
            "" => Ok(Preferences::default()),
            other => Err(format!("not {other}")),
        };
        Reload {
            file: file.to_owned(),
            read: Arc::new(read),
        }
    }

    fn theme(message: Option<Message>) -> Result<Theme, String> {
        match message {
            Some(Message::Preferences(preferences)) => preferences.map(|p| p.theme),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_written_into_put_in_place_or_taken_away_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        let (tell, mut told) = mpsc::channel(8);
        let _watch = Watch::start(reload(&file), Preferences::default(), tell).unwrap();
        fs::write(folder.path().join("other.toml"), "mono").unwrap();
        fs::write(&file, "mono").unwrap();
        assert_eq!(theme(told.blocking_recv()), Ok(Theme::Mono));
        // The same again is no news.
        fs::write(&file, "mono").unwrap();
        let beside = folder.path().join("config.toml~");
        fs::write(&beside, "nonsense").unwrap();
        fs::rename(&beside, &file).unwrap();
        assert_eq!(theme(told.blocking_recv()), Err("not nonsense".into()));
        fs::remove_file(&file).unwrap();
        assert_eq!(theme(told.blocking_recv()), Ok(Theme::Terminal));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_file_that_an_editor_puts_aside_is_not_looked_for() {
        let renamed = |mode| is_change(EventKind::Modify(ModifyKind::Name(mode)));
        assert!(renamed(RenameMode::To) && !renamed(RenameMode::From));
    }

    /// In a runtime, where nothing may block.
    #[tokio::test]
    async fn what_was_written_before_the_folder_was_watched_is_told_too() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("config.toml");
        fs::write(&file, "mono").unwrap();
        let (tell, mut told) = mpsc::channel(8);
        let _watch = Watch::start(reload(&file), Preferences::default(), tell).unwrap();
        assert_eq!(theme(told.try_recv().ok()), Ok(Theme::Mono));
    }

    #[test]
    fn a_link_is_followed_to_where_the_file_is() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let real = there.path().join("dotfiles.toml");
        fs::write(&real, "").unwrap();
        let link = here.path().join("config.toml");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let (tell, mut told) = mpsc::channel(8);
        let _watch = Watch::start(reload(&link), Preferences::default(), tell).unwrap();
        fs::write(&real, "mono").unwrap();
        assert_eq!(theme(told.blocking_recv()), Ok(Theme::Mono));
    }

    #[test]
    fn where_there_is_no_folder_nothing_is_watched() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("no/config.toml");
        let (tell, _told) = mpsc::channel(1);
        assert!(Watch::start(reload(&file), Preferences::default(), tell).is_err());
    }
}
