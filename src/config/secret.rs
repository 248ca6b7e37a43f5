//! Reads tokens from where a profile says they are. Nothing here ever shows one.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use secrecy::SecretString;

use crate::plivo::Credentials;

use super::keychain;

/// Nobody's token is longer.
const MOST: u64 = 8 << 10;

/// A key store may ask the user for a password first.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);
/// A program that has printed all ends in this moment, as a rule.
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Whether a program that is asked for a token may talk with the user on the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terminal {
    /// It may: nothing is drawn there.
    Free,
    /// It has none: the screen is drawn there, and the keys are the screen's.
    Drawn,
}

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{} cannot be read: {why}", path.display())]
    Unreadable { path: PathBuf, why: io::Error },
    #[error("{} is no file", .0.display())]
    NoFile(PathBuf),
    #[error("{} can be read by others (its mode is {mode:03o}): chmod 600 {}", path.display(), path.display())]
    Open { path: PathBuf, mode: u32 },
    #[error("{} holds no text that could be a token", .0.display())]
    NoText(PathBuf),
    #[error("token_command: {program} cannot be run: {why}")]
    NotRun { program: String, why: io::Error },
    #[error("token_command: {program} ended with {status}{}: run it in a shell to see why", unasked(*.terminal))]
    Failed {
        program: String,
        status: String,
        terminal: Terminal,
    },
    #[error("token_command: {program} did not end within {} s", .within.as_secs())]
    TooSlow { program: String, within: Duration },
    #[error("token_command: {program} printed nothing")]
    Nothing { program: String },
    #[error(transparent)]
    Keychain(#[from] keychain::Error),
}

fn unasked(terminal: Terminal) -> &'static str {
    match terminal {
        Terminal::Free => "",
        Terminal::Drawn => ", with no terminal to ask on",
    }
}

/// All of a file that only its owner may read.
pub(super) fn private_file(path: &Path) -> Result<String, Error> {
    let unreadable = |why| Error::Unreadable {
        path: path.to_owned(),
        why,
    };
    // What is no file must not be waited for: opening a pipe blocks until somebody writes.
    let mut options = File::options();
    options.read(true).custom_flags(libc::O_NONBLOCK);
    let file = options.open(path).map_err(unreadable)?;
    // Of the open file: what stands at the path may be another one by now.
    let about = file.metadata().map_err(unreadable)?;
    if !about.is_file() {
        return Err(Error::NoFile(path.to_owned()));
    }
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(Error::Open {
            path: path.to_owned(),
            mode,
        });
    }
    let mut text = String::new();
    file.take(MOST)
        .read_to_string(&mut text)
        .map_err(|_| Error::NoText(path.to_owned()))?;
    Ok(text)
}

/// The first line of a file that only its owner may read.
pub(super) fn from_file(path: &Path) -> Result<SecretString, Error> {
    let text = SecretString::from(private_file(path)?);
    first_line(&text).ok_or_else(|| Error::NoText(path.to_owned()))
}

/// The first line that a program prints. It gets no input but the terminal where that is free, and no other account's credentials; what
/// it says on standard error stays unheard.
pub(super) fn from_command(
    words: &[String],
    within: Duration,
    terminal: Terminal,
) -> Result<SecretString, Error> {
    let (program, arguments) = words.split_first().ok_or_else(|| Error::Nothing {
        program: String::new(),
    })?;
    let program = || program.clone();
    let until = Instant::now() + within;
    let mut command = Command::new(program());
    for name in Credentials::VARIABLES {
        command.env_remove(name);
    }
    if terminal == Terminal::Drawn {
        // By this gpg-agent would ask on it all the same.
        command.env_remove("GPG_TTY");
        leave_terminal(&mut command);
    }
    let mut child = command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|why| Error::NotRun {
            program: program(),
            why,
        })?;
    let (printed, reading) = channel();
    if let Some(output) = child.stdout.take() {
        std::thread::spawn(move || {
            let mut text = String::new();
            let read = output.take(MOST).read_to_string(&mut text).map(|_| ());
            // Nobody waits any more when it was too slow.
            let _ = printed.send(read.map(|()| SecretString::from(text)));
        });
    }
    let done = match reading.recv_timeout(within) {
        // What it prints to may be closed long before it ends.
        Ok(printed) => ended(&mut child, until)
            .map_err(|why| Error::NotRun {
                program: program(),
                why,
            })?
            .map(|status| (printed, status)),
        Err(_) => None,
    };
    let Some((printed, status)) = done else {
        // It may have ended in this moment, which is as well.
        if terminal == Terminal::Drawn {
            // What it has started is in the session that it began.
            let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
        }
        let _ = child.kill();
        let _ = child.wait();
        return Err(Error::TooSlow {
            program: program(),
            within,
        });
    };
    if !status.success() {
        return Err(Error::Failed {
            program: program(),
            status: status.to_string(),
            terminal,
        });
    }
    let text = printed.map_err(|_| Error::Nothing { program: program() })?;
    first_line(&text).ok_or_else(|| Error::Nothing { program: program() })
}

