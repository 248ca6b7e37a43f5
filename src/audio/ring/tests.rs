#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;

const RATE: u32 = 48_000;
const MS: u64 = 1_000_000;

fn new_ring() -> (Writer, Renderer, Fault) {
    ring(RATE, std::thread::current())
}

fn block(epoch: u32, position_ms: u64, value: f32) -> Block {
    Block {
        epoch,
        position: position_ms * MS,
        span: 5 * MS,
        len: 240,
        last: false,
        gain: 1.0,
        frames: [[value, -value]; FRAMES],
    }
}

fn render(renderer: &mut Renderer, frames: usize) -> Vec<Frame> {
    let mut out = vec![[9.0; 2]; frames];
    renderer.render(&mut out, Instant::now());
    out
}

#[test]
fn blocks_come_out_in_order_and_the_position_is_that_of_the_next_frame() {
    let (mut writer, mut renderer, _) = new_ring();
    writer.set_epoch(1);
    writer.set_running(true);
    assert!(writer.push(block(1, 1000, 0.5)));
    assert!(writer.push(block(1, 1005, 0.25)));
    let out = render(&mut renderer, 360);
    assert_eq!(out[239], [0.5, -0.5]);
    assert_eq!(out[240], [0.25, -0.25]);
    let heard = writer.heard();
    assert_eq!((heard.epoch, heard.stage), (1, Stage::Sounding));
    assert_eq!(heard.position, Duration::from_micros(1_007_500));
}

#[test]
fn nothing_sounds_before_it_is_told_to_run() {
    let (mut writer, mut renderer, _) = new_ring();
    writer.set_epoch(1);
    writer.push(block(1, 0, 0.5));
    assert!(render(&mut renderer, 100).iter().all(|f| *f == [0.0; 2]));
    assert_eq!(writer.heard().stage, Stage::Hushed);
    assert_eq!(writer.heard().position, Duration::ZERO);
}

#[test]
fn a_pause_fades_in_four_milliseconds_and_loses_not_a_frame() {
    let (mut writer, mut renderer, _) = new_ring();
    writer.set_epoch(1);
    writer.set_running(true);
    for i in 0..10 {
        writer.push(block(1, i * 5, 1.0));
    }
    render(&mut renderer, 480);
    writer.set_running(false);
    let out = render(&mut renderer, 480);
    let step = out
        .windows(2)
        .map(|w| (w[0][0] - w[1][0]).abs())
        .fold(0.0, f32::max);
    assert!(step < 0.01, "a click of {step}");
    assert!(out[200..].iter().all(|f| *f == [0.0; 2]));
    let held = writer.heard();
    assert_eq!(held.stage, Stage::Hushed);
    render(&mut renderer, 480);
    assert_eq!(writer.heard().position, held.position);
    writer.set_running(true);
    render(&mut renderer, 48);
    assert_eq!(
        writer.heard().position,
        held.position + Duration::from_millis(1)
    );
}

#[test]
fn a_new_epoch_silences_the_old_one_after_a_fade_and_makes_room() {
    let (mut writer, mut renderer, _) = new_ring();
    writer.set_epoch(1);
    writer.set_running(true);
    while writer.push(block(1, 0, 1.0)) {}
    render(&mut renderer, 300);
    writer.set_epoch(2);
    let out = render(&mut renderer, 480);
    assert!(out[0][0] > 0.9);
    assert!(out[200..].iter().all(|f| *f == [0.0; 2]));
    assert_eq!(writer.heard().stage, Stage::Waiting);
    assert!(writer.free() > 20, "only {} blocks free", writer.free());
    writer.push(block(2, 60_000, 0.5));
    render(&mut renderer, 120);
    let heard = writer.heard();
    assert_eq!((heard.epoch, heard.stage), (2, Stage::Sounding));
    assert_eq!(heard.position, Duration::from_micros(60_002_500));
}

#[test]
fn a_jump_while_paused_moves_the_position_and_stays_silent() {
    let (mut writer, mut renderer, _) = new_ring();
    writer.set_epoch(1);
    writer.push(block(1, 0, 1.0));
    render(&mut renderer, 10);
    writer.set_epoch(2);
    writer.push(block(2, 9_000, 1.0));
    let out = render(&mut renderer, 10);
    assert!(out.iter().all(|f| *f == [0.0; 2]));
    let heard = writer.heard();
    assert_eq!((heard.epoch, heard.stage), (2, Stage::Hushed));
    assert_eq!(heard.position, Duration::from_secs(9));
}

