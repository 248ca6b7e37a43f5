//! Time zones by name: of `--tz`, and this machine's own.

use chrono_tz::Tz;

pub use crate::app::zone::named;

/// This machine's zone: `TZ` where it is set, else what the system is set to.
///
/// # Errors
/// Why it is not known, in a few words.
pub fn local() -> Result<Tz, String> {
    local_of(std::env::var("TZ").ok().as_deref(), || {
        iana_time_zone::get_timezone().map_err(|error| error.to_string())
    })
}

fn local_of(
    tz: Option<&str>,
    system: impl FnOnce() -> Result<String, String>,
) -> Result<Tz, String> {
    let name = match tz.map(str::trim) {
        // POSIX: an empty TZ is UTC.
        Some("") => return Ok(Tz::UTC),
        Some(text) => in_zoneinfo(text).to_owned(),
        None => system()?,
    };
    named(&name).map_err(|_| format!("{name} is no zone's name"))
}

/// `TZ` may say `:Europe/Lisbon`, or name the zone's file.
fn in_zoneinfo(text: &str) -> &str {
    let text = text.strip_prefix(':').unwrap_or(text);
    match text.split_once("/zoneinfo/") {
        Some((_, name)) => name.strip_prefix("posix/").unwrap_or(name),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_found_as_people_and_systems_write_them() {
        assert_eq!(named(" europe/lisbon "), Ok(Tz::Europe__Lisbon));
        assert_eq!(named("America/New York"), Ok(Tz::America__New_York));
        assert!(named("Lisboa").unwrap_err().contains("Europe/Lisbon"));
        let system = || Ok("Asia/Kolkata".to_owned());
        for (tz, zone) in [
            (None, Tz::Asia__Kolkata),
            (Some(""), Tz::UTC),
            (Some(":Europe/Berlin"), Tz::Europe__Berlin),
            (
                Some("/usr/share/zoneinfo/Europe/Berlin"),
                Tz::Europe__Berlin,
            ),
            (Some("UTC"), Tz::UTC),
        ] {
            assert_eq!(local_of(tz, system), Ok(zone), "{tz:?}");
        }
        assert!(local_of(Some("FOO-1BAR"), system).is_err());
        assert!(local_of(None, || Err("no /etc/localtime".into())).is_err());
    }
}
