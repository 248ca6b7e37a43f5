//! Texts, times and JSON of strangers.

#[path = "../../tests/support/obeyed.rs"]
mod obeyed;

use std::collections::HashSet;

use callreel::app::text;
use callreel::app::when::{self, End};
use callreel::app::zone::{self, Zone};
use callreel::plivo::{CallbackMethod, Page, Recording, callback as receiver, time};
use chrono::{DateTime, Utc};
use serde_json::Value;

/// What a request to the callback receiver carries: by the first byte a GET's query or a POST's body.
pub fn callback(data: &[u8]) {
    let Some((method, content)) = data.split_first() else {
        return;
    };
    let method = match method % 2 {
        0 => CallbackMethod::Get,
        _ => CallbackMethod::Post,
    };
    if let Ok((api_id, answer)) = receiver::read(method, content) {
        assert!(!api_id.is_empty(), "an answer to nobody");
        printable(&text::json::line(&Value::Object(answer)));
    }
}

/// A date as people type it into the filter form, in a zone that has every oddity (the first byte chooses).
pub fn dates(data: &[u8]) {
    let Some((zone, typed)) = data.split_first() else {
        return;
    };
    let Ok(typed) = std::str::from_utf8(typed) else {
        return;
    };
    let zones = [
        "UTC",
        "Europe/Lisbon",
        "Australia/Lord_Howe",
        "Pacific/Apia",
    ];
    let zone = zones[usize::from(*zone) % zones.len()];
    let zone = Zone::named(zone::named(zone).expect("a zone of the table"));
    let now = DateTime::<Utc>::from_timestamp(1_764_028_800, 0).expect("a time of this century");
    for end in [End::From, End::To] {
        match when::read(typed, end, &zone, now) {
            Ok(read) => {
                if let when::When::Span { start, end } = read.when {
                    assert!(start <= end, "{typed:?} ends before it starts");
                }
            }
            Err(mistake) => assert!(!mistake.to_string().is_empty()),
        }
    }
}

/// A page or one recording, as it comes from the API.
pub fn json(data: &[u8]) {
    let Ok(answer) = serde_json::from_slice::<Value>(data) else {
        return;
    };
    printable(&text::json::line(&answer));
    if let Ok(page) = Page::from_json(answer.clone()) {
        // Rows without an id of their own must not be taken for one another.
        let unnamed: Vec<_> = page.ids().filter(|id| id.is_stand_in()).collect();
        let different: HashSet<_> = unnamed.iter().collect();
        assert_eq!(different.len(), unnamed.len(), "two rows have one name");
        page.recordings.iter().for_each(|row| recording(row));
    }
    if let Value::Object(raw) = answer
        && let Ok(row) = Recording::from_json(raw)
    {
        recording(&row);
    }
}

fn recording(row: &Recording) {
    let _ = (row.billed(), row.storage_days(), row.is_still_recording());
    let rates = [row.storage_rate(), row.monthly_storage_amount()];
    assert!(rates.into_iter().flatten().all(f64::is_finite), "{rates:?}");
    row.parties().for_each(|party| one_line(&text::safe(party)));
    for (name, value) in row.unknown_fields() {
        one_line(&text::safe(name));
        printable(&text::json::line(value));
    }
}

/// Any text on its way to the screen.
pub fn text(data: &[u8]) {
    let Some((columns, bytes)) = data.split_first() else {
        return;
    };
    let columns = usize::from(*columns);
    let safe = text::safe(&String::from_utf8_lossy(bytes)).into_owned();
    one_line(&safe);
    assert_eq!(text::safe(&safe), safe, "what is safe stays as it is");
    for cut in [
        text::cut_end(&safe, columns),
        text::cut_start(&safe, columns),
    ] {
        assert!(
            text::width(&cut) <= columns,
            "{cut:?} is wider than {columns}"
        );
    }
    for line in text::wrap(&safe, columns) {
        assert!(
            text::width(&line) <= columns.max(2),
            "{line:?} is wider than {columns}"
        );
    }
}

/// A time as the API writes it.
pub fn times(data: &[u8]) {
    let Ok(written) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(at) = time::parse(written) {
        assert_eq!(time::parse(&time::write(at)), Ok(at), "{written:?} changes");
    }
    if let Ok(ms) = written.trim().parse()
        && let Some(at) = time::from_epoch_ms(ms)
    {
        assert_eq!(time::parse(&time::write(at)), Ok(at), "{ms} changes");
    }
}

fn one_line(shown: &str) {
    assert!(text::is_safe(shown), "{shown:?} reaches the terminal");
    // And by a list of its own.
    let obeyed = shown.chars().find(|&c| c == '\n' || obeyed::is_obeyed(c));
    assert_eq!(obeyed, None, "{shown:?} reaches the terminal");
}

/// JSON that may be printed: it says the same, and holds nothing that a terminal obeys.
fn printable(line: &str) {
    one_line(line);
    assert!(
        serde_json::from_str::<Value>(line).is_ok(),
        "{line} is no JSON any more"
    );
}
