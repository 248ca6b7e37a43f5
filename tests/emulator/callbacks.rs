//! Asynchronous mode: what is answered at once, and what is delivered where.

use callreel::emulator::{AcceptStatus, CallbackForm, Callbacks, Options};
use reqwest::header;
use serde_json::{Value, json};

use super::client::*;
use super::receiver::*;

/// Takes the `api_id` out, by which alone a delivered answer differs from one given at once.
fn apart(mut answer: Value) -> (String, Value) {
    let id = answer.as_object_mut().unwrap().remove("api_id").unwrap();
    (id.as_str().unwrap().to_owned(), answer)
}

#[tokio::test]
async fn each_form_method_and_status_delivers_what_the_call_says() {
    let mut receiver = Receiver::start().await;
    for (accept, wanted) in [
        (AcceptStatus::Ok, 200),
        (AcceptStatus::Created, 201),
        (AcceptStatus::Accepted, 202),
    ] {
        for form in FORMS {
            let account = start(Options {
                callbacks: Callbacks {
                    accept,
                    form,
                    ..quick()
                },
                ..options()
            })
            .await;
            for (method, sent) in [(None, "POST"), (Some("POST"), "POST"), (Some("GET"), "GET")] {
                let filter = ("add_time__gt", "2026-11-10 00:00");
                let mut query = vec![filter, ("limit", "20"), ("callback_url", &*receiver.url)];
                query.extend(method.map(|method| ("callback_method", method)));
                let (status, at_once) = account.list(&query).await;
                assert_eq!(status, wanted);
                let (id, at_once) = apart(at_once);
                assert_eq!(at_once, json!({ "message": "async api spawned" }));

                let delivered = receiver.next().await;
                assert_eq!(delivered.method, sent);
                let (delivered_id, delivered) = apart(delivered.answer(form));
                assert_eq!(delivered_id, id);
                let (_, synchronous) = account.list(&[filter, ("limit", "20")]).await;
                assert_eq!(delivered, apart(synchronous).1, "{form:?} {sent}");
                assert_eq!(delivered["objects"].as_array().unwrap().len(), 20);
                let next = delivered["meta"]["next"].as_str().unwrap();
                assert!(!next.contains("callback"), "{next}");
            }
        }
    }
}

#[tokio::test]
async fn a_get_keeps_the_query_of_the_callback_url() {
    let account = usual().await;
    let mut receiver = Receiver::start().await;
    let url = format!("{}?tenant=7%20a", receiver.url);
    let query = [("callback_url", &*url), ("callback_method", "GET")];
    account.list(&query).await;
    let delivered = receiver.next().await;
    assert!(delivered.url.starts_with(&format!("{url}&response=%7B")));
    // The official SDK's check of a signature fails on anything else.
    assert!(delivered.field("response").is_ascii());
}

#[tokio::test]
async fn one_recording_its_deletion_and_errors_are_delivered_too() {
    let account = usual().await;
    let mut receiver = Receiver::start().await;
    let row = account.emulator.recordings(3, 1).remove(0);
    let url = account.one_url(&row);
    let hook = [("callback_url", receiver.url.clone())];
    let get = || account.get(&url).query(&hook);
    let in_json = json!({ "callback_url": receiver.url, "callback_method": "POST" });
    let bad_time = [("add_time__gt", "yesterday")];
    let list = account
        .get(&account.list_url())
        .query(&hook)
        .query(&bad_time);
    let no_such = format!("no recording with id {}", id(&row));
    for (request, wanted) in [
        (get(), Value::Object(row.clone())),
        // As the official SDK sends it.
        (
            with_json(account.delete(&url), &in_json),
            json!({ "message": "deleted" }),
        ),
        (get(), json!({ "error": no_such })),
        (
            account.delete(&url).query(&hook),
            json!({ "error": no_such }),
        ),
    ] {
        let (status, body) = answer(request).await;
        assert_eq!(status, 202);
        let delivered = receiver.next().await;
        let (delivered_id, answer) = apart(delivered.answer(CallbackForm::Field));
        assert_eq!(body["api_id"], delivered_id);
        assert_eq!(answer, wanted);
    }
    assert_eq!(answer(list).await.0, 202);
    let (_, refused) = apart(receiver.next().await.answer(CallbackForm::Field));
    assert!(refused["error"].as_str().unwrap().contains("add_time__gt"));

    let row = account.emulator.recordings(8, 1).remove(0);
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("callback_url", &receiver.url)
        .append_pair("callback_method", "GET")
        .finish();
    let request = account
        .delete(&account.one_url(&row))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form);
    assert_eq!(answer(request).await.0, 202);
    let delivered = receiver.next().await;
    assert_eq!(delivered.method, "GET");
    assert_eq!(delivered.answer(CallbackForm::Field)["message"], "deleted");
    assert_eq!(account.emulator.count(), 1_202);
}

