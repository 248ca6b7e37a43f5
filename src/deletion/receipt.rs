//! Receipts: lines of JSON that say what was deleted, by whom, and how it was checked. Each is on the disk before the next deletion
//! is begun, so that whatever ends the program, the next run knows what was done.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::app::text::json;
use crate::archive::folder::Folder;
use crate::archive::manifest::{Line, Lines, drop_torn_line};
use crate::archive::written;

use crate::audit::{Head, Who};

use super::plan::{Held, Target};

/// What the file is called in an archive.
pub const RECEIPTS: &str = "deletions.ndjson";

/// What became of one recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was deleted.
    Deleted,
    /// It was not there any more.
    Gone,
    /// It is still there.
    Kept,
    /// It is on the list of those to hold.
    Held,
}

impl Outcome {
    /// Whether nothing is left to delete.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Deleted | Self::Gone)
    }
}

/// What a line is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Step {
    /// A run begins.
    Run,
    /// The deletion of a recording is about to be asked for.
    Begin,
    /// It is known what became of it.
    Receipt,
    /// A run has come to its end.
    End,
}

/// One line.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Record {
    step: Step,
    run: String,
    operator: String,
    host: String,
    account: String,
    time: String,
    /// Of a run: what was chosen, and how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// When words such as `-7d` were taken to mean what they mean for all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<u64>,
    /// Of these, those that were done with before it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<u64>,
    /// The audit log's last hash when this was written, where there is such a log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audit_head: Option<String>,
    /// Of a recording.
    #[serde(flatten)]
    about: Option<About>,
}

/// What the receipt of one recording says beside who, when and where from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub id: String,
    pub add_time: Option<String>,
    /// Of the archived file, where it was proven before.
    pub sha256: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The status of the DELETE; `None` when no answer came.
    #[serde(default)]
    pub status: Option<u16>,
    #[serde(default)]
    pub api_id: Option<String>,
    /// The status of the GET afterwards: 404 where it is gone.
    #[serde(default)]
    pub check: Option<u16>,
    #[serde(default)]
    pub check_api_id: Option<String>,
    /// The line for which it is held, or what the API said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl About {
    pub(super) fn of(target: &Target) -> Self {
        Self {
            id: target.id.to_string(),
            add_time: target.added.map(written),
            sha256: target.sha256.clone(),
            outcome: None,
            status: None,
            api_id: None,
            check: None,
            check_api_id: None,
            why: None,
        }
    }

    /// When the recording was added, where that is known.
    pub(super) fn added(&self) -> Option<DateTime<Utc>> {
        let time = DateTime::parse_from_rfc3339(self.add_time.as_deref()?).ok()?;
        Some(time.to_utc())
    }

    pub(super) fn held(held: &Held) -> Self {
        Self {
            outcome: Some(Outcome::Held),
            why: Some(held.line.clone()),
            ..Self::of(&held.target)
        }
    }
}

/// What a run is part of: it may go on with the rest of one that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// What was chosen, in words.
    pub source: String,
    /// The moment from which ages and relative times count, in all of its runs.
    pub asked: DateTime<Utc>,
    /// How many were to be deleted at first.
    pub count: u64,
    /// How many of them are done with already.
    pub before: u64,
}

/// A run that did not come to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfinished {
    pub run: String,
    /// What was chosen.
    pub source: String,
    /// The moment from which ages and relative times counted; `None` in receipts that do not tell.
    pub asked: Option<DateTime<Utc>>,
    /// How many there were to delete.
    pub count: u64,
    /// How many of them are done with.
    pub done: u64,
}

/// What earlier runs left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Earlier {
    /// Recordings of the account that are deleted, or were gone.
    pub done: HashSet<String>,
    /// Those whose deletion was begun, and nobody knows what became of it.
    pub unsettled: Vec<About>,
    pub unfinished: Option<Unfinished>,
}

/// The file, open for more. Only one program at a time can have it so.
#[derive(Debug)]
pub struct Receipts {
    file: File,
    path: PathBuf,
    who: Who,
    run: String,
    audit_head: Option<Head>,
}

