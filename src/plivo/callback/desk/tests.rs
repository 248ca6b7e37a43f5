use futures_util::FutureExt;
use serde_json::json;

use super::*;
use crate::plivo::CallbackMethod;
use crate::plivo::callback::{Counts, Signature};

const LONG: Duration = Duration::from_secs(60);

fn delivery(api_id: &str, n: u64) -> Delivery {
    Delivery {
        time: "2026-11-23T21:16:00Z".parse().unwrap(),
        api_id: api_id.into(),
        method: CallbackMethod::Post,
        signature: Signature::Signed,
        duplicate: false,
        answer: json!({"api_id": api_id, "n": n})
            .as_object()
            .unwrap()
            .clone(),
    }
}

fn counts(desk: &Desk) -> Counts {
    *desk.tally().watch().borrow()
}

/// How many deliveries are held, and in how many bytes.
fn held(desk: &Desk) -> (usize, usize) {
    let state = desk.state();
    let sum = state.held.iter().map(|held| held.bytes).sum();
    assert_eq!(state.held_bytes, sum);
    (state.held.len(), sum)
}

/// Asks, and goes on while the answer is awaited.
fn ask(
    desk: &Desk,
    api_id: &'static str,
) -> impl Future<Output = Result<Delivery, NotDelivered>> + use<> {
    let desk = desk.clone();
    let mut answer = Box::pin(async move { desk.answer(api_id, LONG).await });
    assert!(
        answer.as_mut().now_or_never().is_none(),
        "{api_id} is not there yet"
    );
    answer
}

#[tokio::test(start_paused = true)]
async fn answers_go_to_those_who_wait_in_whatever_order_they_come() {
    let desk = Desk::new();
    let (a, b) = (ask(&desk, "a"), ask(&desk, "b"));
    desk.take(delivery("b", 2));
    desk.take(delivery("a", 1));
    assert_eq!(a.await, Ok(delivery("a", 1)));
    assert_eq!(b.await, Ok(delivery("b", 2)));
    let expected = Counts {
        taken: 2,
        ..Counts::default()
    };
    assert_eq!(counts(&desk), expected);
}

#[tokio::test(start_paused = true)]
async fn an_early_answer_is_held_for_half_a_minute() {
    let desk = Desk::new();
    desk.take(delivery("a", 1));
    desk.take(delivery("b", 2));
    assert_eq!(counts(&desk).unknown, 2);
    tokio::time::advance(HELD_FOR - Duration::from_millis(1)).await;
    assert_eq!(desk.answer("a", Duration::ZERO).await, Ok(delivery("a", 1)));
    let expected = Counts {
        taken: 1,
        early: 1,
        unknown: 1,
        ..Counts::default()
    };
    assert_eq!(counts(&desk), expected);
    tokio::time::advance(Duration::from_millis(1)).await;
    let late = ask(&desk, "b");
    assert_eq!(held(&desk), (0, 0));
    // It may be delivered again, and then it is wanted.
    desk.take(delivery("b", 3));
    assert_eq!(late.await, Ok(delivery("b", 3)));
}

