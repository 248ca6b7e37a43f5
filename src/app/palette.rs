//! The command line: `:120`, `:p7`, a link to a moment, and every action by name.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::action::{ACTIONS, Action, Description};
use super::input::TextLine;
use super::link::Link;

/// Rows a page: the API's own most, which `:p7` counts in.
pub const PAGE: usize = 20;

/// What the line would do.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// A row, counted from 1.
    Row(usize),
    /// A page, counted from 1.
    Page(usize),
    /// A moment of a recording, as a link was pasted.
    Moment(Link),
    Do(&'static Description),
}

/// The open command line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Palette {
    pub line: TextLine,
    /// Which of the offers is chosen.
    pub chosen: usize,
}

impl Palette {
    /// What fits the line, the best first. Without text: every action.
    pub fn offers(&self) -> Vec<Command> {
        let text = self.line.text().trim();
        if let Some(place) = place(text) {
            return vec![place];
        }
        if let Some(link) = Link::pasted(text) {
            return link.into_iter().map(Command::Moment).collect();
        }
        let actions = ACTIONS.iter().filter(|about| by_name(about.action));
        if text.is_empty() {
            return actions.map(Command::Do).collect();
        }
        let pattern = Pattern::parse(text, CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut buffer = Vec::new();
        let mut score =
            |haystack: &str| pattern.score(Utf32Str::new(haystack, &mut buffer), &mut matcher);
        let mut fitting: Vec<_> = actions
            .filter_map(|about| {
                // The whole name, then the name, then the words: `:q` is quit, whatever else has a q.
                let rank = if about.name == text || alias(text) == Some(about.action) {
                    0
                } else {
                    1
                };
                let name = score(about.name).map(|score| (rank, 0, score));
                let words = || score(about.words).map(|score| (rank, 1, score));
                let (rank, part, score) =
                    name.or_else(words).or((rank == 0).then_some((0, 0, 0)))?;
                Some(((rank, part, std::cmp::Reverse(score)), about))
            })
            .collect();
        fitting.sort_by_key(|(rank, _)| *rank);
        fitting
            .into_iter()
            .map(|(_, about)| Command::Do(about))
            .collect()
    }

    pub fn choice(&self) -> Option<Command> {
        self.offers().get(self.chosen).cloned()
    }

    pub fn choose_next(&mut self) {
        let offers = self.offers().len();
        self.chosen = if self.chosen + 1 < offers {
            self.chosen + 1
        } else {
            0
        };
    }

    pub fn choose_previous(&mut self) {
        self.chosen = self
            .chosen
            .checked_sub(1)
            .unwrap_or(self.offers().len().saturating_sub(1));
    }
}

/// `120` is a row, `p7` a page; both count from 1, so 0 is the first too.
fn place(text: &str) -> Option<Command> {
    let number = |digits: &str| {
        let digits = digits.replace(',', "");
        let fits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        // More digits than a number holds is far past the end, which is where it should lead.
        fits.then(|| digits.parse().unwrap_or(usize::MAX).max(1))
    };
    match text.strip_prefix('p') {
        Some(page) => number(page.trim_start()).map(Command::Page),
        None => number(text).map(Command::Row),
    }
}

fn alias(text: &str) -> Option<Action> {
    match text {
        "q" | "exit" => Some(Action::Quit),
        "h" | "keys" => Some(Action::Help),
        "tz" => Some(Action::Zone),
        _ => None,
    }
}

/// Some actions mean nothing from the command line.
fn by_name(action: Action) -> bool {
    !matches!(
        action,
        Action::CommandLine | Action::Accept | Action::Back | Action::OpenDemo
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<Command> {
        let mut palette = Palette::default();
        palette.line.insert(text);
        palette.choice()
    }

    fn action(text: &str) -> Option<Action> {
        match first(text) {
            Some(Command::Do(about)) => Some(about.action),
            _ => None,
        }
    }

    #[test]
    fn numbers_are_rows_and_p_numbers_are_pages() {
        assert_eq!(first("120"), Some(Command::Row(120)));
        assert_eq!(first("1,204"), Some(Command::Row(1204)));
        assert_eq!(first("p7"), Some(Command::Page(7)));
        assert_eq!(first("0"), Some(Command::Row(1)));
        assert_eq!(
            first("99999999999999999999999"),
            Some(Command::Row(usize::MAX))
        );
    }

    #[test]
    fn actions_are_found_by_name_by_alias_and_roughly() {
        assert_eq!(action("q"), Some(Action::Quit));
        assert_eq!(action("unmask"), Some(Action::Unmask));
        assert_eq!(action("mask"), Some(Action::Mask));
        assert_eq!(action("log"), Some(Action::Log));
        assert_eq!(action("cpurl"), Some(Action::CopyUrl));
        assert_eq!(action("fwd30"), Some(Action::Seek(30)));
        assert_eq!(action("pause"), Some(Action::TogglePause));
    }

    #[test]
    fn what_fits_nothing_offers_nothing() {
        assert_eq!(first("xyzzy"), None);
    }

    #[test]
    fn every_offer_can_be_reached_and_the_choice_goes_round() {
        let mut palette = Palette::default();
        palette.choose_previous();
        assert_eq!(palette.chosen, palette.offers().len() - 1);
        palette.choose_next();
        assert_eq!(palette.chosen, 0);
    }
}
