//! An output that is far ahead of the ear, and takes back what is on its way.

use super::*;

/// Frames that are heard in an hour.
fn take_far(renderer: &mut Renderer) -> [Frame; STEP] {
    let mut out = [[0.0; 2]; STEP];
    renderer.render(&mut out, Instant::now() + Duration::from_secs(3_600));
    out
}

#[test]
fn a_gap_that_is_not_heard_yet_is_filled_without_a_word() {
    let (rung, bells) = channel();
    let rig = Rig::with(vec![Ok(())], Some(rung));
    rig.play(1, Duration::ZERO);
    let feed = rig.feed();
    feed.set_len(STEREO.len() as u64);
    let (first, rest) = STEREO.split_at(16_000);
    feed.write(0, first).unwrap();
    let (mut renderer, _) = rig.output();
    keep_taking(&mut renderer, || rig.until(playing));
    // To the end of what has come.
    let begun = Instant::now();
    while renderer.waiting() > 0
        || take_far(&mut renderer)
            .iter()
            .any(|frame| *frame != [0.0; 2])
    {
        assert!(begun.elapsed() < PATIENCE);
    }
    while bells.try_recv().is_ok() {}
    // Once this is obeyed, the player has seen that there is silence on its way.
    rig.player.send(Command::Volume(0.5));
    bells.recv_timeout(PATIENCE).unwrap();
    feed.write(first.len() as u64, rest).unwrap();
    bells
        .recv_timeout(PATIENCE)
        .expect("the output is told that there is more");
    let mut told = rig.events.try_iter();
    assert_eq!(told.find_map(|(_, event)| buffering(&event)), None);
}
