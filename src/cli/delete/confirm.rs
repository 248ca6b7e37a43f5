//! Asking before anything is deleted.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Result, anyhow};
use tokio::sync::oneshot;

use super::Args;
use super::choose::Chosen;
use crate::app::jobs::delete::{is_same, sentence};
use crate::cli::report::Form;
use crate::plivo::AuthId;

/// The account as it is shown and typed: `MA…QUU`.
pub(super) fn masked(account: &AuthId) -> String {
    let id = account.as_str();
    let (start, end) = (id.get(..2), id.get(id.len().saturating_sub(3)..));
    format!("{}…{}", start.unwrap_or_default(), end.unwrap_or_default())
}

/// Returns once it is confirmed that exactly this is to be deleted.
///
/// # Errors
/// When it is not; nothing was deleted.
pub(super) async fn confirm(args: &Args, chosen: &Chosen, account: &AuthId) -> Result<()> {
    let count = chosen.plan.count();
    if let Some(expected) = args.expect {
        return match expected == count || chosen.goes_on_with(expected) {
            true => Ok(()),
            false => Err(anyhow!(
                "nothing was deleted: there are {count}, and --expect says {expected}"
            )),
        };
    }
    let terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
    if !terminal || args.output != Form::Text {
        return Err(anyhow!(
            "nothing was deleted: to delete them, add --yes --expect {count}; --dry-run alone says what would be"
        ));
    }
    let sentence = sentence(count, &masked(account));
    let mut err = io::stderr();
    write!(err, "To delete them for good, type: {sentence}\n> ")?;
    err.flush()?;
    match is_same(&typed().await?, &sentence) {
        true => Ok(()),
        false => Err(anyhow!("nothing was deleted: that was another sentence")),
    }
}

/// A line of the terminal. Its thread is not waited for when the program ends.
async fn typed() -> Result<String> {
    let (send, line) = oneshot::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        let read = io::stdin().lock().read_line(&mut text);
        // Nobody may be waiting any more.
        let _ = send.send(read.map(|_| text));
    });
    Ok(line.await.map_err(|_| anyhow!("nothing could be read"))??)
}

impl Chosen {
    /// Whether `expected` was the count of the run that did not come to its end, of which this is the rest.
    fn goes_on_with(&self, expected: u64) -> bool {
        self.rest_of()
            .is_some_and(|unfinished| unfinished.count == expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_shown_short() {
        let account = AuthId::new("MAGWNTM3ZTK1M2YZMQUU").unwrap();
        assert_eq!(masked(&account), "MA…QUU");
    }
}
