use std::net::Ipv6Addr;

use super::super::ask::Question;
use super::super::http::Http;
use super::super::link::Rule;
use super::*;
use crate::audio::event::Request;
use crate::inside::hosts::{INSIDE, PUBLIC, address};

fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
    texts
        .iter()
        .map(|text| SocketAddr::new(text.parse().unwrap(), 0))
        .collect()
}

#[test]
fn only_public_addresses_are_given() {
    let mixed = addresses(&["10.0.0.1", "8.8.8.8", "::1", "2606:4700::7"]);
    let kept = public("a.example".to_owned(), mixed).unwrap();
    assert_eq!(kept, addresses(&["8.8.8.8", "2606:4700::7"]));
    for host in INSIDE {
        let inside = SocketAddr::new(address(host), 0);
        let refused = public("a.example".to_owned(), vec![inside]).unwrap_err();
        let told = refused.to_string();
        assert!(told.contains(&inside.ip().to_string()), "{told}");
    }
    for host in PUBLIC {
        let outside = vec![SocketAddr::new(address(host), 0)];
        assert_eq!(public("a.example".to_owned(), outside.clone()), Ok(outside));
    }
    let none = public("a.example".to_owned(), Vec::new()).unwrap();
    assert!(
        none.is_empty(),
        "a name without addresses is another failure"
    );
}

#[test]
fn proxies_are_known_by_their_names() {
    let variables = [
        ("HTTPS_PROXY", "http://proxy.inside:3128"),
        ("http_proxy", "gate.inside:8080"),
        ("All_Proxy", "socks5://user:word@10.0.0.1:1080"),
        ("NO_PROXY", "media.example"),
        ("https_proxy", ""),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let found = proxies(variables.into_iter());
    assert_eq!(*found, ["proxy.inside", "gate.inside", "10.0.0.1"]);
}

/// Asks for `url` where every name leads to this machine, whose port nobody may come to.
async fn ask(url: &str, own: Option<&str>) -> Result<Result<(), String>, Error> {
    fn here(_: String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
        Box::pin(async { Ok(vec![SocketAddr::new(Ipv6Addr::LOCALHOST.into(), 0)]) })
    }
    let request = Request {
        url: url.to_owned(),
        authorization: None,
        own_origin: own.map(str::to_owned),
    };
    let (http, rule) = (
        Http::looking_up(here).unwrap(),
        Rule::new(&request).unwrap(),
    );
    let question = Question {
        http: &http,
        rule: &rule,
        target: None,
        authorization: None,
        from: 0,
        to: None,
        bare: false,
        validator: None,
    };
    question.ask().await.map(|answer| answer.map(drop))
}

#[tokio::test]
async fn a_link_whose_name_leads_inside_is_refused_for_good() {
    if std::env::vars().any(|(name, value)| is_proxy(&name) && !value.is_empty()) {
        // The proxy looks names up then, which `proxies_are_known_by_their_names` is about.
        return;
    }
    let Err(Error::Refused(why)) = ask("https://media.example/a.mp3", None).await else {
        panic!("it was asked, or would be asked again");
    };
    assert!(why.starts_with("media.example leads to ::1,"), "{why}");
}

#[tokio::test]
async fn the_users_own_server_is_looked_up_as_ever() {
    // A name that nobody has: the system is asked, which fails in another way, if not at once.
    let answer = ask(
        "https://media.invalid/a.mp3",
        Some("https://media.invalid/"),
    )
    .await;
    assert!(matches!(answer, Ok(Err(_))), "{answer:?}");
}
