//! What becomes of one delivery: the options, and the faults that were drawn for it.

use super::Signing;
use crate::emulator::fault::{CallbackFault, FaultKind};

/// When a delivery leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Departure {
    /// As soon as the answer is there, after the usual delay.
    Usual,
    /// Behind the one that comes after it.
    Held,
    /// Before the call's own answer.
    Early,
    Never,
}

/// One delivery's course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::emulator) struct Plan {
    pub(super) departure: Departure,
    /// How often it is sent, repeats of failed ones aside.
    pub(super) copies: u32,
    /// Whether broken JSON goes first.
    pub(super) garbage: bool,
    pub(super) signing: Signing,
}

impl Plan {
    /// Combines faults. What is lost stays lost, what is early cannot be held back, and no signature is none to be wrong.
    pub(in crate::emulator) fn new(signing: Signing, faults: &[FaultKind]) -> Self {
        let hit = |fault| faults.contains(&FaultKind::Callback(fault));
        let departure = if hit(CallbackFault::Lost) {
            Departure::Never
        } else if hit(CallbackFault::Early) {
            Departure::Early
        } else if hit(CallbackFault::Reorder) {
            Departure::Held
        } else {
            Departure::Usual
        };
        let signing = if hit(CallbackFault::Unsigned) {
            Signing::Unsigned
        } else if hit(CallbackFault::WrongSignature) {
            Signing::Wrong
        } else {
            signing
        };
        Self {
            departure,
            copies: if hit(CallbackFault::Duplicate) { 2 } else { 1 },
            garbage: hit(CallbackFault::Garbage),
            signing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CallbackFault::*;

    fn plan(faults: &[CallbackFault]) -> Plan {
        let faults: Vec<_> = faults.iter().copied().map(FaultKind::Callback).collect();
        Plan::new(Signing::Signed, &faults)
    }

    #[test]
    fn without_faults_all_is_as_usual() {
        let usual = Plan {
            departure: Departure::Usual,
            copies: 1,
            garbage: false,
            signing: Signing::Signed,
        };
        assert_eq!(plan(&[]), usual);
        // Faults of the HTTP exchange say nothing about the delivery.
        assert_eq!(
            Plan::new(Signing::Signed, &[FaultKind::TruncatedJson]),
            usual
        );
    }

    #[test]
    fn faults_combine() {
        assert_eq!(plan(&[Duplicate]).copies, 2);
        assert!(plan(&[Garbage]).garbage);
        assert_eq!(plan(&[Reorder]).departure, Departure::Held);
        assert_eq!(plan(&[Reorder, Early]).departure, Departure::Early);
        assert_eq!(plan(&[Early, Lost]).departure, Departure::Never);
        assert_eq!(plan(&[WrongSignature]).signing, Signing::Wrong);
        assert_eq!(plan(&[WrongSignature, Unsigned]).signing, Signing::Unsigned);
        let all = plan(&[Duplicate, Garbage, Early, WrongSignature]);
        assert!(all.garbage && all.copies == 2 && all.departure == Departure::Early);
        assert_eq!(all.signing, Signing::Wrong);
        let unsigned = Plan::new(Signing::Unsigned, &[FaultKind::Callback(WrongSignature)]);
        assert_eq!(unsigned.signing, Signing::Wrong);
    }
}
