use super::*;
use std::io::{Read, Seek, SeekFrom};
use std::thread;

#[test]
fn whole_bytes_are_read_anywhere_and_end_truly() {
    let buffer = Buffer::from_bytes(b"0123456789".to_vec());
    let never = Cancel::never();
    let mut out = [0; 4];
    assert!(buffer.is_complete());
    assert_eq!(buffer.have(), vec![0..10]);
    assert_eq!(buffer.read_at(8, &mut out, &never).unwrap(), 2);
    assert_eq!(&out[..2], b"89");
    assert_eq!(buffer.read_at(10, &mut out, &never).unwrap(), 0);
    assert_eq!(buffer.read_at(u64::MAX, &mut out, &never).unwrap(), 0);
    assert_eq!(buffer.try_read_at(u64::MAX, &mut out), 0);
}

#[test]
fn nothing_at_all_is_complete() {
    let buffer = Buffer::from_bytes(Vec::new());
    assert!(buffer.is_complete() && buffer.is_empty());
    assert_eq!(buffer.read_at(0, &mut [0; 4], &Cancel::never()).unwrap(), 0);
}

#[test]
fn a_read_waits_for_its_byte_and_not_for_others() {
    let (buffer, feed) = Buffer::open();
    feed.write(0, b"abc").unwrap();
    let waiting = {
        let buffer = buffer.clone();
        thread::spawn(move || {
            let mut out = [0; 8];
            let read = buffer.read_at(5, &mut out, &Cancel::never()).unwrap();
            out[..read].to_vec()
        })
    };
    feed.write(3, b"de").unwrap();
    feed.write(5, b"fg").unwrap();
    assert!(waiting.join().unwrap().starts_with(b"f"));
}

#[test]
fn a_gap_stops_a_read_and_a_failure_names_itself() {
    let (buffer, feed) = Buffer::open();
    feed.write(0, b"abc").unwrap();
    feed.write(6, b"ghi").unwrap();
    feed.fail(Error::NotFound);
    let never = Cancel::never();
    let mut out = [0; 16];
    assert_eq!(buffer.read_at(1, &mut out, &never).unwrap(), 2);
    assert_eq!(buffer.read_at(6, &mut out, &never).unwrap(), 3);
    let error = buffer.read_at(3, &mut out, &never).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::ConnectionAborted);
    assert_eq!(failure(&error), Some(&Error::NotFound));
    assert!(!is_cancelled(&error));
}

#[test]
fn a_canceller_ends_one_wait_and_leaves_the_fetch() {
    let (buffer, feed) = Buffer::open();
    let cancel = buffer.canceller();
    let waiting = {
        let (buffer, cancel) = (buffer.clone(), cancel.clone());
        thread::spawn(move || buffer.read_at(0, &mut [0; 1], &cancel))
    };
    cancel.set();
    let error = waiting.join().unwrap().unwrap_err();
    assert!(is_cancelled(&error));
    assert!(!matches!(
        error.kind(),
        io::ErrorKind::Interrupted | io::ErrorKind::UnexpectedEof
    ));
    assert!(!feed.is_over());
    cancel.reset();
    feed.write(0, b"x").unwrap();
    assert_eq!(buffer.read_at(0, &mut [0; 1], &cancel).unwrap(), 1);
}

#[test]
fn dropping_the_last_handle_ends_the_fetch() {
    let (buffer, feed) = Buffer::open();
    let other = buffer.clone();
    drop(buffer);
    assert!(!feed.is_over());
    drop(other);
    assert!(feed.is_over());
}

#[test]
fn cancelling_wakes_waiters_for_changes_too() {
    let (buffer, _feed) = Buffer::open();
    let seen = buffer.version();
    let waiting = {
        let buffer = buffer.clone();
        thread::spawn(move || buffer.changed(seen, None, &Cancel::never()))
    };
    buffer.cancel();
    assert_ne!(waiting.join().unwrap(), seen);
    let now = buffer.version();
    assert_eq!(
        buffer.changed(now, Some(Duration::ZERO), &Cancel::never()),
        now
    );
}

#[test]
fn lies_about_lengths_are_refused() {
    let (_buffer, feed) = Buffer::open();
    feed.set_len(4);
    assert!(matches!(feed.write(2, b"abc"), Err(Error::Protocol(_))));
    assert!(matches!(
        feed.write(u64::MAX, b"abc"),
        Err(Error::Protocol(_))
    ));
    assert_eq!(feed.loaded(), 0);
}

#[test]
fn gaps_are_found_from_anywhere() {
    let (_buffer, feed) = Buffer::open();
    feed.write(10, &[0; 10]).unwrap();
    let gap = |start, loaded_at| Some(Gap { start, loaded_at });
    assert_eq!(feed.gap_from(0), gap(0, Some(10)));
    assert_eq!(feed.gap_from(12), gap(20, None));
    feed.set_len(20);
    assert_eq!(feed.gap_from(12), None);
}

#[tokio::test]
async fn the_head_is_told_only_where_bytes_run_short() {
    let (buffer, feed) = Buffer::open();
    feed.set_len(2 * HEADROOM);
    feed.write(0, &vec![0; HEADROOM as usize]).unwrap();
    buffer.want(0);
    assert!(futures_util::FutureExt::now_or_never(feed.head_moved()).is_none());
    buffer.want(1);
    feed.head_moved().await;
    assert_eq!(feed.head(), 1);
}

#[test]
fn a_reader_seeks_lazily() {
    let (buffer, feed) = Buffer::open();
    feed.write(0, b"0123456789").unwrap();
    let mut reader = buffer.reader(Cancel::never());
    assert!(reader.seek(SeekFrom::End(0)).is_err());
    feed.set_len(10);
    assert_eq!(reader.seek(SeekFrom::End(-3)).unwrap(), 7);
    assert_eq!(feed.head(), 0);
    let mut rest = String::new();
    reader.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "789");
    assert!(reader.seek(SeekFrom::Current(-11)).is_err());
}
