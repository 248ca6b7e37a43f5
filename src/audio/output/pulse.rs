//! A PulseAudio server, or PipeWire in its name, spoken to in its own protocol.
//!
//! cpal can do this too, but it only hands frames over. Here the server also takes frames back and gets others in their place,
//! so that a pause or a jump is heard at once and not after all that is on its way; and one thread does everything, woken once
//! for each request.

mod connection;
mod stream;

use std::thread::Thread;

use pulseaudio::protocol::{
    Command, DEFAULT_SINK, GetSinkInfo, ServerInfo, SinkInfo, SinkInfoList,
};

use super::names::{DeviceName, Devices, pick};
use crate::audio::ring::Writer;
use connection::Connection;

pub(super) use stream::Stream;

/// A server that answers.
pub(super) struct Server(Connection);

impl Server {
    /// The server at the socket that the environment tells of. `None` where it tells of none, or of a server elsewhere, which
    /// ALSA's plugin can reach. Takes a second where the server hangs.
    ///
    /// # Errors
    /// Why it cannot be used, for people.
    pub(super) fn connect() -> Option<Result<Self, String>> {
        let socket = pulseaudio::socket_path_from_env()?;
        Some(Connection::open(&socket).map(Self))
    }

    /// The sinks that there are, and which of them is the default one.
    ///
    /// # Errors
    /// What the server says.
    pub(super) fn devices(&mut self, why: String) -> Result<Devices, String> {
        let server: ServerInfo = self.0.ask(&Command::GetServerInfo)?;
        let sinks: SinkInfoList = self.0.ask(&Command::GetSinkInfoList)?;
        let default = server.default_sink_name;
        let is_default = |sink: &SinkInfo| default.as_ref() == Some(&sink.name);
        Ok(Devices {
            server: "PulseAudio".to_owned(),
            why,
            default: sinks.iter().position(is_default),
            devices: sinks.iter().map(name_of).collect(),
        })
    }

    /// A stream to the sink of that name, or to the default one, that plays once it is let. `filler` is the thread that will
    /// fill the ring.
    ///
    /// # Errors
    /// There is no such sink, or the server refuses, for people.
    pub(super) fn stream(
        mut self,
        name: Option<&str>,
        filler: Thread,
    ) -> Result<(Stream, Writer), String> {
        let (index, sink) = match name {
            Some(name) => {
                let sink = self.named(name)?;
                (Some(sink.index), sink)
            }
            None => {
                let default = GetSinkInfo {
                    index: None,
                    name: Some(DEFAULT_SINK.to_owned()),
                };
                (None, self.0.ask(&Command::GetSinkInfo(default))?)
            }
        };
        Stream::new(self.0, index, sink.sample_spec.sample_rate, filler)
    }

    fn named(&mut self, name: &str) -> Result<SinkInfo, String> {
        let sinks: SinkInfoList = self.0.ask(&Command::GetSinkInfoList)?;
        let names: Vec<DeviceName> = sinks.iter().map(name_of).collect();
        let at = pick(&names, name)?;
        let found = sinks.into_iter().nth(at);
        found.ok_or_else(|| "there is no sound device".to_owned())
    }
}

fn name_of(sink: &SinkInfo) -> DeviceName {
    let id = sink.name.to_string_lossy().into_owned();
    let name = sink.description.as_ref();
    DeviceName {
        name: name.map_or_else(|| id.clone(), |name| name.to_string_lossy().into_owned()),
        id,
    }
}
