//! Filters that the API does not have: what comes is looked through here.

use std::time::Duration;

use crate::app::words;
use crate::plivo::Recording;

use super::value;

/// Filters that are applied here. A recording whose length is not known is within no bound.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(
    next_help_heading = "Which of them: chosen here, since the API cannot; every page is asked for all the same"
)]
pub(super) struct Local {
    /// At least so long: 90, 1:30, 90s, 1h30m
    #[arg(long, value_name = "LENGTH", value_parser = value::length)]
    min_length: Option<Duration>,

    /// At most so long
    #[arg(long, value_name = "LENGTH", value_parser = value::length)]
    max_length: Option<Duration>,

    /// With this recording_format: mp3, wav
    #[arg(long, value_name = "FORMAT", value_parser = value::exact)]
    format: Option<String>,

    /// With this recording_type: normal, conference, call, …
    #[arg(long = "type", value_name = "TYPE", value_parser = value::exact)]
    kind: Option<String>,
}

impl Local {
    /// Whether it lets everything through.
    pub(super) fn is_empty(&self) -> bool {
        self.words().is_empty()
    }

    /// Whether a recording passes. Names are compared without regard to case.
    pub(super) fn admits(&self, recording: &Recording) -> bool {
        let length = |within: &dyn Fn(Duration) -> bool| recording.duration.is_some_and(within);
        let same = |wanted: &Option<String>, is: &Option<String>| {
            wanted.as_ref().is_none_or(|wanted| {
                is.as_ref()
                    .is_some_and(|is| is.trim().eq_ignore_ascii_case(wanted))
            })
        };
        self.min_length
            .is_none_or(|least| length(&|length| length >= least))
            && self
                .max_length
                .is_none_or(|most| length(&|length| length <= most))
            && same(&self.format, &recording.format)
            && same(&self.kind, &recording.kind)
    }

    /// `at least 1:30 · format wav`; empty where nothing is chosen.
    pub(super) fn words(&self) -> String {
        let parts = [
            self.min_length
                .map(|length| format!("at least {}", words::clock(length))),
            self.max_length
                .map(|length| format!("at most {}", words::clock(length))),
            self.format
                .as_ref()
                .map(|format| format!("format {format}")),
            self.kind.as_ref().map(|kind| format!("type {kind}")),
        ];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        parts.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn recording(ms: &str, format: &str, kind: &str) -> Recording {
        Recording::from_row(json!({
            "recording_id": "r", "recording_duration_ms": ms, "recording_format": format, "recording_type": kind,
        }))
    }

    #[test]
    fn bounds_belong_to_the_range_and_the_unknown_to_none() {
        let local = Local {
            min_length: Some(Duration::from_secs(90)),
            max_length: Some(Duration::from_secs(120)),
            ..Local::default()
        };
        for (ms, passes) in [
            ("89999.9", false),
            ("90000", true),
            ("120000.0", true),
            ("120001", false),
            ("-1", false),
            ("", false),
        ] {
            assert_eq!(local.admits(&recording(ms, "mp3", "call")), passes, "{ms}");
        }
        assert_eq!(local.words(), "at least 1:30 · at most 2:00");
    }

    #[test]
    fn names_count_without_their_case() {
        let local = Local {
            format: Some("WAV".into()),
            kind: Some("conference".into()),
            ..Local::default()
        };
        assert!(local.admits(&recording("1", "wav", "Conference")));
        assert!(!local.admits(&recording("1", "mp3", "conference")));
        assert!(!local.admits(&recording("1", "wav", "normal")));
        assert!(Local::default().is_empty() && !local.is_empty());
    }
}
