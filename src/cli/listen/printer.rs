//! The thread that prints deliveries: standard output may stand still for as long as its reader likes.

use std::io::{self, Write};
use std::thread;

use tokio::sync::{mpsc, oneshot};

use super::line;
use crate::plivo::callback::Delivery;

/// How it ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// As many as were asked for are printed. So many more were taken by then.
    Enough { unprinted: u64 },
    /// There are no more; so many were printed, those aside that came twice.
    NoMore { printed: u64 },
    /// Standard output was closed by its reader.
    ReaderLeft,
    /// Standard output failed.
    Failed(io::Error),
}

/// Prints each delivery to standard output until there are `count`, those aside that came twice.
///
/// # Errors
/// The system gives no thread.
pub(super) fn start(
    deliveries: mpsc::Receiver<Delivery>,
    count: Option<u64>,
) -> io::Result<oneshot::Receiver<Ended>> {
    let (done, ended) = oneshot::channel();
    thread::Builder::new()
        .name("printer".into())
        .spawn(move || {
            let ended = print(deliveries, io::stdout().lock(), count);
            // Nobody asks any more when the program ends.
            let _ = done.send(ended);
        })?;
    Ok(ended)
}

fn print(
    mut deliveries: mpsc::Receiver<Delivery>,
    mut out: impl Write,
    count: Option<u64>,
) -> Ended {
    let mut printed = 0;
    while count.is_none_or(|count| printed < count) {
        let Some(delivery) = deliveries.blocking_recv() else {
            return Ended::NoMore { printed };
        };
        let written = line::of(&delivery)
            .map_err(io::Error::from)
            .and_then(|line| out.write_all(line.as_bytes()))
            .and_then(|()| out.flush());
        match written {
            Ok(()) if delivery.duplicate => {}
            Ok(()) => printed += 1,
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ended::ReaderLeft,
            Err(error) => return Ended::Failed(error),
        }
    }
    deliveries.close();
    let mut unprinted = 0;
    while let Some(delivery) = deliveries.blocking_recv() {
        unprinted += u64::from(!delivery.duplicate);
    }
    Ended::Enough { unprinted }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plivo::CallbackMethod;
    use crate::plivo::callback::Signature;

    fn queue(ids: &[(&str, bool)]) -> mpsc::Receiver<Delivery> {
        let (sender, receiver) = mpsc::channel(16);
        for (api_id, duplicate) in ids {
            let delivery = Delivery {
                time: "2026-11-23T21:16:00Z".parse().unwrap(),
                api_id: (*api_id).into(),
                method: CallbackMethod::Post,
                signature: Signature::Signed,
                duplicate: *duplicate,
                answer: serde_json::Map::new(),
            };
            sender.try_send(delivery).unwrap();
        }
        receiver
    }

    #[test]
    fn duplicates_are_printed_and_not_counted() {
        let mut out = Vec::new();
        let deliveries = queue(&[
            ("a", false),
            ("a", true),
            ("b", false),
            ("c", false),
            ("c", true),
        ]);
        let ended = print(deliveries, &mut out, Some(2));
        assert!(matches!(ended, Ended::Enough { unprinted: 1 }), "{ended:?}");
        assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 3);

        let mut out = Vec::new();
        let ended = print(queue(&[("a", false), ("a", true)]), &mut out, Some(2));
        assert!(matches!(ended, Ended::NoMore { printed: 1 }), "{ended:?}");
        assert_eq!(out.iter().filter(|byte| **byte == b'\n').count(), 2);
    }

    #[test]
    fn a_reader_who_left_is_no_failure() {
        struct Closed(io::ErrorKind);
        impl Write for Closed {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(self.0.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let left = print(
            queue(&[("a", false)]),
            Closed(io::ErrorKind::BrokenPipe),
            None,
        );
        assert!(matches!(left, Ended::ReaderLeft), "{left:?}");
        let full = print(
            queue(&[("a", false)]),
            Closed(io::ErrorKind::StorageFull),
            None,
        );
        assert!(matches!(full, Ended::Failed(_)), "{full:?}");
    }
}
