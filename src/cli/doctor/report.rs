//! What was found, for people and for programs.

use serde_json::{Value, json};

use crate::app::text::safe;

/// What one check found.
#[derive(Debug)]
pub(super) struct Section {
    pub name: &'static str,
    pub findings: Vec<Finding>,
}

#[derive(Debug)]
pub(super) struct Finding {
    pub state: State,
    /// What was seen, and why it matters.
    pub what: String,
    /// What to do about it.
    pub advice: Option<String>,
    /// What belongs to it, a line each.
    pub lines: Vec<String>,
    /// The same for programs; null where there is no more than the words.
    pub data: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Good,
    /// Neither good nor bad, but worth knowing.
    Note,
    /// It works, and not as well as it could, or not for long.
    Warning,
    /// Something does not work; with the exit code that tells scripts what kind of thing.
    Problem(u8),
}

impl State {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Problem(_) => "problem",
        }
    }
}

impl Finding {
    pub(super) fn new(state: State, what: impl Into<String>) -> Self {
        Self {
            state,
            what: what.into(),
            advice: None,
            lines: Vec::new(),
            data: Value::Null,
        }
    }

    pub(super) fn advice(self, advice: impl Into<String>) -> Self {
        Self {
            advice: Some(advice.into()),
            ..self
        }
    }

    pub(super) fn data(self, data: Value) -> Self {
        Self { data, ..self }
    }

    pub(super) fn with(self, lines: Vec<String>, data: Value) -> Self {
        Self {
            lines,
            data,
            ..self
        }
    }
}

/// The exit code of the first problem; `None` where there is none.
pub(super) fn code(sections: &[Section]) -> Option<u8> {
    let mut findings = sections.iter().flat_map(|section| &section.findings);
    findings.find_map(|finding| match finding.state {
        State::Problem(code) => Some(code),
        State::Good | State::Note | State::Warning => None,
    })
}

/// For people. Names of devices and hosts come from outside.
pub(super) fn text(sections: &[Section]) -> String {
    let mut text = String::new();
    for section in sections {
        if !text.is_empty() {
            text.push('\n');
        }
        text += &format!("{}\n", section.name);
        for finding in &section.findings {
            let word = finding.state.word();
            let what = match &finding.advice {
                Some(advice) => format!("{}: {advice}", finding.what),
                None => finding.what.clone(),
            };
            text += &format!("  {word:<8}{}\n", safe(&what));
            for line in &finding.lines {
                text += &format!("            {}\n", safe(line));
            }
        }
    }
    text
}

pub(super) fn json(sections: &[Section]) -> Value {
    let code = code(sections);
    let sections = sections.iter().map(|section| {
        let findings = section.findings.iter().map(|finding| {
            json!({
                "state": finding.state.word(),
                "what": finding.what,
                "advice": finding.advice,
                "data": finding.data,
            })
        });
        json!({ "name": section.name, "findings": findings.collect::<Vec<_>>() })
    });
    json!({
        "ok": code.is_none(),
        "code": code.unwrap_or(0),
        "sections": sections.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> Vec<Section> {
        let devices = Finding::new(State::Good, "2 devices").with(
            vec!["one".to_owned(), "two\u{1b}[31m".to_owned()],
            json!(["one", "two"]),
        );
        vec![
            Section {
                name: "sound",
                findings: vec![
                    devices,
                    Finding::new(State::Problem(3), "it burns").advice("leave"),
                ],
            },
            Section {
                name: "more",
                findings: vec![Finding::new(State::Note, "by the way")],
            },
        ]
    }

    #[test]
    fn people_read_a_line_for_each_and_no_name_steers_the_terminal() {
        let text = text(&found());
        assert!(
            text.starts_with("sound\n  ok      2 devices\n            one\n            two"),
            "{text}"
        );
        assert!(
            text.ends_with("  problem it burns: leave\n\nmore\n  note    by the way\n"),
            "{text}"
        );
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn programs_read_whether_all_is_well() {
        let value = json(&found());
        assert_eq!((&value["ok"], &value["code"]), (&json!(false), &json!(3)));
        assert_eq!(value["sections"][0]["findings"][0]["data"][1], "two");
        assert_eq!(value["sections"][1]["findings"][0]["state"], "note");
        let value = json(&found()[1..]);
        assert_eq!((&value["ok"], &value["code"]), (&json!(true), &json!(0)));
    }
}
