//! What is to be deleted, before anything is.

use std::collections::HashSet;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::archive::folder::Folder;
use crate::archive::{Entry, Flaw, long_enough, proven, read_alone, sha256};
use crate::plivo::{self, Recording, RecordingId};

use super::hold::Hold;

/// What one deletion takes: it and the question whether the recording is gone, at the pace of a real account (api.md).
const EACH: Duration = Duration::from_millis(2 * 1300);

/// Recordings that were named or marked, in words. Their hash tells one list from another that is as long.
pub fn in_words(ids: &[RecordingId], how: &str) -> String {
    if let [id] = ids {
        return format!("recording {id}");
    }
    let mut sorted: Vec<_> = ids.iter().map(RecordingId::as_str).collect();
    sorted.sort_unstable();
    let hash = sha256(sorted.join("\n").as_bytes());
    let short: String = hash.chars().take(16).collect();
    format!("{} recordings that were {how} ({short})", ids.len())
}

/// One recording that is to be deleted.
#[derive(Debug, Clone)]
pub struct Target {
    pub id: RecordingId,
    pub added: Option<DateTime<Utc>>,
    pub length: Option<Duration>,
    /// Of the archived file, where it was proven.
    pub sha256: Option<String>,
    /// The manifest's line of it, and the archive's folder.
    archived: Option<(Arc<Folder>, Arc<Entry>)>,
}

impl Target {
    /// Of a recording that is in no archive.
    pub fn new(id: RecordingId, added: Option<DateTime<Utc>>, length: Option<Duration>) -> Self {
        Self {
            id,
            added,
            length,
            sha256: None,
            archived: None,
        }
    }

    /// Proves it again, where it was proven: hours may have passed. Waits for the disk.
    ///
    /// # Errors
    /// What is wrong with its files now.
    pub fn prove(&self) -> Result<(), Flaw> {
        match &self.archived {
            Some((root, entry)) => proven(root, entry).map(drop),
            None => Ok(()),
        }
    }
}

/// One that is on the list of those to hold.
#[derive(Debug, Clone)]
pub struct Held {
    pub target: Target,
    /// The list's line.
    pub line: String,
}

/// One of a manifest that is not deleted, since its archive is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unproven {
    pub id: String,
    pub flaw: Flaw,
}

/// Everything that was chosen, sorted out.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    pub targets: Vec<Target>,
    pub held: Vec<Held>,
    /// The lines of the list of those to hold that hold something.
    pub matched: HashSet<String>,
    pub unproven: Vec<Unproven>,
    /// Recordings of a manifest that have no sound, and stay for that reason.
    pub empty: u64,
    /// Recordings that were deleted in an earlier run, and stand in a manifest still.
    pub done: u64,
    /// Recordings of a manifest that another account's credentials archived.
    pub foreign: u64,
    /// Recordings whose id cannot be named to the API.
    pub unnamed: u64,
    /// The manifest by which it was made. No download changes it as long as the plan is held.
    _lock: Option<Arc<File>>,
}

impl Plan {
    /// Adds a recording, unless it is held or cannot be named to the API.
    pub fn add(&mut self, recording: &Recording, hold: &Hold) {
        if !recording.id.has_address() {
            self.unnamed += 1;
            return;
        }
        let target = Target::new(recording.id.clone(), recording.added, recording.duration);
        self.sort(target, &hold.of(recording));
    }

    /// `lines` are those of the list that hold it.
    fn sort(&mut self, target: Target, lines: &[&str]) {
        let matched = lines.iter().map(|line| (*line).to_owned());
        self.matched.extend(matched);
        match lines.first() {
            Some(line) => self.held.push(Held {
                target,
                line: (*line).to_owned(),
            }),
            None => self.targets.push(target),
        }
    }

    /// Takes out what earlier runs deleted.
    pub fn without(&mut self, done: &HashSet<String>) {
        let before = self.targets.len();
        self.targets
            .retain(|target| !done.contains(target.id.as_str()));
        self.done += (before - self.targets.len()) as u64;
    }

    /// Recordings that are to be deleted.
    pub fn count(&self) -> u64 {
        self.targets.len() as u64
    }

    /// Their length in all, as far as it is known, and how many tell none.
    pub fn length(&self) -> (Duration, u64) {
        let lengths = self.targets.iter().map(|target| target.length);
        lengths.fold((Duration::ZERO, 0), |(sum, unknown), length| match length {
            Some(length) => (sum.saturating_add(length), unknown),
            None => (sum, unknown + 1),
        })
    }

    /// When the oldest and the newest of them were added.
    pub fn span(&self) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        let times = || self.targets.iter().filter_map(|target| target.added);
        Some((times().min()?, times().max()?))
    }

    /// How long it will take on a real account.
    pub fn takes(&self) -> Duration {
        EACH.saturating_mul(u32::try_from(self.count()).unwrap_or(u32::MAX))
    }
}

