//! From one account to another.

use callreel::app::choices::Settled;
use callreel::app::marks::Keeping;
use callreel::app::player::Start;
use callreel::app::profiles::{Another, Profile};
use callreel::app::{Api, App, Effect, Message, Preferences, RequestId, Setup};
use callreel::store::{Change, Told};

use crate::account::Account;
use crate::sitting::{Sitting, playing, setup};

fn profiles() -> Vec<Profile> {
    let profile = |name: &str, id: Option<&str>| Profile {
        name: name.into(),
        auth_id: id.map(str::to_owned),
    };
    vec![
        profile("acme", Some("MA…QUU")),
        profile("beta", Some("SA…7XA")),
        profile("new", None),
    ]
}

fn of_acme(width: u16, height: u16) -> Setup {
    Setup {
        account: "acme".into(),
        profile: Some("acme".into()),
        ..setup(width, height)
    }
}

fn another(profile: &str) -> Another {
    Another {
        profile: profile.into(),
        masked: false,
        start: Start::default(),
        settled: Settled::default(),
        preferences: Preferences::default(),
    }
}

pub fn asked(sitting: &Sitting) -> Option<RequestId> {
    let mut latest_first = sitting.effects.iter().rev();
    latest_first.find_map(|effect| match effect {
        Effect::ReadProfiles(request) => Some(*request),
        _ => None,
    })
}

fn opens(sitting: &Sitting) -> Vec<(RequestId, String)> {
    let opens = sitting.effects.iter().filter_map(|effect| match effect {
        Effect::OpenProfile { request, name } => Some((*request, name.clone())),
        _ => None,
    });
    opens.collect()
}

/// The list, with what was read.
fn listed(sitting: &mut Sitting) {
    sitting.keys("P");
    let request = asked(sitting).unwrap();
    sitting.send(Message::Profiles {
        request,
        profiles: Ok(profiles()),
    });
}

fn listing(width: u16, height: u16) -> Sitting {
    let mut sitting = Sitting::start(of_acme(width, height), Account::with(90));
    listed(&mut sitting);
    sitting
}

fn last_line(sitting: &mut Sitting) -> String {
    sitting.text().lines().last().unwrap().to_owned()
}

#[test]
fn the_profiles_at_80x24() {
    insta::assert_snapshot!(listing(80, 24).keys("j").screen());
}

#[test]
fn the_profiles_at_140x40() {
    insta::assert_snapshot!(listing(140, 40).screen());
}

#[test]
fn a_long_name_leaves_room_for_the_words_that_it_is_in_use() {
    let name = "漢字".repeat(30);
    let mut setup = of_acme(80, 24);
    setup.profile = Some(name.clone());
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.keys("P");
    let request = asked(&sitting).unwrap();
    let profile = Profile {
        name,
        auth_id: None,
    };
    sitting.send(Message::Profiles {
        request,
        profiles: Ok(vec![profile]),
    });
    let text = sitting.text();
    assert!(text.contains("… in use   │"), "{text}");
}

#[test]
fn enter_asks_for_the_account_and_this_one_stays_until_it_is_there() {
    let mut sitting = listing(80, 24);
    sitting.keys("j<Enter>");
    let (request, name) = opens(&sitting).remove(0);
    assert_eq!(name, "beta");
    assert!(last_line(&mut sitting).contains("waiting for the token of beta"));
    assert!(sitting.text().contains("90 recordings"));
    sitting.send(Message::ProfileOpened {
        request,
        opened: Ok(()),
    });
    assert_eq!(
        sitting.effects.last(),
        Some(&Effect::ChangeAccount(request))
    );
}

#[test]
fn a_token_that_cannot_be_had_is_a_line_and_the_account_stays() {
    let mut sitting = listing(80, 24);
    sitting.keys("j<Enter>");
    let (request, _) = opens(&sitting).remove(0);
    let words = "profile beta: token_command: pass printed nothing";
    sitting.send(Message::ProfileOpened {
        request,
        opened: Err(words.into()),
    });
    assert!(last_line(&mut sitting).contains(words));
    assert!(!sitting.effects.contains(&Effect::ChangeAccount(request)));
    assert!(sitting.keys("j").text().contains("90 recordings"));
}

#[test]
fn what_began_while_the_token_was_waited_for_is_not_ended_unasked() {
    for begun in ["x", "<Enter>", ":"] {
        let mut sitting = listing(80, 24);
        sitting.keys("j<Enter>");
        let (request, _) = opens(&sitting).remove(0);
        sitting.keys(begun);
        sitting.send(Message::ProfileOpened {
            request,
            opened: Ok(()),
        });
        assert!(!sitting.effects.contains(&Effect::ChangeAccount(request)));
        if begun != ":" {
            // Under a line that is being typed the notice waits.
            assert!(last_line(&mut sitting).contains("beta is ready"), "{begun}");
        }
    }
}

#[test]
fn an_account_that_nobody_waits_for_any_more_changes_nothing() {
    let mut sitting = listing(80, 24);
    sitting.keys("j<Enter><Esc>");
    let (request, _) = opens(&sitting).remove(0);
    assert!(!sitting.text().contains("waiting for the token"));
    let opened = |request| Message::ProfileOpened {
        request,
        opened: Ok(()),
    };
    sitting.send(opened(request));
    // Another one is asked for, and the first is late.
    listed(&mut sitting);
    sitting.keys("j<Enter>");
    listed(&mut sitting);
    sitting.keys("jj<Enter>");
    let (late, wanted) = (opens(&sitting)[1].0, opens(&sitting)[2].0);
    sitting.send(opened(late));
    let changes =
        |sitting: &Sitting, request| sitting.effects.contains(&Effect::ChangeAccount(request));
    assert!(!changes(&sitting, request) && !changes(&sitting, late));
    sitting.send(opened(wanted));
    assert!(changes(&sitting, wanted));
}

