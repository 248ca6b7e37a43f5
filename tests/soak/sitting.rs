//! The program, its account, and everything that must never happen while it runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use callreel::emulator::{Emulator, Options, Special};

use super::figures::Figures;
use super::plan::Step;
use crate::account::{id, on_row, open, set, start};
use crate::proc;
use crate::pty::{Program, Shown};
use crate::wire::Wire;

/// How soon a key must show on a machine that does other things too.
const REACTION: Duration = Duration::from_secs(8);
/// How long what was stopped may take to be gone: connections are kept for a while.
const GONE: Duration = Duration::from_secs(90);
/// What is downloaded at the speed of this machine is there within this.
const DOWNLOADED: Duration = Duration::from_secs(10);
/// Who uses no CPU for so long is at rest.
const QUIET: Duration = Duration::from_millis(1_500);
/// Esc leads back one level; nothing is deeper.
const DEEPEST: usize = 6;
/// The steps that are told when something is wrong.
const TOLD: usize = 40;

/// A program that is being soaked. When a test fails, what led there is printed as it is dropped.
pub struct Sitting {
    pub program: Program,
    emulator: Emulator,
    home: tempfile::TempDir,
    wire: Wire,
    seed: u64,
    steps: Vec<Step>,
    pub done: usize,
    /// The slowest answer to a probe.
    pub slowest: Duration,
    pub written: usize,
    /// What it was at each look, and when.
    pub looks: Vec<(Duration, Figures)>,
    pub began: Instant,
}

impl Sitting {
    /// A program that keeps its marks in a file, has shown every row of its account, and has played something long: what it may
    /// keep of all that it keeps by then, and what comes on top later is a leak.
    pub fn start(seed: u64) -> Self {
        let mut sitting = Self::start_with(seed, &[]);
        sitting.fill();
        sitting
    }

    fn start_with(seed: u64, more: &[&str]) -> Self {
        let emulator = start(Options::default());
        let home = tempfile::tempdir().unwrap();
        let log = home.path().join("callreel.log");
        fs::create_dir_all(home.path().join(".config/callreel")).unwrap();
        let arguments = [&["--log", log.to_str().unwrap(), "--from", "-500d"], more].concat();
        let program = open(&emulator, &arguments)
            .home(home.path())
            .patience(Duration::from_secs(60))
            .spawn();
        let mut sitting = Self {
            program,
            emulator,
            home,
            wire: Wire::default(),
            seed,
            steps: Vec::new(),
            done: 0,
            slowest: Duration::ZERO,
            written: 0,
            looks: Vec::new(),
            began: Instant::now(),
        };
        sitting.program.wait_for("recordings");
        sitting.program.keys(":keep-marks\r");
        sitting.program.wait_for("Keep them?");
        sitting.program.keys("y");
        sitting.program.wait_for_rest();
        sitting
    }

    fn fill(&mut self) {
        let rows = self.emulator.recordings(0, 2_000);
        self.program.wait_for("1,204 recordings");
        for (page, row) in rows.iter().step_by(20).enumerate() {
            self.program.keys(&format!(":p{}\r", page + 1));
            on_row(&self.program, row);
        }
        // The long one among the newest, which the emulator sends at once.
        let long = self
            .emulator
            .special(Special::Hour("support-stereo-cbr32"))
            .unwrap();
        let place = rows.iter().position(|row| id(row) == id(&long)).unwrap();
        self.program.keys(&format!(":{}\r", place + 1));
        on_row(&self.program, &long);
        self.program.keys("\r");
        self.program.wait_for("buffered 100 %");
    }

    fn pid(&self) -> u32 {
        u32::try_from(self.program.pid()).unwrap()
    }

    /// Does one step, and lets so much time pass.
    pub fn take(&mut self, step: Step, gap: Duration) {
        if self.steps.len() == TOLD {
            self.steps.remove(0);
        }
        self.steps.push(step.clone());
        self.done += 1;
        match step {
            Step::Keys(keys) => self.program.keys(&keys),
            Step::Paste(text) => self.program.keys(&format!("\x1b[200~{text}\x1b[201~")),
            Step::Size(width, height) => self.program.resize(width, height),
            Step::Faults(faults) => set(&self.emulator, faults),
            Step::Arrive(many) => self.emulator.arrive(many),
            Step::Vanish(place) => {
                if let Some(row) = self.emulator.recordings(place, 1).first() {
                    self.emulator.delete(id(row));
                }
            }
            Step::Confirm => self.confirm(),
            Step::Look => {
                self.probe();
                let figures = self.rest();
                self.looks.push((self.began.elapsed(), figures));
            }
        }
        self.program.bytes_within(gap);
        self.check();
    }

    /// Types the sentence that stands on the screen, where one is asked for.
    fn confirm(&mut self) {
        let text = self.program.shown().text();
        if let Some(sentence) = sentence(&text) {
            self.program.keys(&format!("{sentence}\r"));
        }
    }

    /// What holds at every moment.
    fn check(&mut self) {
        let bytes = self.program.shown().take_bytes();
        self.written += bytes.len();
        if let Err(what) = self.wire.take(&bytes) {
            panic!("a control code was drawn: {what}");
        }
        if let Some(status) = self.program.ended() {
            panic!("it ended by itself: {status:?}");
        }
    }

    /// Leads back to the list, whatever is open, and asks for help: a key that shows something there.
    fn probe(&mut self) {
        self.back();
        let asked = Instant::now();
        self.program.keys("?");
        let seen = self
            .program
            .comes(REACTION, |shown| shown.text().contains("╭ Keys"));
        assert!(seen, "no reaction to a key");
        self.slowest = self.slowest.max(asked.elapsed());
        self.program.keys("\x1b");
        let gone = self
            .program
            .comes(REACTION, |shown| !shown.text().contains("╭ Keys"));
        assert!(gone, "no reaction to Esc");
    }

