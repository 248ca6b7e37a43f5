//! Copying: through the terminal (OSC 52), which works over ssh too; inside tmux through tmux's own buffer.
//!
//! Neither way answers, so the screen says "sent to the terminal", not "copied".

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::time::Instant;

use crate::plivo::Credentials;

/// The most text that is copied, in bytes: terminals drop longer sequences (xterm and tmux near 100 kB encoded).
pub const LONGEST: usize = 64 * 1024;
/// tmux answers in milliseconds; one that hangs is left alone.
const PATIENCE: Duration = Duration::from_secs(2);
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// Why nothing was copied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("not copied: {0} bytes are more than a terminal takes ({LONGEST})")]
    TooLong(usize),
    #[error("not copied: tmux did not take it ({0}); hold Shift and select with the mouse instead")]
    Tmux(String),
}

/// How to reach the clipboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// OSC 52 to the terminal.
    Terminal,
    /// `tmux load-buffer -w -`: tmux keeps the text and passes it on to the terminal outside.
    Tmux,
}

impl Way {
    /// tmux says so by `TMUX`.
    pub fn from_env() -> Self {
        match std::env::var_os("TMUX") {
            Some(value) if !value.is_empty() => Self::Tmux,
            _ => Self::Terminal,
        }
    }
}

/// Says no to text that is too long for either way.
pub fn check(text: &str) -> Result<(), Error> {
    if text.len() > LONGEST {
        Err(Error::TooLong(text.len()))
    } else {
        Ok(())
    }
}

/// The sequence that hands text to the terminal's clipboard. Whatever the text holds, only base64 is in it.
pub fn osc52(text: &str) -> Result<Vec<u8>, Error> {
    check(text)?;
    Ok(format!("\x1b]52;c;{}\x1b\\", STANDARD.encode(text)).into_bytes())
}

/// Puts text into tmux's buffer. The account's credentials are not in the child's environment.
pub async fn to_tmux(text: &str) -> Result<(), Error> {
    check(text)?;
    let mut command = Command::new("tmux");
    command.args(["load-buffer", "-w", "-"]);
    hand_over(command, text).await.map_err(Error::Tmux)
}

async fn hand_over(mut command: Command, text: &str) -> Result<(), String> {
    for name in Credentials::VARIABLES {
        command.env_remove(name);
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    if let Some(mut input) = child.stdin.take() {
        let text = text.to_owned();
        // On a thread: a child that does not read would hold the loop's worker.
        std::thread::Builder::new()
            .name("copy".into())
            .spawn(move || input.write_all(text.as_bytes()))
            .map_err(|error| error.to_string())?;
    }
    let until = Instant::now() + PATIENCE;
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < until => tokio::time::sleep(LOOK_AGAIN).await,
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err("no answer".into());
            }
            Err(error) => return Err(error.to_string()),
        }
    };
    if status.success() {
        return Ok(());
    }
    let mut said = Vec::new();
    if let Some(stderr) = child.stderr.take() {
        // What a child that has ended left in the pipe.
        let _ = stderr.take(1024).read_to_end(&mut said);
    }
    let said = String::from_utf8_lossy(&said);
    let said: String = said
        .lines()
        .next()
        .unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(120)
        .collect();
    Err(if said.is_empty() {
        status.to_string()
    } else {
        said
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_sequence_holds_only_base64_whatever_the_text() {
        let bytes = osc52("id\x1b]0;evil\x07\n").unwrap();
        let inner = bytes
            .strip_prefix(b"\x1b]52;c;")
            .and_then(|rest| rest.strip_suffix(b"\x1b\\"))
            .unwrap();
        assert!(
            inner
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(b))
        );
        assert_eq!(STANDARD.decode(inner).unwrap(), b"id\x1b]0;evil\x07\n");
    }

    #[test]
    fn what_no_terminal_takes_is_refused_in_words() {
        let error = osc52(&"x".repeat(LONGEST + 1)).unwrap_err();
        assert_eq!(error, Error::TooLong(LONGEST + 1));
        assert!(osc52(&"x".repeat(LONGEST)).is_ok());
    }

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn the_child_gets_the_text_and_its_failure_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("text");
        let mut command = shell("cat > \"$OUT\"");
        command.env("OUT", &file);
        hand_over(command, "8d5cd396").await.unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "8d5cd396");
        let told = hand_over(
            shell("cat >/dev/null; printf 'no \\033[31mserver\\n' >&2; exit 1"),
            "x",
        )
        .await;
        assert_eq!(told, Err("no [31mserver".into()));
        assert!(
            hand_over(Command::new("/nonexistent/tmux"), "x")
                .await
                .is_err()
        );
    }

    #[tokio::test]
    async fn the_child_never_sees_the_token() {
        let mut command = shell("cat >/dev/null; test -z \"$PLIVO_AUTH_TOKEN$PLIVO_AUTH_ID\"");
        command.env("PLIVO_AUTH_TOKEN", "secret");
        command.env("PLIVO_AUTH_ID", "id");
        assert_eq!(hand_over(command, "x").await, Ok(()));
    }
}
