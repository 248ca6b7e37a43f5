//! What is printed before and after.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::choose::Chosen;
use super::plan;
use crate::app::words::count;
use crate::cli::report::{Far, Report};
use crate::deletion::{Done, Event, Outcome, Totals};
use crate::plivo::AuthId;

/// Counts and prints what comes.
pub(super) struct Show {
    report: Report,
    totals: Totals,
    /// How many are to be deleted.
    planned: u64,
    receipts: PathBuf,
    /// Standard output is closed or full: what was confirmed is carried out all the same.
    broken: io::Result<()>,
}

impl Show {
    pub(super) fn new(report: Report) -> Self {
        Self {
            report,
            totals: Totals::default(),
            planned: 0,
            receipts: PathBuf::new(),
            broken: Ok(()),
        }
    }

    /// How many are to be deleted, once it is known what earlier runs came to.
    pub(super) fn planned(&mut self, planned: u64) {
        self.planned = planned;
    }

    /// Where the receipts are.
    pub(super) fn receipts(&mut self, path: &Path) {
        self.receipts = path.to_owned();
    }

    /// Says what would be deleted.
    ///
    /// # Errors
    /// When standard output does not take it: what nobody saw is not deleted.
    pub(super) fn plan(&mut self, chosen: &Chosen, account: &AuthId) -> io::Result<()> {
        self.planned = chosen.plan.count();
        for unproven in &chosen.plan.unproven {
            let flaw = &unproven.flaw;
            let words = format!("not proven {}: {flaw}", unproven.id);
            self.report.line(&words, || {
                json!({ "id": unproven.id, "outcome": "not_proven", "problem": flaw.name(), "message": flaw.to_string() })
            })?;
        }
        for id in &chosen.missing {
            self.report.line(
                &format!("no such recording {id}"),
                || json!({ "id": id.as_str(), "outcome": "not_found" }),
            )?;
        }
        if self.report.is_json() {
            return self.report.line("", || plan::as_json(chosen, account));
        }
        for line in plan::lines(chosen, account) {
            self.report.line(&line, || Value::Null)?;
        }
        Ok(())
    }

    pub(super) fn event(&mut self, event: Event) {
        let (done, settled) = match &event {
            Event::Settled(done) => (done, true),
            Event::Done(done) => (done, false),
        };
        // What an earlier run had begun is not of this run's count.
        if !settled {
            self.totals.count(done.outcome);
        }
        let Done { id, outcome, why } = done;
        let said = why.as_deref().unwrap_or_default();
        let words = match (outcome, settled) {
            (Outcome::Deleted, true) => format!("deleted {id}: {said}"),
            (Outcome::Kept, _) => format!("not deleted {id}: {said}"),
            (Outcome::Held, _) => format!("held {id}: {said}"),
            // In words only what is not as it should be.
            _ if !self.report.is_json() => return,
            _ => String::new(),
        };
        if self.broken.is_ok() {
            self.broken = self.report.line(
                &words,
                || json!({ "id": id.as_str(), "outcome": outcome, "message": why }),
            );
        }
    }

    pub(super) fn progress(&mut self) {
        let totals = &self.totals;
        self.report.progress(Far {
            done: totals.deleted + totals.gone + totals.kept,
            of: Some((self.planned, true)),
            bytes: 0,
        });
    }

    /// Every one that was to be deleted is gone.
    pub(super) fn all_deleted(&self) -> bool {
        self.totals.kept == 0
    }

    /// Prints the summary.
    ///
    /// # Errors
    /// When standard output could not take everything, and not because its reader has seen enough.
    pub(super) fn finish(&mut self, complete: bool) -> io::Result<()> {
        let totals = self.totals;
        let incomplete = if complete { "" } else { "incomplete: " };
        let words = format!(
            "{incomplete}deleted {} of {} · gone already {} · held {} · not deleted {}",
            count(totals.deleted),
            count(self.planned),
            count(totals.gone),
            count(totals.held),
            count(totals.kept)
        );
        let path = self.receipts.display().to_string();
        if self.broken.is_ok() {
            self.broken = self.report.line(&words, || {
                json!({ "summary": {
                    "planned": self.planned,
                    "deleted": totals.deleted,
                    "gone": totals.gone,
                    "held": totals.held,
                    "kept": totals.kept,
                    "complete": complete,
                    "receipts": path,
                }})
            });
        }
        if !self.report.is_json() {
            self.report.say(&format!("receipts: {path}"));
        }
        match std::mem::replace(&mut self.broken, Ok(())) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }
}
