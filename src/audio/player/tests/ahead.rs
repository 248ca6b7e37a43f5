//! The next recording, fetched while the present one plays.

use super::*;

fn request(url: &str) -> Request {
    Request {
        url: url.to_owned(),
        authorization: None,
        own_origin: None,
    }
}

fn play(rig: &Rig, id: u64, url: &str) {
    rig.player.send(Command::Play {
        play: PlayId(id),
        request: request(url),
        at: Duration::ZERO,
        expected: None,
    });
}

#[test]
fn what_was_fetched_ahead_sounds_without_another_request() {
    let (rig, mut renderer) = Rig::playing(STEREO, Duration::from_secs(2));
    let next = "http://127.0.0.1/next";
    rig.player.send(Command::FetchAhead(request(next)));
    let feed = rig.feed();
    feed.set_len(WAV.len() as u64);
    feed.write(0, &WAV[..20_000]).unwrap();
    play(&rig, 2, next);
    keep_taking(&mut renderer, || rig.until(playing));
    assert!(rig.feeds.try_recv().is_err(), "it was asked for once");
    feed.write(20_000, &WAV[20_000..]).unwrap();
    keep_taking(&mut renderer, || rig.until(ended));
}

#[test]
fn another_recording_than_was_thought_and_a_failed_beginning_are_fetched_anew() {
    let (rig, _renderer) = Rig::playing(STEREO, Duration::from_secs(2));
    rig.player
        .send(Command::FetchAhead(request("http://127.0.0.1/next")));
    let feed = rig.feed();
    play(&rig, 2, "http://127.0.0.1/other");
    rig.load(WAV);
    assert!(feed.is_over(), "nobody wants it any more");
    let next = "http://127.0.0.1/next";
    rig.player.send(Command::FetchAhead(request(next)));
    let failed = rig.feed();
    failed.fail(Error::NotFound);
    play(&rig, 3, next);
    rig.load(WAV);
    rig.player
        .send(Command::FetchAhead(request("http://127.0.0.1/next")));
    let feed = rig.feed();
    rig.player.send(Command::Stop);
    let begun = Instant::now();
    while !feed.is_over() && begun.elapsed() < PATIENCE {
        std::thread::yield_now();
    }
    assert!(feed.is_over());
}
