//! A PulseAudio server, or PipeWire in its name, spoken to in its own protocol.
//!
//! cpal can do this too, but it only hands frames over. Here the server also takes frames back and gets others in their place,
//! so that a pause or a jump is heard at once and not after all that is on its way; and one thread does everything, woken once
//! for each request.

mod connection;
mod stream;

use std::path::PathBuf;
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
    /// The server of that name (`unix:` and a path), or this user's own where it is empty. `None` where there is no such socket.
    /// Takes a second where the server hangs.
    ///
    /// # Errors
    /// Why it cannot be used, for people.
    pub(super) fn connect(named: &str) -> Option<Result<Self, String>> {
        let socket = socket(named, |name| std::env::var_os(name).map(PathBuf::from))?;
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

/// The socket of the server that is `named`, in the places where PulseAudio's own library looks.
fn socket(named: &str, of: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let places = match named.strip_prefix("unix:") {
        Some(path) => [Some(PathBuf::from(path)), None],
        None => [
            of("PULSE_RUNTIME_PATH").map(|folder| folder.join("native")),
            of("XDG_RUNTIME_DIR").map(|folder| folder.join("pulse/native")),
        ],
    };
    places.into_iter().flatten().find(|path| path.exists())
}

fn name_of(sink: &SinkInfo) -> DeviceName {
    let id = sink.name.to_string_lossy().into_owned();
    let name = sink.description.as_ref();
    DeviceName {
        name: name.map_or_else(|| id.clone(), |name| name.to_string_lossy().into_owned()),
        id,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_socket_is_the_one_that_is_named_or_the_users_own() {
        let folder = tempfile::tempdir().unwrap();
        let [named, own, runtime] = ["named", "run/pulse/native", "pulse-run/native"].map(|path| {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, "").unwrap();
            path
        });
        let run = |name: &str| (name == "XDG_RUNTIME_DIR").then(|| folder.path().join("run"));
        let both = |name: &str| match name {
            "PULSE_RUNTIME_PATH" => Some(folder.path().join("pulse-run")),
            name => run(name),
        };
        let by_name = format!("unix:{}", named.display());
        assert_eq!(socket(&by_name, both), Some(named));
        assert_eq!(socket("unix:/nowhere", both), None);
        assert_eq!(socket("", both), Some(runtime.clone()));
        std::fs::remove_file(runtime).unwrap();
        assert_eq!(socket("", both), Some(own));
        assert_eq!(socket("", |_| None), None);
    }
}
