//! Two sides of a call, one a channel: which is heard, where, and how loud against the other.

/// Which side of the recording is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Side {
    /// Each in its own ear.
    #[default]
    Both,
    /// The left one alone, in both ears.
    Left,
    /// The right one alone, in both ears.
    Right,
}

impl Side {
    /// Both, left, right, and both again.
    pub fn next(self) -> Self {
        match self {
            Self::Both => Self::Left,
            Self::Left => Self::Right,
            Self::Right => Self::Both,
        }
    }
}

/// How many decibels the right side of the recording is louder than it was recorded, against the left: -30 to 30 by threes.
/// The other side is turned down for it; nothing is turned up, so nothing clips.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance(i8);

impl Balance {
    const STEP: i8 = 3;
    const MOST: i8 = 30;

    /// `None` where keys do not lead: steps of three, -30 to 30.
    pub fn new(decibels: i8) -> Option<Self> {
        let reached = decibels % Self::STEP == 0 && (-Self::MOST..=Self::MOST).contains(&decibels);
        reached.then_some(Self(decibels))
    }

    pub fn decibels(self) -> i8 {
        self.0
    }

    /// One step in favour of the left side.
    pub fn to_left(self) -> Self {
        Self((self.0 - Self::STEP).max(-Self::MOST))
    }

    /// One step in favour of the right side.
    pub fn to_right(self) -> Self {
        Self((self.0 + Self::STEP).min(Self::MOST))
    }

    /// Factors for the left and the right side, at most 1.0.
    fn gains(self) -> [f32; 2] {
        let gain = |down: i8| 10_f32.powf(-f32::from(down) / 20.0);
        [gain(self.0.max(0)), gain((-self.0).max(0))]
    }
}

/// What is done with the two sides. Sides are named as they were recorded: swapping changes the ears, not the names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sides {
    pub side: Side,
    /// The left side is in the right ear.
    pub swapped: bool,
    /// Between the two where both are heard.
    pub balance: Balance,
}

impl Sides {
    /// Changes interleaved stereo in place.
    pub fn apply(self, samples: &mut [f32]) {
        if self == Self::default() {
            return;
        }
        let [left, right] = self.balance.gains();
        for pair in samples.chunks_exact_mut(2) {
            if let [l, r] = pair {
                (*l, *r) = match self.side {
                    Side::Left => (*l, *l),
                    Side::Right => (*r, *r),
                    Side::Both if self.swapped => (*r * right, *l * left),
                    Side::Both => (*l * left, *r * right),
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(sides: Sides) -> [f32; 2] {
        let mut pair = [1.0, -0.5];
        sides.apply(&mut pair);
        pair
    }

    #[test]
    fn one_side_is_in_both_ears_and_swapping_changes_the_ears() {
        let of = |side, swapped| {
            applied(Sides {
                side,
                swapped,
                ..Sides::default()
            })
        };
        assert_eq!(of(Side::Both, false), [1.0, -0.5]);
        assert_eq!(of(Side::Both, true), [-0.5, 1.0]);
        assert_eq!(of(Side::Left, false), [1.0, 1.0]);
        assert_eq!(of(Side::Right, false), [-0.5, -0.5]);
    }

    #[test]
    fn the_balance_turns_the_other_side_down_and_has_ends() {
        let mut balance = Balance::default();
        balance = balance.to_right().to_right();
        assert_eq!(balance.decibels(), 6);
        let sides = Sides {
            balance,
            ..Sides::default()
        };
        let [left, right] = applied(sides);
        assert!(
            (left - 0.501).abs() < 1e-3 && right == -0.5,
            "{left} {right}"
        );
        // The louder side stays the same one when the ears change.
        let [left, right] = applied(Sides {
            swapped: true,
            ..sides
        });
        assert!(
            (right - 0.501).abs() < 1e-3 && left == -0.5,
            "{left} {right}"
        );
        for _ in 0..50 {
            balance = balance.to_left();
        }
        assert_eq!(balance.decibels(), -30);
        assert_eq!(balance.to_right().decibels(), -27);
    }
}
