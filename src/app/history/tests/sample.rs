//! A sample drawn from the list is the same in every paging mode, and asks for little.

use super::*;
use crate::app::queue::Sample;
use crate::app::queue::draw::{Draw, Step};
use crate::app::queue::pick::picks;

/// Draws; the recordings in the order of the queue.
fn draw(reader: &mut Reader, server: &mut Server, sample: Sample) -> Vec<RecordingId> {
    let mut draw = Draw::new(sample);
    reader.look(0);
    for _ in 0..200_000 {
        match draw.step(&reader.history) {
            Step::Need(need) => {
                let effects = reader.history.need(need, &mut reader.ids, reader.now);
                reader.carry_out(effects);
            }
            Step::Drawn(rows) => return rows.into_iter().map(|row| row.id.clone()).collect(),
            Step::TooMany => return Vec::new(),
        }
        assert!(
            reader.step(server),
            "nothing is on its way: {}",
            draw.words(&reader.history)
        );
    }
    panic!("the draw never ends: {}", draw.words(&reader.history))
}

fn expected(server: &Server, plan: &Plan, sample: Sample) -> Vec<RecordingId> {
    let ids = server.ids(plan.range);
    let picks = picks(sample.seed, sample.size, ids.len());
    picks.into_iter().map(|row| ids[row].clone()).collect()
}

#[test]
fn the_same_seed_draws_the_same_recordings_in_every_paging_mode() {
    for paging in PAGINGS {
        for totals in [true, false] {
            for (count, size) in [(1204, 50), (1204, 3), (37, 50), (9000, 20)] {
                let mut server = Server::new(spread(count, 400, 3), paging, totals);
                let mut reader = Reader::new(days(401));
                let sample = Sample { size, seed: 7 };
                let drawn = draw(&mut reader, &mut server, sample);
                assert_eq!(drawn.len(), size.min(count));
                assert_eq!(
                    drawn,
                    expected(&server, &days(401), sample),
                    "{paging:?}, totals {totals}, {size} of {count}"
                );
            }
        }
    }
}

#[test]
fn a_long_list_is_drawn_from_by_few_requests_where_it_can_be() {
    let sample = Sample { size: 50, seed: 7 };
    for (paging, totals, most) in [
        // 14 windows, 50 rows, and the screen.
        (Paging::Offset, true, 75),
        (Paging::Hybrid, true, 75),
        // The ends of windows have to be looked for.
        (Paging::Offset, false, 500),
        // Each row has to be looked for by its time.
        (Paging::Cursor, true, 500),
    ] {
        let mut server = Server::new(spread(120_000, 400, 1), paging, totals);
        let mut reader = Reader::new(days(401));
        let drawn = draw(&mut reader, &mut server, sample);
        assert_eq!(drawn, expected(&server, &days(401), sample));
        let asked = server.requests;
        assert!(asked <= most, "{asked}, {paging:?}, totals {totals}");
    }
}

#[test]
fn a_list_without_totals_or_offsets_is_walked_once() {
    let sample = Sample { size: 50, seed: 7 };
    // One window with more pages than are kept.
    let mut server = Server::new(spread(8_000, 25, 1), Paging::Cursor, false);
    let mut reader = Reader::new(days(29));
    let drawn = draw(&mut reader, &mut server, sample);
    assert_eq!(drawn, expected(&server, &days(29), sample));
    assert!(server.requests < 410, "{}", server.requests);
}

#[test]
fn either_number_is_drawn_from_as_it_is_merged() {
    let mut server = Server::new(spread(200, 50, 1), Paging::Offset, true);
    let plan = Plan {
        either: Some("+14155550100".into()),
        ..days(60)
    };
    let mut reader = Reader::new(plan.clone());
    let sample = Sample { size: 12, seed: 99 };
    let drawn = draw(&mut reader, &mut server, sample);
    assert_eq!(drawn, expected(&server, &plan, sample));
}

#[test]
fn a_deletion_in_the_middle_of_a_draw_gives_a_sample_of_what_is_left() {
    let sample = Sample { size: 40, seed: 3 };
    let mut server = Server::new(spread(1204, 25, 1), Paging::Offset, true);
    let mut reader = Reader::new(days(29));
    let mut draw = Draw::new(sample);
    reader.look(0);
    for answers in 0..10_000 {
        if answers == 12 {
            server.rows.drain(300..320);
        }
        match draw.step(&reader.history) {
            Step::Need(need) => {
                let effects = reader.history.need(need, &mut reader.ids, reader.now);
                reader.carry_out(effects);
            }
            Step::Drawn(rows) => {
                let drawn: Vec<_> = rows.iter().map(|row| row.id.clone()).collect();
                assert_eq!(drawn, expected(&server, &days(29), sample));
                return;
            }
            Step::TooMany => break,
        }
        assert!(reader.step(&mut server));
    }
    panic!("the draw never ends")
}

#[test]
fn the_end_of_a_window_with_more_pages_than_are_kept_is_reached_without_totals() {
    let mut server = Server::new(spread(8_000, 25, 1), Paging::Cursor, false);
    let mut reader = Reader::new(days(29));
    reader.look(0);
    reader.shown(&mut server);
    reader.aim(Goal::End);
    reader.shown(&mut server);
    assert_eq!(reader.reached, Some(7_999));
    assert!(server.requests < 420, "{}", server.requests);
}
