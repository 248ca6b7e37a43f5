use std::sync::LazyLock;
use std::time::Instant;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use proptest::prelude::*;

use crate::app::criteria::{Criteria, Edge};
use crate::app::keymap::Keymap;
use crate::app::mask::Mask;
use crate::app::zone::Zone;
use crate::app::{Key, KeyCode, Now, Theme};
use crate::ui::picture::picture;

use super::*;

static KEYMAP: LazyLock<Keymap> = LazyLock::new(Keymap::standard);

fn now() -> DateTime<Utc> {
    "2026-11-23T14:05:33Z".parse().unwrap()
}

struct Setting {
    theme: Theme,
    zone: Zone,
    mask: Mask,
}

impl Setting {
    fn plain() -> Self {
        Self {
            theme: Theme::Terminal,
            zone: Zone::Utc,
            mask: Mask::new(false, 7),
        }
    }

    fn picture(&self, form: &Form, width: u16, height: u16) -> (String, FormMap) {
        let now = Now {
            mono: Instant::now(),
            wall: now(),
        };
        let context = Context {
            theme: self.theme,
            colours: Default::default(),
            keymap: &KEYMAP,
            zone: &self.zone,
            mask: &self.mask,
            now,
            moments: &[],
            deleted: false,
        };
        picture(width, height, |frame, area| {
            draw(frame, area, form, &context)
        })
    }
}

fn form(criteria: &Criteria) -> Form {
    Form::open(criteria, &Zone::Utc, now())
}

fn press(form: &mut Form, keys: &[Key]) {
    for key in keys {
        form.key(*key, &Zone::Utc, now());
    }
}

fn type_text(form: &mut Form, text: &str) {
    for c in text.chars() {
        form.key(Key::char(c), &Zone::Utc, now());
    }
}

fn with_filters() -> Criteria {
    let mut criteria = Criteria::last_30_days();
    criteria.either = Some("+14155550100".into());
    criteria.filter.conference_name = Some("weekly review".into());
    criteria.filter.subaccount = Some("SA0123456789ABCDEFGH".into());
    criteria
}

#[test]
fn as_it_opens() {
    let form = form(&Criteria::last_30_days());
    insta::assert_snapshot!("opens_80x22", Setting::plain().picture(&form, 80, 22).0);
    insta::assert_snapshot!("opens_100x28", Setting::plain().picture(&form, 100, 28).0);
    let mono = Setting {
        theme: Theme::Mono,
        ..Setting::plain()
    };
    insta::assert_snapshot!("opens_mono_100x14", mono.picture(&form, 100, 14).0);
    insta::assert_snapshot!("opens_40x8", mono.picture(&form, 40, 8).0);
}

#[test]
fn with_mistakes() {
    let mut criteria = with_filters();
    criteria.from = Edge::inclusive("2026-13-01");
    let mut form = form(&criteria);
    press(&mut form, &[Key::plain(KeyCode::Tab); 4]);
    press(&mut form, &[Key::ctrl('u')]);
    type_text(&mut form, "555 0100");
    insta::assert_snapshot!("mistakes_80x22", Setting::plain().picture(&form, 80, 22).0);
    let mono = Setting {
        theme: Theme::Mono,
        ..Setting::plain()
    };
    insta::assert_snapshot!("mistakes_mono_60x16", mono.picture(&form, 60, 16).0);
}

#[test]
fn with_a_day_a_zone_and_the_presets() {
    let mut criteria = Criteria::all_time();
    criteria.from = Edge::inclusive("yesterday 14:05 ±90m");
    let mut form = form(&criteria);
    let berlin = Setting {
        zone: Zone::local(Tz::Europe__Berlin),
        ..Setting::plain()
    };
    insta::assert_snapshot!("around_100x28", berlin.picture(&form, 100, 28).0);
    press(&mut form, &[Key::plain(KeyCode::BackTab), Key::char('6')]);
    insta::assert_snapshot!("last_month_100x28", berlin.picture(&form, 100, 28).0);
    insta::assert_snapshot!("presets_50x10", berlin.picture(&form, 50, 10).0);
}

