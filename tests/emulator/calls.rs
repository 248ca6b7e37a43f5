//! The calls on one recording, credentials, and what is no call at all.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use callreel::emulator::Options;
use serde_json::Value;

use super::client::*;

#[tokio::test]
async fn one_recording_can_be_had_and_deleted_once() {
    let account = start(options()).await;
    let row = account.emulator.recordings(3, 1).remove(0);
    let url = format!("{}{}/", account.list_url(), id(&row));
    assert_eq!(
        url,
        format!(
            "{}{}",
            account.emulator.url(),
            row["resource_uri"].as_str().unwrap()
        )
    );
    let (status, body) = answer(account.get(&url)).await;
    assert_eq!(status, 200);
    let mut with_api_id = row.clone();
    with_api_id.insert("api_id".to_owned(), body["api_id"].clone());
    assert_eq!(body, Value::Object(with_api_id));

    let delete = || {
        let (id, token) = (account.emulator.auth_id(), account.emulator.auth_token());
        account.http.delete(&url).basic_auth(id, Some(token)).send()
    };
    let gone = delete().await.unwrap();
    assert_eq!(gone.status(), 204);
    assert!(gone.bytes().await.unwrap().is_empty());
    assert_eq!(delete().await.unwrap().status(), 404);
    let (status, body) = answer(account.get(&url)).await;
    assert_eq!(status, 404);
    assert!(body["error"].is_string() && body["api_id"].is_string());
    let media = row["recording_url"].as_str().unwrap();
    assert_eq!(account.get(media).send().await.unwrap().status(), 404);
    assert!(!ids(&account.rows(&[]).await).contains(&id(&row)));
    assert_eq!(account.emulator.count(), 1_203);
}

#[tokio::test]
async fn a_body_that_comes_late_does_not_end_the_connection() {
    let account = start(options()).await;
    let row = account.emulator.recordings(3, 1).remove(0);
    let (name, token) = (account.emulator.auth_id(), account.emulator.auth_token());
    let proof = STANDARD.encode(format!("{name}:{token}"));
    let uri = row["resource_uri"].as_str().unwrap();
    let head = |method: &str, more: &str| {
        format!("{method} {uri} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {proof}\r\n{more}\r\n")
    };
    let host = account.emulator.url().strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(host).unwrap();
    let mut line = [0; 12];
    socket
        .write_all(head("DELETE", "Content-Length: 2\r\n").as_bytes())
        .unwrap();
    socket
        .set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let early = socket.read(&mut line).unwrap_err();
    assert!(matches!(
        early.kind(),
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    socket.set_read_timeout(None).unwrap();
    socket.write_all(b"{}").unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(0);
        socket
            .read_exact(answer.last_mut().map(std::slice::from_mut).unwrap())
            .unwrap();
    }
    assert!(answer.starts_with(b"HTTP/1.1 204"));
    socket.write_all(head("GET", "").as_bytes()).unwrap();
    socket.read_exact(&mut line).unwrap();
    assert_eq!(&line, b"HTTP/1.1 404");
}

#[tokio::test]
async fn short_ids_with_odd_ends_exist_and_work() {
    let account = start(options()).await;
    let odd: Vec<Row> = account
        .emulator
        .recordings(0, 1_204)
        .into_iter()
        .filter(|row| id(row).len() != 36)
        .collect();
    assert!(!odd.is_empty());
    let url = format!("{}{}/", account.list_url(), id(&odd[0]));
    assert_eq!(answer(account.get(&url)).await.0, 200);
}

#[tokio::test]
async fn only_the_accounts_own_credentials_are_let_in() {
    let account = start(options()).await;
    let (id, token) = (account.emulator.auth_id(), account.emulator.auth_token());
    let url = account.list_url();
    for request in [
        account.http.get(&url),
        account.http.get(&url).basic_auth(id, Some("wrong")),
        account
            .http
            .get(&url)
            .basic_auth("MAXXXXXXXXXXXXXXXXXX", Some(token)),
        account.http.get(&url).bearer_auth(token),
        account.http.get(&url).header("authorization", "Basic !!!"),
        account.get(&url.replace(id, "MAXXXXXXXXXXXXXXXXXX")),
    ] {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 401);
        assert!(response.headers().contains_key("www-authenticate"));
        assert!(
            response
                .text()
                .await
                .unwrap()
                .starts_with("Authentication failed")
        );
    }
    assert_eq!(answer(account.get(&url)).await.0, 200);

    let account = start(Options {
        auth_token: Some("stk_0123456789".to_owned()),
        ..options()
    })
    .await;
    let url = account.list_url();
    assert_eq!(
        answer(account.http.get(&url).bearer_auth("stk_0123456789"))
            .await
            .0,
        200
    );
    assert_eq!(
        answer(account.http.get(&url).bearer_auth("stk_012345678"))
            .await
            .0,
        401
    );
    assert_eq!(answer(account.get(&url)).await.0, 200);
}

#[tokio::test]
async fn paths_and_methods_that_do_not_exist() {
    let account = start(options()).await;
    let list = account.list_url();
    let bare = list.trim_end_matches('/');
    for path in [
        bare,
        "/v1/",
        "/media/",
        "/media/x.txt",
        &format!("{list}no-such-id/"),
    ] {
        let url = if path.starts_with('/') {
            format!("{}{path}", account.emulator.url())
        } else {
            path.to_owned()
        };
        let (status, body) = answer(account.get(&url)).await;
        assert_eq!(status, 404, "{url}");
        assert!(body["error"].is_string());
    }
    let (id, token) = (account.emulator.auth_id(), account.emulator.auth_token());
    let posted = account
        .http
        .post(&list)
        .basic_auth(id, Some(token))
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), 405);
    assert!(posted.headers().contains_key("allow"));
}
