//! Connections that break at each of twenty places of what they bring: every one is taken up again, and nobody is told.

use callreel::emulator::Special;

use super::case::{Place, most_memory};
use super::command;
use super::world::{Cause, World};
use crate::suite::account::{foot, id, on_row, open, set, shows};
use crate::suite::panel::{panel_says, play};

const PLACES: u64 = 20;
const SOUND: Special = Special::Whole("support-stereo-cbr32");

/// The places of something so long, its first and its last byte among them.
fn places(length: u64) -> impl Iterator<Item = u64> {
    (0..PLACES).map(move |place| place * (length - 1) / (PLACES - 1))
}

/// The highest resident set, in KiB.
pub fn run(place: Place) -> u64 {
    let world = World::new(Cause::Cuts, place.side(), None);
    match place {
        Place::List => list(&world),
        Place::Detail => detail(&world),
        Place::Playing => playing(&world),
        Place::Download => download(&world),
        Place::Delete => delete(&world),
    }
}

/// A page of more than 15 KB: each time a recording less, which proves the page.
fn list(world: &World) -> u64 {
    let emulator = world.emulator();
    let mut program = open(emulator, &[]).patience(world.patience()).spawn();
    shows(&program, &emulator.recordings(0, 1)[0]);
    let mut before = 0;
    for at in places(15_000) {
        // What is given up when the list is loaded anew must not be what is cut.
        program.wait_until("the page behind has come", || page_behind(world, before));
        emulator.delete(id(&emulator.recordings(0, 1)[0]));
        before = emulator.requests().len();
        set(emulator, &format!("api:cut={at}*1"));
        program.keys("rg");
        on_row(&program, &emulator.recordings(0, 1)[0]);
        assert!(!foot(&program.shown()).contains('!'), "cut at {at}");
        assert!(was_cut(world, before, at), "no answer was cut at {at}");
    }
    most_memory(&program)
}

/// Whether the second page, which is asked for with the first, came after so many requests, and nothing more is asked for.
fn page_behind(world: &World, before: usize) -> bool {
    let requests = world.emulator().requests();
    let since = requests.get(before..).unwrap_or_default();
    let is_second = |query: &Option<String>| query.as_ref().is_some_and(|q| q.contains("cursor="));
    since.iter().all(|request| request.finished)
        && since.iter().any(|request| is_second(&request.query))
}

/// Whether an answer after so many requests ended after so many bytes.
fn was_cut(world: &World, before: usize, at: u64) -> bool {
    let requests = world.emulator().requests();
    let since = requests.get(before..).unwrap_or_default();
    since
        .iter()
        .any(|request| request.bytes == at && !request.faults.is_empty())
}

fn detail(world: &World) -> u64 {
    let emulator = world.emulator();
    let rows = emulator.recordings(30, PLACES as usize);
    let mut program = open(emulator, &[])
        .size(140, 40)
        .patience(world.patience())
        .spawn();
    shows(&program, &emulator.recordings(0, 1)[0]);
    // Where the list still asked for pages, these would be cut, again and again, and it would give up.
    program.keys(":56\r");
    on_row(&program, &emulator.recordings(55, 1)[0]);
    program.wait_for_rest();
    for ((number, row), at) in rows.iter().enumerate().zip(places(700)) {
        set(emulator, &format!("api:cut={at}*1"));
        let (before, asked) = (emulator.requests().len(), world.asked());
        program.keys(&format!(":{}\r", 31 + number));
        on_row(&program, row);
        drop(program.wait("the details", |shown| {
            let text = shown.text();
            text.contains("api_id") && text.contains(id(row)) && !text.contains(" ! ")
        }));
        assert!(was_cut(world, before, at), "no answer was cut at {at}");
        assert!(
            world.asked() >= asked + 2,
            "cut at {at} and not asked for again"
        );
    }
    most_memory(&program)
}

fn playing(world: &World) -> u64 {
    let emulator = world.emulator();
    let row = emulator.special(SOUND).unwrap();
    let length = emulator.file(id(&row)).unwrap().len() as u64;
    let mut program = open(emulator, &[]).patience(world.patience()).spawn();
    shows(&program, &emulator.recordings(0, 1)[0]);
    for at in places(length) {
        set(emulator, &format!("media:cut={at}*1"));
        let (before, asked) = (emulator.requests().len(), world.asked());
        play(&mut program, emulator, SOUND);
        panel_says(&program, &["▶", "buffered 100 %"]);
        assert!(was_cut(world, before, at), "no answer was cut at {at}");
        assert!(
            world.asked() >= asked + 2,
            "cut at {at} and not asked for again"
        );
        program.keys("z");
        drop(program.wait("stopped", |shown| !shown.text().contains("buffered")));
    }
    most_memory(&program)
}

fn download(world: &World) -> u64 {
    let emulator = world.emulator();
    let row = emulator.special(SOUND).unwrap();
    let wanted = emulator.file(id(&row)).unwrap();
    let mut most = 0;
    for at in places(wanted.len() as u64) {
        set(emulator, &format!("media:cut={at}*1"));
        let (before, asked) = (emulator.requests().len(), world.asked());
        let home = tempfile::tempdir().unwrap();
        let mut program =
            command::run(world, home.path(), &["download", "--to", "calls", id(&row)]);
        let (code, memory) = command::end(&mut program);
        assert_eq!(code, 0, "cut at {at}: {}", program.shown().text());
        assert!(command::is_there(home.path(), &wanted));
        assert!(was_cut(world, before, at), "no answer was cut at {at}");
        assert!(
            world.asked() >= asked + 2,
            "cut at {at} and not asked for again"
        );
        most = most.max(memory);
    }
    most
}

/// The answer to a deletion is empty: what is cut is, in turns, the look before it, which is asked for again, and the look whether it is
/// gone, whose status says so without its body.
fn delete(world: &World) -> u64 {
    let emulator = world.emulator();
    let rows = emulator.recordings(30, PLACES as usize);
    let home = tempfile::tempdir().unwrap();
    let mut most = 0;
    for ((number, row), at) in rows.iter().enumerate().zip(places(700)) {
        let (at, which, wanted) = match number % 2 {
            0 => (at, "", 4),
            _ => (at % 100, "/3", 3),
        };
        let before = emulator.requests().len();
        set(emulator, &format!("api:cut={at}{which}*1"));
        let arguments = ["delete", id(row), "--yes", "--expect", "1"];
        let mut program = command::run(world, home.path(), &arguments);
        let (code, memory) = command::end(&mut program);
        assert_eq!(code, 0, "cut at {at}: {}", program.shown().text());
        assert!(!world.has(id(row)), "cut at {at}");
        assert!(was_cut(world, before, at), "no answer was cut at {at}");
        let asked = emulator.requests().len() - before;
        assert_eq!(asked, wanted, "cut at {at}{which}");
        most = most.max(memory);
    }
    most
}
