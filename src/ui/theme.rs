//! Styles by what they mean. Colour is never the only sign, and no background is ever painted.

use ratatui::style::{Color, Modifier, Style};

use crate::app::Theme;

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
    pub const fn of(theme: Theme) -> Self {
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
        match theme {
            Theme::Mono => base,
            Theme::Terminal => Self {
                border_focus: plain.fg(Color::Cyan),
                playing: base.playing.fg(Color::Green),
                trouble: plain.fg(Color::Red).add_modifier(Modifier::BOLD),
                waiting: plain.fg(Color::Yellow),
                key: plain.fg(Color::Cyan),
                accent: plain.fg(Color::Cyan),
                found: base.found.fg(Color::Yellow),
                // One calm bar, whatever colours the texts under it have.
                cursor: base.cursor.fg(Color::Reset),
                ..base
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_paints_a_background_and_mono_has_no_colour() {
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
        } = Styles::of(Theme::Terminal);
        for style in [
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
        ] {
            assert_eq!(style.bg, None);
        }
        let mono = format!("{:?}", Styles::of(Theme::Mono));
        assert!(!mono.contains("fg"), "{mono}");
    }

    #[test]
    fn without_colour_cursor_playing_and_trouble_still_differ() {
        let mono = Styles::of(Theme::Mono);
        assert_ne!(mono.cursor, mono.playing);
        assert_ne!(mono.playing, mono.trouble);
        assert_ne!(mono.cursor, mono.trouble);
    }
}
