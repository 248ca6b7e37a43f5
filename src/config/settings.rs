//! All settings: what they are when nobody says anything, and what the environment says.

use ratatui::style::Color;

use crate::app::columns::Columns;
use crate::app::jobs::Folder;
use crate::app::player::Rewind;
use crate::app::sides::{Name, SideNames};
use crate::app::statistics::CLIPPED_PLACES;
use crate::app::theme::{Colours, Theme};
use crate::audio::Thresholds;
use crate::audio::speech::{Skip, Speed};
use crate::plivo::{ApiBase, Rate};

use super::mistake::Error;
use super::slot::{Set, Slot, Source};
use super::values::{LogPath, ProfileName, Seconds, SinkWord, Whole, ZoneName};

/// Everything that can be set.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    pub profile: Set<Option<ProfileName>>,
    pub api_url: Set<ApiBase>,
    /// Where it is logged who listened to, downloaded or deleted what; `None`: nowhere.
    pub audit: Set<Option<LogPath>>,
    /// Most requests a second.
    pub rate: Set<Whole<1, 60>>,
    /// The range of the first screen.
    pub days: Set<Whole<1, 5_000>>,
    pub zone: Set<ZoneName>,
    pub mask: Set<bool>,
    pub mouse: Set<bool>,
    pub columns: Set<Columns>,
    pub theme: Set<Theme>,
    pub colours: ColourSlots,
    pub speed: Set<Speed>,
    /// Per cent.
    pub volume: Set<Whole<0, 200>>,
    pub skip_silence: Set<Skip>,
    pub level_voices: Set<bool>,
    pub autoplay: Set<bool>,
    pub rewind: Set<Rewind>,
    pub sink: Set<SinkWord>,
    pub turn_pause: Set<Seconds<50, 5_000>>,
    pub monologue_pause: Set<Seconds<50, 60_000>>,
    pub overlap: Set<Seconds<10, 10_000>>,
    pub gap: Set<Seconds<1, 10_000>>,
    pub clip_samples: Set<Whole<1, 1_000>>,
    pub clipped_places: Set<Whole<1, 1_000_000>>,
    pub left: Set<Option<Name>>,
    pub right: Set<Option<Name>>,
    /// Where the screen's downloads go at first.
    pub downloads: Set<Folder>,
}

/// A colour for each meaning; without one the theme's own stays.
#[derive(Debug, Clone, PartialEq)]
pub struct ColourSlots {
    slots: [Set<Option<Color>>; 12],
}

impl ColourSlots {
    fn new() -> Self {
        let colour = |key| Set::new(key, None, None);
        Self {
            slots: [
                colour("colours.text"),
                colour("colours.quiet"),
                colour("colours.title"),
                colour("colours.border"),
                colour("colours.focus"),
                colour("colours.cursor"),
                colour("colours.playing"),
                colour("colours.trouble"),
                colour("colours.waiting"),
                colour("colours.key"),
                colour("colours.accent"),
                colour("colours.found"),
            ],
        }
    }

    /// As the screen takes them.
    pub fn colours(&self) -> Colours {
        let [
            text,
            quiet,
            title,
            border,
            focus,
            cursor,
            playing,
            trouble,
            waiting,
            key,
            accent,
            found,
        ] = self.slots.each_ref().map(|slot| slot.value);
        Colours {
            text,
            quiet,
            title,
            border,
            focus,
            cursor,
            playing,
            trouble,
            waiting,
            key,
            accent,
            found,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        let none = None;
        let limits = Thresholds::default();
        let rate = Rate::default().per_second.get();
        Self {
            profile: Set::new("profile", Some("CALLREEL_PROFILE"), None),
            api_url: Set::new("api_url", Some("CALLREEL_API_URL"), ApiBase::default()),
            audit: Set::new("audit", Some("CALLREEL_AUDIT"), None),
            rate: Set::new("requests.rate", none, Whole::new(rate)),
            days: Set::new("screen.days", none, Whole::new(30)),
            zone: Set::new("screen.zone", Some("CALLREEL_ZONE"), ZoneName::Utc),
            mask: Set::new("screen.mask", Some("CALLREEL_MASK"), false),
            mouse: Set::new("screen.mouse", none, true),
            columns: Set::new("screen.columns", none, Columns::default()),
            theme: Set::new("screen.theme", Some("CALLREEL_THEME"), Theme::default()),
            colours: ColourSlots::new(),
            speed: Set::new("player.speed", Some("CALLREEL_SPEED"), Speed::NORMAL),
            volume: Set::new("player.volume", Some("CALLREEL_VOLUME"), Whole::new(100)),
            skip_silence: Set::new("player.skip_silence", none, Skip::Off),
            level_voices: Set::new("player.level_voices", none, false),
            autoplay: Set::new("player.autoplay", none, false),
            rewind: Set::new("player.rewind", Some("CALLREEL_REWIND"), Rewind::default()),
            sink: Set::new("player.sink", Some("CALLREEL_SINK"), SinkWord::default()),
            turn_pause: Set::new(
                "statistics.turn_pause",
                none,
                Seconds::new(limits.turn_pause),
            ),
            monologue_pause: Set::new(
                "statistics.monologue_pause",
                none,
                Seconds::new(limits.monologue_pause),
            ),
            overlap: Set::new("statistics.overlap", none, Seconds::new(limits.overlap)),
            gap: Set::new("statistics.gap", none, Seconds::new(limits.gap)),
            clip_samples: Set::new("statistics.clip_samples", none, Whole::new(limits.clip)),
            clipped_places: Set::new(
                "statistics.clipped_places",
                none,
                Whole::new(CLIPPED_PLACES),
            ),
            left: Set::new("sides.left", none, None),
            right: Set::new("sides.right", none, None),
            downloads: Set::new("downloads.folder", none, Folder::default()),
        }
    }
}

impl Settings {
    /// Every setting, in the order of the file.
    pub fn slots(&mut self) -> Vec<&mut dyn Slot> {
        let mut slots: Vec<&mut dyn Slot> = vec![
            &mut self.profile,
            &mut self.api_url,
            &mut self.audit,
            &mut self.rate,
            &mut self.days,
            &mut self.zone,
            &mut self.mask,
            &mut self.mouse,
            &mut self.columns,
            &mut self.theme,
        ];
        let colours = self.colours.slots.iter_mut();
        slots.extend(colours.map(|slot| slot as &mut dyn Slot));
        let more: [&mut dyn Slot; 16] = [
            &mut self.speed,
            &mut self.volume,
            &mut self.skip_silence,
            &mut self.level_voices,
            &mut self.autoplay,
            &mut self.rewind,
            &mut self.sink,
            &mut self.turn_pause,
            &mut self.monologue_pause,
            &mut self.overlap,
            &mut self.gap,
            &mut self.clip_samples,
            &mut self.clipped_places,
            &mut self.left,
            &mut self.right,
            &mut self.downloads,
        ];
        slots.extend(more);
        slots
    }

