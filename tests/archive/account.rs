//! An account, the program that archives it, and what lies in the archive.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use callreel::emulator::{self, Emulator, LogEntry, Options};
use serde_json::{Map, Value};

pub type Row = Map<String, Value>;

pub struct Account {
    pub emulator: Emulator,
    folder: tempfile::TempDir,
}

pub fn account(recordings: u64, faults: &str) -> Account {
    account_with(Options {
        recordings,
        ..options(faults)
    })
}

pub fn options(faults: &str) -> Options {
    let faults = faults.split(',').filter(|fault| !fault.is_empty());
    Options {
        faults: faults.map(|fault| fault.parse().unwrap()).collect(),
        ..Options::default()
    }
}

pub fn account_with(options: Options) -> Account {
    Account {
        emulator: emulator::start(options).unwrap(),
        folder: tempfile::tempdir().unwrap(),
    }
}

impl Account {
    pub fn archive(&self) -> PathBuf {
        self.folder.path().join("calls")
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The program with this account's credentials.
    pub fn command(&self, command: &str, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_callreel"));
        program
            .arg(command)
            .args(arguments)
            .env_clear()
            .env("HOME", self.folder.path())
            .env("USER", "night-job")
            .env("CALLREEL_API_URL", self.emulator.url())
            .env("PLIVO_AUTH_ID", self.emulator.auth_id())
            .env("PLIVO_AUTH_TOKEN", self.emulator.auth_token())
            .stdin(Stdio::null());
        program
    }

    /// `callreel download` into the archive, at a rate that only loopback allows.
    pub fn download(&self, arguments: &[&str]) -> Output {
        self.downloading(arguments).output().unwrap()
    }

    pub fn downloading(&self, arguments: &[&str]) -> Command {
        let mut program = self.command("download", &["--rate", "2000", "--to"]);
        program.arg(self.archive()).args(arguments);
        program
    }

    pub fn verify(&self, arguments: &[&str]) -> Output {
        let mut program = self.command("verify", arguments);
        program.arg(self.archive()).output().unwrap()
    }

    /// The newest recordings of half a minute to three, without those that only show something odd.
    pub fn sounding(&self, many: usize) -> Vec<Row> {
        let rows = self.emulator.recordings(22, 10_000).into_iter();
        let short = rows.filter(|row| {
            let length = row.get("recording_duration_ms");
            let length = length.and_then(|length| length.as_str());
            length.is_some_and(|ms| (30e3..180e3).contains(&ms.parse().unwrap()))
        });
        let rows: Vec<_> = short.take(many).collect();
        assert_eq!(rows.len(), many);
        rows
    }

    /// Every request for a file.
    pub fn media_requests(&self) -> Vec<LogEntry> {
        let requests = self.emulator.requests().into_iter();
        let media = requests.filter(|request| request.path.starts_with("/media/"));
        media.collect()
    }

    /// Asks for something, and tells over which connection: all that were opened before have lower numbers, also those
    /// of a program that was killed while its last request was on its way.
    pub fn newest_connection(&self) -> u64 {
        let listed = self.command("list", &["--limit", "1"]).output().unwrap();
        assert!(listed.status.success(), "{listed:?}");
        let requests = self.emulator.requests().into_iter();
        let lists = requests.filter(|request| request.path.ends_with("/Recording/"));
        lists.map(|request| request.connection).max().unwrap()
    }

    /// Whether every one of these is in the archive, byte for byte, as the manifest says too.
    pub fn assert_archived(&self, rows: &[Row]) {
        let manifest = manifest(&self.archive());
        for row in rows {
            let id = id(row);
            let audio = &manifest[&id]["audio"];
            let path = self.archive().join(audio["path"].as_str().unwrap());
            let wanted = self.emulator.file(&id).unwrap();
            assert!(fs::read(&path).unwrap() == wanted, "{}", path.display());
            assert_eq!(audio["bytes"], wanted.len());
        }
    }
}

pub fn id(row: &Row) -> String {
    row["recording_id"].as_str().unwrap().to_owned()
}

pub fn ids(rows: &[Row]) -> Vec<String> {
    rows.iter().map(id).collect()
}

/// The arguments that name these recordings.
pub fn named(rows: &[Row]) -> Vec<String> {
    ids(rows)
}

pub fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn errors(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The last line, which sums up.
pub fn summary(output: &Output) -> String {
    text(output).lines().last().unwrap_or_default().to_owned()
}

pub fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

/// The manifest's lines by id, the later before the earlier.
pub fn manifest(archive: &Path) -> BTreeMap<String, Value> {
    let text = fs::read_to_string(archive.join("manifest.ndjson")).unwrap();
    let entries = lines(&text).into_iter();
    entries
        .map(|entry| (entry["id"].as_str().unwrap().to_owned(), entry))
        .collect()
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found.sort();
    found
}

/// The recordings' files that are not finished, with their lengths.
pub fn parts(folder: &Path) -> Vec<(PathBuf, u64)> {
    let parts = files(folder).into_iter();
    parts
        .filter(|path| {
            let name = path.to_string_lossy();
            name.ends_with(".part") && !name.ends_with(".json.part")
        })
        .map(|path| (path.clone(), path.metadata().unwrap().len()))
        .collect()
}

/// A child that is killed when it is dropped.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
