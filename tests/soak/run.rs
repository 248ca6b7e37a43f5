//! A run of the whole: so many minutes, and how the program must be at their end.

use std::time::Duration;

use super::plan::{Plan, Step};
use super::sitting::Sitting;

/// What one run is held to.
struct Length {
    /// From when on the program must not grow, and when it ends.
    warm: Duration,
    whole: Duration,
    /// In percent of what it held when it was warm.
    growth: f64,
}

fn from_env(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{name}={text} is no number")),
    )
}

fn soak(length: &Length) {
    let seed = from_env("SEED").unwrap_or_else(|| fastrand::u64(..1_000_000));
    eprintln!("SEED={seed}");
    let mut sitting = Sitting::start(seed);
    let first = sitting.rest();
    for (step, gap) in Plan::new(seed) {
        let is_look = step == Step::Look;
        sitting.take(step, gap);
        if is_look && sitting.began.elapsed() >= length.whole {
            break;
        }
    }
    sitting.rest_as(&first);
    let looks = &sitting.looks;
    let warm = looks.iter().find(|(at, _)| *at >= length.warm);
    let (warm, last) = (&warm.unwrap().1, &looks.last().unwrap().1);
    let growth = last.growth(warm);
    eprintln!(
        "{} steps in {} s, {} KB drawn, {}; {} threads, {} descriptors; the slowest reaction took {} ms",
        sitting.done,
        sitting.began.elapsed().as_secs(),
        sitting.written / 1_000,
        sitting.asked(),
        last.threads.len(),
        last.descriptors.len(),
        sitting.slowest.as_millis()
    );
    let sizes: Vec<_> = looks
        .iter()
        .map(|(at, figures)| {
            format!(
                "{} s {}+{}",
                at.as_secs(),
                figures.allocated / 1024,
                (figures.memory - figures.allocated) / 1024
            )
        })
        .collect();
    eprintln!(
        "MB allocated and mapped at rest: {}; {growth:+.1} % since it was warm",
        sizes.join(", ")
    );
    assert!(
        growth <= length.growth,
        "it grew by {growth:.1} %, more than {} %",
        length.growth
    );
    sitting.leave();
}

/// A minute is too short to tell growth from what is used for the first time: it has a wide bound, and finds the rest.
#[test]
fn a_minute_of_keys_sizes_and_faults_leaves_nothing_behind() {
    soak(&Length {
        warm: Duration::from_secs(30),
        whole: Duration::from_secs(60),
        growth: 25.0,
    });
}

#[test]
#[ignore = "twenty minutes: make soak"]
fn twenty_minutes_of_keys_sizes_and_faults_leave_nothing_behind() {
    let minutes = from_env("MINUTES").unwrap_or(20);
    soak(&Length {
        warm: Duration::from_secs(120),
        whole: Duration::from_secs(60 * minutes),
        growth: 5.0,
    });
}
