//! Every fault at every place that it can hit: what is said, that nothing is lost, that it recovers, that memory stays bounded.
//!
//! `make matrix` runs the whole and prints it as a table; the usual test run has one fault of each class. `ONLY=TEXT` runs the
//! lines whose fault has this text in its name.

#![allow(clippy::print_stdout, reason = "the table is for people")]

mod case;
mod command;
mod cuts;
mod screen;
mod table;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use case::{Case, Done};
use table::LINES;

/// Cells at a time: they mostly wait.
const AT_A_TIME: usize = 6;
/// What a program may hold at most, whatever goes wrong, in KiB (debug build).
const MOST_MEMORY: u64 = 48 * 1024;
/// What it holds at least, in KiB: with less it was not measured, or before it was loaded.
const LEAST_MEMORY: u64 = 4 * 1024;

type Ran = (Case, Result<Done, String>);

/// Runs them all, a few at a time; in their order.
fn run(cases: &[Case]) -> Vec<Ran> {
    let next = Mutex::new(0..cases.len());
    let ran = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let Some(at) = next.lock().unwrap().next() else {
                        return;
                    };
                    let done = catch_unwind(AssertUnwindSafe(|| cases[at].run()));
                    let done = done.map_err(|panic| {
                        let words = panic.downcast_ref::<String>().cloned();
                        let fixed = || Some((*panic.downcast_ref::<&str>()?).to_owned());
                        words.or_else(fixed).unwrap_or_default()
                    });
                    ran.lock().unwrap().push((at, done));
                }
            });
        }
    });
    let mut ran = ran.into_inner().unwrap();
    ran.sort_by_key(|(at, _)| *at);
    ran.into_iter()
        .map(|(at, done)| (cases[at], done))
        .collect()
}

fn print(ran: &[Ran]) {
    println!("| fault | hits | what is said | most memory | took | |");
    println!("|---|---|---|---|---|---|");
    for (case, done) in ran {
        let place = format!("{:?}", case.place).to_lowercase();
        match done {
            Ok(done) => println!(
                "| {} | {place} | {} | {} MB | {} s | ok |",
                case.fault,
                done.said,
                done.memory / 1024,
                done.took.as_secs()
            ),
            Err(words) => println!(
                "| {} | {place} | | | | FAILED: {} |",
                case.fault,
                words.lines().next().unwrap_or_default()
            ),
        }
    }
}

fn assert_all(ran: &[Ran]) {
    let mut failed = Vec::new();
    for (case, done) in ran {
        let name = format!("{} at {:?}", case.fault, case.place);
        match done {
            Ok(done) if done.memory > MOST_MEMORY => {
                failed.push(format!("{name} took {} KiB", done.memory))
            }
            Ok(done) if done.memory < LEAST_MEMORY => {
                failed.push(format!("{name} was not measured: {} KiB", done.memory))
            }
            Ok(_) => {}
            Err(words) => failed.push(format!("{name}: {words}")),
        }
    }
    assert!(
        failed.is_empty(),
        "{} failed:\n{}",
        failed.len(),
        failed.join("\n\n")
    );
}

fn cases(brief: bool) -> Vec<Case> {
    let only = std::env::var("ONLY").unwrap_or_default();
    let lines = LINES.iter().filter(|line| line.fault.contains(&only));
    let mut cases: Vec<_> = lines.flat_map(|line| line.cases(brief)).collect();
    // What waits longest begins first.
    cases.sort_by_key(|case| std::cmp::Reverse(case.cause.is_long()));
    cases
}

#[test]
fn one_fault_of_each_class_is_told_and_outlived() {
    let ran = run(&cases(true));
    print(&ran);
    assert_all(&ran);
}

#[test]
#[ignore = "a quarter of an hour: make matrix"]
fn the_whole_matrix_is_told_and_outlived() {
    let ran = run(&cases(false));
    print(&ran);
    assert_all(&ran);
}
