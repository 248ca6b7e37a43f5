//! The deliveries of asynchronous calls: signatures, order, repeats, faults, and how the log shows them.

use std::io::Read;
use std::net::TcpListener;
use std::time::Duration;

use callreel::emulator::{CallbackForm, Callbacks, Delivery, DeliveryOutcome, Options, Signing};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::client::*;
use super::receiver::*;

fn outcomes(deliveries: &[Delivery]) -> Vec<(u32, DeliveryOutcome)> {
    let outcome = |d: &Delivery| (d.attempt, d.outcome.clone());
    deliveries.iter().map(outcome).collect()
}

#[tokio::test]
async fn deliveries_are_signed_with_the_accounts_token() {
    let mut receiver = Receiver::start().await;
    let faults = "callback-unsigned*1,callback-wrong-signature*2";
    let account = with_faults(faults).await;
    let token = account.emulator.auth_token();
    let mut nonces = Vec::new();
    for wanted in [None, Some(false), Some(true), Some(true)] {
        accepted(&account, &receiver.url).await;
        let delivered = receiver.next().await;
        assert_eq!(delivered.is_signed_by(token), wanted);
        nonces.extend(
            delivered
                .header("x-plivo-signature-v3-nonce")
                .map(str::to_owned),
        );
    }
    nonces.dedup();
    assert_eq!(nonces.len(), 3, "each has its own: {nonces:?}");

    for (signing, wanted) in [(Signing::Unsigned, None), (Signing::Wrong, Some(false))] {
        let account = start(Options {
            callbacks: Callbacks { signing, ..quick() },
            ..options()
        })
        .await;
        accepted(&account, &receiver.url).await;
        let delivered = receiver.next().await;
        assert_eq!(
            delivered.is_signed_by(account.emulator.auth_token()),
            wanted
        );
    }
}

#[tokio::test]
async fn deliveries_get_lost_and_come_twice() {
    let mut receiver = Receiver::start().await;
    let account = with_faults("callback-lost*1").await;
    let row = account.emulator.recordings(3, 1).remove(0);
    let delete = account
        .delete(&account.one_url(&row))
        .query(&[("callback_url", &receiver.url)]);
    let (status, body) = answer(delete).await;
    assert_eq!(status, 202);
    let lost = account.emulator.deliveries_until(|d| !d.is_empty()).await;
    assert_eq!(lost[0].api_id, body["api_id"].as_str().unwrap());
    assert_eq!(outcomes(&lost), [(1, DeliveryOutcome::Lost)]);
    // Only the word of it is lost.
    assert_eq!(account.emulator.count(), 1_203);
    let second = accepted(&account, &receiver.url).await;
    assert_eq!(api_id(&receiver.next().await), second);

    account
        .emulator
        .set_faults(vec!["callback-duplicate*1".parse().unwrap()]);
    let twice = accepted(&account, &receiver.url).await;
    let (one, other) = (receiver.next().await, receiver.next().await);
    assert_eq!([api_id(&one), api_id(&other)], [twice.clone(), twice]);
    let once = accepted(&account, &receiver.url).await;
    assert_eq!(api_id(&receiver.next().await), once);
    account.emulator.deliveries_until(|d| d.len() == 5).await;
    assert!(receiver.rest().is_empty());
}

#[tokio::test]
async fn a_delivery_is_overtaken_by_the_next() {
    let mut receiver = Receiver::start().await;
    let account = with_faults("callback-reorder*1").await;
    let first = accepted(&account, &receiver.url).await;
    let second = accepted(&account, &receiver.url).await;
    let came = [
        api_id(&receiver.next().await),
        api_id(&receiver.next().await),
    ];
    assert_eq!(came, [second, first]);
    // And when none follows it comes all the same.
    account
        .emulator
        .set_faults(vec!["callback-reorder".parse().unwrap()]);
    let last = accepted(&account, &receiver.url).await;
    assert_eq!(api_id(&receiver.next().await), last);
}

#[tokio::test]
async fn a_delivery_comes_before_the_calls_own_answer() {
    let (release, released) = oneshot::channel();
    let mut receiver = Receiver::scripted([Step::After(released)]).await;
    let account = with_faults("callback-early*1").await;
    let list = account
        .get(&account.list_url())
        .query(&[("callback_url", &receiver.url)]);
    let call = tokio::spawn(answer(list));
    let delivered = api_id(&receiver.next().await);
    assert_eq!(account.emulator.requests()[0].status, 0);
    release.send(()).unwrap();
    let (status, body) = call.await.unwrap();
    assert_eq!(status, 202);
    assert_eq!(body["api_id"].as_str().unwrap(), delivered);
}

