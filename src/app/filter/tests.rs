use chrono::TimeDelta;
use chrono_tz::Tz;
use proptest::prelude::*;

use crate::app::mask::Mask;
use crate::plivo::Filter;

use super::*;

fn now() -> DateTime<Utc> {
    "2026-11-23T14:05:33Z".parse().unwrap()
}

/// A form with its zone and clock.
struct Desk {
    form: Form,
    zone: Zone,
}

impl Desk {
    fn new(criteria: &Criteria) -> Self {
        Self {
            form: Form::open(criteria, &Zone::Utc, now()),
            zone: Zone::Utc,
        }
    }

    fn press(&mut self, keys: &[Key]) -> Outcome {
        let outcomes = keys
            .iter()
            .map(|key| self.form.key(*key, &self.zone, now()));
        outcomes.last().unwrap_or(Outcome::Stay)
    }

    fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            assert_eq!(self.press(&[Key::char(c)]), Outcome::Stay);
        }
    }

    fn go_to(&mut self, field: Field) {
        self.form.click(FieldId::Text(field));
    }

    fn set(&mut self, field: Field, text: &str) {
        self.go_to(field);
        self.press(&[Key::ctrl('u')]);
        self.type_text(text);
    }

    fn text(&self, field: Field) -> &str {
        self.form.line(field).text()
    }

    fn check(&self) -> Check {
        self.form.check(&self.zone, now(), &Mask::new(false, 0))
    }

    #[track_caller]
    fn applied(&mut self) -> Criteria {
        match self.press(&[Key::plain(KeyCode::Enter)]) {
            Outcome::Apply(criteria) => criteria,
            other => panic!("{other:?}: {:?}", self.check()),
        }
    }
}

#[test]
fn enter_applies_what_is_typed_and_esc_leaves() {
    let mut desk = Desk::new(&Criteria::last_30_days());
    assert_eq!(
        desk.applied(),
        Criteria::last_30_days(),
        "untouched, it is what it was"
    );
    desk.set(Field::From, "2012-03-21 11:47:30.000001");
    desk.set(Field::To, "2012-04-20");
    desk.set(Field::FromNumber, "(415) 555-0100");
    desk.set(Field::Conference, " weekly review ");
    let criteria = desk.applied();
    assert_eq!(criteria.from, Edge::inclusive("2012-03-21 11:47:30.000001"));
    assert_eq!(criteria.filter.from_number.as_deref(), Some("+14155550100"));
    assert_eq!(
        criteria.filter.conference_name.as_deref(),
        Some("weekly review")
    );
    assert_eq!(
        desk.press(&[Key::char('x'), Key::plain(KeyCode::Esc)]),
        Outcome::Leave
    );
}

#[test]
fn filters_without_a_field_are_kept() {
    let mut criteria = Criteria::last_30_days();
    criteria.filter = Filter {
        mpc_uuid: Some("some".into()),
        ..Filter::default()
    };
    assert_eq!(Desk::new(&criteria).applied(), criteria);
}

#[test]
fn values_that_look_odd_open_in_quotes_and_stay_the_same() {
    let mut criteria = Criteria::last_30_days();
    criteria.filter.from_number = Some("anonymous".into());
    let mut desk = Desk::new(&criteria);
    assert_eq!(desk.text(Field::FromNumber), "\"anonymous\"");
    assert_eq!(desk.applied(), criteria);
}

#[test]
fn a_mistake_in_any_field_keeps_the_form_open_and_takes_the_focus() {
    for (field, text) in [
        (Field::From, "soon"),
        (Field::To, "2026-02-30"),
        (Field::CallUuid, "84c6"),
        (Field::Subaccount, "SA12"),
        (Field::FromNumber, "12"),
        (Field::ToNumber, "call me"),
        (Field::EitherNumber, "sip:"),
        (Field::Conference, "noname"),
    ] {
        let mut desk = Desk::new(&Criteria::last_30_days());
        desk.set(field, text);
        let check = desk.check();
        assert!(
            matches!(check.note(field), Some(Note::Mistake(text)) if text.contains("for example")),
            "{field:?}"
        );
        assert_eq!((check.mistakes(), check.sent), (1, None));
        desk.go_to(Field::From);
        assert_eq!(
            desk.press(&[Key::plain(KeyCode::Enter)]),
            Outcome::Stay,
            "{field:?}"
        );
        assert_eq!(desk.form.focus(), Focus::Text(field));
        desk.press(&[Key::ctrl('u')]);
        desk.applied();
    }
}

