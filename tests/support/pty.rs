//! The real program in a real terminal: keys in, screens out.
//!
//! Nothing here sleeps to wait for something: every wait is for a state, with a generous limit after which the test
//! fails and shows the screen.

#![allow(dead_code, reason = "each file of tests uses its own part of this")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::os::fd::RawFd;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use portable_pty::{
    Child, CommandBuilder, ExitStatus, MasterPty, PtySize, SlavePty, native_pty_system,
};

/// How long a test waits for a state before it gives up: long, since machines under load are slow.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the terminal shows and has been sent.
pub struct Shown {
    terminal: vt100::Parser,
    /// Every byte the program wrote.
    pub bytes: Vec<u8>,
    /// When something came, and how many bytes there were then.
    pub arrivals: Vec<(Instant, usize)>,
}

impl Shown {
    /// Takes the bytes that came since they were last taken: of a long run not all can be kept.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        self.arrivals.clear();
        std::mem::take(&mut self.bytes)
    }

    pub fn screen(&self) -> &vt100::Screen {
        self.terminal.screen()
    }

    pub fn text(&self) -> String {
        self.screen().contents()
    }

    /// Everything but the text must be as in a terminal that nobody touched.
    pub fn is_clean(&self) -> bool {
        let screen = self.screen();
        !screen.alternate_screen()
            && !screen.hide_cursor()
            && !screen.bracketed_paste()
            && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
            && screen.mouse_protocol_encoding() == vt100::MouseProtocolEncoding::Default
            && screen.fgcolor() == vt100::Color::Default
            && !(screen.bold() || screen.dim() || screen.inverse() || screen.underline())
    }
}

/// A program under test.
pub struct Program {
    shown: Arc<(Mutex<Shown>, Condvar)>,
    hung_up: Arc<AtomicBool>,
    keys: Box<dyn Write + Send>,
    child: Box<dyn Child + Send + Sync>,
    patience: Duration,
    master: Option<Box<dyn MasterPty + Send>>,
    /// Kept, so that the line settings can be read when the program is gone.
    _slave: Option<Box<dyn SlavePty + Send>>,
}

/// How to start one.
pub struct Start {
    command: CommandBuilder,
    size: (u16, u16),
    keep_slave: bool,
    patience: Duration,
}

impl Start {
    /// callreel itself, with an environment that holds nothing of this machine's.
    pub fn callreel(arguments: &[&str]) -> Self {
        Self::command(env!("CARGO_BIN_EXE_callreel"), arguments)
    }

    pub fn command(program: &str, arguments: &[&str]) -> Self {
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        let path = std::env::var("PATH").unwrap_or_default();
        for (name, value) in [
            ("PATH", path.as_str()),
            ("TERM", "xterm-256color"),
            ("TZ", "UTC"),
            ("LANG", "C.UTF-8"),
        ] {
            command.env(name, value);
        }
        // No sound server, no configuration, no core of another test.
        command.env("HOME", "/nonexistent");
        command.cwd(env!("CARGO_MANIFEST_DIR"));
        Self {
            command,
            size: (80, 24),
            keep_slave: true,
            patience: PATIENCE,
        }
    }

    /// What it writes without being told where goes here.
    pub fn home(mut self, folder: &Path) -> Self {
        self.command.env("HOME", folder);
        self.command.cwd(folder);
        self
    }

    /// How long a state is waited for, where the fault itself takes its time.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub fn size(mut self, width: u16, height: u16) -> Self {
        self.size = (width, height);
        self
    }

    pub fn spawn(self) -> Program {
        let (width, height) = self.size;
        let pair = native_pty_system()
            .openpty(PtySize {
                rows: height,
                cols: width,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let shown = Arc::new((
            Mutex::new(Shown {
                terminal: vt100::Parser::new(some(height), some(width), 0),
                bytes: Vec::new(),
                arrivals: Vec::new(),
            }),
            Condvar::new(),
        ));
        let mut output = pair.master.try_clone_reader().unwrap();
        let fd = pair.master.as_raw_fd().unwrap();
        let seen = Arc::clone(&shown);
        let hung_up = Arc::new(AtomicBool::new(false));
        let stop = Arc::clone(&hung_up);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while !stop.load(Ordering::SeqCst) {
                // Only so long, that a hang-up is noticed: this thread holds the terminal open too.
                if !readable(fd, 20) {
                    continue;
                }
                let Ok(length @ 1..) = output.read(&mut buffer) else {
                    break;
                };
                let now = Instant::now();
                let mut shown = seen.0.lock().unwrap_or_else(PoisonError::into_inner);
                shown.bytes.extend_from_slice(&buffer[..length]);
                shown.terminal.process(&buffer[..length]);
                let there = shown.bytes.len();
                shown.arrivals.push((now, there));
                seen.1.notify_all();
            }
        });
        let keys = pair.master.take_writer().unwrap();
        let child = pair.slave.spawn_command(self.command).unwrap();
        Program {
            shown,
            hung_up,
            keys,
            child,
            patience: self.patience,
            master: Some(pair.master),
            _slave: self.keep_slave.then_some(pair.slave),
        }
    }
}

