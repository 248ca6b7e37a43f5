//! Files: what they hold, ranges, and what stands in the way of them.

use std::time::{Duration, Instant};

use callreel::emulator::{MediaAuth, NEWEST, Options, Special, asset_named};
use reqwest::header;

use super::client::*;

fn url(row: &Row) -> &str {
    row["recording_url"].as_str().unwrap()
}

#[tokio::test]
async fn recordings_of_an_assets_length_are_that_asset() {
    let account = start(options()).await;
    for special in NEWEST {
        let Special::Whole(name) = special else {
            continue;
        };
        let row = account.emulator.special(special).unwrap();
        let response = account.http.get(url(&row)).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let kind = response.headers()[header::CONTENT_TYPE]
            .to_str()
            .unwrap()
            .to_owned();
        let format = row["recording_format"].as_str().unwrap();
        assert_eq!(
            kind,
            if format == "wav" {
                "audio/x-wav"
            } else {
                "audio/mpeg"
            }
        );
        assert!(url(&row).ends_with(&format!(".{format}")));
        let body = response.bytes().await.unwrap();
        assert_eq!(body, asset_named(name).unwrap().bytes, "{name}");
        assert_eq!(
            account
                .emulator
                .asset(&id(&row))
                .unwrap()
                .name
                .split('.')
                .next(),
            Some(name)
        );
    }
}

#[tokio::test]
async fn any_range_is_that_slice_of_the_whole() {
    let account = start(options()).await;
    for special in [
        Special::Hour("support-stereo-cbr32"),
        Special::Hour("reminder-mono-ulaw"),
        Special::Whole("voicemail-quiet-id3"),
    ] {
        let row = account.emulator.special(special).unwrap();
        let whole = account.emulator.file(&id(&row)).unwrap();
        let length = whole.len();
        let mut random = fastrand::Rng::with_seed(5);
        let mut cases: Vec<(String, usize, usize)> = (0..40)
            .map(|_| {
                let from = random.usize(..length);
                let to = random.usize(from + 1..=(from + 300_000).min(length));
                (format!("bytes={from}-{}", to - 1), from, to)
            })
            .collect();
        cases.push(("bytes=0-0".to_owned(), 0, 1));
        cases.push((format!("bytes={}-", length - 7), length - 7, length));
        cases.push(("bytes=-500".to_owned(), length - 500, length));
        cases.push((
            format!("bytes={}-999999999999", length - 3),
            length - 3,
            length,
        ));
        for (range, from, to) in cases {
            let response = account
                .http
                .get(url(&row))
                .header(header::RANGE, &range)
                .send()
                .await
                .unwrap();
            assert_eq!(response.status(), 206, "{range}");
            let told = response.headers()[header::CONTENT_RANGE]
                .to_str()
                .unwrap()
                .to_owned();
            assert_eq!(told, format!("bytes {from}-{}/{length}", to - 1));
            assert_eq!(response.content_length(), Some((to - from) as u64));
            assert!(
                response.bytes().await.unwrap() == whole[from..to],
                "{range}"
            );
        }
    }
}

#[tokio::test]
async fn an_hour_has_the_length_the_api_tells() {
    let account = start(options()).await;
    let row = account
        .emulator
        .special(Special::Hour("support-stereo-cbr32"))
        .unwrap();
    assert_eq!(row["recording_duration_ms"], "3600000.00000");
    let head = account.http.head(url(&row)).send().await.unwrap();
    assert_eq!(head.status(), 200);
    assert_eq!(head.headers()[header::ACCEPT_RANGES], "bytes");
    // 32 kbit/s for an hour, and one frame that holds the tag.
    assert_eq!(
        head.headers()[header::CONTENT_LENGTH],
        (3_600 * 4_000 + 288).to_string()
    );
    assert!(head.bytes().await.unwrap().is_empty());
}

#[tokio::test]
async fn impossible_ranges_are_416_and_odd_ones_the_whole() {
    let account = start(options()).await;
    let row = account
        .emulator
        .special(Special::Whole("voicemail-quiet-id3"))
        .unwrap();
    let length = account.emulator.file(&id(&row)).unwrap().len();
    for range in [format!("bytes={length}-"), "bytes=-0".to_owned()] {
        let response = account
            .http
            .get(url(&row))
            .header(header::RANGE, &range)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 416, "{range}");
        assert_eq!(
            response.headers()[header::CONTENT_RANGE],
            format!("bytes */{length}")
        );
        assert!(response.bytes().await.unwrap().is_empty());
    }
    for range in ["bytes=9-3", "bytes=0-1,5-6", "seconds=1-2"] {
        let response = account
            .http
            .get(url(&row))
            .header(header::RANGE, range)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "{range}");
        assert_eq!(response.bytes().await.unwrap().len(), length);
    }
}

