#![allow(clippy::unwrap_used, clippy::panic)]

use chrono_tz::Tz;
use proptest::prelude::*;

use crate::plivo::Bound;

use super::*;

fn utc(text: &str) -> DateTime<Utc> {
    format!("{text}Z").parse().unwrap()
}

fn now() -> DateTime<Utc> {
    utc("2026-11-23T14:05:33.25")
}

fn bare() -> Mask {
    Mask::new(false, 0)
}

fn between(from: &str, to: &str) -> Criteria {
    Criteria {
        from: Edge::inclusive(from),
        to: Edge::inclusive(to),
        ..Criteria::last_30_days()
    }
}

fn plan(criteria: &Criteria) -> (Bound, Bound) {
    let plan = criteria.plan(&Zone::Utc, now()).unwrap();
    (plan.range.from(), plan.range.to())
}

fn at(text: &str, inclusive: bool) -> Bound {
    Bound {
        at: utc(text),
        inclusive,
    }
}

#[track_caller]
fn refused(criteria: &Criteria) -> FieldError {
    let mut mistakes = criteria.plan(&Zone::Utc, now()).unwrap_err();
    assert_eq!(mistakes.len(), 1, "{mistakes:?}");
    mistakes.remove(0)
}

#[test]
fn the_last_30_days_are_one_window_up_to_this_second() {
    let criteria = Criteria::last_30_days();
    assert_eq!(
        plan(&criteria),
        (
            at("2026-10-24T14:05:33", true),
            at("2026-11-23T14:05:33", true)
        )
    );
    assert_eq!(
        criteria.sent(&Zone::Utc, now(), &bare()).unwrap(),
        "add_time__gte=2026-10-24 14:05:33 · add_time__lte=2026-11-23 14:05:33 · 1 request window"
    );
    let local = Zone::local(Tz::Europe__Berlin);
    let plan = criteria.plan(&local, now()).unwrap();
    assert_eq!(
        plan.range.windows().len(),
        1,
        "the clock was set back in between"
    );
}

#[test]
fn all_time_begins_with_the_first_recordings() {
    assert_eq!(
        plan(&Criteria::all_time()).0,
        at("2011-01-01T00:00:00", true)
    );
    let auckland = Zone::named(Tz::Pacific__Auckland);
    let range = Criteria::all_time().resolve(&auckland, now()).unwrap();
    assert_eq!(range.from().at, utc("2010-12-31T11:00:00"));
}

#[test]
fn nothing_before_2011_is_asked_for() {
    assert_eq!(
        plan(&between("1999-01-01", "now")).0,
        at("2011-01-01T00:00:00", true)
    );
    assert_eq!(plan(&between("", "now")).0, at("2011-01-01T00:00:00", true));
    assert_eq!(
        refused(&between("1999-01-01", "2000-01-01")).field,
        Field::To
    );
}

#[test]
fn a_bare_date_as_upper_end_holds_its_last_moment() {
    let (from, to) = plan(&between("2026-11-19", "2026-11-20"));
    assert_eq!(
        (from, to),
        (
            at("2026-11-19T00:00:00", true),
            at("2026-11-21T00:00:00", false)
        )
    );
    assert_eq!(
        plan(&between("2026-10", "2026-10")).1,
        at("2026-11-01T00:00:00", false)
    );
    let sent = between("2026-11-20", "2026-11-20")
        .sent(&Zone::Utc, now(), &bare())
        .unwrap();
    assert!(
        sent.contains("add_time__lt=2026-11-21 00:00:00 ·"),
        "{sent}"
    );
}

#[test]
fn both_ends_can_be_exclusive() {
    let mut criteria = between("2012-03-21 11:47:00.000001", "2012-04-20 11:47");
    criteria.from.inclusive = false;
    criteria.to.inclusive = false;
    assert_eq!(
        criteria.sent(&Zone::Utc, now(), &bare()).unwrap(),
        "add_time__gt=2012-03-21 11:47:00.000001 · add_time__lt=2012-04-20 11:47:00 · 1 request window"
    );
}

