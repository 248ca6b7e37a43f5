//! Sound over ssh: the commands to type, with this machine's own names in them.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::report::{Finding, Section, State};
use crate::app::shell::word;
use crate::audio::Sink;
use crate::audio::sink::{Encoding, Format};

/// The socket where the listener sits; the shell there knows the home folder.
const THERE: &str = "\"$HOME/.callreel.sock\"";

/// The commands for `sink`, or for the socket that it could be.
pub(super) fn look(sink: &Sink, env: impl Fn(&str) -> Option<String>) -> Section {
    let path = match sink {
        Sink::Socket { path, .. } => std::path::absolute(path).unwrap_or_else(|_| path.clone()),
        _ => usual(&env),
    };
    let here = format!("callreel --sink socket:{}", word(&path.to_string_lossy()));
    let format = match sink {
        Sink::Socket { format, .. } => *format,
        _ => Format::default(),
    };
    let forward = forward(&path, &env);
    let listen = listen(format);
    let lines = vec![
        format!("on this machine    {here}"),
        format!("where you sit      {forward}"),
        format!("and there too      {listen}"),
    ];
    let data = json!({ "here": here, "there": [forward, listen] });
    let words = "to hear this machine's callreel where you sit, type:";
    Section {
        name: "sound over ssh",
        findings: vec![Finding::new(State::Note, words).with(lines, data)],
    }
}

/// Where a socket is out of the way: the folder that this user alone may enter, or the home folder.
fn usual(env: impl Fn(&str) -> Option<String>) -> PathBuf {
    match (env("XDG_RUNTIME_DIR"), env("HOME")) {
        (Some(folder), _) => Path::new(&folder).join("callreel.sock"),
        (None, Some(home)) => Path::new(&home).join(".callreel.sock"),
        (None, None) => PathBuf::from("callreel.sock"),
    }
}

/// Brings the socket to where the listener sits.
fn forward(path: &Path, env: impl Fn(&str) -> Option<String>) -> String {
    // The address, port and address, port of both ends.
    let connection = env("SSH_CONNECTION").unwrap_or_default();
    let mut ends = connection.split_whitespace().skip(2);
    let host = match ends.next() {
        Some(address) => address.to_owned(),
        None => rustix::system::uname()
            .nodename()
            .to_string_lossy()
            .into_owned(),
    };
    let port = match ends.next() {
        None | Some("22") => String::new(),
        Some(port) => format!("-p {} ", word(port)),
    };
    let target = match env("USER").or_else(|| env("LOGNAME")) {
        Some(user) => format!("{user}@{host}"),
        None => host,
    };
    let path = word(&path.to_string_lossy());
    format!(
        "ssh -N {port}-o StreamLocalBindUnlink=yes -L {THERE}:{path} {}",
        word(&target)
    )
}

/// Hears it at once: without these flags ffplay first collects more than a second.
fn listen(format: Format) -> String {
    let (rate, channels) = (format.rate, format.channels.count());
    let form = match format.encoding {
        Encoding::Wav => "wav".to_owned(),
        Encoding::S16le => format!("s16le -ar {rate} -ac {channels}"),
        Encoding::F32le => format!("f32le -ar {rate} -ac {channels}"),
    };
    format!("ffplay -nodisp -fflags nobuffer -probesize 32 -f {form} unix:{THERE}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::sink::Channels;

    fn env(name: &str) -> Option<String> {
        let value = match name {
            "SSH_CONNECTION" => "192.0.2.7 50111 192.0.2.1 2222",
            "USER" => "ops",
            "XDG_RUNTIME_DIR" => "/run/user/1000",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[test]
    fn the_commands_name_this_machine_as_it_was_reached() {
        let section = look(&Sink::Device, env);
        let data = &section.findings[0].data;
        assert_eq!(
            data["here"],
            "callreel --sink socket:/run/user/1000/callreel.sock"
        );
        assert_eq!(
            data["there"][0],
            "ssh -N -p 2222 -o StreamLocalBindUnlink=yes -L \"$HOME/.callreel.sock\":/run/user/1000/callreel.sock ops@192.0.2.1"
        );
        assert_eq!(
            data["there"][1],
            "ffplay -nodisp -fflags nobuffer -probesize 32 -f wav unix:\"$HOME/.callreel.sock\""
        );
    }

    #[test]
    fn a_socket_that_was_chosen_is_in_them_and_shells_read_it_back() {
        let sink = Sink::Socket {
            path: "/tmp/it's here".into(),
            format: Format {
                encoding: Encoding::S16le,
                rate: 16_000,
                channels: Channels::Mono,
            },
        };
        let section = look(&sink, |_| None);
        let data = &section.findings[0].data;
        assert_eq!(data["here"], "callreel --sink socket:'/tmp/it'\\''s here'");
        let listen = data["there"][1].as_str().unwrap();
        assert!(listen.contains("-f s16le -ar 16000 -ac 1 "), "{listen}");
    }
}
