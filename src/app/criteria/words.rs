//! What is in effect, in words.

use chrono::{DateTime, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use crate::app::history::Plan;
use crate::app::mask::Mask;
use crate::app::zone::{self, Zone};
use crate::plivo::{Filter, TimeRange};

/// `2026-10-24 → 2026-11-23 UTC`; with the time of day where the range is short, one date for one day.
pub fn range_label(range: &TimeRange, zone: &Zone) -> String {
    let from = zone.clock_at(range.from().at);
    let to = zone.clock_at(range.to().at);
    let at_midnight = |clock: NaiveDateTime| clock.time() == NaiveTime::MIN;
    let last_day = if at_midnight(to) && !range.to().inclusive {
        to.checked_sub_signed(TimeDelta::microseconds(1))
            .unwrap_or(to)
            .date()
    } else {
        to.date()
    };
    let whole_days = at_midnight(from) && at_midnight(to) && !range.to().inclusive;
    let long = range.to().at - range.from().at > TimeDelta::days(2);
    let words = if (whole_days || long) && from.date() == last_day {
        from.date().to_string()
    } else if whole_days || long {
        format!("{} → {last_day}", from.date())
    } else if from.date() == to.date() {
        format!("{} → {}", short(from), to.format(seconds(to)))
    } else {
        format!("{} → {}", short(from), short(to))
    };
    format!("{words} {}", zone.label())
}

fn seconds(clock: NaiveDateTime) -> &'static str {
    use chrono::Timelike;
    if clock.second() == 0 && clock.nanosecond() == 0 {
        "%H:%M"
    } else {
        "%H:%M:%S"
    }
}

fn short(clock: NaiveDateTime) -> String {
    format!("{} {}", clock.date(), clock.format(seconds(clock)))
}

/// `all calls`, or the filters in effect: `from +14155550100 · conference weekly-review`.
pub fn calls(filter: &Filter, either: Option<&str>, mask: &Mask) -> String {
    let Filter {
        subaccount,
        call_uuid,
        from_number,
        to_number,
        conference_name,
        conference_uuid,
        mpc_name,
        mpc_uuid,
    } = filter;
    let parts = [
        from_number
            .as_deref()
            .map(|number| format!("from {}", mask.number(number))),
        to_number
            .as_deref()
            .map(|number| format!("to {}", mask.number(number))),
        either.map(|number| format!("from or to {}", mask.number(number))),
        call_uuid.as_deref().map(|id| format!("call {id}")),
        conference_name
            .as_deref()
            .map(|name| format!("conference {}", mask.name(name))),
        conference_uuid
            .as_deref()
            .map(|id| format!("conference {id}")),
        mpc_name
            .as_deref()
            .map(|name| format!("multi-party call {}", mask.name(name))),
        mpc_uuid
            .as_deref()
            .map(|id| format!("multi-party call {id}")),
        subaccount
            .as_deref()
            .map(|id| format!("subaccount {}", mask.account(id))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() {
        "all calls".into()
    } else {
        parts.join(" · ")
    }
}

/// The parameters as they go over the wire, but for the percent signs, and in how many windows.
pub(super) fn sent(plan: &Plan, mask: &Mask) -> String {
    let (from, to) = (plan.range.from(), plan.range.to());
    let bound =
        |name: &str, at: DateTime<Utc>| format!("add_time__{name}={}", zone::exact(at.naive_utc()));
    let mut parts = vec![
        bound(if from.inclusive { "gte" } else { "gt" }, from.at),
        bound(if to.inclusive { "lte" } else { "lt" }, to.at),
    ];
    let filter = &plan.filter;
    let named = [
        ("call_uuid", filter.call_uuid.clone()),
        (
            "subaccount",
            filter.subaccount.as_deref().map(|id| mask.account(id)),
        ),
        (
            "from_number",
            filter
                .from_number
                .as_deref()
                .map(|number| mask.number(number)),
        ),
        (
            "to_number",
            filter
                .to_number
                .as_deref()
                .map(|number| mask.number(number)),
        ),
        (
            "conference_name",
            filter
                .conference_name
                .as_deref()
                .map(|name| mask.name(name)),
        ),
        ("conference_uuid", filter.conference_uuid.clone()),
        (
            "mpc_name",
            filter.mpc_name.as_deref().map(|name| mask.name(name)),
        ),
        ("mpc_uuid", filter.mpc_uuid.clone()),
    ];
    parts.extend(
        named
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", value?))),
    );
    let windows = plan.range.windows().len();
    let windows = if windows == 1 {
        "1 request window".into()
    } else {
        format!("{windows} request windows")
    };
    match plan.either.as_deref().map(|number| mask.number(number)) {
        None => parts.push(windows),
        Some(number) => {
            parts.push(format!("from_number={number}, then to_number={number}"));
            parts.push(format!("{windows}, twice"));
        }
    }
    parts.join(" · ")
}