#[test]
fn the_upper_end_is_pinned_at_now() {
    assert_eq!(
        plan(&between("-1d", "tomorrow")).1,
        at("2026-11-23T14:05:33", true)
    );
    assert_eq!(
        plan(&between("today", "today")).1,
        at("2026-11-23T14:05:33", true)
    );
    assert_eq!(plan(&between("-1d", "")).1, at("2026-11-23T14:05:33", true));
    let range = between("-1d", "tomorrow")
        .resolve(&Zone::Utc, now())
        .unwrap();
    assert_eq!(range.to(), at("2026-11-25T00:00:00", false));
    let future = refused(&between("2027-01-01", "2027-02-01"));
    assert_eq!(future.field, Field::From);
    assert!(future.message.contains("future"));
}

#[test]
fn around_in_from_sets_both_ends() {
    let (from, to) = plan(&between(
        "yesterday 14:05 ±90m",
        "what stands here is not read",
    ));
    assert_eq!(
        (from, to),
        (
            at("2026-11-22T12:35:00", true),
            at("2026-11-22T15:35:00", true)
        )
    );
    let mistake = refused(&between("-7d", "yesterday 14:05 ±90m"));
    assert_eq!(mistake.field, Field::To);
    assert!(mistake.message.contains("From"));
}

#[test]
fn a_range_that_holds_nothing_is_refused() {
    assert!(
        refused(&between("2026-11-20 10:00", "2026-11-20 09:00"))
            .message
            .contains("before it begins")
    );
    let mut instant = between("2026-11-20 10:00", "2026-11-20 10:00");
    assert_eq!(plan(&instant).0.at, plan(&instant).1.at);
    instant.to.inclusive = false;
    assert!(refused(&instant).message.contains("inclusive"));
    let both = between("soon", "later")
        .plan(&Zone::Utc, now())
        .unwrap_err();
    assert_eq!(
        both.iter().map(|mistake| mistake.field).collect::<Vec<_>>(),
        [Field::From, Field::To]
    );
}

#[test]
fn every_preset_is_a_plan_and_is_known_again() {
    for preset in Preset::ALL {
        let (from, to) = preset.edges();
        assert_eq!(Preset::of(&from.text, &to.text), Some(preset));
        let criteria = Criteria {
            from,
            to,
            ..Criteria::last_30_days()
        };
        assert!(
            criteria.plan(&Zone::named(Tz::Asia__Tokyo), now()).is_ok(),
            "{preset:?}"
        );
    }
    assert_eq!(Preset::of("-7d", "yesterday"), None);
    let last_month = {
        let (from, to) = Preset::LastMonth.edges();
        plan(&Criteria {
            from,
            to,
            ..Criteria::last_30_days()
        })
    };
    assert_eq!(
        last_month,
        (
            at("2026-10-01T00:00:00", true),
            at("2026-11-01T00:00:00", false)
        )
    );
}

#[test]
fn the_header_says_range_zone_and_calls() {
    let summary = |criteria: &Criteria| criteria.summary(&Zone::Utc, now(), &bare());
    assert_eq!(
        summary(&Criteria::last_30_days()),
        "2026-10-24 → 2026-11-23 UTC · all calls"
    );
    assert_eq!(
        summary(&between("yesterday", "yesterday")),
        "2026-11-22 UTC · all calls"
    );
    assert_eq!(
        summary(&between("yesterday 14:05 ±90m", "")),
        "2026-11-22 12:35 → 15:35 UTC · all calls"
    );
    assert_eq!(
        summary(&between("-3h", "now")),
        "2026-11-23 11:05:33 → 14:05:33 UTC · all calls"
    );
    assert_eq!(
        summary(&between("2026-10", "2026-10")),
        "2026-10-01 → 2026-10-31 UTC · all calls"
    );
    let mut filtered = Criteria::last_30_days();
    filtered.filter.from_number = Some("+14155550100".into());
    filtered.filter.conference_name = Some("weekly".into());
    assert_eq!(
        summary(&filtered),
        "2026-10-24 → 2026-11-23 UTC · from +14155550100 · conference weekly"
    );
}

