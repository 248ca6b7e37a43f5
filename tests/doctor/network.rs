//! The way to the API, and what it makes of the credentials.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use callreel::emulator::{Options, Paging};
use chrono::{Datelike, TimeDelta, Utc};
use rcgen::{CertificateParams, DnType, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::ran::{account, account_with, command, nobody, nowhere, run};

/// A network that is dead is known as such within this; the machine that tests may be slow.
const SECONDS: Duration = Duration::from_secs(20);

#[test]
fn an_account_that_is_well_is_told_with_what_the_api_can() {
    let home = tempfile::tempdir().unwrap();
    for (paging, word) in [
        (Paging::Offset, "offset"),
        (Paging::Cursor, "cursor"),
        (Paging::Hybrid, "hybrid"),
    ] {
        let emulator = account_with(Options {
            recordings: 30,
            paging: Some(paging),
            ..Options::default()
        });
        let found = run(&mut command(home.path(), &emulator));
        assert_eq!(found.code, 0, "{}", found.told);
        assert_eq!(found.finding("network", "answered in")["state"], "ok");
        assert_eq!(found.finding("network", "clock agrees")["state"], "ok");
        let source = found.finding("account", "its token from PLIVO_AUTH_TOKEN");
        assert_eq!(source["data"]["auth_id"], emulator.auth_id());
        assert_eq!(found.finding("account", "takes them")["state"], "ok");
        let pages = found.finding("account", "the API pages by");
        assert_eq!(pages["data"]["paging"], word);
        assert!(!found.told.to_string().contains(emulator.auth_token()));
        // The host is greeted without an account, and the account asked for no more than it takes.
        assert!(emulator.requests().len() <= 3);
    }
}

#[test]
fn a_server_that_refuses_connections_is_the_network() {
    let (home, emulator) = (tempfile::tempdir().unwrap(), account());
    let found = run(command(home.path(), &emulator).env("CALLREEL_API_URL", nowhere()));
    assert_eq!(found.code, 3, "{}", found.told);
    let problem = found.finding("network", "could not reach 127.0.0.1");
    assert_eq!(problem["state"], "problem");
    assert!(problem["what"].as_str().unwrap().contains("refused"));
    assert!(problem["advice"].as_str().unwrap().contains("check"));
    let unknown = found.finding("account", "not known");
    assert_eq!(unknown["state"], "problem");
    assert!(found.took < SECONDS, "{:?}", found.took);
}

#[test]
fn a_name_that_nobody_knows_is_the_network() {
    let (home, emulator) = (tempfile::tempdir().unwrap(), account());
    let found = run(command(home.path(), &emulator)
        .env("CALLREEL_API_URL", "https://api.callreel-doctor.invalid"));
    assert_eq!(found.code, 3, "{}", found.told);
    let problem = found.finding("network", "api.callreel-doctor.invalid has no address");
    assert_eq!(problem["state"], "problem");
    assert!(problem["advice"].as_str().unwrap().contains("name server"));
    assert!(found.took < SECONDS, "{:?}", found.took);
}

#[test]
fn a_proxy_is_named_without_its_password() {
    let (home, emulator) = (tempfile::tempdir().unwrap(), account());
    let proxy = nowhere().replace("http://", "http://me:hunter22@");
    let found = run(command(home.path(), &emulator)
        .env("CALLREEL_API_URL", "https://api.callreel-doctor.invalid")
        .env("HTTPS_PROXY", proxy));
    assert_eq!(found.code, 3, "{}", found.told);
    let named = found.finding("network", "the proxy http://127.0.0.1:");
    assert_eq!(named["state"], "note");
    assert!(!found.told.to_string().contains("hunter22"));
}

/// Answers everything with an empty page, and the time as it is `ahead` from now.
fn server_with_clock(ahead: TimeDelta) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let date = (Utc::now() + ahead).format("%a, %d %b %Y %H:%M:%S GMT");
            let body = r#"{"api_id":"x","meta":{"limit":1,"next":null,"offset":0,"total_count":0},"objects":[]}"#;
            // Whoever asked may be gone.
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nDate: {date}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
        }
    });
    url
}

#[test]
fn a_clock_that_is_an_hour_off_is_a_warning() {
    let (home, emulator) = (tempfile::tempdir().unwrap(), account());
    for (hours, way) in [(1, "behind"), (-1, "ahead of")] {
        let ahead = TimeDelta::hours(hours);
        let url = server_with_clock(ahead);
        let found = run(command(home.path(), &emulator).env("CALLREEL_API_URL", url));
        assert_eq!(found.code, 0, "{}", found.told);
        let clock = found.finding("network", "clock");
        assert_eq!(clock["state"], "warning");
        assert!(clock["what"].as_str().unwrap().contains(way), "{clock}");
        let seconds = clock["data"]["seconds_ahead"].as_i64().unwrap();
        // An answer may take its time on a machine under load.
        assert!((3540..3660).contains(&seconds.abs()), "{clock}");
        assert!(clock["advice"].as_str().unwrap().contains("set the clock"));
        let pages = found.finding("account", "two recordings");
        assert_eq!(pages["state"], "note");
    }
}

