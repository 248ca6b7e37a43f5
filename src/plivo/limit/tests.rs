use super::*;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll};

use futures_util::task::noop_waker;
use tokio::task::JoinHandle;

fn rate(per_second: u32, in_flight: usize) -> Rate {
    Rate {
        per_second: NonZeroU32::new(per_second).unwrap(),
        in_flight: NonZeroUsize::new(in_flight).unwrap(),
    }
}

/// Lets every task that can run do so, without moving the clock.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

/// Requests that each take `length`; gives the order and the times at which they start.
async fn started(
    limiter: &Limiter,
    priorities: &[Priority],
    length: Duration,
) -> Vec<(usize, Duration)> {
    let begin = Instant::now();
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    for (index, priority) in priorities.iter().enumerate() {
        let (limiter, sender, turn) = (limiter.clone(), sender.clone(), limiter.turn(*priority));
        tokio::spawn(async move {
            let permit = limiter.enter(turn).await;
            sender.send((index, begin.elapsed())).unwrap();
            tokio::time::sleep(length).await;
            drop(permit);
        });
    }
    drop(sender);
    let mut starts = Vec::new();
    while let Some(start) = receiver.recv().await {
        starts.push(start);
    }
    starts
}

fn waiter(limiter: &Limiter, priority: Priority) -> JoinHandle<Permit> {
    let (limiter, turn) = (limiter.clone(), limiter.turn(priority));
    tokio::spawn(async move { limiter.enter(turn).await })
}

#[tokio::test(start_paused = true)]
async fn no_second_sees_more_starts_than_allowed() {
    let limiter = Limiter::new(rate(20, 100));
    let starts = started(&limiter, &[Priority::Visible; 90], Duration::from_millis(1)).await;
    let times: Vec<_> = starts.iter().map(|(_, at)| *at).collect();
    assert_eq!(times.len(), 90);
    let mut second = VecDeque::new();
    for at in times {
        while second
            .front()
            .is_some_and(|first| at - *first >= Duration::from_secs(1))
        {
            second.pop_front();
        }
        second.push_back(at);
        assert!(second.len() <= 20, "{at:?}");
    }
    // Not slower than allowed either: the 81st to 90th go in the fifth second.
    assert!(starts.last().unwrap().1 < Duration::from_millis(4100));
}

#[tokio::test(start_paused = true)]
async fn at_most_so_many_are_under_way() {
    let limiter = Limiter::new(rate(1000, 8));
    let starts = started(&limiter, &[Priority::Count; 24], Duration::from_secs(3)).await;
    let seconds: Vec<_> = starts.iter().map(|(_, at)| at.as_secs()).collect();
    assert_eq!(seconds, [[0; 8], [3; 8], [6; 8]].concat());
}

#[tokio::test(start_paused = true)]
async fn the_urgent_go_first_and_equals_in_turn() {
    use Priority::*;
    let limiter = Limiter::new(rate(1000, 1));
    let all = [
        Prefetch, Count, Visible, Detail, Prefetch, Visible, Count, Detail,
    ];
    let held = limiter.enter(limiter.turn(Visible)).await;
    let order = tokio::spawn({
        let limiter = limiter.clone();
        async move { started(&limiter, &all, Duration::from_secs(1)).await }
    });
    settle().await;
    drop(held);
    let order: Vec<_> = order
        .await
        .unwrap()
        .into_iter()
        .map(|(index, _)| index)
        .collect();
    assert_eq!(order, [2, 5, 3, 7, 1, 6, 0, 4]);
}

