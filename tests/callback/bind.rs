//! Where a receiver can listen and where not.

use std::net::SocketAddr;

use callreel::plivo::callback::{BindError, Desk, NotPublic, Options, PublicUrl, Receiver, To};

use super::receiver::options;

async fn refused(options: Options) -> BindError {
    let bound = Receiver::bind(options, To::Desk(Desk::new())).await;
    bound.expect_err("it must not be bound")
}

#[tokio::test]
async fn what_is_in_the_way_is_told_with_what_to_do() {
    let first = Receiver::bind(options(), To::Desk(Desk::new()))
        .await
        .unwrap();
    let addr = first.addr();
    let taken = refused(Options { addr, ..options() }).await;
    assert!(
        matches!(taken, BindError::Taken { addr: at } if at == addr),
        "{taken:?}"
    );
    assert!(taken.to_string().contains(&addr.to_string()), "{taken}");
    drop(first);

    // An address for documentation, which no machine has.
    let addr = SocketAddr::from(([192, 0, 2, 1], 0));
    let elsewhere = refused(Options { addr, ..options() }).await;
    assert!(
        matches!(elsewhere, BindError::NotHere { .. }),
        "{elsewhere:?}"
    );
    assert!(
        elsewhere.to_string().contains("0.0.0.0 for all"),
        "{elsewhere}"
    );
}

#[tokio::test]
async fn what_cannot_be_checked_is_not_promised() {
    let unchecked = Options {
        require_signature: true,
        ..options()
    };
    assert!(matches!(refused(unchecked).await, BindError::NoToken));
    for url in [
        "hooks.example.net",
        "mailto:hooks@example.net",
        "unix:/run/x",
        "ftp://hooks.example.net/",
    ] {
        assert_eq!(PublicUrl::parse(url), Err(NotPublic), "{url}");
    }
}

#[tokio::test]
async fn the_url_to_give_away_is_the_public_one() {
    let public_url = Some(PublicUrl::parse(" https://hooks.example.net/plivo").unwrap());
    let receiver = Receiver::bind(
        Options {
            public_url,
            ..options()
        },
        To::Desk(Desk::new()),
    )
    .await;
    assert_eq!(receiver.unwrap().url(), "https://hooks.example.net/plivo");
}

#[tokio::test]
async fn an_address_for_all_is_given_as_one_that_can_be_reached() {
    for (all, one) in [
        ("0.0.0.0:0", "http://127.0.0.1:"),
        ("[::]:0", "http://[::1]:"),
    ] {
        let addr = all.parse().unwrap();
        let desk = To::Desk(Desk::new());
        let Ok(receiver) = Receiver::bind(Options { addr, ..options() }, desk).await else {
            assert!(all.starts_with('['), "this machine has no IPv6");
            continue;
        };
        assert!(receiver.url().starts_with(one), "{}", receiver.url());
    }
}
