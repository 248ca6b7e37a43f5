//! A run of the whole: so many minutes, and how the program must be at their end.

use std::time::{Duration, Instant};

use super::plan::Plan;
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
    let start = Instant::now();
    let mut warm = None;
    for (step, gap) in Plan::new(seed) {
        if start.elapsed() >= length.whole {
            break;
        }
        sitting.take(step, gap);
        if warm.is_none() && start.elapsed() >= length.warm {
            warm = Some(sitting.rest());
        }
    }
    let warm = warm.unwrap();
    let last = sitting.rest_as(&first);
    let growth = last.growth(&warm);
    eprintln!(
        "{} steps in {} s, {} KB drawn, {}; resident {} → {} → {} KiB ({growth:+.1} % since it was warm), allocated {} → {} → {} \
         KiB; {} threads, {} descriptors; the slowest reaction took {} ms",
        sitting.done,
        start.elapsed().as_secs(),
        sitting.written / 1_000,
        sitting.asked(),
        first.memory,
        warm.memory,
        last.memory,
        first.allocated,
        warm.allocated,
        last.allocated,
        last.threads.len(),
        last.descriptors.len(),
        sitting.slowest.as_millis()
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
