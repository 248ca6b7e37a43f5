//! Export, download and deletion from the screen: what is asked, what is begun, how it goes and ends. The runtime is played here.

use std::time::Duration;

use callreel::app::jobs::{Came, End, Far, Folder, Form, How, Planned, Told, Work};
use callreel::app::picks::Chosen;
use callreel::app::{Effect, JobId, Message, Signal, Theme};
use callreel::plivo::RecordingId;

use crate::account::{Account, added, recording};
use crate::sitting::{Sitting, playing, setup};

fn last_line(sitting: &mut Sitting) -> String {
    sitting.text().lines().last().unwrap().to_owned()
}

fn begun(sitting: &Sitting) -> Vec<(JobId, Work)> {
    let begun = sitting.effects.iter().filter_map(|effect| match effect {
        Effect::Begin { job, work } => Some((*job, work.clone())),
        _ => None,
    });
    begun.collect()
}

/// The job begun last.
fn job(sitting: &Sitting) -> JobId {
    begun(sitting).last().unwrap().0
}

pub fn tell(sitting: &mut Sitting, told: Told) {
    let job = job(sitting);
    sitting.send(Message::Job(job, told));
}

fn ids(chosen: &Chosen) -> Vec<RecordingId> {
    match chosen {
        Chosen::Rows(rows) => rows.iter().map(|row| row.id.clone()).collect(),
        Chosen::All { .. } => panic!("single rows"),
    }
}

pub fn end(came: Came, how: How) -> Told {
    Told::Ended(End {
        came,
        place: "/home/me/calls".into(),
        how,
    })
}

fn downloaded(archived: u64, failed: u64) -> Came {
    Came::Downloaded {
        archived,
        present: 0,
        no_audio: 0,
        failed,
    }
}

pub fn planned(count: u64) -> Told {
    Told::Planned(Box::new(Planned {
        count,
        seen: 0,
        length: Duration::from_secs(118),
        unknown: 1,
        oldest: Some(added(3)),
        newest: Some(added(0)),
        done: 0,
        unsettled: 0,
        unnamed: 0,
        takes: Duration::from_secs(8),
        receipts: "~/.local/state/callreel/deletions.ndjson".into(),
    }))
}

fn gone(rows: &[usize]) -> Told {
    let gone = |row: &usize| (recording(*row).id, recording(*row).added);
    Told::Gone(rows.iter().map(gone).collect())
}

/// The account deletes these too.
fn delete(sitting: &mut Sitting, rows: &[usize]) {
    let gone: Vec<_> = rows.iter().map(|row| recording(*row).id).collect();
    sitting
        .account
        .recordings
        .retain(|row| !gone.contains(&row.id));
}

#[test]
fn d_asks_for_the_folder_and_downloads_what_is_marked_else_the_row() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("jd");
    assert!(last_line(&mut sitting).starts_with(" download 1 to ~/calls"));
    sitting.keys("<Esc>");
    assert!(begun(&sitting).is_empty());
    sitting.keys("gxxd<C-u>/srv/a<Enter>");
    let (_, work) = begun(&sitting).pop().unwrap();
    let Work::Download { chosen, to } = work else {
        panic!("a download");
    };
    assert_eq!(to, "/srv/a");
    assert_eq!(ids(&chosen), [recording(0).id, recording(1).id]);
    tell(&mut sitting, end(downloaded(2, 0), How::Complete));
    // The folder is remembered for the next.
    sitting.keys("d");
    assert!(last_line(&mut sitting).starts_with(" download 2 to /srv/a"));
}

#[test]
fn the_folder_of_the_configuration_is_offered_until_another_was_used() {
    let mut setup = setup(80, 24);
    setup.preferences.downloads = Folder::new("/srv/first").unwrap();
    let mut preferences = setup.preferences.clone();
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.keys("d");
    assert!(last_line(&mut sitting).starts_with(" download 1 to /srv/first"));
    sitting.keys("<Esc>");
    preferences.downloads = Folder::new("/srv/second").unwrap();
    sitting.send(Message::Preferences(Ok(Box::new(preferences))));
    sitting.keys("d");
    assert!(last_line(&mut sitting).starts_with(" download 1 to /srv/second"));
    for wrong in ["", "  ", "a\u{1b}b", &"x".repeat(201)] {
        assert_eq!(Folder::new(wrong), None, "{wrong}");
    }
}

