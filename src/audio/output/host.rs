//! Whose sound devices are used, and which there are.

use cpal::traits::{DeviceTrait, HostTrait};

use super::names::{DeviceName, Devices, pick};
use crate::audio::guard;

/// The default sound device, or the one that `name` means.
///
/// # Errors
/// Why there is none, and which there are instead.
pub(super) fn find(name: Option<&str>) -> Result<cpal::Device, String> {
    let (host, _) = host();
    let Some(name) = name else {
        let default = host.default_output_device();
        return default.ok_or_else(|| "there is no sound device".to_owned());
    };
    let devices = outputs(&host)?;
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
    guard::catch(|| {
        let (host, why) = host();
        let names: Vec<DeviceName> = outputs(&host)?.iter().map(name_of).collect();
        let default = host.default_output_device().map(|device| name_of(&device));
        Ok(Devices {
            server: host.id().name().to_owned(),
            why,
            default: default.and_then(|default| names.iter().position(|name| *name == default)),
            devices: names,
        })
    })?
}

/// Whose devices are used, and why, for people.
fn host() -> (cpal::Host, String) {
    #[cfg(target_os = "linux")]
    super::quiet::hush_alsa();
    let named = std::env::var("PULSE_SERVER").unwrap_or_default();
    let named = named.trim();
    // cpal's own client knows sockets only, and would ask another server than the one that is named. ALSA's plugin asks
    // PulseAudio's own library, which knows every form.
    #[cfg(target_os = "linux")]
    if !named.is_empty()
        && !named.starts_with("unix:")
        && let Ok(host) = cpal::host_from_id(cpal::HostId::Alsa)
    {
        let why = format!("PULSE_SERVER is {named}, which ALSA's plugin for PulseAudio can reach");
        return (host, why);
    }
    let host = cpal::default_host();
    let why = match host.id().name() {
        "PulseAudio" if !named.is_empty() => format!("PULSE_SERVER is {named}"),
        "PulseAudio" => "its socket answers".to_owned(),
        "ALSA" if !named.is_empty() => format!("nothing answers at PULSE_SERVER, {named}"),
        "ALSA" => "no PulseAudio or PipeWire server answers".to_owned(),
        _ => "it is this system's".to_owned(),
    };
    (host, why)
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
