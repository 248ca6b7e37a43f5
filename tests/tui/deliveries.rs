//! Answers that come by callback: what the screen says of them.

use std::time::Duration;

use callreel::app::deliveries::{Route, Step};
use callreel::app::{Api, Effect, Message, RequestId, Setup};
use callreel::plivo::callback::{Counts, Signature};
use callreel::plivo::{CallbackMethod, Error};

use crate::account::Account;
use crate::sitting::{Sitting, request_of, setup};

const API_ID: &str = "5f2c9a04-58cb-11e1-86da-adf28403fe48";

fn by_callback(width: u16, height: u16) -> Setup {
    Setup {
        callbacks: Some(Route {
            shown: "https://hooks.example.net/plivo".into(),
            method: CallbackMethod::Post,
            listens: "127.0.0.1:8099".into(),
        }),
        ..setup(width, height)
    }
}

/// Nothing has been answered yet.
fn asked(width: u16, height: u16) -> Sitting {
    let setup = by_callback(width, height);
    Sitting::start_holding(setup, Account::with(90), true)
}

fn waiting(sitting: &Sitting) -> RequestId {
    request_of(sitting.held.front().unwrap()).unwrap()
}

fn step(sitting: &mut Sitting, request: RequestId, step: Step) {
    sitting.send(Message::Api(Api::Callback { request, step }));
}

fn accept(sitting: &mut Sitting, request: RequestId) {
    let api_id = API_ID.into();
    step(sitting, request, Step::Accepted { api_id });
}

fn lose(sitting: &mut Sitting) {
    let request = waiting(sitting);
    sitting.held.pop_front();
    sitting.send(Message::Api(Api::Page {
        request,
        result: Err(Error::NotDelivered {
            api_id: API_ID.into(),
            within: Duration::from_secs(30),
        }),
    }));
}

fn last_line(sitting: &mut Sitting) -> String {
    sitting.text().lines().last().unwrap().trim().to_owned()
}

#[test]
fn a_page_says_how_far_it_has_come() {
    let mut sitting = asked(140, 40);
    sitting.pass(Duration::from_millis(200));
    assert_eq!(last_line(&mut sitting), "page sent");
    let request = waiting(&sitting);
    accept(&mut sitting, request);
    assert_eq!(
        last_line(&mut sitting),
        format!("page accepted as {API_ID}, waiting for its callback")
    );
    step(
        &mut sitting,
        request,
        Step::Delivered {
            signature: Signature::Signed,
        },
    );
    assert_eq!(last_line(&mut sitting), "page answered");
    sitting.answer();
    assert!(last_line(&mut sitting).contains("? keys"));
    assert!(
        sitting
            .text()
            .lines()
            .next()
            .unwrap()
            .contains("by callback")
    );
}

#[test]
fn a_narrow_screen_says_how_answers_come_too() {
    let mut sitting = asked(80, 24);
    sitting.answer();
    let first = |sitting: &mut Sitting| sitting.text().lines().next().unwrap().to_owned();
    assert!(first(&mut sitting).contains("  async  "));
    sitting.keys("<C-r>");
    assert!(first(&mut sitting).contains("  sync  "));
}

#[test]
fn details_say_how_far_they_have_come() {
    let mut sitting = asked(140, 40);
    sitting.answer();
    sitting.pass(Duration::from_millis(150));
    let request = waiting(&sitting);
    accept(&mut sitting, request);
    sitting.pass(Duration::from_millis(200));
    assert!(sitting.text().contains("recording accepted as 5f2c9a04-"));
    sitting.answer();
    assert!(!sitting.text().contains("recording accepted"));
}

#[test]
fn a_lost_answer_offers_to_send_again() {
    let mut sitting = asked(80, 24);
    sitting.answer();
    sitting.keys("G");
    let request = waiting(&sitting);
    accept(&mut sitting, request);
    lose(&mut sitting);
    assert_eq!(
        last_line(&mut sitting),
        "! no answer by callback within 30 s · r sends again · Ctrl-r without callbacks"
    );
    // The rows stay, and `r` asks for the same page by callback again.
    assert!(sitting.text().contains("of 90"));
    sitting.keys("r");
    assert!(!sitting.held.is_empty());
    assert!(!sitting.effects.contains(&Effect::Callbacks(false)));
    sitting.answer();
    assert!(!last_line(&mut sitting).starts_with('!'));
}

