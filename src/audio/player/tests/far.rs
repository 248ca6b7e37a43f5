//! An output that is far ahead of the ear, and takes back what is on its way.

use super::*;

/// A second of the recording: who takes much more at once is taken for a device that races.
const FIRST: usize = 4_000;

/// Takes frames that are heard in an hour.
fn take_far(renderer: &mut Renderer) {
    let mut out = [[0.0; 2]; STEP];
    renderer.render(&mut out, Instant::now() + Duration::from_secs(3_600));
}

#[test]
fn a_gap_that_is_not_heard_yet_is_filled_without_a_word() {
    let (rung, bells) = channel();
    let rig = Rig::with(vec![Ok(())], Some(rung));
    rig.play(1, Duration::ZERO);
    let feed = rig.feed();
    feed.set_len(STEREO.len() as u64);
    let (first, rest) = STEREO.split_at(FIRST);
    feed.write(0, first).unwrap();
    let (mut renderer, _) = rig.output();
    keep_taking(&mut renderer, || rig.until(playing));
    // To the end of what has come: the player has nothing more to give when it has obeyed twice and given nothing.
    let begun = Instant::now();
    let mut volume = 0.1;
    loop {
        assert!(begun.elapsed() < PATIENCE);
        while renderer.waiting() > 0 {
            take_far(&mut renderer);
        }
        take_far(&mut renderer);
        while bells.try_recv().is_ok() {}
        for _ in 0..2 {
            // Each time another, or it would be no new order.
            volume += 0.001;
            rig.player.send(Command::Volume(volume));
            bells.recv_timeout(PATIENCE).unwrap();
        }
        if renderer.waiting() == 0 {
            break;
        }
    }
    feed.write(first.len() as u64, rest).unwrap();
    bells
        .recv_timeout(PATIENCE)
        .expect("the output is told that there is more");
    let mut told = rig.events.try_iter();
    assert_eq!(told.find_map(|(_, event)| buffering(&event)), None);
}
