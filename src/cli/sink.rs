//! Where the sound goes: `--sink` and `--sink-format`, for every command that plays.

use std::io::IsTerminal;
use std::path::PathBuf;

use anyhow::anyhow;

use crate::audio::sink::{Channels, Encoding, Format};
use crate::audio::{Sink, output};
use crate::config::Settings;
use crate::plivo::Credentials;

#[derive(Debug, Clone, Default, clap::Args)]
pub(super) struct To {
    /// Where the sound goes: device[:NAME], null, stdout, command:LINE or socket:PATH [default: device]
    ///
    /// device: the default sound device; device:NAME another, by its name or a part of it (callreel doctor lists them).
    ///
    /// null: in real time into nothing.
    ///
    /// stdout: standard output, for commands that leave it free.
    ///
    /// command:LINE: the standard input of a command. `sh -c` runs LINE, without the account's credentials in its
    /// environment; what it prints is dropped. It is started with the first recording, gets nothing while the sound is paused,
    /// and is told to end 0.3 s after its input has.
    ///
    /// socket:PATH: a Unix socket that only you can connect to, for `ssh -L` (callreel doctor prints the commands). Who listens gets
    /// WAV in real time, silence while nothing plays, and may come and go.
    // These brackets are for --help, not a link.
    #[allow(rustdoc::broken_intra_doc_links)]
    #[arg(
        long,
        value_name = "SINK",
        value_parser = place
    )]
    sink: Option<Place>,

    /// What stdout, command: and socket: get: wav, s16le or f32le, then :RATE and :CHANNELS if need be [default:
    /// wav:48000:2]
    ///
    /// wav is a header and s16le; s16le are signed 16-bit integers and f32le 32-bit floats, the low byte first. RATE is in Hz,
    /// 8000 to 192000; with one channel both sides are in it.
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    sink_format: Option<Format>,
}

/// Where, without the form.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Place {
    #[default]
    Device,
    Named(String),
    Null,
    Stdout,
    Command(String),
    Socket(PathBuf),
}

impl To {
    /// Where the sound goes.
    ///
    /// # Errors
    /// A format where nobody can use it; standard output is a terminal; no socket can be made there.
    pub(super) fn sink(&self) -> anyhow::Result<Sink> {
        let sink = self.unchecked()?;
        output::check(&sink).map_err(anyhow::Error::msg)?;
        Ok(sink)
    }

    fn unchecked(&self) -> anyhow::Result<Sink> {
        let format = self.sink_format.unwrap_or_default();
        let chosen = self.sink.clone().unwrap_or_default();
        let takes_form = matches!(chosen, Place::Stdout | Place::Command(_) | Place::Socket(_));
        if self.sink_format.is_some() && !takes_form {
            return Err(anyhow!(
                "--sink-format is for the sinks stdout, command: and socket:; a device has its own"
            ));
        }
        let sink = match chosen {
            Place::Device => Sink::Device,
            Place::Named(name) => Sink::Named(name),
            Place::Null => Sink::Null,
            Place::Stdout if std::io::stdout().is_terminal() => {
                return Err(anyhow!(
                    "standard output is a terminal, which cannot play sound: send it to a file or a program"
                ));
            }
            Place::Stdout => Sink::Stdout(format),
            Place::Command(line) => Sink::Command {
                line,
                format,
                hidden: &Credentials::VARIABLES,
            },
            Place::Socket(path) => Sink::Socket { path, format },
        };
        Ok(sink)
    }

    /// Where the sound goes when standard output has something else to carry: the screen, or words.
    ///
    /// # Errors
    /// As [`Self::sink`]; standard output.
    pub(super) fn beside_output(&self) -> anyhow::Result<Sink> {
        let sink = self.unchecked_beside_output()?;
        output::check(&sink).map_err(anyhow::Error::msg)?;
        Ok(sink)
    }

    /// The same, whether it can be used or not.
    ///
    /// # Errors
    /// A format where nobody can use it; standard output.
    pub(super) fn unchecked_beside_output(&self) -> anyhow::Result<Sink> {
        match self.sink {
            Some(Place::Stdout) => Err(anyhow!(
                "--sink stdout would write the sound across the screen: use command: or socket:, or a command that leaves standard output free"
            )),
            _ => self.unchecked(),
        }
    }

    /// What the settings say, where no flag does.
    ///
    /// # Errors
    /// What is needed instead.
    pub(super) fn or(&self, settings: &Settings) -> anyhow::Result<Self> {
        let sink = match &self.sink {
            Some(sink) => sink.clone(),
            None => place(settings.sink.value.as_str())
                .map_err(|needed| anyhow!("player.sink: {needed}"))?,
        };
        Ok(Self {
            sink: Some(sink),
            sink_format: self.sink_format,
        })
    }

