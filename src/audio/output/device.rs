//! A sound device: through a sound server where there is one, and else through rodio, which brings the device, the sample
//! format and the mixer, and takes our frames as they are.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::Thread;
use std::time::{Duration, Instant};

use rodio::cpal;
use rodio::cpal::traits::DeviceTrait;
use rodio::{CpalErrorKind, DeviceSinkBuilder, MixerDeviceSink, Source};

use super::clock::Clock;
use super::host::{self, Host};
#[cfg(target_os = "linux")]
use super::pulse::Stream;
use super::{Answer, Open, Output};
use crate::audio::guard;
use crate::audio::ring::{Fault, Frame, Renderer, Writer, ring};

/// What the device is asked to take at once; it holds two of these. Pausing is heard after at most that time.
const PERIOD: Duration = Duration::from_millis(20);

/// How long a device may complain before it takes its first frame. ALSA's plugin for PulseAudio answers EIO until the server
/// has told its latency (6 ms, measured), and then works.
const SETTLING: Duration = Duration::from_millis(300);

/// Frames taken out of the ring at once.
const GRAIN: usize = 64;

/// Opens a device on a thread of its own, which holds it until it is let go.
#[derive(Debug, Default)]
pub struct Device {
    /// `None`: the default one, whichever that is when it is opened.
    name: Option<String>,
    /// An opening has begun and has not come to an end: a sound server that hangs must not collect threads.
    opening: Arc<AtomicBool>,
}

impl Device {
    /// The device of that name, or the one whose name alone holds it.
    pub fn named(name: &str) -> Self {
        Self {
            name: Some(name.to_owned()),
            ..Self::default()
        }
    }
}

impl Output for Device {
    fn open(&mut self, filler: Thread, answer: Answer) {
        if self.opening.swap(true, Ordering::AcqRel) {
            answer(Err("the sound server does not answer".to_owned()));
            return;
        }
        let opening = Arc::clone(&self.opening);
        let name = self.name.clone();
        let (hold, released) = channel::<()>();
        let spawned = std::thread::Builder::new()
            .name("callreel-device".to_owned())
            .spawn(move || {
                let opened = guard::catch(|| open(name.as_deref(), filler)).unwrap_or_else(Err);
                opening.store(false, Ordering::Release);
                match opened {
                    Ok((running, writer)) => {
                        let hold = Box::new(hold);
                        answer(Ok(Open { writer, hold }));
                        running.until(&released);
                    }
                    Err(reason) => answer(Err(reason)),
                }
            });
        if spawned.is_err() {
            // The answer went with the thread that never was; the player's own time limit tells the user.
            self.opening.store(false, Ordering::Release);
        }
    }
}

/// An open device.
enum Running {
    #[cfg(target_os = "linux")]
    Stream(Box<Stream>),
    Sink(MixerDeviceSink),
}

impl Running {
    /// Plays until the other side is dropped. Closing may hang, and then hangs only this thread.
    fn until(self, released: &Receiver<()>) {
        match self {
            #[cfg(target_os = "linux")]
            Self::Stream(stream) => stream.play(),
            Self::Sink(sink) => {
                let _ = released.recv();
                drop(sink);
            }
        }
    }
}

fn open(name: Option<&str>, filler: Thread) -> Result<(Running, Writer), String> {
    let host = match host::host() {
        #[cfg(target_os = "linux")]
        (Host::Server(server), _) => {
            let (stream, writer) = server.stream(name, filler)?;
            return Ok((Running::Stream(Box::new(stream)), writer));
        }
        (Host::System(host), _) => host,
    };
    let device = host::find(&host, name)?;
    let config = device
        .default_output_config()
        .map_err(|error| error.to_string())?;
    let rate = config.sample_rate();
    let small = (u64::from(rate) * PERIOD.as_millis() as u64 / 1000) as u32;
    let small = cpal::BufferSize::Fixed(small.next_multiple_of(64).max(64));
    let (sink, writer) = start(device.clone(), rate, Some(small), filler.clone())
        // Some devices do not take so small a buffer: then with rodio's own choice.
        .or_else(|_| start(device, rate, None, filler))?;
    Ok((Running::Sink(sink), writer))
}

fn start(
    device: cpal::Device,
    rate: u32,
    buffer: Option<cpal::BufferSize>,
    filler: Thread,
) -> Result<(MixerDeviceSink, Writer), String> {
    let (writer, renderer, fault) = ring(rate, filler);
    let mut builder = DeviceSinkBuilder::from_device(device).map_err(|error| words(&error))?;
    if let Some(buffer) = buffer {
        builder = builder.with_buffer_size(buffer);
    }
    let mut sink = builder
        .with_error_callback(move |error| watch(&error, &fault))
        .open_stream()
        .map_err(|error| words(&error))?;
    sink.log_on_drop(false);
    let frames = match sink.config().buffer_size() {
        cpal::BufferSize::Fixed(frames) => *frames as usize,
        cpal::BufferSize::Default => 2_048,
    };
    let tap = Tap::new(renderer, sink.config().channel_count(), frames);
    sink.mixer().add(tap);
    Ok((sink, writer))
}