#[test]
fn a_second_job_is_refused_with_the_key_that_stops_the_first() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("d<Enter>");
    for key in ["d", "E", "#"] {
        sitting.keys(key);
        assert_eq!(
            last_line(&mut sitting),
            " a download is under way: Ctrl-x stops it"
        );
    }
    assert_eq!(begun(&sitting).len(), 1);
    sitting.keys("<C-x><C-x>");
    let stops = sitting
        .effects
        .iter()
        .filter(|effect| matches!(effect, Effect::StopJob(_)));
    assert_eq!(stops.count(), 1);
    assert!(sitting.text().contains("Stopping after what is under way"));
    tell(&mut sitting, end(downloaded(0, 0), How::Stopped));
    assert!(sitting.text().contains("stopped · 0 in the archive"));
    sitting.keys("d");
    assert!(last_line(&mut sitting).starts_with(" download 1 to"));
}

#[test]
fn the_pane_tells_how_it_goes_while_the_list_is_browsed_and_its_last_line_stays() {
    for (width, height) in [(80, 24), (140, 40), (40, 10)] {
        let mut setup = setup(width, height);
        setup.preferences.theme = Theme::Mono;
        let mut sitting = playing(setup);
        sitting.keys("Ad<Enter>");
        for second in 0..4 {
            sitting.pass(Duration::from_secs(1));
            let far = Far {
                done: 5 * second + 5,
                of: Some((90, false)),
                bytes: 400_000 * second,
                failed: 1,
                trouble: Some((
                    recording(3).id,
                    "the media server has no such file (404)".into(),
                )),
            };
            tell(&mut sitting, Told::Far(far));
        }
        sitting.keys("jj");
        sitting.pass(Duration::from_secs(11));
        insta::assert_snapshot!(format!("under_way_{width}x{height}"), sitting.text());
        tell(&mut sitting, end(downloaded(88, 2), How::Complete));
        insta::assert_snapshot!(format!("ended_{width}x{height}"), sitting.text());
        sitting.keys("<Esc>");
        assert!(!sitting.text().contains("in the archive"));
    }
}

#[test]
fn e_exports_what_is_marked_else_all_that_is_listed_by_the_ending_of_the_name() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("E");
    assert!(last_line(&mut sitting).starts_with(" export 90 to recordings-2026-11-23.csv"));
    sitting.keys("<C-u>x.txt<Enter>");
    assert!(last_line(&mut sitting).contains("! end the name in .csv, .tsv, .json or .ndjson"));
    assert!(begun(&sitting).is_empty());
    sitting.keys("<C-u>x.ndjson<Enter>");
    let (_, work) = begun(&sitting).pop().unwrap();
    let Work::Export {
        chosen,
        form,
        replace,
        ..
    } = work
    else {
        panic!("an export");
    };
    assert!(matches!(chosen, Chosen::All { but, counted: Some(90), .. } if but.is_empty()));
    assert_eq!((form, replace), (Form::Ndjson, false));
    // It is there: taken once more as it is, it is replaced.
    tell(&mut sitting, Told::Exists);
    assert!(last_line(&mut sitting).contains("export 90 to x.ndjson"));
    assert!(last_line(&mut sitting).contains("! it is there: ⏎ replaces it"));
    sitting.keys("<Backspace>");
    assert!(!last_line(&mut sitting).contains("replaces"));
    sitting.keys("n<Enter>");
    let (_, work) = begun(&sitting).pop().unwrap();
    assert!(matches!(work, Work::Export { replace: true, .. }));
    tell(
        &mut sitting,
        end(Came::Exported { rows: 90 }, How::Complete),
    );
    assert!(sitting.text().contains("90 recordings · /home/me/calls"));
}

#[test]
fn a_masked_screen_says_that_an_export_holds_what_it_hides() {
    let mut setup = setup(80, 24);
    setup.masked = true;
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.keys("E");
    assert!(last_line(&mut sitting).contains("numbers and names too"));
}

#[test]
fn deleting_shows_what_it_would_and_needs_the_sentence() {
    for (width, height) in [(80, 24), (140, 40)] {
        let mut sitting = Sitting::new(width, height);
        sitting.keys("xjxjxG#");
        assert!(sitting.text().contains("looking at 3 marked"));
        sitting.keys("<Enter>");
        tell(&mut sitting, planned(3));
        insta::assert_snapshot!(format!("delete_{width}x{height}"), sitting.text());
        sitting.keys("delete 4 from MA...QUU<Enter>");
        assert!(sitting.text().contains("! that is another sentence"));
        let confirmed = |sitting: &Sitting| {
            let confirms = sitting.effects.iter();
            confirms
                .filter(|effect| matches!(effect, Effect::Confirm(_)))
                .count()
        };
        assert_eq!(confirmed(&sitting), 0);
        sitting.keys("<C-u>delete 3 from MA...QUU<Enter>");
        assert_eq!(confirmed(&sitting), 1);
        assert!(sitting.text().contains("Deleting for good"));
    }
}

