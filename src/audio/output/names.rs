//! What sound devices are called, and which of them is meant.

/// One sound device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceName {
    /// For people. Two devices may have the same.
    pub name: String,
    /// The system's own.
    pub id: String,
}

/// The sound devices of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Devices {
    /// Who has them: `PulseAudio`, `ALSA`.
    pub server: String,
    /// Why it is that one, for people.
    pub why: String,
    pub devices: Vec<DeviceName>,
    /// Which of them is used when none is named.
    pub default: Option<usize>,
}

/// The place in `devices` of the one that is called `wanted`, or whose name or id alone holds it, in any case.
///
/// # Errors
/// None or several are meant: which there are.
#[cfg_attr(
    not(feature = "sound"),
    allow(dead_code, reason = "no device is picked")
)]
pub(super) fn pick(devices: &[DeviceName], wanted: &str) -> Result<usize, String> {
    let meant = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let found = devices.iter().enumerate();
        let found = found.filter(|(_, device)| fits(&device.name) || fits(&device.id));
        found.map(|(at, _)| at).collect()
    };
    let exact = meant(&|name| name == wanted);
    let part = wanted.to_lowercase();
    let found = match exact.is_empty() {
        true => meant(&|name| name.to_lowercase().contains(&part)),
        false => exact,
    };
    match found.as_slice() {
        [one] => Ok(*one),
        [] if devices.is_empty() => Err("there is no sound device".to_owned()),
        [] => Err(format!(
            "no sound device is called {wanted}; there are: {}",
            listed(devices.iter())
        )),
        several => Err(format!(
            "{wanted} may mean: {}",
            listed(several.iter().filter_map(|at| devices.get(*at)))
        )),
    }
}

fn listed<'a>(devices: impl Iterator<Item = &'a DeviceName>) -> String {
    let names: Vec<String> = devices.map(ToString::to_string).collect();
    names.join(", ")
}

impl std::fmt::Display for DeviceName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.name == self.id {
            true => f.write_str(&self.name),
            false => write!(f, "{} ({})", self.name, self.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn devices() -> Vec<DeviceName> {
        [
            ("Headset", "usb.headset"),
            ("Headset Pro", "usb.pro"),
            ("Built-in", "pci.analog"),
            ("Built-in", "pci.hdmi"),
            ("null", "null"),
        ]
        .map(|(name, id)| DeviceName {
            name: name.to_owned(),
            id: id.to_owned(),
        })
        .to_vec()
    }

    #[test]
    fn a_whole_name_wins_over_parts_of_others() {
        let devices = devices();
        assert_eq!(pick(&devices, "Headset"), Ok(0));
        assert_eq!(pick(&devices, "pci.hdmi"), Ok(3));
    }

    #[test]
    fn a_part_in_any_case_is_enough_when_it_is_in_one_only() {
        let devices = devices();
        assert_eq!(pick(&devices, "pro"), Ok(1));
        assert_eq!(pick(&devices, "ANALOG"), Ok(2));
    }

    #[test]
    fn what_is_not_clear_is_asked_back_with_the_names() {
        let devices = devices();
        assert_eq!(
            pick(&devices, "Built-in"),
            Err("Built-in may mean: Built-in (pci.analog), Built-in (pci.hdmi)".to_owned())
        );
        let none = pick(&devices, "speaker").unwrap_err();
        assert!(none.starts_with("no sound device is called speaker; there are: Headset ("));
        assert!(none.ends_with(", null"), "{none}");
        assert_eq!(pick(&[], "x"), Err("there is no sound device".to_owned()));
    }
}
