//! A moment of a recording as people type it: `1:23`, `-30`, `+10`, `50%`, `1:02:03.5`.

use std::time::Duration;

use super::player::Length;
use super::words;

/// What was typed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Moment {
    /// From the start.
    At(Duration),
    Back(Duration),
    Forward(Duration),
    /// Of the length, 0.0 to 1.0.
    Fraction(f64),
}

/// Why it leads nowhere, with an example of what would.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    #[error("not a time: try 1:23, -30, +10 or 50%")]
    NotATime,
    #[error("59 at most after a colon: 1:02:03")]
    TooMany,
    #[error("a recording ends at 100%")]
    BeyondAll,
    #[error("the recording ends at {0}")]
    BeyondEnd(String),
    #[error("its length is not known yet: try a time like 1:23")]
    NoLength,
}

/// A recording so long does not exist; a number beyond it is a slip.
const LONGEST: Duration = Duration::from_secs(999 * 3600);

/// Reads one moment. Spaces around it and before `%` do not matter.
///
/// # Errors
/// When it is none.
pub fn read(text: &str) -> Result<Moment, Mistake> {
    let text = text.trim();
    if let Some(percent) = text.strip_suffix('%') {
        let percent = decimal(percent.trim()).ok_or(Mistake::NotATime)?;
        return match percent <= 100.0 {
            true => Ok(Moment::Fraction(percent / 100.0)),
            false => Err(Mistake::BeyondAll),
        };
    }
    // The minus that typesetting puts in its place is pasted from documents.
    if let Some(by) = text.strip_prefix(['-', '−']) {
        return time(by.trim_start()).map(Moment::Back);
    }
    if let Some(by) = text.strip_prefix('+') {
        return time(by.trim_start()).map(Moment::Forward);
    }
    time(text).map(Moment::At)
}

/// `83`, `83.5`, `1:23`, `1:02:03.5`.
fn time(text: &str) -> Result<Duration, Mistake> {
    let mut parts = text.split(':').rev();
    let first = parts.next().unwrap_or_default();
    let seconds = decimal(first).ok_or(Mistake::NotATime)?;
    let larger: Option<Vec<u64>> = parts.map(whole).collect();
    let larger = larger.ok_or(Mistake::NotATime)?;
    let total = match *larger.as_slice() {
        [] => seconds,
        [_] | [_, _] if seconds >= 60.0 => return Err(Mistake::TooMany),
        [minutes] => seconds + minutes as f64 * 60.0,
        [minutes, _] if minutes >= 60 => return Err(Mistake::TooMany),
        [minutes, hours] => seconds + minutes as f64 * 60.0 + hours as f64 * 3_600.0,
        _ => return Err(Mistake::NotATime),
    };
    Duration::try_from_secs_f64(total)
        .ok()
        .filter(|total| *total <= LONGEST)
        .ok_or(Mistake::NotATime)
}

/// Digits and at most one point or comma among them: no sign, no exponent, no `inf`.
fn decimal(text: &str) -> Option<f64> {
    let fits = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let digits = text.chars().any(|c| c.is_ascii_digit());
    if !digits || !text.chars().all(fits) {
        return None;
    }
    text.replace(',', ".").parse().ok()
}

fn whole(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

impl Moment {
    /// Where it is, from `here`. Steps stop at the ends, as the arrow keys do; a time beyond the end was meant otherwise.
    ///
    /// # Errors
    /// When it lies beyond a length that is exact, or wants a length where none is known.
    pub fn place(self, here: Duration, length: Option<Length>) -> Result<Duration, Mistake> {
        match self {
            Self::Back(by) => Ok(here.saturating_sub(by)),
            Self::Forward(by) => Ok(here.saturating_add(by)),
            Self::Fraction(fraction) => {
                let Length { length, .. } = length.ok_or(Mistake::NoLength)?;
                Ok(length.mul_f64(fraction.clamp(0.0, 1.0)))
            }
            Self::At(at) => match length {
                Some(Length {
                    length,
                    exact: true,
                }) if at > length => Err(Mistake::BeyondEnd(words::length(length))),
                _ => Ok(at),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secs(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    #[test]
    fn times_steps_and_fractions_are_read() {
        for (text, moment) in [
            ("83", Moment::At(secs(83.0))),
            ("1:23", Moment::At(secs(83.0))),
            (" 1:02:03.5 ", Moment::At(secs(3_723.5))),
            ("90:00", Moment::At(secs(5_400.0))),
            ("0:00,25", Moment::At(secs(0.25))),
            ("-30", Moment::Back(secs(30.0))),
            ("−1:30", Moment::Back(secs(90.0))),
            ("+ 10", Moment::Forward(secs(10.0))),
            ("50%", Moment::Fraction(0.5)),
            ("12.5 %", Moment::Fraction(0.125)),
        ] {
            assert_eq!(read(text), Ok(moment), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_explained() {
        for text in [
            "", "-", "abc", "1:", ":5", "1:2:3:4", "1e9", "inf", "nan", "1.2.3", "--5", "0x1",
            "99999999", "%", "1.5:00",
        ] {
            assert_eq!(read(text), Err(Mistake::NotATime), "{text}");
        }
        assert_eq!(read("1:60"), Err(Mistake::TooMany));
        assert_eq!(read("1:60:00"), Err(Mistake::TooMany));
        assert_eq!(read("101%"), Err(Mistake::BeyondAll));
    }

    #[test]
    fn steps_stop_at_the_start_and_times_beyond_the_end_are_mistakes() {
        let exact = |seconds, exact| {
            Some(Length {
                length: secs(seconds),
                exact,
            })
        };
        let (here, length) = (secs(20.0), exact(42.0, true));
        assert_eq!(Moment::Back(secs(30.0)).place(here, length), Ok(secs(0.0)));
        assert_eq!(
            Moment::Forward(secs(2.0)).place(here, length),
            Ok(secs(22.0))
        );
        assert_eq!(Moment::Fraction(0.5).place(here, length), Ok(secs(21.0)));
        assert_eq!(
            Moment::Fraction(0.5).place(here, None),
            Err(Mistake::NoLength)
        );
        let beyond = Moment::At(secs(43.0));
        assert_eq!(
            beyond.place(here, length).unwrap_err().to_string(),
            "the recording ends at 0:42"
        );
        assert_eq!(beyond.place(here, exact(42.0, false)), Ok(secs(43.0)));
    }
}
