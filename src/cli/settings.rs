//! Flags that say what the configuration file and the environment can say too, and what becomes of it all.

use chrono_tz::Tz;

use crate::app::choices::Settled;
use crate::app::player::{Rewind, Start};
use crate::app::theme::Theme;
use crate::app::zone::Zone;
use crate::app::{Criteria, Preferences};
use crate::audio::Speech;
use crate::audio::speech::{Skip, Speed};
use crate::config::{Config, Settings, Source, Value, ZoneName};

use super::sink::To;
use super::zone;

/// Settings for this time.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Listening")]
pub struct Flags {
    /// Most requests a second [default: 20]; the account's own limit is 60, and its production traffic shares it
    #[arg(long, value_name = "N", help_heading = "Options", value_parser = clap::value_parser!(u32).range(1..=60))]
    pub(super) rate: Option<u32>,

    #[command(flatten)]
    pub(super) sound: To,

    #[command(flatten)]
    pub(super) listening: Listening,

    #[command(flatten)]
    pub(super) view: View,
}

/// How it is listened to at first.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Listening")]
pub struct Listening {
    /// Seconds that going on steps back after a pause of less than 3 s, a minute, an hour, and longer; or off [default: 0,2,5,10]
    #[arg(long, value_name = "STEPS", value_parser = value::<Rewind>)]
    pub(super) rewind: Option<Rewind>,

    /// Begin at this speed, 0.5 to 4 [default: 1]
    #[arg(long, value_name = "FACTOR", value_parser = value::<Speed>)]
    pub(super) speed: Option<Speed>,

    /// Begin at this volume in per cent, 0 to 200 [default: 100]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u32).range(0..=200))]
    pub(super) volume: Option<u32>,

    /// Begin by skipping silence: off, mild, strong [default: off]
    #[arg(long, value_name = "HOW", value_parser = value::<Skip>)]
    pub(super) skip_silence: Option<Skip>,
}

#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "The screen")]
pub struct View {
    /// Show times in this zone, and read typed ones in it: Europe/Lisbon
    #[arg(long, value_name = "ZONE", value_parser = zone::named, group = "shown_zone")]
    pub(super) tz: Option<Tz>,

    /// Show times in UTC; this is the default
    #[arg(long, group = "shown_zone")]
    pub(super) utc: bool,

    /// Show times in this machine's zone
    #[arg(long, group = "shown_zone")]
    pub(super) local: bool,

    /// Hide phone numbers and names from the start
    #[arg(long)]
    pub(super) mask: bool,

    /// Leave the mouse to the terminal, for selecting text
    #[arg(long)]
    pub(super) no_mouse: bool,

    /// Colours: terminal, dark, light, mono [default: terminal]
    #[arg(long, value_name = "NAME", value_parser = value::<Theme>)]
    pub(super) theme: Option<Theme>,
}

/// A setting's value as a flag.
///
/// # Errors
/// What is needed instead.
fn value<T: Value>(text: &str) -> Result<T, String> {
    T::parse(text).ok_or_else(|| format!("{} is needed", T::range()))
}

impl Flags {
    /// Puts what was given over what was said before.
    pub(super) fn over(&self, settings: &mut Settings) {
        settings.rate.flag("--rate", self.rate.map(Into::into));
        let word = self.sound.word();
        settings
            .sink
            .flag("--sink", word.and_then(|word| Value::parse(&word)));
        self.listening.over(settings);
        let view = &self.view;
        settings.zone.flag("--tz", view.tz.map(ZoneName::Named));
        settings
            .zone
            .flag("--utc", view.utc.then_some(ZoneName::Utc));
        settings
            .zone
            .flag("--local", view.local.then_some(ZoneName::Local));
        settings.mask.flag("--mask", view.mask.then_some(true));
        settings
            .mouse
            .flag("--no-mouse", view.no_mouse.then_some(false));
        settings.theme.flag("--theme", view.theme);
    }
}

impl Listening {
    fn over(&self, settings: &mut Settings) {
        settings.rewind.flag("--rewind", self.rewind);
        settings.speed.flag("--speed", self.speed);
        settings
            .volume
            .flag("--volume", self.volume.map(Into::into));
        settings
            .skip_silence
            .flag("--skip-silence", self.skip_silence);
    }
}

/// What may change while the app runs.
pub(super) fn preferences(config: &Config, settings: &Settings) -> Preferences {
    Preferences {
        theme: settings.theme.value,
        colours: settings.colours.colours(),
        columns: settings.columns.value.clone(),
        keymap: config.keymap().clone(),
        rewind: settings.rewind.value,
        sides: settings.sides(),
        thresholds: settings.thresholds(),
        clipped_places: settings.clipped_places.value.get(),
        views: config.views().to_vec(),
        downloads: settings.downloads.value.clone(),
    }
}

/// How it is listened to at first.
pub(super) fn start(settings: &Settings) -> Start {
    Start {
        speech: Speech {
            speed: settings.speed.value,
            skip: settings.skip_silence.value,
            level: settings.level_voices.value,
            ..Speech::default()
        },
        volume: u16::try_from(settings.volume.value.get()).unwrap_or(100),
        autoplay: settings.autoplay.value,
    }
}

/// What of it was said by someone, and so is not overruled by what was chosen in an earlier run.
pub(super) fn settled(settings: &Settings) -> Settled {
    Settled {
        speed: settings.speed.source != Source::Default,
        volume: settings.volume.source != Source::Default,
        skip: settings.skip_silence.source != Source::Default,
        level: settings.level_voices.source != Source::Default,
    }
}

/// The range of the first screen where no flag says another.
pub(super) fn first_days(criteria: Criteria, settings: &Settings) -> Criteria {
    match criteria == Criteria::last_30_days() {
        true => Criteria::last_days(settings.days.value.get()),
        false => criteria,
    }
}

/// The zone shown first, this machine's zone, and what to say when the latter is wanted and not known.
pub(super) fn zones(shown: ZoneName) -> (Zone, Zone, Option<String>) {
    let (local, notice) = match zone::local() {
        Ok(zone) => (zone, None),
        Err(why) => (
            Tz::UTC,
            Some(format!(
                "the local time zone is not known ({why}): local times are UTC; name it with --tz"
            )),
        ),
    };
    let local = Zone::local(local);
    match shown {
        ZoneName::Named(tz) => (Zone::named(tz), local, None),
        ZoneName::Local => (local, local, notice),
        ZoneName::Utc => (Zone::utc(), local, None),
    }
}
