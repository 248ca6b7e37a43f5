//! A line of the matrix, and one cell of it.

use std::time::{Duration, Instant};

use super::world::{Cause, Side};
use super::{command, cuts, screen};
use crate::proc;
use crate::pty::Program;

/// What a fault comes to.
#[derive(Debug, Clone, Copy)]
pub enum Course {
    /// It is outlived: nothing has to be said.
    Outlived,
    /// It is told in these words, and outlived.
    Tells(&'static [&'static str]),
    /// These words stand there while it lasts. Then it goes on by itself.
    Meanwhile(&'static [&'static str]),
    /// It fails in these words. Once the fault is over, trying again by the key or the command goes well.
    Says(&'static [&'static str]),
    /// It does not fail, and yet does not come as it should while the fault lasts; trying again goes well.
    Asks(&'static [&'static str]),
    /// It has no meaning there.
    Elsewhere,
}

/// A fault, and its course at each place that it can hit.
#[derive(Debug, Clone, Copy)]
pub struct Line {
    pub fault: &'static str,
    pub cause: Cause,
    /// How the usual test run has it: one fault of each class, none that takes long.
    pub brief: Option<Cause>,
    pub list: Course,
    pub detail: Course,
    pub playing: Course,
    pub download: Course,
    pub delete: Course,
}

/// Where it hits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    List,
    Detail,
    Playing,
    Download,
    Delete,
}

impl Place {
    pub const ALL: [Self; 5] = [
        Self::List,
        Self::Detail,
        Self::Playing,
        Self::Download,
        Self::Delete,
    ];

    pub fn side(self) -> Side {
        match self {
            Self::Playing | Self::Download => Side::Media,
            Self::List | Self::Detail | Self::Delete => Side::Api,
        }
    }
}

/// One cell.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub fault: &'static str,
    pub place: Place,
    pub cause: Cause,
    pub course: Course,
}

impl Line {
    /// Its cells: all of them, or those of the usual test run.
    pub fn cases(&self, brief: bool) -> Vec<Case> {
        let cause = match brief {
            true => self.brief,
            false => Some(self.cause),
        };
        let course = |place| match place {
            Place::List => self.list,
            Place::Detail => self.detail,
            Place::Playing => self.playing,
            Place::Download => self.download,
            Place::Delete => self.delete,
        };
        let cases = cause.into_iter().flat_map(|cause| {
            Place::ALL.map(|place| Case {
                fault: self.fault,
                place,
                cause,
                course: course(place),
            })
        });
        cases
            .filter(|case| {
                !matches!(case.course, Course::Elsewhere) && case.cause.reaches(case.place.side())
            })
            .collect()
    }
}

/// How a cell went.
#[derive(Debug)]
pub struct Done {
    pub said: String,
    /// The program's highest resident set, in KiB.
    pub memory: u64,
    pub took: Duration,
}

impl Case {
    /// Runs it.
    ///
    /// # Panics
    /// When anything is not as its course says, with the screen.
    pub fn run(&self) -> Done {
        let began = Instant::now();
        let memory = match (self.cause, self.place) {
            (Cause::Cuts, place) => cuts::run(place),
            (_, Place::List) => screen::list(self),
            (_, Place::Detail) => screen::detail(self),
            (_, Place::Playing) => screen::playing(self),
            (_, Place::Download) => command::download(self),
            (_, Place::Delete) => command::delete(self),
        };
        Done {
            said: self.course.words(),
            memory,
            took: began.elapsed(),
        }
    }
}

impl Course {
    fn words(self) -> String {
        match self {
            Self::Outlived | Self::Elsewhere => "nothing: it is outlived".to_owned(),
            Self::Meanwhile(words) => {
                format!("{}, and goes on by itself", words.join(" … ").trim())
            }
            Self::Says(words) => words.join(" … "),
            Self::Tells(words) => words.join(" … "),
            Self::Asks(words) => words.join(" … "),
        }
    }
}

/// The highest resident set of a program that runs, in KiB.
pub fn most_memory(program: &Program) -> u64 {
    proc::most_memory(u32::try_from(program.pid()).unwrap()).unwrap()
}
