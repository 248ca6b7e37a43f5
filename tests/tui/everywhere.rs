//! Every screen and every box over it.

use std::time::Duration;

use callreel::app::columns::{Column, Columns};
use callreel::app::jobs::{Came, Far, How, Told};
use callreel::app::marks::Keeping;
use callreel::app::queue::Sample;
use callreel::app::{Input, Message, Setup};
use callreel::audio::{self, Event};
use callreel::plivo::Error;
use callreel::store;

use crate::account::Account;
use crate::sitting::{Sitting, playing_of};
use crate::strangers::World;
use crate::{jobs, statistics};

/// What is to be seen on a screen, whatever is said on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// The list, with its columns.
    List,
    /// Frames that stand where they stand.
    Framed,
    /// A box over the panes that is as high as its text.
    Growing,
}

/// Its name, what is seen, and how it is reached.
pub type Screen = (&'static str, Shape, fn(&World) -> Sitting);

pub const LISTS: &[Screen] = &[
    ("the list", Shape::List, |world| world.list("")),
    ("its usual columns", Shape::List, |world| {
        world.listing(Columns::default().shown())
    }),
    ("its names and ids", Shape::List, |world| {
        world.listing([Column::Conference, Column::Id, Column::Call])
    }),
    ("every column", Shape::List, |world| {
        world.listing(Column::ALL)
    }),
    ("its prices", Shape::List, |world| {
        world.listing([Column::Rate, Column::Monthly, Column::Type, Column::Format])
    }),
    ("what was found", Shape::List, |world| {
        world.list("/2026-11<Enter>")
    }),
    ("sorted", Shape::List, |world| world.list("ggo")),
    ("marked and reviewed", Shape::List, |world| {
        world.list("xxjjXv")
    }),
    ("masked", Shape::List, |world| world.list("M")),
    ("a queue", Shape::List, |world| {
        world.begun(Setup {
            sample: Some(Sample { size: 7, seed: 7 }),
            ..world.setup()
        })
    }),
    ("filtered", Shape::List, |world| {
        world.begun(Setup {
            criteria: world.criteria(),
            ..world.setup()
        })
    }),
    ("nothing newer came", Shape::List, |world| {
        let host = world.says(0);
        let detail = world.says(1);
        world.failing_later("r", Error::Unreachable { host, detail })
    }),
    ("no details came", Shape::List, |world| {
        let message = world.says(0);
        world.failing_later(
            "j",
            Error::NotFound {
                message,
                api_id: None,
            },
        )
    }),
    ("something failed", Shape::List, |world| {
        world.list_and("", Message::Trouble(world.says(0)))
    }),
    ("a mistake in the configuration", Shape::List, |world| {
        world.list_and("", Message::Preferences(Err(world.says(0))))
    }),
    ("no audit log", Shape::List, |world| {
        world.list_and("<Enter>", Message::Unlogged(Some(world.says(0))))
    }),
    ("no marks", Shape::List, |world| {
        world.reviewing(
            Keeping::Opening,
            Some(store::Told::Failed(world.says(0))),
            "",
        )
    }),
    ("a view that was not saved", Shape::List, |world| {
        world.list_and("", Message::ViewSaved(Err(world.says(0))))
    }),
    ("a search", Shape::List, |world| {
        world.pasted("/", world.says(0))
    }),
    ("a time to go to", Shape::List, |world| {
        let mut sitting = world.playing("t");
        sitting.send(Message::Input(Input::Paste(world.says(0))));
        sitting
    }),
    ("a note", Shape::List, |world| {
        world.pasted("<Enter>B", world.says(0))
    }),
    ("a folder", Shape::List, |world| {
        world.pasted("d", world.says(0))
    }),
    ("a file", Shape::List, |world| {
        world.pasted("E<C-u>", world.says(0))
    }),
    ("a file that is there", Shape::List, |world| {
        let name = world.says(0).chars().take(40).collect();
        let mut sitting = world.pasted("E<C-u>x", name);
        sitting.keys("y.csv<Enter>");
        jobs::tell(&mut sitting, Told::Exists);
        sitting
    }),
    ("a view's name", Shape::List, |world| {
        world.pasted("Vs", world.says(0))
    }),
    ("playing", Shape::List, |world| world.playing("")),
    ("zoomed, with moments", Shape::List, |world| {
        world.noted("ww")
    }),
    ("trying again", Shape::List, |world| {
        let detail = world.says(0);
        world.heard(Event::Retrying { detail, attempt: 3 })
    }),
    ("no device", Shape::List, |world| {
        world.heard(Event::Device(Some(world.says(0))))
    }),
    ("no sound", Shape::List, |world| {
        world.heard(Event::Failed(audio::Error::NotAudio(world.says(0))))
    }),
    ("a job", Shape::List, |world| {
        let far = Far {
            done: 3,
            of: Some((9, true)),
            bytes: 1 << 20,
            failed: 1,
            trouble: Some((world.recording(3).id, world.says(0))),
        };
        world.told("Ad<Enter>", Told::Far(far))
    }),
    ("a job that failed", Shape::List, |world| {
        world.told("Ad<Enter>", world.ended(How::Failed(world.says(0))))
    }),
    ("a job that is done", Shape::List, |world| {
        world.told("AE<Enter>", world.ended(How::Complete))
    }),
];

pub const OTHERS: &[Screen] = &[
    ("details in the list's place", Shape::Framed, |world| {
        world.list("i")
    }),
    ("JSON", Shape::Framed, |world| world.list("iI<Tab>G")),
    ("an empty list", Shape::Framed, |world| {
        let setup = Setup {
            criteria: world.criteria(),
            ..world.setup()
        };
        Sitting::start(setup, Account::default())
    }),
    ("a refusal", Shape::Framed, |world| {
        let message = world.says(0);
        world.failing(Error::BadRequest {
            message,
            api_id: Some(world.says(1)),
        })
    }),
    ("an answer of somebody else", Shape::Framed, |world| {
        world.failing(Error::Malformed {
            detail: world.says(0),
        })
    }),
    ("the first run", Shape::Framed, |world| {
        world.begun(Setup {
            missing: Some(world.says(0)),
            ..world.setup()
        })
    }),
    ("keys", Shape::Framed, |world| world.list("?")),
    ("the log", Shape::Framed, |world| {
        let lines = (0..40).map(|place| world.says(place)).collect();
        world.list_and(":log<Enter>", Message::Log(lines))
    }),
    ("deliveries", Shape::Framed, |world| world.delivered()),
    ("statistics", Shape::Framed, |world| {
        let mut sitting = statistics::telling(world.playing(""), statistics::stereo());
        sitting.keys("S");
        sitting
    }),
    ("moments", Shape::Framed, |world| world.noted("'")),
    ("a note that is changed", Shape::Framed, |world| {
        world.noted("'e")
    }),
    ("may marks be kept?", Shape::Growing, |world| {
        let path = world.says(0);
        world.reviewing(Keeping::Ask { path }, None, "v")
    }),
    ("columns", Shape::Framed, |world| world.list("C")),
    ("views", Shape::Framed, |world| world.list("V")),
    ("no views", Shape::Framed, |world| {
        let mut setup = world.setup();
        setup.preferences.views.clear();
        let mut sitting = world.begun(setup);
        sitting.keys("V");
        sitting
    }),
    ("a view that is saved", Shape::Growing, |world| {
        let criteria = world.criteria();
        let mut sitting = world.begun(Setup {
            criteria,
            ..world.setup()
        });
        sitting.keys("Vstwo<Enter>");
        sitting
    }),
    ("profiles", Shape::Framed, |world| {
        world.profiles(world.list(""), Ok(world.accounts()))
    }),
    ("no profiles", Shape::Framed, |world| {
        world.profiles(world.list(""), Err(world.says(0)))
    }),
    ("another account?", Shape::Framed, |world| {
        let mut sitting = world.profiles(world.playing(""), Ok(world.accounts()));
        sitting.keys("jj<Enter>");
        sitting
    }),
    ("the command line", Shape::Framed, |world| {
        world.pasted(":", world.says(0))
    }),
    ("a link to a moment", Shape::Framed, |world| {
        world.pasted(":", format!("callreel play {}@1:00", world.says(0)))
    }),
    ("the filter", Shape::Framed, |world| {
        let mut sitting = world.list("f");
        for place in 0..10 {
            sitting.send(Message::Input(Input::Paste(world.says(place))));
            sitting.keys("<Tab>");
        }
        sitting.keys("<BackTab><BackTab><BackTab>");
        sitting
    }),
    ("delete these?", Shape::Growing, |world| {
        let mut sitting = world.told("xjx#", world.planned());
        sitting.send(Message::Input(Input::Paste(world.says(1))));
        sitting
    }),
    ("nothing was deleted", Shape::Growing, |world| {
        let came = Came::Deleted {
            deleted: 0,
            gone: 0,
            kept: 0,
            settled: 0,
        };
        let how = How::Failed(world.says(0));
        world.told("xjx#", jobs::end(came, how))
    }),
    ("leave it behind?", Shape::Framed, |world| {
        world.list("d<Enter>q")
    }),
    (
        "a list that plays on behind a box",
        Shape::Framed,
        |world| {
            let mut sitting = playing_of(world.setup(), world.account());
            sitting.pass(Duration::from_secs(3));
            sitting.keys("?");
            sitting
        },
    ),
];