#[test]
fn escape_leaves_all_as_it_was() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("xx#");
    tell(&mut sitting, planned(2));
    sitting.keys("delete 2 from MA...QUU<Esc>");
    let stopped = Effect::StopJob(job(&sitting));
    assert!(sitting.effects.contains(&stopped));
    assert!(!sitting.effects.contains(&Effect::Confirm(job(&sitting))));
    let text = sitting.text();
    assert!(text.contains("2 marked") && !text.contains("Delete for good?"));
    // What comes late counts for nothing.
    tell(&mut sitting, planned(2));
    assert!(!sitting.text().contains("Delete for good?"));
    sitting.keys("d<Enter>");
    assert_eq!(begun(&sitting).len(), 2);
}

#[test]
fn a_pasted_sentence_is_not_typed() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("#");
    tell(&mut sitting, planned(1));
    let pasted = "delete 1 from MA…QUU".to_owned();
    sitting.send(Message::Input(callreel::app::Input::Paste(pasted)));
    sitting.keys("<Enter>");
    assert!(!sitting.effects.contains(&Effect::Confirm(job(&sitting))));
}

#[test]
fn what_keeps_a_deletion_from_being_asked_stands_in_the_question() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("#");
    let came = Came::Deleted {
        deleted: 0,
        gone: 0,
        kept: 0,
        settled: 0,
    };
    tell(
        &mut sitting,
        end(came, How::Failed("the list broke off".into())),
    );
    assert!(
        sitting
            .text()
            .contains("! nothing was deleted: the list broke off")
    );
    sitting.keys("<Enter><Esc>");
    assert!(!sitting.text().contains("Delete for good?"));
    sitting.keys("#");
    tell(&mut sitting, planned(0));
    assert!(!sitting.text().contains("To delete them, type"));
}

#[test]
fn deleted_rows_say_so_and_leave_the_list_and_what_plays_goes_on() {
    let mut sitting = playing(setup(80, 24));
    sitting.keys("gxxx#");
    tell(&mut sitting, planned(3));
    sitting.keys("delete 3 from MA...QUU<Enter>");
    tell(&mut sitting, gone(&[0, 2]));
    let text = sitting.text();
    assert_eq!(text.matches(" deleted  ").count(), 2, "{text}");
    assert!(text.contains("2026-11-22 20:30:00 · deleted"), "{text}");
    assert!(text.contains("1 marked"), "{text}");
    delete(&mut sitting, &[0, 1, 2]);
    tell(&mut sitting, gone(&[1]));
    let stops = sitting
        .effects
        .iter()
        .filter(|effect| **effect == Effect::Stop);
    assert_eq!(stops.count(), 0);
    let came = Came::Deleted {
        deleted: 3,
        gone: 0,
        kept: 0,
        settled: 0,
    };
    tell(&mut sitting, end(came, How::Complete));
    sitting.answer();
    let text = sitting.text();
    assert!(text.contains("87 recordings"), "{text}");
    assert!(!text.contains("marked"), "{text}");
    assert!(text.contains("3 deleted"), "{text}");
    assert!(text.contains("· deleted"), "{text}");
    assert_eq!(sitting.app.cursor(), 0);
}

#[test]
fn only_the_windows_that_lost_rows_are_asked_for_again_and_rows_stay_meanwhile() {
    let mut setup = setup(80, 24);
    setup.criteria = callreel::app::Criteria::all_time();
    let mut sitting = Sitting::start(setup, Account::with(300));
    sitting.keys("jjjj#");
    tell(&mut sitting, planned(1));
    sitting.keys("delete 1 from MA...QUU<Enter>");
    delete(&mut sitting, &[4]);
    tell(&mut sitting, gone(&[4]));
    sitting.hold = true;
    let came = Came::Deleted {
        deleted: 1,
        gone: 0,
        kept: 0,
        settled: 0,
    };
    tell(&mut sitting, end(came, How::Complete));
    let text = sitting.text();
    assert!(text.contains("2026-11-22 13:00:00"), "rows stay: {text}");
    let mut asked = 0;
    while sitting.answer_one() {
        asked += 1;
    }
    // All of time is almost two hundred windows.
    assert!(asked < 12, "{asked} requests");
    let text = sitting.text();
    assert!(text.contains("299 recordings"), "{text}");
    assert_eq!(sitting.app.cursor(), 4);
    assert_eq!(sitting.app.rows().ready(4).unwrap().id, recording(5).id);
}