#[test]
fn tab_and_arrows_go_round_in_the_fields_order() {
    let mut desk = Desk::new(&Criteria::last_30_days());
    let mut seen = Vec::new();
    for _ in 0..9 {
        seen.push(desk.form.focus());
        desk.press(&[Key::plain(KeyCode::Tab)]);
    }
    let expected: Vec<Focus> = Field::ALL
        .map(Focus::Text)
        .into_iter()
        .chain([Focus::Presets])
        .collect();
    assert_eq!(seen, expected);
    assert_eq!(desk.form.focus(), Focus::Text(Field::From));
    desk.press(&[Key::plain(KeyCode::Up)]);
    assert_eq!(desk.form.focus(), Focus::Presets);
    desk.press(&[Key::plain(KeyCode::BackTab), Key::shift(KeyCode::Tab)]);
    assert_eq!(desk.form.focus(), Focus::Text(Field::EitherNumber));
    desk.press(&[Key::plain(KeyCode::Down)]);
    assert_eq!(desk.form.focus(), Focus::Text(Field::Conference));
}

#[test]
fn presets_are_chosen_by_digits_and_arrows() {
    let mut desk = Desk::new(&Criteria::last_30_days());
    desk.press(&[Key::plain(KeyCode::BackTab)]);
    assert_eq!(desk.form.preset(), Some(Preset::Last30Days));
    desk.press(&[Key::plain(KeyCode::Right)]);
    assert_eq!(desk.form.preset(), Some(Preset::ThisMonth));
    desk.press(&[Key::plain(KeyCode::Left), Key::plain(KeyCode::Left)]);
    assert_eq!(desk.form.preset(), Some(Preset::Last7Days));
    desk.press(&[Key::plain(KeyCode::Home), Key::plain(KeyCode::Left)]);
    assert_eq!(desk.form.preset(), Some(Preset::Today));
    desk.press(&[
        Key::char('7'),
        Key::plain(KeyCode::Right),
        Key::char('8'),
        Key::char('x'),
    ]);
    assert_eq!(desk.form.preset(), Some(Preset::AllTime));
    assert_eq!(desk.applied(), Criteria::all_time());
    desk.set(Field::To, "yesterday");
    assert_eq!(desk.form.preset(), None);
    desk.form.click(FieldId::Preset(Preset::Yesterday));
    assert_eq!(desk.text(Field::From), "yesterday");
}

#[test]
fn the_switch_makes_an_end_exclusive() {
    let mut desk = Desk::new(&Criteria::last_30_days());
    desk.press(&[Key::ctrl('t')]);
    desk.form.click(FieldId::Switch(End::To));
    assert_eq!(desk.form.focus(), Focus::Text(Field::To));
    let check = desk.check();
    assert!(
        check
            .sent
            .as_ref()
            .is_some_and(|sent| sent.contains("__gt=") && sent.contains("__lt=")),
        "{check:?}"
    );
    let criteria = desk.applied();
    assert_eq!(
        (criteria.from.inclusive, criteria.to.inclusive),
        (false, false)
    );
    desk.press(&[Key::ctrl('t')]);
    assert!(desk.applied().to.inclusive);
    desk.go_to(Field::Conference);
    desk.press(&[Key::ctrl('t')]);
    assert_eq!(desk.text(Field::Conference), "");
}

#[test]
fn a_paste_is_one_clean_line() {
    let mut desk = Desk::new(&Criteria::last_30_days());
    desk.go_to(Field::CallUuid);
    desk.form
        .paste("  84c638ab-f2f0-464a-\u{200b}a55d-898c7310f8a3\r\n");
    assert_eq!(
        desk.text(Field::CallUuid),
        "84c638ab-f2f0-464a-a55d-898c7310f8a3"
    );
    desk.go_to(Field::FromNumber);
    desk.form.paste("\u{202a}+44 20\u{a0}7946\n0000\u{202c}");
    desk.go_to(Field::Conference);
    desk.form.paste(&"\u{1b}[31m\n".repeat(100_000));
    assert!(desk.text(Field::Conference).chars().count() <= 256);
    assert!(!desk.text(Field::Conference).contains(char::is_control));
    desk.press(&[Key::ctrl('u')]);
    assert_eq!(
        desk.applied().filter.from_number.as_deref(),
        Some("+442079460000")
    );
    desk.press(&[Key::plain(KeyCode::BackTab), Key::plain(KeyCode::Down)]);
    desk.form.focus = Focus::Presets;
    let before = desk.form.clone();
    desk.form.paste("1");
    assert_eq!(desk.form, before);
}

#[test]
fn what_was_understood_stands_beside_the_field() {
    let mut desk = Desk::new(&Criteria::last_30_days());
    let note = |desk: &Desk, field| match desk.check().note(field) {
        Some(Note::Understood(text)) => text,
        other => panic!("{other:?}"),
    };
    assert_eq!(note(&desk, Field::From), "2026-10-24 14:05:33 UTC");
    desk.set(Field::To, "2026-11-20");
    assert_eq!(note(&desk, Field::To), "before 2026-11-21 00:00:00 UTC");
    desk.set(Field::To, "today");
    assert!(note(&desk, Field::To).contains("until now"));
    desk.set(Field::ToNumber, "(415) 555-0100");
    assert_eq!(
        note(&desk, Field::ToNumber),
        "+14155550100, in the United States or Canada"
    );
    desk.set(Field::ToNumber, "+14155550100");
    assert_eq!(desk.check().note(Field::ToNumber), None);
    desk.set(Field::From, "yesterday 14:05 ±90m");
    assert!(note(&desk, Field::To).contains("set by From"));
    desk.zone = Zone::named(Tz::Europe__Berlin);
    desk.set(Field::From, "2026-10-25 02:30");
    assert!(note(&desk, Field::From).contains("twice"));
}