#[test]
fn an_empty_ring_is_dry_and_goes_on_where_it_stopped() {
    let (mut writer, mut renderer, _) = new_ring();
    writer.set_epoch(1);
    writer.set_running(true);
    writer.push(block(1, 0, 1.0));
    let out = render(&mut renderer, 480);
    assert!(out[241..].iter().all(|f| *f == [0.0; 2]));
    assert_eq!(writer.heard().stage, Stage::Dry);
    assert_eq!(writer.heard().position, Duration::from_millis(5));
    writer.push(block(1, 5, 1.0));
    render(&mut renderer, 48);
    assert_eq!(writer.heard().stage, Stage::Sounding);
}

#[test]
fn the_end_is_told_after_the_last_frame_and_not_before() {
    let (mut writer, mut renderer, _) = new_ring();
    writer.set_epoch(1);
    writer.set_running(true);
    writer.push(Block {
        last: true,
        ..block(1, 0, 1.0)
    });
    render(&mut renderer, 240);
    assert_eq!(writer.heard().stage, Stage::Sounding);
    render(&mut renderer, 1);
    assert_eq!(writer.heard().stage, Stage::Finished);
    assert_eq!(writer.heard().position, Duration::from_millis(5));
}

#[test]
fn volume_glides() {
    let (mut writer, mut renderer, _) = new_ring();
    writer.set_epoch(1);
    writer.set_running(true);
    for i in 0..8 {
        writer.push(block(1, i * 5, 1.0));
    }
    render(&mut renderer, 240);
    writer.set_volume(0.25);
    let out = render(&mut renderer, 960);
    let step = out
        .windows(2)
        .map(|w| (w[0][0] - w[1][0]).abs())
        .fold(0.0, f32::max);
    assert!(step < 0.005, "a step of {step}");
    assert_eq!(out[959], [0.25, -0.25]);
}

#[test]
fn louder_than_recorded_is_what_was_made_so_and_the_change_glides() {
    let (mut writer, mut renderer, _) = new_ring();
    writer.set_epoch(1);
    writer.set_running(true);
    for i in 0..6 {
        writer.push(block(1, i * 5, 0.4));
    }
    for i in 6..12 {
        let gain = 2.0;
        writer.push(Block {
            gain,
            ..block(1, i * 5, 0.8)
        });
    }
    render(&mut renderer, 480);
    writer.set_volume(2.0);
    let out = render(&mut renderer, 2_400);
    assert_eq!(out[900], [0.4, -0.4], "made for a volume of 1");
    assert_eq!(out[2_399], [0.8, -0.8]);
    let step = out
        .windows(2)
        .map(|w| (w[0][0] - w[1][0]).abs())
        .fold(0.0, f32::max);
    assert!(step < 0.005, "a step of {step}");
}

#[test]
fn a_fault_wakes_the_player_once_and_stays() {
    let (writer, _renderer, fault) = new_ring();
    assert!(!writer.is_faulty());
    fault.raise();
    fault.raise();
    assert!(writer.is_faulty());
}

#[test]
fn gathering_leaves_out_silence_and_takes_as_long() {
    let (mut writer, mut renderer, _) = new_ring();
    let mut out = vec![[9.0; 2]; 1_000];
    writer.set_epoch(1);
    writer.push(block(1, 0, 0.5));
    assert_eq!(renderer.gather(&mut out, Instant::now()), 0);
    writer.set_running(true);
    assert_eq!(renderer.gather(&mut out, Instant::now()), 240);
    assert_eq!(out[239], [0.5, -0.5]);
    assert_eq!(writer.pulled(), 2_000);
    assert_eq!(writer.heard().stage, Stage::Dry);
}

/// What can be ordered, and the blocks that come with it.
#[derive(Debug, Clone, Copy)]
enum Order {
    Running(bool),
    Volume(f32),
    /// Jumps to a new epoch with so many blocks, the last of which may be the end.
    Jump(usize, bool),
}

fn obey(writer: &mut Writer, order: Order) {
    match order {
        Order::Running(running) => writer.set_running(running),
        Order::Volume(volume) => writer.set_volume(volume),
        Order::Jump(blocks, ends) => {
            let epoch = writer.shared.orders.epoch.load(Ordering::Relaxed) + 1;
            writer.set_epoch(epoch);
            for i in 0..blocks {
                let at = u64::from(epoch) * 10_000 + i as u64 * 5;
                let mut block = block(epoch, at, 0.0);
                block.last = ends && i + 1 == blocks;
                for (frame, sample) in block.frames.iter_mut().enumerate() {
                    *sample = [(at + 1) as f32 + frame as f32 / 1_000.0; 2];
                }
                writer.push(block);
            }
        }
    }
}

