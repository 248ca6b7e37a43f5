//! Who gets the credentials where the world is as it is: the API at its own address, by TLS, with links and redirects to servers
//! of every name. The real program, and the requests as the servers got them.
//!
//! `SSL_CERT_FILE` says whom to trust on Linux; elsewhere the system alone does.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what fails here fails the test"
)]

#[path = "secure/internet.rs"]
mod internet;

use std::process::Output;

use internet::{Answer, Asked, BASIC, Internet, TOKEN};

const API: &str = "api.plivo.com:443";
const MEDIA: &str = "media.plivo.com:443";
const BELOW: &str = "eu.media.plivo.com:443";
const STORE: &str = "store.example:443";

/// A recording's id, its link, and the servers that are asked for its sound, each with the credentials or without.
type Way = (&'static str, &'static str, &'static [(&'static str, bool)]);

const WAYS: [Way; 13] = [
    (
        "rec-media",
        "https://media.plivo.com/rec-media",
        &[(MEDIA, true)],
    ),
    (
        "rec-below",
        "https://eu.media.plivo.com/rec-below",
        &[(BELOW, true)],
    ),
    // As the API gives them: plain http is not what is asked.
    (
        "rec-plain",
        "http://media.plivo.com/rec-plain",
        &[(MEDIA, true)],
    ),
    (
        "rec-other",
        "http://store.example/rec-other",
        &[(STORE, false)],
    ),
    (
        "rec-longer",
        "https://media.plivo.com.evil.example/rec-longer",
        &[("media.plivo.com.evil.example:443", false)],
    ),
    (
        "rec-alike",
        "https://evilmedia.plivo.com/rec-alike",
        &[("evilmedia.plivo.com:443", false)],
    ),
    (
        "rec-port",
        "https://media.plivo.com:8443/rec-port",
        &[("media.plivo.com:8443", false)],
    ),
    // The API itself is no place for sound.
    ("rec-api", "https://api.plivo.com/rec-api", &[(API, false)]),
    (
        "rec-moved",
        "https://media.plivo.com/rec-moved",
        &[(MEDIA, true), (MEDIA, true)],
    ),
    (
        "rec-away",
        "https://media.plivo.com/rec-away",
        &[(MEDIA, true), (STORE, false)],
    ),
    (
        "rec-aside",
        "https://media.plivo.com/rec-aside",
        &[(MEDIA, true), (BELOW, false)],
    ),
    (
        "rec-back",
        "https://media.plivo.com/rec-back",
        &[(MEDIA, true), (STORE, false), (MEDIA, false)],
    ),
    (
        "rec-clear",
        "https://media.plivo.com/rec-clear",
        &[(MEDIA, true)],
    ),
];

const REDIRECTS: [(&str, &str, &str); 7] = [
    ("media.plivo.com", "/rec-moved", "/rec-moved/here"),
    (
        "media.plivo.com",
        "/rec-away",
        "https://store.example/rec-away?signature=x",
    ),
    (
        "media.plivo.com",
        "/rec-aside",
        "https://eu.media.plivo.com/rec-aside",
    ),
    (
        "media.plivo.com",
        "/rec-back",
        "https://store.example/rec-back",
    ),
    (
        "store.example",
        "/rec-back",
        "https://media.plivo.com/rec-back/again",
    ),
    (
        "media.plivo.com",
        "/rec-clear",
        "http://media.plivo.com/rec-clear",
    ),
    (
        "api.plivo.com",
        "/v1/Account/MAGWNTM3ZTK1M2YZMDUU/Recording/rec-elsewhere/",
        "https://media.plivo.com/rec-elsewhere",
    ),
];