    fn back(&mut self) {
        self.program.resize(80, 24);
        for _ in 0..DEEPEST {
            self.program.keys("\x1b");
            self.program.bytes_within(Duration::from_millis(80));
        }
        // On a machine that does a lot, what follows Esc may be read together with it: a key with Alt, which does nothing.
        self.program.bytes_within(Duration::from_millis(500));
    }

    /// Stops what plays, puts everything right and waits until nothing goes on any more; its figures then.
    pub fn rest(&mut self) -> Figures {
        self.settle();
        let until = Instant::now() + GONE;
        let mut used = self.used();
        // A download may have waited for a fault to end, and the last playback's memory is given back a little later.
        loop {
            self.program.bytes_within(QUIET);
            self.check();
            let now = self.used();
            if now <= used + 1 {
                return self.figures();
            }
            assert!(Instant::now() < until, "it never comes to rest");
            used = now;
        }
    }

    fn used(&self) -> u64 {
        proc::cpu(self.pid()).unwrap_or_else(|| panic!("it is gone"))
    }

    fn settle(&mut self) {
        set(&self.emulator, "");
        self.back();
        self.program.keys("zg");
        self.program.bytes_within(Duration::from_secs(1));
        // An answer that began slowly stays slow, for an hour where the recording is long: such a download is stopped by its key.
        let downloads = |shown: &Shown| shown.text().contains("╭ Downloading");
        if !self.program.comes(DOWNLOADED, |shown| !downloads(shown)) {
            self.program.keys("\x18");
            let ended = self.program.comes(REACTION, |shown| !downloads(shown));
            assert!(ended, "no reaction to Ctrl-x");
        }
        self.check();
    }

    fn figures(&self) -> Figures {
        Figures::of(self.pid()).unwrap_or_else(|| panic!("it is gone"))
    }

    /// The figures once nothing is left over that was not there `before`; threads and connections take a while to end.
    pub fn rest_as(&mut self, before: &Figures) -> Figures {
        self.settle();
        let until = Instant::now() + GONE;
        loop {
            let now = self.figures();
            let left = now.left_over(before);
            if left.is_empty() {
                return now;
            }
            assert!(Instant::now() < until, "left over: {left:?}");
            self.program.bytes_within(Duration::from_millis(250));
            self.check();
        }
    }

    /// What its account was asked for (of very many requests only the last), which must be sound too.
    pub fn asked(&self) -> String {
        let requests = self.emulator.requests();
        let files = requests
            .iter()
            .filter(|request| request.path.starts_with("/media/"));
        let failed = requests
            .iter()
            .filter(|request| !(200..300).contains(&request.status));
        let (files, failed) = (files.count(), failed.count());
        assert!(files > 5, "it never played");
        format!(
            "{} requests, {files} for sound, {failed} failed",
            requests.len()
        )
    }

    /// Leaves it, and looks at what it said behind the screen.
    pub fn leave(mut self) {
        self.program.keys("q");
        // Rows may be marked, which it asks about.
        let second = Duration::from_secs(2);
        if self
            .program
            .comes(second, |shown| shown.text().contains("q again ends"))
        {
            self.program.keys("q");
        }
        assert_eq!(self.program.end().exit_code(), 0);
        let log = fs::read_to_string(self.log()).unwrap();
        let panics: Vec<_> = log.lines().filter(|line| is_panic(line)).collect();
        assert!(panics.is_empty(), "it panicked: {panics:#?}");
    }

    fn log(&self) -> PathBuf {
        self.home.path().join("callreel.log")
    }
}

/// A panic anywhere but in a decoder, whose panics a hostile file may cause and its thread catches.
fn is_panic(line: &str) -> bool {
    line.contains("panicked at") && !line.contains("symphonia")
}

/// `delete 2 from MA…`, as it stands on the screen behind or below the words that ask for it.
fn sentence(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("type:")?;
    let line = rest[rest.find("delete ")?..].lines().next()?;
    Some(line.split("  ").next()?.trim_end_matches(['│', ' ']))
}

impl Drop for Sitting {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        eprintln!(
            "SEED={} failed at step {}; the steps before:",
            self.seed, self.done
        );
        for step in &self.steps {
            eprintln!("  {step:?}");
        }
        eprintln!("the screen:\n{}", self.program.shown().text());
        eprintln!("the log:\n{}", tail(&self.log()));
    }
}

fn tail(log: &Path) -> String {
    let log = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = log.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

#[test]
fn panics_are_found_but_for_those_of_decoders() {
    assert!(is_panic(
        "2026 thread 'main' panicked at src/app/history.rs:12:4:"
    ));
    assert!(!is_panic(
        "2026 thread 'x' panicked at /x/symphonia-bundle-mp3-0.6.0/src/layer3.rs:1:1:"
    ));
    assert!(!is_panic("2026 callreel 0.1.0"));
    assert_eq!(
        sentence("│ To delete them, type:   │\n│   delete 2 from MA...UU   │\n"),
        Some("delete 2 from MA...UU")
    );
    assert_eq!(sentence("type: anything"), None);
}

/// F12 panics there.
fn panics(place: &str) {
    let mut sitting = Sitting::start_with(0, &["--debug-panic", place]);
    let key = Step::Keys("\x1b[24~".to_owned());
    for _ in 0..20 {
        sitting.take(key.clone(), Duration::from_millis(100));
    }
    sitting.leave();
}

#[test]
#[should_panic = "it ended by itself"]
fn a_panic_of_the_program_is_found() {
    panics("task");
}

#[test]
#[should_panic = "it panicked"]
fn a_panic_that_was_caught_is_found() {
    panics("decoder");
}
