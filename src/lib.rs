//! callreel browses the call recordings of a Plivo account in the terminal, and plays them.
//!
//! The crate is a library and one binary. Rules stand in the middle and touch nothing; looks on one side of them, the world
//! on the other:
//!
//! ```text
//!     keys, mouse, pastes            Recording API             media hosts, sound device
//!     signals, clock                       │                              │
//!           │                       ┌──────┴──────┐               ┌───────┴───────┐
//!           │                       │    plivo    │               │     audio     │
//!           │                       └──────┬──────┘               └───────┬───────┘
//!   ┌───────┴──────────────────────────────┴──────────────────────────────┴───────┐
//!   │                                   runtime                                   │
//!   └───────┬──────────────────────────────▲───────────────────────▲──────┬───────┘
//!           │ Message, Now                 │ Effects               │      │ &App, Now, Frame
//!           ▼                              │              FrameMap │      ▼
//!   ┌──────────────────────────────────────┴──────┐        ┌───────┴──────────────┐
//!   │                     app                     ├───────▶│          ui          │
//!   └─────────────────────────────────────────────┘  read  └──────────────────────┘
//! ```
//!
//! | module | does | may use |
//! |---|---|---|
//! | [`plivo`] | requests, answers, paging, times, callbacks and errors of the Recording API | `inside` |
//! | [`audio`] | from an address to sound: fetch, buffer, decode, resample, output, waveform | `inside` |
//! | [`inside`] | which servers no stranger may lead a request to | none of the others |
//! | [`archive`] | recordings as files that are proven by their hashes | `plivo`, `audio`, `audit`, text made safe by [`app::text`] |
//! | [`deletion`] | what is to be deleted, and the receipts of it | `plivo`, `archive`, `audit`, text made safe by [`app::text`] |
//! | [`audit`] | who listened to, downloaded or deleted what, as lines that are chained by their hashes | `archive`, plain data of `plivo` and `audio`, words of `app` |
//! | [`rows`] | recordings as CSV, TSV, JSON and tables | `plivo`, words and safe text of [`app`] |
//! | [`store`] | what reviewing remembers, in an SQLite file | plain data of `plivo` |
//! | [`app`] | state and rules: [`app::App::update`] takes a message and the time, gives effects | plain data of `plivo`, `audio` and `store` |
//! | [`ui`] | looks: [`ui::draw`] reads the app and says where things are on the screen | `app` |
//! | [`runtime`] | waits, asks the app, does what it wants, draws; gives the terminal back | all |
//! | [`cli`] | the command line, a file for each command | all |
//! | [`config`] | settings: defaults, file, environment, flags; profiles and where tokens come from | plain data of `app`, `audio` and `plivo` |
//! | [`emulator`] | an account on this machine that speaks the Recording API: demo and tests | none of the others |
//!
//! # Walls
//!
//! - `app` is pure. It reads no clock, opens nothing, spawns nothing: time comes in as [`app::Now`], and what is to be done
//!   goes out as [`app::Effect`]. So every rule can be tried in a test without a terminal, a network or a wait.
//! - `ui` changes nothing and remembers nothing. What the mouse needs to know of a drawing, the drawing gives back as
//!   [`app::FrameMap`].
//! - `audio` has never heard of Plivo: it is told an address, the header that may go there, and how long the sound should be.
//! - `emulator` shares no code with `plivo`, though both speak the same protocol: each is there to catch the other's mistakes.
//! - What comes from outside is answered by ids that the app made ([`app::RequestId`], [`audio::PlayId`],
//!   [`app::TimerId`]). An answer whose id nobody waits for any more changes nothing.
//! - Text from outside is made safe in one place, [`app::text`], before it is drawn.
//!
//! # Where to add
//!
//! - **A key**: its action in [`app::action`], what it does in [`app`], its binding in [`app::keymap`]. Help, footer and
//!   the `:` line read those tables.
//! - **A column**: its name in [`app::columns`], how wide it is and when it gives way in `ui/columns.rs`, what stands in it in
//!   `ui/cell.rs`.
//! - **A filter**: the field in [`plivo::Filter`], in [`app::criteria`], in the form ([`app::filter`]), and its flag in
//!   [`cli::browse`].
//! - **Something to do outside**: a variant of [`app::Effect`], carried out in [`runtime::effects`]; its answer a variant of
//!   [`app::Message`].
//! - **A job** on several recordings: a variant of [`app::jobs::Work`], its task a file in `runtime/jobs/`.
//! - **A setting**: its field in [`config::Settings`], its line in `config/default.toml`, and where it goes from there
//!   (`cli/settings.rs`).
//! - **A sink**: a variant of [`audio::Sink`], a file in `audio/output/`, its word in `cli/sink.rs`.
//! - **A command**: a file in `cli/` with its arguments and `run`, and a variant in [`cli`].

// The plain build of the same code is still checked; clippy.toml has no switch of its own for this lint in tests.
#![cfg_attr(test, allow(clippy::string_slice))]

pub mod app;
pub mod archive;
pub mod audio;
pub mod audit;
pub mod cli;
pub mod config;
pub mod deletion;
pub mod emulator;
pub mod inside;
pub mod plivo;
pub mod rows;
pub mod runtime;
pub mod store;
pub mod ui;