impl Receipts {
    /// Opens the file `name` in a folder, or begins it, and reads what earlier runs of the same account left.
    ///
    /// # Errors
    /// [`io::ErrorKind::WouldBlock`] when another program has it; [`io::ErrorKind::InvalidData`] for a line that cannot be read;
    /// else as the system says.
    pub fn open(folder: &Path, name: &str, who: Who) -> io::Result<(Self, Earlier)> {
        let folder = Folder::create(folder)?;
        let mut file = loop {
            let file = folder.append(name)?;
            file.try_lock()?;
            // Whoever held it may have removed it: what is written into it then is nowhere.
            if file.metadata()?.nlink() > 0 {
                break file;
            }
        };
        drop_torn_line(&mut file)?;
        let earlier = read(&mut file, &who.account)?;
        let now = Utc::now().format("%Y%m%dT%H%M%SZ");
        let receipts = Self {
            path: folder.path().join(name),
            file,
            who,
            run: format!("{now}-{:08x}", fastrand::u32(..)),
            audit_head: None,
        };
        Ok((receipts, earlier))
    }

    /// Reads what earlier runs of an account left, and makes nothing.
    ///
    /// # Errors
    /// As [`Receipts::open`].
    pub fn look(folder: &Path, name: &str, account: &str) -> io::Result<Earlier> {
        let file = Folder::open(folder).and_then(|folder| folder.read(name));
        match file {
            Ok(mut file) => {
                file.try_lock_shared()?;
                read(&mut file, account)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Earlier::default()),
            Err(error) => Err(error),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// This run's name, which stands in each of its lines.
    pub fn run(&self) -> &str {
        &self.run
    }

    /// Each line from now on holds the audit log's last hash.
    pub(super) fn hold(&mut self, head: Head) {
        self.audit_head = Some(head);
    }

    pub(super) fn begin_run(&mut self, whole: &Whole) -> io::Result<()> {
        let mut record = self.record(Step::Run, None);
        record.source = Some(whole.source.clone());
        record.asked = Some(written(whole.asked));
        (record.count, record.before) = (Some(whole.count), Some(whole.before));
        self.write(&record)
    }

    pub(super) fn begin(&mut self, about: About) -> io::Result<()> {
        let record = self.record(Step::Begin, Some(about));
        self.write(&record)
    }

    pub(super) fn receipt(&mut self, about: About) -> io::Result<()> {
        let record = self.record(Step::Receipt, Some(about));
        self.write(&record)
    }

    pub(super) fn end_run(&mut self) -> io::Result<()> {
        let record = self.record(Step::End, None);
        self.write(&record)
    }

    fn record(&self, step: Step, about: Option<About>) -> Record {
        Record {
            step,
            run: self.run.clone(),
            operator: self.who.operator.clone(),
            host: self.who.host.clone(),
            account: self.who.account.clone(),
            time: written(Utc::now()),
            source: None,
            asked: None,
            count: None,
            before: None,
            audit_head: self.audit_head.as_ref().map(Head::to_string),
            about,
        }
    }

    /// Adds a line, which is on the disk afterwards.
    fn write(&mut self, record: &Record) -> io::Result<()> {
        let value = serde_json::to_value(record).map_err(io::Error::other)?;
        self.file
            .write_all(format!("{}\n", json::line(&value)).as_bytes())?;
        self.file.sync_data()
    }
}

fn read(file: &mut File, account: &str) -> io::Result<Earlier> {
    let mut earlier = Earlier::default();
    let mut begun: HashMap<String, About> = HashMap::new();
    for (number, line) in (1..).zip(Lines::of(file)?) {
        let record = match line? {
            Line::Whole(bytes) => serde_json::from_slice::<Record>(&bytes).ok(),
            Line::TooLong => None,
            // It was being written when its program was killed.
            Line::Torn => break,
        };
        let Some(record) = record else {
            let said = format!("line {number} is no receipt");
            return Err(io::Error::new(io::ErrorKind::InvalidData, said));
        };
        if record.account != account {
            continue;
        }
        match (record.step, record.about) {
            (Step::Run, _) => {
                earlier.unfinished = Some(Unfinished {
                    run: record.run,
                    source: record.source.unwrap_or_default(),
                    asked: record.asked.and_then(|asked| asked.parse().ok()),
                    count: record.count.unwrap_or(0),
                    done: record.before.unwrap_or(0),
                });
            }
            (Step::End, _) => earlier.unfinished = None,
            (Step::Begin, Some(about)) => {
                begun.insert(about.id.clone(), about);
            }
            (Step::Receipt, Some(about)) => {
                begun.remove(&about.id);
                if about.outcome.is_some_and(Outcome::is_done) {
                    if let Some(unfinished) = &mut earlier.unfinished {
                        unfinished.done += 1;
                    }
                    earlier.done.insert(about.id);
                }
            }
            (Step::Begin | Step::Receipt, None) => {}
        }
    }
    earlier.unsettled = begun.into_values().collect();
    earlier.unsettled.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(earlier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plivo::RecordingId;

    fn who(account: &str) -> Who {
        Who {
            operator: "night job".to_owned(),
            host: "here".to_owned(),
            account: account.to_owned(),
        }
    }

    fn whole(count: u64, before: u64) -> Whole {
        Whole {
            source: "all".to_owned(),
            asked: "2026-11-23T14:05:33.500001Z".parse().unwrap(),
            count,
            before,
        }
    }

    fn target(id: &str) -> About {
        About {
            sha256: Some("00".to_owned()),
            ..About::of(&Target::new(RecordingId::new(id), None, None))
        }
    }

    fn done(id: &str, outcome: Outcome) -> About {
        About {
            outcome: Some(outcome),
            status: Some(204),
            ..target(id)
        }
    }

    #[test]
    fn the_next_run_knows_what_was_done_and_what_is_unsettled() {
        let folder = tempfile::tempdir().unwrap();
        let open = |account| Receipts::open(folder.path(), RECEIPTS, who(account));
        let (mut receipts, earlier) = open("MA1").unwrap();
        assert_eq!(earlier, Earlier::default());
        receipts.begin_run(&whole(5, 1)).unwrap();
        for (id, outcome) in [
            ("a", Outcome::Deleted),
            ("b", Outcome::Gone),
            ("c", Outcome::Kept),
        ] {
            receipts.begin(target(id)).unwrap();
            receipts.receipt(done(id, outcome)).unwrap();
        }
        receipts.begin(target("d")).unwrap();
        assert!(open("MA1").is_err(), "two at once");
        drop(receipts);
        let (receipts, earlier) = open("MA1").unwrap();
        assert_eq!(earlier.done, ["a".to_owned(), "b".to_owned()].into());
        assert_eq!(earlier.unsettled, [target("d")]);
        let unfinished = earlier.unfinished.unwrap();
        assert_eq!((unfinished.count, unfinished.done), (5, 3));
        assert_eq!(unfinished.asked, Some(whole(5, 1).asked));
        drop(receipts);
        let (mut other, earlier) = open("MA2").unwrap();
        assert_eq!(earlier, Earlier::default());
        other.begin_run(&whole(1, 0)).unwrap();
        other.end_run().unwrap();
        drop(other);
        assert!(open("MA1").unwrap().1.unfinished.is_some());
    }

    #[test]
    fn a_torn_line_is_dropped_and_a_line_of_another_kind_is_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Receipts::open(folder.path(), RECEIPTS, who("MA1"));
        let (mut receipts, _) = open().unwrap();
        receipts.begin(target("a")).unwrap();
        receipts.receipt(done("a", Outcome::Deleted)).unwrap();
        drop(receipts);
        let path = folder.path().join(RECEIPTS);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() - 5]).unwrap();
        assert_eq!(open().unwrap().1.unsettled, [target("a")]);
        std::fs::write(&path, "my diary\n").unwrap();
        let error = open().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert_eq!(std::fs::read(&path).unwrap(), b"my diary\n");
    }
}
