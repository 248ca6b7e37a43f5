use std::net::{Ipv4Addr, Ipv6Addr};

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use url::Url;

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

/// Every name leads to this machine.
fn here(_: String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> {
    let addresses = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
    let found = addresses
        .map(|address| SocketAddr::new(address, 0))
        .to_vec();
    Box::pin(async { Ok(found) })
}

/// Asks for `url` there, whose port nobody may come to, through `proxy`.
async fn ask(
    url: &str,
    own: Option<&str>,
    proxy: Option<&str>,
) -> Result<Result<(), String>, Error> {
    let request = Request {
        url: url.to_owned(),
        authorization: None,
        own_origin: own.map(str::to_owned),
    };
    let (http, rule) = (
        Http::looking_up(here, Proxies::only(proxy)).unwrap(),
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
    let Err(Error::Refused(why)) = ask("https://media.example/a.mp3", None, None).await else {
        panic!("it was asked, or would be asked again");
    };
    let told = why.starts_with("media.example leads to 127.0.0.1,");
    assert!(told, "{why}");
}

#[tokio::test]
async fn the_users_own_server_is_looked_up_as_ever() {
    // A name that nobody has: the system is asked, which fails in another way, if not at once.
    let url = "https://media.invalid/a.mp3";
    let answer = ask(url, Some("https://media.invalid/"), None).await;
    assert!(matches!(answer, Ok(Err(_))), "{answer:?}");
}

#[tokio::test]
async fn a_proxy_may_be_inside_and_no_link_may_name_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let proxy = format!("http://proxy.example:{port}");
    let served = tokio::spawn(async move {
        let mut lines = Vec::new();
        for _ in 0..2 {
            let (stream, _) = listener.accept().await.unwrap();
            lines.push(BufReader::new(stream).lines().next_line().await.unwrap());
        }
        lines
    });
    let first = ask("https://media.example/a", None, Some(&proxy)).await;
    assert!(matches!(first, Ok(Err(_))), "{first:?}");
    for name in ["proxy.example", "PROXY.example."] {
        for port in [443, 8443, port] {
            let link = format!("https://{name}:{port}/a");
            let answer = ask(&link, None, Some(&proxy)).await;
            assert!(
                matches!(answer, Err(Error::Refused(_))),
                "{link} {answer:?}"
            );
        }
    }
    // Whose own server it is may ask it for anything.
    let http = Http::looking_up(here, Proxies::only(Some(&proxy))).unwrap();
    let own = Url::parse("https://proxy.example:8443/a").unwrap();
    assert!(http.client_for(&own, true).is_ok() && http.client_for(&own, false).is_err());
    let last = ask("https://other.example/a", None, Some(&proxy)).await;
    assert!(matches!(last, Ok(Err(_))), "{last:?}");
    let came = served.await.unwrap();
    let lines = ["media", "other"].map(|name| Some(format!("CONNECT {name}.example:443 HTTP/1.1")));
    assert_eq!(came, lines, "nothing but what goes through it");
}
