//! The loop, heard.

use super::*;

#[test]
fn a_part_is_heard_over_and_over_without_a_gap_and_each_turn_is_told() {
    let secs = Duration::from_secs_f64;
    let (rig, mut renderer) = Rig::playing(STEREO, secs(2.0));
    let part = secs(2.3)..secs(2.7);
    rig.player.send(Command::Loop(Some(part.clone())));
    rig.player.send(Command::Seek(part.start));
    let anchor = keep_taking(&mut renderer, || rig.until(playing));
    assert!(from(anchor.position, part.start));
    for _ in 0..3 {
        // The line is never quite silent, so that a hole would be one of the loop.
        let heard = hear(&mut renderer, 40);
        let quiet = heard.chunks(STEP).filter(|step| silent(step)).count();
        assert_eq!(quiet, 0, "of 40 steps of 10 ms");
        let turned = keep_taking(&mut renderer, || rig.until(playing));
        let slack = Duration::from_millis(150);
        assert!(
            turned.position < part.end && turned.position + slack >= part.start,
            "{:?}",
            turned.position
        );
    }
    rig.player.send(Command::Loop(None));
    let beyond = Duration::from_secs(4);
    keep_taking(&mut renderer, || {
        rig.player.send(Command::Pause);
        rig.until(paused);
        rig.player.send(Command::Seek(beyond));
        rig.until(paused)
    });
    rig.player.send(Command::Resume { at: None });
    let anchor = keep_taking(&mut renderer, || rig.until(playing));
    assert!(from(anchor.position, beyond));
}

#[test]
fn a_loop_ends_with_its_recording() {
    let (rig, mut renderer) = Rig::playing(STEREO, Duration::from_secs(2));
    let part = Duration::from_secs(2)..Duration::from_secs(3);
    rig.player.send(Command::Loop(Some(part)));
    keep_taking(&mut renderer, || {
        rig.play(2, Duration::from_secs_f64(10.0));
        rig.load(WAV);
        rig.until(ended)
    });
}