#[tokio::test]
async fn a_range_counts_only_for_the_file_it_was_meant_for() {
    let account = start(options()).await;
    let row = account
        .emulator
        .special(Special::Whole("voicemail-quiet-id3"))
        .unwrap();
    let head = account.http.head(url(&row)).send().await.unwrap();
    let etag = head.headers()[header::ETAG].to_str().unwrap().to_owned();
    let modified = head.headers()[header::LAST_MODIFIED]
        .to_str()
        .unwrap()
        .to_owned();
    for (known, status) in [(etag.as_str(), 206), (&modified, 206), ("\"other\"", 200)] {
        let response = account
            .http
            .get(url(&row))
            .header(header::RANGE, "bytes=100-")
            .header(header::IF_RANGE, known)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), status, "{known}");
    }
}

#[tokio::test]
async fn files_that_are_missing_empty_or_a_bare_header() {
    let account = start(options()).await;
    let of = |special| account.emulator.special(special).unwrap();
    let response = account
        .http
        .get(url(&of(Special::NotReady)))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 404);

    let empty = of(Special::Empty);
    let response = account.http.get(url(&empty)).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.content_length()),
        (200, Some(0))
    );
    let ranged = account
        .http
        .get(url(&empty))
        .header(header::RANGE, "bytes=0-")
        .send()
        .await
        .unwrap();
    assert_eq!(ranged.status(), 416);

    let header_only = of(Special::HeaderOnly);
    let body = account
        .http
        .get(url(&header_only))
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert_eq!(body.len(), 44);
    assert!(body.starts_with(b"RIFF") && body.ends_with(b"data\0\0\0\0"));
}

#[tokio::test]
async fn protected_media_want_credentials() {
    for (media_auth, refused) in [(MediaAuth::Unauthorized, 401), (MediaAuth::Forbidden, 403)] {
        let account = start(Options {
            media_auth,
            ..options()
        })
        .await;
        let row = account.emulator.recordings(0, 1).remove(0);
        assert_eq!(
            account.http.get(url(&row)).send().await.unwrap().status(),
            refused
        );
        let wrong = account.http.get(url(&row)).basic_auth("MA", Some("x"));
        assert_eq!(wrong.send().await.unwrap().status(), refused);
        assert_eq!(account.get(url(&row)).send().await.unwrap().status(), 200);
    }
}

#[tokio::test]
async fn bandwidth_is_never_exceeded_and_bytes_come_in_small_pieces() {
    let rate = 65_536;
    let account = start(Options {
        bandwidth: Some(rate),
        ..options()
    })
    .await;
    let row = account
        .emulator
        .special(Special::Hour("support-stereo-cbr32"))
        .unwrap();
    let started = Instant::now();
    let mut response = account.http.get(url(&row)).send().await.unwrap();
    let mut got = 0u64;
    let mut pieces = 0;
    while got < rate {
        let piece = response.chunk().await.unwrap().unwrap();
        got += piece.len() as u64;
        pieces += 1;
        // A first piece at once, and what may be caught up after a pause of the machine.
        let allowed = started.elapsed().as_secs_f64() * rate as f64 + 0.15 * rate as f64;
        assert!(
            got as f64 <= allowed,
            "{got} bytes in {:?}",
            started.elapsed()
        );
    }
    assert!(started.elapsed() > Duration::from_millis(800));
    assert!(pieces > 4, "{pieces}");
}

#[tokio::test]
async fn latency_comes_before_lists_and_files() {
    let latency = Duration::from_millis(120);
    let account = start(Options {
        latency,
        ..options()
    })
    .await;
    let started = Instant::now();
    account.rows(&[]).await;
    assert!(started.elapsed() >= latency);
    let row = account.emulator.recordings(0, 1).remove(0);
    let started = Instant::now();
    account.http.head(url(&row)).send().await.unwrap();
    assert!(started.elapsed() >= latency);
}