/// The API, the media servers and strangers.
fn answer(server: &str, path: &str) -> Answer {
    let redirect = |(from, there, to): &(&str, &str, &'static str)| {
        (*from == server && *there == path).then_some(*to)
    };
    if let Some(to) = REDIRECTS.iter().find_map(redirect) {
        return Answer::Redirect(to);
    }
    let of_the_api = path.strip_prefix("/v1/Account/MAGWNTM3ZTK1M2YZMDUU/Recording/");
    match of_the_api.filter(|_| server == "api.plivo.com") {
        Some(id) => {
            let id = id.trim_end_matches('/');
            let link = WAYS.iter().find(|(named, ..)| *named == id);
            let link = link.map_or("", |(_, link, _)| *link);
            Answer::Json(format!(
                r#"{{"api_id":"x","recording_id":"{id}","recording_url":"{link}","add_time":"2012-02-16 16:53:56.574859","recording_format":"wav"}}"#
            ))
        }
        None => Answer::Sound(sound()),
    }
}

/// A quarter of a second.
fn sound() -> Vec<u8> {
    let samples = (0..2_000_i16).flat_map(|at| (at % 80 * 200 - 8_000).to_le_bytes());
    let mut wav = b"RIFF\xc4\x0f\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\xa0\x0f\0\0".to_vec();
    wav.extend(samples);
    wav
}

/// What must be so of each request, wherever it went.
fn assert_keeps_them(asked: &[Asked]) {
    for asked in asked {
        let line = asked.head.lines().next().unwrap();
        assert!(!line.contains(TOKEN) && !line.contains(BASIC), "{line}");
        assert_eq!(asked.header("referer"), None, "{asked:?}");
        assert_eq!(asked.header("proxy-authorization"), None, "{asked:?}");
        match asked.header("authorization") {
            Some(header) => assert_eq!(header, format!("Basic {BASIC}")),
            None => assert!(!asked.head.contains(BASIC), "{asked:?}"),
        }
        assert!(!asked.head.contains(TOKEN), "{asked:?}");
    }
}

/// The proxy is asked for tunnels, and told nothing.
fn assert_tunnels_only(internet: &Internet) {
    let proxied = internet.proxied();
    assert!(!proxied.is_empty());
    for head in proxied {
        let tunnel = head.starts_with("CONNECT ") && !head.to_lowercase().contains("authorization");
        assert!(tunnel, "{head}");
        assert!(!head.contains(TOKEN) && !head.contains(BASIC), "{head}");
        assert!(!head.contains("rec-"), "{head}");
    }
}

fn is_of_the_api(asked: &Asked) -> bool {
    asked.path.starts_with("/v1/Account/")
}

/// The servers that were asked for a recording's sound, each with the credentials or without, in their order.
fn way(asked: &[Asked], id: &str) -> Vec<(String, bool)> {
    let path = format!("/{id}");
    let sound = asked.iter().filter(|asked| {
        let rest = asked.path.strip_prefix(&path);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    });
    let told = sound.map(|asked| {
        let with = asked.header("authorization").is_some();
        (asked.server.clone(), with)
    });
    told.collect()
}

fn expected(way: &[(&str, bool)]) -> Vec<(String, bool)> {
    let owned = way
        .iter()
        .map(|(server, with)| ((*server).to_owned(), *with));
    owned.collect()
}

/// All that it said.
fn told(output: &Output) -> String {
    let said = [&output.stdout[..], &output.stderr].concat();
    let said = String::from_utf8(said).unwrap();
    assert!(!said.contains(TOKEN) && !said.contains(BASIC), "{said}");
    said
}