#[test]
fn what_is_sent_names_every_filter_and_both_queries_of_either() {
    let mut criteria = between("2026-01-01", "2026-03-31");
    criteria.filter.subaccount = Some("SA0123456789ABCDEFGH".into());
    criteria.either = Some("+14155550100".into());
    assert_eq!(
        criteria.sent(&Zone::Utc, now(), &bare()).unwrap(),
        "add_time__gte=2026-01-01 00:00:00 · add_time__lt=2026-04-01 00:00:00 · subaccount=SA0123456789ABCDEFGH · \
         from_number=+14155550100, then to_number=+14155550100 · 3 request windows, twice"
    );
    let masked = criteria
        .sent(&Zone::Utc, now(), &Mask::new(true, 7))
        .unwrap();
    assert!(
        !masked.contains("4155550100") && !masked.contains("SA0123456789ABCDEFGH"),
        "{masked}"
    );
}

#[test]
fn either_number_is_not_combined_with_one_side() {
    let mut criteria = Criteria::last_30_days();
    criteria.either = Some("+14155550100".into());
    criteria.filter.to_number = Some("+442079460000".into());
    assert_eq!(refused(&criteria).field, Field::EitherNumber);
    let flags = Flags {
        either_number: Some("+14155550100".into()),
        from_number: Some("+442079460000".into()),
        ..Flags::default()
    };
    assert_eq!(Criteria::from_flags(&flags).unwrap_err().len(), 1);
}

#[test]
fn flags_are_read_as_the_form_reads_them() {
    let flags = Flags {
        from_number: Some("(415) 555-0100".into()),
        call_uuid: Some("84C638ABF2F0464AA55D898C7310F8A3".into()),
        conference: Some(" weekly review ".into()),
        ..Flags::default()
    };
    let criteria = Criteria::from_flags(&flags).unwrap();
    assert_eq!(
        (&criteria.from, &criteria.to),
        (&Edge::inclusive("-30d"), &Edge::inclusive("now"))
    );
    assert_eq!(criteria.filter.from_number.as_deref(), Some("+14155550100"));
    assert_eq!(
        criteria.filter.call_uuid.as_deref(),
        Some("84c638ab-f2f0-464a-a55d-898c7310f8a3")
    );
    assert_eq!(
        criteria.filter.conference_name.as_deref(),
        Some("weekly review")
    );

    let from = Flags {
        from: Some("2011-01-01".into()),
        ..Flags::default()
    };
    let criteria = Criteria::from_flags(&from).unwrap();
    assert_eq!(
        (&*criteria.from.text, &*criteria.to.text),
        ("2011-01-01", "now")
    );
    let to = Flags {
        to: Some("2012-01-01".into()),
        ..Flags::default()
    };
    assert_eq!(
        plan(&Criteria::from_flags(&to).unwrap()).0,
        at("2011-01-01T00:00:00", true)
    );

    let wrong = Flags {
        subaccount: Some("MA0123456789ABCDEFGH".into()),
        to_number: Some("12".into()),
        ..Flags::default()
    };
    let mistakes = Criteria::from_flags(&wrong).unwrap_err();
    assert_eq!(
        mistakes
            .iter()
            .map(|mistake| mistake.field)
            .collect::<Vec<_>>(),
        [Field::Subaccount, Field::ToNumber]
    );
    assert!(
        mistakes
            .iter()
            .all(|mistake| mistake.to_string().contains("for example"))
    );
}

#[test]
fn numbers_are_taken_as_people_write_them() {
    for (text, value) in [
        ("(415) 555-0100", "+14155550100"),
        ("+1 415 555 0100", "+14155550100"),
        ("1 (415) 555-0100", "+14155550100"),
        ("415.555.0100", "+14155550100"),
        ("14155550100", "+14155550100"),
        ("00442079460000", "+442079460000"),
        ("011 44 20 7946 0000", "+442079460000"),
        ("+44 (0)20 7946 0000", "+442079460000"),
        ("+44\u{a0}20\u{2011}7946\u{2011}0000", "+442079460000"),
        ("\u{202a}+442079460000\u{202c}", "+442079460000"),
        ("442079460000", "+442079460000"),
        ("tel:+442079460000", "+442079460000"),
        ("sip:alice@phone.plivo.com", "sip:alice@phone.plivo.com"),
        ("SIP:Alice", "sip:Alice"),
        ("alice@phone.plivo.com", "sip:alice@phone.plivo.com"),
        ("\"anonymous\"", "anonymous"),
    ] {
        let understood = Field::FromNumber.read(text).unwrap().unwrap();
        assert_eq!(understood.value, value, "{text}");
    }
    let note = Field::ToNumber
        .read("(415) 555-0100")
        .unwrap()
        .unwrap()
        .note;
    assert!(note.unwrap().contains("United States"));
    assert_eq!(Field::ToNumber.read("  ").unwrap(), None);
}

