//! The way to the API: its name, the connection, TLS, and what its clock says.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::json;
use url::Host;

use super::certificate;
use super::report::{Finding, Section, State};
use super::{CONNECT, NETWORK};
use crate::app::words;
use crate::plivo::client::{greet, proxy};
use crate::plivo::{self, ApiBase, Greeting, NotGreeted};

/// For a name server. One that is away would otherwise be asked for half a minute.
const LOOK_UP: Duration = Duration::from_secs(5);
/// For any answer at all.
const ANSWER: Duration = Duration::from_secs(10);
/// Ranges of time end now, and signatures of callbacks hold for a short while: a clock that is further off is worth a word.
const OFF: Duration = Duration::from_secs(30);
/// A certificate that ends sooner may not be renewed by itself.
const SOON: chrono::TimeDelta = chrono::TimeDelta::days(14);

/// Looks up and connects at the same time.
pub(super) async fn look(base: &ApiBase) -> Section {
    let options = plivo::Options {
        connect_timeout: CONNECT,
        answer_timeout: ANSWER,
        ..plivo::Options::default()
    };
    let proxy = proxy(base);
    let (found, greeting) = tokio::join!(addresses(base), greet(base, &options));
    let name = name(base, proxy.as_deref(), found);
    let named = name.state;
    let mut findings = vec![name];
    let now = Utc::now();
    match greeting {
        Ok(greeting) => {
            findings.push(reached(base, proxy.as_deref(), &greeting));
            findings.push(tls(&greeting, now));
            findings.push(clock(&greeting, now));
        }
        // That it was not found is said already.
        Err(_) if !matches!(named, State::Good | State::Note) => {}
        Err(NotGreeted { error, in_tls }) => findings.push(not_reached(&error, in_tls)),
    }
    Section {
        name: "network",
        findings,
    }
}

/// What became of looking for a name's addresses.
enum Looked {
    /// It is an address itself.
    IsAddress,
    Found(Vec<String>),
    Failed(String),
}

async fn addresses(base: &ApiBase) -> Looked {
    let (name, port) = match base.server() {
        Some((Host::Domain(name), port)) => (name, port),
        _ => return Looked::IsAddress,
    };
    let found = tokio::time::timeout(LOOK_UP, tokio::net::lookup_host((name, port))).await;
    let mut found: Vec<_> = match found {
        Err(_) => {
            let seconds = LOOK_UP.as_secs();
            return Looked::Failed(format!("no name server answered within {seconds} s"));
        }
        Ok(Err(error)) => return Looked::Failed(error.to_string()),
        Ok(Ok(found)) => found.map(|address| address.ip().to_string()).collect(),
    };
    found.dedup();
    match found.is_empty() {
        true => Looked::Failed("there is no such name".to_owned()),
        false => Looked::Found(found),
    }
}

fn name(base: &ApiBase, proxy: Option<&str>, looked: Looked) -> Finding {
    let host = base.host();
    match (looked, proxy) {
        (Looked::IsAddress, _) => Finding::new(State::Good, format!("{host} is an address")),
        (Looked::Found(addresses), _) => {
            let words = format!("{host} is found at {}", addresses.join(", "));
            Finding::new(State::Good, words).data(json!({ "addresses": addresses }))
        }
        // Whoever goes through a proxy leaves it to that to know names.
        (Looked::Failed(why), Some(proxy)) => Finding::new(
            State::Note,
            format!("{host} has no address here ({why}), and the proxy {proxy} looks for it"),
        ),
        (Looked::Failed(why), None) => {
            let words = format!("{host} has no address: {why}");
            Finding::new(State::Problem(NETWORK), words)
                .advice("check the network and its name server, and api_url if you have set one")
        }
    }
}

fn reached(base: &ApiBase, proxy: Option<&str>, greeting: &Greeting) -> Finding {
    let took = greeting.took.as_millis();
    let way = proxy.map_or(String::new(), |proxy| format!(" by the proxy {proxy}"));
    let words = format!("{base} answered in {took} ms{way}");
    let took = u64::try_from(took).unwrap_or(u64::MAX);
    Finding::new(State::Good, words).data(json!({ "milliseconds": took, "proxy": proxy }))
}