/// The text and the caret after a step, with `|` for the caret.
fn stepped(text: &str, keys: &[Key]) -> String {
    let mut desk = Desk::new(&Criteria::last_30_days());
    let (before, after) = text.split_once('|').unwrap();
    desk.set(Field::From, &format!("{before}{after}"));
    desk.form.lines.from.put_caret(before.len());
    desk.press(keys);
    let line = desk.form.line(Field::From);
    let caret = line.before_caret().len();
    format!(
        "{}|{}",
        line.before_caret(),
        line.text().get(caret..).unwrap()
    )
}

#[test]
fn shift_and_arrows_step_the_part_under_the_caret() {
    let (up, down) = (Key::shift(KeyCode::Up), Key::shift(KeyCode::Down));
    for (text, key, after) in [
        ("20|12-03-21", up, "20|13-03-21"),
        ("2012|-02-29", up, "2013|-02-28"),
        ("2012-0|3-31 11:47", down, "2012-0|2-29 11:47"),
        ("2012-12|", up, "2013-01|"),
        ("2012|", down, "2011|"),
        ("2012-12-31|", up, "2013-01-01|"),
        ("2012-03-21T1|1:47", up, "2012-03-21T1|2:47"),
        ("2012-03-21 23:59|", up, "2012-03-22 00:00|"),
        ("2012-03-21 11:47:30|", down, "2012-03-21 11:47:29|"),
        ("2012-03-21 11:47:30.00|1", up, "2012-03-21 11:47:30.00|2"),
        (
            "2012-03-21 11:47:30.999999|",
            up,
            "2012-03-21 11:47:31.000000|",
        ),
        ("2012-03-2|1 11:47 ±90m", up, "2012-03-2|2 11:47 ±90m"),
        ("2012-03-21 11:47 ±90|m", up, "2012-03-21 11:47 ±91|m"),
        ("-7|d", up, "-6|d"),
        ("-9d|", down, "-10|d"),
        ("-0|d", up, "-0|d"),
        ("3h| ago", up, "2|h ago"),
        ("+3|h", up, "+4|h"),
        ("yesterday 23|:05", up, "yesterday 00|:05"),
        ("yesterday 14:59|", up, "yesterday 14:00|"),
        ("yesterday|", up, "2026-11-23|"),
        ("now|", down, "2026-11-22| 14:05"),
        ("|", down, "2026-11-22|"),
        ("last month|", down, "2026-09-30|"),
        ("nonsense|", up, "2026-11-24|"),
        ("-9999999|d", up, "-9999999|d"),
        ("9999-12-31|", up, "9999-12-31|"),
    ] {
        assert_eq!(stepped(text, &[key]), after, "{text}");
    }
}

fn any_key() -> impl Strategy<Value = Key> {
    let code = prop_oneof![
        4 => any::<char>().prop_map(KeyCode::Char),
        4 => prop::sample::select(vec!['-', '7', 'd', ':', '±', ' ', '2', '0', '1', 't', 'u', 'w']).prop_map(KeyCode::Char),
        6 => prop::sample::select(vec![
            KeyCode::Up, KeyCode::Down, KeyCode::Left, KeyCode::Right, KeyCode::Home, KeyCode::End, KeyCode::Backspace,
            KeyCode::Delete, KeyCode::Tab, KeyCode::BackTab, KeyCode::Enter, KeyCode::PageUp, KeyCode::F(1),
        ]),
    ];
    (code, any::<(bool, bool, bool)>()).prop_map(|(code, (ctrl, alt, shift))| Key {
        code,
        ctrl,
        alt,
        shift,
    })
}

proptest! {
    #[test]
    fn no_keys_panic_and_what_is_applied_is_a_plan(
        keys in prop::collection::vec(any_key(), 0..60),
        paste in any::<String>(),
        days in 0_i64..10_000,
    ) {
        let mut desk = Desk::new(&Criteria::all_time());
        let now = now() - TimeDelta::days(days);
        for (index, key) in keys.into_iter().enumerate() {
            if index == 20 {
                desk.form.paste(&paste);
            }
            let sendable = desk.form.check(&desk.zone, now, &Mask::new(true, 1)).sent.is_some();
            match desk.form.key(key, &desk.zone, now) {
                Outcome::Apply(criteria) => {
                    prop_assert!(sendable);
                    prop_assert!(criteria.plan(&desk.zone, now).is_ok());
                }
                Outcome::Leave => prop_assert_eq!(key.code, KeyCode::Esc),
                Outcome::Stay => prop_assert!(key.code != KeyCode::Enter || !sendable),
            }
        }
    }
}
