//! Runs the app in a terminal: everything between the pure core and the world.
//!
//! | file | is |
//! |---|---|
//! | [`drive`], [`program`] | the loop: waits, tells the app, carries out, draws; what it works with |
//! | [`effects`], [`account`] | requests and player commands; the account behind them |
//! | `hearing` | what is heard, on its way to the audit log |
//! | [`stage`], [`screen`], [`output`] | drawing: ratatui's cells, their bytes, a terminal that may be slow |
//! | [`terminal`], [`mod@panic`], [`stderr`] | the terminal taken and given back, whatever happens |
//! | [`input`], [`signals`] | keys, clicks, pastes; SIGTERM and its like |
//! | [`mod@file`] | a file that is whole or not there |
//! | [`frames`], [`timers`] | when to draw, when to ring |
//! | [`jobs`] | exports, downloads and deletions beside the loop |
//! | `marks` | the file that holds marks, where the user has it |
//! | [`clipboard`], [`log`] | copying; what was said behind the screen |
//! | [`mod@line`] | one line of an ordinary terminal, for playing without a screen |
//! | [`sound`] | the player, and its events on their way to the loop |
//! | [`watch`] | the configuration file, when it changes |
//! | [`profiles`] | other accounts of it, made ready off the loop |
//! | [`sys`] | the system calls, and all that is unsafe |

pub mod account;
pub mod clipboard;
pub mod debug;
pub mod drive;
pub mod effects;
pub mod file;
pub mod frames;
mod hearing;
pub mod input;
pub mod jobs;
pub mod line;
pub mod log;
mod marks;
pub mod output;
pub mod panic;
pub mod profiles;
pub mod program;
pub mod question;
pub mod screen;
pub mod signals;
pub mod sound;
pub mod stage;
pub mod stderr;
pub mod sys;
pub mod terminal;
pub mod timers;
pub mod watch;

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::Utc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::app::marks::Keeping;
use crate::app::text::safe;
use crate::app::{App, Effect, Message, Now, Setup};
use crate::audio::Sink;
use crate::audit::Audit;
use crate::emulator;
use crate::plivo;
use crate::plivo::callback::BindError;

use account::{Account, Callbacks};
use clipboard::Way;
use debug::DebugPanic;
use drive::{Drive, Exit};
use effects::{Effects, Leaving};
use input::Reader;
use jobs::Places;
use log::Log;
use profiles::{Opened, Profiles};
use signals::Signals;
use sound::Sound;
use stage::Stage;
use terminal::Tty;
use watch::{Reload, Watch};

/// Messages that the loop has not taken yet. Whoever sends more waits, so that memory stays bounded.
const QUEUE: usize = 256;
/// Worker threads: the loop has the main one, decoding and sound have their own.
const WORKERS: usize = 2;
/// How long what runs on may take to end, once the terminal is given back.
const LAST_WORDS: Duration = Duration::from_millis(200);

/// What the app is started on.
#[derive(Debug)]
pub enum Source {
    /// Nothing to browse: the first-run screen.
    Nothing,
    /// And where it is logged what is done with its recordings, if it is.
    Real(plivo::Client, Option<Audit>),
    Demo,
}

/// How to run.
#[derive(Debug)]
pub struct Options {
    pub source: Source,
    /// What the app may know; its size, account and `demo` are filled in here.
    pub setup: Setup,
    pub sink: Sink,
    pub log: Log,
    /// The embedded account, for `Source::Demo` and for when it is opened from the first-run screen.
    pub demo: emulator::Options,
    /// How answers of the source come by callback; `None`: they come at once.
    pub callbacks: Option<Callbacks>,
    /// Where marks may be kept; `None`: nowhere.
    pub marks: Option<PathBuf>,
    /// The configuration file that views are saved in; `None`: there is no place for one.
    pub config: Option<PathBuf>,
    /// Where jobs may put what they keep.
    pub places: Places,
    /// How requests to the embedded account behave.
    pub client: plivo::Options,
    /// Told once the app stands, as a notice.
    pub notice: Option<String>,
    /// The configuration file, to be taken up when it changes.
    pub reload: Option<Reload>,
    /// The other accounts of the configuration; `None`: there can be none.
    pub profiles: Option<Profiles>,
    pub debug_panic: Option<DebugPanic>,
}

