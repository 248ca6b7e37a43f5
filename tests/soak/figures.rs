//! What the system says of the program, between two times at which it is at rest.

use crate::proc;

/// The program at rest.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Resident, in KiB; and the part of it that was allocated.
    pub memory: u64,
    pub allocated: u64,
    pub threads: Vec<String>,
    pub descriptors: Vec<String>,
}

impl Figures {
    /// `None` once it has ended.
    pub fn of(pid: u32) -> Option<Self> {
        Some(Self {
            memory: proc::memory(pid)?,
            allocated: proc::allocated(pid)?,
            threads: proc::threads(pid),
            descriptors: proc::descriptors(pid),
        })
    }

    /// The threads and descriptors that were not there `before`.
    pub fn left_over(&self, before: &Self) -> Vec<String> {
        let threads = more(&self.threads, &before.threads);
        let descriptors = more(&self.descriptors, &before.descriptors);
        threads
            .into_iter()
            .map(|name| format!("thread {name}"))
            .chain(
                descriptors
                    .into_iter()
                    .map(|name| format!("descriptor {name}")),
            )
            .collect()
    }

    /// How much larger the program has become since, in percent.
    pub fn growth(&self, since: &Self) -> f64 {
        (self.memory as f64 / since.memory as f64 - 1.0) * 100.0
    }
}

/// What `now` has and `before` has not, each as often as it is too much.
fn more(now: &[String], before: &[String]) -> Vec<String> {
    let mut known = before.to_vec();
    let mut more = Vec::new();
    for name in now {
        match known.iter().position(|other| other == name) {
            Some(at) => {
                known.swap_remove(at);
            }
            None => more.push(name.clone()),
        }
    }
    more
}

#[test]
fn what_is_left_over_is_named_as_often_as_it_is_too_much() {
    let names = |names: &[&str]| {
        names
            .iter()
            .map(|name| (*name).to_owned())
            .collect::<Vec<_>>()
    };
    let before = Figures {
        memory: 100,
        allocated: 50,
        threads: names(&["input", "player"]),
        descriptors: names(&["/dev/pts/1", "socket", "socket"]),
    };
    let after = Figures {
        memory: 104,
        threads: names(&["input", "analysis", "analysis"]),
        descriptors: names(&["/dev/pts/1", "socket"]),
        ..before.clone()
    };
    assert_eq!(
        after.left_over(&before),
        ["thread analysis", "thread analysis"]
    );
    assert_eq!(before.left_over(&before), Vec::<String>::new());
    assert!((after.growth(&before) - 4.0).abs() < 1e-9);
}