#[tokio::test(start_paused = true)]
async fn a_second_delivery_changes_nothing() {
    let desk = Desk::new();
    desk.take(delivery("early", 1));
    desk.take(delivery("early", 2));
    assert_eq!(desk.answer("early", LONG).await, Ok(delivery("early", 1)));
    desk.take(delivery("early", 3));

    let awaited = ask(&desk, "a");
    desk.take(delivery("a", 1));
    desk.take(delivery("a", 2));
    assert_eq!(awaited.await, Ok(delivery("a", 1)));
    desk.take(delivery("a", 3));

    let expected = Counts {
        taken: 2,
        early: 1,
        duplicate: 4,
        ..Counts::default()
    };
    assert_eq!(counts(&desk), expected);
    assert!(desk.state().held.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_time_out_names_the_call() {
    let desk = Desk::new();
    let within = Duration::from_millis(1_500);
    let error = desk.answer("a-1", within).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the answer to a-1 was not delivered within 1.5s"
    );
    assert!(desk.state().awaited.is_empty());
    desk.take(delivery("a-1", 1));
    assert_eq!((counts(&desk).taken, counts(&desk).unknown), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn what_comes_in_the_last_moment_is_not_lost() {
    let desk = Desk::new();
    let Err(waiting) = desk.ask("a") else {
        panic!("nothing was delivered yet")
    };
    desk.take(delivery("a", 1));
    assert_eq!(waiting.give_up(), Some(delivery("a", 1)));
}

#[tokio::test(start_paused = true)]
async fn a_dropped_question_is_given_up() {
    let desk = Desk::new();
    drop(ask(&desk, "a"));
    assert!(desk.state().awaited.is_empty());
    desk.take(delivery("a", 1));
    assert_eq!((counts(&desk).taken, counts(&desk).unknown), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn of_two_who_ask_the_same_the_later_gets_it() {
    let desk = Desk::new();
    let first = ask(&desk, "a");
    let second = ask(&desk, "a");
    let api_id = "a".to_owned();
    assert_eq!(first.await, Err(NotDelivered::Replaced { api_id }));
    desk.take(delivery("a", 1));
    assert_eq!(second.await, Ok(delivery("a", 1)));
}

#[tokio::test(start_paused = true)]
async fn what_is_held_is_bounded_in_number() {
    let desk = Desk::new();
    for n in 0..=MOST_HELD {
        desk.take(delivery(&n.to_string(), 0));
    }
    let state = desk.state();
    assert_eq!(state.held.len(), MOST_HELD);
    assert!(state.holds("0").is_none() && state.holds("1").is_some());
    drop(state);
    assert_eq!(counts(&desk).unknown, MOST_HELD as u64 + 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_held_is_bounded_in_memory() {
    let desk = Desk::new();
    let awaited = ask(&desk, "awaited");
    // Two bytes of text each, and much more in memory.
    let numbers: Vec<_> = (0..10_000).map(|n| json!(n % 10)).collect();
    for n in 0..100 {
        let mut heavy = delivery(&n.to_string(), 0);
        heavy.answer.insert("l".into(), numbers.clone().into());
        desk.take(heavy);
    }
    let (number, bytes) = held(&desk);
    assert!(bytes <= MOST_HELD_BYTES && bytes > MOST_HELD_BYTES / 2);
    assert!(number < 30, "{number}");
    assert!(desk.state().holds("99").is_some(), "the newest are kept");
    desk.take(delivery("awaited", 1));
    assert_eq!(awaited.await, Ok(delivery("awaited", 1)));
}

#[test]
fn digits_and_names_weigh_what_they_are_long() {
    let long = "9".repeat(1_000);
    let answer: Map<_, _> =
        serde_json::from_str(&format!(r#"{{"n": [{long}], "{long}": "{long}"}}"#)).unwrap();
    let bare: Map<_, _> = serde_json::from_str(r#"{"n": [9], "9": "9"}"#).unwrap();
    assert_eq!(weight_of(&answer) - weight_of(&bare), 3 * 999);
}

fn unsigned(api_id: &str, n: u64) -> Delivery {
    Delivery {
        signature: Signature::Unsigned,
        ..delivery(api_id, n)
    }
}

#[tokio::test(start_paused = true)]
async fn strangers_push_out_nothing_that_is_signed() {
    let desk = Desk::new();
    desk.take(delivery("mine", 1));
    for n in 0..2 * MOST_HELD as u64 {
        desk.take(unsigned(&format!("stranger-{n}"), n));
    }
    assert_eq!(held(&desk).0, MOST_HELD);
    assert_eq!(desk.answer("mine", LONG).await, Ok(delivery("mine", 1)));
}

#[tokio::test(start_paused = true)]
async fn of_two_with_one_id_the_signed_one_counts() {
    let desk = Desk::new();
    desk.take(unsigned("a", 1));
    desk.take(delivery("a", 2));
    desk.take(unsigned("a", 3));
    held(&desk);
    assert_eq!(desk.answer("a", LONG).await, Ok(delivery("a", 2)));
    assert_eq!(counts(&desk).duplicate, 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_held_too_long_goes_though_nothing_comes_any_more() {
    let desk = Desk::new();
    desk.take(delivery("a", 1));
    tokio::time::sleep(HELD_FOR / 2).await;
    desk.take(delivery("b", 2));
    tokio::time::sleep(HELD_FOR / 2 + Duration::from_millis(1)).await;
    assert_eq!(held(&desk).0, 1);
    tokio::time::sleep(HELD_FOR / 2).await;
    assert_eq!(held(&desk), (0, 0));
    // And whoever comes after that is looked after again.
    desk.take(delivery("c", 3));
    tokio::time::sleep(HELD_FOR + Duration::from_millis(1)).await;
    assert_eq!(held(&desk), (0, 0));
}