    /// As the flag was given.
    pub(super) fn word(&self) -> Option<String> {
        Some(match self.sink.as_ref()? {
            Place::Device => "device".to_owned(),
            Place::Named(name) => format!("device:{name}"),
            Place::Null => "null".to_owned(),
            Place::Stdout => "stdout".to_owned(),
            Place::Command(line) => format!("command:{line}"),
            Place::Socket(path) => format!("socket:{}", path.display()),
        })
    }
}

fn place(text: &str) -> Result<Place, String> {
    let (kind, rest) = match text.split_once(':') {
        Some((kind, rest)) => (kind, Some(rest)),
        None => (text, None),
    };
    let some = rest
        .filter(|rest| !rest.trim().is_empty())
        .map(str::to_owned);
    match (kind, rest, some) {
        ("device", None, _) => Ok(Place::Device),
        ("device", _, Some(name)) => Ok(Place::Named(name)),
        ("device", _, None) => Err("device: needs the name of a device".to_owned()),
        ("null", None, _) => Ok(Place::Null),
        ("stdout", None, _) => Ok(Place::Stdout),
        ("command", _, Some(line)) => Ok(Place::Command(line)),
        ("command", _, None) => {
            Err("command: needs a command, like command:\"aplay -q\"".to_owned())
        }
        ("socket", _, Some(path)) => Ok(Place::Socket(path.into())),
        ("socket", _, None) => Err("socket: needs a path".to_owned()),
        _ => Err(
            "a sink is device, device:NAME, null, stdout, command:LINE or socket:PATH".to_owned(),
        ),
    }
}

fn format(text: &str) -> Result<Format, String> {
    let mut parts = text.split(':');
    let default = Format::default();
    let encoding = match parts.next() {
        Some("wav") => Encoding::Wav,
        // `raw` is what most programs call it.
        Some("s16le" | "raw") => Encoding::S16le,
        Some("f32le") => Encoding::F32le,
        _ => {
            return Err("a format is wav, s16le or f32le, like wav:16000:1".to_owned());
        }
    };
    let rates = Format::LEAST_RATE..=Format::MOST_RATE;
    let rate = match parts.next() {
        None => default.rate,
        Some(rate) => rate
            .parse()
            .ok()
            .filter(|rate| rates.contains(rate))
            .ok_or("a rate is from 8000 to 192000, in Hz")?,
    };
    let channels = match parts.next() {
        None | Some("2") => Channels::Stereo,
        Some("1") => Channels::Mono,
        Some(_) => return Err("channels are 1 or 2".to_owned()),
    };
    match parts.next() {
        None => Ok(Format {
            encoding,
            rate,
            channels,
        }),
        Some(_) => Err("nothing comes after the channels".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn to(sink: &str, form: Option<&str>) -> Result<To, String> {
        Ok(To {
            sink: Some(place(sink)?),
            sink_format: form.map(format).transpose()?,
        })
    }

    #[test]
    fn each_sink_is_named_by_its_word() {
        for (text, wanted) in [
            ("device", Sink::Device),
            ("device:USB: left", Sink::Named("USB: left".to_owned())),
            ("null", Sink::Null),
        ] {
            assert_eq!(to(text, None).unwrap().sink().unwrap(), wanted);
        }
        for bad in [
            "",
            "Device",
            "device:",
            "null:x",
            "stdout:x",
            "command: ",
            "tcp:x",
        ] {
            assert!(to(bad, None).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_command_is_taken_as_it_stands_and_gets_no_secrets() {
        let line = "ffmpeg -i - \"a:b.mp3\" 2>&1 | tee x";
        let sink = to(&format!("command:{line}"), Some("f32le:16000:1"));
        assert_eq!(
            sink.unwrap().sink().unwrap(),
            Sink::Command {
                line: line.to_owned(),
                format: Format {
                    encoding: Encoding::F32le,
                    rate: 16_000,
                    channels: Channels::Mono,
                },
                hidden: &Credentials::VARIABLES,
            }
        );
    }

    #[test]
    fn formats_say_what_is_wrong_with_them() {
        assert_eq!(format("wav"), Ok(Format::default()));
        assert_eq!(format("raw").unwrap().encoding, Encoding::S16le);
        for (bad, words) in [
            ("mp3", "wav, s16le or f32le"),
            ("wav:7999", "8000"),
            ("wav:192001", "192000"),
            ("wav:x", "Hz"),
            ("wav:48000:6", "1 or 2"),
            ("wav:48000:2:le", "nothing"),
        ] {
            let told = format(bad).unwrap_err();
            assert!(told.contains(words), "{bad}: {told}");
        }
    }

    #[test]
    fn a_device_has_a_format_of_its_own_and_the_screen_has_standard_output() {
        let error = to("device", Some("wav")).unwrap().sink().unwrap_err();
        assert!(error.to_string().contains("a device has its own"));
        let stdout = to("stdout", None).unwrap();
        let error = stdout.beside_output().unwrap_err();
        assert!(error.to_string().contains("across the screen"));
    }
}
