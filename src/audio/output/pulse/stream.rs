//! The stream that plays: frames at each request, and other frames in place of those that are on their way when the player
//! orders something new.

use std::os::fd::AsFd;
use std::thread::Thread;
use std::time::{Duration, Instant, SystemTime};

use pulseaudio::protocol::{
    ChannelMap, Command, CreatePlaybackStreamReply, LatencyParams, MAX_MEMBLOCKQ_LENGTH,
    PlaybackLatency, PlaybackStreamParams, Prop, Props, SampleFormat, SampleSpec, ServerInfo,
    Underflow, stream,
};

use super::connection::{Connection, Message, lost};
use crate::audio::guard;
use crate::audio::output::wait::{Alarm, Want, alarm, ready};
use crate::audio::ring::{Fault, Frame, Renderer, Writer, ring};

/// What the server asks for at once; it holds two of these. Since they can be taken back, nothing waits for them to be heard.
const PERIOD: Duration = Duration::from_millis(40);

/// Frames made at once: the steps in which frames are taken back.
const GRAIN: usize = 64;

/// Frames that the server reads so soon are not taken back: what replaces them would come too late.
const AHEAD: Duration = Duration::from_millis(2);

/// PipeWire tells where it stood at its last turn, and may be about to take the next one: 1,024 frames of 48 kHz as it comes.
const TURN: Duration = Duration::from_millis(22);

/// So much is remembered, to be taken back. Wireless and remote sinks ask for more than two periods.
const MEMORY: Duration = Duration::from_millis(500);

/// How often the server is asked where it stands while it plays.
const LOOK: Duration = Duration::from_secs(1);

/// Left and right, as the server takes them.
const FRAME_BYTES: usize = size_of::<Frame>();

/// A stream that has not begun to play.
pub(in crate::audio::output) struct Stream {
    connection: Connection,
    channel: u32,
    rate: u32,
    renderer: Renderer,
    fault: Fault,
    alarm: Alarm,
    /// Frames that the server has been given, those that were taken back not counted.
    given: u64,
    /// Bytes that it wants.
    wanted: usize,
    timetable: Timetable,
    /// The timetable is to be made anew: the server says that something has changed.
    is_lost: bool,
    /// The number of the question where the server stands, while it is not answered.
    asked: Option<u32>,
    /// When it was asked last.
    looked: Instant,
    /// Before this nothing is taken back.
    ahead: Duration,
    /// There are new orders, and what is on its way does not obey them.
    is_stale: bool,
    /// The frame that the server read next, at some moment after this one, when it was asked.
    read: Option<(u64, Instant)>,
}

/// At `at`, frame `frame` is heard.
#[derive(Clone, Copy)]
struct Timetable {
    frame: f64,
    at: Instant,
}

impl Stream {
    /// A stream to the sink of that number, or to the default one and whichever becomes it; of `rate` frames a second.
    pub(super) fn new(
        mut connection: Connection,
        sink: Option<u32>,
        rate: u32,
        filler: Thread,
    ) -> Result<(Self, Writer), String> {
        let rate = rate.max(1);
        let about: ServerInfo = connection.ask(&Command::GetServerInfo)?;
        let server = about.server_name;
        let created: CreatePlaybackStreamReply = {
            let command = Command::CreatePlaybackStream(params(sink, rate));
            connection.ask(&command)?
        };
        connection.never_wait().map_err(|error| lost(&error))?;
        let (waker, alarm) = alarm().map_err(|error| error.to_string())?;
        let (writer, renderer, fault) = ring(rate, filler);
        let memory = (MEMORY.as_secs_f64() * f64::from(rate)) as usize;
        let now = Instant::now();
        let stream = Self {
            connection,
            channel: created.channel,
            rate,
            renderer: renderer.with_memory(memory, GRAIN),
            fault,
            alarm,
            given: 0,
            wanted: created.requested_bytes as usize,
            timetable: Timetable {
                frame: 0.0,
                at: now + 2 * PERIOD,
            },
            is_lost: true,
            asked: None,
            looked: now,
            ahead: match server.is_some_and(|name| name.to_string_lossy().contains("PipeWire")) {
                true => AHEAD + TURN,
                false => AHEAD,
            },
            is_stale: false,
            read: None,
        };
        Ok((stream, writer.with_bell(move || waker.wake())))
    }

    /// Plays until the [`Writer`] is dropped. What goes wrong is told to it.
    pub(in crate::audio::output) fn play(mut self) {
        if let Err(reason) = guard::catch(|| self.run()).unwrap_or_else(Err) {
            self.fault.raise_because(reason);
        }
    }

    fn run(&mut self) -> Result<(), String> {
        loop {
            while let Some(message) = self.connection.message()? {
                self.hear(&message)?;
            }
            self.look()?;
            let mut is_all_out = self.flush()?;
            // Nothing piles up for a server that does not read.
            if is_all_out {
                self.give();
                if let Some((read, since)) = self.read.take()
                    && std::mem::take(&mut self.is_stale)
                {
                    self.give_anew(read, since);
                }
                is_all_out = self.flush()?;
            }
            let room = match is_all_out {
                true => Want::Nothing,
                false => Want::Write,
            };
            let server = self.connection.as_fd();
            let fds = [
                (server, Want::Read),
                (server, room),
                (self.alarm.as_fd(), Want::Read),
            ];
            let [came, _, rung] = ready(fds, None).map_err(|error| error.to_string())?;
            if rung {
                if !self.alarm.quiet() {
                    return Ok(());
                }
                self.is_stale = true;
            }
            if came {
                let filled = self.connection.fill();
                filled.map_err(|error| lost(&error))?;
            }
        }
    }

