//! Which recordings a command is about, and the sweep that finds them.

use anyhow::anyhow;
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::app::criteria::{self, Criteria};
use crate::app::mask::Mask;
use crate::app::zone::Zone;
use crate::plivo::walk::Asking;
use crate::plivo::{self, ApiBase, Client, DayBounds, Extent, Priority, Rate, Sweep};

use super::Failure;
use super::filter::Filter;
use super::local::Local;
use super::value;

/// Above this, only on this machine: the account's production traffic shares what is left.
const POLITE_MOST: u32 = 50;

/// The API's filters, and those that are applied here.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Selection {
    #[command(flatten)]
    filter: Filter,

    /// Of this conference
    #[arg(long, value_name = "UUID", help_heading = "Which recordings", value_parser = value::exact)]
    conference_uuid: Option<String>,

    /// Of this multi-party call
    #[arg(long, value_name = "NAME", help_heading = "Which recordings", value_parser = value::exact)]
    mpc_name: Option<String>,

    /// Of this multi-party call
    #[arg(long, value_name = "UUID", help_heading = "Which recordings", value_parser = value::exact)]
    mpc_uuid: Option<String>,

    /// Stored for so many days: 30, 30..60, 90.., ..7; not together with --from and --to
    #[arg(long, value_name = "DAYS", help_heading = "Which recordings", value_parser = value::days, conflicts_with_all = ["from", "to"])]
    storage_days: Option<DayBounds>,

    #[command(flatten)]
    pub(super) local: Local,
}

/// Flags of how fast the API may be asked.
#[derive(Debug, Clone, Copy, clap::Args)]
#[command(next_help_heading = "How fast")]
pub(super) struct Speed {
    /// Most requests a second [default: 20]; the account's own limit is 60, and its production traffic shares it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    rate: Option<u32>,
}

impl Speed {
    /// How the client behaves towards this API.
    ///
    /// # Errors
    /// More than 50 a second, except to an API on this machine.
    pub(super) fn options(self, base: &ApiBase) -> Result<plivo::Options, Failure> {
        let mut rate = Rate::default();
        if let Some(wanted) = self.rate {
            if wanted > POLITE_MOST && !base.is_loopback() {
                return Err(anyhow!(
                    "--rate {wanted}: more than {POLITE_MOST} a second is for an API on this machine alone; {POLITE_MOST} leave a rest to the account's other traffic"
                )
                .into());
            }
            rate.per_second = wanted.try_into().unwrap_or(rate.per_second);
        }
        Ok(plivo::Options {
            rate,
            ..plivo::Options::default()
        })
    }
}

/// What is asked for, ready to be swept.
#[derive(Debug, Clone)]
pub(super) struct Selected {
    /// One query, or the two of either number.
    pub(super) filters: Vec<plivo::Filter>,
    pub(super) extent: Extent,
    pub(super) local: Local,
    /// The range ends where this machine's clock stands, or is cut off there.
    pub(super) ends_now: bool,
    either: Option<String>,
}

impl Selection {
    /// This, and what a view lists where no flag says another.
    pub(super) fn over(mut self, view: Criteria) -> Self {
        self.filter.view = Some(view);
        self
    }

    /// Whether any flag was given.
    pub(super) fn is_given(&self) -> bool {
        let more = [&self.conference_uuid, &self.mpc_name, &self.mpc_uuid];
        self.filter.is_given()
            || more.iter().any(|flag| flag.is_some())
            || self.storage_days.is_some()
            || !self.local.is_empty()
    }

    /// The recordings meant at `now`, dates read as UTC. With neither bound: the last 30 days or, with `all`, of all time.
    ///
    /// # Errors
    /// Every flag that cannot be read, each with an example.
    pub(super) fn at(&self, all: bool, now: DateTime<Utc>) -> Result<Selected, Failure> {
        self.at_until(all, now, "--to")
    }

    /// [`at`](Self::at), where the flag of the newer end has the name `to`.
    ///
    /// # Errors
    /// As there.
    pub(super) fn at_until(
        &self,
        all: bool,
        now: DateTime<Utc>,
        to: &str,
    ) -> Result<Selected, Failure> {
        let zone = Zone::utc();
        let mut criteria = self.filter.criteria_until(&zone, to)?;
        if all && self.filter.from.is_none() && self.filter.to.is_none() {
            let ever = Criteria::all_time();
            (criteria.from, criteria.to) = (ever.from, ever.to);
        }
        let plan = criteria.plan(&zone, now).map_err(|mistakes| {
            let words: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
            anyhow!(words.join(" · "))
        })?;
        let filter = plivo::Filter {
            conference_uuid: self.conference_uuid.clone(),
            mpc_name: self.mpc_name.clone(),
            mpc_uuid: self.mpc_uuid.clone(),
            ..plan.filter
        };
        Ok(Selected {
            filters: match &plan.either {
                Some(number) => filter.either_number(number).into(),
                None => vec![filter],
            },
            extent: match self.storage_days {
                Some(days) => Extent::Stored(days),
                None => Extent::Added(plan.range),
            },
            local: self.local.clone(),
            ends_now: plan.live && self.storage_days.is_none(),
            either: plan.either,
        })
    }
}

impl Selected {
    /// Finds the recordings, newest first, all or the newest `most`. What the local filters refuse comes too, so that it can be
    /// counted; with such filters `most` is no bound.
    pub(super) fn sweep(
        &self,
        client: Client,
        priority: Priority,
        most: Option<u64>,
    ) -> Sweep<Asking> {
        let pages = Asking { client, priority };
        let most = most.filter(|_| self.local.is_empty());
        Sweep::over(pages, self.filters.clone(), self.extent, most)
    }

    /// `2026-10-24 → 2026-11-23 UTC · from +14155550100`.
    pub(super) fn words(&self) -> String {
        let mut parts = vec![
            match self.extent {
                Extent::Added(range) => criteria::range_label(&range, &Zone::utc()),
                Extent::Stored(DayBounds::Exactly(days)) => format!("stored for {days} days"),
                Extent::Stored(DayBounds::Between { least, most }) => {
                    let day = |day: Option<u32>| day.map(|day| day.to_string());
                    let (least, most) = (day(least), day(most));
                    format!(
                        "stored for {}..{} days",
                        least.unwrap_or_default(),
                        most.unwrap_or_default()
                    )
                }
            },
            self.calls(),
        ];
        if !self.local.is_empty() {
            parts.push(format!("chosen here: {}", self.local.words()));
        }
        crate::app::text::safe(&parts.join(" · ")).into_owned()
    }

    /// The same for a program; times as the API's filters take them.
    pub(super) fn as_json(&self) -> Value {
        let (from, to, days) = match self.extent {
            Extent::Added(range) => {
                let write = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
                (
                    Some(write(range.from().at)),
                    Some(write(range.to().at)),
                    None,
                )
            }
            Extent::Stored(_) => (None, None, Some(self.words())),
        };
        json!({
            "from": from,
            "to": to,
            "stored": days,
            "calls": self.calls(),
            "chosen_here": Some(self.local.words()).filter(|words| !words.is_empty()),
        })
    }

    fn calls(&self) -> String {
        let mut filter = self.filters.first().cloned().unwrap_or_default();
        if self.either.is_some() {
            filter.from_number = None;
        }
        criteria::calls(&filter, self.either.as_deref(), &Mask::new(false, 0))
    }
}
