//! Opening a sink for a moment, to see whether it can be.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::output;
use crate::audio::sink::Sink;

/// A sound server that hangs is given up after this.
const OPENING: Duration = Duration::from_secs(4);

/// How long a device may sleep before it takes its first frame. Some need two seconds.
const WAKING: Duration = Duration::from_secs(4);

/// What fails at once fails within this.
const PROOF: Duration = Duration::from_millis(300);

/// Opens `sink`, waits until it has taken silence for a moment, and closes it: frames a second at which it runs. A command is
/// run for that. May take eight seconds.
///
/// # Errors
/// Why it cannot be opened or takes no sound, for people.
pub fn try_out(sink: &Sink) -> Result<u32, String> {
    try_for(sink, PROOF)
}

fn try_for(sink: &Sink, proof: Duration) -> Result<u32, String> {
    let mut output = output(sink);
    let (tell, told) = channel();
    let answer = Box::new(move |outcome| {
        // Nobody listens when it came too late.
        let _ = tell.send(outcome);
    });
    output.open(std::thread::current(), answer);
    let silent = || format!("{} does not answer", output.name());
    let open = told.recv_timeout(OPENING).map_err(|_| silent())??;
    let mut until = Instant::now() + WAKING;
    let mut took = false;
    loop {
        if open.writer.is_faulty() {
            let gone = || format!("{} went away", output.name());
            return Err(open.writer.fault().map_or_else(gone, str::to_owned));
        }
        let now = Instant::now();
        if !took && open.writer.pulled() > 0 {
            took = true;
            until = now + proof;
        }
        let left = until.saturating_duration_since(now);
        if left.is_zero() {
            break;
        }
        // The output wakes whoever fills its ring when it takes its first frames, and when it fails.
        std::thread::park_timeout(left);
    }
    match took {
        true => Ok(open.writer.rate()),
        false => Err(format!("{} takes no sound", output.name())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::sink::Format;

    #[test]
    fn what_takes_sound_says_at_which_rate_and_what_fails_says_why() {
        assert_eq!(try_out(&Sink::Null), Ok(48_000));
        let command = |line: &str| Sink::Command {
            line: line.to_owned(),
            format: Format {
                rate: 16_000,
                ..Format::default()
            },
            hidden: &[],
        };
        assert_eq!(try_out(&command("cat")), Ok(16_000));
        let told =
            try_for(&command("echo broken >&2; exit 4"), Duration::from_secs(10)).unwrap_err();
        assert_eq!(told, "the command ended (4): broken");
    }
}