    fn flush(&mut self) -> Result<bool, String> {
        self.connection.flush().map_err(|error| lost(&error))
    }

    fn hear(&mut self, message: &Message) -> Result<(), String> {
        match &message.command {
            Command::Request(request) if request.channel == self.channel => {
                self.wanted = self.wanted.saturating_add(request.length as usize);
            }
            Command::PlaybackStreamKilled(channel) if *channel == self.channel => {
                return Err("the sound device went away".to_owned());
            }
            Command::Reply if self.asked == Some(message.number) => {
                self.asked = None;
                let stands: PlaybackLatency = self.connection.reply(message)?;
                self.timetable = self.timetable_of(&stands);
                // Behind the beginning when the server has taken the first frames back by itself.
                let read = u64::try_from(stands.read_offset).unwrap_or(0);
                self.read = Some((read / FRAME_BYTES as u64, self.looked));
                self.is_lost = false;
            }
            Command::Started(channel) | Command::Underflow(Underflow { channel, .. })
                if *channel == self.channel =>
            {
                self.is_lost = true;
            }
            Command::PlaybackStreamMoved(_) | Command::PlaybackStreamSuspended(_) => {
                self.is_lost = true;
            }
            Command::Error(error) if self.asked == Some(message.number) => {
                return Err(format!("the sound server refuses: {error}"));
            }
            _ => {}
        }
        Ok(())
    }

    /// Gives what the server wants.
    fn give(&mut self) {
        // It can hold no more.
        let frames = self.wanted.min(MAX_MEMBLOCKQ_LENGTH) / FRAME_BYTES;
        self.wanted = 0;
        if frames > 0 {
            self.make(frames, 0);
        }
    }

    /// Takes back what the server has not read, and gives what the present orders make of it. What it has read, few servers
    /// can take back from the card, and none from a wireless one.
    fn give_anew(&mut self, read: u64, since: Instant) {
        let gone = since.elapsed() + self.ahead;
        let soonest = read + (gone.as_secs_f64() * f64::from(self.rate)) as u64;
        let back = self.given.saturating_sub(soonest);
        let back = self
            .renderer
            .take_back(usize::try_from(back).unwrap_or(usize::MAX));
        self.given -= back as u64;
        if back > 0 {
            self.make(back, back);
        }
    }

    fn make(&mut self, frames: usize, back: usize) {
        let (rate, timetable) = (self.rate, self.timetable);
        let (renderer, given) = (&mut self.renderer, &mut self.given);
        self.connection
            .send_frames(self.channel, back * FRAME_BYTES, |out| {
                out.reserve(frames * FRAME_BYTES);
                let mut grain = [[0.0; 2]; GRAIN];
                let mut left = frames;
                while left > 0 {
                    let now = left.min(GRAIN);
                    let grain = grain.get_mut(..now).unwrap_or_default();
                    renderer.render(grain, timetable.instant_of(*given, rate));
                    out.extend(grain.as_flattened().iter().flat_map(|s| s.to_le_bytes()));
                    *given += now as u64;
                    left -= now;
                }
            });
    }

    /// Asks where the server stands, when that is to be known and is not asked already.
    fn look(&mut self) -> Result<(), String> {
        let now = Instant::now();
        // The answer to the last question serves one order; an order that came after it is asked for anew.
        let is_stale = self.is_stale && self.read.is_none();
        let is_due = self.is_lost || is_stale || now.saturating_duration_since(self.looked) >= LOOK;
        if is_due && self.asked.is_none() {
            let question = Command::GetPlaybackLatency(LatencyParams {
                channel: self.channel,
                now: SystemTime::now(),
            });
            self.asked = Some(self.connection.send(&question)?);
            self.looked = now;
        }
        Ok(())
    }

    fn timetable_of(&self, stands: &PlaybackLatency) -> Timetable {
        let read = stands.read_offset as f64 / FRAME_BYTES as f64;
        let on_its_way = stands.sink_usec as f64 * f64::from(self.rate) / 1e6;
        Timetable {
            frame: read - on_its_way,
            at: Instant::now(),
        }
    }
}

impl Timetable {
    fn instant_of(self, frame: u64, rate: u32) -> Instant {
        let frames = frame as f64 - self.frame;
        let distance = Duration::try_from_secs_f64(frames.abs() / f64::from(rate));
        let distance = distance.unwrap_or_default();
        if frames >= 0.0 {
            self.at + distance
        } else {
            self.at.checked_sub(distance).unwrap_or(self.at)
        }
    }
}

fn params(sink: Option<u32>, rate: u32) -> PlaybackStreamParams {
    let period = (PERIOD.as_secs_f64() * f64::from(rate)) as u32 * FRAME_BYTES as u32;
    let mut props = Props::new();
    props.set(Prop::MediaName, c"recording");
    PlaybackStreamParams {
        sample_spec: SampleSpec {
            format: SampleFormat::Float32Le,
            channels: 2,
            sample_rate: rate,
        },
        channel_map: ChannelMap::stereo(),
        sink_index: sink,
        buffer_attr: stream::BufferAttr {
            target_length: 2 * period,
            minimum_request_length: period,
            ..Default::default()
        },
        props,
        flags: stream::StreamFlags {
            adjust_latency: true,
            ..Default::default()
        },
        ..Default::default()
    }
}