#[tokio::test]
async fn what_is_wrong_with_the_request_itself_is_said_at_once() {
    let account = usual().await;
    let mut receiver = Receiver::start().await;
    let hook = [("callback_url", receiver.url.clone())];
    let one = account.one_url(&account.emulator.recordings(3, 1).remove(0));
    let list = account.list_url();
    let bare = list.trim_end_matches('/');
    for (request, wanted) in [
        (account.http.get(&list), 401),
        (account.http.delete(&one), 401),
        (account.get(bare), 404),
        (account.get(&list).query(&[("callback_method", "PUT")]), 400),
    ] {
        let (status, body) = answer(request.query(&hook)).await;
        assert_eq!(status, wanted, "{body}");
    }
    for url in ["hook", "ftp://127.0.0.1/", "http://hooks.example.net/plivo"] {
        let elsewhere = json!({ "callback_url": url });
        for request in [
            account.get(&list).query(&[("callback_url", url)]),
            account.get(&one).query(&[("callback_url", url)]),
            with_json(account.delete(&one), &elsewhere),
        ] {
            let (status, body) = answer(request).await;
            assert_eq!(status, 400, "{url}");
            let error = body["error"].as_str().unwrap();
            assert!(error.contains("callback_url"), "{error}");
            assert!(body["api_id"].is_string());
            if url.contains("example.net") {
                assert!(error.contains("this machine") && error.contains("hooks.example.net"));
            }
        }
    }

    let id = accepted(&account, &receiver.url).await;
    assert_eq!(api_id(&receiver.next().await), id);
    let delivered = account.emulator.deliveries_until(|d| !d.is_empty()).await;
    assert_eq!(delivered.len(), 1);
    assert!(receiver.rest().is_empty());
    assert_eq!(account.emulator.count(), 1_204);
}

#[tokio::test]
async fn a_method_alone_makes_nothing_asynchronous_and_a_head_has_nothing_to_deliver() {
    let account = usual().await;
    let mut receiver = Receiver::start().await;
    assert_eq!(account.list(&[("callback_method", "GET")]).await.0, 200);
    assert_eq!(account.list(&[("callback_url", "")]).await.0, 200);
    let (id, token) = (account.emulator.auth_id(), account.emulator.auth_token());
    let head = account.http.head(account.list_url());
    let head = head.basic_auth(id, Some(token));
    let head = head.query(&[("callback_url", &receiver.url)]);
    assert_eq!(head.send().await.unwrap().status(), 200);
    let id = accepted(&account, &receiver.url).await;
    assert_eq!(api_id(&receiver.next().await), id);
    let requests = account.emulator.requests();
    let asynchronous = requests.iter().filter(|r| r.callback_url.is_some());
    assert_eq!(asynchronous.count(), 1);
}

#[tokio::test]
async fn faults_of_the_exchange_hit_the_calls_own_answer() {
    let account = with_faults("429*1").await;
    let mut receiver = Receiver::start().await;
    let (status, body) = list_to(&account, &receiver.url).await;
    assert_eq!(status, 429);
    assert!(body["error"].is_string());
    account.emulator.set_faults(vec![
        "truncated-json*1".parse().unwrap(),
        "duplicate-row".parse().unwrap(),
    ]);
    assert_eq!(list_to(&account, &receiver.url).await, (202, Value::Null));
    let answer = receiver.next().await.answer(CallbackForm::Field);
    assert_eq!(answer["objects"].as_array().unwrap().len(), 3);
    assert!(receiver.rest().is_empty());
}
