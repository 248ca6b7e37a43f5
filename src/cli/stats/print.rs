//! Sums in words for people, and as one object for programs.

use std::time::Duration;

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::tally::{Names, Sum, Tally};
use crate::app::text::{cut_start, safe, width};
use crate::app::words::{self, count};
use crate::cli::json;

/// More days than this are added up by months in the table.
const MOST_DAYS: usize = 31;

/// The table, its lines ended.
pub(super) fn table(tally: &Tally, range: &str, top: usize) -> String {
    let mut out = format!("{range}\n\n");
    let mut line = |name: &str, value: String| out.push_str(&format!("{name:<18}{value}\n"));
    let all = tally.all;
    line("Recordings", count(all.recordings));
    let mut hours = hours(all.length);
    if tally.no_length > 0 {
        hours.push_str(&format!(" ({} without a length)", count(tally.no_length)));
    }
    line("Length", hours);
    line("Billed", self::hours(tally.billed));
    if let (Some(oldest), Some(newest)) = (tally.oldest, tally.newest) {
        let time = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
        line("Newest", time(newest));
        line("Oldest", time(oldest));
    }
    let average = tally.storage_days as f64 / all.recordings.max(1) as f64;
    line(
        "Days stored",
        format!("{}, {average:.0} on average", count(tally.storage_days)),
    );
    let mut cost = format!("{:.2} a month", tally.monthly());
    if tally.no_price > 0 {
        cost.push_str(&format!(
            ", without {} that have no price",
            count(tally.no_price)
        ));
    }
    line("Storage costs", cost);
    line(
        "Deleting saves",
        format!(
            "{:.2} a month, if all of these are deleted",
            tally.monthly()
        ),
    );
    let days = by_day_or_month(tally);
    let title = if tally.days.len() > MOST_DAYS {
        "By month (UTC)"
    } else {
        "By day (UTC)"
    };
    section(&mut out, title, days, None);
    named(
        &mut out,
        "By number (a call counts for both of its parties)",
        &tally.numbers,
        top,
    );
    named(&mut out, "By type", &tally.types, top);
    out
}

fn by_day_or_month(tally: &Tally) -> Vec<(String, Sum)> {
    if tally.days.len() <= MOST_DAYS {
        let days = tally.days.iter().rev();
        return days.map(|(day, sum)| (day.to_string(), *sum)).collect();
    }
    let mut months: Vec<(String, Sum)> = Vec::new();
    for (day, sum) in tally.days.iter().rev() {
        let name = format!("{:04}-{:02}", day.year(), day.month());
        match months.last_mut().filter(|(last, _)| *last == name) {
            Some((_, month)) => {
                month.recordings += sum.recordings;
                month.length = month.length.saturating_add(sum.length);
            }
            None => months.push((name, *sum)),
        }
    }
    months
}

fn named(out: &mut String, title: &str, names: &Names, top: usize) {
    let (sums, others, rest) = names.top(top);
    let rows = sums
        .into_iter()
        .map(|(name, sum)| (safe(name).into_owned(), sum))
        .collect();
    let rest = (rest.recordings > 0).then(|| (format!("{} others", count(others as u64)), rest));
    section(out, title, rows, rest);
}

fn section(out: &mut String, title: &str, rows: Vec<(String, Sum)>, rest: Option<(String, Sum)>) {
    if rows.is_empty() && rest.is_none() {
        return;
    }
    out.push_str(&format!("\n{title}\n"));
    for (name, sum) in rows.into_iter().chain(rest) {
        // Numbers differ at their end.
        let name = cut_start(&name, 32);
        let gap = " ".repeat(34 - width(&name));
        out.push_str(&format!(
            "  {name}{gap}{:>12}  {:>12}\n",
            count(sum.recordings),
            hours(sum.length)
        ));
    }
}

/// `1,204 h 05 min`; under an hour `12:34`.
fn hours(length: Duration) -> String {
    match length.as_secs() {
        0..3600 => words::length(length),
        seconds => format!("{} h {:02} min", count(seconds / 3600), seconds / 60 % 60),
    }
}