#[test]
fn a_queue_loses_what_was_deleted() {
    let mut setup = setup(80, 24);
    setup.sample = Some(callreel::app::queue::Sample { size: 7, seed: 7 });
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.keys("jj");
    let gone: Vec<_> = [0, 2]
        .map(|row| sitting.app.rows().ready(row).unwrap().clone())
        .into();
    let stays = sitting.app.rows().ready(3).unwrap().id.clone();
    sitting.keys("#");
    tell(&mut sitting, planned(1));
    sitting.keys("delete 1 from MA...QUU<Enter>");
    let gone = gone.iter().map(|row| (row.id.clone(), row.added)).collect();
    tell(&mut sitting, Told::Gone(gone));
    assert_eq!(sitting.app.rows().len(), 5);
    assert_eq!(sitting.app.cursor(), 1);
    assert_eq!(sitting.app.rows().ready(1).unwrap().id, stays);
}

#[test]
fn quitting_asks_while_something_would_be_lost() {
    let quits = |sitting: &Sitting| {
        let quits = sitting
            .effects
            .iter()
            .filter(|effect| **effect == Effect::Quit);
        quits.count()
    };
    for key in ["q", "<C-c>"] {
        let mut sitting = Sitting::new(80, 24);
        sitting.keys("xx").keys(key);
        assert!(
            sitting
                .text()
                .contains("2 rows are marked, and nothing was done with them.")
        );
        sitting.keys("<Esc>");
        assert_eq!(quits(&sitting), 0);
        assert!(sitting.text().contains("2 marked"));
        sitting.keys("d<Enter>").keys(key);
        assert!(sitting.text().contains("1 download runs."));
        assert!(
            sitting
                .text()
                .contains("q again stops it after what is under way")
        );
        sitting.keys(key);
        assert_eq!(quits(&sitting), 0);
        let stopped = Effect::StopJob(job(&sitting));
        assert!(sitting.effects.contains(&stopped));
        assert!(
            sitting
                .text()
                .contains("Stopping after what is under way, then callreel ends")
        );
        tell(&mut sitting, end(downloaded(1, 0), How::Stopped));
        assert_eq!(quits(&sitting), 1);
    }
    // With nothing to lose it does not ask, and a third time it does not wait.
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("q");
    assert_eq!(quits(&sitting), 1);
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("d<Enter>qqq");
    assert_eq!(quits(&sitting), 1);
}

#[test]
fn the_question_at_the_end_gives_back_what_it_covered() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("d<Enter>/abc<C-c>");
    assert!(sitting.text().contains("End callreel?"));
    sitting.keys("<Esc>");
    assert!(last_line(&mut sitting).contains("/abc"));
    sitting.keys("<C-c>");
    tell(&mut sitting, end(downloaded(1, 0), How::Complete));
    assert!(
        !sitting.text().contains("End callreel?"),
        "nothing is lost any more"
    );
}

#[test]
fn a_signal_stops_the_job_and_does_not_ask() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("d<Enter>");
    sitting.effects.clear();
    sitting.send(Message::Signal(Signal::Terminate));
    let last: Vec<_> = sitting.effects.iter().rev().take(2).collect();
    assert!(
        matches!(last[..], [Effect::Quit, Effect::StopJob(_)]),
        "{last:?}"
    );
}

#[test]
fn an_unfinished_job_asks_for_no_drawing_by_itself() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("d<Enter>");
    tell(&mut sitting, Told::Far(Far::default()));
    sitting.pass(Duration::from_secs(30));
    assert_eq!(sitting.map().redraw_at, None);
}

fn deleted(deleted: u64) -> Came {
    Came::Deleted {
        deleted,
        gone: 0,
        kept: 0,
        settled: 0,
    }
}

fn quits(sitting: &Sitting) -> usize {
    let effects = sitting.effects.iter();
    effects.filter(|effect| **effect == Effect::Quit).count()
}