/// Called by the device's threads, for some failures in a busy loop.
fn watch(error: &cpal::Error, fault: &Fault) {
    match error.kind() {
        // A gap was heard, the default device became another, or priority was not given: the stream goes on.
        CpalErrorKind::Xrun | CpalErrorKind::DeviceChanged | CpalErrorKind::RealtimeDenied => {}
        // What is really broken says so again and again.
        CpalErrorKind::BackendError if fault.is_settling(SETTLING) => {}
        _ => fault.raise(),
    }
}

/// rodio's errors say what they were about in their sources.
fn words(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// The endless source that the mixer pulls: the device's rate and channels, so that rodio changes nothing on the way.
struct Tap {
    renderer: Renderer,
    clock: Clock,
    rate: NonZero<u32>,
    channels: NonZero<u16>,
    frames: [Frame; GRAIN],
    frame: usize,
    channel: u16,
}

impl Tap {
    fn new(renderer: Renderer, channels: NonZero<u16>, period: usize) -> Self {
        let rate = renderer.rate();
        // While one period is taken, another is still on its way to the ear.
        let lead = Duration::from_secs_f64(period as f64 / f64::from(rate.max(1)));
        Self {
            clock: Clock::new(rate, lead),
            rate: NonZero::new(rate).unwrap_or(NonZero::<u32>::MIN),
            channels,
            renderer,
            frames: [[0.0; 2]; GRAIN],
            frame: GRAIN,
            channel: 0,
        }
    }
}

impl Iterator for Tap {
    type Item = f32;

    fn next(&mut self) -> Option<f32> {
        if self.frame >= GRAIN {
            let at = self.clock.stamp(Instant::now(), GRAIN);
            self.renderer.render(&mut self.frames, at);
            self.frame = 0;
        }
        let [left, right] = self.frames.get(self.frame).copied().unwrap_or_default();
        let sample = match (self.channels.get(), self.channel) {
            // One loudspeaker must not lose one of the two parties.
            (1, _) => (left + right) / 2.0,
            (_, 0) => left,
            (_, 1) => right,
            _ => 0.0,
        };
        self.channel += 1;
        if self.channel >= self.channels.get() {
            self.channel = 0;
            self.frame += 1;
        }
        Some(sample)
    }
}

impl Source for Tap {
    fn current_span_len(&self) -> Option<usize> {
        None
    }

    fn channels(&self) -> NonZero<u16> {
        self.channels
    }

    fn sample_rate(&self) -> NonZero<u32> {
        self.rate
    }

    fn total_duration(&self) -> Option<Duration> {
        None
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::audio::ring::{Block, FRAMES};

    fn tap(channels: u16) -> (Writer, Tap) {
        let (mut writer, renderer, _) = ring(48_000, std::thread::current());
        writer.set_epoch(1);
        writer.set_running(true);
        writer.push(Block {
            len: FRAMES,
            frames: [[0.5, 0.25]; FRAMES],
            ..Block::empty(1, 0)
        });
        (
            writer,
            Tap::new(renderer, NonZero::new(channels).unwrap(), 960),
        )
    }

    #[test]
    fn every_layout_keeps_both_parties() {
        for (channels, wanted) in [
            (1, vec![0.375, 0.375]),
            (2, vec![0.5, 0.25, 0.5, 0.25]),
            (4, vec![0.5, 0.25, 0.0, 0.0, 0.5, 0.25, 0.0, 0.0]),
        ] {
            let (_writer, tap) = tap(channels);
            // Past the fade.
            let heard: Vec<f32> = tap
                .skip(usize::from(channels) * 240)
                .take(wanted.len())
                .collect();
            assert_eq!(heard, wanted, "{channels} channels");
        }
    }

    #[test]
    fn it_never_ends() {
        let (_writer, mut tap) = tap(2);
        assert_eq!(tap.nth(100_000), Some(0.0));
    }
    #[test]
    fn a_device_may_complain_until_it_has_taken_a_frame() {
        let complaint = cpal::Error::with_message(CpalErrorKind::BackendError, "I/O error (5)");
        let (writer, mut renderer, fault) = ring(48_000, std::thread::current());
        watch(&complaint, &fault);
        assert!(!writer.is_faulty());
        renderer.render(&mut [[0.0; 2]], Instant::now());
        watch(&complaint, &fault);
        assert!(writer.is_faulty());
    }

    #[test]
    fn what_is_gone_before_its_first_frame_is_gone() {
        let (writer, _renderer, fault) = ring(48_000, std::thread::current());
        assert!(!fault.is_settling(Duration::ZERO));
        watch(&CpalErrorKind::DeviceNotAvailable.into(), &fault);
        assert!(writer.is_faulty());
    }
}
