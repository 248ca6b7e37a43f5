#![allow(clippy::unwrap_used, clippy::panic)]

use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;

fn utc(text: &str) -> DateTime<Utc> {
    format!("{text}Z").parse().unwrap()
}

/// A Monday.
fn now() -> DateTime<Utc> {
    utc("2026-11-23T14:05:33.5")
}

fn read_in(zone: Zone, end: End, text: &str) -> Read {
    read(text, end, &zone, now()).unwrap_or_else(|mistake| panic!("{text}: {mistake}"))
}

#[track_caller]
fn assert_at(text: &str, at: &str) {
    let read = read_in(Zone::Utc, End::From, text);
    assert_eq!(
        read,
        Read {
            when: When::At(utc(at)),
            note: None
        },
        "{text}"
    );
}

#[track_caller]
fn assert_span(text: &str, start: &str, end: &str) {
    let (start, end) = (
        utc(&format!("{start}T00:00:00")),
        utc(&format!("{end}T00:00:00")),
    );
    let read = read_in(Zone::Utc, End::To, text);
    assert_eq!(read.when, When::Span { start, end }, "{text}");
}

#[track_caller]
fn mistake(text: &str) -> String {
    match read(text, End::From, &Zone::Utc, now()) {
        Ok(read) => panic!("{text} was read as {read:?}"),
        Err(mistake) => {
            assert!(!mistake.example.is_empty());
            mistake.message
        }
    }
}

#[test]
fn the_apis_own_form_is_read_to_the_microsecond() {
    assert_at("2012-03-21 11:47", "2012-03-21T11:47:00");
    assert_at("2012-03-21 11:47:30", "2012-03-21T11:47:30");
    assert_at("2012-03-21 11:47:30.000001", "2012-03-21T11:47:30.000001");
    assert_at("2012-03-21T11:47:30.5", "2012-03-21T11:47:30.5");
    assert_at("  2012-03-21   11:47 ", "2012-03-21T11:47:00");
    assert_at("2012\u{2011}03\u{2011}21\u{a0}11:47", "2012-03-21T11:47:00");
}

#[test]
fn a_zone_of_its_own_wins_over_the_zone_shown() {
    let berlin = Zone::named(Tz::Europe__Berlin);
    for text in [
        "2014-08-05 16:15:15.852059+05:30",
        "2014-08-05T10:45:15.852059Z",
        "2014-08-05 10:45:15.852059 UTC",
        "2014-08-05 02:45:15.852059-0800",
    ] {
        let read = read_in(berlin, End::From, text);
        assert_eq!(
            read.when,
            When::At(utc("2014-08-05T10:45:15.852059")),
            "{text}"
        );
    }
    assert!(mistake("2014-08-05 10:45+25:99").contains("zone"));
    assert!(mistake("2014-08-05 10:45+5x").contains("zone"));
}

#[test]
fn what_people_type_is_understood() {
    assert_at("now", "2026-11-23T14:05:33.5");
    assert_at("-7d", "2026-11-16T14:05:33.5");
    assert_at("\u{2212}7d", "2026-11-16T14:05:33.5");
    assert_at("- 7 days", "2026-11-16T14:05:33.5");
    assert_at("3h ago", "2026-11-23T11:05:33.5");
    assert_at("2 weeks ago", "2026-11-09T14:05:33.5");
    assert_at("an hour ago", "2026-11-23T13:05:33.5");
    assert_at("1h30m ago", "2026-11-23T12:35:33.5");
    assert_at("1 week and 2 days ago", "2026-11-14T14:05:33.5");
    assert_at("3 months ago", "2026-08-23T14:05:33.5");
    assert_at("-1y", "2025-11-23T14:05:33.5");
    assert_at("Yesterday 14:05", "2026-11-22T14:05:00");
    assert_at("monday 9:30", "2026-11-23T09:30:00");
    assert_at("9:30", "2026-11-23T09:30:00");
    assert_span("today", "2026-11-23", "2026-11-24");
    assert_span("yesterday", "2026-11-22", "2026-11-23");
    assert_span("tue", "2026-11-17", "2026-11-18");
    assert_span("2026-11-20", "2026-11-20", "2026-11-21");
    assert_span("2026/11/20", "2026-11-20", "2026-11-21");
    assert_span("2026-11", "2026-11-01", "2026-12-01");
    assert_span("2025-12", "2025-12-01", "2026-01-01");
    assert_span("2026", "2026-01-01", "2027-01-01");
    assert_span("this week", "2026-11-23", "2026-11-30");
    assert_span("last week", "2026-11-16", "2026-11-23");
    assert_span("last month", "2026-10-01", "2026-11-01");
    assert_span("last year", "2025-01-01", "2026-01-01");
}