#[test]
fn a_file_that_is_there_ends_the_program_where_that_was_asked_for_and_no_later_job_does() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("E<C-u>x.csv<Enter>qq");
    tell(&mut sitting, Told::Exists);
    assert_eq!(quits(&sitting), 1);
    // The loop may have a message left.
    sitting.keys("<Esc>d<Enter>");
    tell(&mut sitting, end(downloaded(1, 0), How::Complete));
    assert_eq!(quits(&sitting), 1);
}

#[test]
fn a_failed_look_is_said_in_the_question_behind_that_of_the_end() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("x#<C-c>");
    assert!(sitting.text().contains("End callreel?"));
    tell(
        &mut sitting,
        end(deleted(0), How::Failed("no network".into())),
    );
    sitting.keys("<Esc>");
    let text = sitting.text();
    let said = "! nothing was deleted: no network";
    assert!(
        text.contains(said) && !text.contains("looking at"),
        "{text}"
    );
}

#[test]
fn the_question_names_marks_of_another_filter_and_the_rows_on_the_screen() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("xx");
    sitting.keys("f<Tab><Tab><Tab><Tab><Tab><Tab><Tab>+14155550013<Enter>");
    sitting.answer();
    sitting.keys("Gx#");
    let (_, work) = begun(&sitting).pop().unwrap();
    let Work::Delete { chosen, seen } = work else {
        panic!("a deletion");
    };
    assert_eq!((ids(&chosen).len(), seen.len()), (3, 1));
    let Told::Planned(mut plan) = planned(3) else {
        panic!("a plan");
    };
    plan.seen = 1;
    tell(&mut sitting, Told::Planned(plan));
    let text = sitting.text();
    assert!(text.contains("unseen    2 are off the screen"), "{text}");
    assert!(text.contains("marked    2 under another filter"), "{text}");
}

#[test]
fn what_would_be_deleted_is_told_whole_whatever_the_account_is_called() {
    let mut setup = setup(80, 40);
    setup.account = "\u{202e}👍🏽".repeat(40);
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.keys("xjx#");
    tell(&mut sitting, planned(2));
    let text = sitting.text();
    let asked = text
        .lines()
        .skip_while(|line| !line.contains("Delete for good?"));
    let asked: String = asked.collect();
    let told = asked.matches('👍').count();
    assert_eq!((told, asked.matches('�').count()), (40, 40), "{text}");
}

#[test]
fn a_short_terminal_leaves_out_how_long_it_takes_and_then_nothing_can_be_typed() {
    let asked = |height| {
        let mut sitting = Sitting::new(80, height);
        sitting.keys("x#");
        tell(&mut sitting, planned(1));
        sitting.keys("delete 1 from MA...QUU");
        let text = sitting.text();
        sitting.keys("<Enter>");
        let confirm = Effect::Confirm(job(&sitting));
        (text, sitting.effects.contains(&confirm))
    };
    let (text, confirmed) = asked(13);
    assert!(
        text.contains("delete    1 recording") && !text.contains("receipts"),
        "{text}"
    );
    assert!(confirmed);
    let (text, confirmed) = asked(10);
    assert!(text.contains("! make the terminal larger"), "{text}");
    assert!(!text.contains("MA...QUU") && !confirmed, "{text}");
}

#[test]
fn deleting_is_told_from_its_own_beginning() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("x#");
    for done in [100, 4_000] {
        sitting.pass(Duration::from_secs(1));
        tell(
            &mut sitting,
            Told::Far(Far {
                done,
                ..Far::default()
            }),
        );
    }
    tell(&mut sitting, planned(5_000));
    sitting.keys("delete 5000 from MA...QUU<Enter>");
    let text = sitting.text();
    assert!(
        text.contains("0 of 5,000 ") && !text.contains("left"),
        "{text}"
    );
}

#[test]
fn marks_are_still_unused_when_their_job_did_nothing() {
    let mut sitting = Sitting::new(80, 24);
    sitting.keys("xd<Enter>");
    tell(
        &mut sitting,
        end(downloaded(0, 0), How::Failed("no folder".into())),
    );
    sitting.keys("q");
    assert!(sitting.text().contains("1 row is marked"));
    assert_eq!(quits(&sitting), 0);
}

#[test]
fn a_masked_screen_hides_numbers_in_typed_places_too() {
    let mut setup = setup(80, 24);
    setup.masked = true;
    let mut sitting = Sitting::start(setup, Account::with(90));
    sitting.keys("d<C-u>~/calls/+14155550100<Enter>");
    let text = sitting.text();
    assert!(
        text.contains("Downloading") && !text.contains("4155550100"),
        "{text}"
    );
}
