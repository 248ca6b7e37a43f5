//! Styles by what they mean. Colour is never the only sign, and no background is ever painted.

use ratatui::style::{Color, Modifier, Style};

use crate::app::Theme;
use crate::app::theme::Colours;

/// The styles of one theme, from the terminal's own sixteen colours or from none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Styles {
    /// Ordinary text: the terminal's own.
    pub text: Style,
    /// What stands back: labels, units, what is stale or on its way.
    pub quiet: Style,
    pub title: Style,
    pub border: Style,
    /// The border of the pane or box that has the keys.
    pub border_focus: Style,
    /// The row under the cursor.
    pub cursor: Style,
    pub playing: Style,
    /// What went wrong. Always beside a sign or words that say so.
    pub trouble: Style,
    /// What is waited for or only partly true.
    pub waiting: Style,
    /// A key to press.
    pub key: Style,
    /// What is to be noticed.
    pub accent: Style,
    /// What was searched for.
    pub found: Style,
}

impl Styles {
    /// The styles of `theme`, with `colours` in place of its own.
    pub fn of(theme: Theme, colours: &Colours) -> Self {
        let styles = Self::of_theme(theme);
        if theme == Theme::Mono {
            return styles;
        }
        let paint = |style: Style, colour: Option<Color>| match colour {
            Some(colour) => style.fg(colour),
            None => style,
        };
        Self {
            text: paint(styles.text, colours.text),
            quiet: match colours.quiet {
                // The colour says that it stands back; dimmed too, it would be hard to read.
                Some(colour) => Style::new().fg(colour),
                None => styles.quiet,
            },
            title: paint(styles.title, colours.title),
            border: match colours.border {
                Some(colour) => Style::new().fg(colour),
                None => styles.border,
            },
            border_focus: paint(styles.border_focus, colours.focus),
            cursor: paint(styles.cursor, colours.cursor),
            playing: paint(styles.playing, colours.playing),
            trouble: paint(styles.trouble, colours.trouble),
            waiting: paint(styles.waiting, colours.waiting),
            key: paint(styles.key, colours.key),
            accent: paint(styles.accent, colours.accent),
            found: paint(styles.found, colours.found),
        }
    }

    const fn of_theme(theme: Theme) -> Self {
        let plain = Style::new();
        let base = Self {
            text: plain,
            quiet: plain.add_modifier(Modifier::DIM),
            title: plain.add_modifier(Modifier::BOLD),
            border: plain.add_modifier(Modifier::DIM),
            border_focus: plain.add_modifier(Modifier::BOLD),
            cursor: plain
                .add_modifier(Modifier::REVERSED)
                .remove_modifier(Modifier::DIM),
            playing: plain.add_modifier(Modifier::BOLD),
            trouble: plain.add_modifier(Modifier::BOLD.union(Modifier::UNDERLINED)),
            waiting: plain.add_modifier(Modifier::DIM),
            key: plain.add_modifier(Modifier::BOLD),
            accent: plain.add_modifier(Modifier::BOLD),
            found: plain.add_modifier(Modifier::UNDERLINED),
        };
        // Accents, what plays, trouble, what is waited for.
        let (accent, playing, trouble, waiting) = match theme {
            Theme::Mono => return base,
            Theme::Terminal => (Color::Cyan, Color::Green, Color::Red, Color::Yellow),
            Theme::Dark => (
                Color::LightCyan,
                Color::LightGreen,
                Color::LightRed,
                Color::LightYellow,
            ),
            // Yellow and light colours cannot be read on white.
            Theme::Light => (Color::Blue, Color::Green, Color::Red, Color::Magenta),
        };
        Self {
            border_focus: plain.fg(accent),
            playing: base.playing.fg(playing),
            trouble: plain.fg(trouble).add_modifier(Modifier::BOLD),
            waiting: plain.fg(waiting),
            key: plain.fg(accent),
            accent: plain.fg(accent),
            found: base.found.fg(waiting),
            // One calm bar, whatever colours the texts under it have.
            cursor: base.cursor.fg(Color::Reset),
            ..base
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(styles: Styles) -> [Style; 12] {
        let Styles {
            text,
            quiet,
            title,
            border,
            border_focus,
            cursor,
            playing,
            trouble,
            waiting,
            key,
            accent,
            found,
        } = styles;
        [
            text,
            quiet,
            title,
            border,
            border_focus,
            cursor,
            playing,
            trouble,
            waiting,
            key,
            accent,
            found,
        ]
    }

    #[test]
    fn nothing_paints_a_background_and_mono_has_no_colour() {
        let colours = Colours {
            quiet: Some(Color::Blue),
            trouble: Some(Color::Magenta),
            ..Colours::default()
        };
        for theme in Theme::ALL {
            for style in all(Styles::of(theme, &colours)) {
                assert_eq!(style.bg, None);
                assert!(theme != Theme::Mono || style.fg.is_none());
            }
        }
    }

    #[test]
    fn a_colour_takes_the_place_of_the_themes_and_leaves_the_others() {
        let red = Colours {
            playing: Some(Color::Red),
            ..Colours::default()
        };
        for theme in [Theme::Terminal, Theme::Dark, Theme::Light] {
            let (own, plain) = (
                Styles::of(theme, &red),
                Styles::of(theme, &Colours::default()),
            );
            assert_eq!(own.playing.fg, Some(Color::Red));
            assert_eq!(own.playing.add_modifier, plain.playing.add_modifier);
            assert_eq!(own.trouble, plain.trouble);
        }
    }

    #[test]
    fn without_colour_cursor_playing_and_trouble_still_differ() {
        let mono = Styles::of(Theme::Mono, &Colours::default());
        assert_ne!(mono.cursor, mono.playing);
        assert_ne!(mono.playing, mono.trouble);
        assert_ne!(mono.cursor, mono.trouble);
    }
}