/// A TLS server of `localhost`, whose certificate ends in `days`; its address, and the certificate.
fn server_with_certificate(days: i64) -> (String, String) {
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params
        .distinguished_name
        .push(DnType::OrganizationName, "Example Trust");
    let end = Utc::now() + TimeDelta::days(days);
    let (month, day) = (end.month(), end.day());
    params.not_after = rcgen::date_time_ymd(
        end.year(),
        month.try_into().unwrap(),
        day.try_into().unwrap(),
    );
    let key = KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "https://localhost:{}",
        listener.local_addr().unwrap().port()
    );
    let config = Arc::new(config);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream.unwrap());
            let mut lines = BufReader::new(&mut stream).lines();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            // Whoever does not trust it is gone.
            let _ = stream
                .write_all(b"HTTP/1.1 401 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");
            stream.conn.send_close_notify();
            let _ = stream.flush();
        }
    });
    (url, certificate.pem())
}

#[test]
fn a_certificate_is_told_with_its_signer_and_its_end() {
    let (home, emulator) = (tempfile::tempdir().unwrap(), account());
    let trusted = home.path().join("trusted.pem");
    for (days, state) in [(90, "ok"), (5, "warning")] {
        let (url, pem) = server_with_certificate(days);
        std::fs::write(&trusted, pem).unwrap();
        let found = run(command(home.path(), &emulator)
            .env("CALLREEL_API_URL", &url)
            .env("SSL_CERT_FILE", &trusted));
        assert_eq!(found.code, 2, "{}", found.told);
        let tls = found.finding("network", "TLS: ");
        assert_eq!(tls["state"], state, "{tls}");
        assert!(
            tls["what"]
                .as_str()
                .unwrap()
                .contains("signed by Example Trust")
        );
        let until = tls["data"]["until"].as_str().unwrap();
        let end = Utc::now() + TimeDelta::days(days);
        assert!(
            until.starts_with(&end.format("%Y-%m").to_string()),
            "{until}"
        );

        // A certificate of somebody else's is trusted now.
        let (_, pem) = server_with_certificate(90);
        std::fs::write(&trusted, pem).unwrap();
        let found = run(command(home.path(), &emulator)
            .env("CALLREEL_API_URL", &url)
            .env("SSL_CERT_FILE", &trusted));
        assert_eq!(found.code, 3, "{}", found.told);
        let tls = found.finding("network", "no secure connection");
        assert!(tls["advice"].as_str().unwrap().contains("SSL_CERT_FILE"));
    }
}

#[test]
fn a_wrong_token_is_told_apart_from_a_malformed_one_and_from_none() {
    let (home, emulator) = (tempfile::tempdir().unwrap(), account());
    let found = run(command(home.path(), &emulator).env("PLIVO_AUTH_TOKEN", "hunter22"));
    assert_eq!(found.code, 2, "{}", found.told);
    let refused = found.finding("account", "refused");
    assert_eq!(refused["data"]["status"], 401);
    assert!(!found.told.to_string().contains("hunter22"));

    let asked = emulator.requests().len();
    let found = run(command(home.path(), &emulator).env("PLIVO_AUTH_ID", "ma12"));
    assert_eq!(found.code, 2, "{}", found.told);
    let malformed = found.finding("account", "PLIVO_AUTH_ID: the auth id");
    assert_eq!(malformed["data"]["malformed"], true);
    // Only the greeting, which holds no credentials.
    assert_eq!(emulator.requests().len(), asked + 1);

    let found = run(nobody(home.path()).env("CALLREEL_API_URL", emulator.url()));
    assert_eq!(found.code, 2, "{}", found.told);
    let missing = found.finding("account", "no account");
    assert!(missing["advice"].as_str().unwrap().contains("auth add"));
}

#[test]
fn a_rate_limit_and_a_server_that_fails_have_their_codes() {
    let home = tempfile::tempdir().unwrap();
    for (fault, code) in [("429-bare", 4), ("503", 3), ("403", 2)] {
        let emulator = account();
        emulator.set_faults(vec![fault.parse().unwrap()]);
        let found = run(&mut command(home.path(), &emulator));
        assert_eq!(found.code, code, "{fault}: {}", found.told);
    }
}