#[test]
fn what_plays_ends_only_after_a_yes_and_where_it_was_is_kept() {
    let mut sitting = playing(Setup {
        marks: Keeping::Opening,
        ..of_acme(80, 24)
    });
    sitting.send(Message::Marks(Told::Opened(Box::default())));
    listed(&mut sitting);
    sitting.keys("j<Enter>");
    insta::assert_snapshot!(sitting.text());
    sitting.keys("n");
    assert_eq!(opens(&sitting), []);
    listed(&mut sitting);
    sitting.keys("j<Enter>y");
    let (request, _) = opens(&sitting).remove(0);
    assert!(!sitting.effects.contains(&Effect::Stop));
    sitting.effects.clear();
    sitting.send(Message::ProfileOpened {
        request,
        opened: Ok(()),
    });
    let position = |effect: &Effect| match effect {
        Effect::Keep(changes) => matches!(changes.as_slice(), [Change::Position(_)]),
        _ => false,
    };
    assert!(position(&sitting.effects[0]), "{:?}", sitting.effects);
    assert_eq!(sitting.effects[1], Effect::ChangeAccount(request));
}

#[test]
fn marks_that_are_in_no_file_are_not_forgotten_unasked() {
    let mut sitting = Sitting::start(of_acme(80, 24), Account::with(90));
    sitting.keys("vz");
    listed(&mut sitting);
    sitting.keys("j<Enter>");
    assert!(sitting.text().contains("in no file, and will be forgotten"));
    assert_eq!(opens(&sitting), []);
}

#[test]
fn the_one_in_use_is_not_asked_for_again() {
    let mut sitting = listing(80, 24);
    sitting.keys("<Enter>");
    assert!(last_line(&mut sitting).contains("acme is in use"));
    assert_eq!(opens(&sitting), []);
}

#[test]
fn where_there_are_none_it_says_so_in_a_line() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("P");
    let request = asked(&sitting).unwrap();
    sitting.send(Message::Profiles {
        request,
        profiles: Ok(Vec::new()),
    });
    assert!(last_line(&mut sitting).contains("there are no profiles: `callreel auth add NAME`"));
    let demo = Setup {
        demo: true,
        ..setup(80, 24)
    };
    let mut sitting = Sitting::start(demo, Account::with(90));
    sitting.keys("P");
    assert!(last_line(&mut sitting).contains("the demo is one account"));
    assert_eq!(asked(&sitting), None);
}

#[test]
fn a_masked_screen_names_no_account() {
    let mut sitting = Sitting::start(of_acme(80, 24), Account::with(90));
    sitting.keys("M");
    listed(&mut sitting);
    let text = sitting.text();
    assert!(!text.contains("acme") && !text.contains("beta"), "{text}");
    sitting.keys("j<Enter>");
    assert!(!sitting.text().contains("beta"));
    let (request, _) = opens(&sitting).remove(0);
    sitting.send(Message::ProfileOpened {
        request,
        opened: Err("profile beta has no token".into()),
    });
    let line = last_line(&mut sitting);
    assert!(
        line.contains("has no token") && !line.contains("beta"),
        "{line}"
    );
}

#[test]
fn no_answer_to_one_account_is_taken_for_an_answer_to_the_next() {
    let mut sitting = Sitting::start_holding(of_acme(80, 24), Account::with(90), true);
    let next = sitting.app.for_another(of_acme(80, 24), another("beta"));
    let (mut app, effects) = App::new(next, sitting.now());
    let request = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::FetchPage { request, page, .. } => Some((*request, page.clone())),
            _ => None,
        })
    };
    let held: Vec<_> = sitting.held.drain(..).collect();
    let (old, page) = request(&held).unwrap();
    let (new, _) = request(&effects).unwrap();
    assert_ne!(old, new);
    app.update(
        Message::Api(Api::Page {
            request: old,
            result: sitting.account.page(&page),
        }),
        sitting.now(),
    );
    assert!(app.rows().is_empty());
}

#[test]
fn dates_mask_and_what_was_chosen_go_along_and_filters_do_not() {
    let mut sitting = Sitting::start(of_acme(80, 24), Account::with(90));
    sitting.keys("f<C-u>-7d<Tab><Tab><Tab><Tab>+14155550013<Enter>");
    sitting.keys("MT[[");
    let setup = of_acme(80, 24);
    let next = sitting.app.for_another(
        setup,
        Another {
            start: Start {
                volume: 40,
                ..Start::default()
            },
            ..another("beta")
        },
    );
    assert_eq!(next.criteria.from.text, "-7d");
    assert!(!next.criteria.is_filtered());
    assert_eq!(next.zone.label(), "local, Europe/Berlin");
    assert!(next.masked);
    assert_eq!(
        (next.start.speech.speed.tenths(), next.start.volume),
        (8, 40)
    );
    assert!(next.settled.speed && !next.settled.volume);
    assert_eq!(
        (next.account.as_str(), next.profile.as_deref()),
        ("beta", Some("beta"))
    );
}

#[test]
fn what_works_on_recordings_of_this_account_ends_first() {
    let mut sitting = Sitting::start(of_acme(80, 24), Account::with(90));
    sitting.keys("d<C-u>/tmp/calls<Enter>");
    let begun = |effect: &Effect| matches!(effect, Effect::Begin { .. });
    assert!(sitting.effects.iter().any(begun));
    listed(&mut sitting);
    sitting.keys("j<Enter>");
    assert!(
        sitting
            .text()
            .contains("is under way here: let it end first")
    );
    assert_eq!(opens(&sitting), []);
}
