//! How far back going on after a pause steps: enough to find the way back into what was said.

use std::str::FromStr;
use std::time::Duration;

use crate::app::Now;

/// Steps in whole seconds by how long the pause was. The default is 0, 2, 5 and 10 s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rewind {
    /// After less than 3 s, less than a minute, less than an hour, and more.
    steps: [u16; 4],
}

/// Further back nobody finds the way in any more; an hour is a slip of the finger.
const MOST: u16 = 600;

impl Default for Rewind {
    fn default() -> Self {
        Self {
            steps: [0, 2, 5, 10],
        }
    }
}

/// What was given is no set of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "four numbers of seconds up to {MOST} are needed, for pauses of less than 3 s, a minute, an hour, and longer: 0,2,5,10; or off"
)]
pub struct NoRewind;

impl FromStr for Rewind {
    type Err = NoRewind;

    /// `0,2,5,10`, or `off`.
    fn from_str(text: &str) -> Result<Self, NoRewind> {
        if text.trim() == "off" {
            return Ok(Self { steps: [0; 4] });
        }
        let steps: Result<Vec<u16>, _> = text.split(',').map(|step| step.trim().parse()).collect();
        let steps = steps.map_err(|_| NoRewind)?;
        let steps: [u16; 4] = steps.try_into().map_err(|_| NoRewind)?;
        match steps.iter().all(|step| *step <= MOST) {
            true => Ok(Self { steps }),
            false => Err(NoRewind),
        }
    }
}

impl Rewind {
    /// Seconds after less than 3 s, less than a minute, less than an hour, and more.
    pub fn steps(&self) -> [u16; 4] {
        self.steps
    }

    /// The step after a pause of this length.
    pub fn after(&self, away: Duration) -> Duration {
        let [moment, minute, hour, longer] = self.steps;
        Duration::from_secs(u64::from(match away.as_secs() {
            0..3 => moment,
            3..60 => minute,
            60..3_600 => hour,
            _ => longer,
        }))
    }
}

/// How long somebody was away. The monotonic clock stands still while the machine sleeps, and the other one may be set: the
/// longer of both is right but for a clock that was set forward.
pub(super) fn away(since: Now, now: Now) -> Duration {
    let mono = now.mono.saturating_duration_since(since.mono);
    mono.max((now.wall - since.wall).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_four_numbers_or_off() {
        assert_eq!("0,2,5,10".parse(), Ok(Rewind::default()));
        let off: Rewind = "off".parse().unwrap();
        assert_eq!(off.after(Duration::from_secs(90_000)), Duration::ZERO);
        let own: Rewind = " 1, 3,9,20 ".parse().unwrap();
        let steps = [2, 3, 60, 3_600].map(|away| own.after(Duration::from_secs(away)).as_secs());
        assert_eq!(steps, [1, 3, 9, 20]);
        for wrong in [
            "",
            "1,2,3",
            "1,2,3,4,5",
            "a,b,c,d",
            "0,2,5,601",
            "-1,2,5,10",
        ] {
            assert_eq!(wrong.parse::<Rewind>(), Err(NoRewind), "{wrong}");
        }
    }
}