#[tokio::test(start_paused = true)]
async fn an_urgent_request_overtakes_one_that_waits_for_the_clock() {
    let limiter = Limiter::new(rate(1, 8));
    drop(limiter.enter(limiter.turn(Priority::Prefetch)).await);
    let patient = waiter(&limiter, Priority::Prefetch);
    settle().await;
    let urgent = waiter(&limiter, Priority::Visible);
    urgent.await.unwrap();
    settle().await;
    assert!(!patient.is_finished());
    patient.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_retried_request_keeps_its_turn() {
    let limiter = Limiter::new(rate(1000, 1));
    let first = limiter.turn(Priority::Visible);
    let second = waiter(&limiter, Priority::Visible);
    let held = second.await.unwrap();
    let third = waiter(&limiter, Priority::Visible);
    settle().await;
    let again = tokio::spawn({
        let limiter = limiter.clone();
        async move { limiter.enter(first).await }
    });
    settle().await;
    drop(held);
    let permit = again.await.unwrap();
    assert!(!third.is_finished());
    drop(permit);
    third.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_dropped_request_leaves_the_queue_at_once() {
    let limiter = Limiter::new(rate(1000, 1));
    let held = limiter.enter(limiter.turn(Priority::Visible)).await;
    let unwanted = waiter(&limiter, Priority::Visible);
    let wanted = waiter(&limiter, Priority::Prefetch);
    settle().await;
    unwanted.abort();
    assert!(unwanted.await.is_err());
    drop(held);
    wanted.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_head_that_is_dropped_while_it_waits_for_the_clock_passes_its_place_on() {
    let limiter = Limiter::new(rate(1, 8));
    drop(limiter.enter(limiter.turn(Priority::Visible)).await);
    let head = waiter(&limiter, Priority::Visible);
    let next = waiter(&limiter, Priority::Visible);
    settle().await;
    head.abort();
    let begin = Instant::now();
    next.await.unwrap();
    assert_eq!(begin.elapsed(), Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_was_won_by_a_dropped_future_is_given_back() {
    let limiter = Limiter::new(rate(1000, 1));
    {
        let mut enter = pin!(limiter.enter(limiter.turn(Priority::Visible)));
        let waker = noop_waker();
        let Poll::Ready(permit) = enter.as_mut().poll(&mut Context::from_waker(&waker)) else {
            panic!("the gate is open");
        };
        drop(permit);
    }
    limiter.enter(limiter.turn(Priority::Visible)).await;
}

#[tokio::test(start_paused = true)]
async fn a_refusal_stops_everyone_until_the_time_named() {
    let limiter = Limiter::new(rate(1000, 8));
    let mut throttle = limiter.throttle();
    let refused = limiter.enter(limiter.turn(Priority::Visible)).await;
    let waiting = waiter(&limiter, Priority::Visible);
    let other = limiter.clone();
    let begin = Instant::now();
    assert_eq!(
        other.refused(&refused, Some(Duration::from_secs(7))),
        Duration::from_secs(7)
    );
    let pause = throttle.borrow_and_update().unwrap();
    assert_eq!(
        (pause.until, pause.named),
        ((begin + Duration::from_secs(7)).into_std(), true)
    );
    waiting.await.unwrap();
    assert_eq!(begin.elapsed(), Duration::from_secs(7));
    assert_eq!(*throttle.borrow_and_update(), None);
}

#[tokio::test(start_paused = true)]
async fn one_that_already_waited_for_the_clock_obeys_a_new_pause() {
    let limiter = Limiter::new(rate(1, 8));
    let refused = limiter.enter(limiter.turn(Priority::Visible)).await;
    let waiting = waiter(&limiter, Priority::Visible);
    settle().await;
    limiter.refused(&refused, Some(Duration::from_secs(9)));
    let begin = Instant::now();
    waiting.await.unwrap();
    assert_eq!(begin.elapsed(), Duration::from_secs(9));
}

#[tokio::test(start_paused = true)]
async fn without_a_time_named_pauses_double_from_a_second_and_calm_down() {
    let limiter = Limiter::new(rate(1000, 8));
    let mut waits = Vec::new();
    for _ in 0..9 {
        let permit = limiter.enter(limiter.turn(Priority::Visible)).await;
        waits.push(limiter.refused(&permit, None).as_secs_f64());
        tokio::time::advance(Duration::from_millis(1)).await;
    }
    for (wait, most) in waits
        .iter()
        .zip([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0])
    {
        assert!((most / 2.0..=most).contains(wait), "{waits:?}");
    }
    let permit = limiter.enter(limiter.turn(Priority::Visible)).await;
    limiter.accepted(&permit);
    assert!(limiter.refused(&permit, None) <= Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn requests_refused_together_make_one_pause() {
    let limiter = Limiter::new(rate(1000, 8));
    let mut permits = Vec::new();
    for _ in 0..8 {
        permits.push(limiter.enter(limiter.turn(Priority::Visible)).await);
    }
    let waits: Vec<_> = permits
        .iter()
        .map(|permit| limiter.refused(permit, None))
        .collect();
    assert!(waits.iter().all(|wait| *wait == waits[0]), "{waits:?}");
    // An old success does not undo it; a longer time that the server names does count.
    limiter.accepted(&permits[0]);
    assert_eq!(
        limiter.refused(&permits[1], Some(Duration::from_secs(30))),
        Duration::from_secs(30)
    );
    assert_eq!(
        limiter.refused(&permits[2], Some(Duration::from_secs(3))),
        Duration::from_secs(30)
    );
}

#[tokio::test(start_paused = true)]
async fn a_pause_without_end_is_not_obeyed() {
    let limiter = Limiter::new(Rate::default());
    let permit = limiter.enter(limiter.turn(Priority::Visible)).await;
    assert_eq!(limiter.refused(&permit, Some(Duration::MAX)), LONGEST_PAUSE);
}
