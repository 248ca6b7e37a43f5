//! What is read before a deletion is confirmed, as lines of a box.

use super::{Dialog, Planned};
use crate::app::App;
use crate::app::text::{safe, wrap};
use crate::app::words::{count, counted, length, time};

/// Columns of the box at most.
pub const WIDTH: u16 = 76;
/// Columns of a fact's name.
const NAME: usize = 10;
/// Lines below the facts: the question, what has to be typed, and what is.
const ASKED: usize = 4;
/// Lines and columns of the box's frame.
const FRAME: (u16, u16) = (2, 4);

/// A fact's name, and what it is.
type Fact = (&'static str, String);

impl App {
    /// What is to be known before it is confirmed. A short terminal leaves out what can be done without.
    ///
    /// # Errors
    /// How many rows the terminal lacks: nothing is confirmed that could not be read.
    pub fn delete_facts(&self, planned: &Planned) -> Result<Vec<String>, usize> {
        let body = self.layout().map(|layout| layout.body).unwrap_or_default();
        let columns = usize::from(WIDTH.min(body.width).saturating_sub(FRAME.1));
        let asked = if planned.count > 0 { ASKED } else { 0 };
        let room = usize::from(body.height.saturating_sub(FRAME.0)).saturating_sub(asked);
        let needed = lines(&self.what(planned), columns);
        if needed.len() > room {
            return Err(needed.len() - room);
        }
        let takes = ("takes", format!("about {}", time(planned.takes)));
        let receipts = ("receipts", self.mask.text(&planned.receipts));
        let all: Vec<_> = needed
            .iter()
            .cloned()
            .chain(lines(&[takes, receipts], columns))
            .collect();
        Ok(if all.len() > room { needed } else { all })
    }

    /// Which recordings they are.
    fn what(&self, planned: &Planned) -> Vec<Fact> {
        let recordings = counted(planned.count, "recording", "recordings");
        let unknown = match planned.unknown {
            0 => String::new(),
            unknown => format!(", and {} of unknown length", count(unknown)),
        };
        let long = length(planned.length);
        let account = format!("{} · {}", self.mask.account(&self.account), self.auth_id);
        let zone = self.zone.label();
        let mut facts = vec![
            ("delete", format!("{recordings}, {long} in all{unknown}")),
            ("from", account),
        ];
        for (name, at) in [("oldest", planned.oldest), ("newest", planned.newest)] {
            facts.extend(at.map(|at| (name, format!("{} {zone}", self.zone.format(at)))));
        }
        let are = |number| if number == 1 { "is" } else { "are" };
        let off = planned.count.saturating_sub(planned.seen);
        if off > 0 {
            let words = format!("{} {} off the screen", count(off), are(off));
            facts.push(("unseen", words));
        }
        let elsewhere = self.picks.elsewhere() as u64;
        if elsewhere > 0 {
            let words = format!("{} under another filter", count(elsewhere));
            facts.push(("marked", words));
        }
        let left_out = [
            (planned.done, "deleted by an earlier run"),
            (planned.unnamed, "without an id that the API knows"),
            (
                planned.unsettled,
                "begun by an earlier run: first it is found out what became of them",
            ),
        ];
        for (number, why) in left_out {
            if number > 0 {
                facts.push(("besides", format!("{} {why}", count(number))));
            }
        }
        facts
    }

    /// It is known what would be deleted, and there is no room to show it.
    pub(in crate::app) fn has_no_room_for(&self, dialog: &Dialog) -> bool {
        let planned = dialog.planned.as_ref();
        planned.is_some_and(|planned| self.delete_facts(planned).is_err())
    }
}

fn lines(facts: &[Fact], columns: usize) -> Vec<String> {
    let wrapped = facts.iter().flat_map(|(name, text)| {
        let parts = wrap(&safe(text), columns.saturating_sub(NAME)).into_iter();
        parts.enumerate().map(move |(at, part)| {
            let name = if at == 0 { name } else { "" };
            format!("{name:<NAME$}{part}")
        })
    });
    wrapped.collect()
}