#[test]
fn a_first_page_that_is_lost_tells_the_way_it_should_have_come() {
    let mut sitting = asked(80, 24);
    lose(&mut sitting);
    let text = sitting.text();
    for line in [
        "! no answer by callback within 30 s",
        "r sends again · Ctrl-r without callbacks",
        "what is sent to https://hooks.example.net/plivo",
        "has to arrive at 127.0.0.1:8099",
        ":deliveries tells what came",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

#[test]
fn callbacks_can_be_given_up_and_taken_up_again() {
    let mut sitting = asked(140, 40);
    sitting.pass(Duration::from_millis(200));
    let request = waiting(&sitting);
    accept(&mut sitting, request);
    // What waits is not waited for: it is asked for again, and answered at once.
    sitting.keys("<C-r>");
    assert_eq!(sitting.effects, [Effect::Callbacks(false)]);
    assert_ne!(waiting(&sitting), request);
    assert_eq!(last_line(&mut sitting), "going on without callbacks");
    sitting.answer();
    assert!(sitting.text().contains("of 90"));
    assert!(sitting.text().contains("callbacks off"));
    sitting.effects.clear();
    sitting.keys("<C-r>");
    assert_eq!(sitting.effects, [Effect::Callbacks(true)]);
    assert!(sitting.text().contains("by callback"));
}

#[test]
fn without_a_callback_url_there_is_nothing_to_switch() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("<C-r>");
    assert_eq!(sitting.effects, []);
    assert!(last_line(&mut sitting).contains("--callback-url"));
    sitting.keys(":deliveries<Enter>");
    assert!(sitting.text().contains("Every answer comes at once"));
}

/// One of each state.
fn mixed(width: u16, height: u16) -> Sitting {
    let mut sitting = asked(width, height);
    let first = waiting(&sitting);
    accept(&mut sitting, first);
    step(
        &mut sitting,
        first,
        Step::Delivered {
            signature: Signature::Signed,
        },
    );
    sitting.pass(Duration::from_millis(1300));
    while sitting.answer_one() {}
    sitting.keys("G");
    sitting.pass(Duration::from_millis(150));
    let lost = waiting(&sitting);
    accept(&mut sitting, lost);
    sitting.pass(Duration::from_secs(30));
    lose(&mut sitting);
    sitting.keys("r");
    let again = waiting(&sitting);
    accept(&mut sitting, again);
    sitting.send(Message::Api(Api::Received(Counts {
        taken: 4,
        early: 1,
        duplicate: 2,
        broken: 1,
        ..Counts::default()
    })));
    sitting
}

#[test]
fn the_deliveries_at_140x40() {
    let mut sitting = mixed(140, 40);
    sitting.keys(":deliveries<Enter>");
    insta::assert_snapshot!(sitting.screen());
}

#[test]
fn the_deliveries_at_80x24() {
    let mut sitting = mixed(80, 24);
    sitting.keys(":deliveries<Enter>");
    insta::assert_snapshot!(sitting.screen());
}

#[test]
fn a_wrong_signature_is_said_aloud() {
    let mut sitting = asked(80, 24);
    sitting.send(Message::Api(Api::Received(Counts {
        wrong_signature: 1,
        ..Counts::default()
    })));
    assert_eq!(
        last_line(&mut sitting),
        "! a delivery with a wrong signature was refused; :deliveries counts them"
    );
}

#[test]
fn details_that_never_come_keep_their_key_in_the_narrowest_pane() {
    for (width, height) in [(140, 40), (111, 30), (80, 40)] {
        let mut sitting = asked(width, height);
        sitting.answer();
        sitting.pass(Duration::from_millis(150));
        let request = waiting(&sitting);
        sitting.held.pop_front();
        sitting.send(Message::Api(Api::Recording {
            request,
            result: Err(Error::NotDelivered {
                api_id: API_ID.into(),
                within: Duration::from_secs(30),
            }),
        }));
        let text = sitting.text();
        assert!(text.contains("· r again"), "{text}");
        assert!(last_line(&mut sitting).contains("Ctrl-r without callbacks"));
        // `r` asks for them once more, by callback.
        sitting.keys("r");
        assert_ne!(waiting(&sitting), request);
        sitting.answer();
        assert!(!sitting.text().contains("r again"));
    }
}

#[test]
fn the_footer_tells_of_what_the_reader_waits_for() {
    let mut sitting = asked(140, 40);
    sitting.answer();
    // Pages ahead of the reader are asked for before the row that is jumped to.
    sitting.keys("jjjjjjjj");
    sitting.keys(":85<Enter>");
    sitting.pass(Duration::from_millis(200));
    let wanted = sitting.held.iter().find_map(|effect| match effect {
        Effect::FetchPage {
            request,
            priority: callreel::app::Priority::Visible,
            ..
        } => Some(*request),
        _ => None,
    });
    accept(&mut sitting, wanted.unwrap());
    sitting.pass(Duration::from_millis(200));
    let foot = last_line(&mut sitting);
    assert!(
        foot.contains("on the way to row 85") || foot.contains(API_ID),
        "{foot}"
    );
}