fn order() -> impl proptest::strategy::Strategy<Value = Order> {
    use proptest::prelude::*;
    prop_oneof![
        any::<bool>().prop_map(Order::Running),
        (0.0_f32..1.5).prop_map(Order::Volume),
        (0_usize..6, any::<bool>()).prop_map(|(blocks, ends)| Order::Jump(blocks, ends)),
    ]
}

const GRAIN: usize = 64;

proptest::proptest! {
    /// An output that is 40 ms ahead and takes back what is not heard at every order is heard as one that is not ahead at all.
    #[test]
    fn what_is_taken_back_is_as_if_it_had_never_been(
        orders in proptest::collection::vec((1_usize..60, order()), 1..12),
    ) {
        let [mut late, mut soon] = [(); 2].map(|()| new_ring());
        soon.1 = soon.1.with_memory(1_920, GRAIN);
        for (writer, _, _) in [&mut late, &mut soon] {
            obey(writer, Order::Jump(6, false));
            writer.set_running(true);
        }
        let (mut heard, mut on_its_way) = (Vec::new(), std::collections::VecDeque::new());
        let mut reference = Vec::new();
        for (grains, order) in orders {
            for _ in 0..grains {
                reference.extend(render(&mut late.1, GRAIN));
                while on_its_way.len() < 1_920 {
                    on_its_way.extend(render(&mut soon.1, GRAIN));
                }
                heard.extend(on_its_way.drain(..GRAIN));
            }
            let pulled = soon.0.pulled() - on_its_way.len() as u64;
            proptest::prop_assert_eq!(soon.1.take_back(on_its_way.len()), on_its_way.len());
            proptest::prop_assert_eq!(soon.0.pulled(), pulled);
            on_its_way.clear();
            obey(&mut late.0, order);
            obey(&mut soon.0, order);
        }
        proptest::prop_assert_eq!(heard, reference);
        for (_, renderer, _) in [&mut late, &mut soon] {
            render(renderer, GRAIN);
        }
        let [late, soon] = [late.0.heard(), soon.0.heard()];
        proptest::prop_assert_eq!(
            (soon.epoch, soon.stage, soon.position),
            (late.epoch, late.stage, late.position)
        );
    }
}

#[test]
fn no_more_is_taken_back_than_is_remembered() {
    let (mut writer, renderer, _) = new_ring();
    let mut renderer = renderer.with_memory(10 * GRAIN, GRAIN);
    obey(&mut writer, Order::Jump(20, false));
    writer.set_running(true);
    for _ in 0..30 {
        render(&mut renderer, GRAIN);
    }
    assert_eq!(renderer.take_back(usize::MAX), 10 * GRAIN);
    assert_eq!(renderer.take_back(usize::MAX), 0);
    render(&mut renderer, GRAIN);
    assert_eq!(renderer.take_back(GRAIN - 1), 0);
    let (_, mut forgetful, _) = new_ring();
    render(&mut forgetful, GRAIN);
    assert_eq!(forgetful.take_back(GRAIN), 0);
}

#[test]
fn the_bell_rings_for_what_is_new_and_not_for_what_was_ordered_before() {
    use std::sync::atomic::AtomicUsize;
    let (writer, _renderer, _) = new_ring();
    let rung = Arc::new(AtomicUsize::new(0));
    let theirs = Arc::clone(&rung);
    let writer = writer.with_bell(move || {
        theirs.fetch_add(1, Ordering::Relaxed);
    });
    for _ in 0..2 {
        writer.set_epoch(7);
        writer.set_running(true);
        writer.set_volume(0.5);
    }
    assert_eq!(rung.load(Ordering::Relaxed), 3);
}

#[test]
fn the_bell_rings_for_a_block_that_silence_stands_in_place_of() {
    let (rung, bells) = std::sync::mpsc::channel();
    let (writer, mut renderer, _) = new_ring();
    let mut writer = writer.with_bell(move || {
        let _ = rung.send(());
    });
    let rings = |writer: &mut Writer, at| {
        bells.try_iter().for_each(drop);
        writer.push(block(
            writer.shared.orders.epoch.load(Ordering::Relaxed),
            at,
            0.5,
        ));
        bells.try_recv().is_ok()
    };
    writer.set_epoch(1);
    assert!(
        !rings(&mut writer, 0),
        "it is hushed, so nothing is missing"
    );
    writer.set_running(true);
    render(&mut renderer, 2 * GRAIN);
    assert!(!rings(&mut writer, 5), "it sounds");
    render(&mut renderer, 1_000);
    assert!(rings(&mut writer, 10), "it ran dry");
    render(&mut renderer, 2 * GRAIN);
    writer.set_epoch(2);
    render(&mut renderer, 1_000);
    assert!(rings(&mut writer, 0), "nothing of the new epoch has come");
}