    /// What the variables of the environment say.
    ///
    /// # Errors
    /// The first variable whose value is not taken.
    pub(super) fn hear_environment(
        &mut self,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(), Error> {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        if set("NO_COLOR").is_some() {
            self.theme.value = Theme::Mono;
            self.theme.source = Source::Environment("NO_COLOR");
        } else if is_plain(&env("TERM").unwrap_or_default()) {
            self.theme.value = Theme::Mono;
            self.theme.source = Source::Environment("TERM");
        }
        for slot in self.slots() {
            let Some(variable) = slot.names().variable else {
                continue;
            };
            let Some(text) = set(variable) else { continue };
            slot.set(&text, Source::Environment(variable))
                .map_err(|what| Error::Environment { variable, what })?;
        }
        Ok(())
    }

    /// Was the profile named for this run, by the flag, its variable or on the screen? What the environment says of its own account does not
    /// count then.
    pub(super) fn is_profile_named(&self) -> bool {
        let named = matches!(
            self.profile.source,
            Source::Flag(_) | Source::Environment(_) | Source::Chosen
        );
        named && self.profile.value.is_some()
    }

    /// When talk is a turn, and what is wrong with sound.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds {
            turn_pause: self.turn_pause.value.get(),
            monologue_pause: self.monologue_pause.value.get(),
            overlap: self.overlap.value.get(),
            clip: self.clip_samples.value.get(),
            gap: self.gap.value.get(),
        }
    }

    /// What the sides of a call are called.
    pub fn sides(&self) -> SideNames {
        SideNames {
            left: self.left.value.clone(),
            right: self.right.value.clone(),
        }
    }
}

/// Is this a terminal without colours?
fn is_plain(term: &str) -> bool {
    term.is_empty()
        || term == "dumb"
        || term.ends_with("-mono")
        || term.ends_with("-m")
        || ["vt100", "vt102", "vt220", "vt320", "vt420"].contains(&term)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn theme(env: &[(&str, &str)]) -> Theme {
        let mut settings = Settings::default();
        let env = |name: &str| {
            let found = env.iter().find(|(set, _)| *set == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        settings.hear_environment(&env).unwrap();
        settings.theme.value
    }

    #[test]
    fn colours_follow_the_environment() {
        let xterm = ("TERM", "xterm-256color");
        assert_eq!(theme(&[xterm]), Theme::Terminal);
        assert_eq!(theme(&[xterm, ("NO_COLOR", "1")]), Theme::Mono);
        assert_eq!(theme(&[xterm, ("NO_COLOR", "")]), Theme::Terminal);
        assert_eq!(theme(&[("TERM", "vt220")]), Theme::Mono);
        assert_eq!(theme(&[]), Theme::Mono);
        assert_eq!(
            theme(&[xterm, ("NO_COLOR", "1"), ("CALLREEL_THEME", "dark")]),
            Theme::Dark,
            "our own variable is the more exact one"
        );
    }

    #[test]
    fn a_variable_that_is_not_taken_is_named() {
        let env = |name: &str| (name == "CALLREEL_SPEED").then(|| "9".to_owned());
        let told = Settings::default().hear_environment(&env).unwrap_err();
        assert_eq!(
            told.to_string(),
            "CALLREEL_SPEED: a number from 0.5 to 4.0 in steps of 0.1 is needed, not \"9\""
        );
    }

    #[test]
    fn every_setting_has_a_name_of_its_own() {
        let mut settings = Settings::default();
        let mut names: Vec<_> = settings
            .slots()
            .iter()
            .map(|slot| slot.names().key)
            .collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
