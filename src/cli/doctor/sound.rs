//! Which sound devices there are, which sink is used and why, and whether it takes sound.

use std::time::Duration;

use serde_json::{Value, json};

use super::report::{Finding, Section, State};
use super::within;
use crate::audio::Sink;
use crate::audio::output::{self, Devices};
use crate::cli::FAILED;
use crate::config::Source;

/// A sound server that hangs is given up after this.
const PATIENCE: Duration = Duration::from_secs(10);
const SILENT: &str = "the sound server does not answer";

/// Looks at the devices, and opens `sink` for a moment; `chosen` is who chose it.
pub(super) async fn look(
    sink: &Sink,
    chosen: &Source,
    env: impl Fn(&str) -> Option<String>,
) -> Section {
    let devices = within(PATIENCE, SILENT, output::devices)
        .await
        .and_then(|found| found);
    let mut findings = vec![list(&devices)];
    findings.push(Finding::new(
        State::Note,
        format!("the sink is {}", words(sink, chosen, devices.as_ref().ok())),
    ));
    if matches!(sink, Sink::Device | Sink::Named(_)) && env("SSH_CONNECTION").is_some() {
        findings.push(Finding::new(
            State::Note,
            "you are here by ssh: a device plays on this machine, not where you sit (see below)",
        ));
    }
    let tried = sink.clone();
    let tried = within(PATIENCE, SILENT, move || output::try_out(&tried)).await;
    findings.push(outcome(tried.and_then(|outcome| outcome)));
    Section {
        name: "sound",
        findings,
    }
}

fn list(devices: &Result<Devices, String>) -> Finding {
    let found = match devices {
        Ok(found) => found,
        Err(reason) => {
            let words = format!("the sound devices cannot be listed: {reason}");
            return Finding::new(State::Note, words);
        }
    };
    let count = match found.devices.len() {
        0 => "no sound device".to_owned(),
        1 => "1 sound device".to_owned(),
        more => format!("{more} sound devices"),
    };
    let words = format!("{count} at {}: {}", found.server, found.why);
    let is_default = |at: usize| found.default == Some(at);
    let lines = found.devices.iter().enumerate().map(|(at, device)| {
        let mark = if is_default(at) { ", the default" } else { "" };
        format!("{device}{mark}")
    });
    let data = found.devices.iter().enumerate().map(
        |(at, device)| json!({ "name": device.name, "id": device.id, "default": is_default(at) }),
    );
    let state = match found.devices.is_empty() {
        true => State::Note,
        false => State::Good,
    };
    Finding::new(state, words).with(lines.collect(), data.collect::<Vec<Value>>().into())
}

/// What the sink is, and why it is that one.
fn words(sink: &Sink, chosen: &Source, devices: Option<&Devices>) -> String {
    let what = match sink {
        Sink::Device => {
            let default = devices.and_then(|found| found.devices.get(found.default?));
            match default {
                Some(device) => format!("the default sound device, {device}"),
                None => "the default sound device".to_owned(),
            }
        }
        Sink::Named(name) => format!("the sound device that {name} means"),
        Sink::Null => "null, so that nothing is heard".to_owned(),
        Sink::Stdout(_) => "standard output".to_owned(),
        Sink::Command { line, .. } => format!("the command {line}"),
        Sink::Socket { path, .. } => format!("the socket {}", path.display()),
    };
    let why = match chosen {
        Source::Default | Source::Account => "--sink names no other",
        Source::File { .. } => "the configuration says so",
        Source::Environment(variable) => return format!("{what}, since {variable} says so"),
        Source::Flag(_) | Source::Chosen => "--sink says so",
    };
    format!("{what}, since {why}")
}

fn outcome(tried: Result<u32, String>) -> Finding {
    match tried {
        Ok(rate) => Finding::new(
            State::Good,
            format!("it was opened and takes sound, {rate} frames a second"),
        )
        .with(Vec::new(), json!({ "rate": rate })),
        Err(reason) => Finding::new(
            State::Problem(FAILED),
            format!("it cannot be used: {reason}"),
        )
        .with(
            vec![
                "name another with --sink (device:NAME, command:LINE, socket:PATH, null),"
                    .to_owned(),
                "or a sound server with PULSE_SERVER=unix:/path/to/its/socket".to_owned(),
            ],
            json!({ "reason": reason }),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::output::DeviceName;

    fn devices() -> Devices {
        Devices {
            server: "PulseAudio".to_owned(),
            why: "its socket answers".to_owned(),
            devices: vec![
                DeviceName {
                    name: "Headset".to_owned(),
                    id: "usb".to_owned(),
                },
                DeviceName {
                    name: "Built-in".to_owned(),
                    id: "pci".to_owned(),
                },
            ],
            default: Some(1),
        }
    }

    #[test]
    fn the_default_device_is_named_and_the_reason_for_it() {
        let found = list(&Ok(devices()));
        assert_eq!(
            found.what,
            "2 sound devices at PulseAudio: its socket answers"
        );
        assert_eq!(
            found.lines,
            ["Headset (usb)", "Built-in (pci), the default"]
        );
        assert_eq!(found.data[1]["default"], true);
        assert_eq!(
            words(&Sink::Device, &Source::Default, Some(&devices())),
            "the default sound device, Built-in (pci), since --sink names no other"
        );
    }

    #[tokio::test]
    async fn a_sink_that_cannot_be_used_is_wrong_and_says_what_else() {
        let sink = Sink::Command {
            line: "exit 9".to_owned(),
            format: Default::default(),
            hidden: &[],
        };
        let section = look(&sink, &Source::Flag("--sink"), |_| None).await;
        let last = section.findings.last().unwrap();
        assert_eq!(last.state, State::Problem(FAILED));
        assert!(last.what.contains("the command ended (9)"), "{}", last.what);
        assert!(last.lines[0].contains("--sink"));
    }
}
