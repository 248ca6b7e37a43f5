//! Whose sound devices are used, and which there are.

use rodio::cpal;
use rodio::cpal::traits::{DeviceTrait, HostTrait};

use super::names::{DeviceName, Devices, pick};
#[cfg(target_os = "linux")]
use super::pulse::Server;
use crate::audio::guard;

/// Whoever has the sound devices.
pub(super) enum Host {
    /// A PulseAudio server, or PipeWire in its name.
    #[cfg(target_os = "linux")]
    Server(Server),
    /// What the system has below that.
    System(cpal::Host),
}

/// The default sound device, or the one that `name` means.
///
/// # Errors
/// Why there is none, and which there are instead.
pub(super) fn find(host: &cpal::Host, name: Option<&str>) -> Result<cpal::Device, String> {
    let Some(name) = name else {
        let default = host.default_output_device();
        return default.ok_or_else(|| "there is no sound device".to_owned());
    };
    let devices = outputs(host)?;
    let names: Vec<DeviceName> = devices.iter().map(name_of).collect();
    let at = pick(&names, name)?;
    let found = devices.into_iter().nth(at);
    found.ok_or_else(|| "there is no sound device".to_owned())
}

/// The sound devices of this machine. May take seconds where a sound server hangs.
///
/// # Errors
/// Why they cannot be listed.
pub fn devices() -> Result<Devices, String> {
    guard::catch(|| match host() {
        #[cfg(target_os = "linux")]
        (Host::Server(mut server), why) => server.devices(why),
        (Host::System(host), why) => {
            let names: Vec<DeviceName> = outputs(&host)?.iter().map(name_of).collect();
            let default = host.default_output_device().map(|device| name_of(&device));
            Ok(Devices {
                server: host.id().name().to_owned(),
                why,
                default: default.and_then(|default| names.iter().position(|name| *name == default)),
                devices: names,
            })
        }
    })?
}

/// Whose devices are used, and why, for people. Takes a second where a sound server hangs.
pub(super) fn host() -> (Host, String) {
    #[cfg(target_os = "linux")]
    {
        let named = std::env::var("PULSE_SERVER").unwrap_or_default();
        let named = named.trim();
        let is_elsewhere = !named.is_empty() && !named.starts_with("unix:");
        let server = match is_elsewhere {
            // Sockets of this machine only. ALSA's plugin asks PulseAudio's own library, which knows every form.
            true => None,
            false => Server::connect(named),
        };
        let why = match (named, server) {
            ("", Some(Ok(server))) => {
                return (Host::Server(server), "its socket answers".to_owned());
            }
            (named, Some(Ok(server))) => {
                return (Host::Server(server), format!("PULSE_SERVER is {named}"));
            }
            (named, _) if is_elsewhere => {
                format!("PULSE_SERVER is {named}, which ALSA's plugin for PulseAudio can reach")
            }
            ("", Some(Err(reason))) => {
                format!("the PulseAudio or PipeWire server cannot be used: {reason}")
            }
            (named, Some(Err(reason))) => {
                format!("PULSE_SERVER is {named}, which cannot be used: {reason}")
            }
            ("", None) => "no PulseAudio or PipeWire server answers".to_owned(),
            (named, None) => format!("nothing answers at PULSE_SERVER, {named}"),
        };
        super::quiet::hush_alsa();
        (Host::System(cpal::default_host()), why)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let why = "it is this system's".to_owned();
        (Host::System(cpal::default_host()), why)
    }
}

fn outputs(host: &cpal::Host) -> Result<Vec<cpal::Device>, String> {
    let devices = host.output_devices().map_err(|error| error.to_string())?;
    Ok(devices.collect())
}

fn name_of(device: &cpal::Device) -> DeviceName {
    let id = device.id().map(|id| id.id().to_owned()).unwrap_or_default();
    let name = device.description().map(|words| words.name().to_owned());
    DeviceName {
        name: name.unwrap_or_else(|_| id.clone()),
        id,
    }
}