/// Has it begin a session of its own, which has no terminal: what it starts cannot open `/dev/tty` either.
#[allow(unsafe_code)]
fn leave_terminal(command: &mut Command) {
    // SAFETY: setsid may be called between fork and exec (signal-safety(7)), and the closure does nothing else.
    unsafe {
        command.pre_exec(|| {
            rustix::process::setsid()?;
            Ok(())
        });
    }
}

/// How it ended; `None` where it has not by then.
fn ended(child: &mut Child, until: Instant) -> io::Result<Option<ExitStatus>> {
    loop {
        match child.try_wait()? {
            None if Instant::now() < until => std::thread::sleep(LOOK_AGAIN),
            status => return Ok(status),
        }
    }
}

fn first_line(text: &SecretString) -> Option<SecretString> {
    use secrecy::ExposeSecret;
    let line = text.expose_secret().lines().next()?.trim();
    (!line.is_empty()).then(|| SecretString::from(line))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use secrecy::ExposeSecret;

    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_with_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        fs::write(&path, "hunter22\nmore\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        let told = from_file(&path).unwrap_err().to_string();
        assert!(
            told.contains(&format!("chmod 600 {}", path.display())),
            "{told}"
        );
        assert!(!told.contains("hunter22"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(from_file(&path).unwrap().expose_secret(), "hunter22");
        assert!(matches!(from_file(folder.path()), Err(Error::NoFile(_))));
        // Nobody ever writes into it.
        let pipe = folder.path().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, 0o600.into()).unwrap();
        assert!(matches!(from_file(&pipe), Err(Error::NoFile(_))));
        fs::write(&path, "\n").unwrap();
        assert!(matches!(from_file(&path), Err(Error::NoText(_))));
    }

    #[test]
    fn a_commands_first_line_is_the_token_and_no_shell_takes_it_apart() {
        let line = words(&["printf", "%s\nurl: x\n", "$HOME;`id`"]);
        let token = from_command(&line, PATIENCE, Terminal::Free);
        assert_eq!(token.unwrap().expose_secret(), "$HOME;`id`");
    }

    #[test]
    fn what_goes_wrong_with_a_command_is_told_without_its_words() {
        let told = |line: &[&str]| {
            let within = Duration::from_millis(200);
            let failed = from_command(&words(line), within, Terminal::Free);
            failed.unwrap_err().to_string()
        };
        assert!(told(&["/no/such/program"]).contains("cannot be run"));
        let failed = told(&["sh", "-c", "echo hunter22; echo hunter22 >&2; exit 3"]);
        assert!(
            failed.contains("exit status: 3") && !failed.contains("hunter22"),
            "{failed}"
        );
        assert!(told(&["true"]).contains("printed nothing"));
        assert!(told(&["sleep", "600"]).contains("did not end within"));
        let closed = ["sh", "-c", "echo hunter22; exec >&-; exec sleep 600"];
        assert!(told(&closed).contains("did not end within"));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn below_the_screen_a_command_has_a_session_of_its_own() {
        let line = "read -r pid _ _ _ _ session _ < /proc/$$/stat; echo $((pid - session))";
        let away = |terminal| {
            let away = from_command(&words(&["sh", "-c", line]), PATIENCE, terminal);
            away.unwrap().expose_secret().to_owned()
        };
        assert_eq!(away(Terminal::Drawn), "0");
        assert_ne!(away(Terminal::Free), "0");
    }

    #[test]
    fn what_a_slow_command_has_started_ends_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("held");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, 0o600.into()).unwrap();
        let line = format!("sleep 600 > {} & wait", pipe.display());
        let (tell, told) = channel();
        // It has an end once nobody holds its other one.
        std::thread::spawn(move || tell.send(fs::read(pipe)));
        let slow = from_command(
            &words(&["sh", "-c", &line]),
            Duration::from_secs(2),
            Terminal::Drawn,
        );
        assert!(matches!(slow, Err(Error::TooSlow { .. })));
        assert!(told.recv_timeout(Duration::from_secs(10)).is_ok());
    }
}