/// What of a manifest may be chosen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Choice<'a> {
    /// Those without sound too.
    pub include_empty: bool,
    /// Only those added before.
    pub before: Option<DateTime<Utc>>,
    /// The auth id whose recordings are to be deleted.
    pub account: &'a str,
}

/// Plans the deletion of what an archive holds: only what is there, byte for byte. Waits for the disk. Holds the archive against
/// downloads as long as the plan lives.
///
/// # Errors
/// When there is no manifest, or it cannot be read, or a download is under way.
pub fn from_manifest(
    archive: &Path,
    choice: Choice<'_>,
    hold: &Hold,
    done: &HashSet<String>,
) -> io::Result<Plan> {
    let root = Arc::new(Folder::open(archive)?);
    let manifest = read_alone(&root)?;
    let mut entries: Vec<Entry> = manifest.entries.into_values().collect();
    entries.sort_by(|a, b| (&a.add_time, &a.id).cmp(&(&b.add_time, &b.id)));
    let mut plan = Plan {
        _lock: manifest.lock.map(Arc::new),
        ..Plan::default()
    };
    for entry in entries {
        let added = entry
            .add_time
            .as_deref()
            .and_then(|time| plivo::time::parse(time).ok());
        let recent = choice
            .before
            .is_some_and(|before| added.is_none_or(|added| added >= before));
        if recent {
            continue;
        }
        if done.contains(&entry.id) {
            plan.done += 1;
        } else if entry.account != choice.account {
            plan.foreign += 1;
        } else if entry.audio.is_none() && !choice.include_empty {
            plan.empty += 1;
        } else {
            match proven(&root, &entry) {
                Ok(sidecar) => plan.choose(&root, entry, added, (&sidecar, hold)),
                Err(flaw) => plan.unproven.push(Unproven { id: entry.id, flaw }),
            }
        }
    }
    Ok(plan)
}

impl Plan {
    fn choose(
        &mut self,
        root: &Arc<Folder>,
        entry: Entry,
        added: Option<DateTime<Utc>>,
        (sidecar, hold): (&[u8], &Hold),
    ) {
        // It was proven, so that it is what the API said then.
        let fields = serde_json::from_slice(sidecar)
            .ok()
            .and_then(|mut both: Value| both.get_mut("recording").map(Value::take));
        let recording = match fields {
            Some(Value::Object(fields)) => Recording::from_json(fields).ok(),
            _ => None,
        };
        let Some(recording) = recording.filter(|recording| recording.id.as_str() == entry.id)
        else {
            let flaw = Flaw::SidecarChanged;
            return self.unproven.push(Unproven { id: entry.id, flaw });
        };
        if !recording.id.has_address() {
            self.unnamed += 1;
            return;
        }
        if let Err(flaw) = long_enough(&entry, recording.duration) {
            let id = entry.id;
            return self.unproven.push(Unproven { id, flaw });
        }
        let measured = entry.audio.as_ref().and_then(|audio| audio.seconds);
        let target = Target {
            id: recording.id.clone(),
            added,
            length: measured
                .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
                .or(recording.duration),
            sha256: entry.audio.as_ref().map(|audio| audio.sha256.clone()),
            archived: Some((Arc::clone(root), Arc::new(entry))),
        };
        self.sort(target, &hold.of(&recording));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_plan_counts_what_is_to_be_deleted_and_nothing_else() {
        let mut plan = Plan::default();
        let hold = Hold::read("held").unwrap();
        for (id, time, ms) in [
            ("a", "2026-11-20 14:02", "1500"),
            ("held", "2026-01-01 00:00", "9000"),
            ("b", "2026-11-18 14:02", "-1"),
            ("c", "", "500"),
            ("", "2026-11-18 14:02", "500"),
            ("..", "2026-11-18 14:02", "500"),
        ] {
            let row = json!({"recording_id": id, "add_time": time, "recording_duration_ms": ms});
            plan.add(&Recording::from_row(row), &hold);
        }
        plan.add(&Recording::from_row(json!({})), &hold);
        assert_eq!((plan.count(), plan.unnamed), (3, 3));
        assert_eq!(plan.length(), (Duration::from_secs(2), 1));
        let (oldest, newest) = plan.span().unwrap();
        assert_eq!((newest - oldest).num_days(), 2);
        assert_eq!(plan.held[0].line, "held");
        assert_eq!(plan.takes(), EACH * 3);
        plan.without(&["a".to_owned()].into());
        assert_eq!((plan.count(), plan.done), (2, 1));
    }

    #[test]
    fn lists_of_ids_are_told_apart_and_their_order_is_not() {
        let words = |ids: &[&str]| {
            let ids: Vec<_> = ids.iter().map(|id| RecordingId::new(*id)).collect();
            in_words(&ids, "named")
        };
        assert_eq!(words(&["a"]), "recording a");
        assert!(words(&["a", "b"]).starts_with("2 recordings that were named ("));
        assert_eq!(words(&["a", "b"]), words(&["b", "a"]));
        assert_ne!(words(&["a", "b"]), words(&["a", "c"]));
    }
}
