//! What became of the deliveries so far, in numbers.

use tokio::sync::watch;

/// How many deliveries came, by what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Handed on to whom they were for.
    pub taken: u64,
    /// Of `taken`: came before anyone asked for them.
    pub early: u64,
    /// Came once more, and changed nothing.
    pub duplicate: u64,
    /// Came for an id that nobody has asked for so far. One that is asked for in time moves to `early`.
    pub unknown: u64,
    /// Refused: the signature was made with another token, or over another URL.
    pub wrong_signature: u64,
    /// Refused: not signed, where signatures are required.
    pub unsigned: u64,
    /// Refused: no JSON, or no `api_id` in it.
    pub broken: u64,
    /// Refused: the body was too long.
    pub too_long: u64,
    /// Refused: the body did not come in time.
    pub too_slow: u64,
    /// Refused: neither GET nor POST.
    pub other_method: u64,
    /// Cut off or gone before a request was whole: garbage, dribbled headers, lost connections.
    pub cut: u64,
}

/// Why deliveries were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    WrongSignature,
    Unsigned,
    Broken,
    TooLong,
    TooSlow,
    OtherMethod,
    Cut,
}

impl Reason {
    /// Each, as people are told of them: what concerns real deliveries first.
    pub const ALL: [Self; 7] = [
        Self::WrongSignature,
        Self::Unsigned,
        Self::Broken,
        Self::TooLong,
        Self::TooSlow,
        Self::OtherMethod,
        Self::Cut,
    ];

    pub fn words(self) -> &'static str {
        match self {
            Self::WrongSignature => "wrong signature",
            Self::Unsigned => "unsigned",
            Self::Broken => "broken",
            Self::TooLong => "too long",
            Self::TooSlow => "too slow",
            Self::OtherMethod => "neither GET nor POST",
            Self::Cut => "never whole",
        }
    }
}

impl Counts {
    /// How many were refused for this reason.
    pub fn refused(&self, reason: Reason) -> u64 {
        let Self {
            wrong_signature,
            unsigned,
            broken,
            too_long,
            too_slow,
            other_method,
            cut,
            ..
        } = *self;
        match reason {
            Reason::WrongSignature => wrong_signature,
            Reason::Unsigned => unsigned,
            Reason::Broken => broken,
            Reason::TooLong => too_long,
            Reason::TooSlow => too_slow,
            Reason::OtherMethod => other_method,
            Reason::Cut => cut,
        }
    }

    /// What was refused, by reason: only those that happened.
    pub fn refusals(&self) -> impl Iterator<Item = (u64, Reason)> + use<> {
        let counts = *self;
        Reason::ALL
            .into_iter()
            .map(move |reason| (counts.refused(reason), reason))
            .filter(|(many, _)| *many > 0)
    }

    pub(super) fn refuse(&mut self, reason: Reason) {
        let count = match reason {
            Reason::WrongSignature => &mut self.wrong_signature,
            Reason::Unsigned => &mut self.unsigned,
            Reason::Broken => &mut self.broken,
            Reason::TooLong => &mut self.too_long,
            Reason::TooSlow => &mut self.too_slow,
            Reason::OtherMethod => &mut self.other_method,
            Reason::Cut => &mut self.cut,
        };
        *count += 1;
    }
}

/// Where the counts are kept, for everyone who watches.
#[derive(Debug, Default)]
pub(super) struct Tally(watch::Sender<Counts>);

impl Tally {
    pub(super) fn count(&self, change: impl FnOnce(&mut Counts)) {
        self.0.send_modify(change);
    }

    pub(super) fn watch(&self) -> watch::Receiver<Counts> {
        self.0.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_count_of_its_own() {
        let mut counts = Counts::default();
        for (times, reason) in (1..).zip(Reason::ALL) {
            (0..times).for_each(|_| counts.refuse(reason));
        }
        for (times, reason) in (1..).zip(Reason::ALL) {
            assert_eq!(counts.refused(reason), times, "{reason:?}");
        }
    }
}
