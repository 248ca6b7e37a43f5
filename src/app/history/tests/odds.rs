//! Servers that contradict themselves, and accounts whose rows go on changing.

use super::*;

#[test]
fn a_server_that_repeats_itself_is_not_asked_for_ever() {
    // Offsets are said to be honoured, but every page is the first one.
    struct Liar(Server);
    let mut liar = Liar(Server::new(spread(300, 20, 1), Paging::Offset, true));
    let mut reader = Reader::new(days(30));
    reader.look(0);
    for _ in 0..2_000 {
        let Some((request, page, _)) = reader.queue.pop() else {
            // Nor is what it gives taken for all that there is.
            let known = reader.history.total().known;
            assert!(known < 300, "{known}");
            assert_eq!(reader.history.unlisted(), 300 - known);
            return;
        };
        let Start::Offset(offset) = page.start.clone() else {
            panic!("no cursors here")
        };
        let mut answer = liar.0.answer(&PageRequest {
            start: Start::FIRST,
            ..page
        });
        answer.meta.offset = Some(offset);
        let (_, effects) = reader.answered(request, answer);
        reader.carry_out(effects);
        reader.look(20);
    }
    panic!("still asking");
}

#[test]
fn every_row_is_listed_that_a_page_has_where_pages_lack_rows_that_are_counted() {
    for paging in PAGINGS {
        for totals in [true, false] {
            let mut server = Server::new(spread(310, 20, 3), paging, totals);
            server.withholds = true;
            let all = server.ids(days(29).range);
            let mut reader = Reader::new(days(29));
            // Not only from above: what is taken further below for its place comes up later.
            for goal in [None, Some(Goal::Row(190)), Some(Goal::End)] {
                if let Some(goal) = goal.clone() {
                    reader.aim(goal);
                    reader.settle(&mut server);
                }
                let seen = reader.scroll(&mut server);
                let what = format!("{paging:?}, totals {totals}, {goal:?}");
                let places: Vec<_> = seen
                    .iter()
                    .map(|id| all.iter().position(|one| one == id).unwrap())
                    .collect();
                assert!(
                    places.windows(2).all(|two| two[0] < two[1]),
                    "{what}: {places:?}"
                );
                assert_eq!(seen.len(), 310 - 16, "{what}");
                assert_eq!(reader.history.total().known, 310 - 16, "{what}");
                let unlisted = if totals { 16 } else { 0 };
                assert_eq!(reader.history.unlisted(), unlisted, "{what}");
            }
            assert!(server.requests < 400, "{paging:?}: {}", server.requests);
        }
    }
}

/// A reader who has seen rows move so often that nothing is dropped for it any more.
fn unsettled(server: &mut Server) -> Reader {
    let mut reader = Reader::new(days(29));
    reader.look(0);
    reader.settle(server);
    for place in [200, 400, 600] {
        server.rows.pop();
        reader.look(place);
        reader.settle(server);
    }
    assert_eq!(reader.history.total().known, server.rows.len());
    assert_eq!(reader.shifts, 3);
    reader
}

#[test]
fn rows_that_go_are_not_asked_for_ever_however_often_others_went_before() {
    for paging in [Paging::Offset, Paging::Hybrid] {
        let mut server = Server::new(spread(1000, 20, 1), paging, true);
        let mut reader = unsettled(&mut server);
        server.rows.truncate(890);
        reader.aim(Goal::End);
        reader.settle(&mut server);
        reader.look(960);
        reader.settle(&mut server);
        assert_eq!(reader.history.total().known, 890, "{paging:?}");
        assert!(server.requests < 100, "{paging:?}: {}", server.requests);
        assert_eq!(reader.scroll(&mut server), server.ids(days(29).range));
    }
}

#[test]
fn rows_that_come_late_are_listed_however_often_others_went_before() {
    for paging in [Paging::Offset, Paging::Hybrid] {
        let mut server = Server::new(spread(1000, 20, 1), paging, true);
        let mut reader = unsettled(&mut server);
        let oldest = server.rows.last().unwrap().0;
        for i in 1..=45 {
            let at = oldest - TimeDelta::seconds(i);
            server.rows.push((at, RecordingId::new(format!("late{i}"))));
        }
        // What is on the screen stays until it is asked for anew, and so does what was told of it.
        for shelf in &mut reader.history.parts {
            if let Part::Paged(shelf) = shelf {
                while let Some((_, place)) = shelf.oldest_use() {
                    shelf.evict(place);
                }
            }
        }
        assert_eq!(
            reader.scroll(&mut server),
            server.ids(days(29).range),
            "{paging:?}"
        );
        assert_eq!(reader.history.unlisted(), 0, "{paging:?}");
    }
}

#[test]
fn a_server_that_has_the_same_rows_everywhere_is_not_asked_for_ever() {
    let mut server = Server::new(spread(600, 20, 1), Paging::Offset, true);
    let mut reader = Reader::new(days(29));
    reader.look(0);
    reader.settle(&mut server);
    for jump in [200, 400, 100, 500, 300, 599, 40] {
        reader.look(jump);
        for _ in 0..3_000 {
            let Some((request, page, _)) = reader.queue.pop() else {
                break;
            };
            let Start::Offset(offset) = page.start.clone() else {
                panic!("no cursors here")
            };
            // Not the very first row, or it would be taken for one that ignores offsets.
            let start = Start::Offset(offset.min(1));
            let mut answer = server.answer(&PageRequest { start, ..page });
            answer.meta.offset = Some(offset);
            answer.meta.next = Some(Start::Offset(offset + 20));
            let (_, effects) = reader.answered(request, answer);
            reader.carry_out(effects);
        }
        assert!(reader.queue.is_empty(), "still asking after {jump}");
    }
}
