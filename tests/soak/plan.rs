//! What is done, step by step: a pure function of the seed.

use std::collections::VecDeque;
use std::time::Duration;

/// One thing that is done to the program, or to its account.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    Keys(String),
    Paste(String),
    Size(u16, u16),
    /// These go wrong from now on; nothing does with "".
    Faults(&'static str),
    /// So many new recordings.
    Arrive(u64),
    /// Somebody else deletes the recording at this place.
    Vanish(u64),
    /// Types the sentence that the screen asks for, if it asks for one.
    Confirm,
    /// Does it still react? How large is it at rest?
    Look,
}

/// Moves between two looks: about twenty seconds.
const LOOK_EVERY: usize = 200;

/// Keys that do one thing each. Left out are those that end the program or leave it: q, Ctrl-c, Ctrl-z; and `:`, since what is
/// typed behind it by chance may be a command that does ([`COMMANDS`] has the others).
const LETTERS: &str =
    "jkgGJKhlHLptuzvbBnNoOCVcWseamRxXAdEyiISwTMrPfF/#?0123456789,.[]\\+-={}()'<> ";

const KEYS: &[&str] = &[
    "\x1b[A",
    "\x1b[B",
    "\x1b[C",
    "\x1b[D",
    "\x1b[1;2C",
    "\x1b[1;2D",
    "\x1b[1;2A",
    "\x1b[1;2B",
    "\x1b[5~",
    "\x1b[6~",
    "\x1b[H",
    "\x1b[F",
    "\x1b[3~",
    "\x1b[18~",
    "\x1b[19~",
    "\x1b[20~",
    "\t",
    "\x1b[Z",
    "\r",
    "\x7f",
    "\x01",
    "\x02",
    "\x04",
    "\x05",
    "\x06",
    "\x0b",
    "\x0e",
    "\x10",
    "\x12",
    "\x15",
    "\x17",
    "\x1b",
    "\x1b",
];

/// Behind `:`. None has a q in it: where the line does not open, its letters are keys.
const COMMANDS: &[&str] = &[
    "120",
    "1",
    "1203",
    "99999",
    "p7",
    "p61",
    "log",
    "deliveries",
    "help",
    "mask",
    "unmask",
    "zoom",
    "statistics",
    "sort",
    "not-reviewed",
    "keep-marks",
    "go-to-time",
    "columns",
    "nothing like it",
];

const TEXTS: &[&str] = &[
    "1:23",
    "-30",
    "50%",
    "support",
    "+1415",
    "a note on it",
    "漢字 e\u{301}",
    "sip",
    "-7d",
    "2026-11",
    "tomorrow",
    "x",
];

const PASTES: &[&str] = &[
    "+14155550013",
    "two\nlines\r\n",
    "\u{1b}]0;owned\u{7}\u{9b}5m\u{202e}evil",
    "宽字符表 👩‍👩‍👧‍👦 e\u{301}\u{302}\u{303}",
    "2012-03-21 11:47",
    "callreel:x@1:00",
];

/// What may be wrong for a while, at the API and at the media host.
const FAULTS: &[&str] = &[
    "429=1/3",
    "429-bare*1",
    "500/2",
    "503*6",
    "401/2",
    "403/4",
    "404/3",
    "html/2",
    "truncated-json/2",
    "api:cut/2",
    "api:reset/2",
    "api:stall/6*2",
    "api:chunked",
    "api:wrong-length=700/3",
    "duplicate-row/2",
    "missing-row/2",
    "totals-drift",
    "offset-lies/2",
    "latency=900",
    "api:slow=20000",
    "media:latency=1500",
    "slow=4000",
    "slow=64",
    "cut=20000",
    "cut/2",
    "reset=30000/2",
    "stall=9000*2",
    "no-range",
    "chunked",
    "wrong-length=500/2",
    "wrong-length=-500/2",
    "media-401/2",
    "media-404/2",
    "media-416/2",
    "media-html/3",
    "media:429=1/2",
    "media:503/2",
    "cut=20000,media:latency=300,latency=300",
    "500/3,media:503/3,totals-drift",
];

const SIZES: &[(u16, u16)] = &[
    (80, 24),
    (140, 40),
    (40, 10),
    (39, 9),
    (1, 1),
    (200, 12),
    (60, 60),
    (110, 30),
    (20, 5),
];

/// The steps of one seed, without an end.
pub struct Plan {
    dice: fastrand::Rng,
    size: (u16, u16),
    /// The rest of what is done in one go.
    next: VecDeque<Step>,
    made: usize,
}