#[test]
fn a_download_takes_them_to_the_api_and_to_plivos_media_hosts_only() {
    let home = tempfile::tempdir().unwrap();
    let internet = Internet::start(answer);
    let archive = home.path().join("calls");
    let mut arguments = vec!["download", "--to", archive.to_str().unwrap()];
    arguments.extend(WAYS.map(|(id, ..)| id));
    let done = internet.callreel(home.path(), &arguments).output().unwrap();
    let said = told(&done);
    assert_eq!(done.status.code(), Some(7), "{said}");
    let refused: Vec<_> = said.lines().filter(|line| line.contains("rec-")).collect();
    assert_eq!(refused.len(), 1, "{said}");
    assert!(
        refused[0].contains("rec-clear") && refused[0].contains("it is plain http"),
        "{said}"
    );
    let asked = internet.asked();
    assert_keeps_them(&asked);
    assert_tunnels_only(&internet);
    for (id, _, servers) in WAYS {
        assert_eq!(way(&asked, id), expected(servers), "{id}");
    }
    let (api, sound): (Vec<_>, Vec<_>) = asked.iter().partition(|asked| is_of_the_api(asked));
    assert_eq!(api.len(), WAYS.len());
    for asked in api {
        assert_eq!(asked.server, API);
        assert!(asked.header("authorization").is_some(), "{asked:?}");
    }
    // All that is no question to the API was looked at above.
    let looked_at: usize = WAYS.iter().map(|(.., servers)| servers.len()).sum();
    assert_eq!(sound.len(), looked_at);
}

#[test]
fn playing_takes_them_no_farther() {
    let home = tempfile::tempdir().unwrap();
    for (id, _, servers) in WAYS {
        // Each way of keeping them once: what is played is fetched as what is archived is.
        if !["rec-plain", "rec-longer", "rec-back", "rec-clear"].contains(&id) {
            continue;
        }
        let internet = Internet::start(answer);
        let arguments = ["play", "--sink", "null", id];
        let done = internet.callreel(home.path(), &arguments).output().unwrap();
        let said = told(&done);
        match id {
            "rec-clear" => {
                assert_eq!(done.status.code(), Some(1), "{said}");
                assert!(
                    said.contains("it is plain http") && said.lines().count() == 1,
                    "{said}"
                );
            }
            _ => assert!(done.status.success() && said.is_empty(), "{said}"),
        }
        let asked = internet.asked();
        assert_keeps_them(&asked);
        assert_tunnels_only(&internet);
        assert_eq!(way(&asked, id), expected(servers), "{id}");
    }
}

#[test]
fn where_the_api_redirects_to_is_not_asked() {
    let home = tempfile::tempdir().unwrap();
    let internet = Internet::start(answer);
    let arguments = ["get", "rec-elsewhere"];
    let done = internet.callreel(home.path(), &arguments).output().unwrap();
    let said = told(&done);
    assert!(
        !done.status.success() && said.contains("redirect"),
        "{said}"
    );
    let asked = internet.asked();
    assert_keeps_them(&asked);
    let servers: Vec<_> = asked.iter().map(|asked| asked.server.as_str()).collect();
    assert_eq!(servers, [API]);
}

#[test]
fn whoever_is_not_the_one_that_was_named_gets_no_request() {
    let home = tempfile::tempdir().unwrap();
    let nobodys = Internet::with_certificates(|_| "evil.example", answer);
    let arguments = ["get", "rec-media"];
    let done = nobodys.callreel(home.path(), &arguments).output().unwrap();
    let said = told(&done);
    assert!(said.contains("certificate"), "{said}");
    assert_tunnels_only(&nobodys);
    assert!(nobodys.asked().is_empty(), "{:?}", nobodys.asked());

    let certificates: fn(&str) -> &str = |server| match server {
        "api.plivo.com" => server,
        _ => "evil.example",
    };
    let for_the_api_only = Internet::with_certificates(certificates, answer);
    let arguments = ["play", "--sink", "null", "rec-media"];
    let done = for_the_api_only.callreel(home.path(), &arguments).output();
    let said = told(&done.unwrap());
    assert!(said.contains("certificate"), "{said}");
    // It would be refused the next time, too.
    assert_eq!(for_the_api_only.tunnels(MEDIA), 1);
    assert_tunnels_only(&for_the_api_only);
    let asked = for_the_api_only.asked();
    let asked: Vec<_> = asked.iter().map(|asked| asked.server.as_str()).collect();
    assert_eq!(asked, [API]);
}