#[tokio::test]
async fn a_receiver_that_waits_for_the_calls_own_answer_gets_it() {
    let (never, waits) = oneshot::channel::<()>();
    let mut receiver = Receiver::scripted([Step::After(waits)]).await;
    let account = with_faults("callback-early").await;
    let id = accepted(&account, &receiver.url).await;
    assert_eq!(api_id(&receiver.next().await), id);
    drop(never);
}

#[tokio::test]
async fn broken_json_goes_before_the_right_one() {
    for form in FORMS {
        let mut receiver = Receiver::scripted([Step::Status(400)]).await;
        let account = start(Options {
            callbacks: Callbacks { form, ..quick() },
            faults: vec!["callback-garbage*1".parse().unwrap()],
            ..options()
        })
        .await;
        let id = accepted(&account, &receiver.url).await;
        let garbage = receiver.next().await;
        let text = match form {
            CallbackForm::Field => garbage.field("response"),
            _ => garbage.body,
        };
        assert!(text.starts_with('{'), "{text}");
        assert!(serde_json::from_str::<Value>(&text).is_err());
        assert_eq!(receiver.next().await.answer(form)["api_id"], id);
        let log = account.emulator.deliveries_until(|d| d.len() == 2).await;
        assert_eq!([log[0].garbage, log[1].garbage], [true, false]);
    }
}

#[tokio::test]
async fn a_receiver_that_fails_is_tried_again() {
    let failing = [Step::Status(503), Step::Status(500)];
    let mut receiver = Receiver::scripted(failing).await;
    let account = usual().await;
    let id = accepted(&account, &receiver.url).await;
    for _ in 0..3 {
        assert_eq!(api_id(&receiver.next().await), id);
    }
    let log = account.emulator.deliveries_until(|d| d.len() == 3).await;
    let answered = DeliveryOutcome::Answered;
    assert_eq!(
        outcomes(&log),
        [(1, answered(503)), (2, answered(500)), (3, answered(200))]
    );
    assert!(log.iter().all(|d| d.api_id == id && d.url == receiver.url));
    assert!(log.iter().all(|d| d.method == "POST"));
}

#[tokio::test]
async fn a_delivery_is_given_up_after_the_fourth_time() {
    let mut receiver = Receiver::scripted((0..4).map(|_| Step::Status(599))).await;
    let account = usual().await;
    accepted(&account, &receiver.url).await;
    account.emulator.deliveries_until(|d| d.len() == 4).await;
    // A barrier: nothing else may have come before it.
    let next = accepted(&account, &receiver.url).await;
    for _ in 0..4 {
        assert_ne!(api_id(&receiver.next().await), next);
    }
    assert_eq!(api_id(&receiver.next().await), next);

    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("http://{}/", closed.local_addr().unwrap());
    drop(closed);
    let no_tls = receiver.url.replace("http:", "https:");
    for (url, seen) in [(nobody, 5), (no_tls, 9)] {
        accepted(&account, &url).await;
        let log = account.emulator.deliveries_until(|d| d.len() == seen + 4);
        for (n, delivery) in log.await[seen..].iter().enumerate() {
            assert_eq!(delivery.attempt, n as u32 + 1);
            let DeliveryOutcome::Unanswered(reason) = &delivery.outcome else {
                panic!("{delivery:?}");
            };
            assert!(
                !reason.is_empty() && !reason.contains("response"),
                "{reason}"
            );
        }
    }
}

#[tokio::test]
async fn refusals_are_not_repeated_and_redirects_not_followed() {
    let mut elsewhere = Receiver::start().await;
    let steps = [
        Step::Status(404),
        Step::Status(400),
        Step::Moved(elsewhere.url.clone()),
    ];
    let mut receiver = Receiver::scripted(steps).await;
    let account = usual().await;
    for _ in 0..4 {
        accepted(&account, &receiver.url).await;
        receiver.next().await;
    }
    let log = account.emulator.deliveries_until(|d| d.len() == 4).await;
    let mut seen = outcomes(&log);
    seen.sort_by_key(|(_, outcome)| format!("{outcome:?}"));
    let once = |status| (1, DeliveryOutcome::Answered(status));
    assert_eq!(seen, [once(200), once(302), once(400), once(404)]);
    assert!(elsewhere.rest().is_empty() && receiver.rest().is_empty());
}

