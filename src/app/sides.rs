//! What the two sides of a call are called. Which party is where is not known: they are left and right until someone names them.

use super::text::named;

/// What someone calls a side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// Characters of the longest: it stands over a column of numbers, and before a lane.
    pub const LONGEST: usize = 14;

    /// `None` for what is empty, too long or cannot be shown as it is.
    pub fn new(text: &str) -> Option<Self> {
        named(text, Self::LONGEST).map(Self)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The names that the configuration gives.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SideNames {
    pub left: Option<Name>,
    pub right: Option<Name>,
}

impl SideNames {
    pub fn left(&self) -> &str {
        self.left.as_ref().map_or("left", Name::as_str)
    }

    pub fn right(&self) -> &str {
        self.right.as_ref().map_or("right", Name::as_str)
    }

    /// Side 0 is the left one; of a single channel there are no sides.
    pub fn of(&self, side: usize, sides: usize) -> &str {
        match (side, sides) {
            (_, 0 | 1) => "mono",
            (0, _) => self.left(),
            _ => self.right(),
        }
    }

    /// A letter for each side: its name's first, unless both have the same one.
    pub fn letters(&self) -> (String, String) {
        let first = |name: &str| name.chars().next().map(|c| c.to_uppercase().to_string());
        match (first(self.left()), first(self.right())) {
            (Some(left), Some(right)) if left != right => (left, right),
            _ => ("L".to_owned(), "R".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(left: &str, right: &str) -> SideNames {
        SideNames {
            left: Name::new(left),
            right: Name::new(right),
        }
    }

    #[test]
    fn sides_are_left_and_right_until_they_are_named() {
        let none = SideNames::default();
        assert_eq!((none.of(0, 2), none.of(1, 2)), ("left", "right"));
        let half = named("agent", "");
        assert_eq!((half.of(0, 2), half.of(1, 2)), ("agent", "right"));
        assert_eq!(half.of(0, 1), "mono");
    }

    #[test]
    fn letters_tell_the_sides_apart() {
        let letters = |left, right| named(left, right).letters();
        assert_eq!(letters("", ""), ("L".into(), "R".into()));
        assert_eq!(letters("agent", "customer"), ("A".into(), "C".into()));
        assert_eq!(letters("caller", "callee"), ("L".into(), "R".into()));
    }

    #[test]
    fn a_name_is_short_and_cannot_steer_the_terminal() {
        for wrong in ["", " ", "a\u{1b}[2J", "\u{202e}x", "fifteen letters"] {
            assert_eq!(Name::new(wrong), None, "{wrong:?}");
        }
    }
}