/// One object, its line ended; lengths in seconds.
pub(super) fn json(tally: &Tally, range: Value, top: usize) -> String {
    let time =
        |at: Option<DateTime<Utc>>| at.map(|at| at.to_rfc3339_opts(SecondsFormat::Micros, true));
    let sum =
        |sum: Sum| json!({ "recordings": sum.recordings, "seconds": sum.length.as_secs_f64() });
    let names = |names: &Names, top| {
        let (sums, others, rest) = names.top(top);
        let sums = sums.into_iter().map(|(name, of)| {
            json!({ "name": name, "recordings": of.recordings, "seconds": of.length.as_secs_f64() })
        });
        json!({ "top": sums.collect::<Vec<_>>(), "others": { "names": others, "sum": sum(rest) } })
    };
    let days = tally.days.iter().map(|(day, of): (&NaiveDate, &Sum)| {
        json!({ "day": day.to_string(), "recordings": of.recordings, "seconds": of.length.as_secs_f64() })
    });
    let object = json!({
        "range": range,
        "recordings": tally.all.recordings,
        "seconds": tally.all.length.as_secs_f64(),
        "without_length": tally.no_length,
        "billed_seconds": tally.billed.as_secs(),
        "newest": time(tally.newest),
        "oldest": time(tally.oldest),
        "storage_days": tally.storage_days,
        "monthly_storage_amount": rounded(tally.monthly()),
        "deleting_saves_a_month": rounded(tally.monthly()),
        "without_price": tally.no_price,
        "days": days.collect::<Vec<_>>(),
        "numbers": names(&tally.numbers, top),
        "types": names(&tally.types, top),
    });
    format!("{}\n", json::line(&object))
}

/// To a millionth: prices have no more digits, binary fractions do.
fn rounded(amount: f64) -> f64 {
    (amount * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plivo::Recording;

    fn tally() -> Tally {
        let mut tally = Tally::new();
        for n in 0..40_u32 {
            tally.add(&Recording::from_row(json!({
                "recording_id": n, "add_time": format!("2026-{:02}-{:02} 10:00", 1 + n / 20, 1 + n % 20),
                "recording_duration_ms": 600_000, "rounded_recording_duration": 600, "recording_storage_duration": 30,
                "monthly_recording_storage_amount": 0.004, "recording_type": "call\u{1b}[2J",
                "from_number": format!("+1415555{:04}", n % 3), "to_number": "+442079460018",
            })));
        }
        tally
    }

    #[test]
    fn people_read_a_table_of_months_with_its_names_made_safe() {
        let table = table(&tally(), "2026-01-01 → 2026-02-28 UTC · all calls", 2);
        insta::assert_snapshot!(table, @r"
        2026-01-01 → 2026-02-28 UTC · all calls

        Recordings        40
        Length            6 h 40 min
        Billed            6 h 40 min
        Newest            2026-02-20 10:00:00 UTC
        Oldest            2026-01-01 10:00:00 UTC
        Days stored       1,200, 30 on average
        Storage costs     0.16 a month
        Deleting saves    0.16 a month, if all of these are deleted

        By month (UTC)
          2026-02                                     20    3 h 20 min
          2026-01                                     20    3 h 20 min

        By number (a call counts for both of its parties)
          +442079460018                               40    6 h 40 min
          +14155550000                                14    2 h 20 min
          2 others                                    26    4 h 20 min

        By type
          call␛[2J                                    40    6 h 40 min
        ");
    }

    #[test]
    fn programs_read_numbers() {
        let text = json(&tally(), json!({"from": "x"}), 1);
        assert_eq!(text.matches('\n').count(), 1);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["recordings"], 40);
        assert_eq!(value["seconds"], 24_000.0);
        assert_eq!(value["storage_days"], 1200);
        assert_eq!(value["deleting_saves_a_month"], 0.16);
        assert_eq!(value["days"].as_array().unwrap().len(), 40);
        assert_eq!(value["numbers"]["top"][0]["name"], "+442079460018");
        assert_eq!(value["numbers"]["others"]["names"], 3);
        assert_eq!(value["range"]["from"], "x");
    }

    #[test]
    fn nothing_is_told_as_nothing() {
        let table = table(&Tally::new(), "r", 3);
        assert!(table.contains("Recordings        0\n"), "{table}");
        assert!(!table.contains("By "), "{table}");
    }
}