#[test]
fn mistakes_in_filters_are_named_with_an_example() {
    for (field, text, part) in [
        (Field::FromNumber, "020 7946 0000", "country code"),
        (Field::FromNumber, "5550100", "country code"),
        (Field::FromNumber, "911", "too short"),
        (Field::FromNumber, "+1234567890123456", "too long"),
        (Field::FromNumber, "+1 415 CALL", "letters"),
        (Field::FromNumber, "1+415", "front"),
        (Field::FromNumber, "+1*4155550100", "digits"),
        (Field::FromNumber, "sip:", "wants a name"),
        (Field::FromNumber, "a@b@c", "one host"),
        (Field::FromNumber, "sip:a b@c", "blanks"),
        (Field::FromNumber, "-", "not a number"),
        (Field::FromNumber, "\"\"", "quotes"),
        (Field::Subaccount, "sa0123456789abcdefgh", "capital"),
        (Field::Subaccount, "MA0123456789ABCDEFGH", "account's id"),
        (Field::Subaccount, "XY0123456789ABCDEFGH", "begins with SA"),
        (Field::Subaccount, "SA0123", "too short"),
        (Field::Subaccount, "SA0123456789ABCDEFGHI", "too long"),
        (
            Field::Subaccount,
            "SA0123456789-BCDEFGH",
            "letters and digits",
        ),
        (Field::Subaccount, "SAXXXXXXXXXXXXXXXXXX", "placeholder"),
        (
            Field::CallUuid,
            "84c638ab",
            "32 hexadecimal digits, this has 8",
        ),
        (Field::CallUuid, "hello", "a to f"),
        (
            Field::CallUuid,
            "84c638abf-2f0-464a-a55d-898c7310f8a3",
            "dashes",
        ),
        (Field::CallUuid, "84c638ab f2f0", "blanks"),
        (Field::Conference, "noname", "without a conference"),
        (Field::Conference, "a\u{7}b", "control"),
    ] {
        let mistake = field.read(text).unwrap_err();
        assert!(mistake.message.contains(part), "{text}: {mistake}");
        assert!(!mistake.example.is_empty());
    }
    assert!(Field::Conference.read(&"x".repeat(10_000)).is_err());
}

fn any_filter() -> impl Strategy<Value = Field> {
    prop::sample::select(Field::ALL.iter().copied().skip(2).collect::<Vec<_>>())
}

proptest! {
    #[test]
    fn no_filter_text_panics(field in any_filter(), text in any::<String>()) {
        let _ = field.read(&text);
    }

    #[test]
    fn what_is_written_reads_back(field in any_filter(), value in "[ -~é]{1,60}") {
        let text = field.write(&value);
        prop_assert_eq!(field.read(&text).unwrap().unwrap().value, value);
    }

    #[test]
    fn what_was_read_is_read_again_as_itself(field in any_filter(), text in "[+0-9() -]{1,20}|sip:[a-z]{1,9}@[a-z]{1,9}|\"[a-z]{1,9}\"") {
        if let Ok(Some(first)) = field.read(&text) {
            let again = field.read(&field.write(&first.value)).unwrap().unwrap();
            prop_assert_eq!(again.value, first.value);
        }
    }

    #[test]
    fn no_pair_of_times_panics(from in "[-0-9dhmoy ±:a]{0,12}", to in "[-0-9dhmoy ±:a]{0,12}", both in any::<(bool, bool)>()) {
        let mut criteria = between(&from, &to);
        (criteria.from.inclusive, criteria.to.inclusive) = both;
        if let Ok(plan) = criteria.plan(&Zone::named(Tz::America__New_York), now()) {
            prop_assert!(plan.range.to().at <= now());
            prop_assert!(plan.range.windows().len() < 400);
        }
        let _ = criteria.summary(&Zone::Utc, now(), &bare());
    }
}

#[test]
fn what_is_open_ends_now_whatever_the_fraction_of_the_second() {
    let live = |to: &str| between("-7d", to).plan(&Zone::Utc, now()).unwrap().live;
    assert!(live("") && live("now") && live("today") && live("2100-01-01"));
    assert!(!live("-1h") && !live("yesterday"));
}