impl Plan {
    pub fn new(seed: u64) -> Self {
        Self {
            dice: fastrand::Rng::with_seed(seed),
            size: (80, 24),
            next: VecDeque::new(),
            made: 0,
        }
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.dice.usize(..of.len())]
    }

    fn draw(&mut self) -> Vec<Step> {
        let keys = |keys: &str| Step::Keys(keys.to_owned());
        let escape = [keys("\x1b"), keys("\x1b")];
        match self.dice.u8(..100) {
            0..44 => {
                let letters: Vec<_> = LETTERS.chars().collect();
                vec![Step::Keys(self.one(&letters).to_string())]
            }
            44..60 => vec![keys(self.one(KEYS))],
            60..66 => [&escape[..], &[keys("\r")]].concat(),
            66..72 => {
                let line = format!(":{}", self.one(COMMANDS));
                [&escape[..], &[Step::Keys(line), keys("\r")]].concat()
            }
            72..78 => {
                let opener = self.one(&["/", "t", "B", "f", "f\t", "f\t\t\t", "E", "d"]);
                let text = self.one(TEXTS);
                let end = self.one(&["\r", "\r", "\x1b"]);
                [&escape[..], &[keys(opener), keys(text), keys(end)]].concat()
            }
            // Another of the filter form's ranges; all of the filters gone.
            78..80 => {
                let digit = self.dice.u8(1..=7);
                let form = [
                    keys("f"),
                    keys("\x1b[Z"),
                    Step::Keys(digit.to_string()),
                    keys("\r"),
                ];
                [&escape[..], &[keys("F")], &form].concat()
            }
            // Marked, and deleted for good once the sentence stands there.
            80 => [
                &escape[..],
                &[keys("x"), keys("j"), keys("x"), keys("#"), Step::Confirm],
            ]
            .concat(),
            81..88 => vec![self.mouse()],
            88..92 => {
                self.size = self.one(SIZES);
                vec![Step::Size(self.size.0, self.size.1)]
            }
            92..95 => vec![Step::Paste(self.one(PASTES).to_owned())],
            95..98 => {
                let faults = if self.dice.bool() {
                    ""
                } else {
                    self.one(FAULTS)
                };
                vec![Step::Faults(faults)]
            }
            98 => vec![Step::Arrive(self.dice.u64(1..4))],
            _ => vec![Step::Vanish(self.dice.u64(..200))],
        }
    }

    fn mouse(&mut self) -> Step {
        let at = (
            self.dice.u16(1..=self.size.0),
            self.dice.u16(1..=self.size.1),
        );
        // Press, wheel up and down, drag; what is pressed is let go.
        let button = self.one(&[0, 0, 64, 65, 32, 2]);
        let (x, y) = at;
        let released = match button {
            0 | 2 => format!("\x1b[<{button};{x};{y}m"),
            _ => String::new(),
        };
        Step::Keys(format!("\x1b[<{button};{x};{y}M{released}"))
    }
}

impl Iterator for Plan {
    /// What is done, and how long nothing is done after it.
    type Item = (Step, Duration);

    fn next(&mut self) -> Option<Self::Item> {
        if self.next.is_empty() {
            let steps = self.draw();
            self.next.extend(steps);
            self.made += 1;
            if self.made.is_multiple_of(LOOK_EVERY) {
                self.next.push_back(Step::Look);
                // As wide as the look has made it.
                self.size = (80, 24);
            }
        }
        let step = self.next.pop_front()?;
        // What follows Esc at once would be taken for a key with Alt.
        let gap = match &step {
            Step::Keys(keys) if keys == "\x1b" => 60,
            _ => self.dice.u64(5..120),
        };
        Some((step, Duration::from_millis(gap)))
    }
}

#[test]
fn a_seed_makes_the_same_steps_again_and_another_makes_others() {
    let steps = |seed| Plan::new(seed).take(5_000).collect::<Vec<_>>();
    assert_eq!(steps(7), steps(7));
    assert_ne!(steps(7), steps(8));
}

#[test]
fn no_step_ends_or_leaves_the_program_and_each_kind_comes() {
    let mut kinds = std::collections::BTreeSet::new();
    for (step, _) in Plan::new(3).take(20_000) {
        let kind = format!("{step:?}");
        kinds.insert(kind.split(['(', ' ']).next().unwrap().to_owned());
        if let Step::Keys(keys) = step {
            assert!(!keys.contains(['q', '\x03', '\x1a', '\x1c']), "{keys:?}");
            let colon = keys.strip_prefix(':');
            assert!(
                !keys.contains(':')
                    || colon.is_some_and(|name| COMMANDS.contains(&name))
                    || TEXTS.contains(&keys.as_str()),
                "{keys:?}"
            );
        }
    }
    assert_eq!(kinds.len(), 8, "{kinds:?}");
}

#[test]
fn every_fault_of_the_plan_is_one() {
    for faults in FAULTS {
        for fault in faults.split(',') {
            assert!(
                fault.parse::<callreel::emulator::Fault>().is_ok(),
                "{fault}"
            );
        }
    }
}
