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
use crate::audio::speech::Side;
use crate::runtime::account::Account;
use crate::runtime::debug::DebugPanic;
use crate::runtime::line::Line;
use crate::runtime::signals::Signals;

use super::account::{Ready, Whose};
use super::browse::PanicPlace;
use super::settings::{self, Flags};
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

    /// Which side of a stereo call
    #[arg(long, value_enum, value_name = "SIDE", default_value_t = Channel::Both)]
    channel: Channel,

    #[command(flatten)]
    sound: To,

    #[command(flatten)]
    listening: settings::Listening,

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

/// Plays until the sound ends, or until it is told to.
///
/// # Errors
/// Why the recording was not played: one line, and the exit code that says whose mistake it is.
pub async fn run(args: Args) -> Result<ExitCode, Failure> {
    let ready = args.whose.read(&args.flags())?;
    let sink = args.sound.or(&ready.settings)?.sink()?;
    let mut signals = Signals::new()?;
    let account = args.whose.open().await?;
    let begun = tokio::select! {
        begun = begin(&account, &args.target, args.player(&ready)) => begun?,
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
    let keymap = ready.config.keymap().clone();
    let listening = Listening::new(player, ids, keymap, terminal.is_none());
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
async fn begin(
    account: &Account,
    target: &Target,
    mut player: Player,
) -> Result<(Player, Ids, Vec<Effect>), Failure> {
    let mut ids = Ids::default();
    let mut effects = player.starting();
    let now = Now {
        mono: std::time::Instant::now(),
        wall: chrono::Utc::now(),
    };
    match target {
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
    /// What is said for this time, over the configuration.
    fn flags(&self) -> Flags {
        Flags {
            sound: self.sound.clone(),
            listening: self.listening.clone(),
            ..Flags::default()
        }
    }

    /// A player as the settings and the flags have it.
    fn player(&self, ready: &Ready) -> Player {
        let mut start = settings::start(&ready.settings);
        start.speech.sides.side = match self.channel {
            Channel::Both => Side::Both,
            Channel::Left => Side::Left,
            Channel::Right => Side::Right,
        };
        Player::new(
            &start,
            &settings::preferences(&ready.config, &ready.settings),
        )
    }
}