/// Why it could not run. Every text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Terminal(#[from] terminal::Error),
    #[error(transparent)]
    Demo(#[from] account::DemoError),
    #[error(transparent)]
    Callbacks(#[from] BindError),
    #[error("the program could not be started: {0}")]
    System(#[from] io::Error),
}

/// Takes the terminal, runs until the user or the system ends it, and gives the terminal back.
///
/// # Errors
/// When there is no terminal, or the embedded account cannot be started; nothing has been drawn then.
pub fn run(options: Options) -> Result<Exit, Error> {
    // Asked first: no server is started, nothing is read where there is no screen.
    let tty = Tty::open()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()?;
    let exit = runtime.block_on(run_in(tty, options));
    runtime.shutdown_timeout(LAST_WORDS);
    exit
}

async fn run_in(tty: Tty, options: Options) -> Result<Exit, Error> {
    let Options {
        source,
        mut setup,
        sink,
        log,
        demo,
        callbacks,
        marks,
        config,
        places,
        client,
        notice,
        mut reload,
        profiles,
        debug_panic,
    } = options;
    let mut account = match source {
        Source::Nothing => None,
        Source::Real(client, audit) => Some(Account::real(client, audit)),
        Source::Demo => Some(Account::demo(demo.clone(), client).await?),
    };
    if let Some(callbacks) = callbacks
        && let Some(one) = account.take()
    {
        account = Some(one.answered_by(callbacks).await?);
    }
    log.line(concat!("callreel ", env!("CARGO_PKG_VERSION")));
    let (mut tell, queue) = mpsc::channel(QUEUE);
    if let Some(notice) = notice {
        // The queue is empty: this finds room.
        let _ = tell.try_send(Message::Trouble(notice));
    }
    let mut watch = watched(reload.as_ref(), &setup, &tell, &log);

    // Signals are heard before there is anything to put right after them.
    let signals = Signals::new()?;
    let stage = Stage::enter(tty, setup.mouse, log.clone())?;
    let (reader, typed) = Reader::spawn(stage.keyboard()?)?;
    let mut sound = Sound::new(sink, tell.clone());
    let mut drive = Drive::new(
        stage,
        signals,
        reader,
        typed,
        (tell.clone(), queue),
        Way::from_env(),
        log.clone(),
        debug_panic,
    );

    // Accounts that were left: their last lines may wait for a log that another program holds.
    let mut leaving: JoinSet<Option<String>> = JoinSet::new();
    // Each account has an app, hands and a queue of its own, and none of them is left to the next.
    let exit = 'accounts: loop {
        let mut effects = Effects::new(tell.clone(), log.clone(), |command| sound.send(command));
        effects.keep_in(marks.clone());
        effects.jobs_in(places.clone());
        effects.save_views_in(config.clone());
        effects.change_by(profiles.clone());
        let (mut app, mut first) = open(&setup, account.take(), &mut effects, &drive);
        let next = loop {
            match drive.run(&mut app, &mut effects, first).await {
                Exit::OpenDemo => match Account::demo(demo.clone(), client).await {
                    Ok(demo) => break Next::Demo(demo),
                    Err(error) => first = app.update(Message::Trouble(error.to_string()), now()),
                },
                Exit::ChangeAccount(request) => match effects.take_opened(request) {
                    Some(opened) => break Next::Opened(Box::new(opened)),
                    None => {
                        let words = "another account was asked for since: choose it again";
                        first = app.update(Message::Trouble(words.into()), now());
                    }
                },
                exit => {
                    // The terminal first: what ends slowly must not keep it.
                    drop(drive);
                    // Marks may wait for their file, and jobs for what they have under way: nothing is heard meanwhile.
                    leaving.spawn(effects.leave().end());
                    while let Some(ended) = leaving.join_next().await {
                        if let Ok(Some(words)) = ended {
                            // The terminal is an ordinary one again, and may be closed.
                            let _ = writeln!(io::stderr(), "callreel: {}", safe(&words));
                        }
                    }
                    break 'accounts exit;
                }
            }
        };
        // No job runs when an account is left, but for one that began in this moment.
        let left = effects.leave();
        drop(watch);
        match next {
            Next::Demo(demo) => {
                // The file may have changed since the start.
                setup.preferences = app.preferences();
                account = Some(demo);
            }
            Next::Opened(opened) => {
                setup = app.for_another(setup, opened.another);
                account = Some(Account::real(opened.client, opened.audit));
                reload = opened.reload;
            }
        }
        let queue;
        (tell, queue) = mpsc::channel(QUEUE);
        leaving.spawn(told_later(left, tell.clone(), log.clone()));
        drive.start_over((tell.clone(), queue));
        sound.start_over(tell.clone());
        watch = watched(reload.as_ref(), &setup, &tell, &log);
    };
    drop(watch);
    sound.end();
    Ok(exit)
}

/// Ends what an account has under way while the next one is browsed, which tells what is not in the audit log. Gives the words back that
/// nobody hears there any more.
async fn told_later(left: Leaving, tell: mpsc::Sender<Message>, log: Log) -> Option<String> {
    let words = left.end().await?;
    log.line(&words);
    match tell.send(Message::Trouble(words)).await.err()?.0 {
        Message::Trouble(words) => Some(words),
        _ => None,
    }
}

/// What is browsed next.
enum Next {
    Demo(Account),
    Opened(Box<Opened>),
}

/// Watches the configuration file, where there is one to watch.
fn watched(
    reload: Option<&Reload>,
    setup: &Setup,
    tell: &mpsc::Sender<Message>,
    log: &Log,
) -> Option<Watch> {
    Watch::start(reload?.clone(), setup.preferences.clone(), tell.clone())
        // Without a folder there is nothing to take up; `config show` tells where it would be.
        .inspect_err(|error| log.line(&format!("the configuration is not watched: {error}")))
        .ok()
}

/// A new app over an account, and its first effects.
fn open<S: FnMut(crate::audio::Command)>(
    setup: &Setup,
    account: Option<Account>,
    effects: &mut Effects<S>,
    drive: &Drive<Signals, Reader>,
) -> (App, Vec<Effect>) {
    let mut setup = Setup {
        size: drive.stage.size(),
        ..setup.clone()
    };
    if let Some(account) = account {
        setup.demo = account.is_demo();
        setup.auth_id = account.shown_id();
        setup.missing = None;
        setup.callbacks = account.route();
        if account.is_demo() {
            setup.account = "demo".into();
            setup.marks = Keeping::Memory;
        }
        effects.serve(account);
    }
    App::new(setup, now())
}

fn now() -> Now {
    Now {
        mono: Instant::now(),
        wall: Utc::now(),
    }
}
