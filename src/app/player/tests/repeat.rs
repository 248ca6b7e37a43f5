use super::*;

#[test]
fn three_presses_mark_a_loop_and_let_it_go() {
    let mut bench = Bench::playing();
    bench.wait(secs(10));
    let (words, effects) = bench.player.mark_repeat(bench.now);
    assert_eq!(effects, []);
    assert!(words.starts_with("loop from 0:10"), "{words}");
    bench.wait(secs(5));
    let (words, effects) = bench.player.mark_repeat(bench.now);
    let part = secs(10)..secs(15);
    assert_eq!(
        effects,
        [Effect::Loop(Some(part.clone())), Effect::Seek(secs(10))]
    );
    assert!(words.starts_with("loop 0:10–0:15"), "{words}");
    bench.tell_playing(secs(10));
    bench.wait(secs(12));
    // Told or not, it has turned twice.
    assert_eq!(bench.position(), secs(12));
    bench.tell_playing(secs(12));
    bench.wait(secs(1));
    let (_, effects) = bench.player.mark_repeat(bench.now);
    assert_eq!(effects, [Effect::Loop(None)]);
    bench.wait(secs(4));
    assert_eq!(bench.position(), secs(17));
    assert_eq!(bench.player.repeat(), &Repeat::Off);
}

#[test]
fn an_end_before_the_start_is_the_start_and_one_upon_it_is_refused() {
    let mut bench = Bench::playing();
    bench.wait(secs(10));
    bench.player.mark_repeat(bench.now);
    let (words, effects) = bench.player.mark_repeat(bench.now);
    assert_eq!(effects, []);
    assert!(words.contains("must come later"), "{words}");
    bench.player.seek_to(secs(7), bench.now);
    let (_, effects) = bench.player.mark_repeat(bench.now);
    assert_eq!(
        effects,
        [Effect::Loop(Some(secs(7)..secs(10))), Effect::Seek(secs(7))]
    );
    // What lies behind the loop and is jumped to plays on.
    bench.player.seek_to(secs(20), bench.now);
    bench.tell_playing(secs(20));
    bench.wait(secs(5));
    assert_eq!(bench.position(), secs(25));
    bench.play_it();
    assert_eq!(bench.player.repeat(), &Repeat::Off);
}