#[test]
fn leap_days_are_known() {
    assert_span("2024-02-29", "2024-02-29", "2024-03-01");
    assert_span("2024-02", "2024-02-01", "2024-03-01");
    assert!(mistake("2023-02-29").contains("no day 29"));
    let leap = utc("2024-02-29T12:00:00");
    let read = read("-1y", End::From, &Zone::Utc, leap).unwrap();
    assert_eq!(read.when, When::At(utc("2023-02-28T12:00:00")));
}

#[test]
fn around_sets_both_ends() {
    for text in [
        "yesterday 14:05 ±90m",
        "yesterday 14:05 +-90m",
        "yesterday 14:05 +/- 1h30m",
    ] {
        let (from, to) = (utc("2026-11-22T12:35:00"), utc("2026-11-22T15:35:00"));
        assert_eq!(
            read_in(Zone::Utc, End::From, text).when,
            When::Around { from, to },
            "{text}"
        );
    }
    let read = read_in(Zone::Utc, End::From, "2026-11-20 ±1d");
    let (from, to) = (utc("2026-11-19T00:00:00"), utc("2026-11-22T00:00:00"));
    assert_eq!(read.when, When::Around { from, to });
    assert!(mistake("yesterday ±").contains("length of time"));
    assert!(mistake("yesterday ±0m").contains("length of time"));
    assert!(mistake("±90m").contains("before it"));
}

#[test]
fn typed_dates_mean_the_zone_shown() {
    let kolkata = Zone::named(Tz::Asia__Kolkata);
    let read = read_in(kolkata, End::From, "2026-11-20");
    let (start, end) = (utc("2026-11-19T18:30:00"), utc("2026-11-20T18:30:00"));
    assert_eq!(read.when, When::Span { start, end });
    // In Auckland it is already the 24th.
    let auckland = Zone::local(Tz::Pacific__Auckland);
    let read = read_in(auckland, End::From, "today");
    let (start, end) = (utc("2026-11-23T11:00:00"), utc("2026-11-24T11:00:00"));
    assert_eq!(read.when, When::Span { start, end });
}

#[test]
fn days_on_which_the_clock_changes_have_23_and_25_hours() {
    let berlin = Zone::named(Tz::Europe__Berlin);
    for (day, hours) in [("2026-03-29", 23), ("2026-10-25", 25), ("2026-10-26", 24)] {
        let When::Span { start, end } = read_in(berlin, End::From, day).when else {
            panic!("{day} is a day");
        };
        assert_eq!((end - start).num_hours(), hours, "{day}");
    }
}

#[test]
fn a_local_time_that_is_skipped_or_comes_twice_is_said() {
    let berlin = Zone::named(Tz::Europe__Berlin);
    let gap = read_in(berlin, End::From, "2026-03-29 02:30");
    assert_eq!(gap.when, When::At(utc("2026-03-29T01:00:00")));
    assert!(gap.note.unwrap().contains("skips 02:30"));
    let earlier = read_in(berlin, End::From, "2026-10-25 02:30");
    assert_eq!(earlier.when, When::At(utc("2026-10-25T00:30:00")));
    assert!(earlier.note.unwrap().contains("earlier"));
    let later = read_in(berlin, End::To, "2026-10-25 02:30");
    assert_eq!(later.when, When::At(utc("2026-10-25T01:30:00")));
    assert!(later.note.unwrap().contains("later"));
}