#[test]
fn masked_nothing_tells_who() {
    let masked = Setting {
        mask: Mask::new(true, 7),
        ..Setting::plain()
    };
    let mut form = form(&with_filters());
    for _ in 0..9 {
        let (picture, _) = masked.picture(&form, 100, 28);
        for secret in [
            "4155550100",
            "442079460000",
            "weekly",
            "SA0123456789ABCDEFGH",
        ] {
            assert!(!picture.contains(secret), "{secret} in\n{picture}");
        }
        assert!(picture.contains(&masked.mask.number("+14155550100")));
        press(&mut form, &[Key::plain(KeyCode::Tab)]);
    }
    press(&mut form, &[Key::plain(KeyCode::Tab); 6]);
    insta::assert_snapshot!("masked_80x22", masked.picture(&form, 80, 22).0);
    // What is typed while it is masked shows its length only.
    press(&mut form, &[Key::ctrl('u')]);
    type_text(&mut form, "(212) 555-0199");
    let (picture, map) = masked.picture(&form, 80, 22);
    assert!(
        !picture.contains("212") && !picture.contains("0199"),
        "{picture}"
    );
    assert!(
        picture.contains(&"•".repeat(14)) && picture.contains(&masked.mask.number("+12125550199"))
    );
    assert_eq!(map.cursor.unwrap().x, 2 + 16 + 14);
}

#[test]
fn the_last_line_is_what_is_sent() {
    let mut criteria = Criteria::last_30_days();
    criteria.from = Edge::inclusive("2012-03-21 11:47");
    criteria.to = Edge::inclusive("2012-04-20 11:47");
    let (picture, _) = Setting::plain().picture(&form(&criteria), 130, 24);
    let sent =
        "add_time__gte=2012-03-21 11:47:00 · add_time__lte=2012-04-20 11:47:00 · 1 request window";
    assert!(picture.contains(sent), "{picture}");
}

#[test]
fn the_hardware_cursor_stands_where_the_next_letter_goes() {
    let mut form = form(&Criteria::last_30_days());
    let cursor = |form: &Form, width| Setting::plain().picture(form, width, 22).1.cursor.unwrap();
    let start = cursor(&form, 80);
    assert_eq!((start.x, start.y), (2 + 16 + 4, 1));
    press(&mut form, &[Key::plain(KeyCode::Home)]);
    assert_eq!(cursor(&form, 80).x, 2 + 16);
    press(&mut form, &[Key::plain(KeyCode::End)]);
    type_text(&mut form, "東京");
    assert_eq!(
        cursor(&form, 80).x,
        2 + 16 + 8,
        "wide letters take two columns"
    );
    type_text(&mut form, &"x".repeat(100));
    let end = cursor(&form, 80);
    assert!(end.x < 60, "long text scrolls: {end}");
    press(&mut form, &[Key::plain(KeyCode::Down)]);
    assert!(cursor(&form, 80).y > 1);
}

#[test]
fn every_part_can_be_found_by_the_mouse() {
    let form = form(&Criteria::last_30_days());
    let (_, map) = Setting::plain().picture(&form, 80, 22);
    for field in Field::ALL {
        assert!(
            map.fields.iter().any(|(_, id)| *id == FieldId::Text(field)),
            "{field:?}"
        );
    }
    for preset in Preset::ALL {
        assert!(
            map.fields
                .iter()
                .any(|(_, id)| *id == FieldId::Preset(preset)),
            "{preset:?}"
        );
    }
    for end in [End::From, End::To] {
        assert!(map.fields.iter().any(|(_, id)| *id == FieldId::Switch(end)));
    }
    for (index, (area, _)) in map.fields.iter().enumerate() {
        assert!(
            map.fields
                .iter()
                .skip(index + 1)
                .all(|(other, _)| !area.intersects(*other))
        );
    }
}

#[test]
fn every_size_is_drawn_with_the_focused_field_in_sight() {
    let mut form = form(&with_filters());
    press(&mut form, &[Key::plain(KeyCode::Down), Key::ctrl('u')]);
    type_text(&mut form, "never in the life of a clock");
    for _ in 0..9 {
        for width in (1..50).chain([79, 80, 91, 92, 93, 100, 140]) {
            for height in (1..20).chain([22, 24, 28, 40]) {
                let (_, map) = Setting::plain().picture(&form, width, height);
                let cursor = map
                    .cursor
                    .is_some_and(|cursor| cursor.x < width && cursor.y < height);
                assert!(
                    cursor || width < 3,
                    "{:?} at {width}x{height}: {:?}",
                    form.focus(),
                    map.cursor
                );
                for (area, _) in map.fields {
                    assert!(area.right() <= width && area.bottom() <= height);
                }
            }
        }
        press(&mut form, &[Key::plain(KeyCode::Tab)]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_text_breaks_the_drawing(text in any::<String>(), tabs in 0_usize..9, width in 1_u16..120, height in 1_u16..40, masked in any::<bool>()) {
        let mut form = form(&Criteria::last_30_days());
        press(&mut form, &vec![Key::plain(KeyCode::Tab); tabs]);
        form.paste(&text);
        let setting = Setting { mask: Mask::new(masked, 1), ..Setting::plain() };
        let (picture, _) = setting.picture(&form, width, height);
        prop_assert!(!picture.chars().any(|c| c.is_control() && c != '\n'));
    }
}
