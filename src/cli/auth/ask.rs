//! Asks for an id and a token, on the terminal or on standard input.

use std::io::{self, BufRead, IsTerminal, Write};
use std::os::fd::AsFd;

use anyhow::{Context, anyhow};
use secrecy::SecretString;
use tokio::sync::oneshot;

use crate::cli::Failure;
use crate::cli::stop::Stop;
use crate::config::ProfileName;
use crate::runtime::signals::Ending;
use crate::runtime::sys;

/// No line that is asked for is longer.
const MOST: u64 = 8 << 10;

/// The id and the token; an id that is given is not asked for. Or by what it was told to stop meanwhile.
///
/// # Errors
/// Standard input ends or cannot be read.
pub(super) async fn for_both(
    name: &ProfileName,
    id: Option<String>,
) -> Result<Result<(String, SecretString), Ending>, Failure> {
    let mut stop = Stop::listen().context("cannot listen for Ctrl-c and SIGTERM")?;
    let shown = io::stdin().is_terminal();
    let id = match id {
        Some(id) => id,
        None => {
            if shown {
                say(&format!(
                    "Auth id of {name} (on the first page of the console): "
                ));
            }
            match line(&mut stop).await? {
                Ok(id) => id,
                Err(ending) => return Ok(Err(ending)),
            }
        }
    };
    let unseen = match shown {
        true => {
            // First: whoever types at the sight of the question must not be shown.
            let unseen = Unseen::begin().context("the terminal would show the token")?;
            say("Auth token (it is not shown): ");
            Some(unseen)
        }
        false => None,
    };
    let token = line(&mut stop).await;
    if unseen.is_some() {
        // The newline that was typed was not shown either.
        say("\n");
    }
    drop(unseen);
    Ok(token?.map(|token| (id, SecretString::from(token))))
}

/// One line of standard input. Or by what it was told to stop meanwhile.
async fn line(stop: &mut Stop) -> Result<Result<String, Ending>, Failure> {
    let (read, reading) = oneshot::channel();
    // Not one of the runtime's threads: those are waited for at the end, and nobody may type any more.
    std::thread::Builder::new()
        .name("ask".into())
        .spawn(move || {
            let mut text = String::new();
            let result = io::Read::take(io::stdin().lock(), MOST).read_line(&mut text);
            // Nobody waits for it after a stop.
            let _ = read.send(result.map(|_| text));
        })
        .context("no thread to read in")?;
    tokio::select! {
        ending = stop.told() => Ok(Err(ending)),
        text = reading => {
            let text = text.context("nobody reads standard input")?;
            let text = text.context("standard input cannot be read")?;
            match text.trim().is_empty() {
                true => Err(anyhow!("standard input ended before the id and the token had come").into()),
                false => Ok(Ok(text.trim().to_owned())),
            }
        }
    }
}

/// While it lives the terminal shows nothing that is typed.
struct Unseen {
    before: sys::Termios,
}

impl Unseen {
    fn begin() -> io::Result<Self> {
        let stdin = io::stdin();
        let before = sys::settings(stdin.as_fd())?;
        sys::set_settings(stdin.as_fd(), &sys::without_echo(&before))?;
        Ok(Self { before })
    }
}

impl Drop for Unseen {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing back.
        let _ = sys::set_settings(io::stdin().as_fd(), &self.before);
    }
}

fn say(text: &str) {
    // A closed standard error is no one's concern any more.
    let _ = io::stderr().write_all(text.as_bytes());
}
