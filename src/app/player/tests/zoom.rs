use super::*;

fn shown(bench: &Bench) -> (f64, f64) {
    let window = bench.player.window(bench.now.mono).unwrap();
    (window.start.as_secs_f64(), window.end.as_secs_f64())
}

/// Playing from the start of an hour.
fn hour() -> Bench {
    let mut bench = Bench::playing();
    bench.tell(Event::Length {
        length: secs(3_600),
        exact: true,
    });
    bench
}

#[test]
fn each_press_shows_less_and_then_all_again() {
    let mut bench = hour();
    bench.wait(secs(100));
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(shown(&bench));
        assert!(bench.player.zoom());
    }
    assert_eq!(
        seen,
        [(0.0, 3_600.0), (75.0, 135.0), (97.5, 107.5), (0.0, 3_600.0)]
    );
}

#[test]
fn what_is_shown_stands_still_around_the_position_and_within_the_recording() {
    let mut bench = hour();
    bench.player.zoom();
    bench.player.zoom();
    let mut turns = std::collections::BTreeSet::new();
    for _ in 0..120 {
        let (start, end) = shown(&bench);
        let at = bench.position().as_secs_f64();
        assert!(
            start == 0.0 || (start + 2.5..=start + 7.5).contains(&at),
            "{at} in {start}"
        );
        assert_eq!(end - start, 10.0);
        turns.insert((start * 10.0) as u64);
        bench.wait(Duration::from_millis(500));
    }
    assert_eq!(turns.len(), 12, "it goes on every five seconds: {turns:?}");
    bench.player.seek_fraction(1.0, bench.now);
    assert_eq!(shown(&bench), (3_590.0, 3_600.0));
    let window = bench.player.window(bench.now.mono).unwrap();
    let along = bench.player.along(&window, 0.5);
    assert!((along * 3_600.0 - 3_595.0).abs() < 1e-6);
}

#[test]
fn a_short_recording_skips_what_would_show_the_same() {
    let mut bench = Bench::playing();
    assert!(bench.player.zoom());
    assert_eq!(shown(&bench), (0.0, 10.0));
    assert!(bench.player.zoom());
    assert_eq!(shown(&bench), (0.0, 42.0));
    bench.tell(Event::Length {
        length: secs(8),
        exact: true,
    });
    assert!(!bench.player.zoom());
    assert!(!Player::default().zoom());
}

#[test]
fn zoomed_in_it_is_drawn_when_the_head_comes_to_another_column() {
    let mut bench = hour();
    bench.player.zoom();
    bench.player.zoom();
    bench.wait(Duration::from_millis(1_010));
    let next = bench.player.needs_redraw_at(bench.now.mono, 100).unwrap();
    let wait = next - bench.now.mono;
    assert!(wait <= Duration::from_millis(91), "{wait:?}");
}