#[tokio::test]
async fn localhost_is_reached_without_asking_for_the_name() {
    let mut receiver = Receiver::start().await;
    let account = usual().await;
    let url = receiver.url.replace("127.0.0.1", "localhost");
    let id = accepted(&account, &url).await;
    assert_eq!(api_id(&receiver.next().await), id);
}

#[tokio::test]
async fn a_delay_holds_the_delivery_and_not_the_answer() {
    let mut receiver = Receiver::start().await;
    let delay = Duration::from_millis(120);
    let account = start(Options {
        callbacks: Callbacks { delay, ..quick() },
        ..options()
    })
    .await;
    accepted(&account, &receiver.url).await;
    receiver.next().await;
    let sent = account.emulator.deliveries_until(|d| !d.is_empty()).await;
    let asked = account.emulator.requests();
    let passed = sent[0].time - asked[0].time;
    assert!(passed.to_std().unwrap() >= delay, "{passed}");
}

#[tokio::test]
async fn receivers_that_hang_hold_up_nobody_and_let_go_when_the_emulator_stops() {
    let hanging = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", hanging.local_addr().unwrap());
    let account = usual().await;
    for _ in 0..20 {
        accepted(&account, &url).await;
    }
    let mut receiver = Receiver::start().await;
    let id = accepted(&account, &receiver.url).await;
    assert_eq!(api_id(&receiver.next().await), id);
    assert_eq!(account.list(&[]).await.0, 200);

    let (mut socket, _) = hanging.accept().unwrap();
    account.emulator.stop().await;
    // Ends only if the other side lets go.
    let _ = socket.read_to_end(&mut Vec::new());
}

#[tokio::test]
async fn the_log_tells_asynchronous_calls_and_their_deliveries() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("requests.ndjson");
    let account = start(Options {
        callbacks: quick(),
        log: Some(file.clone()),
        ..options()
    })
    .await;
    let mut receiver = Receiver::scripted([Step::Status(500)]).await;
    account.list(&[]).await;
    let list = accepted(&account, &receiver.url).await;
    account.emulator.deliveries_until(|d| d.len() == 2).await;
    let row = account.emulator.recordings(3, 1).remove(0);
    let in_json = json!({ "callback_url": receiver.url, "callback_method": "GET" });
    let delete = with_json(account.delete(&account.one_url(&row)), &in_json);
    assert_eq!(answer(delete).await.0, 202);
    let deliveries = account.emulator.deliveries_until(|d| d.len() == 3).await;
    assert_eq!(deliveries[2].method, "GET");
    assert_eq!(deliveries[2].url, receiver.url, "without the answer");
    for _ in 0..3 {
        receiver.next().await;
    }

    let requests = account
        .emulator
        .requests_until(|r| r.len() == 3 && r.iter().all(|r| r.finished))
        .await;
    let asked: Vec<_> = requests.iter().map(|r| r.callback_url.as_deref()).collect();
    let hook = Some(&*receiver.url);
    assert_eq!(asked, [None, hook, hook]);

    let lines: Vec<Value> = std::fs::read_to_string(&file)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (sent, asked): (Vec<_>, Vec<_>) = lines.iter().partition(|line| !line["attempt"].is_null());
    assert_eq!((asked.len(), sent.len()), (3, 3));
    assert_eq!(asked[0]["callback_url"], Value::Null);
    assert_eq!(asked[2]["callback_url"], receiver.url);
    let told = |n: usize, name: &str| sent[n][name].clone();
    assert_eq!(
        [told(0, "attempt"), told(0, "status")],
        [json!(1), json!(500)]
    );
    assert_eq!(
        [told(1, "attempt"), told(1, "status")],
        [json!(2), json!(200)]
    );
    assert_eq!(
        [told(0, "api_id"), told(1, "api_id")],
        [json!(list), json!(list)]
    );
    assert_eq!(
        [told(0, "method"), told(2, "method")],
        [json!("POST"), json!("GET")]
    );
    assert_eq!(told(2, "url"), receiver.url);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains(account.emulator.auth_token()));
}

#[tokio::test]
async fn of_many_at_once_each_arrives_once() {
    let mut receiver = Receiver::start().await;
    let account = usual().await;
    let call = || accepted(&account, &receiver.url);
    let mut asked = Vec::new();
    for _ in 0..20 {
        asked.extend(futures_util::future::join_all((0..50).map(|_| call())).await);
    }
    let mut came = Vec::new();
    for _ in 0..asked.len() {
        came.push(api_id(&receiver.next().await));
    }
    asked.sort();
    came.sort();
    assert_eq!(came, asked);
}
