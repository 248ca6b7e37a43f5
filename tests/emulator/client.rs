//! A client as small as can be, so that what is tested is the emulator.

use std::collections::HashSet;

use callreel::emulator::{Emulator, Options};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, Value};

/// A Monday evening: the account's clock starts here in every test.
pub fn now() -> DateTime<Utc> {
    "2026-11-23T21:16:00Z".parse().unwrap()
}

pub fn options() -> Options {
    Options {
        now: now(),
        ..Options::default()
    }
}

pub async fn start(options: Options) -> Account {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let emulator = callreel::emulator::start(options).unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    Account { emulator, http }
}

pub struct Account {
    pub emulator: Emulator,
    pub http: reqwest::Client,
}

pub type Row = Map<String, Value>;

impl Account {
    pub fn list_url(&self) -> String {
        let (url, id) = (self.emulator.url(), self.emulator.auth_id());
        format!("{url}/v1/Account/{id}/Recording/")
    }

    pub fn get(&self, url: &str) -> reqwest::RequestBuilder {
        let (id, token) = (self.emulator.auth_id(), self.emulator.auth_token());
        self.http.get(url).basic_auth(id, Some(token))
    }

    pub fn delete(&self, url: &str) -> reqwest::RequestBuilder {
        let (id, token) = (self.emulator.auth_id(), self.emulator.auth_token());
        self.http.delete(url).basic_auth(id, Some(token))
    }

    pub fn one_url(&self, row: &Row) -> String {
        format!("{}{}/", self.list_url(), id(row))
    }

    /// A list request: status and body.
    pub async fn list(&self, query: &[(&str, &str)]) -> (u16, Value) {
        answer(self.get(&self.list_url()).query(query)).await
    }

    pub async fn rows(&self, query: &[(&str, &str)]) -> Vec<Row> {
        let (status, body) = self.list(query).await;
        assert_eq!(status, 200, "{body}");
        objects(&body)
    }

    /// Follows `meta.next` from a first request to the end.
    pub async fn walk(&self, query: &[(&str, &str)]) -> Vec<Row> {
        let (status, mut body) = self.list(query).await;
        assert_eq!(status, 200, "{body}");
        let mut rows = objects(&body);
        while let Some(next) = body["meta"]["next"].as_str() {
            assert!(next.starts_with("/v1/Account/"), "{next}");
            let url = format!("{}{next}", self.emulator.url());
            let (status, page) = answer(self.get(&url)).await;
            assert_eq!(status, 200, "{page}");
            assert!(
                !objects(&page).is_empty(),
                "an empty page was promised by next"
            );
            rows.extend(objects(&page));
            body = page;
        }
        rows
    }

    /// All recordings of so many days before `to`, by windows of 30 days, newest first.
    pub async fn windows(&self, days: i64, to: DateTime<Utc>) -> Vec<Row> {
        let mut rows = Vec::new();
        let end = to - TimeDelta::days(days);
        let mut upper = to;
        while upper > end {
            let lower = (upper - TimeDelta::days(30)).max(end);
            let (from, to) = (stamp(lower), stamp(upper));
            rows.extend(
                self.walk(&[("add_time__gt", &from), ("add_time__lte", &to)])
                    .await,
            );
            upper = lower;
        }
        rows
    }
}

pub async fn answer(request: reqwest::RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

/// With a JSON body, as the official SDK sends parameters of anything but a GET.
pub fn with_json(request: reqwest::RequestBuilder, body: &Value) -> reqwest::RequestBuilder {
    request
        .header(reqwest::header::CONTENT_TYPE, "application/json")
        .body(body.to_string())
}

pub fn objects(body: &Value) -> Vec<Row> {
    body["objects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row.as_object().unwrap().clone())
        .collect()
}

/// A time in the form of the API's filters.
pub fn stamp(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

/// When a row of either era was added.
pub fn added(row: &Row) -> DateTime<Utc> {
    let text = row["add_time"].as_str().unwrap();
    let zoned = DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f%:z").map(|t| t.to_utc());
    zoned.unwrap_or_else(|_| {
        chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f")
            .unwrap()
            .and_utc()
    })
}

pub fn id(row: &Row) -> String {
    row["recording_id"].as_str().unwrap().to_owned()
}

pub fn ids(rows: &[Row]) -> Vec<String> {
    rows.iter().map(id).collect()
}

/// Newest first, each once.
pub fn assert_orderly(rows: &[Row]) {
    let mut seen = HashSet::new();
    for row in rows {
        assert!(seen.insert(id(row)), "{} came twice", id(row));
    }
    assert!(
        rows.is_sorted_by(|a, b| added(a) >= added(b)),
        "not newest first"
    );
}
