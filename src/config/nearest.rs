//! The name that was probably meant.

/// Below this two names have nothing to do with each other.
const ALIKE: f64 = 0.75;

/// The most similar of `names`, where one is similar at all.
pub(super) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace('-', "_");
    let name: String = plain(name).chars().take(64).collect();
    names
        .into_iter()
        .map(|known| (strsim::jaro_winkler(&name, &plain(known)), known))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, known)| known)
}

/// `: did you mean speed?`, or nothing.
pub(super) fn meant<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    nearest(name, names).map_or(String::new(), |known| format!(": did you mean {known}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_find_their_name() {
        let names = ["speed", "volume", "skip_silence", "sink"];
        for (slip, name) in [
            ("sped", Some("speed")),
            ("Volume", Some("volume")),
            ("skip-silence", Some("skip_silence")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(slip, names), name, "{slip}");
        }
    }
}
