//! A plan in words and in JSON.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::choose::Chosen;
use super::confirm::masked;
use crate::app::words::{count, counted, length, time};
use crate::archive::written;
use crate::cli::progress::recordings;
use crate::plivo::AuthId;

fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A line for each thing that is to be known.
pub(super) fn lines(chosen: &Chosen, account: &AuthId) -> Vec<String> {
    let plan = &chosen.plan;
    let (long, unknown) = plan.length();
    let unknown = match unknown {
        0 => String::new(),
        unknown => format!(", and {} whose length is not known", count(unknown)),
    };
    let mut lines = vec![
        format!(
            "would delete {} from {}: {} in all{unknown}",
            recordings(plan.count()),
            masked(account),
            length(long)
        ),
        format!("  chosen     {}", chosen.source),
    ];
    if let Some(before) = chosen.before {
        lines.push(format!("  older than {}", utc(before)));
    }
    if let Some((oldest, newest)) = plan.span() {
        lines.push(format!("  oldest     {}", utc(oldest)));
        lines.push(format!("  newest     {}", utc(newest)));
    }
    let left_out = [
        (
            plan.held.len() as u64,
            "held",
            "on the list, each gets a receipt",
        ),
        (
            plan.unproven.len() as u64,
            "left out",
            "their archived files are not what they should be",
        ),
        (
            plan.empty,
            "left out",
            "without sound: --include-empty takes them too",
        ),
        (
            plan.foreign,
            "left out",
            "archived with another account's credentials",
        ),
        (
            plan.unnamed,
            "left out",
            "their ids cannot be named to the API",
        ),
        (plan.done, "done", "deleted by earlier runs"),
        (
            chosen.earlier.unsettled.len() as u64,
            "unsettled",
            "begun by an earlier run: first it is found out what became of them",
        ),
    ];
    for (number, name, words) in left_out {
        if number > 0 {
            lines.push(format!("  {name:<10} {}: {words}", recordings(number)));
        }
    }
    if chosen.unmatched() > 0 {
        lines.push(format!(
            "  no match   {} of the {} on the list hold nothing of what was chosen",
            count(chosen.unmatched() as u64),
            counted(chosen.hold_lines as u64, "line", "lines")
        ));
    }
    lines.push(format!(
        "  takes      about {} on a real account; no undo exists",
        time(plan.takes())
    ));
    lines
}

/// One object.
pub(super) fn as_json(chosen: &Chosen, account: &AuthId) -> Value {
    let plan = &chosen.plan;
    let (long, unknown) = plan.length();
    let span = plan.span();
    json!({ "plan": {
        "account": account.as_str(),
        "count": plan.count(),
        "seconds": long.as_secs_f64(),
        "unknown_lengths": unknown,
        "chosen": chosen.source,
        "older_than": chosen.before.map(written),
        "oldest": span.map(|(oldest, _)| written(oldest)),
        "newest": span.map(|(_, newest)| written(newest)),
        "held": plan.held.len(),
        "hold_lines": chosen.hold_lines,
        "hold_lines_without_match": chosen.unmatched(),
        "not_proven": plan.unproven.len(),
        "no_audio": plan.empty,
        "foreign": plan.foreign,
        "unnamed": plan.unnamed,
        "done_before": plan.done,
        "unsettled": chosen.earlier.unsettled.len(),
        "not_found": chosen.missing.len(),
        "takes_seconds": plan.takes().as_secs(),
    }})
}
