//! `callreel play`: one recording, heard without the screen.

mod line;
mod listening;
mod session;
mod target;

use std::io::{self, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::anyhow;

use crate::app::player::{Length, Player};
use crate::app::text::safe;
use crate::app::{Effect, Ids, Now, words};
use crate::audio::Speech;
use crate::audio::speech::{Side, Sides, Speed};
use crate::runtime::account::Account;
use crate::runtime::debug::DebugPanic;
use crate::runtime::line::Line;
use crate::runtime::panic;
use crate::runtime::signals::Signals;

use super::account::Whose;
use super::browse::PanicPlace;
use super::sink::To;
use super::{FAILED, Failure, PANICKED, failure, recording, stop};
use listening::{End, Listening};
use session::{Outcome, Session};
use target::Target;

/// Play one recording without the screen.
///
/// On a terminal one line shows how far it is, and the player's keys work: ? names them, q ends it. It ends by itself with the
/// sound.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// A recording's id, with @1:23.4 from that moment on (as `y t` copies it), or its link
    #[arg(value_name = "ID[@TIME]|URL")]
    target: Target,

    #[command(flatten)]
    whose: Whose,

    /// How fast, 0.5 to 4
    #[arg(long, value_name = "FACTOR", default_value = "1.0", value_parser = speed)]
    speed: Speed,

    /// Which side of a stereo call
    #[arg(long, value_enum, value_name = "SIDE", default_value_t = Channel::Both)]
    channel: Channel,

    #[command(flatten)]
    sound: To,

    /// Make F12 panic there, to see what becomes of the terminal
    #[arg(long, value_enum, hide = true)]
    debug_panic: Option<PanicPlace>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Channel {
    Both,
    Left,
    Right,
}

/// `1.5`, `1.5x`.
fn speed(text: &str) -> Result<Speed, String> {
    let factor = text.trim_end_matches(['x', '×']).replace(',', ".");
    let tenths = factor.parse().map(|factor: f64| factor * 10.0);
    match tenths {
        Ok(tenths) if (4.95..40.5).contains(&tenths) => {
            Ok(Speed::from_tenths(tenths.round() as u8))
        }
        _ => Err("a factor from 0.5 to 4 is needed, like 1.5".to_owned()),
    }
}

/// Plays until the sound ends, or until it is told to.
///
/// # Errors
/// Why the recording was not played: one line, and the exit code that says whose mistake it is.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let ready = args.whose.read()?;
    let sink = args.sound.or(&ready.settings)?.sink()?;
    let mut signals = Signals::new()?;
    panic::install_hook();
    let account = args.whose.open().await?;
    let begun = tokio::select! {
        begun = begin(&account, &args) => begun?,
        ending = stop::ending(&mut signals) => return Ok(ExitCode::from(ending.exit_code())),
    };
    if let Some(audit) = &account.audit
        && let Err(error) = audit.ready_beside().await
    {
        let error = error.to_string();
        let words = format!("callreel: what you hear is not logged: {}", safe(&error));
        // Nobody may be looking.
        let _ = writeln!(io::stderr(), "{words}");
    }
    let terminal = Line::enter()?;
    let (player, ids, effects) = begun;
    let listening = Listening::new(player, ids, terminal.is_none());
    let session = Session::new(listening, terminal, args.debug_panic.map(DebugPanic::from));
    let (outcome, unlogged) = session::run(session, account, sink, effects, &mut signals).await?;
    let heard = ended(outcome)?;
    match unlogged {
        Some(unlogged) => Err(anyhow!("{}", safe(&unlogged)).into()),
        None => Ok(heard),
    }
}

/// What became of it.
fn ended(outcome: Outcome) -> Result<ExitCode, Failure> {
    match outcome {
        Outcome::Over(End::Heard | End::Quit) => Ok(ExitCode::SUCCESS),
        Outcome::Over(End::Failed(error)) => Err(failure::of_sound(&error)),
        Outcome::Over(End::Beyond(length)) => Err(Failure {
            error: anyhow!("the recording ends at {}", words::clock(length)),
            code: FAILED,
        }),
        Outcome::Signalled(ending) => Ok(ExitCode::from(ending.exit_code())),
        Outcome::Panicked => Ok(ExitCode::from(PANICKED)),
    }
}

/// Finds the recording; a player that has begun with it, and what that takes.
async fn begin(account: &Account, args: &Args) -> Result<(Player, Ids, Vec<Effect>), Failure> {
    let mut player = Player::default();
    let mut ids = Ids::default();
    let mut effects = vec![Effect::Speech(player.listen(args.speech()))];
    let now = Now {
        mono: std::time::Instant::now(),
        wall: chrono::Utc::now(),
    };
    match &args.target {
        Target::Moment(link) => {
            let recording = recording::get(account, &link.id).await?;
            let length = recording.duration.map(|length| Length {
                length,
                exact: false,
            });
            let at = link.moment.place(Duration::ZERO, length)?;
            effects.extend(player.play(&Arc::new(recording), at, &mut ids, now));
        }
        Target::Url(url) => {
            let id = target::name_of(url);
            effects.extend(player.play_url(id, url.clone(), &mut ids, now));
        }
    }
    match player.error() {
        Some(error) => Err(failure::of_sound(error)),
        None => Ok((player, ids, effects)),
    }
}

impl Args {
    fn speech(&self) -> Speech {
        let side = match self.channel {
            Channel::Both => Side::Both,
            Channel::Left => Side::Left,
            Channel::Right => Side::Right,
        };
        Speech {
            sides: Sides {
                side,
                ..Sides::default()
            },
            speed: self.speed,
            ..Speech::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_factors() {
        for (text, tenths) in [
            ("1.5", 15),
            ("2", 20),
            ("0,5x", 5),
            ("4×", 40),
            ("1.26", 13),
        ] {
            assert_eq!(speed(text).map(Speed::tenths), Ok(tenths), "{text}");
        }
        for text in ["", "0.4", "4.1", "nan", "-1", "fast"] {
            assert!(speed(text).is_err(), "{text}");
        }
    }
}
