//! How much the terminal may be asked for, and in which colours.

use ratatui::style::Color;

/// Which colours. Nothing is ever told by colour alone, so `Mono` loses no meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// The terminal's own sixteen colours, on the terminal's own background.
    #[default]
    Terminal,
    /// Bright colours, for a dark background.
    Dark,
    /// Deep colours, for a light background.
    Light,
    /// `NO_COLOR`, or a terminal without colours: bold, dim, underline and reverse only.
    Mono,
}

impl Theme {
    pub const ALL: [Self; 4] = [Self::Terminal, Self::Dark, Self::Light, Self::Mono];

    /// As it is called in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Mono => "mono",
        }
    }
}

/// Colours that take the place of the theme's, by what they mean. `Mono` has none, whatever is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Colours {
    pub text: Option<Color>,
    pub quiet: Option<Color>,
    pub title: Option<Color>,
    pub border: Option<Color>,
    pub focus: Option<Color>,
    pub cursor: Option<Color>,
    pub playing: Option<Color>,
    pub trouble: Option<Color>,
    pub waiting: Option<Color>,
    pub key: Option<Color>,
    pub accent: Option<Color>,
    pub found: Option<Color>,
}