#[test]
fn mistakes_are_named() {
    assert!(mistake("2026-13").contains("no month 13"));
    assert!(mistake("2026-11-31").contains("no day 31"));
    assert!(mistake("2026-11-20 24:00").contains("00 to 23"));
    assert!(mistake("2026-11-20 14:60").contains("00 to 59"));
    assert!(mistake("2026-11-20 14:02:60").contains("00 to 59"));
    assert!(mistake("2026-11-20 14").contains("hours:minutes"));
    assert!(mistake("2026-11-20 14:02:11.0000001").contains("six digits"));
    assert!(mistake("20.11.2026").contains("four digits"));
    assert!(mistake("20/11/2026").contains("four digits"));
    assert!(mistake("2026-11-20-1").contains("three parts"));
    assert!(mistake("2026-11 14:00").contains("whole date"));
    assert!(mistake("last 7 days").contains("minus"));
    assert!(mistake("soon").contains("not a time"));
    assert!(mistake("-7x").contains("unit"));
    assert!(mistake("-").contains("unit"));
    assert!(mistake("ago").contains("unit"));
    for text in [
        "-99999999999d",
        "99999999999999999999 years ago",
        "-9999999d",
        "0001-01-01",
        "9999-12-31",
        "1900",
    ] {
        assert!(mistake(text).contains("too far"), "{text}");
    }
    assert!(mistake(&"9".repeat(10_000)).contains("too long"));
}

fn any_zone() -> impl Strategy<Value = Zone> {
    prop::sample::select(chrono_tz::TZ_VARIANTS.to_vec()).prop_map(Zone::named)
}

/// Texts near to what is understood, so that every branch is met.
fn near_misses() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "now",
        "today",
        "yesterday",
        "monday",
        "-",
        "+",
        "±",
        "+-",
        "7",
        "99999999999",
        "d",
        "h",
        "mo",
        "y",
        "ago",
        "a",
        "an",
        "last",
        "month",
        "week",
        "2026",
        "-11",
        "-20",
        "-02-29",
        "14:05",
        ":30",
        ".000001",
        "T",
        "Z",
        "+05:30",
        "é",
        "٣",
        "",
    ]);
    prop::collection::vec((word, prop::bool::ANY), 0..7).prop_map(|words| {
        words
            .into_iter()
            .map(|(word, blank)| format!("{word}{}", if blank { " " } else { "" }))
            .collect()
    })
}

proptest! {
    #[test]
    fn no_text_panics(text in prop_oneof![any::<String>(), near_misses()], zone in any_zone(), from in any::<bool>(), second in any::<i64>()) {
        let end = if from { End::From } else { End::To };
        let at = DateTime::from_timestamp(second, 0).unwrap_or_else(now);
        let _ = read(&text, end, &zone, at);
        if let Ok(read) = read(&text, end, &zone, now()) {
            let (start, end) = match read.when {
                When::At(at) => (at, at),
                When::Span { start, end } | When::Around { from: start, to: end } => (start, end),
            };
            prop_assert!(start <= end);
            prop_assert!(in_reach(start) && in_reach(end));
        }
    }

    #[test]
    fn what_a_zone_shows_is_read_back(zone in any_zone(), second in 1_300_000_000_i64..1_900_000_000, micro in 0_u32..1_000_000) {
        let at = DateTime::from_timestamp(second, micro * 1_000).unwrap();
        let text = zone.format_exact(at);
        let both = [End::From, End::To].map(|end| read(&text, end, &zone, now()).unwrap().when);
        prop_assert!(both.contains(&When::At(at)), "{} {both:?}", text);
    }

    #[test]
    fn days_follow_each_other(zone in any_zone(), day in 15_000_i64..22_000) {
        let date = DateTime::from_timestamp(day * 86_400, 0).unwrap().date_naive();
        let span = |date: NaiveDate| match read(&date.to_string(), End::From, &zone, now()).unwrap().when {
            When::Span { start, end } => (start, end),
            other => panic!("{other:?}"),
        };
        let (start, end) = span(date);
        prop_assert!(start <= end);
        prop_assert_eq!(span(date.succ_opt().unwrap()).0, end);
    }
}