fn not_reached(error: &plivo::Error, in_tls: bool) -> Finding {
    let state = State::Problem(NETWORK);
    match in_tls {
        true => Finding::new(state, format!("no secure connection: {error}")).advice(
            "check this machine's clock and certificates; whoever stands between (a company's proxy) signs with its own, \
             which SSL_CERT_FILE can name",
        ),
        false => Finding::new(state, error.to_string()).advice(error.advice()),
    }
}

fn tls(greeting: &Greeting, now: DateTime<Utc>) -> Finding {
    let Some(der) = &greeting.certificate else {
        let words = "plain http, which stays on this machine";
        return Finding::new(State::Note, words);
    };
    let certificate = certificate::read(der);
    let unsaid = || "a name that it does not tell".to_owned();
    let subject = certificate.subject.unwrap_or_else(unsaid);
    let issuer = certificate.issuer.unwrap_or_else(unsaid);
    let until = certificate.until.map(|until| {
        let days = until.signed_duration_since(now).num_days();
        let days = words::counted(days.unsigned_abs(), "day", "days");
        format!(", until {} (in {days})", until.format("%Y-%m-%d"))
    });
    let words = format!(
        "TLS: the certificate of {subject} is trusted, signed by {issuer}{}",
        until.unwrap_or_default()
    );
    let data = json!({
        "subject": subject,
        "issuer": issuer,
        "until": certificate.until.map(|until| until.to_rfc3339()),
    });
    match certificate.until {
        Some(until) if until.signed_duration_since(now) < SOON => {
            Finding::new(State::Warning, words)
                .advice("tell whoever runs it, since nothing connects after that day")
        }
        _ => Finding::new(State::Good, words),
    }
    .data(data)
}

fn clock(greeting: &Greeting, now: DateTime<Utc>) -> Finding {
    let Some(theirs) = greeting.date else {
        let words = "the server does not tell its time, so that this machine's is not compared";
        return Finding::new(State::Note, words);
    };
    // It was written on the way.
    let then = now - greeting.took / 2;
    let ahead = then.signed_duration_since(theirs);
    let off = ahead.abs().to_std().unwrap_or_default();
    let data = json!({ "seconds_ahead": ahead.num_seconds() });
    if off <= OFF {
        let words = format!("the clock agrees with the server's to {} s", off.as_secs());
        return Finding::new(State::Good, words).data(data);
    }
    let way = match ahead.num_seconds() {
        ..0 => "behind",
        _ => "ahead of",
    };
    let words = format!(
        "this machine's clock is {} {way} the server's, so that the newest recordings can be missed and signed callbacks refused",
        words::span(off)
    );
    Finding::new(State::Warning, words)
        .advice("set the clock, for example by `timedatectl set-ntp true`")
        .data(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn greeting(date: &str) -> Greeting {
        Greeting {
            took: Duration::from_millis(400),
            date: date.parse().ok(),
            certificate: None,
        }
    }

    #[test]
    fn a_clock_may_be_off_by_half_a_minute() {
        let now: DateTime<Utc> = "2026-11-23T12:00:00Z".parse().unwrap();
        for (date, state, says) in [
            ("2026-11-23T12:00:29Z", State::Good, "to 29 s"),
            ("2026-11-23T11:59:31Z", State::Good, "to 28 s"),
            (
                "2026-11-23T13:00:00Z",
                State::Warning,
                "is 1 h 00 behind the server's",
            ),
            (
                "2026-11-22T12:00:00Z",
                State::Warning,
                "ahead of the server's",
            ),
            ("", State::Note, "does not tell"),
        ] {
            let found = clock(&greeting(date), now);
            assert_eq!(found.state, state, "{date}: {}", found.what);
            assert!(found.what.contains(says), "{date}: {}", found.what);
        }
    }

    #[test]
    fn a_name_without_an_address_is_no_problem_where_a_proxy_knows_it() {
        let base = ApiBase::parse("https://api.example.com").unwrap();
        let failed = || Looked::Failed("no such host".to_owned());
        let found = name(&base, None, failed());
        assert_eq!(found.state, State::Problem(NETWORK));
        let found = name(&base, Some("http://proxy:3128"), failed());
        assert_eq!(found.state, State::Note);
    }
}