impl Program {
    /// Waits until the terminal shows what `state` looks for; `what` names it when it never comes.
    pub fn wait(&self, what: &str, state: impl Fn(&Shown) -> bool) -> MutexGuard<'_, Shown> {
        let (shown, came) = self.look(self.patience, state);
        assert!(came, "never seen: {what}\n{}", shown.text());
        shown
    }

    /// Waits for no longer than `limit`; whether the state came.
    pub fn comes(&self, limit: Duration, state: impl Fn(&Shown) -> bool) -> bool {
        self.look(limit, state).1
    }

    fn look(
        &self,
        limit: Duration,
        state: impl Fn(&Shown) -> bool,
    ) -> (MutexGuard<'_, Shown>, bool) {
        let until = Instant::now() + limit;
        let mut shown = self.shown.0.lock().unwrap();
        while !state(&shown) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return (shown, false);
            }
            shown = self.shown.1.wait_timeout(shown, left).unwrap().0;
        }
        (shown, true)
    }

    /// Waits for a text anywhere on the screen.
    pub fn wait_for(&self, text: &str) {
        drop(self.wait(text, |shown| shown.text().contains(text)));
    }

    /// Waits until nothing has been written for a while: the screen has come to rest.
    pub fn wait_for_rest(&self) {
        const REST: Duration = Duration::from_millis(700);
        let until = Instant::now() + self.patience;
        let mut shown = self.shown.0.lock().unwrap();
        let (mut length, mut since) = (shown.bytes.len(), Instant::now());
        while since.elapsed() < REST {
            assert!(
                Instant::now() < until,
                "the screen never rests\n{}",
                shown.text()
            );
            let left = REST.saturating_sub(since.elapsed());
            shown = self.shown.1.wait_timeout(shown, left).unwrap().0;
            if shown.bytes.len() != length {
                (length, since) = (shown.bytes.len(), Instant::now());
            }
        }
    }

    /// What has been shown up to now.
    pub fn shown(&self) -> MutexGuard<'_, Shown> {
        // A wait that failed leaves what it saw, to be told.
        self.shown.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many bytes the program writes within a time in which nothing is done to it.
    pub fn bytes_within(&self, time: Duration) -> usize {
        let until = Instant::now() + time;
        let mut shown = self.shown.0.lock().unwrap();
        let before = shown.bytes.len();
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return shown.bytes.len() - before;
            }
            shown = self.shown.1.wait_timeout(shown, left).unwrap().0;
        }
    }

    /// Types in pieces, one write each. `None` when this machine was too busy to write them close together: then the
    /// terminal's line was slow in a way no person's is, and nothing follows from what became of them.
    pub fn pieces(&mut self, pieces: &[&str]) -> Option<()> {
        let start = Instant::now();
        for piece in pieces {
            self.keys(piece);
        }
        (start.elapsed() < Duration::from_millis(15)).then_some(())
    }

    /// Types, all at once.
    pub fn keys(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    pub fn resize(&self, width: u16, height: u16) {
        self.shown()
            .terminal
            .screen_mut()
            .set_size(some(height), some(width));
        self.master
            .as_ref()
            .unwrap()
            .resize(PtySize {
                rows: height,
                cols: width,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
    }

    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.process_id().unwrap()).unwrap()
    }

    /// Sends a signal to the program.
    pub fn signal(&self, signal: i32) {
        assert_eq!(send(self.pid(), signal), 0);
    }

    /// Waits for something that is not on the screen.
    pub fn wait_until(&self, what: &str, state: impl Fn() -> bool) {
        let until = Instant::now() + self.patience;
        while !state() {
            assert!(
                Instant::now() < until,
                "never: {what}\n{}",
                self.shown().text()
            );
            self.pause();
        }
    }

    /// Until something is written, or a moment has passed in which something else may have changed.
    fn pause(&self) {
        let shown = self.shown.0.lock().unwrap();
        drop(self.shown.1.wait_timeout(shown, Duration::from_millis(20)));
    }

    /// How it ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Waits for its end.
    pub fn end(&mut self) -> ExitStatus {
        let until = Instant::now() + self.patience;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(
                Instant::now() < until,
                "it never ends\n{}",
                self.shown().text()
            );
            self.pause();
        }
    }

    /// The terminal's line settings, in a form to compare.
    pub fn settings(&self) -> Settings {
        let fd = self.master.as_ref().unwrap().as_raw_fd().unwrap();
        settings(fd)
    }

    /// Takes the terminal away.
    pub fn hang_up(&mut self) {
        self.hung_up.store(true, Ordering::SeqCst);
        self.master = None;
        self._slave = None;
        self.keys = Box::new(std::io::sink());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn some(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).unwrap()
}

/// All flags and control characters of a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    flags: [libc::tcflag_t; 4],
    characters: Vec<libc::cc_t>,
}

impl Settings {
    pub fn echoes(&self) -> bool {
        self.flags[3] & libc::ECHO != 0
    }
}

#[allow(unsafe_code)]
fn settings(fd: RawFd) -> Settings {
    // SAFETY: termios is plain integers, and the descriptor is the open master.
    let termios = unsafe {
        let mut termios: libc::termios = std::mem::zeroed();
        assert_eq!(libc::tcgetattr(fd, &raw mut termios), 0);
        termios
    };
    Settings {
        flags: [
            termios.c_iflag,
            termios.c_oflag,
            termios.c_cflag,
            termios.c_lflag,
        ],
        characters: termios.c_cc.to_vec(),
    }
}

#[allow(unsafe_code)]
fn send(pid: i32, signal: i32) -> i32 {
    // SAFETY: kill has no memory effects; the pid is our own child's, not yet waited for.
    unsafe { libc::kill(pid, signal) }
}

#[allow(unsafe_code)]
fn readable(fd: RawFd, milliseconds: i32) -> bool {
    let mut polled = libc::pollfd {
        fd,
        events: libc::POLLIN,
        revents: 0,
    };
    // SAFETY: one entry, which outlives the call; a descriptor that was closed meanwhile is only an error in it.
    unsafe { libc::poll(&raw mut polled, 1, milliseconds) > 0 }
}
